//! The registration form, step by step: it turns raw text into typed parts, collects every fault, and reports an
//! unmet rule as early as possible.

use epass_domain::{
    Applicant, BirthDate, Email, EstablishmentId, Fault, Ineligible, Invalid, Line, Locality, ParisDay, Phone, School,
    Situation, Status, chosen, eligibility, optional, ticked,
};
use epass_web::{Filled, words};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The query of *Je m'inscris*.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct StepQuery {
    /// The action that was just done.
    #[param(ignore)]
    pub fait: String,
    /// The sealed state of a browser's step, valid for an hour.
    pub etape: String,
}

/// The form *Je m'inscris*, complete or up to a step. A browser posts it step by step; a program leaves `step` out.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnrolmentForm {
    /// The submitted step, `1` to `4`; without it, all steps.
    pub step: String,
    /// Any text: returns to the previous step without checking anything.
    pub back: String,
    /// The birth date, `2008-05-14` or `14/05/2008`.
    #[schema(example = "2008-05-14")]
    pub birth_date: String,
    /// The status: `high_school`, `apprentice`, `health_or_social`, `trainee`, or `none` of them.
    #[schema(value_type = words::DeclaredStatusOrNone)]
    pub status: String,
    /// *Code postal du domicile*, in France or Monaco; blank with `home_abroad`.
    #[schema(example = "13001")]
    pub home_postcode: String,
    /// `yes` for a home outside France and Monaco.
    #[schema(value_type = words::YesOrNone)]
    pub home_abroad: String,
    /// *Code postal de l'établissement*, in France or Monaco; blank with `school_abroad`.
    #[schema(example = "13001")]
    pub school_postcode: String,
    /// `yes` for a school outside France and Monaco.
    #[schema(value_type = words::YesOrNone)]
    pub school_abroad: String,
    /// The UAI of one of the listed establishments, or blank.
    pub school: String,
    /// The name of a school that is not listed.
    pub school_name: String,
    /// *Prénom*.
    pub first_name: String,
    /// *Nom*.
    pub last_name: String,
    /// *Adresse mail*.
    pub email: String,
    /// *Téléphone portable*; optional.
    pub mobile: String,
}

/// The form *Je renouvelle mon e-PASS*: the current situation.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RenewalForm {
    /// The status, as in the registration.
    #[schema(value_type = words::DeclaredStatusOrNone)]
    pub status: String,
    /// *Code postal du domicile*, in France or Monaco; blank with `home_abroad`.
    #[schema(example = "13001")]
    pub home_postcode: String,
    /// `yes` for a home outside France and Monaco.
    #[schema(value_type = words::YesOrNone)]
    pub home_abroad: String,
    /// *Code postal de l'établissement*, in France or Monaco; blank with `school_abroad`.
    #[schema(example = "13001")]
    pub school_postcode: String,
    /// `yes` for a school outside France and Monaco.
    #[schema(value_type = words::YesOrNone)]
    pub school_abroad: String,
    /// The UAI of one of the listed establishments, or blank.
    pub school: String,
    /// The name of a school that is not listed.
    pub school_name: String,
}

/// The reason why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// Fields are faulty.
    Faulty(Invalid),
    /// A rule of guide §2.3 is not met.
    Ineligible(Ineligible),
}

impl From<Ineligible> for Halt {
    fn from(rule: Ineligible) -> Self {
        Self::Ineligible(rule)
    }
}

impl From<Invalid> for Halt {
    fn from(invalid: Invalid) -> Self {
        Self::Faulty(invalid)
    }
}

/// The four steps, each one screen on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Birth date and status.
    Right,
    /// Home and place of study.
    Place,
    /// The school.
    School,
    /// Name and contact details.
    Person,
}

impl Step {
    /// The steps in order.
    pub const ALL: [Self; 4] = [Self::Right, Self::Place, Self::School, Self::Person];

    /// The number of the step, `1` to `4`.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The step of this number; the last one for any other text.
    pub fn read(text: &str) -> Self {
        Self::ALL.into_iter().find(|step| step.number().to_string() == text).unwrap_or(Self::Person)
    }

    /// The first step with a fault in a refused form; the last one for faults of no step.
    pub fn of_faults(form: &Filled) -> Self {
        let is_faulty = |step: &Self| step.fields().iter().any(|field| form.fault(field).is_some());
        Self::ALL.into_iter().find(is_faulty).unwrap_or(Self::Person)
    }

    /// The title of the step.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Right => "Votre âge et votre situation",
            Self::Place => "Où habitez-vous, où étudiez-vous ?",
            Self::School => "Votre établissement",
            Self::Person => "Vous",
        }
    }

    /// The next step.
    pub fn following(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    /// The previous step; the first step itself for the first one.
    pub fn before(self) -> Self {
        Self::ALL.into_iter().rfind(|step| *step < self).unwrap_or(self)
    }

    /// The fields of the step.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Right => &["birth_date", "status"],
            Self::Place => &["home_postcode", "home_abroad", "school_postcode", "school_abroad"],
            Self::School => &["school", "school_name"],
            Self::Person => &["first_name", "last_name", "email", "mobile"],
        }
    }
}

impl EnrolmentForm {
    /// Checks the selected fields against their options, whatever the step; they may be blank.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn choices(&self) -> Result<(), Invalid> {
        let mut invalid = Invalid::default();
        let status = invalid.field("status", chosen(&self.status, Status::parse));
        let home = invalid.field("home_abroad", ticked(&self.home_abroad));
        let school = invalid.field("school_abroad", ticked(&self.school_abroad));
        invalid.finish(|| status.and(home).and(school).map(|_| ()))
    }

    /// Checks one step against its rules.
    ///
    /// # Errors
    /// [`Halt`].
    pub fn check(&self, step: Step, today: ParisDay) -> Result<(), Halt> {
        match step {
            Step::Right => self.right(today).map(|_| ()),
            Step::Place => self.place().map(|_| ()),
            Step::School => Ok(school(&self.school, &self.school_name).map(|_| ())?),
            Step::Person => Ok(self.person().map(|_| ())?),
        }
    }

    /// Parses the applicant from all four steps.
    ///
    /// # Errors
    /// The [`Halt`] of the first step that has one.
    pub fn parse(&self, today: ParisDay) -> Result<Applicant, Halt> {
        let (birth_date, status) = self.right(today)?;
        let (home, school_at) = self.place()?;
        let school = school(&self.school, &self.school_name)?;
        let (first_name, last_name, email, phone) = self.person()?;
        let situation = Situation { status, home, school_at, school };
        Ok(Applicant { first_name, last_name, birth_date, email, phone, situation })
    }

    fn right(&self, today: ParisDay) -> Result<(BirthDate, Status), Halt> {
        let mut invalid = Invalid::default();
        let born = invalid.field("birth_date", BirthDate::parse(&self.birth_date, today));
        let status = invalid.field("status", Status::parse(&self.status));
        let (born, status) = invalid.finish(|| Some((born?, status?)))?;
        eligibility::of_age(born, today)?;
        Ok((born, eligibility::of_status(status)?))
    }

    fn place(&self) -> Result<(Locality, Locality), Halt> {
        place((&self.home_postcode, &self.home_abroad), (&self.school_postcode, &self.school_abroad))
    }

    fn person(&self) -> Result<(Line, Line, Email, Option<Phone>), Invalid> {
        let mut invalid = Invalid::default();
        let first_name = invalid.field("first_name", Line::person(&self.first_name, 60));
        let last_name = invalid.field("last_name", Line::person(&self.last_name, 60));
        let email = invalid.field("email", Email::parse(&self.email));
        let phone = invalid.field("mobile", optional(&self.mobile, Phone::parse));
        invalid.finish(|| Some((first_name?, last_name?, email?, phone?)))
    }
}

impl RenewalForm {
    /// Parses the situation of a person whose age is known.
    ///
    /// # Errors
    /// [`Halt`].
    pub fn parse(&self) -> Result<Situation, Halt> {
        let mut invalid = Invalid::default();
        let status = invalid.field("status", Status::parse(&self.status));
        let status = eligibility::of_status(invalid.finish(|| status)?)?;
        let (home, school_at) =
            place((&self.home_postcode, &self.home_abroad), (&self.school_postcode, &self.school_abroad))?;
        Ok(Situation { status, home, school_at, school: school(&self.school, &self.school_name)? })
    }
}

/// Home and school, each from its postcode and its box.
fn place(home: (&str, &str), school: (&str, &str)) -> Result<(Locality, Locality), Halt> {
    let mut invalid = Invalid::default();
    let home_abroad = invalid.field("home_abroad", ticked(home.1)).unwrap_or_default();
    let school_abroad = invalid.field("school_abroad", ticked(school.1)).unwrap_or_default();
    let home = invalid.field("home_postcode", Locality::parse(home.0, home_abroad));
    let school = invalid.field("school_postcode", Locality::parse(school.0, school_abroad));
    let (home, school) = invalid.finish(|| Some((home?, school?)))?;
    eligibility::of_region(&home, &school)?;
    Ok((home, school))
}

/// A listed establishment by its UAI, whose name the store gives later, or a typed name.
fn school(uai: &str, name: &str) -> Result<School, Invalid> {
    const NEITHER: Fault =
        Fault::new("missing", "Choisissez votre établissement dans la liste, ou écrivez son nom s’il n’y est pas.");
    let mut invalid = Invalid::default();
    let picked = invalid.field("school", optional(uai, EstablishmentId::parse)).flatten();
    let name = match (&picked, name.trim().is_empty()) {
        // The name in the store replaces it later.
        (Some(id), _) => invalid.field("school", Line::parse(id.as_str(), 120)),
        (None, true) if invalid.faults().is_empty() => invalid.field("school_name", Err(NEITHER)),
        (None, _) => invalid.field("school_name", Line::name(name, 120)),
    };
    invalid.finish(|| Some(School { name: name?, establishment: picked }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> ParisDay {
        ParisDay::parse("22/11/2026").unwrap()
    }

    fn lea() -> EnrolmentForm {
        EnrolmentForm {
            birth_date: "14/05/2008".into(),
            status: "high_school".into(),
            home_postcode: "13001".into(),
            school_postcode: "13 100".into(),
            school_name: "Lycée Marie-Curie".into(),
            first_name: "Léa".into(),
            last_name: "Martin".into(),
            email: "lea@example.org".into(),
            ..EnrolmentForm::default()
        }
    }

    fn fields(halt: &Halt) -> Vec<&'static str> {
        match halt {
            Halt::Faulty(invalid) => invalid.faults().iter().map(|(field, _)| *field).collect(),
            Halt::Ineligible(rule) => vec![rule.field()],
        }
    }

    #[test]
    fn a_whole_form_is_somebody() {
        let applicant = lea().parse(today()).unwrap();
        assert_eq!(applicant.situation.school.name.as_str(), "Lycée Marie-Curie");
        assert_eq!(applicant.phone, None);
    }

    #[test]
    fn each_step_asks_for_its_own_fields_only() {
        for step in Step::ALL {
            let halt = EnrolmentForm::default().check(step, today()).unwrap_err();
            assert!(fields(&halt).iter().all(|field| step.fields().contains(field)), "{step:?}: {halt:?}");
            assert_eq!(lea().check(step, today()), Ok(()));
        }
    }

    #[test]
    fn a_rule_is_told_at_the_step_that_knows_it() {
        let young = EnrolmentForm { birth_date: "23/11/2011".into(), ..lea() };
        assert_eq!(young.check(Step::Right, today()), Err(Halt::Ineligible(Ineligible::TooYoung)));
        let student = EnrolmentForm { status: "none".into(), ..lea() };
        assert_eq!(student.check(Step::Right, today()), Err(Halt::Ineligible(Ineligible::Status)));
        let away = EnrolmentForm { home_postcode: "75001".into(), school_postcode: "69001".into(), ..lea() };
        assert_eq!(away.check(Step::Place, today()), Err(Halt::Ineligible(Ineligible::Region)));
        assert_eq!(away.parse(today()).unwrap_err(), Halt::Ineligible(Ineligible::Region));
    }

    #[test]
    fn a_home_in_monaco_or_abroad_is_right_with_a_school_in_the_region() {
        let monaco = EnrolmentForm { home_postcode: "98000".into(), school_postcode: "06000".into(), ..lea() };
        assert_eq!(monaco.check(Step::Place, today()), Ok(()));
        let abroad = EnrolmentForm { home_postcode: String::new(), home_abroad: "yes".into(), ..lea() };
        assert_eq!(abroad.parse(today()).unwrap().situation.home, Locality::Abroad);
        let stuck = EnrolmentForm { home_postcode: "CH-1201".into(), ..lea() };
        assert_eq!(fields(&stuck.check(Step::Place, today()).unwrap_err()), ["home_postcode"]);
        let away = EnrolmentForm { school_abroad: "yes".into(), school_postcode: String::new(), ..abroad };
        assert_eq!(away.check(Step::Place, today()), Err(Halt::Ineligible(Ineligible::Region)));
    }

    #[test]
    fn a_name_is_a_name() {
        for (first_name, code) in [
            ("Va sur https://evil.example", "name_web"),
            ("L\u{200B}éa", "invisible_character"),
            ("\u{200E}", "invisible_character"),
            ("😀", "name_character"),
            ("-", "name_letters"),
        ] {
            let form = EnrolmentForm { first_name: first_name.into(), ..lea() };
            let Halt::Faulty(invalid) = form.check(Step::Person, today()).unwrap_err() else {
                panic!("{first_name:?}")
            };
            assert_eq!(
                invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect::<Vec<_>>(),
                [("first_name", code)]
            );
        }
    }

    #[test]
    fn steps_lead_on_and_back() {
        assert_eq!(Step::read("2").following(), Some(Step::School));
        assert_eq!((Step::Person.following(), Step::Right.before()), (None, Step::Right));
        assert_eq!(Step::read(""), Step::Person, "a program sends everything at once");
    }
}
