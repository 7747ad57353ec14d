//! Mails the registrants of a bon plan that was withdrawn or taken down, each once, page by page. A retry resumes
//! where a crash stopped.

use epass_domain::{Attendee, BonPlan, BonPlanState};
use epass_mail::{Deal, Letter};
use epass_store::{Entry, StoreError};
use epass_web::{App, mint};
use futures::future::try_join_all;

/// The number of registrants read at a time.
const PAGE: i32 = 100;
/// The number of registrants mailed at once: each is a transaction of two writes.
const AT_ONCE: usize = 10;

/// Mails about `most` registrants of a bon plan that is gone and who have no mail yet. Returns whether all have one;
/// until then, [`epass_store::BonsPlans::telling`] lists the bon plan.
///
/// # Errors
/// [`StoreError`]; the mails written before the error stay written.
pub async fn tell_of_end(app: &App, plan: &BonPlan, most: usize) -> Result<bool, StoreError> {
    if plan.is_standing() {
        return Ok(false);
    }
    if !plan.has_registrants_to_tell() {
        return Ok(true);
    }
    let (mut told, mut after) = (0, None);
    while told < most {
        let (attendees, next) = app.store.attendances.untold(plan.id, after, PAGE).await?;
        for some in attendees.chunks(AT_ONCE) {
            try_join_all(some.iter().map(|attendee| tell(app, plan, attendee))).await?;
        }
        told += attendees.len();
        after = next;
        if after.is_none() {
            app.store.bons_plans.told(plan.id).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

async fn tell(app: &App, plan: &BonPlan, attendee: &Attendee) -> Result<(), StoreError> {
    let now = app.now();
    let deal = Deal::of(plan, &app.settings.site_url);
    let letter = match plan.state {
        BonPlanState::TakenDown { .. } => Letter::BonPlanGone { plan: deal },
        _ => Letter::BonPlanWithdrawn { plan: deal },
    };
    let mail = letter.to(&attendee.email, mint::mail_id(now), now).greeting(attendee.first_name.clone());
    app.store.attendances.tell(plan.id, attendee.beneficiary, &mail).await.map(|_| ())
}

/// The mail to the first person of the waiting list, who now has the freed place.
pub fn place_freed(app: &App, plan: &BonPlan, first: &Attendee) -> Entry {
    let now = app.now();
    let letter = Letter::PlaceFreed { plan: Deal::of(plan, &app.settings.site_url) };
    letter.to(&first.email, mint::mail_id(now), now).greeting(first.first_name.clone())
}

/// The mail to a person who has just registered with a place.
pub fn place_sure(app: &App, plan: &BonPlan, who: &Attendee) -> Entry {
    let now = app.now();
    let letter = Letter::PlaceSure { plan: Deal::of(plan, &app.settings.site_url) };
    letter.to(&who.email, mint::mail_id(now), now).greeting(who.first_name.clone())
}
