//! A statement as an item.

use epass_domain::{
    Company, Envelope, Euros, Line, Month, ParisDay, PartnerId, Statement, StatementNumber, Takings, Transfer, Week,
};
use serde::{Deserialize, Serialize};

use crate::dynamo::{Item, StoreError, Table, from_item, text, to_item};

pub(super) const CARRIED: &str = "carried#";

pub(super) const DUE: &str = "yes";

pub(super) const TO_CHECK: &str = "check";

pub(super) fn carried_owner(week: Week) -> String {
    format!("batch#{week}")
}

/// The sort key by amount, the largest last: twelve digits of cents, then the partner.
pub(super) fn rank(of: &Statement) -> String {
    format!("{:012}#{}", of.sum().amount().cents(), of.number.partner)
}

#[derive(Deserialize)]
pub(super) struct CarriedItem {
    pub(super) entry: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TakingsItem {
    month: Month,
    envelope: Envelope,
    count: u32,
    amount_cents: u64,
}

impl From<&Takings> for TakingsItem {
    fn from(of: &Takings) -> Self {
        Self { month: of.month, envelope: of.envelope, count: of.count, amount_cents: of.amount.cents() }
    }
}

impl From<TakingsItem> for Takings {
    fn from(item: TakingsItem) -> Self {
        let amount = Euros::from_cents(item.amount_cents);
        Self { month: item.month, envelope: item.envelope, count: item.count, amount }
    }
}

#[derive(Serialize, Deserialize)]
struct StatementItem {
    owner: PartnerId,
    entry: Week,
    revision: u32,
    issued_on: ParisDay,
    partner_name: Line,
    company: Company,
    commune: Option<Line>,
    takings: Vec<TakingsItem>,
    transfers: Vec<Transfer>,
}

pub(super) fn statement_item(of: &Statement) -> Item {
    let mut item = to_item(&StatementItem {
        owner: of.number.partner.clone(),
        entry: of.number.week,
        revision: of.revision,
        issued_on: of.issued_on,
        partner_name: of.partner_name.clone(),
        company: of.company.clone(),
        commune: of.commune.clone(),
        takings: of.takings.iter().map(Into::into).collect(),
        transfers: of.transfers.clone(),
    });
    item.insert("week".into(), text(of.number.week));
    item.insert("rank".into(), text(rank(of)));
    let waits = if of.is_to_check() { Some(TO_CHECK) } else { of.is_due().then_some(DUE) };
    if let Some(what_for) = waits {
        item.insert("due".into(), text(what_for));
        item.insert("number".into(), text(&of.number));
    }
    item
}

pub(super) fn statement(item: Item) -> Result<Statement, StoreError> {
    let item: StatementItem = from_item(Table::Reimbursements, item)?;
    Ok(Statement {
        number: StatementNumber { week: item.entry, partner: item.owner },
        revision: item.revision,
        issued_on: item.issued_on,
        partner_name: item.partner_name,
        company: item.company,
        commune: item.commune,
        takings: item.takings.into_iter().map(Into::into).collect(),
        transfers: item.transfers,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use epass_domain::{Address, Bic, Failure, Iban, Outcome, Payee, Postcode, Siret};

    use super::*;

    pub(in crate::reimbursements) fn week() -> Week {
        Week::parse("2026-W47").unwrap()
    }

    pub(in crate::reimbursements) fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    pub(in crate::reimbursements) fn some_statement(outcome: Outcome) -> Statement {
        let today = week().next().first_day();
        let iban = Iban::french(30006, 1, 7);
        let payee = Payee { holder: line("L’Œil"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None };
        let takings = |month, cents| Takings {
            month: Month::parse(month).unwrap(),
            envelope: Envelope::Outing,
            count: 3,
            amount: Euros::from_cents(cents),
        };
        Statement {
            number: StatementNumber { week: week(), partner: PartnerId::mint(1) },
            revision: 2,
            issued_on: today,
            partner_name: line("L’Œil écoute"),
            company: Company {
                legal_name: line("SARL L’Œil"),
                siret: Siret::made_up(1),
                address: Some(Address {
                    street: line("1 rue des Arènes"),
                    postcode: Postcode::parse("13200").unwrap(),
                    commune: line("Arles"),
                }),
            },
            commune: Some(line("Arles")),
            takings: vec![takings("2026-11", 24_000), takings("2026-12", 1)],
            transfers: vec![Transfer {
                batch: week(),
                payee,
                execution_day: today.next_target_day(),
                outcome,
                verified: false,
            }],
        }
    }

    #[test]
    fn a_statement_reads_back_and_only_one_that_is_due_lies_in_the_index_of_those() {
        let on = week().last_day();
        let reason = Some(line("AC04"));
        let failed = Outcome::Failed { on, failure: Failure::Rejected, reason, again: false };
        let disputed = Outcome::ToCheck { on, reason: None };
        for (outcome, waits) in [
            (Outcome::Ordered, None),
            (Outcome::Paid { on }, None),
            (failed, Some(&text(DUE))),
            (disputed, Some(&text(TO_CHECK))),
        ] {
            let stored = some_statement(outcome);
            let item = statement_item(&stored);
            assert_eq!(item.get("due"), waits);
            assert_eq!(item["rank"].as_s().unwrap(), "000000024001#10000001");
            assert_eq!(statement(item).unwrap(), stored);
        }
        let without_account = Statement { transfers: Vec::new(), commune: None, ..some_statement(Outcome::Ordered) };
        assert!(statement_item(&without_account).contains_key("due"));
        assert_eq!(statement(statement_item(&without_account)).unwrap(), without_account);
    }
}
