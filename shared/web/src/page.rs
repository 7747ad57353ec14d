//! The frame that every page shows around its content.

use epass_domain::Role;

use crate::menu::Tab;

/// The service's name, which ends window titles.
const SERVICE: &str = "e-PASS JEUNES";

/// The description of the service, for a page without one of its own.
const WHAT_IT_IS: &str = "L’e-PASS JEUNES est le crédit culture de la Région Provence-Alpes-Côte d’Azur pour les 15 à 25 ans : \
                          livres, cinéma, spectacles et sorties.";

/// The most characters of a description that search engines show.
const DESCRIPTION_CHARS: usize = 160;

/// Title, viewer and navigation of a page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The page's title, also its `h1`.
    pub title: String,
    /// The account that is signed in.
    pub viewer: Option<Viewer>,
    /// The tabs of the viewer's space.
    pub tabs: Vec<Tab>,
    /// A confirmation of the action that was just done.
    pub notice: Option<String>,
    /// The description for search engines and link previews; empty for the general one.
    pub description: String,
    /// The path of the picture in link previews; `None` for ours.
    pub picture: Option<String>,
}

/// The signed-in account, as the header shows it.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account's name; empty where the page did not read the store.
    pub name: String,
    /// The role in words.
    pub role_label: &'static str,
    /// The target of *Mon espace*.
    pub home: &'static str,
}

impl Page {
    /// A public page.
    pub fn public(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The title of the window: the page's title and the service's name, unless the title contains it.
    pub fn window_title(&self) -> String {
        if self.title.contains(SERVICE) { self.title.clone() } else { format!("{} – {SERVICE}", self.title) }
    }

    /// The description of the page, in a sentence or two.
    pub fn described(&self) -> String {
        match self.description.as_str() {
            "" => format!("{}. {WHAT_IT_IS}", self.title.trim_end_matches(['.', '?', '!', ' '])),
            description => description.to_owned(),
        }
    }

    /// Sets the description for search engines and link previews, cut to the length that they show.
    #[must_use]
    pub fn with_description(mut self, text: &str) -> Self {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.description = match words.char_indices().nth(DESCRIPTION_CHARS) {
            None => words,
            Some((end, _)) => format!("{}…", words[..end].rsplit_once(' ').map_or(&words[..end], |(kept, _)| kept)),
        };
        self
    }

    /// Sets the path of the picture in link previews.
    #[must_use]
    pub fn with_picture(mut self, path: Option<&str>) -> Self {
        self.picture = path.map(str::to_owned);
        self
    }

    /// Sets the confirmation of the action that was just done.
    #[must_use]
    pub fn with_notice(mut self, notice: Option<&str>) -> Self {
        self.notice = notice.map(str::to_owned);
        self
    }

    pub(crate) fn signed_in(title: impl Into<String>, name: String, role: Role, tabs: Vec<Tab>) -> Self {
        let viewer = Viewer { name, role_label: role.label(), home: "/espace" };
        Self { title: title.into(), viewer: Some(viewer), tabs, ..Self::default() }
    }
}
