//! Migrations of data that earlier versions stored, each over a whole table by pages. A migration is idempotent, can be
//! interrupted anywhere, and runs while the site is in use: each item is changed on the condition that it still has the
//! old shape, and reads accept both shapes meanwhile.
//!
//! `counters`: key `migration#<name>` is a migration's checkpoint. A migration is done after a walk that changed
//! nothing.

use epass_domain::{BeneficiaryId, Email, PartnerId};
use serde::{Deserialize, Serialize};

use crate::bank_accounts::BankAccounts;
use crate::dynamo::{Dynamo, Item, Key, StoreError, Table, from_item, text, to_item};
use crate::partners::Partners;
use crate::persons::Persons;

/// A migration of stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migration {
    /// `accounts`: the index holds folded addresses, and the typed one is stored beside.
    FoldAddresses,
    /// `persons`: a claim's key becomes a digest with a secret key, of the letters of both names.
    MoveClaims,
    /// `sirets`: each dossier is added to the index of the bank accounts that it declares or is paid to.
    NameBankAccounts,
}

impl Migration {
    /// All migrations, in the order in which they run.
    pub const ALL: [Self; 3] = [Self::FoldAddresses, Self::MoveClaims, Self::NameBankAccounts];

    /// The name in the checkpoint's key.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FoldAddresses => "fold-addresses",
            Self::MoveClaims => "move-claims",
            Self::NameBankAccounts => "name-bank-accounts",
        }
    }

    const fn table(self) -> (Table, &'static str, &'static str) {
        match self {
            Self::FoldAddresses => (Table::Accounts, "account_id", "account_id, email, typed_email"),
            Self::MoveClaims => (Table::Persons, "person", "person, beneficiary_id"),
            Self::NameBankAccounts => (Table::Partners, "partner_id", "partner_id"),
        }
    }

    fn checkpoint(self) -> Key {
        Key::new(Table::Counters, "counter", self.checkpoint_name())
    }

    fn checkpoint_name(self) -> String {
        format!("migration#{}", self.name())
    }
}

/// The progress of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The number of items that this call changed.
    pub changed: usize,
    /// Whether the migration is done.
    pub is_done: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Checkpoint {
    /// The key of the last item that this walk read.
    after: Option<String>,
    /// The number of items that this walk has changed.
    changed: usize,
    is_done: bool,
}

/// The repository of migrations.
#[derive(Clone, Debug)]
pub struct Migrations(pub(crate) Dynamo, pub(crate) Persons);

impl Migrations {
    /// Runs a migration for one more page of `limit` items.
    ///
    /// # Errors
    /// [`StoreError`]; the next call resumes at the last checkpoint.
    pub async fn step(&self, migration: Migration, limit: i32) -> Result<Progress, StoreError> {
        let before: Checkpoint = self.0.get(&migration.checkpoint()).await?.unwrap_or_default();
        if before.is_done {
            return Ok(Progress { changed: 0, is_done: true });
        }
        let (table, key_name, wanted) = migration.table();
        let start = before.after.as_ref().map(|after| Key::new(table, key_name, after).attributes());
        let scan = self.0.scan(table).projection_expression(wanted).set_exclusive_start_key(start).limit(limit);
        let page = self.0.scanned(scan).await?;
        let mut changed = 0;
        for item in page.items.unwrap_or_default() {
            changed += usize::from(self.change(migration, item).await?);
        }
        let last = page.last_evaluated_key.filter(|key| !key.is_empty());
        let after = last.and_then(|key| Some(key.get(key_name)?.as_s().ok()?.clone()));
        let walked = before.changed + changed;
        let checkpoint = match after {
            Some(after) => Checkpoint { after: Some(after), changed: walked, is_done: false },
            // Another walk, unless this one changed nothing: a function of the earlier version may have written
            // meanwhile.
            None => Checkpoint { after: None, changed: 0, is_done: walked == 0 },
        };
        let mut item = to_item(&checkpoint);
        item.insert("counter".into(), text(migration.checkpoint_name()));
        self.0.put(Table::Counters, item).await?;
        Ok(Progress { changed, is_done: checkpoint.is_done })
    }

    /// Changes one item; `false` if it has the new shape already.
    async fn change(&self, migration: Migration, item: Item) -> Result<bool, StoreError> {
        match migration {
            Migration::FoldAddresses => self.fold_address(item).await,
            Migration::MoveClaims => self.move_claim(item).await,
            Migration::NameBankAccounts => self.name_bank_accounts(item).await,
        }
    }

    async fn fold_address(&self, item: Item) -> Result<bool, StoreError> {
        #[derive(Deserialize)]
        struct Old {
            account_id: String,
            email: String,
            typed_email: Option<String>,
        }
        let old: Old = from_item(Table::Accounts, item)?;
        let folded = Email::parse(&old.email).map(|email| email.folded()).map_err(|_| StoreError::Unreadable {
            table: Table::Accounts,
            reason: "an account has no address".into(),
        })?;
        if old.typed_email.is_some() || folded.as_str() == old.email {
            return Ok(false);
        }
        let update = self
            .0
            .update(&Key::new(Table::Accounts, "account_id", &old.account_id))
            .update_expression("SET email = :folded, typed_email = :typed")
            .condition_expression("email = :typed AND attribute_not_exists(typed_email)")
            .expression_attribute_values(":folded", text(folded.as_str()))
            .expression_attribute_values(":typed", text(&old.email));
        Ok(self.0.apply(update).await?.is_ok())
    }

    async fn name_bank_accounts(&self, item: Item) -> Result<bool, StoreError> {
        #[derive(Deserialize)]
        struct Numbered {
            partner_id: PartnerId,
        }
        let Numbered { partner_id } = from_item(Table::Partners, item)?;
        match Partners(self.0.clone()).find(&partner_id).await? {
            Some(partner) => BankAccounts(self.0.clone()).name(&partner).await,
            None => Ok(false),
        }
    }

    async fn move_claim(&self, item: Item) -> Result<bool, StoreError> {
        #[derive(Deserialize)]
        struct Claim {
            person: String,
            beneficiary_id: Option<BeneficiaryId>,
        }
        let claim: Claim = from_item(Table::Persons, item)?;
        match claim.beneficiary_id {
            Some(owner) => self.1.move_claim(&claim.person, owner).await,
            None => Ok(false),
        }
    }
}
