//! The frame of a page (header and tabs) for its reader, signed in or not.

use epass_domain::{Role, Trading};

use crate::menu::tabs;
use crate::page::Page;
use crate::seen::Seen;
use crate::tokens::Pass;

impl Seen {
    /// A page of this account that belongs to none of the tabs.
    pub(crate) fn page(self, title: &str) -> Page {
        let tabs = if self.must_change_password { Vec::new() } else { tabs(self.role, self.trading, "") };
        Page::signed_in(title, self.name.to_string(), self.role, tabs)
    }
}

/// The page around a problem: with the account's own frame when the handler identified it, else with the header and
/// tabs that the signed pass alone allows.
pub(crate) fn page_around(title: &str, role: Option<Role>, seen: Option<Seen>) -> Page {
    match (role, seen) {
        (None, _) => Page::public(title),
        (Some(_), Some(seen)) => seen.page(title),
        (Some(role), None) => Page::signed_in(title, String::new(), role, tabs(role, Trading::NotYet, "")),
    }
}

/// The header of a public page, without a look-up in the store: *Mon espace* when the request has a pass.
pub fn public_page(title: &str, pass: Option<&Pass>) -> Page {
    match pass {
        None => Page::public(title),
        Some(pass) => Page::signed_in(title, String::new(), pass.holder.role(), Vec::new()),
    }
}

/// Like [`public_page`], with the tabs of a young person or an establishment when the request has their pass; `here` is
/// its path.
pub fn public_page_at(title: &str, pass: Option<&Pass>, here: &str) -> Page {
    match pass.map(|pass| pass.holder.role()) {
        Some(role @ (Role::Beneficiary | Role::Establishment)) => {
            Page::signed_in(title, String::new(), role, tabs(role, Trading::NotYet, here))
        }
        // A partner's tabs depend on the store, which is not asked here.
        Some(Role::Partner | Role::Team) | None => public_page(title, pass),
    }
}
