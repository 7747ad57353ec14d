//! Whatever everybody does, in whatever order, the money of outings adds up: for every pupil what is available, held and spent
//! is what the campaign credited, no envelope goes below nothing, a partner is owed the price of who was present, and what
//! was held ends spent or given back.

use background_housekeeping::Chore;
use epass_domain::{Envelope, Payer, Share, Sortie, SortieState, Transaction, TransactionState};
use epass_scenarios::{Answer, Http, Shop, Stage, Trip, Visitor};
use epass_store::transactions::Asked;
use epass_web::passwords::Opened;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

const CREDITED: u64 = 10_00;
/// Two of them are more than an envelope holds, the third fits beside either.
const PRICES: [u64; 3] = [6_00, 4_50, 3_00];
const PUPILS: usize = 4;

/// What somebody does: which pupil, which outing.
#[derive(Clone, Copy, Debug)]
enum Act {
    Join(usize, usize),
    Leave(usize, usize),
    TakeOff(usize, usize),
    Validate(usize),
    Absent(usize, usize),
    Present(usize, usize),
    Settle(usize),
    SettleWrongly(usize),
    Reopen(usize),
    Cancel(usize),
    Housekeeping,
}

fn act() -> impl Strategy<Value = Act> {
    let both = || (0..PUPILS, 0..PRICES.len());
    let outing = || 0..PRICES.len();
    prop_oneof![
        8 => both().prop_map(|(pupil, outing)| Act::Join(pupil, outing)),
        3 => both().prop_map(|(pupil, outing)| Act::Leave(pupil, outing)),
        1 => both().prop_map(|(pupil, outing)| Act::TakeOff(pupil, outing)),
        2 => outing().prop_map(Act::Validate),
        4 => both().prop_map(|(pupil, outing)| Act::Absent(pupil, outing)),
        4 => both().prop_map(|(pupil, outing)| Act::Present(pupil, outing)),
        2 => outing().prop_map(Act::Settle),
        1 => outing().prop_map(Act::SettleWrongly),
        2 => outing().prop_map(Act::Reopen),
        1 => outing().prop_map(Act::Cancel),
        1 => Just(Act::Housekeeping),
    ]
}

#[test]
fn whatever_everybody_does_the_money_adds_up() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let acts = proptest::collection::vec(act(), 30..90);
    let played = TestRunner::new(config).run(&acts, |acts| runtime.block_on(world.play(&acts)));
    played.unwrap_or_else(|broken| panic!("{broken}"));
}

/// A school, a theatre, and their sign-ins.
struct World {
    stage: Stage,
    shop: Shop,
    school: epass_domain::Establishment,
    partner: String,
    teacher: String,
}

/// Pupils before outings of the day.
struct Play<'a> {
    world: &'a World,
    pupils: Vec<Visitor>,
    outings: Vec<Sortie>,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::set().await; // Tuesday 24 November 2026
        let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
        let door = stage.house.app("account-login").unwrap();
        let teacher = stage.account_of_school(&school).await;
        let teacher = door.begin_session(&teacher, Opened::Chosen).await.unwrap().token;
        let partner = door.begin_session(&shop.account, Opened::Chosen).await.unwrap().token;
        Self { stage, shop, school, partner, teacher }
    }

    async fn play(&self, acts: &[Act]) -> Result<(), TestCaseError> {
        let mut outings = Vec::new();
        for price in PRICES {
            let sheet = self.stage.sheet().on("24/11/2026").at_cents(price);
            outings.push(self.stage.confirmed(&self.school, &self.shop, sheet).await);
        }
        let play = Play { world: self, pupils: self.stage.visitors(PUPILS).await, outings };
        for act in acts {
            let answer = play.act(*act).await;
            prop_assert!(answer.is_none_or(|answer| answer.status < 500), "{act:?}");
            play.adds_up().await?;
        }
        play.ends().await
    }
}

impl Play<'_> {
    async fn act(&self, act: Act) -> Option<Answer> {
        let young = |pupil: usize, outing: usize, what: &str| {
            let path = format!("/sorties/{}/{what}", self.code(outing));
            let pupil = self.pupils[pupil].clone();
            async move { pupil.post(&path).await }
        };
        let at_door = |pupil: usize, outing: usize, what: &str| {
            let path = format!("/mes-sorties/{}/{what}/{}", self.code(outing), self.pupils[pupil].id);
            async move { self.post(&self.world.partner, &path, json!({})).await }
        };
        Some(match act {
            Act::Join(pupil, outing) => young(pupil, outing, "inscription").await,
            Act::Leave(pupil, outing) => young(pupil, outing, "desinscription").await,
            Act::TakeOff(pupil, outing) => {
                let what = format!("participants/{}/retrait", self.pupils[pupil].id);
                self.school(outing, &what, json!({})).await
            }
            Act::Validate(outing) => self.school(outing, "validation", json!({})).await,
            Act::Cancel(outing) => {
                self.school(outing, "annulation", json!({ "cancellation_reason": "Le car est en panne." })).await
            }
            Act::Absent(pupil, outing) => at_door(pupil, outing, "absents").await,
            Act::Present(pupil, outing) => at_door(pupil, outing, "presents").await,
            Act::Settle(outing) => self.settle(outing, &self.voucher(outing).await?).await,
            Act::SettleWrongly(outing) => self.settle(outing, "00000000000").await,
            Act::Reopen(outing) => {
                let SortieState::Settled { transaction, .. } = self.outing(outing).await.state else { return None };
                self.post(&self.world.partner, &format!("/transactions/{transaction}/annulation"), json!({})).await
            }
            Act::Housekeeping => {
                self.world.stage.house.housekeeping().unwrap().handle(Chore::Release).await.unwrap();
                return None;
            }
        })
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        let http: Http = self.world.stage.http();
        http.post_json(path, Some(token), &body).await
    }

    async fn school(&self, outing: usize, what: &str, body: Value) -> Answer {
        let path = format!("/etablissement/sorties/{}/{what}", self.code(outing));
        self.post(&self.world.teacher, &path, body).await
    }

    async fn settle(&self, outing: usize, voucher: &str) -> Answer {
        let path = format!("/mes-sorties/{}/encaissement", self.code(outing));
        self.post(&self.world.partner, &path, json!({ "voucher_number": voucher })).await
    }

    fn code(&self, outing: usize) -> String {
        self.outings[outing].id.as_str().to_owned()
    }

    async fn outing(&self, outing: usize) -> Sortie {
        self.world.stage.outing(&self.outings[outing]).await
    }

    /// The number that the establishment has in hand, once there is one.
    async fn voucher(&self, outing: usize) -> Option<String> {
        match self.outing(outing).await.state {
            SortieState::Validated { voucher, .. } | SortieState::Settled { voucher, .. } => {
                Some(voucher.as_str().to_owned())
            }
            _ => None,
        }
    }

    /// The invariants, of what is stored.
    async fn adds_up(&self) -> Result<(), TestCaseError> {
        let stage = &self.world.stage;
        let transactions = self.transactions().await;
        let mut shares: Vec<(epass_domain::BeneficiaryId, Share, u64)> = Vec::new();
        for outing in &self.outings {
            let (sortie, list) = (stage.outing(outing).await, stage.participants(outing).await);
            let phase = sortie.state.phase();
            prop_assert_eq!(sortie.joined as usize, list.len(), "the counter is the list's");
            if phase != epass_domain::Phase::Cancelled {
                let present = list.iter().filter(|one| one.presence.share(phase) != Share::GivenBack).count();
                prop_assert_eq!(sortie.present() as usize, present);
            }
            let price = sortie.sheet.price.euros().cents();
            shares.extend(list.iter().map(|one| (one.beneficiary, one.presence.share(phase), price)));
            prop_assert_eq!(owed(&transactions, &sortie), captured(&sortie));
        }
        for pupil in &self.pupils {
            let wallet = stage.house.store().beneficiaries.find(pupil.id).await.unwrap().unwrap().wallet;
            let out = |share: Share| -> u64 {
                shares.iter().filter(|(who, is, _)| (*who, *is) == (pupil.id, share)).map(|(.., price)| price).sum()
            };
            let available = wallet.balance(Envelope::Outing).cents();
            prop_assert_eq!(available + out(Share::Held) + out(Share::Spent), CREDITED);
            for other in Envelope::DESK {
                prop_assert_eq!(wallet.balance(other), wallet.campaign.dotation(other), "envelopes never mix");
            }
        }
        Ok(())
    }

    /// The partner's transactions, of this play and of those before.
    async fn transactions(&self) -> Vec<Transaction> {
        let asked = Asked::all(self.world.shop.partner.id.clone());
        self.world.stage.house.store().transactions.history(&asked, None, 10_000).await.unwrap().transactions
    }

    /// Every outing comes to its end: settled if it can be, or else cancelled. Then nothing is held any more.
    async fn ends(&self) -> Result<(), TestCaseError> {
        for outing in 0..self.outings.len() {
            if let Some(voucher) = self.voucher(outing).await {
                self.settle(outing, &voucher).await;
            }
            self.act(Act::Cancel(outing)).await;
        }
        self.act(Act::Housekeeping).await;
        self.adds_up().await?;
        for outing in &self.outings {
            let phase = self.world.stage.outing(outing).await.state.phase();
            for one in self.world.stage.participants(outing).await {
                prop_assert_ne!(one.presence.share(phase), Share::Held, "{} is left", phase);
            }
        }
        Ok(())
    }
}

/// What an outing's state says that its partner is owed.
fn captured(sortie: &Sortie) -> u64 {
    match sortie.state {
        SortieState::Settled { .. } => sortie.total().cents(),
        _ => 0,
    }
}

/// What the partner's transactions say.
fn owed(transactions: &[Transaction], sortie: &Sortie) -> u64 {
    let is_of_it = |one: &&Transaction| {
        one.state == TransactionState::Paid && matches!(&one.payer, Payer::Outing(payer) if payer.sortie == sortie.id)
    };
    transactions.iter().filter(is_of_it).map(|one| one.amount.cents()).sum()
}
