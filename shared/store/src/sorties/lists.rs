//! Lists of outings by day: a partner’s, an establishment’s, a young person’s.

use epass_domain::{
    BeneficiaryId, EstablishmentId, Fault, Line, ParisDay, PartnerId, Phase, Presence, Price, SortieId,
};
use serde::Deserialize;

use super::items::HeadItem;
use super::items::{HEAD, day_key, key};
use super::one::Sorties;
use crate::dynamo::{Item, Key, StoreError, Table, from_item, text};

/// The filters of a list of outings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortiesAsked {
    /// The first day.
    pub from: Option<ParisDay>,
    /// The last day, included.
    pub to: Option<ParisDay>,
    /// Only outings in this state.
    pub phase: Option<Phase>,
}

/// An outing as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortieLine {
    /// The outing.
    pub id: SortieId,
    /// *Nom*.
    pub title: Line,
    /// *Date*.
    pub day: ParisDay,
    /// *Prix unitaire*.
    pub price: Price,
    /// *Statut*.
    pub phase: Phase,
    /// *Nb de participants*, absentees included.
    pub joined: u32,
    /// The number of absentees among them.
    pub absent: u32,
    /// *Établissement*.
    pub establishment_name: Line,
    /// *Partenaire*.
    pub partner_name: Line,
}

/// A page of a list, latest day first.
#[derive(Clone, Debug, Default)]
pub struct SortiePage {
    /// The lines.
    pub lines: Vec<SortieLine>,
    /// The cursor of the next page.
    pub next: Option<SortiePlace>,
}

/// A young person's participation in an outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participation {
    /// The outing, in its current state.
    pub sortie: SortieLine,
    /// The presence, which says whether the price is held.
    pub presence: Presence,
}

/// A page of a young person's outings, latest day first.
#[derive(Clone, Debug, Default)]
pub struct ParticipationPage {
    /// The lines.
    pub participations: Vec<Participation>,
    /// The cursor of the next page.
    pub next: Option<SortiePlace>,
}

/// A place in a list by day, used as a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortiePlace(String);

impl SortiePlace {
    /// Parses a cursor.
    ///
    /// # Errors
    /// `after` unless it is a day and an outing.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        const NOWHERE: Fault = Fault::new("after", "Cette page de la liste n’existe pas.");
        let (day, id) = typed.split_once('#').ok_or(NOWHERE)?;
        let (day, id) = (ParisDay::parse(day).map_err(|_| NOWHERE)?, SortieId::parse(id).map_err(|_| NOWHERE)?);
        Ok(Self(day_key(day, &id)))
    }

    /// The cursor as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number of heads that a filtered list reads in one round trip: 20 read units.
const LOOKED_AT: usize = 200;

impl Sorties {
    /// A page of a partner's outings, latest day first; reads the index, so at most a second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_partner(
        &self,
        partner: &PartnerId,
        asked: &SortiesAsked,
        after: Option<&SortiePlace>,
        limit: usize,
    ) -> Result<SortiePage, StoreError> {
        self.list("by_partner", ("partner_id", partner.as_str()), asked, after, limit).await
    }

    /// A page of an establishment's outings, latest day first; reads the index, so at most a second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_establishment(
        &self,
        establishment: &EstablishmentId,
        asked: &SortiesAsked,
        after: Option<&SortiePlace>,
        limit: usize,
    ) -> Result<SortiePage, StoreError> {
        self.list("by_establishment", ("establishment_id", establishment.as_str()), asked, after, limit).await
    }

    pub(super) async fn list(
        &self,
        index: &str,
        (hash, owner): (&'static str, &str),
        asked: &SortiesAsked,
        after: Option<&SortiePlace>,
        limit: usize,
    ) -> Result<SortiePage, StoreError> {
        let first = asked.from.map_or_else(String::new, ParisDay::iso) + "#";
        let last = asked.to.map_or_else(|| "~".to_owned(), |day| day.iso() + "#~");
        let mut query = self
            .0
            .query(Table::Sorties)
            .index_name(index)
            .key_condition_expression("#owner = :owner AND day_key BETWEEN :first AND :last")
            .expression_attribute_names("#owner", hash)
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":first", text(&first))
            .scan_index_forward(false);
        if let Some(phase) = asked.phase {
            query = query
                .filter_expression("#state = :state")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", text(phase.code()));
        }
        // A bound that no place equals, right before the last one shown.
        let mut bound = after.map_or(last.clone(), |after| last.min(before(after.as_str())));
        let mut lines: Vec<SortieLine> = Vec::new();
        while bound >= first {
            let evaluated = if asked.phase.is_some() { LOOKED_AT } else { limit + 1 - lines.len() };
            let page = query
                .clone()
                .expression_attribute_values(":last", text(&bound))
                .limit(i32::try_from(evaluated).unwrap_or(i32::MAX));
            let (items, more) = self.0.page(page).await?;
            for item in items {
                lines.push(line(item)?);
            }
            let looked_at = more.and_then(|last| last.get("day_key")?.as_s().ok().cloned());
            match looked_at {
                Some(looked_at) if lines.len() <= limit => bound = before(&looked_at),
                _ => break,
            }
        }
        let is_whole = lines.len() <= limit;
        lines.truncate(limit);
        let next = lines.last().filter(|_| !is_whole).map(|last| SortiePlace(day_key(last.day, &last.id)));
        Ok(SortiePage { lines, next })
    }

    /// A page of the outings that a young person joined, latest day first, each in its current state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_beneficiary(
        &self,
        who: BeneficiaryId,
        after: Option<&SortiePlace>,
        limit: i32,
    ) -> Result<ParticipationPage, StoreError> {
        #[derive(Deserialize)]
        struct Place {
            sortie_id: SortieId,
            day_key: String,
            presence: Presence,
        }
        let bound = after.map_or_else(|| "~".to_owned(), |after| after.as_str().to_owned());
        let query = self
            .0
            .query(Table::Sorties)
            .index_name("by_beneficiary")
            .key_condition_expression("beneficiary_id = :who AND day_key < :bound")
            .expression_attribute_values(":who", text(who))
            .expression_attribute_values(":bound", text(bound))
            .scan_index_forward(false)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        if items.is_empty() {
            return Ok(ParticipationPage::default());
        }
        let places: Vec<Place> =
            items.into_iter().map(|item| from_item(Table::Sorties, item)).collect::<Result<_, _>>()?;
        let heads: Vec<Key> = places.iter().map(|place| key(&place.sortie_id, HEAD)).collect();
        let found = self.0.read(&heads).await?;
        let mut participations = Vec::new();
        for (place, head) in places.iter().zip(&heads) {
            if let Some(item) = found.item(head) {
                participations.push(Participation { sortie: line(item.clone())?, presence: place.presence });
            }
        }
        let next = more.and(places.last()).map(|last| SortiePlace(last.day_key.clone()));
        Ok(ParticipationPage { participations, next })
    }
}

/// A text that sorts right before this one and after any other key.
pub(super) fn before(day_key: &str) -> String {
    let mut text = day_key.to_owned();
    let last = text.pop().map_or('\0', |last| char::from_u32(u32::from(last) - 1).unwrap_or('\0'));
    text.push(last);
    text.push('~');
    text
}

pub(super) fn line(head: Item) -> Result<SortieLine, StoreError> {
    let head: HeadItem = from_item(Table::Sorties, head)?;
    Ok(SortieLine {
        id: head.sortie_id,
        title: head.title,
        day: head.day,
        price: head.price_cents,
        phase: head.state,
        joined: head.joined,
        absent: head.absent,
        establishment_name: head.establishment_name,
        partner_name: head.partner_name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::items::tests::pending;

    #[test]
    fn a_bound_before_a_place_lies_between_it_and_the_one_before() {
        let place = |code| day_key(pending().sheet.day, &SortieId::mint(code));
        for code in 1..500 {
            let (first, second) = (place(code), place(code + 1));
            let (low, high) = (first.clone().min(second.clone()), first.max(second));
            assert!(before(&high) < high && before(&high) > low, "{low} {high}");
        }
    }
}
