//! The sheet of an outing: submission of a new one, and correction of one that the partner returned.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{
    Action, Did, Envelope, ParisDay, Partner, PartnerId, Party, Refusal, SettlementTerms, Sortie, SortieId,
    SortieRefusal, SortieState, limits,
};
use epass_sortie::{Shown, invitation};
use epass_store::{Counted, Key, Partners, Sorties};
use epass_web::{
    App, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, School, Told, filters, mint,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::{NewForm, SortieForm};
use crate::{HERE, NEW, on_its_page, own_alone, path, step};

/// The number of codes tried before giving up: the first one is nearly always free.
const MINTINGS: usize = 5;

/// The page of the form.
#[derive(Template, Deref)]
#[template(path = "write.html")]
struct WritePage {
    page: Page,
    form: Filled,
    action: String,
    back: String,
    #[deref]
    body: EstablishmentSortieWriting,
}

/// The form of an outing, filled in.
#[derive(Serialize, ToSchema)]
struct EstablishmentSortieWriting {
    /// The partner that is asked to receive the outing; null until one is chosen in CULTURO, and when it has no
    /// convention in force.
    partner: Option<PartnerShown>,
    /// The change that the partner asked for; null for a new outing.
    remark: Option<String>,
    /// The values of the form: change them and send them back. Null while no partner is chosen.
    sheet: Option<SortieForm>,
}

/// The partner, as the form shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = SortiePartner)]
struct PartnerShown {
    /// The dossier number.
    #[schema(example = "12345678")]
    id: String,
    /// The trade name.
    name: String,
    /// *Commune*; null while the partner has not declared one.
    commune: Option<String>,
}

/// Gives the form of a new outing, for the partner that was chosen in CULTURO.
#[utoipa::path(get, path = "/etablissement/sorties/nouvelle", params(NewForm), responses(
    (status = 200, description = "The form, or where to choose a partner", body = EstablishmentSortieWriting),
))]
pub(crate) async fn blank(
    State(app): State<App>,
    pass: Pass,
    resumed: Resumed,
    input: Input<NewForm>,
) -> Result<Reply, Problem> {
    let typed: Option<SortieForm> = resumed.read();
    let wanted = PartnerId::parse(typed.as_ref().map_or(&input.form.partner, |typed| &typed.partner)).ok();
    let keys: Vec<Key> = wanted.iter().map(Partners::key).collect();
    let (school, found) = app.enter_school(&pass, &keys).await?;
    let partner = wanted.map(|id| Partners::in_found(&found, &id)).transpose()?.flatten();
    let partner = partner.filter(|partner| partner.in_force().is_ok());
    let form = match (typed, &partner) {
        (Some(typed), _) if typed.id.is_empty() => {
            Some(SortieForm { id: mint::sortie_id().as_str().to_owned(), ..typed })
        }
        (Some(typed), _) => Some(typed),
        (None, partner) => partner.as_ref().map(|partner| SortieForm::new(&mint::sortie_id(), partner)),
    };
    Ok(Reply::ok(WritePage::new(&school, partner.as_ref(), form).resumed(&resumed)))
}

/// Submits a new outing to the partner, who receives a mail. The form carries the code of the outing, which makes the
/// request idempotent.
#[utoipa::path(post, path = "/etablissement/sorties", request_body = SortieForm, responses(
    (status = 200, description = "The same form came before: the outing that it made, as it is now", body = Shown),
    (status = 201, description = "Sent to the partner", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 409, description = "Another form with this code came before (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "Faulty fields, or the partner has no convention in force (`partner_without_convention`)", body = ProblemBody),
    (status = 429, description = "Too many outings sent on this day", body = ProblemBody),
))]
pub(crate) async fn create(State(app): State<App>, pass: Pass, input: Input<SortieForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let id = SortieId::parse(&input.form.id).unwrap_or_else(|_| mint::sortie_id());
    let wanted = PartnerId::parse(&input.form.partner).ok();
    let keys: Vec<Key> = Sorties::keys(&id).into_iter().chain(wanted.as_ref().map(Partners::key)).collect();
    let (school, found) = app.enter_school(&pass, &keys).await?;
    let partner = wanted.map(|id| Partners::in_found(&found, &id)).transpose()?.flatten();
    let standing = Sorties::in_found(&found, &id)?;
    let made = async {
        let sheet = input.form.parse_new(ParisDay::of(now))?;
        let partner = partner.ok_or(SortieRefusal::PartnerWithoutConvention).map_err(at_its_field)?;
        let sortie = Sortie::submitted(id, (&school.establishment, &partner), sheet, now).map_err(at_its_field)?;
        match standing {
            Some(standing) if is_again(&standing, &sortie) => Ok(told(&standing, "envoyee")),
            Some(standing) if standing.establishment == sortie.establishment => taken(&input, &standing).await,
            _ => {
                count_invitation(&app, &school).await?;
                submitted(&app, &school, sortie, &input).await
            }
        }
    };
    input.carry("sortie", made).await
}

/// Gives the filled form of an outing that the partner returned.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/modifier",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "The form, filled in", body = EstablishmentSortieWriting),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "It is not to be corrected now (`sortie_state`)", body = ProblemBody),
))]
pub(crate) async fn edit(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    resumed: Resumed,
) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    on_its_page(&sortie.id, async { Ok(sortie.may(Party::Establishment, Action::Resubmit)?) }).await?;
    let partner = app.store.partners.find(&sortie.partner).await?;
    let form = resumed.read().unwrap_or_else(|| SortieForm::of(&sortie));
    Ok(Reply::ok(WritePage::again(&school, partner.as_ref(), &sortie, form).resumed(&resumed)))
}

/// Submits the corrected sheet to the partner as the next version. The link of the previous mail is no longer valid.
#[utoipa::path(post, path = "/etablissement/sorties/{sortie}/modifier", request_body = SortieForm,
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Sent; the same sheet again changes nothing", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "It is not to be corrected now (`sortie_state`), or changed since it was read (`sortie_changed`)", body = ProblemBody),
    (status = 422, description = "Faulty fields, or the partner has no convention in force any more (`partner_without_convention`)", body = ProblemBody),
    (status = 429, description = "Too many outings sent on this day", body = ProblemBody),
))]
pub(crate) async fn send_again(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<SortieForm>,
) -> Result<Reply, Problem> {
    let (school, before) = own_alone(&app, &pass, &id).await?;
    let partner = app.store.partners.find(&before.partner).await?;
    let read = input.form.version.unwrap_or(before.version);
    // A retry is about the version that is stored now.
    let input = Input { typed: input.typed.set("version", before.version.to_string()), ..input };
    let now = app.now();
    let sent = async {
        let sheet = input.form.parse(ParisDay::of(now)).or_else(|invalid| {
            before.may(Party::Establishment, Action::Resubmit)?;
            Err(Problem::from(invalid))
        })?;
        let partner = partner.ok_or(SortieRefusal::PartnerWithoutConvention).map_err(at_its_field)?;
        let after =
            before.clone().resubmit((&school.establishment, &partner), sheet, read, now).map_err(at_its_field)?;
        if after != before {
            count_invitation(&app, &school).await?;
            let step = step(&app, &school, Did::Resubmitted { version: after.version });
            app.store.sorties.change(&before, &after, &step, &[invitation(&app, &after)]).await??;
        }
        Ok(after)
    };
    let sent = input.carry("sortie", sent).await.map_err(|problem| where_it_stands(problem, &before.id))?;
    Ok(told(&sent, "renvoyee"))
}

/// Stores a new outing under a free code.
async fn submitted(
    app: &App,
    school: &School,
    mut sortie: Sortie,
    input: &Input<SortieForm>,
) -> Result<Reply, Problem> {
    for _ in 0..MINTINGS {
        let step = step(app, school, Did::Requested);
        if app.store.sorties.submit(&sortie, &step, &[invitation(app, &sortie)]).await? {
            return Ok(Reply::created(Told(Shown::of(&sortie, Party::Establishment)))
                .see(format!("{}?fait=envoyee", path(&sortie.id))));
        }
        match app.store.sorties.find(&sortie.id).await? {
            Some(standing) if is_again(&standing, &sortie) => return Ok(told(&standing, "envoyee")),
            Some(standing) if standing.establishment == sortie.establishment => return taken(input, &standing).await,
            _ => sortie.id = mint::sortie_id(),
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// Refuses a sheet whose code is another sheet's, for instance after going back in the browser. The stored outing
/// does not change; the typed text gets a new code, so that it can be submitted deliberately.
async fn taken(input: &Input<SortieForm>, standing: &Sortie) -> Result<Reply, Problem> {
    let anew = input.clone();
    let anew = Input { typed: anew.typed.set("id", mint::sortie_id().as_str()), ..anew };
    anew.carry("sortie", async { Err(SortieRefusal::State(standing.state.phase(), Party::Establishment).into()) }).await
}

/// The refusal, at its field of the form.
fn at_its_field(refusal: SortieRefusal) -> Problem {
    match refusal {
        SortieRefusal::PartnerWithoutConvention => Problem::from(refusal).stands_at("partner"),
        _ => refusal.into(),
    }
}

/// The problem on the page where it can be corrected: the form, or the outing's page when its state allows no
/// correction.
fn where_it_stands(problem: Problem, id: &SortieId) -> Problem {
    match problem.kind() {
        Kind::Refused(Refusal::Sortie(SortieRefusal::PartnerWithoutConvention | SortieRefusal::Changed)) => problem,
        Kind::Refused(_) => problem.of_page(path(id)),
        _ => problem,
    }
}

/// Counts the mail to the partner against the rate limits.
async fn count_invitation(app: &App, school: &School) -> Result<(), Problem> {
    let counted = Counted::new(limits::INVITATIONS_OF_SCHOOL, &school.establishment.id);
    app.count_mails(&[counted]).await
}

/// Whether the form of `new` created `standing`, whatever has happened to `standing` since.
fn is_again(standing: &Sortie, new: &Sortie) -> bool {
    (&standing.establishment, &standing.partner, &standing.sheet) == (&new.establishment, &new.partner, &new.sheet)
}

fn told(sortie: &Sortie, done: &str) -> Reply {
    Reply::ok(Told(Shown::of(sortie, Party::Establishment))).see(format!("{}?fait={done}", path(&sortie.id)))
}

impl WritePage {
    fn new(school: &School, partner: Option<&Partner>, sheet: Option<SortieForm>) -> Self {
        Self {
            page: school.someone.page("Créer une sortie", NEW),
            form: sheet.as_ref().map(SortieForm::filled).unwrap_or_default(),
            action: HERE.to_owned(),
            back: HERE.to_owned(),
            body: EstablishmentSortieWriting { partner: partner.map(PartnerShown::of), remark: None, sheet },
        }
    }

    fn again(school: &School, partner: Option<&Partner>, before: &Sortie, sheet: SortieForm) -> Self {
        let (here, form) = (path(&before.id), sheet.filled());
        let remark = match &before.state {
            SortieState::Returned { comment, .. } => Some(comment.to_string()),
            _ => None,
        };
        Self {
            page: school.someone.page("Je modifie ma sortie", HERE),
            form,
            action: format!("{here}/modifier"),
            back: here,
            body: EstablishmentSortieWriting { partner: partner.map(PartnerShown::of), remark, sheet: Some(sheet) },
        }
    }

    /// The page filled in with the refused form.
    fn resumed(self, resumed: &Resumed) -> Self {
        Self { page: resumed.told(self.page), form: resumed.form(self.form), ..self }
    }

    /// The options of *Règlement*.
    fn terms() -> [(&'static str, &'static str); 2] {
        SettlementTerms::ALL.map(|terms| (terms.code(), terms.label()))
    }
}

impl PartnerShown {
    fn of(partner: &Partner) -> Self {
        Self {
            id: partner.id.as_str().to_owned(),
            name: partner.known_as().to_string(),
            commune: partner.dossier().map(|dossier| dossier.activity.address.commune.to_string()),
        }
    }
}
