//! The renderer: one Typst world (fonts, house style, templates) that turns a template and its data into PDF bytes.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::Abs;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// The number of renders that an unused memoized result survives: results that templates share stay cached, and results
/// of single partners do not accumulate in a long-lived process.
const KEPT_RENDERS: usize = 2;

/// The width of the longest run without a line break that fits every column of our tables, in thousandths of the font
/// size: more than any French word.
const WIDEST_RUN: u32 = 15_000;

/// Replaces a character that no embedded font draws: PDF/A forbids the empty box of a missing glyph.
const UNDRAWABLE: char = '□';

/// The fonts of each weight: the house font, and one for the letters of names that it lacks (`fonts/README.md`).
static WEIGHTS: [[&[u8]; 2]; 2] = [
    [include_bytes!("../fonts/SourceSans3-Regular.ttf"), include_bytes!("../fonts/DejaVuSans-Names.ttf")],
    [include_bytes!("../fonts/SourceSans3-SemiBold.ttf"), include_bytes!("../fonts/DejaVuSans-Bold-Names.ttf")],
];

static PRESS: LazyLock<Press> = LazyLock::new(Press::new);

/// The file from which a template reads its data.
static DATA: LazyLock<FileId> = LazyLock::new(|| file("data.json"));

/// The reason why a document was not rendered. The text is for the log: it may quote the document.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The data could not be written as JSON.
    #[error("the document's data is not JSON: {0}")]
    Data(#[from] serde_json::Error),
    /// The compiler refused the template, or the PDF/A and PDF/UA checker refused the result.
    #[error("the document was refused: {0}")]
    Refused(String),
}

/// A template, parsed once per process.
pub(crate) struct Template(Source);

impl Template {
    /// Parses the template `name` with the text `markup`.
    pub(crate) fn new(name: &str, markup: &str) -> Self {
        Self(Source::new(file(name), markup.to_owned()))
    }
}

/// Fills `template` with `data` and returns the bytes of a tagged PDF that conforms to PDF/A-2a and PDF/UA-1.
///
/// The template reads `data` with `json("/data.json")` and sets the document's title, language and date itself.
/// `identifier` is the document's permanent id: the same identifier and data always give the same bytes. It takes some
/// tens of milliseconds of CPU time without yielding.
///
/// # Errors
/// [`RenderError::Data`] when `data` does not serialise, [`RenderError::Refused`] when the template fails.
pub(crate) fn render(template: &Template, data: &impl Serialize, identifier: String) -> Result<Vec<u8>, RenderError> {
    let mut data = serde_json::to_value(data)?;
    PRESS.make_drawable(&mut data);
    let sheet = Sheet { template: &template.0, data: Bytes::new(serde_json::to_vec(&data)?) };
    let options = PdfOptions {
        ident: Smart::Custom(identifier),
        creator: Smart::Custom(Some("e-PASS JEUNES".to_owned())),
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .map_err(|refused| RenderError::Refused(refused.message().to_string()))?,
        ..PdfOptions::default()
    };
    let pdf = typst::compile(&sheet)
        .output
        .and_then(|document| typst_pdf::pdf(&document, &options))
        .map_err(|refused| RenderError::Refused(told(&refused)));
    typst::comemo::evict(KEPT_RENDERS);
    pdf
}

/// The diagnostics' messages on one line.
fn told(diagnostics: &[SourceDiagnostic]) -> String {
    let sentences: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    sentences.join("; ")
}

/// The id of one of our files in Typst's virtual file system.
fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the names of our templates are plain file names");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// The library, fonts and house style that all documents share.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    /// The same fonts as instances, which give the widths of their glyphs.
    faces: Vec<FontInstance>,
    house: Source,
}

impl Press {
    fn new() -> Self {
        let fonts: Vec<Font> = WEIGHTS.into_iter().flatten().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
        Self {
            // Typst 0.15 has row headings of tables (`pdf.header-cell`) behind this feature.
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            faces: fonts.iter().map(as_set).collect(),
            fonts,
            house: Source::new(file("house.typ"), include_str!("../templates/house.typ").to_owned()),
        }
    }

    /// Makes each text in `data` printable: see [`Press::drawable`].
    fn make_drawable(&self, data: &mut Value) {
        match data {
            Value::String(text) => *text = self.drawable(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.make_drawable(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.make_drawable(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `text` without invisible controls, with [`UNDRAWABLE`] in place of characters that no font draws, and with a
    /// line break opportunity (U+200B) in a run that is too wide for a column. Lines break after spaces and hyphens
    /// anyway, so no real name gets one, which would split the word for a text search.
    fn drawable(&self, text: &str) -> String {
        let mut drawable = String::with_capacity(text.len());
        let mut run = 0;
        for character in text.chars().filter(|&character| !is_invisible(character)) {
            let drawn = if self.draws(character) { character } else { UNDRAWABLE };
            let width = self.width(drawn);
            if run + width > WIDEST_RUN {
                drawable.push('\u{200b}');
                run = 0;
            }
            run = if breaks_after(drawn) { 0 } else { run + width };
            drawable.push(drawn);
        }
        drawable
    }

    /// The width of a character in the widest of the fonts, in thousandths of the font size.
    fn width(&self, character: char) -> u32 {
        let of = |face: &FontInstance| {
            let face = face.ttf();
            let advance = face.glyph_hor_advance(face.glyph_index(character)?)?;
            Some(u32::from(advance) * 1000 / u32::from(face.units_per_em()))
        };
        self.faces.iter().filter_map(of).max().unwrap_or_default()
    }

    /// Whether `character` is in a font of each weight.
    fn draws(&self, character: char) -> bool {
        let draws = |font: &Font| font.info().coverage.contains(u32::from(character));
        self.fonts.chunks(WEIGHTS[0].len()).all(|weight| weight.iter().any(draws))
    }
}

fn as_set(font: &Font) -> FontInstance {
    font.clone().instantiate(FontVariant::default(), Abs::zero(), &FontVariations::default())
}

/// Whether a line may break after `character` (UAX #14, simplified).
fn breaks_after(character: char) -> bool {
    matches!(character, '-' | '\u{2010}' | '\u{2013}' | '\u{2014}')
        || character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}')
}

/// Controls, directional marks, joiners and variation selectors: they draw nothing, and PDF/A does not allow them.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The Typst world of one document.
struct Sheet<'a> {
    template: &'a Source,
    data: Bytes,
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [self.template, &PRESS.house]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *DATA {
            return Ok(self.data.clone());
        }
        Ok(Bytes::from_string(self.source(id)?.text().to_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }

    /// None: a document's date is part of its data, because a clock would make the bytes differ between renders.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_greek_and_cyrillic_are_drawn_as_they_are() {
        let text = "L’Œuvre & Fils — ça coûte 12,50\u{a0}€, n°\u{202f}4, Ωμέγα, Ёлка, Łódź";
        assert_eq!(PRESS.drawable(text), text);
    }

    #[test]
    fn every_character_that_a_name_may_have_is_drawn() {
        let names = ('\u{20}'..='\u{2FFFF}').filter(|c| epass_domain::may_be_in_a_name(*c));
        let missing: Vec<char> = names.filter(|c| !PRESS.draws(*c)).collect();
        assert_eq!(missing, Vec::<char>::new());
        assert_eq!(PRESS.drawable("Ƴusuf Ƙwaƙwa"), "Ƴusuf Ƙwaƙwa");
    }

    #[test]
    fn what_no_font_draws_becomes_a_visible_mark_and_controls_vanish() {
        assert_eq!(PRESS.drawable("書店 \u{1f3ad}\u{fe0f} \u{e000}Au\u{0}\u{202e}x\u{feff} mots"), "□□ □ □Aux mots");
    }

    #[test]
    fn no_name_that_people_have_is_parted() {
        for name in [
            "Librairie-Papeterie-Internationale-Saint-Jean-de-la-Croix-aux-Mines",
            "Anticonstitutionnellement",
            "1 bis, rue du Pont-d’Arve, 13100\u{a0}Saint-Rémy-de-Provence",
            "librairie.de.l.etoile@exemple.fr",
        ] {
            assert_eq!(PRESS.drawable(name), name);
        }
    }

    #[test]
    fn a_run_that_fits_no_column_can_be_broken() {
        let drawable = PRESS.drawable(&"W".repeat(60));
        let widths: Vec<usize> = drawable.split('\u{200b}').map(str::len).collect();
        assert!(widths.len() > 2 && widths.iter().all(|run| *run < 24), "{widths:?}");
        assert_eq!(drawable.replace('\u{200b}', "").len(), 60);
    }
}
