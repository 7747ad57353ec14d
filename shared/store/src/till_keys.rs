//! API keys of tills, by partner.
//!
//! `till_keys`: key `partner_id`, `key_hash` (the SHA-256 of the key's text, which is not stored). Each partner also
//! has an item `#live` that counts the live keys, and one `#made#…` for each form that made a key, so that sending the
//! form again makes no second one. `expires_at` (TTL, seconds) deletes the form items, and revoked keys after a while.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{PartnerId, TillKey, TillKeyId};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use uuid::Uuid;

use crate::dynamo::{
    Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, refused_at, text, to_item, unexpected,
};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// The outcome of making a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// The key is stored.
    Now,
    /// The same form made a key before.
    Before,
    /// The partner has the maximum of live keys.
    TooMany,
}

/// The repository of till keys.
#[derive(Clone, Debug)]
pub struct TillKeys(pub(crate) Dynamo);

/// The time for which a revoked key stays in the list.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The time for which a form that made a key is remembered: longer than any session lasts.
const FORM: SignedDuration = SignedDuration::from_hours(48);

impl TillKeys {
    /// The key of a till's key, for a batch read.
    pub fn key(partner: &PartnerId, id: &TillKeyId) -> Key {
        item_key(partner, id.as_str())
    }

    /// Reads the till's key from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, partner: &PartnerId, id: &TillKeyId) -> Result<Option<TillKey>, StoreError> {
        found.read(&Self::key(partner, id))
    }

    /// Stores a new key that the form `form` requested, once, and only while fewer than [`TillKey::MOST`] are live.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make(&self, key: &TillKey, form: Uuid, mail: Option<&Entry>) -> Result<Made, StoreError> {
        let once = Item::from([
            ("partner_id".to_owned(), text(&key.partner)),
            ("key_hash".to_owned(), text(format!("#made#{form}"))),
            ("expires_at".to_owned(), number((key.created_at + FORM).as_second())),
        ]);
        let one_more = Expression::new("ADD live :one").value(":one", number(1)).value(":most", number(TillKey::MOST));
        let mut writes = vec![
            self.0.put_new(Table::TillKeys, once, "key_hash"),
            self.0.change_if(&live(&key.partner), one_more, "attribute_not_exists(live) OR live < :most"),
            self.0.put_new(Table::TillKeys, till_key_item(key), "key_hash"),
        ];
        writes.extend(self.mail(mail));
        Ok(match self.0.transact(writes).await? {
            Commit::Done => Made::Now,
            Commit::Refused(reasons) => match refused_at(&reasons) {
                Some(0) => Made::Before,
                Some(1) => Made::TooMany,
                _ => return Err(unexpected("a till's key", &reasons)),
            },
        })
    }

    fn mail(&self, mail: Option<&Entry>) -> Option<TransactWriteItem> {
        mail.map(|mail| Outbox(self.0.clone()).entry(mail))
    }

    /// Revokes a key at once, with the mail that says so. A second call is a no-op; `false` if the partner has no such
    /// key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke(
        &self,
        partner: &PartnerId,
        id: &TillKeyId,
        mail: Option<&Entry>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ends = Expression::new("SET revoked_at = :now, expires_at = :forgotten")
            .value(":now", text(now))
            .value(":forgotten", number((now + REMEMBERED).as_second()));
        let one_less = Expression::new("ADD live :less").value(":less", number(-1));
        let mut writes = vec![
            self.0.change_if(
                &Self::key(partner, id),
                ends,
                "attribute_exists(key_hash) AND attribute_not_exists(revoked_at)",
            ),
            self.0.change_if(&live(partner), one_less, "attribute_exists(live)"),
        ];
        writes.extend(self.mail(mail));
        Ok(match self.0.transact(writes).await? {
            Commit::Done => true,
            // If there is an item, the condition failed because the key is revoked already.
            Commit::Refused(reasons) => reasons.first().is_some_and(|key| key.item.is_some()),
        })
    }

    /// Revokes every key of a partner, as a changed password may require.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_all(&self, partner: &PartnerId, now: Timestamp) -> Result<(), StoreError> {
        for key in self.live(partner, now).await? {
            self.revoke(partner, &key.id, None, now).await?;
        }
        Ok(())
    }

    /// The live keys of a partner.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn live(&self, partner: &PartnerId, now: Timestamp) -> Result<Vec<TillKey>, StoreError> {
        let (mut live, mut after) = (Vec::new(), None);
        loop {
            let (keys, next) = self.of(partner, after.as_ref(), 100).await?;
            live.extend(keys.into_iter().filter(|key| key.is_live(now)));
            after = next;
            if after.is_none() {
                return Ok(live);
            }
        }
    }

    /// Sets the end of a key that was not revoked to `ends_at`, with the mail that says so. Safe to repeat; `false` if
    /// there is no such key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew(&self, key: &TillKey, ends_at: Timestamp, mail: &Entry) -> Result<bool, StoreError> {
        let renew = Expression::new("SET ends_at = :ends REMOVE is_end_told").value(":ends", text(ends_at));
        let unrevoked = "attribute_exists(key_hash) AND attribute_not_exists(revoked_at)";
        let writes = vec![
            self.0.change_if(&Self::key(&key.partner, &key.id), renew, unrevoked),
            Outbox(self.0.clone()).entry(mail),
        ];
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Stores the mail about a key's coming end once; `false` when it was stored before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_end(&self, key: &TillKey, mail: &Entry) -> Result<bool, StoreError> {
        let told = Expression::new("SET is_end_told = :yes")
            .value(":yes", AttributeValue::Bool(true))
            .value(":no", AttributeValue::Bool(false));
        let untold = "attribute_not_exists(revoked_at) AND attribute_exists(key_hash) \
             AND (attribute_not_exists(is_end_told) OR is_end_told = :no)";
        let writes =
            vec![self.0.change_if(&Self::key(&key.partner, &key.id), told, untold), Outbox(self.0.clone()).entry(mail)];
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Walks through the keys of all partners, a page of `limit` items at a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn walk(
        &self,
        after: Option<(PartnerId, String)>,
        limit: i32,
    ) -> Result<(Vec<TillKey>, Option<(PartnerId, String)>), StoreError> {
        #[derive(Deserialize)]
        struct Last {
            partner_id: PartnerId,
            key_hash: String,
        }
        let start = after.map(|(partner, range)| item_key(&partner, &range).attributes());
        let scan = self.0.scan(Table::TillKeys).set_exclusive_start_key(start).limit(limit);
        let page = self.0.scanned(scan).await?;
        let keys = page.items.unwrap_or_default().into_iter().filter(|item| item.contains_key("created_at"));
        let keys = keys.map(|item| from_item(Table::TillKeys, item)).collect::<Result<_, _>>()?;
        let last = page.last_evaluated_key.filter(|key| !key.is_empty());
        let last: Option<Last> = last.map(|key| from_item(Table::TillKeys, key)).transpose()?;
        Ok((keys, last.map(|last| (last.partner_id, last.key_hash))))
    }

    /// Records the use of a key by a request, unless the key is revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_use(&self, partner: &PartnerId, id: &TillKeyId, now: Timestamp) -> Result<(), StoreError> {
        let used = self
            .0
            .update(&Self::key(partner, id))
            .update_expression("SET last_used_at = :now ADD #uses :one")
            .condition_expression("attribute_exists(key_hash) AND attribute_not_exists(revoked_at)")
            .expression_attribute_names("#uses", "uses")
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":one", number(1));
        self.0.apply(used).await.map(|_| ())
    }

    /// A page of a partner's keys, live and revoked, in arbitrary order, and the last one if there are more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(
        &self,
        partner: &PartnerId,
        after: Option<&TillKeyId>,
        limit: i32,
    ) -> Result<(Vec<TillKey>, Option<TillKeyId>), StoreError> {
        let query = self
            .0
            .query(Table::TillKeys)
            .key_condition_expression("partner_id = :partner AND key_hash >= :first")
            .expression_attribute_values(":partner", text(partner))
            // The item `#live` and the form items sort before every hexadecimal digit.
            .expression_attribute_values(":first", text("0"))
            .set_exclusive_start_key(after.map(|id| Self::key(partner, id).attributes()))
            .consistent_read(true)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let keys: Vec<TillKey> =
            items.into_iter().map(|item| from_item(Table::TillKeys, item)).collect::<Result<_, _>>()?;
        let next = more.and(keys.last()).map(|key| key.id.clone());
        Ok((keys, next))
    }
}

fn item_key(partner: &PartnerId, range: &str) -> Key {
    Key::new(Table::TillKeys, "partner_id", partner).and("key_hash", range)
}

fn live(partner: &PartnerId) -> Key {
    item_key(partner, "#live")
}

pub(crate) fn till_key_item(key: &TillKey) -> Item {
    let mut item = to_item(key);
    item.insert("partner_id".into(), text(&key.partner));
    item.insert("key_hash".into(), text(&key.id));
    item
}

#[cfg(test)]
mod tests {
    use epass_domain::Line;

    use super::*;

    #[test]
    fn a_key_reads_back_live_and_revoked() {
        let (partner, id) = (PartnerId::mint(1), TillKeyId::of(&[1; 32]));
        let live = TillKey::made(partner, id, Line::parse("Caisse 1", 60).unwrap(), Timestamp::UNIX_EPOCH);
        let revoked = TillKey {
            uses: 3,
            last_used_at: Some(Timestamp::UNIX_EPOCH),
            revoked_at: Some(Timestamp::UNIX_EPOCH),
            ..live.clone()
        };
        for stored in [live, revoked] {
            assert_eq!(from_item::<TillKey>(Table::TillKeys, till_key_item(&stored)).unwrap(), stored);
        }
    }
}
