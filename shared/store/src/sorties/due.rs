//! Outings for which something is due: a reminder, or the release of held prices.

use epass_domain::{ParisDay, Sortie, SortieId};
use serde::Deserialize;

use super::items::{Due, HEAD, key};
use super::one::Sorties;
use crate::dynamo::{Commit, StoreError, Table, from_item, number, text};
use crate::outbox::Entry;
use crate::writes::Expression;

/// An outing for which something is due, and since which day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DueLine {
    /// The outing.
    #[serde(rename = "sortie_id")]
    pub id: SortieId,
    /// The day from which it is due.
    #[serde(rename = "due_day")]
    pub day: ParisDay,
}

impl Sorties {
    /// Outings for which something is due on a day or was due before, longest wait first, at most `limit`. Reads the
    /// index, so at most a second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(&self, what: Due, by: ParisDay, limit: usize) -> Result<Vec<DueLine>, StoreError> {
        let query = self
            .0
            .query(Table::Sorties)
            .index_name("by_due")
            .key_condition_expression("due = :due AND due_day <= :by")
            .expression_attribute_values(":due", text(what.code()))
            .expression_attribute_values(":by", text(by.iso()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let (items, _) = self.0.page(query).await?;
        items.into_iter().map(|item| from_item(Table::Sorties, item)).collect()
    }

    /// Stores the mails of a reminder that was due on a day, and the day of the next one, once. `false` when it was
    /// done before, or when the outing was changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reminded(
        &self,
        sortie: &Sortie,
        due: ParisDay,
        today: ParisDay,
        mails: &[Entry],
    ) -> Result<bool, StoreError> {
        let change = match sortie.reminder_after(today) {
            Some((next, _)) => Expression::new("SET due_day = :next").value(":next", text(next.iso())),
            None => Expression::new("REMOVE due, due_day"),
        };
        let change = change
            .name("#state", "state")
            .value(":state", text(sortie.state.phase().code()))
            .value(":version", number(sortie.version))
            .value(":seen", text(due.iso()));
        let unchanged = "due_day = :seen AND #state = :state AND version = :version";
        let mut writes = vec![self.0.change_if(&key(&sortie.id, HEAD), change, unchanged)];
        writes.extend(self.mails(mails));
        Ok(matches!(self.0.transact_patiently(writes).await?, Commit::Done))
    }
}
