//! The page of one outing, and joining it.

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

/// The page of an outing, with what the reader may do about it.
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

/// An outing as a young person sees it, and what they may do about it.
#[derive(Serialize, ToSchema)]
struct MySortie {
    /// Its code.
    id: String,
    title: String,
    description: String,
    /// Its day.
    #[schema(value_type = String, format = Date)]
    day: ParisDay,
    establishment: String,
    partner: String,
    organiser: String,
    /// What one participant pays.
    price_cents: u64,
    /// `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    state: Phase,
    /// What is left in the reader's outing envelope now.
    left_cents: u64,
    /// What became of the reader's price, for who joined: `held`, `spent` or `given_back`.
    #[schema(value_type = Option<words::SortieShare>)]
    share: Option<Share>,
    /// Why it was cancelled.
    reason: Option<String>,
}

/// The action that the page offers.
enum Door {
    /// Join; this would be left.
    Join { after_cents: u64 },
    /// Leave.
    Leave,
    /// One is on the list, and the list is frozen.
    Frozen,
    /// One may not, for this reason.
    Closed(SortieRefusal),
}

/// What joining or leaving led to.
#[derive(Serialize, ToSchema)]
#[schema(as = SortieJoined)]
struct Joined {
    /// Whether one is on the list.
    joined: bool,
    /// What is left in the outing envelope.
    left_cents: u64,
}

/// Shows an outing, what it costs and what is left.
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

/// Joins: the price is held from the outing envelope, once.
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

/// Leaves: the price is given back. Again, it changes nothing.
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

/// A young person before an outing, as both were read.
struct Reader {
    young: Young,
    sortie: Sortie,
    participant: Option<Participant>,
}

impl Reader {
    /// Session, card, profile, outing and place on its list, in one round trip.
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

    /// The badge of the price, for who joined.
    fn said(&self) -> Option<(&'static str, &'static str)> {
        self.share.map(said)
    }
}
