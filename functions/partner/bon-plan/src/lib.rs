//! *Mes bons plans* (guide §8.2): a partner writes bons plans, previews them, sends them to the team and reads the
//! lists of registrants.

mod dates;
mod form;
mod function;
mod list;
mod picture;
mod preview;
mod registrants;
mod write;

use epass_domain::{BonPlan, BonPlanDraft, BonPlanId, BonPlanState, Role};
use epass_mail::{Deal, Letter};
use epass_store::{BonsPlans, Entry, Found, Key, OwnBonPlan};
use epass_web::{Access, App, Desk, Kind, Pass, Problem, Room, mint, named, routes, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use dates::{DateForm, Rows};
pub use form::BonPlanForm;
pub use function::FUNCTION;

const HERE: &str = "/mes-bons-plans";

/// The routes of this room.
pub fn room() -> Room {
    let partner = Access::Only(Role::Partner);
    Room::new(&FUNCTION)
        .open(partner, routes!(list::list))
        .open(partner, routes!(write::blank, write::create))
        .open(partner, routes!(write::edit, write::change))
        .open(partner, routes!(preview::show))
        .open(partner, routes!(preview::send))
        .open(partner, routes!(preview::duplicate))
        .open(partner, routes!(preview::withdraw))
        .open(partner, routes!(registrants::registrants))
        .open(partner, routes!(registrants::export))
}

/// The state of a bon plan, in JSON and as the badge of a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanStanding)]
struct Standing {
    /// `draft`, `submitted`, `published`, `refused`, `withdrawn` or `taken_down`.
    #[schema(value_type = words::BonPlanState)]
    state: &'static str,
    /// The time of the last change of state; none for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The team's reason, while the bon plan is to be corrected or if the team took it down.
    reason: Option<String>,
    /// Whether the last date is over.
    is_over: bool,
}

impl Standing {
    fn of(plan: &BonPlan, now: Timestamp) -> Self {
        let (since, reason) = match &plan.state {
            BonPlanState::Submitted { at } | BonPlanState::Published { at } | BonPlanState::Withdrawn { at } => {
                (Some(*at), None)
            }
            BonPlanState::Refused { at, reason } | BonPlanState::TakenDown { at, reason } => {
                (Some(*at), Some(reason.to_string()))
            }
        };
        Self { state: plan.state.code(), since, reason, is_over: plan.is_over(now) }
    }

    fn of_draft() -> Self {
        Self { state: BonPlanState::DRAFT, since: None, reason: None, is_over: false }
    }

    fn label(&self) -> &'static str {
        BonPlanState::label_of(self.state)
    }

    fn of_kept(kept: &OwnBonPlan, now: Timestamp) -> Self {
        match kept {
            OwnBonPlan::Draft(_) => Self::of_draft(),
            OwnBonPlan::Sent(plan) => Self::of(plan, now),
        }
    }
}

/// The outcome of a change of a bon plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct BonPlanKept {
    /// The bon plan's id.
    id: String,
    /// The new revision; send it with the next change.
    revision: u32,
    /// The new state.
    standing: Standing,
}

impl BonPlanKept {
    fn of(plan: &BonPlan, now: Timestamp) -> Self {
        Self { id: plan.id.to_string(), revision: plan.revision, standing: Standing::of(plan, now) }
    }

    fn of_draft(draft: &BonPlanDraft) -> Self {
        Self { id: draft.id.to_string(), revision: draft.revision, standing: Standing::of_draft() }
    }
}

/// The revision of a stored bon plan.
fn revision(kept: &OwnBonPlan) -> u32 {
    match kept {
        OwnBonPlan::Draft(draft) => draft.revision,
        OwnBonPlan::Sent(plan) => plan.revision,
    }
}

/// The mail that tells the team that a bon plan waits for review; none if it already waited `before`.
fn to_review(app: &App, before: Option<&BonPlan>, after: &BonPlan) -> Vec<Entry> {
    let waits = |plan: &BonPlan| matches!(plan.state, BonPlanState::Submitted { .. });
    if !waits(after) || before.is_some_and(waits) {
        return Vec::new();
    }
    let now = app.now();
    let letter = Letter::BonPlanToReview { plan: Deal::of(after, &app.settings.site_url) };
    vec![letter.to(&app.settings.team_mail, mint::mail_id(now), now)]
}

/// The path of the page of a bon plan.
fn path(plan: BonPlanId) -> String {
    format!("{HERE}/{plan}")
}

/// The error for a stored form that can no longer be read.
fn unreadable(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "a bon plan's draft cannot be read");
    Problem::new(Kind::Internal)
}

/// Reads the desk and its bon plan of this id, and the keys of `also`, in one round trip.
async fn own(
    app: &App,
    pass: &Pass,
    id: &str,
    also: impl FnOnce(BonPlanId) -> Vec<Key>,
) -> Result<(Desk, OwnBonPlan, Found), Problem> {
    let id = named(id, BonPlanId::parse)?;
    let mut keys = also(id);
    keys.push(BonsPlans::key(id));
    let (desk, found) = app.enter_desk(pass, &keys).await?;
    let kept = BonsPlans::own_in_found(&found, id)?.filter(|kept| *kept.partner() == desk.partner.id);
    Ok((desk, kept.ok_or(Problem::not_found())?, found))
}

/// [`own`] without other keys.
async fn own_alone(app: &App, pass: &Pass, id: &str) -> Result<(Desk, OwnBonPlan), Problem> {
    let (desk, kept, _) = own(app, pass, id, |_| Vec::new()).await?;
    Ok((desk, kept))
}
