//! Closes a young person's account: deletes their personal data, in idempotent steps that can be retried from any
//! point. Payments stay, because the accounts of the Région and of its partners must add up (Code de commerce, L123-22:
//! ten years).

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{
    Beneficiary, BeneficiaryId, CardState, DeskPayer, Person, Profile, Reference, Remainder, Transaction,
};
use jiff::Timestamp;

use crate::accounts::Accounts;
use crate::beneficiaries::{Beneficiaries, beneficiary, card_state_code};
use crate::dynamo::{Commit, Dynamo, Item, StoreError, Table, number, text};
use crate::outbox::{Entry, Outbox};
use crate::persons::{NAMELESS, Persons};
use crate::profiles::Profiles;
use crate::transactions::Transactions;
use crate::writes::Expression;

/// The repository of account closures.
#[derive(Clone, Debug)]
pub struct Closures(pub(crate) Dynamo, pub(crate) Persons);

impl Closures {
    /// The first step: stops the card, so that no new trace with a name is made after the others lost theirs. Stores
    /// the card's previous state until the last step. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, of: &Beneficiary) -> Result<(), StoreError> {
        let stop = Expression::new("SET #before = if_not_exists(#before, card_state), card_state = :suspended")
            .name("#before", CLOSING_FROM)
            .value(":suspended", text(card_state_code(CardState::Suspended)));
        let write = self.0.change_if(&Beneficiaries::key(of.id), stop, "attribute_exists(beneficiary_id)");
        self.0.transact(vec![write]).await.map(|_| ())
    }

    /// Removes the name from a trace; amount, day, partner and envelope stay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_name(&self, of: &Transaction<DeskPayer>) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&Transactions::key(&of.partner, of.id))
            .update_expression("SET first_name = :first, last_name = :last")
            .condition_expression("attribute_exists(transaction_id)")
            .expression_attribute_values(":first", text(NAMELESS.0))
            .expression_attribute_values(":last", text(NAMELESS.1));
        self.0.apply(update).await.map(|_| ())
    }

    /// The last step: deletes card, numbers, vouchers, profile and sign-in, with the mail that says so; the rest of the
    /// campaign's credit replaces the claim of the name. One transaction; a second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end(&self, of: BeneficiaryId, mail: &Entry, now: Timestamp) -> Result<(), StoreError> {
        const TRIES: usize = 5;
        for _ in 0..TRIES {
            let found = self.0.read(&[Beneficiaries::key(of), Profiles::key(of)]).await?;
            let (item, profile) = (found.item(&Beneficiaries::key(of)), Profiles::in_found(&found, of)?);
            let (Some(item), Some(profile)) = (item, profile) else { return Ok(()) };
            if let Commit::Done = self.0.transact(self.ending(item, &profile, mail, now).await?).await? {
                return Ok(());
            }
        }
        Err(StoreError::Busy(format!("{:?} keeps changing while it is closed", Table::Beneficiaries)))
    }

    async fn ending(
        &self,
        item: &Item,
        profile: &Profile,
        mail: &Entry,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let who = beneficiary(item.clone())?;
        let left = Remainder::of(who.wallet, state_before(item, &who), now);
        let person = Person::of(&who.first_name, &who.last_name, who.birth_date);
        let vouchers = profile.vouchers.iter().cloned().map(Reference::Voucher);
        let numbers =
            [Reference::Card(who.card.clone()), Reference::File(who.file.clone())].into_iter().chain(vouchers);
        let mut writes: Vec<_> = numbers.map(|number| self.0.remove(&Beneficiaries::reference_key(&number))).collect();
        writes.extend(self.1.closing(&person, who.id, left, now).await?);
        // Without this condition, a reissued card, a new voucher or a changed balance since the reads would be lost.
        writes.push(self.0.remove_if(&Beneficiaries::key(who.id), unchanged(&who)));
        let listed = serde_dynamo::to_attribute_value(&profile.vouchers).expect("a list of texts is an attribute");
        let same = Expression::new("vouchers = :listed").value(":listed", listed);
        writes.push(self.0.remove_if(&Profiles::key(who.id), same));
        writes.push(self.0.remove(&Accounts::key(&profile.account)));
        writes.push(Outbox(self.0.clone()).entry(mail));
        Ok(writes)
    }
}

/// The attribute that keeps the card's state from before the closing.
pub(crate) const CLOSING_FROM: &str = "closing_from";

/// The card's state before the closing stopped it.
fn state_before(item: &Item, who: &Beneficiary) -> CardState {
    let before = item.get(CLOSING_FROM).and_then(|state| state.as_s().ok());
    match before {
        Some(code) if code == card_state_code(CardState::Active) => CardState::Active,
        Some(_) => CardState::Suspended,
        None => who.card_state,
    }
}

fn unchanged(who: &Beneficiary) -> Expression {
    let wallet = &who.wallet;
    Expression::new(
        "card = :card AND card_state = :state AND campaign = :campaign AND reading_cents = :reading \
         AND cinema_cents = :cinema AND performance_cents = :performance AND outing_cents = :outing",
    )
    .value(":card", text(who.card.as_str()))
    .value(":state", text(card_state_code(who.card_state)))
    .value(":campaign", text(wallet.campaign))
    .value(":reading", number(wallet.reading.cents()))
    .value(":cinema", number(wallet.cinema.cents()))
    .value(":performance", number(wallet.performance.cents()))
    .value(":outing", number(wallet.outing.cents()))
}
