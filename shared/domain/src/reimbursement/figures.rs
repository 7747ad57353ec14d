//! What a batch amounts to.

use crate::{Line, Month, Takings, Total};

/// What a batch amounts to. `statements` − `held` + `carried` = `transfers`, which the file states as its control sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The week's statements.
    pub statements: Total,
    /// Those of them that wait for an approved account.
    pub held: Total,
    /// Earlier statements that it pays.
    pub carried: Total,
    /// The file's transfers.
    pub transfers: Total,
    /// What was taken, by month and envelope.
    pub takings: Vec<Takings>,
}

/// What a batch closed in one commune and one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommuneTakings {
    /// Where; none where it was not declared.
    pub commune: Option<Line>,
    /// When.
    pub month: Month,
    /// How many partners.
    pub partners: u32,
    /// Transactions and amount.
    pub total: Total,
}
