//! *Mon dossier* (guide §4, nota): all that a partner declared, and how it changes it at any time.

use askama::Template;
use axum::extract::State;
use epass_domain::{Entailed, Partner, Role, Stage};
use epass_dossier::{Account, DossierForm, Standing, declare};
use epass_web::{
    Access, App, Desk, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Room, Told, filters, routes,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

const HERE: &str = "/dossier";
const CHANGE: &str = "/dossier/modifier";

/// The routes of this room.
pub fn room() -> Room {
    Room::new("partner-dossier")
        .open(Access::Only(Role::Partner), routes!(show))
        .open(Access::Only(Role::Partner), routes!(edit, change))
}

/// All that a partner declared.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "dossier.html")]
#[schema(as = MyDossier)]
struct Mine {
    #[serde(skip)]
    page: Page,
    /// *Numéro de dossier*.
    #[schema(example = "41234567")]
    number: String,
    /// Where the convention stands.
    standing: Standing,
    /// The declared parts, without the account; texts that were never asked for are empty.
    dossier: DossierForm,
    /// The declared account.
    account: Option<Account>,
    /// The account that money goes to, once a convention was validated.
    paid_to: Option<Account>,
    /// Since when the declared account waits for the team.
    #[schema(value_type = Option<String>, format = DateTime)]
    bank_change_since: Option<Timestamp>,
}

/// The form of four parts, filled in.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "change.html")]
struct Change {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    #[serde(skip)]
    rib_known: bool,
    /// Where the convention stands.
    standing: Standing,
    /// What is filled in; change it and send it back.
    dossier: DossierForm,
}

/// What a change entailed.
#[derive(Clone, Serialize, ToSchema)]
struct Changed {
    /// A new version of the convention was asked for: nothing can be sold until it is validated.
    new_convention: bool,
    /// The new account waits for the team; the old one is paid until then.
    account_waits: bool,
    /// Where the convention stands now.
    standing: Standing,
}

/// Shows the dossier, its account masked.
#[utoipa::path(get, path = "/dossier", responses((status = 200, description = "The dossier", body = Mine)))]
async fn show(desk: Desk, input: Input<Done>) -> Result<Reply, Problem> {
    Ok(Reply::ok(Mine::of(&desk, notice(&input.form.fait))))
}

/// Shows the form, filled in with what is declared.
#[utoipa::path(get, path = "/dossier/modifier", responses(
    (status = 200, description = "The form, filled in", body = Change),
    (status = 303, description = "A browser whose partner has asked for no convention yet goes to ask for it"),
))]
async fn edit(desk: Desk, resumed: Resumed) -> Result<Reply, Problem> {
    let change = Change::of(&desk, resumed.form(DossierForm::of(&desk.partner).filled()));
    let form = Reply::ok(Change { page: resumed.told(change.page), ..change });
    Ok(if desk.partner.dossier().is_none() { form.see("/convention/demande") } else { form })
}

/// Declares the four parts again. A changed *raison sociale*, SIRET or activity asks for a new convention; a changed
/// account waits for the team.
#[utoipa::path(post, path = "/dossier/modifier", request_body = DossierForm, responses(
    (status = 200, description = "Changed", body = Changed),
    (status = 409, description = "The dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "Faulty fields, or the SIRET of another partner", body = ProblemBody),
))]
async fn change(State(app): State<App>, desk: Desk, input: Input<DossierForm>) -> Result<Reply, Problem> {
    let (partner, entailed) = declare(&app, desk.partner.clone(), input, |typed| Change::of(&desk, typed)).await?;
    Ok(Reply::ok(Told(Changed::of(&partner, entailed))).see(format!("{HERE}?fait={}", done(entailed))))
}

/// The word for what was done; [`notice`] says it.
const fn done(entailed: Entailed) -> &'static str {
    match (entailed.new_convention, entailed.bank_waits) {
        (false, false) => "modifie",
        (true, false) => "convention",
        (false, true) => "iban",
        (true, true) => "convention-iban",
    }
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "modifie" => Some("Votre dossier est modifié."),
        "convention" => Some(
            "Votre dossier est modifié et une nouvelle convention est demandée. Transactions, bons plans et sorties sont \
             suspendus jusqu’à sa validation par l’équipe e-PASS JEUNES.",
        ),
        "iban" => Some(
            "Votre dossier est modifié. Le nouveau compte attend la vérification de l’équipe e-PASS JEUNES ; jusque-là, \
             les remboursements vont sur l’ancien.",
        ),
        "convention-iban" => Some(
            "Votre dossier est modifié et une nouvelle convention est demandée : transactions, bons plans et sorties sont \
             suspendus jusqu’à sa validation. Le nouveau compte attend lui aussi la vérification de l’équipe ; jusque-là, \
             les remboursements vont sur l’ancien.",
        ),
        _ => None,
    }
}

impl Mine {
    fn of(desk: &Desk, notice: Option<&str>) -> Self {
        let partner = &desk.partner;
        Self {
            page: desk.page("Mon dossier", HERE).with_notice(notice),
            number: partner.id.to_string(),
            standing: Standing::of(partner),
            dossier: DossierForm::of(partner).without_account(),
            account: Account::declared(partner),
            paid_to: Account::paid(partner),
            bank_change_since: partner.bank_change_since,
        }
    }
}

impl Change {
    fn of(desk: &Desk, form: Filled) -> Self {
        Self {
            page: desk.page("Je modifie mon dossier", CHANGE),
            form,
            rib_known: desk.partner.dossier().is_some(),
            standing: Standing::of(&desk.partner),
            dossier: DossierForm::of(&desk.partner),
        }
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
    fn every_outcome_of_a_change_is_told() {
        for new_convention in [false, true] {
            for bank_waits in [false, true] {
                let told = notice(done(Entailed { new_convention, bank_waits })).unwrap();
                assert_eq!(told.contains("suspendus"), new_convention);
                assert_eq!(told.contains("nouveau compte"), bank_waits);
            }
        }
        assert_eq!(notice("<script>"), None);
    }
}
