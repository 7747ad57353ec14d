//! The stage of a dossier in the team’s queues, and whether its partner may sell.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ConventionState, Partner};

/// The stage of a dossier: it decides the team's queue that lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Registered; no convention requested yet.
    Registered,
    /// The requested convention waits for the team.
    Requested,
    /// Refused; the partner has to act.
    Refused,
    /// Validated; the signed copies have not arrived yet.
    CopiesAwaited,
    /// Validated, and the signed copies arrived.
    Signed,
}

impl Stage {
    /// All stages, in the order of the team's work.
    pub const ALL: [Self; 5] = [Self::Requested, Self::CopiesAwaited, Self::Signed, Self::Refused, Self::Registered];

    /// The code in storage, in paths and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Requested => "requested",
            Self::Refused => "refused",
            Self::CopiesAwaited => "copies_awaited",
            Self::Signed => "signed",
        }
    }

    /// The label on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Registered => "Inscrits",
            Self::Requested => "À valider",
            Self::Refused => "Refusées",
            Self::CopiesAwaited => "Copies signées attendues",
            Self::Signed => "Signées",
        }
    }

    /// Reads the code in a path.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// Whether a partner may sell, or ever could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trading {
    /// No convention was ever in force.
    NotYet,
    /// A convention was in force; the next version waits for validation, and nothing new can be made until then
    /// (guide §4, nota).
    Suspended,
    /// A convention is in force.
    Open,
}

impl Partner {
    /// Whether the partner may sell, or ever could.
    pub fn trading(&self) -> Trading {
        match (self.in_force(), self.earlier.is_empty()) {
            (Ok(_), _) => Trading::Open,
            (Err(_), true) => Trading::NotYet,
            (Err(_), false) => Trading::Suspended,
        }
    }

    /// The stage of the dossier, and the time at which it began.
    pub fn stage(&self) -> (Stage, Timestamp) {
        match self.convention.as_ref().map(|convention| &convention.state) {
            None => (Stage::Registered, self.registered_at),
            Some(ConventionState::Requested { at }) => (Stage::Requested, *at),
            Some(ConventionState::Refused { at, .. }) => (Stage::Refused, *at),
            Some(ConventionState::Validated(validated)) => match validated.copies_received_at {
                None => (Stage::CopiesAwaited, validated.at),
                Some(at) => (Stage::Signed, at),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Paragraph;
    use crate::convention::examples::{NOW, dossier, in_force, registered, renamed};

    #[test]
    fn a_partner_trades_once_it_is_validated_and_is_suspended_by_the_next_version() {
        assert_eq!(registered().trading(), Trading::NotYet);
        assert_eq!(registered().declare(dossier(), NOW).0.trading(), Trading::NotYet);
        assert_eq!(in_force().trading(), Trading::Open);
        let (waiting, _) = in_force().declare(renamed(), NOW);
        assert_eq!(waiting.trading(), Trading::Suspended);
        let reason = Paragraph::parse("SIRET inconnu", 500).unwrap();
        assert_eq!(waiting.refuse(reason, NOW).unwrap().trading(), Trading::Suspended);
    }
}
