//! *Mon dossier* (guide §4, nota): a partner reads its declared data and can change it at any time.

mod function;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use derive_more::Deref;
use epass_domain::{
    ContractChange, ContractTerm, ConventionRefusal, Entailed, Fault, Invalid, Partner, Role, Stage, Trading,
};
use epass_dossier::{Account, CONFIRMATION, DossierForm, Outcome, Standing, confirm, declare};
use epass_web::{
    Access, App, Desk, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Room, Told, Wants, filters,
    routes, words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use function::FUNCTION;

const HERE: &str = "/dossier";
const CHANGE: &str = "/dossier/modifier";

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Only(Role::Partner), routes!(show))
        .open(Access::Only(Role::Partner), routes!(edit, change))
        .open(Access::Only(Role::Partner), routes!(ask, confirm_change))
}

/// The page of the dossier.
#[derive(Template, Deref)]
#[template(path = "dossier.html")]
struct DossierPage {
    page: Page,
    #[deref]
    body: MyDossier,
}

/// The data that a partner declared.
#[derive(Serialize, ToSchema)]
struct MyDossier {
    /// *Numéro de dossier*.
    #[schema(example = "41234567")]
    number: String,
    /// The state of the convention.
    standing: Standing,
    /// The declared parts, without the bank account; texts that were never asked for are empty.
    dossier: DossierForm,
    /// The declared bank account.
    account: Option<Account>,
    /// The bank account that is paid, once a convention was validated.
    paid_to: Option<Account>,
    /// The time since when the declared bank account waits for the team's approval.
    #[schema(value_type = Option<String>, format = DateTime)]
    bank_change_since: Option<Timestamp>,
    /// The address to which the two signed copies of a convention are to be sent.
    copies_address: Option<String>,
}

/// The page of the form that changes the dossier.
#[derive(Template, Deref)]
#[template(path = "change.html")]
struct ChangePage {
    page: Page,
    form: Filled,
    rib_known: bool,
    #[deref]
    body: Change,
}

/// The form of four parts, filled in.
#[derive(Serialize, ToSchema)]
struct Change {
    /// The state of the convention.
    standing: Standing,
    /// The content of the form; change it and send it back.
    dossier: DossierForm,
}

/// The page that asks to confirm a change.
#[derive(Template, Deref)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    page: Page,
    form: Filled,
    #[deref]
    body: DossierConfirmation,
}

/// A change that stops all sales: the declared and the new values. The new values are not declared yet.
#[derive(Serialize, ToSchema)]
struct DossierConfirmation {
    /// The revision; send it with the confirmation.
    revision: u32,
    /// The changes that require a new convention; empty when no change waits for confirmation.
    changes: Vec<ChangeShown>,
}

/// A changed term of the convention.
#[derive(Serialize, ToSchema)]
#[schema(as = ContractChange)]
struct ChangeShown {
    /// The field of the dossier.
    #[schema(value_type = words::ContractTerm)]
    field: ContractTerm,
    /// The declared value.
    before: String,
    /// The new value.
    after: String,
}

/// The confirmation of a change that was shown.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = DossierConfirmationForm)]
struct ConfirmForm {
    /// The revision that was shown.
    #[schema(required)]
    revision: Option<u32>,
}

/// The values with which to fill in the form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct EditForm {
    /// `1` fills the form in with the change that waits for confirmation, to correct it.
    reprendre: String,
}

/// The outcome of a change.
#[derive(Clone, Serialize, ToSchema)]
struct Changed {
    /// Whether a new version of the convention was requested. If so, nothing can be sold until it is validated.
    new_convention: bool,
    /// Whether the new bank account waits for the team's approval. If so, the old one is paid until then.
    account_waits: bool,
    /// The new state of the convention.
    standing: Standing,
}

/// Shows the dossier; the bank account is masked.
#[utoipa::path(get, path = "/dossier", responses((status = 200, description = "The dossier", body = MyDossier)))]
async fn show(State(app): State<App>, desk: Desk, input: Input<Done>) -> Result<Reply, Problem> {
    let page = desk.page("Mon dossier", HERE).with_notice(notice(&input.form.fait));
    Ok(Reply::ok(DossierPage { page, body: MyDossier::of(&app, &desk.partner) }))
}

/// Shows the form, filled in with the declared data or with the change that waits for confirmation.
#[utoipa::path(get, path = "/dossier/modifier", params(EditForm), responses(
    (status = 200, description = "The form, filled in", body = Change),
    (status = 303, description = "A browser whose partner has asked for no convention yet goes to ask for it"),
))]
async fn edit(State(app): State<App>, desk: Desk, resumed: Resumed, input: Input<EditForm>) -> Result<Reply, Problem> {
    let proposed = desk.partner.proposed(app.now()).filter(|_| input.form.reprendre == "1");
    let form = match proposed {
        Some(proposed) => DossierForm { revision: Some(desk.partner.revision), ..DossierForm::declared(proposed) },
        None => DossierForm::of(&desk.partner),
    };
    let has_dossier = desk.partner.dossier().is_some();
    let reply = Reply::ok(ChangePage {
        page: resumed.told(desk.page("Je modifie mon dossier", CHANGE)),
        form: resumed.form(form.filled()),
        rib_known: has_dossier,
        body: Change { standing: Standing::of(&desk.partner), dossier: DossierForm::of(&desk.partner) },
    });
    Ok(if has_dossier { reply } else { reply.see("/convention/demande") })
}

/// Declares the four parts again. A changed *raison sociale*, SIRET or activity requests a new convention and stops
/// all sales until it is validated: this requires `confirm`, for which a browser is shown a confirmation page. A
/// different spelling of the same *raison sociale* does not. A changed bank account waits for the team's approval.
#[utoipa::path(post, path = "/dossier/modifier", request_body = DossierForm, responses(
    (status = 200, description = "Changed", body = Changed),
    (status = 303, description = "The same, for a browser; or it is asked to confirm first"),
    (status = 409, description = "The dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "Faulty fields, the SIRET of another partner, or a change that has to be confirmed (`new_convention_to_confirm`): nothing is changed", body = ProblemBody),
    (status = 429, description = "Too many mails to the referent, or of this partner on this day", body = ProblemBody),
))]
async fn change(
    State(app): State<App>,
    desk: Desk,
    headers: HeaderMap,
    input: Input<DossierForm>,
) -> Result<Reply, Problem> {
    match declare(&app, &desk.partner, Wants::of(&headers), input).await? {
        Outcome::Declared(partner, entailed) => Ok(changed(&partner, entailed)),
        Outcome::Asks => Ok(Reply::ok(ConfirmPage::of(&app, &desk, Filled::default())).see(CONFIRMATION)),
    }
}

/// Shows the effect of a change that waits for confirmation: the terms of the convention before and after.
#[utoipa::path(get, path = "/dossier/modifier/confirmation", responses(
    (status = 200, description = "What would change; nothing where nothing waits", body = DossierConfirmation),
    (status = 303, description = "A browser where nothing waits goes to the form"),
))]
async fn ask(State(app): State<App>, desk: Desk, resumed: Resumed) -> Result<Reply, Problem> {
    let form = resumed.form(Filled::default());
    let is_refused = !form.faults().is_empty();
    let page = ConfirmPage::of(&app, &desk, form);
    let is_waiting = !page.changes.is_empty();
    let reply = Reply::ok(page);
    Ok(if is_waiting || is_refused { reply } else { reply.see(CHANGE) })
}

/// Confirms the change that was shown: a new convention is requested, and nothing can be sold until it is validated.
/// A second call is a no-op.
#[utoipa::path(post, path = "/dossier/modifier/confirmation", request_body = ConfirmForm, responses(
    (status = 200, description = "Changed", body = Changed),
    (status = 303, description = "The same, for a browser"),
    (status = 409, description = "The dossier changed since, or nothing waits any more (`dossier_changed`)", body = ProblemBody),
    (status = 422, description = "No revision was sent, or the SIRET became another partner's", body = ProblemBody),
    (status = 429, description = "Too many mails to the referent, or of this partner on this day", body = ProblemBody),
))]
async fn confirm_change(State(app): State<App>, desk: Desk, input: Input<ConfirmForm>) -> Result<Reply, Problem> {
    let confirmed = async {
        let read = input.form.parse()?;
        if let Some(entailed) = confirmed_before(&desk.partner, read) {
            return Ok((desk.partner.clone(), entailed));
        }
        if read != desk.partner.revision {
            return Err(ConventionRefusal::Changed.into());
        }
        confirm(&app, &desk.partner).await
    };
    let (after, entailed) = input.carry("changes", confirmed).await?;
    Ok(changed(&after, entailed))
}

/// The outcome of a change that was read at this revision and is already confirmed, because the same form was sent
/// twice.
fn confirmed_before(partner: &Partner, read: u32) -> Option<Entailed> {
    let is_confirmed =
        partner.proposal.is_none() && partner.trading() == Trading::Suspended && partner.revision == read + 1;
    is_confirmed.then(|| Entailed { new_convention: true, bank_waits: partner.bank_change_since.is_some() })
}

fn changed(partner: &Partner, entailed: Entailed) -> Reply {
    Reply::ok(Told(Changed::of(partner, entailed))).see(format!("{HERE}?fait={}", done(entailed)))
}

/// The code for the outcome in an address; [`notice`] gives its text.
const fn done(entailed: Entailed) -> &'static str {
    match (entailed.new_convention, entailed.bank_waits) {
        (false, false) => "modifie",
        (true, false) => "convention",
        (false, true) => "iban",
        (true, true) => "convention-iban",
    }
}

/// The notice for an outcome. A change that suspends sales has none: the page itself shows a warning.
fn notice(done: &str) -> Option<&'static str> {
    match done {
        "modifie" => Some("Votre dossier est modifié."),
        "iban" => Some(
            "Votre dossier est modifié. Le nouveau compte attend la vérification de l’équipe e-PASS JEUNES ; jusque-là, \
             les remboursements vont sur l’ancien.",
        ),
        _ => None,
    }
}

impl ConfirmForm {
    /// Reads the form.
    ///
    /// # Errors
    /// `revision` when none was sent.
    fn parse(&self) -> Result<u32, Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        invalid.finish(|| revision)
    }
}

impl MyDossier {
    fn of(app: &App, partner: &Partner) -> Self {
        Self {
            number: partner.id.to_string(),
            standing: Standing::of(partner),
            dossier: DossierForm::of(partner).without_account(),
            account: Account::declared(partner),
            paid_to: Account::paid(partner),
            bank_change_since: partner.bank_change_since,
            copies_address: app.settings.copies_address.as_ref().map(ToString::to_string),
        }
    }
}

impl ConfirmPage {
    fn of(app: &App, desk: &Desk, form: Filled) -> Self {
        let partner = &desk.partner;
        let changes = partner.proposed(app.now()).map(|proposed| partner.would_suspend(proposed)).unwrap_or_default();
        let changes = changes.into_iter().map(ChangeShown::of).collect();
        let page = desk.page("Je confirme le changement", CHANGE);
        Self { page, form, body: DossierConfirmation { revision: partner.revision, changes } }
    }
}

impl ChangeShown {
    fn of(ContractChange { term, before, after }: ContractChange) -> Self {
        Self { field: term, before, after }
    }
}

impl Changed {
    fn of(partner: &Partner, entailed: Entailed) -> Self {
        Self {
            new_convention: entailed.new_convention,
            account_waits: entailed.bank_waits,
            standing: Standing::of(partner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_thanked_for_unless_it_suspends() {
        for new_convention in [false, true] {
            for bank_waits in [false, true] {
                let told = notice(done(Entailed { new_convention, bank_waits }));
                assert_eq!(told.is_none(), new_convention);
                assert!(told.is_none_or(|told| told.contains("nouveau compte") == bank_waits));
            }
        }
        assert_eq!(notice("<script>"), None);
    }
}
