//! The team's decisions about a card: suspension with a reason, reinstatement, replacement.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::hidden_in_debug;
use crate::{Beneficiary, CardNumber, CardState, Paragraph};

/// A decision of the team about a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardOrder {
    /// Suspends the card until it is reinstated; the reason is told to the beneficiary.
    Suspend(Paragraph),
    /// Reinstates the card.
    Reinstate,
    /// Replaces the card that was read by a new one; the old one stops paying at once.
    Replace(CardNumber),
}

/// The work that an order still requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToDo {
    /// The whole change.
    Change,
    /// None: it is already done, as after a double click or by a colleague.
    Nothing,
}

/// The suspension of a card: its reason and its time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The team's reason, as the beneficiary was told.
    pub reason: Paragraph,
    /// The time of the suspension.
    pub at: Timestamp,
}

hidden_in_debug!(Suspension);

/// The record of the team's last decisions about a card; the card's state itself belongs to the beneficiary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardTrail {
    /// The suspension, while the card is suspended.
    pub suspension: Option<Suspension>,
    /// The number that the current one replaced.
    pub replaced_card: Option<CardNumber>,
}

impl CardOrder {
    /// The work that this order still requires for this beneficiary's card. Idempotent: a repeated order requires none.
    ///
    /// # Errors
    /// [`CardRefusal::Changed`] when the card is not in the state that the order assumes: suspended for another reason,
    /// or replaced since it was read.
    pub fn about(&self, of: &Beneficiary, trail: &CardTrail) -> Result<ToDo, CardRefusal> {
        let is_done = match self {
            Self::Suspend(reason) => match of.card_state {
                CardState::Active => return Ok(ToDo::Change),
                CardState::Suspended => trail.suspension.as_ref().is_some_and(|known| known.reason == *reason),
            },
            Self::Reinstate => match of.card_state {
                CardState::Suspended => return Ok(ToDo::Change),
                CardState::Active => true,
            },
            Self::Replace(read) if of.card == *read => return Ok(ToDo::Change),
            Self::Replace(read) => trail.replaced_card.as_ref() == Some(read),
        };
        if is_done { Ok(ToDo::Nothing) } else { Err(CardRefusal::Changed) }
    }
}

/// A refusal by the rules of the team’s card orders. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardRefusal {
    /// The card has changed since the page was shown.
    #[error("Cette carte a changé depuis que vous avez ouvert la fiche : relisez-la avant de décider.")]
    Changed,
}

impl CardRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Changed => "card_changed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BeneficiaryId, BirthDate, Campaign, FileNumber, Line, ParisDay, Wallet};

    fn lea(card_state: CardState) -> Beneficiary {
        let today = ParisDay::parse("22/11/2026").unwrap();
        Beneficiary {
            id: BeneficiaryId(uuid::Uuid::nil()),
            first_name: Line::parse("Léa", 50).unwrap(),
            last_name: Line::parse("Martin", 50).unwrap(),
            birth_date: BirthDate::parse("14/05/2008", today).unwrap(),
            card: CardNumber::mint(2),
            file: FileNumber::mint(1),
            card_state,
            wallet: Wallet::full(Campaign::of(today)),
        }
    }

    fn reason(text: &str) -> Paragraph {
        Paragraph::parse(text, 100).unwrap()
    }

    #[test]
    fn a_suspension_is_done_once_and_another_reason_is_told() {
        let order = CardOrder::Suspend(reason("Carte prêtée."));
        assert_eq!(order.about(&lea(CardState::Active), &CardTrail::default()), Ok(ToDo::Change));
        let trail = |text| CardTrail {
            suspension: Some(Suspension { reason: reason(text), at: Timestamp::UNIX_EPOCH }),
            ..CardTrail::default()
        };
        let suspended = lea(CardState::Suspended);
        assert_eq!(order.about(&suspended, &trail("Carte prêtée.")), Ok(ToDo::Nothing));
        assert_eq!(order.about(&suspended, &trail("Carte perdue.")), Err(CardRefusal::Changed));
        assert_eq!(order.about(&suspended, &CardTrail::default()), Err(CardRefusal::Changed));
    }

    #[test]
    fn a_card_is_reinstated_once() {
        let about = |state| CardOrder::Reinstate.about(&lea(state), &CardTrail::default());
        assert_eq!((about(CardState::Suspended), about(CardState::Active)), (Ok(ToDo::Change), Ok(ToDo::Nothing)));
    }

    #[test]
    fn a_card_is_replaced_once_for_each_time_that_it_was_read() {
        let replace = |number| CardOrder::Replace(CardNumber::mint(number));
        let trail = CardTrail { replaced_card: Some(CardNumber::mint(1)), ..CardTrail::default() };
        let lea = lea(CardState::Active);
        assert_eq!(replace(2).about(&lea, &trail), Ok(ToDo::Change));
        assert_eq!(replace(1).about(&lea, &trail), Ok(ToDo::Nothing), "the second click");
        assert_eq!(replace(3).about(&lea, &trail), Err(CardRefusal::Changed));
    }
}
