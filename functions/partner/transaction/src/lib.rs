//! *Je réalise une transaction* (guide §7.1): the desk looks a beneficiary up, checks the name, and debits the wallet
//! once.

mod form;
mod function;
mod proof;
mod seen;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{
    Beneficiary, Campaign, ConventionRefusal, Counter, DeskPayer, Envelope, ParisDay, Pay, Payment, Ticket,
    Transaction, TransactionRefusal, TransactionState, Voucher, VoucherRefusal, WalletRefusal, limits, paris_time,
};
use epass_store::{Attempt, Beneficiaries, Counted, Counters, Found, Key, Paid, Transactions};
use epass_web::{
    Access, App, Caller, Desk, Filled, Input, Kind, Page, Problem, ProblemBody, Reply, Room, Told, filters, mint,
    routes, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{LookUp, LookUpForm, PayForm, ShowForm};
pub use function::FUNCTION;

use proof::Proof;
use seen::Seen;

const TITLE: &str = "Je réalise une transaction";
const HERE: &str = "/transactions/nouvelle";
const OVER: &str = "Cette recherche n’est plus affichée : elle date de plus d’un quart d’heure. Recherchez de nouveau le bénéficiaire.";

/// The message for a look-up of a young person who has closed the account since.
const CLOSED: &str = "Ce bénéficiaire n’a plus de compte e-PASS JEUNES : rien n’a été débité.";

/// The most attempts of a payment that keeps losing the race for a wallet; after the last one, nothing has changed.
const DECISIONS: usize = 64;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Desk, routes!(show))
        .open(Access::Desk, routes!(look_up))
        .open(Access::Desk, routes!(pay))
}

/// The page of the empty search.
#[derive(Template, Deref)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    form: Filled,
    #[deref]
    body: Search,
}

/// The empty search: the form has no other data.
#[derive(Serialize, ToSchema)]
struct Search {}

/// The page of the beneficiary that was found.
#[derive(Template, Deref)]
#[template(path = "found.html")]
struct FoundPage {
    page: Page,
    form: Filled,
    /// The warnings as sentences.
    told: Vec<String>,
    /// The campaign of the wallet, which gives the initial credit of each envelope.
    campaign: Campaign,
    #[deref]
    body: Looked,
}

/// The beneficiary that was found.
#[derive(Serialize, ToSchema)]
struct Looked {
    /// The signed look-up to send with the payment; valid for a quarter of an hour.
    ticket: String,
    /// *Prénom*.
    first_name: String,
    /// *Nom*.
    last_name: String,
    /// The envelopes of the convention, with their balances.
    envelopes: Vec<Available>,
    /// The obstacles to a payment that are already known, as the codes with which it would be refused.
    warnings: Vec<Warning>,
}

/// A reason for which a payment would be refused, or could not use every envelope; its code is the `code` of the
/// refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LookUpWarning)]
enum Warning {
    /// The team suspended the card.
    CardSuspended,
    /// The card was replaced by another one.
    CardReplaced,
    /// The credit belongs to a campaign that has ended.
    CampaignOver,
    /// The balance of every envelope of the convention is zero.
    BalanceTooLow,
    /// The voucher is already used.
    VoucherUsed,
    /// The voucher has expired or was revoked.
    VoucherExpired,
    /// The voucher pays from one envelope only, so not from every envelope of the convention.
    VoucherForAnotherEnvelope,
    /// The look-up is older than a quarter of an hour.
    TicketExpired,
    /// The convention is no longer in force.
    NoConvention,
}

/// The page of the payment that was made with a look-up, when the look-up is shown again.
#[derive(Template, Deref)]
#[template(path = "paid.html")]
struct PaidPage {
    page: Page,
    #[deref]
    body: PaidAlready,
}

/// The payment that was made with a look-up, when the look-up is shown again.
#[derive(Serialize)]
struct PaidAlready {
    id: String,
    first_name: String,
    last_name: String,
    amount_cents: u64,
    at: String,
    is_cancelled: bool,
}

/// *Solde disponible*: the balance of one envelope.
#[derive(Serialize, ToSchema)]
struct Available {
    #[schema(value_type = words::DeskEnvelope)]
    envelope: Envelope,
    #[schema(example = 2800)]
    available_cents: u64,
}

/// The receipt of a payment.
#[derive(Serialize, ToSchema)]
struct Receipt {
    #[schema(example = "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f")]
    id: String,
    #[schema(example = 1250)]
    amount_cents: u64,
    #[schema(value_type = words::DeskEnvelope)]
    envelope: Envelope,
    /// The time of the payment: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The balance of the envelope right after the payment.
    available_cents: u64,
}

/// Shows the search: empty, or the result of a browser's look-up or refused form, so that Back and Reload send
/// nothing again.
#[utoipa::path(get, path = "/transactions/nouvelle", params(ShowForm), responses(
    (status = 200, description = "The search", body = Search, example = json!({})),
    (status = 422, description = "No convention is in force", body = ProblemBody),
))]
async fn show(State(app): State<App>, caller: Caller, input: Input<ShowForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let seen = Seen::read(&app, &caller, &input.form.vu)?;
    let keys = seen.ticket().map_or_else(Vec::new, keys);
    let (desk, found) = app.enter_desk(&caller, &keys).await?;
    desk.in_force()?;
    let (ticket, form) = match seen {
        Seen::Nothing => return Ok(Reply::ok(SearchPage::empty(&desk, Filled::default()))),
        Seen::Over => return Ok(Reply::ok(SearchPage::over(&desk))),
        Seen::Search(form) => return Ok(Reply::ok(SearchPage::empty(&desk, form))),
        Seen::Found(ticket, form) => (ticket, form),
    };
    if let Some(paid) = Transactions::payment_in(&found, &ticket.partner, ticket.transaction)? {
        return Ok(Reply::ok(PaidPage::of(&desk, &paid)));
    }
    if ticket.live(now).is_err() {
        return Ok(Reply::ok(SearchPage::over(&desk)));
    }
    let (beneficiary, voucher) = counter(&found, &ticket)?;
    let token = app.signer.sign_ticket(&ticket);
    Ok(Reply::ok(FoundPage::new(&desk, (&ticket, token), (&beneficiary, voucher.as_ref()), form, now)))
}

/// The error for a ticket that was altered or belongs to another account, such as one that signed in on this browser
/// since; a browser is redirected to the search.
async fn of_nobody(app: &App, caller: &Caller, problem: Problem) -> Result<Problem, Problem> {
    const TAKEN_BY_ANOTHER: &str = "Cette recherche n’a pas été faite depuis votre compte, ou elle est abîmée : rien n’a été encaissé. Recherchez de nouveau le jeune.";
    let (desk, _) = app.enter_desk(caller, &[]).await?;
    let problem = problem.in_words(TAKEN_BY_ANOTHER);
    Ok(problem.again("card_number", Filled::default(), |form| Seen::search(app, &desk, form)))
}

/// Looks a beneficiary up by a number and the birth date, or by the code that the phone shows. Every failure gets the
/// same answer: a wrong number, a wrong birth date, or a voucher or code that is unknown, another person's, expired
/// or used. The attempt is counted before the comparison, and given back if it was right.
#[utoipa::path(post, path = "/transactions/recherche", request_body(
    content = LookUpForm, example = json!({ "reference": "2600140532012345", "birth_date": "2008-05-14" }),
), responses(
    (status = 200, description = "Found", body = Looked, example = json!({
        "ticket": "eyJhbGciOiJIUzI1NiJ9.eyJwYXJ0bmVyIjoiMTAwMDAwMDEifQ.c2lnbmF0dXJl", "first_name": "Léa", "last_name": "Martin",
        "envelopes": [{ "envelope": "reading", "available_cents": 2800 }], "warnings": [],
    })),
    (status = 303, description = "A browser goes to what came of it"),
    (status = 404, description = "Nobody has this number and this birth date, or the voucher or code is not good any more", body = ProblemBody),
    (status = 422, description = "Faulty fields, or no convention", body = ProblemBody),
    (status = 429, description = "Ten wrong look-ups within the hour by this person or till, or sixty by the shop", body = ProblemBody),
))]
async fn look_up(State(app): State<App>, caller: Caller, input: Input<LookUpForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let guesses = Guesses::of(&caller)?;
    let parsed = input.form.parse(ParisDay::of(now)).map(|asked| Proof::of(asked, &app.signer, now));
    let mut keys = guesses.keys(now);
    keys.extend(parsed.iter().filter_map(Proof::reference).map(Beneficiaries::reference_key));
    let (desk, found) = app.enter_desk(&caller, &keys).await.map_err(|problem| problem.back_to(HERE.to_owned()))?;
    let field = input.form.field();
    let again = |problem: Problem| problem.again(field, input.typed.clone(), |form| Seen::search(&app, &desk, form));
    let proof = parsed.map_err(|invalid| again(invalid.into()))?;
    desk.in_force()?;
    let attempt = guesses.attempt(&app, &found, now).await.map_err(|problem| match problem.kind() {
        Kind::TooMany(_) => again(problem),
        _ => problem,
    })?;
    let Some((beneficiary, reference)) = proof.proven(&app, &found, now).await? else {
        guesses.wrong(&app, attempt, now).await?;
        let typed = proof.typed_again(field, input.typed);
        let problem = Problem::no_match(proof.refused());
        return Err(problem.again(field, typed, |form| Seen::search(&app, &desk, form)));
    };
    app.store.counters.right(attempt).await?;
    let ticket = Ticket {
        partner: desk.partner.id.clone(),
        beneficiary: beneficiary.id,
        reference,
        transaction: mint::transaction_id(now),
        minted_at: now,
    };
    let voucher = Beneficiaries::reference_in(&found, &ticket.reference)?.and_then(|entry| entry.voucher);
    let token = app.signer.sign_ticket(&ticket);
    let looked = FoundPage::new(&desk, (&ticket, token), (&beneficiary, voucher.as_ref()), Filled::default(), now);
    Ok(Reply::ok(looked).see(Seen::found(&app, &ticket, Filled::default())))
}

/// The counters of wrong look-ups: of one person or till, and of the whole shop.
struct Guesses {
    own: Counted,
    shop: Counted,
}

impl Guesses {
    fn of(caller: &Caller) -> Result<Self, Problem> {
        let partner = caller.partner()?;
        let own = Counted::new(limits::LOOK_UPS, format!("{partner}#{}", caller.counted_as()));
        Ok(Self { own, shop: Counted::new(limits::LOOK_UPS_OF_SHOP, partner) })
    }

    fn keys(&self, now: Timestamp) -> Vec<Key> {
        vec![Counters::key(&self.own), Counters::window_key(&self.shop, now)]
    }

    /// Counts an attempt before the comparison.
    async fn attempt(&self, app: &App, found: &Found, now: Timestamp) -> Result<Attempt, Problem> {
        if let Some(wait) = Counters::window_full_in(found, &self.shop, now)? {
            return Err(wait.into());
        }
        Ok(app.store.counters.attempt(&self.own, found, now).await??)
    }

    /// Keeps the attempt counted. If it fills the shop's counter, the next caller is told.
    async fn wrong(&self, app: &App, attempt: Attempt, now: Timestamp) -> Result<(), Problem> {
        let counters = &app.store.counters;
        let of_shop = counters.count(std::slice::from_ref(&self.shop), now);
        let ((), _is_full) = tokio::try_join!(counters.wrong(attempt), of_shop)?;
        Ok(())
    }
}

/// Debits the wallet of the ticket once. It is idempotent: the same request with the same ticket answers with the
/// same receipt.
#[utoipa::path(post, path = "/transactions", request_body(content = PayForm, example = json!({
    "ticket": "eyJhbGciOiJIUzI1NiJ9.eyJwYXJ0bmVyIjoiMTAwMDAwMDEifQ.c2lnbmF0dXJl", "envelope": "reading", "amount_cents": 1250,
})), responses(
    (status = 201, description = "Paid", body = Receipt, example = json!({
        "id": "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f", "amount_cents": 1250, "envelope": "reading", "at": "2026-11-22T13:05:00Z",
        "available_cents": 1550,
    })),
    (status = 200, description = "Paid before, by the first of these requests", body = Receipt),
    (status = 303, description = "A browser goes to the receipt, or back to who was found"),
    (status = 400, description = "The body cannot be read, or the ticket was altered or is another's (`ticket`)", body = ProblemBody),
    (status = 404, description = "The young person has closed the account since the look-up", body = ProblemBody),
    (status = 422, description = "Faulty fields, or a rule says no (`code`)", body = ProblemBody),
    (status = 503, description = "Busy: send the same ticket again, it pays once", body = ProblemBody),
))]
async fn pay(State(app): State<App>, caller: Caller, input: Input<PayForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let ticket = match app.ticket(&caller, &input.form.ticket) {
        Ok(ticket) => ticket,
        Err(problem) => return Err(of_nobody(&app, &caller, problem).await?),
    };
    let parsed = input.form.parse();
    let back = |form| Seen::found(&app, &ticket, form);
    let entered = app.enter_desk(&caller, &keys(&ticket)).await;
    let (desk, found) = entered.map_err(|problem| problem.back_to(back(Filled::default())))?;
    let (mut beneficiary, mut voucher) = counter(&found, &ticket)?;
    let typed = input.typed.set("ticket", "");
    let refused = |refusal: TransactionRefusal| Problem::from(refusal).again("amount", typed.clone(), back);
    let asked = parsed.map_err(|invalid| Problem::from(invalid).again("amount", typed.clone(), back))?;
    if let Some(first) = Transactions::payment_in(&found, &ticket.partner, ticket.transaction)? {
        return repeated(asked, &first).map_err(refused);
    }
    for _ in 0..DECISIONS {
        let standing = Counter {
            convention: desk.partner.convention.as_ref(),
            beneficiary: &beneficiary,
            voucher: voucher.as_ref(),
        };
        let payment = Payment::accept(asked, &ticket, standing, now).map_err(refused)?;
        match app.store.transactions.record(&payment).await? {
            Paid::Now => return Ok(Receipt::of(payment.transaction(), Reply::created)),
            Paid::Before(first) => return repeated(asked, &first).map_err(refused),
            Paid::WalletMoved(moved) => beneficiary = *moved,
            Paid::VoucherMoved(moved) => voucher = moved,
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// The keys of the items that a ticket refers to.
fn keys(ticket: &Ticket) -> Vec<Key> {
    vec![
        Beneficiaries::key(ticket.beneficiary),
        Beneficiaries::reference_key(&ticket.reference),
        Transactions::key(&ticket.partner, ticket.transaction),
    ]
}

/// The beneficiary at the counter and the voucher, if there is one, as read with the session.
fn counter(found: &Found, ticket: &Ticket) -> Result<(Beneficiary, Option<Voucher>), Problem> {
    let beneficiary = Beneficiaries::in_found(found, ticket.beneficiary)?.ok_or_else(|| Problem::no_match(CLOSED))?;
    let voucher = Beneficiaries::reference_in(found, &ticket.reference)?.and_then(|entry| entry.voucher);
    Ok((beneficiary, voucher))
}

/// The receipt of the first payment if the request is the same; another amount or envelope with the same ticket is
/// refused.
fn repeated(asked: Pay, first: &Transaction<DeskPayer>) -> Result<Reply, TransactionRefusal> {
    let same = asked.amount == first.amount && asked.envelope.is_none_or(|envelope| envelope == first.envelope);
    if same { Ok(Receipt::of(first, Reply::ok)) } else { Err(TransactionRefusal::TicketUsed { amount: first.amount }) }
}

impl SearchPage {
    fn empty(desk: &Desk, form: Filled) -> Self {
        Self { page: desk.page(TITLE, HERE), form, body: Search {} }
    }

    /// The empty search, in place of a result that is a quarter of an hour old or more.
    fn over(desk: &Desk) -> Self {
        let page = desk.page(TITLE, HERE).with_notice(Some(OVER));
        Self { page, form: Filled::default(), body: Search {} }
    }
}

impl PaidPage {
    fn of(desk: &Desk, paid: &Transaction<DeskPayer>) -> Self {
        let is_cancelled = paid.state != TransactionState::Paid;
        let title = if is_cancelled { "Transaction déjà annulée" } else { "Transaction déjà validée" };
        let body = PaidAlready {
            id: paid.id.to_string(),
            first_name: paid.payer.first_name.to_string(),
            last_name: paid.payer.last_name.to_string(),
            amount_cents: paid.amount.cents(),
            at: paris_time(paid.at),
            is_cancelled,
        };
        Self { page: desk.page(title, HERE), body }
    }
}

impl Warning {
    /// The code of a refusal that a look-up can foresee.
    fn of(refusal: &TransactionRefusal) -> Option<Self> {
        use TransactionRefusal as No;
        match refusal {
            No::Wallet(WalletRefusal::CardSuspended) => Some(Self::CardSuspended),
            No::CardReplaced => Some(Self::CardReplaced),
            No::Wallet(WalletRefusal::CampaignOver) => Some(Self::CampaignOver),
            No::Wallet(WalletRefusal::BalanceTooLow { .. }) => Some(Self::BalanceTooLow),
            No::Voucher(VoucherRefusal::Used) => Some(Self::VoucherUsed),
            No::Voucher(VoucherRefusal::Expired) => Some(Self::VoucherExpired),
            No::Voucher(VoucherRefusal::ForAnotherEnvelope(_)) => Some(Self::VoucherForAnotherEnvelope),
            No::TicketExpired => Some(Self::TicketExpired),
            No::Convention(ConventionRefusal::NotInForce) => Some(Self::NoConvention),
            _ => None,
        }
    }

    /// The sentence of a warning, for the page.
    fn told(refusal: &TransactionRefusal) -> String {
        match refusal {
            TransactionRefusal::Wallet(WalletRefusal::BalanceTooLow { .. }) => {
                "Il ne reste rien dans les rubriques de votre convention.".to_owned()
            }
            _ => refusal.to_string(),
        }
    }
}

impl FoundPage {
    fn new(
        desk: &Desk,
        (ticket, token): (&Ticket, String),
        (beneficiary, voucher): (&Beneficiary, Option<&Voucher>),
        form: Filled,
        now: Timestamp,
    ) -> Self {
        let wallet = &beneficiary.wallet;
        let available =
            |envelope: &Envelope| Available { envelope: *envelope, available_cents: wallet.balance(*envelope).cents() };
        let standing = Counter { convention: desk.partner.convention.as_ref(), beneficiary, voucher };
        let in_the_way = Payment::in_the_way(ticket, standing, now);
        let envelopes = desk.partner.in_force().map_or_else(|_| Vec::new(), |allowed| allowed.envelopes.clone());
        let body = Looked {
            ticket: token,
            first_name: beneficiary.first_name.to_string(),
            last_name: beneficiary.last_name.to_string(),
            envelopes: envelopes.iter().map(available).collect(),
            warnings: in_the_way.iter().filter_map(Warning::of).collect(),
        };
        let told = in_the_way.iter().map(Warning::told).collect();
        Self { page: desk.page(TITLE, HERE), form, told, campaign: wallet.campaign, body }
    }

    /// The envelopes as choices of the form.
    fn choices(&self) -> Vec<(&'static str, &'static str)> {
        self.envelopes.iter().map(|one| (one.envelope.code(), one.envelope.label())).collect()
    }
}

impl Receipt {
    /// The JSON answer. A browser is redirected to the receipt's own page, so that a reload makes no payment.
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
