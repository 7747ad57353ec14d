//! The page of one bon plan, registering and leaving.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_bon_plan::{DateShown, Shown, place_freed, place_sure};
use epass_domain::{AttendanceRefusal, Attendee, Beneficiary, BonPlan, BonPlanId, Holder, Profile, Standing, Terms};
use epass_store::{Attendances, Beneficiaries, BonsPlans, Candidate, Found, Joined, Key, Profiles};
use epass_web::{
    App, Done, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, Someone, Told, filters, mint,
    named, public_page_at, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, path_of};

/// The page of a bon plan, with the reader's possible action.
#[derive(Template, Deref)]
#[template(path = "one.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    door: Door,
    for_team: bool,
    #[deref]
    body: BonPlanPage,
}

/// A bon plan, with the caller's own registration.
#[derive(Serialize, ToSchema)]
struct BonPlanPage {
    #[serde(flatten)]
    shown: Shown,
    /// Whether the last date is over.
    over: bool,
    /// The number of places left; null when there is no limit or no registration.
    places_left: Option<u32>,
    /// The number of people in the waiting list.
    waiting: u32,
    /// The caller's own registration; null when there is none.
    registration: Option<Mine>,
}

/// The caller's own registration.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanRegistration)]
struct Mine {
    /// `in` with a place, `waiting` in the waiting list.
    #[schema(value_type = words::RegistrationStanding)]
    standing: Standing,
    /// The rank in the waiting list, from 1; null with a place, and for ranks beyond 500.
    rank: Option<usize>,
    /// When the caller registered.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
}

/// The action that the page offers.
enum Door {
    /// No action: no registration is required, or the bon plan is over.
    None,
    /// The reader must sign in first.
    SignIn,
    /// The reader is signed in, and only young people register.
    NotYoung,
    /// Register, for a place or for the waiting list; the partner receives these contact details.
    Register { for_a_place: bool, email: String, phone: Option<String> },
    /// Registration is refused for this reason.
    Closed(AttendanceRefusal),
    /// The reader is registered and may leave.
    Leave,
    /// The reader was registered, and the bon plan is over.
    Past,
}

/// A signed-in young person, with what decides whether they may register.
struct Reader {
    someone: Someone,
    beneficiary: Beneficiary,
    profile: Option<Profile>,
    attendee: Option<Attendee>,
}

/// Shows one bon plan, with the caller's own registration when a young person is signed in.
#[utoipa::path(get, path = "/bons-plans/{plan}", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "The bon plan", body = BonPlanPage),
    (status = 404, description = "No such bon plan, or not published", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    pass: Option<Pass>,
    Path(plan): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let id = named(&plan, BonPlanId::parse)?;
    let mut sheet = look(&app, pass.as_ref(), id).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Registers the young person: with a place while there are any, else at the end of the waiting list. The partner
/// receives their first name, last name, mail address and telephone number.
#[utoipa::path(post, path = "/bons-plans/{plan}/inscription", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 201, description = "Registered", body = Mine),
    (status = 404, description = "No such bon plan, or never published", body = ProblemBody),
    (status = 409, description = "Registered already, registration is closed (`registration_closed`) or waits for the partner's convention (`registration_suspended`), the bon plan is over (`bon_plan_ended`) or no longer published (`not_published`)", body = ProblemBody),
    (status = 422, description = "Too young, the card is suspended, or there is no registration", body = ProblemBody),
))]
pub(crate) async fn join(State(app): State<App>, pass: Pass, Path(plan): Path<String>) -> Result<Reply, Problem> {
    let id = named(&plan, BonPlanId::parse)?;
    let (reader, found) = enter(&app, &pass, id).await?;
    let (plan, terms) = published(&found, id)?;
    let registered = reader.on_its_page(&plan, reader.register(&app, &plan, terms)).await?;
    app.store.attendances.settle(&plan, app.now(), |first| place_freed(&app, &plan, first)).await?;
    let done = match registered.standing {
        Standing::In => "inscrit",
        Standing::Waiting => "attente",
    };
    Ok(Reply::created(Told(registered)).see(format!("{HERE}/{id}?fait={done}")))
}

/// Takes the young person off the list, until the bon plan is over. Until the last date begins, the first person of
/// the waiting list gets the place and a mail. A second call changes nothing.
#[utoipa::path(post, path = "/bons-plans/{plan}/desinscription", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "Off the list", body = Left),
    (status = 404, description = "No such bon plan, or never published", body = ProblemBody),
    (status = 409, description = "It is over (`bon_plan_ended`)", body = ProblemBody),
))]
pub(crate) async fn leave(State(app): State<App>, pass: Pass, Path(plan): Path<String>) -> Result<Reply, Problem> {
    let now = app.now();
    let id = named(&plan, BonPlanId::parse)?;
    let (reader, found) = enter(&app, &pass, id).await?;
    let (plan, _) = published(&found, id)?;
    reader.on_its_page(&plan, async { Ok(plan.may_leave(now)?) }).await?;
    let attendances = &app.store.attendances;
    attendances.leave(&plan, reader.beneficiary.id, now, |first| place_freed(&app, &plan, first)).await?;
    attendances.settle(&plan, now, |first| place_freed(&app, &plan, first)).await?;
    let back = if plan.is_published() { format!("{HERE}/{id}?fait=desinscrit") } else { crate::MINE.to_owned() };
    Ok(Reply::ok(Told(Left { registered: false })).see(back))
}

/// The answer of a person who left the list.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanLeft)]
struct Left {
    /// Always `false`.
    registered: bool,
}

/// The session of a young person and everything that registering depends on, in one round trip.
async fn enter(app: &App, pass: &Pass, id: BonPlanId) -> Result<(Reader, Found), Problem> {
    let who = pass.beneficiary()?;
    let mut keys = vec![Attendances::key(id, who), Beneficiaries::key(who), Profiles::key(who)];
    keys.extend(keys_of(id));
    let (someone, found) = app.enter(pass, &keys).await?;
    let beneficiary = Beneficiaries::in_found(&found, who)?.ok_or(Problem::not_found())?;
    let (profile, attendee) = (Profiles::in_found(&found, who)?, Attendances::in_found(&found, id, who)?);
    Ok((Reader { someone, beneficiary, profile, attendee }, found))
}

fn keys_of(id: BonPlanId) -> [Key; 2] {
    [BonsPlans::key(id), Attendances::terms_key(id)]
}

/// The bon plan and its terms; not found when it was never published.
fn published(found: &Found, id: BonPlanId) -> Result<(BonPlan, Terms), Problem> {
    let plan = BonsPlans::in_found(found, id)?.ok_or(Problem::not_found())?;
    let terms = Attendances::terms_in(found, id)?.ok_or(Problem::not_found())?;
    Ok((plan, terms))
}

/// The page of one bon plan for this reader. Registrants see it even while it is not published.
async fn look(app: &App, pass: Option<&Pass>, id: BonPlanId) -> Result<SheetPage, Problem> {
    let now = app.now();
    let young = pass.filter(|pass| matches!(pass.holder, Holder::Beneficiary(_)));
    let entered = match young {
        None => None,
        Some(pass) => match enter(app, pass, id).await {
            // An expired session reads what the public reads.
            Err(problem) if matches!(problem.kind(), Kind::Unauthenticated | Kind::PasswordChangeRequired) => None,
            entered => Some(entered?),
        },
    };
    let (reader, found) = match entered {
        Some((reader, found)) => (Some(reader), found),
        None => (None, app.store.read(&keys_of(id)).await?),
    };
    let (plan, terms) = published(&found, id)?;
    let attendee = reader.as_ref().and_then(|reader| reader.attendee.as_ref());
    if !plan.is_published() && attendee.is_none() {
        return Err(Problem::not_found());
    }
    let registration = match attendee {
        Some(attendee) => Some(Mine::of(app, id, attendee).await?),
        None => None,
    };
    let title = plan.content.title.to_string();
    let page = match &reader {
        Some(reader) => reader.someone.page(title, HERE),
        None => public_page_at(&title, pass, HERE),
    };
    let shown = Shown::of(&plan, path_of);
    let picture = shown.picture.as_ref().map(|picture| picture.large.path.as_str());
    let dates: Vec<_> = shown.dates.iter().map(DateShown::said).collect();
    let told = format!("{}, {}. {}", dates.join(", "), shown.partner_name, shown.description);
    let page = page.with_description(&told).with_picture(picture);
    // The convention is read only when the reader may still register.
    let asks = attendee.is_none() && plan.takes_registrations(&terms, now).is_ok();
    let is_taken = !asks || app.store.directory.find(&plan.partner).await?.is_some();
    let is_other = pass.is_some() && young.is_none();
    let door = door(&plan, &terms, reader.as_ref(), (is_other, is_taken), now);
    let registers = plan.content.registration.is_some();
    let body = BonPlanPage {
        shown,
        over: plan.is_over(now),
        places_left: terms.left().filter(|_| registers),
        waiting: terms.waiting,
        registration,
    };
    let for_team = pass.is_some_and(|pass| pass.holder == Holder::Team);
    Ok(SheetPage { page, form: Filled::default(), door, for_team, body })
}

/// The action that the page offers to this reader.
fn door(
    plan: &BonPlan,
    terms: &Terms,
    reader: Option<&Reader>,
    (is_other, is_taken): (bool, bool),
    now: Timestamp,
) -> Door {
    let Some(reader) = reader else {
        return match plan.takes_registrations(terms, now) {
            Err(AttendanceRefusal::NoRegistration | AttendanceRefusal::NotPublished) => Door::None,
            Err(refusal) => Door::Closed(refusal),
            Ok(()) if !is_taken => Door::Closed(AttendanceRefusal::Suspended),
            Ok(()) if is_other => Door::NotYoung,
            Ok(()) => Door::SignIn,
        };
    };
    if reader.attendee.is_some() {
        return if plan.may_leave(now).is_ok() { Door::Leave } else { Door::Past };
    }
    let candidate = reader.candidate(now);
    match plan.admit(terms, (candidate.born, candidate.card), now) {
        Ok(_) if !is_taken => Door::Closed(AttendanceRefusal::Suspended),
        Ok(standing) => Door::Register {
            for_a_place: standing == Standing::In,
            email: candidate.attendee.email.to_string(),
            phone: candidate.attendee.phone.as_ref().map(ToString::to_string),
        },
        Err(AttendanceRefusal::NoRegistration | AttendanceRefusal::NotPublished) => Door::None,
        Err(refusal) => Door::Closed(refusal),
    }
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "inscrit" => Some("Votre place est réservée : un mail vous le confirme."),
        "attente" => Some("Vous êtes sur la liste d’attente : un mail vous préviendra dès qu’une place se libère."),
        "desinscrit" => Some("Votre désinscription est enregistrée : votre place est libérée."),
        _ => None,
    }
}

impl Reader {
    /// Runs the decision of a button. A refusal is shown on the page of the bon plan, if the reader sees that page:
    /// when the bon plan is no longer published, only registrants do.
    async fn on_its_page<A>(
        &self,
        plan: &BonPlan,
        decision: impl Future<Output = Result<A, Problem>>,
    ) -> Result<A, Problem> {
        if !plan.is_published() && self.attendee.is_none() {
            return decision.await;
        }
        Input::button().carry("inscription", decision).await
    }

    /// Registers the reader, with a place or at the end of the waiting list.
    async fn register(&self, app: &App, plan: &BonPlan, terms: Terms) -> Result<Mine, Problem> {
        let now = app.now();
        let sure = |who: &Attendee| Some(place_sure(app, plan, who));
        match app.store.attendances.join(plan, terms, &self.candidate(now), now, sure).await?? {
            Joined::Now(standing) => Ok(Mine { standing, rank: None, registered_at: now }),
            Joined::Before(_) => Err(AttendanceRefusal::AlreadyRegistered.into()),
        }
    }

    /// The reader as a candidate, with the contact details that the partner receives.
    fn candidate(&self, now: Timestamp) -> Candidate {
        let of = &self.beneficiary;
        let email = self.profile.as_ref().map_or(&self.someone.account.email, |profile| &profile.email);
        let attendee = Attendee {
            beneficiary: of.id,
            first_name: of.first_name.clone(),
            last_name: of.last_name.clone(),
            email: email.clone(),
            phone: self.profile.as_ref().and_then(|profile| profile.phone.clone()),
            arrival: mint::arrival_id(now),
            registered_at: now,
            standing: Standing::Waiting,
        };
        Candidate { attendee, born: of.birth_date, card: of.card_state }
    }
}

impl Mine {
    async fn of(app: &App, id: BonPlanId, attendee: &Attendee) -> Result<Self, Problem> {
        let rank = match attendee.standing {
            Standing::In => None,
            Standing::Waiting => app.store.attendances.rank(id, attendee.arrival).await?,
        };
        Ok(Self { standing: attendee.standing, rank, registered_at: attendee.registered_at })
    }
}
