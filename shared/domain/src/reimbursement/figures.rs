//! The figures of a batch.

use crate::{Line, Month, Takings, Total};

/// The figures of a batch. `statements` − `held` + `carried` = `transfers`, which the file states as its control sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The week's statements.
    pub statements: Total,
    /// The week's statements that wait for an approved account.
    pub held: Total,
    /// Earlier statements that this batch pays.
    pub carried: Total,
    /// The file's transfers.
    pub transfers: Total,
    /// The takings, by month and envelope.
    pub takings: Vec<Takings>,
}

/// The takings of one commune and one month in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommuneTakings {
    /// The commune; `None` if it was not declared.
    pub commune: Option<Line>,
    /// The month.
    pub month: Month,
    /// The number of partners.
    pub partners: u32,
    /// The number of transactions and their amount.
    pub total: Total,
}
