//! Vouchers: each is an entry of `references` that points to its owner. The owner's profile lists the valid ones, so
//! that there are never more than three at a time; every change is conditional on the list that was read.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Profile, Reference, ReferenceEntry, Voucher, VoucherNumber};
use jiff::Timestamp;

use crate::beneficiaries::{Beneficiaries, voucher};
use crate::dynamo::{Commit, Dynamo, Key, StoreError};
use crate::profiles::Profiles;
use crate::writes::Expression;

/// A young person's voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub number: VoucherNumber,
    /// Its terms.
    pub voucher: Voucher,
}

/// The outcome of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is stored.
    Now,
    /// The list was changed since it was read, or the number is taken: read and decide again. Nothing has changed.
    Moved,
    /// The voucher was used since it was read. Nothing has changed.
    Used,
}

/// The repository of vouchers.
#[derive(Clone, Debug)]
pub struct Vouchers(pub(crate) Dynamo);

impl Vouchers {
    /// The current vouchers of a profile, oldest first; swept ones are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(&self, profile: &Profile) -> Result<Vec<Held>, StoreError> {
        if profile.vouchers.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = profile.vouchers.iter().map(key).collect();
        let found = self.0.read(&keys).await?;
        let held = |number: &VoucherNumber| {
            let voucher = voucher(found.item(&key(number)))?;
            Some(Held { number: number.clone(), voucher })
        };
        Ok(profile.vouchers.iter().filter_map(held).collect())
    }

    /// Stores a new voucher for a young person who has `held`; deletes those that are no longer valid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make(&self, seen: &Profile, held: &[Held], new: &Held, now: Timestamp) -> Result<Changed, StoreError> {
        let counts = |number: &&VoucherNumber| held.iter().any(|one| one.number == **number && one.voucher.counts(now));
        let (kept, swept): (Vec<_>, Vec<_>) = seen.vouchers.iter().partition(counts);
        let listed: Vec<VoucherNumber> = kept.into_iter().chain([&new.number]).cloned().collect();
        let entry = ReferenceEntry { beneficiary: seen.beneficiary, voucher: Some(new.voucher.clone()) };
        let mut writes = vec![
            self.list(seen, &listed),
            Beneficiaries(self.0.clone()).name(&Reference::Voucher(new.number.clone()), &entry),
        ];
        writes.extend(swept.into_iter().map(|number| self.0.remove(&key(number))));
        Ok(match self.0.transact(writes).await? {
            Commit::Done => Changed::Now,
            Commit::Refused(_) => Changed::Moved,
        })
    }

    /// Revokes an unused voucher: its number is invalid from then on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke(&self, seen: &Profile, number: &VoucherNumber) -> Result<Changed, StoreError> {
        let listed: Vec<VoucherNumber> = seen.vouchers.iter().filter(|one| *one != number).cloned().collect();
        let unused = Expression::new("voucher.used_by = :none")
            .value(":none", aws_sdk_dynamodb::types::AttributeValue::Null(true));
        let writes = vec![self.0.remove_if(&key(number), unused), self.list(seen, &listed)];
        Ok(match self.0.transact(writes).await? {
            Commit::Done => Changed::Now,
            Commit::Refused(reasons) if reasons.first().is_some_and(|used| used.failed) => Changed::Used,
            Commit::Refused(_) => Changed::Moved,
        })
    }

    fn list(&self, seen: &Profile, listed: &[VoucherNumber]) -> TransactWriteItem {
        let numbers =
            |of: &[VoucherNumber]| serde_dynamo::to_attribute_value(of).expect("a list of texts is an attribute");
        let change = Expression::new("SET vouchers = :listed")
            .value(":listed", numbers(listed))
            .value(":seen", numbers(&seen.vouchers));
        self.0.change_if(&Profiles::key(seen.beneficiary), change, "vouchers = :seen")
    }
}

fn key(number: &VoucherNumber) -> Key {
    Beneficiaries::reference_key(&Reference::Voucher(number.clone()))
}
