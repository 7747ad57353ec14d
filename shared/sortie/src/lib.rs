//! An outing as each side sees it: one view with its template parts, the mails about it, and the release of the held
//! prices when it is cancelled.

mod list;
mod news;
mod releasing;

use epass_domain::{
    Did, FileNumber, ParisDay, Participant, Party, Phase, Presence, SettlementTerms, Sortie, SortieId, Step, StepId,
};
use epass_store::StepPage;
use epass_web::{mint, said, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use list::{Line, ListForm, ListFrame};
pub use news::{Told, cancelled_for, invitation, reminder, taken_off, told};
pub use releasing::release;

/// An outing as a page and JSON show it; `templates/sortie.html` shows the sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Sortie)]
pub struct Shown {
    /// The code with which pupils join; also the id of the outing.
    #[schema(value_type = String, example = "K7QX2M9ZD")]
    pub id: SortieId,
    /// The version that was read; send it back with an answer.
    pub version: u32,
    /// *Titre de l'événement*.
    #[schema(example = "Le Cid, séance scolaire")]
    pub title: String,
    /// *Description de l'événement*; line breaks are kept.
    pub description: String,
    /// *Date*.
    #[schema(value_type = String, format = Date)]
    pub day: ParisDay,
    /// *Prix unitaire*, in cents.
    pub price_cents: u64,
    /// The expected number of participants.
    pub expected: u16,
    /// *Nombre d'inscriptions*, absentees included.
    pub joined: u32,
    /// The number of absentees among them.
    pub absent: u32,
    /// The number of participants who are paid for: those who are not absent.
    pub present: u32,
    /// *Total à payer*, in cents.
    pub total_cents: u64,
    /// *Organisateur de la sortie*.
    pub organiser: String,
    /// *Référent du partenaire*.
    pub referent: String,
    /// `actual` (*au réalisé*) or `flat` (*au forfait*).
    #[schema(value_type = String, example = "actual")]
    pub terms: SettlementTerms,
    /// *Établissement*.
    pub establishment: String,
    /// *Partenaire*.
    pub partner: String,
    /// `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    pub state: Phase,
    /// When the outing entered this state.
    #[schema(value_type = String, format = DateTime)]
    pub state_at: Timestamp,
    /// The next step and who may take it, in French.
    pub next: String,
    /// The partner's requested change, or the reason of the cancellation.
    pub remark: Option<String>,
}

impl Shown {
    /// The outing for this reader. The number of its voucher is not included.
    pub fn of(sortie: &Sortie, reader: Party) -> Self {
        let (sheet, phase) = (&sortie.sheet, sortie.state.phase());
        Self {
            id: sortie.id.clone(),
            version: sortie.version,
            title: sheet.title.to_string(),
            description: sheet.description.to_string(),
            day: sheet.day,
            price_cents: sheet.price.euros().cents(),
            expected: sheet.expected.count(),
            joined: sortie.joined,
            absent: sortie.absent,
            present: sortie.present(),
            total_cents: sortie.total().cents(),
            organiser: sheet.organiser.to_string(),
            referent: sheet.referent.to_string(),
            terms: sheet.terms,
            establishment: sortie.establishment_name.to_string(),
            partner: sortie.partner_name.to_string(),
            state: phase,
            state_at: sortie.state.at(),
            next: phase.next(reader),
            remark: sortie.state.remark().map(ToString::to_string),
        }
    }

    /// The day in French words.
    pub fn when(&self) -> String {
        said(self.day, self.day)
    }

    /// The kind of badge for the outing's state.
    pub const fn badge(&self) -> &'static str {
        badge(self.state)
    }
}

/// The kind of badge for a state.
pub const fn badge(state: Phase) -> &'static str {
    match state {
        Phase::Confirmed | Phase::Validated | Phase::Settled => "good",
        Phase::Returned | Phase::Pending => "warn",
        Phase::Cancelled => "bad",
    }
}

/// A timeline; `templates/timeline.html` shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieTimeline)]
pub struct Timeline {
    /// The entries, latest first.
    pub steps: Vec<StepShown>,
    /// The position of the next page of older entries: send it as `suivi`. Null on the last page.
    pub next: Option<String>,
}

/// An entry of a timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieStep)]
pub struct StepShown {
    /// The instant of the entry.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The side that acted: `establishment`, `partner` or `beneficiary`.
    #[schema(value_type = words::SortieParty)]
    pub by: Party,
    /// The person who acted: a name, or the N° de dossier of a young person.
    pub who: String,
    /// The action, in French words.
    #[schema(example = "a confirmé la sortie")]
    pub did: String,
    /// The remark that was written with the action.
    pub remark: Option<String>,
}

impl Timeline {
    /// The number of entries on a page.
    pub const LINES: i32 = 20;

    /// The timeline with the entries of a page.
    pub fn of(page: StepPage) -> Self {
        let step = |step: &Step| StepShown {
            at: step.at,
            by: step.by,
            who: step.who.to_string(),
            did: step.did.words(),
            remark: step.did.remark().map(ToString::to_string),
        };
        Self { steps: page.steps.iter().map(step).collect(), next: page.next.map(|next: StepId| next.to_string()) }
    }
}

/// A new timeline entry, taken at `now`.
pub fn step(by: Party, who: &epass_domain::Line, did: Did, now: Timestamp) -> Step {
    Step { id: mint::step_id(now), at: now, by, who: who.clone(), did }
}

/// A new timeline entry by a young person, named by the N° de dossier only.
pub fn young_step(who: &epass_domain::FileNumber, did: Did, now: Timestamp) -> Step {
    let name =
        epass_domain::Line::parse(&format!("N° de dossier {who}"), epass_domain::Line::MAX).expect("a short line");
    step(Party::Beneficiary, &name, did, now)
}

/// A participant as establishments and partners see one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieParticipant)]
pub struct ParticipantShown {
    /// The participant's id in paths.
    pub id: String,
    /// *Prénom*.
    pub first_name: String,
    /// *Nom*.
    pub last_name: String,
    /// *N° de dossier*, nine digits.
    #[schema(value_type = String)]
    pub file: FileNumber,
    /// When the participant joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// `present`, `absent`, or `released` when the outing was cancelled and the price given back.
    #[schema(value_type = words::PresenceCode)]
    pub presence: Presence,
}

impl ParticipantShown {
    /// The view of a participant.
    pub fn of(one: &Participant) -> Self {
        Self {
            id: one.beneficiary.to_string(),
            first_name: one.first_name.to_string(),
            last_name: one.last_name.to_string(),
            file: one.file.clone(),
            joined_at: one.joined_at,
            presence: one.presence,
        }
    }

    /// Whether the price is still held.
    pub fn is_present(&self) -> bool {
        self.presence == Presence::Present
    }
}
