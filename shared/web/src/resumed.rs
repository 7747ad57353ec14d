//! A POST of a browser that is not carried out is redirected (303) to the page of its form, filled with the typed
//! values. So Back and Reload resend nothing, and nothing typed is lost.
//!
//! - **Refused**: the form shows each fault at its field. The typed values travel sealed in the address, or lie sealed
//!   in the table `kept` when they are too long for one.
//! - **Its session has ended**, or was ended in another tab: the form is kept while its sender signs in again, and is
//!   shown unsent.
//! - **Refused without a form** (a button): a GET shows the page with the reason.
//!
//! Each is bound to the account: another account that signs in on that device sees an empty form. Passwords and files
//! are not kept.

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::Uri;
use axum::http::header::{HOST, HeaderMap, REFERER};
use axum::http::request::Parts;
use bytes::Bytes;
use epass_domain::Identifier;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::addresses::{is_page, page_above, without_query};
use crate::app::App;
use crate::devices::Device;
use crate::forms::{FieldFault, Filled};
use crate::input::{buffered, parts};
use crate::marks::taken;
use crate::media::BodyKind;
use crate::mint;
use crate::owner::Owner;
use crate::page::Page;
use crate::problem::{Problem, Said};
use crate::sealed::MOST_BYTES_OF_AN_ADDRESS;
use crate::sent::{self, Manner};
use crate::tills::Caller;
use crate::tokens::Pass;

/// A kept form expires after this time.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The most that is kept of one form, in bytes of names and values; longer ones are not kept.
const MOST_BYTES: usize = 48 * 1024;

/// The most that is kept of a form of a caller who is not signed in, sealed: anybody can make us store it.
const MOST_BYTES_OF_ANYBODY: usize = 16 * 1024;

/// The query parameter that fills a page's form: the id of a kept form, or a sealed form.
const PARAMETER: &str = "reprise";

/// The query parameter that tells a page of a refusal that no form shows.
const REFUSAL: &str = "refus";

/// The longest query of a page, in bytes, that is kept beside the parameter of a form.
const MOST_QUERY_BYTES: usize = 1_000;

/// The seal's purpose.
const PURPOSE: &str = "kept";

/// The purpose of the seal that proves to the sign-in page that a form is kept.
const PROMISE: &str = "kept until";

/// The forms that are kept, because they are long or ask for a text: the route that takes one, and the page that shows
/// it when that is another one. The function of each has access to the table `kept` in `template.yaml`.
const FORMS: [(&str, Option<&str>); 18] = [
    ("/hotline", None),
    ("/inscription/partenaire", None),
    ("/dossier/modifier", None),
    ("/convention/demande", None),
    ("/mes-bons-plans/nouveau", None),
    ("/mes-bons-plans/{plan}/modifier", None),
    ("/mes-sorties/{sortie}/renvoi", Some("/mes-sorties/{sortie}")),
    ("/sortie-a-confirmer/{token}/renvoi", Some("/sortie-a-confirmer/{token}")),
    ("/etablissement/sorties", Some("/etablissement/sorties/nouvelle")),
    ("/etablissement/sorties/{sortie}/modifier", None),
    ("/etablissement/sorties/{sortie}/annulation", Some("/etablissement/sorties/{sortie}")),
    ("/renouvellement", None),
    ("/equipe/conventions/{partner}/refus", Some("/equipe/conventions/{partner}")),
    ("/equipe/conventions/{partner}/iban", Some("/equipe/conventions/{partner}")),
    ("/equipe/bons-plans/{plan}/refus", Some("/equipe/bons-plans/{plan}")),
    ("/equipe/bons-plans/{plan}/retrait", Some("/equipe/bons-plans/{plan}")),
    ("/equipe/jeunes/{beneficiary}/suspension", Some("/equipe/jeunes/{beneficiary}")),
    ("/equipe/etablissements", Some("/equipe/etablissements/nouveau")),
];

/// The routes whose forms are kept.
pub fn kept_forms() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|(form, _)| *form)
}

/// A kept form.
#[derive(Serialize, Deserialize)]
struct KeptForm {
    /// `None` for a form of a public page.
    account: Option<Identifier>,
    page: String,
    typed: Vec<(String, String)>,
    /// Empty when the form was not parsed, because its session had ended.
    #[serde(default)]
    faults: Vec<FieldFault>,
    files: bool,
    until: Timestamp,
}

/// The typed values, read before the handler took the body.
pub(crate) struct Typed {
    /// The mark of the account that the form belongs to.
    mark: Option<String>,
    /// That account: the session's, even if the session has ended, or one that signed in on the device. A form without
    /// a mark belongs to the session.
    writer: Option<Identifier>,
    pairs: Vec<(String, String)>,
    files: bool,
}

/// Whether the form that a route takes is kept.
pub(crate) fn is_kept(route: &str) -> bool {
    kept_forms().any(|form| form == route)
}

impl Typed {
    /// Whether the form belongs to this account.
    pub(crate) fn is_of(&self, owner: &Owner) -> bool {
        owner.owns(self.mark.as_deref())
    }
}

/// The page of the form that a route takes; `None` for a form that is not kept. `path` is the route with its names
/// filled in.
pub(crate) fn page_of(route: &str, path: &str) -> Option<String> {
    let (_, page) = FORMS.iter().find(|(form, _)| *form == route)?;
    let path = without_query(path);
    Some(page.map_or_else(|| path.to_owned(), |page| named_as_in(page, path)))
}

/// A page's route, with its names filled in from a path that begins alike.
fn named_as_in(page: &str, path: &str) -> String {
    let names = path.split('/').map(Some).chain(std::iter::repeat(None));
    let segments = page.split('/').zip(names);
    let named: Vec<_> = segments.map(|(own, name)| name.filter(|_| own.starts_with('{')).unwrap_or(own)).collect();
    named.join("/")
}

/// The page of this site that the browser was on (its referrer), with the query.
pub(crate) fn page_before(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (_, address) = text(REFERER)?.split_once("://")?;
    let path = address.strip_prefix(text(HOST)?)?;
    is_local(path).then(|| path.to_owned())
}

/// Reads the typed values, and returns the request unchanged. A body that cannot be read is left for the handler to
/// refuse.
pub(crate) async fn read(app: &App, pass: Option<&Pass>, request: Request) -> (Request, Option<Typed>) {
    let (head, body) = buffered(request).await;
    let typed = typed(app, pass, &head, body.clone()).await;
    (Request::from_parts(head, body.into()), typed)
}

async fn typed(app: &App, pass: Option<&Pass>, head: &Parts, body: Bytes) -> Option<Typed> {
    let (mut pairs, files) = match BodyKind::of(&head.headers).ok()?? {
        BodyKind::Multipart => {
            let (pairs, files) = parts(Request::from_parts(head.clone(), body.into())).await.ok()?;
            (pairs, !files.is_empty())
        }
        BodyKind::Form => (serde_html_form::from_bytes::<Vec<(String, String)>>(&body).ok()?, false),
        BodyKind::Json => return None,
    };
    let mark = taken(&mut pairs);
    pairs.retain(|(name, _)| !name.contains("password"));
    let size: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MOST_BYTES {
        return None;
    }
    let session = pass.map(|pass| &pass.identifier);
    let device = Device::of(app, &head.headers);
    let mut known = session.into_iter().chain(device.accounts(app.now()));
    let writer = match &mark {
        Some(mark) => known.find(|account| app.signer.mark(account) == *mark),
        None => session,
    };
    let writer = writer.cloned();
    Some(Typed { mark, writer, pairs, files })
}

/// Keeps a form for its account. Returns the address that refills it, and the sealed word that proves this to the
/// sign-in page; `None` when it fails: the sign-in page then says that nothing was kept.
pub(crate) async fn keep(app: &App, page: &str, typed: Typed) -> Option<(String, String)> {
    let until = app.now() + LIFE;
    let (account, page) = (Some(typed.writer?), page.to_owned());
    let kept = KeptForm { account, page, typed: typed.pairs, faults: Vec::new(), files: typed.files, until };
    let page = store(app, &app.signer.seal(PURPOSE, &kept), &kept).await?;
    Some((page, app.signer.seal(PROMISE, &until)))
}

/// The address of a page that shows a refused form again; `None` when it is too long for an address and the form is not
/// one that is kept.
pub(crate) async fn refused(app: &App, pass: Option<&Pass>, route: &str, page: &str, form: &Filled) -> Option<String> {
    let account = pass.map(|pass| pass.identifier.clone());
    let (typed, faults) = (form.values().to_vec(), form.faults().to_vec());
    let page_path = without_query(page).to_owned();
    let kept = KeptForm { account, page: page_path, typed, faults, files: false, until: app.now() + LIFE };
    let sealed = app.signer.seal(PURPOSE, &kept);
    if sealed.len() <= MOST_BYTES_OF_AN_ADDRESS {
        return Some(with_parameter(page, PARAMETER, &sealed));
    }
    let fits = pass.is_some() || sealed.len() <= MOST_BYTES_OF_ANYBODY;
    if is_kept(route) && fits { store(app, &sealed, &kept).await } else { None }
}

async fn store(app: &App, sealed: &str, kept: &KeptForm) -> Option<String> {
    let id = mint::kept_id();
    match app.store.kept.keep(id, sealed, kept.until).await {
        Ok(()) => Some(format!("{}?{PARAMETER}={id}", kept.page)),
        Err(error) => {
            tracing::warn!(%error, "a form was not kept");
            None
        }
    }
}

/// The time until which a form is kept, from the word that [`keep`] sealed; `None` for any other word. The sign-in page
/// must not show a promise that anybody could write into its address.
pub fn kept_until(app: &App, word: &str) -> Option<Timestamp> {
    app.signer.unseal(PROMISE, word)
}

/// The address of a page with the refusal that it is to show.
pub(crate) fn told(app: &App, pass: Option<&Pass>, page: &str, said: Said) -> Option<String> {
    let sealed = app.address_of(&refusal_at(without_query(page)), whose(pass), said, LIFE)?;
    Some(with_parameter(page, REFUSAL, &sealed))
}

/// The refusal that a request's address carries, if we sealed it for this account.
pub(crate) fn told_at(app: &App, pass: Option<&Pass>, uri: &Uri) -> Option<Said> {
    app.in_address(&refusal_at(uri.path()), whose(pass), &parameter(uri, REFUSAL)?)
}

/// The purpose of the seal of a refusal at a path.
fn refusal_at(path: &str) -> String {
    format!("{REFUSAL} {path}")
}

/// The account that an address is sealed for; empty on a public page.
fn whose(pass: Option<&Pass>) -> &str {
    pass.map_or("", |pass| pass.identifier.as_str())
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query: Vec<(String, String)> = serde_html_form::from_str(uri.query()?).ok()?;
    query.into_iter().find_map(|(known, value)| (known == name).then_some(value))
}

/// A page's address with one more parameter, and without the parameters of earlier refusals.
fn with_parameter(page: &str, name: &str, value: &str) -> String {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let was_said = |part: &&str| [PARAMETER, REFUSAL, "fait"].iter().any(|word| part.split('=').next() == Some(word));
    let own = query.split('&').filter(|part| !part.is_empty() && !was_said(part));
    let own: String = own.flat_map(|part| [part, "&"]).collect();
    let own = if own.len() <= MOST_QUERY_BYTES { own.as_str() } else { "" };
    format!("{path}?{own}{name}={value}")
}

/// The page that a form was sent from: the browser's referrer, if that is a page of ours; else the page of the path
/// that took the form, or of the nearest path above that has one.
pub(crate) fn sent_from(before: Option<&str>, route: &str, path: &str) -> Option<String> {
    let path = without_query(path);
    let before = before.filter(|page| is_page(page)).map(str::to_owned);
    let own = || is_page(path).then(|| path.to_owned());
    before.or_else(|| page_of(route, path)).or_else(own).or_else(|| page_above(path))
}

/// The destination after a sign-in, or after a mailed password was replaced: the requested page, if it is one of ours;
/// else the account's own space.
pub fn led_on(page: &str) -> &str {
    if leads_on(page) { page } else { "/espace" }
}

fn leads_on(page: &str) -> bool {
    is_local(page) && is_page(page) && !page.starts_with("/connexion")
}

/// The address of a page, with the destination for afterwards ([`led_on`]).
pub fn leading_on(page: &str, to: &str) -> String {
    if !leads_on(to) {
        return page.to_owned();
    }
    let query = serde_html_form::to_string([("suite", to)]).unwrap_or_default();
    format!("{page}{}{query}", if page.contains('?') { '&' } else { '?' })
}

/// Whether a redirect to this path stays on this site. `//host` and `/\host` lead away, and so does a line break or tab
/// between the slashes, which browsers drop.
fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && path.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

/// The typed values of a form that was not carried out, for the page of that form; usually empty.
#[derive(Debug, Default)]
pub struct Resumed(Option<Again>);

#[derive(Debug)]
struct Again {
    form: Filled,
    files: bool,
}

impl Resumed {
    /// The form to show: the typed values with their faults, or else `standing`.
    #[must_use]
    pub fn form(&self, standing: Filled) -> Filled {
        self.0.as_ref().map_or(standing, |again| again.form.clone())
    }

    /// The typed values, parsed as the form's own struct.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        sent::read(sent::typed(self.0.as_ref()?.form.values()), Manner::Tolerant).ok()
    }

    /// The page with a notice that the typed values are back and that nothing was sent. A refused form shows its faults
    /// instead.
    #[must_use]
    pub fn told(&self, page: Page) -> Page {
        const BACK: &str = "Votre saisie est rétablie. Rien n’a encore été envoyé : vérifiez-la, puis envoyez-la.";
        const WITHOUT_FILES: &str = "Votre saisie est rétablie. Rien n’a encore été envoyé : vérifiez-la, joignez de nouveau \
                                     vos fichiers, qui ne peuvent pas être gardés, puis envoyez-la.";
        match &self.0 {
            Some(again) if again.form.faults().is_empty() => {
                page.with_notice(Some(if again.files { WITHOUT_FILES } else { BACK }))
            }
            _ => page,
        }
    }

    /// `route` is the page's. Only the page of a long form may read kept forms.
    async fn find(app: &App, pass: Option<&Pass>, route: &str, uri: &Uri) -> Result<Option<Again>, Problem> {
        let Some(named) = parameter(uri, PARAMETER) else { return Ok(None) };
        let is_long = || FORMS.iter().any(|(form, page)| page.unwrap_or(form) == route);
        let sealed = match Uuid::parse_str(&named) {
            Ok(id) if is_long() => app.store.kept.find(id).await?,
            Ok(_) => None,
            Err(_) => Some(named),
        };
        let kept = sealed.and_then(|sealed| app.signer.unseal::<KeptForm>(PURPOSE, &sealed));
        let is_theirs = |kept: &KeptForm| {
            kept.account.as_ref() == pass.map(|pass| &pass.identifier)
                && kept.page == uri.path()
                && app.now() < kept.until
        };
        let again = |kept: KeptForm| Again { form: Filled::with(kept.typed).refused(kept.faults), files: kept.files };
        Ok(kept.filter(is_theirs).map(again))
    }
}

impl FromRequestParts<App> for Resumed {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(form) = parts.extensions.remove::<Filled>() {
            return Ok(Self(Some(Again { form, files: false })));
        }
        let pass = parts.extensions.get::<Caller>().and_then(Caller::session).cloned();
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        Self::find(app, pass.as_ref(), route, &parts.uri).await.map(Self)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_page_before_is_one_of_this_site_or_none() {
        let before = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("e-passjeunes.example"));
            headers.insert(REFERER, HeaderValue::from_static(referer));
            page_before(&headers)
        };
        let here = before("https://e-passjeunes.example/transactions/nouvelle?vu=a");
        assert_eq!(here.as_deref(), Some("/transactions/nouvelle?vu=a"));
        let elsewhere = [
            "https://e-passjeunes.example.org/a",
            "https://autre.example/a",
            "/a",
            "https://e-passjeunes.example",
            "https://e-passjeunes.example//autre.example/a",
            "https://e-passjeunes.example/\\autre.example",
        ];
        assert!(elsewhere.into_iter().all(|referer| before(referer).is_none()));
    }

    #[test]
    fn a_forms_page_is_its_own_address_or_the_one_that_is_named() {
        let plan = "/mes-bons-plans/{plan}/modifier";
        assert_eq!(page_of(plan, "/mes-bons-plans/7/modifier?a=b").as_deref(), Some("/mes-bons-plans/7/modifier"));
        let outing = page_of("/etablissement/sorties", "/etablissement/sorties");
        assert_eq!(outing.as_deref(), Some("/etablissement/sorties/nouvelle"));
        let refusal = page_of("/equipe/conventions/{partner}/refus", "/equipe/conventions/41234567/refus?a=b");
        assert_eq!(refusal.as_deref(), Some("/equipe/conventions/41234567"));
        assert_eq!(page_of("/transactions", "/transactions"), None);
    }
}
