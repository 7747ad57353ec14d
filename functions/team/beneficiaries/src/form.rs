//! The team's forms about young people: the search, and the orders about a card.

use epass_domain::{CardNumber, CardOrder, Email, Fault, Identifier, Invalid, Paragraph, Person, Reference};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The longest reason, in characters.
const REASON: usize = 1_000;

/// The query of the search page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The sealed search of a browser, valid for an hour.
    pub vu: String,
}

/// The search. It is a POST request, so that no name is ever part of an address.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchForm {
    /// A card, file or voucher number, an identifier, an address, or the beginning of a name with the last name
    /// first.
    #[schema(required, example = "Martin Lé")]
    pub wanted: String,
}

/// A search, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The owner of this number.
    Number(Reference),
    /// The people whose accounts have this address.
    Email(Email),
    /// The person with this identifier, and those whose name begins with the text.
    Words {
        /// The typed text, if it is a valid identifier.
        identifier: Option<Identifier>,
        /// The same text as beginnings of names, at least two letters long.
        beginnings: Vec<String>,
    },
}

impl SearchForm {
    /// Parses the search.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Wanted, Invalid> {
        let mut invalid = Invalid::default();
        let wanted = invalid.field("wanted", wanted(&self.wanted));
        invalid.finish(|| wanted)
    }
}

fn wanted(typed: &str) -> Result<Wanted, Fault> {
    const TOO_SHORT: Fault = Fault::new("too_short", "Tapez au moins deux lettres du nom.");
    let number = Reference::parse(typed);
    if let Ok(number) = number {
        return Ok(Wanted::Number(number));
    }
    if typed.contains('@') {
        return Email::parse(typed).map(Wanted::Email);
    }
    if !typed.chars().any(char::is_alphabetic) {
        // A text without letters can only be a number.
        return number.map(Wanted::Number);
    }
    let identifier = Identifier::parse(typed).ok();
    let mut beginnings = Person::beginnings(typed);
    if let Some((first, last)) = typed.trim().split_once(char::is_whitespace) {
        // The first name may come first.
        beginnings.extend(Person::beginnings(&format!("{last} {first}")).into_iter().take(1));
    }
    beginnings.retain(|beginning| beginning.chars().take_while(|c| *c != '|').count() >= 2);
    if beginnings.is_empty() && identifier.is_none() {
        return Err(TOO_SHORT);
    }
    Ok(Wanted::Words { identifier, beginnings })
}

/// The suspension of a card.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SuspensionForm {
    /// The reason, which the young person reads; at most 1,000 characters.
    #[schema(required)]
    pub suspension_reason: String,
}

impl SuspensionForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<CardOrder, Invalid> {
        let mut invalid = Invalid::default();
        let reason = invalid.field("suspension_reason", Paragraph::parse(&self.suspension_reason, REASON));
        invalid.finish(|| Some(CardOrder::Suspend(reason?)))
    }
}

/// The replacement of a card.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReplacementForm {
    /// The card number that was read: the order applies to this card only.
    #[schema(required, example = "2600140532012345")]
    pub card: String,
}

impl ReplacementForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<CardOrder, Invalid> {
        let mut invalid = Invalid::default();
        let card = invalid.field("card", CardNumber::parse(&self.card));
        invalid.finish(|| Some(CardOrder::Replace(card?)))
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{FileNumber, VoucherNumber};

    use super::*;

    fn search(typed: &str) -> Result<Wanted, Invalid> {
        SearchForm { wanted: typed.to_owned() }.parse()
    }

    fn beginnings(typed: &str) -> Vec<String> {
        match search(typed).unwrap() {
            Wanted::Words { beginnings, .. } => beginnings,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_an_address_and_a_name_are_told_apart() {
        for number in [CardNumber::mint(1).to_string(), FileNumber::mint(1).to_string()] {
            assert!(matches!(search(&number), Ok(Wanted::Number(_))), "{number}");
        }
        assert!(matches!(search(VoucherNumber::mint(1).as_str()), Ok(Wanted::Number(Reference::Voucher(_)))));
        assert!(matches!(search(" Lea@Example.org "), Ok(Wanted::Email(_))));
        assert!(matches!(search("lea-martin-0001"), Ok(Wanted::Words { identifier: Some(_), .. })));
    }

    #[test]
    fn a_name_is_found_in_either_order() {
        assert_eq!(beginnings("Martin Lé"), ["martin|le", "martinle", "le|martin"]);
        assert!(beginnings("Léa de la Tour").contains(&"delatour|lea".to_owned()));
        assert_eq!(beginnings("Da"), ["da"]);
    }

    #[test]
    fn a_wrong_number_and_a_single_letter_are_told() {
        let code = |typed: &str| search(typed).unwrap_err().faults()[0].1.code;
        assert_eq!((code(""), code("12"), code("É")), ("missing", "reference", "too_short"));
        assert_eq!(code("2600 1405 3201 2344"), Reference::parse("2600 1405 3201 2344").unwrap_err().code);
    }

    #[test]
    fn a_suspension_says_why_and_a_replacement_says_which_card() {
        assert_eq!(SuspensionForm::default().parse().unwrap_err().faults()[0].0, "suspension_reason");
        assert_eq!(ReplacementForm::default().parse().unwrap_err().faults()[0].0, "card");
    }
}
