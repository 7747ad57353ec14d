//! The decisions about an outing, from the request to the frozen list. Each one consumes the previous state.

use jiff::Timestamp;

use crate::{
    Action, Establishment, Paragraph, ParisDay, Partner, Party, Phase, Sheet, Sortie, SortieId, SortieRefusal,
    SortieState, VoucherNumber,
};

impl Sortie {
    /// Creates the outing: the establishment sends its sheet to a partner.
    ///
    /// # Errors
    /// [`SortieRefusal::PartnerWithoutConvention`].
    pub fn submitted(
        id: SortieId,
        (establishment, partner): (&Establishment, &Partner),
        sheet: Sheet,
        now: Timestamp,
    ) -> Result<Self, SortieRefusal> {
        partner.in_force().map_err(|_| SortieRefusal::PartnerWithoutConvention)?;
        Ok(Self {
            id,
            version: 1,
            establishment: establishment.id.clone(),
            establishment_name: establishment.name.clone(),
            establishment_email: establishment.email.clone(),
            partner: partner.id.clone(),
            partner_name: partner.known_as().clone(),
            partner_email: partner.referent_email().clone(),
            partner_referent: Some(partner.referent_name()),
            sheet,
            state: SortieState::Pending { at: now },
            joined: 0,
            absent: 0,
        })
    }

    /// Checks that the table of rights allows the action in the current state.
    ///
    /// # Errors
    /// [`SortieRefusal::State`].
    pub fn may(&self, by: Party, action: Action) -> Result<(), SortieRefusal> {
        self.state.phase().may(by, action)
    }

    /// Sends the corrected sheet to the partner as the next version; the link to the previous version stops working.
    /// Idempotent: an unchanged sheet changes nothing, as after a double click.
    ///
    /// # Errors
    /// [`SortieRefusal::State`], [`SortieRefusal::Changed`] unless `read` is the current version,
    /// [`SortieRefusal::PartnerWithoutConvention`].
    pub fn resubmit(
        self,
        (establishment, partner): (&Establishment, &Partner),
        sheet: Sheet,
        read: u32,
        now: Timestamp,
    ) -> Result<Self, SortieRefusal> {
        if self.state.phase() == Phase::Pending && self.version == read + 1 && self.sheet == sheet {
            return Ok(self);
        }
        self.may(Party::Establishment, Action::Resubmit)?;
        self.is_version(read)?;
        let (id, version) = (self.id, self.version + 1);
        Self::submitted(id, (establishment, partner), sheet, now).map(|sent| Self { version, ..sent })
    }

    /// *Je confirme la sortie* (guide §9.2): the partner agrees to the sheet that it read, including its settlement
    /// terms.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`SortieRefusal::State`], [`SortieRefusal::Changed`], [`SortieRefusal::Over`].
    pub fn confirm(self, partner: &Partner, read: u32, now: Timestamp) -> Result<Self, SortieRefusal> {
        partner.in_force()?;
        self.is_version(read)?;
        self.may(Party::Partner, Action::Confirm)?;
        self.is_ahead(now)?;
        Ok(Self { state: SortieState::Confirmed { at: now }, ..self })
    }

    /// *Je renvoie la sortie pour modification* (guide §9.3).
    ///
    /// # Errors
    /// [`SortieRefusal::State`], [`SortieRefusal::Changed`].
    pub fn send_back(self, comment: Paragraph, read: u32, now: Timestamp) -> Result<Self, SortieRefusal> {
        self.is_version(read)?;
        self.may(Party::Partner, Action::Return)?;
        Ok(Self { state: SortieState::Returned { at: now, comment }, ..self })
    }

    /// *Je valide la sortie*: freezes the list and gives the outing its voucher.
    ///
    /// # Errors
    /// [`SortieRefusal::State`], [`SortieRefusal::NobodyJoined`].
    pub fn validate(self, voucher: VoucherNumber, now: Timestamp) -> Result<Self, SortieRefusal> {
        self.may(Party::Establishment, Action::Validate)?;
        if self.joined == 0 {
            return Err(SortieRefusal::NobodyJoined);
        }
        Ok(Self { state: SortieState::Validated { at: now, voucher }, ..self })
    }

    /// The establishment cancels the outing; every participant gets the price back.
    ///
    /// # Errors
    /// [`SortieRefusal::State`].
    pub fn cancel(self, reason: Paragraph, now: Timestamp) -> Result<Self, SortieRefusal> {
        self.may(Party::Establishment, Action::Cancel)?;
        Ok(Self { state: SortieState::Cancelled { at: now, reason }, ..self })
    }

    pub(super) fn is_version(&self, read: u32) -> Result<(), SortieRefusal> {
        if self.version == read { Ok(()) } else { Err(SortieRefusal::Changed) }
    }

    /// Checks that the day of the outing is not over.
    pub(super) fn is_ahead(&self, now: Timestamp) -> Result<(), SortieRefusal> {
        if ParisDay::of(now) <= self.sheet.day { Ok(()) } else { Err(SortieRefusal::Over) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sortie::examples::{NOON, at, sortie, words};

    #[test]
    fn an_answer_is_about_the_version_that_was_read() {
        let pending = sortie(SortieState::Pending { at: at(NOON) });
        let returned = pending.clone().send_back(words("Trop tard"), 1, at(NOON)).unwrap();
        assert_eq!(returned.state.phase(), Phase::Returned);
        let later = Sortie { version: 2, ..pending };
        assert_eq!(later.clone().send_back(words("Trop tard"), 1, at(NOON)), Err(SortieRefusal::Changed));
    }
}
