//! Writes a sample convention to a file and prints the time per round: `convention FILE.pdf [ROUNDS] [long]`.

use std::time::Instant;

use epass_documents::{ConventionText, convention_pdf, samples};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: convention FILE.pdf [ROUNDS] [long]")?;
    let rounds: u32 = std::env::args().nth(2).map_or(Ok(3), |rounds| rounds.parse())?;
    let long = std::env::args().nth(3).is_some();
    for round in 1..=rounds {
        let started = Instant::now();
        let pdf = convention_pdf(&if long { lengthened(sample(round)) } else { sample(round) })?;
        println!("{round}: {} bytes in {:?}", pdf.len(), started.elapsed());
        std::fs::write(&path, pdf)?;
    }
    Ok(())
}

/// Each round has another dossier, so that only the template is cached.
fn sample(round: u32) -> ConventionText {
    ConventionText {
        dossier_number: format!("P-2026-{round:06}"),
        legal_name: format!("SARL L’Œuvre & Fils {round}"),
        ..samples::convention()
    }
}

/// The same convention with answers of the greatest length.
fn lengthened(text: ConventionText) -> ConventionText {
    let long = "Association pour la promotion des arts, Saint-Jean-de-la-Croix ".repeat(4);
    ConventionText {
        legal_name: "W".repeat(250),
        trade_name: long.clone(),
        administrative_address: long.clone(),
        referent_function: long,
        accessibility: (1..=60).map(|number| format!("Aménagement {number}")).collect(),
        ..text
    }
}
