//! What the establishment decides about an outing: *Je valide la sortie*, *Annuler la sortie*, *Retirer*.

use axum::extract::{Path, State};
use epass_domain::{Action, BeneficiaryId, Did, Party, Phase, Sortie};
use epass_mail::News;
use epass_sortie::{Shown, Told as Side, release, taken_off, told};
use epass_store::Sorties;
use epass_web::{App, Filled, Input, Pass, Problem, ProblemBody, Reply, School, SecondStep, Told, mint, named};

use crate::form::{CancellationForm, ShowForm};
use crate::show::{look, refused};
use crate::{HERE, own, own_alone, path, step};

/// How many participants get their money back before a cancellation answers; housekeeping goes on with the others.
const RELEASED_AT_ONCE: usize = 300;

/// Shows who would be on the list, and how many are missing: the second step of a browser.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/validation",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "What would be validated", body = SecondStep),
    (status = 303, description = "A browser whose outing is validated already goes to it"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "Nobody has joined (`nobody_joined`)", body = ProblemBody),
))]
pub(crate) async fn ask_to_validate(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    let asked = Reply::ok(asked(&school, &sortie));
    if sortie.state.phase() == Phase::Validated {
        return Ok(asked.see(path(&sortie.id)));
    }
    match sortie.validate(mint::voucher_number(), app.now()) {
        Ok(_) => Ok(asked),
        Err(refusal) => Err(refused(&app, &pass, &id, refusal).await),
    }
}

/// Names the outing with its numbers.
fn asked(school: &School, sortie: &Sortie) -> SecondStep {
    let (joined, expected) = (sortie.joined, u32::from(sortie.sheet.expected.count()));
    let warning = (joined < expected).then(|| match expected - joined {
        1 => "Une inscription attendue manque encore. Après la validation, elle ne sera plus possible.".to_owned(),
        missing => format!(
            "{missing} inscriptions attendues manquent encore. Après la validation, elles ne seront plus possibles."
        ),
    });
    SecondStep::new(
        school.someone.page("Valider cette sortie\u{a0}?", HERE),
        format!("{}/validation", path(&sortie.id)),
        "Je valide la sortie",
        "La liste est figée\u{a0}: plus personne ne s’inscrit ni ne se désinscrit. La sortie reçoit le N° de voucher à \
         remettre au partenaire, qui en est averti par mail. Une validation ne se retire pas.",
    )
    .fact("Sortie", &sortie.sheet.title)
    .fact("Date", sortie.sheet.day)
    .fact("Inscrits", format!("{joined} sur {expected} attendus"))
    .fact("Total", sortie.total())
    .warns(warning)
    .from(path(&sortie.id), "Ma sortie")
    .or("Revenir à la sortie")
}

/// Freezes the list and gives the outing its voucher (*Je valide la sortie*). The partner gets a mail.
#[utoipa::path(post, path = "/etablissement/sorties/{sortie}/validation",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Validated; again changes nothing", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "Nobody has joined (`nobody_joined`)", body = ProblemBody),
))]
pub(crate) async fn validate(State(app): State<App>, pass: Pass, Path(id): Path<String>) -> Result<Reply, Problem> {
    let (school, before) = own_alone(&app, &pass, &id).await?;
    if before.state.phase() == Phase::Validated {
        return Ok(done(&before, "validee"));
    }
    let after = match before.clone().validate(mint::voucher_number(), app.now()) {
        Ok(after) => after,
        Err(refusal) => return Err(refused(&app, &pass, &id, refusal).await),
    };
    let step = step(&app, &school, Did::Validated { joined: after.joined });
    let mail = told(&app, &after, Side::Partner, News::Validated);
    match app.store.sorties.change(&before, &after, &step, &[mail]).await? {
        Ok(()) => Ok(done(&after, "validee")),
        Err(refusal) => Err(refused(&app, &pass, &id, refusal).await),
    }
}

/// Cancels it for good. Participants get their credit back and a mail, each once: many of them after the answer. The partner
/// gets a mail. Sending it again goes on where it stopped.
#[utoipa::path(post, path = "/etablissement/sorties/{sortie}/annulation", request_body = CancellationForm,
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Cancelled; again changes nothing", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`)", body = ProblemBody),
    (status = 422, description = "No reason", body = ProblemBody),
))]
pub(crate) async fn cancel(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<CancellationForm>,
) -> Result<Reply, Problem> {
    let (school, before) = own_alone(&app, &pass, &id).await?;
    if before.state.phase() == Phase::Cancelled {
        give_back(&app, &before).await;
        return Ok(done(&before, "annulee"));
    }
    if let Err(refusal) = before.may(Party::Establishment, Action::Cancel) {
        return Err(refused(&app, &pass, &id, refusal).await);
    }
    let reason = match input.form.parse() {
        Ok(reason) => reason,
        Err(invalid) => {
            let page = look(&app, &school, &before, &ShowForm::default()).await?;
            let typed = Filled::with([("cancellation_reason", input.form.cancellation_reason)]);
            return Err(Problem::invalid(&invalid, typed, |form| page.with(form)));
        }
    };
    let after = before.clone().cancel(reason.clone(), app.now())?;
    let step = step(&app, &school, Did::Cancelled { reason: reason.clone() });
    let mail = told(&app, &after, Side::Partner, News::Cancelled { reason });
    match app.store.sorties.change(&before, &after, &step, &[mail]).await? {
        Ok(()) => {
            give_back(&app, &after).await;
            Ok(done(&after, "annulee"))
        }
        Err(refusal) => Err(refused(&app, &pass, &id, refusal).await),
    }
}

/// Takes a participant off the list and gives the price back; a mail says so. Who is not on it leaves nothing.
#[utoipa::path(post, path = "/etablissement/sorties/{sortie}/participants/{beneficiary}/retrait",
    params(("sortie" = String, Path, description = "Its code"), ("beneficiary" = String, Path, description = "The participant's `id`")), responses(
    (status = 200, description = "Off the list; again changes nothing", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "The list is frozen, or not open (`sortie_state`)", body = ProblemBody),
))]
pub(crate) async fn take_off(
    State(app): State<App>,
    pass: Pass,
    Path((id, who)): Path<(String, String)>,
) -> Result<Reply, Problem> {
    let who = named(&who, BeneficiaryId::parse)?;
    let (school, sortie, found) = own(&app, &pass, &id, |id| vec![Sorties::participant_key(id, who)]).await?;
    if let Err(refusal) = sortie.may(Party::Establishment, Action::TakeOff) {
        return Err(refused(&app, &pass, &id, refusal).await);
    }
    let Some(participant) = Sorties::participant_in(&found, &sortie.id, who)? else {
        return Ok(done(&sortie, "retire"));
    };
    let step = step(&app, &school, Did::TakenOff { file: participant.file.clone() });
    let mails: Vec<_> = taken_off(&app, &sortie, &participant).into_iter().collect();
    match app.store.sorties.leave(&sortie, who, &step, &mails).await? {
        Ok(()) => {
            let now = app.store.sorties.find(&sortie.id).await?.ok_or(Problem::not_found())?;
            Ok(done(&now, "retire"))
        }
        Err(refusal) => Err(refused(&app, &pass, &id, refusal).await),
    }
}

/// Gives back what fits into this request. It is cancelled by now: whatever goes wrong here, housekeeping goes on.
async fn give_back(app: &App, sortie: &Sortie) {
    if let Err(error) = release(app, sortie, RELEASED_AT_ONCE).await {
        tracing::warn!(%error, sortie = sortie.id.as_str(), "the money of a cancelled outing goes back later");
    }
}

fn done(sortie: &Sortie, done: &str) -> Reply {
    Reply::ok(Told(Shown::of(sortie, Party::Establishment))).see(format!("{}?fait={done}", path(&sortie.id)))
}
