use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb};
use proptest::prelude::*;

use super::*;

const RED: Rgb<u8> = Rgb([200, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 200]);

/// A red picture with a blue corner at the top left.
fn cornered(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| if x < width / 2 && y < height / 2 { BLUE } else { RED })
}

fn jpeg(pixels: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(pixels).unwrap();
    bytes
}

fn png(pixels: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = pixels.dimensions();
    PngEncoder::new(&mut bytes).write_image(pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn webp(pixels: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = pixels.dimensions();
    WebPEncoder::new_lossless(&mut bytes).encode(pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// The JPEG with a segment inserted after its first marker.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// An Exif segment with this orientation, and with text as a camera writes it.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let orientation = entry(0x0112, 3, 1, u32::from(orientation));
    let gps = entry(0x8825, 4, 1, 38);
    let words = b"GPSLatitude 43.2965 Zoe's phone";
    [b"Exif\0\0II*\0\x08\0\0\0\x02\0", &orientation[..], &gps, b"\0\0\0\0", words].concat()
}

fn decode(jpeg: &Jpeg) -> RgbImage {
    let pixels = image::load_from_memory_with_format(&jpeg.bytes, ImageFormat::Jpeg).unwrap().into_rgb8();
    assert_eq!(pixels.dimensions(), (jpeg.width, jpeg.height));
    pixels
}

fn is_about(pixel: &Rgb<u8>, colour: Rgb<u8>) -> bool {
    pixel.0.iter().zip(colour.0).all(|(one, other)| one.abs_diff(other) < 40)
}

/// The colour of a quarter of the picture; `right` and `low` select it.
fn quarter(pixels: &RgbImage, right: bool, low: bool) -> Rgb<u8> {
    let (width, height) = pixels.dimensions();
    let place = |side: u32, far: bool| if far { side * 3 / 4 } else { side / 4 };
    *pixels.get_pixel(place(width, right), place(height, low))
}

fn refusal(upload: &[u8]) -> &'static str {
    Picture::read(upload).unwrap_err().code
}

#[test]
fn each_format_gives_two_sizes_that_keep_the_proportions() {
    let pixels = cornered(2400, 1800);
    for upload in [jpeg(&pixels), png(&pixels), webp(&pixels)] {
        let picture = Picture::read(&upload).unwrap();
        assert_eq!((picture.large.width, picture.large.height), (1200, 900));
        assert_eq!((picture.small.width, picture.small.height), (400, 300));
        for size in [&picture.large, &picture.small] {
            let shown = decode(size);
            assert!(is_about(&quarter(&shown, false, false), BLUE) && is_about(&quarter(&shown, true, true), RED));
        }
        assert!(picture.small.bytes.len() < 40_000, "{picture:?}");
    }
}

#[test]
fn a_picture_is_never_enlarged_and_a_narrow_one_keeps_a_pixel() {
    let picture = Picture::read(&png(&cornered(300, 200))).unwrap();
    assert_eq!((picture.large.width, picture.small.height), (300, 200));
    let tall = Picture::read(&png(&cornered(1, 9_000))).unwrap();
    assert_eq!((tall.large.width, tall.large.height, tall.small.height), (1, 1600, 600));
    let high = Picture::read(&png(&cornered(1000, 2000))).unwrap();
    assert_eq!((high.large.width, high.large.height), (800, 1600));
}

#[test]
fn a_photo_is_turned_upright_and_says_nothing_of_camera_or_place() {
    // Position of the file's top left corner by Exif orientation: is it on the right, is it low, is the picture turned
    // on its side?
    let seen = [
        (1, (false, false), false),
        (2, (true, false), false),
        (3, (true, true), false),
        (4, (false, true), false),
        (5, (false, false), true),
        (6, (true, false), true),
        (7, (true, true), true),
        (8, (false, true), true),
    ];
    for (orientation, (right, low), on_its_side) in seen {
        let photo = with_segment(&jpeg(&cornered(1600, 800)), 0xE1, &exif(orientation));
        let picture = Picture::read(&photo).unwrap();
        let shape = (picture.large.width, picture.large.height);
        assert_eq!(shape, if on_its_side { (800, 1600) } else { (1200, 600) }, "orientation {orientation}");
        let shown = decode(&picture.large);
        assert!(is_about(&quarter(&shown, right, low), BLUE), "orientation {orientation}");
        assert!(is_about(&quarter(&shown, !right, low), RED), "orientation {orientation}");
    }
}

#[test]
fn nothing_but_the_picture_is_written() {
    const SECRET: &[u8] = b"43.2965 <script>alert(1)</script>";
    let mut photo = jpeg(&cornered(640, 480));
    let segments: [(u8, &[u8]); 5] = [
        (0xE1, &exif(6)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>43.2965</x:xmpmeta>"),
        (0xE2, b"ICC_PROFILE\0\x01\x01profile 43.2965"),
        (0xED, b"Photoshop 3.0\0 43.2965"),
        (0xFE, SECRET),
    ];
    for (marker, content) in segments {
        photo = with_segment(&photo, marker, content);
    }
    // An HTML page after the end of the picture, for a browser that would open it as one.
    photo.extend_from_slice(SECRET);
    let picture = Picture::read(&photo).unwrap();
    for size in [&picture.large, &picture.small] {
        for word in [&b"43.2965"[..], b"GPS", b"Exif", b"xmp", b"ICC_PROFILE", b"Photoshop", b"<script"] {
            assert!(!size.bytes.windows(word.len()).any(|part| part == word), "{}", String::from_utf8_lossy(word));
        }
        assert!(size.bytes.starts_with(&[0xFF, 0xD8]) && size.bytes.ends_with(&[0xFF, 0xD9]));
    }
    let bare = Picture::read(&with_segment(&jpeg(&cornered(640, 480)), 0xE1, &exif(6))).unwrap();
    assert_eq!(picture, bare, "what is no picture changes no byte");
}

#[test]
fn what_is_transparent_becomes_white() {
    let clear = image::RgbaImage::from_fn(64, 64, |x, _| image::Rgba([0, 0, 0, if x < 32 { 0 } else { 255 }]));
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&clear, 64, 64, ExtendedColorType::Rgba8).unwrap();
    let shown = decode(&Picture::read(&bytes).unwrap().large);
    assert!(is_about(shown.get_pixel(8, 8), Rgb([255, 255, 255])) && is_about(shown.get_pixel(56, 8), Rgb([0, 0, 0])));
}

#[test]
fn the_same_upload_has_the_same_bytes_and_keys_and_another_has_others() {
    let picture = Picture::read(&png(&cornered(800, 600))).unwrap();
    assert_eq!(picture, Picture::read(&png(&cornered(800, 600))).unwrap());
    let (large, small) = picture.keys("bon-plan");
    assert!(large.starts_with("bon-plan/") && large.ends_with("-large.jpg"), "{large}");
    assert_eq!(large.replace("-large", "-small"), small);
    assert_ne!(Picture::read(&png(&cornered(800, 602))).unwrap().keys("bon-plan").0, large);
}

#[test]
fn what_is_no_picture_is_refused() {
    let files: [&[u8]; 9] = [
        b"",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
        b"<!DOCTYPE html><img src=x>",
        b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)",
        b"%PDF-1.7",
        b"BM\x46\x00\x00\x00\x00\x00\x00\x00",
        b"\xFF\xD8\xFF\xE0<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"RIFF\x08\x00\x00\x00WEBPVP8 ",
    ];
    for file in files {
        assert_eq!(refusal(file), "picture", "{}", String::from_utf8_lossy(file));
    }
    let gif_then_picture = [b"GIF89a", &png(&cornered(8, 8))[..]].concat();
    assert_eq!(refusal(&gif_then_picture), "picture");
}

#[test]
fn a_file_that_stops_before_its_end_is_refused() {
    let pixels = cornered(320, 240);
    let photo = with_segment(&jpeg(&pixels), 0xE1, &[&exif(1)[..], &jpeg(&cornered(16, 16))].concat());
    for upload in [photo, png(&pixels), webp(&pixels)] {
        for cut in [16, upload.len() / 4, upload.len() / 2, upload.len() * 3 / 4, upload.len() - 14] {
            assert_eq!(refusal(&upload[..cut]), "picture", "{cut} of {}", upload.len());
        }
        assert!(Picture::read(&upload).is_ok());
    }
}

#[test]
fn two_megabytes_are_taken_and_a_byte_more_is_not() {
    let mut padded = jpeg(&cornered(64, 64));
    padded.resize(MAX_BYTES, 0);
    assert!(Picture::read(&padded).is_ok());
    padded.push(0);
    assert_eq!(refusal(&padded), "picture_size");
}

/// A PNG that claims these sides and contains almost no data.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(&cornered(8, 8));
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&crc);
    bytes
}

/// CRC-32 as in PNG (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

/// The result of reading the header alone.
fn header(upload: &[u8]) -> Result<(u32, u32), &'static str> {
    opened(upload).map(|decoder| decoder.dimensions()).map_err(|fault| fault.code)
}

#[test]
fn a_bomb_is_refused_by_its_header_before_it_unfolds() {
    assert_eq!(header(&claiming(10_001, 8)), Err("picture_size"));
    assert_eq!(header(&claiming(8, 10_001)), Err("picture_size"));
    assert_eq!(header(&claiming(10_000, 10_000)), Err("picture_size"), "sides that are allowed, pixels that are not");
    assert_eq!(header(&claiming(u32::MAX / 2, u32::MAX / 2)), Err("picture_size"));
    assert_eq!(header(&claiming(5_000, 4_000)), Ok((5_000, 4_000)));
    assert_eq!(header(&claiming(5_000, 4_001)), Err("picture_size"), "a line more than twenty million pixels");
    // Twelve million pixels of one colour make a small file, which is a valid picture.
    let plain = png(&RgbImage::from_pixel(4_000, 3_000, RED));
    assert!(plain.len() < MAX_BYTES / 4, "{}", plain.len());
    assert_eq!(Picture::read(&plain).unwrap().large.width, 1200);
}

/// Regression test: 25 million pixels of one colour in a few kilobytes, in each format.
#[test]
fn twenty_five_megapixels_are_refused_by_their_header_whatever_they_weigh() {
    let (width, height) = (5_000, 5_000);
    let plain = vec![255; (width * height) as usize];
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(&plain, width, height, ExtendedColorType::L8).unwrap();
    assert!(png.len() < 200_000, "{}", png.len());
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 10).encode(&plain, width, height, ExtendedColorType::L8).unwrap();
    // The header of a lossless WebP: its marker, then 14 bits for each side minus one.
    let sides = (width - 1) | ((height - 1) << 14);
    let mut webp = webp(&cornered(8, 8));
    webp[21..25].copy_from_slice(&sides.to_le_bytes());
    for upload in [&png, &jpeg, &webp] {
        assert_eq!(header(upload), Err("picture_size"));
        assert_eq!(refusal(upload), "picture_size");
    }
    let told = Picture::read(&png).unwrap_err().message;
    assert!(told.contains("20 millions"), "{told}");
}

/// A PNG chunk.
fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let named = [&kind[..], content].concat();
    [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
}

#[test]
fn nothing_of_a_png_unfolds_but_its_first_picture() {
    let picture = png(&cornered(40, 30));
    // Represents 32 MB of zeros compressed by deflate; stored uncompressed here, because only the chunk names matter.
    let bomb = vec![0; 300_000];
    let with = |chunks: &[Vec<u8>]| [&picture[..33], &chunks.concat(), &picture[33..]].concat();
    let profile = [&b"bomb\0\0"[..], &bomb].concat();
    let frame = [&7_u32.to_be_bytes()[..], &bomb].concat();
    let upload = with(&[
        chunk(b"iCCP", &profile),
        chunk(b"zTXt", &profile),
        chunk(b"iTXt", &profile),
        chunk(b"acTL", &[0, 0, 0, 200, 0, 0, 0, 0]),
        chunk(b"fdAT", &frame),
    ]);
    assert_eq!(container::still_png(&upload), picture);
    assert_eq!(Picture::read(&upload).unwrap(), Picture::read(&picture).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_bring_it_down(
        format in 0_usize..3, cut in 0_usize..4_000, spots in prop::collection::vec((0_usize..4_000, any::<u8>()), 0..12),
    ) {
        let pixels = cornered(40, 30);
        let mut upload = [jpeg(&pixels), png(&pixels), webp(&pixels)][format].clone();
        for (spot, byte) in spots {
            let spot = spot % upload.len();
            upload[spot] = byte;
        }
        upload.truncate(cut.max(12));
        let _ = Picture::read(&upload);
    }

    #[test]
    fn noise_is_no_picture(magic in prop::sample::select(vec![
        &b""[..], b"\xFF\xD8\xFF\xDB", b"\x89PNG\r\n\x1a\n", b"RIFF\xFF\x00\x00\x00WEBPVP8L", b"RIFF\xFF\x00\x00\x00WEBPVP8X",
    ]), noise in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Picture::read(&[magic, &noise].concat());
    }

    #[test]
    fn every_size_fits_its_box_in_proportion(width in 1_u32..=10_000, height in 1_u32..=10_000) {
        for most in [LARGE, SMALL] {
            let (wide, high) = within((width, height), most);
            prop_assert!((1..=most.0.min(width)).contains(&wide) && (1..=most.1.min(height)).contains(&high));
            // A tolerance of half a pixel of rounding on either side.
            let off = (i64::from(wide) * i64::from(height) - i64::from(high) * i64::from(width)).unsigned_abs();
            prop_assert!(off <= u64::from(width.max(height)) || wide == 1 || high == 1, "{wide} × {high}");
        }
    }
}
