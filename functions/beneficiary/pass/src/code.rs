//! The rotating code: a number that changes every half minute, so that a photograph of it is soon worth nothing. The page
//! is told how many seconds the code has left; what the phone's clock says does not count.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Beneficiary, RotatingCode, Window};
use epass_web::{App, Page, Pass, Problem, Reply, filters};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Standing, enter};

/// The code of this half minute.
#[derive(Template, Deref)]
#[template(path = "code.html")]
struct CodeToScan {
    page: Page,
    #[deref]
    body: CodePage,
}

/// The code, while the card pays.
#[derive(Serialize, ToSchema)]
pub struct CodePage {
    #[serde(flatten)]
    standing: Standing,
    /// None while the card does not pay.
    code: Option<Shown>,
}

/// A code, and how long it is the newest.
#[derive(Serialize, ToSchema)]
#[schema(as = CodeShown)]
pub struct Shown {
    /// 29 digits.
    #[schema(value_type = String, example = "12345678200000000000000000042")]
    digits: RotatingCode,
    /// Whole seconds until the next code; this one is good for half a minute more.
    seconds_left: i64,
}

/// Shows the code that a desk scans in place of number and birth date: another one every 30 seconds.
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
        // At least one: who asks again in the same second would get the same code.
        let seconds_left = Window::of(now).ends().duration_since(now).as_secs().max(1);
        Self { digits: code, seconds_left }
    }
}
