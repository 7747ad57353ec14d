//! The day of the outing: absentees, and the amount that the partner is owed (guide §9.5).

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
    /// The settled outing.
    pub const fn sortie(&self) -> &Sortie {
        &self.sortie
    }

    /// The number of participants who are paid for.
    pub const fn present(&self) -> u32 {
        self.present
    }

    /// The number of absentees that the decision was based on.
    pub const fn absent(&self) -> u32 {
        self.absent
    }

    /// The amount that the partner is owed.
    pub const fn amount(&self) -> Euros {
        self.transaction.amount
    }

    /// The single transaction that the partner gets, whatever the number of participants.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

impl Sortie {
    /// *Déclarer absent*: the price is released at once.
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

    /// Checks that the outing can be settled now.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`SortieRefusal::State`], [`SortieRefusal::NotYet`].
    pub fn may_be_settled(&self, partner: &Partner, now: Timestamp) -> Result<(), SortieRefusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::Settle)?;
        self.has_come(now)
    }

    /// *Valider la transaction* (guide §9.5): captures the held prices, given the voucher number that the establishment
    /// hands over, from the day of the outing on.
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

    /// The transaction that pays the partner for those who were present.
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

    /// Checks that the day of the outing has come.
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
