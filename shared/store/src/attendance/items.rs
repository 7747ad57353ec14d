//! Terms and registrations as items.

use epass_domain::{ArrivalId, Attendee, BeneficiaryId, BirthDate, BonPlanId, Standing, Terms};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dynamo::{Item, Key, StoreError, Table, from_item, text, to_item};
use crate::writes::Expression;

pub(super) const TERMS: &str = "#";

pub(super) const YOUNG: &str = "young#";

/// The key of an entry in a bon plan's list.
pub(super) fn key(plan: BonPlanId, entry: &str) -> Key {
    Key::new(Table::Attendances, "bon_plan_id", plan).and("entry", entry)
}

/// The entry of a beneficiary's registration.
pub(super) fn young(who: BeneficiaryId) -> String {
    format!("{YOUNG}{who}")
}

pub(super) fn there() -> Expression {
    Expression::new("attribute_exists(#key)").name("#key", "entry")
}

/// The sort key of index `by_line`: places before the waiting list, each in order of arrival.
pub(super) fn line(standing: Standing, arrival: &str) -> String {
    format!("{}#{arrival}", standing.code())
}

#[derive(Serialize, Deserialize)]
struct TermsItem {
    open: bool,
    places: Option<u32>,
    taken: u32,
    waiting: u32,
    closes_at_ms: i64,
    born_by: Option<BirthDate>,
}

pub(super) fn terms_item(plan: BonPlanId, of: &Terms) -> Item {
    let mut item = to_item(&TermsItem {
        open: of.open,
        places: of.places,
        taken: of.taken,
        waiting: of.waiting,
        closes_at_ms: of.closes_at.as_millisecond(),
        born_by: of.born_by,
    });
    item.extend(key(plan, TERMS).attributes());
    item
}

pub(super) fn terms(item: Item) -> Result<Terms, StoreError> {
    let item: TermsItem = from_item(Table::Attendances, item)?;
    let closes_at = Timestamp::from_millisecond(item.closes_at_ms)
        .map_err(|error| StoreError::Unreadable { table: Table::Attendances, reason: error.to_string() })?;
    Ok(Terms {
        open: item.open,
        places: item.places,
        taken: item.taken,
        waiting: item.waiting,
        closes_at,
        born_by: item.born_by,
    })
}

#[derive(Deserialize)]
pub(super) struct RegisteredItem {
    pub(super) bon_plan_id: BonPlanId,
    pub(super) standing: Standing,
    pub(super) arrival: ArrivalId,
}

pub(super) fn attendee_item(plan: BonPlanId, who: &Attendee) -> Item {
    let mut item = to_item(who);
    item.extend(key(plan, &young(who.beneficiary)).attributes());
    item.insert("beneficiary_id".into(), text(who.beneficiary));
    item.insert("line".into(), text(line(who.standing, &who.arrival.to_string())));
    item
}

pub(super) fn attendee(item: Item) -> Result<Attendee, StoreError> {
    from_item(Table::Attendances, item)
}

#[cfg(test)]
mod tests {
    use epass_domain::{BeneficiaryId, Email, Line, Phone};

    use super::*;
    use crate::bons_plans::items::tests::published;

    #[test]
    fn terms_read_back_and_stay_small() {
        let of = Terms { taken: 50, waiting: 450, ..Terms::of(&published()) };
        for stored in [of.clone(), Terms { places: None, born_by: None, ..of }] {
            let item = terms_item(published().id, &stored);
            assert!(item.len() <= 8);
            assert_eq!(terms(item).unwrap(), stored);
        }
    }

    #[test]
    fn a_registration_reads_back() {
        let line = |text| Line::parse(text, 100).unwrap();
        let stored = Attendee {
            beneficiary: BeneficiaryId(uuid::Uuid::max()),
            first_name: line("Léa"),
            last_name: line("Martin"),
            email: Email::parse("lea@example.org").unwrap(),
            phone: Some(Phone::parse("0612345678").unwrap()),
            arrival: ArrivalId(uuid::Uuid::nil()),
            registered_at: Timestamp::UNIX_EPOCH,
            standing: Standing::Waiting,
        };
        let item = attendee_item(published().id, &stored);
        assert_eq!(item["line"].as_s().unwrap(), &format!("waiting#{}", uuid::Uuid::nil()));
        assert_eq!(attendee(item).unwrap(), stored);
        let without = Attendee { phone: None, ..stored };
        assert_eq!(attendee(attendee_item(published().id, &without)).unwrap(), without);
    }
}
