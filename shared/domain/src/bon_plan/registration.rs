//! The registration terms of a bon plan: its closing day.

use serde::{Deserialize, Serialize};

use crate::{Dates, Fault, ParisDay};

/// The registration terms: the last day for registering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationTerms {
    closing_day: ParisDay,
}

impl RegistrationTerms {
    /// Registration is open until the end of `closing_day`, or of the first day if there is none. It always ends when
    /// the last date begins ([`Content::closes_at`]).
    ///
    /// # Errors
    /// For the closing day: `closing_day` when it comes after the last day.
    pub fn new(closing_day: Option<ParisDay>, dates: &Dates) -> Result<Self, Fault> {
        let closing_day = closing_day.unwrap_or_else(|| dates.first_day());
        if closing_day > dates.last_day() {
            return Err(Fault::new("closing_day", "Les inscriptions ne peuvent pas se clore après le dernier jour."));
        }
        Ok(Self { closing_day })
    }

    /// The last day on which one may register.
    pub const fn closing_day(self) -> ParisDay {
        self.closing_day
    }

    /// Checks that registration may still be open `today`. A bon plan that was published before keeps its closing day,
    /// even a past one: `published` is its earlier terms.
    ///
    /// # Errors
    /// For the closing day: `closing_day_over`.
    pub fn open_on(self, today: ParisDay, published: Option<Self>) -> Result<Self, Fault> {
        const OVER: Fault = Fault::new(
            "closing_day_over",
            "Les inscriptions seraient déjà closes : indiquez une date à partir d’aujourd’hui.",
        );
        if self.closing_day < today && published != Some(self) { Err(OVER) } else { Ok(self) }
    }
}
