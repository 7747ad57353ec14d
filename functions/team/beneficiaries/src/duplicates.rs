//! Registrations with the name and birth date of an existing beneficiary: the comparison of both, and the team's
//! decision.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Applicant, Beneficiary, Enrolment, EnrolmentId, EnrolmentRefusal, EnrolmentState, Profile, Status};
use epass_enrolment::{Admission, admit};
use epass_mail::Letter;
use epass_store::{Beneficiaries, Namesake, Profiles, Waiting};
use epass_web::{
    App, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Staff, Told, cursor, filters, mint, named, words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const HERE: &str = "/equipe/doublons";
const LINES: i32 = 25;

/// The position in the list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DuplicatesForm {
    /// The `next` of the previous page.
    pub after: String,
    /// The decision that was just made: `autre` or `meme`.
    pub fait: String,
}

/// The page of the registrations that wait for the team.
#[derive(Template, Deref)]
#[template(path = "duplicates.html")]
struct ListPage {
    page: Page,
    first: String,
    following: String,
    #[deref]
    body: DuplicateList,
}

/// The registrations that wait for the team.
#[derive(Serialize, ToSchema)]
pub struct DuplicateList {
    /// The registrations, longest waiting first.
    duplicates: Vec<DuplicateLine>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// A registration that waits.
#[derive(Serialize, ToSchema)]
pub struct DuplicateLine {
    /// The id of the registration.
    id: String,
    /// The applicant's name.
    name: String,
    /// When the registration began to wait.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// The page of one registration, with both decisions.
#[derive(Template, Deref)]
#[template(path = "duplicate.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    #[deref]
    body: DuplicateSheet,
}

/// The applicant and the existing beneficiary, side by side.
#[derive(Serialize, ToSchema)]
pub struct DuplicateSheet {
    /// The id of the registration.
    id: String,
    /// The state: `waiting`, `enrolled` or `refused`.
    #[schema(value_type = words::DuplicateState)]
    state: &'static str,
    /// The applicant's declaration; deleted with the decision.
    applicant: Option<Declared>,
    /// The existing beneficiary's declaration.
    holder: Option<Declared>,
    /// The existing beneficiary's id.
    holder_id: Option<String>,
}

/// The declaration of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DuplicatePerson)]
pub struct Declared {
    /// *Prénom*.
    first_name: String,
    /// *Nom*.
    last_name: String,
    /// The birth date, `14/05/2008`.
    birth_date: String,
    /// *Adresse mail*.
    email: String,
    /// *Téléphone portable*; empty when there is none.
    phone: String,
    /// *Situation*: `high_school`, `apprentice`, `health_or_social` or `trainee`.
    #[schema(value_type = words::YoungStatus)]
    status: Status,
    /// *Code postal du domicile*, or `Hors de France`.
    home_postcode: String,
    /// *Code postal de l'établissement*, or `Hors de France`.
    school_postcode: String,
    /// The school.
    school: String,
}

/// A line of the comparison.
struct Compared<'a> {
    label: &'static str,
    applicant: &'a str,
    holder: &'a str,
}

/// The outcome of the team's decision.
#[derive(Serialize, ToSchema)]
pub struct DuplicateDecided {
    /// The outcome: `enrolled` or `refused`.
    #[schema(value_type = words::DuplicateDecision)]
    state: &'static str,
}

/// Lists the registrations that wait, longest waiting first.
#[utoipa::path(get, path = "/equipe/doublons", params(DuplicatesForm), responses(
    (status = 200, description = "The list", body = DuplicateList),
    (status = 422, description = "No such page", body = ProblemBody),
))]
pub async fn list_duplicates(
    State(app): State<App>,
    staff: Staff,
    input: Input<DuplicatesForm>,
) -> Result<Reply, Problem> {
    let after = cursor("after", &input.form.after, place)?;
    let waiting = app.store.enrolments.waiting(after, LINES).await?;
    let mut list = ListPage::of(&staff, after.is_some(), &waiting);
    list.page = list.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(list))
}

/// Gives a registration beside the existing beneficiary.
#[utoipa::path(get, path = "/equipe/doublons/{enrolment}", params(("enrolment" = String, Path, description = "The registration's id")), responses(
    (status = 200, description = "Both", body = DuplicateSheet),
    (status = 404, description = "No such registration", body = ProblemBody),
))]
pub async fn show_duplicate(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    resumed: Resumed,
) -> Result<Reply, Problem> {
    let enrolment = find(&app, &id).await?;
    let page = staff.page("Même nom, même date de naissance", HERE);
    let body = DuplicateSheet::of(&app, &enrolment).await?;
    Ok(Reply::ok(SheetPage { page, form: resumed.form(Filled::default()), body }))
}

/// *C'est une autre personne*: makes the card and mails the sign-in, as the confirmation link would have done.
#[utoipa::path(post, path = "/equipe/doublons/{enrolment}/autre", params(("enrolment" = String, Path, description = "The registration's id")), responses(
    (status = 200, description = "Enrolled", body = DuplicateDecided),
    (status = 404, description = "No such registration", body = ProblemBody),
    (status = 409, description = "A colleague decided otherwise (`already_decided`)", body = ProblemBody),
    (status = 422, description = "No longer eligible (`not_eligible_…`)", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
pub async fn is_another(State(app): State<App>, _: Staff, Path(id): Path<String>) -> Result<Reply, Problem> {
    let before = find(&app, &id).await?;
    let enrolled = async {
        if let Ok((applicant, _)) = before.duplicate() {
            match admit(&app, &before, applicant, Namesake::Known, before.chosen_password()).await? {
                Admission::Refused(EnrolmentRefusal::AlreadyConfirmed)
                | Admission::Enrolled
                | Admission::SamePerson(_) => {}
                Admission::Refused(refusal) => return Err(refusal.into()),
            }
        }
        decided(&app, &id, Decision::Another).await
    };
    Input::button().carry("decision", enrolled).await
}

/// *C'est la même personne*: creates nothing, and mails the applicant how to sign in again.
#[utoipa::path(post, path = "/equipe/doublons/{enrolment}/meme", params(("enrolment" = String, Path, description = "The registration's id")), responses(
    (status = 200, description = "Refused", body = DuplicateDecided),
    (status = 404, description = "No such registration", body = ProblemBody),
    (status = 409, description = "A colleague decided otherwise (`already_decided`)", body = ProblemBody),
))]
pub async fn is_the_same(State(app): State<App>, _: Staff, Path(id): Path<String>) -> Result<Reply, Problem> {
    let before = find(&app, &id).await?;
    if let Ok((applicant, _)) = before.duplicate() {
        let now = app.now();
        let letter = Letter::EnrolmentRefused { site_url: app.settings.site_url.clone() };
        let mail = letter.to(&applicant.email, mint::mail_id(now), now).greeting(applicant.first_name.clone());
        app.store.enrolments.turn(&before, &before.clone().refused(now), &[mail]).await?;
    }
    Input::button().carry("decision", decided(&app, &id, Decision::Same)).await
}

/// The team's decision.
#[derive(Clone, Copy)]
enum Decision {
    Another,
    Same,
}

/// Answers with the outcome of this decision, whether it was made now or before. Refused when a colleague decided
/// otherwise.
async fn decided(app: &App, id: &str, decision: Decision) -> Result<Reply, Problem> {
    let after = find(app, id).await?;
    let (state, done) = match (&after.state, decision) {
        (EnrolmentState::Enrolled, Decision::Another) => ("enrolled", "autre"),
        (EnrolmentState::Refused, Decision::Same) => ("refused", "meme"),
        _ => return Err(EnrolmentRefusal::AlreadyDecided.into()),
    };
    Ok(Reply::ok(Told(DuplicateDecided { state })).see(format!("{HERE}?fait={done}")))
}

/// The registration with this id, if it was set aside for the team.
async fn find(app: &App, id: &str) -> Result<Enrolment, Problem> {
    let id = named(id, EnrolmentId::parse)?;
    let enrolment = app.store.enrolments.find(id).await?.ok_or(Problem::not_found())?;
    match enrolment.state {
        EnrolmentState::Asked(_) => Err(Problem::not_found()),
        EnrolmentState::Duplicate { .. } | EnrolmentState::Enrolled | EnrolmentState::Refused => Ok(enrolment),
    }
}

/// The error of a text that is not a position of the list.
struct NoPlace;

fn place(text: &str) -> Result<(Timestamp, EnrolmentId), NoPlace> {
    let read = |(since, id): (&str, &str)| Some((since.parse().ok()?, EnrolmentId::parse(id).ok()?));
    text.split_once('_').and_then(read).ok_or(NoPlace)
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "autre" => Some("L’inscription est acceptée : la carte existe, l’identifiant part par mail."),
        "meme" => Some("L’inscription est refusée : le jeune est invité par mail à retrouver son identifiant."),
        _ => None,
    }
}

impl ListPage {
    fn of(staff: &Staff, is_further: bool, waiting: &Waiting) -> Self {
        let next = waiting.next.as_ref().map(|(since, id)| format!("{since}_{id}"));
        Self {
            page: staff.page("Doublons à décider", HERE),
            first: if is_further { HERE.to_owned() } else { String::new() },
            following: next.as_ref().map_or_else(String::new, |next| format!("{HERE}?after={next}")),
            body: DuplicateList { duplicates: waiting.enrolments.iter().filter_map(DuplicateLine::of).collect(), next },
        }
    }
}

impl DuplicateLine {
    fn of(enrolment: &Enrolment) -> Option<Self> {
        match &enrolment.state {
            EnrolmentState::Duplicate { applicant, since, .. } => Some(Self {
                id: enrolment.id.to_string(),
                name: format!("{} {}", applicant.first_name, applicant.last_name),
                since: *since,
            }),
            EnrolmentState::Asked(_) | EnrolmentState::Enrolled | EnrolmentState::Refused => None,
        }
    }
}

impl DuplicateSheet {
    async fn of(app: &App, enrolment: &Enrolment) -> Result<Self, Problem> {
        let mut sheet = Self {
            id: enrolment.id.to_string(),
            state: match enrolment.state {
                EnrolmentState::Asked(_) | EnrolmentState::Duplicate { .. } => "waiting",
                EnrolmentState::Enrolled => "enrolled",
                EnrolmentState::Refused => "refused",
            },
            applicant: None,
            holder: None,
            holder_id: None,
        };
        if let Ok((applicant, of)) = enrolment.duplicate() {
            let found = app.store.read(&[Beneficiaries::key(of), Profiles::key(of)]).await?;
            let holder = Beneficiaries::in_found(&found, of)?.zip(Profiles::in_found(&found, of)?);
            sheet.applicant = Some(Declared::applying(applicant));
            sheet.holder = holder.as_ref().map(|(who, profile)| Declared::known(who, profile));
            sheet.holder_id = holder.map(|(who, _)| who.id.to_string());
        }
        Ok(sheet)
    }

    /// The comparison of both, while both exist.
    fn compared(&self) -> Vec<Compared<'_>> {
        let (Some(applicant), Some(holder)) = (&self.applicant, &self.holder) else { return Vec::new() };
        let line = |label, of: fn(&Declared) -> &str| Compared { label, applicant: of(applicant), holder: of(holder) };
        vec![
            line("Prénom", |one| &one.first_name),
            line("Nom", |one| &one.last_name),
            line("Date de naissance", |one| &one.birth_date),
            line("Adresse mail", |one| &one.email),
            line("Téléphone portable", |one| &one.phone),
            line("Situation", |one| one.status.label()),
            line("Code postal du domicile", |one| &one.home_postcode),
            line("Établissement", |one| &one.school),
            line("Code postal de l’établissement", |one| &one.school_postcode),
        ]
    }
}

impl Declared {
    fn applying(of: &Applicant) -> Self {
        Self {
            first_name: of.first_name.to_string(),
            last_name: of.last_name.to_string(),
            birth_date: of.birth_date.to_string(),
            email: of.email.to_string(),
            phone: of.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
            status: of.situation.status,
            home_postcode: of.situation.home.to_string(),
            school_postcode: of.situation.school_at.to_string(),
            school: of.situation.school.name.to_string(),
        }
    }

    fn known(who: &Beneficiary, profile: &Profile) -> Self {
        Self::applying(&Applicant {
            first_name: who.first_name.clone(),
            last_name: who.last_name.clone(),
            birth_date: who.birth_date,
            email: profile.email.clone(),
            phone: profile.phone.clone(),
            situation: profile.situation.clone(),
        })
    }
}
