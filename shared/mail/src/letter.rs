//! Every mail: what it needs to know, and the template that says it.

use askama::Template;
use epass_domain::{Email, EnrolmentId, Envelope, Identifier, Line, MailId, Paragraph, PartnerId, Password, Phase};
use epass_store::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::reimbursement::TransferNews;
use crate::rendered::filters;
use crate::{Deal, News, Outing, Reimbursed};

/// A mail's facts, each with the template of its words. Kept as JSON in the outbox until it is sent. Whom it greets is the
/// entry's ([`Entry::greeting`]): a mail to an address that nobody has confirmed greets nobody and repeats nothing typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Template)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// A registration: the identifier and a provisional password (guide §3).
    #[template(path = "registered.mail")]
    Registered {
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// A young person's registration: the link that confirms the address. Opening it changes nothing.
    #[template(path = "confirm-address.mail")]
    ConfirmAddress {
        /// What the link names.
        enrolment: EnrolmentId,
        /// The site.
        site_url: String,
    },
    /// A young person's card exists: the identifier, and a provisional password where none was chosen.
    #[template(path = "enrolled.mail")]
    Enrolled(Enrolled),
    /// A young person closed the account.
    #[template(path = "account-closed.mail")]
    AccountClosed {
        /// The last day of the campaign, `31/08/2027`; letters of an earlier version have none.
        kept_until: Option<String>,
        /// The site.
        site_url: String,
    },
    /// To who applies: somebody has the same name and birth date, the team looks.
    #[template(path = "enrolment-set-aside.mail")]
    EnrolmentSetAside {
        /// The site.
        site_url: String,
    },
    /// To the team: a registration met a namesake.
    #[template(path = "enrolment-to-review.mail")]
    EnrolmentToReview {
        /// The site.
        site_url: String,
    },
    /// To who applied: the team says that the person has an account already.
    #[template(path = "enrolment-refused.mail")]
    EnrolmentRefused {
        /// The site.
        site_url: String,
    },
    /// The team suspended a card.
    #[template(path = "card-suspended.mail")]
    CardSuspended {
        /// The team's words.
        reason: Paragraph,
        /// The site.
        site_url: String,
    },
    /// The team reinstated a card.
    #[template(path = "card-reinstated.mail")]
    CardReinstated {
        /// The site.
        site_url: String,
    },
    /// The team replaced a card. The new number is not in the mail: with a birth date it pays.
    #[template(path = "card-replaced.mail")]
    CardReplaced {
        /// The site.
        site_url: String,
    },
    /// The team opened an establishment's account, or sends its access again.
    #[template(path = "establishment-access.mail")]
    EstablishmentAccess {
        /// The establishment.
        name: Line,
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// *Mot de passe oublié*.
    #[template(path = "provisional-password.mail")]
    ProvisionalPassword {
        /// Whose.
        identifier: Identifier,
        /// Good for a day.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// The password was changed: to the account's address.
    #[template(path = "password-changed.mail")]
    PasswordChanged {
        /// Whose.
        identifier: Identifier,
        /// `24/11/2026 à 10 h 05`.
        at: String,
        /// Whether a partner's till keys were ended with it; none where there are none.
        till_keys_ended: Option<bool>,
        /// The site.
        site_url: String,
    },
    /// The account's address was changed: to the old one and to the new one.
    #[template(path = "address-changed.mail")]
    AddressChanged {
        /// Whose.
        name: Line,
        /// The new address.
        email: Email,
        /// The site.
        site_url: String,
    },
    /// A till's key was made, renewed, revoked, or is about to end.
    #[template(path = "till-key.mail")]
    TillKey {
        /// What the partner calls the till.
        till: Line,
        /// What became of its key.
        news: KeyNews,
        /// The site.
        site_url: String,
    },
    /// *Identifiant oublié*.
    #[template(path = "identifier-reminder.mail")]
    IdentifierReminder {
        /// All those of the address.
        identifiers: Vec<Identifier>,
        /// The site.
        site_url: String,
    },
    /// To the referent: the request has arrived.
    #[template(path = "convention-requested.mail")]
    ConventionRequested {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the team: a request waits.
    #[template(path = "convention-to-review.mail")]
    ConventionToReview {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the referent: the convention can be downloaded and signed (guide §4, §5).
    #[template(path = "convention-validated.mail")]
    ConventionValidated {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
        /// Where the two signed copies are to be sent.
        copies_address: Option<Line>,
    },
    /// To the referent: why not, and how to ask again.
    #[template(path = "convention-refused.mail")]
    ConventionRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the referent: a changed IBAN waits for the team; the old account is paid until then.
    #[template(path = "bank-change-waiting.mail")]
    BankChangeWaiting {
        /// The dossier.
        dossier: Dossier,
        /// The new IBAN, masked.
        iban: String,
    },
    /// To the referent: the new account is paid from now on.
    #[template(path = "bank-change-approved.mail")]
    BankChangeApproved {
        /// The dossier.
        dossier: Dossier,
        /// The new IBAN, masked.
        iban: String,
    },
    /// To the referent: the old account stays.
    #[template(path = "bank-change-refused.mail")]
    BankChangeRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the team: a bon plan waits.
    #[template(path = "bon-plan-to-review.mail")]
    BonPlanToReview {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the bon plan is shown to young people.
    #[template(path = "bon-plan-published.mail")]
    BonPlanPublished {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: why not, and how to send it again.
    #[template(path = "bon-plan-refused.mail")]
    BonPlanRefused {
        /// The bon plan.
        plan: Deal,
        /// The team's words.
        reason: Paragraph,
    },
    /// To who registered for a bon plan with a place: when and where, and how to give the place back.
    #[template(path = "place-sure.mail")]
    PlaceSure {
        /// The bon plan.
        plan: Deal,
    },
    /// To the first in line: a place became free and is theirs.
    #[template(path = "place-freed.mail")]
    PlaceFreed {
        /// The bon plan.
        plan: Deal,
    },
    /// To who is on the list: the partner took the bon plan back (guide §8).
    #[template(path = "bon-plan-withdrawn.mail")]
    BonPlanWithdrawn {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the team took the bon plan down, and why.
    #[template(path = "bon-plan-taken-down.mail")]
    BonPlanTakenDown {
        /// The bon plan.
        plan: Deal,
        /// The team's words.
        reason: Paragraph,
    },
    /// To who is on the list: the team took the bon plan down.
    #[template(path = "bon-plan-gone.mail")]
    BonPlanGone {
        /// The bon plan.
        plan: Deal,
    },
    /// What became of an outing.
    #[template(path = "sortie.mail")]
    Sortie {
        /// The outing.
        outing: Outing,
        /// What is told, to whom.
        news: News,
    },
    /// To the referent: a statement is there, or its transfer failed (guide §7.3).
    #[template(path = "reimbursement.mail")]
    Reimbursement {
        /// The statement.
        statement: Reimbursed,
    },
    /// To the team: a question from *Hotline mail* (guide §10).
    #[template(path = "hotline-question.mail")]
    HotlineQuestion {
        /// Who asks.
        name: Line,
        /// Where to answer.
        email: Email,
        /// As what.
        profile: String,
        /// About what.
        subject: Line,
        /// The question.
        question: Paragraph,
    },
    /// To the sender: the question has arrived. It repeats nothing of it: anybody may type any address.
    #[template(path = "hotline-acknowledged.mail")]
    HotlineAcknowledged,
}

/// What a young person's first mail says. A type of its own, because askama copies the attributes of a variant's fields, and
/// knows none of serde's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// To sign in with.
    pub identifier: Identifier,
    /// To be changed at first use; none where one was chosen with the confirmation of the address.
    pub password: Option<Secret>,
    /// Whether the credit is what an account that was closed in this campaign left.
    #[serde(default)]
    pub comes_back: bool,
    /// Whether that account's card was suspended: so is this one.
    #[serde(default)]
    pub suspended: bool,
    /// The site.
    pub site_url: String,
}

/// What became of a till's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum KeyNews {
    /// It opens the desk until the end of this day, `24/11/2027`.
    Made {
        /// Until when.
        until: String,
    },
    /// It opens the desk for another year.
    Renewed {
        /// Until when.
        until: String,
    },
    /// It opens nothing any more.
    Revoked,
    /// It ends within a month.
    Ending {
        /// Until when.
        until: String,
    },
}

/// A password in a letter: never printed, gone from the outbox once it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl From<&Password> for Secret {
    fn from(password: &Password) -> Self {
        Self(password.as_str().to_owned())
    }
}

/// What the letters about a dossier have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its number.
    pub number: PartnerId,
    /// *Raison sociale*.
    pub legal_name: Line,
    /// The site.
    pub site_url: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(***)")
    }
}

impl Letter {
    /// The outbox entry that carries it, to be stored in the transaction that it tells of.
    pub fn to(&self, email: &Email, id: MailId, now: Timestamp) -> Entry {
        let json = serde_json::to_string(self).expect("a letter is plain data");
        Entry::new(email.clone(), id, json, now)
    }

    /// The letter in an outbox entry.
    ///
    /// # Errors
    /// What serde says when a later version wrote it.
    pub fn read(entry: &Entry) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&entry.letter.0)
    }

    /// Where an answer to this mail goes: to who asked a question, or to the team.
    pub const fn reply_to<'a>(&'a self, team: &'a Email) -> &'a Email {
        match self {
            Self::HotlineQuestion { email, .. } => email,
            _ => team,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::samples;

    const SITE: &str = "https://e-passjeunes.example.org";

    fn read(stored: &Value) -> Letter {
        serde_json::from_value(stored.clone()).unwrap_or_else(|error| panic!("{error}: {stored}"))
    }

    #[test]
    fn a_letter_is_stored_in_the_shape_in_which_it_always_was() {
        let enrolled = json!({ "letter": "enrolled", "identifier": "lea-martin-1234", "password": "Provisoire26",
            "comes_back": true, "suspended": false, "site_url": SITE });
        let revoked =
            json!({ "letter": "till_key", "till": "Caisse 1", "news": { "news": "revoked" }, "site_url": SITE });
        for stored in [enrolled, revoked, json!({ "letter": "hotline_acknowledged" })] {
            assert_eq!(serde_json::to_value(read(&stored)).unwrap(), stored);
        }
    }

    /// Letters as commit cfd2ea8 and others after it stored them.
    #[test]
    fn a_letter_that_an_earlier_version_stored_is_read() {
        let outing = || {
            json!({ "id": epass_domain::SortieId::mint(7), "title": "Le Cid", "day": "28/11/2026",
            "price": "8,00 €", "joined": 3, "establishment": "Lycée", "partner": "Théâtre", "site_url": SITE })
        };
        let dossier = || json!({ "number": "41234567", "legal_name": "SARL Livres", "site_url": SITE });
        let stored = [
            json!({ "letter": "confirm_address", "first_name": "Léa", "enrolment": "00000000-0000-4000-8000-000000000001", "site_url": SITE }),
            json!({ "letter": "hotline_acknowledged", "subject": "Remboursement", "question": "Bonjour" }),
            json!({ "letter": "card_replaced", "first_name": "Léa", "site_url": SITE }),
            json!({ "letter": "place_freed", "first_name": "Léa", "plan": { "id": "00000000-0000-7000-8000-000000000001",
                "title": "Rencontre", "partner_name": "Librairie", "when": "le 28/11/2026", "site_url": SITE } }),
            json!({ "letter": "sortie", "news": { "news": "taken_off", "first_name": "Léa" }, "outing": outing() }),
            json!({ "letter": "sortie", "news": { "news": "to_confirm", "token": "t" }, "outing": outing() }),
            json!({ "letter": "enrolled", "identifier": "lea-martin-1234", "site_url": SITE }),
            json!({ "letter": "account_closed", "site_url": SITE }),
            json!({ "letter": "convention_validated", "dossier": dossier(), "version": 1 }),
        ];
        for letter in &stored {
            assert!(read(letter).render(None, samples::campaign()).unwrap().text.starts_with("Bonjour,"));
        }
    }
}
