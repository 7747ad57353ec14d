//! Writes of the terms of registration when a bon plan is published, changed or withdrawn.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{BonPlanId, Terms};

use super::items::terms_item;
use super::list::Attendances;
use crate::dynamo::{Table, number};
use crate::writes::Expression;

impl Attendances {
    /// Stores the terms at the first publication, before any registration.
    pub(crate) fn open(&self, plan: BonPlanId, terms: &Terms) -> TransactWriteItem {
        self.0.put_new(Table::Attendances, terms_item(plan, terms), "entry")
    }

    /// Changes the terms at a later publication, on the condition that the counters are unchanged since they were read.
    pub(crate) fn reopen(&self, plan: BonPlanId, terms: &Terms) -> TransactWriteItem {
        let as_read = Expression::new("taken = :taken AND waiting = :waiting")
            .value(":taken", number(terms.taken))
            .value(":waiting", number(terms.waiting));
        self.0.put_if(Table::Attendances, terms_item(plan, terms), as_read)
    }

    /// Stops registrations while the bon plan is not published.
    pub(crate) fn close(&self, plan: BonPlanId) -> TransactWriteItem {
        let change = Expression::new("SET #open = :no").name("#open", "open").value(":no", AttributeValue::Bool(false));
        self.0.change_if(&Self::terms_key(plan), change, "attribute_exists(taken)")
    }
}
