//! Devices that signed in before. Each has a long-lived cookie that names its accounts, and its own counter of wrong
//! passwords at each of them, so that a stranger's guesses do not lock the owner out.
//!
//! The cookie does not authenticate: without the password it gives five attempts. It is bound to the account's
//! password: a change invalidates it on every device but the one that made the change.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use epass_domain::{Account, Identifier, limits};
use epass_store::Counted;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::cookies::cookie_in;
use crate::mint;

/// The name of the cookie. `__Host-`: this host only, over HTTPS only, for all paths.
pub const DEVICE_COOKIE: &str = "__Host-device";

/// The seal's purpose.
const PURPOSE: &str = "device";

/// A device is remembered for this long after its last sign-in: from the spring of one school year into the next one.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 180);

/// The most accounts that a device remembers; the latest sign-ins are kept.
const MOST: usize = 6;

/// An account that signed in on a device.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    device: Uuid,
    account: Identifier,
    password_version: u32,
    until: Timestamp,
}

impl Known {
    fn is_of(&self, account: &Account, now: Timestamp) -> bool {
        self.account == account.identifier && self.password_version == account.password_version && now < self.until
    }
}

/// The accounts that signed in on the calling device, from its sealed cookie; empty without one.
#[derive(Clone, Debug, Default)]
pub struct Device(Vec<Known>);

impl Device {
    /// The calling device.
    pub(crate) fn of(app: &App, headers: &HeaderMap) -> Self {
        let sealed = cookie_in(headers, DEVICE_COOKIE);
        let known = sealed.and_then(|sealed| app.signer.unseal(PURPOSE, &sealed));
        Self(known.unwrap_or_default())
    }

    /// The accounts that signed in.
    pub(crate) fn accounts(&self, now: Timestamp) -> impl Iterator<Item = &Identifier> {
        self.0.iter().filter(move |known| now < known.until).map(|known| &known.account)
    }

    /// This device's counter at an account; `None` where the device is unknown there.
    pub fn counted(&self, account: &Account, now: Timestamp) -> Option<Counted> {
        let known = self.0.iter().find(|known| known.is_of(account, now))?;
        Some(Counted::new(limits::PASSWORDS_ON_DEVICE, known.device))
    }

    /// The `Set-Cookie` that adds this account to the device.
    pub fn knows(&self, app: &App, account: &Account) -> String {
        let now = app.now();
        let before = self.0.iter().find(|known| known.is_of(account, now));
        let known = Known {
            device: before.map_or_else(mint::device_id, |known| known.device),
            account: account.identifier.clone(),
            password_version: account.password_version,
            until: now + LIFE,
        };
        let others = self.0.iter().filter(|other| other.account != known.account && now < other.until).cloned();
        let all: Vec<Known> = std::iter::once(known.clone()).chain(others).take(MOST).collect();
        let sealed = app.signer.seal(PURPOSE, &all);
        format!("{DEVICE_COOKIE}={sealed}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", LIFE.as_secs())
    }
}

impl FromRequestParts<App> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(app, &parts.headers))
    }
}
