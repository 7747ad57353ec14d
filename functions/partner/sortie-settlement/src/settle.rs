//! *Valider la transaction*: the voucher's number settles the outing once, in one transaction.

use axum::extract::{Path, State};
use epass_domain::{
    Did, Party, Refusal, Settlement, Sortie, SortieId, SortieRefusal, SortieState, VoucherNumber, limits,
};
use epass_sortie::step;
use epass_store::{Counted, Counters, Settled};
use epass_web::{App, Desk, Input, Kind, Pass, Problem, ProblemBody, Reply, mint};

use crate::form::SettlementForm;
use crate::receipt::{ReceiptPage, SortieReceipt};
use crate::{own, path};

/// The most attempts of a settlement that keeps losing the race; after the last one, nothing has changed.
const READINGS: usize = 8;

/// Settles the outing. It is idempotent: a second call with the same voucher answers with the receipt of the first.
#[utoipa::path(post, path = "/mes-sorties/{sortie}/encaissement", request_body = SettlementForm,
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 201, description = "Settled", body = SortieReceipt),
    (status = 200, description = "Settled before, with the same voucher", body = SortieReceipt),
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
    let (counters, counted) = (&app.store.counters, typed_by(&sortie.id));
    let settled = async {
        let typed = input.form.parse()?;
        // The attempt is counted before the comparison, and given back unless the number was wrong.
        let attempt = counters.attempt(&counted, &found, app.now()).await??;
        let decided = decide(&app, &desk, sortie, &typed).await;
        match decided.as_ref().map_err(Problem::kind) {
            Err(Kind::Refused(Refusal::Sortie(SortieRefusal::WrongVoucher))) => counters.wrong(attempt).await?,
            Ok(_) | Err(Kind::Refused(_)) => counters.right(attempt).await?,
            Err(_) => {}
        }
        decided
    };
    let (settled, is_new) = input.carry("voucher_number", settled).await?;
    let receipt = ReceiptPage::of(&desk, &settled).ok_or(Problem::new(Kind::Internal))?;
    let reply = if is_new { Reply::created(receipt) } else { Reply::ok(receipt) };
    Ok(reply.see(format!("{}/recu?fait=encaissee", path(&settled.id))))
}

/// Settles the outing, and retries after a lost race against a change of the list. Returns the outing and whether
/// this request settled it: another request with the voucher may have been first.
async fn decide(app: &App, desk: &Desk, read: Sortie, typed: &VoucherNumber) -> Result<(Sortie, bool), Problem> {
    let mut sortie = read;
    for _ in 0..READINGS {
        let now = app.now();
        if matches!(&sortie.state, SortieState::Settled { voucher, .. } if voucher == typed) {
            return Ok((sortie, false));
        }
        let id = mint::transaction_id(now);
        let settlement = sortie.clone().settle(&desk.partner, typed, id, now).map_err(at_its_field)?;
        match store(app, desk, &sortie, &settlement).await? {
            Settled::Now => return Ok((settlement.sortie().clone(), true)),
            Settled::Moved(stands) => sortie = *stands,
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// The refusal at the place where the page shows it: at the voucher's field or at the list.
fn at_its_field(refusal: SortieRefusal) -> Problem {
    match refusal {
        SortieRefusal::WrongVoucher => Problem::from(refusal).stands_at("voucher_number"),
        _ => Problem::from(refusal).stands_at("liste"),
    }
}

async fn store(app: &App, desk: &Desk, before: &Sortie, settlement: &Settlement) -> Result<Settled, Problem> {
    let did = Did::Settled { present: settlement.present(), absent: settlement.absent() };
    let step = step(Party::Partner, desk.partner.known_as(), did, app.now());
    Ok(app.store.sorties.settle(before, settlement, &step, &[]).await?)
}
