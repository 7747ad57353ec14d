//! The guards of `domain` as write conditions: the facts that a rule relied on, checked again when the item is written.

use epass_domain::{Fact, Guard};

use crate::dynamo::number;
use crate::writes::Expression;

/// Adds a guard's placeholders to a change, and returns its condition.
pub(crate) fn guarded(change: Expression, guard: Guard) -> (Expression, String) {
    let change = change.value(":none", number(0));
    let names_places = guard.concat().into_iter().any(|fact| condition(fact).contains("#places"));
    let change = if names_places { change.name("#places", "places") } else { change };
    let groups = guard.iter().map(|group| {
        let any = group.iter().map(|fact| condition(*fact)).collect::<Vec<_>>().join(" OR ");
        if group.len() == 1 { any } else { format!("({any})") }
    });
    (change, groups.collect::<Vec<_>>().join(" AND "))
}

/// The condition of a fact about a bon plan's counters.
const fn condition(fact: Fact) -> &'static str {
    match fact {
        Fact::NobodyWaits => "waiting = :none",
        Fact::SomebodyWaits => "waiting > :none",
        Fact::SomebodyIsIn => "taken > :none",
        Fact::Unlimited => "attribute_not_exists(#places)",
        Fact::Limited => "attribute_exists(#places)",
        Fact::BelowPlaces => "taken < #places",
        Fact::WithinPlaces => "taken <= #places",
        Fact::Full => "taken >= #places",
        Fact::AbovePlaces => "taken > #places",
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::Move;

    use super::*;

    #[test]
    fn a_guard_is_a_condition_of_groups() {
        let said = |made: Move| guarded(Expression::default(), made.guard()).1;
        assert_eq!(said(Move::Take), "waiting = :none AND (attribute_not_exists(#places) OR taken < #places)");
        assert_eq!(said(Move::GiveBack), "(waiting = :none OR taken > #places)");
    }

    #[test]
    fn a_condition_names_what_it_uses_and_nothing_else() {
        for made in Move::ALL {
            let (change, text) = guarded(Expression::default(), made.guard());
            assert_eq!(text.contains("#places"), change.names.iter().any(|(name, _)| *name == "#places"), "{made:?}");
            assert!(text.contains(":none"), "{made:?}: a value that is not used is refused");
        }
    }
}
