//! Forms that were sent after their session had ended, kept until their sender has signed in again. Their content is
//! encrypted before it is stored.
//!
//! `kept`: key `kept` (a random id); `sealed`, the encrypted form; `expires_at` (TTL, seconds), which a read checks as
//! well.

use jiff::Timestamp;
use uuid::Uuid;

use crate::dynamo::{Dynamo, Item, Key, StoreError, Table, number, text};

/// The repository of kept forms.
#[derive(Clone, Debug)]
pub struct Kept(pub(crate) Dynamo);

impl Kept {
    /// Stores an encrypted form until `expires_at`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep(&self, id: Uuid, sealed: &str, expires_at: Timestamp) -> Result<(), StoreError> {
        let item = Item::from([
            ("kept".to_owned(), text(id)),
            ("sealed".to_owned(), text(sealed)),
            ("expires_at".to_owned(), number(expires_at.as_second())),
        ]);
        self.0.put(Table::Kept, item).await
    }

    /// Finds the encrypted form with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: Uuid) -> Result<Option<String>, StoreError> {
        let item = self.0.get_item(&Key::new(Table::Kept, "kept", id)).await?;
        Ok(item.and_then(|mut item| item.remove("sealed")?.as_s().ok().cloned()))
    }
}
