//! The door: who is asking, what they sent, and in which face they get the answer.

mod app;
pub mod assets;
mod clock;
pub mod csv;
pub mod filters;
mod forms;
mod hs256;
mod input;
mod labels;
pub mod mint;
pub mod openapi;
mod page;
pub mod passwords;
mod problem;
mod qr;
mod reply;
mod room;
mod rotating;
mod serve;
mod sessions;
mod tills;
mod tokens;

pub use app::{App, Desk, Settings, Someone, Staff};
pub use clock::Clock;
pub use forms::{FieldFault, Filled, field_fault};
pub use input::{Done, Input, MAX_BODY_BYTES, Upload};
pub use page::{Page, Tab, Viewer};
pub use problem::{Kind, Problem, ProblemBody};
pub use reply::{Reply, Told, View, Wants, see_other};
pub use room::{Access, Declared, Room, Routes, SESSION_COOKIE, nowhere, public_page, public_page_at};
pub use serve::{StartError, serve, serve_events};
pub use sessions::{Begun, ended_cookie};
pub use tills::{Caller, TillPass, TillSecret};
pub use tokens::{Pass, Signer};
pub use utoipa_axum::routes;
