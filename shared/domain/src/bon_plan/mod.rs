//! The *bon plan* (guide §8; `product.md`, *Bon plan*): its content, its states and its transitions.

mod content;
mod decisions;
mod draft;
#[cfg(test)]
pub(crate) mod examples;
mod limits;
mod picture;
mod plan;
mod refusal;
mod registration;
mod state;

pub use content::{Content, Offer, Place, commune_code};
pub use draft::{BonPlanDraft, DraftText};
pub use limits::{MinimumAge, Places};
pub use picture::{Picture, Rendition};
pub use plan::BonPlan;
pub use refusal::BonPlanRefusal;
pub use registration::RegistrationTerms;
pub use state::BonPlanState;
