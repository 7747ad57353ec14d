//! The frame of a page for whoever reads it: signed in, or anybody.

use epass_domain::{Role, Trading};

use crate::menu::tabs;
use crate::page::Page;
use crate::seen::Seen;
use crate::tokens::Pass;

impl Seen {
    /// A page of theirs that is under none of the tabs.
    pub(crate) fn page(self, title: &str) -> Page {
        let tabs = if self.must_change_password { Vec::new() } else { tabs(self.role, self.trading, "") };
        Page::signed_in(title, self.name.to_string(), self.role, tabs)
    }
}

/// A page around a problem: theirs, where the handler came to know who it is; or else the header and tabs that the signature
/// alone allows.
pub(crate) fn page_around(title: &str, role: Option<Role>, seen: Option<Seen>) -> Page {
    match (role, seen) {
        (None, _) => Page::public(title),
        (Some(_), Some(seen)) => seen.page(title),
        (Some(role), None) => Page::signed_in(title, String::new(), role, tabs(role, Trading::NotYet, "")),
    }
}

/// A public page's header: *Mon espace* where a pass came along, without asking the store.
pub fn public_page(title: &str, pass: Option<&Pass>) -> Page {
    match pass {
        None => Page::public(title),
        Some(pass) => Page::signed_in(title, String::new(), pass.holder.role(), Vec::new()),
    }
}

/// As [`public_page`], with the tabs of a young person or an establishment whose pass came along; `here` is its path.
pub fn public_page_at(title: &str, pass: Option<&Pass>, here: &str) -> Page {
    match pass.map(|pass| pass.holder.role()) {
        Some(role @ (Role::Beneficiary | Role::Establishment)) => {
            Page::signed_in(title, String::new(), role, tabs(role, Trading::NotYet, here))
        }
        // Which tabs a partner has, the store alone knows.
        Some(Role::Partner | Role::Team) | None => public_page(title, pass),
    }
}
