//! The document of the convention: filled in from the dossier, printed once and kept.

use epass_documents::{ConventionText, Credit, RenderError, convention_pdf};
use epass_domain::{Campaign, ConventionPdf, ConventionRefusal, Dossier, Envelope, Line, ParisDay, Partner};
use epass_files::{Document, Files, sha256};
use epass_web::{Kind, Problem};
use jiff::Timestamp;

/// Prints the requested version of the convention of `partner` and stores it under a key made from its content.
///
/// # Errors
/// [`ConventionRefusal::NotAwaited`] when no version is requested; an internal error, logged, when the document
/// cannot be typeset or the bucket fails.
pub async fn print(
    files: &Files,
    partner: &Partner,
    copies_address: Option<&Line>,
    now: Timestamp,
) -> Result<ConventionPdf, Problem> {
    let text = convention_text(partner, copies_address, now)?;
    let bytes = convention_pdf(&text).map_err(|refused| unprintable(&refused))?;
    let sha256 = sha256(&bytes);
    let key = format!("convention/{}-{}-{}", partner.id, text.version, &sha256[..16]);
    files.keep(&key, Document { media_type: "application/pdf", bytes: &bytes }).await?;
    Ok(ConventionPdf { key, sha256 })
}

fn unprintable(error: &RenderError) -> Problem {
    tracing::error!(%error, "a convention cannot be printed");
    Problem::new(Kind::Internal)
}

/// The text of the requested version, validated at `now`, with the address for the signed copies. It states the
/// account that is paid: a changed account that still waits is not agreed on.
///
/// # Errors
/// [`ConventionRefusal::NotAwaited`] when no version is requested.
fn convention_text(
    partner: &Partner,
    copies_address: Option<&Line>,
    now: Timestamp,
) -> Result<ConventionText, ConventionRefusal> {
    let version = partner.requested_version()?;
    let Dossier { administrative, referent, activity, bank } =
        partner.dossier().ok_or(ConventionRefusal::NotAwaited)?;
    let bank = partner.paid_to.as_ref().unwrap_or(bank);
    let campaign = Campaign::at(now);
    let credit = |envelope: Envelope| Credit {
        label: envelope.label().to_owned(),
        amount: campaign.dotation(envelope).to_string(),
    };
    Ok(ConventionText {
        dossier_number: partner.id.to_string(),
        version,
        campaign: campaign.code(),
        issued_on: ParisDay::of(now).date(),
        legal_name: administrative.legal_name.to_string(),
        siret: administrative.siret.to_string(),
        administrative_address: administrative.address.to_string(),
        trade_name: activity.trade_name.to_string(),
        activity_address: activity.address.to_string(),
        referent_name: format!("{} {} {}", referent.civility.label(), referent.first_name, referent.last_name),
        referent_function: referent.position.to_string(),
        envelopes: activity.envelopes.iter().map(|envelope| envelope.label().to_owned()).collect(),
        accessibility: activity.accessibility.iter().map(|one| one.label().to_owned()).collect(),
        dotation: Envelope::ALL.into_iter().map(credit).collect(),
        account_holder: bank.holder.to_string(),
        iban_masked: bank.iban.masked(),
        bic: bank.bic.to_string(),
        copies_address: copies_address.map_or_else(String::new, ToString::to_string),
    })
}
