//! The settlement terms of an outing: pay for those present, or for all places (guide §9.5).

use serde::{Deserialize, Serialize};

use crate::Fault;

/// The settlement terms that the establishment and the partner agreed on (guide §9.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementTerms {
    /// *Au réalisé*: absentees get their credit back.
    Actual,
    /// *Au forfait*: everybody on the list is paid for; nobody is marked absent.
    Flat,
}

impl SettlementTerms {
    /// Both, in the order of the screens.
    pub const ALL: [Self; 2] = [Self::Actual, Self::Flat];

    /// The code in storage and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Flat => "flat",
        }
    }

    /// The label, in the guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Actual => "Au réalisé : les absents gardent leur crédit",
            Self::Flat => "Au forfait : toutes les places sont réglées",
        }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// `missing` when blank, `terms` when it is neither code.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "" => Err(Fault::new("missing", "Choisissez un mode de règlement.")),
            code => Self::ALL
                .into_iter()
                .find(|terms| terms.code() == code)
                .ok_or(Fault::new("terms", "Choisissez un des modes de règlement proposés.")),
        }
    }
}
