//! Counts a request towards the rate limits.

use epass_domain::limits::{self, MAILS};
use epass_domain::{Applicant, Email, EnrolmentId, Limit};
use epass_store::{Counted, Found, Full};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Builder;

use crate::app::{App, Someone};
use crate::client::Client;
use crate::passwords::{self, Shut};
use crate::problem::Problem;
use crate::tokens::Signer;

/// Domain separation: no token's signing input begins so, because those are base64 of a JSON object.
const PURPOSE: &[u8] = b"counted";

impl Signer {
    /// A digest of 80 bits that replaces a person's address or name in a counter; each purpose has its own key.
    pub fn digest(&self, purpose: &str, of: &str) -> String {
        self.keyed(purpose, of).iter().take(10).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The id of a registration: the same for the same person and mailbox, with 122 bits that cannot be guessed without
    /// our key.
    pub fn enrolment_id(&self, applicant: &Applicant) -> EnrolmentId {
        let whose = format!("{}|{}", applicant.person().claimed(), applicant.email.folded().as_str());
        let keyed = self.keyed("enrolment", &whose);
        let (bits, _) = keyed.split_first_chunk().expect("SHA-256 gives 32 bytes");
        EnrolmentId(Builder::from_random_bytes(*bits).into_uuid())
    }

    fn keyed(&self, purpose: &str, of: &str) -> [u8; 32] {
        let mac = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        let key = mac(self.secret()).chain_update(PURPOSE).chain_update(purpose).finalize().into_bytes();
        mac(&key).chain_update(of).finalize().into_bytes().into()
    }
}

impl App {
    /// The counter of a mailbox, independent of the spelling of its address.
    pub fn of_mailbox(&self, limit: Limit, email: &Email) -> Counted {
        Counted::new(limit, self.signer.digest("mailbox", &email.folded().mailbox()))
    }

    /// The counter of an account's identifier; a name without an account is counted in the same way.
    pub fn of_name(&self, limit: Limit, name: &str) -> Counted {
        Counted::new(limit, self.signer.digest("name", name))
    }

    /// The counter of a client address.
    pub fn of_client(&self, limit: Limit, client: &Client) -> Counted {
        Counted::new(limit, client.as_str())
    }

    /// The counters of a mail to an address that somebody typed: its mailbox, and all mails of the day.
    pub fn of_mail_to(&self, email: &Email) -> [Counted; 3] {
        [
            self.of_mailbox(limits::MAILS_TO, email),
            self.of_mailbox(limits::MAILS_TO_IN_A_DAY, email),
            self.of_all_mails(),
        ]
    }

    /// The same, and the counter of the client that asked for it, with its own limit.
    pub fn of_mail_asked(&self, from: Limit, client: &Client, email: &Email) -> [Counted; 4] {
        let [mailbox, in_a_day, all] = self.of_mail_to(email);
        [self.of_client(from, client), mailbox, in_a_day, all]
    }

    /// The counter of all mails of the day.
    pub fn of_all_mails(&self) -> Counted {
        Counted::new(MAILS, "all")
    }

    /// Checks the password that a form asks a signed-in person for again; `None` when it is right. Attempts are counted
    /// per session, so that guesses by strangers do not keep the owner from changing a password. A wrong password is
    /// counted at the account as well, so that a session does not allow more guesses.
    ///
    /// # Errors
    /// The store's; `too_many` while the caller has to wait.
    pub async fn password_again(&self, someone: &Someone, typed: &str) -> Result<Option<Shut>, Problem> {
        let (now, counters) = (self.now(), &self.store.counters);
        let in_session = Counted::new(limits::PASSWORDS_IN_SESSION, someone.session.session_id);
        let attempt = counters.attempt_password(&in_session, &Found::default(), now).await??;
        let Err(shut) = passwords::check(Some(&someone.account), typed, now) else {
            counters.password_was_right(attempt).await?;
            return Ok(None);
        };
        let of_account = self.of_name(limits::PASSWORDS, someone.account.identifier.as_str());
        let _waits_already = counters.attempt_password(&of_account, &Found::default(), now).await?;
        Ok(Some(shut))
    }

    /// Counts a request that sends mails, as [`App::count`].
    ///
    /// # Errors
    /// The store's; too many mails, past a limit ([`Problem::mails_full`]).
    pub async fn count_mails(&self, counted: &[Counted]) -> Result<(), Problem> {
        self.count(counted).await?.map_err(Problem::mails_full)
    }

    /// Adds one to each counter, or to none when one is full. When the day's mails run out, it logs an event that an
    /// alarm watches.
    ///
    /// # Errors
    /// The store's; past a limit, the inner [`Full`].
    pub async fn count(&self, counted: &[Counted]) -> Result<Result<(), Full>, Problem> {
        let all = self.of_all_mails();
        match self.store.counters.count(counted, self.now()).await? {
            Ok(counts) => {
                let mails = counted.iter().zip(counts).find_map(|(one, count)| (*one == all).then_some(count));
                if mails == Some(MAILS.most / 2) {
                    tracing::warn!(count = mails, most = MAILS.most, "half of the day's mails to typed addresses");
                }
                Ok(Ok(()))
            }
            Err(full) => {
                if full.limit == MAILS {
                    tracing::warn!(most = MAILS.most, "all of the day's mails to typed addresses");
                }
                Ok(Err(full))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_a_key_and_a_purpose_and_shows_nothing() {
        let signer = |secret: u8| Signer::new(&[secret; 32]).unwrap();
        let digest = signer(1).digest("client", "192.0.2.1");
        assert_eq!(digest.len(), 20);
        assert_eq!(digest, signer(1).digest("client", "192.0.2.1"));
        assert_ne!(digest, signer(2).digest("client", "192.0.2.1"));
        assert_ne!(digest, signer(1).digest("mailbox", "192.0.2.1"));
        assert_ne!(digest, signer(1).digest("client", "192.0.2.2"));
    }
}
