//! What partners took in weeks that are over, and the batches that pay it.

use background_reimbursement::{Progress, Reimbursement, Run};
use epass_domain::{
    BeneficiaryId, Campaign, CardNumber, DeskPayer, Envelope, Euros, Line, OutingPayer, ParisDay, PartnerId, Payer,
    Reference, SortieId, Transaction, TransactionState, Week,
};
use epass_web::{StartError, mint};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::stage::{Shop, Stage, at};

impl Stage {
    /// A transaction of so many cents that this partner took on a day, from a young person at the desk, or, of the outings'
    /// envelope, from an outing; stored as it is.
    pub async fn taken(&self, shop: &Shop, day: &str, envelope: Envelope, cents: u64) -> Transaction {
        let taken = taken(&shop.partner.id, day, envelope, cents);
        self.house.store().transactions.import(std::slice::from_ref(&taken)).await.unwrap();
        taken
    }

    /// The same one, cancelled a minute later.
    pub async fn taken_and_cancelled(&self, shop: &Shop, day: &str, envelope: Envelope, cents: u64) -> Transaction {
        let taken = taken(&shop.partner.id, day, envelope, cents);
        let state = TransactionState::Cancelled { at: taken.at + SignedDuration::from_mins(1) };
        let cancelled = Transaction { state, ..taken };
        self.house.store().transactions.import(std::slice::from_ref(&cancelled)).await.unwrap();
        cancelled
    }

    /// Closes a week: runs its batch to the end.
    pub async fn close(&self, week: &str) {
        let week = Week::parse(week).unwrap();
        run_to_the_end(&self.house.reimbursement().unwrap(), Run { week: Some(week) }).await.unwrap();
    }
}

/// Invokes the function until it says that nothing is left to do.
///
/// # Errors
/// What the function says.
pub async fn run_to_the_end(function: &Reimbursement, run: Run) -> Result<Progress, StartError> {
    loop {
        let progress = function.handle(run).await?;
        if progress.done {
            return Ok(progress);
        }
    }
}

/// A transaction that a partner took at noon of a day.
pub fn taken(partner: &PartnerId, day: &str, envelope: Envelope, cents: u64) -> Transaction {
    let paid_at = at(&format!("{day}T11:00:00Z"));
    let line = |text| Line::parse(text, 100).unwrap();
    let payer = match envelope {
        Envelope::Outing => Payer::Outing(OutingPayer {
            sortie: SortieId::mint(mint::number()),
            title: line("Le Cid"),
            establishment: line("Lycée Marie-Curie"),
            present: 29,
        }),
        _ => Payer::Desk(DeskPayer {
            beneficiary: BeneficiaryId(Uuid::from_u128(mint::number().into())),
            first_name: line("Inès"),
            last_name: line("Roux"),
            reference: Reference::Card(CardNumber::mint(mint::number())),
            available: Euros::ZERO,
        }),
    };
    Transaction {
        id: mint::transaction_id(paid_at),
        partner: partner.clone(),
        payer,
        envelope,
        amount: Euros::from_cents(cents),
        campaign: Campaign::of(ParisDay::of(paid_at)),
        at: paid_at,
        state: TransactionState::Paid,
    }
}
