//! E-mail addresses, and their normalised forms for limits and sign-in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{hidden_in_debug, kept_as_text};
use crate::typed::visible;

/// An e-mail address: plain ASCII, domain in lower case, at most 254 characters (RFC 5321 without quoted parts).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address; surrounding space and invisible characters do not count.
    ///
    /// # Errors
    /// `missing` when blank; `email` when it is not a deliverable address.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = visible(text);
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        typed
            .split_once('@')
            .map(|(local, domain)| (local, domain.to_ascii_lowercase()))
            .filter(|(local, domain)| typed.len() <= 254 && is_local_part(local) && is_domain(domain))
            .map(|(local, domain)| Self(format!("{local}@{domain}")))
            .ok_or(Fault::new("email", "Indiquez une adresse mail complète, par exemple nom@exemple.fr."))
    }

    /// The address as typed, for display and for sending.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The normalised address that every comparison, index, counter and limit uses.
    pub fn folded(&self) -> FoldedEmail {
        FoldedEmail(self.0.to_ascii_lowercase())
    }
}

/// An address in lower case: `Parent@Exemple.fr` and `parent@exemple.fr` reach one mailbox. Dots and `+` parts stay,
/// because they distinguish mailboxes at some providers.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FoldedEmail(String);

impl FoldedEmail {
    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The mailbox that limits count by: without `+tag`, and without the dots of the local part, which the largest
    /// providers ignore. It is for counting only: no mail is sent to it, and no account is found by it.
    pub fn mailbox(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let untagged = local.split('+').next().unwrap_or_default();
        // The local part may begin with its tag.
        let named = if untagged.is_empty() { local } else { untagged };
        format!("{}@{domain}", named.replace('.', ""))
    }
}

fn is_local_part(local: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(plain))
}

/// Whether the text is a lower-case name with a dot, whose last part is not a number (RFC 1035).
pub(super) fn is_domain(domain: &str) -> bool {
    let formed = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(formed)
        && last.len() >= 2
        && last.starts_with(|c: char| c.is_ascii_lowercase())
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(Email, FoldedEmail);
kept_as_text!(Email);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Website;

    #[test]
    fn an_email_keeps_its_name_and_lowers_its_domain() {
        assert_eq!(Email::parse(" Lea.Martin+pass@Exemple.FR ").unwrap().as_str(), "Lea.Martin+pass@exemple.fr");
        assert_eq!(format!("{:?}", Email::parse("a@b.fr").unwrap()), "Email(***)");
    }

    #[test]
    fn what_nobody_sees_in_an_address_does_not_count() {
        for typed in ["\u{200B}a@b.fr", "a@b\u{AD}.fr\r\n", "\u{202A}a@b.fr\u{202C}", "a@b.fr\u{FEFF} "] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), "a@b.fr", "{typed:?}");
        }
        assert_eq!(Website::parse("\u{200B}www.exemple.fr").unwrap().as_str(), "https://www.exemple.fr");
    }

    #[test]
    fn an_address_folds_to_one_form_whatever_its_case() {
        let folded = |text: &str| Email::parse(text).unwrap().folded();
        for typed in ["parent@exemple.fr", "Parent@Exemple.FR", "  PARENT@EXEMPLE.FR "] {
            assert_eq!(folded(typed).as_str(), "parent@exemple.fr", "{typed}");
        }
        assert_ne!(folded("pa.rent@exemple.fr"), folded("parent@exemple.fr"), "another mailbox at some providers");
        assert_ne!(folded("parent+pass@exemple.fr"), folded("parent@exemple.fr"));
        assert_eq!(format!("{:?}", folded("a@b.fr")), "FoldedEmail(***)");
    }

    #[test]
    fn limits_count_one_mailbox_whatever_its_case_dots_and_tags() {
        let mailbox = |text: &str| Email::parse(text).unwrap().folded().mailbox();
        for typed in [
            "lea.martin@exemple.fr",
            "LeaMartin@Exemple.fr",
            "l.e.a.martin+pass@exemple.fr",
            "leamartin+a+b@exemple.fr",
        ] {
            assert_eq!(mailbox(typed), "leamartin@exemple.fr", "{typed}");
        }
        assert_ne!(mailbox("lea@exemple.fr"), mailbox("lea@exemple.org"));
        assert_ne!(mailbox("+lea@exemple.fr"), mailbox("+zoe@exemple.fr"));
    }

    #[test]
    fn what_no_mail_can_be_sent_to_is_refused() {
        let long = format!("{}@exemple.fr", "a".repeat(65));
        for text in [
            "lea",
            "lea@",
            "@exemple.fr",
            "lea@exemple",
            "lea@@exemple.fr",
            "lea@exemple..fr",
            ".lea@exemple.fr",
            "lea.@exemple.fr",
            "le a@exemple.fr",
            "léa@exemple.fr",
            "lea@exemple.fr\r\nBcc: x@y.fr",
            "lea@-x.fr",
            "lea@127.0.0.1",
            "Léa <lea@exemple.fr>",
            "\"a b\"@exemple.fr",
            "a@b.fr,c@d.fr",
            &long,
        ] {
            assert_eq!(Email::parse(text).unwrap_err().code, "email", "{text}");
        }
        assert_eq!(Email::parse(" ").unwrap_err().code, "missing");
    }

    proptest! {
        #[test]
        fn any_text_is_an_address_or_a_fault(text in "\\PC{0,40}") {
            let _ = Email::parse(&text);
        }
    }
}
