//! Who may enter a route.

use epass_domain::Role;

/// Who may enter a route. There is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// One role.
    Only(Role),
    /// Partners, and tills with a partner's key: no other route takes a key.
    Desk,
}

impl Access {
    /// Whether who signed in in a role, or nobody, may enter.
    pub fn admits(self, role: Option<Role>) -> bool {
        match self {
            Self::Public => true,
            Self::SignedIn => role.is_some(),
            Self::Only(only) => role == Some(only),
            Self::Desk => role == Some(Role::Partner),
        }
    }

    /// Whether a till may enter: no route but those of the desk, however open to partners.
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
