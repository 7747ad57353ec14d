//! The form of a new or changed bon plan, which is kept as a draft or sent to the team.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use derive_more::Deref;
use epass_domain::{
    BonPlan, BonPlanDraft, BonPlanId, BonPlanRefusal, BonPlanState, ConventionRefusal, Envelope, Fault, Invalid,
};
use epass_store::{BonsPlans, OwnBonPlan};
use epass_web::{
    App, Desk, FieldFault, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, Wants, faults,
    filters, mint, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dates::{Fields, rows};
use crate::form::{BonPlanForm, Sketch, Then, Written};
use crate::picture::{Kept, Unkept, received};
use crate::{BonPlanKept, HERE, Standing, own_alone, path, revision, to_review, unreadable};

const NEW: &str = "/mes-bons-plans/nouveau";

/// The page of the form.
#[derive(Template, Deref)]
#[template(path = "write.html")]
struct WritePage {
    page: Page,
    form: Filled,
    action: String,
    back: String,
    #[deref]
    body: BonPlanWriting,
}

/// The form of a bon plan, filled in.
#[derive(Serialize, ToSchema)]
pub(crate) struct BonPlanWriting {
    /// The envelopes of the convention.
    #[schema(value_type = Vec<words::DeskEnvelope>)]
    envelopes: Vec<Envelope>,
    /// The current state; none for a new bon plan.
    standing: Option<Standing>,
    /// Whether it can be kept without being sent.
    may_keep: bool,
    /// The faults of a kept draft to correct before it can be sent.
    missing: Vec<FieldFault>,
    /// The content of the form; change it and send it back.
    bon_plan: BonPlanForm,
}

/// Shows the form of a new bon plan.
#[utoipa::path(get, path = "/mes-bons-plans/nouveau", responses(
    (status = 200, description = "The form", body = BonPlanWriting),
    (status = 422, description = "No convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn blank(State(app): State<App>, desk: Desk, resumed: Resumed) -> Result<Reply, Problem> {
    let form = BonPlanForm::new(mint::bon_plan_id(app.now()));
    Ok(Reply::ok(WritePage::of(&desk, None, form, app.now())?.resumed(&resumed)))
}

/// Keeps a new bon plan as a draft, complete or not, or sends it to the team. The form carries the id, so the request
/// is idempotent: the same form sent twice creates one bon plan. A changed form with the same id changes that bon
/// plan.
#[utoipa::path(post, path = "/mes-bons-plans/nouveau", request_body = BonPlanForm, responses(
    (status = 200, description = "The form came before: the bon plan that it made, as it is now", body = BonPlanKept),
    (status = 201, description = "Kept, or sent", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 409, description = "The form came before and the bon plan went on since (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "Faulty fields of one that is sent; no convention in force, or none for this envelope", body = ProblemBody),
))]
pub(crate) async fn create(
    State(app): State<App>,
    pass: Pass,
    headers: HeaderMap,
    mut input: Input<BonPlanForm>,
) -> Result<Reply, Problem> {
    let (wants, now) = (Wants::of(&headers), app.now());
    let id = BonPlanId::parse(&input.form.id).unwrap_or_else(|_| mint::bon_plan_id(now));
    let (desk, found) = app.enter_desk(&pass, &[BonsPlans::key(id)]).await?;
    let standing = BonsPlans::own_in_found(&found, id)?;
    if let Some(before) = standing.as_ref().filter(|before| *before.partner() == desk.partner.id) {
        return changed(&app, &desk, before, wants, input).await;
    }
    // An id that belongs to another partner is replaced by a new one.
    let id = standing.map_or(id, |_| mint::bon_plan_id(now));
    input.form.id = id.to_string();
    let sent = Sent::read(&app, &desk, wants, input).await?;
    let begun = |sketch: Sketch| BonPlanDraft::new(id, desk.partner.id.clone(), sketch.name, sketch.text);
    let created = async {
        match sent.asked(None, now)? {
            Asked::Keep(sketch) => {
                let draft = begun(sketch);
                sent.keep_picture(&app).await?;
                app.store.bons_plans.create_draft(&draft).await?;
                Ok((BonPlanKept::of_draft(&draft), Then::Keep))
            }
            Asked::Send(Written { content, picture }) => {
                let draft = begun(sent.input.form.sketch(None, now)?);
                let plan = draft.send(content, picture, &desk.partner, now).map_err(refused)?;
                sent.keep_picture(&app).await?;
                app.store.bons_plans.create(&plan, &to_review(&app, None, &plan)).await?;
                Ok((BonPlanKept::of(&plan, now), Then::Send))
            }
        }
    };
    let (kept, then) = sent.input.carry("bon-plan", created).await?;
    Ok(Reply::created(Told(kept)).see(done(id, then)))
}

/// Shows the form of a bon plan, filled in.
#[utoipa::path(get, path = "/mes-bons-plans/{plan}/modifier", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "The form, filled in", body = BonPlanWriting),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 409, description = "It is withdrawn (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "No convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn edit(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    resumed: Resumed,
) -> Result<Reply, Problem> {
    let (desk, kept) = own_alone(&app, &pass, &id).await?;
    if matches!(&kept, OwnBonPlan::Sent(plan) if !plan.is_standing()) {
        return Err(BonPlanRefusal::Changed.into());
    }
    let form = form_of(&kept)?;
    Ok(Reply::ok(WritePage::of(&desk, Some(&kept), form, app.now())?.resumed(&resumed)))
}

/// The form filled in with what is stored.
pub(crate) fn form_of(kept: &OwnBonPlan) -> Result<BonPlanForm, Problem> {
    let form = match kept {
        OwnBonPlan::Draft(draft) => {
            BonPlanForm::of_text(&draft.text).map(|form| BonPlanForm { revision: Some(draft.revision), ..form })
        }
        OwnBonPlan::Sent(plan) => BonPlanForm::of(plan),
    };
    form.map_err(|error| unreadable(&error))
}

/// Reads the stored form as if it were sent at `now`. Its faults are shown on the page of the form.
pub(crate) async fn complete(kept: &OwnBonPlan, id: BonPlanId, now: Timestamp) -> Result<Written, Problem> {
    let form = form_of(kept)?;
    let read = Input { typed: form.filled(), form, files: Vec::new() };
    let written = async { Ok(read.form.parse(None, Some(kept), now)?) };
    read.carry("bon-plan", written).await.map_err(|problem| problem.of_page(page_of(id)))
}

/// The path of the form of a stored bon plan.
fn page_of(id: BonPlanId) -> String {
    format!("{}/modifier", path(id))
}

/// Keeps a change of a draft, complete or not, or sends the bon plan to the team. A change of a published bon plan is
/// sent to the team again.
#[utoipa::path(post, path = "/mes-bons-plans/{plan}/modifier", request_body = BonPlanForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Kept, or sent; the same change again changes nothing", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 409, description = "It changed since it was read, or is no draft any more (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "Faulty fields of one that is sent; no convention in force, or none for this envelope", body = ProblemBody),
))]
pub(crate) async fn change(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    headers: HeaderMap,
    input: Input<BonPlanForm>,
) -> Result<Reply, Problem> {
    let (desk, before) = own_alone(&app, &pass, &id).await?;
    changed(&app, &desk, &before, Wants::of(&headers), input).await
}

async fn changed(
    app: &App,
    desk: &Desk,
    before: &OwnBonPlan,
    wants: Wants,
    mut input: Input<BonPlanForm>,
) -> Result<Reply, Problem> {
    // A refused form is returned with the current revision, so that it can be corrected and sent.
    let read = input.form.revision.replace(revision(before));
    let sent = Sent::read(app, desk, wants, input).await?;
    let saved = async {
        let asked = sent.asked(Some(before), app.now())?;
        if is_done(before, &asked) {
            return Ok(told_again(before, asked.then(), app.now()));
        }
        if read.is_some_and(|read| read != revision(before)) {
            return Err(refused(BonPlanRefusal::Changed));
        }
        save(app, desk, before, asked, &sent).await
    };
    sent.input.carry("bon-plan", saved).await
}

/// Stores a change or sends it to the team, after all checks.
async fn save(app: &App, desk: &Desk, before: &OwnBonPlan, asked: Asked, sent: &Sent) -> Result<Reply, Problem> {
    let (now, store) = (app.now(), &app.store.bons_plans);
    match (before, asked) {
        (OwnBonPlan::Draft(draft), Asked::Keep(Sketch { name, text })) => {
            let after = draft.clone().save(name, text);
            sent.keep_picture(app).await?;
            store.save_draft(draft, &after).await?.map_err(refused)?;
            Ok(told_draft(&after))
        }
        (OwnBonPlan::Draft(draft), Asked::Send(Written { content, picture })) => {
            let after = draft.clone().send(content, picture, &desk.partner, now).map_err(refused)?;
            sent.keep_picture(app).await?;
            store.send_draft(draft, &after, &to_review(app, None, &after)).await?.map_err(refused)?;
            Ok(told(&after, Then::Send, now))
        }
        (OwnBonPlan::Sent(plan), Asked::Keep(Sketch { text, .. })) => {
            let after = (**plan).clone().save(text).map_err(refused)?;
            sent.keep_picture(app).await?;
            store.save(plan, &after, &[]).await?.map_err(refused)?;
            Ok(told(&after, Then::Keep, now))
        }
        (OwnBonPlan::Sent(plan), Asked::Send(Written { content, picture })) => {
            let after = (**plan).clone().send(content, picture, &desk.partner, now).map_err(refused)?;
            sent.keep_picture(app).await?;
            store.save(plan, &after, &to_review(app, Some(plan), &after)).await?.map_err(refused)?;
            Ok(told(&after, Then::Send, now))
        }
    }
}

/// Puts a refusal at its field; most refusals are about the whole form.
fn refused(refusal: BonPlanRefusal) -> Problem {
    let field = match refusal {
        BonPlanRefusal::Convention(ConventionRefusal::EnvelopeNotNamed(_)) => "envelope",
        BonPlanRefusal::Over => "day_1",
        _ => "bon-plan",
    };
    Problem::from(refusal).stands_at(field)
}

/// Whether the same form was already stored, so that nothing is left to do.
fn is_done(before: &OwnBonPlan, asked: &Asked) -> bool {
    match (before, asked) {
        (OwnBonPlan::Draft(draft), Asked::Keep(sketch)) => draft.text == sketch.text,
        (OwnBonPlan::Draft(_), Asked::Send(_)) => false,
        (OwnBonPlan::Sent(plan), Asked::Keep(sketch)) => plan.draft.as_ref() == Some(&sketch.text),
        (OwnBonPlan::Sent(plan), Asked::Send(written)) => {
            let same = plan.content == written.content && plan.picture == written.picture;
            same && matches!(plan.state, BonPlanState::Submitted { .. })
        }
    }
}

fn told_again(kept: &OwnBonPlan, then: Then, now: Timestamp) -> Reply {
    match kept {
        OwnBonPlan::Draft(draft) => told_draft(draft),
        OwnBonPlan::Sent(plan) => told(plan, then, now),
    }
}

fn told_draft(draft: &BonPlanDraft) -> Reply {
    Reply::ok(Told(BonPlanKept::of_draft(draft))).see(done(draft.id, Then::Keep))
}

fn told(plan: &BonPlan, then: Then, now: Timestamp) -> Reply {
    Reply::ok(Told(BonPlanKept::of(plan, now))).see(done(plan.id, then))
}

/// The command of a valid form.
#[expect(clippy::large_enum_variant, reason = "one for each request")]
enum Asked {
    Keep(Sketch),
    Send(Written),
}

impl Asked {
    const fn then(&self) -> Then {
        match self {
            Self::Keep(_) => Then::Keep,
            Self::Send(_) => Then::Send,
        }
    }
}

/// The form as sent, with its picture or the fault of the picture.
struct Sent {
    input: Input<BonPlanForm>,
    picture: Option<Result<Unkept, Fault>>,
}

impl Sent {
    /// Reads the request. A browser's picture is stored first, so that a fault elsewhere does not lose it; an API
    /// client still has its own copy.
    async fn read(app: &App, desk: &Desk, wants: Wants, mut input: Input<BonPlanForm>) -> Result<Self, Problem> {
        desk.in_force()?;
        let picture = received(&input, &input.form.picture_base64);
        input.form.picture_base64 = String::new();
        if let Some(Ok(picture)) = &picture {
            if wants == Wants::Html {
                picture.keep(&app.files).await?;
            }
            input.form.kept_picture = picture.name.to_string();
            input.form.remove_picture = String::new();
        }
        input.typed = input.form.filled();
        Ok(Self { input, picture })
    }

    /// The command of the form; `before` is what is stored under its id.
    fn asked(&self, before: Option<&OwnBonPlan>, now: Timestamp) -> Result<Asked, Invalid> {
        let form = &self.input.form;
        let name = |picture: &Result<Unkept, Fault>| picture.as_ref().map(|one| one.name.clone()).map_err(Fault::clone);
        let picture = self.picture.as_ref().map(name);
        match form.then() {
            Ok(Then::Keep) => form.sketch(picture, now).map(Asked::Keep),
            Ok(Then::Send) => form.parse(picture, before, now).map(Asked::Send),
            Err(fault) => {
                let mut invalid = Invalid::default();
                invalid.add("then", fault);
                Err(invalid)
            }
        }
    }

    /// Stores the picture, after all checks.
    async fn keep_picture(&self, app: &App) -> Result<(), Problem> {
        match &self.picture {
            Some(Ok(picture)) => Ok(picture.keep(&app.files).await?),
            Some(Err(_)) | None => Ok(()),
        }
    }
}

/// The address of the page that confirms what was done.
fn done(plan: BonPlanId, then: Then) -> String {
    let word = match then {
        Then::Keep => "garde",
        Then::Send => "envoye",
    };
    format!("{}?fait={word}", path(plan))
}

impl WritePage {
    /// The form filled in; `before` is what is stored under its id.
    fn of(desk: &Desk, before: Option<&OwnBonPlan>, form: BonPlanForm, now: Timestamp) -> Result<Self, Problem> {
        let change = |id, title| (title, HERE, page_of(id), path(id));
        let (title, here, action, back) = match before {
            None => ("Créer un Bon Plan", NEW, NEW.to_owned(), HERE.to_owned()),
            Some(OwnBonPlan::Draft(draft)) => change(draft.id, "Je continue mon brouillon"),
            Some(OwnBonPlan::Sent(plan)) => change(plan.id, "Je modifie mon Bon Plan"),
        };
        let body = BonPlanWriting::of(desk, before, form, now)?;
        Ok(Self { page: desk.page(title, here), form: body.bon_plan.filled(), action, back, body })
    }

    /// Shows values that were typed but not saved, dates included.
    fn resumed(mut self, resumed: &Resumed) -> Self {
        self.page = resumed.told(self.page);
        self.form = resumed.form(self.form);
        if let Some(typed) = resumed.read() {
            self.body.bon_plan = typed;
            // The stored faults do not apply to values that were typed since.
            self.body.missing = Vec::new();
        }
        self
    }

    /// The path of the picture that the form carries.
    fn kept_image(&self) -> Option<String> {
        Kept::parse(self.form.value("kept_picture")).ok().map(|kept| kept.path())
    }

    /// The choices of *rubrique*.
    fn choices(&self) -> Vec<(&'static str, &'static str)> {
        self.envelopes.iter().map(|one| (one.code(), one.label())).collect()
    }

    /// The rows of the dates that have values.
    fn rows(&self) -> &'static [Fields] {
        rows(self.bon_plan.dates().len()).0
    }

    /// The empty rows for more dates.
    fn more_rows(&self) -> &'static [Fields] {
        rows(self.bon_plan.dates().len()).1
    }
}

impl BonPlanWriting {
    fn of(desk: &Desk, before: Option<&OwnBonPlan>, bon_plan: BonPlanForm, now: Timestamp) -> Result<Self, Problem> {
        let convention = desk.in_force()?;
        let may_keep = match before {
            None | Some(OwnBonPlan::Draft(_)) => true,
            Some(OwnBonPlan::Sent(plan)) => plan.is_to_be_corrected(),
        };
        let missing = if before.is_some() { bon_plan.missing(before, now) } else { Invalid::default() };
        Ok(Self {
            envelopes: Envelope::DESK.into_iter().filter(|one| convention.envelopes.contains(one)).collect(),
            standing: before.map(|kept| Standing::of_kept(kept, now)),
            may_keep,
            missing: faults(&missing),
            bon_plan,
        })
    }
}
