//! Who comes to a bon plan: places, the line, and the counters that nobody oversells.
//!
//! `attendances`: key `bon_plan_id`, `entry`. Entry `#` is the terms and counters, the one item that everybody writes;
//! `young#<beneficiary>` is a registration; `wait#<arrival>` is a place in line, so that the first one is one consistent read.
//! Index `by_line` (`bon_plan_id`, `line`) lists registrations in the order in which people came, those with a place apart
//! from those in line; index `by_beneficiary` (`beneficiary_id`, `arrival`) is a young person's own list. A place and its
//! counter move in one transaction.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{
    ArrivalId, Attendee, BeneficiaryId, BirthDate, BonPlan, BonPlanId, CardState, Refusal, Standing, Terms,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::beneficiaries::{Beneficiaries, card_state_code};
use crate::directory::Directory;
use crate::dynamo::{Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, text, to_item};
use crate::outbox::{Entry, Outbox};
use crate::shelves::{Card, Shelves};
use crate::writes::Expression;

/// Somebody who wants to come.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// With the arrival that the request was given; the standing is decided here.
    pub attendee: Attendee,
    /// Against the minimum age.
    pub born: BirthDate,
    /// A suspended card registers for nothing.
    pub card: CardState,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is stored now.
    Now(Standing),
    /// One was registered already, and stays so.
    Before(Attendee),
}

/// A registration in a young person's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// For what.
    pub bon_plan: BonPlanId,
    /// With a place, or in line.
    pub standing: Standing,
    /// Its place in the list.
    pub arrival: ArrivalId,
}

/// A page of registrants, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct AttendeePage {
    /// The registrants.
    pub attendees: Vec<Attendee>,
    /// Give it back to get the next page.
    pub next: Option<ArrivalId>,
}

/// How often a decision is made again because others came or left meanwhile.
const TRIES: usize = 200;
/// How far a place in line is counted.
const COUNTED: i32 = 500;

const TERMS: &str = "#";
const YOUNG: &str = "young#";

/// The repository.
#[derive(Clone, Debug)]
pub struct Attendances(pub(crate) Dynamo);

/// Reading.
impl Attendances {
    /// The key of the terms, for a batch read.
    pub fn terms_key(plan: BonPlanId) -> Key {
        Key::new(Table::Attendances, "bon_plan_id", plan).and("entry", TERMS)
    }

    /// The key of somebody's registration, for a batch read.
    pub fn key(plan: BonPlanId, who: BeneficiaryId) -> Key {
        Key::new(Table::Attendances, "bon_plan_id", plan).and("entry", format!("{YOUNG}{who}"))
    }

    fn line_key(plan: BonPlanId, arrival: ArrivalId) -> Key {
        Key::new(Table::Attendances, "bon_plan_id", plan).and("entry", format!("wait#{arrival}"))
    }

    /// The terms in what a batch read found; none before the first publication.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn terms_in(found: &Found, plan: BonPlanId) -> Result<Option<Terms>, StoreError> {
        found.item(&Self::terms_key(plan)).map(|item| terms(item.clone())).transpose()
    }

    /// The registration in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, plan: BonPlanId, who: BeneficiaryId) -> Result<Option<Attendee>, StoreError> {
        found.item(&Self::key(plan, who)).map(|item| attendee(item.clone())).transpose()
    }

    /// The terms; none before the first publication.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn terms(&self, plan: BonPlanId) -> Result<Option<Terms>, StoreError> {
        self.0.get_item(&Self::terms_key(plan)).await?.map(terms).transpose()
    }

    /// A page of those with a place, or of those in line, in the order in which they came.
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
        // A bound that no arrival equals: right after the last one shown.
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

    /// A page of a young person's registrations, latest first, and where the next one starts.
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

    /// Somebody's place in line, 1 for the first; none beyond 500.
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

    /// The first in line, by consistent reads.
    async fn first_in_line(&self, plan: BonPlanId) -> Result<Option<Attendee>, StoreError> {
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

/// Coming and leaving.
impl Attendances {
    /// Registers somebody: a place while places last and nobody waits, with the mail that `told` writes of it, or else the end
    /// of the line. The conditions state the rules again, so that nobody gets in between what was read and what is written;
    /// one of them is that the partner's convention is in force.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] says which rule.
    pub async fn join(
        &self,
        plan: &BonPlan,
        seen: Terms,
        candidate: &Candidate,
        now: Timestamp,
        told: impl Fn(&Attendee) -> Option<Entry>,
    ) -> Result<Result<Joined, Refusal>, StoreError> {
        let mut terms_seen = seen;
        for _ in 0..TRIES {
            let standing = match plan.admit(&terms_seen, (candidate.born, candidate.card), now) {
                Ok(standing) => standing,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let mut writes = self.joining(plan, candidate, standing, now);
            let mail = if standing == Standing::In { told(&candidate.attendee) } else { None };
            writes.extend(mail.map(|mail| Outbox(self.0.clone()).entry(&mail)));
            let reasons = match self.0.transact_patiently(writes).await? {
                Commit::Done => return Ok(Ok(Joined::Now(standing))),
                Commit::Refused(reasons) => reasons,
            };
            let mut reasons = reasons.into_iter();
            let mut next = || reasons.next().unwrap_or_default();
            let (own, counters, card, partner) = (next(), next(), next(), next());
            match (own.item, counters.item) {
                (Some(first), _) => return Ok(Ok(Joined::Before(attendee(first)?))),
                (None, Some(item)) => terms_seen = terms(item)?,
                (None, None) if card.failed => return Ok(Err(Refusal::CardSuspended)),
                (None, None) if partner.failed => return Ok(Err(Refusal::RegistrationSuspended)),
                (None, None) => return Err(StoreError::Failed("a refused registration names no reason".into())),
            }
        }
        Err(StoreError::Busy("a bon plan's counters keep changing".into()))
    }

    fn joining(
        &self,
        plan: &BonPlan,
        candidate: &Candidate,
        standing: Standing,
        now: Timestamp,
    ) -> Vec<TransactWriteItem> {
        let who = Attendee { standing, ..candidate.attendee.clone() };
        let (counter, room) = match standing {
            Standing::In => ("taken", "waiting = :none AND (attribute_not_exists(#places) OR taken < #places)"),
            Standing::Waiting => ("waiting", "attribute_exists(#places) AND (taken >= #places OR waiting > :none)"),
        };
        let change = Expression::new("ADD #counter :one")
            .name("#counter", counter)
            .name("#open", "open")
            .name("#places", "places")
            .value(":one", number(1))
            .value(":none", number(0))
            .value(":yes", AttributeValue::Bool(true))
            .value(":now", number(now.as_millisecond()))
            .value(":born", text(candidate.born.iso()));
        let welcome = "#open = :yes AND closes_at_ms > :now AND (attribute_not_exists(born_by) OR born_by >= :born)";
        let active = Expression::new("card_state = :active").value(":active", text(card_state_code(CardState::Active)));
        let mut writes = vec![
            self.0.put_new(Table::Attendances, attendee_item(plan.id, &who), "entry"),
            self.0.change_if(&Self::terms_key(plan.id), change, &format!("{welcome} AND {room}")),
            self.0.require(&Beneficiaries::key(who.beneficiary), active),
            Directory(self.0.clone()).is_listed(&plan.partner),
        ];
        if standing == Standing::Waiting {
            let mut place = Self::line_key(plan.id, who.arrival).attributes();
            place.insert("who".into(), text(who.beneficiary));
            writes.push(self.0.put_new(Table::Attendances, place, "entry"));
        }
        writes
    }

    /// Takes somebody off the list. While the bon plan keeps its line, a place that becomes free goes to the first in line in
    /// the same transaction, with the mail that `told` writes to them. Who is not on the list leaves nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave(
        &self,
        plan: &BonPlan,
        who: BeneficiaryId,
        now: Timestamp,
        told: impl Fn(&Attendee) -> Entry,
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let found = self.0.read(&[Self::terms_key(plan.id), Self::key(plan.id, who)]).await?;
            let (Some(terms), Some(leaver)) = (Self::terms_in(&found, plan.id)?, Self::in_found(&found, plan.id, who)?)
            else {
                return Ok(());
            };
            let keeps_its_line = plan.keeps_its_line(now);
            if keeps_its_line && terms.promotes() {
                // A place is free already, and nobody has called the first in line yet.
                self.settle(plan, now, &told).await?;
                continue;
            }
            let freed = Terms { taken: terms.taken.saturating_sub(1), ..terms };
            let mut writes = vec![self.forget(plan.id, &leaver)];
            match leaver.standing {
                Standing::Waiting => {
                    writes.push(self.0.remove_if(&Self::line_key(plan.id, leaver.arrival), there()));
                    writes.push(self.count(plan.id, (0, -1), "waiting > :none"));
                }
                Standing::In if keeps_its_line && freed.promotes() => {
                    let Some(first) = self.first_in_line(plan.id).await? else { continue };
                    writes.push(self.count(plan.id, (0, -1), "waiting > :none AND taken <= #places"));
                    writes.extend(self.promoting(plan.id, &first, &told(&first)));
                }
                Standing::In if keeps_its_line => {
                    writes.push(self.count(plan.id, (-1, 0), "waiting = :none OR taken > #places"));
                }
                Standing::In => writes.push(self.count(plan.id, (-1, 0), "taken > :none")),
            }
            if let Commit::Done = self.0.transact_patiently(writes).await? {
                return Ok(());
            }
        }
        Err(StoreError::Busy("a bon plan's list keeps changing".into()))
    }

    /// Brings the line and the shelves in step with the counters: while a place is free and somebody waits, the first in
    /// line gets it and is told; then lists say whether it is full. Whoever changed the counters calls it; what a crash left
    /// undone, the next one does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(
        &self,
        plan: &BonPlan,
        now: Timestamp,
        told: impl Fn(&Attendee) -> Entry,
    ) -> Result<(), StoreError> {
        let row = Shelves::row_key(plan);
        let shelves = Shelves(self.0.clone());
        let places = plan.content.places.map_or(0, |places| places.count() as usize);
        for _ in 0..TRIES + places {
            let found = self.0.read(&[Self::terms_key(plan.id), row.clone()]).await?;
            let Some(terms) = Self::terms_in(&found, plan.id)? else { return Ok(()) };
            if terms.promotes() && plan.keeps_its_line(now) {
                if let Some(first) = self.first_in_line(plan.id).await? {
                    self.0.transact_patiently(self.promotion(plan.id, &first, &told(&first))).await?;
                }
                continue;
            }
            match found.read::<Card>(&row)? {
                Some(card) if card.full != terms.is_full() => {
                    self.0.transact_patiently(shelves.mark(plan, terms.is_full())).await?;
                }
                _ => return Ok(()),
            }
        }
        Err(StoreError::Busy("a bon plan's list keeps changing".into()))
    }

    /// Tells a registrant something about the bon plan once: `false` when it was told before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell(&self, plan: BonPlanId, who: BeneficiaryId, mail: &Entry) -> Result<bool, StoreError> {
        let change = Expression::new("SET told_at = :now").value(":now", text(mail.made_at));
        let once = "attribute_exists(beneficiary_id) AND attribute_not_exists(told_at)";
        let writes = vec![self.0.change_if(&Self::key(plan, who), change, once), Outbox(self.0.clone()).entry(mail)];
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Registrants, with a place or in line, whom nobody [told](Self::tell) anything yet, by consistent reads: those among the
    /// next `limit`, and where to go on; nowhere after the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn untold(
        &self,
        plan: BonPlanId,
        after: Option<BeneficiaryId>,
        limit: i32,
    ) -> Result<(Vec<Attendee>, Option<BeneficiaryId>), StoreError> {
        #[derive(Deserialize)]
        struct Last {
            entry: String,
        }
        let query = self
            .0
            .query(Table::Attendances)
            .key_condition_expression("bon_plan_id = :plan AND begins_with(#entry, :young)")
            .filter_expression("attribute_not_exists(told_at)")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":plan", text(plan))
            .expression_attribute_values(":young", text(YOUNG))
            .set_exclusive_start_key(after.map(|after| Self::key(plan, after).attributes()))
            .consistent_read(true)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let attendees = items.into_iter().map(attendee).collect::<Result<_, _>>()?;
        let Some(last) = more else { return Ok((attendees, None)) };
        let last: Last = from_item(Table::Attendances, last)?;
        let who = last.entry.strip_prefix(YOUNG).and_then(|id| Uuid::try_parse(id).ok().map(BeneficiaryId));
        Ok((attendees, who))
    }

    /// A free place goes to the first in line.
    fn promotion(&self, plan: BonPlanId, first: &Attendee, mail: &Entry) -> Vec<TransactWriteItem> {
        let room = "waiting > :none AND (attribute_not_exists(#places) OR taken < #places)";
        let mut writes = vec![self.count(plan, (1, -1), room)];
        writes.extend(self.promoting(plan, first, mail));
        writes
    }

    /// The first in line leaves it for a place, and is told.
    fn promoting(&self, plan: BonPlanId, first: &Attendee, mail: &Entry) -> Vec<TransactWriteItem> {
        let change = Expression::new("SET standing = :in, #line = :place")
            .name("#line", "line")
            .value(":in", text(Standing::In.code()))
            .value(":place", text(line(Standing::In, &first.arrival.to_string())))
            .value(":waiting", text(Standing::Waiting.code()))
            .value(":arrival", text(first.arrival));
        vec![
            self.0.remove_if(&Self::line_key(plan, first.arrival), there()),
            self.0.change_if(&Self::key(plan, first.beneficiary), change, "standing = :waiting AND arrival = :arrival"),
            Outbox(self.0.clone()).entry(mail),
        ]
    }

    /// Deletes a registration that is still as it was read.
    fn forget(&self, plan: BonPlanId, who: &Attendee) -> TransactWriteItem {
        let unchanged = Expression::new("standing = :standing AND arrival = :arrival")
            .value(":standing", text(who.standing.code()))
            .value(":arrival", text(who.arrival));
        self.0.remove_if(&Self::key(plan, who.beneficiary), unchanged)
    }

    /// Moves the counters by (places taken, people in line).
    fn count(&self, plan: BonPlanId, (taken, waiting): (i8, i8), condition: &str) -> TransactWriteItem {
        let change = Expression::new("ADD taken :taken, waiting :waiting")
            .value(":taken", number(taken))
            .value(":waiting", number(waiting))
            .value(":none", number(0));
        let change = if condition.contains("#places") { change.name("#places", "places") } else { change };
        self.0.change_if(&Self::terms_key(plan), change, condition)
    }
}

/// Terms, as the bon plan goes.
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

fn there() -> Expression {
    Expression::new("attribute_exists(#key)").name("#key", "entry")
}

/// Those with a place before those in line, each in order of arrival.
fn line(standing: Standing, arrival: &str) -> String {
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

fn terms_item(plan: BonPlanId, of: &Terms) -> Item {
    let mut item = to_item(&TermsItem {
        open: of.open,
        places: of.places,
        taken: of.taken,
        waiting: of.waiting,
        closes_at_ms: of.closes_at.as_millisecond(),
        born_by: of.born_by,
    });
    item.extend(Attendances::terms_key(plan).attributes());
    item
}

fn terms(item: Item) -> Result<Terms, StoreError> {
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
struct RegisteredItem {
    bon_plan_id: BonPlanId,
    standing: Standing,
    arrival: ArrivalId,
}

fn attendee_item(plan: BonPlanId, who: &Attendee) -> Item {
    let mut item = to_item(who);
    item.extend(Attendances::key(plan, who.beneficiary).attributes());
    item.insert("beneficiary_id".into(), text(who.beneficiary));
    item.insert("line".into(), text(line(who.standing, &who.arrival.to_string())));
    item
}

fn attendee(item: Item) -> Result<Attendee, StoreError> {
    from_item(Table::Attendances, item)
}

#[cfg(test)]
mod tests {
    use epass_domain::{Email, Line, Phone};

    use super::*;
    use crate::bons_plans::tests::published;

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
