//! A partner: its declarations, its convention, and its approved account.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    BankDetails, Convention, ConventionRefusal, Dossier, EarlierConvention, Email, Line, PartnerId, Registration,
    Siret, Validated,
};

/// A partner: its declarations, its convention, and its approved account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// *Numéro de dossier*, the key.
    pub id: PartnerId,
    /// The number of changes, for optimistic locking: a decision names the revision that it read.
    pub revision: u32,
    /// The data that it declared.
    pub declared: Declared,
    /// The current version of its convention; `None` before the first request.
    pub convention: Option<Convention>,
    /// Earlier validated versions, oldest first.
    pub earlier: Vec<EarlierConvention>,
    /// The approved account, which is paid; `None` before the first validation.
    pub paid_to: Option<BankDetails>,
    /// The time since which a changed account waits for the team.
    pub bank_change_since: Option<Timestamp>,
    /// The time of its registration.
    pub registered_at: Timestamp,
    /// A change that would suspend it, and that it has not confirmed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

/// A change of dossier that would stop all sales until a new convention is validated. It is stored as submitted, and
/// declared once its author has seen the consequences and confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The dossier that would be declared.
    pub dossier: Box<Dossier>,
    /// The time at which it was proposed.
    pub at: Timestamp,
}

impl Proposal {
    /// The time that the author has to confirm it.
    pub(super) const LIFE: SignedDuration = SignedDuration::from_hours(1);
}

/// The declarations of a partner, partial or complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// The data given at registration.
    Registered(Registration),
    /// The complete form.
    Complete(Box<Dossier>),
}

/// First and last name on one line.
pub fn full_name(first_name: &Line, last_name: &Line) -> Line {
    Line::parse(&format!("{first_name} {last_name}"), Line::MAX).unwrap_or_else(|_| last_name.clone())
}

impl Partner {
    /// A partner that has just registered.
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

    /// The public name: *nom commercial*, or else the *raison sociale*.
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

    /// The address for decisions about the dossier: the referent's.
    pub fn referent_email(&self) -> &Email {
        match &self.declared {
            Declared::Registered(registration) => &registration.email,
            Declared::Complete(dossier) => &dossier.referent.email,
        }
    }

    /// The referent's first and last name, as mails address them.
    pub fn referent_name(&self) -> Line {
        let (first_name, last_name) = match &self.declared {
            Declared::Registered(registration) => (&registration.first_name, &registration.last_name),
            Declared::Complete(dossier) => (&dossier.referent.first_name, &dossier.referent.last_name),
        };
        full_name(first_name, last_name)
    }

    /// The complete dossier; `None` until it is declared.
    pub fn dossier(&self) -> Option<&Dossier> {
        match &self.declared {
            Declared::Registered(_) => None,
            Declared::Complete(dossier) => Some(dossier),
        }
    }

    /// The convention in force. *Transactions*, *Mes bons plans* and *Mes sorties e-PASS* require it.
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

    /// The account that waits for the team's approval, if any.
    pub fn waiting_bank(&self) -> Option<&BankDetails> {
        self.bank_change_since.and_then(|_| self.dossier()).map(|dossier| &dossier.bank)
    }
}
