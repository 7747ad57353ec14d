//! *Mes données*: everything that is stored about a young person, as a page and as a file, and the closing of the
//! account (`product.md`, *Who can do what*; RGPD, articles 15, 17 and 20).

mod data;
mod function;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use derive_more::Deref;
use epass_bon_plan::place_freed;
use epass_domain::{
    Action, Attendee, Beneficiary, Campaign, Did, Email, Fault, Invalid, ParisDay, Party, Role, Share, SortieId,
};
use epass_mail::Letter;
use epass_sortie::young_step;
use epass_web::{
    Access, App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Someone, Told, Young,
    ended_cookie, filters, mint, public_page, routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use data::MyData;

pub use function::FUNCTION;

const HERE: &str = "/mes-donnees";

/// The routes of this room.
pub fn room() -> Room {
    let young = Access::Only(Role::Beneficiary);
    Room::new(&FUNCTION)
        .open(young, routes!(show))
        .open(young, routes!(download))
        .open(young, routes!(ask, close))
        .open(Access::Public, routes!(closed))
}

/// The page with everything, to read and to print.
#[derive(Template, Deref)]
#[template(path = "my-data.html")]
struct DataPage {
    page: Page,
    #[deref]
    body: MyDataPage,
}

/// Everything that is stored about the young person.
#[derive(Serialize, ToSchema)]
struct MyDataPage {
    #[serde(flatten)]
    data: MyData,
}

/// The page that explains the closing of the account and asks for the password.
#[derive(Template, Deref)]
#[template(path = "closing.html")]
struct AskedPage {
    page: Page,
    form: Filled,
    campaign_ends: ParisDay,
    #[deref]
    body: ClosingPage,
}

/// The form of the closing; it has no content.
#[derive(Serialize, ToSchema)]
struct ClosingPage {}

/// The page after the closing; it names nobody.
#[derive(Template, Deref)]
#[template(path = "closed.html")]
struct GoodbyePage {
    page: Page,
    #[deref]
    body: ClosedPage,
}

/// The confirmation of the closing; it has no content.
#[derive(Serialize, ToSchema)]
struct ClosedPage {}

/// The form *Je ferme mon compte*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ClosingForm {
    /// The password of the account, so that nobody closes it from an unattended phone.
    account_password: String,
}

/// The answer when the account is closed.
#[derive(Serialize, ToSchema)]
struct Closed {
    /// Always `true`.
    closed: bool,
}

/// Gives everything that is stored about the young person.
#[utoipa::path(get, path = "/mes-donnees", responses((status = 200, description = "Everything", body = MyDataPage)))]
async fn show(State(app): State<App>, pass: Pass) -> Result<Reply, Problem> {
    let (young, found) = app.enter_young(&pass, &[]).await?;
    let data = MyData::gather(&app, &young, &found).await?;
    Ok(Reply::ok(DataPage { page: young.someone.page("Mes données", HERE), body: MyDataPage { data } }))
}

/// Gives everything that is stored about the young person, as a JSON file.
#[utoipa::path(get, path = "/mes-donnees.json", responses((status = 200, description = "Everything", body = MyData)))]
async fn download(State(app): State<App>, pass: Pass) -> Result<Response, Problem> {
    let (young, found) = app.enter_young(&pass, &[]).await?;
    let data = MyData::gather(&app, &young, &found).await?;
    let json = serde_json::to_vec_pretty(&data).expect("a record of named fields is JSON");
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"mes-donnees-e-pass-jeunes.json\""),
    ];
    Ok((headers, json).into_response())
}

/// Shows the consequences of closing the account and asks for the password.
#[utoipa::path(get, path = "/mes-donnees/fermeture", responses((status = 200, description = "The form", body = ClosingPage)))]
async fn ask(State(app): State<App>, someone: Someone, resumed: Resumed) -> Reply {
    Reply::ok(AskedPage {
        page: someone.page("Je ferme mon compte", HERE),
        form: resumed.form(Filled::default()),
        campaign_ends: Campaign::at(app.now()).last_day(),
        body: ClosingPage {},
    })
}

/// Closes the account: everything that names its owner is deleted, and payments stay without a name. After an
/// interruption, a second call resumes where the first one stopped.
#[utoipa::path(post, path = "/mes-donnees/fermeture", request_body = ClosingForm, responses(
    (status = 200, description = "Closed; the session is over", body = Closed),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "The password is missing or wrong", body = ProblemBody),
    (status = 429, description = "Too many wrong passwords", body = ProblemBody),
    (status = 503, description = "Something changed meanwhile: ask again", body = ProblemBody),
))]
async fn close(State(app): State<App>, pass: Pass, input: Input<ClosingForm>) -> Result<Reply, Problem> {
    let (Young { someone, beneficiary, profile }, _) = app.enter_young(&pass, &[]).await?;
    let proven = async {
        let typed = &input.form.account_password;
        match app.password_again(&someone, typed).await? {
            None => Ok(()),
            Some(_) if typed.is_empty() => Err(Invalid::of("account_password", Fault::missing()).into()),
            Some(_) => Err(Invalid::of("account_password", WRONG).into()),
        }
    };
    input.carry("account_password", proven).await?;
    forget(&app, &beneficiary, &profile.email).await?;
    Ok(Reply::ok(Told(Closed { closed: true })).see("/compte-ferme").with_cookie(ended_cookie()))
}

/// Confirms that the account is closed.
#[utoipa::path(get, path = "/compte-ferme", responses((status = 200, description = "It is done", body = ClosedPage)))]
async fn closed() -> Reply {
    Reply::ok(GoodbyePage { page: public_page("Votre compte est clos", None), body: ClosedPage {} })
}

/// Forgets the young person, step by step: suspends the card, gives places to the waiting lists, leaves outings or
/// removes the name from them, removes the name from traces, and deletes everything else in one transaction with the
/// closing mail.
async fn forget(app: &App, beneficiary: &Beneficiary, email: &Email) -> Result<(), Problem> {
    app.store.closures.begin(beneficiary).await?;
    for (plan, _) in data::registrations(app, beneficiary.id).await? {
        let told = |first: &Attendee| place_freed(app, &plan, first);
        app.store.attendances.leave(&plan, beneficiary.id, app.now(), told).await?;
        app.store.attendances.settle(&plan, app.now(), told).await?;
    }
    for joined in data::participations(app, beneficiary.id).await? {
        leave_or_lose_the_name(app, &joined.sortie.id, beneficiary).await?;
    }
    for paid in data::history(app, beneficiary.id).await? {
        app.store.closures.forget_name(&paid).await?;
    }
    let now = app.now();
    let letter = Letter::AccountClosed {
        kept_until: Some(Campaign::at(now).last_day().to_string()),
        site_url: app.settings.site_url.clone(),
    };
    let mail = letter.to(email, mint::mail_id(now), now).greeting(beneficiary.first_name.clone());
    Ok(app.store.closures.end(beneficiary.id, &mail, now).await?)
}

/// Leaves an outing whose list is open. On a frozen list, the place stays without a name, because its price is part
/// of what the partner is owed.
async fn leave_or_lose_the_name(app: &App, id: &SortieId, who: &Beneficiary) -> Result<(), Problem> {
    let Some(sortie) = app.store.sorties.find(id).await? else { return Ok(()) };
    if sortie.may(Party::Beneficiary, Action::Leave).is_ok() {
        let step = young_step(&who.file, Did::Left, app.now());
        // Refused when the list was frozen after it was read.
        if app.store.sorties.leave(&sortie, who.id, &step, &[]).await?.is_ok() {
            return Ok(());
        }
    }
    Ok(app.store.sorties.forget_name(id, who.id).await?)
}

const WRONG: Fault = Fault::new("wrong_password", "Ce mot de passe est incorrect : rien n’est effacé.");
