//! Saves the decisions of partner and establishment about an outing, from the request to the settlement.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{ParisDay, Phase, Settlement, Sortie, SortieId, SortieRefusal, Step, TransactionId};

use super::items::{Due, HEAD, head_item, key, sheet_item};
use super::one::Sorties;
use super::refused::{Standing, standing};
use crate::dynamo::{Commit, StoreError, Table, number, text};
use crate::outbox::Entry;
use crate::writes::Expression;

/// The outcome of a settlement.
#[derive(Debug)]
pub enum Settled {
    /// The partner is owed the money now.
    Now,
    /// The outing was changed since it was read: decide again on this one. Nothing has changed.
    Moved(Box<Sortie>),
}

impl Sorties {
    /// Stores a new outing with its notification mails. `false` when its code is taken, or when it was stored before,
    /// for example by the first of two clicks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submit(&self, sortie: &Sortie, step: &Step, mails: &[Entry]) -> Result<bool, StoreError> {
        let mut writes = vec![
            self.0.put_new(Table::Sorties, head_item(sortie), "entry"),
            self.0.put_new(Table::Sorties, sheet_item(sortie), "entry"),
            self.log(&sortie.id, step),
        ];
        writes.extend(self.mails(mails));
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Stores the change of an outing from `before` to `after`, with the entry of its timeline and its notification
    /// mails.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`SortieRefusal`] is [`SortieRefusal::State`] or [`SortieRefusal::Changed`] when it
    /// was changed since it was read, [`SortieRefusal::NobodyJoined`] when the last participant left.
    pub async fn change(
        &self,
        before: &Sortie,
        after: &Sortie,
        step: &Step,
        mails: &[Entry],
    ) -> Result<Result<(), SortieRefusal>, StoreError> {
        let validates = after.state.phase() == Phase::Validated;
        let condition = if validates { "joined > :none" } else { "joined >= :none" };
        let mut writes = vec![self.restate(before, after, condition, &[(":none", 0)]), self.log(&before.id, step)];
        if sheet_item(before) != sheet_item(after) {
            let there = Expression::new("attribute_exists(#key)").name("#key", "entry");
            writes.push(self.0.put_if(Table::Sorties, sheet_item(after), there));
        }
        writes.extend(self.mails(mails));
        match self.0.transact_patiently(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) => match standing(reasons.first())? {
                Standing { phase, .. } if phase != before.state.phase() => {
                    Ok(Err(SortieRefusal::State(phase, step.by)))
                }
                Standing { version, .. } if version != before.version => Ok(Err(SortieRefusal::Changed)),
                Standing { .. } => Ok(Err(SortieRefusal::NobodyJoined)),
            },
        }
    }

    /// *Valider la transaction*: writes the head, the partner's transaction and the entry of the timeline, whatever the
    /// number of participants. The condition: the counters are those from which the amount was computed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(
        &self,
        before: &Sortie,
        settlement: &Settlement,
        step: &Step,
        mails: &[Entry],
    ) -> Result<Settled, StoreError> {
        let numbers = [(":joined", before.joined), (":absent", before.absent)];
        let mut writes = vec![
            self.restate(before, settlement.sortie(), "joined = :joined AND absent = :absent", &numbers),
            crate::Transactions(self.0.clone()).put_trace(settlement.transaction()),
            self.log(&before.id, step),
        ];
        writes.extend(self.mails(mails));
        if let Commit::Done = self.0.transact_patiently(writes).await? {
            return Ok(Settled::Now);
        }
        let stands = self.find(&before.id).await?;
        stands.map(|stands| Settled::Moved(Box::new(stands))).ok_or(StoreError::Failed("an outing is gone".into()))
    }

    /// The writes that validate an outing again when its settlement is cancelled on the same day. They belong in the
    /// transaction that cancels the partner's.
    pub(crate) fn reopening(&self, id: &SortieId, settled_by: TransactionId, step: &Step) -> Vec<TransactWriteItem> {
        let tomorrow = ParisDay::of(step.at).plus_days(1);
        let change = Expression::new(
            "SET #state = :validated, state_at = :now, due = :reminder, due_day = :tomorrow REMOVE transaction_id",
        )
        .name("#state", "state")
        .value(":validated", text(Phase::Validated.code()))
        .value(":settled", text(Phase::Settled.code()))
        .value(":now", text(step.at))
        .value(":reminder", text(Due::Reminder.code()))
        .value(":tomorrow", text(tomorrow.iso()))
        .value(":by", text(settled_by));
        let head = self.0.change_if(&key(id, HEAD), change, "#state = :settled AND transaction_id = :by");
        vec![head, self.log(id, step)]
    }

    /// Writes the fields of `after` to the head, except the counters, on the condition that state and version are those
    /// of `before` and that `condition` holds for the counters.
    fn restate(
        &self,
        before: &Sortie,
        after: &Sortie,
        condition: &str,
        numbers: &[(&'static str, u32)],
    ) -> TransactWriteItem {
        /// The fields that a transition may change: placeholder of the name, name, placeholder of the value.
        const CHANGED: [(&str, &str, &str); 14] = [
            ("#version", "version", ":version"),
            ("#establishment", "establishment_name", ":establishment"),
            ("#partner", "partner_name", ":partner"),
            ("#title", "title", ":title"),
            ("#day", "day", ":day"),
            ("#day_key", "day_key", ":day_key"),
            ("#price", "price_cents", ":price"),
            ("#expected", "expected", ":expected"),
            ("#state", "state", ":state"),
            ("#state_at", "state_at", ":state_at"),
            ("#voucher", "voucher", ":voucher"),
            ("#transaction", "transaction_id", ":transaction"),
            ("#due", "due", ":due"),
            ("#due_day", "due_day", ":due_day"),
        ];
        let mut item = head_item(after);
        let (mut set, mut gone) = (Vec::new(), Vec::new());
        let mut change = Expression::default();
        for (placeholder, name, value) in CHANGED {
            change = change.name(placeholder, name);
            match item.remove(name) {
                Some(said) => {
                    set.push(format!("{placeholder} = {value}"));
                    change = change.value(value, said);
                }
                None => gone.push(placeholder),
            }
        }
        change.text = format!("SET {}", set.join(", "));
        if !gone.is_empty() {
            change.text.push_str(&format!(" REMOVE {}", gone.join(", ")));
        }
        change = change.value(":was", text(before.state.phase().code())).value(":read", number(before.version));
        for (placeholder, count) in numbers {
            change = change.value(placeholder, number(count));
        }
        self.0.change_if(&key(&before.id, HEAD), change, &format!("#state = :was AND #version = :read AND {condition}"))
    }
}
