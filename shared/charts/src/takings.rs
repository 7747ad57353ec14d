//! Takings as charts by week and by month.

use std::collections::BTreeMap;

use epass_domain::{Campaign, Envelope, Euros, Month, ParisDay, Takings, Week};

use crate::{Amount, Chart, Count, Period, Series};

/// The takings of the weeks of one campaign. In a week that two campaigns share, each month counts for its own
/// campaign: August for the ending one, September for the next.
#[derive(Clone, Debug, Default)]
pub struct WeeklyTakings(BTreeMap<Week, Vec<Takings>>);

impl WeeklyTakings {
    /// The takings of a campaign among `weeks`. Every week up to that of `until` is present, even when nothing was
    /// taken.
    pub fn of(campaign: Campaign, until: ParisDay, weeks: impl IntoIterator<Item = (Week, Vec<Takings>)>) -> Self {
        let (mut week, last) = (Week::of(campaign.first_day()), Week::of(campaign.last_day().min(until)));
        let mut taken = BTreeMap::new();
        while week <= last {
            taken.insert(week, Vec::new());
            week = week.next();
        }
        for (week, takings) in weeks {
            let own = takings.into_iter().filter(|takings| is_of(campaign, takings.month));
            taken.entry(week).or_default().extend(own);
        }
        Self(taken)
    }

    /// The weeks and their takings, in order.
    pub fn weeks(&self) -> impl Iterator<Item = (Week, &[Takings])> {
        self.0.iter().map(|(week, takings)| (*week, takings.as_slice()))
    }

    /// The number and the amount of the transactions.
    pub fn total(&self) -> epass_domain::Total {
        self.0.values().flatten().map(|takings| epass_domain::Total::of(takings.count, takings.amount)).sum()
    }

    /// Amounts by week, stacked by envelope.
    pub fn by_week(&self, title: &str) -> Chart<Amount> {
        let columns = self.0.iter().map(|(week, takings)| {
            let mut cents = [0; 4];
            takings.iter().for_each(|takings| add(&mut cents, takings));
            (Period::from(*week), cents.map(amount))
        });
        Chart::new(title, Series::ENVELOPES, columns)
    }

    /// Amounts by month, stacked by envelope. A week that spans two months is split by its days.
    pub fn by_month(&self, title: &str) -> Chart<Amount> {
        let mut months: BTreeMap<Month, [u64; 4]> = BTreeMap::new();
        for week in self.0.keys() {
            months.entry(Month::of(week.last_day())).or_default();
        }
        for takings in self.0.values().flatten() {
            add(months.entry(takings.month).or_default(), takings);
        }
        let columns = months.into_iter().map(|(month, cents)| (Period::from(month), cents.map(amount)));
        Chart::new(title, Series::ENVELOPES, columns)
    }

    /// Number of transactions by week.
    pub fn transactions_by_week(&self, title: &str) -> Chart<Count> {
        let count = |takings: &Vec<Takings>| takings.iter().map(|takings| u64::from(takings.count)).sum::<u64>();
        let columns = self.0.iter().map(|(week, takings)| (Period::from(*week), [Count::from(count(takings))]));
        Chart::new(title, [Series::Whole("Transactions")], columns)
    }
}

/// Whether a month belongs to a campaign.
pub fn is_of(campaign: Campaign, month: Month) -> bool {
    Campaign::of(month.first_day()) == campaign
}

fn add(cents: &mut [u64; 4], takings: &Takings) {
    for (place, envelope) in Envelope::ALL.iter().enumerate() {
        if *envelope == takings.envelope {
            cents[place] += takings.amount.cents();
        }
    }
}

fn amount(cents: u64) -> Amount {
    Euros::from_cents(cents).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takings(month: &str, envelope: Envelope, cents: u64) -> Takings {
        let amount = Euros::from_cents(cents);
        Takings { month: Month::parse(month).unwrap(), envelope, count: 2, amount }
    }

    fn week(code: &str) -> Week {
        Week::parse(code).unwrap()
    }

    #[test]
    fn a_week_in_two_months_counts_in_each_and_one_in_two_campaigns_in_its_own() {
        let campaign = Campaign::parse("2026-2027").unwrap();
        let taken = [
            (
                week("2026-W36"),
                vec![takings("2026-08", Envelope::Reading, 5), takings("2026-09", Envelope::Reading, 7)],
            ),
            (
                week("2026-W40"),
                vec![takings("2026-09", Envelope::Cinema, 11), takings("2026-10", Envelope::Cinema, 13)],
            ),
        ];
        let until = ParisDay::parse("2026-10-08").unwrap();
        let weekly = WeeklyTakings::of(campaign, until, taken);
        assert_eq!(weekly.weeks().count(), 6, "36 to 41, whatever was taken");
        assert_eq!(weekly.total().amount().cents(), 7 + 11 + 13);
        let months = weekly.by_month("X");
        let cents: Vec<_> = months.columns().iter().map(|column| column.total().to_string()).collect();
        assert_eq!(cents, ["0,18\u{A0}€", "0,13\u{A0}€"], "September and October; August is of the campaign before");
        assert_eq!(weekly.by_week("X").total(), months.total());
        assert_eq!(weekly.transactions_by_week("X").total(), Count::from(6));
    }
}
