//! What partners took in weeks that are over, and the batches that pay it.

use background_reimbursement::{Progress, Reimbursement, Run};
use epass_domain::{
    BeneficiaryId, Campaign, CardNumber, DeskPayer, Envelope, Euros, Failure, Line, OutingPayer, ParisDay, PartnerId,
    Payer, Reference, SortieId, Statement, StatementNumber, StatementRefusal, Transaction, TransactionState, Week,
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

    /// The number of a statement of this partner: it took 12,50 € on a day of this week, and the week was closed.
    pub async fn stated(&self, shop: &Shop, day: &str, week: &str) -> StatementNumber {
        self.taken(shop, day, Envelope::Reading, 12_50).await;
        self.close(week).await;
        StatementNumber { week: Week::parse(week).unwrap(), partner: shop.partner.id.clone() }
    }

    /// The bank rejects the transfer of a partner's statement of this week.
    pub async fn rejected(&self, shop: &Shop, week: &str) {
        let reason = Some(Line::parse("AC04 Compte clos", 100).unwrap());
        self.told(shop, week, |stands, today| stands.failed(Failure::Rejected, reason, today)).await;
    }

    /// Changes a statement as something says that the bank told.
    pub async fn told(
        &self,
        shop: &Shop,
        week: &str,
        change: impl FnOnce(Statement, ParisDay) -> Result<Statement, StatementRefusal>,
    ) {
        let number = StatementNumber { week: Week::parse(week).unwrap(), partner: shop.partner.id.clone() };
        let before = self.house.store().reimbursements.find(&number).await.unwrap().unwrap();
        let after = change(before.clone(), ParisDay::of(self.house.clock.now())).unwrap();
        self.house.store().reimbursements.save(&before, &after, &[]).await.unwrap().unwrap();
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
