//! Every room of the product, held against `infra/template.yaml`: what is in one and not in the other is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use axum::http::Method;
use epass_web::{Declared, Room, StartError};

use crate::template::{Function, Template};

/// The functions that events wake, by name.
pub const BACKGROUND: [&str; 4] =
    ["background-housekeeping", "background-mailer", "background-migration", "background-reimbursement"];

/// Every function that answers HTTP: the contents page of the product.
pub fn all() -> &'static [Room] {
    // Once: describing every route takes a debug build a tenth of a second.
    static ROOMS: LazyLock<Vec<Room>> = LazyLock::new(|| {
        vec![
            public_site::room(),
            public_hotline::room(),
            account_login::room(),
            account_password_change::room(),
            account_recovery::room(),
            partner_registration::room(),
            partner_dossier::room(),
            partner_convention::room(),
            partner_till::room(),
            partner_transaction::room(),
            partner_cancellation::room(),
            partner_history::room(),
            partner_reimbursements::room(),
            beneficiary_registration::room(),
            beneficiary_pass::room(),
            establishment_directory::room(),
            partner_sortie::room(),
            partner_sortie_settlement::room(),
            beneficiary_sortie::room(),
            beneficiary_voucher::room(),
            beneficiary_my_data::room(),
            team_beneficiaries::room(),
            beneficiary_bons_plans::room(),
            team_bons_plans::room(),
            partner_bon_plan::room(),
            establishment_sortie::room(),
            team_conventions::room(),
            team_establishments::room(),
            team_reimbursements::room(),
            team_figures::room(),
            partner_statistics::room(),
            team_mails::room(),
        ]
    });
    &ROOMS
}

/// Where rooms and template disagree.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Disagreement {
    /// A function of the template that no crate is.
    #[error("infra/template.yaml has a function {0}, and no crate is it")]
    NoRoom(String),
    /// A crate that the template does not deploy.
    #[error("the crate {0} is not a function of infra/template.yaml")]
    NoFunction(String),
    /// Routes of one and not of the other.
    #[error("{function}: only in the template: {template:?}; only in the code: {code:?}")]
    Routes {
        /// Which.
        function: String,
        /// Those that the code lacks.
        template: Vec<String>,
        /// Those that the template lacks.
        code: Vec<String>,
    },
}

/// Holds the rooms against the template.
///
/// # Errors
/// The first [`Disagreement`].
pub fn check(rooms: &[Room], template: &Template) -> Result<(), Disagreement> {
    for function in &template.functions {
        let known = BACKGROUND.contains(&function.name.as_str());
        match rooms.iter().find(|room| room.name() == function.name) {
            Some(room) => check_routes(room, function)?,
            None if known && function.routes.is_empty() => {}
            None => return Err(Disagreement::NoRoom(function.name.clone())),
        }
    }
    let names = rooms.iter().map(Room::name).chain(BACKGROUND);
    match names.into_iter().find(|name| template.function(name).is_none()) {
        Some(name) => Err(Disagreement::NoFunction(name.to_owned())),
        None => Ok(()),
    }
}

fn check_routes(room: &Room, function: &Function) -> Result<(), Disagreement> {
    let template: BTreeSet<String> = function
        .routes
        .iter()
        .map(|route| if route.is_default() { route.path.clone() } else { format!("{} {}", route.method, route.path) })
        .collect();
    // HTTP APIs do not lead HEAD to a route of GET: each has one of HEAD beside it.
    let methods = |declared: &Declared| {
        let head = (declared.method == Method::GET).then_some(Method::HEAD);
        std::iter::once(declared.method.clone()).chain(head)
    };
    let routes =
        |declared: &Declared| methods(declared).map(|method| format!("{method} {}", declared.path)).collect::<Vec<_>>();
    let mut code: BTreeSet<String> = room.declared().iter().flat_map(routes).collect();
    if room.is_fallback() {
        code.insert("$default".to_owned());
    }
    if template == code {
        return Ok(());
    }
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
    let (template, code) = (only(&template, &code), only(&code, &template));
    Err(Disagreement::Routes { function: function.name.clone(), template, code })
}

/// Every path with the methods that are declared for it, as `shared/web/routes.txt` keeps it.
pub fn routes(rooms: &[Room]) -> String {
    let mut methods: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for declared in rooms.iter().flat_map(Room::declared) {
        methods.entry(&declared.path).or_default().insert(declared.method.as_str());
    }
    let line = |(path, methods): (&str, BTreeSet<&str>)| {
        std::iter::once(path).chain(methods).collect::<Vec<_>>().join(" ") + "\n"
    };
    methods.into_iter().map(line).collect()
}

/// The description of every route (OpenAPI 3.1), as `/openapi.json` serves it.
///
/// # Errors
/// What the template's reader says; it does not happen where the runner starts.
pub fn openapi(rooms: &[Room]) -> Result<String, StartError> {
    let template = Template::embedded()?;
    let said = |name: &str| template.function(name).map(|function| function.description.clone());
    Ok(epass_web::openapi::whole(rooms, said).to_pretty_json()? + "\n")
}
