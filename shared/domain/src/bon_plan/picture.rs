//! The picture of a bon plan, in two sizes.

use serde::{Deserialize, Serialize};

use crate::Line;

/// A stored picture: two sizes, and a text alternative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The size for the bon plan's own page.
    pub large: Rendition,
    /// The size for lists.
    pub small: Rendition,
    /// The text alternative, at most 120 characters.
    pub alt: Line,
}

/// One size of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// The key in the bucket: `bon-plan/` and a name made of the content's digest.
    pub key: String,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl Rendition {
    /// The prefix of the keys of pictures.
    pub const FOLDER: &str = "bon-plan/";

    /// The name after the prefix, which is also the last part of its path on the site.
    pub fn name(&self) -> &str {
        self.key.strip_prefix(Self::FOLDER).unwrap_or(&self.key)
    }
}
