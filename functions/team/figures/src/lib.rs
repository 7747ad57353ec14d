//! The team's key figures: the takings of a campaign by week and month, envelope, commune and partner. They are read
//! from the batches only, so that the current week and weeks without a finished batch are not included.

mod export;
mod form;
mod function;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_charts::{Amount, Chart, Count, Period, Ranking, Series, WeeklyTakings, is_of};
use epass_domain::{Batch, BatchPhase, Campaign, CommuneTakings, Figures, ParisDay, Role, Total, Week};
use epass_web::{Access, App, Filled, Input, Page, Problem, ProblemBody, Reply, Room, Staff, filters, routes, said};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{Asked, FiguresForm};
pub use function::FUNCTION;

pub(crate) const HERE: &str = "/equipe/chiffres";
/// The number of lines of a ranking; the others are added up in one more line.
const RANKED: usize = 15;
pub(crate) const NOTHING: &str = "Aucun lot n’est fait pour cette campagne.";

/// The routes of this room.
pub fn room() -> Room {
    let team = Access::Only(Role::Team);
    Room::new(&FUNCTION)
        .open(team, routes!(show))
        .open(team, routes!(export::weeks))
        .open(team, routes!(export::communes))
}

/// The page of a campaign's figures.
#[derive(Template, Deref)]
#[template(path = "figures.html")]
struct FiguresPage {
    page: Page,
    form: Filled,
    /// The last day of the last week with a finished batch, in words.
    until: Option<String>,
    /// The options of *Campagne*: codes and labels.
    campaigns: Vec<(String, String)>,
    /// The options of *Semaine des partenaires*: codes and labels.
    weeks: Vec<(String, String)>,
    #[deref]
    body: Shown,
}

/// The takings of a campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyFigures)]
struct Shown {
    /// The campaign, such as `2026-2027`.
    campaign: String,
    /// The number of transactions, without the cancelled ones.
    count: u32,
    /// The amount, in whole cents.
    amount_cents: u64,
    /// The number of statements: one for each partner and week.
    statements: u32,
    /// The last week with a finished batch; null when there is none.
    last_week: Option<String>,
    by_week: Chart<Amount>,
    by_month: Chart<Amount>,
    transactions_by_week: Chart<Count>,
    statements_by_week: Chart<Count>,
    communes: Ranking<Amount>,
    /// The week of the ranking of partners.
    week: Option<String>,
    /// The ranking of the partners in that week.
    partners: Option<Ranking<Amount>>,
}

/// The figures of the batches of a campaign.
pub(crate) struct Closed {
    pub(crate) campaign: Campaign,
    pub(crate) weekly: WeeklyTakings,
    pub(crate) statements: Vec<(Week, Total)>,
    pub(crate) communes: Vec<(Week, Vec<CommuneTakings>)>,
}

impl Closed {
    /// Reads the batches of a campaign and the takings by commune, in two concurrent queries.
    pub(crate) async fn read(app: &App, campaign: Campaign) -> Result<Self, Problem> {
        let (first, last) = (Week::of(campaign.first_day()), Week::of(campaign.last_day()));
        let store = &app.store.reimbursements;
        let (batches, communes) =
            tokio::try_join!(store.batches_between(first, last), store.communes_between(first, last))?;
        let made: Vec<(Week, &Figures)> =
            batches.iter().filter_map(|batch| Some((batch.week, figures(batch)?))).collect();
        let until = made.last().map_or(campaign.first_day(), |(week, _)| week.last_day());
        let takings = made.iter().map(|(week, figures)| (*week, figures.takings.clone()));
        let weekly = WeeklyTakings::of(campaign, until, takings);
        let statements = made.iter().map(|(week, figures)| (*week, figures.statements)).collect();
        let own = |(week, communes): (Week, Vec<CommuneTakings>)| {
            (week, communes.into_iter().filter(|of| is_of(campaign, of.month)).collect())
        };
        Ok(Self { campaign, weekly, statements, communes: communes.into_iter().map(own).collect() })
    }

    /// The last week with a finished batch.
    fn last_week(&self) -> Option<Week> {
        self.statements.last().map(|(week, _)| *week)
    }

    fn statements_by_week(&self) -> Chart<Count> {
        let columns = self.weekly.weeks().map(|(week, _)| {
            let statements = self.statements.iter().find(|(of, _)| *of == week);
            let count = statements.map_or(0, |(_, total)| total.count);
            (Period::from(week), [Count::from(u64::from(count))])
        });
        Chart::new("Relevés par semaine, un par partenaire", [Series::Whole("Relevés")], columns)
    }

    fn by_commune(&self) -> Ranking<Amount> {
        let mut communes = std::collections::BTreeMap::<String, Total>::new();
        for of in self.communes.iter().flat_map(|(_, communes)| communes) {
            *communes.entry(commune_name(of)).or_default() += of.total;
        }
        let lines = communes.into_iter().map(|(name, total)| (name, Amount::from(total.amount())));
        Ranking::new("Montants par commune", RANKED, lines)
    }
}

/// The figures of a batch; none before it is finished.
fn figures(batch: &Batch) -> Option<&Figures> {
    match &batch.phase {
        BatchPhase::Made(made) => Some(&made.figures),
        _ => None,
    }
}

/// The name of a commune in lists.
pub(crate) fn commune_name(of: &CommuneTakings) -> String {
    of.commune.as_ref().map_or_else(|| "Non déclarée".to_owned(), ToString::to_string)
}

/// Gives a campaign's figures, and the ranking of the partners in one of its weeks.
#[utoipa::path(get, path = "/equipe/chiffres", params(FiguresForm), responses(
    (status = 200, description = "The figures", body = Shown),
    (status = 422, description = "No campaign, or no week", body = ProblemBody),
))]
async fn show(State(app): State<App>, staff: Staff, input: Input<FiguresForm>) -> Result<Reply, Problem> {
    let asked = match input.form.parse(app.now()) {
        Ok(asked) => asked,
        Err(invalid) => {
            let shown = FiguresPage::of(&app, &staff, Asked::at(app.now())).await?;
            return Err(input.typed.problem(&invalid, |form| FiguresPage { form, ..shown }));
        }
    };
    Ok(Reply::ok(FiguresPage::of(&app, &staff, asked).await?))
}

impl FiguresPage {
    async fn of(app: &App, staff: &Staff, asked: Asked) -> Result<Self, Problem> {
        let closed = Closed::read(app, asked.campaign).await?;
        let week = asked.week.or(closed.last_week());
        let first = app.settings.first_week.map(|week| Campaign::of(week.last_day()));
        Ok(Self {
            page: staff.page("Chiffres clés", HERE),
            form: asked.filled(week),
            until: closed.last_week().map(|week| said(week.last_day(), week.last_day())),
            campaigns: campaigns(first, Campaign::at(app.now())),
            weeks: closed.statements.iter().rev().map(|(week, _)| told(*week)).collect(),
            body: Shown::of(app, &closed, week).await?,
        })
    }
}

impl Shown {
    /// The body of a campaign. `week` is that of the ranking of partners.
    async fn of(app: &App, closed: &Closed, week: Option<Week>) -> Result<Self, Problem> {
        let partners = match week {
            Some(week) => Some(by_partner(app, week).await?),
            None => None,
        };
        let (weekly, total) = (&closed.weekly, closed.weekly.total());
        Ok(Self {
            campaign: closed.campaign.code(),
            count: total.count,
            amount_cents: total.amount().cents(),
            statements: closed.statements.iter().map(|(_, total)| total.count).sum(),
            last_week: closed.last_week().map(Week::code),
            by_week: weekly.by_week("Montants par semaine et par rubrique"),
            by_month: weekly.by_month("Montants par mois et par rubrique"),
            transactions_by_week: weekly.transactions_by_week("Transactions par semaine"),
            statements_by_week: closed.statements_by_week(),
            communes: closed.by_commune(),
            week: week.map(Week::code),
            partners,
        })
    }
}

/// The takings of the partners in a week, in descending order.
async fn by_partner(app: &App, week: Week) -> Result<Ranking<Amount>, Problem> {
    let page = app.store.reimbursements.of_batch(week, None, RANKED).await?;
    let lines = page.lines.iter().map(|statement| {
        let name = format!("{} ({})", statement.partner_name, statement.number.partner);
        (name, Amount::from(statement.sum().amount()))
    });
    let title = format!("Les {RANKED} premiers partenaires de la semaine {week}");
    Ok(Ranking::new(&title, RANKED, lines))
}

/// The option of a week: its code and its label.
fn told(week: Week) -> (String, String) {
    (week.code(), format!("{week} ({})", said(week.first_day(), week.last_day())))
}

/// The options of the campaigns since the first one, latest first: their codes and labels.
fn campaigns(first: Option<Campaign>, current: Campaign) -> Vec<(String, String)> {
    let mut campaign = current;
    let mut all = vec![(current.code(), current.label())];
    while first.is_some_and(|first| first < campaign) {
        campaign = Campaign::of(ParisDay::plus_days(campaign.first_day(), -1));
        all.push((campaign.code(), campaign.label()));
    }
    all
}
