//! Outings for tests.

use jiff::Timestamp;

use crate::{
    Beneficiary, BeneficiaryId, BirthDate, Campaign, CardNumber, CardState, Email, EstablishmentId, Expected,
    FileNumber, Line, Paragraph, ParisDay, PartnerId, Price, SettlementTerms, Sheet, Sortie, SortieId, SortieState,
    VoucherNumber, Wallet,
};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> ParisDay {
    ParisDay::parse(text).unwrap()
}

pub(crate) fn words(text: &str) -> Paragraph {
    Paragraph::parse(text, 100).unwrap()
}

pub(crate) fn sheet() -> Sheet {
    let line = |text| Line::parse(text, 100).unwrap();
    Sheet {
        title: line("Le Cid"),
        description: words("Séance scolaire."),
        day: day("26/11/2026"),
        price: Price::parse("8", Campaign::of(day("26/11/2026"))).unwrap(),
        expected: Expected::parse("30").unwrap(),
        organiser: line("Mme Roux"),
        referent: line("M. Blanc"),
        terms: SettlementTerms::Actual,
    }
}

pub(crate) fn sortie(state: SortieState) -> Sortie {
    let line = |text| Line::parse(text, 100).unwrap();
    Sortie {
        id: SortieId::mint(1),
        version: 1,
        establishment: EstablishmentId::made_up(139_001),
        establishment_name: line("Lycée Marie-Curie"),
        establishment_email: Email::parse("lycee@exemple.fr").unwrap(),
        partner: PartnerId::mint(1),
        partner_name: line("Théâtre du Port"),
        partner_email: Email::parse("theatre@exemple.fr").unwrap(),
        partner_referent: None,
        sheet: sheet(),
        state,
        joined: 3,
        absent: 1,
    }
}

pub(crate) const NOON: &str = "2026-11-23T12:00:00Z";

pub(crate) fn confirmed() -> Sortie {
    sortie(SortieState::Confirmed { at: at(NOON) })
}

pub(crate) fn validated() -> Sortie {
    sortie(SortieState::Validated { at: at(NOON), voucher: VoucherNumber::mint(7) })
}

pub(crate) fn lea() -> Beneficiary {
    let line = |text| Line::parse(text, 100).unwrap();
    Beneficiary {
        id: BeneficiaryId(uuid::Uuid::nil()),
        first_name: line("Léa"),
        last_name: line("Martin"),
        birth_date: BirthDate::parse("14/05/2008", day("22/11/2026")).unwrap(),
        card: CardNumber::mint(1),
        file: FileNumber::mint(1),
        card_state: CardState::Active,
        wallet: Wallet::full(Campaign::at(at(NOON))),
    }
}
