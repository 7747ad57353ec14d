//! The team's view of young people (`product.md`, *Eligibility*): find one, see the card and the wallet, suspend,
//! reinstate and replace the card, and decide about namesakes.

mod duplicates;
mod form;
mod function;
mod search;
mod sheet;

use axum::extract::{Path, State};
use epass_domain::{BeneficiaryId, CardNumber, CardOrder, Role, Suspension, ToDo};
use epass_mail::Letter;
use epass_store::Replaced;
use epass_web::{
    Access, App, Done, Input, Kind, Problem, ProblemBody, Reply, Resumed, Room, Staff, mint, named, routes,
};

pub use form::{ReplacementForm, SearchForm, SuspensionForm};
pub use function::FUNCTION;
use sheet::{BeneficiarySheet, Known, SheetPage};

const HERE: &str = "/equipe/jeunes";

/// The number of attempts of an order: it is retried after a lost race, or with another number.
const TRIES: usize = 5;

/// The routes of this room.
pub fn room() -> Room {
    use duplicates::*;
    use search::*;
    let team = Access::Only(Role::Team);
    Room::new(&FUNCTION)
        .open(team, routes!(show_search))
        .open(team, routes!(search))
        .open(team, routes!(list_duplicates))
        .open(team, routes!(show_duplicate))
        .open(team, routes!(is_another))
        .open(team, routes!(is_the_same))
        .open(team, routes!(show))
        .open(team, routes!(suspend))
        .open(team, routes!(reinstate))
        .open(team, routes!(replace))
}

/// Gives one young person.
#[utoipa::path(get, path = "/equipe/jeunes/{beneficiary}", params(("beneficiary" = String, Path, description = "The young person's id")), responses(
    (status = 200, description = "The young person", body = BeneficiarySheet),
    (status = 404, description = "No such young person", body = ProblemBody),
))]
async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let known = Known::find(&app, id_of(&id)?).await?;
    let mut sheet = SheetPage::of(&app, &staff, &known).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Suspends a card: it no longer pays, by any of its numbers. The reason is mailed to the young person. A second call
/// with the same reason changes nothing.
#[utoipa::path(post, path = "/equipe/jeunes/{beneficiary}/suspension", request_body = SuspensionForm,
    params(("beneficiary" = String, Path, description = "The young person's id")), responses(
    (status = 200, description = "Suspended", body = BeneficiarySheet),
    (status = 404, description = "No such young person", body = ProblemBody),
    (status = 409, description = "A colleague suspended it for another reason", body = ProblemBody),
    (status = 422, description = "No reason was sent", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn suspend(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    input: Input<SuspensionForm>,
) -> Result<Reply, Problem> {
    let known = Known::find(&app, id_of(&id)?).await?;
    let suspended = async { execute(&app, &input.form.parse()?, known).await };
    let after = input.carry("card", suspended).await?;
    done(&app, &staff, &after, "suspendue").await
}

/// Reinstates a card: it pays again, and the young person receives a mail. A second call changes nothing.
#[utoipa::path(post, path = "/equipe/jeunes/{beneficiary}/retablissement",
    params(("beneficiary" = String, Path, description = "The young person's id")), responses(
    (status = 200, description = "Reinstated", body = BeneficiarySheet),
    (status = 404, description = "No such young person", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn reinstate(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Result<Reply, Problem> {
    let known = Known::find(&app, id_of(&id)?).await?;
    let after = execute(&app, &CardOrder::Reinstate, known).await?;
    done(&app, &staff, &after, "retablie").await
}

/// Replaces a card: the number that was read is no longer valid, the card gets a new number, and the young person
/// receives a mail. The file number, the balances and the vouchers stay.
#[utoipa::path(post, path = "/equipe/jeunes/{beneficiary}/carte", request_body = ReplacementForm,
    params(("beneficiary" = String, Path, description = "The young person's id")), responses(
    (status = 200, description = "Replaced", body = BeneficiarySheet),
    (status = 404, description = "No such young person", body = ProblemBody),
    (status = 409, description = "The card is not the one that was read", body = ProblemBody),
    (status = 422, description = "No card number was sent", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn replace(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    input: Input<ReplacementForm>,
) -> Result<Reply, Problem> {
    let known = Known::find(&app, id_of(&id)?).await?;
    let replaced = async { execute(&app, &input.form.parse()?, known).await };
    let after = input.carry("card", replaced).await?;
    done(&app, &staff, &after, "remplacee").await
}

fn id_of(text: &str) -> Result<BeneficiaryId, Problem> {
    named(text, BeneficiaryId::parse)
}

/// Executes an order about a card as it is stored; retries after a lost race. Returns the young person after the
/// change.
async fn execute(app: &App, order: &CardOrder, mut known: Known) -> Result<Known, Problem> {
    for _ in 0..TRIES {
        let is_done = match order.about(&known.beneficiary, &known.trail)? {
            ToDo::Nothing => return Ok(known),
            ToDo::Change => save(app, order, &known).await?,
        };
        known = Known::find(app, known.beneficiary.id).await?;
        if is_done {
            return Ok(known);
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// Stores an order with its mail; `false` when the card changed since it was read, or the new number was taken.
async fn save(app: &App, order: &CardOrder, known: &Known) -> Result<bool, Problem> {
    let (id, now) = (known.beneficiary.id, app.now());
    let site_url = app.settings.site_url.clone();
    let letter = match order {
        CardOrder::Suspend(reason) => Letter::CardSuspended { reason: reason.clone(), site_url },
        CardOrder::Reinstate => Letter::CardReinstated { site_url },
        CardOrder::Replace(_) => Letter::CardReplaced { site_url },
    };
    let greeted = known.beneficiary.first_name.clone();
    let mail = letter.to(&known.profile.email, mint::mail_id(now), now).greeting(greeted);
    let cards = &app.store.beneficiaries;
    Ok(match order {
        CardOrder::Suspend(reason) => cards.suspend(id, &Suspension { reason: reason.clone(), at: now }, &mail).await?,
        CardOrder::Reinstate => cards.reinstate(id, &mail).await?,
        CardOrder::Replace(_) => {
            let card = CardNumber::mint(mint::number());
            cards.replace_card(&known.beneficiary, &card, &mail).await? == Replaced::Now
        }
    })
}

async fn done(app: &App, staff: &Staff, after: &Known, word: &str) -> Result<Reply, Problem> {
    let sheet = SheetPage::of(app, staff, after).await?;
    Ok(Reply::ok(sheet).see(format!("{HERE}/{}?fait={word}", after.beneficiary.id)))
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "suspendue" => Some("La carte est suspendue ; le motif est envoyé par mail au jeune."),
        "retablie" => Some("La carte est rétablie ; le jeune en est averti par mail."),
        "remplacee" => {
            Some("La carte est refaite : l’ancien numéro ne vaut plus rien. Le jeune en est averti par mail.")
        }
        _ => None,
    }
}
