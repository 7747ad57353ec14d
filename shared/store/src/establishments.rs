//! Establishments: the schools and training centres.
//!
//! `establishments`: key `establishment_id` (the UAI). Index `by_department` (`department`, `name_key`) lists those of
//! a department by name; `name_key` is the folded name and the UAI, which makes it unique. Every save is conditional on
//! the revision that was read.

use epass_domain::{
    Account, Department, Establishment, EstablishmentId, EstablishmentKind, EstablishmentRefusal, Line, folded,
};
use serde::{Deserialize, Serialize};

use crate::accounts::Accounts;
use crate::dynamo::{
    Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, refused_at, text, to_item, unexpected,
};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// A line of a department's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstablishmentLine {
    /// The UAI.
    #[serde(rename = "establishment_id")]
    pub id: EstablishmentId,
    /// The name.
    pub name: Line,
    /// The kind of school.
    pub kind: EstablishmentKind,
    /// The commune of its address.
    pub commune: Line,
    /// Its place in the list.
    pub name_key: String,
}

/// A query of the team's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The department.
    pub department: Department,
    /// Words of the name or the UAI, folded ([`folded`]); empty for all.
    pub words: String,
    /// The `name_key` of the last line of the page before.
    pub after: Option<String>,
}

/// A page of a department's list.
#[derive(Clone, Debug, Default)]
pub struct EstablishmentPage {
    /// The lines, by name.
    pub lines: Vec<EstablishmentLine>,
    /// The last line's `name_key`, if there are more.
    pub next: Option<String>,
}

/// The repository of establishments.
#[derive(Clone, Debug)]
pub struct Establishments(pub(crate) Dynamo);

impl Establishments {
    /// The most that [`Establishments::of_department`] lists. The Bouches-du-Rhône, the largest department, has some
    /// 250 lycées and training centres.
    pub const MOST: usize = 1_000;

    /// The key of an establishment, for a batch read.
    pub fn key(id: &EstablishmentId) -> Key {
        Key::new(Table::Establishments, "establishment_id", id)
    }

    /// Reads the establishment from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, id: &EstablishmentId) -> Result<Option<Establishment>, StoreError> {
        found.read(&Self::key(id))
    }

    /// Finds an establishment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: &EstablishmentId) -> Result<Option<Establishment>, StoreError> {
        self.0.get(&Self::key(id)).await
    }

    /// All establishments of a department by name, at most [`Establishments::MOST`]; reads the index, so at most a
    /// second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_department(&self, department: Department) -> Result<Vec<EstablishmentLine>, StoreError> {
        let asked = Asked { department, words: String::new(), after: None };
        Ok(self.page(&asked, Self::MOST).await?.lines)
    }

    /// A page of at most `limit` lines of a department's list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(&self, asked: &Asked, limit: usize) -> Result<EstablishmentPage, StoreError> {
        let mut query = self
            .0
            .query(Table::Establishments)
            .index_name("by_department")
            .key_condition_expression("department = :department AND name_key > :after")
            .expression_attribute_values(":department", text(asked.department.code()))
            // Every key sorts after a single space.
            .expression_attribute_values(":after", text(asked.after.as_deref().unwrap_or(" ")));
        if !asked.words.is_empty() {
            // Matches anywhere in the name, because nearly all names begin with « Lycée ».
            query = query
                .filter_expression("contains(words, :words)")
                .expression_attribute_values(":words", text(&asked.words));
        }
        let mut lines: Vec<EstablishmentLine> = Vec::new();
        let mut start = None;
        loop {
            // One line more than the limit shows whether there is another page.
            let (items, more) = self.0.page(query.clone().set_exclusive_start_key(start)).await?;
            for item in items {
                lines.push(from_item(Table::Establishments, item)?);
            }
            start = more;
            if start.is_none() || lines.len() > limit {
                break;
            }
        }
        let is_whole = lines.len() <= limit;
        lines.truncate(limit);
        let next = lines.last().filter(|_| !is_whole).map(|line| line.name_key.clone());
        Ok(EstablishmentPage { lines, next })
    }

    /// Creates an establishment: its data, its account and its notification mail, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`NotFree`] names the identifier that is taken.
    pub async fn create(
        &self,
        establishment: &Establishment,
        account: &Account,
        mail: &Entry,
    ) -> Result<Result<(), NotFree>, StoreError> {
        let writes = vec![
            self.0.put_new(Table::Establishments, establishment_item(establishment), "establishment_id"),
            Accounts(self.0.clone()).put_new(account),
            Outbox(self.0.clone()).entry(mail),
        ];
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) => match refused_at(&reasons) {
                Some(0) => Ok(Err(NotFree::Uai)),
                Some(1) => Ok(Err(NotFree::Identifier)),
                _ => Err(unexpected("a new establishment", &reasons)),
            },
        }
    }

    /// Stores the change of an establishment that was `before`, with its notification mails. Its account is updated in
    /// the same transaction: mails go to the new address, and the header shows the new name.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`EstablishmentRefusal`] is [`EstablishmentRefusal::Changed`] when it was changed
    /// since it was read.
    pub async fn save(
        &self,
        before: &Establishment,
        after: &Establishment,
        mails: &[Entry],
    ) -> Result<Result<(), EstablishmentRefusal>, StoreError> {
        let unchanged = Expression::new("revision = :read").value(":read", number(before.revision));
        let mut writes = vec![self.0.put_if(Table::Establishments, establishment_item(after), unchanged)];
        if (before.email.as_str(), &before.name) != (after.email.as_str(), &after.name) {
            writes.push(Accounts(self.0.clone()).rename(&after.identifier, &after.email, &after.name));
        }
        let outbox = Outbox(self.0.clone());
        writes.extend(mails.iter().map(|mail| outbox.entry(mail)));
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Err(EstablishmentRefusal::Changed)),
            Commit::Refused(reasons) => Err(unexpected("an establishment", &reasons)),
        }
    }

    /// Stores an establishment and its account without a mail, if neither exists yet. For demo data and imports.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, establishment: &Establishment, account: &Account) -> Result<(), StoreError> {
        let new = self.0.put_new(Table::Establishments, establishment_item(establishment), "establishment_id");
        self.0.transact(vec![new, Accounts(self.0.clone()).put_new(account)]).await.map(|_| ())
    }
}

/// The identifier of a new establishment that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFree {
    /// The UAI.
    Uai,
    /// The generated identifier: retry with another one.
    Identifier,
}

pub(crate) fn establishment_item(of: &Establishment) -> Item {
    let name_key = format!("{} {}", folded(of.name.as_str()), of.id);
    let mut item = to_item(of);
    item.insert("department".into(), text(of.address.postcode.department()));
    item.insert("commune".into(), text(&of.address.commune));
    item.insert("words".into(), text(format!("{} {}", folded(&name_key), folded(of.address.commune.as_str()))));
    item.insert("name_key".into(), text(name_key));
    item
}

#[cfg(test)]
mod tests {
    use epass_domain::{Address, Email, EstablishmentDetails, Identifier, Phone, Postcode};
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn an_establishment_reads_back_and_has_a_place_by_its_name() {
        let details = EstablishmentDetails {
            name: Line::parse("Lycée Marie-Curie", 100).unwrap(),
            kind: EstablishmentKind::HighSchool,
            address: Address {
                street: Line::parse("16 boulevard Jeanne-d’Arc", 100).unwrap(),
                postcode: Postcode::parse("13005").unwrap(),
                commune: Line::parse("Marseille", 100).unwrap(),
            },
            email: Email::parse("a@b.fr").unwrap(),
            phone: Phone::parse("0491000000").unwrap(),
        };
        let id = EstablishmentId::made_up(139_001);
        let identifier = Identifier::parse("lycee-marie-curie").unwrap();
        let stored = Establishment::created(id.clone(), details, identifier, Timestamp::UNIX_EPOCH);
        let item = establishment_item(&stored);
        assert_eq!(from_item::<Establishment>(Table::Establishments, item.clone()).unwrap(), stored);
        let line: EstablishmentLine = from_item(Table::Establishments, item).unwrap();
        assert_eq!((line.id, line.name_key), (id.clone(), format!("lycee marie curie {id}")));
    }
}
