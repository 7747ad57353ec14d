//! What statistics are asked for.

use epass_domain::{Campaign, Invalid};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

/// A campaign.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatisticsForm {
    /// Such as `2026-2027`; the current one without.
    pub campaign: String,
}

impl StatisticsForm {
    /// The campaign.
    ///
    /// # Errors
    /// `campaign` when it is none.
    pub fn parse(&self, now: Timestamp) -> Result<Campaign, Invalid> {
        let mut invalid = Invalid::default();
        let campaign = invalid.field("campaign", epass_domain::optional(&self.campaign, Campaign::parse));
        invalid.finish(|| campaign.map(|asked| asked.unwrap_or(Campaign::at(now))))
    }
}
