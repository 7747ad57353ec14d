//! What the caller is told when something is not done (RFC 9457), and the only place that knows status codes.

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

/// Why something is not done.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The request itself cannot be read; the word says what.
    Malformed(&'static str),
    /// A field that the form does not have, or that came twice.
    UnreadableField(FieldFault),
    /// The body's media type, or its encoding, is none that forms come in.
    UnsupportedMedia,
    /// The path does not answer this method, but those of the header `Allow`.
    MethodNotAllowed(String),
    /// Nobody is signed in, or the session is over.
    Unauthenticated,
    /// The identifier or the password is wrong; never which.
    WrongCredentials,
    /// The right password, but it was mailed more than a day ago.
    ProvisionalExpired,
    /// An address and a password that open more than one account.
    SeveralAccounts,
    /// Signed in, but not as somebody who may do this.
    Forbidden,
    /// A browser sent this from another site.
    CrossSite,
    /// Signed in with a mailed password: it comes first to change it.
    PasswordChangeRequired,
    /// There is no such thing, or none of yours.
    NotFound,
    /// Nothing is what was typed, as this sentence says.
    NoMatch(Cow<'static, str>),
    /// Fields are faulty.
    Invalid(Vec<FieldFault>),
    /// A rule says no.
    Refused(Refusal),
    /// Too many attempts.
    TooMany(Wait),
    /// The body is over 6 MB.
    TooLarge,
    /// The store is busy, or its answer was lost; asking again is safe, money moves once.
    Busy,
    /// Our fault.
    Internal,
}

/// A problem, and how a browser is shown it, where a page of its own would not do.
#[derive(Clone)]
pub struct Problem {
    kind: Kind,
    shown: Option<Box<Shown>>,
}

/// How a browser is shown a problem.
#[derive(Clone, Default)]
struct Shown {
    /// The page that says it.
    view: Option<Arc<dyn Drawn>>,
    /// The form of that page, with what was typed and why it was refused.
    form: Option<Filled>,
    /// The field at which the form says it, where it is none of the faults.
    field: Option<&'static str>,
    /// What the form says there, where the sentence of its kind would not do.
    words: Option<String>,
    /// Whether the page that it was posted from says the same by itself.
    stands: bool,
    /// The page of the form, where it is another one than it was posted from.
    page: Option<String>,
    /// Where the browser goes instead.
    see: Option<String>,
    /// A name in the path as it was written, and as we write it: a browser that reads goes there.
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

/// What is said of a problem that has no page of its own; an address may carry it.
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
    /// The page that says it; `way_back` is where its link leads.
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

    /// The word for machines.
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

    /// What a page of its own says of it.
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

/// Whose mails are too many, and until when.
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

    /// There is no such thing, or none of yours.
    pub const fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// Nothing is what was typed, or what a link said: the sentence says so on the page and in JSON.
    pub fn no_match(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NoMatch(sentence.into()))
    }

    /// A path that names a thing in another spelling than ours, `right`: it is no page, and a browser that reads is led to the
    /// one that is.
    pub(crate) fn respelt(wrong: &str, right: String) -> Self {
        Self::not_found().showing(|shown| shown.respelt = Some((wrong.to_owned(), right)))
    }

    /// Faulty fields of a form that has no page: a download.
    pub fn faulty(invalid: &Invalid) -> Self {
        Self::new(Kind::Invalid(faults(invalid)))
    }

    /// Mails that are too many: the form says whose are too many, until when, and that nothing was sent.
    pub fn mails_full(full: Full) -> Self {
        let words = too_many_mails(full);
        Self::from(full).in_words(words)
    }

    /// The form that is sent says it at this field.
    #[must_use]
    pub fn stands_at(self, field: &'static str) -> Self {
        self.showing(|shown| shown.field = Some(field))
    }

    /// The form that is sent says it in these words; programs read the sentence of its kind.
    #[must_use]
    pub fn in_words(self, words: impl Into<String>) -> Self {
        self.showing(|shown| shown.words = Some(words.into()))
    }

    /// The problem with the form that was refused: faults at their fields, anything else at `field` unless it stands at another
    /// one. What the sender can do nothing about, and what has a page already, shows no form.
    pub(crate) fn carrying(self, field: &'static str, typed: &Filled) -> Self {
        let has_page = self.shown.as_ref().is_some_and(|shown| shown.form.is_some() || shown.view.is_some());
        if !self.is_of_a_person() || has_page {
            return self;
        }
        let form = typed.clone().refused(self.faults_at(field));
        self.showing(|shown| shown.form = Some(form))
    }

    /// What a form says of it: the faults, or else the problem itself at a field.
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

    /// Shows it on the page of this path, to a browser that posted elsewhere: a second step, a preview.
    #[must_use]
    pub fn of_page(self, path: String) -> Self {
        self.showing(|shown| shown.page = Some(path))
    }

    /// As [`Problem::on`], for a page that says so however it is asked for: a browser that posted is led back to it.
    #[must_use]
    pub fn standing_on(self, view: impl Drawn + 'static) -> Self {
        self.on(view).showing(|shown| shown.stands = true)
    }

    /// A browser goes there instead (303), where a GET shows the form again with what was typed and why it was refused: so
    /// Back and Reload send nothing again. `path` is told the form; `field` is where a fault without a field of its own stands.
    #[must_use]
    pub fn again(self, field: &'static str, typed: Filled, path: impl FnOnce(Filled) -> String) -> Self {
        let faults = self.faults_at(field);
        self.back_to(path(typed.refused(faults)))
    }

    /// Where a browser goes (303): instead of seeing the problem, or after the sign-in where the session had ended.
    #[must_use]
    pub fn back_to(self, path: String) -> Self {
        self.showing(|shown| shown.see = Some(path))
    }

    /// The name in the path that is spelt otherwise than ours, and ours.
    pub(crate) fn respelling(&self) -> Option<(&str, &str)> {
        let (wrong, right) = self.shown.as_ref()?.respelt.as_ref()?;
        Some((wrong, right))
    }

    /// Why.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The form that shows it, as it was sent and refused.
    pub(crate) fn form(&self) -> Option<&Filled> {
        self.shown.as_ref()?.form.as_ref()
    }

    /// The page that shows it, where that is another one than it was posted from.
    pub(crate) fn page(&self) -> Option<&str> {
        self.shown.as_ref()?.page.as_deref()
    }

    /// Whether the page that it was posted from says it by itself.
    pub(crate) fn stands(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.stands)
    }

    /// Whether a browser that posted is led to a GET that says it. What no form of theirs sends, and what we failed at, is
    /// answered in place; so is what names its page itself.
    pub(crate) fn leads_to_a_get(&self) -> bool {
        self.is_of_a_person() && self.shown.as_ref().is_none_or(|shown| shown.see.is_none())
    }

    /// Whether its sender can do something about it, or has to wait.
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

    /// Whether a page of its own shows it, or a browser goes elsewhere.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.view.is_some() || shown.see.is_some())
    }

    /// `back` is where a browser goes after a sign-in.
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
                    // The page of faulty parameters, without them.
                    Kind::Invalid(_) => without_query(&back.path).to_owned(),
                    // A second step that cannot be taken: its thing is the page above.
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

    /// What HTTP asks for beside a status: how to sign in with 401, what a path answers with 405, when to come back.
    fn add_headers(&self, status: StatusCode, headers: &mut HeaderMap, now: Timestamp) {
        // Browsers open their own dialog for Basic and Digest only.
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

/// The problem's word, for the request's one log event.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) &'static str);

fn problem_json(status: StatusCode, problem: &ProblemBody) -> Response {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    (status, [("content-type", "application/problem+json")], body).into_response()
}

/// Where a browser goes on to after it was asked to sign in, and what the sign-in page says.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    /// A path of this site.
    pub(crate) path: String,
    /// What was lost, or kept.
    pub(crate) ended: Ended,
}

/// What a session's end interrupted, in the sign-in page's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A page was asked for.
    Reading,
    /// Something was sent, and nothing was done.
    Sending,
    /// A long form was sent, and what was typed could not be kept.
    Losing,
    /// A long form was sent; what was typed is kept, as this sealed word says ([`crate::resumed::kept_until`]).
    Writing(String),
}

impl Back {
    /// The sign-in page, and back afterwards: to `path` where the handler knows better.
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

/// An aggregate's no is a problem as it is the house's no: `?` carries either.
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
