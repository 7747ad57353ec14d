//! Outings on the stage.

use epass_domain::{
    Beneficiary, BeneficiaryId, Campaign, Did, Email, Establishment, Expected, FileNumber, Line, Paragraph, ParisDay,
    Participant, Party, Presence, Price, SettlementTerms, Sheet, Sortie, SortieState, Step, Transaction, VoucherNumber,
};
use epass_store::Settled;
use epass_web::mint;
use uuid::Uuid;

use crate::stage::{Shop, Stage};

/// Changes to the sheet of an outing, in words that read in a test.
pub trait Trip {
    /// On this day.
    #[must_use]
    fn on(self, day: &str) -> Self;
    /// At so many cents a head.
    #[must_use]
    fn at_cents(self, cents: u64) -> Self;
    /// Settled *au forfait*.
    #[must_use]
    fn flat(self) -> Self;
}

impl Trip for Sheet {
    fn on(self, day: &str) -> Self {
        Self { day: ParisDay::parse(day).unwrap(), ..self }
    }

    fn at_cents(self, cents: u64) -> Self {
        let text = format!("{},{:02}", cents / 100, cents % 100);
        Self { price: Price::parse(&text, self.campaign()).unwrap(), ..self }
    }

    fn flat(self) -> Self {
        Self { terms: SettlementTerms::Flat, ..self }
    }
}

/// Outings, without HTTP.
impl Stage {
    /// What the sheet of an outing says unless a test says otherwise: Thursday 26 November 2026, 8 €, *au réalisé*.
    pub fn sheet(&self) -> Sheet {
        let line = |text| Line::parse(text, 100).unwrap();
        let day = ParisDay::parse("26/11/2026").unwrap();
        Sheet {
            title: line("Le Cid, séance scolaire"),
            description: Paragraph::parse("Une heure quarante.\nRencontre avec la troupe.", 1_000).unwrap(),
            day,
            price: Price::parse("8", Campaign::of(day)).unwrap(),
            expected: Expected::parse("30").unwrap(),
            organiser: line("Mme Roux"),
            referent: line("M. Blanc"),
            terms: SettlementTerms::Actual,
        }
    }

    /// An outing that waits for the partner.
    pub async fn asked(&self, school: &Establishment, shop: &Shop, sheet: Sheet) -> Sortie {
        let now = self.house.clock.now();
        let sortie = Sortie::submitted(mint::sortie_id(), (school, &shop.partner), sheet, now).unwrap();
        let step = self.step(Party::Establishment, Did::Requested);
        assert!(self.house.store().sorties.submit(&sortie, &step, &[]).await.unwrap());
        sortie
    }

    /// An outing that pupils may join.
    pub async fn confirmed(&self, school: &Establishment, shop: &Shop, sheet: Sheet) -> Sortie {
        let asked = self.asked(school, shop, sheet).await;
        let confirmed = asked.clone().confirm(&shop.partner, 1, self.house.clock.now()).unwrap();
        self.change(&asked, confirmed, Party::Partner, Did::Confirmed).await
    }

    /// The establishment freezes the list; gives the outing and its voucher.
    pub async fn validated(&self, sortie: &Sortie) -> (Sortie, VoucherNumber) {
        let sortie = self.outing(sortie).await;
        let voucher = mint::voucher_number();
        let validated = sortie.clone().validate(voucher.clone(), self.house.clock.now()).unwrap();
        let did = Did::Validated { joined: sortie.joined };
        (self.change(&sortie, validated, Party::Establishment, did).await, voucher)
    }

    /// The partner settles a validated outing; gives its transaction.
    pub async fn settled(&self, shop: &Shop, sortie: &Sortie, voucher: &VoucherNumber) -> Transaction {
        let (sortie, now) = (self.outing(sortie).await, self.house.clock.now());
        let settlement = sortie.clone().settle(&shop.partner, voucher, mint::transaction_id(now), now).unwrap();
        let step = self.step(Party::Partner, Did::Settled { present: settlement.present(), absent: sortie.absent });
        let settled = self.house.store().sorties.settle(&sortie, &settlement, &step, &[]).await.unwrap();
        assert!(matches!(settled, Settled::Now));
        settlement.transaction().clone()
    }

    /// The establishment cancels; nobody has the money back yet.
    pub async fn cancelled(&self, sortie: &Sortie) -> Sortie {
        let sortie = self.outing(sortie).await;
        let reason = Paragraph::parse("Le car est en panne.", 100).unwrap();
        let cancelled = sortie.clone().cancel(reason.clone(), self.house.clock.now()).unwrap();
        self.change(&sortie, cancelled, Party::Establishment, Did::Cancelled { reason }).await
    }

    async fn change(&self, before: &Sortie, after: Sortie, by: Party, did: Did) -> Sortie {
        let step = self.step(by, did);
        self.house.store().sorties.change(before, &after, &step, &[]).await.unwrap().unwrap();
        after
    }

    /// A line of a timeline.
    pub fn step(&self, by: Party, did: Did) -> Step {
        let now = self.house.clock.now();
        Step { id: mint::step_id(now), at: now, by, who: Line::parse("Quelqu’un", 100).unwrap(), did }
    }

    /// An outing as stored now.
    pub async fn outing(&self, sortie: &Sortie) -> Sortie {
        self.house.store().sorties.find(&sortie.id).await.unwrap().unwrap()
    }

    /// Who is on the list of an outing now.
    pub async fn participants(&self, sortie: &Sortie) -> Vec<Participant> {
        self.house.store().sorties.participants(&sortie.id).await.unwrap()
    }

    /// A young person joins.
    pub async fn joins(&self, sortie: &Sortie, young: &Beneficiary) {
        let (young, now) = (self.as_stored(young).await, self.house.clock.now());
        let hold = self.outing(sortie).await.admit(&young, self.email_of(&young).await, now).unwrap();
        let step = self.step(Party::Beneficiary, Did::Joined);
        self.house.store().sorties.join(sortie, &hold, &step).await.unwrap().unwrap();
    }

    async fn email_of(&self, young: &Beneficiary) -> Email {
        self.house.store().profiles.find(young.id).await.unwrap().unwrap().email
    }

    /// A validated outing with so many participants that are nobody's wallets: for what depends on their number alone.
    pub async fn crowded(
        &self,
        school: &Establishment,
        shop: &Shop,
        sheet: Sheet,
        count: u32,
    ) -> (Sortie, VoucherNumber) {
        let now = self.house.clock.now();
        let asked = Sortie::submitted(mint::sortie_id(), (school, &shop.partner), sheet, now).unwrap();
        let voucher = mint::voucher_number();
        let state = SortieState::Validated { at: now, voucher: voucher.clone() };
        let sortie = Sortie { state, joined: count, ..asked };
        let participants: Vec<Participant> = (0..count).map(|number| stranger(number, now)).collect();
        let step = self.step(Party::Establishment, Did::Validated { joined: count });
        self.house.store().sorties.import(&sortie, &participants, &[step]).await.unwrap();
        (sortie, voucher)
    }
}

fn stranger(number: u32, now: jiff::Timestamp) -> Participant {
    Participant {
        beneficiary: BeneficiaryId(Uuid::from_u128(0xE000_0000 + u128::from(number))),
        first_name: Line::parse("Inès", 100).unwrap(),
        last_name: Line::parse(&format!("Roux {number:03}"), 100).unwrap(),
        file: FileNumber::mint(u64::from(number)),
        email: Some(Email::parse(&format!("eleve{number}@example.org")).unwrap()),
        joined_at: now,
        presence: Presence::Present,
    }
}
