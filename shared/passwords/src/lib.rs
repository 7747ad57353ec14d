//! Refuses passwords that are too easy to guess, beyond the rule of guide §6: common ones, and those made of facts
//! about their owner (NIST SP 800-63B, 3.1.1.2). Only the functions in which a password is chosen link this crate: the
//! list weighs 120 KB.

use epass_domain::{BirthDate, Email, Fault, Identifier, Line, Password, folded};

/// Common passwords, folded and sorted: see the README beside the file.
const COMMON: &str = include_str!("../common.txt");

/// The facts about the owner that an attacker may know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner<'a> {
    /// The identifier for sign-in.
    pub identifier: Option<&'a Identifier>,
    /// First and last name, or the account's name.
    pub names: &'a [&'a Line],
    /// The address that receives mails.
    pub email: Option<&'a Email>,
    /// The birth date of a young person.
    pub born: Option<BirthDate>,
}

/// The shortest word that is refused anywhere in a password; a shorter word is refused only if the rest is digits and
/// signs.
const WORD: usize = 4;

/// Refuses a password that an attacker would guess early.
///
/// # Errors
/// `common_password`, `password_with_identifier`, `password_with_email`, `password_with_name`,
/// `password_with_birth_date` or `password_with_product`.
pub fn guessable(password: &Password, owner: &Owner<'_>) -> Result<(), Fault> {
    const PRODUCT: Fault = Fault::new(
        "password_with_product",
        "Ce mot de passe contient « epass », que l’on essaierait aussitôt. Choisissez-en un autre.",
    );
    const IDENTIFIER: Fault = Fault::new(
        "password_with_identifier",
        "Ce mot de passe contient votre identifiant, que d’autres connaissent. Choisissez-en un autre.",
    );
    const EMAIL: Fault = Fault::new(
        "password_with_email",
        "Ce mot de passe contient votre adresse mail, que d’autres connaissent. Choisissez-en un autre.",
    );
    const NAME: Fault = Fault::new(
        "password_with_name",
        "Ce mot de passe contient un nom qui est le vôtre ou celui de votre structure. Choisissez-en un autre.",
    );
    const BORN: Fault = Fault::new(
        "password_with_birth_date",
        "Ce mot de passe contient votre date de naissance, que d’autres connaissent. Choisissez-en un autre.",
    );
    const COMMON: Fault = Fault::new(
        "common_password",
        "Ce mot de passe est un mot ou un prénom courant, seul ou suivi de chiffres : on le devinerait vite. Choisissez-en un autre, par exemple plusieurs mots à la suite.",
    );
    let typed = Typed::of(password);
    let identifier = owner.identifier.map(Identifier::as_str).unwrap_or_default();
    let local = owner.email.and_then(|email| email.as_str().split('@').next()).unwrap_or_default();
    let names: Vec<&str> = owner.names.iter().map(|name| name.as_str()).collect();
    if owner.born.is_some_and(|born| holds_date(password, born)) {
        return Err(BORN);
    }
    if typed.holds_any(&names) {
        return Err(NAME);
    }
    if typed.holds_any(&[identifier]) {
        return Err(IDENTIFIER);
    }
    if typed.holds_any(&[local]) {
        return Err(EMAIL);
    }
    // Checked first: « motdepasse » contains « epass », and must be reported as a common password.
    if typed.is_common() {
        return Err(COMMON);
    }
    if typed.holds("epass") { Err(PRODUCT) } else { Ok(()) }
}

/// A password as an attacker's dictionary has it: lower case, no accents; and a second reading in which signs and
/// digits are replaced by the letters that they resemble.
struct Typed {
    plain: String,
    readings: [String; 2],
}

impl Typed {
    fn of(password: &Password) -> Self {
        let plain: String = password.as_str().chars().flat_map(letters).collect();
        let solid = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
        let readings = [solid(&plain), solid(&plain.chars().map(stands_for).collect::<String>())];
        Self { plain, readings }
    }

    /// Whether the password contains this word, if it has four letters or more; whether it is this word with digits and
    /// signs around it, if it is shorter.
    fn holds(&self, word: &str) -> bool {
        match word.len() {
            0 | 1 => false,
            WORD.. => self.readings.iter().any(|reading| reading.contains(word)),
            _ => self.stem() == word,
        }
    }

    fn holds_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| {
            let folded = folded(text);
            let whole = folded.replace(' ', "");
            self.holds(&whole) || folded.split(' ').filter(|word| !is_number(word)).any(|word| self.holds(word))
        })
    }

    /// The password without digits and signs at both ends.
    fn stem(&self) -> &str {
        self.plain.trim_matches(|c: char| !c.is_ascii_alphabetic())
    }

    /// Whether it is a common password, a common word with digits or signs around it, or made of at most three
    /// characters.
    fn is_common(&self) -> bool {
        let mut distinct: Vec<char> = self.plain.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let read = |text: &str| text.chars().map(stands_for).collect::<String>();
        let (whole, stem) = (read(&self.plain), read(self.stem()));
        let whole = whole.trim_matches(|c: char| !c.is_ascii_alphabetic());
        // A common word with one more letter at its end is common too.
        let shorter = |text: &str| text.char_indices().next_back().is_some_and(|(at, _)| is_common(&text[..at]));
        distinct.len() <= 3
            || [self.plain.as_str(), self.stem(), whole, &stem].iter().any(|text| is_common(text) || shorter(text))
    }
}

/// Whether the digits of a password contain a birth date in a usual form: 14052008, 140508, 20080514.
fn holds_date(password: &Password, born: BirthDate) -> bool {
    let digits: String = password.as_str().chars().filter(char::is_ascii_digit).collect();
    let iso = born.iso();
    let (Some(year), Some(month), Some(day)) = (iso.get(..4), iso.get(5..7), iso.get(8..10)) else { return false };
    let short = &year[2..];
    [[day, month, year], [day, month, short], [year, month, day]].iter().any(|date| digits.contains(&date.concat()))
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A letter in lower case and without its accent; other characters unchanged.
fn letters(c: char) -> Vec<char> {
    if c.is_alphabetic() { folded(&c.to_string()).chars().collect() } else { vec![c] }
}

/// The letter that a sign or digit resembles, as in `P@ssw0rd`.
const fn stands_for(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '3' | '€' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether the text is in the list of common passwords, and long enough to be a word.
fn is_common(text: &str) -> bool {
    text.len() >= WORD && is_listed(text)
}

fn is_listed(text: &str) -> bool {
    let lines = COMMON.as_bytes();
    let (mut low, mut high) = (0, lines.len());
    // Binary search over the lines of the sorted list.
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = lines[low..middle].iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
        let end = lines[start..].iter().position(|byte| *byte == b'\n').map_or(lines.len(), |at| start + at);
        match lines[start..end].cmp(text.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use epass_domain::ParisDay;

    use super::*;

    fn code(typed: &str) -> &'static str {
        let (first, last) = (Line::parse("Léa", 50).unwrap(), Line::parse("De la Tour-Martin", 50).unwrap());
        let owner = Owner {
            identifier: Some(&Identifier::parse("lea-de-la-tour-0713").unwrap()),
            names: &[&first, &last],
            email: Some(&Email::parse("choucroute.13@example.org").unwrap()),
            born: Some(BirthDate::parse("2008-05-14", ParisDay::parse("2026-11-20").unwrap()).unwrap()),
        };
        guessable(&Password::parse(typed).unwrap(), &owner).err().map_or("", |fault| fault.code)
    }

    #[test]
    fn every_line_of_the_list_is_found_and_no_other() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.is_sorted() && lines.len() > 10_000);
        assert!(lines.iter().all(|line| is_listed(line)));
        for other in ["", "a", "zzzzzzzzzzzz", "passwo", "passwordd", "xkqvnwtr", "~"] {
            assert!(!is_listed(other), "{other}");
        }
    }

    #[test]
    fn common_ones_are_refused_however_they_are_dressed_up() {
        for typed in [
            "Password1",
            "P@ssw0rd1",
            "P@ssword1",
            "Pa$$word1",
            "S0leil2026",
            "Ch0c0lat1",
            "Qw3rty123",
            "PASSWORDa1",
            "Motdepasse13",
            "Azerty123",
            "Soleil2026!",
            "!!Marseille13",
            "Bonjour1",
            "Demo2026",
            "Aaaaaaa1",
            "Abcd1234",
            "Qwertz123",
            "Librairie13",
        ] {
            assert_eq!(code(typed), "common_password", "{typed}");
        }
    }

    #[test]
    fn what_is_known_of_the_owner_is_refused() {
        let cases = [
            ("lea-de-la-Tour-0713", "password_with_name"),
            ("Xk-Lea13delatour07", "password_with_name"),
            ("Vent1Martin9", "password_with_name"),
            ("Vent1MART1N9", "password_with_name"),
            ("Lea20080514", "password_with_birth_date"),
            ("Aa14052008", "password_with_birth_date"),
            ("Vent-14/05/08", "password_with_birth_date"),
            ("2008-05-14Vent", "password_with_birth_date"),
            ("Choucroute13", "password_with_email"),
            ("MonEpass1x", "password_with_product"),
            ("e-PASS-9vent", "password_with_product"),
        ];
        for (typed, told) in cases {
            assert_eq!(code(typed), told, "{typed}");
        }
    }

    #[test]
    fn a_good_one_is_taken() {
        for typed in ["Brise7Calanque", "vif3Mistral.ocre", "Trois2chats-gris", "k7Ybw2Qpzd9R", "Pleasant8Road9x"] {
            assert_eq!(code(typed), "", "{typed}");
        }
    }
}
