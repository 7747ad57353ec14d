//! Bons plans, from draft to withdrawal.
//!
//! `bons_plans`: key `bon_plan_id` (UUIDv7). Index `by_partner` (`partner_id`, `bon_plan_id`) is a partner's list; index
//! `by_stage` (`stage`, `stage_since`) holds only those that wait: for the team, or, gone, until all registrants are told. A
//! draft lies there as well, until it is sent and becomes a bon plan under the same key. Every save is conditional on the
//! revision that was read, and keeps the terms of registration and the shelves in step in the same transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{
    BonPlan, BonPlanDraft, BonPlanId, BonPlanState, Content, DraftText, Ending, Envelope, Line, ParisDay, PartnerId,
    Picture, Refusal, Terms,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attendance::Attendances;
use crate::directory::Directory;
use crate::dynamo::{Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, text, to_item};
use crate::outbox::{Entry, Outbox};
use crate::shelves::Shelves;
use crate::writes::Expression;

/// A line of a partner's list or of the team's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlanLine {
    /// Which.
    pub bon_plan_id: BonPlanId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Under which name; none of a draft.
    pub partner_name: Option<Line>,
    /// *Titre*, or a draft's name.
    pub title: Line,
    /// On what; none of a draft.
    pub envelope: Option<Envelope>,
    /// From this day; none of a draft.
    pub first_day: Option<ParisDay>,
    /// Until then; none of a draft.
    #[serde(rename = "last_day")]
    pub ends: Option<Ending>,
    /// [`BonPlanState::code`], or [`BonPlanState::DRAFT`].
    pub standing: String,
    /// Since when it waits for the team.
    pub stage_since: Option<Timestamp>,
}

/// A page of lines, and where the next one starts.
#[derive(Clone, Debug, Default)]
pub struct BonPlanPage {
    /// The lines.
    pub lines: Vec<BonPlanLine>,
    /// The last line's place, where there are more.
    pub next: Option<LinePlace>,
}

/// A line's place in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePlace {
    /// Which.
    pub bon_plan: BonPlanId,
    /// Since when it waits, in the team's queue.
    pub since: Option<Timestamp>,
}

/// The repository.
#[derive(Clone, Debug)]
pub struct BonsPlans(pub(crate) Dynamo);

/// What a partner finds under the id of a bon plan of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnBonPlan {
    /// It was never sent.
    Draft(BonPlanDraft),
    /// It was sent at least once.
    Sent(Box<BonPlan>),
}

impl OwnBonPlan {
    /// Whose it is.
    pub const fn partner(&self) -> &PartnerId {
        match self {
            Self::Draft(draft) => &draft.partner,
            Self::Sent(plan) => &plan.partner,
        }
    }
}

/// What waits for the team.
const SUBMITTED: &str = "submitted";
/// What is gone, and whose registrants are not all told yet.
const TELLING: &str = "telling";
/// How often a save is tried again because somebody registered meanwhile.
const TRIES: usize = 50;

impl BonsPlans {
    /// The key of a bon plan, for a batch read.
    pub fn key(id: BonPlanId) -> Key {
        Key::new(Table::BonsPlans, "bon_plan_id", id)
    }

    /// The bon plan in what a batch read found; a draft is none.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, id: BonPlanId) -> Result<Option<BonPlan>, StoreError> {
        Ok(sent(Self::own_in_found(found, id)?))
    }

    /// The bon plan or the draft in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn own_in_found(found: &Found, id: BonPlanId) -> Result<Option<OwnBonPlan>, StoreError> {
        found.item(&Self::key(id)).map(|item| kept(item.clone())).transpose()
    }

    /// One bon plan; a draft is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: BonPlanId) -> Result<Option<BonPlan>, StoreError> {
        let item = self.0.get_item(&Self::key(id)).await?;
        Ok(sent(item.map(kept).transpose()?))
    }

    /// Stores a new one that was sent at once, with the mails that tell of it. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create(&self, plan: &BonPlan, mails: &[Entry]) -> Result<(), StoreError> {
        let mut writes = vec![self.0.put_new(Table::BonsPlans, bon_plan_item(plan), "bon_plan_id")];
        writes.extend(self.letters(mails));
        self.0.transact(writes).await.map(|_| ())
    }

    /// Stores a new draft. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_draft(&self, draft: &BonPlanDraft) -> Result<(), StoreError> {
        let new = self.0.put_new(Table::BonsPlans, draft_item(draft), "bon_plan_id");
        self.0.transact(vec![new]).await.map(|_| ())
    }

    /// Stores a draft that was `before`.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] is [`Refusal::BonPlanChanged`] when it changed since, or was sent or deleted.
    pub async fn save_draft(
        &self,
        before: &BonPlanDraft,
        after: &BonPlanDraft,
    ) -> Result<Result<(), Refusal>, StoreError> {
        self.unless_changed(vec![self.0.put_if(Table::BonsPlans, draft_item(after), read_as(before.revision))]).await
    }

    /// A draft was sent: stores the bon plan that it became, with the mails that tell of it.
    ///
    /// # Errors
    /// As [`BonsPlans::save_draft`].
    pub async fn send_draft(
        &self,
        before: &BonPlanDraft,
        after: &BonPlan,
        mails: &[Entry],
    ) -> Result<Result<(), Refusal>, StoreError> {
        let mut writes = vec![self.0.put_if(Table::BonsPlans, bon_plan_item(after), read_as(before.revision))];
        writes.extend(self.letters(mails));
        self.unless_changed(writes).await
    }

    /// Deletes a draft.
    ///
    /// # Errors
    /// As [`BonsPlans::save_draft`].
    pub async fn delete_draft(&self, draft: &BonPlanDraft) -> Result<Result<(), Refusal>, StoreError> {
        self.unless_changed(vec![self.0.remove_if(&Self::key(draft.id), read_as(draft.revision))]).await
    }

    async fn unless_changed(&self, writes: Vec<TransactWriteItem>) -> Result<Result<(), Refusal>, StoreError> {
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(_) => Ok(Err(Refusal::BonPlanChanged)),
        }
    }

    /// Stores what became of one that was `before`, with the mails that tell of it, or nothing. What is published is on the
    /// shelves and open for registration from then on, while its partner's convention is in force; what no longer is, is
    /// neither.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] is [`Refusal::BonPlanChanged`] when somebody else changed it since, and
    /// [`Refusal::PartnerBlocked`] when it would be published and its partner has no convention in force.
    pub async fn save(
        &self,
        before: &BonPlan,
        after: &BonPlan,
        mails: &[Entry],
    ) -> Result<Result<(), Refusal>, StoreError> {
        let publishes = after.is_published() && !before.is_published();
        for _ in 0..TRIES {
            let mut writes = vec![self.0.put_if(Table::BonsPlans, bon_plan_item(after), read_as(before.revision))];
            if publishes {
                writes.push(Directory(self.0.clone()).is_listed(&after.partner));
            }
            writes.extend(self.beside(before, after).await?);
            writes.extend(self.letters(mails));
            match self.0.transact(writes).await? {
                Commit::Done => return Ok(Ok(())),
                Commit::Refused(reasons) if reasons.first().is_some_and(|plan| plan.failed) => {
                    return Ok(Err(Refusal::BonPlanChanged));
                }
                Commit::Refused(reasons) if publishes && reasons.get(1).is_some_and(|listed| listed.failed) => {
                    return Ok(Err(Refusal::PartnerBlocked));
                }
                // Somebody registered or left while this was read.
                Commit::Refused(_) => {}
            }
        }
        Err(StoreError::Busy("a bon plan's counters keep changing".into()))
    }

    /// The writes that keep terms and shelves in step.
    async fn beside(&self, before: &BonPlan, after: &BonPlan) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (attendances, shelves) = (Attendances(self.0.clone()), Shelves(self.0.clone()));
        let mut writes = Vec::new();
        if before.is_published() {
            writes.extend(shelves.hide(before));
        }
        let terms = Terms::of(after);
        match (before.first_published_at, after.first_published_at) {
            (_, None) => {}
            (None, Some(_)) => {
                writes.push(attendances.open(after.id, &terms));
                writes.extend(shelves.show(after, terms.is_full()));
            }
            (Some(_), Some(_)) if after.is_published() => {
                let seen = attendances.terms(after.id).await?.ok_or_else(no_terms)?;
                let terms = Terms { taken: seen.taken, waiting: seen.waiting, ..terms };
                writes.push(attendances.reopen(after.id, &terms));
                writes.extend(shelves.show(after, terms.is_full()));
            }
            (Some(_), Some(_)) => writes.push(attendances.close(after.id)),
        }
        Ok(writes)
    }

    fn letters(&self, mails: &[Entry]) -> Vec<TransactWriteItem> {
        let outbox = Outbox(self.0.clone());
        mails.iter().map(|mail| outbox.entry(mail)).collect()
    }

    /// Stores one as it is, on its shelves where it is published: what demo data and imports are made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, plan: &BonPlan) -> Result<(), StoreError> {
        let mut writes = vec![self.0.put_new(Table::BonsPlans, bon_plan_item(plan), "bon_plan_id")];
        if plan.first_published_at.is_some() {
            writes.push(Attendances(self.0.clone()).open(plan.id, &Terms::of(plan)));
        }
        if plan.is_published() {
            writes.extend(Shelves(self.0.clone()).show(plan, false));
        }
        self.0.transact(writes).await.map(|_| ())
    }

    /// A page of a partner's, the latest begun first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_partner(
        &self,
        partner: &PartnerId,
        after: Option<BonPlanId>,
        limit: i32,
    ) -> Result<BonPlanPage, StoreError> {
        let start = after.map(|after| {
            let mut start = Self::key(after).attributes();
            start.insert("partner_id".into(), text(partner));
            start
        });
        self.lines("by_partner", ("partner_id", partner.as_str()), start, (false, limit)).await
    }

    /// A page of those that wait for the team, those that wait longest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn awaiting(&self, after: Option<&LinePlace>, limit: i32) -> Result<BonPlanPage, StoreError> {
        let start = after.and_then(|place| {
            let mut start = Self::key(place.bon_plan).attributes();
            start.insert("stage".into(), text(SUBMITTED));
            start.insert("stage_since".into(), text(place.since?));
            Some(start)
        });
        self.lines("by_stage", ("stage", SUBMITTED), start, (true, limit)).await
    }

    /// Those that are gone and whose registrants are not all told yet, those that wait longest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn telling(&self, limit: i32) -> Result<Vec<BonPlanLine>, StoreError> {
        Ok(self.lines("by_stage", ("stage", TELLING), None, (true, limit)).await?.lines)
    }

    /// All registrants of one that is gone are told. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told(&self, id: BonPlanId) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&Self::key(id))
            .update_expression("REMOVE #stage, stage_since")
            .condition_expression("#stage = :telling")
            .expression_attribute_names("#stage", "stage")
            .expression_attribute_values(":telling", text(TELLING));
        self.0.apply(update).await.map(|_| ())
    }

    async fn lines(
        &self,
        index: &str,
        (hash, value): (&str, &str),
        start: Option<Item>,
        (forward, limit): (bool, i32),
    ) -> Result<BonPlanPage, StoreError> {
        let query = self
            .0
            .query(Table::BonsPlans)
            .index_name(index)
            .key_condition_expression("#hash = :value")
            .expression_attribute_names("#hash", hash)
            .expression_attribute_values(":value", text(value))
            .set_exclusive_start_key(start)
            .scan_index_forward(forward)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let lines: Vec<BonPlanLine> =
            items.into_iter().map(|item| from_item(Table::BonsPlans, item)).collect::<Result<_, _>>()?;
        let place = |line: &BonPlanLine| LinePlace { bon_plan: line.bon_plan_id, since: line.stage_since };
        let next = more.and(lines.last()).map(place);
        Ok(BonPlanPage { lines, next })
    }
}

fn no_terms() -> StoreError {
    StoreError::Failed("a bon plan that was published has no terms".into())
}

/// That the item is of the revision that was read.
fn read_as(revision: u32) -> Expression {
    Expression::new("revision = :read").value(":read", number(revision))
}

fn sent(kept: Option<OwnBonPlan>) -> Option<BonPlan> {
    match kept? {
        OwnBonPlan::Draft(_) => None,
        OwnBonPlan::Sent(plan) => Some(*plan),
    }
}

/// A draft as it was kept while it had to be complete.
#[derive(Deserialize)]
struct CompleteDraft {
    id: BonPlanId,
    partner: PartnerId,
    content: Content,
    picture: Option<Picture>,
    revision: u32,
}

impl From<CompleteDraft> for BonPlanDraft {
    fn from(kept: CompleteDraft) -> Self {
        let CompleteDraft { id, partner, content, picture, revision } = kept;
        let name = content.title.clone();
        let text = DraftText::Copied { content: Box::new(content), picture };
        Self { id, partner, name, text, revision }
    }
}

fn kept(item: Item) -> Result<OwnBonPlan, StoreError> {
    let is_draft =
        item.get("standing").and_then(|word| word.as_s().ok()).is_some_and(|word| word == BonPlanState::DRAFT);
    if !is_draft {
        return Ok(OwnBonPlan::Sent(from_item(Table::BonsPlans, item)?));
    }
    let draft = match item.contains_key("text") {
        true => from_item(Table::BonsPlans, item)?,
        false => from_item::<CompleteDraft>(Table::BonsPlans, item)?.into(),
    };
    Ok(OwnBonPlan::Draft(draft))
}

fn draft_item(draft: &BonPlanDraft) -> Item {
    let mut item = to_item(draft);
    item.insert("bon_plan_id".into(), text(draft.id));
    item.insert("partner_id".into(), text(&draft.partner));
    item.insert("title".into(), text(draft.name.as_str()));
    item.insert("standing".into(), text(BonPlanState::DRAFT));
    item
}

fn bon_plan_item(plan: &BonPlan) -> Item {
    let content = &plan.content;
    let mut item = to_item(plan);
    item.insert("bon_plan_id".into(), text(plan.id));
    item.insert("partner_id".into(), text(&plan.partner));
    item.insert("title".into(), text(content.title.as_str()));
    item.insert("envelope".into(), text(content.envelope.code()));
    item.insert("first_day".into(), text(content.dates.first_day().iso()));
    item.insert("last_day".into(), text(content.dates.ending().code()));
    item.insert("standing".into(), text(plan.state.code()));
    let stage = match plan.state {
        BonPlanState::Submitted { at } => Some((SUBMITTED, at)),
        _ => plan.gone_since().filter(|_| plan.has_registrants_to_tell()).map(|at| (TELLING, at)),
    };
    if let Some((stage, since)) = stage {
        item.insert("stage".into(), text(stage));
        item.insert("stage_since".into(), text(since));
    }
    item
}

#[cfg(test)]
pub(crate) mod tests {
    use epass_domain::{
        ClockTime, Dates, Email, Hours, MinimumAge, Offer, Paragraph, Place, Places, Postcode, RegistrationTerms,
        Rendition, Slot,
    };

    use super::*;

    pub(crate) fn published() -> BonPlan {
        let line = |text: &str| Line::parse(text, 100).unwrap();
        let day = |text| ParisDay::parse(text).unwrap();
        let time = |text| ClockTime::parse(text).unwrap();
        let hours = Hours::new(time("20:30"), time("23:00")).unwrap();
        let slot = Slot::new(day("28/11/2026"), day("29/11/2026"), Some(hours)).unwrap();
        let dates = Dates::new(vec![slot], Timestamp::UNIX_EPOCH.max(day("22/11/2026").starts())).unwrap();
        let registration = Some(RegistrationTerms::new(None, &dates).unwrap());
        let rendition = |size: &str| Rendition {
            key: format!("bon-plan/0123456789abcdef0123456789abcdef-{size}.jpg"),
            width: 400,
            height: 300,
        };
        BonPlan {
            id: BonPlanId(uuid::Uuid::max()),
            partner: PartnerId::mint(1),
            partner_name: line("Librairie du Vieux-Port"),
            referent_email: Email::parse("a@b.fr").unwrap(),
            referent_name: None,
            content: Content {
                title: line("Rencontre avec une autrice de romans graphiques"),
                description: Paragraph::parse("Une heure de lecture.", 100).unwrap(),
                envelope: Envelope::Reading,
                place: Place {
                    name: line("Librairie"),
                    street: Some(line("1 rue des Lices")),
                    postcode: Postcode::parse("13001").unwrap(),
                    commune: line("Marseille"),
                },
                dates,
                times: Some(line("ouverture des portes à 20 h")),
                offer: Offer::Reduced(line("5 € au lieu de 12 €")),
                minimum_age: Some(MinimumAge::try_from(16).unwrap()),
                access_conditions: None,
                how_to_book: Some(Paragraph::parse("Sur place", 100).unwrap()),
                accompanied: true,
                places: Some(Places::try_from(50).unwrap()),
                registration,
            },
            picture: Some(Picture { large: rendition("large"), small: rendition("small"), alt: line("Une autrice") }),
            draft: None,
            state: BonPlanState::Published { at: Timestamp::UNIX_EPOCH },
            revision: 3,
            first_published_at: Some(Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn a_bon_plan_reads_back_in_every_state() {
        let at = Timestamp::UNIX_EPOCH;
        let reason = Paragraph::parse("Sans adresse", 100).unwrap();
        let states = [
            BonPlanState::Submitted { at },
            BonPlanState::Published { at },
            BonPlanState::Refused { at, reason: reason.clone() },
            BonPlanState::Withdrawn { at },
            BonPlanState::TakenDown { at, reason },
        ];
        for state in states {
            let waits = !matches!(state, BonPlanState::Published { .. } | BonPlanState::Refused { .. });
            let stored = BonPlan { state, ..published() };
            let item = bon_plan_item(&stored);
            assert_eq!(item.contains_key("stage"), waits, "only what waits is in a queue");
            assert!(from_item::<BonPlanLine>(Table::BonsPlans, item.clone()).is_ok());
            assert_eq!(kept(item).unwrap(), OwnBonPlan::Sent(Box::new(stored)));
        }
    }

    #[test]
    fn a_draft_reads_back_and_so_does_one_that_had_to_be_complete() {
        let plan = published();
        let copied = BonPlanDraft::copy(plan.id, &plan);
        let typed = BonPlanDraft { text: DraftText::Typed("{\"title\":\"\"}".into()), ..copied.clone() };
        for draft in [&copied, &typed] {
            let item = draft_item(draft);
            assert!(!item.contains_key("stage"), "it waits for nobody");
            assert!(from_item::<BonPlanLine>(Table::BonsPlans, item.clone()).is_ok());
            assert_eq!(kept(item).unwrap(), OwnBonPlan::Draft(draft.clone()));
        }
        let mut old = bon_plan_item(&BonPlan { revision: 1, ..plan.clone() });
        old.insert("standing".into(), text("draft"));
        old.insert("state".into(), text("draft"));
        assert_eq!(kept(old).unwrap(), OwnBonPlan::Draft(copied));
    }

    #[test]
    fn what_was_kept_before_dates_had_hours_reads_back_on_the_shelves_where_it_stands() {
        let mut old = bon_plan_item(&published());
        let content = old.get_mut("content").unwrap().as_m().unwrap().clone();
        let mut content: Item = content.into_iter().filter(|(name, _)| name != "dates").collect();
        let days = [("first", "2026-11-28"), ("last", "2026-11-29")].map(|(name, day)| (name.to_owned(), text(day)));
        content.insert("days".into(), aws_sdk_dynamodb::types::AttributeValue::M(Item::from(days)));
        old.insert("content".into(), aws_sdk_dynamodb::types::AttributeValue::M(content));
        old.insert("last_day".into(), text("2026-11-29"));
        assert!(from_item::<BonPlanLine>(Table::BonsPlans, old.clone()).is_ok());
        let OwnBonPlan::Sent(plan) = kept(old).unwrap() else { panic!("it was sent") };
        let key = format!("{:?}", Shelves::row_key(&plan));
        assert!(key.contains("2026-11-29#"), "{key}");
    }
}
