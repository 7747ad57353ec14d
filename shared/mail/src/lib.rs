//! What each mail says, in French, as text and as HTML, and the outbox entry that carries it.

mod cause;
mod reimbursement;
mod rendered;
mod sortie;
mod words;

use epass_domain::{
    BonPlan, BonPlanId, Email, EnrolmentId, Identifier, Line, MailId, Paragraph, PartnerId, Password, Place,
};
use epass_store::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use cause::{Cause, Fate};
pub use reimbursement::{FailedTransfer, Reimbursed};
pub use rendered::Rendered;
pub use sortie::{News, Outing};

/// A mail's facts; the words are [`Letter::render`]'s. Kept as JSON in the outbox until it is sent. Whom it greets is the
/// entry's ([`Entry::greeting`]): a mail to an address that nobody has confirmed greets nobody and repeats nothing typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// A registration: the identifier and a provisional password (guide §3).
    Registered {
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// A young person's registration: the link that confirms the address. Opening it changes nothing.
    ConfirmAddress {
        /// What the link names.
        enrolment: EnrolmentId,
        /// The site.
        site_url: String,
    },
    /// A young person's card exists: the identifier, and a provisional password where none was chosen.
    Enrolled {
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use; none where one was chosen with the confirmation of the address.
        password: Option<Secret>,
        /// Whether the credit is what an account that was closed in this campaign left.
        #[serde(default)]
        comes_back: bool,
        /// Whether that account's card was suspended: so is this one.
        #[serde(default)]
        suspended: bool,
        /// The site.
        site_url: String,
    },
    /// A young person closed the account.
    AccountClosed {
        /// The last day of the campaign, `31/08/2027`; letters of an earlier version have none.
        #[serde(default)]
        kept_until: Option<String>,
        /// The site.
        site_url: String,
    },
    /// To who applies: somebody has the same name and birth date, the team looks.
    EnrolmentSetAside {
        /// The site.
        site_url: String,
    },
    /// To the team: a registration met a namesake.
    EnrolmentToReview {
        /// The site.
        site_url: String,
    },
    /// To who applied: the team says that the person has an account already.
    EnrolmentRefused {
        /// The site.
        site_url: String,
    },
    /// The team suspended a card.
    CardSuspended {
        /// The team's words.
        reason: Paragraph,
        /// The site.
        site_url: String,
    },
    /// The team reinstated a card.
    CardReinstated {
        /// The site.
        site_url: String,
    },
    /// The team replaced a card. The new number is not in the mail: with a birth date it pays.
    CardReplaced {
        /// The site.
        site_url: String,
    },
    /// The team opened an establishment's account, or sends its access again.
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
    ProvisionalPassword {
        /// Whose.
        identifier: Identifier,
        /// Good for a day.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// The password was changed: to the account's address.
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
    AddressChanged {
        /// Whose.
        name: Line,
        /// The new address.
        email: Email,
        /// The site.
        site_url: String,
    },
    /// A till's key was made, renewed, revoked, or is about to end.
    TillKey {
        /// What the partner calls the till.
        till: Line,
        /// What became of its key.
        news: KeyNews,
        /// The site.
        site_url: String,
    },
    /// *Identifiant oublié*.
    IdentifierReminder {
        /// All those of the address.
        identifiers: Vec<Identifier>,
        /// The site.
        site_url: String,
    },
    /// To the referent: the request has arrived.
    ConventionRequested {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the team: a request waits.
    ConventionToReview {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the referent: the convention can be downloaded and signed (guide §4, §5).
    ConventionValidated {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
        /// Where the two signed copies are to be sent.
        #[serde(default)]
        copies_address: Option<Line>,
    },
    /// To the referent: why not, and how to ask again.
    ConventionRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the referent: a changed IBAN waits for the team; the old account is paid until then.
    BankChangeWaiting {
        /// The dossier.
        dossier: Dossier,
        /// The new IBAN, masked.
        iban: String,
    },
    /// To the referent: the new account is paid from now on.
    BankChangeApproved {
        /// The dossier.
        dossier: Dossier,
        /// The new IBAN, masked.
        iban: String,
    },
    /// To the referent: the old account stays.
    BankChangeRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the team: a bon plan waits.
    BonPlanToReview {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the bon plan is shown to young people.
    BonPlanPublished {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: why not, and how to send it again.
    BonPlanRefused {
        /// The bon plan.
        plan: Deal,
        /// The team's words.
        reason: Paragraph,
    },
    /// To who registered for a bon plan with a place: when and where, and how to give the place back.
    PlaceSure {
        /// The bon plan.
        plan: Deal,
    },
    /// To the first in line: a place became free and is theirs.
    PlaceFreed {
        /// The bon plan.
        plan: Deal,
    },
    /// To who is on the list: the partner took the bon plan back (guide §8).
    BonPlanWithdrawn {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the team took the bon plan down, and why.
    BonPlanTakenDown {
        /// The bon plan.
        plan: Deal,
        /// The team's words.
        reason: Paragraph,
    },
    /// To who is on the list: the team took the bon plan down.
    BonPlanGone {
        /// The bon plan.
        plan: Deal,
    },
    /// What became of an outing.
    Sortie {
        /// The outing.
        outing: Outing,
        /// What is told, to whom.
        news: News,
    },
    /// To the referent: a statement is there, or its transfer failed (guide §7.3).
    Reimbursement {
        /// The statement.
        statement: Reimbursed,
    },
    /// To the team: a question from *Hotline mail* (guide §10).
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
    HotlineAcknowledged,
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

/// What the letters about a bon plan have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// Which.
    pub id: BonPlanId,
    /// *Titre*.
    pub title: Line,
    /// Who offers it.
    pub partner_name: Line,
    /// When, in words: `le 28/11/2026 de 16 h à 18 h`, `3 dates du 28/11/2026 au 12/12/2026`.
    pub when: String,
    /// Each date in words, where there are several.
    #[serde(default)]
    pub dates: Vec<String>,
    /// The partner's note on the times: `ouverture des portes à 19 h 30`.
    pub times: Option<Line>,
    /// Where, on one line; none in letters stored before it was told.
    pub place: Option<String>,
    /// The site.
    pub site_url: String,
}

impl Deal {
    /// The facts of a bon plan.
    pub fn of(plan: &BonPlan, site_url: &str) -> Self {
        Self {
            id: plan.id,
            title: plan.content.title.clone(),
            partner_name: plan.partner_name.clone(),
            when: plan.content.dates.to_string(),
            dates: match plan.content.dates.slots() {
                [_] => Vec::new(),
                several => several.iter().map(ToString::to_string).collect(),
            },
            times: plan.content.times.clone(),
            place: Some(on_one_line(&plan.content.place)),
            site_url: site_url.to_owned(),
        }
    }
}

/// `Théâtre du Rocher, 4 avenue Franklin, 13100 Aix-en-Provence`.
fn on_one_line(place: &Place) -> String {
    let street = place.street.as_ref().map(|street| format!("{street}, ")).unwrap_or_default();
    format!("{}, {street}{}\u{a0}{}", place.name, place.postcode, place.commune)
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
