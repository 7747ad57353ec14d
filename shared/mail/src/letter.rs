//! All mails: the facts of each, and the template of its words.

use askama::Template;
use epass_domain::{Email, EnrolmentId, Envelope, Identifier, Line, MailId, Paragraph, PartnerId, Password, Phase};
use epass_store::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::reimbursement::TransferNews;
use crate::rendered::filters;
use crate::{Deal, News, Outing, Reimbursed};

/// The facts of a mail, each variant with its template. It is kept as JSON in the outbox until it is sent. The outbox
/// entry holds the name to greet ([`Entry::greeting`]): a mail to an unconfirmed address greets nobody and repeats
/// nothing that was typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Template)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// A registration: the identifier and a provisional password (guide §3).
    #[template(path = "registered.mail")]
    Registered {
        /// The identifier to sign in with.
        identifier: Identifier,
        /// The provisional password, to be changed at first use.
        password: Secret,
        /// The address of the site.
        site_url: String,
    },
    /// A young person's registration: the link that confirms the address. Opening it changes nothing.
    #[template(path = "confirm-address.mail")]
    ConfirmAddress {
        /// The id of the registration in the link.
        enrolment: EnrolmentId,
        /// The address of the site.
        site_url: String,
    },
    /// A young person's card was made: the identifier, and a provisional password if none was chosen.
    #[template(path = "enrolled.mail")]
    Enrolled(Enrolled),
    /// A young person closed the account.
    #[template(path = "account-closed.mail")]
    AccountClosed {
        /// The last day of the campaign, `31/08/2027`; none in letters of an earlier version.
        kept_until: Option<String>,
        /// The address of the site.
        site_url: String,
    },
    /// To the applicant: somebody has the same name and birth date, and the team will decide.
    #[template(path = "enrolment-set-aside.mail")]
    EnrolmentSetAside {
        /// The address of the site.
        site_url: String,
    },
    /// To the team: a registration has the name and birth date of an existing beneficiary.
    #[template(path = "enrolment-to-review.mail")]
    EnrolmentToReview {
        /// The address of the site.
        site_url: String,
    },
    /// To the applicant: the team found that the person already has an account.
    #[template(path = "enrolment-refused.mail")]
    EnrolmentRefused {
        /// The address of the site.
        site_url: String,
    },
    /// The team suspended a card.
    #[template(path = "card-suspended.mail")]
    CardSuspended {
        /// The team's reason.
        reason: Paragraph,
        /// The address of the site.
        site_url: String,
    },
    /// The team reinstated a card.
    #[template(path = "card-reinstated.mail")]
    CardReinstated {
        /// The address of the site.
        site_url: String,
    },
    /// The team replaced a card. The mail leaves the new number out, because the number and a birth date are enough
    /// to pay.
    #[template(path = "card-replaced.mail")]
    CardReplaced {
        /// The address of the site.
        site_url: String,
    },
    /// The team opened an establishment's account, or sent its access again.
    #[template(path = "establishment-access.mail")]
    EstablishmentAccess {
        /// The name of the establishment.
        name: Line,
        /// The identifier to sign in with.
        identifier: Identifier,
        /// The provisional password, to be changed at first use.
        password: Secret,
        /// The address of the site.
        site_url: String,
    },
    /// The answer to *Mot de passe oublié*.
    #[template(path = "provisional-password.mail")]
    ProvisionalPassword {
        /// The identifier of the account.
        identifier: Identifier,
        /// The provisional password, valid for a day.
        password: Secret,
        /// The address of the site.
        site_url: String,
    },
    /// To the account's address: the password was changed.
    #[template(path = "password-changed.mail")]
    PasswordChanged {
        /// The identifier of the account.
        identifier: Identifier,
        /// The instant of the change, `24/11/2026 à 10 h 05`.
        at: String,
        /// Whether the partner's till keys were revoked with it; none when there are none.
        till_keys_ended: Option<bool>,
        /// The address of the site.
        site_url: String,
    },
    /// To the old and to the new address: the account's address was changed.
    #[template(path = "address-changed.mail")]
    AddressChanged {
        /// The name of the account's holder.
        name: Line,
        /// The new address.
        email: Email,
        /// The address of the site.
        site_url: String,
    },
    /// A till's key was made, renewed or revoked, or ends soon.
    #[template(path = "till-key.mail")]
    TillKey {
        /// The partner's name for the till.
        till: Line,
        /// The change of its key.
        news: KeyNews,
        /// The address of the site.
        site_url: String,
    },
    /// The answer to *Identifiant oublié*.
    #[template(path = "identifier-reminder.mail")]
    IdentifierReminder {
        /// All identifiers of the address.
        identifiers: Vec<Identifier>,
        /// The address of the site.
        site_url: String,
    },
    /// To the referent: the request has arrived.
    #[template(path = "convention-requested.mail")]
    ConventionRequested {
        /// The dossier.
        dossier: Dossier,
        /// The number of the version.
        version: u32,
    },
    /// To the team: a request waits for a decision.
    #[template(path = "convention-to-review.mail")]
    ConventionToReview {
        /// The dossier.
        dossier: Dossier,
        /// The number of the version.
        version: u32,
    },
    /// To the referent: the convention can be downloaded and signed (guide §4, §5).
    #[template(path = "convention-validated.mail")]
    ConventionValidated {
        /// The dossier.
        dossier: Dossier,
        /// The number of the version.
        version: u32,
        /// The address to which the two signed copies are sent.
        copies_address: Option<Line>,
    },
    /// To the referent: the reason of the refusal, and how to ask again.
    #[template(path = "convention-refused.mail")]
    ConventionRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's reason.
        reason: Paragraph,
    },
    /// To the referent: a changed IBAN waits for the team's approval; until then the old account is paid.
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
        /// The team's reason.
        reason: Paragraph,
    },
    /// To the team: a bon plan waits for a decision.
    #[template(path = "bon-plan-to-review.mail")]
    BonPlanToReview {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the bon plan is published.
    #[template(path = "bon-plan-published.mail")]
    BonPlanPublished {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the reason of the refusal, and how to submit the bon plan again.
    #[template(path = "bon-plan-refused.mail")]
    BonPlanRefused {
        /// The bon plan.
        plan: Deal,
        /// The team's reason.
        reason: Paragraph,
    },
    /// To a registrant with a place: date and venue, and how to give the place back.
    #[template(path = "place-sure.mail")]
    PlaceSure {
        /// The bon plan.
        plan: Deal,
    },
    /// To the first person of the waiting list: a freed place is theirs.
    #[template(path = "place-freed.mail")]
    PlaceFreed {
        /// The bon plan.
        plan: Deal,
    },
    /// To each registrant: the partner withdrew the bon plan (guide §8).
    #[template(path = "bon-plan-withdrawn.mail")]
    BonPlanWithdrawn {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the team took the bon plan down, with the reason.
    #[template(path = "bon-plan-taken-down.mail")]
    BonPlanTakenDown {
        /// The bon plan.
        plan: Deal,
        /// The team's reason.
        reason: Paragraph,
    },
    /// To each registrant: the team took the bon plan down.
    #[template(path = "bon-plan-gone.mail")]
    BonPlanGone {
        /// The bon plan.
        plan: Deal,
    },
    /// A change of an outing.
    #[template(path = "sortie.mail")]
    Sortie {
        /// The outing.
        outing: Outing,
        /// The change, which also names the recipient.
        news: News,
    },
    /// To the referent: a statement is available, or its transfer failed (guide §7.3).
    #[template(path = "reimbursement.mail")]
    Reimbursement {
        /// The statement.
        statement: Reimbursed,
    },
    /// To the team: a question from *Hotline mail* (guide §10).
    #[template(path = "hotline-question.mail")]
    HotlineQuestion {
        /// The name of the person who asks.
        name: Line,
        /// The address to answer.
        email: Email,
        /// The profile of the person who asks.
        profile: String,
        /// The subject of the question.
        subject: Line,
        /// The question.
        question: Paragraph,
    },
    /// To the sender: the question has arrived. The mail repeats nothing of it, because anybody may type any address.
    #[template(path = "hotline-acknowledged.mail")]
    HotlineAcknowledged,
}

/// The facts of a young person's first mail. It is a separate type because askama copies the attributes of a
/// variant's fields and does not know serde's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The identifier to sign in with.
    pub identifier: Identifier,
    /// The provisional password, to be changed at first use; none when one was chosen while confirming the address.
    pub password: Option<Secret>,
    /// Whether the credit is the remainder of an account that was closed in this campaign.
    #[serde(default)]
    pub comes_back: bool,
    /// Whether that account's card was suspended; the new card is then suspended too.
    #[serde(default)]
    pub suspended: bool,
    /// The address of the site.
    pub site_url: String,
}

/// A change of a till's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum KeyNews {
    /// A new key; it gives access to the desk until the end of this day, `24/11/2027`.
    Made {
        /// The last day of validity.
        until: String,
    },
    /// The key is valid for another year.
    Renewed {
        /// The last day of validity.
        until: String,
    },
    /// The key is no longer valid.
    Revoked,
    /// The key ends within a month.
    Ending {
        /// The last day of validity.
        until: String,
    },
}

/// A password in a letter: never printed, and deleted from the outbox when the letter is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl From<&Password> for Secret {
    fn from(password: &Password) -> Self {
        Self(password.as_str().to_owned())
    }
}

/// The facts that all letters about a dossier share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// The number of the partner.
    pub number: PartnerId,
    /// *Raison sociale*.
    pub legal_name: Line,
    /// The address of the site.
    pub site_url: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(***)")
    }
}

impl Letter {
    /// The outbox entry of this letter, to be stored in the same transaction as the change that it reports.
    pub fn to(&self, email: &Email, id: MailId, now: Timestamp) -> Entry {
        let json = serde_json::to_string(self).expect("a letter is plain data");
        Entry::new(email.clone(), id, json, now)
    }

    /// The letter in an outbox entry.
    ///
    /// # Errors
    /// Those of serde, when a later version wrote the letter.
    pub fn read(entry: &Entry) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&entry.letter.0)
    }

    /// The address for answers: the person who asked a question, or the team.
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

    /// Letters as commit cfd2ea8 and later commits stored them.
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
