//! The facts that the mails about a bon plan share (`product.md`, *Mails*).

use epass_domain::{BonPlan, BonPlanId, Line, Place, folded};
use serde::{Deserialize, Serialize};

/// The facts that all letters about a bon plan share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// The id of the bon plan.
    pub id: BonPlanId,
    /// *Titre*.
    pub title: Line,
    /// The partner that offers it.
    pub partner_name: Line,
    /// The dates in words: `le 28/11/2026 de 16 h à 18 h`, `3 dates du 28/11/2026 au 12/12/2026`.
    pub when: String,
    /// Each date in words, when there are several.
    #[serde(default)]
    pub dates: Vec<String>,
    /// The partner's note on the times: `ouverture des portes à 19 h 30`.
    pub times: Option<Line>,
    /// The venue on one line; none in letters stored before this field existed.
    pub place: Option<String>,
    /// The address of the site.
    pub site_url: String,
}

impl Deal {
    /// The facts of a bon plan.
    pub fn of(plan: &BonPlan, site_url: &str) -> Self {
        Self {
            id: plan.id,
            title: plan.content.title.clone(),
            partner_name: plan.partner_name.clone(),
            when: plan.content.dates.to_string(),
            dates: match plan.content.dates.slots() {
                [_] => Vec::new(),
                several => several.iter().map(ToString::to_string).collect(),
            },
            times: plan.content.times.clone(),
            place: Some(on_one_line(&plan.content.place)),
            site_url: site_url.to_owned(),
        }
    }

    /// Whether the venue begins with the partner's name, which is then written once.
    pub(crate) fn is_at_partner(&self) -> bool {
        let place = self.place.as_deref().and_then(|place| place.split(", ").next());
        place.is_some_and(|name| folded(name) == folded(self.partner_name.as_str()))
    }
}

/// The venue on one line: `Théâtre du Rocher, 4 avenue Franklin, 13100 Aix-en-Provence`.
fn on_one_line(place: &Place) -> String {
    let street = place.street.as_ref().map(|street| format!("{street}, ")).unwrap_or_default();
    format!("{}, {street}{}\u{a0}{}", place.name, place.postcode, place.commune)
}
