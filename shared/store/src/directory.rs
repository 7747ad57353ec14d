//! CULTURO, the public directory: partners with a convention in force, as the public sees them. It is a table of its
//! own, so that its readers have no access to dossiers.
//!
//! `directory`: key `partner_id`. Index `by_department` (`department`, `name_key`) lists a department's partners by
//! name; those outside of the region are under `other`. An entry is written, or deleted, with its partner
//! ([`crate::Partners::save`]).

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Department, Listing, Partner, PartnerId, Search, folded};
use futures::future::try_join_all;

use crate::dynamo::{Dynamo, Item, Key, StoreError, Table, from_item, text, to_item};
use crate::writes::Expression;

/// A page of search results, by name.
#[derive(Clone, Debug, Default)]
pub struct DirectoryPage {
    /// The partners.
    pub listings: Vec<Listing>,
    /// The place of the last one in the list, if there are more.
    pub next: Option<String>,
}

/// The partition of partners outside of the region.
const OTHER: &str = "other";

/// The repository of the public directory.
#[derive(Clone, Debug)]
pub struct Directory(pub(crate) Dynamo);

impl Directory {
    /// Finds a partner's entry; none while no convention is in force.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, partner: &PartnerId) -> Result<Option<Listing>, StoreError> {
        self.0.get(&key(partner)).await
    }

    /// A page of at most `limit` partners that match a search, by name, after a place. It sends one query for each
    /// department of the search, all concurrently; it reads the index, so it is at most a second late. A search by
    /// department alone reads one page per query; other searches read on, by the megabyte, until the page is full: half
    /// a read unit for a dozen partners, and one round trip more for every three thousand of a department.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn search(
        &self,
        search: &Search,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DirectoryPage, StoreError> {
        let everywhere = || Department::ALL.iter().map(|one| one.code()).chain([OTHER]).collect();
        let departments: Vec<&str> = search.department.map_or_else(everywhere, |one| vec![one.code()]);
        let asked = departments.into_iter().map(|department| self.of_department(department, search, after, limit + 1));
        let mut listings = try_join_all(asked).await?.concat();
        listings.sort_by_cached_key(Listing::name_key);
        let is_whole = listings.len() <= limit;
        listings.truncate(limit);
        let next = listings.last().filter(|_| !is_whole).map(Listing::name_key);
        Ok(DirectoryPage { listings, next })
    }

    /// The first matches in a department, by name, after a place.
    async fn of_department(
        &self,
        department: &str,
        search: &Search,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listing>, StoreError> {
        let mut query = self
            .0
            .query(Table::Directory)
            .index_name("by_department")
            .key_condition_expression("department = :department AND name_key > :after")
            .expression_attribute_values(":department", text(department))
            // Every key sorts after a single space; a name never begins with one.
            .expression_attribute_values(":after", text(after.unwrap_or(" ")));
        let asked = filters(search);
        query = match asked.is_empty() {
            true => query.limit(i32::try_from(limit).unwrap_or(i32::MAX)),
            false => query.filter_expression(asked.iter().map(Filter::expression).collect::<Vec<_>>().join(" AND ")),
        };
        for filter in asked {
            query = query.expression_attribute_values(filter.placeholder, text(filter.value));
        }
        let mut listings: Vec<Listing> = Vec::new();
        let mut start = None;
        loop {
            let (items, more) = self.0.page(query.clone().set_exclusive_start_key(start)).await?;
            for item in items {
                listings.push(from_item(Table::Directory, item)?);
            }
            start = more;
            if start.is_none() || listings.len() >= limit {
                listings.truncate(limit);
                return Ok(listings);
            }
        }
    }

    /// Requires that a partner has a convention in force, which is the condition for an entry.
    pub(crate) fn is_listed(&self, partner: &PartnerId) -> TransactWriteItem {
        self.0.require(&key(partner), Expression::new("attribute_exists(#key)").name("#key", "partner_id"))
    }

    /// Writes or deletes a partner's entry to match its convention, as part of the partner's transaction.
    pub(crate) fn follow(&self, partner: &Partner) -> TransactWriteItem {
        match Listing::of(partner) {
            None => self.0.remove(&key(&partner.id)),
            Some(listing) => self.0.replace(Table::Directory, listing_item(&listing)),
        }
    }
}

/// A condition on an attribute: it contains a text, or one of a list.
struct Filter<'s> {
    attribute: &'static str,
    placeholder: String,
    value: &'s str,
}

impl Filter<'_> {
    fn expression(&self) -> String {
        format!("contains({}, {})", self.attribute, self.placeholder)
    }
}

/// The filters of a search, except the department.
fn filters(of: &Search) -> Vec<Filter<'_>> {
    let names = of.name.iter().map(|word| ("name_words", word.as_str()));
    let communes = of.commune.iter().map(|word| ("commune_words", word.as_str()));
    let envelope = of.envelope.iter().map(|one| ("envelopes", one.code()));
    let accessibility = of.accessibility.iter().map(|one| ("accessibility", one.code()));
    let all = names.chain(communes).chain(envelope).chain(accessibility);
    all.enumerate()
        .map(|(place, (attribute, value))| Filter { attribute, placeholder: format!(":asked{place}"), value })
        .collect()
}

fn key(partner: &PartnerId) -> Key {
    Key::new(Table::Directory, "partner_id", partner)
}

fn listing_item(of: &Listing) -> Item {
    let mut item = to_item(of);
    item.insert("department".into(), text(of.department().map_or(OTHER, Department::code)));
    item.insert("name_key".into(), text(of.name_key()));
    item.insert("name_words".into(), text(folded(of.name.as_str())));
    item.insert("commune_words".into(), text(folded(of.address.commune.as_str())));
    item
}

#[cfg(test)]
mod tests {
    use epass_domain::{Accessibility, Address, Envelope, Line, Phone, Postcode, Website};

    use super::*;

    #[test]
    fn a_listing_reads_back_and_lies_in_its_department() {
        let line = |text| Line::parse(text, 100).unwrap();
        let stored = Listing {
            partner: PartnerId::mint(1),
            name: line("Théâtre de l’Œuvre"),
            address: Address {
                street: line("1 rue des Lices"),
                postcode: Postcode::parse("84000").unwrap(),
                commune: line("Avignon"),
            },
            phone: Phone::parse("0490000000").unwrap(),
            website: Website::parse("https://theatre.example").ok(),
            envelopes: vec![Envelope::Performance],
            accessibility: vec![Accessibility::Motor],
        };
        let item = listing_item(&stored);
        assert_eq!(item["department"].as_s().unwrap(), "84");
        assert_eq!(item["name_words"].as_s().unwrap(), "theatre de l oeuvre");
        assert_eq!(from_item::<Listing>(Table::Directory, item).unwrap(), stored);
        let away = Address { postcode: Postcode::parse("75005").unwrap(), ..stored.address.clone() };
        let away = Listing { address: away, website: None, ..stored };
        assert_eq!(listing_item(&away)["department"].as_s().unwrap(), OTHER);
    }
}
