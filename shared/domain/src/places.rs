//! The moves of a bon plan's counters, each with the guard that it relies on. A rule chooses the move; the store holds the guard
//! against the counters as they stand when it writes.

use crate::{Standing, Terms};

/// A move of the counters: places that are taken, and people in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Somebody comes and gets a place.
    Take,
    /// Somebody comes and waits in line.
    Queue,
    /// The first in line gets a free place.
    Promote,
    /// Somebody leaves the line.
    LeaveTheLine,
    /// Somebody with a place leaves, and the first in line gets it.
    HandOver,
    /// Somebody with a place leaves, and nobody in line gets it.
    GiveBack,
    /// Somebody with a place leaves after the line has ended.
    GiveUp,
}

/// What can be asked of the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Nobody waits in line.
    NobodyWaits,
    /// Somebody waits in line.
    SomebodyWaits,
    /// Somebody has a place.
    SomebodyIsIn,
    /// As many may come as want to.
    Unlimited,
    /// There is a number of places.
    Limited,
    /// Fewer places are taken than there are.
    BelowPlaces,
    /// No more places are taken than there are.
    WithinPlaces,
    /// All places are taken.
    Full,
    /// More places are taken than there are, since their number was lowered.
    AbovePlaces,
}

/// Facts of which all groups hold, each by one of its members.
pub type Guard = &'static [&'static [Fact]];

impl Move {
    /// Every move.
    pub const ALL: [Self; 7] =
        [Self::Take, Self::Queue, Self::Promote, Self::LeaveTheLine, Self::HandOver, Self::GiveBack, Self::GiveUp];

    /// The one table of what each move relies on.
    pub const fn guard(self) -> Guard {
        use Fact::{
            AbovePlaces, BelowPlaces, Full, Limited, NobodyWaits, SomebodyIsIn, SomebodyWaits, Unlimited, WithinPlaces,
        };
        match self {
            Self::Take => &[&[NobodyWaits], &[Unlimited, BelowPlaces]],
            Self::Queue => &[&[Limited], &[Full, SomebodyWaits]],
            Self::Promote => &[&[SomebodyWaits], &[Unlimited, BelowPlaces]],
            Self::LeaveTheLine => &[&[SomebodyWaits]],
            Self::HandOver => &[&[SomebodyWaits], &[WithinPlaces]],
            Self::GiveBack => &[&[NobodyWaits, AbovePlaces]],
            Self::GiveUp => &[&[SomebodyIsIn]],
        }
    }

    /// By how much it moves the places that are taken, and the people in line.
    pub const fn by(self) -> (i8, i8) {
        match self {
            Self::Take => (1, 0),
            Self::Queue => (0, 1),
            Self::Promote => (1, -1),
            Self::LeaveTheLine | Self::HandOver => (0, -1),
            Self::GiveBack | Self::GiveUp => (-1, 0),
        }
    }

    /// The move of somebody who is admitted.
    pub const fn of_coming(standing: Standing) -> Self {
        match standing {
            Standing::In => Self::Take,
            Standing::Waiting => Self::Queue,
        }
    }

    /// Whether it may be made under these terms.
    pub fn is_allowed(self, terms: &Terms) -> bool {
        self.guard().iter().all(|group| group.iter().any(|fact| fact.holds(terms)))
    }
}

impl Fact {
    /// Whether it is so.
    pub fn holds(self, terms: &Terms) -> bool {
        let against =
            |compare: fn(&u32, &u32) -> bool| terms.places.is_some_and(|places| compare(&terms.taken, &places));
        match self {
            Self::NobodyWaits => terms.waiting == 0,
            Self::SomebodyWaits => terms.waiting > 0,
            Self::SomebodyIsIn => terms.taken > 0,
            Self::Unlimited => terms.places.is_none(),
            Self::Limited => terms.places.is_some(),
            Self::BelowPlaces => against(u32::lt),
            Self::WithinPlaces => against(u32::le),
            Self::Full => against(u32::ge),
            Self::AbovePlaces => against(u32::gt),
        }
    }
}

impl Terms {
    /// The move of somebody who leaves. Once the line has ended, nobody in it gets a place any more.
    pub fn leaving(&self, standing: Standing, keeps_its_line: bool) -> Move {
        match standing {
            Standing::Waiting => Move::LeaveTheLine,
            Standing::In if !keeps_its_line => Move::GiveUp,
            Standing::In if Move::HandOver.is_allowed(self) => Move::HandOver,
            Standing::In => Move::GiveBack,
        }
    }

    /// Whether the first in line gets a place.
    pub fn promotes(&self) -> bool {
        Move::Promote.is_allowed(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn terms(places: Option<u32>, taken: u32, waiting: u32) -> Terms {
        Terms { open: true, places, taken, waiting, closes_at: Timestamp::MAX, born_by: None }
    }

    fn some_terms() -> impl Strategy<Value = Terms> {
        (proptest::option::of(0..5_u32), 0..7_u32, 0..4_u32)
            .prop_map(|(places, taken, waiting)| terms(places, taken, waiting))
    }

    proptest! {
        #[test]
        fn nobody_overtakes_the_line_and_no_place_is_given_twice(terms in some_terms()) {
            let full = terms.places.is_some_and(|places| terms.taken >= places);
            prop_assert_eq!(Move::Take.is_allowed(&terms), !full && terms.waiting == 0);
            prop_assert_eq!(Move::Promote.is_allowed(&terms), !full && terms.waiting > 0);
            if terms.places.is_some() {
                prop_assert_ne!(Move::Take.is_allowed(&terms), Move::Queue.is_allowed(&terms));
            }
        }

        #[test]
        fn a_place_that_is_left_goes_to_the_line_unless_there_are_too_many(terms in some_terms()) {
            let allowed = terms.leaving(Standing::In, true);
            let goes_on = terms.places.is_some_and(|places| terms.taken <= places) && terms.waiting > 0;
            prop_assert_eq!(allowed == Move::HandOver, goes_on);
            prop_assert_eq!(terms.leaving(Standing::In, false), Move::GiveUp);
            prop_assert_eq!(terms.leaving(Standing::Waiting, true), Move::LeaveTheLine);
        }

        #[test]
        fn what_comes_and_goes_leaves_the_counters_as_they_were(terms in some_terms()) {
            for made in Move::ALL.into_iter().filter(|made| made.is_allowed(&terms)) {
                let (taken, waiting) = made.by();
                prop_assert!(terms.taken.checked_add_signed(taken.into()).is_some() || made == Move::GiveBack);
                prop_assert!(terms.waiting.checked_add_signed(waiting.into()).is_some(), "{made:?}");
            }
        }
    }
}
