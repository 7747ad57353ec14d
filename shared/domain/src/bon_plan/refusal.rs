//! The refusals of the bon plan rules.

use crate::ConventionRefusal;

/// A refusal by the rules of bons plans. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BonPlanRefusal {
    /// The last day of the bon plan is over.
    #[error("Ce bon plan est terminé : indiquez un jour à venir.")]
    Over,
    /// The partner's convention is not in force, so that the team cannot publish its bons plans.
    #[error("La convention de ce partenaire n’est pas en vigueur : son bon plan ne peut pas être publié.")]
    PartnerBlocked,
    /// The bon plan has changed since the page was shown.
    #[error("Ce bon plan a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    Changed,
    /// A refusal by the dossier and convention rules.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
}

impl BonPlanRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Over => "bon_plan_over",
            Self::PartnerBlocked => "partner_blocked",
            Self::Changed => "bon_plan_changed",
            Self::Convention(refusal) => refusal.code(),
        }
    }
}
