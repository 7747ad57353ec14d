//! The rotating code: it changes every 30 seconds, so that a photograph of it is soon useless. The server tells the
//! page how many seconds the code has left, so that the phone's clock does not matter.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Beneficiary, RotatingCode, Window};
use epass_web::{App, Page, Pass, Problem, Reply, filters};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Standing, enter};

/// The page of the current code.
#[derive(Template, Deref)]
#[template(path = "code.html")]
struct CodeToScan {
    page: Page,
    #[deref]
    body: CodePage,
}

/// The current code, while the card pays.
#[derive(Serialize, ToSchema)]
pub struct CodePage {
    #[serde(flatten)]
    standing: Standing,
    /// The code; null while the card does not pay.
    code: Option<Shown>,
}

/// A code, and the time until the next one.
#[derive(Serialize, ToSchema)]
#[schema(as = CodeShown)]
pub struct Shown {
    /// The code, 29 digits.
    #[schema(value_type = String, example = "12345678200000000000000000042")]
    digits: RotatingCode,
    /// Whole seconds until the next code; this one stays valid for another half minute.
    seconds_left: i64,
}

/// Gives the code that a desk scans instead of number and birth date. It changes every 30 seconds.
#[utoipa::path(get, path = "/mon-pass/code", responses(
    (status = 200, description = "The code of this half minute", body = CodePage),
))]
pub async fn show_code(State(app): State<App>, pass: Pass) -> Result<Reply, Problem> {
    let now = app.now();
    let (someone, beneficiary) = enter(&app, &pass).await?;
    let standing = Standing::of(&beneficiary, now);
    let code = standing.pays().then(|| Shown::of(&app, &beneficiary, now));
    Ok(Reply::ok(CodeToScan { page: someone.page("Mon code", "/mon-pass/code"), body: CodePage { standing, code } }))
}

impl Shown {
    fn of(app: &App, beneficiary: &Beneficiary, now: Timestamp) -> Self {
        let code = app.signer.rotating_code(&beneficiary.file, now);
        // At least 1: a second request within the same second would get the same code.
        let seconds_left = Window::of(now).ends().duration_since(now).as_secs().max(1);
        Self { digits: code, seconds_left }
    }
}
