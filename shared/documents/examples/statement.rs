//! Writes a sample statement to a file and prints the time per round, in microseconds: `statement FILE.pdf [LINES]
//! [ROUNDS]`.

use std::time::Instant;

use epass_documents::{StatementText, samples, statement_pdf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = |place| std::env::args().nth(place);
    let path = argument(1).ok_or("usage: statement FILE.pdf [LINES] [ROUNDS]")?;
    let lines: u32 = argument(2).map_or(Ok(200), |lines| lines.parse())?;
    let rounds: u32 = argument(3).map_or(Ok(3), |rounds| rounds.parse())?;
    for round in 1..=rounds {
        let text = sample(lines, round);
        let started = Instant::now();
        let pdf = statement_pdf(&text)?;
        println!("{}", started.elapsed().as_micros());
        std::fs::write(&path, pdf)?;
    }
    Ok(())
}

/// Each round has another partner, so that only the template is cached.
fn sample(lines: u32, round: u32) -> StatementText {
    let number = 10_000_000 + round;
    let dossier_number = number.to_string();
    StatementText { number: format!("2026-W47-{number}"), dossier_number, ..samples::statement(lines) }
}
