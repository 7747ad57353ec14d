//! How a dossier, its account and its convention appear on pages and in JSON.

use epass_domain::{
    Accessibility, BankDetails, Civility, ConventionState, Envelope, Partner, RibKind, Stage, Validated,
};
use epass_web::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::DossierForm;

/// A bank account with a masked IBAN.
#[derive(Clone, Serialize, ToSchema)]
pub struct Account {
    /// *Nom du titulaire*.
    pub holder: String,
    /// The masked IBAN: the country, the check digits and the last four characters.
    #[schema(example = "FR76 •••• •••• 0189")]
    pub iban_masked: String,
    /// *BIC*.
    pub bic: String,
    /// The file type of the RIB: `pdf`, `jpeg` or `png`.
    #[schema(value_type = words::RibKind)]
    pub rib: RibKind,
}

impl Account {
    /// The declared account; it may still wait for the team's approval.
    pub fn declared(partner: &Partner) -> Option<Self> {
        partner.dossier().map(|dossier| Self::of(&dossier.bank))
    }

    /// The approved account, which is paid.
    pub fn paid(partner: &Partner) -> Option<Self> {
        partner.paid_to.as_ref().map(Self::of)
    }

    fn of(bank: &BankDetails) -> Self {
        Self {
            holder: bank.holder.to_string(),
            iban_masked: bank.iban.masked(),
            bic: bank.bic.to_string(),
            rib: bank.rib.kind,
        }
    }
}

/// The state of a partner's convention.
#[derive(Clone, Serialize, ToSchema)]
pub struct Standing {
    /// `registered`, `requested`, `refused`, `copies_awaited` or `signed`.
    #[schema(value_type = words::DossierStage)]
    pub stage: Stage,
    /// When the convention entered this stage.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The number of the current version; null before the first request.
    pub version: Option<u32>,
    /// Whether the partner may sell now.
    pub in_force: bool,
    /// The team's reason, while the convention is refused.
    pub reason: Option<String>,
    /// The validated versions, newest first.
    pub documents: Vec<IssuedConvention>,
}

/// A validated version of the convention; its PDF never changes.
#[derive(Clone, Serialize, ToSchema)]
pub struct IssuedConvention {
    /// The number of the version.
    pub version: u32,
    /// When the team validated the version.
    #[schema(value_type = String, format = DateTime)]
    pub validated_at: Timestamp,
    /// The envelopes that the version lets the partner take.
    #[schema(value_type = Vec<words::DeskEnvelope>)]
    pub envelopes: Vec<Envelope>,
    /// SHA-256 of the PDF, lower-case hexadecimal.
    pub sha256: String,
    /// When the two signed copies arrived; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub copies_received_at: Option<Timestamp>,
    /// Whether it is the current version.
    pub current: bool,
}

impl Standing {
    /// The state of a partner's convention.
    pub fn of(partner: &Partner) -> Self {
        let (stage, since) = partner.stage();
        let current = partner.convention.as_ref();
        let issued = current.and_then(|standing| Some((standing.version, standing.in_force().ok()?)));
        let earlier = partner.earlier.iter().rev().map(|earlier| (earlier.version, &earlier.validated));
        let version = current.map(|convention| convention.version);
        Self {
            stage,
            since,
            version,
            in_force: issued.is_some(),
            reason: match current.map(|convention| &convention.state) {
                Some(ConventionState::Refused { reason, .. }) => Some(reason.to_string()),
                _ => None,
            },
            documents: issued
                .into_iter()
                .chain(earlier)
                .map(|(number, validated)| IssuedConvention::of(number, validated, version == Some(number)))
                .collect(),
        }
    }

    /// Whether the partner could sell before and cannot until the next version is validated.
    pub fn is_suspended(&self) -> bool {
        !self.in_force && !self.documents.is_empty()
    }

    /// The French label of the stage on the dossier's page.
    pub const fn label(&self) -> &'static str {
        match self.stage {
            Stage::Registered => "Aucune convention demandée",
            Stage::Requested => "En cours d’examen",
            Stage::Refused => "À corriger",
            Stage::CopiesAwaited => "Validée – copies signées attendues",
            Stage::Signed => "Validée et signée",
        }
    }

    /// The colour of the stage's badge.
    pub const fn tone(&self) -> &'static str {
        match self.stage {
            Stage::Registered => "",
            Stage::Requested => "warn",
            Stage::Refused => "bad",
            Stage::CopiesAwaited => "info",
            Stage::Signed => "good",
        }
    }
}

impl IssuedConvention {
    fn of(version: u32, validated: &Validated, current: bool) -> Self {
        Self {
            version,
            validated_at: validated.at,
            envelopes: validated.envelopes.clone(),
            sha256: validated.pdf.sha256.clone(),
            copies_received_at: validated.copies_received_at,
            current,
        }
    }

    /// The activities of the version, in words.
    pub fn activities(&self) -> String {
        self.envelopes.iter().map(|envelope| envelope.label()).collect::<Vec<_>>().join(", ")
    }
}

impl DossierForm {
    /// The declared activities in words.
    pub fn activity_labels(&self) -> String {
        labels(&self.envelopes, &activities())
    }

    /// The declared accessibility in words.
    pub fn accessibility_labels(&self) -> String {
        labels(&self.accessibility, &accessibilities())
    }

    /// The referent's title, first name and last name.
    pub fn referent_name(&self) -> String {
        let civility = labels(std::slice::from_ref(&self.referent_civility), &civilities());
        format!("{civility} {} {}", self.referent_first_name, self.referent_last_name)
    }
}

fn labels(codes: &[String], known: &[(&'static str, &'static str)]) -> String {
    let told = known.iter().filter(|(code, _)| codes.iter().any(|ticked| ticked == code));
    told.map(|(_, label)| *label).collect::<Vec<_>>().join(", ")
}

/// Code and label of each civility.
pub fn civilities() -> [(&'static str, &'static str); 2] {
    Civility::ALL.map(|one| (one.code(), one.label()))
}

/// Code and label of each activity that a partner may declare.
pub fn activities() -> [(&'static str, &'static str); 3] {
    Envelope::DESK.map(|one| (one.code(), one.label()))
}

/// Code and label of each accessibility.
pub fn accessibilities() -> [(&'static str, &'static str); 4] {
    Accessibility::ALL.map(|one| (one.code(), one.label()))
}
