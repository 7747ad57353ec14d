//! Creates a beneficiary from a registration. Two rooms use it: the confirmation link in the mail, and the team's
//! decision about a namesake.

use epass_domain::{
    Account, Applicant, BeneficiaryId, CardNumber, CardState, Enrolment, EnrolmentRefusal, FileNumber, Holder,
    Identifier, Line, Numbers, PasswordHash, Profile, Provisional,
};
use epass_mail::{Enrolled, Letter};
use epass_store::{Admitted, Namesake, Newcomer};
use epass_web::{App, Kind, Problem, mint, passwords};

/// The number of attempts. A retry follows a number that is taken (a chance of one in thousands) or a change of what
/// a closed account left.
const TRIES: usize = 8;

/// The outcome of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// A new beneficiary exists.
    Enrolled,
    /// This beneficiary has the same name and birth date. Nothing changed.
    SamePerson(BeneficiaryId),
    /// [`EnrolmentRefusal::AlreadyConfirmed`] or [`EnrolmentRefusal::NotEligible`]. Nothing changed.
    Refused(EnrolmentRefusal),
}

/// Creates the beneficiary in one transaction: card, file number, wallet, profile, account and the mail with the
/// sign-in. The numbers are picked among the free ones. If the applicant chose no password, the mail carries a
/// provisional one.
///
/// # Errors
/// Those of the store; [`Kind::Busy`] when every attempt lost the race.
pub async fn admit(
    app: &App,
    asked: &Enrolment,
    applicant: &Applicant,
    namesake: Namesake,
    chosen: Option<&PasswordHash>,
) -> Result<Admission, Problem> {
    let now = app.now();
    let person = applicant.person();
    let mailed = chosen.is_none().then(mint::provisional_password);
    let provisional = mailed.as_ref().map(|mailed| Provisional::made(passwords::hash(mailed), now));
    for _ in 0..TRIES {
        let slot = match app.store.persons.slot(&person, namesake, now).await? {
            Ok(slot) => slot,
            Err(of) => return Ok(Admission::SamePerson(of)),
        };
        let (beneficiary, profile) = match applicant.clone().enrol(numbers(applicant), slot.left, now) {
            Ok(somebody) => somebody,
            Err(refusal) => return Ok(Admission::Refused(refusal)),
        };
        let letter = Letter::Enrolled(Enrolled {
            identifier: profile.account.clone(),
            password: mailed.as_ref().map(Into::into),
            comes_back: slot.left.is_some(),
            suspended: beneficiary.card_state == CardState::Suspended,
            site_url: app.settings.site_url.clone(),
        });
        let mail = letter.to(&profile.email, mint::mail_id(now), now).greeting(beneficiary.first_name.clone());
        let account = Account { password: chosen.cloned(), ..account(applicant, &profile, provisional.clone()) };
        let newcomer = Newcomer { beneficiary, profile, account };
        match app.store.enrolments.admit(asked, &newcomer, &slot, &mail).await? {
            Admitted::Now => return Ok(Admission::Enrolled),
            Admitted::Before => return Ok(Admission::Refused(EnrolmentRefusal::AlreadyConfirmed)),
            Admitted::SamePerson(of) if namesake == Namesake::None => return Ok(Admission::SamePerson(of)),
            Admitted::SamePerson(_) | Admitted::SlotMoved | Admitted::NumberTaken => {}
        }
    }
    Err(Problem::new(Kind::Busy))
}

fn numbers(of: &Applicant) -> Numbers {
    Numbers {
        beneficiary: mint::beneficiary_id(),
        card: CardNumber::mint(mint::number()),
        file: FileNumber::mint(mint::number()),
        account: Identifier::from_name(&full_name(of), mint::number() as u32),
    }
}

fn account(of: &Applicant, profile: &Profile, provisional: Option<Provisional>) -> Account {
    Account {
        identifier: profile.account.clone(),
        holder: Holder::Beneficiary(profile.beneficiary),
        email: profile.email.clone(),
        name: Line::parse(&full_name(of), Line::MAX).expect("two lines of sixty characters make one"),
        password: None,
        previous: None,
        provisional,
        password_version: 0,
    }
}

fn full_name(of: &Applicant) -> String {
    format!("{} {}", of.first_name, of.last_name)
}
