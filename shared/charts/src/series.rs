//! What a stacked bar is made of.

use epass_domain::Envelope;

/// One part of every bar of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// What concerns one envelope; each has its colour and its pattern, the same on every page.
    Envelope(Envelope),
    /// Everything in one: the chart's bars have a single part, called so.
    Whole(&'static str),
}

impl Series {
    /// The four envelopes, in the order of the screens.
    pub const ENVELOPES: [Self; 4] = [
        Self::Envelope(Envelope::Reading),
        Self::Envelope(Envelope::Cinema),
        Self::Envelope(Envelope::Performance),
        Self::Envelope(Envelope::Outing),
    ];

    /// The word of the JSON contract, and of the style sheet.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Envelope(envelope) => envelope.code(),
            Self::Whole(_) => "whole",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Envelope(envelope) => envelope.label(),
            Self::Whole(label) => label,
        }
    }

    /// What is drawn in white over its colour, on a tile of eight by eight: those who see no colours, and black and white
    /// paper, tell the envelopes apart by it.
    pub(crate) const fn pattern(self) -> &'static str {
        match self {
            Self::Envelope(Envelope::Reading) | Self::Whole(_) => "",
            Self::Envelope(Envelope::Cinema) => "M-2 2l4-4M0 8l8-8M6 10l4-4",
            Self::Envelope(Envelope::Performance) => "M1 2h2M5 6h2",
            Self::Envelope(Envelope::Outing) => "M0 2h8M0 6h8",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_of_envelopes_are_the_envelopes_and_no_two_look_the_same() {
        assert_eq!(Series::ENVELOPES, Envelope::ALL.map(Series::Envelope));
        for (place, one) in Series::ENVELOPES.iter().enumerate() {
            for other in &Series::ENVELOPES[..place] {
                assert_ne!(one.pattern(), other.pattern());
                assert_ne!(one.code(), other.code());
            }
        }
    }
}
