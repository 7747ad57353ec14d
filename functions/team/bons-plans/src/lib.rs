//! The team's bons plans (`product.md`, *Bon plan*): what waits, the longest waiting first; one as young people would see it;
//! publish, refuse with a reason, or take down what was published.

mod form;
mod function;

use askama::Template;
use axum::extract::{Path, State};
use epass_bon_plan::{Shown, image_path, place_freed, tell_of_end};
use epass_domain::{BonPlan, BonPlanId, BonPlanState, Envelope, ParisDay, Refusal, Role};
use epass_mail::{Deal, Letter};
use epass_store::{BonPlanLine, Entry};
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
/// How many registrants are told before it answers; the mailer's sweep tells the others.
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

/// A page of what waits for a decision, the longest waiting first.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "queue.html")]
#[schema(as = BonPlanQueue)]
struct Queue {
    #[serde(skip)]
    page: Page,
    /// At most 25.
    bons_plans: Vec<Line>,
    /// `apres` of the next page.
    next: Option<String>,
    #[serde(skip)]
    first: String,
    #[serde(skip)]
    following: String,
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
    #[serde(skip)]
    days: String,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// One bon plan, as young people would see it, and where it stands.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "sheet.html")]
#[schema(as = BonPlanSheet)]
struct Sheet {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    #[serde(flatten)]
    shown: Shown,
    /// The partner's *numéro de dossier*.
    partner: String,
    /// To be sent with every decision: what was decided is decided about what was read.
    revision: u32,
    /// `submitted`, `published`, `refused`, `withdrawn` or `taken_down`.
    #[schema(value_type = words::BonPlanState)]
    state: &'static str,
    #[serde(skip)]
    state_label: &'static str,
    /// Why it was refused, while it stands refused, or why it was taken down.
    reason: Option<String>,
    /// Whether it can be taken down: it was published once, and stands.
    may_be_taken_down: bool,
    /// Whether it was published before: then this is a change of it.
    published_before: bool,
    /// How many have a place.
    registered: u32,
    /// How many wait in line.
    waiting: u32,
}

/// Lists what waits for a decision.
#[utoipa::path(get, path = "/equipe/bons-plans", params(QueueForm), responses(
    (status = 200, description = "A page of 25", body = Queue),
))]
async fn list(State(app): State<App>, staff: Staff, input: Input<QueueForm>) -> Result<Reply, Problem> {
    let after = input.form.place();
    let page = app.store.bons_plans.awaiting(after.as_ref(), LINES).await?;
    let next = page.next.as_ref().and_then(form::told);
    Ok(Reply::ok(Queue {
        page: staff.page("Bons plans à valider", HERE),
        bons_plans: page.lines.into_iter().map(Line::of).collect(),
        first: after.map_or_else(String::new, |_| HERE.to_owned()),
        following: next.as_deref().map_or_else(String::new, |next| format!("{HERE}?apres={next}")),
        next,
    }))
}

/// Shows one bon plan as young people would see it.
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
    let mut sheet = Sheet::of(&app, &staff, &plan).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Publishes it: young people see it from now on, and the first in line get the places that a change added. Final: again,
/// nothing is awaited any more.
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
    let sheet = Sheet::of(&app, &staff, &before).await?;
    let decided = match input.form.parse() {
        Ok(revision) => revision,
        Err(invalid) => return Err(input.typed.problem(&invalid, |form| Sheet { form, ..sheet })),
    };
    let published = decided.about(&before).and_then(|()| before.clone().publish(now));
    let after = match published {
        Ok(after) => after,
        Err(refusal) => return Err(sheet.refused(refusal, input.typed)),
    };
    let letter = Letter::BonPlanPublished { plan: Deal::of(&after, &app.settings.site_url) };
    if let Err(refusal) = save(&app, &before, &after, letter).await? {
        return Err(sheet.refused(refusal, input.typed));
    }
    app.store.attendances.settle(&after, now, |first| place_freed(&app, &after, first)).await?;
    done(&app, &staff, &after, "publie").await
}

/// Refuses it; the reason is mailed to the referent.
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
    let sheet = Sheet::of(&app, &staff, &before).await?;
    let (revision, reason) = match input.form.parse() {
        Ok(decided) => decided,
        Err(invalid) => return Err(input.typed.problem(&invalid, |form| Sheet { form, ..sheet })),
    };
    let refused = revision.about(&before).and_then(|()| before.clone().refuse(reason.clone(), app.now()));
    let after = match refused {
        Ok(after) => after,
        Err(refusal) => return Err(sheet.refused(refusal, input.typed)),
    };
    let letter = Letter::BonPlanRefused { plan: Deal::of(&after, &app.settings.site_url), reason };
    if let Err(refusal) = save(&app, &before, &after, letter).await? {
        return Err(sheet.refused(refusal, input.typed));
    }
    done(&app, &staff, &after, "refuse").await
}

/// Takes down what was published, for good: young people do not see it any more, those on its list are told by mail, and the
/// reason is mailed to the referent. Many registrants are told after the answer.
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
    let sheet = Sheet::of(&app, &staff, &before).await?;
    let (revision, reason) = match input.form.parse() {
        Ok(decided) => decided,
        Err(invalid) => return Err(input.typed.problem(&invalid, |form| Sheet { form, ..sheet })),
    };
    let gone = revision.about(&before).and_then(|()| before.clone().take_down(reason.clone(), app.now()));
    let after = match gone {
        Ok(after) => after,
        Err(refusal) => return Err(sheet.refused(refusal, input.typed)),
    };
    let letter = Letter::BonPlanTakenDown { plan: Deal::of(&after, &app.settings.site_url), reason };
    if let Err(refusal) = save(&app, &before, &after, letter).await? {
        return Err(sheet.refused(refusal, input.typed));
    }
    tell_of_end(&app, &after, TOLD_AT_ONCE).await?;
    done(&app, &staff, &after, "retire").await
}

/// The bon plan with this id.
async fn find(app: &App, id: &str) -> Result<BonPlan, Problem> {
    let id = named(id, BonPlanId::parse)?;
    app.store.bons_plans.find(id).await?.ok_or(Problem::not_found())
}

/// Stores a decision with the mail that tells the referent of it.
async fn save(app: &App, before: &BonPlan, after: &BonPlan, letter: Letter) -> Result<Result<(), Refusal>, Problem> {
    let now = app.now();
    let mail = letter.to(&after.referent_email, mint::mail_id(now), now);
    let mail = Entry { name: after.referent_name.clone(), ..mail };
    Ok(app.store.bons_plans.save(before, after, &[mail]).await?)
}

async fn done(app: &App, staff: &Staff, after: &BonPlan, word: &str) -> Result<Reply, Problem> {
    let sheet = Sheet::of(app, staff, after).await?;
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

impl Line {
    fn of(line: BonPlanLine) -> Self {
        Self {
            id: line.bon_plan_id.to_string(),
            title: line.title.to_string(),
            partner_name: line.partner_name.map_or_else(String::new, |name| name.to_string()),
            partner: line.partner_id.to_string(),
            envelope: line.envelope,
            first_day: line.first_day,
            days: line.first_day.zip(line.ends).map_or_else(String::new, |(first, ends)| said(first, ends.day())),
            since: line.stage_since,
        }
    }
}

impl Sheet {
    async fn of(app: &App, staff: &Staff, plan: &BonPlan) -> Result<Self, Problem> {
        let terms = match plan.first_published_at {
            Some(_) => app.store.attendances.terms(plan.id).await?,
            None => None,
        };
        Ok(Self {
            page: staff.page(plan.content.title.as_str(), HERE),
            form: Filled::default(),
            shown: Shown::of(plan, image_path),
            partner: plan.partner.to_string(),
            revision: plan.revision,
            state: plan.state.code(),
            state_label: plan.state.label(),
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

    /// A rule's no, on this page.
    fn refused(self, refusal: Refusal, typed: Filled) -> Problem {
        Problem::refused(refusal, "decisions", typed, |form| Self { form, ..self })
    }
}
