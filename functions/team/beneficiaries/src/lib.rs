//! The team's view of young people (`product.md`, *Eligibility*): find one, see the card and the wallet, suspend, reinstate
//! and replace the card, and decide about namesakes.

mod duplicates;
mod form;
mod function;
mod search;
mod sheet;

use axum::extract::{Path, State};
use epass_domain::{BeneficiaryId, CardNumber, CardOrder, Refusal, Role, Suspension, ToDo};
use epass_mail::Letter;
use epass_store::Replaced;
use epass_web::{
    Access, App, Done, Filled, Input, Kind, Problem, ProblemBody, Reply, Resumed, Room, Staff, mint, named, routes,
};

pub use form::{ReplacementForm, SearchForm, SuspensionForm};
pub use function::FUNCTION;
use sheet::{BeneficiarySheet, Known};

const HERE: &str = "/equipe/jeunes";

/// How often an order is tried again on what somebody quicker left, or with another number.
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

/// Shows one young person.
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
    let sheet = BeneficiarySheet::of(&app, &staff, &known).await?;
    Ok(Reply::ok(sheet.with(resumed.form(Filled::default())).noting(notice(&input.form.fait))))
}

/// Suspends a card: it pays nothing from then on, by whichever number. The reason is mailed to the young person. The same
/// once more changes nothing.
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
    let at = At { app: &app, staff: &staff, id: id_of(&id)? };
    let order = match input.form.parse() {
        Ok(order) => order,
        Err(invalid) => {
            let sheet = at.sheet().await?;
            return Err(input.typed.problem(&invalid, |form| sheet.with(form)));
        }
    };
    at.carry_out(&order, input.typed, "suspendue").await
}

/// Reinstates a card: it pays again, and the young person is told. The same once more changes nothing.
#[utoipa::path(post, path = "/equipe/jeunes/{beneficiary}/retablissement",
    params(("beneficiary" = String, Path, description = "The young person's id")), responses(
    (status = 200, description = "Reinstated", body = BeneficiarySheet),
    (status = 404, description = "No such young person", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn reinstate(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Result<Reply, Problem> {
    let at = At { app: &app, staff: &staff, id: id_of(&id)? };
    at.carry_out(&CardOrder::Reinstate, Filled::default(), "retablie").await
}

/// Replaces a card: the number that was read is dead at once, another is the card, and the young person is told. The
/// file number, the balances and the vouchers stay.
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
    let at = At { app: &app, staff: &staff, id: id_of(&id)? };
    let order = match input.form.parse() {
        Ok(order) => order,
        Err(invalid) => {
            let sheet = at.sheet().await?;
            return Err(input.typed.problem(&invalid, |form| sheet.with(form)));
        }
    };
    at.carry_out(&order, input.typed, "remplacee").await
}

fn id_of(text: &str) -> Result<BeneficiaryId, Problem> {
    named(text, BeneficiaryId::parse)
}

/// Somebody of the team at the sheet of a young person.
struct At<'a> {
    app: &'a App,
    staff: &'a Staff,
    id: BeneficiaryId,
}

impl At<'_> {
    /// The sheet as it is now.
    async fn sheet(&self) -> Result<BeneficiarySheet, Problem> {
        let known = Known::find(self.app, self.id).await?;
        BeneficiarySheet::of(self.app, self.staff, &known).await
    }

    /// Decides on what is stored, and again on what somebody quicker left of it, and shows what came of it.
    async fn carry_out(&self, order: &CardOrder, typed: Filled, done: &str) -> Result<Reply, Problem> {
        for _ in 0..TRIES {
            let known = Known::find(self.app, self.id).await?;
            let is_done = match order.about(&known.beneficiary, &known.trail) {
                Ok(ToDo::Nothing) => true,
                Ok(ToDo::Change) => self.save(order, &known).await?,
                Err(refusal) => {
                    let sheet = self.sheet().await?;
                    return Err(refused(refusal, typed, sheet));
                }
            };
            if is_done {
                return Ok(Reply::ok(self.sheet().await?).see(format!("{HERE}/{}?fait={done}", self.id)));
            }
        }
        Err(Problem::new(Kind::Busy))
    }

    /// Stores an order with the mail that tells of it; `false` when the card is not as it was read any more, or the new
    /// number was taken.
    async fn save(&self, order: &CardOrder, known: &Known) -> Result<bool, Problem> {
        let now = self.app.now();
        let site_url = self.app.settings.site_url.clone();
        let letter = match order {
            CardOrder::Suspend(reason) => Letter::CardSuspended { reason: reason.clone(), site_url },
            CardOrder::Reinstate => Letter::CardReinstated { site_url },
            CardOrder::Replace(_) => Letter::CardReplaced { site_url },
        };
        let greeted = known.beneficiary.first_name.clone();
        let mail = letter.to(&known.profile.email, mint::mail_id(now), now).greeting(greeted);
        let cards = &self.app.store.beneficiaries;
        Ok(match order {
            CardOrder::Suspend(reason) => {
                cards.suspend(self.id, &Suspension { reason: reason.clone(), at: now }, &mail).await?
            }
            CardOrder::Reinstate => cards.reinstate(self.id, &mail).await?,
            CardOrder::Replace(_) => {
                let card = CardNumber::mint(mint::number());
                cards.replace_card(&known.beneficiary, &card, &mail).await? == Replaced::Now
            }
        })
    }
}

fn refused(refusal: Refusal, typed: Filled, sheet: BeneficiarySheet) -> Problem {
    Problem::refused(refusal, "card", typed, |form| sheet.with(form))
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
