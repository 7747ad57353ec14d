//! Reads one outing: its sheet, its participants, its timeline.

use epass_domain::{BeneficiaryId, Participant, Sortie, SortieId, Step, StepId, folded};

use super::items::{HEAD, LOG, SHEET, YOUNG, key, participant_key, sortie, step_key};
use crate::dynamo::{Dynamo, Found, Key, StoreError, Table, from_item, text};

/// The repository of outings.
#[derive(Clone, Debug)]
pub struct Sorties(pub(crate) Dynamo);

/// A page of a timeline, latest first.
#[derive(Clone, Debug, Default)]
pub struct StepPage {
    /// The entries.
    pub steps: Vec<Step>,
    /// The cursor of the next page.
    pub next: Option<StepId>,
}

impl Sorties {
    /// The keys of an outing, for a batch read.
    pub fn keys(id: &SortieId) -> [Key; 2] {
        [HEAD, SHEET].map(|entry| key(id, entry))
    }

    /// The key of a participant, for a batch read.
    pub fn participant_key(id: &SortieId, who: BeneficiaryId) -> Key {
        participant_key(id, who)
    }

    /// Reads the outing from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, id: &SortieId) -> Result<Option<Sortie>, StoreError> {
        let [head, sheet] = Self::keys(id).map(|key| found.item(&key).cloned());
        head.zip(sheet).map(|(head, sheet)| sortie(head, sheet)).transpose()
    }

    /// Reads the participant from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn participant_in(found: &Found, id: &SortieId, who: BeneficiaryId) -> Result<Option<Participant>, StoreError> {
        found.read(&Self::participant_key(id, who))
    }

    /// Finds an outing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: &SortieId) -> Result<Option<Sortie>, StoreError> {
        Self::in_found(&self.0.read(&Self::keys(id)).await?, id)
    }

    /// All participants by last and first name, by consistent reads: some 12 KB for 50 participants.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn participants(&self, id: &SortieId) -> Result<Vec<Participant>, StoreError> {
        let mut participants: Vec<Participant> = Vec::new();
        let mut start = None;
        loop {
            let query = self.under(id, YOUNG).consistent_read(true).set_exclusive_start_key(start);
            let (items, more) = self.0.page(query).await?;
            for item in items {
                participants.push(from_item(Table::Sorties, item)?);
            }
            start = more;
            if start.is_none() {
                break;
            }
        }
        participants.sort_by_cached_key(|one| {
            (folded(one.last_name.as_str()), folded(one.first_name.as_str()), one.file.as_str().to_owned())
        });
        Ok(participants)
    }

    /// A page of a timeline, latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn steps(&self, id: &SortieId, after: Option<StepId>, limit: i32) -> Result<StepPage, StoreError> {
        let start = after.map(|after| step_key(id, after).attributes());
        let query = self.under(id, LOG).scan_index_forward(false).set_exclusive_start_key(start).limit(limit);
        let (items, more) = self.0.page(query).await?;
        let steps: Vec<Step> =
            items.into_iter().map(|item| from_item(Table::Sorties, item)).collect::<Result<_, _>>()?;
        let next = more.and(steps.last()).map(|last| last.id);
        Ok(StepPage { steps, next })
    }

    /// The entries of an outing that have this prefix.
    pub(super) fn under(
        &self,
        id: &SortieId,
        beginning: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.0
            .query(Table::Sorties)
            .key_condition_expression("sortie_id = :sortie AND begins_with(#entry, :beginning)")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":sortie", text(id.as_str()))
            .expression_attribute_values(":beginning", text(beginning))
    }
}
