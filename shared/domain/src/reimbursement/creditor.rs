//! The creditor: the partner's data that a batch needs, and its account.

use serde::{Deserialize, Serialize};

use crate::{Address, Bic, Email, Iban, Line, Partner, PartnerId, Siret};

/// The account that a transfer pays, as it was approved when the transfer was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// *Nom du titulaire*.
    pub holder: Line,
    /// *IBAN*.
    pub iban: Iban,
    /// *BIC*.
    pub bic: Bic,
    /// The commune of the administrative address, in France; `None` leaves it out of the bank's file.
    pub town: Option<Line>,
}

impl Payee {
    pub(super) fn is_same_account(&self, other: &Self) -> bool {
        (&self.iban, &self.bic, &self.holder) == (&other.iban, &other.bic, &other.holder)
    }
}

/// The company that a statement is made out to, as its accounting knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// *Raison sociale*.
    pub legal_name: Line,
    /// *N° SIRET*.
    pub siret: Siret,
    /// *Adresse administrative*, once declared.
    pub address: Option<Address>,
}

/// The data of a partner that a batch needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditor {
    /// The partner.
    pub partner: PartnerId,
    /// The public name.
    pub name: Line,
    /// The company that the statement is made out to.
    pub company: Company,
    /// The commune of its activity, once declared.
    pub commune: Option<Line>,
    /// The approved account, if any.
    pub payee: Option<Payee>,
    /// The address for mails about the statement.
    pub email: Email,
    /// The referent, whom those mails address.
    pub referent: Line,
}

impl Creditor {
    /// The creditor data of a partner.
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
