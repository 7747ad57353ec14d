//! *Déclarer absent* and *Replacer en présent* (guide §9.5): the price of a participant is released, or held again,
//! at once.

use axum::extract::{Path, State};
use epass_domain::{Action, BeneficiaryId, Did, Participant, Party, Presence, Sortie};
use epass_sortie::{ParticipantShown, step};
use epass_store::{Beneficiaries, Key, Sorties};
use epass_web::{App, Desk, Input, Pass, Problem, ProblemBody, Reply, Told, named};

use crate::form::RosterForm;
use crate::{own, path};

/// Declares a participant absent: the price is returned to the wallet. A second call is a no-op.
#[utoipa::path(post, path = "/mes-sorties/{sortie}/absents/{beneficiary}", request_body = RosterForm,
    params(("sortie" = String, Path, description = "Its code"), ("beneficiary" = String, Path, description = "The participant's `id`")), responses(
    (status = 200, description = "Absent", body = ParticipantShown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours, or nobody on its list", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "Before its day (`sortie_not_yet`), settled *au forfait* (`flat_rate`), or no convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn declare_absent(
    State(app): State<App>,
    pass: Pass,
    Path((id, who)): Path<(String, String)>,
    input: Input<RosterForm>,
) -> Result<Reply, Problem> {
    let door = Door::enter(&app, &pass, &id, &who).await?;
    let declared = input.carry("liste", door.declare_absent(&app)).await;
    declared.map_err(|problem| problem.of_page(door.back(&input.form, "")))?;
    Ok(door.done(Presence::Absent, &input.form))
}

/// Declares a participant present again, after an absence: the price is held again. A second call is a no-op.
#[utoipa::path(post, path = "/mes-sorties/{sortie}/presents/{beneficiary}", request_body = RosterForm,
    params(("sortie" = String, Path, description = "Its code"), ("beneficiary" = String, Path, description = "The participant's `id`")), responses(
    (status = 200, description = "Present", body = ParticipantShown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours, or nobody on its list", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "The credit is gone (`balance_too_low`, `card_suspended`, `campaign_over`), or no convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn declare_present(
    State(app): State<App>,
    pass: Pass,
    Path((id, who)): Path<(String, String)>,
    input: Input<RosterForm>,
) -> Result<Reply, Problem> {
    let door = Door::enter(&app, &pass, &id, &who).await?;
    let declared = input.carry("liste", door.declare_present(&app)).await;
    declared.map_err(|problem| problem.of_page(door.back(&input.form, "")))?;
    Ok(door.done(Presence::Present, &input.form))
}

/// A participant, and the partner and the outing, as read for one request.
struct Door {
    desk: Desk,
    sortie: Sortie,
    participant: Participant,
    wallet: Option<epass_domain::Beneficiary>,
}

impl Door {
    async fn enter(app: &App, pass: &Pass, id: &str, who: &str) -> Result<Self, Problem> {
        let who = named(who, BeneficiaryId::parse)?;
        let also = |id: &_| -> Vec<Key> { vec![Sorties::participant_key(id, who), Beneficiaries::key(who)] };
        let (desk, sortie, found) = own(app, pass, id, also).await?;
        let participant = Sorties::participant_in(&found, &sortie.id, who)?.ok_or(Problem::not_found())?;
        Ok(Self { desk, sortie, participant, wallet: Beneficiaries::in_found(&found, who)? })
    }

    async fn declare_absent(&self, app: &App) -> Result<(), Problem> {
        self.sortie.may_be_absent(&self.desk.partner, app.now())?;
        let did = Did::DeclaredAbsent { file: self.participant.file.clone() };
        let step = step(Party::Partner, self.desk.partner.known_as(), did, app.now());
        Ok(app.store.sorties.declare_absent(&self.sortie, self.participant.beneficiary, &step).await??)
    }

    async fn declare_present(&self, app: &App) -> Result<(), Problem> {
        self.sortie.may(Party::Partner, Action::DeclarePresent)?;
        if self.participant.presence == Presence::Present {
            return Ok(());
        }
        // A closed account has no wallet: the store holds the price from its remaining credit, if there is enough.
        let partner = &self.desk.partner;
        match &self.wallet {
            None => partner.in_force().map(|_| ())?,
            Some(wallet) => self.sortie.may_be_present(partner, wallet, app.now())?,
        }
        let did = Did::DeclaredPresent { file: self.participant.file.clone() };
        let step = step(Party::Partner, self.desk.partner.known_as(), did, app.now());
        Ok(app.store.sorties.declare_present(&self.sortie, self.participant.beneficiary, &step).await??)
    }

    fn done(&self, presence: Presence, asked: &RosterForm) -> Reply {
        let told = ParticipantShown { presence, ..ParticipantShown::of(&self.participant) };
        Reply::ok(Told(told)).see(format!("{}#liste", self.back(asked, presence.code())))
    }

    /// The page of the list with the same filter, after an action.
    fn back(&self, asked: &RosterForm, done: &str) -> String {
        let query = asked.query(asked.page().unwrap_or_default(), done);
        format!("{}/encaissement?{query}", path(&self.sortie.id))
    }
}
