//! The signed link of a mail: it opens one version of one outing to its partner, without signing in.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{PartnerId, Sortie, SortieId, SortieRefusal};

/// The content of a mail's link: it opens one version of one outing to the partner, without signing in. It travels
/// signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The outing.
    pub sortie: SortieId,
    /// The invited partner.
    pub partner: PartnerId,
    /// The version that the mail is about.
    pub version: u32,
    /// The expiry: the first instant at which the link opens nothing.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// The lifetime of a link, unless the outing takes place earlier.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 30);

    /// The invitation to the current version of the outing.
    pub fn to(sortie: &Sortie, now: Timestamp) -> Self {
        let expires_at = sortie.sheet.day.ends().min(now + Self::LIFE);
        Self { sortie: sortie.id.clone(), partner: sortie.partner.clone(), version: sortie.version, expires_at }
    }

    /// Checks that the link still opens the outing.
    ///
    /// # Errors
    /// [`SortieRefusal::InvitationExpired`]; [`SortieRefusal::Changed`] after a resubmission.
    pub fn opens(&self, sortie: &Sortie, now: Timestamp) -> Result<(), SortieRefusal> {
        if self.version != sortie.version {
            return Err(SortieRefusal::Changed);
        }
        if now >= self.expires_at {
            return Err(SortieRefusal::InvitationExpired);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SortieState;
    use crate::sortie::examples::{NOON, at, sortie};

    #[test]
    fn a_link_opens_the_version_of_its_mail_until_it_expires() {
        let later = Sortie { version: 2, ..sortie(SortieState::Pending { at: at(NOON) }) };

        let partner = later.partner.clone();
        let link = Invitation { sortie: later.id.clone(), partner, version: 1, expires_at: at("2026-12-01T00:00:00Z") };
        assert_eq!(link.opens(&later, at(NOON)), Err(SortieRefusal::Changed));
        let link = Invitation { version: 2, ..link };
        assert_eq!(link.opens(&later, at(NOON)), Ok(()));
        assert_eq!(link.opens(&later, at("2026-12-01T00:00:00Z")), Err(SortieRefusal::InvitationExpired));
        assert_eq!(Invitation::to(&later, at(NOON)).expires_at, at("2026-11-26T23:00:00Z"), "the outing's own day");
    }
}
