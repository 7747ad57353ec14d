//! The three numbers that identify a beneficiary at the desk, card, file (*dossier*) and voucher (guide §7.1), and the
//! code of an outing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{grouped, hidden_in_debug, is_digits, is_luhn, kept_as_text, luhn_check_digit};
use crate::typed::code::without_separators;

/// *N° de carte*: 16 digits, the last one Luhn's check digit.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardNumber(String);

impl CardNumber {
    const DIGITS: usize = 16;

    /// Reads a card number; spaces, dots and hyphens do not count.
    ///
    /// # Errors
    /// `missing` when blank, `card_number` when it is not 16 digits or its check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        luhn_number(text, Self::DIGITS).map(Self).ok_or(()).or_else(|()| {
            refused(text, "card_number", "Vérifiez le N° de carte : ses 16 chiffres figurent sur la carte.")
        })
    }

    /// Makes a card number: `2600`, the last eleven digits of the payload, the check digit.
    pub fn mint(payload: u64) -> Self {
        Self(with_check_digit(format!("2600{:011}", payload % 100_000_000_000)))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CardNumber {
    /// `2600 1405 3201 2345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[4, 4, 4, 4]))
    }
}

/// *N° de dossier* of a beneficiary: 9 digits, the last one Luhn's check digit.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileNumber(String);

impl FileNumber {
    pub(crate) const DIGITS: usize = 9;

    /// Reads a file number; spaces, dots and hyphens do not count.
    ///
    /// # Errors
    /// `missing` when blank, `file_number` when it is not 9 digits or its check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        luhn_number(text, Self::DIGITS)
            .map(Self)
            .ok_or(())
            .or_else(|()| refused(text, "file_number", "Vérifiez le N° de dossier : il compte 9 chiffres."))
    }

    /// Makes a file number from the last eight digits of the payload.
    pub fn mint(payload: u64) -> Self {
        Self(with_check_digit(format!("{:08}", payload % 100_000_000)))
    }

    /// The 9 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileNumber {
    /// `123 456 789`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[3, 3, 3]))
    }
}

/// *N° de voucher*: ten characters of Crockford's base 32, then a check character.
///
/// The check is a weighted sum over GF(32) whose weights are distinct powers of a primitive element. It detects any
/// single wrong character and any swap of two characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VoucherNumber(String);

/// Crockford's alphabet: no I, L, O (read as 1, 1, 0) and no U.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl VoucherNumber {
    const CHARACTERS: usize = 11;

    /// Reads a voucher number; case, spaces, dots and hyphens do not count; O is 0, I and L are 1.
    ///
    /// # Errors
    /// `missing` when blank, `voucher_number` when it is malformed or its check character is wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        crockford_number(text, Self::CHARACTERS).map(Self).ok_or(()).or_else(|()| {
            refused(text, "voucher_number", "Vérifiez le N° de voucher : il compte 11 lettres et chiffres.")
        })
    }

    /// Makes a voucher number from the low 50 bits of the payload.
    pub fn mint(payload: u64) -> Self {
        Self(with_check_character(payload, Self::CHARACTERS))
    }

    /// The 11 characters, capitals and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VoucherNumber {
    /// `XXXXX-XXXXX-C`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[5, 5, 1]).replace(' ', "-"))
    }
}

/// The code of a *sortie*, which pupils join it with, and its key: eight characters of Crockford's base 32, then a
/// check character as in a voucher number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SortieId(String);

impl SortieId {
    const CHARACTERS: usize = 9;

    /// Reads a code as typed; case, spaces, dots and hyphens do not count; O is 0, I and L are 1.
    ///
    /// # Errors
    /// `missing` when blank, `sortie_code` when it is malformed or its check character is wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        crockford_number(text, Self::CHARACTERS).map(Self).ok_or(()).or_else(|()| {
            refused(text, "sortie_code", "Vérifiez le code de la sortie : il compte 9 lettres et chiffres.")
        })
    }

    /// Makes a code from the low 40 bits of the payload; the store checks that it is free.
    pub fn mint(payload: u64) -> Self {
        Self(with_check_character(payload, Self::CHARACTERS))
    }

    /// The 9 characters, capitals and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SortieId {
    /// `XXX-XXX-XXC`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[3, 3, 3]).replace(' ', "-"))
    }
}

/// The canonical characters of a number in Crockford's base 32, if the count and the check character are right.
fn crockford_number(text: &str, count: usize) -> Option<String> {
    let values: Option<Vec<u8>> = without_separators(text).chars().map(crockford_value).collect();
    values.filter(|values| values.len() == count && check_sum(values) == 0).map(|values| crockford(&values))
}

/// Encodes the low bits of a payload in `count` characters, the last of which is the check character.
#[expect(clippy::cast_possible_truncation, reason = "five bits fit a byte")]
fn with_check_character(payload: u64, count: usize) -> String {
    let mut values: Vec<u8> = (0..count - 1).rev().map(|place| (payload >> (5 * place)) as u8 & 31).collect();
    values.push(0);
    let check = check_sum(&values); // The check's own weight is 1 and addition is its own inverse.
    values[count - 1] = check;
    crockford(&values)
}

fn crockford(values: &[u8]) -> String {
    values.iter().map(|value| char::from(CROCKFORD[usize::from(*value)])).collect()
}

fn crockford_value(c: char) -> Option<u8> {
    let canonical = match c.to_ascii_uppercase() {
        'O' => b'0',
        'I' | 'L' => b'1',
        other => u8::try_from(other).ok()?,
    };
    CROCKFORD.iter().position(|letter| *letter == canonical).and_then(|value| u8::try_from(value).ok())
}

/// Σ xᵖ·vₚ over GF(32), p counted from the right, by Horner's rule.
fn check_sum(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_x(sum) ^ value)
}

/// Multiplies by x in GF(2)[x] / (x⁵ + x² + 1), where x is primitive: its powers repeat after 31.
const fn times_x(element: u8) -> u8 {
    let shifted = element << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

/// A card, file or voucher number, told apart by length.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reference {
    /// *N° de carte*.
    Card(CardNumber),
    /// *N° de dossier*.
    File(FileNumber),
    /// *N° de voucher*.
    Voucher(VoucherNumber),
}

impl Reference {
    /// Whether it is a voucher number, which can be used once.
    pub const fn is_voucher(&self) -> bool {
        matches!(self, Self::Voucher(_))
    }

    /// Reads a typed or scanned number: 16 digits, 9 digits or 11 characters.
    ///
    /// # Errors
    /// `missing` when blank; `reference` when no number has this length; otherwise the faults of the number itself.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match without_separators(text).chars().count() {
            0 => Err(Fault::missing()),
            CardNumber::DIGITS => CardNumber::parse(text).map(Self::Card),
            FileNumber::DIGITS => FileNumber::parse(text).map(Self::File),
            VoucherNumber::CHARACTERS => VoucherNumber::parse(text).map(Self::Voucher),
            _ => Err(Fault::new(
                "reference",
                "Saisissez un N° de carte (16 chiffres), de dossier (9 chiffres) ou de voucher (11 caractères).",
            )),
        }
    }

    /// The canonical text of the number.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Card(number) => number.as_str(),
            Self::File(number) => number.as_str(),
            Self::Voucher(number) => number.as_str(),
        }
    }

    /// The label of the kind of number, in the guide's words.
    pub const fn kind_label(&self) -> &'static str {
        match self {
            Self::Card(_) => "N° de carte",
            Self::File(_) => "N° de dossier",
            Self::Voucher(_) => "N° de voucher",
        }
    }

    /// A masked form that its owner recognises, `•••• 2345`: the last four characters.
    pub fn masked(&self) -> String {
        let whole = self.as_str();
        format!("••••\u{A0}{}", &whole[whole.len() - 4..])
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(number) => number.fmt(f),
            Self::File(number) => number.fmt(f),
            Self::Voucher(number) => number.fmt(f),
        }
    }
}

hidden_in_debug!(CardNumber, FileNumber, VoucherNumber);
kept_as_text!(CardNumber, FileNumber, VoucherNumber, SortieId, Reference);

fn luhn_number(text: &str, count: usize) -> Option<String> {
    let digits = without_separators(text);
    (is_digits(&digits, count) && is_luhn(&digits)).then_some(digits)
}

fn with_check_digit(mut digits: String) -> String {
    digits.push(luhn_check_digit(&digits));
    digits
}

fn refused<T>(text: &str, code: &'static str, message: &'static str) -> Result<T, Fault> {
    Err(if without_separators(text).is_empty() { Fault::missing() } else { Fault::new(code, message) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DEMO: &str = "2600 1405 3201 2345";

    #[test]
    fn the_demo_card_is_read_and_shown() {
        let card = CardNumber::parse(DEMO).unwrap();
        assert_eq!(card.as_str(), "2600140532012345");
        assert_eq!(card.to_string(), DEMO);
        assert_eq!(CardNumber::parse("2600-1405.3201\u{202F}2345"), Ok(card.clone()));
        assert_eq!(CardNumber::mint(14_053_201_234), card);
    }

    #[test]
    fn the_length_tells_which_number_it_is() {
        let file = FileNumber::mint(12_345_678);
        let voucher = VoucherNumber::mint(0x2_4680_ACE1_3579);
        assert_eq!(Reference::parse(DEMO).unwrap().kind_label(), "N° de carte");
        assert_eq!(Reference::parse(&file.to_string()), Ok(Reference::File(file)));
        assert_eq!(Reference::parse(&voucher.to_string().to_lowercase()), Ok(Reference::Voucher(voucher)));
        assert_eq!(Reference::parse("12345").unwrap_err().code, "reference");
        assert_eq!(Reference::parse("2600 1405 3201 2346").unwrap_err().code, "card_number");
        assert_eq!(Reference::parse("éééééééééé1").unwrap_err().code, "voucher_number");
        assert_eq!(Reference::parse(" - ").unwrap_err().code, "missing");
    }

    #[test]
    fn a_reference_shows_its_end_only() {
        assert_eq!(Reference::parse(DEMO).unwrap().masked(), "••••\u{A0}2345");
        assert_eq!(format!("{:?}", Reference::parse(DEMO).unwrap()), "Card(CardNumber(***))");
    }

    #[test]
    fn numbers_are_kept_as_text_and_a_bad_one_is_not_read_back() {
        let kept = serde_json::to_string(&Reference::parse(DEMO).unwrap()).unwrap();
        assert_eq!(kept, "\"2600140532012345\"");
        assert!(serde_json::from_str::<CardNumber>(&kept).is_ok());
        assert!(serde_json::from_str::<CardNumber>("\"2600140532012346\"").is_err());
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_digits() {
        let voucher = VoucherNumber::mint(1);
        let mistaken = voucher.to_string().replace('0', "o").replacen('1', "l", 1);
        assert_eq!(VoucherNumber::parse(&mistaken), Ok(voucher));
    }

    fn swapped(text: &str, place: usize) -> String {
        let mut bytes = text.as_bytes().to_vec();
        bytes.swap(place, place + 1);
        String::from_utf8(bytes).unwrap()
    }

    fn replaced(text: &str, place: usize, by: u8) -> String {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = by;
        String::from_utf8(bytes).unwrap()
    }

    proptest! {
        #[test]
        fn minted_numbers_are_read_back(payload in any::<u64>()) {
            let (card, file, voucher) =
                (CardNumber::mint(payload), FileNumber::mint(payload), VoucherNumber::mint(payload));
            prop_assert_eq!(CardNumber::parse(&card.to_string()), Ok(card));
            prop_assert_eq!(FileNumber::parse(&file.to_string()), Ok(file));
            prop_assert_eq!(VoucherNumber::parse(&voucher.to_string()), Ok(voucher));
        }

        #[test]
        fn the_code_of_an_outing_reads_back_and_every_single_wrong_character_is_noticed(payload in any::<u64>()) {
            let right = SortieId::mint(payload);
            prop_assert_eq!(&SortieId::parse(&right.to_string().to_lowercase()), &Ok(right.clone()));
            for place in 0..9 {
                for by in CROCKFORD.iter().filter(|c| **c != right.as_str().as_bytes()[place]) {
                    prop_assert!(SortieId::parse(&replaced(right.as_str(), place, *by)).is_err());
                }
            }
        }

        #[test]
        fn different_payloads_make_different_vouchers(a in 0..1_u64 << 50, b in 0..1_u64 << 50) {
            prop_assert_eq!(a == b, VoucherNumber::mint(a) == VoucherNumber::mint(b));
        }

        #[test]
        fn every_single_wrong_character_of_a_voucher_is_noticed(payload in any::<u64>()) {
            let right = VoucherNumber::mint(payload);
            for place in 0..11 {
                let wrong = CROCKFORD.iter().filter(|c| **c != right.as_str().as_bytes()[place]);
                prop_assert_eq!(wrong.clone().count(), 31);
                for by in wrong {
                    prop_assert!(VoucherNumber::parse(&replaced(right.as_str(), place, *by)).is_err());
                }
            }
        }

        #[test]
        fn every_adjacent_swap_in_a_voucher_is_noticed(payload in any::<u64>()) {
            let right = VoucherNumber::mint(payload);
            for place in 0..10 {
                let swap = swapped(right.as_str(), place);
                prop_assert!(swap == right.as_str() || VoucherNumber::parse(&swap).is_err());
            }
        }

        #[test]
        fn every_single_wrong_digit_of_a_card_or_file_is_noticed(payload in any::<u64>(), place in 0..16_usize, by in b'0'..=b'9') {
            let card = CardNumber::mint(payload);
            let wrong = replaced(card.as_str(), place, by);
            prop_assert!(wrong == card.as_str() || CardNumber::parse(&wrong).is_err());
            let file = FileNumber::mint(payload);
            let wrong = replaced(file.as_str(), place % 9, by);
            prop_assert!(wrong == file.as_str() || FileNumber::parse(&wrong).is_err());
        }

        #[test]
        fn luhn_notices_adjacent_swaps_but_that_of_0_and_9(payload in any::<u64>(), place in 0..15_usize) {
            let card = CardNumber::mint(payload);
            let swap = swapped(card.as_str(), place);
            let pair = &card.as_str()[place..place + 2];
            let unseen = swap == card.as_str() || pair == "09" || pair == "90";
            prop_assert_eq!(CardNumber::parse(&swap).is_ok(), unseen);
        }

        #[test]
        fn any_text_is_either_a_reference_or_a_fault(text in "\\PC{0,20}") {
            let _ = Reference::parse(&text);
        }
    }
}
