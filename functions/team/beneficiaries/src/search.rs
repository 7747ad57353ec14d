//! The search for young people by number, address, identifier or the beginning of a name.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Beneficiary, BeneficiaryId, BirthDate, CardState, Holder, Profile, folded};
use epass_store::{Accounts, Beneficiaries, Found, Profiles};
use epass_web::{App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Staff, filters};
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;
use crate::form::{SearchForm, SearchQuery, Wanted};

/// The most lines of a result. One more is read, to know whether there are more.
const MOST: usize = 25;

/// The lifetime of the address of a search's result.
const SHOWN: SignedDuration = SignedDuration::from_hours(1);

/// The page of the search.
#[derive(Template, Deref)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    form: Filled,
    searched: bool,
    #[deref]
    body: BeneficiarySearch,
}

/// The search and its result.
#[derive(Serialize, ToSchema)]
pub struct BeneficiarySearch {
    /// The young people found, by name; at most 25.
    beneficiaries: Vec<BeneficiaryFound>,
    /// Whether more were found than are listed: a longer search is needed.
    more: bool,
}

/// A young person in the result.
#[derive(Serialize, ToSchema)]
pub struct BeneficiaryFound {
    /// The id.
    id: String,
    /// *Prénom*.
    first_name: String,
    /// *Nom*.
    last_name: String,
    /// The birth date, `2008-05-14`.
    #[schema(value_type = String)]
    birth_date: BirthDate,
    /// *N° de dossier*.
    file: String,
    /// The school.
    school: String,
    /// Whether the card is suspended.
    suspended: bool,
}

/// Shows the search.
#[utoipa::path(get, path = "/equipe/jeunes", params(SearchQuery), responses(
    (status = 200, description = "The search", body = BeneficiarySearch),
))]
pub async fn show_search(
    State(app): State<App>,
    staff: Staff,
    pass: Pass,
    resumed: Resumed,
    input: Input<SearchQuery>,
) -> Result<Reply, Problem> {
    // Names and numbers are sealed in the address.
    let typed: Option<Filled> = app.in_address(HERE, pass.identifier.as_str(), &input.form.vu);
    let form = resumed.form(typed.unwrap_or_default());
    let wanted = SearchForm { wanted: form.value("wanted").to_owned() }.parse();
    let found = match wanted {
        Ok(wanted) if form.faults().is_empty() => Some(people(&app, &ids(&app, &wanted).await?).await?),
        _ => None,
    };
    Ok(Reply::ok(SearchPage::of(&staff, form, found)))
}

/// Searches young people. If an exact search finds one person, a browser is redirected to that person.
#[utoipa::path(post, path = "/equipe/jeunes/recherche", request_body = SearchForm, responses(
    (status = 200, description = "Whom it found", body = BeneficiarySearch),
    (status = 303, description = "A browser goes to the one person, or to whom it found"),
    (status = 422, description = "Nothing that one could look for", body = ProblemBody),
))]
pub async fn search(
    State(app): State<App>,
    staff: Staff,
    pass: Pass,
    input: Input<SearchForm>,
) -> Result<Reply, Problem> {
    let wanted = input.carry("wanted", async { Ok(input.form.parse()?) }).await?;
    let ids = ids(&app, &wanted).await?;
    let mut found = people(&app, &ids).await?;
    if matches!(wanted, Wanted::Words { .. }) {
        found.sort_by_cached_key(|(one, _)| (folded(one.last_name.as_str()), folded(one.first_name.as_str())));
    }
    let only = match (&wanted, found.as_slice()) {
        (Wanted::Number(_) | Wanted::Email(_), [(only, _)]) => Some(format!("{HERE}/{}", only.id)),
        _ => None,
    };
    let path = only.unwrap_or_else(|| found_at(&app, &pass, &input.typed));
    Ok(Reply::ok(SearchPage::of(&staff, input.typed, Some(found))).see(path))
}

/// The address of a search's result, with the search sealed in it.
fn found_at(app: &App, pass: &Pass, typed: &Filled) -> String {
    let sealed = app.address_of(HERE, pass.identifier.as_str(), typed, SHOWN);
    sealed.map_or_else(|| HERE.to_owned(), |sealed| format!("{HERE}?vu={sealed}"))
}

/// The ids of the matches, without duplicates; at most one more than [`MOST`].
async fn ids(app: &App, wanted: &Wanted) -> Result<Vec<BeneficiaryId>, Problem> {
    let store = &app.store;
    let mut ids = Vec::new();
    match wanted {
        Wanted::Number(number) => ids.extend(store.beneficiaries.lookup(number).await?.map(|entry| entry.beneficiary)),
        Wanted::Email(email) => {
            let identifiers = store.accounts.identifiers_of(email).await?;
            let keys: Vec<_> = identifiers.iter().map(Accounts::key).collect();
            let found = if keys.is_empty() { Found::default() } else { store.read(&keys).await? };
            for identifier in &identifiers {
                ids.extend(Accounts::in_found(&found, identifier)?.and_then(|account| young(&account.holder)));
            }
        }
        Wanted::Words { identifier, beginnings } => {
            if let Some(identifier) = identifier {
                ids.extend(store.accounts.find(identifier).await?.and_then(|account| young(&account.holder)));
            }
            for beginning in beginnings {
                let named = store.profiles.named(beginning, MOST as i32 + 1).await?;
                ids.extend(named.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
            }
        }
    }
    ids.truncate(MOST + 1);
    Ok(ids)
}

const fn young(holder: &Holder) -> Option<BeneficiaryId> {
    match holder {
        Holder::Beneficiary(id) => Some(*id),
        Holder::Partner(_) | Holder::Establishment(_) | Holder::Team => None,
    }
}

/// Reads these young people, in this order. Closed accounts that the index still holds are left out.
async fn people(app: &App, ids: &[BeneficiaryId]) -> Result<Vec<(Beneficiary, Profile)>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = ids.iter().flat_map(|id| [Beneficiaries::key(*id), Profiles::key(*id)]).collect();
    let found = app.store.read(&keys).await?;
    let mut people = Vec::new();
    for id in ids {
        people.extend(Beneficiaries::in_found(&found, *id)?.zip(Profiles::in_found(&found, *id)?));
    }
    Ok(people)
}

impl SearchPage {
    fn of(staff: &Staff, form: Filled, found: Option<Vec<(Beneficiary, Profile)>>) -> Self {
        let searched = found.is_some();
        let found = found.unwrap_or_default();
        Self {
            page: staff.page("Je recherche un jeune", HERE),
            form,
            searched,
            body: BeneficiarySearch {
                beneficiaries: found
                    .iter()
                    .take(MOST)
                    .map(|(who, profile)| BeneficiaryFound::of(who, profile))
                    .collect(),
                more: found.len() > MOST,
            },
        }
    }
}

impl BeneficiaryFound {
    fn of(who: &Beneficiary, profile: &Profile) -> Self {
        Self {
            id: who.id.to_string(),
            first_name: who.first_name.to_string(),
            last_name: who.last_name.to_string(),
            birth_date: who.birth_date,
            file: who.file.to_string(),
            school: profile.situation.school.name.to_string(),
            suspended: who.card_state == CardState::Suspended,
        }
    }
}
