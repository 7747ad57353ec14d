//! Profiles: the data that young people declared, stored apart from the card.
//!
//! `profiles`: key `beneficiary_id`. Index `by_name` (`initials`, `person`) serves the team's search by the beginning
//! of a name: `initials` is the first two letters of the plain last name, `person` is [`Person::as_str`].

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Beneficiary, BeneficiaryId, Person, Profile, Situation};
use serde::Deserialize;

use crate::beneficiaries::{Beneficiaries, beneficiary};
use crate::dynamo::{Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, text, to_item};
use crate::writes::Expression;

/// The outcome of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// The wallet is full now.
    Now,
    /// The wallet was of this campaign already, for example after the first of two clicks.
    Before,
}

/// The repository of profiles.
#[derive(Clone, Debug)]
pub struct Profiles(pub(crate) Dynamo);

impl Profiles {
    /// The key of a profile, for a batch read.
    pub fn key(of: BeneficiaryId) -> Key {
        Key::new(Table::Profiles, "beneficiary_id", of)
    }

    /// Reads the profile from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, of: BeneficiaryId) -> Result<Option<Profile>, StoreError> {
        found.read(&Self::key(of))
    }

    /// Finds a profile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, of: BeneficiaryId) -> Result<Option<Profile>, StoreError> {
        self.0.get(&Self::key(of)).await
    }

    /// The beneficiaries whose names have this beginning, by name, at most `limit`. `beginning` is one of
    /// [`Person::beginnings`], of two letters or more. Reads the index, so at most a second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn named(&self, beginning: &str, limit: i32) -> Result<Vec<BeneficiaryId>, StoreError> {
        #[derive(Deserialize)]
        struct Line {
            beneficiary_id: BeneficiaryId,
        }
        let query = self
            .0
            .query(Table::Profiles)
            .index_name("by_name")
            .key_condition_expression("initials = :initials AND begins_with(person, :beginning)")
            .expression_attribute_values(":initials", text(initials(beginning)))
            .expression_attribute_values(":beginning", text(beginning))
            .limit(limit);
        let (items, _) = self.0.page(query).await?;
        items.into_iter().map(|item| from_item::<Line>(Table::Profiles, item).map(|line| line.beneficiary_id)).collect()
    }

    /// Stores a new profile of this person.
    pub fn put_new(&self, profile: &Profile, person: &Person) -> TransactWriteItem {
        self.0.put_new(Table::Profiles, profile_item(profile, person), "beneficiary_id")
    }

    /// Refills the wallet of `before` for the campaign of `after`, and stores `situation`, which may have changed: one
    /// transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew(
        &self,
        before: &Beneficiary,
        after: &Beneficiary,
        situation: &Situation,
    ) -> Result<Renewed, StoreError> {
        let declared = serde_dynamo::to_attribute_value(situation).expect("a record of named fields is an attribute");
        let declare = Expression::new("SET situation = :situation").value(":situation", declared);
        let writes = vec![
            Beneficiaries(self.0.clone()).refill(before, after),
            self.0.change_if(&Self::key(before.id), declare, "attribute_exists(beneficiary_id)"),
        ];
        let mut reasons = match self.0.transact(writes).await? {
            Commit::Done => return Ok(Renewed::Now),
            Commit::Refused(reasons) => reasons.into_iter(),
        };
        let stands = reasons.next().and_then(|reason| reason.item).map(beneficiary).transpose()?;
        match stands {
            Some(stands) if stands.wallet.campaign == after.wallet.campaign => Ok(Renewed::Before),
            _ => Err(StoreError::Failed("a renewal meets neither the old nor the new wallet".into())),
        }
    }
}

fn initials(beginning: &str) -> String {
    beginning.chars().take(2).collect()
}

pub(crate) fn profile_item(profile: &Profile, person: &Person) -> Item {
    let mut item = to_item(profile);
    item.insert("beneficiary_id".into(), text(profile.beneficiary));
    item.insert("initials".into(), text(initials(person.as_str())));
    item.insert("person".into(), text(person.as_str()));
    item
}
