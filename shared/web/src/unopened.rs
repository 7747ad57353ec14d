//! The page for a partner without a convention in force, in place of one that needs it (guide §4, nota): the reason,
//! the next step, and the pages that stay open.

use askama::Template;
use epass_domain::{ConventionState, Partner, Stage, Trading};

use crate::filters;
use crate::page::Page;

/// The page, for browsers; JSON gets the problem.
#[derive(Template)]
#[template(path = "unopened.html")]
pub(crate) struct Unopened {
    page: Page,
    is_suspended: bool,
    stage: Stage,
    since: jiff::Timestamp,
    reason: Option<String>,
}

impl Unopened {
    /// `page` makes the frame for a title.
    pub(crate) fn of(partner: &Partner, page: impl FnOnce(&str) -> Page) -> Self {
        let is_suspended = partner.trading() == Trading::Suspended;
        let (stage, since) = partner.stage();
        let title =
            if is_suspended { "Suspendu jusqu’à votre nouvelle convention" } else { "Pas encore de convention" };
        Self {
            page: page(title),
            is_suspended,
            stage,
            since,
            reason: match partner.convention.as_ref().map(|convention| &convention.state) {
                Some(ConventionState::Refused { reason, .. }) => Some(reason.to_string()),
                _ => None,
            },
        }
    }
}
