//! The four envelopes (*rubriques*) of a wallet; their credits never mix (`product.md`, *Dotation*).

use serde::{Deserialize, Serialize};

use crate::Fault;

/// The purpose that a credit may be spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// Lecture: books and magazines.
    Reading,
    /// Cinéma.
    Cinema,
    /// Spectacle / Arts visuels.
    Performance,
    /// Sorties: outings that a school organises.
    Outing,
}

impl Envelope {
    /// Every envelope, in the order of the screens.
    pub const ALL: [Self; 4] = [Self::Reading, Self::Cinema, Self::Performance, Self::Outing];

    /// The envelopes that a partner's desk takes payments from; outings are paid with their own voucher.
    pub const DESK: [Self; 3] = [Self::Reading, Self::Cinema, Self::Performance];

    /// The code in JSON and in the tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Cinema => "cinema",
            Self::Performance => "performance",
            Self::Outing => "outing",
        }
    }

    /// The label, in the guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reading => "Lecture",
            Self::Cinema => "Cinéma",
            Self::Performance => "Spectacle / Arts visuels",
            Self::Outing => "Sorties",
        }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// `missing` when blank, `envelope` when it is not an envelope's code.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "" => Err(Fault::new("missing", "Choisissez une rubrique.")),
            code => Self::ALL
                .into_iter()
                .find(|envelope| envelope.code() == code)
                .ok_or(Fault::new("envelope", "Choisissez une des rubriques proposées.")),
        }
    }

    /// Reads the code of an envelope that desks take payments from.
    ///
    /// # Errors
    /// As [`Envelope::parse`]; `envelope` for the outing envelope.
    pub fn at_the_desk(text: &str) -> Result<Self, Fault> {
        const OUTINGS: Fault = Fault::new("envelope", "Choisissez une des rubriques proposées.");
        Self::parse(text).and_then(|envelope| if Self::DESK.contains(&envelope) { Ok(envelope) } else { Err(OUTINGS) })
    }
}

impl std::fmt::Display for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_read_by_its_code_and_kept_as_its_code() {
        for envelope in Envelope::ALL {
            assert_eq!(Envelope::parse(envelope.code()), Ok(envelope));
            assert_eq!(serde_json::to_value(envelope).unwrap(), envelope.code());
        }
        assert_eq!(Envelope::parse("Lecture").unwrap_err().code, "envelope");
        assert_eq!(Envelope::parse("").unwrap_err().code, "missing");
    }
}
