//! Who a request turned out to be: noted where a session or a till's key is checked, for the page around a problem, which has
//! no store of its own to ask.

use std::cell::RefCell;
use std::future::Future;

use epass_domain::{Line, Role, Trading};

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
}
