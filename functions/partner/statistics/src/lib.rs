//! *Mes statistiques*: a partner's takings of a campaign by week, month and envelope. Closed weeks come from its
//! statements; the running week and weeks whose batch is not made yet are added up on request.

mod form;
mod function;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use derive_more::Deref;
use epass_charts::{Amount, Chart, Count, WeeklyTakings};
use epass_domain::{Campaign, Euros, ParisDay, PartnerId, Role, Takings, Week};
use epass_web::{
    Access, App, Desk, Filled, Input, Page, Problem, ProblemBody, Reply, Room, csv, filters, routes, said,
};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::StatisticsForm;
pub use function::FUNCTION;

pub(crate) const HERE: &str = "/statistiques";
pub(crate) const NOTHING: &str = "Aucune transaction dans cette campagne.";
/// The most campaigns to choose from.
const CAMPAIGNS: usize = 5;

/// The routes of this room.
pub fn room() -> Room {
    let partner = Access::Only(Role::Partner);
    Room::new(&FUNCTION).open(partner, routes!(show)).open(partner, routes!(download))
}

/// The page of a campaign's statistics.
#[derive(Template, Deref)]
#[template(path = "statistics.html")]
struct StatisticsPage {
    page: Page,
    form: Filled,
    /// The days of the best week, in words.
    best_days: Option<String>,
    /// The choices of *Campagne*: codes and labels.
    campaigns: Vec<(String, String)>,
    #[deref]
    body: PartnerStatistics,
}

/// A partner's takings of a campaign.
#[derive(Serialize, ToSchema)]
struct PartnerStatistics {
    /// The campaign, such as `2026-2027`.
    campaign: String,
    /// The number of paid transactions.
    count: u32,
    /// The sum of these transactions, in whole cents.
    amount_cents: u64,
    /// The average amount of a transaction, in whole cents; none without transactions.
    average_cents: Option<u64>,
    /// The week with the largest takings; none without transactions.
    best_week: Option<String>,
    by_week: Chart<Amount>,
    by_month: Chart<Amount>,
    transactions_by_week: Chart<Count>,
}

/// Shows the statistics of a campaign.
#[utoipa::path(get, path = "/statistiques", params(StatisticsForm), responses(
    (status = 200, description = "The statistics", body = PartnerStatistics),
    (status = 422, description = "No campaign", body = ProblemBody),
))]
async fn show(State(app): State<App>, desk: Desk, input: Input<StatisticsForm>) -> Result<Reply, Problem> {
    let campaign = match input.form.parse(app.now()) {
        Ok(campaign) => campaign,
        Err(invalid) => {
            let page = StatisticsPage::of(&app, &desk, Campaign::at(app.now())).await?;
            return Err(input.typed.problem(&invalid, |form| StatisticsPage { form, ..page }));
        }
    };
    Ok(Reply::ok(StatisticsPage::of(&app, &desk, campaign).await?))
}

/// Returns the statistics by week, month and envelope as a file for a spreadsheet.
#[utoipa::path(get, path = "/statistiques.csv", params(StatisticsForm), responses(
    (status = 200, description = "Week, month, envelope, transactions, amount", body = String, content_type = "text/csv"),
    (status = 422, description = "No campaign", body = ProblemBody),
))]
async fn download(State(app): State<App>, desk: Desk, input: Input<StatisticsForm>) -> Result<Response, Problem> {
    let campaign = input.form.parse(app.now())?;
    let weekly = taken(&app, &desk.partner.id, campaign).await?;
    let rows = weekly.weeks().flat_map(|(week, takings)| {
        takings.iter().map(move |of| {
            [week.code(), of.month.code(), of.envelope.label().to_owned(), of.count.to_string(), of.amount.figures()]
        })
    });
    let name = format!("statistiques-{campaign}.csv");
    Ok(csv::download(&name, ["Semaine", "Mois", "Rubrique", "Transactions", "Montant (€)"], rows))
}

impl StatisticsPage {
    async fn of(app: &App, desk: &Desk, campaign: Campaign) -> Result<Self, Problem> {
        let weekly = taken(app, &desk.partner.id, campaign).await?;
        let best_week = best_week(&weekly);
        Ok(Self {
            page: desk.page("Mes statistiques", HERE),
            form: Filled::with([("campaign", campaign.code())]),
            best_days: best_week.map(|week| said(week.first_day(), week.last_day())),
            campaigns: campaigns(Campaign::at(app.now()), Campaign::at(desk.partner.registered_at)),
            body: PartnerStatistics::of(campaign, &weekly, best_week),
        })
    }
}

impl PartnerStatistics {
    fn of(campaign: Campaign, weekly: &WeeklyTakings, best_week: Option<Week>) -> Self {
        let total = weekly.total();
        Self {
            campaign: campaign.code(),
            count: total.count,
            amount_cents: total.amount().cents(),
            average_cents: total.average().map(Euros::cents),
            best_week: best_week.map(Week::code),
            by_week: weekly.by_week("Montants par semaine et par rubrique"),
            by_month: weekly.by_month("Montants par mois et par rubrique"),
            transactions_by_week: weekly.transactions_by_week("Transactions par semaine"),
        }
    }
}

/// The week with the largest takings; none without transactions.
fn best_week(weekly: &WeeklyTakings) -> Option<Week> {
    let sum = |takings: &[Takings]| takings.iter().map(|takings| takings.amount).sum::<Euros>();
    let best = weekly.weeks().max_by_key(|(_, takings)| sum(takings)).filter(|(_, takings)| !takings.is_empty());
    best.map(|(week, _)| week)
}

/// Reads the takings of a partner in a campaign until now: from its statements, and from the weeks without one.
async fn taken(app: &App, partner: &PartnerId, campaign: Campaign) -> Result<WeeklyTakings, Problem> {
    let today = ParisDay::of(app.now());
    let (first, last) = (Week::of(campaign.first_day()), Week::of(campaign.last_day()));
    let running = Week::of(today);
    let transactions = &app.store.transactions;
    let (statements, running_tally, last_tally) = tokio::try_join!(
        app.store.reimbursements.of_partner_between(partner, first, last),
        transactions.tally(partner, running),
        transactions.tally(partner, running.previous()),
    )?;
    let closed: Vec<(Week, Vec<Takings>)> =
        statements.into_iter().map(|statement| (statement.number.week, statement.takings)).collect();
    let open = [(running, running_tally), (running.previous(), last_tally)];
    let open = open.into_iter().filter(|(week, _)| closed.iter().all(|(closed, _)| closed != week));
    let open: Vec<_> = open.map(|(week, tally)| (week, tally.takings())).collect();
    Ok(WeeklyTakings::of(campaign, today, closed.into_iter().chain(open)))
}

/// The campaigns since the partner registered, five at most, the current one first.
fn campaigns(current: Campaign, registered: Campaign) -> Vec<(String, String)> {
    let before = |campaign: &Campaign| Some(Campaign::of(campaign.first_day().plus_days(-1)));
    let since = |campaign: &Campaign| campaign.first_day() >= registered.first_day();
    let all = std::iter::successors(Some(current), before).take_while(since).take(CAMPAIGNS);
    all.map(|campaign| (campaign.code(), campaign.label())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_chooses_among_the_campaigns_since_it_registered() {
        let codes = |registered: &str| {
            let campaign = |code| Campaign::parse(code).unwrap();
            let offered = campaigns(campaign("2026-2027"), campaign(registered));
            offered.into_iter().map(|(code, _)| code).collect::<Vec<_>>()
        };
        assert_eq!(codes("2026-2027"), ["2026-2027"]);
        assert_eq!(codes("2025-2026"), ["2026-2027", "2025-2026"]);
        assert_eq!(codes("2010-2011").len(), 5);
    }
}
