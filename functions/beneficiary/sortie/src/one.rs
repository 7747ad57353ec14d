//! The page of one outing, joining and leaving.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{
    Action, Did, Envelope, Euros, ParisDay, Participant, Party, Phase, Share, Sortie, SortieId, SortieRefusal,
};
use epass_sortie::young_step;
use epass_store::Sorties;
use epass_web::{
    App, Done, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, Young, filters, named_as, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, said};

/// The page of an outing, with the reader's possible action.
#[derive(Template, Deref)]
#[template(path = "one.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    /// The credit of the outing envelope at the beginning of the campaign.
    credited_cents: u64,
    door: Door,
    #[deref]
    body: MySortie,
}

/// An outing as a young person sees it, with their own balance and price.
#[derive(Serialize, ToSchema)]
struct MySortie {
    /// The code of the outing.
    id: String,
    title: String,
    description: String,
    /// The day of the outing.
    #[schema(value_type = String, format = Date)]
    day: ParisDay,
    establishment: String,
    partner: String,
    organiser: String,
    /// The price per participant, in cents.
    price_cents: u64,
    /// The state: `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    state: Phase,
    /// The current balance of the caller's outing envelope, in cents.
    left_cents: u64,
    /// The outcome of the caller's price: `held`, `spent` or `given_back`; null when the caller has not joined.
    #[schema(value_type = Option<words::SortieShare>)]
    share: Option<Share>,
    /// The reason of the cancellation; null when the outing is not cancelled.
    reason: Option<String>,
}

/// The action that the page offers.
enum Door {
    /// Join; this balance would remain.
    Join { after_cents: u64 },
    /// Leave the outing.
    Leave,
    /// None: the reader is on a list that is frozen.
    Frozen,
    /// None: joining is refused for this reason.
    Closed(SortieRefusal),
}

/// The result of joining or leaving.
#[derive(Serialize, ToSchema)]
#[schema(as = SortieJoined)]
struct Joined {
    /// Whether the caller is on the list.
    joined: bool,
    /// The balance of the outing envelope, in cents.
    left_cents: u64,
}

/// Gives an outing, its price and the caller's balance.
#[utoipa::path(get, path = "/sorties/{sortie}", params(("sortie" = String, Path, description = "The outing's code")), responses(
    (status = 200, description = "The outing", body = MySortie),
    (status = 404, description = "No such outing", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    pass: Pass,
    Path(sortie): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let reader = Reader::enter(&app, &pass, &sortie).await?;
    let mut sheet = reader.view(resumed.form(Filled::default()), app.now());
    sheet.page = sheet.page.with_notice(match input.form.fait.as_str() {
        "inscrit" => Some("Votre place est réservée : le prix de la sortie est retenu sur votre crédit."),
        "desinscrit" => Some("Votre place est rendue, et votre crédit vous est rendu."),
        _ => None,
    });
    Ok(Reply::ok(sheet))
}

/// Joins the outing: its price is held from the outing envelope. A second call holds nothing more.
#[utoipa::path(post, path = "/sorties/{sortie}/inscription", params(("sortie" = String, Path, description = "The outing's code")), responses(
    (status = 201, description = "On the list", body = Joined),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No such outing", body = ProblemBody),
    (status = 409, description = "On the list already, or not open", body = ProblemBody),
    (status = 422, description = "A rule says no (`balance_too_low`, `card_suspended`, `campaign_over`, `sortie_over`, `sortie_next_campaign`)", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
pub(crate) async fn join(State(app): State<App>, pass: Pass, Path(sortie): Path<String>) -> Result<Reply, Problem> {
    let reader = Reader::enter(&app, &pass, &sortie).await?;
    Input::button().carry("inscription", reader.join(&app)).await?;
    let left = reader.left().checked_sub(reader.sortie.sheet.price.euros()).unwrap_or(Euros::ZERO);
    let told = Joined { joined: true, left_cents: left.cents() };
    Ok(Reply::created(Told(told)).see(format!("{HERE}/{}?fait=inscrit", reader.sortie.id.as_str())))
}

/// Leaves the outing: the price is given back. A second call changes nothing.
#[utoipa::path(post, path = "/sorties/{sortie}/desinscription", params(("sortie" = String, Path, description = "The outing's code")), responses(
    (status = 200, description = "Off the list", body = Joined),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No such outing", body = ProblemBody),
    (status = 409, description = "The list is frozen", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
pub(crate) async fn leave(State(app): State<App>, pass: Pass, Path(sortie): Path<String>) -> Result<Reply, Problem> {
    let reader = Reader::enter(&app, &pass, &sortie).await?;
    Input::button().carry("inscription", reader.leave(&app)).await?;
    let given_back = reader.participant.as_ref().map_or(Euros::ZERO, |_| reader.sortie.sheet.price.euros());
    let left = reader.left().checked_add(given_back).unwrap_or(Euros::ZERO);
    let told = Joined { joined: false, left_cents: left.cents() };
    Ok(Reply::ok(Told(told)).see(format!("{HERE}/{}?fait=desinscrit", reader.sortie.id.as_str())))
}

/// A young person and an outing, as read from the store.
struct Reader {
    young: Young,
    sortie: Sortie,
    participant: Option<Participant>,
}

impl Reader {
    /// Reads the session, card, profile, outing and place on its list in one round trip.
    async fn enter(app: &App, pass: &Pass, code: &str) -> Result<Self, Problem> {
        let id = named_as(code, SortieId::parse, |id| id.as_str().to_owned())?;
        let who = pass.beneficiary()?;
        let [head, sheet] = Sorties::keys(&id);
        let (young, found) = app.enter_young(pass, &[head, sheet, Sorties::participant_key(&id, who)]).await?;
        let sortie = Sorties::in_found(&found, &id)?.ok_or(Problem::not_found())?;
        let participant = Sorties::participant_in(&found, &id, who)?;
        Ok(Self { young, sortie, participant })
    }

    async fn join(&self, app: &App) -> Result<(), Problem> {
        if self.participant.is_some() {
            return Err(SortieRefusal::AlreadyJoined.into());
        }
        let (now, who, email) = (app.now(), &self.young.beneficiary, self.young.profile.email.clone());
        let hold = self.sortie.admit(who, email, now)?;
        Ok(app.store.sorties.join(&self.sortie, &hold, &young_step(&who.file, Did::Joined, now)).await??)
    }

    async fn leave(&self, app: &App) -> Result<(), Problem> {
        if self.participant.is_none() {
            return Ok(());
        }
        self.sortie.may(Party::Beneficiary, Action::Leave)?;
        let who = &self.young.beneficiary;
        let step = young_step(&who.file, Did::Left, app.now());
        Ok(app.store.sorties.leave(&self.sortie, who.id, &step, &[]).await??)
    }

    /// The balance of the outing envelope.
    fn left(&self) -> Euros {
        self.young.beneficiary.wallet.balance(Envelope::Outing)
    }

    fn door(&self, now: Timestamp) -> Door {
        let phase = self.sortie.state.phase();
        match (&self.participant, self.sortie.admit(&self.young.beneficiary, self.young.profile.email.clone(), now)) {
            (Some(_), _) if phase.allows(Party::Beneficiary, Action::Leave) => Door::Leave,
            (Some(_), _) => Door::Frozen,
            (None, Ok(_)) => {
                let after = self.left().checked_sub(self.sortie.sheet.price.euros()).unwrap_or(Euros::ZERO);
                Door::Join { after_cents: after.cents() }
            }
            (None, Err(refusal)) => Door::Closed(refusal),
        }
    }

    fn view(&self, form: Filled, now: Timestamp) -> SheetPage {
        let Self { young, sortie, participant } = self;
        let shown = epass_sortie::Shown::of(sortie, Party::Beneficiary);
        SheetPage {
            page: young.someone.page(shown.title.clone(), HERE),
            form,
            credited_cents: young.beneficiary.wallet.campaign.dotation(Envelope::Outing).cents(),
            door: self.door(now),
            body: MySortie {
                id: shown.id.as_str().to_owned(),
                title: shown.title,
                description: shown.description,
                day: shown.day,
                establishment: shown.establishment,
                partner: shown.partner,
                organiser: shown.organiser,
                price_cents: shown.price_cents,
                state: shown.state,
                left_cents: self.left().cents(),
                share: participant.as_ref().map(|one| one.presence.share(shown.state)),
                reason: shown.remark.filter(|_| shown.state == Phase::Cancelled),
            },
        }
    }
}

impl SheetPage {
    /// The day in words.
    fn when(&self) -> String {
        epass_web::said(self.day, self.day)
    }

    fn badge(&self) -> &'static str {
        epass_sortie::badge(self.state)
    }

    /// The badge of the price, for a reader who joined.
    fn said(&self) -> Option<(&'static str, &'static str)> {
        self.share.map(said)
    }
}
