//! Tests of the convention's PDF: bytes, text, conformance marks and pages.

use std::collections::BTreeSet;

use epass_documents::{ConventionText, Credit, convention_pdf, samples};
use pdf_extract::{Document, Object, extract_text_from_mem};

/// A legal name that contains code, markup, quotes and a tag, which must all be printed verbatim.
const ODD_NAME: &str = r#"#let x = "L'Œuvre" & <Fils> *$a_b$* @c \ [d]"#;

fn text() -> ConventionText {
    let credit = |label: &str, amount: &str| Credit { label: label.to_owned(), amount: amount.to_owned() };
    ConventionText {
        legal_name: "Librairie de l’Étoile".to_owned(),
        trade_name: String::new(),
        activity_address: String::new(),
        referent_name: "Mme Zoé Lefèvre".to_owned(),
        envelopes: vec!["Lecture".to_owned()],
        accessibility: Vec::new(),
        dotation: vec![credit("Lecture", "28,00\u{a0}€"), credit("Sorties", "10,00\u{a0}€")],
        account_holder: "Librairie de l’Étoile".to_owned(),
        ..samples::convention()
    }
}

fn pdf(text: &ConventionText) -> Vec<u8> {
    convention_pdf(text).expect("a convention")
}

/// The document's words, independent of its line breaks.
fn words(text: &ConventionText) -> String {
    let extracted = extract_text_from_mem(&pdf(text)).expect("text");
    extracted.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pages(pdf: &[u8]) -> usize {
    Document::load_mem(pdf).expect("a PDF").get_pages().len()
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    assert_eq!(pdf(&text()), pdf(&text()));
}

#[test]
fn other_renders_in_between_change_nothing() {
    let first = pdf(&text());
    for version in 2..6 {
        assert_ne!(pdf(&ConventionText { version, ..text() }), first);
    }
    assert_eq!(pdf(&text()), first);
}

#[test]
fn a_name_that_looks_like_markup_is_printed_as_it_stands() {
    let printed = words(&ConventionText { legal_name: ODD_NAME.to_owned(), ..text() });
    assert_eq!(printed.matches(ODD_NAME).count(), 3, "{printed}");
}

#[test]
fn it_says_what_was_agreed() {
    let printed = words(&text());
    for fact in [
        "N° P-2026-000042 ",
        "22 novembre 2026",
        "Dossier n° P-2026-000042 · Version 1 · Campagne 2026-2027 Page 4 / 4",
        "N° SIRET 732 829 320 00074",
        "Référent e-PASS JEUNES Mme Zoé Lefèvre",
        "Lecture 28,00 €",
        "Sorties 10,00 €",
        "IBAN (masqué) FR76 •••• •••• 0189",
        "sous quinzaine et par virement bancaire",
        "31 août 2027",
        "Fait en deux exemplaires originaux",
        "tribunal administratif de Marseille",
    ] {
        assert!(printed.contains(fact), "{fact}: {printed}");
    }
    for absent in ["Nom commercial", "annule et remplace"] {
        assert!(!printed.contains(absent), "{absent}");
    }
}

#[test]
fn a_next_version_replaces_the_one_before() {
    assert!(words(&text()).contains("Docapost Applicam, 1 rue de l’Exemple, 57000 Metz"), "where to send the copies");
    let printed = words(&ConventionText { version: 2, ..text() });
    assert!(
        printed.contains("Elle porte la version 2 : dès sa validation, elle annule et remplace la version précédente.")
    );
}

#[test]
fn it_declares_pdf_a_2a_pdf_ua_1_its_language_and_its_title() {
    let document = Document::load_mem(&pdf(&text())).expect("a PDF");
    let catalog = document.catalog().expect("a catalog");
    let metadata = catalog.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
    let stream = document.get_object(metadata).and_then(Object::as_stream).expect("a stream");
    let xmp = String::from_utf8_lossy(&stream.content);
    for mark in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Convention de partenariat e-PASS JEUNES, dossier n° P-2026-000042, version 1",
        "2026-11-22",
    ] {
        assert!(xmp.contains(mark), "{mark}: {xmp}");
    }
    assert!(catalog.get(b"Lang").and_then(Object::as_str).expect("a language").starts_with(b"fr"));
    assert!(catalog.get(b"Outlines").is_ok(), "the articles are bookmarks");
}

#[test]
fn its_structure_has_headings_lists_and_table_headers() {
    let document = Document::load_mem(&pdf(&text())).expect("a PDF");
    let tags: BTreeSet<String> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"S").ok()?.as_name().ok())
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    for tag in ["H1", "P", "L", "LI", "Table", "TR", "TH", "TD"] {
        assert!(tags.contains(tag), "{tag}: {tags:?}");
    }
}

#[test]
fn a_usual_one_has_four_pages() {
    assert_eq!(pages(&pdf(&text())), 4);
}

#[test]
fn long_answers_lengthen_the_document_and_stay_on_the_page() {
    let long = "Association pour la promotion et la diffusion des arts et des lettres ".repeat(4);
    let long = ConventionText {
        legal_name: "W".repeat(250),
        trade_name: long.clone(),
        administrative_address: long.clone(),
        activity_address: long.clone(),
        referent_name: long.clone(),
        referent_function: long,
        account_holder: "W".repeat(140),
        accessibility: (1..=120).map(|number| format!("Aménagement {number}")).collect(),
        ..text()
    };
    let printed = pdf(&long);
    assert!(pages(&printed) > pages(&pdf(&text())) + 2);
    let words = words(&long);
    assert!(words.contains("Aménagement 1 ") && words.contains("Aménagement 120 "));
    assert!(words.contains("Page 1 / "));
}

#[test]
fn characters_without_a_glyph_do_not_stop_a_convention() {
    let printed =
        words(&ConventionText { legal_name: "書店 \u{1f3ad} Théâtre e\u{301}toile\u{0}".to_owned(), ..text() });
    assert!(printed.contains("□□ □ Théâtre"), "{printed}");
}
