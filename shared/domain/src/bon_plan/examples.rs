//! Bons plans for tests.

use jiff::Timestamp;
use uuid::Uuid;

use crate::convention::examples::validated_partner;
use crate::{
    BonPlan, BonPlanDraft, BonPlanId, ClockTime, Content, Dates, DraftText, Envelope, Hours, Line, Offer, Paragraph,
    ParisDay, Partner, Place, Places, Postcode, RegistrationTerms, Slot,
};

pub(crate) fn day(text: &str) -> ParisDay {
    ParisDay::parse(text).unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text, 100).unwrap()
}

/// Saturday and Sunday, from 16:00 to 18:00.
pub(crate) fn dates() -> Dates {
    let hours = Hours::new(ClockTime::parse("16:00").unwrap(), ClockTime::parse("18:00").unwrap()).unwrap();
    let slot = Slot::new(day("28/11/2026"), day("29/11/2026"), Some(hours)).unwrap();
    Dates::new(vec![slot], now()).unwrap()
}

pub(crate) fn content() -> Content {
    Content {
        title: line("Rencontre avec une autrice"),
        description: Paragraph::parse("Une heure de lecture.", 100).unwrap(),
        envelope: Envelope::Reading,
        place: Place {
            name: line("Librairie des Lices"),
            street: None,
            postcode: Postcode::parse("13001").unwrap(),
            commune: line("Marseille"),
        },
        dates: dates(),
        times: Some(line("ouverture des portes à 15 h 30")),
        offer: Offer::Free,
        minimum_age: None,
        access_conditions: None,
        how_to_book: None,
        accompanied: false,
        places: Some(Places::try_from(2).unwrap()),
        registration: Some(RegistrationTerms::new(None, &dates()).unwrap()),
    }
}

pub(crate) fn typed(text: &str) -> DraftText {
    DraftText::Typed(text.to_owned())
}

pub(crate) fn draft(partner: &Partner) -> BonPlanDraft {
    BonPlanDraft::new(BonPlanId(Uuid::nil()), partner.id.clone(), line("Brouillon"), typed("{}"))
}

pub(crate) fn submitted() -> BonPlan {
    let partner = validated_partner(&[Envelope::Reading]);
    draft(&partner).send(content(), None, &partner, now()).unwrap()
}
