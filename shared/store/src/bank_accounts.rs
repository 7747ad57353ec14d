//! An index from bank accounts to the dossiers that name them, so that the team sees an account that several dossiers
//! share.
//!
//! Items of `sirets`, beside those of SIRETs: key `siret` = `iban#` and the digest of an IBAN; `dossiers`: the partners
//! that declare it or are paid to it. The digest keeps account numbers out of keys, which appear in metrics and logs;
//! the numbers themselves are in `partners`.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{Iban, Partner, PartnerId};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::dynamo::{Dynamo, Key, StoreError, Table};
use crate::writes::Expression;

/// The most dossiers that are returned: an account that many share is no accident.
const NAMED: usize = 10;

/// The repository of bank accounts.
#[derive(Clone, Debug)]
pub struct BankAccounts(pub(crate) Dynamo);

impl BankAccounts {
    /// The dossiers that name an account, except `than`; at most ten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn others(&self, iban: &Iban, than: &PartnerId) -> Result<Vec<PartnerId>, StoreError> {
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            dossiers: BTreeSet<PartnerId>,
        }
        let named = self.0.get::<Named>(&key(iban)).await?.map(|named| named.dossiers).unwrap_or_default();
        Ok(named.into_iter().filter(|partner| partner != than).take(NAMED).collect())
    }

    /// Updates the index when a partner's declared or paid account changes.
    pub(crate) fn follow(&self, before: Option<&Partner>, after: &Partner) -> Vec<TransactWriteItem> {
        let (before, now) = (before.map(accounts).unwrap_or_default(), accounts(after));
        let changes = |iban: &&Iban, verb: &str| {
            let change = Expression::new(format!("{verb} dossiers :own")).value(":own", own(&after.id));
            self.0.change(&key(iban), change)
        };
        let added = now.iter().filter(|iban| !before.contains(*iban)).map(|iban| changes(iban, "ADD"));
        let removed = before.iter().filter(|iban| !now.contains(*iban)).map(|iban| changes(iban, "DELETE"));
        added.chain(removed).collect()
    }

    /// Adds a dossier that was stored before the index existed; `false` when it is in the index already.
    pub(crate) async fn name(&self, partner: &Partner) -> Result<bool, StoreError> {
        let mut has_changed = false;
        for iban in accounts(partner) {
            let update = self
                .0
                .update(&key(iban))
                .update_expression("ADD dossiers :own")
                .condition_expression("NOT contains(dossiers, :partner)")
                .expression_attribute_values(":own", own(&partner.id))
                .expression_attribute_values(":partner", crate::dynamo::text(&partner.id));
            has_changed |= self.0.apply(update).await?.is_ok();
        }
        Ok(has_changed)
    }
}

/// The accounts that a partner declares or is paid to.
fn accounts(of: &Partner) -> Vec<&Iban> {
    let declared = of.dossier().map(|dossier| &dossier.bank);
    let mut accounts: Vec<&Iban> = declared.into_iter().chain(&of.paid_to).map(|account| &account.iban).collect();
    accounts.dedup();
    accounts
}

fn own(partner: &PartnerId) -> AttributeValue {
    AttributeValue::Ss(vec![partner.to_string()])
}

fn key(iban: &Iban) -> Key {
    let digest: String = Sha256::digest(iban.as_str()).iter().map(|byte| format!("{byte:02x}")).collect();
    Key::new(Table::Sirets, "siret", format!("iban#{digest}"))
}
