//! *Je m'inscris* for young people, the confirmation of the address, and the renewal for a new campaign
//! (`product.md`, *Eligibility*; guide §2.3).

mod confirmation;
mod form;
mod function;
mod renewal;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{
    Applicant, Campaign, Department, Enrolment, EnrolmentRefusal, Envelope, Fault, Ineligible, Invalid, NO_STATUS,
    ParisDay, Postcode, School, Status, limits,
};
use epass_mail::Letter;
use epass_web::{
    Access, App, Client, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Told, filters,
    mint, public_page, routes,
};
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;

pub use confirmation::{ConfirmationForm, ConfirmationLink};
pub use form::{EnrolmentForm, RenewalForm, StepQuery};
use form::{Halt, Step};
pub use function::FUNCTION;

const HERE: &str = "/inscription/jeune";

/// The lifetime of a step's address, which holds what was typed before.
const SHOWN: SignedDuration = SignedDuration::from_hours(1);

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Public, routes!(show, register))
        .open(Access::Public, routes!(confirmation::show_link, confirmation::confirm))
        .open(Access::Only(epass_domain::Role::Beneficiary), routes!(renewal::show_renewal, renewal::renew))
}

/// The page of a step, or of what happens next.
#[derive(Template, Deref)]
#[template(path = "registration.html")]
struct StepPage {
    page: Page,
    form: Filled,
    step: Step,
    schools: Vec<(String, String)>,
    done: Option<NextUp>,
    #[deref]
    body: EnrolmentPage,
}

/// The form; it has no content.
#[derive(Serialize, ToSchema)]
struct EnrolmentPage {}

/// What happens after the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextUp {
    /// The address must be confirmed.
    Confirm,
    /// The young person may sign in.
    SignIn,
    /// The team decides.
    Review,
}

/// The answer when the registration waits for the confirmation of the address.
#[derive(Serialize, ToSchema)]
struct Asked {
    /// A French sentence for the reader.
    message: &'static str,
}

/// Shows the first step, or the step that a browser has reached; the address holds what was typed, sealed.
#[utoipa::path(get, path = "/inscription/jeune", params(StepQuery), responses(
    (status = 200, description = "The form's first step", body = EnrolmentPage),
))]
async fn show(
    State(app): State<App>,
    pass: Option<Pass>,
    resumed: Resumed,
    input: Input<StepQuery>,
) -> Result<Reply, Problem> {
    let reached = app.in_address::<(usize, Filled)>(HERE, "", &input.form.etape);
    let refused = Some(resumed.form(Filled::default())).filter(|form| !form.faults().is_empty());
    let refused = refused.map(|form| (Step::of_faults(&form), form));
    if let Some((step, typed)) = refused.or(reached.map(|(step, typed)| (Step::read(&step.to_string()), typed))) {
        let schools = schools(&app, typed.value("school_postcode")).await?;
        return Ok(Reply::ok(StepPage::at(step, pass.as_ref(), typed, schools)));
    }
    let done = match input.form.fait.as_str() {
        "envoye" => Some(NextUp::Confirm),
        "confirmee" => Some(NextUp::SignIn),
        "verification" => Some(NextUp::Review),
        _ => None,
    };
    let page = StepPage::at(Step::Right, pass.as_ref(), Filled::default(), Vec::new());
    Ok(Reply::ok(match done {
        Some(done) => page.done(done, pass.as_ref()),
        None => page,
    }))
}

/// Submits a step: the answer is the next step or, after the last one, a mail with a link that confirms the address.
/// An applicant who is not eligible is told the rule as early as possible; nothing is stored about them except a
/// count.
#[utoipa::path(post, path = "/inscription/jeune", request_body = EnrolmentForm, responses(
    (status = 200, description = "The next step", body = EnrolmentPage),
    (status = 201, description = "All steps are right: a mail with a link leaves", body = Asked),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "Faulty fields, or a rule is not met (`not_eligible_…`)", body = ProblemBody),
    (status = 429, description = "Five mails to this address within the hour or ten within the day, or too many registrations from this client address or on this day", body = ProblemBody),
))]
async fn register(
    State(app): State<App>,
    pass: Option<Pass>,
    client: Client,
    input: Input<EnrolmentForm>,
) -> Result<Reply, Problem> {
    let taken = take(&app, &client, &input.form);
    let Some(next) = input.carry("email", taken).await? else {
        return Ok(Reply::created(Told(ASKED)).see(format!("{HERE}?fait=envoye")));
    };
    let typed = input.typed.set("back", "").set("step", "");
    let sealed = app.address_of(HERE, "", (next.number(), typed.clone()), SHOWN);
    let schools = schools(&app, &input.form.school_postcode).await?;
    let reply = Reply::ok(StepPage::at(next, pass.as_ref(), typed, schools));
    Ok(match sealed {
        Some(sealed) => reply.see(format!("{HERE}?etape={sealed}")),
        None => reply,
    })
}

/// Checks a step and returns the next one; `None` when it was the last one and the registration is stored.
async fn take(app: &App, client: &Client, form: &EnrolmentForm) -> Result<Option<Step>, Problem> {
    let today = ParisDay::of(app.now());
    let step = Step::read(&form.step);
    form.choices()?;
    if !form.back.is_empty() {
        return Ok(Some(step.before()));
    }
    for taken in Step::ALL.into_iter().filter(|taken| *taken <= step) {
        unless_halted(app, form.check(taken, today)).await?;
    }
    if let Some(next) = step.following() {
        return Ok(Some(next));
    }
    let mut applicant = unless_halted(app, form.parse(today)).await?;
    applicant.situation.school = school_named(app, applicant.situation.school).await?;
    let counted = app.of_mail_asked(limits::REGISTRATIONS_FROM, client, &applicant.email);
    app.count_mails(&counted).await?;
    ask(app, applicant).await?;
    Ok(None)
}

const ASKED: Asked = Asked { message: "Un mail vient de partir : ouvrez son lien pour confirmer votre adresse." };

/// Stores the registration with the mail that asks to confirm the address. A later registration of the same person
/// with the same address replaces the earlier one under the same link, so that only one link is valid.
async fn ask(app: &App, applicant: Applicant) -> Result<(), Problem> {
    let now = app.now();
    let own = app.signer.enrolment_id(&applicant);
    for id in [own, mint::enrolment_id()] {
        let letter = Letter::ConfirmAddress { enrolment: id, site_url: app.settings.site_url.clone() };
        let mail = letter.to(&applicant.email, mint::mail_id(now), now);
        if app.store.enrolments.ask(&Enrolment::asked(id, applicant.clone(), now), &mail).await? {
            return Ok(());
        }
        // The earlier one is with the team, and stays there.
    }
    Err(Problem::new(Kind::Busy))
}

/// Returns what was typed, or the problem of its [`Halt`]. For an ineligible applicant, only the rule is counted.
async fn unless_halted<T>(app: &App, typed: Result<T, Halt>) -> Result<T, Problem> {
    match typed {
        Ok(typed) => Ok(typed),
        Err(Halt::Faulty(invalid)) => Err(invalid.into()),
        Err(Halt::Ineligible(rule)) => Err(ineligible(app, rule).await?),
    }
}

/// The problem of an ineligible applicant; the rule is counted.
async fn ineligible(app: &App, rule: Ineligible) -> Result<Problem, Problem> {
    app.store.counters.tally(rule, Campaign::at(app.now())).await?;
    Ok(Problem::from(EnrolmentRefusal::NotEligible(rule)).stands_at(rule.field()))
}

/// A selected school, with its name from the store.
async fn school_named(app: &App, school: School) -> Result<School, Problem> {
    const GONE: Fault = Fault::new("school", "Choisissez un établissement de la liste, ou écrivez son nom.");
    let Some(id) = &school.establishment else { return Ok(school) };
    let known = app.store.establishments.find(id).await?.ok_or(Invalid::of("school", GONE))?;
    Ok(School { name: known.name, establishment: Some(known.id) })
}

/// The establishments of a postcode's department, for selection; none when the postcode is not valid yet.
async fn schools(app: &App, postcode: &str) -> Result<Vec<(String, String)>, Problem> {
    let Some(department) = Postcode::parse(postcode).ok().as_ref().and_then(Department::of) else {
        return Ok(Vec::new());
    };
    let lines = app.store.establishments.of_department(department).await?;
    Ok(lines.into_iter().map(|line| (line.id.to_string(), format!("{} – {}", line.name, line.commune))).collect())
}

/// The options of the status: the four, and none of them.
fn statuses() -> Vec<(&'static str, &'static str)> {
    let statuses = Status::ALL.map(|status| (status.code(), status.label()));
    statuses.into_iter().chain([(NO_STATUS, "Aucune de ces situations")]).collect()
}

impl StepPage {
    fn at(step: Step, pass: Option<&Pass>, form: Filled, schools: Vec<(String, String)>) -> Self {
        let page = public_page("Je m’inscris à l’e-PASS JEUNES", pass);
        Self { page, form, step, schools, done: None, body: EnrolmentPage {} }
    }

    fn done(self, done: NextUp, pass: Option<&Pass>) -> Self {
        let title = match done {
            NextUp::Confirm => "Confirmez votre adresse mail",
            NextUp::SignIn => "Votre e-PASS JEUNES est prêt",
            NextUp::Review => "Votre inscription est vérifiée par l’équipe",
        };
        Self { page: public_page(title, pass), done: Some(done), ..self }
    }

    /// The values of the other steps, which the form carries in hidden fields.
    fn carried(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let others = Step::ALL.into_iter().filter(|step| *step != self.step);
        others.flat_map(|step| step.fields()).map(|field| (*field, self.form.value(field)))
    }
}
