//! Who is paid back: the partner as a batch needs it, and its account.

use serde::{Deserialize, Serialize};

use crate::{Address, Bic, Email, Iban, Line, Partner, PartnerId, Siret};

/// The account that a transfer goes to, as it was approved when the transfer was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// *Nom du titulaire*.
    pub holder: Line,
    /// *IBAN*.
    pub iban: Iban,
    /// *BIC*.
    pub bic: Bic,
    /// The commune of the administrative address, in France; a bank is told it, or nothing.
    pub town: Option<Line>,
}

impl Payee {
    pub(super) fn is_same_account(&self, other: &Self) -> bool {
        (&self.iban, &self.bic, &self.holder) == (&other.iban, &other.bic, &other.holder)
    }
}

/// Who a statement is made out to, as the partner's bookkeeping knows itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// *Raison sociale*.
    pub legal_name: Line,
    /// *N° SIRET*.
    pub siret: Siret,
    /// *Adresse administrative*, once declared.
    pub address: Option<Address>,
}

/// A partner as the batch needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditor {
    /// Who.
    pub partner: PartnerId,
    /// The name that people know.
    pub name: Line,
    /// Who the statement is made out to.
    pub company: Company,
    /// Where it trades, once declared.
    pub commune: Option<Line>,
    /// The approved account, where there is one.
    pub payee: Option<Payee>,
    /// Where it is told.
    pub email: Email,
    /// Who reads it there.
    pub referent: Line,
}

impl Creditor {
    /// What the batch needs of a partner.
    pub fn of(partner: &Partner) -> Self {
        let dossier = partner.dossier();
        Self {
            partner: partner.id.clone(),
            name: partner.known_as().clone(),
            company: Company {
                legal_name: partner.legal_name().clone(),
                siret: partner.siret().clone(),
                address: dossier.map(|dossier| dossier.administrative.address.clone()),
            },
            commune: dossier.map(|dossier| dossier.activity.address.commune.clone()),
            payee: partner.paid_to.as_ref().map(|account| Payee {
                holder: account.holder.clone(),
                iban: account.iban.clone(),
                bic: account.bic.clone(),
                town: dossier.map(|dossier| dossier.administrative.address.commune.clone()),
            }),
            email: partner.referent_email().clone(),
            referent: partner.referent_name(),
        }
    }
}
