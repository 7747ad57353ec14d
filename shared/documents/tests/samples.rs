//! Tests of the gallery's samples: the content of each, and that every template has one.

use epass_documents::samples::SAMPLES;
use pdf_extract::extract_text_from_mem_by_pages;

#[test]
fn the_documents_say_what_they_said() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for sample in SAMPLES {
        let pages = extract_text_from_mem_by_pages(&(sample.pdf)().expect("a document")).expect("text");
        let said: Vec<String> = pages.iter().zip(1..).map(|(page, number)| of_page(page, number)).collect();
        settings.bind(|| insta::assert_snapshot!(sample.name, said.join("\n")));
    }
}

/// The words of a page, line by line.
fn of_page(page: &str, number: u32) -> String {
    let lines = page.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let said: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    format!("=== page {number}\n{}\n", said.join("\n"))
}

#[test]
fn every_template_has_a_sample() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // Leaves out the file that the documents share.
    let templates: Vec<String> = files
        .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|template| template != "house")
        .collect();
    assert!(!templates.is_empty());
    for template in templates {
        assert!(SAMPLES.iter().any(|sample| sample.name.starts_with(&template)), "{template}");
    }
}
