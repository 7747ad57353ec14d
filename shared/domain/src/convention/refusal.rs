//! The refusals of the dossier and convention rules.

use crate::Envelope;

/// A refusal by the rules of dossiers and conventions. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConventionRefusal {
    /// The partner has no validated convention (guide §4, nota; §7.1).
    #[error(
        "Votre convention n’est pas validée : aucune transaction, aucun bon plan ni aucune sortie n’est possible pour l’instant."
    )]
    NotInForce,
    /// The convention does not name this envelope (guide §7.1, nota).
    #[error("Votre convention ne couvre pas la rubrique « {} ».", .0.label())]
    EnvelopeNotNamed(Envelope),
    /// The dossier is not waiting for this decision.
    #[error("Ce dossier n’attend pas cette décision : il a changé depuis que vous l’avez ouvert.")]
    NotAwaited,
    /// The dossier has changed since the page was shown.
    #[error("Ce dossier a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    Changed,
    /// Another partner has this SIRET (`product.md`, *Convention*).
    #[error("Ce SIRET est déjà celui d’un partenaire inscrit. Utilisez « Identifiant oublié » ou la Hotline.")]
    SiretTaken,
    /// The change requires a new convention, which stops all sales: its author has to confirm that.
    #[error(
        "Cette modification entraîne une nouvelle convention et suspend vos transactions, bons plans et sorties jusqu’à sa validation : confirmez-la."
    )]
    ToConfirm,
}

impl ConventionRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInForce => "no_convention",
            Self::EnvelopeNotNamed(_) => "envelope_not_in_convention",
            Self::NotAwaited => "not_awaited",
            Self::Changed => "dossier_changed",
            Self::SiretTaken => "siret_taken",
            Self::ToConfirm => "new_convention_to_confirm",
        }
    }
}
