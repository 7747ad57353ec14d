//! Who a request turned out to be: noted where a session or a till's key is checked, for the page around a problem, which has
//! no store of its own to ask.

use std::cell::RefCell;
use std::future::Future;

use epass_domain::{Line, Role, Trading};

use crate::menu::tabs;
use crate::page::Page;

/// Somebody whose session lives.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The account's name.
    pub name: Line,
    /// The role.
    pub role: Role,
    /// Whether a partner may sell; of no meaning for others.
    pub trading: Trading,
    /// A mailed password opens nothing but changing it: no tabs.
    pub must_change_password: bool,
}

tokio::task_local! {
    static SEEN: RefCell<Option<Seen>>;
}

impl Seen {
    /// Runs `work`, and gives who was noted meanwhile.
    pub(crate) async fn during<F: Future>(work: F) -> (F::Output, Option<Self>) {
        let noted = async {
            let output = work.await;
            (output, SEEN.with(RefCell::take))
        };
        SEEN.scope(RefCell::new(None), noted).await
    }

    /// Notes who it is; outside of a request, nothing.
    pub(crate) fn note(self) {
        let _ = SEEN.try_with(|seen| seen.replace(Some(self)));
    }

    /// A page of theirs that is under none of the tabs.
    pub(crate) fn page(self, title: &str) -> Page {
        let tabs = if self.must_change_password { Vec::new() } else { tabs(self.role, self.trading, "") };
        Page::signed_in(title, self.name.to_string(), self.role, tabs)
    }
}
