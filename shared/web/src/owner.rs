//! Whose a form is. Each form of a page that somebody signed in is shown carries a mark of that account. So a form that was opened
//! by one account, and is sent after another one signed in on the same device, is not carried out in the other's name.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use epass_domain::Identifier;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::problem::{Kind, Problem};
use crate::tokens::Signer;
use crate::typeset::tag_end;

/// The hidden field; no form has one of this name.
pub(crate) const FIELD: &str = "form_of";

/// No other digest of ours begins so.
const PURPOSE: &[u8] = b"form of an account";

/// How much of a digest tells accounts apart, in bytes.
const BYTES: usize = 9;

/// The mark of the account that is signed in, for what reads a body: a form with another one is not this account's.
#[derive(Clone, Debug)]
pub(crate) struct Owner(pub(crate) String);

impl Owner {
    /// Whether a form with this mark is the account's; a form without one comes from no page of ours, but from a program.
    pub(crate) fn owns(&self, mark: Option<&str>) -> bool {
        mark.is_none_or(|mark| mark == self.0)
    }

    /// Holds the mark of a form against the account.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`]: the account that the form is of is not signed in.
    pub(crate) fn check(&self, mark: Option<&str>) -> Result<(), Problem> {
        if self.owns(mark) { Ok(()) } else { Err(Problem::new(Kind::Unauthenticated)) }
    }
}

impl Signer {
    /// The mark of an account.
    pub(crate) fn mark(&self, account: &Identifier) -> String {
        let digest = Hmac::<Sha256>::new_from_slice(self.secret()).expect("HMAC takes keys of any length");
        let digest = digest.chain_update(PURPOSE).chain_update(account.as_str()).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&digest[..BYTES])
    }
}

/// The page with this mark in each of its forms that post.
pub(crate) fn marked(html: &str, mark: &str) -> String {
    let mut page = String::with_capacity(html.len() + html.len() / 32);
    let mut rest = html;
    while let Some(at) = rest.find("<form ") {
        let end = at + tag_end(&rest[at..]);
        page.push_str(&rest[..end]);
        if rest[at..end].contains("method=\"post\"") {
            page.extend(["<input type=\"hidden\" name=\"", FIELD, "\" value=\"", mark, "\">"]);
        }
        rest = &rest[end..];
    }
    page.push_str(rest);
    page
}

/// Takes the mark out of what was posted.
pub(crate) fn taken(pairs: &mut Vec<(String, String)>) -> Option<String> {
    let at = pairs.iter().position(|(name, _)| name == FIELD)?;
    Some(pairs.remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_posts_is_marked_and_no_other() {
        let page = "<form class=\"a\" method=\"post\" action=\"/b\"><p>1 > 0</p></form><form method=\"get\" action=\"/c\"></form>";
        let marked = marked(page, "M");
        assert_eq!(marked.matches("name=\"form_of\" value=\"M\"").count(), 1);
        assert!(
            marked.starts_with("<form class=\"a\" method=\"post\" action=\"/b\"><input type=\"hidden\""),
            "{marked}"
        );
        assert!(marked.ends_with("<form method=\"get\" action=\"/c\"></form>"), "{marked}");
    }

    #[test]
    fn a_form_of_another_account_is_not_this_ones_and_the_mark_is_no_field() {
        let signer = Signer::new(&[1; 32]).unwrap();
        let mark = |name: &str| signer.mark(&Identifier::parse(name).unwrap());
        assert_ne!(mark("partenaire"), mark("cinema"));
        let mut pairs = vec![("a".to_owned(), "1".to_owned()), (FIELD.to_owned(), mark("cinema"))];
        let taken = taken(&mut pairs);
        assert_eq!((pairs.len(), taken.as_deref()), (1, Some(mark("cinema").as_str())));
        assert!(Owner(mark("partenaire")).check(taken.as_deref()).is_err());
        assert!(Owner(mark("cinema")).check(taken.as_deref()).is_ok() && Owner(mark("cinema")).check(None).is_ok());
    }
}
