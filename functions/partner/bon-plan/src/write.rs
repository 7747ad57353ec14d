//! Writing: the form of a new one and of a change, kept as a draft or sent to the team.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{BonPlan, BonPlanId, Envelope, ParisDay, Refusal};
use epass_store::BonsPlans;
use epass_web::{
    App, Desk, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, filters, mint, words,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::{BonPlanForm, Then, Written};
use crate::picture::{Kept, received};
use crate::{BonPlanKept, HERE, Standing, own_alone, path, to_review};

const NEW: &str = "/mes-bons-plans/nouveau";

/// The form, filled in.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "write.html")]
#[schema(as = BonPlanWriting)]
struct Writing {
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
    let writing = Writing::of(&desk, None, &form, resumed.form(form.filled()))?;
    Ok(Reply::ok(Writing { page: resumed.told(writing.page), ..writing }))
}

/// Keeps a new one as a draft, or sends it to the team. The form carries the id, so that sending it twice makes one; when it
/// comes back changed, it changes that one.
#[utoipa::path(post, path = "/mes-bons-plans/nouveau", request_body = BonPlanForm, responses(
    (status = 200, description = "The form came before: the bon plan that it made, as it is now", body = BonPlanKept),
    (status = 201, description = "Kept, or sent", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 409, description = "The form came before and the bon plan went on since (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "Faulty fields; no convention in force, or none for this envelope", body = ProblemBody),
))]
pub(crate) async fn create(State(app): State<App>, pass: Pass, input: Input<BonPlanForm>) -> Result<Reply, Problem> {
    let id = BonPlanId::parse(&input.form.id).unwrap_or_else(|_| mint::bon_plan_id(app.now()));
    let (desk, found) = app.enter_desk(&pass, &[BonsPlans::key(id)]).await?;
    let standing = BonsPlans::in_found(&found, id)?;
    if let Some(before) = standing.as_ref().filter(|before| before.partner == desk.partner.id) {
        return changed(&app, &desk, before, input).await;
    }
    // An id of somebody else's is not for this form.
    let id = standing.map_or(id, |_| mint::bon_plan_id(app.now()));
    let form = BonPlanForm { id: id.to_string(), ..input.form.clone() };
    let Asked { written, again } = asked(&app, &desk, None, form, input).await?;
    let draft = BonPlan::draft(id, &desk.partner, written.content, written.picture);
    let plan = match written.then {
        Then::Keep => draft,
        Then::Send => {
            let (content, picture) = (draft.content.clone(), draft.picture.clone());
            let sent = draft.send(content, picture, &desk.partner, app.now());
            sent.map_err(|refusal| again.refused(refusal, &desk, None))?
        }
    };
    app.store.bons_plans.create(&plan, &to_review(&app, None, &plan)).await?;
    Ok(Reply::created(Told(BonPlanKept::of(&plan, app.now()))).see(done(&plan, written.then)))
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
    let (desk, plan) = own_alone(&app, &pass, &id).await?;
    if !plan.is_standing() {
        return Err(Refusal::BonPlanChanged.into());
    }
    let form = BonPlanForm::of(&plan);
    let standing = Standing::of(&plan, app.now());
    let writing = Writing::of(&desk, Some((&plan, standing)), &form, resumed.form(form.filled()))?;
    Ok(Reply::ok(Writing { page: resumed.told(writing.page), ..writing }))
}

/// Keeps a change of a draft, or sends it to the team. What is published goes back to the team with it.
#[utoipa::path(post, path = "/mes-bons-plans/{plan}/modifier", request_body = BonPlanForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Kept, or sent; the same change again changes nothing", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 409, description = "It changed since it was read, or is no draft any more (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "Faulty fields; no convention in force, or none for this envelope", body = ProblemBody),
))]
pub(crate) async fn change(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<BonPlanForm>,
) -> Result<Reply, Problem> {
    let (desk, before) = own_alone(&app, &pass, &id).await?;
    changed(&app, &desk, &before, input).await
}

async fn changed(app: &App, desk: &Desk, before: &BonPlan, input: Input<BonPlanForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let read = input.form.revision;
    let form = BonPlanForm { id: String::new(), revision: Some(before.revision), ..input.form.clone() };
    let Asked { written, again } = asked(app, desk, Some(before), form, input).await?;
    let Written { content, picture, then } = written;
    let told = |plan: &BonPlan| Reply::ok(Told(BonPlanKept::of(plan, now))).see(done(plan, then));
    if before.content == content && before.picture == picture && then.is_done(&before.state) {
        return Ok(told(before));
    }
    let no = |refusal| again.refused(refusal, desk, Some((before, Standing::of(before, now))));
    if read.is_some_and(|read| read != before.revision) {
        return Err(no(Refusal::BonPlanChanged));
    }
    let after = match then {
        Then::Keep => before.clone().save(content, picture),
        Then::Send => before.clone().send(content, picture, &desk.partner, now),
    };
    let after = after.map_err(no)?;
    let mails = to_review(app, Some(before), &after);
    app.store.bons_plans.save(before, &after, &mails).await?.map_err(no)?;
    Ok(told(&after))
}

/// A form without fault, and the form again for what the rules say to it.
struct Asked {
    written: Written,
    again: Again,
}

/// The form as it was sent, its picture kept.
struct Again {
    form: BonPlanForm,
    typed: Filled,
}

impl Again {
    /// A rule's no, at the field that it is about, or at the form as a whole.
    fn refused(&self, refusal: Refusal, desk: &Desk, before: Option<(&BonPlan, Standing)>) -> Problem {
        let field = match refusal {
            Refusal::EnvelopeNotInConvention(_) => "envelope",
            Refusal::BonPlanOver => "first_day",
            _ => "bon-plan",
        };
        match Writing::of(desk, before, &self.form, Filled::default()) {
            Ok(page) => Problem::refused(refusal, field, self.typed.clone(), |form| Writing { form, ..page }),
            Err(problem) => problem,
        }
    }
}

/// Reads what was sent, its picture kept first: a fault elsewhere does not lose it.
async fn asked(
    app: &App,
    desk: &Desk,
    before: Option<&BonPlan>,
    form: BonPlanForm,
    input: Input<BonPlanForm>,
) -> Result<Asked, Problem> {
    desk.in_force()?;
    let now = app.now();
    let received = received(&app.files, &input).await?;
    let mut form = BonPlanForm { picture_base64: String::new(), ..form };
    if let Some(Ok(kept)) = &received {
        form.kept_picture = kept.to_string();
        form.remove_picture = String::new();
    }
    let parsed = form.parse(received, ParisDay::of(now));
    let again = Again { typed: form.filled(), form };
    match parsed {
        Ok(written) => Ok(Asked { written, again }),
        Err(invalid) => {
            let before = before.map(|before| (before, Standing::of(before, now)));
            let page = Writing::of(desk, before, &again.form, Filled::default())?;
            Err(Problem::invalid(&invalid, again.typed, |form| Writing { form, ..page }))
        }
    }
}

/// Where a browser goes, which thanks for what was done.
fn done(plan: &BonPlan, then: Then) -> String {
    let word = match then {
        Then::Keep => "garde",
        Then::Send => "envoye",
    };
    format!("{}?fait={word}", path(plan.id))
}

impl Writing {
    fn of(
        desk: &Desk,
        before: Option<(&BonPlan, Standing)>,
        bon_plan: &BonPlanForm,
        form: Filled,
    ) -> Result<Self, Problem> {
        let convention = desk.in_force()?;
        let envelopes = Envelope::DESK.into_iter().filter(|one| convention.envelopes.contains(one)).collect();
        let (title, here, action, back) = match before {
            None => ("Créer un Bon Plan", NEW, NEW.to_owned(), HERE.to_owned()),
            Some((plan, _)) => ("Je modifie mon Bon Plan", HERE, format!("{}/modifier", path(plan.id)), path(plan.id)),
        };
        Ok(Self {
            page: desk.page(title, here),
            form,
            action,
            back,
            envelopes,
            may_keep: before.as_ref().is_none_or(|(plan, _)| plan.is_draft()),
            standing: before.map(|(_, standing)| standing),
            bon_plan: bon_plan.clone(),
        })
    }

    /// Where the picture that the form carries is served.
    fn kept_image(&self) -> Option<String> {
        Kept::parse(self.form.value("kept_picture")).ok().map(|kept| kept.path())
    }

    /// The choices of *rubrique*.
    fn choices(&self) -> Vec<(&'static str, &'static str)> {
        self.envelopes.iter().map(|one| (one.code(), one.label())).collect()
    }
}
