//! What every page shows around its own content.

use epass_domain::{Role, Trading};

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

/// A tab, and those under it.
#[derive(Clone, Debug)]
pub struct Tab {
    /// As in the guide.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Whether this page is it, or under it.
    pub current: bool,
    /// The second row.
    pub under: Vec<Tab>,
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

/// The tabs of a role; a partner's first convention opens those that need one (guide §7.1), and while the next is awaited they
/// stay, with what cannot be done marked so. `here` is this page's path.
pub(crate) fn tabs(role: Role, trading: Trading, here: &str) -> Vec<Tab> {
    let tab = |label, href| Tab { label, href, current: href == here, under: Vec::new() };
    let over = |label, href, under: Vec<Tab>| Tab { label, href, current: under.iter().any(|tab| tab.current), under };
    // The guide's words for a partner; shorter where it does not speak, so that the tabs stay on one row.
    let password = |label| tab(label, "/mot-de-passe");
    match role {
        Role::Partner => {
            let mut dossier = vec![tab("Je consulte mon dossier", "/dossier")];
            if trading == Trading::NotYet {
                dossier.push(tab("Je demande ma convention", "/convention/demande"));
            } else {
                dossier.push(tab("Je modifie mon dossier", "/dossier/modifier"));
            }
            dossier.push(tab("Je télécharge ma convention", "/convention"));
            if trading != Trading::NotYet {
                dossier.push(tab("Mes caisses", "/dossier/caisse"));
            }
            dossier.push(password("Je modifie mon mot de passe"));
            let mut tabs = vec![over("Mon dossier", "/dossier", dossier)];
            let (pay, write, first) = match trading {
                Trading::NotYet => return tabs,
                Trading::Open => ("Je réalise une transaction", "Créer un Bon Plan", "/transactions/nouvelle"),
                Trading::Suspended => {
                    ("Je réalise une transaction (suspendu)", "Créer un Bon Plan (suspendu)", "/transactions")
                }
            };
            let transactions = vec![
                tab(pay, "/transactions/nouvelle"),
                tab("Je suis mes transactions", "/transactions"),
                tab("Je suis mes remboursements", "/remboursements"),
            ];
            tabs.push(over("Transactions", first, transactions));
            let plans = vec![tab("Je suis mes bons plans", "/mes-bons-plans"), tab(write, "/mes-bons-plans/nouveau")];
            tabs.push(over("Mes bons plans", "/mes-bons-plans", plans));
            tabs.push(tab("Mes sorties e-PASS", "/mes-sorties"));
            tabs.push(tab("Mes statistiques", "/statistiques"));
            tabs
        }
        Role::Team => vec![
            tab("Conventions", "/equipe/conventions"),
            tab("Bons plans", "/equipe/bons-plans"),
            over(
                "Jeunes",
                "/equipe/jeunes",
                vec![tab("Je recherche un jeune", "/equipe/jeunes"), tab("Doublons à décider", "/equipe/doublons")],
            ),
            tab("Établissements", "/equipe/etablissements"),
            tab("Remboursements", "/equipe/remboursements"),
            tab("Chiffres clés", "/equipe/chiffres"),
            tab("Mails", "/equipe/mails"),
            password("Mon mot de passe"),
        ],
        Role::Beneficiary => {
            let pass = vec![
                tab("Mon pass", "/mon-pass"),
                tab("Mon code", "/mon-pass/code"),
                tab("Ma carte", "/mon-pass/carte"),
                tab("Mon historique", "/mon-pass/historique"),
                tab("Où utiliser mon crédit", "/culturo"),
            ];
            let bons_plans =
                vec![tab("Tous les bons plans", "/bons-plans"), tab("Mes inscriptions", "/bons-plans/inscriptions")];
            let vouchers = tab("Mes vouchers", "/mes-vouchers");
            vec![
                over("Mon pass", "/mon-pass", pass),
                vouchers,
                over("Bons plans", "/bons-plans", bons_plans),
                tab("Mes sorties", "/sorties"),
                tab("Mes données", "/mes-donnees"),
                password("Mon mot de passe"),
            ]
        }
        Role::Establishment => vec![
            tab("Mes sorties", "/etablissement/sorties"),
            tab("CULTURO", "/culturo"),
            tab("Créer une sortie", "/etablissement/sorties/nouvelle"),
            password("Mon mot de passe"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(trading: Trading) -> Vec<&'static str> {
        let tabs = tabs(Role::Partner, trading, "");
        tabs.iter()
            .flat_map(|tab| std::iter::once(tab.label).chain(tab.under.iter().map(|under| under.label)))
            .collect()
    }

    #[test]
    fn what_a_partner_earned_stays_in_its_menu_while_the_next_convention_is_awaited() {
        let (open, suspended) = (labels(Trading::Open), labels(Trading::Suspended));
        assert_eq!(open.len(), suspended.len());
        let marked: Vec<_> = suspended.iter().filter(|label| label.ends_with("(suspendu)")).collect();
        assert_eq!(marked, [&"Je réalise une transaction (suspendu)", &"Créer un Bon Plan (suspendu)"]);
        assert!(suspended.contains(&"Je suis mes remboursements") && suspended.contains(&"Mes statistiques"));
        let not_yet = labels(Trading::NotYet);
        assert!(not_yet.contains(&"Je demande ma convention") && !not_yet.contains(&"Transactions"));
    }
}
