//! A partner: what it declared, its convention, and the account that may be paid.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    BankDetails, Convention, ConventionRefusal, Dossier, EarlierConvention, Email, Line, PartnerId, Registration,
    Siret, Validated,
};

/// A partner: what it declared, its convention, and the account that may be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// *Numéro de dossier*, the key.
    pub id: PartnerId,
    /// Counts the changes: a decision is made on the revision that was read.
    pub revision: u32,
    /// What it declared.
    pub declared: Declared,
    /// The current version of its convention; none before the first request.
    pub convention: Option<Convention>,
    /// Earlier versions that were validated, oldest first.
    pub earlier: Vec<EarlierConvention>,
    /// The account that money goes to; none before the first validation.
    pub paid_to: Option<BankDetails>,
    /// Since when a changed account waits for the team.
    pub bank_change_since: Option<Timestamp>,
    /// When it registered.
    pub registered_at: Timestamp,
    /// A change that would suspend it and that it has not confirmed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

/// A change of dossier that would stop all sales until a new convention is validated: kept as it was sent, and declared once its
/// author, who sees what it entails, confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What would be declared.
    pub dossier: Box<Dossier>,
    /// Since when it waits.
    pub at: Timestamp,
}

impl Proposal {
    /// How long it waits for its author.
    pub(super) const LIFE: SignedDuration = SignedDuration::from_hours(1);
}

/// How much a partner has declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// What was asked at registration.
    Registered(Registration),
    /// The whole form.
    Complete(Box<Dossier>),
}

/// First and last name on one line.
pub fn full_name(first_name: &Line, last_name: &Line) -> Line {
    Line::parse(&format!("{first_name} {last_name}"), Line::MAX).unwrap_or_else(|_| last_name.clone())
}

impl Partner {
    /// One that has just registered.
    pub const fn registered(id: PartnerId, registration: Registration, now: Timestamp) -> Self {
        Self {
            id,
            revision: 1,
            declared: Declared::Registered(registration),
            convention: None,
            earlier: Vec::new(),
            paid_to: None,
            bank_change_since: None,
            registered_at: now,
            proposal: None,
        }
    }

    /// *Raison sociale*.
    pub fn legal_name(&self) -> &Line {
        match &self.declared {
            Declared::Registered(registration) => &registration.legal_name,
            Declared::Complete(dossier) => &dossier.administrative.legal_name,
        }
    }

    /// The name that people know: *nom commercial*, or else the *raison sociale*.
    pub fn known_as(&self) -> &Line {
        match &self.declared {
            Declared::Registered(registration) => &registration.legal_name,
            Declared::Complete(dossier) => &dossier.activity.trade_name,
        }
    }

    /// *N° SIRET*.
    pub fn siret(&self) -> &Siret {
        match &self.declared {
            Declared::Registered(registration) => &registration.siret,
            Declared::Complete(dossier) => &dossier.administrative.siret,
        }
    }

    /// Where decisions about the dossier are told: the referent.
    pub fn referent_email(&self) -> &Email {
        match &self.declared {
            Declared::Registered(registration) => &registration.email,
            Declared::Complete(dossier) => &dossier.referent.email,
        }
    }

    /// The referent's first and last name, as mails greet them.
    pub fn referent_name(&self) -> Line {
        let (first_name, last_name) = match &self.declared {
            Declared::Registered(registration) => (&registration.first_name, &registration.last_name),
            Declared::Complete(dossier) => (&dossier.referent.first_name, &dossier.referent.last_name),
        };
        full_name(first_name, last_name)
    }

    /// The four parts, once they are declared.
    pub fn dossier(&self) -> Option<&Dossier> {
        match &self.declared {
            Declared::Registered(_) => None,
            Declared::Complete(dossier) => Some(dossier),
        }
    }

    /// The convention in force; what *Transactions*, *Mes bons plans* and *Mes sorties e-PASS* depend on.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`].
    pub fn in_force(&self) -> Result<&Validated, ConventionRefusal> {
        self.convention.as_ref().ok_or(ConventionRefusal::NotInForce)?.in_force()
    }

    /// A validated version that can be downloaded: the current one or an earlier one.
    pub fn validated_version(&self, version: u32) -> Option<&Validated> {
        let current = self.convention.as_ref().filter(|convention| convention.version == version);
        let earlier = || self.earlier.iter().find(|earlier| earlier.version == version);
        current
            .and_then(|convention| convention.in_force().ok())
            .or_else(|| earlier().map(|earlier| &earlier.validated))
    }

    /// The account that waits for the team, while one does.
    pub fn waiting_bank(&self) -> Option<&BankDetails> {
        self.bank_change_since.and_then(|_| self.dossier()).map(|dossier| &dossier.bank)
    }
}
