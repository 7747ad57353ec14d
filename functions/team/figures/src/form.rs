//! The query of the figures.

use epass_domain::{Campaign, Fault, Invalid, Week};
use epass_web::Filled;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

/// A campaign, and the week of the ranking of partners.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FiguresForm {
    /// The campaign, such as `2026-2027`; without it, the current one.
    pub campaign: String,
    /// The week, such as `2026-W47`; without it, the last closed one.
    pub closed_week: String,
}

/// The query, parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The campaign.
    pub campaign: Campaign,
    /// The week, if one is given.
    pub week: Option<Week>,
}

impl Asked {
    /// The current campaign and its last week.
    pub fn at(now: Timestamp) -> Self {
        Self { campaign: Campaign::at(now), week: None }
    }

    /// The values of the form; `week` is the one that is shown.
    pub fn filled(self, week: Option<Week>) -> Filled {
        Filled::with([("campaign", self.campaign.code()), ("closed_week", week.map(Week::code).unwrap_or_default())])
    }
}

impl FiguresForm {
    /// Parses the campaign and the week.
    ///
    /// # Errors
    /// Every fault, at its field; at `week` also when the week is in another campaign.
    pub fn parse(&self, now: Timestamp) -> Result<Asked, Invalid> {
        let mut invalid = Invalid::default();
        let campaign = epass_domain::optional(&self.campaign, Campaign::parse);
        let campaign = invalid.field("campaign", campaign).map(|asked| asked.unwrap_or(Campaign::at(now)));
        let week = invalid.field("closed_week", epass_domain::optional(&self.closed_week, Week::parse));
        if let (Some(campaign), Some(Some(week))) = (campaign, week)
            && Campaign::of(week.first_day()) != campaign
            && Campaign::of(week.last_day()) != campaign
        {
            invalid.add("closed_week", Fault::new("week", "Cette semaine n’est pas de cette campagne."));
        }
        invalid.finish(|| Some(Asked { campaign: campaign?, week: week? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_belongs_to_its_campaign() {
        let now: Timestamp = "2026-11-24T10:00:00+01:00".parse().unwrap();
        let asked =
            |campaign: &str, week: &str| FiguresForm { campaign: campaign.into(), closed_week: week.into() }.parse(now);
        assert_eq!(asked("", "").unwrap(), Asked { campaign: Campaign::at(now), week: None });
        assert!(asked("2026-2027", "2026-W36").is_ok(), "its first days are of the campaign before");
        assert_eq!(asked("2026-2027", "2026-W30").unwrap_err().faults()[0].0, "closed_week");
        assert_eq!(asked("2026", "lundi").unwrap_err().faults().len(), 2);
    }
}
