//! Sessions begin here: the store's record, the token that a till keeps, and the cookie that a browser keeps.

use epass_domain::Account;
use epass_store::Session;
use jiff::SignedDuration;

use crate::app::App;
use crate::cookies::SESSION_COOKIE;
use crate::mint;
use crate::passwords::Opened;
use crate::problem::Problem;
use crate::tokens::Pass;

/// How long a session lives: a working day.
const LIFE: SignedDuration = SignedDuration::from_hours(12);

/// How long a browser keeps its cookie: longer than the session lives, so that who comes back later is told that it ended,
/// and so that what was typed is kept for that account. A cookie of a session that is over opens nothing.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A session that has just begun.
#[derive(Clone)]
pub struct Begun {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// The `Set-Cookie` that carries it.
    pub cookie: String,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun(***)")
    }
}

impl App {
    /// Begins a session of `account`, which a password opened: with a mailed one, nothing but changing it is open.
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

/// The `Set-Cookie` that makes a browser forget its session.
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
