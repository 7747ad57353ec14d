//! QR codes (ISO/IEC 18004) as one SVG path, so that they are sharp on any screen and on paper, and need no script.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The quiet zone that readers need, in modules.
const QUIET: usize = 4;

/// An SVG of a short text: black modules on a background that the style sheet makes white, with a margin of four.
/// `label` is the text alternative; neither may contain markup. Empty for a text that is too long for a code (over
/// 2,000 bytes).
pub(crate) fn svg(text: &str, label: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return String::new() };
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        for (x, length) in runs(row) {
            write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a string takes what is written");
        }
    }
    let side = width + 2 * QUIET;
    format!(
        "<svg class=\"qr\" viewBox=\"-{QUIET} -{QUIET} {side} {side}\" role=\"img\" aria-label=\"{label}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    )
}

/// Runs of dark modules: start and length.
fn runs(row: &[Color]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (x, _) in row.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        match runs.last_mut() {
            Some((from, length)) if *from + *length == x => *length += 1,
            _ => runs.push((x, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_modules_that_follow_each_other_are_one_run() {
        let row = [Color::Dark, Color::Dark, Color::Light, Color::Dark];
        assert_eq!(runs(&row), [(0, 2), (3, 1)]);
    }

    #[test]
    fn a_card_number_is_a_small_code_with_its_finders_in_three_corners() {
        let svg = svg("2600140532012345", "Carte");
        assert!(svg.contains("viewBox=\"-4 -4 29 29\""), "version 1: 21 modules and the margin: {svg}");
        for finder in ["M0 0h7", "M14 0h7", "M0 14h7"] {
            assert!(svg.contains(finder), "{svg}");
        }
    }

    /// The decoder's tests read the codes that the product draws.
    #[test]
    fn the_scanners_examples_are_drawn_as_ours() {
        for (text, drawn) in [
            ("2600140532012345", include_str!("../../scanner/codes/card.svg")),
            ("10000000918446744073709551615", include_str!("../../scanner/codes/phone.svg")),
            ("ABCDEFGHJKM", include_str!("../../scanner/codes/voucher.svg")),
            (
                "https://epass-jeunes.example/sorties/rejoindre/AbCdEfGhIjKlMnOpQrStUv",
                include_str!("../../scanner/codes/link.svg"),
            ),
        ] {
            assert_eq!(svg(text, "Code"), drawn.trim_end(), "{text}");
        }
    }

    #[test]
    fn what_no_code_can_hold_is_no_code() {
        assert_eq!(super::svg(&"x".repeat(5_000), "Carte"), "");
    }
}
