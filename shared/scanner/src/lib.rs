//! Reads QR codes out of a camera's picture, for browsers that cannot do it by themselves.

#[cfg(any(target_arch = "wasm32", test))]
mod browser;

use rqrr::{BitGrid, Grid, PreparedImage};

/// The longest side of a picture that is read, in pixels.
pub const MAX_SIDE: usize = 2048;
/// How many pixels a picture has at most: 1280 × 800, and a little more.
pub const MAX_PIXELS: usize = 1 << 20;
/// Bytes of a pixel, as a canvas gives it: red, green, blue and opacity.
const PIXEL: usize = 4;

/// How many bytes a picture of this size has. `None` for one that is not read: empty, or too large.
#[must_use]
pub fn bytes(width: usize, height: usize) -> Option<usize> {
    let sides = 1..=MAX_SIDE;
    let read = sides.contains(&width) && sides.contains(&height) && width * height <= MAX_PIXELS;
    read.then(|| width * height * PIXEL)
}

/// The texts of all QR codes in a picture, given row by row as a canvas does (RGBA). Nothing for a picture of another
/// length than its size says, or of a size that is not read.
#[must_use]
pub fn read(width: usize, height: usize, pixels: &[u8]) -> Vec<String> {
    if bytes(width, height) != Some(pixels.len()) {
        return Vec::new();
    }
    let (pixels, _) = pixels.as_chunks::<PIXEL>();
    let grey: Vec<u8> = pixels.iter().copied().map(luminance).collect();
    let read = texts(&PreparedImage::prepare_from_greyscale(width, height, |x, y| grey[y * width + x]).detect_grids());
    if !read.is_empty() {
        return read;
    }
    // rqrr holds a pixel against those on its row and above it, an eighth of the picture wide: around a small code, or a
    // bright one in the dark, what is beside it counts too much.
    let dark = darker_than_around(&grey, width);
    texts(&PreparedImage::prepare_from_bitmap(width, height, |x, y| dark[y * width + x]).detect_grids())
}

/// What these codes say; nothing of one that is damaged beyond repair.
fn texts<G: BitGrid>(codes: &[Grid<G>]) -> Vec<String> {
    codes.iter().filter_map(|code| code.decode().ok()).map(|(_, text)| text).collect()
}

/// Which pixels are darker than the mean of the square around them, a sixteenth of the picture wide.
fn darker_than_around(grey: &[u8], width: usize) -> Vec<bool> {
    let height = grey.len() / width;
    let reach = (width.max(height) / 32).max(4);
    // Sums of all that is above and left of a corner (a summed-area table).
    let mut sums = vec![0_u32; (width + 1) * (height + 1)];
    for y in 0..height {
        let mut row = 0;
        for x in 0..width {
            row += u32::from(grey[y * width + x]);
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
        }
    }
    let mut dark = Vec::with_capacity(grey.len());
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(reach) * (width + 1), (y + reach + 1).min(height) * (width + 1));
        for x in 0..width {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let sum = sums[bottom + right] + sums[top + left] - sums[bottom + left] - sums[top + right];
            let count = (bottom - top) / (width + 1) * (right - left);
            dark.push(u64::from(grey[y * width + x]) * count as u64 * 100 < u64::from(sum) * 95);
        }
    }
    dark
}

/// How light a pixel is (ITU-R BT.601, in 256ths). Opacity does not count: a camera's picture is opaque.
fn luminance([red, green, blue, _]: [u8; PIXEL]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
