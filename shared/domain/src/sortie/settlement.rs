//! The day of the outing: who is absent, and what the partner is owed (guide §9.5).

use jiff::Timestamp;

use crate::{
    Action, Beneficiary, Envelope, Euros, OutingPayer, ParisDay, Partner, Party, Payer, SettlementTerms, Sortie,
    SortieRefusal, SortieState, Transaction, TransactionId, TransactionState, VoucherNumber,
};

/// A settlement that the rules allow. [`Sortie::settle`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    sortie: Sortie,
    transaction: Transaction,
    present: u32,
    absent: u32,
}

impl Settlement {
    /// The outing as it will be, settled.
    pub const fn sortie(&self) -> &Sortie {
        &self.sortie
    }

    /// The number of participants that are paid for.
    pub const fn present(&self) -> u32 {
        self.present
    }

    /// The number of absentees that the decision was made on.
    pub const fn absent(&self) -> u32 {
        self.absent
    }

    /// What the partner is owed.
    pub const fn amount(&self) -> Euros {
        self.transaction.amount
    }

    /// The one line that it leaves among the partner's transactions, whatever the number of participants.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

impl Sortie {
    /// *Déclarer absent*: the price goes back at once.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`SortieRefusal::State`], [`SortieRefusal::NotYet`], [`SortieRefusal::FlatRate`].
    pub fn may_be_absent(&self, partner: &Partner, now: Timestamp) -> Result<(), SortieRefusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::DeclareAbsent)?;
        self.has_come(now)?;
        match self.sheet.terms {
            SettlementTerms::Actual => Ok(()),
            SettlementTerms::Flat => Err(SortieRefusal::FlatRate),
        }
    }

    /// *Replacer en présent*: the price is held again.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`SortieRefusal::State`], and those of [`Sortie::holds`].
    pub fn may_be_present(&self, partner: &Partner, who: &Beneficiary, now: Timestamp) -> Result<(), SortieRefusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::DeclarePresent)?;
        self.holds(who, now).map(|_| ())
    }

    /// Whether the outing waits to be settled now.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`SortieRefusal::State`], [`SortieRefusal::NotYet`].
    pub fn may_be_settled(&self, partner: &Partner, now: Timestamp) -> Result<(), SortieRefusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::Settle)?;
        self.has_come(now)
    }

    /// *Valider la transaction* (guide §9.5): with the number that the establishment hands over, from the day of the outing on.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`SortieRefusal::State`], [`SortieRefusal::NotYet`], [`SortieRefusal::WrongVoucher`],
    /// [`SortieRefusal::NobodyPresent`].
    pub fn settle(
        self,
        partner: &Partner,
        typed: &VoucherNumber,
        transaction: TransactionId,
        now: Timestamp,
    ) -> Result<Settlement, SortieRefusal> {
        self.may_be_settled(partner, now)?;
        let SortieState::Validated { voucher, .. } = &self.state else {
            return Err(SortieRefusal::State(self.state.phase(), Party::Partner));
        };
        if voucher != typed {
            return Err(SortieRefusal::WrongVoucher);
        }
        let present = self.present();
        if present == 0 {
            return Err(SortieRefusal::NobodyPresent);
        }
        let absent = self.absent;
        let trace = self.owed(present, transaction, now);
        let state = SortieState::Settled { at: now, voucher: voucher.clone(), transaction };
        Ok(Settlement { sortie: Self { state, ..self }, transaction: trace, present, absent })
    }

    /// The transaction by which the partner is owed the price of those who came.
    fn owed(&self, present: u32, id: TransactionId, now: Timestamp) -> Transaction {
        let payer = OutingPayer {
            sortie: self.id.clone(),
            title: self.sheet.title.clone(),
            establishment: self.establishment_name.clone(),
            present,
        };
        Transaction {
            id,
            partner: self.partner.clone(),
            payer: Payer::Outing(payer),
            envelope: Envelope::Outing,
            amount: self.sheet.price.times(present),
            campaign: self.sheet.campaign(),
            at: now,
            state: TransactionState::Paid,
        }
    }

    /// Its day has begun.
    pub(super) fn has_come(&self, now: Timestamp) -> Result<(), SortieRefusal> {
        if ParisDay::of(now) >= self.sheet.day { Ok(()) } else { Err(SortieRefusal::NotYet(self.sheet.day)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convention::examples::{registered, validated_partner};
    use crate::sortie::examples::{NOON, at, confirmed, day, sheet, validated};
    use crate::{ConventionRefusal, Phase, Sheet};

    #[test]
    fn absentees_are_declared_on_the_day_and_not_where_the_terms_are_flat() {
        let on_the_day = at("2026-11-26T12:00:00Z");
        let partner = validated_partner(&[Envelope::Reading]);
        assert_eq!(validated().may_be_absent(&partner, on_the_day), Ok(()));
        assert_eq!(validated().may_be_absent(&registered(), on_the_day), Err(ConventionRefusal::NotInForce.into()));
        assert_eq!(validated().may_be_absent(&partner, at(NOON)), Err(SortieRefusal::NotYet(day("26/11/2026"))));
        let flat = Sortie { sheet: Sheet { terms: SettlementTerms::Flat, ..sheet() }, ..validated() };
        assert_eq!(flat.may_be_absent(&partner, on_the_day), Err(SortieRefusal::FlatRate));
        let not_yet = Err(SortieRefusal::State(Phase::Confirmed, Party::Partner));
        assert_eq!(confirmed().may_be_absent(&partner, on_the_day), not_yet);
    }
}
