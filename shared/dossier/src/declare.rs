//! *Je valide ma demande*, and a change of dossier: both declare the four parts, with the mails that tell of it.

use epass_domain::{Entailed, Partner, Refusal, limits};
use epass_mail::Letter;
use epass_store::{Counted, Entry, Full};
use epass_web::{App, Filled, Input, Problem, View, Wants, mint};
use jiff::Timestamp;

use crate::form::DossierForm;

/// What became of a declaration.
#[derive(Debug)]
pub enum Outcome {
    /// It is stored.
    Declared(Box<Partner>, Entailed),
    /// It would stop all sales: it is kept, and a browser goes to [`CONFIRMATION`], which asks.
    Asks,
}

/// The page that shows what a kept change entails, and asks.
pub const CONFIRMATION: &str = "/dossier/modifier/confirmation";

/// Declares what was sent for `partner`, stores it and tells the referent and the team, or changes nothing. The RIB is
/// kept last, once nothing refuses the rest. What would stop all sales has to be confirmed: in JSON with the declaration, in a
/// browser on a page of its own. `page` shows the form again.
///
/// # Errors
/// Faults at their fields; [`Refusal::DossierChanged`] when it changed since it was read; [`Refusal::SiretTaken`];
/// [`Refusal::NewConventionToConfirm`]; too many mails; the store's and the bucket's.
pub async fn declare<V: View + 'static>(
    app: &App,
    partner: Partner,
    wants: Wants,
    input: Input<DossierForm>,
    page: impl Fn(Filled) -> V,
) -> Result<Outcome, Problem> {
    let now = app.now();
    let joined = input.file("rib").cloned();
    let current = input.typed.set("revision", partner.revision.to_string());
    let refused = |refusal: Refusal| {
        let field = field_of(&refusal);
        Problem::refused(refusal, field, current.clone(), &page)
    };
    if input.form.revision.is_some_and(|read| read != partner.revision) {
        return Err(refused(Refusal::DossierChanged));
    }
    let declaration = input
        .form
        .parse(joined.as_ref(), &partner)
        .map_err(|invalid| Problem::invalid(&invalid, current.clone(), &page))?;
    if declaration.siret() != partner.siret()
        && app.store.partners.with_siret(declaration.siret()).await?.is_some_and(|owner| owner != partner.id)
    {
        return Err(refused(Refusal::SiretTaken));
    }
    let (dossier, rib) = declaration.dossier(&partner.id);
    let is_confirmed = input.form.confirm == "yes" || partner.would_suspend(&dossier).is_empty();
    match wants {
        _ if is_confirmed => {
            let (after, entailed) = partner.clone().declare(dossier, now);
            let mails = mails(app, &partner, &after, entailed, now);
            if let Err(full) = count(app, &partner, &after, &mails).await? {
                return Err(Problem::too_many_mails(full, "referent_email", current, &page));
            }
            rib.keep(&app.files).await?;
            app.store.partners.save(&partner, &after, &mails).await?.map_err(refused)?;
            Ok(Outcome::Declared(Box::new(after), entailed))
        }
        Wants::Json => Err(refused(Refusal::NewConventionToConfirm)),
        Wants::Html => {
            let proposing = partner.clone().propose(dossier, now);
            rib.keep(&app.files).await?;
            app.store.partners.save(&partner, &proposing, &[]).await?.map_err(refused)?;
            Ok(Outcome::Asks)
        }
    }
}

/// Declares what `partner` proposed, now that its author confirms it.
///
/// # Errors
/// The store's, and too many mails; the inner [`Refusal`] is [`Refusal::DossierChanged`] when nothing is proposed any more or it changed since, and
/// [`Refusal::SiretTaken`] when its new SIRET became another's.
pub async fn confirm(app: &App, partner: &Partner) -> Result<Result<(Partner, Entailed), Refusal>, Problem> {
    let now = app.now();
    let (after, entailed) = match partner.clone().confirm(now) {
        Ok(confirmed) => confirmed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mails = mails(app, partner, &after, entailed, now);
    count(app, partner, &after, &mails).await??;
    let saved = app.store.partners.save(partner, &after, &mails).await?;
    Ok(saved.map(|()| (after, entailed)))
}

/// Counts a declaration that sends mails: for the partner, and for the referent's mailbox where that is another one than before.
async fn count(app: &App, before: &Partner, after: &Partner, mails: &[Entry]) -> Result<Result<(), Full>, Problem> {
    if mails.is_empty() {
        return Ok(Ok(()));
    }
    let mut counted = vec![Counted::new(limits::MAILS_OF_PARTNER, &after.id)];
    if mails_go_elsewhere(before, after) {
        counted.extend(app.of_mail_to(after.referent_email()));
    }
    app.count(&counted).await
}

/// What the letters about a partner's dossier have in common.
pub fn about(app: &App, partner: &Partner) -> epass_mail::Dossier {
    epass_mail::Dossier {
        number: partner.id.clone(),
        legal_name: partner.legal_name().clone(),
        site_url: app.settings.site_url.clone(),
    }
}

/// The mails of a declaration. A changed account is told to the referent of before as well: whoever changes the account
/// may have changed the referent with it.
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

/// Whether the referent's address is another one than before.
fn mails_go_elsewhere(before: &Partner, after: &Partner) -> bool {
    before.referent_email().folded() != after.referent_email().folded()
}

/// The masked IBAN of an account that waits now and did not before.
fn newly_waiting(before: &Partner, after: &Partner) -> Option<String> {
    let waiting = after.waiting_bank()?;
    let same = before.waiting_bank().is_some_and(|known| {
        (&known.iban, &known.bic, &known.holder) == (&waiting.iban, &waiting.bic, &waiting.holder)
    });
    (!same).then(|| waiting.iban.masked())
}

/// Where the form tells a refusal: `dossier` is the form itself.
const fn field_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::SiretTaken => "siret",
        _ => "dossier",
    }
}
