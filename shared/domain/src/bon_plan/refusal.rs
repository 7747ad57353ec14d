//! Why the rules of bons plans say no.

use crate::ConventionRefusal;

/// Why the rules of bons plans refuse what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BonPlanRefusal {
    /// The last day of the bon plan is over.
    #[error("Ce bon plan est terminé : indiquez un jour à venir.")]
    Over,
    /// The team publishes nothing of a partner whose convention is not in force.
    #[error("La convention de ce partenaire n’est pas en vigueur : son bon plan ne peut pas être publié.")]
    PartnerBlocked,
    /// Somebody changed the bon plan since the page was shown.
    #[error("Ce bon plan a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    Changed,
    /// The rules of dossiers and conventions say no.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
}

impl BonPlanRefusal {
    /// The word for machines; it never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Over => "bon_plan_over",
            Self::PartnerBlocked => "partner_blocked",
            Self::Changed => "bon_plan_changed",
            Self::Convention(refusal) => refusal.code(),
        }
    }
}
