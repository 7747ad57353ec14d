//! The sheet (*fiche de sortie*, guide §9.3): the description of an outing by its establishment.

use serde::{Deserialize, Serialize};

use crate::{Campaign, Fault, Line, Paragraph, ParisDay, Price, SettlementTerms, whole_number};

/// The description of an outing by its establishment (*fiche de sortie*, guide §9.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// *Titre de l'événement*, at most [`Sheet::TITLE`] characters.
    pub title: Line,
    /// *Description de l'événement*, at most [`Sheet::TEXT`] characters.
    pub description: Paragraph,
    /// *Date*.
    pub day: ParisDay,
    /// *Prix unitaire*.
    pub price: Price,
    /// The expected number of participants; more or fewer may come.
    pub expected: Expected,
    /// *Organisateur de la sortie*, at most [`Sheet::NAME`] characters.
    pub organiser: Line,
    /// *Référent du partenaire*, at most [`Sheet::NAME`] characters.
    pub referent: Line,
    /// The settlement terms; the partner agrees to them by confirming the sheet (guide §9.5).
    pub terms: SettlementTerms,
}

impl Sheet {
    /// The maximum length of a title, in characters.
    pub const TITLE: usize = 80;
    /// The maximum length of a description, a comment or a reason, in characters.
    pub const TEXT: usize = 2_000;
    /// The maximum length of the organiser's and of the referent's name, in characters.
    pub const NAME: usize = 100;

    /// The campaign that pays for the outing.
    pub fn campaign(&self) -> Campaign {
        Campaign::of(self.day)
    }

    /// Reads the day of an outing: from today to the end of the next campaign.
    ///
    /// # Errors
    /// Those of [`ParisDay::parse`], `past`, `too_far`.
    pub fn parse_day(text: &str, today: ParisDay) -> Result<ParisDay, Fault> {
        let day = ParisDay::parse(text)?;
        if day < today {
            return Err(Fault::new("past", "Cette date est passée : indiquez un jour à venir."));
        }
        if day > Campaign::of(today).next().last_day() {
            return Err(Fault::new(
                "too_far",
                "Cette date est trop lointaine : la prochaine campagne se termine avant.",
            ));
        }
        Ok(day)
    }
}

/// The expected number of participants: 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected(u16);

impl Expected {
    /// The maximum.
    pub const MOST: u16 = 999;

    /// Reads a number of participants.
    ///
    /// # Errors
    /// `missing` when blank; `participants` unless it is 1 to [`Expected::MOST`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        const FAULT: Fault =
            Fault::new("participants", "Indiquez un nombre entier de participants, de 1 à 999, sans signe ni virgule.");
        let count = whole_number(text, 1..=u32::from(Self::MOST), FAULT)?;
        u16::try_from(count).map_err(|_| FAULT).map(Self)
    }

    /// The number.
    pub const fn count(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sortie::examples::day;

    #[test]
    fn an_outing_is_today_at_the_earliest_and_not_after_the_next_campaign() {
        let today = day("23/11/2026");
        assert!(Sheet::parse_day("23/11/2026", today).is_ok());
        assert_eq!(Sheet::parse_day("22/11/2026", today).unwrap_err().code, "past");
        assert!(Sheet::parse_day("31/08/2028", today).is_ok());
        assert_eq!(Sheet::parse_day("01/09/2028", today).unwrap_err().code, "too_far");
    }
}
