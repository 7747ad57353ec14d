//! Sends the outbox: at least once, and in order for each recipient. After a temporary refusal a mail waits, longer
//! each time; after a permanent one it is set aside, where the team sees it. The sender of a mail holds a lease, so
//! that the stream and the sweep never send the same mail at once. A mail is sent twice only when SES accepted it and
//! the process ended before marking it, or SES's response was lost
//! (`docs/decisions/2026-11-28-mails-wait-for-a-reason.md`).

mod event;
mod function;
mod message;
mod post;

use std::collections::HashSet;

use epass_bon_plan::tell_of_end;
use epass_cloud::Cloud;
use epass_domain::{Campaign, Email};
use epass_mail::{Cause, Fate, Letter};
use epass_store::{Entry, EntryKey, EntryState, Lease, Leased, Next, Outbox, StoreError};
use epass_web::{App, StartError};
use jiff::{SignedDuration, Timestamp};

use message::Addresses;

pub use event::{Event, Failure, Record, Verdict};
pub use function::FUNCTION;
pub use post::Post;

/// A mail is set aside after this many refusals of an unknown kind.
pub const MOST_ATTEMPTS: u32 = 12;

/// The usual delay of the stream, at most: the sweep leaves younger mails to the stream.
pub const STREAM_DELAY: SignedDuration = SignedDuration::from_mins(2);

/// The wait after the first refusal; it doubles after each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The most mails of a sweep: at about 100 ms each they fit into its minute.
const SWEPT: usize = 300;
/// Entries per page, and the most pages of a sweep: entries that wait longer may come before those that are due.
const PAGE: i32 = 200;
const PAGES: usize = 20;
/// The most withdrawn bons plans that a sweep continues with.
const WITHDRAWALS: i32 = 5;
/// The most registrants that it tells of each.
const TOLD: usize = 500;

/// The mailer: the outbox and the connection to SES.
#[derive(Clone, Debug)]
pub struct Mailer {
    app: App,
    post: Post,
    sender: Email,
}

/// The state of one invocation.
#[derive(Default)]
struct Round {
    /// Recipients with a mail that waits: their later mails wait behind it.
    waiting: HashSet<String>,
    /// The reason why SES accepts no mail at the moment.
    closed: Option<Cause>,
}

impl Mailer {
    /// Handles a batch of the outbox's stream, or the schedule's sweep.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn handle(&self, event: Event) -> Result<Verdict, StartError> {
        match event {
            Event::Stream { records } => Ok(self.send_new(&records).await),
            Event::Sweep => {
                self.sweep().await?;
                self.tell_of_withdrawals().await?;
                Ok(Verdict::default())
            }
        }
    }

    /// Sends the mails of the stream. A mail that SES refuses is marked and left to the sweep; when the store fails,
    /// the stream retries from that record.
    async fn send_new(&self, records: &[Record]) -> Verdict {
        let mut round = Round::default();
        for (sequence, key) in records.iter().filter_map(Record::entry) {
            if let Err(error) = self.send(&key, &mut round).await {
                tracing::warn!(mail = %key.mail_id, %error, "the outbox failed; the record comes again");
                return Verdict::from(sequence);
            }
        }
        Verdict::default()
    }

    /// Sends the mails that are due and that the stream does not handle: held mails, mails whose lease expired, new
    /// mails that the stream missed. It ends early when SES accepts no mail at the moment.
    async fn sweep(&self) -> Result<(), StoreError> {
        let settled = self.app.now() - STREAM_DELAY;
        let is_streams = |entry: &Entry| entry.state == EntryState::Pending && entry.made_at > settled;
        let mut round = Round::default();
        for entry in self.due().await?.iter().filter(|entry| !is_streams(entry)) {
            self.send(&entry.key(), &mut round).await?;
            if round.closed.is_some() {
                break;
            }
        }
        let held = self.outbox().in_state(EntryState::Held, None, PAGE).await?.len();
        if held > 0 {
            // An alarm counts these events: see `MailsWait` in template.yaml.
            tracing::warn!(held, "mails wait");
        }
        Ok(())
    }

    /// The mails that may be sent now, oldest first; at most [`SWEPT`] of each state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(&self) -> Result<Vec<Entry>, StoreError> {
        let now = self.app.now();
        let mut due = Vec::new();
        for state in EntryState::WAITING {
            let (mut found, mut after) = (Vec::new(), None);
            for _ in 0..PAGES {
                let page = self.outbox().in_state(state, after.as_ref(), PAGE).await?;
                after = page.last().map(Entry::key);
                found.extend(page.into_iter().filter(|entry| entry.is_due(now)));
                if after.is_none() || found.len() >= SWEPT {
                    break;
                }
            }
            due.extend(found.into_iter().take(SWEPT));
        }
        due.sort_by_key(|entry| entry.mail_id);
        Ok(due)
    }

    /// Continues to tell registrants of withdrawn bons plans, where the partner's request had too many of them or was
    /// cut off. The stream brings their mails.
    async fn tell_of_withdrawals(&self) -> Result<(), StartError> {
        for line in self.app.store.bons_plans.telling(WITHDRAWALS).await? {
            if let Some(plan) = self.app.store.bons_plans.find(line.bon_plan_id).await? {
                tell_of_end(&self.app, &plan, TOLD).await?;
            }
        }
        Ok(())
    }

    /// Sends one mail and marks it, unless it is already sent, another process holds its lease, or an earlier mail to
    /// the same recipient waits.
    async fn send(&self, key: &EntryKey, round: &mut Round) -> Result<(), StoreError> {
        let (outbox, now) = (self.outbox(), self.app.now());
        if round.waiting.contains(&key.recipient) {
            return Ok(());
        }
        if outbox.has_earlier(key).await? {
            round.waiting.insert(key.recipient.clone());
            return Ok(());
        }
        let lease = match outbox.take(key, now).await? {
            Leased::Ours(lease) => lease,
            Leased::Done => return Ok(()),
            Leased::NotNow => {
                round.waiting.insert(key.recipient.clone());
                return Ok(());
            }
        };
        let refused = match round.closed {
            Some(cause) => Err(cause),
            None => self.deliver(&lease.entry).await,
        };
        let Err(cause) = refused else {
            outbox.sent(key, now).await?;
            tracing::info!(mail = %key.mail_id, "mail sent");
            return Ok(());
        };
        self.hold(&lease, cause, round).await
    }

    /// Marks the cause of a failure, and what happens next to the mail.
    async fn hold(&self, lease: &Lease, cause: Cause, round: &mut Round) -> Result<(), StoreError> {
        let (entry, next) = (&lease.entry, next(&lease.entry, cause, self.app.now()));
        self.outbox().refused(lease, cause.code(), next).await?;
        let set_aside = next == Next::SetAside;
        tracing::warn!(mail = %entry.mail_id, cause = cause.code(), set_aside, "mail not sent");
        if !set_aside {
            round.waiting.insert(entry.recipient.clone());
        }
        if cause.is_of_all() {
            round.closed = Some(cause);
        }
        Ok(())
    }

    async fn deliver(&self, entry: &Entry) -> Result<(), Cause> {
        let letter = Letter::read(entry).map_err(|_| Cause::Letter)?;
        let campaign = Campaign::at(entry.made_at);
        let mail = letter.render(entry.name.as_ref(), campaign).map_err(|_| Cause::Letter)?;
        let reply_to = letter.reply_to(&self.app.settings.team_mail);
        let addresses = Addresses { from: &self.sender, to: &entry.email, reply_to };
        let message = message::raw(entry.mail_id, addresses, &mail, self.app.now());
        self.post.send(&self.sender, &entry.email, message).await
    }

    /// The outbox.
    pub fn outbox(&self) -> &Outbox {
        &self.app.store.outbox
    }
}

/// What happens to a mail after a refusal with this cause.
fn next(entry: &Entry, cause: Cause, now: Timestamp) -> Next {
    let doubled = FIRST_WAIT * 2_i32.saturating_pow(entry.refusals.min(10));
    let at = now + doubled.min(LONGEST_WAIT);
    match cause.fate() {
        Fate::Passes => Next::Wait(at),
        Fate::Counts if entry.attempts + 1 < MOST_ATTEMPTS => Next::Retry(at),
        Fate::Counts | Fate::Final => Next::SetAside,
    }
}

/// The mailer from the environment's settings; `value_of` as for [`App::new`].
///
/// # Errors
/// The variable that is missing or wrong.
pub fn mailer(app: App, cloud: &Cloud, value_of: impl Fn(&str) -> Option<String>) -> Result<Mailer, StartError> {
    let sender = value_of("EPASS_MAIL_SENDER").ok_or("the environment variable EPASS_MAIL_SENDER is not set")?;
    let sender = Email::parse(&sender).map_err(|_| "EPASS_MAIL_SENDER is not an address")?;
    Ok(Mailer { app, post: Post::new(cloud), sender })
}

#[cfg(test)]
mod tests {
    use epass_domain::MailId;
    use uuid::Uuid;

    use super::*;

    fn refused(refusals: u32, attempts: u32) -> Entry {
        let email = Email::parse("a@b.fr").unwrap();
        let entry = Entry::new(email, MailId(Uuid::nil()), "{}".into(), Timestamp::UNIX_EPOCH);
        Entry { refusals, attempts, ..entry }
    }

    #[test]
    fn a_refusal_that_passes_is_no_attempt_and_waits_longer_each_time_up_to_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        for (refusals, minutes) in [(0, 1), (1, 2), (5, 32), (6, 60), (4_000, 60)] {
            let next = next(&refused(refusals, MOST_ATTEMPTS), Cause::Quota, now);
            assert_eq!(next, Next::Wait(now + SignedDuration::from_mins(minutes)), "{refusals}");
        }
    }

    #[test]
    fn twelve_refusals_of_an_unknown_kind_and_one_for_good_set_a_mail_aside() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(next(&refused(0, 10), Cause::Unknown, now), Next::Retry(now + FIRST_WAIT));
        assert_eq!(next(&refused(0, 11), Cause::Unknown, now), Next::SetAside);
        assert_eq!(next(&refused(0, 0), Cause::Address, now), Next::SetAside);
    }
}
