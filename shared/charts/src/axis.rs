//! The axis beside the bars: from zero to a round number, marked every 1, 2 or 5 times a power of ten.

/// The largest number of steps between zero and the top.
const STEPS: u128 = 5;

/// An axis that starts at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    /// Units between two marks.
    pub(crate) step: u128,
    /// The highest mark, in units.
    pub(crate) top: u128,
}

impl Axis {
    /// The smallest axis that holds `most` units.
    pub(crate) fn holding(most: u64) -> Self {
        let most = u128::from(most.max(1));
        let mut power = 1;
        let step = loop {
            match [1, 2, 5].into_iter().find(|round| round * power * STEPS >= most) {
                Some(round) => break round * power,
                None => power *= 10,
            }
        };
        Self { step, top: most.div_ceil(step) * step }
    }

    /// The marks in ascending order, from zero.
    pub(crate) fn marks(self) -> impl Iterator<Item = u128> {
        (0..=self.top / self.step).map(move |place| place * self.step)
    }

    /// The height of `units` when the top is at `height`; rounded down.
    pub(crate) fn up(self, units: u128, height: u64) -> u64 {
        share(units, self.top, height)
    }
}

/// The length of `part` when `whole` has `length`; rounded down, and 0 when `whole` is 0.
///
/// # Panics
/// When `part` is greater than `whole`.
pub(crate) fn share(part: u128, whole: u128, length: u64) -> u64 {
    assert!(part <= whole, "a part is no more than its whole");
    let laid = (part * u128::from(length)).checked_div(whole).unwrap_or(0);
    u64::try_from(laid).expect("a part is no longer than its whole")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_are_round() {
        for (most, step, top) in [
            (0, 1, 1),
            (1, 1, 1),
            (5, 1, 5),
            (6, 2, 6),
            (7, 2, 8),
            (11, 5, 15),
            (100, 20, 100),
            (101, 50, 150),
            (123_450, 50_000, 150_000),
            (1_000_000_000, 200_000_000, 1_000_000_000),
        ] {
            assert_eq!(Axis::holding(most), Axis { step, top }, "{most}");
        }
    }

    proptest! {
        #[test]
        fn every_scale_holds_its_figures_with_less_than_a_step_to_spare(most in 1..=u64::MAX) {
            let axis = Axis::holding(most);
            let marks: Vec<_> = axis.marks().collect();
            prop_assert!(axis.top >= u128::from(most) && axis.top < u128::from(most) + axis.step);
            prop_assert!((2..=6).contains(&marks.len()));
            prop_assert_eq!((marks[0], *marks.last().unwrap()), (0, axis.top));
            prop_assert!(["1", "2", "5"].contains(&axis.step.to_string().trim_end_matches('0')));
        }

        #[test]
        fn a_share_is_its_part_of_the_length_to_less_than_one(part in any::<u64>(), rest in any::<u64>(), length in 0..100_000u64) {
            let (part, whole) = (u128::from(part), u128::from(part) + u128::from(rest));
            let laid = u128::from(share(part, whole, length));
            prop_assert!(laid * whole <= part * u128::from(length));
            prop_assert!(whole == 0 || (laid + 1) * whole > part * u128::from(length));
        }
    }
}
