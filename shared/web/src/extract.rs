//! Extractors of the caller, for handlers.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use epass_domain::Role;

use crate::app::{App, Desk, Someone, Staff};
use crate::problem::{Kind, Problem};
use crate::tills::Caller;
use crate::tokens::Pass;

impl FromRequestParts<App> for Pass {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().ok_or(Problem::new(Kind::Unauthenticated))?;
        caller.session().cloned().ok_or(Problem::new(Kind::Forbidden))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::new(Kind::Unauthenticated))
    }
}

impl OptionalFromRequestParts<App> for Pass {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Caller>().and_then(Caller::session).cloned())
    }
}

impl FromRequestParts<App> for Someone {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let pass = <Pass as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        Ok(app.enter(&pass, &[]).await?.0)
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        Ok(app.enter_desk(&caller, &[]).await?.0)
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let someone = Someone::from_request_parts(parts, app).await?;
        if someone.role() == Role::Team { Ok(Self(someone)) } else { Err(Problem::new(Kind::Forbidden)) }
    }
}
