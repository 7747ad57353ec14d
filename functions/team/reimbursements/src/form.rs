//! The forms of the team: the pages that it asks for, and its decisions.

use epass_domain::{
    BankReason, Failure, Fault, FoundOut, Invalid, Line, Statement, StatementRefusal, TransferReference, Week,
};
use epass_web::words;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A page of batches, and of what waits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListForm {
    /// The `next` of the page before, for batches.
    pub avant: String,
    /// The `next` of the page before, for statements that wait.
    pub apres: String,
    /// What was just done.
    #[param(ignore)]
    pub fait: String,
}

/// A page of a batch's statements.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BatchForm {
    /// The `next` of the page before.
    pub apres: String,
    /// What was just done.
    #[param(ignore)]
    pub fait: String,
}

/// Which batches are to be made.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BatchRunForm)]
pub struct RunForm {
    /// One week that is over, such as `2026-W47`.
    pub week: String,
    /// `yes`: all that are due, in place of `week`. One of the two is needed: an empty request starts nothing.
    #[schema(value_type = words::YesOrNone)]
    pub due: String,
}

impl RunForm {
    /// The week, if one is asked for.
    ///
    /// # Errors
    /// `week` when it is none.
    pub fn parse(&self) -> Result<Option<Week>, Invalid> {
        const WHICH: Fault = Fault::new("missing", "Indiquez une semaine, ou demandez tous les lots dus.");
        const BOTH: Fault =
            Fault::new("week_or_due", "Indiquez une semaine, ou demandez tous les lots dus : l’un ou l’autre.");
        let mut invalid = Invalid::default();
        let due = invalid.field("due", epass_domain::ticked(&self.due));
        let week = invalid.field("week", epass_domain::optional(&self.week, Week::parse));
        match (due, &week) {
            (Some(false), Some(None)) => invalid.add("week", WHICH),
            (Some(true), Some(Some(_))) => invalid.add("week", BOTH),
            _ => {}
        }
        invalid.finish(|| week)
    }
}

/// A decision about a statement as it was read.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = StatementRevisionForm)]
pub struct RevisionForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
}

impl RevisionForm {
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

/// A transfer that the bank did not execute, or sent back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TransferFailureForm)]
pub struct FailureForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// `rejected` or `returned`.
    #[schema(value_type = words::TransferFailure, required)]
    pub failure: String,
    /// The bank's reason, such as `AC04`; at most 105 characters.
    pub bank_reason: String,
}

impl FailureForm {
    /// Revision, kind and reason.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<(Revision, Failure, Option<Line>), Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let failure = invalid.field("failure", Failure::parse(&self.failure));
        let reason = invalid
            .field("bank_reason", epass_domain::optional(&self.bank_reason, |text| Line::parse(text, BankReason::MAX)));
        invalid.finish(|| Some((Revision(revision?), failure?, reason?)))
    }
}

/// What was found out about an order of which the bank contradicts itself.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TransferFindingForm)]
#[into_params(parameter_in = Query)]
pub struct FindingForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The order's *EndToEndId*.
    #[schema(required, example = "2026-W47-12345678")]
    pub reference: String,
    /// `executed`, `rejected` or `returned`.
    #[schema(value_type = words::TransferFinding, required)]
    #[param(value_type = words::TransferFinding)]
    pub found: String,
}

impl FindingForm {
    /// Revision, order and what was found out.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<(Revision, TransferReference, FoundOut), Invalid> {
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        let reference = invalid.field("reference", TransferReference::parse(&self.reference));
        let found = invalid.field("found", FoundOut::parse(&self.found));
        invalid.finish(|| Some((Revision(revision?), reference?, found?)))
    }
}

/// A revision that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub(crate) u32);

impl Revision {
    /// Whether it is still the statement's.
    ///
    /// # Errors
    /// [`StatementRefusal::Changed`].
    pub const fn about(self, statement: &Statement) -> Result<(), StatementRefusal> {
        if statement.revision == self.0 { Ok(()) } else { Err(StatementRefusal::Changed) }
    }
}

/// Nothing but the click, or the file beside it.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BatchDecisionForm)]
pub struct NoForm {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_asked_for_or_whatever_is_due() {
        let asked = |week: &str, due: &str| RunForm { week: week.into(), due: due.into() }.parse();
        assert_eq!(asked(" ", "yes").unwrap(), None);
        assert_eq!(asked("2026-W47", "").unwrap(), Week::parse("2026-W47").ok());
        for (week, due, code) in [
            ("", "", "missing"),
            ("2026-W47", "yes", "week_or_due"),
            ("lundi", "", Week::parse("lundi").unwrap_err().code),
        ] {
            let invalid = asked(week, due).unwrap_err();
            assert_eq!((invalid.faults()[0].0, invalid.faults()[0].1.code), ("week", code), "{week}, {due}");
        }
    }

    #[test]
    fn a_failure_says_which_and_about_what() {
        let invalid = FailureForm { bank_reason: "x".repeat(106), ..FailureForm::default() }.parse().unwrap_err();
        let fields: Vec<_> = invalid.faults().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["revision", "failure", "bank_reason"]);
        let form = FailureForm { revision: Some(1), failure: "returned".into(), bank_reason: String::new() };
        assert_eq!(form.parse().unwrap(), (Revision(1), Failure::Returned, None));
    }
}
