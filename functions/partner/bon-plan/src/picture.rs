//! The picture of a bon plan: received, stored in two sizes, and named so that the form can carry it between
//! attempts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use epass_domain::{Fault, Line, Picture, Rendition};
use epass_files::{Document, Files, FilesError};
use epass_web::Input;

/// A picture that is named after its place in the bucket and has no alternative text yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    large: Rendition,
    small: Rendition,
}

const UNKNOWN: Fault = Fault::new("picture", "Cette image n’est plus là : joignez-la à nouveau.");

/// The text that a form carries for a picture: `<digest>-<width>x<height>-<width>x<height>`, the large size first.
pub fn kept(picture: &Picture) -> String {
    Kept { large: picture.large.clone(), small: picture.small.clone() }.to_string()
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (large, small) = (&self.large, &self.small);
        let digest = large.name().trim_end_matches("-large.jpg");
        write!(f, "{digest}-{}x{}-{}x{}", large.width, large.height, small.width, small.height)
    }
}

impl Kept {
    /// Reads the text that a form carries.
    ///
    /// # Errors
    /// A fault at `picture` when [`kept`] could not have written the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text.trim()).ok_or(UNKNOWN)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (digest, large, small) = (parts.next()?, parts.next()?, parts.next()?);
        let is_digest = digest.len() == 32 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest || parts.next().is_some() {
            return None;
        }
        let rendition = |size: &str, sides: &str, most: u32| {
            let (width, height) = sides.split_once('x')?;
            let side = |text: &str| text.parse::<u32>().ok().filter(|side| (1..=most).contains(side));
            let key = format!("{}{digest}-{size}.jpg", Rendition::FOLDER);
            Some(Rendition { key, width: side(width)?, height: side(height)? })
        };
        Some(Self { large: rendition("large", large, 1600)?, small: rendition("small", small, 600)? })
    }

    /// The path of the small size.
    pub fn path(&self) -> String {
        epass_bon_plan::image_path(&self.small)
    }

    /// Adds the alternative text.
    pub fn described(self, alt: Line) -> Picture {
        Picture { large: self.large, small: self.small, alt }
    }
}

/// A picture that came with a request and is not stored yet.
#[derive(Debug)]
pub struct Unkept {
    /// The picture's place in the bucket; the form carries it from then on.
    pub name: Kept,
    picture: epass_pictures::Picture,
}

impl Unkept {
    /// Stores the picture in both sizes. The same picture is stored once.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn keep(&self, files: &Files) -> Result<(), FilesError> {
        for (of, jpeg) in [(&self.name.large, &self.picture.large), (&self.name.small, &self.picture.small)] {
            files.keep(&of.key, Document { media_type: "image/jpeg", bytes: &jpeg.bytes }).await?;
        }
        Ok(())
    }
}

/// The picture that came as a file or, in base64, as `typed`, or its fault. None when there is no picture.
pub fn received<F>(input: &Input<F>, typed: &str) -> Option<Result<Unkept, Fault>> {
    const UNREADABLE: Fault = Fault::new("picture_base64", "L’image n’est pas du base64 lisible.");
    let upload = match input.file("picture") {
        Some(bytes) => Ok(bytes.clone()),
        None if typed.is_empty() => return None,
        None => STANDARD.decode(typed).map(Bytes::from).map_err(|_| UNREADABLE),
    };
    let picture = match upload.and_then(|bytes| epass_pictures::Picture::read(&bytes)) {
        Ok(picture) => picture,
        Err(fault) => return Some(Err(fault)),
    };
    let (large, small) = picture.keys(Rendition::FOLDER.trim_end_matches('/'));
    let rendition = |key, of: &epass_pictures::Jpeg| Rendition { key, width: of.width, height: of.height };
    let name = Kept { large: rendition(large, &picture.large), small: rendition(small, &picture.small) };
    Some(Ok(Unkept { name, picture }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_carries_reads_back_and_nothing_else_does() {
        let text = "0123456789abcdef0123456789abcdef-1200x900-400x300";
        let kept = Kept::parse(text).unwrap();
        assert_eq!(kept.to_string(), text);
        assert_eq!(kept.large.key, "bon-plan/0123456789abcdef0123456789abcdef-large.jpg");
        for other in [
            "../../rib/41234567-1200x900-400x300",
            "0123456789ABCDEF0123456789ABCDEF-1200x900-400x300",
            "0123456789abcdef0123456789abcdef-1200x900",
            "0123456789abcdef0123456789abcdef-1200x9000-400x300",
            "0123456789abcdef0123456789abcdef-0x900-400x300",
            "0123456789abcdef0123456789abcdef-1200x900-400x300-1x1",
        ] {
            assert_eq!(Kept::parse(other).unwrap_err().code, "picture", "{other}");
        }
    }
}
