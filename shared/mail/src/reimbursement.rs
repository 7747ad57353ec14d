//! The mails about a statement and its transfer (`product.md`, *Mails*; guide §7.3).

use epass_domain::{BankReason, Failure, Line, Outcome, Payee, Statement, StatementNumber, Transfer};
use serde::{Deserialize, Serialize};

use crate::words::Part::{self, Button, Fact, Words};

/// What the letters about a statement have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reimbursed {
    /// Which.
    pub number: StatementNumber,
    /// What it comes to, `1 234,50 €`.
    pub amount: String,
    /// The week, `du 16/11/2026 au 22/11/2026`.
    pub period: String,
    /// The account of its last order, masked; none while no account is approved.
    pub iban: Option<String>,
    /// When the bank was asked to execute it, `24/11/2026`.
    pub execution_day: Option<String>,
    /// What the bank said, where the order failed.
    pub failed: Option<FailedTransfer>,
    /// Whether a person found out that it is executed, though the bank had also said that it is rejected.
    #[serde(default)]
    pub found_executed: bool,
    /// The site.
    pub site_url: String,
}

/// An order that the bank did not execute, or sent back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTransfer {
    /// How.
    pub failure: Failure,
    /// The bank's reason, where it gave one.
    pub reason: Option<Line>,
    /// The account that the next batch pays it to, masked, where that is another one and approved already.
    #[serde(default)]
    pub next_iban: Option<String>,
}

impl Reimbursed {
    /// The facts of a statement as it stands.
    pub fn of(statement: &Statement, site_url: &str) -> Self {
        let (week, order) = (statement.number.week, statement.last_transfer());
        let failed = order.and_then(|order| match &order.outcome {
            Outcome::Failed { failure, reason, .. } => {
                Some(FailedTransfer { failure: *failure, reason: reason.clone(), next_iban: None })
            }
            Outcome::Ordered | Outcome::Paid { .. } | Outcome::ToCheck { .. } => None,
        });
        Self {
            number: statement.number.clone(),
            amount: statement.sum().amount().to_string(),
            period: format!("du {} au {}", week.first_day(), week.last_day()),
            iban: order.map(|order| order.payee.iban.masked()),
            execution_day: order.map(|order| order.execution_day.to_string()),
            failed,
            found_executed: order.is_some_and(Transfer::is_found_executed),
            site_url: site_url.to_owned(),
        }
    }

    /// With the account that the next batch pays it to ([`Statement::next_payee`]).
    #[must_use]
    pub fn goes_to(mut self, payee: Option<&Payee>) -> Self {
        let next = payee.map(|payee| payee.iban.masked());
        if let Some(failed) = &mut self.failed {
            failed.next_iban = next.filter(|next| Some(next) != self.iban.as_ref());
        }
        self
    }

    /// Subject and body.
    pub(crate) fn words(&self) -> (String, Vec<Part>) {
        let (subject, begins, ends) = match (&self.failed, &self.execution_day) {
            (Some(FailedTransfer { failure: Failure::Rejected, next_iban: Some(_), .. }), _) => (
                "Un virement est rejeté : il repart vers votre nouvel IBAN",
                "La banque a rejeté un virement de remboursement vers votre ancien compte. La somme vous reste due : elle part avec le prochain lot, vers votre nouvel IBAN, déjà validé.",
                "Vous n’avez rien à faire.",
            ),
            (Some(FailedTransfer { failure: Failure::Rejected, .. }), _) => (
                "Un virement est rejeté : vérifiez votre IBAN",
                "La banque a rejeté un virement de remboursement. La somme vous reste due.",
                "Vérifiez l’IBAN de votre dossier et corrigez-le s’il est faux : la somme part avec le lot qui suit la validation du nouvel IBAN. S’il est juste, écrivez à la Hotline.",
            ),
            (Some(FailedTransfer { failure: Failure::Returned, .. }), _) => (
                "Un virement nous est revenu",
                "Votre banque nous a retourné un virement de remboursement. La somme vous reste due : elle part avec le prochain lot.",
                "Vérifiez l’IBAN de votre dossier : si le compte a changé, indiquez le nouveau.",
            ),
            (None, _) if self.found_executed => (
                "Votre virement est bien exécuté",
                "La banque a dit d’un virement de remboursement qu’il était rejeté, puis qu’il était exécuté, ou l’inverse. Nous avons vérifié auprès d’elle : il est exécuté.",
                "Si un mail vous a annoncé son rejet, n’en tenez pas compte : vous n’avez rien à faire.",
            ),
            (None, Some(_)) => (
                "Votre relevé est disponible",
                "Le relevé de vos transactions e-PASS JEUNES de la semaine est disponible. Aucun bordereau n’est nécessaire.",
                "Le relevé se télécharge depuis l’écran « Je suis mes remboursements ».",
            ),
            (None, None) => (
                "Votre relevé est disponible ; votre IBAN manque",
                "Le relevé de vos transactions e-PASS JEUNES de la semaine est disponible, mais aucun IBAN n’est validé dans votre dossier. La somme vous reste due.",
                "Complétez les informations financières de votre dossier : la somme part avec le lot qui suit leur validation.",
            ),
        };
        let mut parts = vec![Words(begins.into()), Fact("Relevé", self.number.to_string())];
        parts.push(Fact("Semaine", self.period.clone()));
        parts.push(Fact("Montant", self.amount.clone()));
        parts.extend(self.iban.clone().map(|iban| Fact("IBAN", iban)));
        match &self.failed {
            Some(failed) => {
                let reason = failed.reason.as_ref().map(|reason| BankReason::of(reason).sentence());
                parts.extend(reason.map(|reason| Fact("Motif de la banque", reason)));
                parts.extend(failed.next_iban.clone().map(|iban| Fact("Nouvel IBAN", iban)));
            }
            None if self.found_executed => {}
            None => parts.extend(self.execution_day.clone().map(|day| Fact("Virement prévu le", day))),
        }
        parts.push(Words(ends.into()));
        parts.push(Button("Voir mes remboursements", format!("{}/remboursements", self.site_url)));
        (subject.into(), parts)
    }
}
