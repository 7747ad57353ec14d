//! The decisions of the establishment about an outing: *Je valide la sortie*, *Annuler la sortie*, *Retirer*.

use axum::extract::{Path, State};
use epass_domain::{Action, BeneficiaryId, Did, Paragraph, Participant, Party, Phase, Sortie};
use epass_mail::News;
use epass_sortie::{Shown, Told as Side, release, taken_off, told};
use epass_store::Sorties;
use epass_web::{App, Input, Pass, Problem, ProblemBody, Reply, School, SecondStep, SecondStepBody, Told, mint, named};

use crate::form::CancellationForm;
use crate::{HERE, on_its_page, own, own_alone, path, step};

/// The number of participants released before a cancellation answers; housekeeping releases the others.
const RELEASED_AT_ONCE: usize = 300;

/// Gives what a validation would freeze: the participants and the number of missing ones. In a browser, this is the
/// confirmation page.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/validation",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "What would be validated", body = SecondStepBody),
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
    let id = sortie.id.clone();
    on_its_page(&id, async { Ok(sortie.validate(mint::voucher_number(), app.now())?) }).await?;
    Ok(asked)
}

/// The confirmation page of a validation: it states the outing and its numbers.
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

/// Freezes the list and gives the outing its voucher (*Je valide la sortie*). The partner receives a mail.
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
    let validated = async {
        let after = before.clone().validate(mint::voucher_number(), app.now())?;
        let step = step(&app, &school, Did::Validated { joined: after.joined });
        let mail = told(&app, &after, Side::Partner, News::Validated);
        app.store.sorties.change(&before, &after, &step, &[mail]).await??;
        Ok(after)
    };
    Ok(done(&on_its_page(&before.id, validated).await?, "validee"))
}

/// Cancels the outing; this is final. Each participant gets the credit back and one mail; when there are many
/// participants, some of them after the answer. The partner receives a mail. A second call resumes where the first
/// one stopped.
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
    let cancelled = async {
        if before.state.phase() == Phase::Cancelled {
            return Ok(before);
        }
        before.may(Party::Establishment, Action::Cancel)?;
        cancel_with(&app, &school, before, input.form.parse()?).await
    };
    let cancelled = input.carry("sortie", cancelled).await?;
    give_back(&app, &cancelled).await;
    Ok(done(&cancelled, "annulee"))
}

/// Cancels the outing for this reason, with a mail to the partner.
async fn cancel_with(app: &App, school: &School, before: Sortie, reason: Paragraph) -> Result<Sortie, Problem> {
    let after = before.clone().cancel(reason.clone(), app.now())?;
    let step = step(app, school, Did::Cancelled { reason: reason.clone() });
    let mail = told(app, &after, Side::Partner, News::Cancelled { reason });
    app.store.sorties.change(&before, &after, &step, &[mail]).await??;
    Ok(after)
}

/// Removes a participant from the list, gives the price back and sends a mail. A second call is a no-op.
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
    let taken = async {
        sortie.may(Party::Establishment, Action::TakeOff)?;
        match Sorties::participant_in(&found, &sortie.id, who)? {
            Some(participant) => remove(&app, &school, &sortie, &participant).await,
            None => Ok(sortie.clone()),
        }
    };
    Ok(done(&on_its_page(&sortie.id, taken).await?, "retire"))
}

/// Removes the participant from the outing, with a mail to the participant.
async fn remove(app: &App, school: &School, sortie: &Sortie, who: &Participant) -> Result<Sortie, Problem> {
    let step = step(app, school, Did::TakenOff { file: who.file.clone() });
    let mails: Vec<_> = taken_off(app, sortie, who).into_iter().collect();
    app.store.sorties.leave(sortie, who.beneficiary, &step, &mails).await??;
    app.store.sorties.find(&sortie.id).await?.ok_or(Problem::not_found())
}

/// Releases as many participants as fit into this request. The outing is cancelled already: after a failure,
/// housekeeping releases the others.
async fn give_back(app: &App, sortie: &Sortie) {
    if let Err(error) = release(app, sortie, RELEASED_AT_ONCE).await {
        tracing::warn!(%error, sortie = sortie.id.as_str(), "the money of a cancelled outing goes back later");
    }
}

fn done(sortie: &Sortie, done: &str) -> Reply {
    Reply::ok(Told(Shown::of(sortie, Party::Establishment))).see(format!("{}?fait={done}", path(&sortie.id)))
}
