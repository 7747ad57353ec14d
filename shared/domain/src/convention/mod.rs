//! The agreement between partner and Région, in versions, and what the team decides about it (guide §4, §5).

mod decisions;
mod declaring;
#[cfg(test)]
pub(crate) mod examples;
mod partner;
mod refusal;
mod stage;
mod version;

pub use declaring::Entailed;
pub use partner::{Declared, Partner, Proposal, full_name};
pub use refusal::ConventionRefusal;
pub use stage::{Stage, Trading};
pub use version::{Convention, ConventionPdf, ConventionState, EarlierConvention, Validated};
