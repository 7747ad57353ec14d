//! Suspends, reinstates and replaces cards. The state and the number are on the beneficiary's item, which every payment
//! checks; the reason and the previous number are on the profile (`suspension`, `replaced_card`).

use epass_domain::{
    Beneficiary, BeneficiaryId, CardNumber, CardState, CardTrail, Reference, ReferenceEntry, Suspension,
};

use crate::beneficiaries::{Beneficiaries, card_state_code};
use crate::closures::CLOSING_FROM;
use crate::dynamo::{Commit, Found, StoreError, refused_at, text, unexpected};
use crate::outbox::{Entry, Outbox};
use crate::profiles::Profiles;
use crate::writes::Expression;

/// The outcome of replacing a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The new number is valid; the old one is not any more.
    Now,
    /// The card was changed since it was read. Nothing has changed.
    CardMoved,
    /// The new number is taken: retry with another one. Nothing has changed.
    NumberTaken,
}

impl Beneficiaries {
    /// Reads the team's decisions about a card from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn trail_in(found: &Found, of: BeneficiaryId) -> Result<CardTrail, StoreError> {
        Ok(found.read(&Profiles::key(of))?.unwrap_or_default())
    }

    /// Suspends an active card, with the mail that gives the reason. `false` when it is not active any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn suspend(&self, of: BeneficiaryId, why: &Suspension, mail: &Entry) -> Result<bool, StoreError> {
        let why = serde_dynamo::to_attribute_value(why).expect("a record of named fields is an attribute");
        let trail = Expression::new("SET suspension = :why").value(":why", why);
        self.turn(of, (CardState::Active, CardState::Suspended), trail, mail).await
    }

    /// Reinstates a suspended card, with the mail that says so. `false` when it is not suspended any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reinstate(&self, of: BeneficiaryId, mail: &Entry) -> Result<bool, StoreError> {
        let trail = Expression::new("REMOVE suspension");
        self.turn(of, (CardState::Suspended, CardState::Active), trail, mail).await
    }

    async fn turn(
        &self,
        of: BeneficiaryId,
        (from, to): (CardState, CardState),
        trail: Expression,
        mail: &Entry,
    ) -> Result<bool, StoreError> {
        // The team's decision overrides the card state that an interrupted closing stored.
        let change = Expression::new("SET card_state = :to REMOVE #closing")
            .name("#closing", CLOSING_FROM)
            .value(":to", text(card_state_code(to)))
            .value(":from", text(card_state_code(from)));
        let writes = vec![
            self.0.change_if(&Self::key(of), change, "card_state = :from"),
            self.0.change_if(&Profiles::key(of), trail, "attribute_exists(beneficiary_id)"),
            Outbox(self.0.clone()).entry(mail),
        ];
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Replaces the card of `before` by a new number, with the mail that says so. The old number is invalid from the
    /// same instant on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_card(
        &self,
        before: &Beneficiary,
        card: &CardNumber,
        mail: &Entry,
    ) -> Result<Replaced, StoreError> {
        let old = Reference::Card(before.card.clone());
        let entry = ReferenceEntry { beneficiary: before.id, voucher: None };
        let change = Expression::new("SET card = :card").value(":card", text(card.as_str()));
        let change = change.value(":old", text(before.card.as_str()));
        let trail = Expression::new("SET replaced_card = :old").value(":old", text(before.card.as_str()));
        let writes = vec![
            self.0.change_if(&Self::key(before.id), change, "card = :old"),
            self.0.remove(&Self::reference_key(&old)),
            self.name(&Reference::Card(card.clone()), &entry),
            self.0.change_if(&Profiles::key(before.id), trail, "attribute_exists(beneficiary_id)"),
            Outbox(self.0.clone()).entry(mail),
        ];
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Replaced::Now),
            Commit::Refused(reasons) => match refused_at(&reasons) {
                Some(0) => Ok(Replaced::CardMoved),
                Some(2) => Ok(Replaced::NumberTaken),
                _ => Err(unexpected("a card", &reasons)),
            },
        }
    }
}
