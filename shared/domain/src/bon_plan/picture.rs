//! The picture of a bon plan, in two sizes.

use serde::{Deserialize, Serialize};

use crate::Line;

/// A picture, as it is kept: two sizes of it, in words too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// For the page of one.
    pub large: Rendition,
    /// For lists.
    pub small: Rendition,
    /// What it shows, for who does not see it; at most 120 characters.
    pub alt: Line,
}

/// One size of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// The key in the bucket: `bon-plan/` and a name made of the content's digest.
    pub key: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Rendition {
    /// Where the keys of pictures begin.
    pub const FOLDER: &str = "bon-plan/";

    /// The name in the key, which is also the last part of its path on the site.
    pub fn name(&self) -> &str {
        self.key.strip_prefix(Self::FOLDER).unwrap_or(&self.key)
    }
}
