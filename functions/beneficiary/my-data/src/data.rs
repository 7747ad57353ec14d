//! Everything that is stored about a young person, in one record that the page, the JSON answer and the file share
//! (RGPD, articles 15 and 20).

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

/// The number of transactions read in one round trip.
const PAGE: usize = 100;

/// The number of registrations read in one round trip; their bons plans take another one.
const PAGE_OF_PLANS: i32 = 100;

/// The number of participations read in one round trip; their outings take another one.
const PAGE_OF_SORTIES: i32 = 100;

/// Everything that is stored about the young person.
#[derive(Clone, Serialize, ToSchema)]
pub struct MyData {
    /// The identifier to sign in with.
    #[schema(example = "lea-martin-0514")]
    pub identifier: String,
    /// *Prénom*.
    pub first_name: String,
    /// *Nom*.
    pub last_name: String,
    /// The birth date, `2008-05-14`.
    #[schema(value_type = String)]
    pub birth_date: BirthDate,
    /// *Adresse mail*.
    pub email: String,
    /// *Téléphone*; null when there is none.
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
    /// When the card was made.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// *N° de carte*.
    pub card: String,
    /// *N° de dossier*.
    pub file: String,
    /// The state of the card: `active` or `suspended`.
    #[schema(value_type = words::CardState)]
    pub card_state: CardState,
    /// The team's reason, while the card is suspended.
    pub suspension_reason: Option<String>,
    /// The number that the current card replaced; null when there is none.
    pub replaced_card: Option<String>,
    /// The campaign of the credit, `2026-2027`.
    pub campaign: String,
    /// The balance of each envelope.
    pub balances: Vec<Balance>,
    /// The vouchers that count towards the limit.
    pub vouchers: Vec<VoucherData>,
    /// All payments, latest first.
    pub transactions: Vec<TransactionData>,
    /// The registrations for bons plans, latest first.
    pub bons_plans: Vec<BonPlanData>,
    /// The outings that the young person joined, latest day first.
    pub sorties: Vec<SortieData>,
}

/// A registration for a bon plan.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyBonPlanRegistration)]
pub struct BonPlanData {
    /// *Titre*.
    pub title: String,
    /// The partner that offers it, which has the registrant's name, mail address and telephone number.
    pub partner: String,
    /// `in` with a place, `waiting` in the waiting list.
    #[schema(value_type = words::RegistrationStanding)]
    pub standing: Standing,
}

/// The balance of an envelope.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyBalance)]
pub struct Balance {
    /// The envelope.
    #[schema(value_type = words::Envelope)]
    pub envelope: Envelope,
    /// The balance in whole cents.
    pub available_cents: u64,
}

/// A voucher.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyVoucher)]
pub struct VoucherData {
    /// The number.
    pub number: String,
    /// The only envelope that it pays from; null when it pays from any.
    #[schema(value_type = Option<words::DeskEnvelope>)]
    pub envelope: Option<Envelope>,
    /// The instant from which it is no longer valid.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Whether it was used.
    pub used: bool,
}

/// A transaction.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MyTransaction)]
pub struct TransactionData {
    /// The number of the transaction.
    pub id: String,
    /// The instant of the payment.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The partner that was paid.
    pub partner: String,
    /// The envelope that paid.
    #[schema(value_type = words::Envelope)]
    pub envelope: Envelope,
    /// The amount in whole cents.
    pub amount_cents: u64,
    /// The state: `paid` or `cancelled`.
    #[schema(value_type = words::TransactionState)]
    pub state: &'static str,
}

/// An outing that the young person joined.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MySortieData)]
pub struct SortieData {
    /// The code of the outing.
    pub id: String,
    /// *Nom*.
    pub title: String,
    /// *Date*.
    #[schema(value_type = String, format = Date)]
    pub day: ParisDay,
    /// The establishment that organises it.
    pub establishment: String,
    /// The partner that receives it.
    pub partner: String,
    /// The price per participant, in whole cents.
    pub price_cents: u64,
    /// The outcome of the price: `held`, `spent` or `given_back`.
    #[schema(value_type = words::SortieShare)]
    pub share: Share,
}

impl MyData {
    /// Assembles the record from what was read with the session, the vouchers and the whole history.
    ///
    /// # Errors
    /// Those of the store.
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
    /// Whether the card is active.
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

    /// Whether the registrant has a place.
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

    /// Whether the payment was cancelled and the wallet has the money back.
    pub fn is_cancelled(&self) -> bool {
        self.state != TransactionState::Paid.code()
    }
}

/// All payments of a beneficiary, latest first.
///
/// # Errors
/// Those of the store.
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

/// The registrations of a beneficiary, latest first.
///
/// # Errors
/// Those of the store.
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

/// The outings that a beneficiary joined, latest day first.
///
/// # Errors
/// Those of the store.
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

/// The names of the partners of these payments.
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
