//! One young person as the team sees them: identity, card, wallet and latest transactions.

use askama::Template;
use derive_more::Deref;
use epass_domain::{
    Beneficiary, BeneficiaryId, BirthDate, Campaign, CardState, CardTrail, DeskPayer, Envelope, ParisDay, Profile,
    Reference, Status, Transaction, TransactionState, Voucher,
};
use epass_store::{Beneficiaries, Found, Partners, Profiles};
use epass_web::{App, Filled, Page, Problem, Staff, filters, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;

/// The most transactions on the sheet.
const LATEST: i32 = 10;

/// A young person as stored, with the trail of the card.
pub struct Known {
    pub beneficiary: Beneficiary,
    pub profile: Profile,
    pub trail: CardTrail,
}

impl Known {
    /// Reads the young person with this id.
    pub async fn find(app: &App, id: BeneficiaryId) -> Result<Self, Problem> {
        let found = app.store.read(&[Beneficiaries::key(id), Profiles::key(id)]).await?;
        let beneficiary = Beneficiaries::in_found(&found, id)?.ok_or(Problem::not_found())?;
        let profile = Profiles::in_found(&found, id)?.ok_or(Problem::not_found())?;
        Ok(Self { beneficiary, profile, trail: Beneficiaries::trail_in(&found, id)? })
    }
}

/// The page of one young person, with the forms that change the card.
#[derive(Template, Deref)]
#[template(path = "sheet.html")]
pub struct SheetPage {
    pub page: Page,
    pub form: Filled,
    #[deref]
    body: BeneficiarySheet,
}

/// One young person.
#[derive(Serialize, ToSchema)]
pub struct BeneficiarySheet {
    /// The id.
    id: String,
    /// *Prénom*.
    first_name: String,
    /// *Nom*.
    last_name: String,
    /// The birth date, `2008-05-14`.
    #[schema(value_type = String)]
    birth_date: BirthDate,
    /// The current age in whole years.
    age: i16,
    /// *N° de carte*.
    card: String,
    /// *N° de dossier*.
    file: String,
    /// Whether the card is suspended.
    suspended: bool,
    /// The reason and the beginning of the suspension; null while the card is active.
    suspension: Option<CardSuspension>,
    /// The end of the number that this card replaced; null when there is none.
    replaced_card: Option<String>,
    /// The campaign of the credit.
    #[schema(value_type = String, example = "2026-2027")]
    campaign: Campaign,
    /// Whether that campaign has ended: the credit is not valid until the e-PASS is renewed.
    over: bool,
    /// The balance of each envelope.
    balances: Vec<CardBalance>,
    /// The identifier to sign in with.
    identifier: String,
    /// *Adresse mail*.
    email: String,
    /// *Téléphone portable*; null when there is none.
    phone: Option<String>,
    /// `high_school`, `apprentice`, `health_or_social` or `trainee`.
    #[schema(value_type = words::YoungStatus)]
    status: Status,
    /// *Code postal du domicile*, or `Hors de France`.
    home_postcode: String,
    /// *Code postal de l'établissement*, or `Hors de France`.
    school_postcode: String,
    /// The school.
    school: String,
    /// The UAI of the school; null when it was not selected from the list.
    school_uai: Option<String>,
    /// When the card was made.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
    /// The vouchers that are live or may become live again. Their numbers are masked, because a whole number pays.
    vouchers: Vec<VoucherShown>,
    /// The latest transactions, newest first; at most ten.
    transactions: Vec<BeneficiaryTransaction>,
}

/// The reason and the beginning of a suspension.
#[derive(Serialize, ToSchema)]
struct CardSuspension {
    /// The team's reason, as it was mailed.
    reason: String,
    /// When the suspension began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The balance of an envelope.
#[derive(Serialize, ToSchema)]
struct CardBalance {
    /// The envelope: `reading`, `cinema`, `performance` or `outing`.
    #[schema(value_type = words::Envelope)]
    envelope: Envelope,
    /// The balance, in cents.
    left_cents: u64,
    /// The campaign's credit, in cents.
    dotation_cents: u64,
}

/// A voucher.
#[derive(Serialize, ToSchema)]
struct VoucherShown {
    /// The end of its number.
    #[schema(example = "•••• 7KQ2")]
    masked: String,
    /// The only envelope that it pays from; null when it pays from any.
    #[schema(value_type = Option<words::DeskEnvelope>)]
    envelope: Option<Envelope>,
    /// The state: `live`, `used` or `expired`.
    #[schema(value_type = words::VoucherState)]
    state: &'static str,
    /// The instant from which it is no longer valid.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// A transaction.
#[derive(Serialize, ToSchema)]
struct BeneficiaryTransaction {
    /// The instant of the payment.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The name of the partner that was paid.
    partner: String,
    /// The partner's *numéro de dossier*.
    partner_number: String,
    /// The kind and the end of the number that was presented.
    reference: String,
    /// The envelope: `reading`, `cinema`, `performance` or `outing`.
    #[schema(value_type = words::Envelope)]
    envelope: Envelope,
    /// The amount in cents.
    amount_cents: u64,
    /// The state: `paid` or `cancelled`.
    #[schema(value_type = words::TransactionState)]
    state: &'static str,
}

impl SheetPage {
    /// Reads the rest of the sheet of a young person.
    pub async fn of(app: &App, staff: &Staff, known: &Known) -> Result<Self, Problem> {
        let of = &known.beneficiary;
        let page = staff.page(format!("{} {}", of.first_name, of.last_name), HERE);
        Ok(Self { page, form: Filled::default(), body: BeneficiarySheet::of(app, known).await? })
    }
}

impl BeneficiarySheet {
    /// Reads the latest transactions, the names of their partners, and the vouchers.
    async fn of(app: &App, known: &Known) -> Result<Self, Problem> {
        let Known { beneficiary, profile, .. } = known;
        let latest = app.store.transactions.latest_of(beneficiary.id, LATEST).await?;
        let partners = latest.iter().map(|one| Partners::key(&one.partner));
        let numbers: Vec<Reference> = profile.vouchers.iter().cloned().map(Reference::Voucher).collect();
        let keys: Vec<_> = partners.chain(numbers.iter().map(Beneficiaries::reference_key)).collect();
        let found = if keys.is_empty() { Found::default() } else { app.store.read(&keys).await? };
        let now = app.now();
        let mut sheet = Self::alone(known, now);
        for number in &numbers {
            let voucher = Beneficiaries::reference_in(&found, number)?.and_then(|entry| entry.voucher);
            sheet.vouchers.extend(voucher.map(|voucher| VoucherShown::of(number, &voucher, now)));
        }
        for one in &latest {
            let partner = Partners::in_found(&found, &one.partner)?;
            let name = partner.map_or_else(|| one.partner.to_string(), |partner| partner.known_as().to_string());
            sheet.transactions.push(BeneficiaryTransaction::of(one, name));
        }
        Ok(sheet)
    }

    /// The sheet without transactions and vouchers.
    fn alone(known: &Known, now: Timestamp) -> Self {
        let Known { beneficiary, profile, trail } = known;
        let wallet = &beneficiary.wallet;
        let balance = |envelope: Envelope| CardBalance {
            envelope,
            left_cents: wallet.balance(envelope).cents(),
            dotation_cents: wallet.campaign.dotation(envelope).cents(),
        };
        let suspension = trail.suspension.as_ref();
        let replaced = trail.replaced_card.clone().map(|card| Reference::Card(card).masked());
        Self {
            id: beneficiary.id.to_string(),
            first_name: beneficiary.first_name.to_string(),
            last_name: beneficiary.last_name.to_string(),
            birth_date: beneficiary.birth_date,
            age: beneficiary.birth_date.age_on(ParisDay::of(now)),
            card: beneficiary.card.to_string(),
            file: beneficiary.file.to_string(),
            suspended: beneficiary.card_state == CardState::Suspended,
            suspension: suspension.map(|why| CardSuspension { reason: why.reason.to_string(), at: why.at }),
            replaced_card: replaced,
            campaign: wallet.campaign,
            over: beneficiary.is_over(now),
            balances: Envelope::ALL.map(balance).into(),
            identifier: profile.account.to_string(),
            email: profile.email.to_string(),
            phone: profile.phone.as_ref().map(ToString::to_string),
            status: profile.situation.status,
            home_postcode: profile.situation.home.to_string(),
            school_postcode: profile.situation.school_at.to_string(),
            school: profile.situation.school.name.to_string(),
            school_uai: profile.situation.school.establishment.as_ref().map(ToString::to_string),
            registered_at: profile.registered_at,
            vouchers: Vec::new(),
            transactions: Vec::new(),
        }
    }
}

impl VoucherShown {
    fn of(number: &Reference, voucher: &Voucher, now: Timestamp) -> Self {
        Self {
            masked: number.masked(),
            envelope: voucher.envelope,
            state: match voucher.live(now) {
                Ok(()) => "live",
                Err(_) if voucher.used_by.is_some() => "used",
                Err(_) => "expired",
            },
            expires_at: voucher.expires_at,
        }
    }
}

impl BeneficiaryTransaction {
    fn of(one: &Transaction<DeskPayer>, partner: String) -> Self {
        Self {
            at: one.at,
            partner,
            partner_number: one.partner.to_string(),
            reference: format!("{} {}", one.payer.reference.kind_label(), one.payer.reference.masked()),
            envelope: one.envelope,
            amount_cents: one.amount.cents(),
            state: TransactionState::code(one.state),
        }
    }
}
