//! Finds, records and imports one transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Beneficiary, DeskPayer, PartnerId, Payment, Transaction, TransactionId, Voucher};

use super::items::{paid_at_desk, transaction, transaction_item};
use crate::beneficiaries::{Beneficiaries, beneficiary, voucher};
use crate::dynamo::{Commit, Dynamo, Found, Key, StoreError, Table};

/// The outcome of a payment.
#[derive(Debug)]
pub enum Paid {
    /// The payment is stored now.
    Now,
    /// The payment was stored before, by an earlier request with the same id.
    Before(Box<Transaction<DeskPayer>>),
    /// The wallet was changed since the decision: decide again on this one. Nothing has changed.
    WalletMoved(Box<Beneficiary>),
    /// The voucher was changed since the decision. Nothing has changed.
    VoucherMoved(Option<Voucher>),
}

/// The repository of transactions.
#[derive(Clone, Debug)]
pub struct Transactions(pub(crate) Dynamo);

impl Transactions {
    /// The key of a transaction, for a batch read.
    pub fn key(partner: &PartnerId, id: TransactionId) -> Key {
        Key::new(Table::Transactions, "partner_id", partner).and("transaction_id", id)
    }

    /// Reads the transaction from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, partner: &PartnerId, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
        found.item(&Self::key(partner, id)).map(|item| transaction(item.clone())).transpose()
    }

    /// As [`Transactions::in_found`], for a payment by one young person at the desk.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`], also if an outing paid.
    pub fn payment_in(
        found: &Found,
        partner: &PartnerId,
        id: TransactionId,
    ) -> Result<Option<Transaction<DeskPayer>>, StoreError> {
        found.item(&Self::key(partner, id)).map(|item| paid_at_desk(item.clone())).transpose()
    }

    /// Debits the wallet, stores the trace and marks the voucher as used, in one idempotent transaction.
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

    /// Stores the trace of a payment or of a settlement, on the condition that its id is new.
    pub(crate) fn put_trace(&self, of: &Transaction) -> TransactWriteItem {
        self.0.put_new(Table::Transactions, transaction_item(of), "transaction_id")
    }

    /// Stores past transactions as they are, without touching a wallet. For demo data and imports.
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
