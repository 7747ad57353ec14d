//! The declaration of the four parts (*Je valide ma demande*, or a change of the dossier) and the mails that follow
//! from it.

use epass_domain::{ConventionRefusal, Entailed, Partner, limits};
use epass_mail::Letter;
use epass_store::{Counted, Entry};
use epass_web::{App, Input, Problem, Wants, mint};
use jiff::Timestamp;

use crate::form::DossierForm;

/// The outcome of a declaration.
#[derive(Debug)]
pub enum Outcome {
    /// The declaration is stored.
    Declared(Box<Partner>, Entailed),
    /// The change would stop all sales: it is kept, and a browser is sent to [`CONFIRMATION`].
    Asks,
}

/// The page that shows the consequences of a kept change and asks for confirmation.
pub const CONFIRMATION: &str = "/dossier/modifier/confirmation";

/// Declares the form for `partner`, stores it and mails the referent and the team. On an error nothing changes. The
/// RIB is stored last, after every other check. A change that would stop all sales must be confirmed: in JSON with
/// the declaration, in a browser on a separate page.
///
/// # Errors
/// Faults at their fields; [`ConventionRefusal::Changed`] when the dossier changed since it was read;
/// [`ConventionRefusal::SiretTaken`]; [`ConventionRefusal::ToConfirm`]; too many mails; errors of the store and of
/// the bucket.
pub async fn declare(
    app: &App,
    partner: &Partner,
    wants: Wants,
    mut input: Input<DossierForm>,
) -> Result<Outcome, Problem> {
    // A refused form comes back with the current revision, so that it can be corrected and sent.
    input.typed = input.typed.set("revision", partner.revision.to_string());
    input.carry("dossier", decided(app, partner, wants, &input)).await
}

/// [`declare`], without restoring the form after a refusal.
async fn decided(app: &App, partner: &Partner, wants: Wants, input: &Input<DossierForm>) -> Result<Outcome, Problem> {
    if input.form.revision.is_some_and(|read| read != partner.revision) {
        return Err(refused(ConventionRefusal::Changed));
    }
    let declaration = input.form.parse(input.file("rib"), partner)?;
    if declaration.siret() != partner.siret()
        && app.store.partners.with_siret(declaration.siret()).await?.is_some_and(|owner| owner != partner.id)
    {
        return Err(refused(ConventionRefusal::SiretTaken));
    }
    let (dossier, rib) = declaration.dossier(&partner.id);
    let is_confirmed = input.form.confirm == "yes" || partner.would_suspend(&dossier).is_empty();
    let now = app.now();
    match wants {
        _ if is_confirmed => {
            let (after, entailed) = partner.clone().declare(dossier, now);
            let mails = mails(app, partner, &after, entailed, now);
            count(app, partner, &after, &mails).await.map_err(|problem| problem.stands_at("referent_email"))?;
            rib.keep(&app.files).await?;
            app.store.partners.save(partner, &after, &mails).await?.map_err(refused)?;
            Ok(Outcome::Declared(Box::new(after), entailed))
        }
        Wants::Json => Err(refused(ConventionRefusal::ToConfirm)),
        Wants::Html => {
            let proposing = partner.clone().propose(dossier, now);
            rib.keep(&app.files).await?;
            app.store.partners.save(partner, &proposing, &[]).await?.map_err(refused)?;
            Ok(Outcome::Asks)
        }
    }
}

/// Declares the kept change of `partner`, once its author confirms it.
///
/// # Errors
/// [`ConventionRefusal::Changed`] when no change is kept any more or the dossier changed since;
/// [`ConventionRefusal::SiretTaken`] when another partner has taken the new SIRET; too many mails; errors of the
/// store.
pub async fn confirm(app: &App, partner: &Partner) -> Result<(Partner, Entailed), Problem> {
    let now = app.now();
    let (after, entailed) = partner.clone().confirm(now)?;
    let mails = mails(app, partner, &after, entailed, now);
    count(app, partner, &after, &mails).await?;
    app.store.partners.save(partner, &after, &mails).await??;
    Ok((after, entailed))
}

/// Counts a declaration that sends mails against the rate limits of the partner and of a new referent's mailbox.
async fn count(app: &App, before: &Partner, after: &Partner, mails: &[Entry]) -> Result<(), Problem> {
    if mails.is_empty() {
        return Ok(());
    }
    let mut counted = vec![Counted::new(limits::MAILS_OF_PARTNER, &after.id)];
    if mails_go_elsewhere(before, after) {
        counted.extend(app.of_mail_to(after.referent_email()));
    }
    app.count_mails(&counted).await
}

/// The facts that all letters about a partner's dossier share.
pub fn about(app: &App, partner: &Partner) -> epass_mail::Dossier {
    epass_mail::Dossier {
        number: partner.id.clone(),
        legal_name: partner.legal_name().clone(),
        site_url: app.settings.site_url.clone(),
    }
}

/// The mails of a declaration. A changed account is also told to the previous referent: whoever changed the account
/// may have changed the referent too.
fn mails(app: &App, before: &Partner, after: &Partner, entailed: Entailed, now: Timestamp) -> Vec<Entry> {
    let dossier = || about(app, after);
    let mut mails = Vec::new();
    if let (true, Some(convention)) = (entailed.new_convention, &after.convention) {
        let version = convention.version;
        let told = Letter::ConventionRequested { dossier: dossier(), version };
        let review = Letter::ConventionToReview { dossier: dossier(), version };
        mails.push(told.to(after.referent_email(), mint::mail_id(now), now));
        mails.push(review.to(&app.settings.team_mail, mint::mail_id(now), now));
    }
    if let Some(waiting) = newly_waiting(before, after) {
        let told = Letter::BankChangeWaiting { dossier: dossier(), iban: waiting };
        let mut referents = vec![before, after];
        referents.dedup_by_key(|partner| partner.referent_email());
        let to = |partner: &Partner| {
            told.to(partner.referent_email(), mint::mail_id(now), now).greeting(partner.referent_name())
        };
        mails.extend(referents.into_iter().map(to));
    }
    if mails_go_elsewhere(before, after) {
        let (name, email) = (after.legal_name().clone(), after.referent_email().clone());
        let moved = Letter::AddressChanged { name, email, site_url: app.settings.site_url.clone() };
        // To the old address alone: nobody has confirmed the new one.
        mails.push(moved.to(before.referent_email(), mint::mail_id(now), now).greeting(before.referent_name()));
    }
    mails
}

/// Whether the referent's address changed.
fn mails_go_elsewhere(before: &Partner, after: &Partner) -> bool {
    before.referent_email().folded() != after.referent_email().folded()
}

/// The masked IBAN of an account that has just begun to wait for approval.
fn newly_waiting(before: &Partner, after: &Partner) -> Option<String> {
    let waiting = after.waiting_bank()?;
    let same = before.waiting_bank().is_some_and(|known| {
        (&known.iban, &known.bic, &known.holder) == (&waiting.iban, &waiting.bic, &waiting.holder)
    });
    (!same).then(|| waiting.iban.masked())
}

/// A refusal, at the field of the form that it concerns; `dossier` stands for the whole form.
fn refused(refusal: ConventionRefusal) -> Problem {
    let field = if refusal == ConventionRefusal::SiretTaken { "siret" } else { "dossier" };
    Problem::from(refusal).stands_at(field)
}
