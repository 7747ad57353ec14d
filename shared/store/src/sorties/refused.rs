//! Reads the reasons why a transaction about an outing was refused.

use epass_domain::Phase;
use serde::Deserialize;

use crate::dynamo::{Reason, StoreError, Table, from_item};

/// The first three reasons; missing ones count as not failed.
pub(super) fn three(reasons: Vec<Reason>) -> [Reason; 3] {
    let mut reasons = reasons.into_iter();
    std::array::from_fn(|_| reasons.next().unwrap_or_default())
}

pub(super) fn only_the_last(reasons: &[Reason]) -> bool {
    reasons.split_last().is_some_and(|(last, others)| last.failed && others.iter().all(|reason| !reason.failed))
}

/// State and version of the head that failed a condition.
#[derive(Deserialize)]
pub(super) struct Standing {
    #[serde(rename = "state")]
    pub(super) phase: Phase,
    pub(super) version: u32,
}

pub(super) fn standing(head: Option<&Reason>) -> Result<Standing, StoreError> {
    let item = head.and_then(|reason| reason.item.clone());
    item.map(|item| from_item(Table::Sorties, item))
        .ok_or(StoreError::Failed("a refused write names no outing".into()))?
}
