//! Askama filters that format values; templates only loop and choose.

#![expect(missing_docs, reason = "askama::filter_fn makes undocumented items beside each filter")]

use std::sync::atomic::{AtomicBool, Ordering};

use epass_domain::{Campaign, Envelope, Euros, paris_time};

use crate::assets::{DECODER, url};

/// The URL of an asset, with the hash of its content.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn asset(name: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(url(&name.to_string()))
}

/// The URL of the decoder of QR codes. A page that names it may run WebAssembly; no other page may.
///
/// # Errors
/// For another file than the decoder, and where the page is rendered outside a request.
#[askama::filter_fn]
pub fn decoder(name: impl std::fmt::Display, values: &dyn askama::Values) -> askama::Result<String> {
    if name.to_string() != DECODER {
        return Err(askama::Error::Custom("this file is no decoder".into()));
    }
    askama::get_value::<AtomicBool>(values, "decodes")?.store(true, Ordering::Relaxed);
    Ok(url(DECODER))
}

/// A fact about the request: `{{ "site"|around }}` is the site's URL, `{{ "path"|around }}` the page's path.
///
/// # Errors
/// For a word that is neither.
#[askama::filter_fn]
pub fn around(name: impl std::fmt::Display, values: &dyn askama::Values) -> askama::Result<String> {
    askama::get_value::<String>(values, name.to_string()).cloned()
}

/// What today's campaign credits to an envelope: `28 €`.
///
/// # Errors
/// Where the page is rendered outside a request.
#[askama::filter_fn]
pub fn dotation(envelope: Envelope, values: &dyn askama::Values) -> askama::Result<String> {
    Ok(askama::get_value::<Campaign>(values, "campaign")?.dotation(envelope).in_words())
}

/// What today's campaign credits to several envelopes together: `60 €`.
///
/// # Errors
/// Where the page is rendered outside a request.
#[askama::filter_fn]
pub fn dotations(envelopes: impl IntoIterator<Item = Envelope>, values: &dyn askama::Values) -> askama::Result<String> {
    let campaign = askama::get_value::<Campaign>(values, "campaign")?;
    Ok(envelopes.into_iter().map(|envelope| campaign.dotation(envelope)).sum::<Euros>().in_words())
}

/// A day of today's campaign, without its year: `{{ "first"|campaign_day }}` is `1er septembre`, `{{ "last"|campaign_day }}` is
/// `31 août`.
///
/// # Errors
/// For another word, and where the page is rendered outside a request.
#[askama::filter_fn]
pub fn campaign_day(which: impl std::fmt::Display, values: &dyn askama::Values) -> askama::Result<String> {
    let campaign = askama::get_value::<Campaign>(values, "campaign")?;
    match which.to_string().as_str() {
        "first" => Ok(campaign.first_day().day_and_month()),
        "last" => Ok(campaign.last_day().day_and_month()),
        _ => Err(askama::Error::Custom("a campaign has a first and a last day".into())),
    }
}

/// A picture generated from a name: the name gives pattern and shade, the envelope's code the colour.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn cover(name: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(crate::covers::svg(&name.to_string()))
}

/// An instant for the attribute `datetime`: `2026-11-22T13:05:09Z`, to the second.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn instant(at: &jiff::Timestamp, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(format!("{at:.0}"))
}

/// Whole cents as `12,50 €`.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn euros(cents: &u64, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(Euros::from_cents(*cents).to_string())
}

/// A whole number as `1 234`.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn grouped(number: &u32, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(epass_domain::grouped(*number))
}

/// An instant as `22/11/2026 à 14 h 05`, in Paris.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn moment(at: &jiff::Timestamp, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(paris_time(*at))
}

/// The Paris day of an instant as `22/11/2026`.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn day(at: &jiff::Timestamp, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(epass_domain::ParisDay::of(*at).to_string())
}

/// A text as a QR code, a whole SVG; `label` is its text alternative.
///
/// # Errors
/// Never; the signature is askama's.
#[askama::filter_fn]
pub fn qr(text: impl std::fmt::Display, _: &dyn askama::Values, label: &str) -> askama::Result<String> {
    Ok(crate::qr::svg(&text.to_string(), label))
}
