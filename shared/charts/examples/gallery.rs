//! Writes a page of charts to standard output, to be looked at: `cargo run -p epass-charts --example gallery > gallery.html`.

use epass_charts::{Amount, Chart, Count, Figure, Period, Ranking, Series};
use epass_domain::{Month, Week};

fn main() {
    let style = concat!("<link rel=\"stylesheet\" href=\"", env!("CARGO_MANIFEST_DIR"), "/../web/assets/style.css\">");
    println!(
        "<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>Graphiques</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{style}</head>\
         <body><main><div class=\"wide\"><h1>Graphiques</h1>"
    );
    let busy = |place: u64, series: u64| 40_000 + 7_919 * (place * (series + 3) + place * place * 31 % 97) % 90_000;
    let cards = [
        weeks("campaign", 53, |place| [0, 1, 2, 3].map(|series| busy(place, series))),
        weeks("few", 5, |place| [12_50, 0, 7_919 * place, 3_00 * place * place]),
        weeks("outlier", 26, |place| [if place == 17 { 1_000_000_000 } else { 12_50 * place }, 0, 0, 0]),
        weeks("empty", 8, |_| [0; 4]),
        months().shown("months", NOTHING).to_string(),
        communes(10).shown("communes", "Commune", NOTHING).to_string(),
        communes(17).shown("one-more", "Commune", NOTHING).to_string(),
    ];
    for card in cards {
        println!("<section class=\"card\">{card}</section>");
    }
    println!("</div></main></body></html>");
}

const NOTHING: &str = "Aucune transaction sur cette période.";

/// That many weeks of the four envelopes, from September 2026 on.
fn weeks(id: &'static str, count: usize, cents: impl Fn(u64) -> [u64; 4]) -> String {
    let weeks = std::iter::successors(Week::parse("2026-W36").ok(), |week| Some(week.next()));
    let columns = weeks.take(count).zip(0..).map(|(week, place)| (Period::from(week), cents(place).map(Amount::of)));
    Chart::new("Montants par semaine", Series::ENVELOPES, columns).shown(id, NOTHING).to_string()
}

/// A year of counts in one piece.
fn months() -> Chart<Count> {
    let months = std::iter::successors(Month::parse("2026-09").ok(), |month| Some(month.next()));
    let columns = months
        .take(12)
        .zip(0..)
        .map(|(month, place): (_, u64)| (Period::from(month), [Count::from(9_000 + place * place * 977 % 7_000)]));
    Chart::new("Transactions par mois", [Series::Whole("Transactions")], columns)
}

fn communes(shown: usize) -> Ranking<Amount> {
    const NAMES: [&str; 18] = [
        "Marseille",
        "Nice",
        "Toulon",
        "Aix-en-Provence",
        "Avignon",
        "Antibes",
        "Cannes",
        "La Seyne-sur-Mer",
        "Hyères",
        "Fréjus",
        "Arles",
        "Grasse",
        "Martigues",
        "Aubagne",
        "Gap",
        "Saint-Maximin-la-Sainte-Baume",
        "Digne-les-Bains",
        "<Bon & Cie>",
    ];
    let figures =
        NAMES.iter().zip(1..).map(|(name, place)| ((*name).to_owned(), Amount::of(123_456_789 / (place * place))));
    Ranking::new("Montants par commune", shown, figures)
}
