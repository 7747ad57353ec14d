//! Sample data for every document, for the gallery (`infra/local`), the examples and the tests. No Lambda contains
//! them.

use crate::{
    ConventionText, Credit, EnvelopeTotal, PayeeText, RenderError, StatementDay, StatementLine, StatementText,
    convention_pdf, statement_pdf,
};

/// A document of the gallery.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// A unique name, which begins with the template's name.
    pub name: &'static str,
    /// The title in the gallery.
    pub title: &'static str,
    /// Renders the document.
    pub pdf: fn() -> Result<Vec<u8>, RenderError>,
}

/// The samples of all documents. A test checks that each template has one.
pub const SAMPLES: [Sample; 4] = [
    Sample { name: "convention", title: "Convention", pdf: || convention_pdf(&convention()) },
    Sample {
        name: "convention-next",
        title: "Convention, version suivante",
        pdf: || convention_pdf(&ConventionText { version: 2, ..convention() }),
    },
    Sample { name: "statement", title: "Relevé", pdf: || statement_pdf(&statement(60)) },
    Sample {
        name: "statement-without-account",
        title: "Relevé sans IBAN validé",
        pdf: || statement_pdf(&StatementText { payee: None, ..statement(3) }),
    },
];

/// The convention of a bookshop with a cinema.
pub fn convention() -> ConventionText {
    let credit = |label: &str, amount: &str| Credit { label: label.to_owned(), amount: amount.to_owned() };
    ConventionText {
        dossier_number: "P-2026-000042".to_owned(),
        version: 1,
        campaign: "2026-2027".to_owned(),
        issued_on: jiff::civil::date(2026, 11, 22),
        legal_name: "SARL L’Œuvre & Fils".to_owned(),
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

/// The statement of a bookshop that also receives outings, for a week of `lines` transactions, a few of them cancelled.
pub fn statement(lines: u32) -> StatementText {
    const DAYS: [&str; 6] = ["Lundi 16", "Mardi 17", "Mercredi 18", "Jeudi 19", "Vendredi 20", "Samedi 21"];
    let days = DAYS.iter().zip(0..).map(|(day, place)| {
        let of_day = (0..lines).filter(move |line| line * 6 / lines == place);
        StatementDay {
            day: format!("{day} novembre 2026"),
            total: euros(of_day.clone().map(counted_cents).sum()),
            lines: of_day.map(line).collect(),
        }
    });
    let total: u32 = (0..lines).map(counted_cents).sum();
    let envelope = |label: &str, outings: bool| {
        let of_envelope = (0..lines).filter(|line| is_outing(*line) == outings && !is_cancelled(*line));
        let cents: u32 = of_envelope.clone().map(counted_cents).sum();
        let count = of_envelope.map(|_| 1).sum();
        EnvelopeTotal {
            label: label.to_owned(),
            count,
            amount: euros(cents),
            percent: (cents * 100 + total / 2) / total,
        }
    };
    let totals = [envelope("Lecture", false), envelope("Sorties", true)];
    StatementText {
        number: "2026-W47-12345678".to_owned(),
        first_day: "16/11/2026".to_owned(),
        last_day: "22/11/2026".to_owned(),
        issued_on: jiff::civil::date(2026, 11, 23),
        legal_name: "SARL L’Œil & Cie".to_owned(),
        trade_name: "Librairie des Lices".to_owned(),
        dossier_number: "12345678".to_owned(),
        siret: "732 829 320 00074".to_owned(),
        administrative_address: "12 cours Mirabeau, 13100 Aix-en-Provence".to_owned(),
        payee: Some(PayeeText {
            holder: "SARL L’Œil & Cie".to_owned(),
            iban_masked: "FR76 •••• •••• 0189".to_owned(),
            bic: "AGRIFRPP".to_owned(),
            planned_on: "24/11/2026".to_owned(),
        }),
        count: totals.iter().map(|total| total.count).sum(),
        total: euros(total),
        cancelled: (0..lines).filter(|line| is_cancelled(*line)).map(|_| 1).sum(),
        totals: totals.into_iter().filter(|total| total.count > 0).collect(),
        days: days.filter(|day| !day.lines.is_empty()).collect(),
    }
}

const fn is_outing(line: u32) -> bool {
    line % 25 == 7
}

const fn is_cancelled(line: u32) -> bool {
    line % 40 == 11
}

/// The amount of a line: two to 27 euros for a payment, 29 tickets for an outing.
const fn cents(line: u32) -> u32 {
    if is_outing(line) { 23_200 } else { (2 + line % 24) * 100 + line % 100 }
}

/// The amount of a line that counts towards the week.
const fn counted_cents(line: u32) -> u32 {
    if is_cancelled(line) { 0 } else { cents(line) }
}

/// The amount as displayed: `1 234,50 €`.
fn euros(cents: u32) -> String {
    let (euros, cents) = (cents / 100, cents % 100);
    match (euros / 1000, euros % 1000) {
        (0, euros) => format!("{euros},{cents:02}\u{a0}€"),
        (thousands, rest) => format!("{thousands}\u{202f}{rest:03},{cents:02}\u{a0}€"),
    }
}

fn line(place: u32) -> StatementLine {
    let (what, envelope) = match is_outing(place) {
        true => ("Sortie « Le Cid », Lycée Marie-Curie, 29 participants", "Sorties"),
        false => ("Paiement en caisse", "Lecture"),
    };
    StatementLine {
        time: format!("{}\u{a0}h\u{a0}{:02}", 9 + place % 10, place % 60),
        what: what.to_owned(),
        envelope: envelope.to_owned(),
        number: format!("019aa{place:03x}-{:04x}", place * 31),
        amount: euros(cents(place)),
        running: euros((0..=place).map(counted_cents).sum()),
        cancelled: is_cancelled(place),
    }
}
