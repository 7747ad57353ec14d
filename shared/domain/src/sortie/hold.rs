//! Joining an outing: a place on the list, and the hold on its price.

use jiff::Timestamp;

use crate::{
    Action, Beneficiary, Campaign, CardState, Email, Envelope, Euros, Participant, Party, Presence, Sortie,
    SortieRefusal, WalletRefusal,
};

/// A place on the list that the rules allow, with the hold on its price. [`Sortie::admit`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    participant: Participant,
}

impl Hold {
    /// The young person who joins.
    pub const fn participant(&self) -> &Participant {
        &self.participant
    }
}

impl Sortie {
    /// Decides whether a young person may join; the price is then held.
    ///
    /// # Errors
    /// [`SortieRefusal::State`], [`SortieRefusal::Over`], and those of [`Sortie::holds`].
    pub fn admit(&self, who: &Beneficiary, email: Email, now: Timestamp) -> Result<Hold, SortieRefusal> {
        self.may(Party::Beneficiary, Action::Join)?;
        self.is_ahead(now)?;
        self.holds(who, now)?;
        Ok(Hold {
            participant: Participant {
                beneficiary: who.id,
                first_name: who.first_name.clone(),
                last_name: who.last_name.clone(),
                file: who.file.clone(),
                email: Some(email),
                joined_at: now,
                presence: Presence::Present,
            },
        })
    }

    /// The balance of the beneficiary's outing envelope once the price is held.
    ///
    /// # Errors
    /// [`WalletRefusal::CardSuspended`], [`SortieRefusal::NextCampaign`], [`WalletRefusal::CampaignOver`], [`WalletRefusal::BalanceTooLow`].
    pub fn holds(&self, who: &Beneficiary, now: Timestamp) -> Result<Euros, SortieRefusal> {
        if who.card_state == CardState::Suspended {
            return Err(WalletRefusal::CardSuspended.into());
        }
        if self.sheet.campaign() > Campaign::at(now) {
            return Err(SortieRefusal::NextCampaign(self.sheet.campaign()));
        }
        if who.wallet.campaign != self.sheet.campaign() {
            return Err(WalletRefusal::CampaignOver.into());
        }
        Ok(who.wallet.after(Envelope::Outing, self.sheet.price.euros(), now)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sortie::examples::{NOON, at, confirmed, day, lea, sheet, validated};
    use crate::{Phase, Sheet, Wallet};

    #[test]
    fn who_may_not_join_is_told_why() {
        let email = || Email::parse("lea@exemple.fr").unwrap();
        let join = |sortie: &Sortie, who: &Beneficiary, now| sortie.admit(who, email(), at(now)).map(|_| ());
        assert_eq!(join(&confirmed(), &lea(), NOON), Ok(()));
        assert_eq!(join(&validated(), &lea(), NOON), Err(SortieRefusal::State(Phase::Validated, Party::Beneficiary)));
        assert_eq!(join(&confirmed(), &lea(), "2026-11-26T23:00:00Z"), Err(SortieRefusal::Over));
        let suspended = Beneficiary { card_state: CardState::Suspended, ..lea() };
        assert_eq!(join(&confirmed(), &suspended, NOON), Err(WalletRefusal::CardSuspended.into()));
        let poor = Beneficiary { wallet: Wallet { outing: Euros::from_cents(7_99), ..lea().wallet }, ..lea() };
        let available = Euros::from_cents(7_99);
        assert_eq!(
            join(&confirmed(), &poor, NOON),
            Err(WalletRefusal::BalanceTooLow { envelope: Envelope::Outing, available }.into())
        );
        let next = Sortie { sheet: Sheet { day: day("15/09/2027"), ..sheet() }, ..confirmed() };
        assert_eq!(join(&next, &lea(), NOON), Err(SortieRefusal::NextCampaign(next.sheet.campaign())));
        assert_eq!(
            join(&next, &lea(), "2027-09-02T12:00:00Z"),
            Err(WalletRefusal::CampaignOver.into()),
            "not renewed yet"
        );
    }
}
