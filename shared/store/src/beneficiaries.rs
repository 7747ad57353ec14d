//! Beneficiaries, each stored with its wallet, and the numbers that lead to them.
//!
//! `beneficiaries`: key `beneficiary_id`; balances are whole cents in `reading_cents`, `cinema_cents`,
//! `performance_cents`, `outing_cents`; the item stays under 1 KB, so that a debit costs one write unit. `references`:
//! key `reference` (a card, file or voucher number). Reissuing a card deletes its old entry, so that the old number is
//! invalid at once.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{
    Beneficiary, BeneficiaryId, BirthDate, Campaign, CardNumber, CardState, DeskPayer, Envelope, Euros, FileNumber,
    Line, Payment, Reference, ReferenceEntry, Transaction, Voucher,
};
use serde::{Deserialize, Serialize};

use crate::dynamo::{Dynamo, Found, Item, Key, StoreError, Table, from_item, number, text, to_item};
use crate::writes::Expression;

/// The repository of beneficiaries and references.
#[derive(Clone, Debug)]
pub struct Beneficiaries(pub(crate) Dynamo);

impl Beneficiaries {
    /// The key of a beneficiary, for a batch read.
    pub fn key(id: BeneficiaryId) -> Key {
        Key::new(Table::Beneficiaries, "beneficiary_id", id)
    }

    /// The key of a number, for a batch read.
    pub fn reference_key(reference: &Reference) -> Key {
        Key::new(Table::References, "reference", reference.as_str())
    }

    /// Reads the beneficiary from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, id: BeneficiaryId) -> Result<Option<Beneficiary>, StoreError> {
        found.item(&Self::key(id)).map(|item| beneficiary(item.clone())).transpose()
    }

    /// Reads a reference's entry from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn reference_in(found: &Found, reference: &Reference) -> Result<Option<ReferenceEntry>, StoreError> {
        found.read(&Self::reference_key(reference))
    }

    /// Finds a beneficiary.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: BeneficiaryId) -> Result<Option<Beneficiary>, StoreError> {
        self.0.get_item(&Self::key(id)).await?.map(beneficiary).transpose()
    }

    /// Finds the entry that a number refers to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lookup(&self, reference: &Reference) -> Result<Option<ReferenceEntry>, StoreError> {
        self.0.get(&Self::reference_key(reference)).await
    }

    /// Stores a new beneficiary with its two numbers. `false` when one of the numbers is taken: retry with new ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enrol(&self, beneficiary: &Beneficiary) -> Result<bool, StoreError> {
        let commit = self.0.transact(self.enrolment(beneficiary)).await?;
        Ok(matches!(commit, crate::dynamo::Commit::Done))
    }

    /// The writes of [`Beneficiaries::enrol`]; a transaction holds those of 33 people at most.
    pub fn enrolment(&self, beneficiary: &Beneficiary) -> Vec<TransactWriteItem> {
        let entry = ReferenceEntry { beneficiary: beneficiary.id, voucher: None };
        let numbers = [Reference::Card(beneficiary.card.clone()), Reference::File(beneficiary.file.clone())];
        let mut writes = vec![self.0.put_new(Table::Beneficiaries, beneficiary_item(beneficiary), "beneficiary_id")];
        writes.extend(numbers.iter().map(|number| self.name(number, &entry)));
        writes
    }

    /// Stores a reference to a beneficiary, on the condition that the number is new.
    pub fn name(&self, reference: &Reference, entry: &ReferenceEntry) -> TransactWriteItem {
        let mut item = to_item(entry);
        item.insert("reference".into(), text(reference.as_str()));
        self.0.put_new(Table::References, item, "reference")
    }

    /// Stores the writes of several enrolments and references in one transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn store(&self, writes: Vec<TransactWriteItem>) -> Result<bool, StoreError> {
        Ok(matches!(self.0.transact(writes).await?, crate::dynamo::Commit::Done))
    }
}

/// The attribute that holds an envelope's balance.
pub(crate) const fn balance_attribute(envelope: Envelope) -> &'static str {
    match envelope {
        Envelope::Reading => "reading_cents",
        Envelope::Cinema => "cinema_cents",
        Envelope::Performance => "performance_cents",
        Envelope::Outing => "outing_cents",
    }
}

const fn balance_placeholder(envelope: Envelope) -> &'static str {
    match envelope {
        Envelope::Reading => ":reading_cents",
        Envelope::Cinema => ":cinema_cents",
        Envelope::Performance => ":performance_cents",
        Envelope::Outing => ":outing_cents",
    }
}

impl Beneficiaries {
    /// Debits a payment's amount from its envelope. The condition states the rule: the balance is the one that the
    /// payment was decided on, the card is active, the campaign is the wallet's, and a card number that was shown is
    /// still valid.
    pub(crate) fn debit(&self, payment: &Payment) -> TransactWriteItem {
        let trace = payment.transaction();
        let mut change = Expression::new("SET #balance = :left")
            .name("#balance", balance_attribute(trace.envelope))
            .value(":left", number(trace.payer.available.cents()))
            .value(":seen", number(payment.seen().cents()))
            .value(":active", text(card_state_code(CardState::Active)))
            .value(":campaign", text(trace.campaign.code()));
        let mut rule = "#balance = :seen AND card_state = :active AND campaign = :campaign".to_owned();
        if let Reference::Card(shown) = &trace.payer.reference {
            change = change.value(":card", text(shown.as_str()));
            rule.push_str(" AND card = :card");
        }
        self.0.change_if(&Self::key(trace.payer.beneficiary), change, &rule)
    }

    /// Credits `amount` to an envelope of the same campaign; a later campaign's wallet never receives an earlier one's
    /// credit.
    pub(crate) fn credit(
        &self,
        id: BeneficiaryId,
        envelope: Envelope,
        amount: Euros,
        of: Campaign,
    ) -> TransactWriteItem {
        let change = Expression::new("SET #balance = #balance + :amount")
            .name("#balance", balance_attribute(envelope))
            .value(":amount", number(amount.cents()))
            .value(":campaign", text(of.code()));
        self.0.change_if(&Self::key(id), change, "campaign = :campaign")
    }

    /// Holds `amount` of this campaign's outing envelope, if the balance suffices and the card is active. Unlike a
    /// debit at the desk, it records no balance, so any sufficient balance will do.
    pub(crate) fn hold(&self, id: BeneficiaryId, amount: Euros, of: Campaign) -> TransactWriteItem {
        let change = Expression::new("SET #balance = #balance - :amount")
            .name("#balance", balance_attribute(Envelope::Outing))
            .value(":amount", number(amount.cents()))
            .value(":active", text(card_state_code(CardState::Active)))
            .value(":campaign", text(of.code()));
        let rule = "#balance >= :amount AND card_state = :active AND campaign = :campaign";
        self.0.change_if(&Self::key(id), change, rule)
    }

    /// Replaces the ended wallet of `before` by the full one of `after`, once per campaign.
    pub(crate) fn refill(&self, before: &Beneficiary, after: &Beneficiary) -> TransactWriteItem {
        let balances = Envelope::ALL.map(balance_attribute).map(|name| format!("{name} = :{name}")).join(", ");
        let mut change = Expression::new(format!("SET campaign = :campaign, {balances}"))
            .value(":campaign", text(after.wallet.campaign))
            .value(":ended", text(before.wallet.campaign));
        for envelope in Envelope::ALL {
            change = change.value(balance_placeholder(envelope), number(after.wallet.balance(envelope).cents()));
        }
        self.0.change_if(&Self::key(before.id), change, "campaign = :ended")
    }

    /// Marks a voucher as used; it must be valid, and for this envelope or any.
    pub(crate) fn use_voucher(&self, by: &Transaction<DeskPayer>) -> TransactWriteItem {
        let change = Expression::new("SET voucher.used_by = :transaction")
            .value(":transaction", text(by.id))
            .value(":none", aws_sdk_dynamodb::types::AttributeValue::Null(true))
            .value(":now", text(by.at))
            .value(":envelope", text(by.envelope.code()));
        self.0.change_if(
            &Self::reference_key(&by.payer.reference),
            change,
            "voucher.used_by = :none AND voucher.expires_at > :now AND (voucher.envelope = :none OR voucher.envelope = :envelope)",
        )
    }

    /// Makes a voucher usable again, if this transaction used it.
    pub(crate) fn free_voucher(
        &self,
        reference: &Reference,
        used_by: epass_domain::TransactionId,
    ) -> TransactWriteItem {
        let change = Expression::new("SET voucher.used_by = :none")
            .value(":transaction", text(used_by))
            .value(":none", aws_sdk_dynamodb::types::AttributeValue::Null(true));
        self.0.change_if(&Self::reference_key(reference), change, "voucher.used_by = :transaction")
    }
}

#[derive(Serialize, Deserialize)]
struct BeneficiaryItem {
    beneficiary_id: BeneficiaryId,
    first_name: Line,
    last_name: Line,
    birth_date: BirthDate,
    card: CardNumber,
    file: FileNumber,
    card_state: CardState,
    campaign: Campaign,
    reading_cents: u64,
    cinema_cents: u64,
    performance_cents: u64,
    outing_cents: u64,
}

pub(crate) const fn card_state_code(state: CardState) -> &'static str {
    match state {
        CardState::Active => "active",
        CardState::Suspended => "suspended",
    }
}

pub(crate) fn beneficiary_item(of: &Beneficiary) -> Item {
    to_item(&BeneficiaryItem {
        beneficiary_id: of.id,
        first_name: of.first_name.clone(),
        last_name: of.last_name.clone(),
        birth_date: of.birth_date,
        card: of.card.clone(),
        file: of.file.clone(),
        card_state: of.card_state,
        campaign: of.wallet.campaign,
        reading_cents: of.wallet.reading.cents(),
        cinema_cents: of.wallet.cinema.cents(),
        performance_cents: of.wallet.performance.cents(),
        outing_cents: of.wallet.outing.cents(),
    })
}

pub(crate) fn beneficiary(item: Item) -> Result<Beneficiary, StoreError> {
    let item: BeneficiaryItem = from_item(Table::Beneficiaries, item)?;
    Ok(Beneficiary {
        id: item.beneficiary_id,
        first_name: item.first_name,
        last_name: item.last_name,
        birth_date: item.birth_date,
        card: item.card,
        file: item.file,
        card_state: item.card_state,
        wallet: epass_domain::Wallet {
            campaign: item.campaign,
            reading: Euros::from_cents(item.reading_cents),
            cinema: Euros::from_cents(item.cinema_cents),
            performance: Euros::from_cents(item.performance_cents),
            outing: Euros::from_cents(item.outing_cents),
        },
    })
}

pub(crate) fn voucher(item: Option<&Item>) -> Option<Voucher> {
    from_item::<ReferenceEntry>(Table::References, item?.clone()).ok()?.voucher
}

#[cfg(test)]
mod tests {
    use epass_domain::{ParisDay, Wallet};
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_beneficiary_reads_back_and_fits_a_kilobyte() {
        let today = ParisDay::of(Timestamp::UNIX_EPOCH);
        let stored = Beneficiary {
            id: BeneficiaryId(uuid::Uuid::max()),
            first_name: Line::parse(&"é".repeat(100), 100).unwrap(),
            last_name: Line::parse(&"é".repeat(100), 100).unwrap(),
            birth_date: BirthDate::parse("14/05/1950", today).unwrap(),
            card: CardNumber::mint(1),
            file: FileNumber::mint(1),
            card_state: CardState::Suspended,
            wallet: Wallet::full(Campaign::of(today)),
        };
        let item = beneficiary_item(&stored);
        let bytes: usize =
            item.iter().map(|(name, value)| name.len() + value.as_s().or(value.as_n()).unwrap().len()).sum();
        assert!(bytes < 1024, "a debit costs two units up to 1 KB, and this is {bytes} bytes");
        assert_eq!(beneficiary(item).unwrap(), stored);
    }
}
