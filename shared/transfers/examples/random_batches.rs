//! Writes random files of transfers into a folder, for an external validator and for the benchmark: `random_batches
//! FOLDER FILES MOST_TRANSFERS SEED`. The same seed writes the same files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use epass_domain::{Bic, Euros, Iban, Line, ParisDay};
use epass_transfers::{Debtor, Order, Transfer, write};

const NAMES: [&str; 12] = [
    "L’Œil & Cie",
    "Librairie « Les Lices »",
    "Ωμέγα Βιβλιοπωλείο",
    "Théâtre de la Criée – scène n° 1",
    "Çà & là; <Arles>",
    "Ёлка и сыновья",
    "書店 Kyoto \u{1F3AD}",
    "O'Brien / Sons (Nice)",
    "\"Guillemets\" \\ barre_oblique|",
    "Łódź Straße Æther",
    "\u{1F4DA}\u{1F4DA}",
    "Société coopérative d’intérêt collectif des librairies indépendantes de Provence-Alpes-Côte d’Azur réunies",
];
const TOWNS: [Option<&str>; 4] = [Some("Châteauneuf-du-Pape"), Some("L’Isle-sur-la-Sorgue"), Some("Αθήνα"), None];
/// The largest amount that can be typed at a desk, in cents.
const MOST: u64 = 99_999_999;

/// A random generator for test data (splitmix64).
struct Seed(u64);

impl Seed {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = usize::try_from(self.next() % of.len() as u64).expect("a place in a list");
        &of[place]
    }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, files, most, seed] = arguments.as_slice() else {
        eprintln!("random_batches FOLDER FILES MOST_TRANSFERS SEED");
        std::process::exit(2);
    };
    let number = |text: &str| text.parse::<u64>().map_err(std::io::Error::other);
    let (files, most, mut seed) = (number(files)?, number(most)?, Seed(number(seed)?));
    for file in 0..files {
        // With one file, exactly that many transfers, for the benchmark; otherwise from 1 to that many.
        let count = if files == 1 { most } else { 1 + seed.next() % most };
        let transfers: Vec<Transfer> = (0..count).map(|number| transfer(&mut seed, number)).collect();
        let mut out = BufWriter::new(File::create(Path::new(folder).join(format!("{file:04}.xml")))?);
        let written = std::time::Instant::now();
        write(&order(file), &transfers, &mut out)?;
        out.flush()?;
        if files == 1 {
            println!("{}", written.elapsed().as_micros());
        }
    }
    Ok(())
}

fn order(file: u64) -> Order {
    let day = ParisDay::parse("2026-11-24").expect("a day").plus_days(i32::try_from(file % 3_000).unwrap_or_default());
    Order {
        message: format!("EPASS-{file}-{}", day.iso()),
        created_at: day.starts(),
        execution_day: day,
        debtor: Debtor {
            name: line("Région Provence-Alpes-Côte d’Azur"),
            iban: Iban::french(30_001, 512, 0),
            bic: bic(),
        },
    }
}

fn transfer(seed: &mut Seed, number: u64) -> Transfer {
    let (bank, branch, account) = (seed.next() % 100_000, seed.next() % 100_000, seed.next());
    let small = |number: u64| u32::try_from(number).expect("five digits");
    Transfer {
        end_to_end: format!("2026-W47-{}", 10_000_000 + number),
        amount: Euros::from_cents(1 + seed.next() % MOST),
        creditor: line(seed.pick::<&str>(&NAMES)),
        iban: Iban::french(small(bank), small(branch), account),
        bic: bic(),
        town: seed.pick(&TOWNS).map(line),
        remittance: format!("e-PASS JEUNES relevé 2026-W47-{}", 10_000_000 + number),
    }
}

fn line(text: &str) -> Line {
    Line::parse(text, 140).expect("a line")
}

fn bic() -> Bic {
    Bic::parse("AGRIFRPP882").expect("a BIC")
}
