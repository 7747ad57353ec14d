//! Carries a refused form back to its page. A handler decides with `?`; only the page's own GET draws the page.

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
    /// Runs a decision about a posted form. When it is refused, the typed values go back to the form's page: each fault
    /// at its field, any other refusal at `field`, unless [`Problem::stands_at`] names another field.
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
    /// The input of a button without fields: its page shows the refusal.
    pub fn button() -> Self {
        Self { form: (), typed: Filled::default(), files: Vec::new() }
    }
}

/// A refused form that is drawn in the response to the POST, without a redirect: the sender is a program that reads
/// HTML, or the form could not be kept.
#[derive(Clone)]
pub(crate) struct InPlace {
    /// The path of the form's page.
    pub(crate) page: String,
    /// The typed values and their faults.
    pub(crate) form: Filled,
}

/// A router that answers such a form with the form's page, as the page's GET draws it.
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
    /// The GET of the page by the same sender; `None` when the path is not a valid address.
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
