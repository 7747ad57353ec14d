//! The audit of a batch: recomputes its sums from the transactions and stops at the first difference.

use std::collections::BTreeMap;

use crate::{
    AuditRule, CommuneTakings, Difference, Euros, Figures, Line, Month, PartnerId, Statement, Tally, Total, Week,
};

/// The audit of a batch: recomputes its sums from the transactions and stops at the first difference.
#[derive(Clone, Debug)]
pub struct Audit {
    week: Week,
    statements: Total,
    held: Total,
    carried: Total,
    tally: Tally,
    communes: BTreeMap<(Option<Line>, Month), (u32, Total)>,
}

impl Audit {
    /// An empty audit of a week.
    pub fn of(week: Week) -> Self {
        Self {
            week,
            statements: Total::default(),
            held: Total::default(),
            carried: Total::default(),
            tally: Tally::default(),
            communes: BTreeMap::new(),
        }
    }

    /// The audited week.
    pub const fn week(&self) -> Week {
        self.week
    }

    /// Compares one partner's transactions of the week with its statement.
    ///
    /// # Errors
    /// [`AuditRule::StatementMissing`], [`AuditRule::LinesDoNotAddUp`].
    pub fn compare(
        &mut self,
        partner: &PartnerId,
        recount: Total,
        statement: Option<&Statement>,
    ) -> Result<(), Difference> {
        let stated = statement.map(Statement::sum).unwrap_or_default();
        if stated != recount {
            let rule = if statement.is_none() { AuditRule::StatementMissing } else { AuditRule::LinesDoNotAddUp };
            return Err(Difference::new(rule, Some(partner.clone()), stated.amount(), recount.amount()));
        }
        if let Some(statement) = statement {
            self.count(statement);
        }
        Ok(())
    }

    fn count(&mut self, statement: &Statement) {
        let amount = statement.sum().amount();
        self.statements.add(amount);
        if statement.transfer_in(self.week).is_none() {
            self.held.add(amount);
        }
        let mut months = BTreeMap::<Month, Total>::new();
        for takings in &statement.takings {
            self.tally.add_all(takings);
            *months.entry(takings.month).or_default() += Total::of(takings.count, takings.amount);
        }
        for (month, sum) in months {
            let (partners, whole) = self.communes.entry((statement.commune.clone(), month)).or_default();
            *partners += 1;
            *whole += sum;
        }
    }

    /// Adds an earlier statement that the batch pays.
    pub fn carry(&mut self, statement: &Statement) {
        self.carried.add(statement.sum().amount());
    }

    /// Compares the sum of all statements with the control sum of the file.
    ///
    /// # Errors
    /// [`AuditRule::FileDoesNotAddUp`].
    pub fn close(self, transfers: Total) -> Result<(Figures, Vec<CommuneTakings>), Difference> {
        let Self { statements, held, carried, tally, communes, .. } = self;
        let due = statements.amount().checked_sub(held.amount()).and_then(|due| due.checked_add(carried.amount()));
        let due = Total::of(statements.count - held.count + carried.count, due.unwrap_or(Euros::ZERO));
        if due != transfers {
            return Err(Difference::new(AuditRule::FileDoesNotAddUp, None, transfers.amount(), due.amount()));
        }
        let communes = communes.into_iter().map(|((commune, month), (partners, total))| CommuneTakings {
            commune,
            month,
            partners,
            total,
        });
        let communes = communes.collect();
        Ok((Figures { statements, held, carried, transfers, takings: tally.takings() }, communes))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{Batch, Bic, Company, Creditor, Email, Envelope, Iban, Payee, Siret};

    fn monday() -> Timestamp {
        "2026-11-23T04:00:00+01:00".parse().unwrap()
    }

    fn batch() -> Batch {
        Batch::open(Week::parse("2026-W47").unwrap(), 2, monday()).unwrap()
    }

    fn statement(partner: u64, has_account: bool, cents: u64) -> Statement {
        let line = |text| Line::parse(text, 70).unwrap();
        let iban = Iban::french(30006, 1, partner);
        let payee = Payee { holder: line("Le Titulaire"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None };
        let creditor = Creditor {
            partner: PartnerId::mint(partner),
            name: line("La Librairie"),
            company: Company { legal_name: line("SARL La Librairie"), siret: Siret::made_up(partner), address: None },
            commune: Some(line("Marseille")),
            payee: has_account.then_some(payee),
            email: Email::parse("libraire@exemple.fr").unwrap(),
            referent: line("Ada Roux"),
        };
        let mut tally = Tally::default();
        tally.add(Month::parse("2026-11").unwrap(), Envelope::Reading, Euros::from_cents(cents));
        Statement::issue(&creditor, &tally, &batch()).unwrap()
    }

    fn total(count: u32, cents: u64) -> Total {
        Total::of(count, Euros::from_cents(cents))
    }

    #[test]
    fn statements_less_those_held_and_with_those_carried_are_what_the_file_pays() {
        let (paid, held, carried) = (statement(1, true, 12_50), statement(2, false, 7_00), statement(3, true, 1_00));
        let mut audit = Audit::of(batch().week);
        for of in [&paid, &held] {
            audit.compare(&of.number.partner, of.sum(), Some(of)).unwrap();
        }
        audit.carry(&carried);
        let (figures, communes) = audit.close(total(2, 13_50)).unwrap();
        assert_eq!((figures.statements, figures.held), (total(2, 19_50), total(1, 7_00)));
        assert_eq!((figures.carried, figures.transfers), (total(1, 1_00), total(2, 13_50)));
        assert_eq!(communes.len(), 1);
        assert_eq!((communes[0].partners, communes[0].total), (2, total(2, 19_50)));
    }

    #[test]
    fn the_auditor_names_the_partner_whose_lines_do_not_add_up() {
        let one = statement(1, true, 12_50);
        for (recount, stated, rule) in [
            (total(1, 12_49), Some(&one), AuditRule::LinesDoNotAddUp),
            (total(2, 12_50), Some(&one), AuditRule::LinesDoNotAddUp),
            (total(0, 0), Some(&one), AuditRule::LinesDoNotAddUp),
            (total(1, 12_50), None, AuditRule::StatementMissing),
        ] {
            let difference = Audit::of(batch().week).compare(&one.number.partner, recount, stated).unwrap_err();
            assert_eq!((difference.rule, difference.partner), (rule, Some(one.number.partner.clone())));
        }
        let nothing = Audit::of(batch().week).compare(&one.number.partner, Total::default(), None);
        assert_eq!(nothing, Ok(()), "a partner that took nothing has no statement");
    }

    #[test]
    fn a_file_that_pays_a_cent_or_a_transfer_more_or_less_is_refused() {
        let one = statement(1, true, 12_50);
        for wrong in [total(1, 12_51), total(1, 12_49), total(2, 12_50), total(0, 0)] {
            let mut audit = Audit::of(batch().week);
            audit.compare(&one.number.partner, one.sum(), Some(&one)).unwrap();
            let difference = audit.close(wrong).unwrap_err();
            assert_eq!((difference.rule, difference.partner), (AuditRule::FileDoesNotAddUp, None));
        }
    }
}
