//! The remainder of a closed account in its campaign: a person who comes back gets exactly that
//! (`product.md`, *A young person's data*).

use jiff::Timestamp;

use crate::{Campaign, CardState, Wallet};

/// The balance of each envelope, and the state of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// The wallet at closing.
    pub wallet: Wallet,
    /// The state of the card at closing.
    pub card_state: CardState,
}

impl Remainder {
    /// The remainder of an account that is closed at `now`; `None` for a full wallet on an active card, because a new
    /// registration gives the same. An ended wallet counts as the full one that a renewal would give.
    pub fn of(wallet: Wallet, card_state: CardState, now: Timestamp) -> Option<Self> {
        let full = Wallet::full(Campaign::at(now));
        let wallet = if wallet.campaign == full.campaign { wallet } else { full };
        (wallet != full || card_state == CardState::Suspended).then_some(Self { wallet, card_state })
    }

    /// Whether it still applies: it expires with its campaign.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.wallet.campaign == Campaign::at(now)
    }

    /// The expiry: the first instant at which it no longer applies.
    pub fn expires_at(&self) -> Timestamp {
        self.wallet.campaign.last_day().ends()
    }

    /// The wallet and card state of a person who comes back at `now`, or of a new beneficiary.
    pub fn found(left: Option<Self>, now: Timestamp) -> (Wallet, CardState) {
        match left.filter(|left| left.is_live(now)) {
            Some(left) => (left.wallet, left.card_state),
            None => (Wallet::full(Campaign::at(now)), CardState::Active),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Euros;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOON: &str = "2026-11-24T12:00:00+01:00";

    fn wallet(day: &str) -> Wallet {
        Wallet { reading: Euros::from_cents(3), ..Wallet::full(Campaign::at(at(day))) }
    }

    #[test]
    fn who_comes_back_in_the_campaign_finds_what_was_left() {
        for card_state in [CardState::Active, CardState::Suspended] {
            let left = Remainder::of(wallet(NOON), card_state, at(NOON));
            assert_eq!(Remainder::found(left, at("2027-08-31T23:59:59+02:00")), (wallet(NOON), card_state));
            let next = at("2027-09-01T00:00:00+02:00");
            assert_eq!(left.unwrap().expires_at(), next);
            assert_eq!(Remainder::found(left, next), (Wallet::full(Campaign::at(next)), CardState::Active));
        }
    }

    #[test]
    fn a_full_wallet_on_an_active_card_leaves_nothing() {
        let full = Wallet::full(Campaign::at(at(NOON)));
        assert_eq!(Remainder::of(full, CardState::Active, at(NOON)), None);
        assert!(Remainder::of(full, CardState::Suspended, at(NOON)).is_some());
    }

    #[test]
    fn an_ended_wallet_leaves_what_a_renewal_would_bring_and_no_suspension_is_shed() {
        let ended = wallet("2026-06-01T12:00:00+02:00");
        assert_eq!(Remainder::of(ended, CardState::Active, at(NOON)), None);
        let left = Remainder::of(ended, CardState::Suspended, at(NOON)).unwrap();
        assert_eq!(left, Remainder { wallet: Wallet::full(Campaign::at(at(NOON))), card_state: CardState::Suspended });
    }
}
