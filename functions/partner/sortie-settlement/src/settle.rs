//! *Valider la transaction*: the voucher's number makes one transaction of the whole outing, once.

use axum::extract::{Path, State};
use epass_domain::{Did, Party, Refusal, Settlement, Sortie, SortieId, SortieState, VoucherNumber, limits};
use epass_sortie::step;
use epass_store::{Counted, Counters, Settled};
use epass_web::{App, Desk, Input, Kind, Pass, Problem, ProblemBody, Reply, mint};

use crate::form::{RosterForm, SettlementForm};
use crate::receipt::Receipt;
use crate::{HERE, look, own, refused};

/// A settlement that keeps finding other numbers gives up after this many readings; nothing has changed then.
const READINGS: usize = 8;

/// Settles the outing. Who comes second finds the receipt of the first.
#[utoipa::path(post, path = "/mes-sorties/{sortie}/encaissement", request_body = SettlementForm,
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 201, description = "Settled", body = Receipt),
    (status = 200, description = "Settled before, with the same voucher", body = Receipt),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "No voucher number, a wrong one (`wrong_sortie_voucher`), before its day (`sortie_not_yet`), nobody present (`nobody_present`), or no convention in force (`no_convention`)", body = ProblemBody),
    (status = 429, description = "Too many wrong vouchers", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
pub(crate) async fn settle(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<SettlementForm>,
) -> Result<Reply, Problem> {
    let typed_by =
        |id: &SortieId| Counted::new(limits::SORTIE_VOUCHERS, format!("{}#{}", id.as_str(), pass.identifier));
    let (desk, sortie, found) = own(&app, &pass, &id, |id| vec![Counters::key(&typed_by(id))]).await?;
    let everybody = RosterForm::default();
    let typed = match input.form.parse() {
        Ok(typed) => typed,
        Err(invalid) => {
            let page = look(&app, &pass, &id, &everybody).await?;
            return Err(Problem::invalid(&invalid, input.typed, |form| page.with(form)));
        }
    };
    // Counted before it is compared, and given back unless it was wrong.
    let (counters, counted) = (&app.store.counters, typed_by(&sortie.id));
    let attempt = match counters.attempt(&counted, &found, app.now()).await? {
        Ok(attempt) => attempt,
        Err(wait) => {
            let page = look(&app, &pass, &id, &everybody).await?;
            return Err(Problem::too_many(wait, "voucher_number", input.typed, |form| page.with(form)));
        }
    };
    let decided = decide(&app, &desk, sortie, &typed).await?;
    match &decided {
        Err(Refusal::WrongSortieVoucher) => counters.wrong(attempt).await?,
        Ok(_) | Err(_) => counters.right(attempt).await?,
    }
    match decided {
        Ok((settled, is_new)) => {
            let receipt = Receipt::of(&desk, &settled).ok_or(Problem::new(Kind::Internal))?;
            let reply = if is_new { Reply::created(receipt) } else { Reply::ok(receipt) };
            Ok(reply.see(format!("{HERE}/{}/recu?fait=encaissee", settled.id.as_str())))
        }
        Err(refusal) => {
            let field = if refusal == Refusal::WrongSortieVoucher { "voucher_number" } else { "liste" };
            Err(refused(&app, &pass, (&id, &everybody), (refusal, field), input.typed).await)
        }
    }
}

/// Decides, stores, and decides again on what others made of the list meanwhile. Gives the outing as it is then, and whether
/// this click settled it, and not another one that knew the voucher as well.
async fn decide(
    app: &App,
    desk: &Desk,
    read: Sortie,
    typed: &VoucherNumber,
) -> Result<Result<(Sortie, bool), Refusal>, Problem> {
    let mut sortie = read;
    for _ in 0..READINGS {
        let now = app.now();
        if matches!(&sortie.state, SortieState::Settled { voucher, .. } if voucher == typed) {
            return Ok(Ok((sortie, false)));
        }
        let id = mint::transaction_id(now);
        let settlement = match sortie.clone().settle(&desk.partner, typed, id, now) {
            Ok(settlement) => settlement,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match store(app, desk, &sortie, &settlement).await? {
            Settled::Now => return Ok(Ok((settlement.sortie().clone(), true))),
            Settled::Moved(stands) => sortie = *stands,
        }
    }
    Err(Problem::new(Kind::Busy))
}

async fn store(app: &App, desk: &Desk, before: &Sortie, settlement: &Settlement) -> Result<Settled, Problem> {
    let did = Did::Settled { present: settlement.present(), absent: settlement.absent() };
    let step = step(Party::Partner, desk.partner.known_as(), did, app.now());
    Ok(app.store.sorties.settle(before, settlement, &step, &[]).await?)
}
