//! The beneficiary: a young person with a card and a wallet.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BeneficiaryId, BirthDate, Campaign, CardNumber, Envelope, Euros, FileNumber, Line};

/// A beneficiary. The wallet is part of it, so that a debit is one conditional write on one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beneficiary {
    /// The key.
    pub id: BeneficiaryId,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// The birth date, which the desk asks for together with one of the numbers.
    pub birth_date: BirthDate,
    /// *N° de carte*.
    pub card: CardNumber,
    /// *N° de dossier*.
    pub file: FileNumber,
    /// Whether the card pays.
    pub card_state: CardState,
    /// The wallet, with one balance per envelope.
    pub wallet: Wallet,
}

/// The state of a card; the team suspends and reinstates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// The card pays.
    Active,
    /// The card pays nothing until the team reinstates it.
    Suspended,
}

/// The balances of a campaign's dotation, one per envelope. Envelopes never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// The campaign of the credit; after it the credit expires.
    pub campaign: Campaign,
    /// *Lecture*.
    pub reading: Euros,
    /// *Cinéma*.
    pub cinema: Euros,
    /// *Spectacle / Arts visuels*.
    pub performance: Euros,
    /// *Sorties*.
    pub outing: Euros,
}

impl Wallet {
    /// A full wallet, with the dotation of the campaign (guide §2.2).
    pub fn full(campaign: Campaign) -> Self {
        let [reading, cinema, performance, outing] = Envelope::ALL.map(|envelope| campaign.dotation(envelope));
        Self { campaign, reading, cinema, performance, outing }
    }

    /// The balance of one envelope.
    pub const fn balance(&self, envelope: Envelope) -> Euros {
        match envelope {
            Envelope::Reading => self.reading,
            Envelope::Cinema => self.cinema,
            Envelope::Performance => self.performance,
            Envelope::Outing => self.outing,
        }
    }

    /// The balance of `envelope` after paying `amount` at `now`; the wallet itself does not change.
    ///
    /// # Errors
    /// [`WalletRefusal::CampaignOver`], [`WalletRefusal::BalanceTooLow`].
    pub fn after(&self, envelope: Envelope, amount: Euros, now: Timestamp) -> Result<Euros, WalletRefusal> {
        if self.campaign != Campaign::at(now) {
            return Err(WalletRefusal::CampaignOver);
        }
        let available = self.balance(envelope);
        available.checked_sub(amount).ok_or(WalletRefusal::BalanceTooLow { envelope, available })
    }
}

/// A refusal by the rules of cards and wallets. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalletRefusal {
    /// The team suspended the card.
    #[error("Cette carte est suspendue. L’équipe e-PASS JEUNES en dit la raison à qui la porte.")]
    CardSuspended,
    /// The wallet belongs to a campaign that has ended.
    #[error(
        "La campagne de ce portefeuille est terminée : son crédit n’est plus utilisable. Un e-PASS se renouvelle en ligne, en deux clics."
    )]
    CampaignOver,
    /// The balance of the envelope is below the amount.
    #[error("Le solde « {} » est de {available} : ce montant le dépasse.", .envelope.label())]
    BalanceTooLow {
        /// The envelope that was to pay.
        envelope: Envelope,
        /// Its balance.
        available: Euros,
    },
}

impl WalletRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CardSuspended => "card_suspended",
            Self::CampaignOver => "campaign_over",
            Self::BalanceTooLow { .. } => "balance_too_low",
        }
    }
}
