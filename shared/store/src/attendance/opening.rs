//! The terms of registration, as the bon plan is published, changed and taken away.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{BonPlanId, Terms};

use super::items::terms_item;
use super::list::Attendances;
use crate::dynamo::{Table, number};
use crate::writes::Expression;

impl Attendances {
    /// The first publication: nobody has registered yet.
    pub(crate) fn open(&self, plan: BonPlanId, terms: &Terms) -> TransactWriteItem {
        self.0.put_new(Table::Attendances, terms_item(plan, terms), "entry")
    }

    /// Another publication: the terms change, the counters stay as they were read.
    pub(crate) fn reopen(&self, plan: BonPlanId, terms: &Terms) -> TransactWriteItem {
        let as_read = Expression::new("taken = :taken AND waiting = :waiting")
            .value(":taken", number(terms.taken))
            .value(":waiting", number(terms.waiting));
        self.0.put_if(Table::Attendances, terms_item(plan, terms), as_read)
    }

    /// No more registrations, while the bon plan is not published.
    pub(crate) fn close(&self, plan: BonPlanId) -> TransactWriteItem {
        let change = Expression::new("SET #open = :no").name("#open", "open").value(":no", AttributeValue::Bool(false));
        self.0.change_if(&Self::terms_key(plan), change, "attribute_exists(taken)")
    }
}
