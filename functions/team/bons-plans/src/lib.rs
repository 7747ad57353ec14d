//! The team's bons plans (`product.md`, *Bon plan*): the queue, longest waiting first; one bon plan as young people
//! would see it; and the decisions to publish it, to refuse it with a reason, or to take it down.

mod form;
mod function;

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_bon_plan::{Shown, image_path, place_freed, tell_of_end};
use epass_domain::{BonPlan, BonPlanId, BonPlanState, Envelope, ParisDay, Role};
use epass_mail::{Deal, Letter};
use epass_store::{BonPlanLine, BonPlanPage, Entry};
use epass_web::{
    Access, App, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Room, Staff, filters, mint, named,
    routes, said, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{PublicationForm, QueueForm, RefusalForm, TakingDownForm};
pub use function::FUNCTION;

const HERE: &str = "/equipe/bons-plans";
const LINES: i32 = 25;
/// The number of registrants mailed before the answer; the mailer's sweep mails the others.
const TOLD_AT_ONCE: usize = 300;

/// The routes of this room.
pub fn room() -> Room {
    let team = Access::Only(Role::Team);
    Room::new(&FUNCTION)
        .open(team, routes!(list))
        .open(team, routes!(show))
        .open(team, routes!(publish))
        .open(team, routes!(refuse))
        .open(team, routes!(take_down))
}

/// The page of the bons plans that wait for a decision.
#[derive(Template, Deref)]
#[template(path = "queue.html")]
struct QueuePage {
    page: Page,
    /// The days of each bon plan, in French words.
    days: Vec<String>,
    first: String,
    following: String,
    #[deref]
    body: Queue,
}

/// The bons plans that wait for a decision, longest waiting first.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanQueue)]
struct Queue {
    /// At most 25 bons plans.
    bons_plans: Vec<Line>,
    /// The position of the next page: send it as `apres`. Null on the last page.
    next: Option<String>,
}

/// A bon plan that waits.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanQueueLine)]
struct Line {
    id: String,
    title: String,
    partner_name: String,
    /// The partner's *numéro de dossier*.
    partner: String,
    #[schema(value_type = Option<words::DeskEnvelope>)]
    envelope: Option<Envelope>,
    #[schema(value_type = Option<String>, format = Date)]
    first_day: Option<ParisDay>,
    /// When it began to wait.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// The page of one bon plan, with the forms of the decisions.
#[derive(Template, Deref)]
#[template(path = "sheet.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    state_label: &'static str,
    #[deref]
    body: Sheet,
}

/// A bon plan as young people would see it, and its state.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanSheet)]
struct Sheet {
    #[serde(flatten)]
    shown: Shown,
    /// The partner's *numéro de dossier*.
    partner: String,
    /// The revision that was read: send it back with every decision.
    revision: u32,
    /// The state: `submitted`, `published`, `refused`, `withdrawn` or `taken_down`.
    #[schema(value_type = words::BonPlanState)]
    state: &'static str,
    /// The reason of the refusal, while it is refused, or of the taking down; null in other states.
    reason: Option<String>,
    /// Whether it can be taken down: it has been published, and still stands.
    may_be_taken_down: bool,
    /// Whether it has been published before, so that this is a change of it.
    published_before: bool,
    /// The number of registrants with a place.
    registered: u32,
    /// The number of people in the waiting list.
    waiting: u32,
}

/// Lists the bons plans that wait for a decision.
#[utoipa::path(get, path = "/equipe/bons-plans", params(QueueForm), responses(
    (status = 200, description = "A page of 25", body = Queue),
))]
async fn list(State(app): State<App>, staff: Staff, input: Input<QueueForm>) -> Result<Reply, Problem> {
    let after = input.form.place();
    let found = app.store.bons_plans.awaiting(after.as_ref(), LINES).await?;
    Ok(Reply::ok(QueuePage::of(&staff, after.is_some(), found)))
}

/// Gives one bon plan as young people would see it.
#[utoipa::path(get, path = "/equipe/bons-plans/{plan}", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "The bon plan", body = Sheet),
    (status = 404, description = "No such bon plan", body = ProblemBody),
))]
async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(plan): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let plan = find(&app, &plan).await?;
    let mut sheet = SheetPage::of(&app, &staff, &plan).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Publishes the bon plan: young people see it, and the first people of the waiting list get the places that a change
/// added. This is final: a second call is refused, because no decision is awaited any more.
#[utoipa::path(post, path = "/equipe/bons-plans/{plan}/publication", request_body = PublicationForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Published", body = Sheet),
    (status = 404, description = "No such bon plan", body = ProblemBody),
    (status = 409, description = "It does not wait, or changed since it was read", body = ProblemBody),
    (status = 422, description = "No revision was sent, its last date is over, or the partner's convention is not in force (`partner_blocked`)", body = ProblemBody),
))]
async fn publish(
    State(app): State<App>,
    staff: Staff,
    Path(plan): Path<String>,
    input: Input<PublicationForm>,
) -> Result<Reply, Problem> {
    let now = app.now();
    let before = find(&app, &plan).await?;
    let published = async {
        input.form.parse()?.about(&before)?;
        let after = before.clone().publish(now)?;
        let letter = Letter::BonPlanPublished { plan: Deal::of(&after, &app.settings.site_url) };
        save(&app, &before, &after, letter).await?;
        Ok(after)
    };
    let after = input.carry("decisions", published).await?;
    app.store.attendances.settle(&after, now, |first| place_freed(&app, &after, first)).await?;
    done(&app, &staff, &after, "publie").await
}

/// Refuses the bon plan; the reason is mailed to the referent.
#[utoipa::path(post, path = "/equipe/bons-plans/{plan}/refus", request_body = RefusalForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Refused", body = Sheet),
    (status = 404, description = "No such bon plan", body = ProblemBody),
    (status = 409, description = "It does not wait, or changed since it was read", body = ProblemBody),
    (status = 422, description = "No reason or no revision was sent", body = ProblemBody),
))]
async fn refuse(
    State(app): State<App>,
    staff: Staff,
    Path(plan): Path<String>,
    input: Input<RefusalForm>,
) -> Result<Reply, Problem> {
    let before = find(&app, &plan).await?;
    let refused = async {
        let (revision, reason) = input.form.parse()?;
        revision.about(&before)?;
        let after = before.clone().refuse(reason.clone(), app.now())?;
        let letter = Letter::BonPlanRefused { plan: Deal::of(&after, &app.settings.site_url), reason };
        save(&app, &before, &after, letter).await?;
        Ok(after)
    };
    let after = input.carry("decisions", refused).await?;
    done(&app, &staff, &after, "refuse").await
}

/// Takes a published bon plan down; this is final. Young people do not see it any more, its registrants receive a
/// mail, and the reason is mailed to the referent. When there are many registrants, some of the mails follow after
/// the answer.
#[utoipa::path(post, path = "/equipe/bons-plans/{plan}/retrait", request_body = TakingDownForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Taken down", body = Sheet),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No such bon plan", body = ProblemBody),
    (status = 409, description = "It was never published, is gone already, or changed since it was read", body = ProblemBody),
    (status = 422, description = "No reason or no revision was sent", body = ProblemBody),
))]
async fn take_down(
    State(app): State<App>,
    staff: Staff,
    Path(plan): Path<String>,
    input: Input<TakingDownForm>,
) -> Result<Reply, Problem> {
    let before = find(&app, &plan).await?;
    let taken_down = async {
        let (revision, reason) = input.form.parse()?;
        revision.about(&before)?;
        let after = before.clone().take_down(reason.clone(), app.now())?;
        let letter = Letter::BonPlanTakenDown { plan: Deal::of(&after, &app.settings.site_url), reason };
        save(&app, &before, &after, letter).await?;
        Ok(after)
    };
    let after = input.carry("decisions", taken_down).await?;
    tell_of_end(&app, &after, TOLD_AT_ONCE).await?;
    done(&app, &staff, &after, "retire").await
}

/// The bon plan with this id.
async fn find(app: &App, id: &str) -> Result<BonPlan, Problem> {
    let id = named(id, BonPlanId::parse)?;
    app.store.bons_plans.find(id).await?.ok_or(Problem::not_found())
}

/// Stores a decision with the mail to the referent.
async fn save(app: &App, before: &BonPlan, after: &BonPlan, letter: Letter) -> Result<(), Problem> {
    let now = app.now();
    let mail = letter.to(&after.referent_email, mint::mail_id(now), now);
    let mail = Entry { name: after.referent_name.clone(), ..mail };
    Ok(app.store.bons_plans.save(before, after, &[mail]).await??)
}

async fn done(app: &App, staff: &Staff, after: &BonPlan, word: &str) -> Result<Reply, Problem> {
    let sheet = SheetPage::of(app, staff, after).await?;
    Ok(Reply::ok(sheet).see(format!("{HERE}/{}?fait={word}", after.id)))
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "publie" => Some("Le bon plan est publié ; le référent en est averti par mail."),
        "retire" => Some("Le bon plan est retiré ; le référent et les jeunes de sa liste en sont avertis par mail."),
        "refuse" => Some("Le bon plan est refusé ; le motif est envoyé par mail au référent."),
        _ => None,
    }
}

impl QueuePage {
    fn of(staff: &Staff, is_further: bool, found: BonPlanPage) -> Self {
        let next = found.next.as_ref().and_then(form::told);
        Self {
            page: staff.page("Bons plans à valider", HERE),
            days: found.lines.iter().map(days).collect(),
            first: if is_further { HERE.to_owned() } else { String::new() },
            following: next.as_deref().map_or_else(String::new, |next| format!("{HERE}?apres={next}")),
            body: Queue { bons_plans: found.lines.into_iter().map(Line::of).collect(), next },
        }
    }

    /// Each bon plan, with its days in words.
    fn lines(&self) -> impl Iterator<Item = (&Line, &String)> {
        self.bons_plans.iter().zip(&self.days)
    }
}

/// The days of a bon plan in French words; empty when its dates are unknown.
fn days(line: &BonPlanLine) -> String {
    line.first_day.zip(line.ends).map_or_else(String::new, |(first, ends)| said(first, ends.day()))
}

impl Line {
    fn of(line: BonPlanLine) -> Self {
        Self {
            id: line.bon_plan_id.to_string(),
            title: line.title.to_string(),
            partner_name: line.partner_name.map_or_else(String::new, |name| name.to_string()),
            partner: line.partner_id.to_string(),
            envelope: line.envelope,
            first_day: line.first_day,
            since: line.stage_since,
        }
    }
}

impl SheetPage {
    async fn of(app: &App, staff: &Staff, plan: &BonPlan) -> Result<Self, Problem> {
        Ok(Self {
            page: staff.page(plan.content.title.as_str(), HERE),
            form: Filled::default(),
            state_label: plan.state.label(),
            body: Sheet::of(app, plan).await?,
        })
    }
}

impl Sheet {
    async fn of(app: &App, plan: &BonPlan) -> Result<Self, Problem> {
        let terms = match plan.first_published_at {
            Some(_) => app.store.attendances.terms(plan.id).await?,
            None => None,
        };
        Ok(Self {
            shown: Shown::of(plan, image_path),
            partner: plan.partner.to_string(),
            revision: plan.revision,
            state: plan.state.code(),
            reason: match &plan.state {
                BonPlanState::Refused { reason, .. } | BonPlanState::TakenDown { reason, .. } => {
                    Some(reason.to_string())
                }
                _ => None,
            },
            may_be_taken_down: plan.may_be_taken_down(),
            published_before: plan.first_published_at.is_some(),
            registered: terms.as_ref().map_or(0, |terms| terms.taken),
            waiting: terms.as_ref().map_or(0, |terms| terms.waiting),
        })
    }
}
