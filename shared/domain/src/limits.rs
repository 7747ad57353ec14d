//! The table of all rate limits: the counted event, the subject, the maximum and the window. The store counts
//! (`counters`), and the pages say how long to wait.
//!
//! A guess is counted before it is compared, and uncounted if it was right. A mail is counted before it is stored.
//! People and client addresses are counted under keyed digests.

use jiff::SignedDuration;

/// The subject that a limit counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// An account, under any of its names; a name without an account is counted in the same way.
    Account,
    /// A device that has signed in to an account before, or a session.
    Device,
    /// A person or a till at a desk.
    Caller,
    /// A whole partner or establishment.
    Structure,
    /// A mailbox ([`crate::FoldedEmail::mailbox`]).
    Mailbox,
    /// The client address of a request: all pupils of a school share one.
    Client,
    /// Everybody together: a global limit.
    Everybody,
}

/// A rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The prefix of its counters' keys.
    pub name: &'static str,
    /// The subject.
    pub per: Per,
    /// The maximum in a window.
    pub most: u32,
    /// The length of a window.
    pub window: SignedDuration,
}

const QUARTER: SignedDuration = SignedDuration::from_mins(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

const fn limit(name: &'static str, per: Per, most: u32, window: SignedDuration) -> Limit {
    Limit { name, per, most, window }
}

/// Wrong passwords from devices that never signed in to the account. Past the maximum, the delay grows with each one
/// ([`crate::WrongPasswords`]); the count resets after a window without a wrong password.
pub const PASSWORDS: Limit = limit("password", Per::Account, 5, DAY);
/// Wrong passwords from a device that has signed in to the account before: a stranger's guesses do not count here.
pub const PASSWORDS_ON_DEVICE: Limit = limit("password-on-device", Per::Device, 5, DAY);
/// Wrong passwords in the forms that ask a signed-in person for the password again.
pub const PASSWORDS_IN_SESSION: Limit = limit("password-in-session", Per::Device, 5, DAY);
/// Wrong sign-ins from one client address, for any account; a class of thirty with ten typos stays far below.
pub const SIGN_INS_FROM: Limit = limit("sign-in-from", Per::Client, 50, QUARTER);
/// Tries of a mailed password while the account has to wait. It has 64 bits, so that this limits the work rather than
/// the guessing; the next mailed password starts at zero.
pub const MAILED_PASSWORDS: Limit = limit("mailed-password", Per::Account, 1_000, HOUR);
/// Tries of a mailed password from one client address, so that one stranger cannot use up an account's limit.
pub const MAILED_PASSWORDS_FROM: Limit = limit("mailed-password-from", Per::Client, 200, HOUR);

/// Wrong look-ups by one person or till at a desk.
pub const LOOK_UPS: Limit = limit("look-up", Per::Caller, 10, HOUR);
/// Wrong look-ups of a whole partner, with all its people and tills: creating a new till key does not allow more
/// guesses.
pub const LOOK_UPS_OF_SHOP: Limit = limit("look-ups", Per::Structure, 60, HOUR);
/// Wrong vouchers of an outing, by one person or till.
pub const SORTIE_VOUCHERS: Limit = limit("sortie-voucher", Per::Caller, 10, HOUR);

/// Provisional passwords and reminders mailed to one mailbox, under any account name.
pub const RECOVERIES: Limit = limit("recovery", Per::Mailbox, 3, HOUR);
/// Provisional passwords and reminders requested from one client address.
pub const RECOVERIES_FROM: Limit = limit("recovery-from", Per::Client, 60, HOUR);

/// Mails to an address that a person typed: registrations, questions, a dossier's referent.
pub const MAILS_TO: Limit = limit("mail-to", Per::Mailbox, 5, HOUR);
/// The same mails, in a day.
pub const MAILS_TO_IN_A_DAY: Limit = limit("mail-to-in-a-day", Per::Mailbox, 10, DAY);
/// Registrations from one client address: a school registers several classes in a row.
pub const REGISTRATIONS_FROM: Limit = limit("registration-from", Per::Client, 120, HOUR);
/// Questions to the hotline from one client address.
pub const QUESTIONS_FROM: Limit = limit("question-from", Per::Client, 30, HOUR);
/// Mails about a partner's dossier to the referent that it names.
pub const MAILS_OF_PARTNER: Limit = limit("mail-of-partner", Per::Structure, 20, DAY);
/// Outings that an establishment sends to partners.
pub const INVITATIONS_OF_SCHOOL: Limit = limit("invitation-of-school", Per::Structure, 100, DAY);
/// Mails of the team to an address that a team member typed.
pub const TEAM_MAILS_TO: Limit = limit("team-mail-to", Per::Mailbox, 20, DAY);
/// All mails to typed addresses and all recoveries together. Reaching half of it is logged, and so is reaching the
/// maximum: an alarm watches the log.
pub const MAILS: Limit = limit("mails", Per::Everybody, 20_000, DAY);

/// All limits.
pub const LIMITS: [Limit; 19] = [
    PASSWORDS,
    PASSWORDS_ON_DEVICE,
    PASSWORDS_IN_SESSION,
    SIGN_INS_FROM,
    MAILED_PASSWORDS,
    MAILED_PASSWORDS_FROM,
    LOOK_UPS,
    LOOK_UPS_OF_SHOP,
    SORTIE_VOUCHERS,
    RECOVERIES,
    RECOVERIES_FROM,
    MAILS_TO,
    MAILS_TO_IN_A_DAY,
    REGISTRATIONS_FROM,
    QUESTIONS_FROM,
    MAILS_OF_PARTNER,
    INVITATIONS_OF_SCHOOL,
    TEAM_MAILS_TO,
    MAILS,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_limits_count_in_one_place() {
        let mut names: Vec<_> = LIMITS.iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LIMITS.len());
    }

    #[test]
    fn a_class_behind_one_address_passes_and_sixty_guesses_do_not() {
        let of_clients = LIMITS.iter().filter(|limit| limit.per == Per::Client);
        assert!(of_clients.clone().all(|limit| limit.most >= 30), "thirty pupils at once");
        const { assert!(SIGN_INS_FROM.most < 60) };
        // One stranger cannot use up an account's tries of a mailed password.
        const { assert!(MAILED_PASSWORDS_FROM.most * 4 < MAILED_PASSWORDS.most) };
    }
}
