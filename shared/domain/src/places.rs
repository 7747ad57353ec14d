//! The moves of a bon plan's counters, each with its guard. A rule chooses the move; the store checks the guard in a
//! conditional write on the counters.

use crate::{Standing, Terms};

/// A change of the counters of places taken and people waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A new registrant gets a place.
    Take,
    /// A new registrant joins the waiting list.
    Queue,
    /// The first on the waiting list gets a free place.
    Promote,
    /// A registrant leaves the waiting list.
    LeaveTheLine,
    /// A registrant with a place leaves, and the first on the waiting list gets it.
    HandOver,
    /// A registrant with a place leaves, and nobody on the waiting list gets it.
    GiveBack,
    /// A registrant with a place leaves after the waiting list has ended.
    GiveUp,
}

/// A condition on the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The waiting list is empty.
    NobodyWaits,
    /// The waiting list is not empty.
    SomebodyWaits,
    /// At least one place is taken.
    SomebodyIsIn,
    /// The number of places is unlimited.
    Unlimited,
    /// The number of places is limited.
    Limited,
    /// Fewer places are taken than exist.
    BelowPlaces,
    /// At most as many places are taken as exist.
    WithinPlaces,
    /// All places are taken.
    Full,
    /// More places are taken than exist, because their number was lowered.
    AbovePlaces,
}

/// A conjunction of groups; each group is a disjunction of facts.
pub type Guard = &'static [&'static [Fact]];

impl Move {
    /// All moves.
    pub const ALL: [Self; 7] =
        [Self::Take, Self::Queue, Self::Promote, Self::LeaveTheLine, Self::HandOver, Self::GiveBack, Self::GiveUp];

    /// The table of guards.
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

    /// The changes of the number of places taken and of people waiting.
    pub const fn by(self) -> (i8, i8) {
        match self {
            Self::Take => (1, 0),
            Self::Queue => (0, 1),
            Self::Promote => (1, -1),
            Self::LeaveTheLine | Self::HandOver => (0, -1),
            Self::GiveBack | Self::GiveUp => (-1, 0),
        }
    }

    /// The move of an admitted registrant.
    pub const fn of_coming(standing: Standing) -> Self {
        match standing {
            Standing::In => Self::Take,
            Standing::Waiting => Self::Queue,
        }
    }

    /// Whether the guard holds under these terms.
    pub fn is_allowed(self, terms: &Terms) -> bool {
        self.guard().iter().all(|group| group.iter().any(|fact| fact.holds(terms)))
    }
}

impl Fact {
    /// Whether the fact holds.
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
    /// The move of a registrant who leaves. Once the waiting list has ended, nobody on it gets a place.
    pub fn leaving(&self, standing: Standing, keeps_its_line: bool) -> Move {
        match standing {
            Standing::Waiting => Move::LeaveTheLine,
            Standing::In if !keeps_its_line => Move::GiveUp,
            Standing::In if Move::HandOver.is_allowed(self) => Move::HandOver,
            Standing::In => Move::GiveBack,
        }
    }

    /// Whether the first on the waiting list gets a place.
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
