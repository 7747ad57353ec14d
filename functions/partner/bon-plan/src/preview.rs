//! The preview of one bon plan, and the partner's actions on it: send, duplicate, withdraw.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_bon_plan::{Shown, image_path, tell_of_end};
use epass_domain::{BonPlan, BonPlanDraft, BonPlanId, BonPlanRefusal, BonPlanState, Fault, Invalid, Terms};
use epass_store::{Attendances, OwnBonPlan};
use epass_web::{
    App, Desk, Done, FieldFault, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, faults,
    filters, mint,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::form::Written;
use crate::write::{complete, form_of};
use crate::{BonPlanKept, HERE, Standing, own, own_alone, path, revision, to_review};

/// The number of registrants that a withdrawal notifies before it answers; the mailer's sweep notifies the others.
const TOLD_AT_ONCE: usize = 300;

/// The page of a bon plan or a draft.
#[derive(Template, Deref)]
#[template(path = "preview.html")]
struct PreviewPage {
    page: Page,
    form: Filled,
    /// The id of a new copy.
    copy: String,
    may: May,
    #[deref]
    body: MyBonPlan,
}

/// A bon plan or a draft: its preview, and its state for the partner.
#[derive(Serialize, ToSchema)]
struct MyBonPlan {
    /// The bon plan's id.
    id: String,
    /// The preview as young people will see it; none for an incomplete draft.
    #[serde(rename = "bon_plan")]
    shown: Option<Shown>,
    /// The faults to correct before it can be sent.
    missing: Vec<FieldFault>,
    /// Whether it has stored corrections that were not sent yet. The preview shows them if they are complete.
    unsent: bool,
    /// The current state.
    standing: Standing,
    /// The revision; send it with the next change.
    revision: u32,
    /// The numbers of registrants; none before the first publication.
    attendance: Option<Attendance>,
}

/// The numbers of registrants.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanAttendance)]
pub(crate) struct Attendance {
    /// The number of registrants with a place.
    pub(crate) registered: u32,
    /// The number of registrants in the waiting list.
    pub(crate) waiting: u32,
}

/// The actions that the partner may take.
struct May {
    change: bool,
    send: bool,
    withdraw: bool,
    delete: bool,
    duplicate: bool,
}

/// The revision that a decision is about.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BonPlanDecisionForm {
    /// The revision that was read.
    revision: Option<u32>,
}

/// The id of a copy.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DuplicationForm {
    /// The copy's id, from the page. It makes the request idempotent: the same form sent twice creates one copy.
    /// Without it, each request creates one.
    copy: String,
}

/// Shows one bon plan or draft.
#[utoipa::path(get, path = "/mes-bons-plans/{plan}", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "The bon plan", body = MyBonPlan),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let (desk, kept, found) = own(&app, &pass, &id, |id| vec![Attendances::terms_key(id)]).await?;
    let terms = match &kept {
        OwnBonPlan::Draft(_) => None,
        OwnBonPlan::Sent(plan) => Attendances::terms_in(&found, plan.id)?,
    };
    let mut preview = PreviewPage::of(&desk, &kept, terms.as_ref(), app.now())?;
    preview.form = resumed.form(preview.form);
    preview.page = preview.page.with_notice(notice(&input.form));
    Ok(Reply::ok(preview))
}

/// Sends the stored bon plan to the team (*J'envoie mon Bon Plan*).
#[utoipa::path(post, path = "/mes-bons-plans/{plan}/envoi", request_body = BonPlanDecisionForm,
    params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Sent; again changes nothing", body = BonPlanKept),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 409, description = "It changed since it was read (`bon_plan_changed`)", body = ProblemBody),
    (status = 422, description = "No revision; faulty or missing fields; no convention in force, none for this envelope, or its dates are over", body = ProblemBody),
))]
pub(crate) async fn send(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<BonPlanDecisionForm>,
) -> Result<Reply, Problem> {
    let (desk, before) = own_alone(&app, &pass, &id).await?;
    let now = app.now();
    let told =
        |plan: &BonPlan| Reply::ok(Told(BonPlanKept::of(plan, now))).see(format!("{}?fait=envoye", path(plan.id)));
    if let OwnBonPlan::Sent(plan) = &before
        && matches!(plan.state, BonPlanState::Submitted { .. })
    {
        return Ok(told(plan));
    }
    let sent = async {
        input.form.is_about(&before)?;
        match &before {
            OwnBonPlan::Draft(draft) => {
                let Written { content, picture } = complete(&before, draft.id, now).await?;
                let after = draft.clone().send(content, picture, &desk.partner, now)?;
                app.store.bons_plans.send_draft(draft, &after, &to_review(&app, None, &after)).await??;
                Ok(after)
            }
            OwnBonPlan::Sent(plan) => {
                let Written { content, picture } = complete(&before, plan.id, now).await?;
                let after = (**plan).clone().send(content, picture, &desk.partner, now)?;
                app.store.bons_plans.save(plan, &after, &to_review(&app, Some(plan), &after)).await??;
                Ok(after)
            }
        }
    };
    Ok(told(&input.carry("decisions", sent).await?))
}

/// Withdraws a bon plan for good; a draft is deleted. Each registrant is notified once by mail, and if there are
/// many, some of the mails are sent after the answer. A second request resumes an unfinished withdrawal.
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
    let (_, before) = own_alone(&app, &pass, &id).await?;
    let withdrawn = async {
        match &before {
            OwnBonPlan::Draft(draft) => {
                input.form.is_about(&before)?;
                app.store.bons_plans.delete_draft(draft).await??;
                Ok(Reply::ok(Told(BonPlanKept::of_draft(draft))).see(format!("{HERE}?fait=supprime")))
            }
            OwnBonPlan::Sent(plan) => {
                let after = if plan.is_standing() {
                    input.form.is_about(&before)?;
                    let after = (**plan).clone().withdraw(app.now())?;
                    app.store.bons_plans.save(plan, &after, &[]).await??;
                    after
                } else {
                    (**plan).clone()
                };
                tell_of_end(&app, &after, TOLD_AT_ONCE).await?;
                Ok(Reply::ok(Told(BonPlanKept::of(&after, app.now()))).see(format!("{}?fait=retire", path(after.id))))
            }
        }
    };
    input.carry("decisions", withdrawn).await
}

/// Creates a draft with the same content.
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
    let (desk, kept) = own_alone(&app, &pass, &id).await?;
    desk.in_force()?;
    let copy = BonPlanId::parse(&input.form.copy).unwrap_or_else(|_| mint::bon_plan_id(app.now()));
    let copy = match kept {
        OwnBonPlan::Draft(draft) => BonPlanDraft::new(copy, draft.partner, draft.name, draft.text),
        OwnBonPlan::Sent(plan) => BonPlanDraft::copy(copy, &plan),
    };
    app.store.bons_plans.create_draft(&copy).await?;
    Ok(Reply::created(Told(BonPlanKept::of_draft(&copy))).see(format!("{}/modifier", path(copy.id))))
}

impl BonPlanDecisionForm {
    /// Checks that the decision is about the current revision.
    fn is_about(&self, kept: &OwnBonPlan) -> Result<(), Problem> {
        let mut invalid = Invalid::default();
        let read = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let read = invalid.finish(|| read)?;
        if read == revision(kept) { Ok(()) } else { Err(BonPlanRefusal::Changed.into()) }
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

impl PreviewPage {
    fn of(desk: &Desk, kept: &OwnBonPlan, terms: Option<&Terms>, now: Timestamp) -> Result<Self, Problem> {
        let standing = Standing::of_kept(kept, now);
        let in_force = desk.in_force().is_ok();
        let (id, title) = match kept {
            OwnBonPlan::Draft(draft) => (draft.id, draft.name.to_string()),
            OwnBonPlan::Sent(plan) => (plan.id, plan.content.title.to_string()),
        };
        let (written, missing) = match form_of(kept)?.parse(None, Some(kept), now) {
            Ok(written) => (Some(written), Invalid::default()),
            Err(missing) => (None, missing),
        };
        let is_sendable = match kept {
            OwnBonPlan::Draft(_) => true,
            OwnBonPlan::Sent(plan) => plan.is_to_be_corrected() && !standing.is_over,
        };
        let is_standing = matches!(kept, OwnBonPlan::Sent(plan) if plan.is_standing());
        let is_draft = matches!(kept, OwnBonPlan::Draft(_));
        let may = May {
            change: in_force && (is_draft || is_standing),
            send: in_force && is_sendable && written.is_some(),
            withdraw: is_standing,
            delete: is_draft,
            duplicate: in_force,
        };
        let body = MyBonPlan {
            id: id.to_string(),
            shown: shown(desk, kept, written),
            missing: if is_sendable { faults(&missing) } else { Vec::new() },
            unsent: matches!(kept, OwnBonPlan::Sent(plan) if plan.draft.is_some()),
            standing,
            revision: revision(kept),
            attendance: terms.map(Attendance::of),
        };
        let (page, copy) = (desk.page(title, HERE), mint::bon_plan_id(now).to_string());
        Ok(Self { page, form: Filled::default(), copy, may, body })
    }

    /// The number of places; none if there is no limit.
    fn places(&self) -> Option<u32> {
        self.shown.as_ref().and_then(|shown| shown.places)
    }
}

/// The preview: the version that would be sent now if it is complete, otherwise the version that was sent.
fn shown(desk: &Desk, kept: &OwnBonPlan, written: Option<Written>) -> Option<Shown> {
    let (id, name) = match kept {
        OwnBonPlan::Draft(draft) => (draft.id, desk.partner.known_as()),
        OwnBonPlan::Sent(plan) if plan.draft.is_some() && written.is_some() => (plan.id, &plan.partner_name),
        OwnBonPlan::Sent(plan) => return Some(Shown::of(plan, image_path)),
    };
    let Written { content, picture } = written?;
    Some(Shown::of_content(id, name, (&content, picture.as_ref()), image_path))
}

impl Attendance {
    pub(crate) const fn of(terms: &Terms) -> Self {
        Self { registered: terms.taken, waiting: terms.waiting }
    }
}
