//! What carries a form that is refused back to its page. A handler decides with `?`; the page is drawn by its own GET, and
//! nowhere else.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use tower::ServiceExt;

use crate::forms::Filled;
use crate::input::Input;
use crate::problem::Problem;

impl<T> Input<T> {
    /// Runs a decision about what was sent. Where it is refused, what was typed goes back to the page of the form: each fault
    /// at its field, and anything else at `field`, unless it stands at another one ([`Problem::stands_at`]).
    ///
    /// # Errors
    /// The decision's.
    pub async fn carry<A>(
        &self,
        field: &'static str,
        decision: impl Future<Output = Result<A, Problem>>,
    ) -> Result<A, Problem> {
        decision.await.map_err(|problem| problem.carrying(field, &self.typed))
    }
}

impl Input<()> {
    /// A button, which sends nothing but itself: what is refused stands on the page that has it.
    pub fn button() -> Self {
        Self { form: (), typed: Filled::default(), files: Vec::new() }
    }
}

/// A refused form that is shown in place, because nobody is led to its page: a program that reads HTML has sent it, or it could
/// not be kept.
#[derive(Clone)]
pub(crate) struct InPlace {
    /// The path of the form's page.
    pub(crate) page: String,
    /// What was typed, and what is wrong with it.
    pub(crate) form: Filled,
}

/// A router that answers a form refused in place with the page of the form, as its GET draws it.
pub(crate) fn drawing_in_place(router: Router) -> Router {
    Router::new().fallback(move |request| answer(router.clone(), request))
}

async fn answer(router: Router, request: Request) -> Response {
    let headers = request.headers().clone();
    let mut refused = call(router.clone(), request).await;
    let Some(in_place) = refused.extensions_mut().remove::<InPlace>() else { return refused };
    let Some(asked) = in_place.asked(headers) else { return refused };
    let mut drawn = call(router, asked).await;
    if drawn.status() != StatusCode::OK {
        return refused;
    }
    *drawn.status_mut() = refused.status();
    for of_the_refusal in [RETRY_AFTER, WWW_AUTHENTICATE] {
        if let Some(value) = refused.headers_mut().remove(&of_the_refusal) {
            drawn.headers_mut().insert(of_the_refusal, value);
        }
    }
    drawn
}

async fn call(router: Router, request: Request) -> Response {
    let Ok(response) = router.oneshot(request).await;
    response
}

impl InPlace {
    /// The GET of the page, by the same sender. None where the path is no address.
    fn asked(self, mut headers: HeaderMap) -> Option<Request> {
        for of_the_body in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
            headers.remove(of_the_body);
        }
        let mut asked = Request::new(Body::empty());
        *asked.method_mut() = Method::GET;
        *asked.uri_mut() = Uri::try_from(self.page.as_str()).ok()?;
        *asked.headers_mut() = headers;
        asked.extensions_mut().insert(self.form);
        Some(asked)
    }
}
