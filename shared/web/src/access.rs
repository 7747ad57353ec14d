//! The authorization rule of a route.

use epass_domain::Role;

/// The authorization rule of a route. There is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Public,
    /// Every account that is signed in.
    SignedIn,
    /// One role.
    Only(Role),
    /// Partners, and tills with a partner's key. No other rule admits a key.
    Desk,
}

impl Access {
    /// Whether the rule admits a caller with this role; `None` is a caller who is not signed in.
    pub fn admits(self, role: Option<Role>) -> bool {
        match self {
            Self::Public => true,
            Self::SignedIn => role.is_some(),
            Self::Only(only) => role == Some(only),
            Self::Desk => role == Some(Role::Partner),
        }
    }

    /// Whether the rule admits a till: only [`Access::Desk`] does, even where a route is open to partners.
    pub const fn admits_tills(self) -> bool {
        match self {
            Self::Public | Self::Desk => true,
            Self::SignedIn | Self::Only(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_admits_by_role_and_tills_to_the_desk_alone() {
        let admitted = |access: Access| [None, Some(Role::Team), Some(Role::Partner)].map(|role| access.admits(role));
        assert_eq!(admitted(Access::Public), [true, true, true]);
        assert_eq!(admitted(Access::SignedIn), [false, true, true]);
        assert_eq!(admitted(Access::Only(Role::Team)), [false, true, false]);
        assert_eq!(admitted(Access::Desk), [false, false, true]);
        assert!(Access::Public.admits_tills() && Access::Desk.admits_tills());
        assert!(!Access::SignedIn.admits_tills() && !Access::Only(Role::Partner).admits_tills());
    }
}
