//! A transaction as an item.

use epass_domain::{
    BeneficiaryId, Campaign, DeskPayer, Envelope, Euros, Fault, Line, OutingPayer, ParisDay, PartnerId, Payer,
    Reference, SortieId, Transaction, TransactionId, TransactionState,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dynamo::{Item, StoreError, Table, from_item, to_item};

/// Reads one attribute without the rest of its item, because a batch reads a million of them.
pub(super) fn attribute<T>(item: &Item, name: &str, read: impl Fn(&str) -> Result<T, Fault>) -> Option<T> {
    read(item.get(name)?.as_s().ok()?).ok()
}

pub(super) fn amount(item: &Item) -> Option<Euros> {
    item.get("amount_cents")?.as_n().ok()?.parse().ok().map(Euros::from_cents)
}

/// The stored trace; the payer's attributes are stored in the same item.
#[derive(Serialize, Deserialize)]
struct TransactionItem {
    partner_id: PartnerId,
    transaction_id: TransactionId,
    envelope: Envelope,
    amount_cents: u64,
    campaign: Campaign,
    at: Timestamp,
    paris_day: String,
    state: String,
    cancelled_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct DeskItem {
    beneficiary_id: BeneficiaryId,
    first_name: Line,
    last_name: Line,
    reference: Reference,
    available_cents: u64,
}

#[derive(Serialize, Deserialize)]
struct OutingItem {
    sortie_id: SortieId,
    title: Line,
    establishment: Line,
    present: u32,
}

pub(super) fn transaction_item(of: &Transaction) -> Item {
    let mut item = to_item(&TransactionItem {
        partner_id: of.partner.clone(),
        transaction_id: of.id,
        envelope: of.envelope,
        amount_cents: of.amount.cents(),
        campaign: of.campaign,
        at: of.at,
        paris_day: ParisDay::of(of.at).iso(),
        state: of.state.code().to_owned(),
        cancelled_at: match of.state {
            TransactionState::Paid => None,
            TransactionState::Cancelled { at } => Some(at),
        },
    });
    item.extend(match &of.payer {
        Payer::Desk(payer) => to_item(&DeskItem {
            beneficiary_id: payer.beneficiary,
            first_name: payer.first_name.clone(),
            last_name: payer.last_name.clone(),
            reference: payer.reference.clone(),
            available_cents: payer.available.cents(),
        }),
        Payer::Outing(outing) => to_item(&OutingItem {
            sortie_id: outing.sortie.clone(),
            title: outing.title.clone(),
            establishment: outing.establishment.clone(),
            present: outing.present,
        }),
    });
    item
}

pub(super) fn transaction(item: Item) -> Result<Transaction, StoreError> {
    if item.contains_key("sortie_id") { paid_by(item, outing_payer) } else { paid_at_desk(item).map(Into::into) }
}

/// Reads a trace that one young person paid at the desk.
pub(super) fn paid_at_desk(item: Item) -> Result<Transaction<DeskPayer>, StoreError> {
    paid_by(item, |item| {
        let payer: DeskItem = from_item(Table::Transactions, item)?;
        Ok(DeskPayer {
            beneficiary: payer.beneficiary_id,
            first_name: payer.first_name,
            last_name: payer.last_name,
            reference: payer.reference,
            available: Euros::from_cents(payer.available_cents),
        })
    })
}

fn outing_payer(item: Item) -> Result<Payer, StoreError> {
    let payer: OutingItem = from_item(Table::Transactions, item)?;
    Ok(Payer::Outing(OutingPayer {
        sortie: payer.sortie_id,
        title: payer.title,
        establishment: payer.establishment,
        present: payer.present,
    }))
}

fn paid_by<P>(item: Item, payer: impl Fn(Item) -> Result<P, StoreError>) -> Result<Transaction<P>, StoreError> {
    let payer = payer(item.clone())?;
    let item: TransactionItem = from_item(Table::Transactions, item)?;
    Ok(Transaction {
        id: item.transaction_id,
        partner: item.partner_id,
        payer,
        envelope: item.envelope,
        amount: Euros::from_cents(item.amount_cents),
        campaign: item.campaign,
        at: item.at,
        state: item.cancelled_at.map_or(TransactionState::Paid, |at| TransactionState::Cancelled { at }),
    })
}

#[cfg(test)]
mod tests {
    use epass_domain::{CardNumber, VoucherNumber};

    use super::*;

    #[test]
    fn a_transaction_reads_back_paid_and_cancelled() {
        let at: Timestamp = "2026-11-22T12:00:00.123456Z".parse().unwrap();
        let line = |text| Line::parse(text, 100).unwrap();
        let payer = DeskPayer {
            beneficiary: BeneficiaryId(uuid::Uuid::max()),
            first_name: line("Léa"),
            last_name: line("Martin"),
            reference: Reference::Card(CardNumber::mint(1)),
            available: Euros::ZERO,
        };
        let by_voucher = DeskPayer { reference: Reference::Voucher(VoucherNumber::mint(1)), ..payer.clone() };
        let outing = OutingPayer {
            sortie: SortieId::mint(1),
            title: line("Le Cid"),
            establishment: line("Lycée Marie-Curie"),
            present: 29,
        };
        let paid = Transaction {
            id: TransactionId::earliest(at),
            partner: PartnerId::mint(1),
            payer: Payer::Desk(payer),
            envelope: Envelope::Performance,
            amount: Euros::from_cents(12_50),
            campaign: Campaign::at(at),
            at,
            state: TransactionState::Paid,
        };
        let cancelled =
            Transaction { payer: Payer::Desk(by_voucher), state: TransactionState::Cancelled { at }, ..paid.clone() };
        let settled = Transaction { payer: Payer::Outing(outing), envelope: Envelope::Outing, ..paid.clone() };
        let reopened = Transaction { state: TransactionState::Cancelled { at }, ..settled.clone() };
        for stored in [paid, cancelled, settled, reopened] {
            let item = transaction_item(&stored);
            let is_one_persons = matches!(stored.payer, Payer::Desk(_));
            assert_eq!(item.contains_key("beneficiary_id"), is_one_persons, "an outing is in nobody's own history");
            assert_eq!(transaction(item).unwrap(), stored);
        }
    }
}
