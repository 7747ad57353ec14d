//! The series that a stacked bar is made of.

use epass_domain::Envelope;

/// One part of every bar of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// The series of one envelope. Its colour and pattern are the same on every page.
    Envelope(Envelope),
    /// A single series under this label, for charts whose bars are not split.
    Whole(&'static str),
}

impl Series {
    /// The series of the four envelopes, in the order of the screens.
    pub const ENVELOPES: [Self; 4] = [
        Self::Envelope(Envelope::Reading),
        Self::Envelope(Envelope::Cinema),
        Self::Envelope(Envelope::Performance),
        Self::Envelope(Envelope::Outing),
    ];

    /// The code of the series in JSON and in the style sheet.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Envelope(envelope) => envelope.code(),
            Self::Whole(_) => "whole",
        }
    }

    /// The French label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Envelope(envelope) => envelope.label(),
            Self::Whole(label) => label,
        }
    }

    /// The pattern drawn in white over the colour, on a tile of eight by eight. It distinguishes the envelopes
    /// without colour: for colour-blind readers and on black-and-white prints.
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
