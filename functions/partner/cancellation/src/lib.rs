//! *Annuler* (guide §7.2, §9.5): a partner cancels its own transaction, once, on the same Paris day. It cannot be
//! undone, so a page asks to confirm.

mod function;

use axum::extract::{Path, State};
use epass_domain::{
    Cancellation as Allowed, Did, Party, Payer, Refusal, TransactionId, TransactionRefusal, paris_time,
};
use epass_sortie::step;
use epass_store::{Cancelled, Transactions};
use epass_web::{
    Access, App, Caller, Desk, Kind, Problem, ProblemBody, Reply, Room, SecondStep, SecondStepBody, Told, named,
    routes, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use function::FUNCTION;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::Desk, routes!(ask, cancel))
}

/// The outcome of a cancellation.
#[derive(Serialize, ToSchema)]
struct Cancellation {
    /// The transaction's id.
    id: String,
    /// Always `cancelled`.
    #[schema(value_type = words::TransactionState)]
    state: &'static str,
    /// The amount returned to the wallet; for an outing, the amount that is to be settled again.
    amount_cents: u64,
    /// The time of the cancellation: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    cancelled_at: Timestamp,
}

/// Shows the effect of a cancellation, and on whom: the second step of a browser.
#[utoipa::path(get, path = "/transactions/{id}/annulation", params(("id" = String, Path, description = "The transaction")), responses(
    (status = 200, description = "It may be cancelled", body = SecondStepBody),
    (status = 303, description = "A browser whose transaction is cancelled already goes to it"),
    (status = 404, description = "No transaction of yours", body = ProblemBody),
    (status = 409, description = "Cancelled already, or its day is over", body = ProblemBody),
))]
async fn ask(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Reply, Problem> {
    let allowed = allowed(&app, &caller, &id).await;
    let (desk, allowed) = allowed.map_err(|problem| match problem.kind() {
        Kind::Refused(Refusal::Transaction(TransactionRefusal::AlreadyCancelled)) => {
            problem.back_to(format!("/transactions/{id}"))
        }
        _ => problem,
    })?;
    Ok(Reply::ok(asked(&desk, &allowed)))
}

/// Cancels a transaction: returns the amount, and makes a used voucher valid again. A cancelled outing is in the
/// state *validated* again and can be settled once more.
#[utoipa::path(post, path = "/transactions/{id}/annulation", params(("id" = String, Path, description = "The transaction")), responses(
    (status = 200, description = "Cancelled", body = Cancellation, example = json!({
        "id": "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f", "state": "cancelled", "amount_cents": 1250, "cancelled_at": "2026-11-22T13:12:00Z",
    })),
    (status = 404, description = "No transaction of yours", body = ProblemBody),
    (status = 409, description = "Cancelled already, or its day is over", body = ProblemBody),
))]
async fn cancel(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Reply, Problem> {
    let now = app.now();
    let (desk, cancellation) = allowed(&app, &caller, &id).await?;
    let reopened = step(Party::Partner, desk.partner.known_as(), Did::Reopened, now);
    match app.store.transactions.cancel(&cancellation, &reopened).await? {
        Cancelled::Now => {}
        Cancelled::Before => return Err(TransactionRefusal::AlreadyCancelled.into()),
    }
    let cancelled = cancellation.transaction();
    let id = cancelled.id.to_string();
    let see = format!("/transactions/{id}?fait=annulee");
    let told =
        Cancellation { id, state: cancelled.state.code(), amount_cents: cancelled.amount.cents(), cancelled_at: now };
    Ok(Reply::ok(Told(told)).see(see))
}

/// The cancellation of one of the desk's own transactions, if the rules allow it now.
async fn allowed(app: &App, caller: &Caller, id: &str) -> Result<(Desk, Allowed), Problem> {
    let id = named(id, TransactionId::parse)?;
    let (desk, found) = app.enter_desk(caller, &[Transactions::key(caller.partner()?, id)]).await?;
    let transaction = Transactions::in_found(&found, &desk.partner.id, id)?.ok_or(Problem::not_found())?;
    Ok((desk, transaction.cancel(app.now())?))
}

/// The second step, which names the person or the outing, and the amount.
fn asked(desk: &Desk, allowed: &Allowed) -> SecondStep {
    let of = allowed.transaction();
    let action = format!("/transactions/{}/annulation", of.id);
    let amount = of.amount.to_string();
    let step = match &of.payer {
        Payer::Desk(payer) => SecondStep::new(
            desk.page("Annuler cette transaction\u{a0}?", "/transactions"),
            action,
            "Annuler la transaction",
            format!(
                "{amount} sont rendus à ce jeune, et ne vous seront pas remboursés. Une annulation est définitive."
            ),
        )
        .fact("Bénéficiaire", format!("{} {}", payer.first_name, payer.last_name))
        .fact("Référence", payer.reference.masked())
        .or("Garder la transaction"),
        Payer::Outing(outing) => SecondStep::new(
            desk.page("Annuler cet encaissement\u{a0}?", "/transactions"),
            action,
            "Annuler l’encaissement",
            "La sortie redevient Validée\u{a0}: vous pourrez l’encaisser à nouveau. Rien n’est rendu aux jeunes.",
        )
        .fact("Sortie", &outing.title)
        .fact("Établissement", &outing.establishment)
        .fact("Participants", outing.present)
        .or("Garder l’encaissement"),
    };
    step.fact("Montant", amount)
        .fact("Rubrique", of.envelope.label())
        .fact("Date", paris_time(of.at))
        .from("/transactions", "Je suis mes transactions")
}
