//! The writes of a DynamoDB transaction, each with the condition that states its rule.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use crate::dynamo::{Dynamo, Item, Key, Table};

/// A condition or an update: an expression, with the meaning of its `#names` and `:values`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expression {
    pub(crate) text: String,
    pub(crate) names: Vec<(&'static str, String)>,
    pub(crate) values: Vec<(&'static str, AttributeValue)>,
}

impl Expression {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn name(mut self, placeholder: &'static str, name: impl Into<String>) -> Self {
        self.names.push((placeholder, name.into()));
        self
    }

    pub(crate) fn value(mut self, placeholder: &'static str, value: AttributeValue) -> Self {
        self.values.push((placeholder, value));
        self
    }
}

impl Dynamo {
    /// Puts an item, on the condition that its key is new; `key_name` is an attribute of its key.
    pub(crate) fn put_new(&self, table: Table, item: Item, key_name: &str) -> TransactWriteItem {
        self.put_if(table, item, Expression::new("attribute_not_exists(#key)").name("#key", key_name))
    }

    /// Puts an item unconditionally, for a copy of another item whose own write in the same transaction has the
    /// condition.
    pub(crate) fn replace(&self, table: Table, item: Item) -> TransactWriteItem {
        let put = Put::builder().table_name(self.name(table)).set_item(Some(item));
        TransactWriteItem::builder().put(put.build().expect("table and item are set")).build()
    }

    /// Puts an item, on the condition that `condition` holds for the current one.
    pub(crate) fn put_if(&self, table: Table, item: Item, condition: Expression) -> TransactWriteItem {
        let mut put = Put::builder()
            .table_name(self.name(table))
            .set_item(Some(item))
            .condition_expression(condition.text)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (placeholder, name) in condition.names {
            put = put.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in condition.values {
            put = put.expression_attribute_values(placeholder, value);
        }
        TransactWriteItem::builder().put(put.build().expect("table and item are set")).build()
    }

    /// Changes an item for which `condition` holds; `change` holds the placeholders of both.
    pub(crate) fn change_if(&self, key: &Key, change: Expression, condition: &str) -> TransactWriteItem {
        let mut update = Update::builder()
            .table_name(self.name(key.table()))
            .set_key(Some(key.attributes()))
            .update_expression(change.text)
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (placeholder, name) in change.names {
            update = update.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in change.values {
            update = update.expression_attribute_values(placeholder, value);
        }
        TransactWriteItem::builder().update(update.build().expect("table, key and update are set")).build()
    }

    /// Changes an item unconditionally, and creates it if it is absent.
    pub(crate) fn change(&self, key: &Key, change: Expression) -> TransactWriteItem {
        let mut update = Update::builder()
            .table_name(self.name(key.table()))
            .set_key(Some(key.attributes()))
            .update_expression(change.text);
        for (placeholder, value) in change.values {
            update = update.expression_attribute_values(placeholder, value);
        }
        TransactWriteItem::builder().update(update.build().expect("table, key and update are set")).build()
    }

    /// Writes nothing, and refuses the whole transaction unless the condition holds for this item.
    pub(crate) fn require(&self, key: &Key, condition: Expression) -> TransactWriteItem {
        let mut check = ConditionCheck::builder()
            .table_name(self.name(key.table()))
            .set_key(Some(key.attributes()))
            .condition_expression(condition.text);
        for (placeholder, name) in condition.names {
            check = check.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in condition.values {
            check = check.expression_attribute_values(placeholder, value);
        }
        TransactWriteItem::builder().condition_check(check.build().expect("table, key and condition are set")).build()
    }

    /// Deletes an item for which `condition` holds.
    pub(crate) fn remove_if(&self, key: &Key, condition: Expression) -> TransactWriteItem {
        let mut delete = Delete::builder()
            .table_name(self.name(key.table()))
            .set_key(Some(key.attributes()))
            .condition_expression(condition.text)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (placeholder, name) in condition.names {
            delete = delete.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in condition.values {
            delete = delete.expression_attribute_values(placeholder, value);
        }
        TransactWriteItem::builder().delete(delete.build().expect("table and key are set")).build()
    }

    /// Deletes an item if it exists.
    pub(crate) fn remove(&self, key: &Key) -> TransactWriteItem {
        let delete = Delete::builder().table_name(self.name(key.table())).set_key(Some(key.attributes()));
        TransactWriteItem::builder().delete(delete.build().expect("table and key are set")).build()
    }
}
