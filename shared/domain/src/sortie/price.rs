//! The price of a place: at most the dotation of an outing envelope.

use serde::{Deserialize, Serialize};

use crate::{Campaign, Envelope, Euros, Fault, Phase};

/// The price for one participant: above zero, and at most the dotation of an outing envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price(Euros);

impl Price {
    /// Reads a price for an outing in this campaign.
    ///
    /// # Errors
    /// Those of [`Euros::parse`] and [`Euros::positive`]; `above_dotation`.
    pub fn parse(text: &str, campaign: Campaign) -> Result<Self, Fault> {
        let price = Euros::parse(text)?.positive()?;
        let most = campaign.dotation(Envelope::Outing);
        if price > most {
            let said = format!("Le prix par participant ne peut pas dépasser {}.", most.in_words());
            return Err(Fault::told("above_dotation", said));
        }
        Ok(Self(price))
    }

    /// The amount.
    pub const fn euros(self) -> Euros {
        self.0
    }

    /// The price for several participants.
    pub fn times(self, participants: u32) -> Euros {
        Euros::from_cents(self.0.cents() * u64::from(participants))
    }
}

impl Phase {
    /// *Total à payer* for this number of present participants: zero once the outing is cancelled.
    pub fn total(self, price: Price, present: u32) -> Euros {
        if self == Self::Cancelled { Euros::ZERO } else { price.times(present) }
    }
}

impl Serialize for Price {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.cents().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|cents| Self(Euros::from_cents(cents)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sortie::examples::{NOON, at};

    #[test]
    fn a_price_is_more_than_nothing_and_no_more_than_the_envelope() {
        let campaign = Campaign::at(at(NOON));
        for (text, code) in [("0", "amount_zero"), ("10,01", "above_dotation"), ("-1", "amount"), ("", "missing")] {
            assert_eq!(Price::parse(text, campaign).unwrap_err().code, code, "{text}");
        }
        assert_eq!(Price::parse("10", campaign).unwrap().times(30), Euros::from_cents(30_000));
    }
}
