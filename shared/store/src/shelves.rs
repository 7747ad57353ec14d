//! The materialised lists of published bons plans: each bon plan is on four shelves, so that a list by envelope, by
//! commune, by both or by neither is one range of one shelf.
//!
//! `shelves`: key `shelf` (`<envelope or *>#<commune or *>`), `place` (`<end>#<bon plan>`, see [`Ending`]): the
//! earliest end comes first, and what is over is never read. Rows are small, because a list with filters reads many.
//! The row `#communes` holds the communes to choose from. Rows are written with the bon plan
//! ([`crate::BonsPlans::save`]); `full` follows the counters ([`crate::Attendances::settle`]).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{
    BonPlan, BonPlanId, ClockTime, Ending, Envelope, Fault, Hours, Offer, ParisDay, Slot, commune_code,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attendance::Attendances;
use crate::dynamo::{Dynamo, Item, Key, StoreError, Table, from_item, text, to_item};
use crate::writes::Expression;

/// A query of a list.
#[derive(Clone, Debug)]
pub struct Browse {
    /// Only those of this envelope.
    pub envelope: Option<Envelope>,
    /// Only those of this commune ([`commune_code`]).
    pub commune: Option<String>,
    /// Only those that are not over at this instant.
    pub now: Timestamp,
    /// Only those that end on this day or later.
    pub from: Option<ParisDay>,
    /// Only those that begin on this day or earlier.
    pub to: Option<ParisDay>,
    /// Only free ones, or only reduced ones ([`Offer::code`]).
    pub offer: Option<&'static str>,
    /// Only those that are not full.
    pub places_left: bool,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// The cards, the earliest end first.
    pub cards: Vec<Card>,
    /// The cursor of the next page, which may be empty.
    pub next: Option<ShelfPlace>,
}

/// A bon plan as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The bon plan.
    pub bon_plan_id: BonPlanId,
    /// *Titre*.
    pub title: String,
    /// The partner's name.
    pub partner_name: String,
    /// The commune.
    pub commune: String,
    /// The envelope.
    pub envelope: Envelope,
    /// The first day.
    pub first_day: ParisDay,
    /// The last day on which it begins.
    pub last_day: ParisDay,
    /// The number of dates; none in rows that were stored before dates had hours.
    pub dates: Option<u8>,
    /// The hour at which it begins, on each day of its only date.
    pub begin: Option<ClockTime>,
    /// The hour at which it ends.
    pub end: Option<ClockTime>,
    /// The partner's note on the times.
    pub times: Option<String>,
    /// `free` or `reduced`.
    pub offer: String,
    /// The price or reduction in the partner's words, where it is reduced.
    pub terms: Option<String>,
    /// The name of the small picture.
    pub picture: Option<String>,
    /// Whether no place is left.
    pub full: bool,
}

/// A place on a shelf, used as a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfPlace(String);

impl ShelfPlace {
    /// Parses a cursor.
    ///
    /// # Errors
    /// `after` unless it is an end and a bon plan.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        const NOWHERE: Fault = Fault::new("after", "Cette page de la liste n’existe pas.");
        let (end, plan) = typed.split_once('#').ok_or(NOWHERE)?;
        let (end, plan) = (Ending::parse(end), BonPlanId::parse(plan));
        Ok(Self::of(end.map_err(|_| NOWHERE)?, plan.map_err(|_| NOWHERE)?))
    }

    fn of(end: Ending, plan: BonPlanId) -> Self {
        Self(format!("{}#{plan}", end.code()))
    }

    /// The cursor as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The most rows that one query reads: 15 read units, at 600 bytes a row.
const LOOKED_AT: i32 = 190;
/// The most characters of a partner's name on a row.
const NAME: usize = 60;
const COMMUNES: &str = "#communes";

/// The repository of shelves.
#[derive(Clone, Debug)]
pub struct Shelves(pub(crate) Dynamo);

impl Shelves {
    /// A page of at most `limit` cards, after a place. It reads at most 190 rows, in one round trip: when few of them
    /// match, a page may be short and still have a next one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn browse(&self, asked: &Browse, after: Option<&ShelfPlace>, limit: usize) -> Result<Shelf, StoreError> {
        let (mut items, more) = self.0.page(self.range(asked, after, limit)).await?;
        let cut = items.len() > limit;
        items.truncate(limit);
        let place = |item: &Item| item.get("place")?.as_s().ok().map(|place| ShelfPlace(place.clone()));
        let next = if cut { items.last().and_then(place) } else { more.as_ref().and_then(place) };
        let cards = items.into_iter().map(|item| from_item(Table::Shelves, item)).collect::<Result<_, _>>()?;
        Ok(Shelf { cards, next })
    }

    fn range(
        &self,
        asked: &Browse,
        after: Option<&ShelfPlace>,
        limit: usize,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let shelf = shelf(asked.envelope, asked.commune.as_deref());
        // Bounds that no place equals: after the last card shown, after the current minute, before the first place of
        // the day.
        let shown = after.map(|place| format!("{}~", place.as_str()));
        let over = format!("{}~", Ending::minute_of(asked.now).code());
        let start = shown.into_iter().chain(asked.from.map(ParisDay::iso)).chain([over]).max().unwrap_or_default();
        let mut query = self
            .0
            .query(Table::Shelves)
            .key_condition_expression("#shelf = :shelf AND #place > :start")
            .expression_attribute_names("#shelf", "shelf")
            .expression_attribute_names("#place", "place")
            .expression_attribute_values(":shelf", text(shelf))
            .expression_attribute_values(":start", text(start));
        let mut filters = Vec::new();
        if let Some(to) = asked.to {
            filters.push("first_day <= :to");
            query = query.expression_attribute_values(":to", text(to.iso()));
        }
        if let Some(offer) = asked.offer {
            filters.push("#offer = :offer");
            query =
                query.expression_attribute_names("#offer", "offer").expression_attribute_values(":offer", text(offer));
        }
        if asked.places_left {
            filters.push("#full = :no");
            query = query
                .expression_attribute_names("#full", "full")
                .expression_attribute_values(":no", AttributeValue::Bool(false));
        }
        if filters.is_empty() {
            return query.limit(i32::try_from(limit + 1).unwrap_or(LOOKED_AT));
        }
        query.filter_expression(filters.join(" AND ")).limit(LOOKED_AT)
    }

    /// The communes in which a bon plan was ever published: code and name, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn communes(&self) -> Result<Vec<(String, String)>, StoreError> {
        let item = self.0.get_item(&communes_key()).await?.unwrap_or_default();
        let names = item.get("names").and_then(|names| names.as_ss().ok()).cloned().unwrap_or_default();
        // Two spellings of a commune are one choice: the one that sorts last, because capitals sort first.
        let mut names = names;
        names.sort();
        let by_code: BTreeMap<String, String> = names.into_iter().map(|name| (commune_code(&name), name)).collect();
        Ok(by_code.into_iter().collect())
    }

    /// Puts bons plans on their shelves, each full or not, without any check. For imports and measurements.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, plans: &[(BonPlan, bool)]) -> Result<(), StoreError> {
        for chunk in plans.chunks(25) {
            let rows = chunk.iter().flat_map(|(plan, full)| self.rows(plan, *full)).collect();
            self.0.transact(rows).await?;
        }
        Ok(())
    }

    /// Marks a bon plan as full on its shelves, if its counters say so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn say_full(&self, plan: &BonPlan) -> Result<(), StoreError> {
        self.0.transact(self.mark(plan, true)).await.map(|_| ())
    }

    /// Puts a bon plan on its shelves.
    pub(crate) fn show(&self, plan: &BonPlan, full: bool) -> Vec<TransactWriteItem> {
        let name = AttributeValue::Ss(vec![plan.content.place.commune.to_string()]);
        let known = Expression::new("ADD #names :name").name("#names", "names").value(":name", name);
        let mut writes = self.rows(plan, full);
        // This row never has that attribute, so the condition always holds.
        writes.push(self.0.change_if(&communes_key(), known, "attribute_not_exists(bon_plan_id)"));
        writes
    }

    fn rows(&self, plan: &BonPlan, full: bool) -> Vec<TransactWriteItem> {
        let card = card(plan, full);
        let on = |shelf: String| {
            let mut item = to_item(&card);
            item.insert("shelf".into(), text(shelf));
            item.insert("place".into(), text(place(plan).as_str()));
            self.0.put_if(Table::Shelves, item, Expression::new("attribute_not_exists(#key)").name("#key", "shelf"))
        };
        shelves(plan).into_iter().map(on).collect()
    }

    /// Takes a bon plan off its shelves.
    pub(crate) fn hide(&self, plan: &BonPlan) -> Vec<TransactWriteItem> {
        keys(plan).iter().map(|key| self.0.remove(key)).collect()
    }

    /// Marks a bon plan as full or not on all its shelves, on the condition that it is there and its counters say so.
    pub(crate) fn mark(&self, plan: &BonPlan, full: bool) -> Vec<TransactWriteItem> {
        let so = if full { "taken >= #places" } else { "attribute_not_exists(#places) OR taken < #places" };
        let mut writes =
            vec![self.0.require(&Attendances::terms_key(plan.id), Expression::new(so).name("#places", "places"))];
        writes.extend(keys(plan).iter().map(|key| {
            let change =
                Expression::new("SET #full = :full").name("#full", "full").value(":full", AttributeValue::Bool(full));
            self.0.change_if(key, change, "attribute_exists(bon_plan_id)")
        }));
        writes
    }

    /// The key of the row that represents all four.
    pub(crate) fn row_key(plan: &BonPlan) -> Key {
        key(shelf(None, None), &place(plan))
    }
}

fn communes_key() -> Key {
    Key::new(Table::Shelves, "shelf", COMMUNES).and("place", "#")
}

fn key(shelf: String, place: &ShelfPlace) -> Key {
    Key::new(Table::Shelves, "shelf", shelf).and("place", place.as_str())
}

fn keys(plan: &BonPlan) -> [Key; 4] {
    shelves(plan).map(|shelf| key(shelf, &place(plan)))
}

fn place(plan: &BonPlan) -> ShelfPlace {
    ShelfPlace::of(plan.content.dates.ending(), plan.id)
}

fn shelf(envelope: Option<Envelope>, commune: Option<&str>) -> String {
    format!("{}#{}", envelope.map_or("*", Envelope::code), commune.unwrap_or("*"))
}

fn shelves(plan: &BonPlan) -> [String; 4] {
    let (envelope, commune) = (Some(plan.content.envelope), plan.content.place.commune_code());
    let commune = Some(commune.as_str());
    [shelf(None, None), shelf(envelope, None), shelf(None, commune), shelf(envelope, commune)]
}

fn card(plan: &BonPlan, full: bool) -> Card {
    let content = &plan.content;
    let hours = content.dates.only().and_then(Slot::hours);
    Card {
        bon_plan_id: plan.id,
        title: content.title.to_string(),
        partner_name: plan.partner_name.as_str().chars().take(NAME).collect(),
        commune: content.place.commune.to_string(),
        envelope: content.envelope,
        first_day: content.dates.first_day(),
        last_day: content.dates.last_day(),
        dates: u8::try_from(content.dates.slots().len()).ok(),
        begin: hours.map(Hours::begin),
        end: hours.map(Hours::end),
        times: content.times.as_ref().map(ToString::to_string),
        offer: content.offer.code().to_owned(),
        terms: match &content.offer {
            Offer::Free => None,
            Offer::Reduced(terms) => Some(terms.to_string()),
        },
        picture: plan.picture.as_ref().map(|picture| picture.small.name().to_owned()),
        full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bons_plans::items::tests::published;

    #[test]
    fn a_card_reads_back_and_is_small() {
        let card = card(&published(), true);
        let item = to_item(&card);
        let bytes: usize = item.iter().map(|(name, value)| name.len() + value.as_s().map_or(1, String::len)).sum();
        assert!(bytes < 400, "{bytes} bytes");
        assert_eq!(from_item::<Card>(Table::Shelves, item).unwrap(), card);
    }

    #[test]
    fn a_place_reads_back_and_nothing_else_does() {
        let here = place(&published());
        assert_eq!(ShelfPlace::parse(here.as_str()), Ok(here.clone()));
        assert_eq!(here.as_str(), format!("2026-11-29 23:00#{}", published().id));
        let before = format!("2026-11-29#{}", published().id);
        assert_eq!(ShelfPlace::parse(&before).unwrap().as_str(), before, "as it was before dates had hours");
        for text in ["", "#", "2026-11-22", "2026-11-22#", "demain#00000000-0000-0000-0000-000000000000"] {
            assert_eq!(ShelfPlace::parse(text).unwrap_err().code, "after", "{text}");
        }
    }

    #[test]
    fn a_bon_plan_stands_on_four_shelves() {
        let on = shelves(&published());
        assert_eq!(on, ["*#*", "reading#*", "*#marseille", "reading#marseille"]);
    }
}
