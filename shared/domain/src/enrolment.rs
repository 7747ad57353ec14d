//! Enrolment of a beneficiary: registration, confirmation of the address, then creation of card, file number and
//! wallet.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::{folded, hidden_in_debug};
use crate::{
    Beneficiary, BeneficiaryId, BirthDate, Campaign, CardNumber, Email, EnrolmentId, FileNumber, Identifier,
    Ineligible, Line, ParisDay, PasswordHash, Phone, Remainder, Situation, VoucherNumber, Wallet,
};

/// The data that a young person gives when registering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// *Date de naissance*.
    pub birth_date: BirthDate,
    /// *Adresse mail*; it is confirmed before anything else is created.
    pub email: Email,
    /// *Téléphone*.
    pub phone: Option<Phone>,
    /// Home, school and status.
    pub situation: Situation,
}

/// Identifies a person by names and birth date; accents, case, hyphens and spaces do not count.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Person(String);

hidden_in_debug!(Person);

impl Person {
    /// The person with this name and birth date.
    pub fn of(first_name: &Line, last_name: &Line, born: BirthDate) -> Self {
        Self(format!("{}|{}|{}", plain(last_name.as_str()), plain(first_name.as_str()), born.iso()))
    }

    /// The text that the person's claim is a digest of: the letters of both names in alphabetical order, and the birth
    /// date. Swapped names, or names that are split differently (`Anne Lou` `Barjavel`, `Anne` `Lou-Barjavel`), make
    /// the same claim.
    pub fn claimed(&self) -> String {
        let (names, born) = self.0.rsplit_once('|').unwrap_or((&self.0, ""));
        let mut letters: Vec<char> = names.chars().filter(|c| *c != '|').collect();
        letters.sort_unstable();
        format!("{}|{born}", letters.into_iter().collect::<String>())
    }

    /// The text that claims were digests of until November 2026: both names, each whole, in alphabetical order.
    pub fn claimed_before(&self) -> String {
        let mut parts: Vec<&str> = self.0.split('|').collect();
        parts[..2].sort_unstable();
        parts.join("|")
    }

    /// `martin|lea|2008-05-14`: also the sort key of lists by name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The prefixes of such texts for a partly typed name: `Martin Lé` gives `martin|le`, where the last space
    /// separates last and first name. They include the whole text as a last name, for names of several words.
    pub fn beginnings(typed: &str) -> Vec<String> {
        let whole = plain(typed);
        if whole.is_empty() {
            return Vec::new();
        }
        let parted = typed.trim().rsplit_once(char::is_whitespace);
        let parted = parted.map(|(last, first)| format!("{}|{}", plain(last), plain(first)));
        parted.into_iter().chain([whole]).collect()
    }
}

/// The letters and digits of a name only: `Anne-Marie` and `Anne Marie` become the same.
fn plain(name: &str) -> String {
    folded(name).replace(' ', "")
}

/// A registration in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The key, which the mailed link contains.
    pub id: EnrolmentId,
    /// The time of the request.
    pub asked_at: Timestamp,
    /// The current state.
    pub state: EnrolmentState,
}

/// The state of a registration; the applicant's data is stored only while it is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentState {
    /// The address is not confirmed yet.
    Asked(Box<Applicant>),
    /// A person with the same name and birth date has an account: the team decides.
    Duplicate {
        /// The applicant.
        applicant: Box<Applicant>,
        /// The beneficiary that has the account.
        of: BeneficiaryId,
        /// The time since which it waits.
        since: Timestamp,
        /// The password chosen at confirmation; `None` in registrations of an earlier version.
        #[serde(default)]
        password: Option<PasswordHash>,
    },
    /// The applicant became a beneficiary.
    Enrolled,
    /// The team decided that it is the same person.
    Refused,
}

impl Enrolment {
    /// The lifetime of the link in the mail.
    pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(48);

    /// A new registration.
    pub fn asked(id: EnrolmentId, applicant: Applicant, now: Timestamp) -> Self {
        Self { id, asked_at: now, state: EnrolmentState::Asked(Box::new(applicant)) }
    }

    /// The applicant, if the address may still be confirmed.
    ///
    /// # Errors
    /// [`EnrolmentRefusal::AlreadyConfirmed`]; [`EnrolmentRefusal::LinkExpired`] after [`Enrolment::LINK_LIFE`].
    pub fn confirmable(&self, now: Timestamp) -> Result<&Applicant, EnrolmentRefusal> {
        match &self.state {
            EnrolmentState::Asked(_) if now >= self.asked_at + Self::LINK_LIFE => Err(EnrolmentRefusal::LinkExpired),
            EnrolmentState::Asked(applicant) => Ok(applicant),
            EnrolmentState::Duplicate { .. } | EnrolmentState::Enrolled | EnrolmentState::Refused => {
                Err(EnrolmentRefusal::AlreadyConfirmed)
            }
        }
    }

    /// The password chosen at confirmation, while the team has not decided.
    pub fn chosen_password(&self) -> Option<&PasswordHash> {
        match &self.state {
            EnrolmentState::Duplicate { password, .. } => password.as_ref(),
            EnrolmentState::Asked(_) | EnrolmentState::Enrolled | EnrolmentState::Refused => None,
        }
    }

    /// The applicant and the beneficiary that has the account, while the team has not decided.
    ///
    /// # Errors
    /// [`EnrolmentRefusal::AlreadyDecided`]; [`EnrolmentRefusal::NotAwaited`] when it is not a possible duplicate.
    pub fn duplicate(&self) -> Result<(&Applicant, BeneficiaryId), EnrolmentRefusal> {
        match &self.state {
            EnrolmentState::Duplicate { applicant, of, .. } => Ok((applicant, *of)),
            EnrolmentState::Enrolled | EnrolmentState::Refused => Err(EnrolmentRefusal::AlreadyDecided),
            EnrolmentState::Asked(_) => Err(EnrolmentRefusal::NotAwaited),
        }
    }

    /// Refuses the registration: the team decided that it is the same person.
    #[must_use]
    pub fn refused(self, now: Timestamp) -> Self {
        // The retention period starts at the decision, as it does for an enrolment.
        Self { state: EnrolmentState::Refused, asked_at: now, ..self }
    }

    /// Marks a confirmed registration as a possible duplicate: a person with the same name and birth date has an
    /// account.
    #[must_use]
    pub fn met(self, of: BeneficiaryId, applicant: Applicant, password: Option<PasswordHash>, now: Timestamp) -> Self {
        let applicant = Box::new(applicant);
        Self { state: EnrolmentState::Duplicate { applicant, of, since: now, password }, ..self }
    }
}

/// The numbers of a new beneficiary; the store checks that they are free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The key.
    pub beneficiary: BeneficiaryId,
    /// *N° de carte*.
    pub card: CardNumber,
    /// *N° de dossier*.
    pub file: FileNumber,
    /// The identifier for signing in.
    pub account: Identifier,
}

impl Applicant {
    /// The person that the applicant is.
    pub fn person(&self) -> Person {
        Person::of(&self.first_name, &self.last_name, self.birth_date)
    }

    /// Creates the beneficiary and the profile: with a full wallet of the current campaign, or with the remainder of an
    /// account that was closed in this campaign.
    ///
    /// # Errors
    /// [`EnrolmentRefusal::NotEligible`]: the rules are checked again on the day on which the card is created.
    pub fn enrol(
        self,
        numbers: Numbers,
        left: Option<Remainder>,
        now: Timestamp,
    ) -> Result<(Beneficiary, Profile), EnrolmentRefusal> {
        self.situation.eligible(self.birth_date, ParisDay::of(now)).map_err(EnrolmentRefusal::NotEligible)?;
        let (wallet, card_state) = Remainder::found(left, now);
        let beneficiary = Beneficiary {
            id: numbers.beneficiary,
            first_name: self.first_name,
            last_name: self.last_name,
            birth_date: self.birth_date,
            card: numbers.card,
            file: numbers.file,
            card_state,
            wallet,
        };
        let profile = Profile {
            beneficiary: beneficiary.id,
            account: numbers.account,
            email: self.email,
            phone: self.phone,
            situation: self.situation,
            registered_at: now,
            vouchers: Vec::new(),
        };
        Ok((beneficiary, profile))
    }
}

/// A young person's declared data, stored apart from the card so that the wallet's item stays small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The key.
    pub beneficiary: BeneficiaryId,
    /// The identifier for signing in.
    pub account: Identifier,
    /// The address for mails; a partner sees it once its owner registers for one of its bons plans.
    pub email: Email,
    /// The telephone number, if given; the partner sees it as well.
    pub phone: Option<Phone>,
    /// Home, school and status.
    pub situation: Situation,
    /// The time at which the card was created.
    pub registered_at: Timestamp,
    /// The vouchers that are live or may become live again, oldest first.
    pub vouchers: Vec<VoucherNumber>,
}

impl Beneficiary {
    /// Whether the wallet belongs to a campaign that has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.wallet.campaign != Campaign::at(now)
    }

    /// Renews the beneficiary for the campaign of `now`, in this situation: a full wallet replaces the ended one.
    ///
    /// # Errors
    /// [`EnrolmentRefusal::NothingToRenew`] while the wallet is of the current campaign;
    /// [`EnrolmentRefusal::NotEligible`].
    pub fn renew(self, situation: &Situation, now: Timestamp) -> Result<Self, EnrolmentRefusal> {
        if !self.is_over(now) {
            return Err(EnrolmentRefusal::NothingToRenew);
        }
        situation.eligible(self.birth_date, ParisDay::of(now)).map_err(EnrolmentRefusal::NotEligible)?;
        Ok(Self { wallet: Wallet::full(Campaign::at(now)), ..self })
    }
}

/// A refusal by the rules of registration and renewal. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentRefusal {
    /// A rule of guide §2.3 is not met.
    #[error(transparent)]
    NotEligible(Ineligible),
    /// The link of a mail has expired.
    #[error(
        "Ce lien n’est plus valable : il a plus de 48 heures. Recommencez votre inscription, elle prend deux minutes."
    )]
    LinkExpired,
    /// The link of a mail was already used.
    #[error(
        "Cette adresse est déjà confirmée. Si votre identifiant n’est pas encore arrivé par mail, regardez dans les courriers indésirables."
    )]
    AlreadyConfirmed,
    /// The wallet is of the current campaign.
    #[error("Votre e-PASS est déjà celui de cette campagne : il n’y a rien à renouveler.")]
    NothingToRenew,
    /// A colleague made another decision about the registration.
    #[error("Un membre de l’équipe a déjà décidé de cette inscription.")]
    AlreadyDecided,
    /// The registration is not a possible duplicate: the team has nothing to decide.
    #[error("Ce dossier n’attend pas cette décision : il a changé depuis que vous l’avez ouvert.")]
    NotAwaited,
}

impl EnrolmentRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotEligible(rule) => rule.code(),
            Self::LinkExpired => "link_expired",
            Self::AlreadyConfirmed => "already_confirmed",
            Self::NothingToRenew => "nothing_to_renew",
            Self::AlreadyDecided => "already_decided",
            Self::NotAwaited => "not_awaited",
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Ineligible, Postcode, School, Status};

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn lea() -> Applicant {
        let today = ParisDay::parse("22/11/2026").unwrap();
        Applicant {
            first_name: line("Léa"),
            last_name: line("De la Tour-Martin"),
            birth_date: BirthDate::parse("14/05/2008", today).unwrap(),
            email: Email::parse("lea@example.org").unwrap(),
            phone: None,
            situation: Situation {
                status: Status::HighSchool,
                home: Postcode::parse("13001").unwrap().into(),
                school_at: Postcode::parse("13001").unwrap().into(),
                school: School { name: line("Lycée Marie-Curie"), establishment: None },
            },
        }
    }

    fn numbers() -> Numbers {
        Numbers {
            beneficiary: BeneficiaryId(Uuid::nil()),
            card: CardNumber::mint(1),
            file: FileNumber::mint(1),
            account: Identifier::parse("lea-0001").unwrap(),
        }
    }

    #[test]
    fn the_same_person_writes_her_name_in_several_ways() {
        let other = Applicant { first_name: line("LEA"), last_name: line("de La Tour Martin"), ..lea() };
        assert_eq!(lea().person(), other.person());
        assert_eq!(lea().person().as_str(), "delatourmartin|lea|2008-05-14");
        let swapped = Applicant { first_name: line("De la Tour-Martin"), last_name: line("Léa"), ..lea() };
        assert_eq!(lea().person().claimed(), swapped.person().claimed(), "names in each other's field");
        for (first, last) in [("Léa de la", "Tour-Martin"), ("Léa De La Tour", "Martin"), ("Martin Léa", "de la Tour")]
        {
            let parted = Applicant { first_name: line(first), last_name: line(last), ..lea() };
            assert_eq!(lea().person().claimed(), parted.person().claimed(), "{first} {last}");
        }
        let sister = Applicant { first_name: line("Lou"), ..lea() };
        assert_ne!(lea().person().claimed(), sister.person().claimed());
        let born = BirthDate::parse("15/05/2008", ParisDay::parse("22/11/2026").unwrap()).unwrap();
        assert_ne!(lea().person(), Applicant { birth_date: born, ..lea() }.person());
    }

    #[test]
    fn a_name_typed_in_part_is_the_beginning_of_hers() {
        let person = lea().person();
        for typed in ["De la Tour", "de la tour-martin lé", "DELATOUR", "De"] {
            assert!(Person::beginnings(typed).iter().any(|start| person.as_str().starts_with(start)), "{typed}");
        }
        assert!(Person::beginnings(" - ").is_empty());
    }

    #[test]
    fn a_link_confirms_once_and_for_two_days() {
        let now = at("2026-11-22T12:00:00Z");
        let asked = Enrolment::asked(EnrolmentId(Uuid::nil()), lea(), now);
        assert_eq!(asked.confirmable(at("2026-11-24T11:59:59Z")), Ok(&lea()));
        assert_eq!(asked.confirmable(at("2026-11-24T12:00:00Z")), Err(EnrolmentRefusal::LinkExpired));
        let met = asked.met(BeneficiaryId(Uuid::nil()), lea(), None, now);
        assert_eq!(met.confirmable(now), Err(EnrolmentRefusal::AlreadyConfirmed));
    }

    #[test]
    fn a_card_comes_with_a_full_wallet_and_only_to_who_is_eligible_on_that_day() {
        let (lea_enrolled, profile) = lea().enrol(numbers(), None, at("2026-11-22T12:00:00Z")).unwrap();
        assert_eq!(lea_enrolled.wallet, Wallet::full(Campaign::parse("2026-2027").unwrap()));
        assert_eq!((profile.email, profile.vouchers), (lea().email, Vec::new()));
        let late = lea().enrol(numbers(), None, at("2034-05-14T12:00:00Z"));
        assert_eq!(late.unwrap_err(), EnrolmentRefusal::NotEligible(Ineligible::TooOld));
    }

    #[test]
    fn a_wallet_is_renewed_once_a_campaign() {
        let (lea_enrolled, profile) = lea().enrol(numbers(), None, at("2026-11-22T12:00:00Z")).unwrap();
        let again = lea_enrolled.clone().renew(&profile.situation, at("2027-08-31T21:59:59Z"));
        assert_eq!(again.unwrap_err(), EnrolmentRefusal::NothingToRenew);
        let renewed = lea_enrolled.renew(&profile.situation, at("2027-08-31T22:00:00Z")).unwrap();
        assert_eq!(renewed.wallet.campaign.code(), "2027-2028");
        let away = Situation {
            home: Postcode::parse("75001").unwrap().into(),
            school_at: Postcode::parse("75001").unwrap().into(),
            ..profile.situation
        };
        let refused = renewed.renew(&away, at("2028-09-01T12:00:00Z"));
        assert_eq!(refused.unwrap_err(), EnrolmentRefusal::NotEligible(Ineligible::Region));
    }
}
