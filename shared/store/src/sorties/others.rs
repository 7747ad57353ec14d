//! Writes of other aggregates on a list of participants, and writes that every change of an outing shares.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{BeneficiaryId, Participant, Sortie, SortieId, Step};

use super::items::{head_item, participant_item, sheet_item, step_item};
use super::one::Sorties;
use crate::dynamo::{StoreError, Table, text};
use crate::outbox::{Entry, Outbox};
use crate::persons::NAMELESS;

impl Sorties {
    /// Removes the name and the address of the owner of a closed account from a list; the participation stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_name(&self, id: &SortieId, who: BeneficiaryId) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&Self::participant_key(id, who))
            .update_expression("SET first_name = :first, last_name = :last REMOVE email")
            .condition_expression("attribute_exists(beneficiary_id)")
            .expression_attribute_values(":first", text(NAMELESS.0))
            .expression_attribute_values(":last", text(NAMELESS.1));
        self.0.apply(update).await.map(|_| ())
    }

    /// Stores an outing and its participants as they are, without touching a wallet. For demo data and measurements.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(
        &self,
        sortie: &Sortie,
        participants: &[Participant],
        steps: &[Step],
    ) -> Result<(), StoreError> {
        let items = [head_item(sortie), sheet_item(sortie)]
            .into_iter()
            .chain(participants.iter().map(|who| participant_item(sortie, who)))
            .chain(steps.iter().map(|step| step_item(&sortie.id, step)));
        let writes: Vec<_> = items.map(|item| self.0.put_new(Table::Sorties, item, "entry")).collect();
        for chunk in writes.chunks(100) {
            self.0.transact(chunk.to_vec()).await?;
        }
        Ok(())
    }

    pub(super) fn log(&self, id: &SortieId, step: &Step) -> TransactWriteItem {
        self.0.put_new(Table::Sorties, step_item(id, step), "entry")
    }

    pub(super) fn mails<'a>(&self, mails: &'a [Entry]) -> impl Iterator<Item = TransactWriteItem> + use<'a> {
        let outbox = Outbox(self.0.clone());
        mails.iter().map(move |mail| outbox.entry(mail))
    }
}
