//! A partner's dossier over HTTP: the form of four parts, the saving of a declaration, and the display of the
//! dossier, the account and the convention. The rooms of the partner and of the team share it; `templates/` holds the
//! parts of their pages.

mod declare;
mod form;
mod shown;

pub use declare::{CONFIRMATION, Outcome, about, confirm, declare};
pub use form::{Declaration, DossierForm, Rib};
pub use shown::{Account, IssuedConvention, Standing, accessibilities, activities, civilities};
