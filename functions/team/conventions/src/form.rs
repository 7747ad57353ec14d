//! The team's forms about conventions: the query of the list, and the decisions about a dossier.

use epass_domain::{ConventionRefusal, Fault, Invalid, Paragraph, Partner, PartnerId, Siret, Stage, folded};
use epass_store::QueuePlace;
use epass_web::words;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The longest reason, in characters.
const REASON: usize = 2_000;

/// The longest search text, in characters.
const WORDS: usize = 100;

/// The query of the list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct QueueForm {
    /// The queue: `requested` (the default), `copies_awaited`, `signed`, `refused`, `registered`, or `iban` for the
    /// accounts to verify.
    #[param(value_type = words::DossierQueueOrNone)]
    pub etape: String,
    /// The `next` of the previous page.
    pub apres: String,
    /// A search in place of a queue: a dossier number, a SIRET, or words of the names or the commune.
    pub q: String,
}

/// A queue of the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// The dossiers at this stage.
    Stage(Stage),
    /// The changed accounts to verify.
    Accounts,
}

/// The requested list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A page of a queue.
    Page(Queue, Option<QueuePlace>),
    /// The dossier with this number.
    Dossier(PartnerId),
    /// The dossier with this SIRET.
    Siret(Siret),
    /// The dossiers whose names or commune contain all of these folded words.
    Named(Vec<String>),
}

impl Queue {
    /// All queues, in the order of the team's work.
    pub const ALL: [Self; 6] = [
        Self::Stage(Stage::Requested),
        Self::Accounts,
        Self::Stage(Stage::CopiesAwaited),
        Self::Stage(Stage::Signed),
        Self::Stage(Stage::Refused),
        Self::Stage(Stage::Registered),
    ];

    /// The code of the queue in the query.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stage(stage) => stage.code(),
            Self::Accounts => "iban",
        }
    }

    /// The French label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Stage(stage) => stage.label(),
            Self::Accounts => "IBAN à vérifier",
        }
    }

    /// The address of its page.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Stage(Stage::Requested) => "/equipe/conventions?etape=requested",
            Self::Stage(Stage::CopiesAwaited) => "/equipe/conventions?etape=copies_awaited",
            Self::Stage(Stage::Signed) => "/equipe/conventions?etape=signed",
            Self::Stage(Stage::Refused) => "/equipe/conventions?etape=refused",
            Self::Stage(Stage::Registered) => "/equipe/conventions?etape=registered",
            Self::Accounts => "/equipe/conventions?etape=iban",
        }
    }

    /// The title and the sentence of the queue while it is empty.
    pub const fn empty(self) -> (&'static str, &'static str) {
        match self {
            Self::Stage(Stage::Requested) => {
                ("Rien à valider", "Les nouvelles demandes de convention s’afficheront ici.")
            }
            Self::Stage(Stage::CopiesAwaited) => {
                ("Aucune copie attendue", "Les conventions validées attendent ici leurs deux exemplaires signés.")
            }
            Self::Stage(Stage::Signed) => {
                ("Aucune convention signée", "Elles s’afficheront ici à réception des copies.")
            }
            Self::Stage(Stage::Refused) => {
                ("Aucune demande refusée", "Les demandes à corriger par un partenaire s’afficheront ici.")
            }
            Self::Stage(Stage::Registered) => {
                ("Aucun inscrit sans demande", "Les partenaires inscrits qui n’ont rien demandé s’afficheront ici.")
            }
            Self::Accounts => ("Aucun IBAN à vérifier", "Les comptes changés par les partenaires s’afficheront ici."),
        }
    }
}

impl QueueForm {
    /// Parses the query.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Asked, Invalid> {
        const UNKNOWN: Fault = Fault::new("etape", "Cette liste n’existe pas.");
        let mut invalid = Invalid::default();
        if !self.q.trim().is_empty() {
            let asked = invalid.field("q", searched(&self.q));
            return invalid.finish(|| asked);
        }
        let known = Queue::ALL.into_iter().find(|queue| queue.code() == self.etape);
        let queue = match self.etape.as_str() {
            "" => Some(Queue::ALL[0]),
            _ => invalid.field("etape", known.ok_or(UNKNOWN)),
        };
        let place = match self.apres.as_str() {
            "" => Some(None),
            text => invalid.field("apres", place(text)).map(Some),
        };
        invalid.finish(|| Some(Asked::Page(queue?, place?)))
    }
}

/// A SIRET has 14 digits and a dossier number eight. Any text with a letter is a name, and so are a few digits («
/// 1789 »).
fn searched(text: &str) -> Result<Asked, Fault> {
    const NO_NUMBER: Fault = Fault::new(
        "q",
        "Un numéro de dossier a 8 chiffres, un SIRET 14 chiffres valides. Vous pouvez aussi chercher un nom.",
    );
    const NO_NAME: Fault = Fault::new("q", "Cherchez par nom, commune, numéro de dossier ou SIRET.");
    const TOO_LONG: Fault = Fault::new("too_long", "Cherchez avec 100 caractères au plus.");
    let number = PartnerId::parse(text).map(Asked::Dossier);
    if let Ok(asked) = number.or_else(|_| Siret::parse(text).map(Asked::Siret)) {
        return Ok(asked);
    }
    let is_number = text.chars().filter(char::is_ascii_digit).count() > 4 && !text.contains(char::is_alphabetic);
    let words: Vec<String> = folded(text).split_whitespace().map(str::to_owned).collect();
    match words.is_empty() {
        _ if is_number => Err(NO_NUMBER),
        true => Err(NO_NAME),
        _ if text.chars().count() > WORDS => Err(TOO_LONG),
        false => Ok(Asked::Named(words)),
    }
}

/// A position in a queue, as the query carries it.
pub fn told(place: &QueuePlace) -> String {
    format!("{}_{}", place.since, place.partner)
}

fn place(text: &str) -> Result<QueuePlace, Fault> {
    const UNKNOWN: Fault = Fault::new("apres", "Cette page n’existe pas : reprenez au début de la liste.");
    let (since, partner) = text.split_once('_').ok_or(UNKNOWN)?;
    let since: Timestamp = since.parse().map_err(|_| UNKNOWN)?;
    Ok(QueuePlace { since, partner: PartnerId::parse(partner).map_err(|_| UNKNOWN)? })
}

/// The validation of a convention, or the receipt of its signed copies.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionForm {
    /// The revision of the dossier that was read.
    #[schema(required)]
    pub revision: Option<u32>,
}

/// The query of a decision's confirmation page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct StepForm {
    /// The revision of the dossier that was read; without it, the current one.
    #[param(value_type = Option<u32>)]
    pub revision: String,
}

impl StepForm {
    /// Checks that the dossier still has the revision that was read.
    ///
    /// # Errors
    /// [`ConventionRefusal::Changed`] when it does not.
    pub fn about(&self, partner: &Partner) -> Result<(), ConventionRefusal> {
        let is_read = self.revision.is_empty() || self.revision.parse() == Ok(partner.revision);
        if is_read { Ok(()) } else { Err(ConventionRefusal::Changed) }
    }
}

/// The refusal of a convention.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RefusalForm {
    /// The revision of the dossier that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The reason, which the partner reads; at most 2,000 characters.
    #[schema(required)]
    pub reason: String,
}

/// The decision about a changed account.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AccountForm {
    /// The revision of the dossier that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The decision: `approve` or `refuse`.
    #[schema(value_type = words::AccountDecision, required)]
    pub decision: String,
    /// The reason of a refusal, which the partner reads; at most 2,000 characters. The page sends it as
    /// `account_reason`, because it has another field `reason`.
    pub reason: String,
    /// The reason, as the page sends it.
    #[schema(ignore)]
    pub account_reason: Option<String>,
}

/// The team's decision about a changed account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountDecision {
    /// The new account is paid from now on.
    Approve,
    /// The old account stays, for this reason.
    Refuse(Paragraph),
}

/// A decision about the revision of a dossier that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided<T> {
    /// The revision that was read.
    revision: u32,
    /// The decision.
    pub decision: T,
}

impl<T> Decided<T> {
    /// The decision, if the dossier still has the revision that was read.
    ///
    /// # Errors
    /// [`ConventionRefusal::Changed`] when it does not.
    pub fn about(self, partner: &Partner) -> Result<T, ConventionRefusal> {
        if self.revision == partner.revision { Ok(self.decision) } else { Err(ConventionRefusal::Changed) }
    }
}

impl DecisionForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Decided<()>, Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        invalid.finish(|| Some(Decided { revision: revision?, decision: () }))
    }
}

impl RefusalForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Decided<Paragraph>, Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let reason = invalid.field("reason", Paragraph::parse(&self.reason, REASON));
        invalid.finish(|| Some(Decided { revision: revision?, decision: reason? }))
    }
}

impl AccountForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Decided<AccountDecision>, Invalid> {
        const UNDECIDED: Fault = Fault::new("missing", "Choisissez d’accepter ou de refuser ce compte.");
        let (field, reason) = match &self.account_reason {
            Some(typed) => ("account_reason", typed),
            None => ("reason", &self.reason),
        };
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let decision = match self.decision.as_str() {
            "approve" => Some(AccountDecision::Approve),
            "refuse" => invalid.field(field, Paragraph::parse(reason, REASON)).map(AccountDecision::Refuse),
            _ => invalid.field("decision", Err(UNDECIDED)),
        };
        invalid.finish(|| Some(Decided { revision: revision?, decision: decision? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(invalid: &Invalid) -> Vec<&'static str> {
        invalid.faults().iter().map(|(field, _)| *field).collect()
    }

    #[test]
    fn without_a_word_the_requests_are_listed_from_the_start() {
        let asked = QueueForm::default().parse().unwrap();
        assert_eq!(asked, Asked::Page(Queue::Stage(Stage::Requested), None));
    }

    #[test]
    fn a_place_in_a_queue_survives_the_path() {
        let here = QueuePlace {
            since: "2026-11-22T19:05:00.123456Z".parse().unwrap(),
            partner: PartnerId::parse("41234567").unwrap(),
        };
        let form = QueueForm { etape: "iban".into(), apres: told(&here), q: String::new() };
        assert_eq!(form.parse().unwrap(), Asked::Page(Queue::Accounts, Some(here)));
        let nowhere = QueueForm { etape: "demain".into(), apres: "là".into(), q: String::new() };
        assert_eq!(fields(&nowhere.parse().unwrap_err()), ["etape", "apres"]);
    }

    #[test]
    fn every_queue_has_a_page_of_its_own() {
        for queue in Queue::ALL {
            assert_eq!(queue.href(), format!("/equipe/conventions?etape={}", queue.code()));
        }
    }

    #[test]
    fn a_search_takes_a_dossier_number_a_siret_or_words() {
        let search = |q: &str| QueueForm { q: q.into(), ..QueueForm::default() }.parse();
        assert!(matches!(search(" 41234567 ").unwrap(), Asked::Dossier(_)));
        assert!(matches!(search("732 829 320 00074").unwrap(), Asked::Siret(_)));
        for number in ["732 829 320 00075", "4123456", "12-34-56"] {
            assert_eq!(fields(&search(number).unwrap_err()), ["q"], "{number}");
        }
        for nothing in ["-", "…", &"a".repeat(101)] {
            assert_eq!(fields(&search(nothing).unwrap_err()), ["q"], "{nothing}");
        }
        let named = |words: &[&str]| Asked::Named(words.iter().map(|&word| word.to_owned()).collect());
        for (typed, words) in [
            ("  L’Étoile ", &["l", "etoile"][..]),
            ("1789", &["1789"]),
            ("Cinéma 2000, Œuvre", &["cinema", "2000", "oeuvre"]),
        ] {
            assert_eq!(search(typed).unwrap(), named(words), "{typed}");
        }
    }

    #[test]
    fn a_refusal_says_why() {
        let silent = RefusalForm { revision: Some(3), reason: "  ".into() };
        assert_eq!(fields(&silent.parse().unwrap_err()), ["reason"]);
        assert_eq!(fields(&RefusalForm::default().parse().unwrap_err()), ["revision", "reason"]);
    }

    #[test]
    fn an_account_is_approved_without_a_reason_and_refused_with_one() {
        let form = |decision: &str, reason: &str| {
            let (decision, reason) = (decision.into(), reason.into());
            AccountForm { revision: Some(1), decision, reason, account_reason: None }.parse()
        };
        assert_eq!(form("approve", "").unwrap().decision, AccountDecision::Approve);
        assert_eq!(fields(&form("refuse", "").unwrap_err()), ["reason"]);
        assert!(matches!(form("refuse", "RIB illisible").unwrap().decision, AccountDecision::Refuse(_)));
        assert_eq!(fields(&form("", "").unwrap_err()), ["decision"]);
    }

    #[test]
    fn a_reason_that_the_page_sends_is_faulty_at_the_pages_field() {
        let (revision, decision) = (Some(1), "refuse".to_owned());
        let form = AccountForm { revision, decision, account_reason: Some(" ".into()), ..AccountForm::default() };
        assert_eq!(fields(&form.parse().unwrap_err()), ["account_reason"]);
    }
}
