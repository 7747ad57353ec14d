//! The mails that tell each side about a change of an outing.

use epass_domain::{Invitation, Participant, Reminder, Sortie, paris_time};
use epass_mail::{Letter, News, Outing};
use epass_store::Entry;
use epass_web::{App, mint};
use jiff::SignedDuration;

/// The side that receives a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The establishment.
    Establishment,
    /// The partner's referent.
    Partner,
}

/// The mail that tells one side about a change of an outing.
pub fn told(app: &App, sortie: &Sortie, who: Told, news: News) -> Entry {
    let (now, outing) = (app.now(), Outing::of(sortie, &app.settings.site_url));
    let (email, name) = match who {
        Told::Establishment => (&sortie.establishment_email, Some(sortie.sheet.organiser.clone())),
        Told::Partner => (&sortie.partner_email, sortie.partner_referent.clone()),
    };
    let mail = Letter::Sortie { outing, news }.to(email, mint::mail_id(now), now);
    Entry { name, ..mail }
}

/// The mail that asks the partner to confirm. Its link opens this version of the outing without signing in.
pub fn invitation(app: &App, sortie: &Sortie) -> Entry {
    let (token, until) = token(app, sortie);
    let news = News::ToConfirm { token, until: Some(until) };
    told(app, sortie, Told::Partner, news)
}

/// A reminder about an outing.
pub fn reminder(app: &App, sortie: &Sortie, of: Reminder) -> Entry {
    match of {
        Reminder::Unanswered => {
            let (token, until) = token(app, sortie);
            let news = News::Unanswered { token, until: Some(until) };
            told(app, sortie, Told::Partner, news)
        }
        Reminder::Tomorrow => told(app, sortie, Told::Establishment, News::Tomorrow { state: sortie.state.phase() }),
        Reminder::Unsettled => told(app, sortie, Told::Establishment, News::Unsettled { state: sortie.state.phase() }),
    }
}

/// The mail that tells a participant about the cancellation; none when the account is closed.
pub fn cancelled_for(app: &App, sortie: &Sortie, who: &Participant) -> Option<Entry> {
    to_participant(app, sortie, who, News::CancelledForYou)
}

/// The mail that tells a young person that the establishment removed them from the list; none when the account is
/// closed.
pub fn taken_off(app: &App, sortie: &Sortie, who: &Participant) -> Option<Entry> {
    to_participant(app, sortie, who, News::TakenOff)
}

fn to_participant(app: &App, sortie: &Sortie, who: &Participant, news: News) -> Option<Entry> {
    let (now, outing) = (app.now(), Outing::of(sortie, &app.settings.site_url));
    let email = who.email.as_ref()?;
    Some(Letter::Sortie { outing, news }.to(email, mint::mail_id(now), now).greeting(who.first_name.clone()))
}

/// The signed invitation, and the last minute in which it is valid: `26/11/2026 à 23 h 59`.
fn token(app: &App, sortie: &Sortie) -> (String, String) {
    let invitation = Invitation::to(sortie, app.now());
    let until = paris_time(invitation.expires_at - SignedDuration::from_mins(1));
    (app.signer.sign_invitation(&invitation), until)
}
