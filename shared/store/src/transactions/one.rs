//! One transaction: found, recorded, and imported.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Beneficiary, DeskPayer, PartnerId, Payment, Transaction, TransactionId, Voucher};

use super::items::{paid_at_desk, transaction, transaction_item};
use crate::beneficiaries::{Beneficiaries, beneficiary, voucher};
use crate::dynamo::{Commit, Dynamo, Found, Key, StoreError, Table};

/// The outcome of a payment.
#[derive(Debug)]
pub enum Paid {
    /// It is stored now.
    Now,
    /// It was stored before, by the first of these requests.
    Before(Box<Transaction<DeskPayer>>),
    /// The wallet is not what the payment was decided on: decide again on this one. Nothing has changed.
    WalletMoved(Box<Beneficiary>),
    /// The voucher is not what the payment was decided on. Nothing has changed.
    VoucherMoved(Option<Voucher>),
}

/// The repository.
#[derive(Clone, Debug)]
pub struct Transactions(pub(crate) Dynamo);

impl Transactions {
    /// The key of a transaction, for a batch read.
    pub fn key(partner: &PartnerId, id: TransactionId) -> Key {
        Key::new(Table::Transactions, "partner_id", partner).and("transaction_id", id)
    }

    /// The transaction in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, partner: &PartnerId, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
        found.item(&Self::key(partner, id)).map(|item| transaction(item.clone())).transpose()
    }

    /// The same of a transaction that one young person paid at the desk.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`], also where an outing paid.
    pub fn payment_in(
        found: &Found,
        partner: &PartnerId,
        id: TransactionId,
    ) -> Result<Option<Transaction<DeskPayer>>, StoreError> {
        found.item(&Self::key(partner, id)).map(|item| paid_at_desk(item.clone())).transpose()
    }

    /// Debits the wallet, leaves the trace and uses the voucher up: all of it once, or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record(&self, payment: &Payment) -> Result<Paid, StoreError> {
        let trace = payment.transaction();
        let wallets = Beneficiaries(self.0.clone());
        let mut writes = vec![self.put_trace(&Transaction::from(trace.clone())), wallets.debit(payment)];
        if payment.uses_voucher() {
            writes.push(wallets.use_voucher(trace));
        }
        let mut reasons = match self.0.transact(writes).await? {
            Commit::Done => return Ok(Paid::Now),
            Commit::Refused(reasons) => reasons.into_iter(),
        };
        let mut next = || reasons.next().unwrap_or_default();
        let (first, wallet, number) = (next(), next(), next());
        match (first.item, wallet.item) {
            (Some(first), _) => Ok(Paid::Before(Box::new(paid_at_desk(first)?))),
            (None, Some(wallet)) => Ok(Paid::WalletMoved(Box::new(beneficiary(wallet)?))),
            (None, None) if number.failed => Ok(Paid::VoucherMoved(voucher(number.item.as_ref()))),
            (None, None) => Err(StoreError::Failed("a refused payment names no reason".into())),
        }
    }

    /// The trace of a payment or of a settlement; there is none yet under its id.
    pub(crate) fn put_trace(&self, of: &Transaction) -> TransactWriteItem {
        self.0.put_new(Table::Transactions, transaction_item(of), "transaction_id")
    }

    /// Stores past transactions as they are, without touching a wallet: what demo data and imports are made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, past: &[Transaction]) -> Result<(), StoreError> {
        for chunk in past.chunks(100) {
            let writes = chunk.iter().map(|one| self.put_trace(one)).collect();
            self.0.transact(writes).await?;
        }
        Ok(())
    }
}
