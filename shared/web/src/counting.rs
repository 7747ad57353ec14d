//! How a request counts towards the limits.

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

/// No token's signing input begins so: those are base64 of a JSON object.
const PURPOSE: &[u8] = b"counted";

impl Signer {
    /// Stands for a person's address or name in a counter: 80 bits, under a key of its own for each purpose.
    pub fn digest(&self, purpose: &str, of: &str) -> String {
        self.keyed(purpose, of).iter().take(10).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The id of a registration: one for each person and mailbox, and 122 bits that nobody guesses without our key.
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
    /// Counts for a mailbox, however its address is spelt.
    pub fn of_mailbox(&self, limit: Limit, email: &Email) -> Counted {
        Counted::new(limit, self.signer.digest("mailbox", &email.folded().mailbox()))
    }

    /// Counts for an account by its identifier, and for a name that no account has just alike.
    pub fn of_name(&self, limit: Limit, name: &str) -> Counted {
        Counted::new(limit, self.signer.digest("name", name))
    }

    /// Counts for a client address.
    pub fn of_client(&self, limit: Limit, client: &Client) -> Counted {
        Counted::new(limit, client.as_str())
    }

    /// What a mail to an address that somebody typed counts for: its mailbox, and the day's mails.
    pub fn of_mail_to(&self, email: &Email) -> [Counted; 3] {
        [
            self.of_mailbox(limits::MAILS_TO, email),
            self.of_mailbox(limits::MAILS_TO_IN_A_DAY, email),
            self.of_all_mails(),
        ]
    }

    /// The same, asked for by a client that has a limit of its own.
    pub fn of_mail_asked(&self, from: Limit, client: &Client, email: &Email) -> [Counted; 4] {
        let [mailbox, in_a_day, all] = self.of_mail_to(email);
        [self.of_client(from, client), mailbox, in_a_day, all]
    }

    /// One more of the day's mails.
    pub fn of_all_mails(&self) -> Counted {
        Counted::new(MAILS, "all")
    }

    /// Compares the password that a form asks a signed-in person for once more: why it opens nothing, or none where it is right.
    /// It is counted in a counter of the session's, so that what strangers guess at the account keeps nobody from changing a
    /// password; a wrong one is counted at the account as well, so that a session is no way to go on guessing.
    ///
    /// # Errors
    /// The store's; `too_many` while one has to wait.
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

    /// Counts one more under each, or under none where one is full. Where the day's mails run out, the log says so, which an
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
