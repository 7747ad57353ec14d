use super::*;

/// A code as the product draws it, held to `shared/web/src/qr.rs` by a test there, and what it says.
const CODES: [(&str, &str); 4] = [
    (include_str!("../codes/card.svg"), "2600140532012345"),
    (include_str!("../codes/phone.svg"), "10000000918446744073709551615"),
    (include_str!("../codes/voucher.svg"), "ABCDEFGHJKM"),
    (include_str!("../codes/link.svg"), "https://epass-jeunes.example/sorties/rejoindre/AbCdEfGhIjKlMnOpQrStUv"),
];

/// A code in the middle of a grey picture, each module a square of `size` pixels, as RGBA.
fn drawn(svg: &str, size: usize, width: usize, height: usize) -> Vec<u8> {
    let numbers = |text: &str| -> Vec<usize> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
    };
    let within = |attribute: &str| svg.split_once(attribute).unwrap().1.split_once('"').unwrap().0.to_owned();
    let [quiet, _, modules, _] = numbers(&within("viewBox=\""))[..] else { panic!("{svg}") };
    let (left, top) = ((width - modules * size) / 2, (height - modules * size) / 2);
    let mut pixels = [128, 128, 128, 255].repeat(width * height);
    let mut square = |x: usize, y: usize, length: usize, shade: u8| {
        for row in top + y * size..top + (y + 1) * size {
            let from = (row * width + left + x * size) * PIXEL;
            pixels[from..from + length * size * PIXEL].fill(shade);
        }
    };
    (0..modules).for_each(|y| square(0, y, modules, 250));
    for run in within("<path d=\"").split('M').skip(1) {
        let run = numbers(run);
        square(run[0] + quiet, run[1] + quiet, run[2], 5);
    }
    pixels
}

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

#[test]
fn what_the_product_shows_is_read() {
    for (svg, text) in CODES {
        for size in [3, 4, 9] {
            assert_eq!(read(640, 480, &drawn(svg, size, 640, 480)), [text], "{size} pixels a module");
        }
    }
}

#[test]
fn all_codes_of_a_picture_are_read() {
    let mut pixels = drawn(CODES[0].0, 4, 320, 200);
    pixels.extend(drawn(CODES[2].0, 4, 320, 200));
    let mut texts = read(320, 400, &pixels);
    texts.sort();
    assert_eq!(texts, [CODES[0].1, CODES[2].1]);
}

#[test]
fn sizes_have_bounds() {
    for (width, height, read) in [
        (1, 1, true),
        (1280, 800, true),
        (2048, 512, true),
        (0, 480, false),
        (640, 0, false),
        (2049, 1, false),
        (2048, 513, false),
        (usize::MAX, usize::MAX, false),
        (1 << 31, 2, false),
    ] {
        assert_eq!(bytes(width, height).is_some(), read, "{width} × {height}");
    }
}

#[test]
fn a_picture_that_is_not_what_its_size_says_has_no_codes() {
    let pixels = drawn(CODES[0].0, 4, 320, 200);
    for (width, height) in [(200, 321), (320, 199), (0, 0), (1 << 20, 1 << 20)] {
        assert!(read(width, height, &pixels).is_empty(), "{width} × {height}");
    }
    assert!(read(320, 200, &pixels[1..]).is_empty() && read(320, 200, &[]).is_empty());
}

#[test]
fn hostile_pictures_do_no_harm() {
    let mut dice = Dice(14);
    // Tiny ones, noise, stripes, and one shade.
    for (width, height) in [(1, 1), (1, 2048), (2048, 1), (2, 3), (7, 7), (21, 21), (333, 222)] {
        for paint in 0..6 {
            let pixels: Vec<u8> = (0..width * height)
                .flat_map(|at| {
                    let (x, y) = (at % width, at / width);
                    let shade = match paint {
                        0 => 0,
                        1 => 255,
                        2 => 255 * u8::from(x % 2 == 0),
                        3 => 255 * u8::from((x / 3 + y / 3) % 2 == 0),
                        4 => 255 * u8::from([0, 6].contains(&(x % 14)) || [0, 6].contains(&(y % 14))),
                        _ => u8::try_from(dice.roll(256)).unwrap(),
                    };
                    [shade; PIXEL]
                })
                .collect();
            let _ = read(width, height, &pixels);
        }
    }
    // Codes of which pieces were moved, painted over and cut.
    for round in 0..400 {
        let (svg, _) = CODES[round % CODES.len()];
        let mut pixels = drawn(svg, 3 + round % 3, 320, 240);
        for _ in 0..=dice.roll(40) {
            let length = 1 + dice.roll(4_000);
            let (from, to) = (dice.roll(pixels.len() - length), dice.roll(pixels.len() - length));
            match dice.roll(3) {
                0 => pixels.copy_within(from..from + length, to),
                1 => pixels[from..from + length].fill(0),
                _ => pixels[from..from + length].iter_mut().for_each(|byte| *byte = !*byte),
            }
        }
        let height = 240 - dice.roll(200);
        let _ = read(320, height, &pixels[..320 * height * PIXEL]);
    }
}

#[test]
fn calls_out_of_order_read_nothing() {
    use crate::browser;
    assert_eq!(browser::read(320, 200), 0, "before there is room");
    assert!(browser::room(0, 5).is_null() && browser::room(5_000, 5_000).is_null());
    assert!(!browser::room(320, 200).is_null());
    assert_eq!((browser::read(321, 200), browser::read(usize::MAX, 2), browser::read(320, 200)), (0, 0, 0));
    assert!(!browser::texts().is_null());
}
