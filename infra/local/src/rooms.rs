//! Every room of the product.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use epass_web::function::{Entry, Function};
use epass_web::{Room, StartError};

/// The functions that events invoke.
pub const BACKGROUND: [&Function; 4] = [
    &background_housekeeping::FUNCTION,
    &background_mailer::FUNCTION,
    &background_migration::FUNCTION,
    &background_reimbursement::FUNCTION,
];

/// Every function that answers HTTP; the table of contents of the product.
pub fn all() -> &'static [Room] {
    // Built once: describing every route takes a debug build a tenth of a second.
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

/// Every path with its declared methods, in the format of `shared/web/routes.txt`.
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

/// Every entry of the menus, in order for each role, in the format of `shared/web/menu.txt`.
pub fn menu(rooms: &[Room]) -> String {
    let mut entries: Vec<&Entry> = rooms.iter().flat_map(|room| room.function().menu).collect();
    entries.sort_by_key(|entry| (entry.role.code(), entry.place));
    entries.into_iter().map(Entry::line).collect()
}

/// The description of every route (OpenAPI 3.1), as `/openapi.json` serves it.
///
/// # Errors
/// Serde's; it does not happen.
pub fn openapi(rooms: &[Room]) -> Result<String, StartError> {
    Ok(epass_web::openapi::whole(rooms).to_pretty_json()? + "\n")
}
