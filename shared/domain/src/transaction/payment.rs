//! Payments at the desk: all rules of guide §7.1.

use jiff::Timestamp;

use crate::{
    Beneficiary, CardState, Convention, ConventionRefusal, DeskPayer, Envelope, Euros, Reference, Ticket, Transaction,
    TransactionRefusal, TransactionState, Voucher, VoucherRefusal, WalletRefusal,
};

/// The payment that the desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    /// The selected envelope; `None` if the convention names only one.
    pub envelope: Option<Envelope>,
    /// The amount, above zero.
    pub amount: Euros,
}

/// The data that a payment is decided on.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The partner's current convention.
    pub convention: Option<&'a Convention>,
    /// The beneficiary who pays.
    pub beneficiary: &'a Beneficiary,
    /// The voucher that was shown instead of the card.
    pub voucher: Option<&'a Voucher>,
}

/// A debit that the rules allow. [`Payment::accept`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    transaction: Transaction<DeskPayer>,
    seen: Euros,
}

impl Payment {
    /// Checks every rule of guide §7.1 against the data that was read.
    ///
    /// # Errors
    /// The first [`TransactionRefusal`] that applies, in the order ticket, convention, card (suspended, replaced),
    /// envelope, voucher, campaign, balance.
    pub fn accept(pay: Pay, ticket: &Ticket, counter: Counter<'_>, now: Timestamp) -> Result<Self, TransactionRefusal> {
        let Counter { convention, beneficiary, voucher } = counter;
        ticket.live(now)?;
        let allowed = convention.ok_or(ConventionRefusal::NotInForce)?.in_force()?;
        if beneficiary.card_state == CardState::Suspended {
            return Err(WalletRefusal::CardSuspended.into());
        }
        // A card that was replaced after the look-up no longer pays either.
        if matches!(&ticket.reference, Reference::Card(shown) if *shown != beneficiary.card) {
            return Err(TransactionRefusal::CardReplaced);
        }
        let envelope = match (pay.envelope, allowed.envelopes.as_slice()) {
            (Some(asked), named) if named.contains(&asked) => asked,
            (Some(asked), _) => return Err(ConventionRefusal::EnvelopeNotNamed(asked).into()),
            (None, [only]) => *only,
            (None, _) => return Err(TransactionRefusal::EnvelopeMissing),
        };
        if ticket.reference.is_voucher() {
            // A missing voucher was revoked since the look-up, so that it counts as expired.
            voucher.ok_or(VoucherRefusal::Expired)?.pays(envelope, now)?;
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

    /// The refusals that are already known to apply: those of a payment of one cent from each envelope of the
    /// convention. An empty envelope is no warning if another one can pay.
    pub fn in_the_way(ticket: &Ticket, counter: Counter<'_>, now: Timestamp) -> Vec<TransactionRefusal> {
        let allowed = match counter
            .convention
            .ok_or(ConventionRefusal::NotInForce)
            .and_then(|convention| convention.in_force())
        {
            Ok(allowed) => allowed,
            Err(refusal) => return vec![refusal.into()],
        };
        let cent = |envelope: &Envelope| Pay { envelope: Some(*envelope), amount: Euros::from_cents(1) };
        let tried = allowed.envelopes.iter().map(|envelope| Self::accept(cent(envelope), ticket, counter, now));
        let (paid, refused): (Vec<_>, Vec<_>) = tried.partition(Result::is_ok);
        let mut warnings: Vec<TransactionRefusal> = Vec::new();
        for refusal in refused.into_iter().filter_map(Result::err) {
            let is_told = warnings.iter().any(|told| told.code() == refusal.code());
            let is_one_of_many =
                matches!(refusal, TransactionRefusal::Wallet(WalletRefusal::BalanceTooLow { .. })) && !paid.is_empty();
            if !is_told && !is_one_of_many {
                warnings.push(refusal);
            }
        }
        warnings
    }

    /// The transaction that records the payment.
    pub const fn transaction(&self) -> &Transaction<DeskPayer> {
        &self.transaction
    }

    /// The balance that the decision was based on: the debit is a conditional write on it.
    pub const fn seen(&self) -> Euros {
        self.seen
    }

    /// Whether it uses up a voucher.
    pub const fn uses_voucher(&self) -> bool {
        self.transaction.payer.reference.is_voucher()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::transaction::examples::{accept, at, lea, naming, noon, pay, ticket};
    use crate::{Campaign, CardNumber, ConventionState, TransactionId, Wallet};

    #[test]
    fn the_only_envelope_of_a_convention_need_not_be_named() {
        let payment = accept(pay(None, 10_00), &naming(&[Envelope::Reading]), &lea()).unwrap();
        assert_eq!(payment.transaction().envelope, Envelope::Reading);
        assert_eq!(payment.transaction().payer.available.cents(), 18_00);
        let two = naming(&[Envelope::Reading, Envelope::Cinema]);
        assert_eq!(accept(pay(None, 10_00), &two, &lea()), Err(TransactionRefusal::EnvelopeMissing));
    }

    #[test]
    fn a_card_that_was_replaced_since_the_look_up_pays_nothing() {
        let replaced = Beneficiary { card: CardNumber::mint(7), ..lea() };
        let refused = accept(pay(None, 1_00), &naming(&[Envelope::Reading]), &replaced);
        assert_eq!(refused, Err(TransactionRefusal::CardReplaced));
    }

    #[test]
    fn an_envelope_outside_the_convention_pays_nothing() {
        let refused = accept(pay(Some(Envelope::Cinema), 1_00), &naming(&[Envelope::Reading]), &lea());
        assert_eq!(refused, Err(ConventionRefusal::EnvelopeNotNamed(Envelope::Cinema).into()));
    }

    #[test]
    fn a_convention_that_waits_or_is_refused_takes_nothing() {
        let waiting = Convention { version: 2, state: ConventionState::Requested { at: noon() } };
        assert_eq!(accept(pay(None, 1_00), &waiting, &lea()), Err(ConventionRefusal::NotInForce.into()));
        let counter = Counter { convention: None, beneficiary: &lea(), voucher: None };
        assert_eq!(
            Payment::accept(pay(None, 1_00), &ticket(), counter, noon()),
            Err(ConventionRefusal::NotInForce.into())
        );
    }

    #[test]
    fn a_suspended_card_and_an_ended_campaign_pay_nothing() {
        let reading = naming(&[Envelope::Reading]);
        let suspended = Beneficiary { card_state: CardState::Suspended, ..lea() };
        assert_eq!(accept(pay(None, 1_00), &reading, &suspended), Err(WalletRefusal::CardSuspended.into()));
        let last_year = Wallet::full(Campaign::at(at("2026-08-31T12:00:00+02:00")));
        let ended = Beneficiary { wallet: last_year, ..lea() };
        assert_eq!(accept(pay(None, 1_00), &reading, &ended), Err(WalletRefusal::CampaignOver.into()));
    }

    #[test]
    fn a_ticket_ends_after_a_quarter_of_an_hour_and_at_midnight() {
        let mut late = ticket();
        assert!(late.live(noon() + SignedDuration::from_secs(899)).is_ok());
        assert_eq!(late.live(noon() + SignedDuration::from_secs(900)), Err(TransactionRefusal::TicketExpired));
        late.minted_at = at("2026-11-22T23:59:00+01:00");
        assert!(late.live(at("2026-11-22T23:59:59+01:00")).is_ok());
        assert_eq!(late.live(at("2026-11-23T00:00:00+01:00")), Err(TransactionRefusal::TicketExpired));
    }

    #[test]
    fn a_voucher_pays_once_in_time_and_from_its_envelope() {
        let live = Voucher {
            envelope: Some(Envelope::Cinema),
            expires_at: noon() + SignedDuration::from_hours(1),
            used_by: None,
        };
        assert_eq!(live.pays(Envelope::Reading, noon()), Err(VoucherRefusal::ForAnotherEnvelope(Envelope::Cinema)));
        assert!(live.pays(Envelope::Cinema, noon()).is_ok());
        assert_eq!(live.pays(Envelope::Cinema, live.expires_at), Err(VoucherRefusal::Expired));
        let used = Voucher { used_by: Some(TransactionId(Uuid::nil())), ..live };
        assert_eq!(used.pays(Envelope::Cinema, noon()), Err(VoucherRefusal::Used));
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
                    prop_assert_eq!(refusal, WalletRefusal::BalanceTooLow { envelope: Envelope::Reading, available }.into());
                }
            }
        }
    }
}
