//! Uploaded pictures: recognised by their bytes, decoded within limits, turned upright, and encoded again as two JPEGs
//! that contain only the picture.

mod container;

use std::borrow::Cow;
use std::io::Cursor;

use epass_domain::Fault;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};

/// The largest upload: 2 MB (binary, as the form's script counts).
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The longest side of an upload, in pixels.
const MAX_SIDE: u32 = 10_000;

/// The most pixels of an upload. A phone's photo has 12 million; a picture whose header claims more is refused before
/// any pixel is decoded or allocated.
const MAX_PIXELS: u64 = 20_000_000;

/// The most bytes of a decoded upload: all pixels at 4 bytes, fewer pixels at 16 bits per colour.
const MAX_UNFOLDED_BYTES: u64 = MAX_PIXELS * 4;

/// The bounding box of each size: width and height in pixels.
const LARGE: (u32, u32) = (1200, 1600);
const SMALL: (u32, u32) = (400, 600);

/// JPEG quality: artefacts are not visible on a phone, and the small picture stays under 40 kB.
const QUALITY: u8 = 82;

const UNREADABLE: Fault =
    Fault::new("picture", "Cette image n’est pas lisible : joignez une photo JPEG, PNG ou WebP de 2 Mo au plus.");
const TOO_HEAVY: Fault = Fault::new("picture_size", "L’image dépasse 2 Mo : joignez une image plus légère.");
const TOO_WIDE: Fault =
    Fault::new("picture_size", "L’image compte trop de pixels : 10 000 de côté et 20 millions en tout au plus.");

/// A picture in the two sizes that pages show, as JPEGs without metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The size for the page of one bon plan: at most 1200 × 1600.
    pub large: Jpeg,
    /// The size for lists: at most 400 × 600.
    pub small: Jpeg,
}

/// One JPEG.
#[derive(Clone, PartialEq, Eq)]
pub struct Jpeg {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl std::fmt::Debug for Jpeg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Jpeg({}×{}, {} bytes)", self.width, self.height, self.bytes.len())
    }
}

impl Picture {
    /// Reads an upload: JPEG, PNG or WebP by its bytes, whatever its name. The same upload always gives the same bytes.
    /// A picture is never enlarged; transparent pixels become white.
    ///
    /// # Errors
    /// `picture` when it is not such a picture, or is damaged; `picture_size` when it has too many bytes or pixels.
    pub fn read(upload: &[u8]) -> Result<Self, Fault> {
        if upload.len() > MAX_BYTES {
            return Err(TOO_HEAVY);
        }
        let upright = decoded(upload)?;
        let large = reduced(&upright, LARGE);
        let small = reduced(&large, SMALL);
        Ok(Self { large: Jpeg::of(&large), small: Jpeg::of(&small) })
    }

    /// The keys under which the two files are stored below `folder`, large and small: hashes of their content, so that
    /// the same picture is stored once and the bytes of a key never change.
    pub fn keys(&self, folder: &str) -> (String, String) {
        let digest = Sha256::new().chain_update(&self.large.bytes).chain_update(&self.small.bytes).finalize();
        let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        (format!("{folder}/{name}-large.jpg"), format!("{folder}/{name}-small.jpg"))
    }
}

impl Jpeg {
    fn of(pixels: &RgbImage) -> Self {
        let (width, height) = pixels.dimensions();
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode(pixels, width, height, ExtendedColorType::Rgb8)
            .expect("memory takes every byte, and the sides fit a JPEG");
        Self { bytes, width, height }
    }
}

/// A decoder of an upload whose header respects the limits: it has read the header and no pixel.
fn opened(upload: &[u8]) -> Result<Box<dyn ImageDecoder + '_>, Fault> {
    let format = match image::guess_format(upload) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => format,
        _ => return Err(UNREADABLE),
    };
    if !container::is_whole(format, upload) {
        return Err(UNREADABLE);
    }
    let upload = match format {
        ImageFormat::Png => Cow::Owned(container::still_png(upload)),
        _ => Cow::Borrowed(upload),
    };
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    reader.limits(limits());
    let decoder = reader.into_decoder().map_err(|error| fault(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_UNFOLDED_BYTES {
        return Err(TOO_WIDE);
    }
    Ok(Box::new(decoder))
}

/// Decodes the pixels, upright and opaque, and reduces them to what the sizes need.
fn decoded(upload: &[u8]) -> Result<RgbImage, Fault> {
    let mut decoder = opened(upload)?;
    let orientation = decoder.orientation().map_err(|error| fault(&error))?;
    let mut image = opaque(DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?);
    // A first reduction in integers, with little memory; the finer filter does the rest. The picture is not turned yet,
    // so the box is a square.
    let enough = LARGE.1 * 2;
    if image.width() > enough || image.height() > enough {
        image = image.thumbnail(enough, enough);
    }
    image.apply_orientation(orientation);
    Ok(image.into_rgb8())
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_UNFOLDED_BYTES);
    limits
}

const fn fault(error: &ImageError) -> Fault {
    match error {
        ImageError::Limits(_) => TOO_WIDE,
        _ => UNREADABLE,
    }
}

/// The picture on a white background.
fn opaque(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let pixels = image.into_rgba8();
    let (width, height) = pixels.dimensions();
    let on_white = |channel: u8, alpha: u8| {
        let (channel, alpha) = (u16::from(channel), u16::from(alpha));
        ((channel * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let paper = RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        image::Rgb([red, green, blue].map(|channel| on_white(channel, alpha)))
    });
    DynamicImage::ImageRgb8(paper)
}

/// The picture reduced to fit a box; unchanged if it fits.
fn reduced(pixels: &RgbImage, most: (u32, u32)) -> RgbImage {
    match within(pixels.dimensions(), most) {
        same if same == pixels.dimensions() => pixels.clone(),
        (width, height) => image::imageops::resize(pixels, width, height, FilterType::Lanczos3),
    }
}

/// Width and height that fit a box in the same proportion, never enlarged.
fn within((width, height): (u32, u32), (most_width, most_height): (u32, u32)) -> (u32, u32) {
    let narrowed = if width > most_width { (most_width, scaled(height, most_width, width)) } else { (width, height) };
    if narrowed.1 > most_height { (scaled(width, most_height, height), most_height) } else { narrowed }
}

/// `side` × `to` / `from`, rounded, at least one pixel.
fn scaled(side: u32, to: u32, from: u32) -> u32 {
    let (side, to, from) = (u64::from(side), u64::from(to), u64::from(from));
    u32::try_from((side * to + from / 2) / from).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests;
