//! The confirmation page of an action that cannot be undone: a GET shows it, it names the action and whom it concerns,
//! and it posts the action. It works without script. A caller that reads JSON posts at once and needs no confirmation.

use askama::Template;
use derive_more::Deref;
use serde::Serialize;
use utoipa::ToSchema;

use crate::filters;
use crate::forms::Filled;
use crate::page::Page;

/// The confirmation page.
#[derive(Clone, Template, Deref)]
#[template(path = "second-step.html")]
pub struct SecondStep {
    page: Page,
    form: Filled,
    carried: Vec<(&'static str, String)>,
    reason: Option<Reason>,
    button: &'static str,
    way_back: WayBack,
    #[deref]
    body: SecondStepBody,
}

/// What is about to be done, asked once more. Its GET has the path of the POST that does it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SecondStep)]
pub struct SecondStepBody {
    /// Where the POST goes that does it.
    #[schema(example = "/transactions/019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f/annulation")]
    action: String,
    /// What will happen, for people.
    consequence: String,
    /// What should make one look twice; none in the usual case.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// Who and what is meant.
    facts: Vec<Fact>,
}

/// One thing that is meant, with its name.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SecondStepFact)]
struct Fact {
    #[schema(example = "Montant")]
    label: &'static str,
    #[schema(example = "12,50 €")]
    value: String,
}

/// A text that the POST asks for.
#[derive(Clone)]
struct Reason {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
}

#[derive(Clone)]
struct WayBack {
    href: String,
    label: &'static str,
    button: &'static str,
}

impl SecondStep {
    /// A page whose `button` posts to `action`; `consequence` says what that does.
    pub fn new(page: Page, action: impl Into<String>, button: &'static str, consequence: impl Into<String>) -> Self {
        Self {
            page,
            form: Filled::default(),
            body: SecondStepBody {
                action: action.into(),
                consequence: consequence.into(),
                warning: None,
                facts: Vec::new(),
            },
            carried: Vec::new(),
            reason: None,
            button,
            way_back: WayBack { href: "/espace".into(), label: "Mon espace", button: "Ne rien changer" },
        }
    }

    /// Sets the page to go back to, and its label.
    #[must_use]
    pub fn from(mut self, href: impl Into<String>, label: &'static str) -> Self {
        (self.way_back.href, self.way_back.label) = (href.into(), label);
        self
    }

    /// Sets the label of the link back, where *Ne rien changer* could be mistaken for the button.
    #[must_use]
    pub const fn or(mut self, button: &'static str) -> Self {
        self.way_back.button = button;
        self
    }

    /// Adds a fact that identifies what the action concerns.
    #[must_use]
    pub fn fact(mut self, label: &'static str, value: impl ToString) -> Self {
        self.body.facts.push(Fact { label, value: value.to_string() });
        self
    }

    /// Adds a warning for an unusual case.
    #[must_use]
    pub fn warns(mut self, warning: Option<String>) -> Self {
        self.body.warning = warning;
        self
    }

    /// Adds a hidden value that the POST needs, such as the revision that was seen.
    #[must_use]
    pub fn carries(mut self, name: &'static str, value: impl ToString) -> Self {
        self.carried.push((name, value.to_string()));
        self
    }

    /// Asks for a text, such as the reason of a refusal.
    #[must_use]
    pub const fn asks(mut self, name: &'static str, label: &'static str, hint: &'static str) -> Self {
        self.reason = Some(Reason { name, label, hint });
        self
    }
}
