//! Reads one bon plan or draft.

use epass_domain::{BonPlan, BonPlanId};

use super::items::{OwnBonPlan, kept, sent};
use crate::dynamo::{Dynamo, Found, Key, StoreError, Table};

/// The repository of bons plans.
#[derive(Clone, Debug)]
pub struct BonsPlans(pub(crate) Dynamo);

impl BonsPlans {
    /// The key of a bon plan, for a batch read.
    pub fn key(id: BonPlanId) -> Key {
        Key::new(Table::BonsPlans, "bon_plan_id", id)
    }

    /// Reads the bon plan from the result of a batch read; none for a draft.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, id: BonPlanId) -> Result<Option<BonPlan>, StoreError> {
        Ok(sent(Self::own_in_found(found, id)?))
    }

    /// Reads the bon plan or the draft from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn own_in_found(found: &Found, id: BonPlanId) -> Result<Option<OwnBonPlan>, StoreError> {
        found.item(&Self::key(id)).map(|item| kept(item.clone())).transpose()
    }

    /// Finds a bon plan; none for a draft.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: BonPlanId) -> Result<Option<BonPlan>, StoreError> {
        let item = self.0.get_item(&Self::key(id)).await?;
        Ok(sent(item.map(kept).transpose()?))
    }
}
