//! The proof that a beneficiary is at the desk: a number with the birth date, or a code that only their phone can
//! show.

use epass_domain::{Beneficiary, BeneficiaryId, BirthDate, Reference, RotatingCode, Shown};
use epass_store::{Beneficiaries, Found, Store};
use epass_web::{App, Filled, Problem, Signer};
use jiff::Timestamp;

use crate::form::LookUp;

/// A proof as shown at the desk, before the look-up.
pub enum Proof {
    /// A card or file number, with the birth date.
    Number(Reference, BirthDate),
    /// A voucher's number, with the birth date.
    Voucher(Reference, BirthDate),
    /// A rotating code; none if we did not sign it for this minute.
    Code(Option<(Shown, Reference)>),
}

/// The id to read when a number is unknown, so that it takes as long as a wrong birth date.
const NOBODY: BeneficiaryId = BeneficiaryId(uuid::Uuid::nil());

impl Proof {
    pub fn of(asked: LookUp, signer: &Signer, now: Timestamp) -> Self {
        let believed = |code: &RotatingCode| {
            let shown = signer.shown(code, now)?;
            let reference = shown.reference();
            Some((shown, reference))
        };
        match asked {
            LookUp::Number { reference, birth_date } if reference.is_voucher() => Self::Voucher(reference, birth_date),
            LookUp::Number { reference, birth_date } => Self::Number(reference, birth_date),
            LookUp::Code(code) => Self::Code(believed(&code)),
        }
    }

    /// The number to look up; none for an invalid code.
    pub const fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Number(reference, _) | Self::Voucher(reference, _) | Self::Code(Some((_, reference))) => {
                Some(reference)
            }
            Self::Code(None) => None,
        }
    }

    /// The beneficiary and the number that the proof stands for; `found` holds the item of that number. It uses a
    /// code up.
    pub async fn proven(
        &self,
        app: &App,
        found: &Found,
        now: Timestamp,
    ) -> Result<Option<(Beneficiary, Reference)>, Problem> {
        let reference = self.reference();
        let entry = match reference {
            Some(reference) => Beneficiaries::reference_in(found, reference)?,
            None => None,
        };
        let id = entry.as_ref().map_or(NOBODY, |entry| entry.beneficiary);
        let (known, first) = tokio::try_join!(app.store.beneficiaries.find(id), self.first_use(&app.store))?;
        let is_live = entry.and_then(|entry| entry.voucher).is_none_or(|voucher| voucher.live(now).is_ok());
        let proven = known.filter(|known| first && is_live && self.is_of(known));
        Ok(proven.zip(reference.cloned()))
    }

    /// Whether the proof is shown for the first time; always true for a proof that may be shown again.
    async fn first_use(&self, store: &Store) -> Result<bool, epass_store::StoreError> {
        match self {
            Self::Code(Some((shown, _))) => store.counters.first_use(shown).await,
            Self::Code(None) | Self::Number(..) | Self::Voucher(..) => Ok(true),
        }
    }

    fn is_of(&self, known: &Beneficiary) -> bool {
        match self {
            Self::Number(_, birth_date) | Self::Voucher(_, birth_date) => known.birth_date == *birth_date,
            Self::Code(shown) => shown.is_some(),
        }
    }

    /// The message for a failed proof: one for each kind, whatever the reason.
    pub const fn refused(&self) -> &'static str {
        match self {
            Self::Number(..) => "Aucun bénéficiaire ne correspond à ce numéro et à cette date de naissance.",
            Self::Voucher(..) => {
                "Ce voucher n’est pas valable avec cette date de naissance : il peut être inconnu, expiré ou déjà utilisé."
            }
            Self::Code(_) => {
                "Ce code n’est pas valable, ou ne l’est plus : demandez au jeune d’afficher son code, puis scannez-le de nouveau."
            }
        }
    }

    /// The values to show again in the form. A code cannot be used again, so its field is emptied.
    pub fn typed_again(&self, field: &str, typed: Filled) -> Filled {
        match self {
            Self::Number(..) | Self::Voucher(..) => typed,
            Self::Code(_) => typed.set(field, ""),
        }
    }
}
