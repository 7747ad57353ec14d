//! Sends the outbox: at least once, each recipient's mails in their order, failures tried again and at last set aside
//! where the team sees them. A mail is sent twice only if the process ends between SES's yes and the mark.

mod event;
mod post;

use std::collections::HashSet;

use epass_bon_plan::tell_of_withdrawal;
use epass_cloud::Cloud;
use epass_domain::Email;
use epass_mail::Letter;
use epass_store::{Entry, EntryKey, EntryState, Outbox};
use epass_web::{App, StartError};

pub use event::{Event, Failure, Record, Verdict};
pub use post::{Post, Refused};

/// After this many failures a mail is set aside.
pub const MOST_ATTEMPTS: u32 = 12;

/// How many waiting mails a sweep takes up.
const SWEPT: i32 = 200;
/// How many withdrawn bons plans a sweep goes on with.
const WITHDRAWALS: i32 = 5;
/// How many registrants of each it tells.
const TOLD: usize = 500;

/// The mailer: where mails wait, and how they leave.
#[derive(Clone, Debug)]
pub struct Mailer {
    app: App,
    post: Post,
}

/// What became of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Sent now, sent before, or gone.
    Done,
    /// To be tried again; what follows for the same recipient waits.
    Failed,
    /// The team's turn.
    SetAside,
}

impl Mailer {
    /// Handles a batch of the outbox's stream, or the schedule's sweep of what the stream missed.
    ///
    /// # Errors
    /// When the store cannot be read: the batch comes again whole.
    pub async fn handle(&self, event: Event) -> Result<Verdict, StartError> {
        match event {
            Event::Stream { records } => {
                let entries = records.iter().filter_map(Record::entry).collect::<Vec<_>>();
                Ok(Verdict::of(&self.send_all(entries).await?))
            }
            Event::Sweep => {
                let waiting = self.app.store.outbox.in_state(EntryState::Pending, None, SWEPT).await?;
                let keys = waiting.iter().map(|entry| (String::new(), entry.key())).collect();
                self.send_all(keys).await?;
                self.tell_of_withdrawals().await?;
                Ok(Verdict::default())
            }
        }
    }

    /// Goes on telling registrants of withdrawn bons plans, where a partner's request had too many for it or was cut off. The
    /// mails come by the stream.
    async fn tell_of_withdrawals(&self) -> Result<(), StartError> {
        for line in self.app.store.bons_plans.telling(WITHDRAWALS).await? {
            if let Some(plan) = self.app.store.bons_plans.find(line.bon_plan_id).await? {
                tell_of_withdrawal(&self.app, &plan, TOLD).await?;
            }
        }
        Ok(())
    }

    /// Sends in order; after a failure the same recipient's later mails wait, the others' do not. Gives the sequence
    /// numbers to come again.
    async fn send_all(&self, entries: Vec<(String, EntryKey)>) -> Result<Vec<String>, StartError> {
        let mut waiting: HashSet<String> = HashSet::new();
        let mut again = Vec::new();
        for (sequence, key) in entries {
            if waiting.contains(&key.recipient) {
                again.push(sequence);
                continue;
            }
            match self.send(&key).await? {
                Outcome::Done | Outcome::SetAside => {}
                Outcome::Failed => {
                    waiting.insert(key.recipient);
                    again.push(sequence);
                }
            }
        }
        Ok(again)
    }

    /// Sends one mail, unless it was sent before, and marks it.
    async fn send(&self, key: &EntryKey) -> Result<Outcome, StartError> {
        let outbox = &self.app.store.outbox;
        let Some(entry) = outbox.unsent(key).await?.filter(|entry| entry.state == EntryState::Pending) else {
            return Ok(Outcome::Done);
        };
        let refused = match self.deliver(&entry).await {
            Ok(()) => {
                outbox.sent(key, self.app.now()).await?;
                tracing::info!(mail = %key.mail_id, "mail sent");
                return Ok(Outcome::Done);
            }
            Err(refused) => refused,
        };
        let for_good = refused.for_good || entry.attempts + 1 >= MOST_ATTEMPTS;
        let (state, outcome) =
            if for_good { (EntryState::SetAside, Outcome::SetAside) } else { (EntryState::Pending, Outcome::Failed) };
        outbox.failed(key, &refused.kind, state).await?;
        tracing::warn!(mail = %key.mail_id, kind = refused.kind, set_aside = for_good, "mail not sent");
        Ok(outcome)
    }

    async fn deliver(&self, entry: &Entry) -> Result<(), Refused> {
        let letter = Letter::read(entry).map_err(|_| Refused::for_good("unreadable letter"))?;
        let mail = letter.render().map_err(|_| Refused::for_good("letter does not render"))?;
        self.post.send(&entry.email, &mail).await
    }

    /// The outbox that it sends.
    pub fn outbox(&self) -> &Outbox {
        &self.app.store.outbox
    }
}

/// The mailer that the environment sets up; `value_of` as for [`App::new`].
///
/// # Errors
/// The variable that is missing or wrong.
pub fn mailer(app: App, cloud: &Cloud, value_of: impl Fn(&str) -> Option<String>) -> Result<Mailer, StartError> {
    let sender = value_of("EPASS_MAIL_SENDER").ok_or("the environment variable EPASS_MAIL_SENDER is not set")?;
    let sender = Email::parse(&sender).map_err(|_| "EPASS_MAIL_SENDER is not an address")?;
    Ok(Mailer { app, post: Post::new(cloud, &sender) })
}
