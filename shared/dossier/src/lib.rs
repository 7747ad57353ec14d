//! A partner's dossier at the door: its form of four parts, how a declaration is saved, and how dossier, account and
//! convention are shown. Rooms of the partner and of the team share it; `templates/` holds the parts of their pages.

mod declare;
mod form;
mod shown;

pub use declare::{CONFIRMATION, Outcome, about, confirm, declare};
pub use form::{Declaration, DossierForm, Rib};
pub use shown::{Account, IssuedConvention, Standing, accessibilities, activities, civilities};
