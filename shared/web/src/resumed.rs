//! A form that is sent after its session has ended is kept, sealed, while its sender signs in again, and then shown refilled,
//! not sent. It is bound to the account: somebody else who signs in on that device sees an empty form. Passwords and files are
//! not kept.

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{HOST, HeaderMap, REFERER};
use axum::http::request::Parts;
use bytes::Bytes;
use epass_domain::Identifier;
use http_body_util::{BodyExt, Limited};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::forms::Filled;
use crate::input::{MAX_BODY_BYTES, parts};
use crate::media::BodyKind;
use crate::mint;
use crate::page::Page;
use crate::problem::Problem;
use crate::tills::Caller;
use crate::tokens::Pass;

/// How long a form waits for its sender.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// What is typed in one form, at most: longer ones are not kept.
const MOST_BYTES: usize = 48 * 1024;

/// The name under which the page of the form is told which one to refill.
const PARAMETER: &str = "reprise";

/// The seal's purpose.
const PURPOSE: &str = "kept";

/// The long forms: the route that takes one, and the page that shows it where that is another one.
const FORMS: [(&str, Option<&str>); 8] = [
    ("/dossier/modifier", None),
    ("/convention/demande", None),
    ("/mes-bons-plans/nouveau", None),
    ("/mes-bons-plans/{plan}/modifier", None),
    ("/etablissement/sorties", Some("/etablissement/sorties/nouvelle")),
    ("/etablissement/sorties/{sortie}/modifier", None),
    ("/renouvellement", None),
    ("/equipe/etablissements", Some("/equipe/etablissements/nouveau")),
];

/// A form as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptForm {
    account: Identifier,
    page: String,
    typed: Vec<(String, String)>,
    files: bool,
    until: Timestamp,
}

/// What was typed, read before the handler took the body.
pub(crate) struct Typed {
    pairs: Vec<(String, String)>,
    files: bool,
}

/// The page of the form that a route takes; none for a form that is not kept. `path` is the route's with its names filled in.
pub(crate) fn page_of(route: &str, path: &str) -> Option<String> {
    let (_, page) = FORMS.iter().find(|(form, _)| *form == route)?;
    Some(page.map_or_else(|| without_query(path).to_owned(), str::to_owned))
}

/// Whether an address of this site has this path.
pub(crate) fn is_at(address: &str, path: &str) -> bool {
    without_query(address) == without_query(path)
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// The page of this site that a browser says it was on, with its query.
pub(crate) fn page_before(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (_, address) = text(REFERER)?.split_once("://")?;
    let path = address.strip_prefix(text(HOST)?)?;
    path.starts_with('/').then(|| path.to_owned())
}

/// Reads what was typed, and gives the request as it came. A body that cannot be read is left for the handler to refuse.
pub(crate) async fn read(request: Request) -> (Request, Option<Typed>) {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY_BYTES + 1).collect().await else {
        let too_large = vec![0; MAX_BODY_BYTES + 1];
        return (Request::from_parts(head, too_large.into()), None);
    };
    let body = body.to_bytes();
    let typed = typed(&head, body.clone()).await;
    (Request::from_parts(head, body.into()), typed)
}

async fn typed(head: &Parts, body: Bytes) -> Option<Typed> {
    let (mut pairs, files) = match BodyKind::of(&head.headers).ok()?? {
        BodyKind::Multipart => {
            let (pairs, files) = parts(Request::from_parts(head.clone(), body.into())).await.ok()?;
            (pairs, !files.is_empty())
        }
        BodyKind::Form => (serde_html_form::from_bytes::<Vec<(String, String)>>(&body).ok()?, false),
        BodyKind::Json => return None,
    };
    pairs.retain(|(name, _)| !name.contains("password"));
    let size: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    (size <= MOST_BYTES).then_some(Typed { pairs, files })
}

/// Keeps a form for whom the session was, and gives the address that refills it; none where that fails: then the sign-in page
/// says that nothing was kept.
pub(crate) async fn keep(app: &App, pass: &Pass, page: &str, typed: Typed) -> Option<String> {
    let until = app.now() + LIFE;
    let Typed { pairs: typed, files } = typed;
    let kept = KeptForm { account: pass.identifier.clone(), page: page.to_owned(), typed, files, until };
    let id = mint::kept_id();
    match app.store.kept.keep(id, &app.signer.seal(PURPOSE, &kept), until).await {
        Ok(()) => Some(format!("{page}?{PARAMETER}={id}")),
        Err(error) => {
            tracing::warn!(%error, "a form was not kept");
            None
        }
    }
}

/// What somebody typed before the session ended, for the page of its form; usually nothing.
#[derive(Debug, Default)]
pub struct Resumed(Option<Again>);

#[derive(Debug)]
struct Again {
    typed: Vec<(String, String)>,
    files: bool,
}

impl Resumed {
    /// What to show in the form: what was typed then, or else `standing`.
    #[must_use]
    pub fn form(&self, standing: Filled) -> Filled {
        match &self.0 {
            Some(again) => Filled::with(again.typed.iter().cloned()),
            None => standing,
        }
    }

    /// What was typed then, read as the form's own struct.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let encoded = serde_html_form::to_string(&self.0.as_ref()?.typed).ok()?;
        serde_html_form::from_str(&encoded).ok()
    }

    /// The page, saying that what was typed is back and that nothing was sent.
    #[must_use]
    pub fn told(&self, page: Page) -> Page {
        const BACK: &str = "Votre saisie est rétablie. Rien n’a encore été envoyé : vérifiez-la, puis envoyez-la.";
        const WITHOUT_FILES: &str = "Votre saisie est rétablie. Rien n’a encore été envoyé : vérifiez-la, joignez de nouveau \
                                     vos fichiers, qui ne peuvent pas être gardés, puis envoyez-la.";
        match &self.0 {
            Some(again) => page.with_notice(Some(if again.files { WITHOUT_FILES } else { BACK })),
            None => page,
        }
    }

    async fn find(app: &App, pass: &Pass, parts: &Parts) -> Result<Option<Again>, Problem> {
        let query: Vec<(String, String)> =
            parts.uri.query().and_then(|query| serde_html_form::from_str(query).ok()).unwrap_or_default();
        let id = query.iter().find(|(name, _)| name == PARAMETER).and_then(|(_, id)| Uuid::parse_str(id).ok());
        let Some(id) = id else { return Ok(None) };
        let sealed = app.store.kept.find(id).await?;
        let kept = sealed.and_then(|sealed| app.signer.unseal::<KeptForm>(PURPOSE, &sealed));
        let is_theirs = |kept: &KeptForm| {
            kept.account == pass.identifier && kept.page == parts.uri.path() && app.now() < kept.until
        };
        Ok(kept.filter(is_theirs).map(|kept| Again { typed: kept.typed, files: kept.files }))
    }
}

impl FromRequestParts<App> for Resumed {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match parts.extensions.get::<Caller>().and_then(Caller::session).cloned() {
            Some(pass) => Self::find(app, &pass, parts).await.map(Self),
            None => Ok(Self::default()),
        }
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
        let elsewhere =
            ["https://e-passjeunes.example.org/a", "https://autre.example/a", "/a", "https://e-passjeunes.example"];
        assert!(elsewhere.into_iter().all(|referer| before(referer).is_none()));
    }

    #[test]
    fn a_forms_page_is_its_own_address_or_the_one_that_is_named() {
        let plan = "/mes-bons-plans/{plan}/modifier";
        assert_eq!(page_of(plan, "/mes-bons-plans/7/modifier?a=b").as_deref(), Some("/mes-bons-plans/7/modifier"));
        let outing = page_of("/etablissement/sorties", "/etablissement/sorties");
        assert_eq!(outing.as_deref(), Some("/etablissement/sorties/nouvelle"));
        assert_eq!(page_of("/transactions", "/transactions"), None);
    }
}
