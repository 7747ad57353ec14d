//! Paying at the desk and cancelling the same day (guide §7.1, §7.2).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Beneficiary, BeneficiaryId, Campaign, CardState, Convention, Envelope, Euros, Line, ParisDay, PartnerId, Reference,
    Refusal, SortieId, TransactionId, Voucher,
};

/// What a look-up hands to the payment that follows it; it travels signed. The transaction's id is minted
/// with it, so that a resend finds its own first payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The partner that looked the beneficiary up.
    pub partner: PartnerId,
    /// Who was found.
    pub beneficiary: BeneficiaryId,
    /// The number that was shown at the desk.
    pub reference: Reference,
    /// The id that the payment will have.
    pub transaction: TransactionId,
    /// When the look-up was made.
    pub minted_at: Timestamp,
}

impl Ticket {
    /// How long a desk may think.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(15);

    /// Whether a first payment may still be made with it: a quarter of an hour, and the same Paris day, so that
    /// the day in the transaction's id is the day of the payment.
    ///
    /// # Errors
    /// [`Refusal::TicketExpired`].
    pub fn live(&self, now: Timestamp) -> Result<(), Refusal> {
        let fresh = now < self.minted_at + Self::LIFE && ParisDay::of(now) == ParisDay::of(self.minted_at);
        if fresh { Ok(()) } else { Err(Refusal::TicketExpired) }
    }
}

/// What the desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    /// The envelope that was ticked; none where the convention names only one.
    pub envelope: Option<Envelope>,
    /// More than zero.
    pub amount: Euros,
}

/// What a payment is decided on, as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The partner's convention, as it stands.
    pub convention: Option<&'a Convention>,
    /// Who pays.
    pub beneficiary: &'a Beneficiary,
    /// The voucher that was shown in place of the card.
    pub voucher: Option<&'a Voucher>,
}

/// A debit that the rules allow. [`Payment::accept`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    transaction: Transaction<DeskPayer>,
    seen: Euros,
}

impl Payment {
    /// Checks every rule of guide §7.1 against what was read.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies: ticket, convention, card (suspended, replaced), envelope, voucher, campaign, balance.
    pub fn accept(pay: Pay, ticket: &Ticket, counter: Counter<'_>, now: Timestamp) -> Result<Self, Refusal> {
        let Counter { convention, beneficiary, voucher } = counter;
        ticket.live(now)?;
        let allowed = convention.ok_or(Refusal::NoConvention)?.in_force()?;
        if beneficiary.card_state == CardState::Suspended {
            return Err(Refusal::CardSuspended);
        }
        // A card that was replaced after it was looked up is dead as well.
        if matches!(&ticket.reference, Reference::Card(shown) if *shown != beneficiary.card) {
            return Err(Refusal::CardReplaced);
        }
        let envelope = match (pay.envelope, allowed.envelopes.as_slice()) {
            (Some(asked), named) if named.contains(&asked) => asked,
            (Some(asked), _) => return Err(Refusal::EnvelopeNotInConvention(asked)),
            (None, [only]) => *only,
            (None, _) => return Err(Refusal::EnvelopeMissing),
        };
        if ticket.reference.is_voucher() {
            // One that is gone was revoked since the look-up: it is no longer good either.
            voucher.ok_or(Refusal::VoucherExpired)?.pays(envelope, now)?;
        }
        let seen = beneficiary.wallet.balance(envelope);
        let available = beneficiary.wallet.after(envelope, pay.amount, now)?;
        Ok(Self {
            transaction: Transaction {
                id: ticket.transaction,
                partner: ticket.partner.clone(),
                payer: DeskPayer {
                    beneficiary: beneficiary.id,
                    first_name: beneficiary.first_name.clone(),
                    last_name: beneficiary.last_name.clone(),
                    reference: ticket.reference.clone(),
                    available,
                },
                envelope,
                amount: pay.amount,
                campaign: beneficiary.wallet.campaign,
                at: now,
                state: TransactionState::Paid,
            },
            seen,
        })
    }

    /// What is known already to be in a payment's way: whatever a cent of each envelope of the convention would be refused
    /// for. That one envelope is empty is no warning while another one pays.
    pub fn in_the_way(ticket: &Ticket, counter: Counter<'_>, now: Timestamp) -> Vec<Refusal> {
        let allowed = match counter.convention.ok_or(Refusal::NoConvention).and_then(|convention| convention.in_force())
        {
            Ok(allowed) => allowed,
            Err(refusal) => return vec![refusal],
        };
        let cent = |envelope: &Envelope| Pay { envelope: Some(*envelope), amount: Euros::from_cents(1) };
        let tried = allowed.envelopes.iter().map(|envelope| Self::accept(cent(envelope), ticket, counter, now));
        let (paid, refused): (Vec<_>, Vec<_>) = tried.partition(Result::is_ok);
        let mut warnings: Vec<Refusal> = Vec::new();
        for refusal in refused.into_iter().filter_map(Result::err) {
            let is_told = warnings.iter().any(|told| told.code() == refusal.code());
            let is_one_of_many = matches!(refusal, Refusal::BalanceTooLow { .. }) && !paid.is_empty();
            if !is_told && !is_one_of_many {
                warnings.push(refusal);
            }
        }
        warnings
    }

    /// The trace that the payment leaves.
    pub const fn transaction(&self) -> &Transaction<DeskPayer> {
        &self.transaction
    }

    /// The balance that the decision was made on; the debit holds only while it is still this.
    pub const fn seen(&self) -> Euros {
        self.seen
    }

    /// Whether a voucher is used up by it.
    pub const fn uses_voucher(&self) -> bool {
        self.transaction.payer.reference.is_voucher()
    }
}

/// What a partner is owed, and by whom: one young person at the desk, or those who were present at an outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction<P = Payer> {
    /// Time-ordered; the key together with the partner.
    pub id: TransactionId,
    /// Who was paid.
    pub partner: PartnerId,
    /// Who paid.
    pub payer: P,
    /// From which envelope.
    pub envelope: Envelope,
    /// How much.
    pub amount: Euros,
    /// The campaign of the wallets.
    pub campaign: Campaign,
    /// When.
    pub at: Timestamp,
    /// Paid, or cancelled since.
    pub state: TransactionState,
}

/// Who paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payer {
    /// One young person at the desk (guide §7.1).
    Desk(DeskPayer),
    /// Those who were present at an outing (guide §9.5).
    Outing(OutingPayer),
}

/// A young person who paid at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPayer {
    /// Whose wallet.
    pub beneficiary: BeneficiaryId,
    /// As checked at the desk.
    pub first_name: Line,
    /// As checked at the desk.
    pub last_name: Line,
    /// The number that was shown.
    pub reference: Reference,
    /// What was left in the envelope right after.
    pub available: Euros,
}

/// An outing that was settled; who was present stands on its own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutingPayer {
    /// The outing.
    pub sortie: SortieId,
    /// What it was called.
    pub title: Line,
    /// The school that came.
    pub establishment: Line,
    /// How many were paid for.
    pub present: u32,
}

impl From<Transaction<DeskPayer>> for Transaction {
    fn from(paid: Transaction<DeskPayer>) -> Self {
        let Transaction { id, partner, payer, envelope, amount, campaign, at, state } = paid;
        Self { id, partner, payer: Payer::Desk(payer), envelope, amount, campaign, at, state }
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// It stands.
    Paid,
    /// The wallet has the money back, or the outing is to be settled again.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl TransactionState {
    /// The word at rest and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// As in lists and files.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Paid => "Validée",
            Self::Cancelled { .. } => "Annulée",
        }
    }
}

/// A cancellation that the rules allow. [`Transaction::cancel`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    transaction: Transaction,
}

impl Cancellation {
    /// The transaction as it will be, cancelled.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

impl<P> Transaction<P> {
    /// What the partner is owed for it: nothing once it is cancelled.
    pub const fn counted(&self) -> Euros {
        match self.state {
            TransactionState::Paid => self.amount,
            TransactionState::Cancelled { .. } => Euros::ZERO,
        }
    }
}

impl Transaction {
    /// The same Paris day, and once (guide §7.2). That it is the partner's own is in its key.
    ///
    /// # Errors
    /// [`Refusal::AlreadyCancelled`], [`Refusal::CancellationDayOver`].
    pub fn cancel(self, now: Timestamp) -> Result<Cancellation, Refusal> {
        self.may_cancel(now)?;
        Ok(Cancellation { transaction: Self { state: TransactionState::Cancelled { at: now }, ..self } })
    }

    /// Whether [`Transaction::cancel`] would say yes.
    ///
    /// # Errors
    /// As [`Transaction::cancel`].
    pub fn may_cancel(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.state {
            TransactionState::Cancelled { .. } => Err(Refusal::AlreadyCancelled),
            TransactionState::Paid if ParisDay::of(now) == ParisDay::of(self.at) => Ok(()),
            TransactionState::Paid => Err(Refusal::CancellationDayOver),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{BirthDate, CardNumber, ConventionPdf, ConventionState, FileNumber, Validated, Wallet};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A Sunday noon in Paris.
    fn noon() -> Timestamp {
        at("2026-11-22T12:00:00+01:00")
    }

    fn lea() -> Beneficiary {
        Beneficiary {
            id: BeneficiaryId(Uuid::from_u128(1)),
            first_name: Line::parse("Léa", 50).unwrap(),
            last_name: Line::parse("Martin", 50).unwrap(),
            birth_date: BirthDate::parse("14/05/2008", ParisDay::of(noon())).unwrap(),
            card: CardNumber::parse("2600 1405 3201 2345").unwrap(),
            file: FileNumber::mint(1),
            card_state: CardState::Active,
            wallet: Wallet::full(Campaign::at(noon())),
        }
    }

    fn naming(envelopes: &[Envelope]) -> Convention {
        let pdf = ConventionPdf { key: "convention/1".into(), sha256: String::new() };
        let validated = Validated { at: noon(), envelopes: envelopes.to_vec(), pdf, copies_received_at: None };
        Convention { version: 1, state: ConventionState::Validated(validated) }
    }

    fn ticket() -> Ticket {
        Ticket {
            partner: PartnerId::mint(1),
            beneficiary: BeneficiaryId(Uuid::from_u128(1)),
            reference: Reference::Card(lea().card),
            transaction: TransactionId(Uuid::from_u128(2)),
            minted_at: noon(),
        }
    }

    fn pay(envelope: Option<Envelope>, cents: u64) -> Pay {
        Pay { envelope, amount: Euros::from_cents(cents) }
    }

    fn accept(pay: Pay, convention: &Convention, beneficiary: &Beneficiary) -> Result<Payment, Refusal> {
        let counter = Counter { convention: Some(convention), beneficiary, voucher: None };
        Payment::accept(pay, &ticket(), counter, noon())
    }

    #[test]
    fn the_only_envelope_of_a_convention_need_not_be_named() {
        let payment = accept(pay(None, 10_00), &naming(&[Envelope::Reading]), &lea()).unwrap();
        assert_eq!(payment.transaction().envelope, Envelope::Reading);
        assert_eq!(payment.transaction().payer.available.cents(), 18_00);
        let two = naming(&[Envelope::Reading, Envelope::Cinema]);
        assert_eq!(accept(pay(None, 10_00), &two, &lea()), Err(Refusal::EnvelopeMissing));
    }

    #[test]
    fn a_card_that_was_replaced_since_the_look_up_pays_nothing() {
        let replaced = Beneficiary { card: CardNumber::mint(7), ..lea() };
        let refused = accept(pay(None, 1_00), &naming(&[Envelope::Reading]), &replaced);
        assert_eq!(refused, Err(Refusal::CardReplaced));
    }

    #[test]
    fn an_envelope_outside_the_convention_pays_nothing() {
        let refused = accept(pay(Some(Envelope::Cinema), 1_00), &naming(&[Envelope::Reading]), &lea());
        assert_eq!(refused, Err(Refusal::EnvelopeNotInConvention(Envelope::Cinema)));
    }

    #[test]
    fn a_convention_that_waits_or_is_refused_takes_nothing() {
        let waiting = Convention { version: 2, state: ConventionState::Requested { at: noon() } };
        assert_eq!(accept(pay(None, 1_00), &waiting, &lea()), Err(Refusal::NoConvention));
        let counter = Counter { convention: None, beneficiary: &lea(), voucher: None };
        assert_eq!(Payment::accept(pay(None, 1_00), &ticket(), counter, noon()), Err(Refusal::NoConvention));
    }

    #[test]
    fn a_suspended_card_and_an_ended_campaign_pay_nothing() {
        let reading = naming(&[Envelope::Reading]);
        let suspended = Beneficiary { card_state: CardState::Suspended, ..lea() };
        assert_eq!(accept(pay(None, 1_00), &reading, &suspended), Err(Refusal::CardSuspended));
        let last_year = Wallet::full(Campaign::at(at("2026-08-31T12:00:00+02:00")));
        let ended = Beneficiary { wallet: last_year, ..lea() };
        assert_eq!(accept(pay(None, 1_00), &reading, &ended), Err(Refusal::CampaignOver));
    }

    #[test]
    fn a_ticket_ends_after_a_quarter_of_an_hour_and_at_midnight() {
        let mut late = ticket();
        assert!(late.live(noon() + SignedDuration::from_secs(899)).is_ok());
        assert_eq!(late.live(noon() + SignedDuration::from_secs(900)), Err(Refusal::TicketExpired));
        late.minted_at = at("2026-11-22T23:59:00+01:00");
        assert!(late.live(at("2026-11-22T23:59:59+01:00")).is_ok());
        assert_eq!(late.live(at("2026-11-23T00:00:00+01:00")), Err(Refusal::TicketExpired));
    }

    #[test]
    fn a_voucher_pays_once_in_time_and_from_its_envelope() {
        let live = Voucher {
            envelope: Some(Envelope::Cinema),
            expires_at: noon() + SignedDuration::from_hours(1),
            used_by: None,
        };
        assert_eq!(live.pays(Envelope::Reading, noon()), Err(Refusal::VoucherForAnotherEnvelope(Envelope::Cinema)));
        assert!(live.pays(Envelope::Cinema, noon()).is_ok());
        assert_eq!(live.pays(Envelope::Cinema, live.expires_at), Err(Refusal::VoucherExpired));
        let used = Voucher { used_by: Some(TransactionId(Uuid::nil())), ..live };
        assert_eq!(used.pays(Envelope::Cinema, noon()), Err(Refusal::VoucherUsed));
    }

    #[test]
    fn cancelling_ends_with_the_paris_day_through_clock_changes() {
        let payment = accept(pay(None, 1_00), &naming(&[Envelope::Reading]), &lea()).unwrap();
        let paid = |on: &str| Transaction { at: at(on), ..Transaction::from(payment.transaction().clone()) };
        let cases = [
            ("2026-11-22T09:00:00+01:00", "2026-11-22T23:59:59+01:00", "2026-11-23T00:00:00+01:00"),
            ("2026-03-29T00:30:00+01:00", "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00"),
            ("2026-10-25T00:30:00+02:00", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"),
        ];
        for (on, last, over) in cases {
            let cancellation = paid(on).cancel(at(last)).unwrap();
            let again = cancellation.transaction().clone().cancel(at(last));
            assert_eq!(again.unwrap_err(), Refusal::AlreadyCancelled);
            assert_eq!(paid(on).cancel(at(over)).unwrap_err(), Refusal::CancellationDayOver);
        }
    }

    proptest! {
        #[test]
        fn paid_and_left_add_up_to_what_was_held(held in 0_u64..=10_000, asked in 1_u64..=10_000) {
            let wallet = Wallet { reading: Euros::from_cents(held), ..lea().wallet };
            let beneficiary = Beneficiary { wallet, ..lea() };
            match accept(pay(None, asked), &naming(&[Envelope::Reading]), &beneficiary) {
                Ok(payment) => {
                    let made = payment.transaction();
                    prop_assert_eq!(made.amount.cents() + made.payer.available.cents(), held);
                    prop_assert_eq!(payment.seen().cents(), held);
                }
                Err(refusal) => {
                    prop_assert!(asked > held);
                    let available = Euros::from_cents(held);
                    prop_assert_eq!(refusal, Refusal::BalanceTooLow { envelope: Envelope::Reading, available });
                }
            }
        }
    }
}
