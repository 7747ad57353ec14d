//! The young person with a card and a wallet.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BeneficiaryId, BirthDate, Campaign, CardNumber, Envelope, Euros, FileNumber, Line};

/// A young person. The wallet is part of it: one item, one condition, one debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beneficiary {
    /// The key.
    pub id: BeneficiaryId,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// Asked for at the desk, with one of the numbers.
    pub birth_date: BirthDate,
    /// *N° de carte*.
    pub card: CardNumber,
    /// *N° de dossier*.
    pub file: FileNumber,
    /// Whether the card pays.
    pub card_state: CardState,
    /// What is left, per envelope.
    pub wallet: Wallet,
}

/// Whether a card pays; the team suspends and reinstates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// It pays.
    Active,
    /// It does not, until the team reinstates it.
    Suspended,
}

/// What is left of a campaign's dotation, per envelope. Envelopes never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// The campaign whose credit this is; afterwards it is worth nothing.
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
    /// A full one: what the campaign credits (guide §2.2).
    pub fn full(campaign: Campaign) -> Self {
        let [reading, cinema, performance, outing] = Envelope::ALL.map(|envelope| campaign.dotation(envelope));
        Self { campaign, reading, cinema, performance, outing }
    }

    /// What is left in one envelope.
    pub const fn balance(&self, envelope: Envelope) -> Euros {
        match envelope {
            Envelope::Reading => self.reading,
            Envelope::Cinema => self.cinema,
            Envelope::Performance => self.performance,
            Envelope::Outing => self.outing,
        }
    }

    /// What is left in `envelope` after paying `amount` at `now`; the wallet itself does not change.
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

/// Why the rules of cards and wallets refuse what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalletRefusal {
    /// The team suspended the card.
    #[error("Cette carte est suspendue. L’équipe e-PASS JEUNES en dit la raison à qui la porte.")]
    CardSuspended,
    /// The wallet is of a campaign that has ended.
    #[error(
        "La campagne de ce portefeuille est terminée : son crédit n’est plus utilisable. Un e-PASS se renouvelle en ligne, en deux clics."
    )]
    CampaignOver,
    /// Less is left in the envelope than was asked.
    #[error("Le solde « {} » est de {available} : ce montant le dépasse.", .envelope.label())]
    BalanceTooLow {
        /// The envelope that was asked for.
        envelope: Envelope,
        /// What is left in it.
        available: Euros,
    },
}

impl WalletRefusal {
    /// The word for machines; it never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CardSuspended => "card_suspended",
            Self::CampaignOver => "campaign_over",
            Self::BalanceTooLow { .. } => "balance_too_low",
        }
    }
}
