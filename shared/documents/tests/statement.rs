//! Tests of the statement's PDF: bytes, text, conformance marks and pages.

use epass_documents::{EnvelopeTotal, PayeeText, StatementDay, StatementLine, StatementText, statement_pdf};
use pdf_extract::{Document, Object, extract_text_from_mem};

fn line(number: u32, cancelled: bool) -> StatementLine {
    StatementLine {
        time: "14\u{a0}h\u{a0}05".to_owned(),
        what: "Paiement en caisse".to_owned(),
        envelope: "Lecture".to_owned(),
        number: format!("019aa000-{number:04}"),
        amount: "12,50\u{a0}€".to_owned(),
        running: format!("{},50\u{a0}€", number * 10),
        cancelled,
    }
}

fn text(lines: Vec<StatementLine>) -> StatementText {
    StatementText {
        number: "2026-W47-12345678".to_owned(),
        first_day: "16/11/2026".to_owned(),
        last_day: "22/11/2026".to_owned(),
        issued_on: jiff::civil::date(2026, 11, 23),
        legal_name: "SARL L’Œil & Cie".to_owned(),
        trade_name: String::new(),
        dossier_number: "12345678".to_owned(),
        siret: "732 829 320 00074".to_owned(),
        administrative_address: "12 cours Mirabeau, 13100 Aix-en-Provence".to_owned(),
        payee: Some(PayeeText {
            holder: "SARL L’Œil".to_owned(),
            iban_masked: "FR76 •••• •••• 0189".to_owned(),
            bic: "AGRIFRPP".to_owned(),
            planned_on: "24/11/2026".to_owned(),
        }),
        count: 1,
        total: "12,50\u{a0}€".to_owned(),
        cancelled: u32::try_from(lines.iter().filter(|line| line.cancelled).count()).expect("few"),
        totals: vec![EnvelopeTotal {
            label: "Lecture".to_owned(),
            count: 1,
            amount: "12,50\u{a0}€".to_owned(),
            percent: 100,
        }],
        days: vec![StatementDay {
            day: "Lundi 16 novembre 2026".to_owned(), total: "12,50\u{a0}€".to_owned(), lines
        }],
    }
}

fn pdf(text: &StatementText) -> Vec<u8> {
    statement_pdf(text).expect("a statement")
}

/// The document's words, independent of its line breaks.
fn words(text: &StatementText) -> String {
    let extracted = extract_text_from_mem(&pdf(text)).expect("text");
    extracted.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pages(pdf: &[u8]) -> usize {
    Document::load_mem(pdf).expect("a PDF").get_pages().len()
}

#[test]
fn the_same_text_gives_the_same_bytes_whatever_was_made_in_between() {
    let first = pdf(&text(vec![line(1, false)]));
    assert_ne!(pdf(&text(vec![line(2, false)])), first);
    assert_eq!(pdf(&text(vec![line(1, false)])), first);
}

#[test]
fn it_says_what_was_taken_and_when_it_is_paid() {
    let printed = words(&text(vec![line(1, false), line(2, true)]));
    for fact in [
        "Relevé n° 2026-W47-12345678",
        "du 16/11/2026 au 22/11/2026",
        "23 novembre 2026",
        "N° SIRET 732 829 320 00074",
        "IBAN (masqué) FR76 •••• •••• 0189",
        "Prévu le 24/11/2026",
        "Lecture 100 % 1 12,50 €",
        "Total 1 12,50 €",
        "1 transaction annulée",
        "Lundi 16 novembre 2026 12,50 €",
        "14 h 05 Paiement en caisse Lecture 019aa000-0001 12,50 €",
        "Annulée le jour même, non comptée",
        "sous quinzaine et par virement bancaire",
    ] {
        assert!(printed.contains(fact), "{fact}: {printed}");
    }
    assert!(!printed.contains("Nom commercial"), "an empty row is left out");
}

#[test]
fn without_an_approved_account_it_says_that_the_money_stays_due() {
    let printed = words(&StatementText { payee: None, ..text(vec![line(1, false)]) });
    assert!(printed.contains("La somme de 12,50 € reste due"), "{printed}");
    assert!(!printed.contains("IBAN (masqué)") && !printed.contains("annulée"));
}

#[test]
fn what_looks_like_markup_is_printed_as_it_stands() {
    let odd = r#"#let x = "L'Œuvre" & <Fils> *$a_b$* @c"#;
    let outing = StatementLine { what: odd.to_owned(), ..line(1, false) };
    let printed = words(&StatementText { legal_name: odd.to_owned(), ..text(vec![outing]) });
    assert_eq!(printed.matches(odd).count(), 2, "{printed}");
}

#[test]
fn it_declares_pdf_a_2a_pdf_ua_1_its_language_and_its_title() {
    let document = Document::load_mem(&pdf(&text(vec![line(1, false)]))).expect("a PDF");
    let catalog = document.catalog().expect("a catalog");
    let metadata = catalog.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
    let stream = document.get_object(metadata).and_then(Object::as_stream).expect("a stream");
    let xmp = String::from_utf8_lossy(&stream.content);
    for mark in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Relevé e-PASS JEUNES n° 2026-W47-12345678",
    ] {
        assert!(xmp.contains(mark), "{mark}: {xmp}");
    }
    assert!(catalog.get(b"Lang").and_then(Object::as_str).expect("a language").starts_with(b"fr"));
}

#[test]
fn many_lines_run_over_pages_that_repeat_the_heads() {
    let many = text((0..200).map(|number| line(number, false)).collect());
    let (printed, pages) = (words(&many), pages(&pdf(&many)));
    assert!((4..=8).contains(&pages), "{pages}");
    let heads = printed.matches("Heure Opération Rubrique Transaction Montant").count();
    assert!(heads == pages || heads + 1 == pages, "{heads} heads on {pages} pages: the last one may hold no line");
}

/// The words of each page.
fn by_page(text: &StatementText) -> Vec<String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(&pdf(text)).expect("text");
    pages.iter().map(|page| page.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_page_that_begins_in_mid_day_names_the_day_and_sums_are_carried_over() {
    let day = |name: &str, from: u32| StatementDay {
        day: name.to_owned(),
        total: "625,00\u{a0}€".to_owned(),
        lines: (from..from + 50).map(|number| line(number, false)).collect(),
    };
    let text =
        StatementText { days: vec![day("Lundi 16", 1), day("Mardi 17", 51), day("Jeudi 19", 101)], ..text(vec![]) };
    let pages = by_page(&text);
    assert!(pages.len() > 3, "{}", pages.len());
    let number_of = |words: &str| words.rsplit("019aa000-").next().and_then(|rest| rest[..4].parse::<u32>().ok());
    for (page, words) in pages.iter().enumerate().filter(|(_, words)| words.contains("019aa000-")) {
        let (first, last) = (words.find("019aa000-").unwrap(), number_of(words).unwrap());
        let first_number: u32 = words[first + 9..first + 13].parse().unwrap();
        let head = &words[..first];
        let day = ["Lundi 16", "Mardi 17", "Jeudi 19"][((first_number - 1) / 50) as usize];
        let goes_on = if (first_number - 1).is_multiple_of(50) { day.to_owned() } else { format!("{day} (suite)") };
        assert!(head.contains(&goes_on), "page {page}: {head}");
        assert_eq!(head.contains("(suite)"), goes_on.ends_with("(suite)"), "page {page}: {head}");
        let reported = format!("Report {},50 €", (first_number - 1) * 10);
        assert_eq!(head.contains(&reported), first_number > 1, "page {page}: {head}");
        let carried = if last == 150 {
            "Total de la semaine 1500,50 €".to_owned()
        } else {
            format!("À reporter {},50 €", last * 10)
        };
        assert!(words.contains(&carried), "page {page} lacks {carried}: {words}");
    }
}

#[test]
fn rows_and_days_have_headings_for_who_does_not_see_them() {
    let document = Document::load_mem(&pdf(&text(vec![line(1, false), line(2, false)]))).expect("a PDF");
    let headings = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|dictionary| dictionary.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == b"TH"));
    // Partner: 5 rows and 2 headings; transfer: 6 and 2; envelopes: 2 and 4; lines: 2 and 5; one day.
    assert!(headings.count() >= 27, "every row and day has one");
}

#[test]
fn a_name_is_found_as_it_is_written_and_a_postcode_stays_with_its_commune() {
    let name = "Librairie-Papeterie-Internationale-Saint-Jean-de-la-Croix";
    let address = "12 cours Mirabeau, 13100\u{a0}Aix-en-Provence".to_owned();
    let text = StatementText { legal_name: name.into(), administrative_address: address, ..text(vec![line(1, false)]) };
    let extracted = extract_text_from_mem(&pdf(&text)).expect("text");
    assert!(!extracted.contains('\u{200b}'), "{extracted}");
    let together: String = extracted.split_whitespace().collect();
    assert!(together.contains(name), "{extracted}");
}
