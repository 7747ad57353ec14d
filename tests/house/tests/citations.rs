//! Every document, file and section that our words name exists.

use epass_house::{SourceFile, files};

/// Where words stand that name others.
const READ: [&str; 9] = [".rs", ".md", ".toml", ".yaml", ".html", ".css", ".js", ".ts", ".py"];

/// The endings of names that are files, where they stand in backquotes or in a link.
const FILES: [&str; 14] =
    [".rs", ".md", ".txt", ".toml", ".yaml", ".html", ".css", ".js", ".ts", ".py", ".json", ".typ", ".snap", ".svg"];

/// The guide to partners, which the rules cite by section.
const GUIDE: &str = "docs/guide-partenaire.txt";

/// What the product is, which the rules cite by the first words of a paragraph.
const PRODUCT: &str = "docs/product.md";

/// How a paragraph of it is cited; put together here, because this file is read as well.
const CITED: &str = concat!("`product.md`", ", *");

/// Files of other repositories that ours names.
const OF_OTHERS: [&str; 3] = ["common-passwords.txt", "passwords.json", "commonWords.json"];

fn read(files: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    // The guide and the decisions tell of their own day.
    let is_dated = |path: &str| path.starts_with("docs/decisions/") || path == "CHANGELOG.md" || path == GUIDE;
    files.iter().filter(move |file| READ.iter().any(|ending| file.path.ends_with(ending)) && !is_dated(&file.path))
}

/// The texts between two marks.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split_once(close)).map(|(inside, _)| inside)
}

/// Whether a word is the name of a file: letters, digits and `._-/`, with an ending that we know.
fn is_file(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let stem = FILES.iter().find_map(|ending| word.strip_suffix(ending));
    // What begins with a slash is an address of the site.
    is_plain && !word.starts_with('/') && stem.is_some_and(|stem| !stem.is_empty()) && !OF_OTHERS.contains(&word)
}

/// The words in backquotes of a line that is a comment or a document's.
fn named(file: &SourceFile) -> Vec<&str> {
    let is_document = file.path.ends_with(".md");
    let lines = file.text.lines().filter(move |line| {
        let line = line.trim_start();
        is_document
            || ["//", "#", "<!--", "{#", "/*", " *"].iter().any(|mark| line.starts_with(mark))
            || line.contains("// ")
    });
    lines.flat_map(|line| line.split('`').skip(1).step_by(2)).filter(|word| is_file(word)).collect()
}

/// Whether a name is a file's: from the root, from the folder of who names it, or the end of one path.
fn exists(files: &[SourceFile], by: &SourceFile, name: &str) -> bool {
    let folder = by.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    let (beside, ending) = (parts.join("/"), format!("/{}", name.trim_start_matches("./")));
    files.iter().any(|file| {
        file.path == beside
            || file.path.starts_with(&format!("{beside}/"))
            || format!("/{}", file.path).ends_with(&ending)
    })
}

#[test]
fn every_file_that_is_named_exists() {
    let files = files();
    let mut missing = Vec::new();
    for file in read(&files) {
        for name in named(file).into_iter().filter(|name| !exists(&files, file, name)) {
            missing.push(format!("{} names `{name}`", file.path));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_link_of_a_document_leads_to_a_file() {
    let files = files();
    let mut missing = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let links = between(&file.text, "](", ")").map(|link| link.split('#').next().unwrap_or_default());
        let ours = links.filter(|link| !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:"));
        for link in ours.filter(|link| !exists(&files, file, link)) {
            missing.push(format!("{} links to {link}", file.path));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_section_of_the_guide_that_is_cited_exists() {
    let files = files();
    let guide = &files.iter().find(|file| file.path == GUIDE).expect("the guide is a document of ours").text;
    let has = |section: &str| guide.lines().any(|line| line.starts_with(&format!("{section}. ")));
    let mut missing = Vec::new();
    for file in read(&files) {
        for cited in file.text.split("guide §").skip(1) {
            let section: String = cited.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            let section = section.trim_end_matches('.');
            if !section.is_empty() && !has(section) {
                missing.push(format!("{} cites guide §{section}", file.path));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_paragraph_of_the_product_that_is_cited_exists() {
    let files = files();
    let product = &files.iter().find(|file| file.path == PRODUCT).expect("it is a document of ours").text;
    let has = |title: &str| {
        product.lines().any(|line| line.starts_with(&format!("**{title}.**")) || line == format!("## {title}"))
    };
    let mut missing = Vec::new();
    for file in read(&files).filter(|file| file.path != PRODUCT) {
        for title in between(&file.text, CITED, "*").filter(|title| !has(title)) {
            missing.push(format!("{} cites *{title}*", file.path));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_word_of_the_glossary_is_in_the_code() {
    let files = files();
    let glossary = &files.iter().find(|file| file.path == "docs/glossary.md").expect("it is a document of ours").text;
    let rust: Vec<&SourceFile> = files.iter().filter(|file| file.path.ends_with(".rs")).collect();
    let is_declared = |word: &str| {
        let declared =
            ["struct ", "enum ", "fn ", "trait ", "type ", "const ", "    "].map(|kind| format!("{kind}{word}"));
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        rust.iter().any(|file| declared.iter().any(|text| file.text.split(text.as_str()).skip(1).any(is_whole)))
    };
    let mut missing = Vec::new();
    for row in glossary.lines().filter_map(|line| line.split('|').nth(2)) {
        for word in row.split('`').skip(1).step_by(2).filter(|word| !word.contains('/')) {
            let last = word.rsplit("::").next().unwrap_or(word);
            if !is_declared(last) {
                missing.push(word);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
