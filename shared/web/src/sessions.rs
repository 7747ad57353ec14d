//! Begins sessions: the store's record, the token for a till, and the cookie for a browser.

use epass_domain::Account;
use epass_store::Session;
use jiff::SignedDuration;

use crate::app::App;
use crate::cookies::SESSION_COOKIE;
use crate::mint;
use crate::passwords::Opened;
use crate::problem::Problem;
use crate::tokens::Pass;

/// The lifetime of a session: a working day.
const LIFE: SignedDuration = SignedDuration::from_hours(12);

/// The lifetime of the cookie. It exceeds the session's, so that a returning user is told that the session has ended,
/// and so that typed values are kept for that account. The cookie of an ended session does not authenticate.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A new session.
#[derive(Clone)]
pub struct Begun {
    /// The token for `Authorization: Bearer`.
    pub token: String,
    /// The `Set-Cookie` with that token.
    pub cookie: String,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun(***)")
    }
}

impl App {
    /// Begins a session of `account`. One that a mailed password opened may only change the password.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin_session(&self, account: &Account, opened: Opened) -> Result<Begun, Problem> {
        let session = Session {
            session_id: mint::session_id(),
            account_id: account.identifier.clone(),
            password_version: account.password_version,
            must_change_password: opened == Opened::Provisional,
            expires_at: (self.now() + LIFE).as_second(),
        };
        self.store.accounts.begin(&session).await?;
        let pass = Pass { identifier: session.account_id, session: session.session_id, holder: account.holder.clone() };
        let token = self.signer.sign_pass(&pass);
        let cookie = cookie(&token, REMEMBERED);
        Ok(Begun { token, cookie })
    }
}

/// The `Set-Cookie` that deletes the session's cookie.
pub fn ended_cookie() -> String {
    cookie("", SignedDuration::ZERO)
}

fn cookie(token: &str, life: SignedDuration) -> String {
    format!("{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", life.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_of_this_host_over_https_and_out_of_scripts_reach() {
        let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
        assert_eq!(cookie("a.b.c", REMEMBERED), format!("__Host-session=a.b.c; {attributes}; Max-Age=604800"));
        assert_eq!(ended_cookie(), format!("__Host-session=; {attributes}; Max-Age=0"));
    }
}
