//! The convention between a partner and the Région, in two copies to sign (guide §4, §5).

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Serialize;

use crate::press::{RenderError, Template, render};

static CONVENTION: LazyLock<Template> =
    LazyLock::new(|| Template::new("convention.typ", include_str!("../templates/convention.typ")));

/// The data of a convention. Each text is printed verbatim, whatever it contains; an empty one omits its row.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ConventionText {
    /// The dossier's number, as displayed.
    pub dossier_number: String,
    /// The convention's version, from 1: a changed *raison sociale* or SIRET makes the next.
    pub version: u32,
    /// The first campaign it runs for: "2026-2027".
    pub campaign: String,
    /// The date of the document and of the PDF's metadata.
    pub issued_on: Date,
    /// *Raison sociale*.
    pub legal_name: String,
    /// SIRET, grouped: "123 456 789 00012".
    pub siret: String,
    /// *Adresse administrative*, on one line.
    pub administrative_address: String,
    /// *Nom commercial ou d'usage*; may be empty.
    pub trade_name: String,
    /// *Adresse de l'activité*, on one line; may be empty.
    pub activity_address: String,
    /// *Civilité*, first and last name of the *référent*.
    pub referent_name: String,
    /// The *référent*'s function; may be empty.
    pub referent_function: String,
    /// Labels of the envelopes the partner may take: "Lecture".
    pub envelopes: Vec<String>,
    /// Labels of the place's declared accessibility; may be empty.
    pub accessibility: Vec<String>,
    /// The credit of a beneficiary in each envelope of the campaign.
    pub dotation: Vec<Credit>,
    /// *Nom du titulaire* of the bank account.
    pub account_holder: String,
    /// IBAN, masked: "FR76 •••• •••• 0189".
    pub iban_masked: String,
    /// BIC.
    pub bic: String,
    /// The address to which the two signed copies are sent, on one line; may be empty.
    pub copies_address: String,
}

/// One line of the dotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// The envelope's label: "Lecture".
    pub label: String,
    /// The amount, as displayed: "28,00 €".
    pub amount: String,
}

/// The fields hold names, addresses and bank details, which must not appear in logs.
impl fmt::Debug for ConventionText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConventionText")
            .field("dossier_number", &self.dossier_number)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Renders the convention as a tagged PDF, PDF/A-2a and PDF/UA-1: the same text always gives the same bytes.
///
/// It takes some tens of milliseconds of CPU time without yielding: run it where blocking is allowed.
///
/// # Errors
/// [`RenderError`] when the template or its output is refused.
pub fn convention_pdf(text: &ConventionText) -> Result<Vec<u8>, RenderError> {
    render(&CONVENTION, text, format!("epass-convention/{}/{}", text.dossier_number, text.version))
}
