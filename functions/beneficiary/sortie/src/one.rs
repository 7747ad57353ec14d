//! The page of one outing, and joining it.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{Action, Did, Envelope, Euros, Participant, Party, Phase, Refusal, Share, Sortie, SortieId};
use epass_sortie::young_step;
use epass_store::Sorties;
use epass_web::{
    App, Done, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, Young, filters, named_as, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, said};

/// An outing as a young person sees it, and what they may do about it.
#[derive(Clone, Template, Serialize, ToSchema)]
#[template(path = "one.html")]
#[schema(as = MySortie)]
pub(crate) struct One {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// Its code.
    id: String,
    title: String,
    description: String,
    /// Its day.
    #[schema(format = Date)]
    day: String,
    #[serde(skip)]
    when: String,
    establishment: String,
    partner: String,
    organiser: String,
    /// What one participant pays.
    price_cents: u64,
    /// `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    state: &'static str,
    #[serde(skip)]
    state_label: &'static str,
    /// What is left in the reader's outing envelope now.
    left_cents: u64,
    /// What the envelope of a campaign holds at its beginning.
    #[serde(skip)]
    credited_cents: u64,
    /// What became of the reader's price, for who joined: `held`, `spent` or `given_back`.
    #[schema(value_type = Option<words::SortieShare>)]
    share: Option<Share>,
    /// Why it was cancelled.
    reason: Option<String>,
    #[serde(skip)]
    door: Door,
}

/// What the page offers to do.
#[derive(Clone)]
enum Door {
    /// Join; this would be left.
    Join { after_cents: u64 },
    /// Leave.
    Leave,
    /// One is on the list, and the list is frozen.
    Frozen,
    /// One may not, for this reason.
    Closed(Refusal),
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
    (status = 200, description = "The outing", body = One),
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
    let mut one = reader.view(resumed.form(Filled::default()), app.now());
    one.page = one.page.with_notice(match input.form.fait.as_str() {
        "inscrit" => Some("Votre place est réservée : le prix de la sortie est retenu sur votre crédit."),
        "desinscrit" => Some("Votre place est rendue, et votre crédit vous est rendu."),
        _ => None,
    });
    Ok(Reply::ok(one))
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
    let now = app.now();
    let reader = Reader::enter(&app, &pass, &sortie).await?;
    let joined = reader.join(&app, now).await?;
    if let Err(refusal) = joined {
        return Err(reader.refused(&app, &pass, refusal).await);
    }
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
    let now = app.now();
    let reader = Reader::enter(&app, &pass, &sortie).await?;
    if let Err(refusal) = reader.leave(&app, now).await? {
        return Err(reader.refused(&app, &pass, refusal).await);
    }
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

    async fn join(&self, app: &App, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        if self.participant.is_some() {
            return Ok(Err(Refusal::AlreadyJoined));
        }
        let (who, email) = (&self.young.beneficiary, self.young.profile.email.clone());
        let hold = match self.sortie.admit(who, email, now) {
            Ok(hold) => hold,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(app.store.sorties.join(&self.sortie, &hold, &young_step(&who.file, Did::Joined, now)).await?)
    }

    async fn leave(&self, app: &App, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        let who = &self.young.beneficiary;
        match (&self.participant, self.sortie.may(Party::Beneficiary, Action::Leave)) {
            (None, _) => Ok(Ok(())),
            (Some(_), Err(refusal)) => Ok(Err(refusal)),
            (Some(_), Ok(())) => {
                let step = young_step(&who.file, Did::Left, now);
                Ok(app.store.sorties.leave(&self.sortie, who.id, &step, &[]).await?)
            }
        }
    }

    /// A rule's no, on the page as it stands now.
    async fn refused(&self, app: &App, pass: &Pass, refusal: Refusal) -> Problem {
        match Self::enter(app, pass, self.sortie.id.as_str()).await {
            Ok(now) => Problem::refused(refusal, "inscription", Filled::default(), |form| now.view(form, app.now())),
            Err(_) => refusal.into(),
        }
    }

    /// What is left in the outing envelope.
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

    fn view(&self, form: Filled, now: Timestamp) -> One {
        let Self { young, sortie, participant } = self;
        let shown = epass_sortie::Shown::of(sortie, Party::Beneficiary);
        let phase = sortie.state.phase();
        One {
            page: young.someone.page(shown.title.clone(), HERE),
            form,
            id: shown.id,
            title: shown.title,
            description: shown.description,
            day: shown.day,
            when: shown.when,
            establishment: shown.establishment,
            partner: shown.partner,
            organiser: shown.organiser,
            price_cents: shown.price_cents,
            state: shown.state,
            state_label: shown.state_label,
            left_cents: self.left().cents(),
            credited_cents: young.beneficiary.wallet.campaign.dotation(Envelope::Outing).cents(),
            share: participant.as_ref().map(|one| one.presence.share(phase)),
            reason: shown.remark.filter(|_| phase == Phase::Cancelled),
            door: self.door(now),
        }
    }
}

impl One {
    fn badge(&self) -> &'static str {
        epass_sortie::badge(self.state)
    }

    fn said(&self) -> Option<(&'static str, &'static str)> {
        self.share.map(said)
    }
}
