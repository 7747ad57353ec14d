//! Reconciliation: one table maps the standing of an order and the bank's answer to a verdict. Reports may arrive late,
//! twice and in any order; the result does not depend on the order. A person checks contradictions before any money
//! moves.

use crate::{Batch, Failure, Line, Outcome, Transfer};

/// The bank's answer about an order (ISO 20022, *pain.002*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankWord {
    /// Accepted; no final answer yet.
    Accepted,
    /// Executed.
    Executed,
    /// Rejected.
    Rejected {
        /// The reason code, if the bank gave one.
        reason: Option<Line>,
    },
}

/// The standing of an order before the bank's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStanding {
    /// In a batch's file; the bank gave no final answer.
    Ordered,
    /// As `Ordered`, and a person noted the whole batch as paid.
    NotedPaid,
    /// Executed.
    Paid,
    /// Rejected: never executed.
    Rejected,
    /// Executed and then sent back, as a person noted.
    Returned,
    /// The bank said both that it is executed and that it is rejected.
    ToCheck,
    /// A person decided after contradictory answers.
    Verified,
}

/// The effect of a report on one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// No effect: the answer is already known, or not final.
    Unchanged,
    /// The order is executed.
    Executed,
    /// The money is due again.
    Rejected,
    /// The bank contradicts itself: the money waits for a person's decision.
    Contradicted,
}

impl OrderStanding {
    /// All standings.
    pub const ALL: [Self; 7] =
        [Self::Ordered, Self::NotedPaid, Self::Paid, Self::Rejected, Self::Returned, Self::ToCheck, Self::Verified];

    /// The standing of an order of this batch.
    pub const fn of(order: &Transfer, batch: &Batch) -> Self {
        match order.outcome {
            _ if order.verified => Self::Verified,
            Outcome::Ordered if batch.is_paid() => Self::NotedPaid,
            Outcome::Ordered => Self::Ordered,
            Outcome::Paid { .. } => Self::Paid,
            Outcome::Failed { failure: Failure::Rejected, .. } => Self::Rejected,
            Outcome::Failed { failure: Failure::Returned, .. } => Self::Returned,
            Outcome::ToCheck { .. } => Self::ToCheck,
        }
    }
}

/// The reconciliation table. It lists every pair, so that a new standing or a new answer does not compile until its
/// verdict is decided.
///
/// A person's decision is not undone by a report that repeats what was known then (`Verified`). A transfer that was
/// sent back had been executed first, so that neither answer contradicts it (`Returned`).
pub const fn reconcile(standing: OrderStanding, word: &BankWord) -> Verdict {
    use BankWord::{Accepted, Executed, Rejected};
    use OrderStanding as Is;
    match (standing, word) {
        (Is::Ordered, Accepted) => Verdict::Unchanged,
        (Is::Ordered, Executed) => Verdict::Executed,
        (Is::Ordered, Rejected { .. }) => Verdict::Rejected,
        (Is::NotedPaid, Accepted) => Verdict::Unchanged,
        (Is::NotedPaid, Executed) => Verdict::Executed,
        (Is::NotedPaid, Rejected { .. }) => Verdict::Contradicted,
        (Is::Paid, Accepted) => Verdict::Unchanged,
        (Is::Paid, Executed) => Verdict::Unchanged,
        (Is::Paid, Rejected { .. }) => Verdict::Contradicted,
        (Is::Rejected, Accepted) => Verdict::Unchanged,
        (Is::Rejected, Executed) => Verdict::Contradicted,
        (Is::Rejected, Rejected { .. }) => Verdict::Unchanged,
        (Is::Returned, Accepted) => Verdict::Unchanged,
        (Is::Returned, Executed) => Verdict::Unchanged,
        (Is::Returned, Rejected { .. }) => Verdict::Unchanged,
        (Is::ToCheck, Accepted) => Verdict::Unchanged,
        (Is::ToCheck, Executed) => Verdict::Unchanged,
        (Is::ToCheck, Rejected { .. }) => Verdict::Unchanged,
        (Is::Verified, Accepted) => Verdict::Unchanged,
        (Is::Verified, Executed) => Verdict::Unchanged,
        (Is::Verified, Rejected { .. }) => Verdict::Unchanged,
    }
}

impl Transfer {
    /// Applies the bank's answer and returns its effect. `today` is the day on which the answer became known.
    pub(crate) fn hear(&mut self, word: &BankWord, batch: &Batch, today: crate::ParisDay) -> Verdict {
        let verdict = reconcile(OrderStanding::of(self, batch), word);
        match verdict {
            Verdict::Unchanged => {}
            Verdict::Executed => self.outcome = Outcome::Paid { on: today },
            Verdict::Rejected => {
                self.outcome = Outcome::Failed { on: today, failure: Failure::Rejected, reason: None, again: false };
            }
            Verdict::Contradicted => self.outcome = Outcome::ToCheck { on: today, reason: self.reason().cloned() },
        }
        if let BankWord::Rejected { reason: said } = word
            && !self.verified
        {
            self.learn(said.as_ref());
        }
        verdict
    }

    /// Keeps, of several reasons, the alphabetically first one, so that the order of the reports does not matter.
    fn learn(&mut self, said: Option<&Line>) {
        if let Outcome::Failed { failure: Failure::Rejected, reason, .. } | Outcome::ToCheck { reason, .. } =
            &mut self.outcome
            && let Some(said) = said
            && reason.as_ref().is_none_or(|known| said.as_str() < known.as_str())
        {
            *reason = Some(said.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::{BankFile, Bic, Figures, Iban, ParisDay, Payee, Week};

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    fn monday() -> Timestamp {
        "2026-11-23T04:00:00+01:00".parse().unwrap()
    }

    fn batch() -> Batch {
        let open = Batch::open(Week::parse("2026-W47").unwrap(), 1, monday()).unwrap();
        let execution_day = ParisDay::of(monday()).next_target_day();
        open.made(Figures::default(), Some(BankFile { key: "1".into(), sha256: "1".into(), execution_day }))
    }

    fn order(outcome: Outcome) -> Transfer {
        let iban = Iban::french(30006, 1, 1);
        let payee = Payee { holder: line("Maupetit"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None };
        let (batch, execution_day) = (batch().week, ParisDay::of(monday()));
        Transfer { batch, payee, execution_day, outcome, verified: false }
    }

    fn words() -> Vec<BankWord> {
        let rejected = |reason: Option<&str>| BankWord::Rejected { reason: reason.map(line) };
        vec![
            BankWord::Accepted,
            BankWord::Executed,
            rejected(None),
            rejected(Some("AC04")),
            rejected(Some("MD07, décès")),
        ]
    }

    /// One order for every standing, each with its batch.
    fn every_standing() -> Vec<(OrderStanding, Transfer, Batch)> {
        let on = ParisDay::of(monday());
        let failed = |failure| Outcome::Failed { on, failure, reason: None, again: false };
        let of = |outcome| (order(outcome), batch());
        let verified = (Transfer { verified: true, ..order(Outcome::Paid { on }) }, batch());
        let noted = (order(Outcome::Ordered), batch().paid(on).unwrap());
        let made = [
            of(Outcome::Ordered),
            noted,
            of(Outcome::Paid { on }),
            of(failed(Failure::Rejected)),
            of(failed(Failure::Returned)),
            of(Outcome::ToCheck { on, reason: None }),
            verified,
        ];
        OrderStanding::ALL.into_iter().zip(made).map(|(standing, (order, batch))| (standing, order, batch)).collect()
    }

    fn heard(from: &Transfer, batch: &Batch, said: &[&BankWord]) -> Transfer {
        let mut order = from.clone();
        for word in said {
            order.hear(word, batch, ParisDay::of(monday()));
        }
        order
    }

    /// All permutations of a slice.
    fn permutations<T: Copy>(of: &[T]) -> Vec<Vec<T>> {
        if of.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for place in 0..of.len() {
            let mut rest = of.to_vec();
            let first = rest.remove(place);
            all.extend(permutations(&rest).into_iter().map(|tail| [vec![first], tail].concat()));
        }
        all
    }

    #[test]
    fn every_standing_is_told_from_its_order() {
        for (standing, order, batch) in every_standing() {
            assert_eq!(OrderStanding::of(&order, &batch), standing);
        }
    }

    #[test]
    fn executed_and_rejected_of_one_order_is_a_contradiction_in_either_order() {
        let (executed, rejected) = (&words()[1], &words()[3]);
        for said in [[executed, rejected], [rejected, executed]] {
            let order = heard(&order(Outcome::Ordered), &batch(), &said);
            let reason = Some(line("AC04"));
            assert_eq!(order.outcome, Outcome::ToCheck { on: ParisDay::of(monday()), reason });
        }
    }

    /// Exhaustive: from every standing, up to four words with repeats, in every order.
    #[test]
    fn whatever_the_order_of_up_to_four_reports_the_end_is_the_same() {
        let words = words();
        for (standing, from, batch) in every_standing() {
            for codes in 0..words.len().pow(4) {
                let digits = (0..4).map(|place| codes / words.len().pow(place) % words.len());
                let said: Vec<&BankWord> = digits.map(|digit| &words[digit]).collect();
                for count in 1..=4 {
                    let end = heard(&from, &batch, &said[..count]);
                    for other in permutations(&said[..count]) {
                        assert_eq!(heard(&from, &batch, &other), end, "{standing:?}: {other:?}");
                    }
                    let repeated = heard(&end, &batch, &said[..count]);
                    assert_eq!(repeated, end, "{standing:?}: read again, {said:?} changes nothing");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_report_makes_money_due_that_another_report_says_is_executed(
            said in proptest::collection::vec(0..5_usize, 1..8),
        ) {
            let words = words();
            let said: Vec<&BankWord> = said.into_iter().map(|code| &words[code]).collect();
            let end = heard(&order(Outcome::Ordered), &batch(), &said);
            if said.contains(&&BankWord::Executed) {
                prop_assert!(!end.has_failed());
            }
        }
    }
}
