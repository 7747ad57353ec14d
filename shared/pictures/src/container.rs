//! Checks of a file before it is decoded: that it is complete (the decoders fill missing parts with grey, so a
//! truncated photo would be published), and which parts of a PNG belong to its picture.

use image::ImageFormat;

/// Whether the file is complete. PNG's decoder checks this itself.
pub(crate) fn is_whole(format: ImageFormat, bytes: &[u8]) -> bool {
    match format {
        ImageFormat::Jpeg => has_end_of_image(bytes),
        ImageFormat::WebP => has_what_it_announces(bytes),
        _ => true,
    }
}

/// Walks a JPEG's segments (ITU-T T.81, annex B) to its end-of-image marker. A search for the two bytes would not do: a
/// thumbnail in the metadata has a marker of its own.
fn has_end_of_image(bytes: &[u8]) -> bool {
    const END_OF_IMAGE: u8 = 0xD9;
    let mut at = 0;
    while let Some(found) = marker_from(bytes, at) {
        let (marker, after) = found;
        at = match marker {
            END_OF_IMAGE => return true,
            // Start of image, restart markers and TEM have no content.
            0x01 | 0xD0..=0xD8 => after,
            _ => match bytes.get(after..after + 2) {
                Some(length) => after + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2),
                None => return false,
            },
        };
    }
    false
}

/// The next marker, and the offset of its content. It skips compressed data, in which 0xFF is followed by 0x00.
fn marker_from(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut pairs = bytes.get(from..)?.windows(2).enumerate();
    pairs
        .find(|(_, pair)| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))
        .map(|(at, pair)| (pair[1], from + at + 2))
}

/// Whether a WebP is as long as its header says (RIFF, little-endian, without the first eight bytes).
fn has_what_it_announces(bytes: &[u8]) -> bool {
    let Some(&[a, b, c, d]) = bytes.get(4..8) else { return false };
    u64::from(u32::from_le_bytes([a, b, c, d])) + 8 <= bytes.len() as u64
}

/// The PNG reduced to its first picture: size, palette, pixels, transparency, orientation. It drops colour profiles and
/// texts, which may decompress to a thousand times their size, and further frames.
pub(crate) fn still_png(bytes: &[u8]) -> Vec<u8> {
    const SIGNATURE: usize = 8;
    /// Length, type and checksum of a chunk, in bytes.
    const AROUND: usize = 12;
    const KEPT: [&[u8]; 6] = [b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"];
    let (signature, mut rest) = bytes.split_at(SIGNATURE.min(bytes.len()));
    let mut kept = signature.to_vec();
    while let Some(&[a, b, c, d]) = rest.get(..4) {
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some((chunk, after)) = rest.split_at_checked(length.saturating_add(AROUND)) else { break };
        if KEPT.iter().any(|kind| chunk[4..8] == **kind) {
            kept.extend_from_slice(chunk);
        }
        rest = after;
    }
    // The rest is a truncated chunk: the decoder reports it.
    kept.extend_from_slice(rest);
    kept
}
