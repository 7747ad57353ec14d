//! What every page shows around its own content.

use epass_domain::Role;

use crate::menu::Tab;

/// The service's name, as window titles end.
const SERVICE: &str = "e-PASS JEUNES";

/// What the service is, for a page that has no description of its own.
const WHAT_IT_IS: &str = "L’e-PASS JEUNES est le crédit culture de la Région Provence-Alpes-Côte d’Azur pour les 15 à 25 ans : \
                          livres, cinéma, spectacles et sorties.";

/// What search engines show of a description.
const DESCRIPTION_CHARS: usize = 160;

/// Title, who is looking, and where one can go.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The page's name, also its `h1`.
    pub title: String,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// The tabs of the viewer's space.
    pub tabs: Vec<Tab>,
    /// What was just done.
    pub notice: Option<String>,
    /// What a search engine or a messenger says of the page; empty for a sentence that holds for all.
    pub description: String,
    /// The path of the picture that a messenger shows beside a link; ours where there is none.
    pub picture: Option<String>,
}

/// Who is signed in, as the header shows it.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account's name; empty where the page did not ask the store.
    pub name: String,
    /// The role in words.
    pub role_label: &'static str,
    /// Where *Mon espace* leads.
    pub home: &'static str,
}

impl Page {
    /// A page for anybody.
    pub fn public(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The title of the window: the page's name and the service's, unless the name says it already.
    pub fn window_title(&self) -> String {
        if self.title.contains(SERVICE) { self.title.clone() } else { format!("{} – {SERVICE}", self.title) }
    }

    /// The page in a sentence or two.
    pub fn described(&self) -> String {
        match self.description.as_str() {
            "" => format!("{}. {WHAT_IT_IS}", self.title.trim_end_matches(['.', '?', '!', ' '])),
            description => description.to_owned(),
        }
    }

    /// Adds what a search engine or a messenger says of the page, cut to the length that they show.
    #[must_use]
    pub fn with_description(mut self, text: &str) -> Self {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.description = match words.char_indices().nth(DESCRIPTION_CHARS) {
            None => words,
            Some((end, _)) => format!("{}…", words[..end].rsplit_once(' ').map_or(&words[..end], |(kept, _)| kept)),
        };
        self
    }

    /// Adds the picture that a messenger shows beside a link, by its path.
    #[must_use]
    pub fn with_picture(mut self, path: Option<&str>) -> Self {
        self.picture = path.map(str::to_owned);
        self
    }

    /// Adds what was just done.
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
