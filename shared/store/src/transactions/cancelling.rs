//! Cancels transactions: the money goes back to the wallet, or to what a closed account left.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Campaign, Cancellation, DeskPayer, ParisDay, Payer, Step, Transaction, TransactionState};

use super::one::Transactions;
use crate::beneficiaries::{Beneficiaries, beneficiary};
use crate::dynamo::{Commit, Reason, StoreError, refused_at, text, unexpected};
use crate::persons::{LateCredit, Way};
use crate::sorties::Sorties;
use crate::writes::Expression;

/// The outcome of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// The wallet has the money back, or the outing awaits another settlement.
    Now,
    /// Another request cancelled it since it was read. Nothing has changed.
    Before,
}

impl Transactions {
    /// Gives back the money, and a voucher, in one transaction. The condition states the rule: paid, and today. A
    /// wallet that was renewed for another campaign gets nothing, because the credit ended with its campaign. If the
    /// account was closed since, what it left gets the money. If an outing paid, nobody gets anything back: the outing
    /// is validated again, and `reopened` is the entry of its timeline.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Failed`] if wallet, voucher or outing refuse for any other reason: nothing has
    /// changed.
    pub async fn cancel(&self, cancellation: &Cancellation, reopened: &Step) -> Result<Cancelled, StoreError> {
        let cancelled = cancellation.transaction();
        let TransactionState::Cancelled { at } = cancelled.state else {
            return Ok(Cancelled::Before);
        };
        let change = Expression::new("SET #state = :cancelled, cancelled_at = :at")
            .name("#state", "state")
            .value(":cancelled", text(cancelled.state.code()))
            .value(":at", text(at))
            .value(":paid", text(TransactionState::Paid.code()))
            .value(":today", text(ParisDay::of(at).iso()));
        let trace = self.0.change_if(
            &Self::key(&cancelled.partner, cancelled.id),
            change,
            "#state = :paid AND paris_day = :today",
        );
        match &cancelled.payer {
            Payer::Desk(payer) => self.give_back(cancelled, payer, trace).await,
            Payer::Outing(outing) => {
                let mut writes = vec![trace];
                writes.extend(Sorties(self.0.clone()).reopening(&outing.sortie, cancelled.id, reopened));
                match self.0.transact(writes).await? {
                    Commit::Done => Ok(Cancelled::Now),
                    Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Cancelled::Before),
                    Commit::Refused(_) => Err(StoreError::Failed("an outing does not know its settlement".into())),
                }
            }
        }
    }

    /// Cancels a payment of an account that was closed since: the money goes to what it left, or to the new account of
    /// its owner. If that credit has ended, only the trace is cancelled. The account's vouchers are gone.
    async fn cancel_of_closed(
        &self,
        trace: TransactWriteItem,
        cancelled: &Transaction,
        payer: &DeskPayer,
    ) -> Result<Cancelled, StoreError> {
        let Transaction { envelope, amount, campaign, .. } = *cancelled;
        let late = LateCredit { of: payer.beneficiary, envelope, amount, campaign };
        let commit = match late.store(&self.0, std::slice::from_ref(&trace), Way::Back).await? {
            Some(commit) => commit,
            None => self.0.transact(vec![trace]).await?,
        };
        match commit {
            Commit::Done => Ok(Cancelled::Now),
            Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Cancelled::Before),
            Commit::Refused(reasons) => Err(unexpected("a cancellation of a closed account", &reasons)),
        }
    }

    /// Gives back a payment at the desk. It omits a write that cannot apply, for two reasons only: the wallet is of
    /// another campaign, or the voucher is gone.
    async fn give_back(
        &self,
        cancelled: &Transaction,
        payer: &DeskPayer,
        trace: TransactWriteItem,
    ) -> Result<Cancelled, StoreError> {
        const WHAT: &str = "a cancellation";
        let wallets = Beneficiaries(self.0.clone());
        let (amount, campaign) = (cancelled.amount, cancelled.campaign);
        let mut wallet = Some(wallets.credit(payer.beneficiary, cancelled.envelope, amount, campaign));
        let is_voucher = payer.reference.is_voucher();
        let mut voucher = is_voucher.then(|| wallets.free_voucher(&payer.reference, cancelled.id));
        loop {
            let writes = std::iter::once(trace.clone()).chain(wallet.clone()).chain(voucher.clone());
            let Commit::Refused(reasons) = self.0.transact(writes.collect()).await? else {
                return Ok(Cancelled::Now);
            };
            match (refused_at(&reasons), wallet.is_some(), voucher.is_some()) {
                (Some(0), _, _) => return Ok(Cancelled::Before),
                (Some(1), true, _) if is_gone(&reasons[1]) => {
                    return self.cancel_of_closed(trace, cancelled, payer).await;
                }
                (Some(1), true, _) if is_of_another_campaign(&reasons[1], campaign)? => wallet = None,
                (Some(1), false, true) | (Some(2), true, true) if reasons.last().is_some_and(is_gone) => voucher = None,
                _ => return Err(unexpected(WHAT, &reasons)),
            }
        }
    }
}

/// Whether a wallet was renewed for another campaign: it takes back no credit of this one.
fn is_of_another_campaign(wallet: &Reason, campaign: Campaign) -> Result<bool, StoreError> {
    let stands = wallet.item.clone().map(beneficiary).transpose()?;
    Ok(stands.is_some_and(|stands| stands.wallet.campaign != campaign))
}

/// Whether a write found no item: the account of a wallet is closed, or a voucher is gone.
fn is_gone(refused: &Reason) -> bool {
    refused.failed && refused.item.is_none()
}
