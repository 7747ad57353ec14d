//! Payments for tests.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Beneficiary, BeneficiaryId, BirthDate, Campaign, CardNumber, CardState, Convention, ConventionPdf, ConventionState,
    Counter, Envelope, Euros, FileNumber, Line, ParisDay, PartnerId, Pay, Payment, Reference, Ticket, TransactionId,
    TransactionRefusal, Validated, Wallet,
};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A Sunday at 12:00 in Paris.
pub(crate) fn noon() -> Timestamp {
    at("2026-11-22T12:00:00+01:00")
}

pub(crate) fn lea() -> Beneficiary {
    Beneficiary {
        id: BeneficiaryId(Uuid::from_u128(1)),
        first_name: Line::parse("Léa", 50).unwrap(),
        last_name: Line::parse("Martin", 50).unwrap(),
        birth_date: BirthDate::parse("14/05/2008", ParisDay::of(noon())).unwrap(),
        card: CardNumber::parse("2600 1405 3201 2345").unwrap(),
        file: FileNumber::mint(1),
        card_state: CardState::Active,
        wallet: Wallet::full(Campaign::at(noon())),
    }
}

pub(crate) fn naming(envelopes: &[Envelope]) -> Convention {
    let pdf = ConventionPdf { key: "convention/1".into(), sha256: String::new() };
    let validated = Validated { at: noon(), envelopes: envelopes.to_vec(), pdf, copies_received_at: None };
    Convention { version: 1, state: ConventionState::Validated(validated) }
}

pub(crate) fn ticket() -> Ticket {
    Ticket {
        partner: PartnerId::mint(1),
        beneficiary: BeneficiaryId(Uuid::from_u128(1)),
        reference: Reference::Card(lea().card),
        transaction: TransactionId(Uuid::from_u128(2)),
        minted_at: noon(),
    }
}

pub(crate) fn pay(envelope: Option<Envelope>, cents: u64) -> Pay {
    Pay { envelope, amount: Euros::from_cents(cents) }
}

pub(crate) fn accept(
    pay: Pay,
    convention: &Convention,
    beneficiary: &Beneficiary,
) -> Result<Payment, TransactionRefusal> {
    let counter = Counter { convention: Some(convention), beneficiary, voucher: None };
    Payment::accept(pay, &ticket(), counter, noon())
}
