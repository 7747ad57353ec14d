//! What the mails about an outing need to know (`product.md`, *Mails*; guide §9.2).

use epass_domain::{Line, Paragraph, Phase, Sortie, SortieId};
use serde::{Deserialize, Serialize};

/// What the letters about an outing have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outing {
    /// Which.
    pub id: SortieId,
    /// *Titre*.
    pub title: Line,
    /// *Date*, `28/11/2026`.
    pub day: String,
    /// *Prix unitaire*, `8,00 €`.
    pub price: String,
    /// How many participate.
    pub joined: u32,
    /// How many are expected; none in letters stored before it was told.
    pub expected: Option<u32>,
    /// Who of the establishment organises it; none in letters stored before it was told.
    pub organiser: Option<Line>,
    /// Who organises it.
    pub establishment: Line,
    /// Who receives it.
    pub partner: Line,
    /// The site.
    pub site_url: String,
}

impl Outing {
    /// The facts of an outing.
    pub fn of(sortie: &Sortie, site_url: &str) -> Self {
        Self {
            id: sortie.id.clone(),
            title: sortie.sheet.title.clone(),
            day: sortie.sheet.day.to_string(),
            price: sortie.sheet.price.euros().to_string(),
            joined: sortie.joined,
            expected: Some(sortie.sheet.expected.count().into()),
            organiser: Some(sortie.sheet.organiser.clone()),
            establishment: sortie.establishment_name.clone(),
            partner: sortie.partner_name.clone(),
            site_url: site_url.to_owned(),
        }
    }
}

/// What became of an outing, for who reads the mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum News {
    /// To the partner: an establishment asks. Opening the link changes nothing.
    ToConfirm {
        /// The signed invitation.
        token: String,
        /// Until when it opens the outing: `26/11/2026 à 23 h 59`.
        until: Option<String>,
    },
    /// To the partner: three days without an answer.
    Unanswered {
        /// The signed invitation.
        token: String,
        /// Until when it opens the outing: `26/11/2026 à 23 h 59`.
        until: Option<String>,
    },
    /// To the establishment: it can be shared.
    Confirmed,
    /// To the establishment: it is to be corrected.
    Returned {
        /// What to change.
        comment: Paragraph,
    },
    /// To the partner: the list is frozen.
    Validated,
    /// To the partner: it does not take place.
    Cancelled {
        /// Why.
        reason: Paragraph,
    },
    /// To a participant: it does not take place, the credit is back.
    CancelledForYou,
    /// To a young person: the establishment took them off the list, the credit is back.
    TakenOff,
    /// To the establishment: it is tomorrow.
    Tomorrow {
        /// Confirmed, while the list is still to be validated; or validated.
        state: Phase,
    },
    /// To the establishment: it was yesterday, and is not settled.
    Unsettled {
        /// Confirmed or validated.
        state: Phase,
    },
}

impl Outing {
    pub(crate) fn at_partner(&self) -> String {
        format!("{}/mes-sorties/{}", self.site_url, self.id.as_str())
    }

    pub(crate) fn at_establishment(&self) -> String {
        format!("{}/etablissement/sorties/{}", self.site_url, self.id.as_str())
    }
}
