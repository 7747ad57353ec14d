//! Names, as printed in contracts, in the bank's file and in mails to others.

use unicode_normalization::UnicodeNormalization;

use super::{is_invisible, readable};
use crate::Fault;
use crate::typed::country::is_country;

const WEB: Fault = Fault::new(
    "name_web",
    "Un nom ne contient ni adresse web ni adresse mail. S’il s’agit d’une abréviation, mettez une espace après le point.",
);
const AT: Fault =
    Fault::new("name_web", "Un nom ne contient pas de « @ », qui en ferait une adresse mail : écrivez-le « a ».");
const SLASHES: Fault =
    Fault::new("name_slash", "Un nom ne commence ni ne finit par une barre oblique, et n’en compte pas deux de suite.");
const NO_LETTER: Fault = Fault::new("name_letters", "Un nom compte au moins une lettre.");
const MARKS: Fault = Fault::new(
    "name_marks",
    "Une lettre porte trop de signes, ou un signe ne suit aucune lettre : effacez-le et saisissez-le de nouveau.",
);
const DIGIT: Fault = Fault::new("name_digit", "Un prénom ou un nom de personne ne contient pas de chiffre.");

/// Reads the name of a structure, a place or a school, or the holder of an account: Latin letters, digits and usual
/// punctuation.
///
/// # Errors
/// `missing`; `several_lines`; `invisible_character`; `name_character` for an emoji, another script or symbol, and for
/// `<` and `>`; `name_marks`; `name_letters` without a letter; `name_web` for a web or e-mail address; `name_slash`.
pub(crate) fn of_structure(text: &str) -> Result<String, Fault> {
    let name = spelled(text)?;
    all_are(&name, |c| is_printed(c) && !matches!(c, '<' | '>'))?;
    if name.starts_with('/') || name.ends_with('/') || name.contains("//") {
        return Err(SLASHES);
    }
    Ok(name)
}

/// Reads a first or last name: Latin letters, spaces, hyphens, apostrophes, full stops, commas and brackets.
///
/// # Errors
/// Those of [`of_structure`] except `name_slash`, and `name_digit`.
pub(crate) fn of_person(text: &str) -> Result<String, Fault> {
    let name = spelled(text)?;
    if name.contains(|c: char| c.is_ascii_digit()) {
        return Err(DIGIT);
    }
    all_are(&name, is_of_person)?;
    Ok(name)
}

/// Reads a line that is printed in a contract but is not a name, such as a street. Invisible characters are dropped.
///
/// # Errors
/// `invisible_character` as in [`readable`]; `name_character`.
pub(crate) fn printed(line: &str) -> Result<String, Fault> {
    let line: String = one_space(&readable(line)?).nfc().collect();
    all_are(&line, |c| is_printed(c) || c == '@')?;
    Ok(line)
}

/// Reads one line as a name: composed (NFC), with single spaces, at least one letter and no web or e-mail address.
fn spelled(text: &str) -> Result<String, Fault> {
    let typed = text.trim();
    if let Some(place) = typed.find(|c: char| is_invisible(c) || (c.is_control() && !c.is_whitespace())) {
        return Err(hidden(&typed[..place]));
    }
    let name: String = one_space(typed).nfc().collect();
    if name.is_empty() {
        return Err(Fault::missing());
    }
    if name.contains('@') {
        return Err(AT);
    }
    if has_address(&name) {
        return Err(WEB);
    }
    let counts = |c: char| (is_latin_letter(c) && !is_ordinal(c)) || !is_printed(c);
    if name.contains(counts) { Ok(name) } else { Err(NO_LETTER) }
}

/// A fault that says where the invisible character stands, so that the person can remove it.
fn hidden(before: &str) -> Fault {
    let count = before.chars().count();
    let last: String = before.chars().skip(count.saturating_sub(12)).collect();
    let place = if last.is_empty() { "au début".to_owned() } else { format!("après « {} »", last.trim_end()) };
    Fault::told(
        "invisible_character",
        format!("Ce nom contient un caractère invisible {place} : effacez-le et saisissez-le de nouveau."),
    )
}

/// The text with each run of white space replaced by one plain space.
pub(super) fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The maximum number of combining accents on a letter, beyond its composed form: Vietnamese, Yoruba and Lithuanian
/// need one.
const MOST_ACCENTS: usize = 2;

fn all_are(name: &str, allowed: impl Fn(char) -> bool) -> Result<(), Fault> {
    let (mut after_letter, mut accents) = (false, 0);
    for c in name.chars() {
        accents = if is_accent(c) { accents + 1 } else { 0 };
        after_letter = is_latin_letter(c) || (after_letter && is_accent(c));
        if accents > MOST_ACCENTS || (accents > 0 && !after_letter) {
            return Err(MARKS);
        }
    }
    match name.chars().find(|c| !allowed(*c)) {
        None => Ok(()),
        Some(c) => Err(Fault::told(
            "name_character",
            format!("« {c} » ne peut pas figurer ici : employez des lettres latines et la ponctuation courante."),
        )),
    }
}

/// Whether a letter belongs to the Latin alphabets of Europe, Vietnam or Africa; phonetic signs, and click letters that
/// look like `!` or `|`, do not. The line of small letters has those whose capitals are in the range before it.
pub(crate) const fn is_latin_letter(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | 'ª' | 'º' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{1BF}' | '\u{1C4}'..='\u{24F}'
        | 'ɓ' | 'ɔ' | 'ɖ' | 'ɗ' | 'ə' | 'ɛ' | 'ɠ' | 'ɣ' | 'ɨ' | 'ɩ' | 'ɯ' | 'ɲ' | 'ɵ' | 'ʀ' | 'ʃ' | 'ʈ' | 'ʉ' | 'ʊ' | 'ʋ' | 'ʌ' | 'ʒ'
        | '\u{1E00}'..='\u{1EFB}')
}

/// Whether a letter is an ordinal indicator, which ends an abbreviation (`Mª`, `nº`) and is not part of a name.
const fn is_ordinal(c: char) -> bool {
    matches!(c, 'ª' | 'º')
}

/// Whether the PDF fonts and the bank's file can represent a character: Latin letters with their accents, digits,
/// punctuation, and the signs of a French keyboard. `@` is excluded, because it only occurs in addresses.
const fn is_printed(c: char) -> bool {
    is_latin_letter(c)
        || is_accent(c)
        || (matches!(c, ' '..='~') && c != '@')
        || (matches!(c, '¡'..='¿' | '×' | '÷') && c != '\u{AD}')
        || matches!(c, 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ' | '‐'..='―' | '‘'..='„' | '†'..='•' | '…' | '‰' | '′' | '″' | '‹' | '›' | '€' | '№' | '™' | '−')
}

/// Whether a name may contain this character; everything that prints names has to support it.
pub const fn may_be_in_a_name(c: char) -> bool {
    is_printed(c)
}

const fn is_of_person(c: char) -> bool {
    is_latin_letter(c)
        || is_accent(c)
        || matches!(
            c,
            ' ' | '-' | '\'' | '.' | ',' | '(' | ')' | '`' | '´' | '·' | 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ' | '‐'..='–' | '‘' | '’'
        )
}

/// Whether a character is a combining accent that could not be composed with its letter; strokes through a letter are
/// excluded.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{333}' | '\u{339}'..='\u{344}' | '\u{346}'..='\u{34E}' | '\u{351}'..='\u{353}' | '\u{357}' | '\u{358}'
        | '\u{35A}' | '\u{35C}'..='\u{362}')
}

/// Whether mail programs would turn a part of the name into a link, or would do so without one space: `evil .com`.
fn has_address(name: &str) -> bool {
    let lower = name.to_lowercase();
    let spoken = ["@", "://", "www.", "http:", "https:", "mailto:"].into_iter().any(|sign| lower.contains(sign));
    let labels: Vec<&str> = name.split('.').collect();
    spoken
        || labels
            .windows(2)
            .any(|pair| is_domain(last_word(pair[0].trim_end()), first_word(pair[1])) || is_spaced(pair))
}

/// Whether the pair would be an address without the space after the full stop: `evil. com`. It covers only endings that
/// are not also words or abbreviations in names.
fn is_spaced(pair: &[&str]) -> bool {
    const NO_WORDS: [&str; 4] = ["com", "net", "org", "www"];
    !pair[0].is_empty() && pair[1].starts_with(' ') && NO_WORDS.contains(&first_word(pair[1].trim_start()))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

fn last_word(text: &str) -> &str {
    let start = text
        .rfind(|c| !is_of_word(c))
        .map_or(0, |place| place + text[place..].chars().next().map_or(0, char::len_utf8));
    &text[start..]
}

fn first_word(text: &str) -> &str {
    &text[..text.find(|c| !is_of_word(c)).unwrap_or(text.len())]
}

/// Whether `before.after` looks like a domain. An abbreviation of up to three letters that begins with a capital does
/// not, unless a well-known ending follows: `E.Leclerc` and `St.Jean` are names, `T.me` is an address.
fn is_domain(before: &str, after: &str) -> bool {
    let ending = after.starts_with(char::is_alphabetic) && after.chars().count() >= 2;
    let abbreviation = before.chars().count() <= 3 && before.starts_with(char::is_uppercase);
    !before.is_empty() && ending && (!abbreviation || is_ending(after))
}

/// Whether the word is a likely domain ending: a country's, or one of the most common ones.
fn is_ending(word: &str) -> bool {
    const GENERIC: [&str; 32] = [
        "app", "biz", "blog", "click", "club", "com", "dev", "edu", "eu", "example", "fun", "icu", "info", "link",
        "live", "net", "news", "online", "org", "page", "paris", "pro", "shop", "site", "store", "tech", "test", "top",
        "uk", "vip", "web", "xyz",
    ];
    GENERIC.contains(&word.to_lowercase().as_str()) || is_country(&word.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_structures_are_taken_as_they_are() {
        for name in [
            "Librairie de l’Étoile",
            "L'Œil & Cie",
            "M.K.2",
            "MK2",
            "Cinéma L'Alcazar",
            "E.Leclerc",
            "St. Jean",
            "St.Jean",
            "S.A.R.L. Dupont",
            "SARL J.-P. Martin",
            "Théâtre n° 1",
            "Le 6bis",
            "Ciné+ !",
            "Fnac – Marseille (La Valentine)",
            "« La Criée »",
            "Art/Expo",
            "Rock'n'Roll",
            "Association « C’est à lire… »",
            "Tout à 1 €",
            "Şişli Kitabevi",
            "Łódź",
            "Nguyễn & fils",
            "Maison Müller",
            "A.B.C. Presse",
            "Point-Virgule ; suite",
            "Livres & Cie",
            "Mollat",
            "Ombres Blanches",
            "Le Furet du Nord",
            "Gibert Joseph",
            "L’Écume des Pages",
            "Librairie Maupetit (Marseille)",
            "Histoire de l’Œil",
            "Les Arcenaulx",
            "Goulard – Aix-en-Provence",
            "Charlemagne S.A.S.",
            "Actes Sud / Le Méjan",
            "Cinéma Les Variétés",
            "Pathé La Joliette",
            "Le Gyptis",
            "MK2 Bibliothèque",
            "UGC Ciné Cité",
            "Cinéma 3 Casino",
            "Le 6Mic",
            "La Friche la Belle de Mai",
            "Mucem",
            "Opéra Grand Avignon",
            "Fnac",
            "E. Leclerc Espace Culturel",
            "Espace 1789",
            "Théâtre du Jeu de Paume",
            "Théâtre Nat. de Nice",
            "Scène nat. Châteauvallon-Liberté",
            "SCOP ARL « La Marge »",
            "Association Loi 1901 n° 12/345",
            "Bulles & Cie.",
            "B.D.'Fugue Café",
            "Le Bateau Blanc",
            "Imp. fr. de musique",
            "Cie. de l'Éléphant",
            "Soc. Coop. d’Intérêt Collectif",
            "100% BD",
            "Hyper U – Rayon livres",
            "La Pléiade, l'autre librairie",
            "St. Com’ Presse",
            "M .Dupont et fils",
            "O’Neill's",
            "Marseille 13006",
            "16/20",
            "Col·lectiu",
            "Cultura®",
            "50% Manga",
            "U.S.A. Comics",
            "No.1 des livres",
            "Ets. Martin",
            "Ch. de Gaulle",
            "X2.0b",
        ] {
            if name.contains(char::is_alphabetic) {
                assert_eq!(of_structure(name).as_deref(), Ok(name));
            } else {
                assert_eq!(of_structure(name).unwrap_err().code, "name_letters", "{name}");
            }
        }
    }

    #[test]
    fn names_of_persons_are_taken_as_they_are() {
        for name in [
            "Léa",
            "Jean-Baptiste",
            "D’Arc",
            "O'Brien",
            "de la Tour-Martin",
            "Nguyễn",
            "Çelik",
            "Łukasz",
            "Møller",
            "Zoë",
            "Ñuñez",
            "Anne Marie",
            "J.-P.",
            "J.P. Roux",
            "Martin (ép. Roux)",
            "N’Diaye",
            "Ümit",
            "Þór",
            "Dvořák",
            "Əli",
            "Nguyễn Thị Ánh Tuyết",
            "Ọláwálé",
            "Adébáyọ̀",
            "Wỗ",
            "Žydrūnas",
            "Bė̃ržas",
            "Ndèye",
            "Ɛkua",
            "Abdoul-Wahab",
            "El Fassi",
            "Ben M’Hidi",
            "Al-Ḥusayn",
            "İbrahim",
            "Gökçe",
            "Yılmaz",
            "Şahin",
            "Đặng",
            "Trần",
            "Ðorđević",
            "Müller-Lüdenscheidt",
            "Groß",
            "Åsa",
            "Bjørn",
            "Sigríður Þorláksdóttir",
            "Ó Súilleabháin",
            "Mac Giolla Phádraig",
            "d'Hauteville",
            "Le Goff",
            "Kerguélen-Trémarec",
            "L’Hostis",
            "Saint-Exupéry",
            "Muñoz Íñiguez",
            "Conceição",
            "João",
            "Wałęsa",
            "Škvorecký",
            "Ștefan Țăranu",
            "Győző",
            "Ķēniņš",
            "Āboliņš",
            "Rrëza",
            "Pau Gasol i Sàez",
            "Nuʻu",
            "Teʻarii",
            "Rakotomalala",
            "Zoé-Marie (dite Zo)",
            "Sœur",
            "Lætitia",
            "Jr. Martin",
            "Martin jr.",
            "Ph. de Broca",
            "Ch. de Gaulle",
            "J. -P. Roux",
            "Xi",
            "O",
            "Kossɩ",
            "Ŋɔɖuƒe",
            "Ɓakari Ɗanladi",
            "ɓaba",
            "Saʿd",
            "Qurʾān",
            "Mª José",
        ] {
            assert_eq!(of_person(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn spaces_and_accents_are_written_in_one_way() {
        for typed in ["  Le  Gyp\u{A0}tis ", "Le\tGyp tis", "Le \u{202F} Gyp tis"] {
            assert_eq!(of_structure(typed).as_deref(), Ok("Le Gyp tis"), "{typed:?}");
        }
        assert_eq!(of_person("Le\u{301}a").as_deref(), Ok("Léa"));
        assert_eq!(of_structure("E\u{301}toile").as_deref(), Ok("Étoile"));
        assert_eq!(printed("12  rue\u{200B} des\u{AD} Lices"), Ok("12 rue des Lices".to_owned()));
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_rule() {
        let codes =
            |text: &str| (of_structure(text).map_err(|fault| fault.code), of_person(text).map_err(|fault| fault.code));
        for (text, code) in [
            ("", "missing"),
            (" \u{A0}", "missing"),
            ("\u{200B}", "invisible_character"),
            ("L\u{200B}éa", "invisible_character"),
            ("Léa\u{200E}", "invisible_character"),
            ("\u{202A}Léa", "invisible_character"),
            ("Lé\u{202E}a", "invisible_character"),
            ("Lé\u{2066}a", "invisible_character"),
            ("Lé\u{AD}a", "invisible_character"),
            ("Lé\u{FEFF}a", "invisible_character"),
            ("Léa\u{E0041}", "invisible_character"),
            ("Léa\u{FE0F}", "invisible_character"),
            ("L\u{3164}a", "invisible_character"),
            ("Léa\u{0}", "invisible_character"),
            ("😀", "name_character"),
            ("Léa 😀", "name_character"),
            ("Léa ♥", "name_character"),
            ("Léa ★", "name_character"),
            ("Léa 🇫🇷", "name_character"),
            ("L\u{435}a", "name_character"),
            ("Ωμέγα", "name_character"),
            ("書店", "name_character"),
            ("𝐋𝐞𝐚", "name_character"),
            ("Ｌｅａ", "name_character"),
            ("Léa\u{E000}", "name_character"),
            ("Léa\u{FFFD}", "name_character"),
            ("-", "name_letters"),
            ("ª", "name_letters"),
            ("º º", "name_letters"),
            ("...", "name_letters"),
            ("' - '", "name_letters"),
            ("Va sur https://evil.example", "name_web"),
            ("HTTPS://evil", "name_web"),
            ("www.evil.example", "name_web"),
            ("WWW.EVIL.EXAMPLE", "name_web"),
            ("evil.example", "name_web"),
            ("Va sur bit.ly/gain", "name_web"),
            ("Bit.ly", "name_web"),
            ("T.me", "name_web"),
            ("Evil.Com", "name_web"),
            ("evil.co.uk", "name_web"),
            ("(evil.example)", "name_web"),
            ("l’évil.example", "name_web"),
            ("lea@exemple.fr", "name_web"),
            ("Léa @ la plage", "name_web"),
            ("mailto:lea", "name_web"),
            ("evil .com", "name_web"),
            ("Evil .Com", "name_web"),
            ("evil. com", "name_web"),
            ("evil . com", "name_web"),
            ("evil\u{A0}.\u{A0}org", "name_web"),
            ("gain .fr", "name_web"),
            ("<b>Ana", "name_character"),
            ("Ana</b>", "name_character"),
            ("Livres & <Cie>", "name_character"),
            ("A\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}na", "name_marks"),
            ("Ana\u{316}\u{317}\u{318}", "name_marks"),
            ("A\u{489}na", "name_character"),
            ("\u{301}Ana", "name_marks"),
            ("Ana \u{301}", "name_marks"),
            ("Ana-\u{331}Lou", "name_marks"),
            ("A\u{338}na", "name_character"),
            ("L'@telier", "name_web"),
        ] {
            assert_eq!(codes(text), (Err(code), Err(code)), "{text:?}");
        }
        for (text, code) in
            [("//Ana", "name_slash"), ("Ana/", "name_slash"), ("/Ana", "name_slash"), ("A//B", "name_slash")]
        {
            assert_eq!(codes(text), (Err(code), Err("name_character")), "{text}");
        }
        for text in ["Léa 2", "Appelez le 0899"] {
            assert_eq!(codes(text), (Ok(text.to_owned()), Err("name_digit")), "{text}");
        }
        assert_eq!(codes("123"), (Err("name_letters"), Err("name_letters")));
        assert_eq!(printed("1 rue de l’A\u{300}\u{316}\u{317}\u{318}").unwrap_err().code, "name_marks");
    }

    #[test]
    fn the_sentence_says_where_and_what() {
        assert_eq!(
            of_person("Lé\u{200B}a").unwrap_err().message,
            "Ce nom contient un caractère invisible après « Lé » : effacez-le et saisissez-le de nouveau."
        );
        assert_eq!(
            of_structure("Chez 😀").unwrap_err().message,
            "« 😀 » ne peut pas figurer ici : employez des lettres latines et la ponctuation courante."
        );
        assert_eq!(printed("12 rue 😀").unwrap_err().code, "name_character");
    }
}
