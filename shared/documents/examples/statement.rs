//! Writes a sample statement where the first argument says, and how long making it took, in microseconds a round:
//! `statement FILE.pdf [LINES] [ROUNDS]`.

use std::time::Instant;

use epass_documents::{EnvelopeTotal, PayeeText, StatementDay, StatementLine, StatementText, statement_pdf};

const DAYS: [&str; 6] = ["Lundi 16", "Mardi 17", "Mercredi 18", "Jeudi 19", "Vendredi 20", "Samedi 21"];

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

/// A bookshop that also receives outings; each round is another partner's, so that nothing but the template is warm.
fn sample(lines: u32, round: u32) -> StatementText {
    let number = 10_000_000 + round;
    let outings = lines / 25;
    let line = |place: u32| StatementLine {
        time: format!("{}\u{a0}h\u{a0}{:02}", 9 + place % 10, place % 60),
        what: match place % 25 {
            7 => "Sortie « Le Cid », Lycée Marie-Curie, 29 participants".to_owned(),
            _ => "Paiement en caisse".to_owned(),
        },
        envelope: if place % 25 == 7 { "Sorties" } else { "Lecture" }.to_owned(),
        number: format!("019aa{:03x}-{:04x}", place, place * 31 + round),
        amount: format!("{},{:02}\u{a0}€", 2 + place % 24, place % 100),
        running: format!("{},00\u{a0}€", place * 14),
        cancelled: place % 40 == 11,
    };
    let days = DAYS.iter().zip(0..).map(|(day, place)| StatementDay {
        day: format!("{day} novembre 2026"),
        total: "412,50\u{a0}€".to_owned(),
        lines: (0..lines).filter(|line| line * 6 / lines == place).map(line).collect(),
    });
    let total = |label: &str, count, amount: &str, percent| EnvelopeTotal {
        label: label.to_owned(),
        count,
        amount: amount.to_owned(),
        percent,
    };
    StatementText {
        number: format!("2026-W47-{number}"),
        first_day: "16/11/2026".to_owned(),
        last_day: "22/11/2026".to_owned(),
        issued_on: jiff::civil::date(2026, 11, 23),
        legal_name: "SARL L’Œil & Cie".to_owned(),
        trade_name: "Librairie des Lices".to_owned(),
        dossier_number: number.to_string(),
        siret: "732 829 320 00074".to_owned(),
        administrative_address: "12 cours Mirabeau, 13100 Aix-en-Provence".to_owned(),
        payee: Some(PayeeText {
            holder: "SARL L’Œil & Cie".to_owned(),
            iban_masked: "FR76 •••• •••• 0189".to_owned(),
            bic: "AGRIFRPP".to_owned(),
            planned_on: "24/11/2026".to_owned(),
        }),
        count: lines,
        total: "2\u{202f}475,00\u{a0}€".to_owned(),
        cancelled: lines / 40,
        totals: vec![
            total("Lecture", lines - outings, "1\u{202f}650,00\u{a0}€", 67),
            total("Sorties", outings, "825,00\u{a0}€", 33),
        ],
        days: days.filter(|day| !day.lines.is_empty()).collect(),
    }
}
