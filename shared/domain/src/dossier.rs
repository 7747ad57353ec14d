//! The dossier: a partner's declarations, in the four parts of the form (guide §4).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Bic, Email, Envelope, Fault, Iban, Line, Phone, Postcode, Siret, Website, folded};

/// A postal address in France.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Number and street.
    pub street: Line,
    /// *Code postal*.
    pub postcode: Postcode,
    /// *Commune*.
    pub commune: Line,
}

impl fmt::Display for Address {
    /// `12 cours Mirabeau, 13100 Aix-en-Provence`, with U+00A0 after the postcode, so that no line break separates the
    /// two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}\u{a0}{}", self.street, self.postcode, self.commune)
    }
}

/// *Informations administratives*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrative {
    /// *Raison sociale*.
    pub legal_name: Line,
    /// *N° SIRET*.
    pub siret: Siret,
    /// *Adresse mail* of the structure.
    pub email: Email,
    /// *Adresse administrative*.
    pub address: Address,
    /// *Téléphone principal*.
    pub phone: Phone,
    /// *Téléphone secondaire*.
    pub second_phone: Option<Phone>,
    /// *Site web*.
    pub website: Option<Website>,
}

/// *Coordonnées du référent e-PASS JEUNES*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referent {
    /// *Civilité du référent*.
    pub civility: Civility,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// *Fonction du référent dans ma structure*.
    pub position: Line,
    /// *Adresse mail*: the address for mails about the dossier.
    pub email: Email,
    /// *Téléphone principal*.
    pub phone: Phone,
    /// *Téléphone secondaire*.
    pub second_phone: Option<Phone>,
}

/// The form of address of the referent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Civility {
    /// *Madame*.
    Madame,
    /// *Monsieur*.
    Monsieur,
}

impl Civility {
    /// Both forms, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Madame, Self::Monsieur];

    /// The label on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Madame => "Madame",
            Self::Monsieur => "Monsieur",
        }
    }

    /// The code in the form and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Madame => "madame",
            Self::Monsieur => "monsieur",
        }
    }

    /// Reads a code from the form.
    ///
    /// # Errors
    /// `missing` unless one of the two was chosen.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|civility| civility.code() == text).ok_or_else(Fault::missing)
    }
}

/// *Activité*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// *Nom commercial ou d'usage*.
    pub trade_name: Line,
    /// *Adresse de l'activité*.
    pub address: Address,
    /// The envelopes that it sells for: at least one of [`Envelope::DESK`], sorted.
    pub envelopes: Vec<Envelope>,
    /// *Accessibilités à la structure*, sorted; may be empty.
    pub accessibility: Vec<Accessibility>,
}

impl Activity {
    /// Reads the selected activities: at least one, without duplicates and without outings, which schools organise.
    ///
    /// # Errors
    /// `envelopes` when none is selected or one is unknown.
    pub fn envelopes(ticked: &[String]) -> Result<Vec<Envelope>, Fault> {
        const UNTICKED: Fault = Fault::new("envelopes", "Cochez au moins une activité.");
        let mut envelopes = ticked.iter().map(|code| Envelope::parse(code)).collect::<Result<Vec<_>, _>>()?;
        envelopes.sort();
        envelopes.dedup();
        let sold = !envelopes.is_empty() && envelopes.iter().all(|envelope| Envelope::DESK.contains(envelope));
        if sold { Ok(envelopes) } else { Err(UNTICKED) }
    }
}

/// A kind of accessibility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accessibility {
    /// Reduced mobility.
    Motor,
    /// Deaf or hard of hearing.
    Hearing,
    /// Blind or partially sighted.
    Sight,
    /// Learning or psychological disabilities.
    Mental,
}

impl Accessibility {
    /// All kinds, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Motor, Self::Hearing, Self::Sight, Self::Mental];

    /// The label on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Motor => "Handicap moteur",
            Self::Hearing => "Handicap auditif",
            Self::Sight => "Handicap visuel",
            Self::Mental => "Handicap mental ou psychique",
        }
    }

    /// The code in the form and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Motor => "motor",
            Self::Hearing => "hearing",
            Self::Sight => "sight",
            Self::Mental => "mental",
        }
    }

    /// Reads the selected kinds.
    ///
    /// # Errors
    /// `accessibility` when one is unknown.
    pub fn parse_all(ticked: &[String]) -> Result<Vec<Self>, Fault> {
        const UNKNOWN: Fault = Fault::new("accessibility", "Choisissez dans la liste des accessibilités.");
        let mut all = ticked
            .iter()
            .map(|code| Self::ALL.into_iter().find(|one| one.code() == code).ok_or(UNKNOWN))
            .collect::<Result<Vec<_>, _>>()?;
        all.sort();
        all.dedup();
        Ok(all)
    }
}

/// *Informations financières*: the account that is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankDetails {
    /// *Nom du titulaire*.
    pub holder: Line,
    /// *IBAN*.
    pub iban: Iban,
    /// *BIC*.
    pub bic: Bic,
    /// The uploaded *RIB*.
    pub rib: StoredRib,
}

/// An uploaded RIB as it is stored: the object's key, which the server makes, and the file's kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRib {
    /// The key in the private bucket.
    pub key: String,
    /// The kind of the file.
    pub kind: RibKind,
}

/// The allowed kinds of a RIB file, recognised by the first bytes and not by the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RibKind {
    /// Begins with `%PDF-`.
    Pdf,
    /// Begins with `FF D8 FF`.
    Jpeg,
    /// Begins with `89 50 4E 47 0D 0A 1A 0A`.
    Png,
}

impl RibKind {
    /// The maximum size of a RIB: 5 MB.
    pub const MAX_BYTES: usize = 5 * 1024 * 1024;

    /// The kind of an uploaded RIB, recognised by its bytes.
    ///
    /// # Errors
    /// `missing` when empty, `rib_too_large` over [`RibKind::MAX_BYTES`], `rib_kind` when it is none of the three.
    pub fn of(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.is_empty() {
            return Err(Fault::new("missing", "Joignez votre RIB."));
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(Fault::new("rib_too_large", "Ce fichier dépasse 5 Mo : joignez un RIB plus léger."));
        }
        let kinds = [(&b"%PDF-"[..], Self::Pdf), (b"\xFF\xD8\xFF", Self::Jpeg), (b"\x89PNG\r\n\x1A\n", Self::Png)];
        let known = kinds.into_iter().find(|(magic, _)| bytes.starts_with(magic));
        known.map(|(_, kind)| kind).ok_or(Fault::new("rib_kind", "Le RIB doit être un fichier PDF, JPEG ou PNG."))
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A complete dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Part 1.
    pub administrative: Administrative,
    /// Part 2.
    pub referent: Referent,
    /// Part 3.
    pub activity: Activity,
    /// Part 4.
    pub bank: BankDetails,
}

/// A term of the convention; changing it requires a new convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractTerm {
    /// *Raison sociale*.
    LegalName,
    /// *N° SIRET*.
    Siret,
    /// The activities.
    #[serde(rename = "envelopes")]
    Activities,
}

impl ContractTerm {
    /// The label on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::LegalName => "Raison sociale",
            Self::Siret => "N° SIRET",
            Self::Activities => "Activités",
        }
    }

    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LegalName => "legal_name",
            Self::Siret => "siret",
            Self::Activities => "envelopes",
        }
    }
}

/// A changed term of the convention, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractChange {
    /// The changed term.
    pub term: ContractTerm,
    /// The current value.
    pub before: String,
    /// The new value.
    pub after: String,
}

impl Dossier {
    /// The changes from `self` to `next` that require a new convention: the *raison sociale* and the SIRET (guide §4,
    /// nota), and the activities, which are the subject of the convention. A *raison sociale* that differs only in
    /// case, accents, spaces or punctuation names the same company.
    pub fn contract_changes(&self, next: &Self) -> Vec<ContractChange> {
        let change = |term, before: String, after: String| ContractChange { term, before, after };
        let (old, new) = (&self.administrative, &next.administrative);
        let mut changes = Vec::new();
        if folded(old.legal_name.as_str()) != folded(new.legal_name.as_str()) {
            changes.push(change(ContractTerm::LegalName, old.legal_name.to_string(), new.legal_name.to_string()));
        }
        if old.siret != new.siret {
            changes.push(change(ContractTerm::Siret, old.siret.to_string(), new.siret.to_string()));
        }
        let (old, new) = (&self.activity.envelopes, &next.activity.envelopes);
        if old != new {
            changes.push(change(ContractTerm::Activities, labels(old), labels(new)));
        }
        changes
    }
}

fn labels(envelopes: &[Envelope]) -> String {
    envelopes.iter().map(|one| one.label()).collect::<Vec<_>>().join(", ")
}

/// The data that a partner gives at registration; it prefills the form of the convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// *Raison sociale*.
    pub legal_name: Line,
    /// *N° SIRET*.
    pub siret: Siret,
    /// *Adresse mail*: the address for the identifier and the password.
    pub email: Email,
    /// *Téléphone principal*.
    pub phone: Phone,
    /// *Civilité du référent*.
    pub civility: Civility,
    /// *Prénom du référent*.
    pub first_name: Line,
    /// *Nom du référent*.
    pub last_name: Line,
}
