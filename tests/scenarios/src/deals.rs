//! Bons plans on the stage.

use epass_domain::{
    Account, Beneficiary, BeneficiaryId, BonPlan, BonPlanDraft, ClockTime, Content, Dates, DraftText, Hours, Line,
    MinimumAge, Offer, Paragraph, ParisDay, Place, Places, Postcode, RegistrationTerms, Slot, Standing,
};
use epass_web::mint;
use epass_web::passwords::Opened;
use serde_json::{Value, json};

use crate::http::{Answer, Http};
use crate::stage::{Shop, Stage};

/// Changes to the content of a bon plan, in words that read in a test.
pub trait Deal {
    /// So many places, with registration.
    #[must_use]
    fn places(self, places: u32) -> Self;
    /// From day to day, each from four to six in the afternoon, registration until the first.
    #[must_use]
    fn days(self, first: &str, last: &str) -> Self;
    /// These dates, registration until the day on which the last one begins.
    #[must_use]
    fn dates(self, slots: Vec<Slot>) -> Self;
    /// In this commune.
    #[must_use]
    fn commune(self, name: &str) -> Self;
    /// Not below this age.
    #[must_use]
    fn at_least(self, years: u8) -> Self;
}

impl Deal for Content {
    fn places(self, places: u32) -> Self {
        let registration = Some(RegistrationTerms::new(None, &self.dates).unwrap());
        Self { places: Some(Places::try_from(places).unwrap()), registration, ..self }
    }

    fn days(self, first: &str, last: &str) -> Self {
        let dates = announced(vec![slot(first, last, "16:00", "18:00")]);
        let registration = self.registration.map(|_| RegistrationTerms::new(None, &dates).unwrap());
        Self { dates, registration, ..self }
    }

    fn dates(self, slots: Vec<Slot>) -> Self {
        let dates = announced(slots);
        let registration = self.registration.map(|_| RegistrationTerms::new(Some(dates.last_day()), &dates).unwrap());
        Self { dates, registration, ..self }
    }

    fn commune(self, name: &str) -> Self {
        let place = Place { commune: Line::parse(name, 50).unwrap(), ..self.place };
        Self { place, ..self }
    }

    fn at_least(self, years: u8) -> Self {
        Self { minimum_age: Some(MinimumAge::try_from(years).unwrap()), ..self }
    }
}

/// One date; whole days where the begin is empty.
pub fn slot(first: &str, last: &str, begin: &str, end: &str) -> Slot {
    let day = |text| ParisDay::parse(text).unwrap();
    let time = |text| ClockTime::parse(text).unwrap();
    let hours = (!begin.is_empty()).then(|| Hours::new(time(begin), time(end)).unwrap());
    Slot::new(day(first), day(last), hours).unwrap()
}

/// These dates, announced before the first of them.
pub fn announced(slots: Vec<Slot>) -> Dates {
    let before = slots.iter().map(Slot::begins_at).min().unwrap() - jiff::SignedDuration::from_hours(24);
    Dates::new(slots, before).unwrap()
}

/// Bons plans.
impl Stage {
    /// What a bon plan of this shop's says unless a test says otherwise: free, Saturday from four to six in Marseille, no
    /// registration.
    pub fn content(&self, shop: &Shop) -> Content {
        let line = |text| Line::parse(text, 100).unwrap();
        Content {
            title: line("Rencontre avec une autrice"),
            description: Paragraph::parse("Une heure de lecture à voix haute.\nPuis un goûter.", 1_000).unwrap(),
            envelope: shop.partner.in_force().unwrap().envelopes[0],
            place: Place {
                name: line("Librairie des Lices"),
                street: Some(line("1 rue des Lices")),
                postcode: Postcode::parse("13001").unwrap(),
                commune: line("Marseille"),
            },
            dates: announced(vec![slot("28/11/2026", "28/11/2026", "16:00", "18:00")]),
            times: Some(line("ouverture des portes à 15 h 30")),
            offer: Offer::Free,
            minimum_age: None,
            access_conditions: None,
            how_to_book: Some(Paragraph::parse("Entrée libre avec la carte e-PASS JEUNES.", 1_000).unwrap()),
            accompanied: true,
            places: None,
            registration: None,
        }
    }

    /// A bon plan that waits for the team.
    pub async fn submitted(&self, shop: &Shop, content: Content) -> BonPlan {
        let plan = self.sent(shop, content);
        self.house.store().bons_plans.create(&plan, &[]).await.unwrap();
        plan
    }

    /// A published bon plan.
    pub async fn published(&self, shop: &Shop, content: Content) -> BonPlan {
        let plan = self.sent(shop, content).publish(self.house.clock.now()).unwrap();
        self.house.store().bons_plans.import(&plan).await.unwrap();
        plan
    }

    fn sent(&self, shop: &Shop, content: Content) -> BonPlan {
        let now = self.house.clock.now();
        let (id, name) = (mint::bon_plan_id(now), content.title.clone());
        let text = DraftText::Copied { content: Box::new(content.clone()), picture: None };
        BonPlanDraft::new(id, shop.partner.id.clone(), name, text).send(content, None, &shop.partner, now).unwrap()
    }
}

/// A young person who signed in, without the time that a password takes.
#[derive(Clone, Debug)]
pub struct Visitor {
    http: Http,
    account: Account,
    token: String,
    /// Who.
    pub id: BeneficiaryId,
    /// Where mails go.
    pub email: String,
}

impl Visitor {
    /// Somebody of eighteen, near enough.
    pub async fn come(stage: &Stage) -> Self {
        Self::of(stage, |_| {}).await
    }

    /// Somebody changed so.
    pub async fn of(stage: &Stage, change: impl FnOnce(&mut Beneficiary)) -> Self {
        let young = stage.young_with(change).await;
        let account = stage.account_of(&young).await;
        let token =
            stage.house.app("account-login").unwrap().begin_session(&account, Opened::Chosen).await.unwrap().token;
        let profile = stage.house.store().profiles.find(young.id).await.unwrap().unwrap();
        Self { http: stage.http(), id: young.id, account, token, email: profile.email.to_string() }
    }

    /// Posts nothing but the click.
    pub async fn post(&self, path: &str) -> Answer {
        self.http.post_json(path, Some(&self.token), &json!({})).await
    }

    /// Signs in once more, after a while.
    pub async fn returns(&mut self, stage: &Stage) {
        self.token = token(stage, &self.account).await;
    }

    /// The sign-in.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Registers.
    pub async fn join(&self, plan: &BonPlan) -> Answer {
        self.post(&format!("/bons-plans/{}/inscription", plan.id)).await
    }

    /// Leaves the list.
    pub async fn leave(&self, plan: &BonPlan) -> Answer {
        self.post(&format!("/bons-plans/{}/desinscription", plan.id)).await
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Value {
        let request = self.http.request(axum::http::Method::GET, path);
        let request = request.header("authorization", format!("Bearer {}", self.token));
        self.http.send(request, "").await.is(200).json()
    }

    /// The page of one, as JSON.
    pub async fn sees(&self, plan: &BonPlan) -> Value {
        self.get(&format!("/bons-plans/{}", plan.id)).await
    }

    /// `in`, `waiting`, or nothing.
    pub async fn standing(&self, plan: &BonPlan) -> String {
        self.sees(plan).await["registration"]["standing"].as_str().unwrap_or_default().to_owned()
    }
}

async fn token(stage: &Stage, account: &Account) -> String {
    stage.house.app("account-login").unwrap().begin_session(account, Opened::Chosen).await.unwrap().token
}

/// What becomes of them.
impl Stage {
    /// So many young people.
    pub async fn visitors(&self, count: usize) -> Vec<Visitor> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(Visitor::come(self).await);
        }
        all
    }

    /// What anybody finds in the list.
    pub async fn listed(&self, query: &str) -> Vec<Value> {
        let request = self.http().request(axum::http::Method::GET, &format!("/bons-plans?{query}"));
        let answer = self.http().send(request.header("accept", "application/json"), "").await.is(200);
        answer.json()["bons_plans"].as_array().unwrap().clone()
    }

    /// How many have a place, and how many wait.
    pub async fn attendance(&self, plan: &BonPlan) -> (u32, u32) {
        let terms = self.house.store().attendances.terms(plan.id).await.unwrap().unwrap();
        (terms.taken, terms.waiting)
    }

    /// Everybody on a list, in its order.
    pub async fn on_the_list(&self, plan: &BonPlan, standing: Standing) -> Vec<BeneficiaryId> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.house.store().attendances.list(plan.id, standing, after, 100).await.unwrap();
            all.extend(page.attendees.iter().map(|one| one.beneficiary));
            match page.next {
                Some(next) => after = Some(next),
                None => return all,
            }
        }
    }

    /// The mails that tell of a place, by address.
    pub async fn told_of_a_place(&self) -> Vec<String> {
        let mails = self.mails().await;
        mails.into_iter().filter(|mail| mail.subject.contains("Une place s’est libérée")).map(|mail| mail.to).collect()
    }
}
