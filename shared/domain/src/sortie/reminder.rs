//! Reminders: three days without an answer, the day before, the day after.

use crate::{ParisDay, Phase, Sortie, SortieState};

/// What somebody is to be reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// The partner: three days without an answer.
    Unanswered,
    /// The establishment: it is tomorrow.
    Tomorrow,
    /// The establishment: it was yesterday, and is not settled.
    Unsettled,
}

impl Sortie {
    /// How many days the partner is left in peace.
    const PATIENCE: i32 = 3;

    /// The next reminder that is due after `today`, were nothing else to happen; none where nobody is awaited.
    pub fn reminder_after(&self, today: ParisDay) -> Option<(ParisDay, Reminder)> {
        let day = self.sheet.day;
        let unsettled = || (day.plus_days(1).max(today.plus_days(1)), Reminder::Unsettled);
        match &self.state {
            SortieState::Pending { at } => {
                let patience_ends = ParisDay::of(*at).plus_days(Self::PATIENCE);
                (patience_ends > today).then_some((patience_ends, Reminder::Unanswered))
            }
            SortieState::Confirmed { .. } | SortieState::Validated { .. } if today < day.plus_days(-1) => {
                Some((day.plus_days(-1), Reminder::Tomorrow))
            }
            SortieState::Confirmed { .. } | SortieState::Validated { .. } if today <= day => Some(unsettled()),
            // Reopened later than that: once more.
            SortieState::Validated { at, .. } if ParisDay::of(*at) == today => Some(unsettled()),
            _ => None,
        }
    }

    /// What a reminder that was due says today; nothing when it comes too late to be of use.
    pub fn reminder_on(&self, today: ParisDay) -> Option<Reminder> {
        match self.state.phase() {
            Phase::Pending => Some(Reminder::Unanswered),
            Phase::Confirmed | Phase::Validated if today == self.sheet.day.plus_days(-1) => Some(Reminder::Tomorrow),
            Phase::Confirmed | Phase::Validated if today > self.sheet.day => Some(Reminder::Unsettled),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sortie::examples::{NOON, at, confirmed, day, sortie, validated};

    #[test]
    fn reminders_come_after_three_days_the_day_before_and_the_day_after() {
        let pending = sortie(SortieState::Pending { at: at(NOON) });
        assert_eq!(pending.reminder_after(day("23/11/2026")), Some((day("26/11/2026"), Reminder::Unanswered)));
        assert_eq!(pending.reminder_after(day("26/11/2026")), None, "once");
        assert_eq!(pending.reminder_on(day("26/11/2026")), Some(Reminder::Unanswered));
        for standing in [confirmed(), validated()] {
            assert_eq!(standing.reminder_after(day("23/11/2026")), Some((day("25/11/2026"), Reminder::Tomorrow)));
            assert_eq!(standing.reminder_after(day("25/11/2026")), Some((day("27/11/2026"), Reminder::Unsettled)));
            assert_eq!(standing.reminder_after(day("27/11/2026")), None);
            assert_eq!(standing.reminder_on(day("25/11/2026")), Some(Reminder::Tomorrow));
            assert_eq!(standing.reminder_on(day("26/11/2026")), None, "too late to be of use");
            assert_eq!(standing.reminder_on(day("27/11/2026")), Some(Reminder::Unsettled));
        }
    }
}
