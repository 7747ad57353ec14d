//! The facts of the mails about an outing (`product.md`, *Mails*; guide §9.2).

use epass_domain::{Line, Paragraph, Phase, Sortie, SortieId};
use serde::{Deserialize, Serialize};

/// The facts that all letters about an outing share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outing {
    /// The id of the outing.
    pub id: SortieId,
    /// *Titre*.
    pub title: Line,
    /// *Date*, `28/11/2026`.
    pub day: String,
    /// *Prix unitaire*, `8,00 €`.
    pub price: String,
    /// The number of participants.
    pub joined: u32,
    /// The expected number of participants; none in letters stored before this field existed.
    pub expected: Option<u32>,
    /// The organiser at the establishment; none in letters stored before this field existed.
    pub organiser: Option<Line>,
    /// The establishment that organises the outing.
    pub establishment: Line,
    /// The partner that receives it.
    pub partner: Line,
    /// The address of the site.
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

/// A change of an outing, by recipient of the mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum News {
    /// To the partner: an establishment asks for confirmation. Opening the link changes nothing.
    ToConfirm {
        /// The signed invitation.
        token: String,
        /// The last minute in which the invitation is valid: `26/11/2026 à 23 h 59`.
        until: Option<String>,
    },
    /// To the partner: the request has had no answer for three days.
    Unanswered {
        /// The signed invitation.
        token: String,
        /// The last minute in which the invitation is valid: `26/11/2026 à 23 h 59`.
        until: Option<String>,
    },
    /// To the establishment: the partner confirmed; the code can be shared.
    Confirmed,
    /// To the establishment: the partner asks for a correction.
    Returned {
        /// The requested change.
        comment: Paragraph,
    },
    /// To the partner: the list is frozen.
    Validated,
    /// To the partner: the outing is cancelled.
    Cancelled {
        /// The reason.
        reason: Paragraph,
    },
    /// To a participant: the outing is cancelled and the credit given back.
    CancelledForYou,
    /// To a young person: the establishment removed them from the list; the credit is given back.
    TakenOff,
    /// To the establishment: the outing is tomorrow.
    Tomorrow {
        /// Confirmed (the list is still to be validated) or validated.
        state: Phase,
    },
    /// To the establishment: the outing was yesterday and is not settled.
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
