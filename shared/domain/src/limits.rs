//! Every limit of the product, in one table: what is counted, for whom, how many, and in how long. The store counts
//! (`counters`), the pages say how long to wait.
//!
//! What is guessed is counted before it is compared, and given back when it was right. What is mailed is counted before the
//! mail is stored. People and client addresses are counted under keyed digests.

use jiff::SignedDuration;

/// For whom something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// An account, by whatever name it is meant; a name that no account has counts alike.
    Account,
    /// A device that signed in to an account before, or a session.
    Device,
    /// A person or a till at a desk.
    Caller,
    /// A whole partner or establishment.
    Structure,
    /// A mailbox ([`crate::FoldedEmail::mailbox`]).
    Mailbox,
    /// The address that a request comes from: a school has one for all its pupils.
    Client,
    /// Everybody together.
    Everybody,
}

/// How many, in how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How its counters' keys begin.
    pub name: &'static str,
    /// For whom it is counted.
    pub per: Per,
    /// At most so many in a window.
    pub most: u32,
    /// How long a window is.
    pub window: SignedDuration,
}

const QUARTER: SignedDuration = SignedDuration::from_mins(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

const fn limit(name: &'static str, per: Per, most: u32, window: SignedDuration) -> Limit {
    Limit { name, per, most, window }
}

/// Wrong passwords from devices that never signed in to the account. Past so many one waits, longer each time
/// ([`crate::WrongPasswords`]); forgotten after a window without one.
pub const PASSWORDS: Limit = limit("password", Per::Account, 5, DAY);
/// The same from a device that signed in to the account before: a stranger's guesses do not count here.
pub const PASSWORDS_ON_DEVICE: Limit = limit("password-on-device", Per::Device, 5, DAY);
/// The same in the forms that ask a signed-in person for the password once more.
pub const PASSWORDS_IN_SESSION: Limit = limit("password-in-session", Per::Device, 5, DAY);
/// Wrong sign-ins from one client address, whoever is meant; a class of thirty with ten typos stays far below.
pub const SIGN_INS_FROM: Limit = limit("sign-in-from", Per::Client, 50, QUARTER);
/// Tries of a mailed password while an account waits. It has 64 bits, so this bounds the work, not the guessing; the next
/// mailed password starts from none.
pub const MAILED_PASSWORDS: Limit = limit("mailed-password", Per::Account, 1_000, HOUR);
/// The same from one client address, so that one stranger cannot use up an account's.
pub const MAILED_PASSWORDS_FROM: Limit = limit("mailed-password-from", Per::Client, 200, HOUR);

/// Wrong look-ups of one person or till at a desk.
pub const LOOK_UPS: Limit = limit("look-up", Per::Caller, 10, HOUR);
/// Wrong look-ups of a whole shop, however many people and tills it has: a new key of a till is no way to go on guessing.
pub const LOOK_UPS_OF_SHOP: Limit = limit("look-ups", Per::Structure, 60, HOUR);
/// Wrong vouchers of an outing, typed by one person or at one till.
pub const SORTIE_VOUCHERS: Limit = limit("sortie-voucher", Per::Caller, 10, HOUR);

/// Provisional passwords and reminders mailed to one mailbox, by whatever name they are asked for.
pub const RECOVERIES: Limit = limit("recovery", Per::Mailbox, 3, HOUR);
/// The same asked for from one client address.
pub const RECOVERIES_FROM: Limit = limit("recovery-from", Per::Client, 60, HOUR);

/// Mails that somebody asks for to an address that they typed: registrations, questions, a dossier's referent.
pub const MAILS_TO: Limit = limit("mail-to", Per::Mailbox, 5, HOUR);
/// The same in a day.
pub const MAILS_TO_IN_A_DAY: Limit = limit("mail-to-in-a-day", Per::Mailbox, 10, DAY);
/// Registrations from one client address: a school registers class after class.
pub const REGISTRATIONS_FROM: Limit = limit("registration-from", Per::Client, 120, HOUR);
/// Questions to the hotline from one client address.
pub const QUESTIONS_FROM: Limit = limit("question-from", Per::Client, 30, HOUR);
/// Mails of a partner's dossier to the referent that it names.
pub const MAILS_OF_PARTNER: Limit = limit("mail-of-partner", Per::Structure, 20, DAY);
/// Outings that an establishment sends to partners.
pub const INVITATIONS_OF_SCHOOL: Limit = limit("invitation-of-school", Per::Structure, 100, DAY);
/// Mails of the team to an address that it typed.
pub const TEAM_MAILS_TO: Limit = limit("team-mail-to", Per::Mailbox, 20, DAY);
/// All mails to typed addresses and all recoveries together. Half of it is logged, and so is its end: an alarm watches.
pub const MAILS: Limit = limit("mails", Per::Everybody, 20_000, DAY);

/// All of them.
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
        // One stranger does not use up what an account has for a mailed password.
        const { assert!(MAILED_PASSWORDS_FROM.most * 4 < MAILED_PASSWORDS.most) };
    }
}
