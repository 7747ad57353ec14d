//! The repository of statements and batches, and what its lists share.

use epass_domain::Week;

use crate::dynamo::{Dynamo, Item, StoreError, Table, text};

/// The repository of statements and batches.
#[derive(Clone, Debug)]
pub struct Reimbursements(pub(crate) Dynamo);

/// A page of a list, and the cursor of the next page.
#[derive(Clone, Debug)]
pub struct ReimbursementPage<T, P> {
    /// The lines.
    pub lines: Vec<T>,
    /// The place of the last line, if there are more.
    pub next: Option<P>,
}

/// The page size of walks that read a whole list: well under the megabyte of one query.
pub(super) const WALKED_AT_ONCE: usize = 200;

impl Reimbursements {
    pub(super) fn under(&self, owner: &str) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.0
            .query(Table::Reimbursements)
            .key_condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner))
    }

    /// An owner's entries before a week, latest first: one more than `limit`, which shows whether there is another
    /// page.
    pub(super) async fn before(
        &self,
        owner: &str,
        before: Option<Week>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let query = self
            .under(owner)
            .key_condition_expression("#owner = :owner AND entry < :before")
            .expression_attribute_values(":before", text(before.map_or_else(|| "~".to_owned(), Week::code)))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        Ok(self.0.page(query).await?.0)
    }

    /// An owner's entries from one week to another; none if the last week precedes the first, a range that DynamoDB
    /// refuses.
    pub(super) async fn between(&self, owner: &str, first: Week, last: Week) -> Result<Vec<Item>, StoreError> {
        if last < first {
            return Ok(Vec::new());
        }
        let query = self
            .under(owner)
            .key_condition_expression("#owner = :owner AND entry BETWEEN :first AND :last")
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last));
        let (mut all, mut start) = (Vec::new(), None);
        loop {
            let (items, more) = self.0.page(query.clone().set_exclusive_start_key(start)).await?;
            all.extend(items);
            start = more;
            if start.is_none() {
                return Ok(all);
            }
        }
    }
}

pub(super) fn page<T, P>(
    items: Vec<Item>,
    limit: usize,
    read: impl Fn(Item) -> Result<T, StoreError>,
    place: impl Fn(&T) -> P,
) -> Result<ReimbursementPage<T, P>, StoreError> {
    let has_more = items.len() > limit;
    let lines = items.into_iter().take(limit).map(read).collect::<Result<Vec<_>, _>>()?;
    let next = lines.last().filter(|_| has_more).map(place);
    Ok(ReimbursementPage { lines, next })
}
