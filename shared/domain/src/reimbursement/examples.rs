//! Statements for tests.

use jiff::Timestamp;

use crate::{
    BankFile, Batch, Bic, Company, Creditor, Email, Envelope, Euros, Figures, Iban, Line, Month, PartnerId, Payee,
    Siret, Statement, Tally, Week,
};

/// The Monday after week 47, at 04:00.
pub(crate) fn monday() -> Timestamp {
    "2026-11-23T04:00:00+01:00".parse().unwrap()
}

pub(crate) fn week(code: &str) -> Week {
    Week::parse(code).unwrap()
}

pub(crate) fn batch() -> Batch {
    Batch::open(week("2026-W47"), 1, monday()).unwrap()
}

pub(crate) fn next_batch() -> Batch {
    Batch::open(week("2026-W48"), 1, monday() + jiff::SignedDuration::from_hours(7 * 24)).unwrap()
}

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text, 70).unwrap()
}

pub(crate) fn payee(account: u64) -> Payee {
    let iban = Iban::french(30006, 1, account);
    Payee { holder: line("Librairie Maupetit"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None }
}

pub(crate) fn creditor(payee: Option<Payee>) -> Creditor {
    let email = Email::parse("libraire@exemple.fr").unwrap();
    Creditor {
        partner: PartnerId::mint(1),
        name: line("Maupetit"),
        company: Company { legal_name: line("SARL Maupetit"), siret: Siret::made_up(1), address: None },
        commune: Some(line("Marseille")),
        payee,
        email,
        referent: line("Ada Roux"),
    }
}

pub(crate) fn tally() -> Tally {
    let mut tally = Tally::default();
    let november = Month::parse("2026-11").unwrap();
    tally.add(november, Envelope::Reading, Euros::from_cents(12_50));
    tally.add(november, Envelope::Outing, Euros::from_cents(24_000));
    tally.add(november, Envelope::Reading, Euros::from_cents(1));
    tally
}

pub(crate) fn statement(payee: Option<Payee>) -> Statement {
    Statement::issue(&creditor(payee), &tally(), &batch()).unwrap()
}

/// A batch with its file.
pub(crate) fn made_batch() -> Batch {
    let batch = Batch::open(week("2026-W47"), 3, monday()).unwrap();
    let execution_day = batch.opened_on.next_target_day();
    batch.made(Figures::default(), Some(BankFile { key: "1".into(), sha256: "1".into(), execution_day }))
}

/// This number of statements, which the batch pays.
pub(crate) fn statements(count: u64) -> Vec<Statement> {
    let issued = |number| {
        let creditor = Creditor { partner: PartnerId::mint(number), ..creditor(Some(payee(number))) };
        Statement::issue(&creditor, &tally(), &made_batch()).unwrap()
    };
    (1..=count).map(issued).collect()
}
