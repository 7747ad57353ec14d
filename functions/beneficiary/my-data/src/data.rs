//! Everything that is stored about a young person, in one record: the page, the JSON and the file are the same (RGPD,
//! articles 15 and 20).

use std::collections::HashMap;

use epass_domain::{
    BeneficiaryId, BirthDate, BonPlan, CardState, DeskPayer, Envelope, ParisDay, PartnerId, Share, Standing,
    Transaction, TransactionState, Voucher,
};
use epass_store::{Beneficiaries, BonsPlans, Found, Held, Participation, Partners};
use epass_web::{App, Problem, Young, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// How many transactions are read in one round trip.
const PAGE: usize = 100;

/// How many registrations are read in one round trip, and then their bons plans in another.
const PAGE_OF_PLANS: i32 = 100;

/// How many outings are read in one round trip, and then as they are now in another.
const PAGE_OF_SORTIES: i32 = 100;

/// All of it.
#[derive(Clone, Serialize, ToSchema)]
pub struct MyData {
    /// To sign in with.
    #[schema(example = "lea-martin-0514")]
    pub identifier: String,
    /// *Prénom*.
    pub first_name: String,
    /// *Nom*.
    pub last_name: String,
    /// `2008-05-14`.
    #[schema(value_type = String)]
    pub birth_date: BirthDate,
    /// *Adresse mail*.
    pub email: String,
    /// *Téléphone*.
    pub phone: Option<String>,
    /// The situation, in the guide's words.
    #[schema(example = "Lycéen ou lycéenne")]
    pub status: &'static str,
    /// *Code postal du domicile*, or `Hors de France`.
    pub home_postcode: String,
    /// *Code postal de l'établissement*, or `Hors de France`.
    pub school_postcode: String,
    /// *Établissement*.
    pub school: String,
    /// When the card came to be.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// *N° de carte*.
    pub card: String,
    /// *N° de dossier*.
    pub file: String,
    /// `active` or `suspended`.
    #[schema(value_type = words::CardState)]
    pub card_state: CardState,
    /// Why the team suspended it, while it is suspended.
    pub suspension_reason: Option<String>,
    /// The number that the present one took the place of.
    pub replaced_card: Option<String>,
    /// `2026-2027`.
    pub campaign: String,
    /// What is left, per envelope.
    pub balances: Vec<Balance>,
    /// Those that count.
    pub vouchers: Vec<VoucherData>,
    /// All payments, latest first.
    pub transactions: Vec<TransactionData>,
    /// The bons plans that one has registered for, latest first.
    pub bons_plans: Vec<BonPlanData>,
    /// The outings that one joined, latest day first.
    pub sorties: Vec<SortieData>,
}

/// A registration for a bon plan.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyBonPlanRegistration)]
pub struct BonPlanData {
    /// *Titre*.
    pub title: String,
    /// Who offers it, and has one's name, mail and phone for it.
    pub partner: String,
    /// `in` with a place, `waiting` in line.
    #[schema(value_type = words::RegistrationStanding)]
    pub standing: Standing,
}

/// What is left in an envelope.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyBalance)]
pub struct Balance {
    /// Which.
    #[schema(value_type = words::Envelope)]
    pub envelope: Envelope,
    /// Whole cents.
    pub available_cents: u64,
}

/// A voucher.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyVoucher)]
pub struct VoucherData {
    /// Its number.
    pub number: String,
    /// The one envelope that it pays from; none for any.
    #[schema(value_type = Option<words::DeskEnvelope>)]
    pub envelope: Option<Envelope>,
    /// The first instant at which it pays nothing.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Whether it was used.
    pub used: bool,
}

/// A payment.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyTransaction)]
pub struct TransactionData {
    /// Its number.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// To whom.
    pub partner: String,
    /// From which envelope.
    #[schema(value_type = words::Envelope)]
    pub envelope: Envelope,
    /// How much, in whole cents.
    pub amount_cents: u64,
    /// `paid` or `cancelled`.
    #[schema(value_type = words::TransactionState)]
    pub state: &'static str,
}

/// An outing that one joined.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MySortieData)]
pub struct SortieData {
    /// Its code.
    pub id: String,
    /// *Nom*.
    pub title: String,
    /// *Date*.
    #[schema(value_type = String, format = Date)]
    pub day: ParisDay,
    /// Who organises it.
    pub establishment: String,
    /// Who receives it.
    pub partner: String,
    /// What one participant pays, in whole cents.
    pub price_cents: u64,
    /// What became of the price: `held`, `spent` or `given_back`.
    #[schema(value_type = words::SortieShare)]
    pub share: Share,
}

impl MyData {
    /// Puts together what was read with the session, the vouchers and the whole history.
    ///
    /// # Errors
    /// The store's.
    pub async fn gather(app: &App, young: &Young, found: &Found) -> Result<Self, Problem> {
        let Young { someone, beneficiary, profile } = young;
        let trail = Beneficiaries::trail_in(found, beneficiary.id)?;
        let vouchers = app.store.vouchers.of(profile).await?;
        let transactions = history(app, beneficiary.id).await?;
        let names = names(app, &transactions).await?;
        let balance = |envelope| Balance { envelope, available_cents: beneficiary.wallet.balance(envelope).cents() };
        let situation = &profile.situation;
        Ok(Self {
            identifier: someone.account.identifier.to_string(),
            first_name: beneficiary.first_name.to_string(),
            last_name: beneficiary.last_name.to_string(),
            birth_date: beneficiary.birth_date,
            email: profile.email.to_string(),
            phone: profile.phone.as_ref().map(ToString::to_string),
            status: situation.status.label(),
            home_postcode: situation.home.to_string(),
            school_postcode: situation.school_at.to_string(),
            school: situation.school.name.to_string(),
            registered_at: profile.registered_at,
            card: beneficiary.card.to_string(),
            file: beneficiary.file.to_string(),
            card_state: beneficiary.card_state,
            suspension_reason: trail.suspension.as_ref().map(|known| known.reason.to_string()),
            replaced_card: trail.replaced_card.as_ref().map(ToString::to_string),
            campaign: beneficiary.wallet.campaign.code(),
            balances: Envelope::ALL.map(balance).into(),
            vouchers: vouchers.into_iter().map(VoucherData::of).collect(),
            transactions: transactions.iter().map(|one| TransactionData::of(one, &names)).collect(),
            bons_plans: registrations(app, beneficiary.id).await?.iter().map(BonPlanData::of).collect(),
            sorties: participations(app, beneficiary.id).await?.iter().map(SortieData::of).collect(),
        })
    }
}

impl MyData {
    /// Whether the card pays.
    pub fn is_active(&self) -> bool {
        self.card_state == CardState::Active
    }
}

impl VoucherData {
    fn of(held: Held) -> Self {
        let Voucher { envelope, expires_at, used_by } = held.voucher;
        Self { number: held.number.to_string(), envelope, expires_at, used: used_by.is_some() }
    }
}

impl BonPlanData {
    fn of((plan, standing): &(BonPlan, Standing)) -> Self {
        let (title, partner) = (plan.content.title.to_string(), plan.partner_name.to_string());
        Self { title, partner, standing: *standing }
    }

    /// Whether one has a place.
    pub fn has_place(&self) -> bool {
        self.standing == Standing::In
    }
}

impl SortieData {
    fn of(one: &Participation) -> Self {
        let sortie = &one.sortie;
        Self {
            id: sortie.id.as_str().to_owned(),
            title: sortie.title.to_string(),
            day: sortie.day,
            establishment: sortie.establishment_name.to_string(),
            partner: sortie.partner_name.to_string(),
            price_cents: sortie.price.euros().cents(),
            share: one.presence.share(sortie.phase),
        }
    }
}

impl TransactionData {
    fn of(paid: &Transaction<DeskPayer>, names: &HashMap<PartnerId, String>) -> Self {
        Self {
            id: paid.id.to_string(),
            at: paid.at,
            partner: names.get(&paid.partner).cloned().unwrap_or_else(|| paid.partner.to_string()),
            envelope: paid.envelope,
            amount_cents: paid.amount.cents(),
            state: paid.state.code(),
        }
    }

    /// Whether the wallet has the money back.
    pub fn is_cancelled(&self) -> bool {
        self.state != TransactionState::Paid.code()
    }
}

/// All payments of somebody, latest first.
///
/// # Errors
/// The store's.
pub async fn history(app: &App, of: BeneficiaryId) -> Result<Vec<Transaction<DeskPayer>>, Problem> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = app.store.transactions.of(of, after, PAGE).await?;
        all.extend(page.transactions);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// What somebody has registered for, latest first.
///
/// # Errors
/// The store's.
pub async fn registrations(app: &App, who: BeneficiaryId) -> Result<Vec<(BonPlan, Standing)>, Problem> {
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let (page, next) = app.store.attendances.of(who, before, PAGE_OF_PLANS).await?;
        let keys: Vec<_> = page.iter().map(|one| BonsPlans::key(one.bon_plan)).collect();
        let found = if keys.is_empty() { Found::default() } else { app.store.read(&keys).await? };
        for one in page {
            all.extend(BonsPlans::in_found(&found, one.bon_plan)?.map(|plan| (plan, one.standing)));
        }
        before = next;
        if before.is_none() {
            return Ok(all);
        }
    }
}

/// The outings that somebody joined, latest day first.
///
/// # Errors
/// The store's.
pub async fn participations(app: &App, who: BeneficiaryId) -> Result<Vec<Participation>, Problem> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = app.store.sorties.of_beneficiary(who, after.as_ref(), PAGE_OF_SORTIES).await?;
        all.extend(page.participations);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// What the partners of these payments are called.
async fn names(app: &App, of: &[Transaction<DeskPayer>]) -> Result<HashMap<PartnerId, String>, Problem> {
    let mut partners: Vec<&PartnerId> = of.iter().map(|paid| &paid.partner).collect();
    partners.sort();
    partners.dedup();
    let mut names = HashMap::new();
    for some in partners.chunks(100) {
        let keys: Vec<_> = some.iter().map(|partner| Partners::key(partner)).collect();
        let found = app.store.read(&keys).await?;
        for partner in some {
            if let Some(known) = Partners::in_found(&found, partner)? {
                names.insert((*partner).clone(), known.known_as().to_string());
            }
        }
    }
    Ok(names)
}
