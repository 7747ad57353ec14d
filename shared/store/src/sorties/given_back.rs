//! Releases held prices: to a wallet, or to what a closed account left.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{BeneficiaryId, Envelope, Participant, Phase, Presence, Sortie, SortieId};

use super::items::{HEAD, YOUNG, key};
use super::one::Sorties;
use super::refused::only_the_last;
use crate::beneficiaries::Beneficiaries;
use crate::dynamo::{Commit, StoreError, Table, from_item, text};
use crate::outbox::Entry;
use crate::persons::{LateCredit, Way};
use crate::writes::Expression;

impl Sorties {
    /// Participants of a cancelled outing who still await their money and mail, at most `limit`, by consistent reads.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_release(&self, id: &SortieId, limit: usize) -> Result<Vec<Participant>, StoreError> {
        let mut participants = Vec::new();
        let mut start = None;
        while participants.len() < limit {
            let query = self
                .under(id, YOUNG)
                .filter_expression("presence <> :released")
                .expression_attribute_values(":released", text(Presence::Released.code()))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let (items, more) = self.0.page(query).await?;
            for item in items {
                participants.push(from_item(Table::Sorties, item)?);
            }
            start = more;
            if start.is_none() {
                break;
            }
        }
        participants.truncate(limit);
        Ok(participants)
    }

    /// Gives the price back to a participant of a cancelled outing, unless it was given back before, with the mail that
    /// says so. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, sortie: &Sortie, who: &Participant, mail: Option<&Entry>) -> Result<(), StoreError> {
        let mut writes = vec![self.mark(&sortie.id, who.beneficiary, who.presence, Presence::Released)];
        writes.extend(self.mails(mail.map_or(&[], std::slice::from_ref)));
        match who.presence {
            Presence::Present => self.giving_back(sortie, who.beneficiary, writes).await?,
            Presence::Absent => self.0.transact(writes).await?,
            Presence::Released => return Ok(()),
        };
        Ok(())
    }

    /// Notes that all prices were given back: nothing is due any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn released(&self, id: &SortieId) -> Result<(), StoreError> {
        let change = Expression::new("REMOVE due, due_day")
            .name("#state", "state")
            .value(":cancelled", text(Phase::Cancelled.code()));
        self.0.transact(vec![self.0.change_if(&key(id, HEAD), change, "#state = :cancelled")]).await.map(|_| ())
    }

    /// Changes a participant's presence from `was` to `is`.
    pub(super) fn mark(&self, id: &SortieId, who: BeneficiaryId, was: Presence, is: Presence) -> TransactWriteItem {
        let change =
            Expression::new("SET presence = :is").value(":is", text(is.code())).value(":was", text(was.code()));
        self.0.change_if(&Self::participant_key(id, who), change, "presence = :was")
    }

    /// Stores `writes` and gives the price back: to a wallet of the outing's campaign, or to what a closed account
    /// left. If the wallet is of another campaign, the credit has ended: `writes` alone are stored.
    pub(super) async fn giving_back(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Commit, StoreError> {
        let (price, campaign) = (sortie.sheet.price.euros(), sortie.sheet.campaign());
        let credit = Beneficiaries(self.0.clone()).credit(who, Envelope::Outing, price, campaign);
        let mut all = writes.clone();
        all.push(credit);
        let reasons = match self.0.transact_patiently(all).await? {
            Commit::Refused(reasons) if only_the_last(&reasons) => reasons,
            commit => return Ok(commit),
        };
        let is_closed = reasons.last().is_some_and(|wallet| wallet.item.is_none());
        let late = LateCredit { of: who, envelope: Envelope::Outing, amount: price, campaign };
        if is_closed && let Some(commit) = late.store(&self.0, &writes, Way::Back).await? {
            return Ok(commit);
        }
        self.0.transact_patiently(writes).await
    }
}
