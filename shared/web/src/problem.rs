//! Errors as the caller reads them (RFC 9457). No other module knows status codes.

mod refused;

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::http::header::{ALLOW, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use epass_domain::{
    AttendanceRefusal, BatchRefusal, BonPlanRefusal, CardRefusal, ConventionRefusal, EnrolmentRefusal,
    EstablishmentRefusal, Invalid, Per, Refusal, SortieRefusal, StatementRefusal, TillRefusal, TransactionRefusal,
    VoucherRefusal, WalletRefusal, paris_time,
};
use epass_store::{Full, StoreError, Wait};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::addresses::{page_above, without_query};
use crate::filters;
use crate::forms::{FieldFault, Filled, faults};
use crate::media::UnsupportedMedia;
use crate::page::Page;
use crate::reply::{Around, Drawn, Wants, drawn, see_other};

/// The kind of error.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The request cannot be read; the word names the fault.
    Malformed(&'static str),
    /// A field that the form does not have, or that was sent twice.
    UnreadableField(FieldFault),
    /// The body has a media type or an encoding that forms do not use.
    UnsupportedMedia,
    /// The path does not answer this method; the text is the header `Allow`.
    MethodNotAllowed(String),
    /// Nobody is signed in, or the session is over.
    Unauthenticated,
    /// The identifier or the password is wrong; the answer does not tell which.
    WrongCredentials,
    /// The password is right, but it was mailed more than a day ago.
    ProvisionalExpired,
    /// An address and a password that fit more than one account.
    SeveralAccounts,
    /// The account's role may not do this.
    Forbidden,
    /// A browser sent this from a page of another site.
    CrossSite,
    /// The session began with a mailed password, which has to be changed first.
    PasswordChangeRequired,
    /// There is no such thing, or it is not the caller's.
    NotFound,
    /// Nothing matches the typed value; the sentence says so.
    NoMatch(Cow<'static, str>),
    /// Fields are faulty.
    Invalid(Vec<FieldFault>),
    /// A rule says no.
    Refused(Refusal),
    /// Too many attempts.
    TooMany(Wait),
    /// The body is over 6 MB.
    TooLarge,
    /// The store is busy, or its answer was lost. A retry is safe: money moves once.
    Busy,
    /// An internal error.
    Internal,
}

/// An error, and how a browser is shown it where its default page does not fit.
#[derive(Clone)]
pub struct Problem {
    kind: Kind,
    shown: Option<Box<Shown>>,
}

/// How a browser is shown an error.
#[derive(Clone, Default)]
struct Shown {
    /// The page that shows it.
    view: Option<Arc<dyn Drawn>>,
    /// The form of that page, with the typed values and their faults.
    form: Option<Filled>,
    /// The field at which the form shows it, when it is not a fault of a field.
    field: Option<&'static str>,
    /// The form's own sentence for it, in place of the kind's.
    words: Option<String>,
    /// Whether the page that it was posted from shows the same by itself.
    stands: bool,
    /// The page of the form, when it was posted from another one.
    page: Option<String>,
    /// The path that the browser is redirected to instead.
    see: Option<String>,
    /// A name in the path as it was written, and its canonical spelling, to which a browser's GET is redirected.
    respelt: Option<(String, String)>,
}

impl std::fmt::Debug for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Problem").field(&self.kind).finish()
    }
}

/// The JSON face: `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A URI that names the kind of problem; relative to the site.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// The sentence for people.
    pub detail: String,
    /// The word for machines; it never changes.
    pub code: String,
    /// Faults at their fields; left out unless `code` is `invalid`, or `malformed` because of a field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FieldFault>,
}

/// The text of an error that has no page of its own; it may travel in an address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Said {
    status: u16,
    title: String,
    message: String,
    code: String,
    faults: Vec<FieldFault>,
    wait: Option<String>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    page: Page,
    said: Said,
    way_back: String,
}

impl Said {
    /// The page that shows it; `way_back` is the target of its link.
    pub(crate) fn render(self, page: impl FnOnce(&str) -> Page, way_back: String, around: &Around) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        drawn(status, &ProblemPage { page: page(&self.title), said: self, way_back }, around)
    }
}

impl Kind {
    fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::UnreadableField(_) => StatusCode::BAD_REQUEST,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthenticated | Self::WrongCredentials | Self::ProvisionalExpired | Self::SeveralAccounts => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden | Self::CrossSite | Self::PasswordChangeRequired => StatusCode::FORBIDDEN,
            Self::NotFound | Self::NoMatch(_) => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(refusal) => refused::status(refusal),
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(what) => what,
            Self::UnreadableField(_) => "malformed",
            Self::UnsupportedMedia => "content_type",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong_credentials",
            Self::ProvisionalExpired => "provisional_password_expired",
            Self::SeveralAccounts => "several_accounts",
            Self::Forbidden => "forbidden",
            Self::CrossSite => "cross_site",
            Self::PasswordChangeRequired => "password_change_required",
            Self::NotFound | Self::NoMatch(_) => "not_found",
            Self::Invalid(_) => "invalid",
            Self::Refused(refusal) => refusal.code(),
            Self::TooMany(_) => "too_many",
            Self::TooLarge => "too_large",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::UnreadableField(_) | Self::UnsupportedMedia => "Demande illisible",
            Self::MethodNotAllowed(_) => "Action impossible à cette adresse",
            Self::Unauthenticated => "Connectez-vous",
            Self::WrongCredentials => "Identifiant ou mot de passe incorrect",
            Self::ProvisionalExpired => "Mot de passe provisoire périmé",
            Self::SeveralAccounts => "Plusieurs comptes possibles",
            Self::Forbidden | Self::CrossSite => "Accès refusé",
            Self::PasswordChangeRequired => "Changez d’abord votre mot de passe",
            Self::NotFound => "Page introuvable",
            Self::NoMatch(_) => "Recherche sans résultat",
            Self::Invalid(_) => "Formulaire à corriger",
            Self::Refused(_) => "Opération refusée",
            Self::TooMany(_) => "Trop d’essais",
            Self::TooLarge => "Envoi trop volumineux",
            Self::Busy => "Service très sollicité",
            Self::Internal => "Erreur de notre côté",
        }
    }

    /// The text for an error page.
    pub(crate) fn said(&self) -> Said {
        let wait = match self {
            Self::TooMany(wait) => Some(paris_time(wait.until)),
            _ => None,
        };
        Said {
            status: self.status().as_u16(),
            title: self.title().into(),
            message: self.message(),
            code: self.code().into(),
            faults: self.faults(),
            wait,
        }
    }

    /// The faults at their fields.
    fn faults(&self) -> Vec<FieldFault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::UnreadableField(fault) => vec![fault.clone()],
            _ => Vec::new(),
        }
    }

    /// The sentence for people.
    pub fn message(&self) -> String {
        match self {
            Self::Malformed("body_missing") => "Cette demande n’a pas de contenu : rien n’a été fait.".into(),
            Self::Malformed("not_an_object") => {
                "Le contenu de cette demande doit être un objet JSON, entre accolades : rien n’a été fait.".into()
            }
            Self::Malformed(_) => "Cette demande n’est pas lisible. Reprenez depuis la page précédente.".into(),
            Self::UnreadableField(fault) => format!("{} Rien n’a été fait.", fault.message),
            Self::UnsupportedMedia => {
                "Le contenu de cette demande n’est ni un formulaire ni du JSON en UTF-8 (Content-Type).".into()
            }
            Self::MethodNotAllowed(allow) => format!("Cette adresse n’admet que : {allow}."),
            Self::Unauthenticated => "Votre session est terminée, ou n’est pas encore ouverte.".into(),
            Self::WrongCredentials => "L’identifiant ou le mot de passe est incorrect.".into(),
            Self::ProvisionalExpired => "Ce mot de passe provisoire a plus de 24 heures : il n’ouvre plus rien. Demandez-en un autre par « Mot de passe oublié ».".into(),
            Self::SeveralAccounts => "Cette adresse et ce mot de passe ouvrent plusieurs comptes : connectez-vous avec l’identifiant de celui que vous voulez ouvrir.".into(),
            Self::Forbidden => "Cette page n’est pas ouverte à votre compte.".into(),
            Self::CrossSite => "Cette action vient d’un autre site : elle n’a pas été exécutée.".into(),
            Self::PasswordChangeRequired => {
                "Votre mot de passe est provisoire : choisissez le vôtre avant de continuer.".into()
            }
            Self::NotFound => "Cette page n’existe pas ou n’est pas à vous.".into(),
            Self::NoMatch(sentence) => sentence.to_string(),
            Self::Invalid(faults) if faults.len() == 1 => "Un champ est à corriger.".into(),
            Self::Invalid(faults) => format!("{} champs sont à corriger.", faults.len()),
            Self::Refused(refusal) => refusal.to_string(),
            Self::TooMany(wait) => format!("Trop d’essais : réessayez après le {}.", paris_time(wait.until)),
            Self::TooLarge => "Cet envoi dépasse 6 Mo. Rien n’a été enregistré.".into(),
            Self::Busy => "Le service est très sollicité : réessayez dans un instant. Une transaction n’est jamais faite deux fois.".into(),
            Self::Internal => {
                "Une erreur est survenue de notre côté. Rien n’a été perdu : réessayez, puis joignez la Hotline.".into()
            }
        }
    }
}

/// The limit of mails that was reached, and until when.
fn too_many_mails(full: Full) -> String {
    let until = paris_time(full.wait.until);
    let whose = match full.limit.per {
        Per::Mailbox => "Plusieurs mails sont déjà partis à cette adresse",
        Per::Client => "Trop de demandes viennent de votre connexion à Internet",
        Per::Account | Per::Device | Per::Caller | Per::Structure => "Trop de mails sont partis de votre compte",
        Per::Everybody => "Le service a envoyé tous ses mails de la journée",
    };
    format!("{whose} : réessayez après le {until}. Rien n’a été envoyé.")
}

impl Problem {
    /// A problem without a page of its own.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, shown: None }
    }

    /// There is no such thing, or it is not the caller's.
    pub const fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// Nothing matches the typed value, or the one in a link: page and JSON show the sentence.
    pub fn no_match(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NoMatch(sentence.into()))
    }

    /// A path with another spelling of a name than ours, `right`: it is not found, and a browser's GET is redirected to
    /// the right one.
    pub(crate) fn respelt(wrong: &str, right: String) -> Self {
        Self::not_found().showing(|shown| shown.respelt = Some((wrong.to_owned(), right)))
    }

    /// Faulty fields of a form without a page, such as that of a download.
    pub fn faulty(invalid: &Invalid) -> Self {
        Self::new(Kind::Invalid(faults(invalid)))
    }

    /// Too many mails: the form names the limit and until when it holds, and says that nothing was sent.
    pub fn mails_full(full: Full) -> Self {
        let words = too_many_mails(full);
        Self::from(full).in_words(words)
    }

    /// The form shows the error at this field.
    #[must_use]
    pub fn stands_at(self, field: &'static str) -> Self {
        self.showing(|shown| shown.field = Some(field))
    }

    /// The form shows the error in these words; programs read the kind's sentence.
    #[must_use]
    pub fn in_words(self, words: impl Into<String>) -> Self {
        self.showing(|shown| shown.words = Some(words.into()))
    }

    /// The error with the form that was refused: faults at their fields, anything else at `field` unless it names
    /// another one. An error that the sender cannot act on, or that has a page already, carries no form.
    pub(crate) fn carrying(self, field: &'static str, typed: &Filled) -> Self {
        let has_page = self.shown.as_ref().is_some_and(|shown| shown.form.is_some() || shown.view.is_some());
        if !self.is_of_a_person() || has_page {
            return self;
        }
        let form = typed.clone().refused(self.faults_at(field));
        self.showing(|shown| shown.form = Some(form))
    }

    /// The faults for the form: those of the fields, or else the error itself at a field.
    fn faults_at(&self, field: &'static str) -> Vec<FieldFault> {
        if let Kind::Invalid(faults) = &self.kind {
            return faults.clone();
        }
        let shown = self.shown.as_deref();
        let words = shown.and_then(|shown| shown.words.clone()).unwrap_or_else(|| self.kind.message());
        let field = shown.and_then(|shown| shown.field).unwrap_or(field);
        vec![FieldFault { field: field.to_owned(), code: self.kind.code().to_owned(), message: words }]
    }

    /// Shows the problem on this page.
    #[must_use]
    pub fn on(self, view: impl Drawn + 'static) -> Self {
        self.showing(|shown| shown.view = Some(Arc::new(view)))
    }

    fn showing(mut self, change: impl FnOnce(&mut Shown)) -> Self {
        change(self.shown.get_or_insert_default());
        self
    }

    /// Shows the error on the page of this path (a second step, a preview) to a browser that posted elsewhere.
    #[must_use]
    pub fn of_page(self, path: String) -> Self {
        self.showing(|shown| shown.page = Some(path))
    }

    /// Like [`Problem::on`], for a page whose GET shows the same: a browser that posted is redirected to it.
    #[must_use]
    pub fn standing_on(self, view: impl Drawn + 'static) -> Self {
        self.on(view).showing(|shown| shown.stands = true)
    }

    /// Redirects the browser (303) to a GET that shows the form again with the typed values and faults, so that Back
    /// and Reload resend nothing. `path` makes the address from the form; `field` is the place of a fault without a
    /// field of its own.
    #[must_use]
    pub fn again(self, field: &'static str, typed: Filled, path: impl FnOnce(Filled) -> String) -> Self {
        let faults = self.faults_at(field);
        self.back_to(path(typed.refused(faults)))
    }

    /// The path that a browser is redirected to (303), instead of an error page, or after signing in again when the
    /// session had ended.
    #[must_use]
    pub fn back_to(self, path: String) -> Self {
        self.showing(|shown| shown.see = Some(path))
    }

    /// The name in the path that is spelt otherwise than ours, and our spelling.
    pub(crate) fn respelling(&self) -> Option<(&str, &str)> {
        let (wrong, right) = self.shown.as_ref()?.respelt.as_ref()?;
        Some((wrong, right))
    }

    /// The kind of error.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The form that shows it, with the values that were sent and their faults.
    pub(crate) fn form(&self) -> Option<&Filled> {
        self.shown.as_ref()?.form.as_ref()
    }

    /// The page that shows it, when it was posted from another one.
    pub(crate) fn page(&self) -> Option<&str> {
        self.shown.as_ref()?.page.as_deref()
    }

    /// Whether the page that it was posted from shows the same by itself.
    pub(crate) fn stands(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.stands)
    }

    /// Whether a browser that posted is redirected to a GET that shows the error. Errors that no form of ours causes,
    /// internal errors, and errors that name their own page are answered in place.
    pub(crate) fn leads_to_a_get(&self) -> bool {
        self.is_of_a_person() && self.shown.as_ref().is_none_or(|shown| shown.see.is_none())
    }

    /// Whether the sender can act on it, or has to wait.
    const fn is_of_a_person(&self) -> bool {
        match self.kind {
            Kind::WrongCredentials
            | Kind::ProvisionalExpired
            | Kind::SeveralAccounts
            | Kind::NoMatch(_)
            | Kind::Invalid(_)
            | Kind::Refused(_)
            | Kind::TooMany(_)
            | Kind::TooLarge => true,
            Kind::Malformed(_)
            | Kind::UnreadableField(_)
            | Kind::UnsupportedMedia
            | Kind::MethodNotAllowed(_)
            | Kind::Unauthenticated
            | Kind::PasswordChangeRequired
            | Kind::Forbidden
            | Kind::NotFound
            | Kind::CrossSite
            | Kind::Busy
            | Kind::Internal => false,
        }
    }

    /// Whether it has a page of its own, or redirects the browser.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.view.is_some() || shown.see.is_some())
    }

    /// `back` is the path that a browser returns to after a sign-in.
    pub(crate) fn render(
        mut self,
        wants: Wants,
        page: impl FnOnce(&str) -> Page,
        around: &Around,
        back: &Back,
        now: Timestamp,
    ) -> Response {
        let status = self.kind.status();
        let shown = self.shown.take().unwrap_or_default();
        let mut response = match (wants, &self.kind, &shown.view) {
            (Wants::Html, Kind::PasswordChangeRequired, _) => see_other("/mot-de-passe"),
            (Wants::Html, Kind::Unauthenticated, _) => see_other(&back.sign_in_then(shown.see.as_deref())),
            (Wants::Html, ..) if let Some(path) = &shown.see => see_other(path),
            (Wants::Html, _, Some(view)) => drawn(status, &**view, around),
            (Wants::Html, kind, None) => {
                let way_back = match kind {
                    // Links to the page without its faulty parameters.
                    Kind::Invalid(_) => without_query(&back.path).to_owned(),
                    // A second step that is refused: the page above shows its subject.
                    Kind::Refused(_) => page_above(&around.path).unwrap_or_else(|| "/".into()),
                    _ => "/".into(),
                };
                kind.said().render(page, way_back, around)
            }
            (Wants::Json, kind, _) => {
                let problem = ProblemBody {
                    kind: format!("/problemes/{}", kind.code()),
                    title: kind.title().into(),
                    status: status.as_u16(),
                    detail: kind.message(),
                    code: kind.code().into(),
                    faults: kind.faults(),
                };
                problem_json(status, &problem)
            }
        };
        self.add_headers(status, response.headers_mut(), now);
        response.extensions_mut().insert(Code(self.kind.code()));
        response
    }

    /// The headers that HTTP requires with a status: how to sign in (401), the allowed methods (405), when to retry.
    fn add_headers(&self, status: StatusCode, headers: &mut HeaderMap, now: Timestamp) {
        // Browsers open a dialog of their own for Basic and Digest only.
        const HOW: HeaderValue = HeaderValue::from_static("Bearer realm=\"e-PASS JEUNES\"");
        if status == StatusCode::UNAUTHORIZED && !headers.contains_key(LOCATION) {
            headers.insert(WWW_AUTHENTICATE, HOW);
        }
        let seconds = match &self.kind {
            Kind::MethodNotAllowed(allow) => {
                headers.extend(HeaderValue::try_from(allow).map(|allow| (ALLOW, allow)));
                return;
            }
            Kind::TooMany(wait) => wait.until.duration_since(now).as_secs().max(1),
            Kind::Busy => 1,
            _ => return,
        };
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The error's code, for the request's log event.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) &'static str);

fn problem_json(status: StatusCode, problem: &ProblemBody) -> Response {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    (status, [("content-type", "application/problem+json")], body).into_response()
}

/// The path that a browser returns to after signing in, and the message of the sign-in page.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    /// A path of this site.
    pub(crate) path: String,
    /// What the end of the session interrupted.
    pub(crate) ended: Ended,
}

/// What the end of a session interrupted, as the sign-in page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A page was requested.
    Reading,
    /// A form was sent, and nothing was done.
    Sending,
    /// A long form was sent, and its values could not be kept.
    Losing,
    /// A long form was sent; its values are kept, as this sealed word proves ([`crate::resumed::kept_until`]).
    Writing(String),
}

impl Back {
    /// The sign-in page with a return path: the error's own, else `path`.
    fn sign_in_then(&self, path: Option<&str>) -> String {
        let suite = ("suite", path.unwrap_or(&self.path));
        let query = match &self.ended {
            Ended::Reading => serde_html_form::to_string([suite]),
            Ended::Sending => serde_html_form::to_string([suite, ("fin", "envoi")]),
            Ended::Losing => serde_html_form::to_string([suite, ("fin", "perte")]),
            Ended::Writing(kept) => serde_html_form::to_string([suite, ("fin", kept.as_str())]),
        };
        format!("/connexion?{}", query.unwrap_or_default())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::faulty(&invalid)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(Kind::Refused(refusal))
    }
}

/// Converts an aggregate's refusal like the domain's `Refusal`, so that `?` accepts either.
macro_rules! problem_of {
    ($($refusal:ident),+ $(,)?) => {$(
        impl From<$refusal> for Problem {
            fn from(refusal: $refusal) -> Self {
                Refusal::from(refusal).into()
            }
        }
    )+};
}

problem_of!(
    AttendanceRefusal,
    BatchRefusal,
    BonPlanRefusal,
    CardRefusal,
    ConventionRefusal,
    EnrolmentRefusal,
    EstablishmentRefusal,
    SortieRefusal,
    StatementRefusal,
    TillRefusal,
    TransactionRefusal,
    VoucherRefusal,
    WalletRefusal
);

impl From<UnsupportedMedia> for Problem {
    fn from(_: UnsupportedMedia) -> Self {
        Self::new(Kind::UnsupportedMedia)
    }
}

impl From<Wait> for Problem {
    fn from(wait: Wait) -> Self {
        Self::new(Kind::TooMany(wait))
    }
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        Self::new(Kind::TooMany(full.wait))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Busy(_) => {
                tracing::warn!(%error, "the store is busy");
                Self::new(Kind::Busy)
            }
            StoreError::Failed(_) | StoreError::Unreadable { .. } => {
                tracing::error!(%error, "the store failed");
                Self::new(Kind::Internal)
            }
        }
    }
}

impl From<epass_files::FilesError> for Problem {
    fn from(error: epass_files::FilesError) -> Self {
        tracing::error!(%error, "the documents' bucket failed");
        Self::new(Kind::Internal)
    }
}

impl From<epass_machines::MachineError> for Problem {
    fn from(error: epass_machines::MachineError) -> Self {
        tracing::error!(%error, "a state machine was not started");
        Self::new(Kind::Internal)
    }
}
