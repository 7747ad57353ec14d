//! Writing the sheet: of a new outing, and of one that the partner sent back.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{
    Action, Did, Fault, Invalid, ParisDay, Partner, PartnerId, Party, Refusal, SettlementTerms, Sheet, Sortie,
    SortieId, SortieState, limits,
};
use epass_sortie::{Shown, invitation};
use epass_store::{Counted, Key, Partners, Sorties};
use epass_web::{
    App, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, School, Told, filters, mint,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::{NewForm, SortieForm};
use crate::show::refused;
use crate::{HERE, NEW, own_alone, path, step};

/// How often a code is minted before giving up: it is free nearly always.
const MINTINGS: usize = 5;

/// The form, filled in.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "write.html")]
#[schema(as = EstablishmentSortieWriting)]
struct Writing {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    #[serde(skip)]
    action: String,
    #[serde(skip)]
    back: String,
    /// Who is asked to receive the outing; none until one is chosen in CULTURO, or when it has no convention in force.
    partner: Option<PartnerShown>,
    /// What the partner wants changed.
    remark: Option<String>,
    /// What is filled in; change it and send it back. None while no partner is chosen.
    sheet: Option<SortieForm>,
}

/// The partner, as the form names it.
#[derive(Serialize, ToSchema)]
#[schema(as = SortiePartner)]
struct PartnerShown {
    /// Its number.
    #[schema(example = "12345678")]
    id: String,
    /// The name under which people know it.
    name: String,
    /// *Commune*; none while it has not declared one.
    commune: Option<String>,
}

/// Shows the form of a new one, for the partner that was chosen in CULTURO.
#[utoipa::path(get, path = "/etablissement/sorties/nouvelle", params(NewForm), responses(
    (status = 200, description = "The form, or where to choose a partner", body = Writing),
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
    let form = typed.or_else(|| partner.as_ref().map(|partner| SortieForm::new(&mint::sortie_id(), partner)));
    let writing = Writing::new(&school, partner.as_ref(), form);
    Ok(Reply::ok(Writing { page: resumed.told(writing.page), form: resumed.form(writing.form), ..writing }))
}

/// Sends a new one to the partner, which gets a mail. The form carries its code, so that sending it twice makes one.
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
    let again = Again { school, partner, form: SortieForm { id: id.as_str().to_owned(), version: None, ..input.form } };

    let sheet = again.new_sheet(ParisDay::of(now)).map_err(|invalid| again.invalid(&invalid, None))?;
    let without = || again.refused(Refusal::PartnerWithoutConvention, None);
    let sides = (&again.school.establishment, again.partner.as_ref().ok_or_else(without)?);
    let sortie = Sortie::submitted(id, sides, sheet, now).map_err(|refusal| again.refused(refusal, None))?;
    match standing {
        Some(standing) if is_again(&standing, &sortie) => Ok(told(&standing, "envoyee")),
        Some(standing) if standing.establishment == sortie.establishment => Err(again.taken(&standing)),
        _ => {
            again.count_invitation(&app, None).await?;
            submitted(&app, &again, sortie).await
        }
    }
}

/// Shows the form of one that the partner sent back, filled in.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/modifier",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "The form, filled in", body = Writing),
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
    if let Err(refusal) = sortie.may(Party::Establishment, Action::Resubmit) {
        return Err(refused(&app, &pass, &id, refusal).await);
    }
    let partner = app.store.partners.find(&sortie.partner).await?;
    let form = resumed.read().unwrap_or_else(|| SortieForm::of(&sortie));
    let writing = Writing::again(&school, partner.as_ref(), &sortie, form);
    Ok(Reply::ok(Writing { page: resumed.told(writing.page), form: resumed.form(writing.form), ..writing }))
}

/// Sends the corrected sheet to the partner, as the next version; the link of the mail before opens nothing any more.
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
    let form = SortieForm { id: String::new(), partner: String::new(), version: Some(before.version), ..input.form };
    let again = Again { school, partner, form };

    let now = app.now();
    let sheet = match (again.form.parse(ParisDay::of(now)), before.may(Party::Establishment, Action::Resubmit)) {
        (Ok(sheet), _) => sheet,
        (Err(invalid), Ok(())) => return Err(again.invalid(&invalid, Some(&before))),
        (Err(_), Err(refusal)) => return Err(refused(&app, &pass, &id, refusal).await),
    };
    let after = match &again.partner {
        Some(partner) => before.clone().resubmit((&again.school.establishment, partner), sheet, read, now),
        None => Err(Refusal::PartnerWithoutConvention),
    };
    let kept = match after {
        Ok(after) if after == before => Ok(after),
        Ok(after) => {
            again.count_invitation(&app, Some(&before)).await?;
            let step = step(&app, &again.school, Did::Resubmitted { version: after.version });
            let stored = app.store.sorties.change(&before, &after, &step, &[invitation(&app, &after)]).await?;
            stored.map(|()| after)
        }
        Err(refusal) => Err(refusal),
    };
    match kept {
        Ok(after) => Ok(told(&after, "renvoyee")),
        Err(refusal @ (Refusal::PartnerWithoutConvention | Refusal::SortieChanged)) => {
            Err(again.refused(refusal, Some(&before)))
        }
        Err(refusal) => Err(refused(&app, &pass, &id, refusal).await),
    }
}

/// Stores a new one under a code that is free.
async fn submitted(app: &App, again: &Again, mut sortie: Sortie) -> Result<Reply, Problem> {
    for _ in 0..MINTINGS {
        let step = step(app, &again.school, Did::Requested);
        if app.store.sorties.submit(&sortie, &step, &[invitation(app, &sortie)]).await? {
            return Ok(Reply::created(Told(Shown::of(&sortie, Party::Establishment)))
                .see(format!("{}?fait=envoyee", path(&sortie.id))));
        }
        match app.store.sorties.find(&sortie.id).await? {
            Some(standing) if is_again(&standing, &sortie) => return Ok(told(&standing, "envoyee")),
            Some(standing) if standing.establishment == sortie.establishment => return Err(again.taken(&standing)),
            _ => sortie.id = mint::sortie_id(),
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// Whether the form of `new` made `standing` before; what became of it since does not count.
fn is_again(standing: &Sortie, new: &Sortie) -> bool {
    (&standing.establishment, &standing.partner, &standing.sheet) == (&new.establishment, &new.partner, &new.sheet)
}

fn told(sortie: &Sortie, done: &str) -> Reply {
    Reply::ok(Told(Shown::of(sortie, Party::Establishment))).see(format!("{}?fait={done}", path(&sortie.id)))
}

/// The form as it was sent, to be shown again.
struct Again {
    school: School,
    partner: Option<Partner>,
    form: SortieForm,
}

impl Again {
    /// The sheet of a new one: a partner has to be chosen as well.
    fn new_sheet(&self, today: ParisDay) -> Result<Sheet, Invalid> {
        const CHOOSE: Fault = Fault::new("missing", "Choisissez un partenaire dans CULTURO.");
        let sheet = self.form.parse(today);
        if !self.form.partner.trim().is_empty() {
            return sheet;
        }
        let mut invalid = Invalid::default();
        invalid.add("partner", CHOOSE);
        for (field, fault) in sheet.err().unwrap_or_default().faults() {
            invalid.add(field, fault.clone());
        }
        Err(invalid)
    }

    fn invalid(&self, invalid: &Invalid, before: Option<&Sortie>) -> Problem {
        let page = self.page(before);
        Problem::invalid(invalid, self.form.filled(), |form| Writing { form, ..page })
    }

    fn refused(&self, refusal: Refusal, before: Option<&Sortie>) -> Problem {
        let field = match refusal {
            Refusal::PartnerWithoutConvention => "partner",
            _ => "sortie",
        };
        let page = self.page(before);
        Problem::refused(refusal, field, self.form.filled(), |form| Writing { form, ..page })
    }

    /// Counts the mail that a partner is about to get.
    async fn count_invitation(&self, app: &App, before: Option<&Sortie>) -> Result<(), Problem> {
        let counted = Counted::new(limits::INVITATIONS_OF_SCHOOL, &self.school.establishment.id);
        let Err(full) = app.count(&[counted]).await? else { return Ok(()) };
        let page = self.page(before);
        Err(Problem::too_many_mails(full, "sortie", self.form.filled(), |form| Writing { form, ..page }))
    }

    /// Another sheet was sent under this code, say from a page that one went back to: it stays as it is, and what was typed
    /// gets a code of its own, to be sent if that is meant.
    fn taken(&self, standing: &Sortie) -> Problem {
        let form = SortieForm { id: mint::sortie_id().as_str().to_owned(), ..self.form.clone() };
        let (school, partner) = (self.school.clone(), self.partner.clone());
        Self { school, partner, form }.refused(Refusal::SortieState(standing.state.phase(), Party::Establishment), None)
    }

    fn page(&self, before: Option<&Sortie>) -> Writing {
        match before {
            None => Writing::new(&self.school, self.partner.as_ref(), Some(self.form.clone())),
            Some(before) => Writing::again(&self.school, self.partner.as_ref(), before, self.form.clone()),
        }
    }
}

impl Writing {
    fn new(school: &School, partner: Option<&Partner>, sheet: Option<SortieForm>) -> Self {
        Self {
            page: school.someone.page("Créer une sortie", NEW),
            form: sheet.as_ref().map(SortieForm::filled).unwrap_or_default(),
            action: HERE.to_owned(),
            back: HERE.to_owned(),
            partner: partner.map(PartnerShown::of),
            remark: None,
            sheet,
        }
    }

    fn again(school: &School, partner: Option<&Partner>, before: &Sortie, sheet: SortieForm) -> Self {
        let here = path(&before.id);
        Self {
            page: school.someone.page("Je modifie ma sortie", HERE),
            form: sheet.filled(),
            action: format!("{here}/modifier"),
            back: here,
            partner: partner.map(PartnerShown::of),
            remark: match &before.state {
                SortieState::Returned { comment, .. } => Some(comment.to_string()),
                _ => None,
            },
            sheet: Some(sheet),
        }
    }

    /// The choices of *Règlement*.
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
