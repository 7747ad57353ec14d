//! The identity of a request's caller: noted where a session or a till's key is checked, and used by the page around a
//! problem, which does not read the store.

use std::cell::RefCell;
use std::future::Future;

use epass_domain::{Line, Role, Trading};

/// A caller whose session is alive.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The account's name.
    pub name: Line,
    /// The role.
    pub role: Role,
    /// Whether a partner may sell; meaningless for other roles.
    pub trading: Trading,
    /// The session began with a mailed password, which has to be changed first: the page has no tabs.
    pub must_change_password: bool,
}

tokio::task_local! {
    static SEEN: RefCell<Option<Seen>>;
}

impl Seen {
    /// Runs `work`, and also returns the caller that was noted meanwhile.
    pub(crate) async fn during<F: Future>(work: F) -> (F::Output, Option<Self>) {
        let noted = async {
            let output = work.await;
            (output, SEEN.with(RefCell::take))
        };
        SEEN.scope(RefCell::new(None), noted).await
    }

    /// Notes the caller; does nothing outside a request.
    pub(crate) fn note(self) {
        let _ = SEEN.try_with(|seen| seen.replace(Some(self)));
    }
}
