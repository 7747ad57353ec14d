//! The reason for which the money of a statement waits, from the partner's current dossier.

use std::collections::HashMap;

use epass_domain::{Creditor, Outcome, Partner, PartnerId, Statement};
use epass_store::Partners;
use epass_web::{App, Problem};

/// The partners of the statements that wait.
pub(crate) struct Creditors(HashMap<PartnerId, Partner>);

impl Creditors {
    /// Reads the partners of those statements whose money is due, in one round trip.
    pub(crate) async fn of(app: &App, statements: &[Statement]) -> Result<Self, Problem> {
        let due = statements.iter().filter(|statement| statement.is_due()).map(|statement| &statement.number.partner);
        let due: Vec<&PartnerId> = due.collect();
        let keys: Vec<_> = due.iter().map(|partner| Partners::key(partner)).collect();
        let mut partners = HashMap::new();
        if !keys.is_empty() {
            let found = app.store.read(&keys).await?;
            for id in due {
                partners.extend(Partners::in_found(&found, id)?.map(|partner| (id.clone(), partner)));
            }
        }
        Ok(Self(partners))
    }

    /// The reason for which a statement waits; none when it does not wait.
    pub(crate) fn why(&self, statement: &Statement) -> Option<&'static str> {
        why(statement, self.0.get(&statement.number.partner))
    }

    /// Whether the next batch would pay a statement now.
    pub(crate) fn is_payable(&self, statement: &Statement) -> bool {
        let approved = self.0.get(&statement.number.partner).and_then(|partner| Creditor::of(partner).payee);
        statement.next_payee(approved.as_ref()).is_some()
    }
}

fn why(statement: &Statement, partner: Option<&Partner>) -> Option<&'static str> {
    if statement.is_to_check() {
        return Some("La banque le dit exécuté, et rejeté");
    }
    if !statement.is_due() {
        return None;
    }
    let approved = partner.and_then(|partner| Creditor::of(partner).payee);
    let refused = statement.last_transfer().map(|order| &order.outcome);
    Some(match (refused, statement.next_payee(approved.as_ref())) {
        (Some(Outcome::Failed { again: false, .. }), Some(_)) => "Part avec le prochain lot, vers le nouvel IBAN",
        (_, Some(_)) => "Part avec le prochain lot",
        _ if partner.is_some_and(|partner| partner.waiting_bank().is_some()) => "Un nouvel IBAN attend votre décision",
        (Some(Outcome::Failed { .. }), None) if approved.is_some() => "Il faut un autre IBAN, ou votre accord",
        (_, None) => "Il faut un IBAN validé",
    })
}
