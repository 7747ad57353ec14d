//! How a registration becomes a beneficiary: by the link of the mail, or by the team's word about a namesake. Two rooms do
//! it, and what comes to be is the same.

use epass_domain::{
    Account, Applicant, BeneficiaryId, CardNumber, Enrolment, FileNumber, Holder, Identifier, Line, Numbers, Profile,
    Provisional, Refusal,
};
use epass_mail::Letter;
use epass_store::{Admitted, Namesake, Newcomer};
use epass_web::{App, Kind, Problem, mint, passwords};

/// How often other numbers are minted when one is taken; each time is a chance of one in thousands.
const MINTINGS: usize = 8;

/// How a registration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Somebody new exists.
    Enrolled,
    /// This one has the same name and birth date. Nothing has changed.
    SamePerson(BeneficiaryId),
}

/// Makes a beneficiary of who applies, under numbers that are free, with the mail that carries the sign-in: card, file
/// number, wallet, profile and account, or nothing.
///
/// # Errors
/// Inside, the rules' no: [`Refusal::AlreadyConfirmed`], [`Refusal::NotEligible`]. Outside, the store's.
pub async fn admit(
    app: &App,
    asked: &Enrolment,
    applicant: &Applicant,
    namesake: Namesake,
) -> Result<Result<Admission, Refusal>, Problem> {
    let now = app.now();
    let password = mint::provisional_password();
    let provisional = Provisional::made(passwords::hash(&password), now);
    for _ in 0..MINTINGS {
        let (beneficiary, profile) = match applicant.clone().enrol(numbers(applicant), now) {
            Ok(somebody) => somebody,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let letter = Letter::Enrolled {
            first_name: beneficiary.first_name.clone(),
            identifier: profile.account.clone(),
            password: (&password).into(),
            site_url: app.settings.site_url.clone(),
        };
        let mail = letter.to(&profile.email, mint::mail_id(now), now);
        let account = account(applicant, &profile, provisional.clone());
        let newcomer = Newcomer { beneficiary, profile, account };
        match app.store.enrolments.admit(asked, &newcomer, namesake, &mail).await? {
            Admitted::Now => return Ok(Ok(Admission::Enrolled)),
            Admitted::Before => return Ok(Err(Refusal::AlreadyConfirmed)),
            Admitted::SamePerson(of) => return Ok(Ok(Admission::SamePerson(of))),
            Admitted::NumberTaken => {}
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

fn account(of: &Applicant, profile: &Profile, provisional: Provisional) -> Account {
    Account {
        identifier: profile.account.clone(),
        holder: Holder::Beneficiary(profile.beneficiary),
        email: profile.email.clone(),
        name: Line::parse(&full_name(of), Line::MAX).expect("two lines of sixty characters make one"),
        password: None,
        provisional: Some(provisional),
        password_version: 0,
    }
}

fn full_name(of: &Applicant) -> String {
    format!("{} {}", of.first_name, of.last_name)
}
