//! Scheduled chores: daily reminders of outings and of till keys that expire, and the refunds of cancelled outings that
//! the establishment's own request did not finish. Every chore is idempotent: after a second run or a crash nobody is
//! told or paid twice.

mod function;

use epass_domain::{ParisDay, SortieId, TillKey};
use epass_mail::{KeyNews, Letter};
use epass_sortie::{release, reminder};
use epass_store::{Due, StoreError};
use epass_web::{App, StartError, mint};
use serde::{Deserialize, Serialize};

pub use function::FUNCTION;

/// Outings per page of a list.
const PAGE: usize = 100;
/// The most participants of one outing that are refunded in one run; the next run continues.
const RELEASED: usize = 2_000;

/// The chore that the schedule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", tag = "chore")]
pub enum Chore {
    /// Each morning: sends the reminders that are due.
    Remind,
    /// Every few minutes: refunds the participants of cancelled outings.
    Release,
    /// Each morning: tells partners of till keys that expire within a month.
    TillKeys,
}

/// The outcome of a chore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Reminders that were written.
    pub reminders: usize,
    /// Cancelled outings whose participants are all refunded.
    pub released: usize,
    /// Till keys whose expiry was announced.
    pub keys: usize,
}

/// The housekeeping function.
#[derive(Clone, Debug)]
pub struct Housekeeping {
    app: App,
}

impl Housekeeping {
    /// The function over this application state.
    pub const fn of(app: App) -> Self {
        Self { app }
    }

    /// Runs a chore.
    ///
    /// # Errors
    /// The store does not answer: the next run continues from there.
    pub async fn handle(&self, chore: Chore) -> Result<Report, StartError> {
        let report = match chore {
            Chore::Remind => Report { reminders: self.remind().await?, ..Report::default() },
            Chore::Release => Report { released: self.release().await?, ..Report::default() },
            Chore::TillKeys => Report { keys: self.tell_of_keys().await?, ..Report::default() },
        };
        tracing::info!(
            ?chore,
            reminders = report.reminders,
            released = report.released,
            keys = report.keys,
            "housekeeping"
        );
        Ok(report)
    }

    /// Writes the mails that are due and the day of the next reminder; a reminder that is too late to be useful is
    /// skipped.
    async fn remind(&self) -> Result<usize, StoreError> {
        let (sorties, today) = (&self.app.store.sorties, ParisDay::of(self.app.now()));
        let mut reminders = 0;
        loop {
            let lines = sorties.due(Due::Reminder, today, PAGE).await?;
            let mut moved = 0;
            for line in &lines {
                let Some(sortie) = sorties.find(&line.id).await? else { continue };
                let mails: Vec<_> =
                    sortie.reminder_on(today).map(|of| reminder(&self.app, &sortie, of)).into_iter().collect();
                if sorties.reminded(&sortie, line.day, today, &mails).await? {
                    moved += 1;
                    reminders += mails.len();
                }
            }
            // The index is eventually consistent: what it still lists is already done.
            if lines.len() < PAGE || moved == 0 {
                return Ok(reminders);
            }
        }
    }

    /// Scans the whole table once a day: some thousand keys.
    async fn tell_of_keys(&self) -> Result<usize, StoreError> {
        const KEYS: i32 = 500;
        let (mut told, mut after) = (0, None);
        loop {
            let (keys, next) = self.app.store.till_keys.walk(after, KEYS).await?;
            for key in keys.iter().filter(|key| key.is_to_be_told(self.app.now())) {
                told += usize::from(self.tell_of_key(key).await?);
            }
            after = next;
            if after.is_none() {
                return Ok(told);
            }
        }
    }

    async fn tell_of_key(&self, key: &TillKey) -> Result<bool, StoreError> {
        let Some(partner) = self.app.store.partners.find(&key.partner).await? else { return Ok(false) };
        let now = self.app.now();
        let letter = Letter::TillKey {
            till: key.name.clone(),
            news: KeyNews::Ending { until: key.last_day().to_string() },
            site_url: self.app.settings.site_url.clone(),
        };
        let mail = letter.to(partner.referent_email(), mint::mail_id(now), now);
        self.app.store.till_keys.tell_end(key, &mail).await
    }

    async fn release(&self) -> Result<usize, StoreError> {
        let today = ParisDay::of(self.app.now());
        let mut released = 0;
        for line in self.app.store.sorties.due(Due::Release, today, PAGE).await? {
            released += usize::from(self.release_one(&line.id).await?);
        }
        Ok(released)
    }

    async fn release_one(&self, id: &SortieId) -> Result<bool, StoreError> {
        match self.app.store.sorties.find(id).await? {
            Some(sortie) => release(&self.app, &sortie, RELEASED).await,
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedules_say_what_to_do() {
        for (input, chore) in [
            (r#"{"chore":"remind"}"#, Chore::Remind),
            (r#"{"chore":"release"}"#, Chore::Release),
            (r#"{"chore":"till_keys"}"#, Chore::TillKeys),
        ] {
            assert_eq!(serde_json::from_str::<Chore>(input).unwrap(), chore);
        }
    }
}
