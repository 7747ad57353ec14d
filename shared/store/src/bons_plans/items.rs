//! Bons plans and their drafts as items.

use epass_domain::{BonPlan, BonPlanDraft, BonPlanId, BonPlanState, Content, DraftText, PartnerId, Picture};
use serde::Deserialize;

use crate::dynamo::{Item, StoreError, Table, from_item, text, to_item};

/// A bon plan as its own partner sees it: a draft, or one that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnBonPlan {
    /// A draft that was never sent.
    Draft(BonPlanDraft),
    /// A bon plan that was sent at least once.
    Sent(Box<BonPlan>),
}

impl OwnBonPlan {
    /// The partner that owns it.
    pub const fn partner(&self) -> &PartnerId {
        match self {
            Self::Draft(draft) => &draft.partner,
            Self::Sent(plan) => &plan.partner,
        }
    }
}

/// The stage of a bon plan that waits for the team.
pub(super) const SUBMITTED: &str = "submitted";

/// The stage of a bon plan that is gone while some registrants have no notice yet.
pub(super) const TELLING: &str = "telling";

pub(super) fn sent(kept: Option<OwnBonPlan>) -> Option<BonPlan> {
    match kept? {
        OwnBonPlan::Draft(_) => None,
        OwnBonPlan::Sent(plan) => Some(*plan),
    }
}

/// A draft as stored by an earlier version, which required it to be complete.
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

pub(super) fn kept(item: Item) -> Result<OwnBonPlan, StoreError> {
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

pub(super) fn draft_item(draft: &BonPlanDraft) -> Item {
    let mut item = to_item(draft);
    item.insert("bon_plan_id".into(), text(draft.id));
    item.insert("partner_id".into(), text(&draft.partner));
    item.insert("title".into(), text(draft.name.as_str()));
    item.insert("standing".into(), text(BonPlanState::DRAFT));
    item
}

pub(super) fn bon_plan_item(plan: &BonPlan) -> Item {
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
        ClockTime, Dates, Email, Envelope, Hours, Line, MinimumAge, Offer, Paragraph, ParisDay, Place, Places,
        Postcode, RegistrationTerms, Rendition, Slot,
    };
    use jiff::Timestamp;

    use super::*;
    use crate::bons_plans::BonPlanLine;
    use crate::shelves::Shelves;

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
