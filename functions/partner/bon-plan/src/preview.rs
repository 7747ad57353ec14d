//! One bon plan as young people will see it, and what the partner may do with it: send, duplicate, withdraw.

use askama::Template;
use axum::extract::{Path, State};
use epass_bon_plan::{Shown, image_path, tell_of_withdrawal};
use epass_domain::{BonPlan, BonPlanId, BonPlanState, Fault, Invalid, Refusal, Terms};
use epass_store::Attendances;
use epass_web::{App, Desk, Done, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Told, filters, mint};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{BonPlanKept, HERE, Standing, own, own_alone, path, to_review};

/// How many registrants a withdrawal tells before it answers; the mailer's sweep tells the others.
const TOLD_AT_ONCE: usize = 300;

/// A bon plan, as young people see it and as its partner does.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "preview.html")]
#[schema(as = MyBonPlan)]
struct Preview {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// As young people see it.
    #[serde(rename = "bon_plan")]
    shown: Shown,
    /// Where it stands.
    standing: Standing,
    /// To be sent with the next change.
    revision: u32,
    /// How many come; none before it was first published.
    attendance: Option<Attendance>,
    #[serde(skip)]
    copy: String,
    #[serde(skip)]
    may: May,
}

/// How many come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanAttendance)]
pub(crate) struct Attendance {
    /// How many have a place.
    pub(crate) registered: u32,
    /// How many wait in line.
    pub(crate) waiting: u32,
}

/// What the partner may do with it now.
struct May {
    change: bool,
    send: bool,
    withdraw: bool,
    duplicate: bool,
}

/// On which revision a decision is made.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BonPlanDecisionForm {
    /// The revision that was read.
    revision: Option<u32>,
}

/// What to call the copy.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DuplicationForm {
    /// The copy's id, from the page: the same form sent twice makes one copy. Left out, each request makes one.
    copy: String,
}

/// Shows one.
#[utoipa::path(get, path = "/mes-bons-plans/{plan}", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "The bon plan", body = Preview),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let (desk, plan, found) = own(&app, &pass, &id, |id| vec![Attendances::terms_key(id)]).await?;
    let terms = Attendances::terms_in(&found, plan.id)?;
    let mut preview = Preview::of(&app, &desk, &plan, terms.as_ref());
    preview.page = preview.page.with_notice(notice(&input.form));
    Ok(Reply::ok(preview))
}

/// Sends it to the team as it stands (*J'envoie mon Bon Plan*).
#[utoipa::path(post, path = "/mes-bons-plans/{plan}/envoi", request_body = BonPlanDecisionForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Sent; again changes nothing", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 409, description = "It changed since it was read (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "No revision; no convention in force, none for this envelope, or its days are over", body = ProblemBody),
))]
pub(crate) async fn send(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<BonPlanDecisionForm>,
) -> Result<Reply, Problem> {
    let (desk, before, found) = own(&app, &pass, &id, |id| vec![Attendances::terms_key(id)]).await?;
    let terms = Attendances::terms_in(&found, before.id)?;
    let page = |form| Preview { form, ..Preview::of(&app, &desk, &before, terms.as_ref()) };
    let no = |refusal| Problem::refused(refusal, "decisions", input.typed.clone(), page);
    let told = |plan: &BonPlan| {
        Reply::ok(Told(BonPlanKept::of(plan, app.now()))).see(format!("{}?fait=envoye", path(plan.id)))
    };
    if matches!(before.state, BonPlanState::Submitted { .. }) {
        return Ok(told(&before));
    }
    is_about(&input, &before, page, no)?;
    let (content, picture) = (before.content.clone(), before.picture.clone());
    let after = before.clone().send(content, picture, &desk.partner, app.now()).map_err(no)?;
    app.store.bons_plans.save(&before, &after, &to_review(&app, Some(&before), &after)).await?.map_err(no)?;
    Ok(told(&after))
}

/// Takes it back, for good. Registrants are told by mail, each once: many of them after the answer. Sending it again goes on
/// where it stopped.
#[utoipa::path(post, path = "/mes-bons-plans/{plan}/retrait", request_body = BonPlanDecisionForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Withdrawn; again changes nothing", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 409, description = "It changed since it was read (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "No revision", body = ProblemBody),
))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<BonPlanDecisionForm>,
) -> Result<Reply, Problem> {
    let (desk, before, found) = own(&app, &pass, &id, |id| vec![Attendances::terms_key(id)]).await?;
    let terms = Attendances::terms_in(&found, before.id)?;
    let page = |form| Preview { form, ..Preview::of(&app, &desk, &before, terms.as_ref()) };
    let no = |refusal| Problem::refused(refusal, "decisions", input.typed.clone(), page);
    let after = if before.is_standing() {
        is_about(&input, &before, page, no)?;
        let after = before.clone().withdraw(app.now()).map_err(no)?;
        app.store.bons_plans.save(&before, &after, &[]).await?.map_err(no)?;
        after
    } else {
        before.clone()
    };
    tell_of_withdrawal(&app, &after, TOLD_AT_ONCE).await?;
    Ok(Reply::ok(Told(BonPlanKept::of(&after, app.now()))).see(format!("{}?fait=retire", path(after.id))))
}

/// Begins another one that says the same.
#[utoipa::path(post, path = "/mes-bons-plans/{plan}/duplication", request_body = DuplicationForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 201, description = "The copy, a draft; the same form again makes no other", body = BonPlanKept),
    (status = 303, description = "The same, for a browser, which goes to change it"),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 422, description = "No convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn duplicate(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<DuplicationForm>,
) -> Result<Reply, Problem> {
    let (desk, plan) = own_alone(&app, &pass, &id).await?;
    desk.in_force()?;
    let copy = BonPlanId::parse(&input.form.copy).unwrap_or_else(|_| mint::bon_plan_id(app.now()));
    let copy = plan.duplicate(copy);
    app.store.bons_plans.create(&copy, &[]).await?;
    Ok(Reply::created(Told(BonPlanKept::of(&copy, app.now()))).see(format!("{}/modifier", path(copy.id))))
}

/// Whether a decision is made on what stands.
fn is_about(
    input: &Input<BonPlanDecisionForm>,
    plan: &BonPlan,
    page: impl FnOnce(Filled) -> Preview,
    no: impl FnOnce(Refusal) -> Problem,
) -> Result<(), Problem> {
    match input.form.revision {
        Some(read) if read == plan.revision => Ok(()),
        Some(_) => Err(no(Refusal::BonPlanChanged)),
        None => {
            let mut invalid = Invalid::default();
            invalid.add("revision", Fault::missing());
            Err(Problem::invalid(&invalid, input.typed.clone(), page))
        }
    }
}

fn notice(done: &Done) -> Option<&'static str> {
    match done.fait.as_str() {
        "garde" => Some("Votre brouillon est enregistré. Personne d’autre ne le voit."),
        "envoye" => Some(
            "Votre Bon Plan est envoyé. L’équipe e-PASS JEUNES le valide avant sa publication ; sa décision vous parvient par mail.",
        ),
        "retire" => Some("Votre Bon Plan est retiré. Les jeunes de la liste en sont avertis par mail."),
        _ => None,
    }
}

impl Preview {
    fn of(app: &App, desk: &Desk, plan: &BonPlan, terms: Option<&Terms>) -> Self {
        let now = app.now();
        let standing = Standing::of(plan, now);
        let in_force = desk.in_force().is_ok();
        let may = May {
            change: in_force && plan.is_standing(),
            send: in_force && plan.is_draft() && !standing.is_over,
            withdraw: plan.is_standing(),
            duplicate: in_force,
        };
        Self {
            page: desk.page(plan.content.title.to_string(), HERE),
            form: Filled::default(),
            shown: Shown::of(plan, image_path),
            standing,
            revision: plan.revision,
            attendance: terms.map(Attendance::of),
            copy: mint::bon_plan_id(now).to_string(),
            may,
        }
    }
}

impl Attendance {
    pub(crate) const fn of(terms: &Terms) -> Self {
        Self { registered: terms.taken, waiting: terms.waiting }
    }
}
