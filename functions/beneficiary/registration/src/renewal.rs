//! *Je renouvelle mon e-PASS*: a new campaign fills the wallet of a young person who is still eligible, in two
//! clicks.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{EnrolmentRefusal, Locality, Postcode, Situation};
use epass_store::Renewed;
use epass_web::{App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, Young, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::RenewalForm;
use crate::{ineligible, school_named, schools, unless_halted};

const HERE: &str = "/renouvellement";

/// The page with the declared situation, to be confirmed or corrected.
#[derive(Template, Deref)]
#[template(path = "renewal.html")]
struct SituationPage {
    page: Page,
    form: Filled,
    schools: Vec<(String, String)>,
    #[deref]
    body: RenewalPage,
}

/// The state of the renewal.
#[derive(Serialize, ToSchema)]
pub struct RenewalPage {
    /// The campaign whose credit is in the wallet, `2026-2027`.
    campaign: String,
    /// Whether that campaign has ended; only then can the e-PASS be renewed.
    over: bool,
}

/// The answer when the wallet is filled again.
#[derive(Serialize, ToSchema)]
pub struct RenewedWallet {
    /// The campaign whose credit is in the wallet now.
    #[schema(example = "2026-2027")]
    campaign: String,
}

/// Gives the situation that was declared last.
#[utoipa::path(get, path = "/renouvellement", responses(
    (status = 200, description = "The form", body = RenewalPage),
))]
pub async fn show_renewal(State(app): State<App>, pass: Pass, resumed: Resumed) -> Result<Reply, Problem> {
    let (Young { someone, beneficiary, profile }, _) = app.enter_young(&pass, &[]).await?;
    let form = resumed.form(declared(&profile.situation));
    let schools = schools(&app, form.value("school_postcode")).await?;
    let page = resumed.told(someone.page("Je renouvelle mon e-PASS", HERE));
    let body = RenewalPage { campaign: beneficiary.wallet.campaign.code(), over: beneficiary.is_over(app.now()) };
    Ok(Reply::ok(SituationPage { page, form, schools, body }))
}

/// Renews the e-PASS for the current campaign. A second call does not fill the wallet again.
#[utoipa::path(post, path = "/renouvellement", request_body = RenewalForm, responses(
    (status = 200, description = "Renewed, now or by the first of these requests", body = RenewedWallet),
    (status = 303, description = "The same, for a browser: to *Mon pass*"),
    (status = 409, description = "The wallet is of this campaign (`nothing_to_renew`)", body = ProblemBody),
    (status = 422, description = "Faulty fields, or no longer eligible (`not_eligible_…`)", body = ProblemBody),
))]
pub async fn renew(State(app): State<App>, pass: Pass, input: Input<RenewalForm>) -> Result<Reply, Problem> {
    let (Young { beneficiary: before, .. }, _) = app.enter_young(&pass, &[]).await?;
    let renewed = async {
        let mut situation = unless_halted(&app, input.form.parse()).await?;
        let after = match before.clone().renew(&situation, app.now()) {
            Err(EnrolmentRefusal::NotEligible(rule)) => return Err(ineligible(&app, rule).await?),
            renewed => renewed?,
        };
        situation.school = school_named(&app, situation.school).await?;
        match app.store.profiles.renew(&before, &after, &situation).await? {
            Renewed::Now | Renewed::Before => Ok(after),
        }
    };
    let after = input.carry("renewal", renewed).await?;
    let told = RenewedWallet { campaign: after.wallet.campaign.code() };
    Ok(Reply::ok(Told(told)).see("/mon-pass?fait=renouvele"))
}

fn declared(situation: &Situation) -> Filled {
    let picked = situation.school.establishment.as_ref();
    let named = if picked.is_some() { "" } else { situation.school.name.as_str() };
    Filled::with([
        ("status", situation.status.code()),
        ("home_postcode", postcode(&situation.home)),
        ("home_abroad", abroad(&situation.home)),
        ("school_postcode", postcode(&situation.school_at)),
        ("school_abroad", abroad(&situation.school_at)),
        ("school", picked.map_or("", |id| id.as_str())),
        ("school_name", named),
    ])
}

fn postcode(of: &Locality) -> &str {
    of.postcode().map_or("", Postcode::as_str)
}

fn abroad(of: &Locality) -> &'static str {
    if of.postcode().is_none() { "yes" } else { "" }
}
