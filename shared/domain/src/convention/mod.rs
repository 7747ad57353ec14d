//! The convention: the contract between partner and Région, its versions, and the team's decisions (guide §4, §5).

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
