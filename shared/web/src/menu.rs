//! The menu of each role. Every room declares its entries. A function contains only one room, so `menu.txt` lists the
//! entries of all rooms (`cargo run -- menu`), as `routes.txt` lists the routes.

use std::borrow::Cow;
use std::sync::LazyLock;

use epass_domain::{Role, Trading};

/// A room's entry in the menu of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The role.
    pub role: Role,
    /// The position: lower comes first.
    pub place: u8,
    /// The tab that contains the entry; empty where the entry is a tab itself.
    pub tab: &'static str,
    /// The label, in the guide's words where it has them.
    pub label: &'static str,
    /// The path of its page.
    pub href: &'static str,
    /// The state of the convention that the entry needs.
    pub needs: Needs,
}

/// The condition for showing an entry (guide §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// No condition.
    Nothing,
    /// No convention yet.
    NoConvention,
    /// A convention, in force or suspended.
    Convention,
    /// A convention in force; while it is suspended, the entry is marked so.
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

    /// An entry under a tab.
    pub const fn under(role: Role, tab: &'static str, place: u8, label: &'static str, href: &'static str) -> Self {
        Self { role, place, tab, label, href, needs: Needs::Nothing }
    }

    /// Sets the condition.
    #[must_use]
    pub const fn needing(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    /// The line of `menu.txt`.
    pub fn line(&self) -> String {
        let Self { role, place: _, tab, label, href, needs } = self;
        [role.code(), tab, label, href, needs.code()].join("\t") + "\n"
    }
}

/// All entries, in order for each role, as `cargo run -- menu` writes them; a test compares them with the rooms.
static MENU: LazyLock<Vec<Entry>> = LazyLock::new(|| include_str!("../menu.txt").lines().filter_map(read).collect());

fn read(line: &'static str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let role = parts.next().and_then(|code| Role::ALL.into_iter().find(|role| role.code() == code))?;
    let (tab, label, href) = (parts.next()?, parts.next()?, parts.next()?);
    let needs = parts.next().and_then(|code| Needs::ALL.into_iter().find(|needs| needs.code() == code))?;
    Some(Entry { role, place: 0, tab, label, href, needs })
}

/// A tab and its entries.
#[derive(Clone, Debug)]
pub struct Tab {
    /// The label, as in the guide.
    pub label: Cow<'static, str>,
    /// The path that it leads to.
    pub href: &'static str,
    /// Whether the current page is the tab's, or under it.
    pub current: bool,
    /// The entries of the second row.
    pub under: Vec<Tab>,
}

/// The tabs of a role. A partner's first convention opens the tabs that need one (guide §7.1). They stay while the next
/// version is awaited, and entries that cannot be used are marked. `here` is this page's path.
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
        // The tab leads to the first usable page under it.
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
