//! Writing: the form of a new one and of a change, kept as a draft or sent to the team.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use epass_domain::{BonPlan, BonPlanDraft, BonPlanId, BonPlanState, Envelope, Invalid, Refusal};
use epass_store::{BonsPlans, OwnBonPlan};
use epass_web::{
    App, Desk, FieldFault, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, Wants, field_fault,
    filters, mint, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dates::{Fields, rows};
use crate::form::{BonPlanForm, Sketch, Then, Written};
use crate::picture::{Kept, Unkept, received};
use crate::{BonPlanKept, HERE, Standing, own_alone, path, to_review, unreadable};

const NEW: &str = "/mes-bons-plans/nouveau";

/// The form, filled in.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "write.html")]
#[schema(as = BonPlanWriting)]
pub(crate) struct Writing {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    #[serde(skip)]
    action: String,
    #[serde(skip)]
    back: String,
    /// Those of the convention.
    #[schema(value_type = Vec<words::DeskEnvelope>)]
    envelopes: Vec<Envelope>,
    /// Where it stands; none for a new one.
    standing: Option<Standing>,
    /// Whether it can be kept without sending it.
    may_keep: bool,
    /// What a kept one lacks before it can be sent.
    missing: Vec<FieldFault>,
    /// What is filled in; change it and send it back.
    bon_plan: BonPlanForm,
}

/// Shows the form of a new one.
#[utoipa::path(get, path = "/mes-bons-plans/nouveau", responses(
    (status = 200, description = "The form", body = Writing),
    (status = 422, description = "No convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn blank(State(app): State<App>, desk: Desk, resumed: Resumed) -> Result<Reply, Problem> {
    let form = BonPlanForm::new(mint::bon_plan_id(app.now()));
    let writing = Writing::of(&desk, None, &form, app.now())?;
    Ok(Reply::ok(writing.resumed(resumed)))
}

/// Keeps a new one as a draft, complete or not, or sends it to the team. The form carries the id, so that sending it twice makes
/// one; when it comes back changed, it changes that one.
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
    input: Input<BonPlanForm>,
) -> Result<Reply, Problem> {
    let wants = Wants::of(&headers);
    let now = app.now();
    let id = BonPlanId::parse(&input.form.id).unwrap_or_else(|_| mint::bon_plan_id(now));
    let (desk, found) = app.enter_desk(&pass, &[BonsPlans::key(id)]).await?;
    let standing = BonsPlans::own_in_found(&found, id)?;
    if let Some(before) = standing.as_ref().filter(|before| *before.partner() == desk.partner.id) {
        return changed(&app, &desk, before, wants, input).await;
    }
    // An id of somebody else's is not for this form.
    let id = standing.map_or(id, |_| mint::bon_plan_id(now));
    let form = BonPlanForm { id: id.to_string(), ..input.form.clone() };
    let (asked, again) = asked(&app, &desk, None, form, wants, input).await?;
    let begun = |sketch: Sketch| BonPlanDraft::new(id, desk.partner.id.clone(), sketch.name, sketch.text);
    match asked {
        Asked::Keep(sketch) => {
            let draft = begun(sketch);
            again.keep_picture(&app).await?;
            app.store.bons_plans.create_draft(&draft).await?;
            Ok(Reply::created(Told(BonPlanKept::of_draft(&draft))).see(done(id, Then::Keep)))
        }
        Asked::Send(written) => {
            let draft = begun(again.form.sketch(None, now).map_err(|invalid| again.invalid(&invalid, &desk, None))?);
            let Written { content, picture } = written;
            let plan = draft.send(content, picture, &desk.partner, now);
            let plan = plan.map_err(|refusal| again.refused(refusal, &desk, None))?;
            again.keep_picture(&app).await?;
            app.store.bons_plans.create(&plan, &to_review(&app, None, &plan)).await?;
            Ok(Reply::created(Told(BonPlanKept::of(&plan, now))).see(done(id, Then::Send)))
        }
    }
}

/// Shows the form, filled in.
#[utoipa::path(get, path = "/mes-bons-plans/{plan}/modifier", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "The form, filled in", body = Writing),
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
        return Err(Refusal::BonPlanChanged.into());
    }
    let form = form_of(&kept)?;
    let writing = Writing::of(&desk, Some(&kept), &form, app.now())?;
    Ok(Reply::ok(writing.resumed(resumed)))
}

/// The form as it is filled in with what is kept.
pub(crate) fn form_of(kept: &OwnBonPlan) -> Result<BonPlanForm, Problem> {
    let form = match kept {
        OwnBonPlan::Draft(draft) => {
            BonPlanForm::of_text(&draft.text).map(|form| BonPlanForm { revision: Some(draft.revision), ..form })
        }
        OwnBonPlan::Sent(plan) => BonPlanForm::of(plan),
    };
    form.map_err(|error| unreadable(&error))
}

/// Keeps a change of a draft, complete or not, or sends it to the team. What is published goes back to the team with it.
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
    input: Input<BonPlanForm>,
) -> Result<Reply, Problem> {
    let revision = match before {
        OwnBonPlan::Draft(draft) => draft.revision,
        OwnBonPlan::Sent(plan) => plan.revision,
    };
    let is_stale = input.form.revision.is_some_and(|read| read != revision);
    let form = BonPlanForm { id: String::new(), revision: Some(revision), ..input.form.clone() };
    let (asked, again) = asked(app, desk, Some(before), form, wants, input).await?;
    let no = |refusal| again.refused(refusal, desk, Some(before));
    if is_done(before, &asked) {
        return Ok(again_told(before, asked.then(), app.now()));
    }
    if is_stale {
        return Err(no(Refusal::BonPlanChanged));
    }
    match (before, asked) {
        (OwnBonPlan::Draft(draft), Asked::Keep(Sketch { name, text })) => {
            let after = draft.clone().save(name, text);
            again.keep_picture(app).await?;
            app.store.bons_plans.save_draft(draft, &after).await?.map_err(no)?;
            Ok(told_draft(&after))
        }
        (OwnBonPlan::Draft(draft), Asked::Send(Written { content, picture })) => {
            let after = draft.clone().send(content, picture, &desk.partner, app.now()).map_err(no)?;
            again.keep_picture(app).await?;
            app.store.bons_plans.send_draft(draft, &after, &to_review(app, None, &after)).await?.map_err(no)?;
            Ok(told(&after, Then::Send, app.now()))
        }
        (OwnBonPlan::Sent(plan), Asked::Keep(Sketch { text, .. })) => {
            let after = (**plan).clone().save(text).map_err(no)?;
            again.keep_picture(app).await?;
            app.store.bons_plans.save(plan, &after, &[]).await?.map_err(no)?;
            Ok(told(&after, Then::Keep, app.now()))
        }
        (OwnBonPlan::Sent(plan), Asked::Send(Written { content, picture })) => {
            let after = (**plan).clone().send(content, picture, &desk.partner, app.now()).map_err(no)?;
            again.keep_picture(app).await?;
            app.store.bons_plans.save(plan, &after, &to_review(app, Some(plan), &after)).await?.map_err(no)?;
            Ok(told(&after, Then::Send, app.now()))
        }
    }
}

/// Whether what is asked is done already: the same form came before.
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

fn again_told(kept: &OwnBonPlan, then: Then, now: Timestamp) -> Reply {
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

/// What a form asks, without fault.
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

/// The form as it was sent: shown again with what the rules say to it.
struct Again {
    form: BonPlanForm,
    /// A picture that came along and is kept once nothing refuses the rest.
    picture: Option<Unkept>,
    now: Timestamp,
}

impl Again {
    async fn keep_picture(&self, app: &App) -> Result<(), Problem> {
        match &self.picture {
            Some(picture) => Ok(picture.keep(&app.files).await?),
            None => Ok(()),
        }
    }

    /// A rule's no, at the field that it is about, or at the form as a whole.
    fn refused(&self, refusal: Refusal, desk: &Desk, before: Option<&OwnBonPlan>) -> Problem {
        let field = match refusal {
            Refusal::EnvelopeNotInConvention(_) => "envelope",
            Refusal::BonPlanOver => "day_1",
            _ => "bon-plan",
        };
        match Writing::of(desk, before, &self.form, self.now) {
            Ok(page) => Problem::refused(refusal, field, self.form.filled(), |form| Writing { form, ..page }),
            Err(problem) => problem,
        }
    }

    fn invalid(&self, invalid: &Invalid, desk: &Desk, before: Option<&OwnBonPlan>) -> Problem {
        faulty(desk, before, &self.form, invalid, self.now)
    }
}

/// Faults, on the page of the form.
pub(crate) fn faulty(
    desk: &Desk,
    before: Option<&OwnBonPlan>,
    form: &BonPlanForm,
    invalid: &Invalid,
    now: Timestamp,
) -> Problem {
    match Writing::of(desk, before, form, now) {
        Ok(page) => Problem::invalid(invalid, form.filled(), |form| Writing { form, ..page }),
        Err(problem) => problem,
    }
}

/// Reads what was sent. A browser's picture is kept first, so that a fault elsewhere does not lose it; a program still has its
/// own.
async fn asked(
    app: &App,
    desk: &Desk,
    before: Option<&OwnBonPlan>,
    form: BonPlanForm,
    wants: Wants,
    input: Input<BonPlanForm>,
) -> Result<(Asked, Again), Problem> {
    desk.in_force()?;
    let now = app.now();
    let mut form = BonPlanForm { picture_base64: String::new(), ..form };
    let (received, picture) = match received(&input) {
        None => (None, None),
        Some(Err(fault)) => (Some(Err(fault)), None),
        Some(Ok(picture)) => (Some(Ok(picture.name.clone())), Some(picture)),
    };
    if let Some(picture) = &picture {
        if wants == Wants::Html {
            picture.keep(&app.files).await?;
        }
        form.kept_picture = picture.name.to_string();
        form.remove_picture = String::new();
    }
    let asked = match form.then() {
        Ok(Then::Keep) => form.sketch(received, now).map(Asked::Keep),
        Ok(Then::Send) => form.parse(received, before, now).map(Asked::Send),
        Err(fault) => {
            let mut invalid = Invalid::default();
            invalid.add("then", fault);
            Err(invalid)
        }
    };
    let again = Again { form, picture, now };
    match asked {
        Ok(asked) => Ok((asked, again)),
        Err(invalid) => Err(again.invalid(&invalid, desk, before)),
    }
}

/// Where a browser goes, which thanks for what was done.
fn done(plan: BonPlanId, then: Then) -> String {
    let word = match then {
        Then::Keep => "garde",
        Then::Send => "envoye",
    };
    format!("{}?fait={word}", path(plan))
}

impl Writing {
    fn of(desk: &Desk, before: Option<&OwnBonPlan>, bon_plan: &BonPlanForm, now: Timestamp) -> Result<Self, Problem> {
        let convention = desk.in_force()?;
        let envelopes = Envelope::DESK.into_iter().filter(|one| convention.envelopes.contains(one)).collect();
        let change = |id, title| (title, HERE, format!("{}/modifier", path(id)), path(id));
        let (title, here, action, back) = match before {
            None => ("Créer un Bon Plan", NEW, NEW.to_owned(), HERE.to_owned()),
            Some(OwnBonPlan::Draft(draft)) => change(draft.id, "Je continue mon brouillon"),
            Some(OwnBonPlan::Sent(plan)) => change(plan.id, "Je modifie mon Bon Plan"),
        };
        let may_keep = match before {
            None | Some(OwnBonPlan::Draft(_)) => true,
            Some(OwnBonPlan::Sent(plan)) => plan.is_to_be_corrected(),
        };
        let missing = if before.is_some() { bon_plan.missing(before, now) } else { Invalid::default() };
        Ok(Self {
            page: desk.page(title, here),
            form: bon_plan.filled(),
            action,
            back,
            envelopes,
            may_keep,
            missing: missing.faults().iter().map(|(field, fault)| field_fault(field, fault)).collect(),
            standing: before.map(|kept| Standing::of_kept(kept, now)),
            bon_plan: bon_plan.clone(),
        })
    }

    /// With what was typed and not done, its dates among it.
    fn resumed(self, resumed: Resumed) -> Self {
        let form = resumed.form(self.form);
        let typed = resumed.read();
        // What is kept lacks what was typed since.
        let missing = if typed.is_some() { Vec::new() } else { self.missing };
        Self { page: resumed.told(self.page), form, bon_plan: typed.unwrap_or(self.bon_plan), missing, ..self }
    }

    /// Where the picture that the form carries is served.
    fn kept_image(&self) -> Option<String> {
        Kept::parse(self.form.value("kept_picture")).ok().map(|kept| kept.path())
    }

    /// The choices of *rubrique*.
    fn choices(&self) -> Vec<(&'static str, &'static str)> {
        self.envelopes.iter().map(|one| (one.code(), one.label())).collect()
    }

    /// The rows of the dates that are filled in.
    fn rows(&self) -> &'static [Fields] {
        rows(self.bon_plan.dates().len()).0
    }

    /// Rows for more dates.
    fn more_rows(&self) -> &'static [Fields] {
        rows(self.bon_plan.dates().len()).1
    }
}
