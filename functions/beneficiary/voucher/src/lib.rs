//! *Mes vouchers*: one-use numbers for a young person who has no card at hand (`product.md`, *Voucher*).

mod form;
mod function;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Beneficiary, Envelope, ParisDay, Profile, Role, Voucher, VoucherNumber, VoucherRefusal, Wanted};
use epass_store::{Changed, Held};
use epass_web::{
    Access, App, Done, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Someone, Told,
    Young, filters, mint, routes, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{RevocationForm, VoucherForm};
pub use function::FUNCTION;

const HERE: &str = "/mes-vouchers";

/// The number of attempts of a change that loses the race; after them nothing has changed.
const READINGS: usize = 8;

/// The routes of this room.
pub fn room() -> Room {
    let young = Access::Only(Role::Beneficiary);
    Room::new(&FUNCTION).open(young, routes!(list, make)).open(young, routes!(revoke))
}

/// The page of the vouchers, with the form for another one.
#[derive(Template, Deref)]
#[template(path = "vouchers.html")]
struct ListPage {
    page: Page,
    form: Filled,
    /// The reason why no other voucher may be made now.
    why_none: Option<VoucherRefusal>,
    #[deref]
    body: Vouchers,
}

/// The caller's vouchers, and how many more can be made.
#[derive(Serialize, ToSchema)]
#[schema(as = VouchersPage)]
struct Vouchers {
    /// The vouchers that count towards the limit, oldest first; at most three.
    vouchers: Vec<Shown>,
    /// The number of vouchers that can still be made now.
    left: usize,
}

/// A voucher.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = ShownVoucher)]
struct Shown {
    /// The number, in groups of digits for reading.
    #[schema(example = "00000-0K7P5-2")]
    number: String,
    /// The only envelope that it pays from; null when it pays from any.
    #[schema(value_type = Option<words::DeskEnvelope>)]
    envelope: Option<Envelope>,
    /// The instant from which it is no longer valid.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The state: `live`, `used` or `expired`. A used voucher is live again when the partner cancels on the same day.
    #[schema(value_type = words::VoucherState)]
    state: &'static str,
}

/// The voucher that was made.
#[derive(Serialize, ToSchema)]
struct MadeVoucher {
    /// The voucher.
    voucher: Shown,
}

/// A voucher that is revoked.
#[derive(Serialize, ToSchema)]
struct RevokedVoucher {
    /// The number.
    number: String,
}

/// Lists the caller's vouchers.
#[utoipa::path(get, path = "/mes-vouchers", responses(
    (status = 200, description = "The vouchers that count", body = Vouchers),
))]
async fn list(State(app): State<App>, pass: Pass, resumed: Resumed, input: Input<Done>) -> Result<Reply, Problem> {
    let holder = Holder::enter(&app, &pass).await?;
    let mut view = ListPage::of(&holder, resumed.form(Filled::default()), app.now());
    view.page = view.page.with_notice(match input.form.fait.as_str() {
        "fait" => Some("Votre voucher est prêt : montrez son code ou donnez son numéro, avec votre date de naissance."),
        "revoque" => Some("Ce voucher est révoqué : son numéro ne vaut plus rien."),
        _ => None,
    });
    Ok(Reply::ok(view))
}

/// Makes a voucher. At most three count at a time, even with concurrent requests.
#[utoipa::path(post, path = "/mes-vouchers", request_body = VoucherForm, responses(
    (status = 201, description = "Made", body = MadeVoucher),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "Faulty fields, or a rule says no (`too_many_vouchers`, `card_suspended`, `campaign_over`)", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn make(State(app): State<App>, pass: Pass, input: Input<VoucherForm>) -> Result<Reply, Problem> {
    let mut holder = Holder::enter(&app, &pass).await?;
    let made = input.carry("days", async { holder.make(&app, &input.form.parse()?).await }).await?;
    Ok(Reply::created(Told(MadeVoucher { voucher: Shown::of(&made, app.now()) })).see(format!("{HERE}?fait=fait")))
}

/// Revokes a voucher that was not used. Idempotent: a voucher that does not exist any more, or belongs to somebody
/// else, gets the same answer.
#[utoipa::path(post, path = "/mes-vouchers/revocation", request_body = RevocationForm, responses(
    (status = 200, description = "Its number means nothing any more", body = RevokedVoucher),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "No voucher number, or it was used (`voucher_used`)", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn revoke(State(app): State<App>, pass: Pass, input: Input<RevocationForm>) -> Result<Reply, Problem> {
    let mut holder = Holder::enter(&app, &pass).await?;
    let revoked = async {
        let number = input.form.parse()?;
        holder.revoke(&app, &number).await?;
        Ok(number)
    };
    let number = input.carry("voucher_number", revoked).await?.to_string();
    Ok(Reply::ok(Told(RevokedVoucher { number })).see(format!("{HERE}?fait=revoque")))
}

/// A young person with card, profile and vouchers, as read from the store.
struct Holder {
    someone: Someone,
    beneficiary: Beneficiary,
    profile: Profile,
    held: Vec<Held>,
}

impl Holder {
    /// Reads session, card and profile in one round trip; the vouchers, if there are any, in a second one.
    async fn enter(app: &App, pass: &Pass) -> Result<Self, Problem> {
        let (Young { someone, beneficiary, profile }, _) = app.enter_young(pass, &[]).await?;
        let held = app.store.vouchers.of(&profile).await?;
        Ok(Self { someone, beneficiary, profile, held })
    }

    /// Makes a voucher; decides again after a lost race.
    async fn make(&mut self, app: &App, asked: &Wanted) -> Result<Held, Problem> {
        let now = app.now();
        for _ in 0..READINGS {
            let voucher = asked.make(&self.beneficiary, self.counting(now), now)?;
            let new = Held { number: mint::voucher_number(), voucher };
            match app.store.vouchers.make(&self.profile, &self.held, &new, now).await? {
                Changed::Now => return Ok(new),
                Changed::Moved | Changed::Used => self.read_again(app).await?,
            }
        }
        Err(Problem::new(Kind::Busy))
    }

    /// Revokes a voucher of this person; any other is left alone.
    async fn revoke(&mut self, app: &App, number: &VoucherNumber) -> Result<(), Problem> {
        for _ in 0..READINGS {
            if !self.held.iter().any(|held| held.number == *number) {
                return Ok(());
            }
            match app.store.vouchers.revoke(&self.profile, number).await? {
                Changed::Now => return Ok(()),
                Changed::Moved => self.read_again(app).await?,
                Changed::Used => return Err(VoucherRefusal::Used.into()),
            }
        }
        Err(Problem::new(Kind::Busy))
    }

    /// Reads the list again, after a concurrent request changed it.
    async fn read_again(&mut self, app: &App) -> Result<(), Problem> {
        self.profile = app.store.profiles.find(self.profile.beneficiary).await?.ok_or(Problem::not_found())?;
        self.held = app.store.vouchers.of(&self.profile).await?;
        Ok(())
    }

    fn counting(&self, now: Timestamp) -> usize {
        self.held.iter().filter(|held| held.voucher.counts(now)).count()
    }
}

impl Shown {
    fn of(held: &Held, now: Timestamp) -> Self {
        let state = match held.voucher.live(now) {
            Ok(()) => "live",
            Err(VoucherRefusal::Used) => "used",
            Err(_) => "expired",
        };
        Self {
            number: held.number.to_string(),
            envelope: held.voucher.envelope,
            expires_at: held.voucher.expires_at,
            state,
        }
    }

    /// The text of the QR code: the number without its hyphens.
    fn plain(&self) -> String {
        self.number.replace('-', "")
    }

    /// The last day of its validity.
    fn last_day(&self) -> String {
        ParisDay::of(self.expires_at).plus_days(-1).to_string()
    }
}

impl ListPage {
    fn of(holder: &Holder, form: Filled, now: Timestamp) -> Self {
        let counting = holder.counting(now);
        Self {
            page: holder.someone.page("Mes vouchers", HERE),
            form,
            why_none: Wanted::ANY.make(&holder.beneficiary, counting, now).err(),
            body: Vouchers {
                vouchers: holder.held.iter().map(|held| Shown::of(held, now)).collect(),
                left: Voucher::AT_A_TIME.saturating_sub(counting),
            },
        }
    }

    /// The options of *Rubrique*: the envelopes that a desk accepts.
    fn envelopes() -> [(&'static str, &'static str); 3] {
        Envelope::DESK.map(|envelope| (envelope.code(), envelope.label()))
    }

    /// The options of the validity.
    const fn lives() -> [(&'static str, &'static str); 3] {
        [("1", "Aujourd’hui seulement"), ("7", "Une semaine"), ("30", "30 jours")]
    }
}
