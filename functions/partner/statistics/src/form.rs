//! The campaign of the statistics.

use epass_domain::{Campaign, Invalid};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

/// The campaign to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatisticsForm {
    /// The campaign, such as `2026-2027`; the current one by default.
    pub campaign: String,
}

impl StatisticsForm {
    /// The campaign.
    ///
    /// # Errors
    /// A fault at `campaign` when it is not a campaign.
    pub fn parse(&self, now: Timestamp) -> Result<Campaign, Invalid> {
        let mut invalid = Invalid::default();
        let campaign = invalid.field("campaign", epass_domain::optional(&self.campaign, Campaign::parse));
        invalid.finish(|| campaign.map(|asked| asked.unwrap_or(Campaign::at(now))))
    }
}
