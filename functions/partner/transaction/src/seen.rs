//! What a look-up or a refused form came to, as the address of the next page carries it: sealed, for a quarter of an hour and
//! for this partner alone. So Back, Reload and a sign-in in between show it again, in each tab its own, and nothing personal
//! stands in an address, a history or a log.

use epass_domain::Ticket;
use epass_web::{App, Caller, Desk, Filled, Problem};
use serde::{Deserialize, Serialize};

use crate::HERE;

/// What is shown.
pub enum Seen {
    /// An empty search.
    Nothing,
    /// An empty search in place of what is shown no more.
    Over,
    /// The search, as it was refused.
    Search(Filled),
    /// Who was found, with the form as it was refused, if it was.
    Found(Box<Ticket>, Filled),
}

/// The same in an address.
#[derive(Serialize, Deserialize)]
struct Record {
    ticket: Option<Ticket>,
    form: Filled,
}

impl Seen {
    /// What an address carries: nothing at all, or what was sealed for this partner and is not over yet.
    pub fn read(app: &App, caller: &Caller, sealed: &str) -> Result<Self, Problem> {
        if sealed.is_empty() {
            return Ok(Self::Nothing);
        }
        Ok(match app.in_address(HERE, caller.partner()?.as_str(), sealed) {
            None => Self::Over,
            Some(Record { ticket: Some(ticket), form }) => Self::Found(Box::new(ticket), form),
            Some(Record { ticket: None, form }) => Self::Search(form),
        })
    }

    /// Who was found, if anybody was.
    pub const fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::Found(ticket, _) => Some(ticket),
            Self::Nothing | Self::Over | Self::Search(_) => None,
        }
    }

    /// The address of a refused search.
    pub fn search(app: &App, desk: &Desk, form: Filled) -> String {
        address(app, desk.partner.id.as_str(), None, form)
    }

    /// The address of who was found.
    pub fn found(app: &App, ticket: &Ticket, form: Filled) -> String {
        address(app, ticket.partner.as_str(), Some(ticket), form)
    }
}

/// What was typed is left out where it is too long for an address.
fn address(app: &App, partner: &str, ticket: Option<&Ticket>, form: Filled) -> String {
    let sealed = |form: Filled| app.address_of(HERE, partner, Record { ticket: ticket.cloned(), form }, Ticket::LIFE);
    let sealed = sealed(form.clone()).or_else(|| sealed(form.emptied()));
    sealed.map_or_else(|| HERE.to_owned(), |sealed| format!("{HERE}?vu={sealed}"))
}
