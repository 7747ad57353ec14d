//! The result of a look-up or a refused form, sealed in the address of the next page for a quarter of an hour and for
//! this partner alone. Back, Reload and a new sign-in show it again, separately in each tab, and no personal data is
//! readable in an address, a history or a log.

use epass_domain::Ticket;
use epass_web::{App, Caller, Desk, Filled, Problem};
use serde::{Deserialize, Serialize};

use crate::HERE;

/// The content of the search page.
pub enum Seen {
    /// An empty search.
    Nothing,
    /// The empty search, in place of an expired result.
    Over,
    /// The search form after a refusal.
    Search(Filled),
    /// The beneficiary that was found, with the payment form if it was refused.
    Found(Box<Ticket>, Filled),
}

/// The same content as an address carries it.
#[derive(Serialize, Deserialize)]
struct Record {
    ticket: Option<Ticket>,
    form: Filled,
}

impl Seen {
    /// Reads an address: it is empty, or its content must be sealed for this partner and not expired.
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

    /// The ticket of the beneficiary that was found; none without one.
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

    /// The address of a beneficiary that was found.
    pub fn found(app: &App, ticket: &Ticket, form: Filled) -> String {
        address(app, ticket.partner.as_str(), Some(ticket), form)
    }
}

/// Builds the address; it leaves out typed values that are too long for it.
fn address(app: &App, partner: &str, ticket: Option<&Ticket>, form: Filled) -> String {
    let sealed = |form: Filled| app.address_of(HERE, partner, Record { ticket: ticket.cloned(), form }, Ticket::LIFE);
    let sealed = sealed(form.clone()).or_else(|| sealed(form.emptied()));
    sealed.map_or_else(|| HERE.to_owned(), |sealed| format!("{HERE}?vu={sealed}"))
}
