//! Registering for a bon plan and leaving it. The write conditions state the rules again, so that a concurrent change
//! cannot break them.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use epass_domain::{
    AttendanceRefusal, Attendee, BeneficiaryId, BirthDate, BonPlan, BonPlanId, CardState, Move, Standing, Terms,
    WalletRefusal,
};
use jiff::Timestamp;

use super::items::{attendee, attendee_item, line, terms, there};
use super::list::{Attendances, TRIES};
use crate::beneficiaries::{Beneficiaries, card_state_code};
use crate::directory::Directory;
use crate::dynamo::{Commit, StoreError, Table, number, text};
use crate::guards::guarded;
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// A beneficiary who asks to register.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The registration, with the request's arrival id; [`Attendances::join`] decides its standing.
    pub attendee: Attendee,
    /// The birth date, which is checked against the minimum age.
    pub born: BirthDate,
    /// The card's state; a suspended card cannot register.
    pub card: CardState,
}

/// The outcome of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The registration is stored now.
    Now(Standing),
    /// The beneficiary was registered already; nothing has changed.
    Before(Attendee),
}

impl Attendances {
    /// Registers a beneficiary: a place, with the mail that `told` makes, while places are free and nobody waits;
    /// otherwise the end of the waiting list. The write conditions state the rules again, so that a concurrent change
    /// cannot break them; one of them requires that the partner's convention is in force.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`AttendanceRefusal`] names the rule that refused.
    pub async fn join(
        &self,
        plan: &BonPlan,
        seen: Terms,
        candidate: &Candidate,
        now: Timestamp,
        told: impl Fn(&Attendee) -> Option<Entry>,
    ) -> Result<Result<Joined, AttendanceRefusal>, StoreError> {
        let mut terms_seen = seen;
        for _ in 0..TRIES {
            let standing = match plan.admit(&terms_seen, (candidate.born, candidate.card), now) {
                Ok(standing) => standing,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let mut writes = self.joining(plan, candidate, standing, now);
            let mail = if standing == Standing::In { told(&candidate.attendee) } else { None };
            writes.extend(mail.map(|mail| Outbox(self.0.clone()).entry(&mail)));
            let reasons = match self.0.transact_patiently(writes).await? {
                Commit::Done => return Ok(Ok(Joined::Now(standing))),
                Commit::Refused(reasons) => reasons,
            };
            let mut reasons = reasons.into_iter();
            let mut next = || reasons.next().unwrap_or_default();
            let (own, counters, card, partner) = (next(), next(), next(), next());
            match (own.item, counters.item) {
                (Some(first), _) => return Ok(Ok(Joined::Before(attendee(first)?))),
                (None, Some(item)) => terms_seen = terms(item)?,
                (None, None) if card.failed => return Ok(Err(WalletRefusal::CardSuspended.into())),
                (None, None) if partner.failed => return Ok(Err(AttendanceRefusal::Suspended)),
                (None, None) => return Err(StoreError::Failed("a refused registration names no reason".into())),
            }
        }
        Err(StoreError::Busy("a bon plan's counters keep changing".into()))
    }

    fn joining(
        &self,
        plan: &BonPlan,
        candidate: &Candidate,
        standing: Standing,
        now: Timestamp,
    ) -> Vec<TransactWriteItem> {
        let who = Attendee { standing, ..candidate.attendee.clone() };
        let counter = match standing {
            Standing::In => "taken",
            Standing::Waiting => "waiting",
        };
        let change = Expression::new("ADD #counter :one")
            .name("#counter", counter)
            .name("#open", "open")
            .value(":one", number(1))
            .value(":yes", AttributeValue::Bool(true))
            .value(":now", number(now.as_millisecond()))
            .value(":born", text(candidate.born.iso()));
        let (change, room) = guarded(change, Move::of_coming(standing).guard());
        let welcome = "#open = :yes AND closes_at_ms > :now AND (attribute_not_exists(born_by) OR born_by >= :born)";
        let active = Expression::new("card_state = :active").value(":active", text(card_state_code(CardState::Active)));
        let mut writes = vec![
            self.0.put_new(Table::Attendances, attendee_item(plan.id, &who), "entry"),
            self.0.change_if(&Self::terms_key(plan.id), change, &format!("{welcome} AND {room}")),
            self.0.require(&Beneficiaries::key(who.beneficiary), active),
            Directory(self.0.clone()).is_listed(&plan.partner),
        ];
        if standing == Standing::Waiting {
            let mut place = Self::line_key(plan.id, who.arrival).attributes();
            place.insert("who".into(), text(who.beneficiary));
            writes.push(self.0.put_new(Table::Attendances, place, "entry"));
        }
        writes
    }

    /// Removes a registration. While the bon plan keeps its waiting list, the freed place goes to the first in it in
    /// the same transaction, with the mail that `told` makes. A no-op for somebody who is not registered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave(
        &self,
        plan: &BonPlan,
        who: BeneficiaryId,
        now: Timestamp,
        told: impl Fn(&Attendee) -> Entry,
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let found = self.0.read(&[Self::terms_key(plan.id), Self::key(plan.id, who)]).await?;
            let (Some(terms), Some(leaver)) = (Self::terms_in(&found, plan.id)?, Self::in_found(&found, plan.id, who)?)
            else {
                return Ok(());
            };
            let keeps_its_line = plan.keeps_its_line(now);
            if keeps_its_line && terms.promotes() {
                // A free place was not given to the first in the waiting list yet.
                self.settle(plan, now, &told).await?;
                continue;
            }
            let made = terms.leaving(leaver.standing, keeps_its_line);
            let mut writes = vec![self.forget(plan.id, &leaver)];
            match made {
                Move::LeaveTheLine => writes.push(self.0.remove_if(&Self::line_key(plan.id, leaver.arrival), there())),
                Move::HandOver => {
                    let Some(first) = self.first_in_line(plan.id).await? else { continue };
                    writes.extend(self.promoting(plan.id, &first, &told(&first)));
                }
                Move::GiveBack | Move::GiveUp | Move::Take | Move::Queue | Move::Promote => {}
            }
            writes.push(self.count(plan.id, made));
            if let Commit::Done = self.0.transact_patiently(writes).await? {
                return Ok(());
            }
        }
        Err(StoreError::Busy("a bon plan's list keeps changing".into()))
    }

    /// Gives a free place to the first in the waiting list.
    pub(super) fn promotion(&self, plan: BonPlanId, first: &Attendee, mail: &Entry) -> Vec<TransactWriteItem> {
        let mut writes = vec![self.count(plan, Move::Promote)];
        writes.extend(self.promoting(plan, first, mail));
        writes
    }

    /// Moves the first in the waiting list to a place, with the mail that says so.
    fn promoting(&self, plan: BonPlanId, first: &Attendee, mail: &Entry) -> Vec<TransactWriteItem> {
        let change = Expression::new("SET standing = :in, #line = :place")
            .name("#line", "line")
            .value(":in", text(Standing::In.code()))
            .value(":place", text(line(Standing::In, &first.arrival.to_string())))
            .value(":waiting", text(Standing::Waiting.code()))
            .value(":arrival", text(first.arrival));
        vec![
            self.0.remove_if(&Self::line_key(plan, first.arrival), there()),
            self.0.change_if(&Self::key(plan, first.beneficiary), change, "standing = :waiting AND arrival = :arrival"),
            Outbox(self.0.clone()).entry(mail),
        ]
    }

    /// Deletes a registration, on the condition that it is unchanged since it was read.
    fn forget(&self, plan: BonPlanId, who: &Attendee) -> TransactWriteItem {
        let unchanged = Expression::new("standing = :standing AND arrival = :arrival")
            .value(":standing", text(who.standing.code()))
            .value(":arrival", text(who.arrival));
        self.0.remove_if(&Self::key(plan, who.beneficiary), unchanged)
    }

    /// Changes the counters, on the condition that the move's guard holds.
    fn count(&self, plan: BonPlanId, made: Move) -> TransactWriteItem {
        let (taken, waiting) = made.by();
        let change = Expression::new("ADD taken :taken, waiting :waiting")
            .value(":taken", number(taken))
            .value(":waiting", number(waiting));
        let (change, condition) = guarded(change, made.guard());
        self.0.change_if(&Self::terms_key(plan), change, &condition)
    }
}
