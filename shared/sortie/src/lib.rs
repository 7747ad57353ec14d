//! An outing as its sides see it: one view and its template parts, what the mails tell of it, and giving everybody the money
//! back when it is cancelled.

mod list;
mod news;
mod releasing;

use epass_domain::{Did, Participant, Party, Presence, Sortie, Step, StepId};
use epass_store::StepPage;
use epass_web::{mint, said, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use list::{Line, ListForm, states};
pub use news::{Told, cancelled_for, invitation, reminder, taken_off, told};
pub use releasing::release;

/// An outing as a page and JSON show it; `templates/sortie.html` shows the sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Sortie)]
pub struct Shown {
    /// The code by which pupils join, and its id.
    #[schema(example = "K7QX2M9ZD")]
    pub id: String,
    /// The code in groups.
    #[serde(skip)]
    pub code: String,
    /// To be sent with an answer: what was read.
    pub version: u32,
    /// *Titre de l'événement*.
    #[schema(example = "Le Cid, séance scolaire")]
    pub title: String,
    /// *Description de l'événement*; line ends count.
    pub description: String,
    /// *Date*.
    #[schema(format = Date)]
    pub day: String,
    /// The day in words.
    #[serde(skip)]
    pub when: String,
    /// *Prix unitaire*, in cents.
    pub price_cents: u64,
    /// How many participants are expected.
    pub expected: u16,
    /// *Nombre d'inscriptions*, absentees included.
    pub joined: u32,
    /// How many of them are absent.
    pub absent: u32,
    /// How many of them are paid for.
    pub present: u32,
    /// *Total à payer*, in cents.
    pub total_cents: u64,
    /// *Organisateur de la sortie*.
    pub organiser: String,
    /// *Référent du partenaire*.
    pub referent: String,
    /// `actual` (*au réalisé*) or `flat` (*au forfait*).
    #[schema(example = "actual")]
    pub terms: &'static str,
    /// The terms in the guide's words.
    #[serde(skip)]
    pub terms_label: &'static str,
    /// *Établissement*.
    pub establishment: String,
    /// *Partenaire*.
    pub partner: String,
    /// `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    pub state: &'static str,
    /// The state in the guide's word.
    #[serde(skip)]
    pub state_label: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub state_at: Timestamp,
    /// Who may do what next.
    pub next: String,
    /// What the partner wants changed, or why it was cancelled.
    pub remark: Option<String>,
}

impl Shown {
    /// The outing as it is, for this reader. The voucher's number is not in it.
    pub fn of(sortie: &Sortie, reader: Party) -> Self {
        let (sheet, phase) = (&sortie.sheet, sortie.state.phase());
        Self {
            id: sortie.id.as_str().to_owned(),
            code: sortie.id.to_string(),
            version: sortie.version,
            title: sheet.title.to_string(),
            description: sheet.description.to_string(),
            day: sheet.day.iso(),
            when: said(sheet.day, sheet.day),
            price_cents: sheet.price.euros().cents(),
            expected: sheet.expected.count(),
            joined: sortie.joined,
            absent: sortie.absent,
            present: sortie.present(),
            total_cents: sortie.total().cents(),
            organiser: sheet.organiser.to_string(),
            referent: sheet.referent.to_string(),
            terms: sheet.terms.code(),
            terms_label: sheet.terms.label(),
            establishment: sortie.establishment_name.to_string(),
            partner: sortie.partner_name.to_string(),
            state: phase.code(),
            state_label: phase.label(),
            state_at: sortie.state.at(),
            next: phase.next(reader),
            remark: sortie.state.remark().map(ToString::to_string),
        }
    }

    /// The kind of badge that the state is shown with.
    pub fn badge(&self) -> &'static str {
        badge(self.state)
    }
}

/// The kind of badge that a state, by its code, is shown with.
pub fn badge(state: &str) -> &'static str {
    match state {
        "confirmed" | "validated" | "settled" => "good",
        "returned" | "pending" => "warn",
        _ => "bad",
    }
}

/// A timeline; `templates/timeline.html` shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieTimeline)]
pub struct Timeline {
    /// Latest first.
    pub steps: Vec<StepShown>,
    /// Give it back as `suivi` to see what was before.
    pub next: Option<String>,
}

/// A line of a timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieStep)]
pub struct StepShown {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// On whose side: `establishment`, `partner` or `beneficiary`.
    #[schema(value_type = words::SortieParty)]
    pub by: Party,
    /// Who: a name, or of a young person the N° de dossier.
    pub who: String,
    /// What, in words.
    #[schema(example = "a confirmé la sortie")]
    pub did: String,
    /// What was written with it.
    pub remark: Option<String>,
}

impl Timeline {
    /// How many lines a page shows.
    pub const LINES: i32 = 20;

    /// A page of it.
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

/// A line of the timeline.
pub fn step(by: Party, who: &epass_domain::Line, did: Did, now: Timestamp) -> Step {
    Step { id: mint::step_id(now), at: now, by, who: who.clone(), did }
}

/// A line of the timeline by a young person.
pub fn young_step(who: &epass_domain::FileNumber, did: Did, now: Timestamp) -> Step {
    let name =
        epass_domain::Line::parse(&format!("N° de dossier {who}"), epass_domain::Line::MAX).expect("a short line");
    step(Party::Beneficiary, &name, did, now)
}

/// A participant as both sides see one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieParticipant)]
pub struct ParticipantShown {
    /// Names the participant in paths.
    pub id: String,
    /// *Prénom*.
    pub first_name: String,
    /// *Nom*.
    pub last_name: String,
    /// *N° de dossier*, nine digits.
    pub file: String,
    /// The number in groups.
    #[serde(skip)]
    pub file_said: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// `present`, `absent`, or `released` once the outing was cancelled and the price given back.
    #[schema(value_type = words::PresenceCode)]
    pub presence: Presence,
}

impl ParticipantShown {
    /// The participant.
    pub fn of(one: &Participant) -> Self {
        Self {
            id: one.beneficiary.to_string(),
            first_name: one.first_name.to_string(),
            last_name: one.last_name.to_string(),
            file: one.file.as_str().to_owned(),
            file_said: one.file.to_string(),
            joined_at: one.joined_at,
            presence: one.presence,
        }
    }

    /// Whether the price is held.
    pub fn is_present(&self) -> bool {
        self.presence == Presence::Present
    }
}
