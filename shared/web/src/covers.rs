//! A picture for items without one. It is generated from a name, so that each bon plan and each partner keeps its own:
//! white shapes over the colour of the envelope, which the style sheet sets.

use std::fmt::Write;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 140;

/// Pseudo-random numbers seeded by a name (FNV-1a, then xorshift).
struct Draw(u64);

impl Draw {
    fn of(name: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold) | 1)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The remainder is below a `u32`.
        ((self.0 >> 16) % u64::from(limit)) as u32
    }
}

/// The picture, a whole SVG of some 600 bytes. It is decorative: the name stands beside it.
pub(crate) fn svg(name: &str) -> String {
    let mut draw = Draw::of(name);
    let shade = draw.below(4);
    let (kind, path) = match draw.below(6) {
        0 => ("line", rings(&mut draw)),
        1 => ("fill", stripes(&mut draw)),
        2 => ("fill", peaks(&mut draw)),
        3 => ("line", waves(&mut draw)),
        4 => ("fill", quarters(&mut draw)),
        _ => ("fill", shelves(&mut draw)),
    };
    let (x, y, radius) = (draw.below(WIDTH), draw.below(HEIGHT), 24 + draw.below(40));
    format!(
        "<svg class=\"cover shade-{shade}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"xMidYMid slice\" \
         aria-hidden=\"true\"><circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/><path class=\"{kind}\" d=\"{path}\"/></svg>"
    )
}

/// A path of several pieces.
fn pieces(range: impl Iterator<Item = u32>, mut piece: impl FnMut(&mut String, u32) -> std::fmt::Result) -> String {
    let mut path = String::new();
    for at in range {
        piece(&mut path, at).expect("writing to a string does not fail");
    }
    path
}

fn rings(draw: &mut Draw) -> String {
    let (x, y, step) = (draw.below(WIDTH), draw.below(HEIGHT), 22 + draw.below(14));
    pieces(1..8, |path, ring| {
        let (r, d) = (ring * step, 2 * ring * step);
        write!(path, "M{} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0", i64::from(x) - i64::from(r))
    })
}

fn stripes(draw: &mut Draw) -> String {
    let (gap, lean) = (30 + draw.below(24), 30 + draw.below(60));
    pieces(0..WIDTH.div_ceil(gap) + 3, |path, at| {
        let wide = 4 + draw.below(gap / 2);
        write!(path, "M{} 0h{wide}l-{lean} {HEIGHT}h-{wide}z", at * gap)
    })
}

fn peaks(draw: &mut Draw) -> String {
    pieces(0..6, |path, at| {
        let (half, high) = (34 + draw.below(30), 40 + draw.below(80));
        write!(path, "M{} {HEIGHT}l{half}-{high} {half} {high}z", i64::from(at * 58) - 40)
    })
}

fn waves(draw: &mut Draw) -> String {
    let (long, high) = (20 + draw.below(20), 10 + draw.below(16));
    pieces(0..7, |path, row| {
        write!(path, "M0 {}q{long}-{high} {} 0", 10 + row * 22, 2 * long)?;
        (0..WIDTH / (2 * long)).try_for_each(|_| write!(path, "t{} 0", 2 * long))
    })
}

fn quarters(draw: &mut Draw) -> String {
    const SIDE: u32 = 70;
    pieces(0..10, |path, at| {
        let (x, y) = (at % 5 * SIDE, at / 5 * SIDE);
        match draw.below(5) {
            0 => write!(path, "M{x} {y}h{SIDE}a{SIDE} {SIDE} 0 0 1-{SIDE} {SIDE}z"),
            1 => write!(path, "M{} {y}v{SIDE}a{SIDE} {SIDE} 0 0 1-{SIDE}-{SIDE}z", x + SIDE),
            2 => write!(path, "M{} {}h-{SIDE}a{SIDE} {SIDE} 0 0 1 {SIDE}-{SIDE}z", x + SIDE, y + SIDE),
            3 => write!(path, "M{x} {}v-{SIDE}a{SIDE} {SIDE} 0 0 1 {SIDE} {SIDE}z", y + SIDE),
            _ => Ok(()),
        }
    })
}

fn shelves(draw: &mut Draw) -> String {
    let mut x = 0;
    pieces(0..18, |path, _| {
        let (wide, high) = (8 + draw.below(16), 30 + draw.below(90));
        x += wide + 3;
        write!(path, "M{x} {HEIGHT}v-{high}h{wide}v{high}z")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_keeps_its_picture_and_others_have_another() {
        let names: Vec<String> = (0..60).map(|n| format!("Librairie n° {n}")).collect();
        let drawn: BTreeSet<String> = names.iter().map(|name| svg(name)).collect();
        assert_eq!(drawn.len(), names.len());
        assert_eq!(svg("Le Clézio"), svg("Le Clézio"));
        let kinds: BTreeSet<&str> =
            drawn.iter().filter_map(|svg| svg.split("shade-").nth(1)).filter_map(|rest| rest.get(..1)).collect();
        assert_eq!(kinds.len(), 4, "every shade is used");
        assert!(drawn.iter().all(|svg| svg.len() < 1_200), "a list of fifty stays light");
    }
}
