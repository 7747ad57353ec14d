//! The forms of the team: the pages of the queue, and its decisions.

use epass_domain::{BonPlan, BonPlanId, BonPlanRefusal, Fault, Invalid, Paragraph};
use epass_store::LinePlace;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A page of the queue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueForm {
    /// The `next` of the page before.
    pub apres: String,
}

impl QueueForm {
    /// The place after which the page begins; none for the first, or when there is no such place.
    pub fn place(&self) -> Option<LinePlace> {
        let (since, plan) = self.apres.split_once('_')?;
        let since: Timestamp = since.parse().ok()?;
        Some(LinePlace { bon_plan: BonPlanId::parse(plan).ok()?, since: Some(since) })
    }
}

/// A place as a page's link carries it.
pub fn told(place: &LinePlace) -> Option<String> {
    Some(format!("{}_{}", place.since?, place.bon_plan))
}

/// A decision about what was read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PublicationForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
}

/// A refusal, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BonPlanRefusalForm)]
pub struct RefusalForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// Mailed to the referent; at most 2,000 characters.
    #[schema(required)]
    pub reason: String,
}

/// That a bon plan is taken down, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BonPlanTakingDownForm)]
pub struct TakingDownForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// Mailed to the referent; at most 2,000 characters.
    #[schema(required)]
    pub taking_down_reason: String,
}

impl TakingDownForm {
    /// The revision and the reason.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<(Revision, Paragraph), Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let reason = invalid.field("taking_down_reason", Paragraph::parse(&self.taking_down_reason, 2_000));
        invalid.finish(|| Some((Revision(revision?), reason?)))
    }
}

/// A revision that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(u32);

impl Revision {
    /// Whether it is still the bon plan's.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`].
    pub const fn about(self, plan: &BonPlan) -> Result<(), BonPlanRefusal> {
        if plan.revision == self.0 { Ok(()) } else { Err(BonPlanRefusal::Changed) }
    }
}

impl PublicationForm {
    /// The revision.
    ///
    /// # Errors
    /// `missing` without one.
    pub fn parse(&self) -> Result<Revision, Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        invalid.finish(|| revision.map(Revision))
    }
}

impl RefusalForm {
    /// The revision and the reason.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<(Revision, Paragraph), Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let reason = invalid.field("reason", Paragraph::parse(&self.reason, 2_000));
        invalid.finish(|| Some((Revision(revision?), reason?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_where_the_one_before_ended() {
        let here = LinePlace { bon_plan: BonPlanId(Default::default()), since: Some(Timestamp::UNIX_EPOCH) };
        let form = QueueForm { apres: told(&here).unwrap() };
        assert_eq!(form.place(), Some(here));
        for apres in ["", "demain", "1970-01-01T00:00:00Z_là"] {
            assert_eq!(QueueForm { apres: apres.into() }.place(), None);
        }
    }

    #[test]
    fn a_refusal_says_why_and_about_what() {
        let invalid = RefusalForm::default().parse().unwrap_err();
        let fields: Vec<_> = invalid.faults().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["revision", "reason"]);
    }
}
