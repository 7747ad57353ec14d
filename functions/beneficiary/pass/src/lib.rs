//! *Mon pass*: the balance of each envelope, the card, the code that a desk scans, and the payments (`product.md`,
//! *Who can do what*).

mod code;
mod function;
mod history;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Beneficiary, CardNumber, CardState, Envelope, FileNumber, Role};
use epass_store::Beneficiaries;
use epass_web::{Access, App, Done, Input, Page, Pass, Problem, Reply, Room, Someone, filters, routes, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use function::FUNCTION;
pub use history::HistoryQuery;

const HERE: &str = "/mon-pass";

/// The routes of this room.
pub fn room() -> Room {
    let young = Access::Only(Role::Beneficiary);
    Room::new(&FUNCTION)
        .open(young, routes!(show))
        .open(young, routes!(show_card))
        .open(young, routes!(code::show_code))
        .open(young, routes!(history::show_history))
}

/// The page of the balances and of the card's state.
#[derive(Template, Deref)]
#[template(path = "pass.html")]
struct PassPage {
    page: Page,
    #[deref]
    body: MyPass,
}

/// The wallet and the card.
#[derive(Serialize, ToSchema)]
struct MyPass {
    #[serde(flatten)]
    standing: Standing,
    #[serde(flatten)]
    card: Card,
    /// The four envelopes, in the guide's order.
    envelopes: [EnvelopeLeft; 4],
}

/// The page of the card alone, to show or to print.
#[derive(Template, Deref)]
#[template(path = "card.html")]
struct CardAlone {
    page: Page,
    #[deref]
    body: CardPage,
}

/// The card alone.
#[derive(Serialize, ToSchema)]
struct CardPage {
    #[serde(flatten)]
    standing: Standing,
    #[serde(flatten)]
    card: Card,
}

/// Whether the card pays: it is active, and its campaign is not over.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = PassStanding)]
struct Standing {
    /// Whether the team suspended the card.
    suspended: bool,
    /// Whether the campaign has ended: its credit is no longer valid, and the e-PASS can be renewed.
    over: bool,
    /// The campaign whose credit is in the wallet.
    #[schema(example = "2026-2027")]
    campaign: String,
}

/// The holder of the card, and its numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = PassCard)]
struct Card {
    first_name: String,
    last_name: String,
    /// *N° de carte*, 16 digits.
    #[schema(value_type = String, example = "2600140532012345")]
    card_number: CardNumber,
    /// *N° de dossier*, 9 digits.
    #[schema(value_type = String, example = "123456782")]
    file_number: FileNumber,
}

/// The balance of an envelope.
#[derive(Serialize, ToSchema)]
struct EnvelopeLeft {
    #[schema(value_type = words::Envelope)]
    envelope: Envelope,
    /// The balance in cents that can be spent while the card pays.
    left_cents: u64,
    /// The campaign's credit, in cents.
    credited_cents: u64,
}

/// Shows the wallet and the card.
#[utoipa::path(get, path = "/mon-pass", responses(
    (status = 200, description = "What is left in each envelope, and the card", body = MyPass),
))]
async fn show(State(app): State<App>, pass: Pass, input: Input<Done>) -> Result<Reply, Problem> {
    let (someone, beneficiary) = enter(&app, &pass).await?;
    let renewed = input.form.is("renouvele").then_some("Votre e-PASS est renouvelé : votre crédit est là en entier.");
    let body = MyPass {
        standing: Standing::of(&beneficiary, app.now()),
        card: Card::of(&beneficiary),
        envelopes: Envelope::ALL.map(|envelope| EnvelopeLeft::of(&beneficiary, envelope)),
    };
    Ok(Reply::ok(PassPage { page: someone.page("Mon pass", HERE).with_notice(renewed), body }))
}

/// Shows the card alone, with its number as a QR code.
#[utoipa::path(get, path = "/mon-pass/carte", responses(
    (status = 200, description = "The card", body = CardPage),
))]
async fn show_card(State(app): State<App>, pass: Pass) -> Result<Reply, Problem> {
    let (someone, beneficiary) = enter(&app, &pass).await?;
    let body = CardPage { standing: Standing::of(&beneficiary, app.now()), card: Card::of(&beneficiary) };
    Ok(Reply::ok(CardAlone { page: someone.page("Ma carte", "/mon-pass/carte"), body }))
}

/// The young person and the session, in one round trip.
async fn enter(app: &App, pass: &Pass) -> Result<(Someone, Beneficiary), Problem> {
    let id = pass.beneficiary()?;
    let (someone, found) = app.enter(pass, &[Beneficiaries::key(id)]).await?;
    let beneficiary = Beneficiaries::in_found(&found, id)?.ok_or(Problem::not_found())?;
    Ok((someone, beneficiary))
}

impl Standing {
    fn of(beneficiary: &Beneficiary, now: Timestamp) -> Self {
        Self {
            suspended: beneficiary.card_state == CardState::Suspended,
            over: beneficiary.is_over(now),
            campaign: beneficiary.wallet.campaign.code(),
        }
    }

    /// Whether a desk would accept the card.
    const fn pays(&self) -> bool {
        !self.suspended && !self.over
    }
}

impl Card {
    fn of(beneficiary: &Beneficiary) -> Self {
        Self {
            first_name: beneficiary.first_name.to_string(),
            last_name: beneficiary.last_name.to_string(),
            card_number: beneficiary.card.clone(),
            file_number: beneficiary.file.clone(),
        }
    }
}

impl EnvelopeLeft {
    fn of(beneficiary: &Beneficiary, envelope: Envelope) -> Self {
        let wallet = &beneficiary.wallet;
        Self {
            envelope,
            left_cents: wallet.balance(envelope).cents(),
            credited_cents: wallet.campaign.dotation(envelope).cents(),
        }
    }

    /// The goods that the envelope buys, and where.
    const fn serves(&self) -> &'static str {
        match self.envelope {
            Envelope::Reading => "Un livre ou une bande dessinée, dans une librairie partenaire.",
            Envelope::Cinema => "Une place de cinéma, dans une salle partenaire.",
            Envelope::Performance => {
                "Un spectacle ou une exposition, dans un théâtre ou un lieu d’arts visuels partenaire."
            }
            Envelope::Outing => {
                "Une sortie organisée par votre établissement : vous n’avez rien à présenter à la caisse."
            }
        }
    }
}
