//! Reminders: after three days without an answer, the day before the outing, and the day after it.

use crate::{ParisDay, Phase, Sortie, SortieState};

/// The subject of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// To the partner: three days have passed without an answer.
    Unanswered,
    /// To the establishment: the outing is tomorrow.
    Tomorrow,
    /// To the establishment: the outing was yesterday and is not settled.
    Unsettled,
}

impl Sortie {
    /// The number of days before the partner is reminded.
    const PATIENCE: i32 = 3;

    /// The next reminder that is due after `today` if nothing else happens; `None` if there is none.
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
            // A settlement cancelled after the outing: one more reminder.
            SortieState::Validated { at, .. } if ParisDay::of(*at) == today => Some(unsettled()),
            _ => None,
        }
    }

    /// The reminder to send today; `None` if it is too late to be useful.
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
