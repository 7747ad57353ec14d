//! The confirmation pages: each states the effect of a decision about a batch or an order.

use axum::extract::{Path, State};
use epass_domain::{Batch, BatchPhase, BatchRefusal, FoundOut, Made, ParisDay, Total};
use epass_web::{App, Input, Problem, ProblemBody, Reply, SecondStep, SecondStepBody, Staff};

use crate::form::{FindingForm, NoForm};
use crate::{HERE, batch, statement};

const BATCH: &str = "Lot de la semaine";

/// Asks for confirmation that the file was given to the bank.
#[utoipa::path(get, path = "/equipe/remboursements/{week}/envoi", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "What will be noted", body = SecondStepBody),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file", body = ProblemBody),
))]
pub(crate) async fn sending(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let batch = batch::find(&app, &week).await?;
    let to_check = batch::to_check(&app, &batch).await?;
    let today = ParisDay::of(app.now());
    let late = batch.file().filter(|file| file.is_late(today)).map(|file| {
        format!("Ce fichier demande une exécution le {}\u{A0}: la banque peut le refuser. Faites d’abord un nouveau fichier.", file.execution_day)
    });
    let waits = (!to_check.is_empty()).then(|| {
        "Des relevés de ce fichier sont à vérifier\u{A0}: décidez-en d’abord, le partenaire pourrait être payé deux fois.".to_owned()
    });
    let consequence = "Les partenaires verront leur virement comme envoyé. Vous pourrez revenir en arrière tant que la banque n’a pas répondu.";
    let asked = ("Avez-vous envoyé ce fichier à la banque\u{A0}?", "J’ai envoyé le fichier à la banque");
    let step = step(&staff, &batch, "envoi", asked, consequence)?;
    Ok(Reply::ok(step.warns(waits.or(late))))
}

/// Asks for confirmation that the bank executed the file.
#[utoipa::path(get, path = "/equipe/remboursements/{week}/paiement", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "What will be noted", body = SecondStepBody),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file", body = ProblemBody),
))]
pub(crate) async fn paying(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let batch = batch::find(&app, &week).await?;
    let never_sent = (!batch.is_sent())
        .then(|| "Ce lot n’est pas noté comme envoyé à la banque\u{A0}: il le sera en même temps.".to_owned());
    let consequence = "Les partenaires verront leur virement comme payé, sauf ceux dont l’échec est déjà noté. Vous pourrez revenir en arrière tant que la banque n’a pas répondu.";
    let asked = ("La banque a-t-elle payé ce lot\u{A0}?", "Le lot est payé");
    let step = step(&staff, &batch, "paiement", asked, consequence)?;
    Ok(Reply::ok(step.warns(never_sent)))
}

/// Asks for confirmation that a file whose day is past was not sent, before another one replaces it.
#[utoipa::path(get, path = "/equipe/remboursements/{week}/fichier", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "What will be made", body = SecondStepBody),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file, one that was sent, or one whose day is still to come", body = ProblemBody),
))]
pub(crate) async fn making_anew(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let (batch, now) = (batch::find(&app, &week).await?, app.now());
    batch.made_anew(now)?;
    let consequence = "Le lot est recompté, puis un nouveau fichier remplace celui-ci, sous un autre nom et avec une autre date. L’ancien est conservé, et ne doit plus être transmis.";
    let warning = "Ne continuez que si l’ancien fichier n’a pas été transmis à la banque\u{A0}: transmis tous les deux, ils paieraient deux fois.";
    let asked = ("Faire un nouveau fichier\u{A0}?", "Je fais un nouveau fichier");
    let step = step(&staff, &batch, "fichier", asked, consequence)?;
    let step = step.fact("Nouvelle exécution demandée", ParisDay::of(now).next_target_day());
    Ok(Reply::ok(step.warns(Some(warning.to_owned()))))
}

/// The confirmation page of a batch: the file's name, its day, the number of its transfers and their sum.
fn step(
    staff: &Staff,
    batch: &Batch,
    under: &str,
    (title, button): (&str, &'static str),
    consequence: &str,
) -> Result<SecondStep, Problem> {
    let (file, message, transfers) = facts(batch).ok_or(BatchRefusal::NoFile)?;
    let page = staff.page(title, HERE);
    let here = batch::path(batch.week);
    Ok(SecondStep::new(page, format!("{here}/{under}"), button, consequence)
        .from(here, BATCH)
        .fact("Fichier", message)
        .fact("Virements", transfers.count)
        .fact("Montant", transfers.amount())
        .fact("Exécution demandée", file))
}

fn facts(batch: &Batch) -> Option<(ParisDay, String, Total)> {
    let BatchPhase::Made(Made { figures, .. }) = &batch.phase else { return None };
    Some((batch.file()?.execution_day, batch.message()?, figures.transfers))
}

/// Asks for confirmation of a finding about an order on which the bank's reports contradict each other.
#[utoipa::path(get, path = "/equipe/releves/{number}/verification", params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"), FindingForm,
), responses(
    (status = 200, description = "What will be noted", body = SecondStepBody),
    (status = 404, description = "No such statement, or no such order", body = ProblemBody),
    (status = 422, description = "No revision, no order, or nothing found out", body = ProblemBody),
))]
pub(crate) async fn finding(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<FindingForm>,
) -> Result<Reply, Problem> {
    let statement = statement::find(&app, &number).await?;
    let (revision, reference, found) = input.form.parse()?;
    let order = reference.attempt.checked_sub(1).and_then(|place| statement.transfers.get(place));
    let order = order
        .filter(|_| reference.statement == statement.number)
        .ok_or_else(|| Problem::no_match("Ce relevé n’a pas de virement de cette référence."))?;
    let (button, consequence) = match found {
        FoundOut::Executed => {
            ("Ce virement est exécuté", "Le relevé est noté comme payé\u{A0}: rien ne sera viré de nouveau.")
        }
        FoundOut::Failed(epass_domain::Failure::Rejected) => (
            "Ce virement est rejeté",
            "La somme est de nouveau due. Le partenaire en est averti par mail\u{A0}: il faudra un autre IBAN, ou votre accord.",
        ),
        FoundOut::Failed(epass_domain::Failure::Returned) => (
            "Ce virement est retourné",
            "La somme est de nouveau due et part avec le prochain lot. Le partenaire en est averti par mail.",
        ),
    };
    let here = statement::path(&statement.number);
    let step = SecondStep::new(staff.page(button, HERE), format!("{here}/verification"), button, consequence)
        .from(here, "Relevé")
        .fact("Partenaire", &statement.partner_name)
        .fact("Virement", &reference)
        .fact("Montant", statement.sum().amount())
        .fact("Compte", format!("{}, {}", order.payee.holder, order.payee.iban.masked()))
        .carries("revision", revision.0)
        .carries("reference", &reference)
        .carries("found", found.code());
    Ok(Reply::ok(step))
}
