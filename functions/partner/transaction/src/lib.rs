//! *Je réalise une transaction* (guide §7.1): look the beneficiary up, check the name, debit the wallet once.

mod form;
mod proof;

use askama::Template;
use axum::extract::State;
use epass_domain::{
    Beneficiary, Counter, DeskPayer, Envelope, ParisDay, Pay, Payment, Refusal, Ticket, Transaction, Validated,
    Voucher, WRONG_LOOK_UPS_AN_HOUR,
};
use epass_store::{Beneficiaries, Counted, Counters, Found, Paid, Transactions};
use epass_web::{
    Access, App, Caller, Desk, Filled, Input, Kind, Page, Problem, ProblemBody, Reply, Room, Told, filters, mint,
    routes, words,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{LookUp, LookUpForm, PayForm};

use proof::Proof;

const TITLE: &str = "Je réalise une transaction";
const HERE: &str = "/transactions/nouvelle";

/// A payment that keeps finding a moved wallet gives up after this many decisions; nothing has changed then.
const DECISIONS: usize = 64;

/// The routes of this room.
pub fn room() -> Room {
    Room::new("partner-transaction")
        .open(Access::Desk, routes!(show))
        .open(Access::Desk, routes!(look_up))
        .open(Access::Desk, routes!(pay))
}

/// The empty search.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "search.html")]
struct Search {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
}

/// Who was found.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "found.html")]
struct Looked {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// Brings the payment back to this look-up; good for a quarter of an hour.
    ticket: String,
    /// *Prénom*.
    first_name: String,
    /// *Nom*.
    last_name: String,
    /// What may be taken here: the envelopes of the convention.
    envelopes: Vec<Available>,
    /// Why nothing can be taken, where it is known already.
    #[serde(skip)]
    warning: Option<String>,
}

/// *Solde disponible* of one envelope.
#[derive(Serialize, ToSchema)]
struct Available {
    #[schema(value_type = words::DeskEnvelope)]
    envelope: Envelope,
    #[schema(example = 2800)]
    available_cents: u64,
    #[serde(skip)]
    full_cents: u64,
}

/// What was paid.
#[derive(Serialize, ToSchema)]
struct Receipt {
    #[schema(example = "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f")]
    id: String,
    #[schema(example = 1250)]
    amount_cents: u64,
    #[schema(value_type = words::DeskEnvelope)]
    envelope: Envelope,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What is left in the envelope right after.
    available_cents: u64,
}

/// Shows the empty search.
#[utoipa::path(get, path = "/transactions/nouvelle", responses(
    (status = 200, description = "The search", body = Search, example = json!({})),
    (status = 422, description = "No convention is in force", body = ProblemBody),
))]
async fn show(desk: Desk) -> Result<Reply, Problem> {
    desk.in_force()?;
    Ok(Reply::ok(Search::empty(&desk, Filled::default())))
}

/// Looks a beneficiary up by a number and the birth date, or by the code that the phone shows. Whatever is not good gets
/// the same answer: a wrong number, a wrong birth date, a voucher or a code that is unknown, another's, over or used.
#[utoipa::path(post, path = "/transactions/recherche", request_body(
    content = LookUpForm, example = json!({ "reference": "2600140532012345", "birth_date": "2008-05-14" }),
), responses(
    (status = 200, description = "Found", body = Looked, example = json!({
        "ticket": "eyJhbGciOiJIUzI1NiJ9.eyJwYXJ0bmVyIjoiMTAwMDAwMDEifQ.c2lnbmF0dXJl", "first_name": "Léa", "last_name": "Martin",
        "envelopes": [{ "envelope": "reading", "available_cents": 2800 }],
    })),
    (status = 404, description = "Nobody has this number and this birth date, or the voucher or code is not good any more", body = ProblemBody),
    (status = 422, description = "Faulty fields, or no convention", body = ProblemBody),
    (status = 429, description = "Ten wrong look-ups within the hour", body = ProblemBody),
))]
async fn look_up(State(app): State<App>, caller: Caller, input: Input<LookUpForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let counted = Counted::LookUps(caller.partner()?.clone());
    let parsed = input.form.parse(ParisDay::of(now)).map(|asked| Proof::of(asked, &app.signer, now));
    let mut keys = vec![Counters::key(&counted)];
    keys.extend(parsed.iter().filter_map(Proof::reference).map(Beneficiaries::reference_key));
    let (desk, found) = app.enter_desk(&caller, &keys).await?;
    let form = |typed| Search::empty(&desk, typed);
    let proof = parsed.map_err(|invalid| input.typed.clone().problem(&invalid, form))?;
    let allowed = desk.in_force()?;
    if let Some(wait) = Counters::full_in(&found, &counted, WRONG_LOOK_UPS_AN_HOUR, now)? {
        return Err(Problem::too_many(wait, input.form.field(), input.typed, form));
    }
    let Some((beneficiary, reference)) = proof.proven(&app, &found, now).await? else {
        let hour = SignedDuration::from_hours(1);
        let (field, typed) = (input.form.field(), proof.typed_again(input.form.field(), input.typed));
        return Err(match app.store.counters.count(&counted, WRONG_LOOK_UPS_AN_HOUR, hour, now).await? {
            Ok(()) => Problem::at(Kind::NotFound, field, proof.refused(), typed, form),
            Err(wait) => Problem::too_many(wait, field, typed, form),
        });
    };
    let ticket = Ticket {
        partner: desk.partner.id.clone(),
        beneficiary: beneficiary.id,
        reference,
        transaction: mint::transaction_id(now),
        minted_at: now,
    };
    let token = app.signer.sign_ticket(&ticket);
    Ok(Reply::ok(Looked::new(&desk, allowed, &beneficiary, token, Filled::default(), now)))
}

/// Debits the wallet that the ticket leads to, once: the same ticket again answers with the same receipt.
#[utoipa::path(post, path = "/transactions", request_body(content = PayForm, example = json!({
    "ticket": "eyJhbGciOiJIUzI1NiJ9.eyJwYXJ0bmVyIjoiMTAwMDAwMDEifQ.c2lnbmF0dXJl", "envelope": "reading", "amount_cents": 1250,
})), responses(
    (status = 201, description = "Paid", body = Receipt, example = json!({
        "id": "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f", "amount_cents": 1250, "envelope": "reading", "at": "2026-11-22T13:05:00Z",
        "available_cents": 1550,
    })),
    (status = 200, description = "Paid before, by the first of these requests", body = Receipt),
    (status = 400, description = "The body cannot be read, or the ticket was altered or is another's (`ticket`)", body = ProblemBody),
    (status = 422, description = "Faulty fields, or a rule says no (`code`)", body = ProblemBody),
    (status = 503, description = "Busy: send the same ticket again, it pays once", body = ProblemBody),
))]
async fn pay(State(app): State<App>, caller: Caller, input: Input<PayForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let ticket = app.ticket(&caller, &input.form.ticket)?;
    let parsed = input.form.parse();
    let keys = [
        Beneficiaries::key(ticket.beneficiary),
        Beneficiaries::reference_key(&ticket.reference),
        Transactions::key(&ticket.partner, ticket.transaction),
    ];
    let (desk, found) = app.enter_desk(&caller, &keys).await?;
    let (mut beneficiary, mut voucher) = counter(&found, &ticket)?;
    let again = |beneficiary: &Beneficiary, typed| Looked::again(&desk, beneficiary, &input.form.ticket, typed, now);
    let asked = parsed.map_err(|invalid| input.typed.clone().problem(&invalid, |typed| again(&beneficiary, typed)))?;
    if let Some(first) = Transactions::payment_in(&found, &ticket.partner, ticket.transaction)? {
        return repeated(asked, &first)
            .map_err(|refusal| Problem::refused(refusal, "amount", input.typed, |typed| again(&beneficiary, typed)));
    }
    for _ in 0..DECISIONS {
        let standing = Counter {
            convention: desk.partner.convention.as_ref(),
            beneficiary: &beneficiary,
            voucher: voucher.as_ref(),
        };
        let payment = Payment::accept(asked, &ticket, standing, now).map_err(|refusal| {
            Problem::refused(refusal, "amount", input.typed.clone(), |typed| again(&beneficiary, typed))
        })?;
        match app.store.transactions.record(&payment).await? {
            Paid::Now => return Ok(Receipt::of(payment.transaction(), Reply::created)),
            Paid::Before(first) => return Ok(repeated(asked, &first)?),
            Paid::WalletMoved(moved) => beneficiary = *moved,
            Paid::VoucherMoved(moved) => voucher = moved,
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// Who stands at the counter, as it was read with the session.
fn counter(found: &Found, ticket: &Ticket) -> Result<(Beneficiary, Option<Voucher>), Problem> {
    let beneficiary = Beneficiaries::in_found(found, ticket.beneficiary)?.ok_or(Problem::not_found())?;
    let voucher = Beneficiaries::reference_in(found, &ticket.reference)?.and_then(|entry| entry.voucher);
    Ok((beneficiary, voucher))
}

/// The first payment's receipt for the same request; another amount or envelope on the same ticket is refused.
fn repeated(asked: Pay, first: &Transaction<DeskPayer>) -> Result<Reply, Refusal> {
    let same = asked.amount == first.amount && asked.envelope.is_none_or(|envelope| envelope == first.envelope);
    if same { Ok(Receipt::of(first, Reply::ok)) } else { Err(Refusal::TicketUsed { amount: first.amount }) }
}

impl Search {
    fn empty(desk: &Desk, form: Filled) -> Self {
        Self { page: desk.page(TITLE, HERE), form }
    }
}

impl Looked {
    fn new(
        desk: &Desk,
        allowed: &Validated,
        beneficiary: &Beneficiary,
        ticket: String,
        form: Filled,
        now: Timestamp,
    ) -> Self {
        let wallet = &beneficiary.wallet;
        let warning = match (beneficiary.card_state, wallet.after(Envelope::Reading, epass_domain::Euros::ZERO, now)) {
            (epass_domain::CardState::Suspended, _) => Some(Refusal::CardSuspended.to_string()),
            (epass_domain::CardState::Active, Err(refusal)) => Some(refusal.to_string()),
            (epass_domain::CardState::Active, Ok(_)) => None,
        };
        let available = |envelope: &Envelope| Available {
            envelope: *envelope,
            available_cents: wallet.balance(*envelope).cents(),
            full_cents: wallet.campaign.dotation(*envelope).cents(),
        };
        Self {
            page: desk.page(TITLE, HERE),
            form,
            ticket,
            first_name: beneficiary.first_name.to_string(),
            last_name: beneficiary.last_name.to_string(),
            envelopes: allowed.envelopes.iter().map(available).collect(),
            warning,
        }
    }

    /// The envelopes as the boxes to tick.
    fn choices(&self) -> Vec<(&'static str, &'static str)> {
        self.envelopes.iter().map(|one| (one.envelope.code(), one.envelope.label())).collect()
    }

    /// The same person again, with what was typed and why it was refused.
    fn again(desk: &Desk, beneficiary: &Beneficiary, ticket: &str, form: Filled, now: Timestamp) -> Self {
        match desk.partner.in_force() {
            Ok(allowed) => Self::new(desk, allowed, beneficiary, ticket.to_owned(), form, now),
            Err(refusal) => Self {
                page: desk.page(TITLE, HERE),
                form,
                ticket: ticket.to_owned(),
                first_name: beneficiary.first_name.to_string(),
                last_name: beneficiary.last_name.to_string(),
                envelopes: Vec::new(),
                warning: Some(refusal.to_string()),
            },
        }
    }
}

impl Receipt {
    /// The JSON answer; a browser goes to the receipt's own page, so that reloading pays nothing.
    fn of(transaction: &Transaction<DeskPayer>, reply: impl FnOnce(Told<Self>) -> Reply) -> Reply {
        let receipt = Self {
            id: transaction.id.to_string(),
            amount_cents: transaction.amount.cents(),
            envelope: transaction.envelope,
            at: transaction.at,
            available_cents: transaction.payer.available.cents(),
        };
        let page = format!("/transactions/{}", receipt.id);
        reply(Told(receipt)).see(page)
    }
}
