//! The registrants of a bon plan, its waiting list, and the rank in it.

use epass_domain::{ArrivalId, Attendee, BeneficiaryId, BonPlanId, Standing, Terms};
use serde::Deserialize;

use super::items::{RegisteredItem, TERMS, attendee, key, line, terms, young};
use crate::dynamo::{Dynamo, Found, Key, StoreError, Table, from_item, text};

/// A registration in a young person's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The bon plan.
    pub bon_plan: BonPlanId,
    /// A place, or the waiting list.
    pub standing: Standing,
    /// The arrival, which orders the list.
    pub arrival: ArrivalId,
}

/// A page of registrants, in order of arrival.
#[derive(Clone, Debug, Default)]
pub struct AttendeePage {
    /// The registrants.
    pub attendees: Vec<Attendee>,
    /// The cursor of the next page.
    pub next: Option<ArrivalId>,
}

/// The number of tries of a registration, a departure or a settlement that loses races for the counters.
pub(super) const TRIES: usize = 200;

/// The highest rank in the waiting list that is counted.
const COUNTED: i32 = 500;

/// The repository of registrations.
#[derive(Clone, Debug)]
pub struct Attendances(pub(crate) Dynamo);

impl Attendances {
    /// The key of the terms, for a batch read.
    pub fn terms_key(plan: BonPlanId) -> Key {
        key(plan, TERMS)
    }

    /// The key of a beneficiary's registration, for a batch read.
    pub fn key(plan: BonPlanId, who: BeneficiaryId) -> Key {
        key(plan, &young(who))
    }

    pub(super) fn line_key(plan: BonPlanId, arrival: ArrivalId) -> Key {
        key(plan, &format!("wait#{arrival}"))
    }

    /// Reads the terms from the result of a batch read; none before the first publication.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn terms_in(found: &Found, plan: BonPlanId) -> Result<Option<Terms>, StoreError> {
        found.item(&Self::terms_key(plan)).map(|item| terms(item.clone())).transpose()
    }

    /// Reads the registration from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, plan: BonPlanId, who: BeneficiaryId) -> Result<Option<Attendee>, StoreError> {
        found.item(&Self::key(plan, who)).map(|item| attendee(item.clone())).transpose()
    }

    /// Finds the terms; none before the first publication.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn terms(&self, plan: BonPlanId) -> Result<Option<Terms>, StoreError> {
        self.0.get_item(&Self::terms_key(plan)).await?.map(terms).transpose()
    }

    /// A page of registrants with a place, or of those in the waiting list, in order of arrival.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(
        &self,
        plan: BonPlanId,
        standing: Standing,
        after: Option<ArrivalId>,
        limit: i32,
    ) -> Result<AttendeePage, StoreError> {
        // A bound that no arrival equals, right after the last one shown.
        let start = after.map_or_else(|| line(standing, ""), |after| line(standing, &format!("{after}~")));
        let query = self
            .0
            .query(Table::Attendances)
            .index_name("by_line")
            .key_condition_expression("bon_plan_id = :plan AND #line BETWEEN :start AND :end")
            .expression_attribute_names("#line", "line")
            .expression_attribute_values(":plan", text(plan))
            .expression_attribute_values(":start", text(start))
            .expression_attribute_values(":end", text(line(standing, "~")))
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let attendees: Vec<Attendee> = items.into_iter().map(attendee).collect::<Result<_, _>>()?;
        let next = more.and(attendees.last()).map(|last| last.arrival);
        Ok(AttendeePage { attendees, next })
    }

    /// A page of a young person's registrations, latest first, and the cursor of the next page.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(
        &self,
        who: BeneficiaryId,
        before: Option<ArrivalId>,
        limit: i32,
    ) -> Result<(Vec<Registered>, Option<ArrivalId>), StoreError> {
        let bound = before.map_or_else(|| "~".to_owned(), |before| before.to_string());
        let query = self
            .0
            .query(Table::Attendances)
            .index_name("by_beneficiary")
            .key_condition_expression("beneficiary_id = :who AND arrival < :bound")
            .expression_attribute_values(":who", text(who))
            .expression_attribute_values(":bound", text(bound))
            .scan_index_forward(false)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let read = |item| -> Result<Registered, StoreError> {
            let item: RegisteredItem = from_item(Table::Attendances, item)?;
            Ok(Registered { bon_plan: item.bon_plan_id, standing: item.standing, arrival: item.arrival })
        };
        let registered: Vec<Registered> = items.into_iter().map(read).collect::<Result<_, _>>()?;
        let next = more.and(registered.last()).map(|last| last.arrival);
        Ok((registered, next))
    }

    /// The rank in the waiting list, from 1; none beyond 500.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rank(&self, plan: BonPlanId, arrival: ArrivalId) -> Result<Option<usize>, StoreError> {
        let query = self
            .0
            .query(Table::Attendances)
            .key_condition_expression("bon_plan_id = :plan AND #entry BETWEEN :first AND :own")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":plan", text(plan))
            .expression_attribute_values(":first", text("wait#"))
            .expression_attribute_values(":own", text(format!("wait#{arrival}")))
            .limit(COUNTED);
        let ahead = self.0.count(query).await?;
        Ok((ahead < COUNTED.unsigned_abs() as usize).then_some(ahead))
    }

    /// The first in the waiting list, by consistent reads.
    pub(super) async fn first_in_line(&self, plan: BonPlanId) -> Result<Option<Attendee>, StoreError> {
        #[derive(Deserialize)]
        struct Place {
            who: BeneficiaryId,
        }
        let query = self
            .0
            .query(Table::Attendances)
            .key_condition_expression("bon_plan_id = :plan AND begins_with(#entry, :line)")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":plan", text(plan))
            .expression_attribute_values(":line", text("wait#"))
            .consistent_read(true)
            .limit(1);
        let (items, _) = self.0.page(query).await?;
        let Some(first) = items.into_iter().next() else {
            return Ok(None);
        };
        let first: Place = from_item(Table::Attendances, first)?;
        self.0.get_item(&Self::key(plan, first.who)).await?.map(attendee).transpose()
    }
}
