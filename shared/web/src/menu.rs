//! The menu of each role. Every room declares its entries; a function contains one room, so that all of them are written into
//! `menu.txt` (`cargo run -- menu`), as the routes are.

use std::borrow::Cow;
use std::sync::LazyLock;

use epass_domain::{Role, Trading};

/// A room's place in the menu of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose menu.
    pub role: Role,
    /// How early it stands there: the lower, the earlier.
    pub place: u8,
    /// The tab that it stands under; empty where it is a tab itself.
    pub tab: &'static str,
    /// In the guide's words where it speaks.
    pub label: &'static str,
    /// Its page.
    pub href: &'static str,
    /// What a partner's convention has to be.
    pub needs: Needs,
}

/// What has to be for an entry to be shown (guide §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// No convention yet.
    NoConvention,
    /// A convention, in force or suspended.
    Convention,
    /// A convention in force; while it is suspended, the entry says so.
    InForce,
}

impl Needs {
    const ALL: [Self; 4] = [Self::Nothing, Self::NoConvention, Self::Convention, Self::InForce];

    const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::NoConvention => "no_convention",
            Self::Convention => "convention",
            Self::InForce => "in_force",
        }
    }

    const fn are_met(self, trading: Trading) -> bool {
        match self {
            Self::Nothing => true,
            Self::NoConvention => matches!(trading, Trading::NotYet),
            Self::Convention | Self::InForce => !matches!(trading, Trading::NotYet),
        }
    }
}

impl Entry {
    /// A tab.
    pub const fn tab(role: Role, place: u8, label: &'static str, href: &'static str) -> Self {
        Self { role, place, tab: "", label, href, needs: Needs::Nothing }
    }

    /// One under a tab.
    pub const fn under(role: Role, tab: &'static str, place: u8, label: &'static str, href: &'static str) -> Self {
        Self { role, place, tab, label, href, needs: Needs::Nothing }
    }

    /// That needs this.
    #[must_use]
    pub const fn needing(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    /// As a line of `menu.txt`.
    pub fn line(&self) -> String {
        let Self { role, place: _, tab, label, href, needs } = self;
        [role.code(), tab, label, href, needs.code()].join("\t") + "\n"
    }
}

/// All entries, each role's in their order, as `cargo run -- menu` writes them; a test holds them to the rooms.
static MENU: LazyLock<Vec<Entry>> = LazyLock::new(|| include_str!("../menu.txt").lines().filter_map(read).collect());

fn read(line: &'static str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let role = parts.next().and_then(|code| Role::ALL.into_iter().find(|role| role.code() == code))?;
    let (tab, label, href) = (parts.next()?, parts.next()?, parts.next()?);
    let needs = parts.next().and_then(|code| Needs::ALL.into_iter().find(|needs| needs.code() == code))?;
    Some(Entry { role, place: 0, tab, label, href, needs })
}

/// A tab, and those under it.
#[derive(Clone, Debug)]
pub struct Tab {
    /// As in the guide.
    pub label: Cow<'static, str>,
    /// Where it leads.
    pub href: &'static str,
    /// Whether this page is it, or under it.
    pub current: bool,
    /// The second row.
    pub under: Vec<Tab>,
}

/// The tabs of a role; a partner's first convention opens those that need one (guide §7.1), and while the next is awaited they
/// stay, with what cannot be done marked so. `here` is this page's path.
pub(crate) fn tabs(role: Role, trading: Trading, here: &str) -> Vec<Tab> {
    let mut tabs: Vec<Tab> = Vec::new();
    for entry in MENU.iter().filter(|entry| entry.role == role && entry.needs.are_met(trading)) {
        let is_suspended = trading == Trading::Suspended && entry.needs == Needs::InForce;
        let label =
            if is_suspended { format!("{} (suspendu)", entry.label).into() } else { Cow::Borrowed(entry.label) };
        let tab = Tab { label, href: entry.href, current: entry.href == here, under: Vec::new() };
        if entry.tab.is_empty() {
            tabs.push(tab);
            continue;
        }
        let at = tabs.iter().position(|over| over.label == entry.tab).unwrap_or(tabs.len());
        if at == tabs.len() {
            tabs.push(Tab { label: entry.tab.into(), href: "", current: false, under: Vec::new() });
        }
        let over = &mut tabs[at];
        over.current |= tab.current;
        // It leads to the first page under it where something can be done.
        if over.href.is_empty() && !is_suspended {
            over.href = tab.href;
        }
        over.under.push(tab);
    }
    tabs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(trading: Trading) -> Vec<String> {
        let tabs = tabs(Role::Partner, trading, "");
        let labels =
            tabs.iter().flat_map(|tab| std::iter::once(&tab.label).chain(tab.under.iter().map(|under| &under.label)));
        labels.map(ToString::to_string).collect()
    }

    #[test]
    fn every_line_is_an_entry() {
        assert_eq!(MENU.len(), include_str!("../menu.txt").lines().count());
    }

    #[test]
    fn what_a_partner_earned_stays_in_its_menu_while_the_next_convention_is_awaited() {
        let (open, suspended) = (labels(Trading::Open), labels(Trading::Suspended));
        assert_eq!(open.len(), suspended.len());
        let marked: Vec<_> = suspended.iter().filter(|label| label.ends_with("(suspendu)")).collect();
        assert_eq!(marked, ["Je réalise une transaction (suspendu)", "Créer un Bon Plan (suspendu)"]);
        let has = |labels: &[String], label: &str| labels.iter().any(|known| known == label);
        assert!(has(&suspended, "Je suis mes remboursements") && has(&suspended, "Mes statistiques"));
        let not_yet = labels(Trading::NotYet);
        assert!(has(&not_yet, "Je demande ma convention") && !has(&not_yet, "Transactions"));
    }

    #[test]
    fn a_tab_leads_to_the_first_page_under_it_where_something_can_be_done() {
        let href = |trading| {
            let tabs = tabs(Role::Partner, trading, "");
            tabs.iter().find(|tab| tab.label == "Transactions").map(|tab| tab.href)
        };
        assert_eq!(href(Trading::Open), Some("/transactions/nouvelle"));
        assert_eq!(href(Trading::Suspended), Some("/transactions"));
    }
}
