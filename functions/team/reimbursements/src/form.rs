//! The team's forms about reimbursements: the positions in the lists, and the decisions.

use epass_domain::{
    BankReason, Failure, Fault, FoundOut, Invalid, Line, Statement, StatementRefusal, TransferReference, Week,
};
use epass_web::words;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The positions in the lists of batches and of waiting statements.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListForm {
    /// The `next` of the previous page, for batches.
    pub avant: String,
    /// The `next_waiting` of the previous page, for statements that wait.
    pub apres: String,
    /// What was just done.
    #[param(ignore)]
    pub fait: String,
}

/// The position in a batch's statements.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BatchForm {
    /// The `next` of the previous page.
    pub apres: String,
    /// What was just done.
    #[param(ignore)]
    pub fait: String,
}

/// The batches to make.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BatchRunForm)]
pub struct RunForm {
    /// A week that is over, such as `2026-W47`.
    pub week: String,
    /// `yes` makes all batches that are due, in place of `week`. One of the two is required: an empty request starts
    /// nothing.
    #[schema(value_type = words::YesOrNone)]
    pub due: String,
}

impl RunForm {
    /// Parses the week, if one is given.
    ///
    /// # Errors
    /// A fault at `week` when it is not a week.
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

/// A decision about the revision of a statement that was read.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = StatementRevisionForm)]
pub struct RevisionForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
}

impl RevisionForm {
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

/// A transfer that the bank rejected or returned.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TransferFailureForm)]
pub struct FailureForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The failure: `rejected` or `returned`.
    #[schema(value_type = words::TransferFailure, required)]
    pub failure: String,
    /// The bank's reason, such as `AC04`; at most 105 characters.
    pub bank_reason: String,
}

impl FailureForm {
    /// Parses the revision, the failure and the reason.
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

/// A finding about an order on which the bank's reports contradict each other.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TransferFindingForm)]
#[into_params(parameter_in = Query)]
pub struct FindingForm {
    /// The revision that was read.
    #[schema(required)]
    pub revision: Option<u32>,
    /// The *EndToEndId* of the order.
    #[schema(required, example = "2026-W47-12345678")]
    pub reference: String,
    /// The finding: `executed`, `rejected` or `returned`.
    #[schema(value_type = words::TransferFinding, required)]
    #[param(value_type = words::TransferFinding)]
    pub found: String,
}

impl FindingForm {
    /// Parses the revision, the order and the finding.
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

/// The revision that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub(crate) u32);

impl Revision {
    /// Checks that the statement still has this revision.
    ///
    /// # Errors
    /// [`StatementRefusal::Changed`] when it does not.
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
