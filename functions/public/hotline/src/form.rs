//! The form of a question to the team.

use epass_domain::{Email, Fault, Invalid, Line, Paragraph, Role};
use epass_web::words;
use serde::Deserialize;
use utoipa::ToSchema;

/// The form *Hotline mail*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QuestionForm {
    /// The sender's name, 120 characters at most.
    pub name: String,
    /// The mail address for the answer.
    #[schema(example = "contact@librairie.example")]
    pub email: String,
    /// The sender's profile: `young`, `parent`, `partner`, `establishment` or `other`.
    #[schema(value_type = words::HotlineProfile)]
    pub profile: String,
    /// The subject, 120 characters at most.
    pub subject: String,
    /// The question, 4,000 characters at most.
    pub question: String,
    /// Leave it empty: people do not see this field, so a value means that a program filled it in.
    pub reply_url: String,
}

/// A parsed question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The sender's name.
    pub name: Line,
    /// The mail address for the answer.
    pub email: Email,
    /// The sender's profile.
    pub profile: Profile,
    /// The subject.
    pub subject: Line,
    /// The text of the question.
    pub question: Paragraph,
}

/// The profile of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A young person.
    Young,
    /// A parent of a young person.
    Parent,
    /// A partner, or a future one.
    Partner,
    /// A school or training centre.
    Establishment,
    /// Any other person.
    Other,
}

impl Profile {
    /// All profiles, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Young, Self::Parent, Self::Partner, Self::Establishment, Self::Other];

    /// The code in the form and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Young => "young",
            Self::Parent => "parent",
            Self::Partner => "partner",
            Self::Establishment => "establishment",
            Self::Other => "other",
        }
    }

    /// The label on the form and in the mail to the team.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Young => "Jeune",
            Self::Parent => "Parent",
            Self::Partner => "Partenaire",
            Self::Establishment => "Établissement",
            Self::Other => "Autre",
        }
    }

    /// The most likely profile of an account that is signed in.
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Beneficiary => Self::Young,
            Role::Partner => Self::Partner,
            Role::Establishment => Self::Establishment,
            Role::Team => Self::Other,
        }
    }

    fn parse(code: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|profile| profile.code() == code).ok_or_else(Fault::missing)
    }
}

impl QuestionForm {
    /// Whether a program filled the form in.
    pub fn is_by_program(&self) -> bool {
        !self.reply_url.is_empty()
    }

    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Question, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.field("name", Line::name(&self.name, 120));
        let email = invalid.field("email", Email::parse(&self.email));
        let profile = invalid.field("profile", Profile::parse(&self.profile));
        let subject = invalid.field("subject", Line::parse(&self.subject, 120));
        let question = invalid.field("question", Paragraph::parse(&self.question, 4_000));
        invalid.finish(|| {
            Some(Question { name: name?, email: email?, profile: profile?, subject: subject?, question: question? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> QuestionForm {
        QuestionForm {
            name: "Zoé Garcin".into(),
            email: "zoe@librairie.example".into(),
            profile: "partner".into(),
            subject: "Remboursement".into(),
            question: "Bonjour,\r\n\r\nQuand viendra-t-il ?".into(),
            reply_url: String::new(),
        }
    }

    fn faults(form: &QuestionForm) -> Vec<(&'static str, &'static str)> {
        let invalid = form.parse().err().unwrap_or_default();
        invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect()
    }

    #[test]
    fn a_question_keeps_its_lines() {
        let question = complete().parse().unwrap();
        assert_eq!(question.question.as_str(), "Bonjour,\n\nQuand viendra-t-il ?");
        assert_eq!(question.profile, Profile::Partner);
    }

    #[test]
    fn an_empty_form_names_every_field_in_its_order() {
        let fields = ["name", "email", "profile", "subject", "question"];
        assert_eq!(faults(&QuestionForm::default()), fields.map(|field| (field, "missing")));
    }

    #[test]
    fn a_subject_is_one_line_and_a_question_has_an_end() {
        let form = QuestionForm { subject: "a\r\nBcc: b@c.fr".into(), question: "x".repeat(4_001), ..complete() };
        assert_eq!(faults(&form), [("subject", "several_lines"), ("question", "too_long")]);
    }

    #[test]
    fn every_profile_is_read_by_its_word() {
        for profile in Profile::ALL {
            let form = QuestionForm { profile: profile.code().into(), ..complete() };
            assert_eq!(form.parse().unwrap().profile, profile);
        }
    }

    #[test]
    fn what_fills_in_the_field_that_nobody_sees_is_a_program() {
        assert!(!complete().is_by_program());
        assert!(QuestionForm { reply_url: "https://spam.example".into(), ..complete() }.is_by_program());
    }
}
