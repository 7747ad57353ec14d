//! The effect of a bank report on the statements of a batch: a plan that is shown first, and applied on confirmation.

use std::collections::HashMap;

use crate::{BankReport, BankWord, Batch, Fault, Line, ParisDay, Statement, TransferReference, Verdict};

/// The maximum number of unknown references that a refusal names.
const NAMED: usize = 5;

/// The effect of a report on the transfers of a file, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportFigures {
    /// Transfers that the report names.
    pub named: u32,
    /// Transfers that the report newly marks as executed.
    pub executed: u32,
    /// Transfers whose money the report newly makes due again.
    pub rejected: u32,
    /// Transfers that a person has to check: the report makes the bank contradict itself.
    pub contradicted: u32,
    /// Transfers without a final answer in the report: pending or held.
    pub pending: u32,
    /// Transfers of the file that still have no final answer.
    pub unanswered: u32,
    /// Whether the report changes nothing, because all of it was known.
    pub is_known: bool,
}

/// One order of the file, with the report's answers.
#[derive(Clone, Debug)]
pub struct ReportedOrder {
    /// The reference of the order.
    pub reference: TransferReference,
    /// The answers about the transfer and about the whole file; they may contradict each other.
    pub words: Vec<BankWord>,
    /// The statement before the report.
    pub before: Statement,
    /// The statement after the report.
    pub after: Statement,
    /// The effect on the order.
    pub verdict: Verdict,
}

/// The effect of a report on the current state of a batch.
#[derive(Clone, Debug)]
pub struct ReportPlan {
    /// The orders that the report names.
    pub reported: Vec<ReportedOrder>,
    /// Orders that still have no final answer.
    unanswered: u32,
}

impl ReportPlan {
    /// Computes the effect of a report on the statements that a batch orders or ordered.
    ///
    /// # Errors
    /// `unknown_references` when the report names a transfer that is not in the batch.
    pub fn over(report: &BankReport, batch: &Batch, statements: &[Statement], today: ParisDay) -> Result<Self, Fault> {
        let named = report.transfers.iter();
        let mut named: HashMap<&str, BankWord> = named.map(|one| (one.end_to_end.as_str(), one.word())).collect();
        let mut plan = Self { reported: Vec::new(), unanswered: 0 };
        for before in statements {
            for (reference, order) in before.orders_in(batch.week) {
                // A final answer about the whole file applies to every transfer in it.
                let words: Vec<_> =
                    named.remove(reference.code().as_str()).into_iter().chain(report.word_of_all()).collect();
                if words.is_empty() {
                    plan.unanswered += u32::from(order.is_unanswered());
                    continue;
                }
                let (after, verdict) = before.hear(&reference, &words, batch, today);
                let is_unanswered =
                    after.transfers.get(reference.attempt - 1).is_some_and(|order| order.is_unanswered());
                plan.unanswered += u32::from(is_unanswered);
                plan.reported.push(ReportedOrder { reference, words, before: before.clone(), after, verdict });
            }
        }
        let unknown: Vec<&str> =
            report.transfers.iter().map(|one| one.end_to_end.as_str()).filter(|one| named.contains_key(one)).collect();
        if unknown.is_empty() { Ok(plan) } else { Err(unknown_references(&unknown)) }
    }

    /// The effect, in numbers.
    pub fn figures(&self) -> ReportFigures {
        self.count(self.reported.iter().map(|order| order.verdict))
    }

    /// The numbers for these verdicts, one for each order.
    pub fn count(&self, verdicts: impl Iterator<Item = Verdict>) -> ReportFigures {
        let pending = self.reported.iter().filter(|order| order.is_pending()).count();
        let (named, pending) = (count(self.reported.len()), count(pending));
        let mut read = ReportFigures { named, pending, unanswered: self.unanswered, ..ReportFigures::default() };
        for verdict in verdicts {
            match verdict {
                Verdict::Unchanged => {}
                Verdict::Executed => read.executed += 1,
                Verdict::Rejected => read.rejected += 1,
                Verdict::Contradicted => read.contradicted += 1,
            }
        }
        ReportFigures { is_known: read.executed + read.rejected + read.contradicted == 0, ..read }
    }
}

impl ReportedOrder {
    /// Whether the report has no final answer about this order.
    pub fn is_pending(&self) -> bool {
        self.words.iter().all(|word| *word == BankWord::Accepted)
    }

    /// The reason for the rejection, if the bank gave one.
    pub fn reason(&self) -> Option<&Line> {
        self.words.iter().find_map(|word| match word {
            BankWord::Rejected { reason } => reason.as_ref(),
            BankWord::Executed | BankWord::Accepted => None,
        })
    }
}

impl Statement {
    /// The statement after all answers of a report about one of its orders, and the last verdict that changed it.
    pub fn hear(
        &self,
        reference: &TransferReference,
        words: &[BankWord],
        batch: &Batch,
        today: ParisDay,
    ) -> (Statement, Verdict) {
        words.iter().fold((self.clone(), Verdict::Unchanged), |(standing, so_far), word| {
            let (after, verdict) = standing.reported(reference.attempt, word, batch, today);
            (after, if verdict == Verdict::Unchanged { so_far } else { verdict })
        })
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

fn unknown_references(unknown: &[&str]) -> Fault {
    let named = unknown.iter().take(NAMED).map(|one| format!("« {one} »")).collect::<Vec<_>>().join(", ");
    let more = if unknown.len() > NAMED { format!(" et {} autres", unknown.len() - NAMED) } else { String::new() };
    Fault::told(
        "unknown_references",
        format!("Ce lot ne contient pas ces virements : {named}{more}. Rien n’est changé."),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reimbursement::examples::{made_batch as batch, statements};
    use crate::{BankStatus, TransferReport};

    const WORDS: [Option<BankStatus>; 4] =
        [None, Some(BankStatus::Accepted), Some(BankStatus::Settled), Some(BankStatus::Rejected)];

    /// A report with a status for the whole file and one for each transfer.
    fn report(whole: usize, each: &[usize], statements: &[Statement]) -> BankReport {
        let named = statements.iter().zip(each).filter_map(|(statement, word)| {
            let end_to_end = statement.reference().code();
            Some(TransferReport { end_to_end, status: WORDS[*word]?, reason: Some(format!("AC0{word}")) })
        });
        let whole = WORDS[whole].into_iter().filter(|status| *status != BankStatus::Rejected).collect();
        BankReport { original_message: "1".into(), whole, reason: None, transfers: named.collect() }
    }

    /// The statements after several reports.
    fn after(reports: &[&BankReport], statements: &[Statement]) -> Vec<Statement> {
        let mut standing = statements.to_vec();
        for report in reports {
            let plan = ReportPlan::over(report, &batch(), &standing, batch().opened_on).unwrap();
            for order in plan.reported {
                let place = standing.iter().position(|one| one.number == order.after.number).unwrap();
                standing[place] = order.after;
            }
        }
        for one in &mut standing {
            // The revision counts the changes, so that it depends on the order.
            one.revision = 0;
        }
        standing
    }

    proptest! {
        #[test]
        fn up_to_four_reports_end_the_same_in_every_order_and_read_again(
            words in proptest::collection::vec((0..4_usize, proptest::collection::vec(0..4_usize, 3)), 1..=4),
            shuffle in any::<prop::sample::Index>(),
            repeated in proptest::collection::vec(any::<bool>(), 4),
        ) {
            let statements = statements(3);
            let reports: Vec<BankReport> = words.iter().map(|(whole, each)| report(*whole, each, &statements)).collect();
            let in_order: Vec<&BankReport> = reports.iter().collect();
            let end = after(&in_order, &statements);
            let mut others = in_order.clone();
            others.extend(in_order.iter().zip(repeated).filter(|(_, again)| *again).map(|(report, _)| *report));
            let turn = shuffle.index(others.len());
            others.rotate_left(turn);
            prop_assert_eq!(&after(&others, &statements), &end);
            others.reverse();
            prop_assert_eq!(&after(&others, &statements), &end);
            for report in &reports {
                let again = ReportPlan::over(report, &batch(), &end, batch().opened_on).unwrap();
                prop_assert!(again.figures().is_known);
            }
        }
    }

    /// A report with these statuses for the whole file and for the first transfers.
    fn said(whole: &[BankStatus], each: &[usize], statements: &[Statement]) -> BankReport {
        BankReport { whole: whole.to_vec(), reason: Some("AM05, Doublon".into()), ..report(0, each, statements) }
    }

    #[test]
    fn a_file_that_is_rejected_whole_changes_nothing_and_is_sent_again_only_where_nothing_of_it_is_executed() {
        use BankStatus::{Accepted, Partly, Rejected, Settled};
        let fresh = statements(3);
        let executed = after(&[&report(0, &[2, 0, 0], &fresh)], &fresh);
        let (again, ask) = ("transmettez de nouveau le même fichier", "Ne transmettez rien de nouveau");
        for (whole, each, standing, advice) in [
            (vec![Rejected], [0, 0, 0], &fresh, again),
            (vec![Accepted, Rejected], [0, 0, 0], &fresh, again),
            (vec![Partly, Rejected], [0, 0, 0], &fresh, again),
            (vec![Rejected], [3, 0, 0], &fresh, again),
            (vec![Rejected], [0, 0, 0], &executed, ask),
            (vec![Rejected], [0, 3, 0], &executed, ask),
            (vec![Settled, Rejected], [0, 0, 0], &fresh, ask),
            (vec![Rejected], [2, 0, 0], &fresh, ask),
            (vec![Rejected], [2, 3, 3], &fresh, ask),
        ] {
            let fault = said(&whole, &each, &fresh).took_the_file(&batch(), standing).unwrap_err();
            assert_eq!(fault.code, "file_rejected");
            assert!(fault.message.contains(advice), "{whole:?}, {each:?}: {}", fault.message);
            assert_eq!(fault.message.contains("opération en double (AM05)"), advice == again, "{}", fault.message);
        }
        let each_named = said(&[Rejected], &[3, 3, 3], &fresh);
        assert!(each_named.took_the_file(&batch(), &fresh).is_ok());
        let read = ReportPlan::over(&each_named, &batch(), &fresh, batch().opened_on).unwrap().figures();
        assert_eq!(read, ReportFigures { named: 3, rejected: 3, ..ReportFigures::default() });
    }

    #[test]
    fn the_most_final_word_about_the_whole_counts_and_one_that_a_transfer_contradicts_is_checked() {
        use BankStatus::{Accepted, Partly, Settled};
        let statements = statements(3);
        for whole in [vec![Settled], vec![Accepted, Settled], vec![Partly, Settled], vec![Settled, Accepted]] {
            let read = ReportPlan::over(&said(&whole, &[], &statements), &batch(), &statements, batch().opened_on)
                .unwrap()
                .figures();
            assert_eq!(read, ReportFigures { named: 3, executed: 3, ..ReportFigures::default() }, "{whole:?}");
        }
        let contradicted = said(&[Settled], &[3, 0, 0], &statements);
        let read = ReportPlan::over(&contradicted, &batch(), &statements, batch().opened_on).unwrap().figures();
        assert_eq!(read, ReportFigures { named: 3, executed: 2, contradicted: 1, ..ReportFigures::default() });
    }

    #[test]
    fn a_report_of_one_of_three_says_that_two_are_unanswered() {
        let statements = statements(3);
        let plan =
            ReportPlan::over(&report(0, &[2, 0, 0], &statements), &batch(), &statements, batch().opened_on).unwrap();
        let expected = ReportFigures { named: 1, executed: 1, unanswered: 2, ..ReportFigures::default() };
        assert_eq!(plan.figures(), expected);
    }

    #[test]
    fn a_word_about_the_whole_file_contradicts_the_transfer_that_was_rejected() {
        let statements = statements(3);
        let (one, all) = (report(0, &[3, 0, 0], &statements), report(2, &[0, 0, 0], &statements));
        let end = after(&[&one, &all], &statements);
        assert_eq!(end, after(&[&all, &one], &statements));
        assert_eq!(end.iter().map(Statement::is_to_check).collect::<Vec<_>>(), [true, false, false]);
    }
}
