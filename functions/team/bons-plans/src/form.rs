//! The team's forms about bons plans: the position in the queue, and the decisions.

use epass_domain::{BonPlan, BonPlanId, BonPlanRefusal, Fault, Invalid, Paragraph};
use epass_store::LinePlace;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The position in the queue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueForm {
    /// The `next` of the previous page.
    pub apres: String,
}

impl QueueForm {
    /// The position after which the page begins; none for the first page, and when the text is not a position.
    pub fn place(&self) -> Option<LinePlace> {
        let (since, plan) = self.apres.split_once('_')?;
        let since: Timestamp = since.parse().ok()?;
        Some(LinePlace { bon_plan: BonPlanId::parse(plan).ok()?, since: Some(since) })
    }
}

/// A position, as a page's link carries it.
pub fn told(place: &LinePlace) -> Option<String> {
    Some(format!("{}_{}", place.since?, place.bon_plan))
}

/// A decision about the revision that was read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PublicationForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
}

/// A refusal, with its reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BonPlanRefusalForm)]
pub struct RefusalForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The reason, mailed to the referent; at most 2,000 characters.
    #[schema(required)]
    pub reason: String,
}

/// The taking down of a bon plan, with its reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BonPlanTakingDownForm)]
pub struct TakingDownForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The reason, mailed to the referent; at most 2,000 characters.
    #[schema(required)]
    pub taking_down_reason: String,
}

impl TakingDownForm {
    /// Parses the revision and the reason.
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

/// The revision that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(u32);

impl Revision {
    /// Checks that the bon plan still has this revision.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`] when it does not.
    pub const fn about(self, plan: &BonPlan) -> Result<(), BonPlanRefusal> {
        if plan.revision == self.0 { Ok(()) } else { Err(BonPlanRefusal::Changed) }
    }
}

impl PublicationForm {
    /// Parses the revision.
    ///
    /// # Errors
    /// The fault `missing` without a revision.
    pub fn parse(&self) -> Result<Revision, Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        invalid.finish(|| revision.map(Revision))
    }
}

impl RefusalForm {
    /// Parses the revision and the reason.
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
