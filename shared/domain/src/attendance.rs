//! Attendance of a bon plan (`product.md`, *Bon plan*): registering while places last, the waiting list, leaving.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::hidden_in_debug;
use crate::{ArrivalId, BeneficiaryId, BirthDate, BonPlan, CardState, Email, Line, Phone, WalletRefusal};

/// The terms and counters of registration for a bon plan. The item is small, because every registration writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whether registration exists: the bon plan is published, and needs registration.
    pub open: bool,
    /// The number of places; `None` if unlimited.
    pub places: Option<u32>,
    /// The number of places taken.
    pub taken: u32,
    /// The number of people on the waiting list.
    pub waiting: u32,
    /// The first instant at which registration is closed.
    pub closes_at: Timestamp,
    /// The latest birth date that reaches the minimum age; `None` without a minimum age.
    pub born_by: Option<BirthDate>,
}

/// The standing of a registrant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The registrant has a place.
    In,
    /// The registrant is on the waiting list.
    Waiting,
}

impl Standing {
    /// The code in storage and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Waiting => "waiting",
        }
    }
}

/// A young person who registered, with the contact data that the partner may use.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// The beneficiary.
    pub beneficiary: BeneficiaryId,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// The e-mail address.
    pub email: Email,
    /// The telephone number, if given.
    pub phone: Option<Phone>,
    /// The order of registration: first come, first served.
    pub arrival: ArrivalId,
    /// The time of registration.
    pub registered_at: Timestamp,
    /// A place, or a rank on the waiting list.
    pub standing: Standing,
}

hidden_in_debug!(Attendee);

impl Terms {
    /// The initial terms of a published bon plan, without registrants.
    pub fn of(plan: &BonPlan) -> Self {
        let terms = &plan.content.registration;
        Self {
            open: plan.is_published() && terms.is_some(),
            places: plan.content.places.map(crate::Places::count),
            taken: 0,
            waiting: 0,
            closes_at: plan.content.closes_at(),
            born_by: plan.born_by(),
        }
    }

    /// Whether registration is open.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.open && now < self.closes_at
    }

    /// Whether all places are taken.
    pub fn is_full(&self) -> bool {
        self.places.is_some_and(|places| self.taken >= places)
    }

    /// The number of free places; `None` if unlimited.
    pub fn left(&self) -> Option<u32> {
        self.places.map(|places| places.saturating_sub(self.taken))
    }

    /// The standing of a new registrant with this birth date: a place, or the end of the waiting list if the bon plan
    /// is full or others wait.
    ///
    /// # Errors
    /// [`AttendanceRefusal::Closed`], [`AttendanceRefusal::TooYoung`].
    pub fn admit(&self, born: BirthDate, now: Timestamp) -> Result<Standing, AttendanceRefusal> {
        if !self.is_open(now) {
            return Err(AttendanceRefusal::Closed);
        }
        if self.born_by.is_some_and(|latest| born > latest) {
            return Err(AttendanceRefusal::TooYoung);
        }
        Ok(if self.is_full() || self.waiting > 0 { Standing::Waiting } else { Standing::In })
    }
}

/// The rules for joining and leaving a list, and for moving up from the waiting list.
impl BonPlan {
    /// The standing that a beneficiary who is not registered would get. The caller that takes the place checks that the
    /// partner's convention is in force.
    ///
    /// # Errors
    /// [`AttendanceRefusal::NotPublished`], [`AttendanceRefusal::Ended`], [`AttendanceRefusal::NoRegistration`], [`WalletRefusal::CardSuspended`], and
    /// those of [`Terms::admit`].
    pub fn admit(
        &self,
        terms: &Terms,
        (born, card): (BirthDate, CardState),
        now: Timestamp,
    ) -> Result<Standing, AttendanceRefusal> {
        self.takes_registrations(terms, now)?;
        if card == CardState::Suspended {
            return Err(WalletRefusal::CardSuspended.into());
        }
        terms.admit(born, now)
    }

    /// Checks that registration is open to anybody now.
    ///
    /// # Errors
    /// [`AttendanceRefusal::NotPublished`], [`AttendanceRefusal::Ended`], [`AttendanceRefusal::NoRegistration`], [`AttendanceRefusal::Closed`].
    pub fn takes_registrations(&self, terms: &Terms, now: Timestamp) -> Result<(), AttendanceRefusal> {
        if !self.is_published() {
            return Err(AttendanceRefusal::NotPublished);
        }
        if self.is_over(now) {
            return Err(AttendanceRefusal::Ended);
        }
        if self.content.registration.is_none() {
            return Err(AttendanceRefusal::NoRegistration);
        }
        // Counters of bons plans published before dates had hours still say the end of a day.
        if !terms.is_open(now) || now >= self.content.dates.last_begins_at() {
            return Err(AttendanceRefusal::Closed);
        }
        Ok(())
    }

    /// Checks that a registrant may leave the list: until the bon plan is over. Leaving a withdrawn or taken-down bon
    /// plan frees no place.
    ///
    /// # Errors
    /// [`AttendanceRefusal::Ended`].
    pub fn may_leave(&self, now: Timestamp) -> Result<(), AttendanceRefusal> {
        if self.is_standing() && self.is_over(now) { Err(AttendanceRefusal::Ended) } else { Ok(()) }
    }

    /// Whether a free place goes to the first on the waiting list: not once the bon plan is withdrawn or taken down,
    /// nor once its last date has begun.
    pub fn keeps_its_line(&self, now: Timestamp) -> bool {
        self.is_standing() && now < self.content.dates.last_begins_at()
    }
}

/// A refusal by the rules of registering for a bon plan. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttendanceRefusal {
    /// The last date of the bon plan is over: nobody can join or leave its list.
    #[error("Ce bon plan est terminé.")]
    Ended,
    /// The partner's convention is not in force: the bon plan can only be read.
    #[error("Ce partenaire ne prend pas d’inscription pour l’instant. Revenez un peu plus tard.")]
    Suspended,
    /// The bon plan is not published, or no longer.
    #[error("Ce bon plan n’est plus proposé.")]
    NotPublished,
    /// The bon plan needs no registration.
    #[error("Ce bon plan est sans inscription : suivez ses modalités de réservation.")]
    NoRegistration,
    /// The closing day is over.
    #[error("Les inscriptions à ce bon plan sont closes.")]
    Closed,
    /// The young person is below the minimum age on the first day.
    #[error("Vous n’aurez pas encore l’âge minimum de ce bon plan le jour où il a lieu.")]
    TooYoung,
    /// The young person is already registered.
    #[error("Vous êtes déjà sur la liste de ce bon plan.")]
    AlreadyRegistered,
    /// A refusal by the card and wallet rules.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
}

impl AttendanceRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Ended => "bon_plan_ended",
            Self::Suspended => "registration_suspended",
            Self::NotPublished => "not_published",
            Self::NoRegistration => "no_registration",
            Self::Closed => "registration_closed",
            Self::TooYoung => "too_young",
            Self::AlreadyRegistered => "already_registered",
            Self::Wallet(refusal) => refusal.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bon_plan::examples::{content, day, now, submitted};
    use crate::{Content, MinimumAge};

    fn published() -> BonPlan {
        submitted().publish(now()).unwrap()
    }

    fn born(text: &str) -> BirthDate {
        BirthDate::parse(text, day("22/11/2026")).unwrap()
    }

    fn admit(plan: &BonPlan, terms: &Terms, at: &str) -> Result<Standing, AttendanceRefusal> {
        plan.admit(terms, (born("14/05/2008"), CardState::Active), at.parse().unwrap())
    }

    #[test]
    fn places_go_to_the_first_and_the_others_wait() {
        let terms = Terms::of(&published());
        let at = "2026-11-22T12:00:00Z";
        assert_eq!(admit(&published(), &terms, at), Ok(Standing::In));
        let full = Terms { taken: 2, ..terms.clone() };
        assert_eq!(admit(&published(), &full, at), Ok(Standing::Waiting));
        let freed = Terms { taken: 1, waiting: 1, ..terms };
        assert_eq!(admit(&published(), &freed, at), Ok(Standing::Waiting), "nobody overtakes the line");
        assert!(freed.promotes() && !full.promotes());
    }

    #[test]
    fn registration_ends_with_its_closing_day_in_paris() {
        let terms = Terms::of(&published());
        assert!(admit(&published(), &terms, "2026-11-28T22:59:59Z").is_ok());
        assert_eq!(admit(&published(), &terms, "2026-11-28T23:00:00Z"), Err(AttendanceRefusal::Closed));
    }

    #[test]
    fn registration_leaving_and_the_line_each_end_where_their_rule_says() {
        let plan = published();
        // Counters from before dates had hours close with the last day.
        let terms = Terms { closes_at: day("29/11/2026").ends(), waiting: 1, ..Terms::of(&plan) };
        // Sunday, from 16:00 to 18:00 in Paris.
        for (at, registers, moves_up, leaves) in [
            ("2026-11-29T14:59:59Z", Ok(()), true, Ok(())),
            ("2026-11-29T15:00:00Z", Err(AttendanceRefusal::Closed), false, Ok(())),
            ("2026-11-29T16:59:59Z", Err(AttendanceRefusal::Closed), false, Ok(())),
            ("2026-11-29T17:00:00Z", Err(AttendanceRefusal::Ended), false, Err(AttendanceRefusal::Ended)),
        ] {
            let now = at.parse().unwrap();
            assert_eq!(plan.takes_registrations(&terms, now), registers, "{at}");
            assert_eq!((plan.keeps_its_line(now), plan.may_leave(now)), (moves_up, leaves), "{at}");
        }
        let gone = plan.withdraw(now()).unwrap();
        assert!(!gone.keeps_its_line(now()) && gone.may_leave("2026-12-24T12:00:00Z".parse().unwrap()).is_ok());
    }

    #[test]
    fn who_may_not_register_is_told_why() {
        let at = "2026-11-22T12:00:00Z";
        let plan = published();
        let terms = Terms::of(&plan);
        assert_eq!(admit(&submitted(), &terms, at), Err(AttendanceRefusal::NotPublished));
        assert_eq!(admit(&plan.clone().withdraw(now()).unwrap(), &terms, at), Err(AttendanceRefusal::NotPublished));
        assert_eq!(admit(&plan, &terms, "2026-11-29T17:00:00Z"), Err(AttendanceRefusal::Ended));
        let suspended = plan.admit(&terms, (born("14/05/2008"), CardState::Suspended), now());
        assert_eq!(suspended, Err(WalletRefusal::CardSuspended.into()));
        let free = BonPlan { content: Content { registration: None, ..content() }, ..plan };
        assert_eq!(admit(&free, &Terms::of(&free), at), Err(AttendanceRefusal::NoRegistration));
    }

    #[test]
    fn the_minimum_age_is_that_of_the_first_day() {
        let eighteen = Some(MinimumAge::try_from(18).unwrap());
        let plan = BonPlan { content: Content { minimum_age: eighteen, ..content() }, ..published() };
        let terms = Terms::of(&plan);
        let admit = |text| plan.admit(&terms, (born(text), CardState::Active), now());
        assert_eq!(admit("28/11/2008"), Ok(Standing::In), "eighteen on the day, not yet when registering");
        assert_eq!(admit("29/11/2008"), Err(AttendanceRefusal::TooYoung));
    }

    proptest! {
        #[test]
        fn places_are_never_oversold_and_nobody_overtakes(places in 1..20_u32, joins in proptest::collection::vec(any::<bool>(), 1..80)) {
            let mut terms = Terms { places: Some(places), ..Terms::of(&published()) };
            for joins in joins {
                match terms.admit(born("14/05/2008"), now()) {
                    Ok(Standing::In) if joins => {
                        prop_assert_eq!(terms.waiting, 0);
                        terms.taken += 1;
                    }
                    Ok(Standing::Waiting) if joins => terms.waiting += 1,
                    _ if terms.waiting > 0 => terms.waiting -= 1, // one leaves, and the first in line takes the place
                    _ => terms.taken = terms.taken.saturating_sub(1),
                }
                prop_assert!(terms.taken <= places);
                prop_assert!(terms.waiting == 0 || terms.is_full());
            }
        }
    }
}
