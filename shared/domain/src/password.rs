//! Passwords: the rule of guide §6, and provisional passwords, which follow it.

use crate::text::hidden_in_debug;
use crate::typed::visible;
use crate::{Fault, is_invisible};

/// A password that follows the rule. Only its hash is stored, so it has no serde.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// One condition of the rule, as the screen shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// Eight characters or more.
    LongEnough,
    /// Twenty-four characters or fewer.
    ShortEnough,
    /// A digit, 0 to 9.
    Digit,
    /// A lower-case letter.
    LowerCase,
    /// An upper-case letter.
    UpperCase,
}

impl PasswordRule {
    /// All conditions, in the guide's order.
    pub const ALL: [Self; 5] = [Self::LongEnough, Self::ShortEnough, Self::Digit, Self::LowerCase, Self::UpperCase];

    /// The label, in the guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::LongEnough => "Au moins 8 caractères",
            Self::ShortEnough => "Au maximum 24 caractères",
            Self::Digit => "Au moins un chiffre",
            Self::LowerCase => "Au moins une lettre minuscule",
            Self::UpperCase => "Au moins une majuscule",
        }
    }

    /// A stable code for the page's script.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LongEnough => "long_enough",
            Self::ShortEnough => "short_enough",
            Self::Digit => "digit",
            Self::LowerCase => "lower_case",
            Self::UpperCase => "upper_case",
        }
    }

    /// Whether a text meets this condition.
    pub fn holds(self, text: &str) -> bool {
        match self {
            Self::LongEnough => text.chars().count() >= 8,
            Self::ShortEnough => text.chars().count() <= 24,
            Self::Digit => text.chars().any(|c| c.is_ascii_digit()),
            Self::LowerCase => text.chars().any(char::is_lowercase),
            Self::UpperCase => text.chars().any(char::is_uppercase),
        }
    }
}

/// Letters and digits that are not confused in a mail: no 0 O o, no 1 l I.
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const DIGITS: &[u8] = b"23456789";
const MIXED: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

impl Password {
    /// Reads a password as typed; nothing is trimmed.
    ///
    /// # Errors
    /// `missing` when empty; `invisible_character` for a character that cannot be typed again; `password`, with a
    /// sentence that names every condition that is not met.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::missing());
        }
        if text.contains(|c: char| is_invisible(c) || c.is_control()) {
            return Err(Fault::new(
                "invisible_character",
                "Ce mot de passe contient un caractère invisible : saisissez-le au clavier.",
            ));
        }
        let unmet: Vec<String> = PasswordRule::ALL
            .into_iter()
            .filter(|rule| !rule.holds(text))
            .map(|rule| rule.label().replacen("Au", "au", 1))
            .collect();
        if unmet.is_empty() {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::told("password", format!("Le mot de passe doit comporter : {}.", unmet.join(", "))))
    }

    /// The typed provisional password without the spaces and invisible characters that copying from a mail adds;
    /// provisional passwords contain none.
    pub fn as_mailed(typed: &str) -> String {
        visible(typed)
    }

    /// Makes a provisional password of 12 characters (64 bits), without look-alikes, from random bytes: a capital, a
    /// small letter, a digit, then any of them, so that it always follows the rule.
    pub fn provisional(random: &[u8; 12]) -> Self {
        let pick = |(place, byte): (usize, &u8)| {
            let letters = match place {
                0 => UPPER,
                1 => LOWER,
                2 => DIGITS,
                _ => MIXED,
            };
            char::from(letters[usize::from(*byte) % letters.len()])
        };
        Self(random.iter().enumerate().map(pick).collect())
    }

    /// The password in plain text, for hashing or mailing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

hidden_in_debug!(Password);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_demo_password_keeps_the_rule() {
        assert_eq!(Password::parse("Demo2026").unwrap().as_str(), "Demo2026");
        assert_eq!(format!("{:?}", Password::parse("Demo2026").unwrap()), "Password(***)");
    }

    #[test]
    fn every_unmet_line_of_the_rule_is_named() {
        let told = |text: &str| Password::parse(text).unwrap_err().message.into_owned();
        assert_eq!(
            told("abc"),
            "Le mot de passe doit comporter : au moins 8 caractères, au moins un chiffre, au moins une majuscule."
        );
        assert_eq!(told("DEMO2026"), "Le mot de passe doit comporter : au moins une lettre minuscule.");
        assert_eq!(
            told(&format!("Aa1{}", "x".repeat(22))),
            "Le mot de passe doit comporter : au maximum 24 caractères."
        );
        assert_eq!(told(""), "Ce champ est obligatoire.");
    }

    #[test]
    fn a_password_that_nobody_could_type_again_is_refused() {
        for text in ["Demo2026\u{200B}", "\u{FEFF}Demo2026", "Demo\u{AD}2026", "Demo\t2026", "Demo2026\n"] {
            assert_eq!(Password::parse(text).unwrap_err().code, "invisible_character", "{text:?}");
        }
        assert!(Password::parse("Demo 2026").is_ok(), "a space is a character like another");
    }

    #[test]
    fn a_mailed_password_is_known_however_it_was_copied() {
        for text in ["Ab3xyzxyzxyz ", " Ab3xyzxyzxyz\r\n", "\u{200B}Ab3xyzxyzxyz\u{A0}", "\u{202A}Ab3xyzxyzxyz\u{202C}"]
        {
            assert_eq!(Password::as_mailed(text), "Ab3xyzxyzxyz", "{text:?}");
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert!(Password::parse(&format!("Éa1{}", "é".repeat(21))).is_ok());
        assert!(Password::parse("Éa1éééé").is_err());
    }

    proptest! {
        #[test]
        fn a_provisional_password_always_keeps_the_rule(random in any::<[u8; 12]>()) {
            let password = Password::provisional(&random);
            prop_assert_eq!(Password::parse(password.as_str()), Ok(password.clone()));
            prop_assert_eq!(password.as_str().len(), 12);
            prop_assert!(!password.as_str().contains(['0', 'O', 'o', '1', 'l', 'I']));
        }
    }
}
