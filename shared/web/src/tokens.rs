//! Signed tokens: the session in its cookie, the desk's ticket from look-up to payment, and the invitation to answer
//! for an outing in the link of a mail. They use HS256 with one key and an audience each, so that one cannot stand in
//! for another. Expiry is checked with our clock, against the store's record.

use epass_domain::{BeneficiaryId, EstablishmentId, Holder, Identifier, Invitation, PartnerId, SessionId, Ticket};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::hs256;
use crate::problem::{Kind, Problem};

/// The identity that a caller claims, under our signature. [`crate::App::enter`] checks in the store whether the
/// session is still alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// The account.
    #[serde(rename = "sub")]
    pub identifier: Identifier,
    /// The id of the session within the account.
    #[serde(rename = "sid")]
    pub session: SessionId,
    /// The role, and the record that it gives access to.
    #[serde(flatten)]
    pub holder: Holder,
}

impl Pass {
    /// The partner's id, when the account is a partner's.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] for another role.
    pub fn partner(&self) -> Result<&PartnerId, Problem> {
        match &self.holder {
            Holder::Partner(partner) => Ok(partner),
            Holder::Beneficiary(_) | Holder::Establishment(_) | Holder::Team => Err(Problem::new(Kind::Forbidden)),
        }
    }

    /// The establishment's id, when the account is an establishment's.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] for another role.
    pub fn establishment(&self) -> Result<&EstablishmentId, Problem> {
        match &self.holder {
            Holder::Establishment(establishment) => Ok(establishment),
            Holder::Partner(_) | Holder::Beneficiary(_) | Holder::Team => Err(Problem::new(Kind::Forbidden)),
        }
    }

    /// The beneficiary's id, when the account is a young person's.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] for another role.
    pub fn beneficiary(&self) -> Result<BeneficiaryId, Problem> {
        match &self.holder {
            Holder::Beneficiary(beneficiary) => Ok(*beneficiary),
            Holder::Partner(_) | Holder::Establishment(_) | Holder::Team => Err(Problem::new(Kind::Forbidden)),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Signed<T> {
    aud: String,
    #[serde(flatten)]
    of: T,
}

/// The signing key. Its `Debug` is redacted.
#[derive(Clone)]
pub struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(***)")
    }
}

impl Signer {
    /// `secret` has at least 32 bytes (RFC 7518 §3.2).
    ///
    /// # Errors
    /// A sentence, when it is shorter.
    pub fn new(secret: &[u8]) -> Result<Self, &'static str> {
        if secret.len() < 32 {
            return Err("EPASS_SIGNING_KEY must have at least 32 bytes");
        }
        hs256::install();
        Ok(Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret) })
    }

    /// The secret, for signatures other than tokens.
    pub(crate) fn secret(&self) -> &[u8] {
        self.encoding.as_bytes()
    }

    /// Signs a session's token.
    pub fn sign_pass(&self, pass: &Pass) -> String {
        self.sign("session", pass)
    }

    /// The session of a token, if we signed it.
    pub fn read_pass(&self, token: &str) -> Option<Pass> {
        self.read("session", token)
    }

    /// Signs the desk's ticket as a token.
    pub fn sign_ticket(&self, ticket: &Ticket) -> String {
        self.sign("desk", ticket)
    }

    /// The ticket of a token, if we signed it.
    pub fn read_ticket(&self, token: &str) -> Option<Ticket> {
        self.read("desk", token)
    }

    /// Signs the invitation for the link of a mail.
    pub fn sign_invitation(&self, invitation: &Invitation) -> String {
        self.sign("sortie", invitation)
    }

    /// The invitation of a link, if we signed it.
    pub fn read_invitation(&self, token: &str) -> Option<Invitation> {
        self.read("sortie", token)
    }

    fn sign<T: Serialize>(&self, audience: &str, of: T) -> String {
        let signed = Signed { aud: audience.to_owned(), of };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &signed, &self.encoding)
            .expect("claims of text can be signed")
    }

    fn read<T: DeserializeOwned>(&self, audience: &str, token: &str) -> Option<T> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[audience]);
        rules.set_required_spec_claims(&["aud"]);
        rules.validate_exp = false;
        jsonwebtoken::decode::<Signed<T>>(token, &self.decoding, &rules).ok().map(|token| token.claims.of)
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{BeneficiaryId, CardNumber, Reference, TransactionId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn signer(secret: u8) -> Signer {
        Signer::new(&[secret; 32]).unwrap()
    }

    fn pass() -> Pass {
        let identifier = Identifier::parse("partenaire").unwrap();
        Pass { identifier, session: SessionId(Uuid::nil()), holder: Holder::Partner(PartnerId::mint(1)) }
    }

    #[test]
    fn a_pass_and_a_ticket_read_back_and_neither_is_taken_for_the_other() {
        let ticket = Ticket {
            partner: PartnerId::mint(1),
            beneficiary: BeneficiaryId(Uuid::nil()),
            reference: Reference::Card(CardNumber::mint(1)),
            transaction: TransactionId(Uuid::nil()),
            minted_at: Timestamp::UNIX_EPOCH,
        };
        let (session, desk) = (signer(1).sign_pass(&pass()), signer(1).sign_ticket(&ticket));
        assert_eq!(signer(1).read_pass(&session), Some(pass()));
        assert_eq!(signer(1).read_ticket(&desk), Some(ticket));
        assert_eq!(signer(1).read_ticket(&session), None);
        assert_eq!(signer(1).read_pass(&desk), None);
    }

    #[test]
    fn another_key_an_altered_token_and_no_signature_open_nothing() {
        let token = signer(1).sign_pass(&pass());
        assert_eq!(signer(2).read_pass(&token), None);
        let (head, signature) = token.rsplit_once('.').unwrap();
        let altered = format!("{head}.{}", signature.chars().rev().collect::<String>());
        assert_eq!(signer(1).read_pass(&altered), None);
        assert_eq!(signer(1).read_pass(&format!("{head}.")), None);
        assert!(Signer::new(b"short").is_err());
    }
}
