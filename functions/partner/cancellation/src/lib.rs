//! *Annuler* (guide §7.2, §9.5): the partner that made a transaction takes it back, on the same Paris day, once.

use axum::extract::{Path, State};
use epass_domain::{Did, Party, Refusal, TransactionId};
use epass_sortie::step;
use epass_store::{Cancelled, Transactions};
use epass_web::{Access, App, Caller, Problem, ProblemBody, Reply, Room, Told, routes};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The routes of this room.
pub fn room() -> Room {
    Room::new("partner-cancellation").open(Access::Desk, routes!(cancel))
}

/// What was cancelled.
#[derive(Serialize, ToSchema)]
struct Cancellation {
    /// The transaction.
    id: String,
    /// Always `cancelled`.
    state: &'static str,
    /// What the wallet got back; of an outing, what is to be settled again.
    amount_cents: u64,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    cancelled_at: Timestamp,
}

/// Gives the money, and a voucher, back; an outing is validated again, to be settled once more.
#[utoipa::path(post, path = "/transactions/{id}/annulation", params(("id" = String, Path, description = "The transaction")), responses(
    (status = 200, description = "Cancelled", body = Cancellation),
    (status = 404, description = "No transaction of yours", body = ProblemBody),
    (status = 409, description = "Cancelled already, or its day is over", body = ProblemBody),
))]
async fn cancel(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Reply, Problem> {
    let now = app.now();
    let id = TransactionId::parse(&id).map_err(|_| Problem::not_found())?;
    let (desk, found) = app.enter_desk(&caller, &[Transactions::key(caller.partner()?, id)]).await?;
    let transaction = Transactions::in_found(&found, &desk.partner.id, id)?.ok_or(Problem::not_found())?;
    let cancellation = transaction.cancel(now)?;
    let reopened = step(Party::Partner, desk.partner.known_as(), Did::Reopened, now);
    match app.store.transactions.cancel(&cancellation, &reopened).await? {
        Cancelled::Now => {}
        Cancelled::Before => return Err(Refusal::AlreadyCancelled.into()),
    }
    let cancelled = cancellation.transaction();
    let told = Cancellation {
        id: id.to_string(),
        state: cancelled.state.code(),
        amount_cents: cancelled.amount.cents(),
        cancelled_at: now,
    };
    Ok(Reply::ok(Told(told)).see(format!("/transactions/{id}?fait=annulee")))
}
