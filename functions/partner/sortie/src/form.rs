//! The forms of a partner's answers: raw text in, typed answers out.

use epass_domain::{Fault, Invalid, Paragraph, Sheet};
use serde::Deserialize;
use utoipa::ToSchema;

/// The form *Je confirme la sortie*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = SortieConfirmationForm)]
pub struct ConfirmationForm {
    /// The version of the sheet that was read; not needed with the link of a mail, which contains it.
    pub version: Option<u32>,
}

/// The form *Je renvoie la sortie pour modification*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = SortieReturnForm)]
pub struct ReturnForm {
    /// The requested changes, 2 000 characters at most.
    #[schema(example = "La séance commence à 14 h 30.")]
    pub comment: String,
    /// The version of the sheet that was read; not needed with the link of a mail, which contains it.
    pub version: Option<u32>,
}

impl ConfirmationForm {
    /// Reads the version.
    ///
    /// # Errors
    /// A fault at `version` when it is missing.
    pub fn parse(&self) -> Result<u32, Invalid> {
        let mut invalid = Invalid::default();
        let version = invalid.field("version", version(self.version));
        invalid.finish(|| version)
    }
}

impl ReturnForm {
    /// Reads the comment and the version.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<(Paragraph, u32), Invalid> {
        let mut invalid = Invalid::default();
        let comment = invalid.field("comment", comment(&self.comment));
        let version = invalid.field("version", version(self.version));
        invalid.finish(|| Some((comment?, version?)))
    }

    /// Reads only the comment.
    ///
    /// # Errors
    /// The fault of the comment.
    pub fn parse_comment(&self) -> Result<Paragraph, Invalid> {
        let mut invalid = Invalid::default();
        let comment = invalid.field("comment", comment(&self.comment));
        invalid.finish(|| comment)
    }
}

fn comment(typed: &str) -> Result<Paragraph, Fault> {
    Paragraph::parse(typed, Sheet::TEXT)
}

fn version(read: Option<u32>) -> Result<u32, Fault> {
    read.ok_or(Fault::new("version", "Indiquez la version de la fiche que vous avez lue."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_version_that_was_read() {
        assert_eq!(ConfirmationForm { version: Some(2) }.parse(), Ok(2));
        assert!(ConfirmationForm::default().parse().is_err());
        let mute = ReturnForm { comment: " ".into(), version: None };
        let faults = mute.parse().unwrap_err();
        let fields: Vec<&str> = faults.faults().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["comment", "version"]);
    }
}
