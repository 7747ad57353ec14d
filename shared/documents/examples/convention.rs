//! Writes a sample convention where the first argument says, and how long making it took: `convention FILE.pdf [ROUNDS] [long]`.

use std::time::Instant;

use epass_documents::{ConventionText, Credit, convention_pdf};

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

/// A bookshop with a cinema; each round has a dossier of its own, so that nothing but the template is warm.
fn sample(round: u32) -> ConventionText {
    let credit = |label: &str, amount: &str| Credit { label: label.to_owned(), amount: amount.to_owned() };
    ConventionText {
        dossier_number: format!("P-2026-{round:06}"),
        version: 1,
        campaign: "2026-2027".to_owned(),
        issued_on: jiff::civil::date(2026, 11, 22),
        legal_name: format!("SARL L’Œuvre & Fils {round}"),
        siret: "732 829 320 00074".to_owned(),
        administrative_address: "12 cours Mirabeau, 13100 Aix-en-Provence".to_owned(),
        trade_name: "Librairie-cinéma de l’Œuvre".to_owned(),
        activity_address: "14 cours Mirabeau, 13100 Aix-en-Provence".to_owned(),
        referent_name: "Mme Zoé D’Août-Lefèvre".to_owned(),
        referent_function: "Gérante".to_owned(),
        envelopes: ["Lecture", "Cinéma"].map(str::to_owned).to_vec(),
        accessibility: ["Mobilité réduite", "Boucle magnétique"].map(str::to_owned).to_vec(),
        dotation: vec![
            credit("Lecture", "28,00\u{a0}€"),
            credit("Cinéma", "12,00\u{a0}€"),
            credit("Spectacle / Arts visuels", "10,00\u{a0}€"),
            credit("Sorties", "10,00\u{a0}€"),
        ],
        account_holder: "SARL L’Œuvre & Fils".to_owned(),
        iban_masked: "FR76 •••• •••• 0189".to_owned(),
        bic: "AGRIFRPP".to_owned(),
        copies_address: "Docapost Applicam, 1 rue de l’Exemple, 57000 Metz".to_owned(),
    }
}

/// The same with answers of the greatest length.
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
