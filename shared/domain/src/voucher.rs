//! Vouchers: one-use numbers that replace the card (`product.md`, *Voucher*).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Beneficiary, BeneficiaryId, CardState, Envelope, Fault, ParisDay, TransactionId, WalletRefusal, whole_number,
};

/// A voucher: a one-use number that replaces the card (`product.md`, *Voucher*).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// The one envelope that it pays from; `None` for any.
    pub envelope: Option<Envelope>,
    /// The expiry: the first instant at which it pays nothing.
    pub expires_at: Timestamp,
    /// The transaction that used it.
    pub used_by: Option<TransactionId>,
}

impl Voucher {
    /// The maximum number of vouchers that a beneficiary may have at a time.
    pub const AT_A_TIME: usize = 3;

    /// Checks that it is neither used nor expired.
    ///
    /// # Errors
    /// [`VoucherRefusal::Used`], [`VoucherRefusal::Expired`].
    pub fn live(&self, now: Timestamp) -> Result<(), VoucherRefusal> {
        if self.used_by.is_some() {
            return Err(VoucherRefusal::Used);
        }
        if now >= self.expires_at {
            return Err(VoucherRefusal::Expired);
        }
        Ok(())
    }

    /// Checks that it pays from this envelope.
    ///
    /// # Errors
    /// Those of [`Voucher::live`], and [`VoucherRefusal::ForAnotherEnvelope`].
    pub fn pays(&self, envelope: Envelope, now: Timestamp) -> Result<(), VoucherRefusal> {
        self.live(now)?;
        match self.envelope {
            Some(only) if only != envelope => Err(VoucherRefusal::ForAnotherEnvelope(only)),
            _ => Ok(()),
        }
    }

    /// Whether it counts towards the maximum at a time: it pays, or it was used today, when a cancellation may still
    /// give it back.
    pub fn counts(&self, now: Timestamp) -> bool {
        let may_come_back = |by: TransactionId| by.day() == ParisDay::of(now);
        now < self.expires_at && self.used_by.is_none_or(may_come_back)
    }
}

/// The request for a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The one envelope that it shall pay from; `None` for any.
    pub envelope: Option<Envelope>,
    /// The lifetime in days; today is the first.
    pub days: Validity,
}

/// The lifetime of a voucher in Paris days, today included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity(u8);

impl Validity {
    /// The maximum.
    pub const MOST: u8 = 30;

    /// Reads a number of days.
    ///
    /// # Errors
    /// `missing` when blank; `days` unless it is 1 to [`Validity::MOST`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        const FAULT: Fault =
            Fault::new("days", "Un voucher vaut de 1 à 30 jours : indiquez un nombre entier, sans signe.");
        let days = whole_number(text, 1..=u32::from(Self::MOST), FAULT)?;
        u8::try_from(days).map_err(|_| FAULT).map(Self)
    }
}

impl Wanted {
    /// The smallest request, used to check whether another voucher may be made at all.
    pub const ANY: Self = Self { envelope: None, days: Validity(1) };

    /// Makes the voucher for a beneficiary who has `others` that [count](Voucher::counts).
    ///
    /// # Errors
    /// [`WalletRefusal::CardSuspended`], [`WalletRefusal::CampaignOver`], [`VoucherRefusal::TooMany`].
    pub fn make(self, of: &Beneficiary, others: usize, now: Timestamp) -> Result<Voucher, VoucherRefusal> {
        if of.card_state == CardState::Suspended {
            return Err(WalletRefusal::CardSuspended.into());
        }
        if of.is_over(now) {
            return Err(WalletRefusal::CampaignOver.into());
        }
        if others >= Voucher::AT_A_TIME {
            return Err(VoucherRefusal::TooMany);
        }
        let expires_at = ParisDay::of(now).plus_days(i32::from(self.days.0) - 1).ends();
        Ok(Voucher { envelope: self.envelope, expires_at, used_by: None })
    }
}

/// The item that a number typed at the desk leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceEntry {
    /// The beneficiary that has the number.
    pub beneficiary: BeneficiaryId,
    /// The voucher; `None` for a card or file number.
    pub voucher: Option<Voucher>,
}

/// A refusal by the rules of vouchers. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoucherRefusal {
    /// The voucher is already used.
    #[error("Ce voucher a déjà été utilisé.")]
    Used,
    /// The voucher has expired; it lives 30 days at most.
    #[error("Ce voucher est expiré.")]
    Expired,
    /// The voucher was made for another envelope.
    #[error("Ce voucher ne vaut que pour la rubrique « {} ».", .0.label())]
    ForAnotherEnvelope(Envelope),
    /// The beneficiary already has three vouchers.
    #[error(
        "Vous avez déjà trois vouchers. Révoquez-en un, ou attendez : un voucher utilisé aujourd’hui compte jusqu’à minuit, car le partenaire peut encore annuler."
    )]
    TooMany,
    /// A refusal by the card and wallet rules.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
}

impl VoucherRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Used => "voucher_used",
            Self::Expired => "voucher_expired",
            Self::ForAnotherEnvelope(_) => "voucher_for_another_envelope",
            Self::TooMany => "too_many_vouchers",
            Self::Wallet(refusal) => refusal.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BeneficiaryId, BirthDate, Campaign, CardNumber, FileNumber, Line, Wallet};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOON: &str = "2026-11-22T12:00:00Z";

    fn lea() -> Beneficiary {
        let line = |text| Line::parse(text, 100).unwrap();
        Beneficiary {
            id: BeneficiaryId(uuid::Uuid::nil()),
            first_name: line("Léa"),
            last_name: line("Martin"),
            birth_date: BirthDate::parse("14/05/2008", ParisDay::of(at(NOON))).unwrap(),
            card: CardNumber::mint(1),
            file: FileNumber::mint(1),
            card_state: CardState::Active,
            wallet: Wallet::full(Campaign::at(at(NOON))),
        }
    }

    fn wanted(days: &str) -> Wanted {
        Wanted { envelope: None, days: Validity::parse(days).unwrap() }
    }

    #[test]
    fn a_voucher_lives_to_the_end_of_its_last_day_and_thirty_days_at_most() {
        let one = wanted("1").make(&lea(), 0, at(NOON)).unwrap();
        assert_eq!(one.expires_at, at("2026-11-22T23:00:00Z"));
        let thirty = wanted("30").make(&lea(), 0, at(NOON)).unwrap();
        assert_eq!(thirty.expires_at, at("2026-12-21T23:00:00Z"));
        for wrong in ["0", "31", "-1", "1,5", "beaucoup"] {
            assert_eq!(Validity::parse(wrong).unwrap_err().code, "days", "{wrong}");
        }
    }

    #[test]
    fn three_at_a_time_and_none_for_a_card_that_pays_nothing() {
        assert!(wanted("7").make(&lea(), 2, at(NOON)).is_ok());
        assert_eq!(wanted("7").make(&lea(), 3, at(NOON)), Err(VoucherRefusal::TooMany));
        let suspended = Beneficiary { card_state: CardState::Suspended, ..lea() };
        assert_eq!(wanted("7").make(&suspended, 0, at(NOON)), Err(WalletRefusal::CardSuspended.into()));
        assert_eq!(wanted("7").make(&lea(), 0, at("2027-09-01T12:00:00Z")), Err(WalletRefusal::CampaignOver.into()));
    }

    #[test]
    fn one_that_was_used_today_still_counts_for_it_may_come_back() {
        let voucher = wanted("30").make(&lea(), 0, at(NOON)).unwrap();
        assert!(voucher.counts(at(NOON)) && !voucher.counts(voucher.expires_at));
        let used = Voucher { used_by: Some(TransactionId::earliest(at(NOON))), ..voucher };
        assert!(used.counts(at("2026-11-22T22:59:59Z")));
        assert!(!used.counts(at("2026-11-22T23:00:00Z")), "tomorrow in Paris");
    }
}
