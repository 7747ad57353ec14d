//! Pending registrations of young people: sent, confirmed, or waiting for the team.
//!
//! `enrolments`: key `enrolment_id`. `stage` is the state in one word, for conditions. Index `by_waiting` (`waiting`,
//! `waiting_since`) holds only those that wait for the team. The decision deletes the applicant's data; TTL deletes a
//! registration that is never confirmed (`expires_at`).

use epass_domain::{Account, Beneficiary, BeneficiaryId, Enrolment, EnrolmentId, EnrolmentState, Person, Profile};
use jiff::{SignedDuration, Timestamp};

use crate::accounts::Accounts;
use crate::beneficiaries::Beneficiaries;
use crate::dynamo::{Commit, Dynamo, Item, Key, StoreError, Table, from_item, number, text, to_item};
use crate::outbox::{Entry, Outbox};
use crate::persons::{Slot, owner};
use crate::profiles::Profiles;
use crate::writes::Expression;

/// The records of a new beneficiary, which are stored together.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Card, file number and wallet.
    pub beneficiary: Beneficiary,
    /// The data that the young person declared.
    pub profile: Profile,
    /// The account to sign in with.
    pub account: Account,
}

/// The outcome of admitting an applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// The beneficiary is stored.
    Now,
    /// The registration was decided before. Nothing has changed.
    Before,
    /// This beneficiary has the same name and birth date. Nothing has changed.
    SamePerson(BeneficiaryId),
    /// The slot was changed since it was read: read it again. Nothing has changed.
    SlotMoved,
    /// A number is taken: retry with new ones. Nothing has changed.
    NumberTaken,
}

/// A page of the registrations that wait for the team, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// The registrations.
    pub enrolments: Vec<Enrolment>,
    /// The place of the last one, if there are more.
    pub next: Option<(Timestamp, EnrolmentId)>,
}

/// The time for which a decided registration is kept, so that a second use of its link gets an explanation.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The repository of registrations.
#[derive(Clone, Debug)]
pub struct Enrolments(pub(crate) Dynamo);

impl Enrolments {
    fn key(id: EnrolmentId) -> Key {
        Key::new(Table::Enrolments, "enrolment_id", id)
    }

    /// Finds a registration; none once it was swept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.0.get(&Self::key(id)).await
    }

    /// Stores a registration with the mail that asks to confirm the address. It replaces one of the same id that was
    /// not confirmed, or was decided. `false` when that one waits for the team; nothing has changed then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask(&self, enrolment: &Enrolment, mail: &Entry) -> Result<bool, StoreError> {
        let waits_not = Expression::new("attribute_not_exists(enrolment_id) OR stage <> :waits");
        let waits_not = waits_not.value(":waits", text(DUPLICATE));
        let put = self.0.put_if(Table::Enrolments, enrolment_item(enrolment), waits_not);
        let commit = self.0.transact(vec![put, Outbox(self.0.clone()).entry(mail)]).await?;
        Ok(matches!(commit, Commit::Done))
    }

    /// Stores a registration as it is, if its id is new. For demo data and imports.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, enrolment: &Enrolment) -> Result<(), StoreError> {
        let new = self.0.put_new(Table::Enrolments, enrolment_item(enrolment), "enrolment_id");
        self.0.transact(vec![new]).await.map(|_| ())
    }

    /// Creates the beneficiary of a registration, with the mail that carries the sign-in, in one transaction. The
    /// conditions: the registration is still `before`, and the slot is unchanged since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admit(
        &self,
        before: &Enrolment,
        newcomer: &Newcomer,
        slot: &Slot,
        mail: &Entry,
    ) -> Result<Admitted, StoreError> {
        let Newcomer { beneficiary, profile, account } = newcomer;
        let person = Person::of(&beneficiary.first_name, &beneficiary.last_name, beneficiary.birth_date);
        let mut writes = vec![self.decide(before, EnrolmentState::Enrolled, profile.registered_at)];
        writes.extend(Beneficiaries(self.0.clone()).enrolment(beneficiary));
        writes.push(Profiles(self.0.clone()).put_new(profile, &person));
        writes.push(Accounts(self.0.clone()).put_new(account));
        writes.push(Outbox(self.0.clone()).entry(mail));
        let claim = slot.claim(&self.0, beneficiary.id);
        let is_claimed = claim.is_some();
        writes.extend(claim);
        let reasons = match self.0.transact(writes).await? {
            Commit::Done => return Ok(Admitted::Now),
            Commit::Refused(reasons) => reasons,
        };
        if reasons.first().is_some_and(|decided| decided.failed) {
            return Ok(Admitted::Before);
        }
        let Some(moved) = reasons.last().filter(|claim| claim.failed && is_claimed) else {
            return Ok(Admitted::NumberTaken);
        };
        let owner = moved.item.clone().map(owner).transpose()?.flatten();
        Ok(owner.map_or(Admitted::SlotMoved, Admitted::SamePerson))
    }

    /// Queues a registration for the team, or refuses it, with the notification mails, if it is still `before`. `false`
    /// when it was decided before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn(&self, before: &Enrolment, after: &Enrolment, mails: &[Entry]) -> Result<bool, StoreError> {
        let outbox = Outbox(self.0.clone());
        let item = enrolment_item(after);
        let mut writes = vec![self.0.put_if(Table::Enrolments, item, standing_as(before))];
        writes.extend(mails.iter().map(|mail| outbox.entry(mail)));
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    fn decide(
        &self,
        before: &Enrolment,
        state: EnrolmentState,
        now: Timestamp,
    ) -> aws_sdk_dynamodb::types::TransactWriteItem {
        let decided = Enrolment { state, asked_at: now, ..before.clone() };
        self.0.put_if(Table::Enrolments, enrolment_item(&decided), standing_as(before))
    }

    /// A page of the registrations that wait for the team, after the one given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting(&self, after: Option<(Timestamp, EnrolmentId)>, limit: i32) -> Result<Waiting, StoreError> {
        let start = after.map(|(since, id)| {
            let mut key = Self::key(id).attributes();
            key.insert("waiting".into(), text(DUPLICATE));
            key.insert("waiting_since".into(), text(since));
            key
        });
        let query = self
            .0
            .query(Table::Enrolments)
            .index_name("by_waiting")
            .key_condition_expression("waiting = :waiting")
            .expression_attribute_values(":waiting", text(DUPLICATE))
            .set_exclusive_start_key(start)
            .limit(limit);
        let (items, last) = self.0.page(query).await?;
        let enrolments =
            items.into_iter().map(|item| from_item(Table::Enrolments, item)).collect::<Result<Vec<Enrolment>, _>>()?;
        let next = last.and(enrolments.last()).and_then(|last| Some((since(last)?, last.id)));
        Ok(Waiting { enrolments, next })
    }
}

const ASKED: &str = "asked";
const DUPLICATE: &str = "duplicate";
const DECIDED: &str = "decided";

const fn stage(of: &Enrolment) -> &'static str {
    match of.state {
        EnrolmentState::Asked(_) => ASKED,
        EnrolmentState::Duplicate { .. } => DUPLICATE,
        EnrolmentState::Enrolled | EnrolmentState::Refused => DECIDED,
    }
}

const fn since(of: &Enrolment) -> Option<Timestamp> {
    match of.state {
        EnrolmentState::Duplicate { since, .. } => Some(since),
        _ => None,
    }
}

fn standing_as(before: &Enrolment) -> Expression {
    Expression::new("stage = :stood").value(":stood", text(stage(before)))
}

fn enrolment_item(of: &Enrolment) -> Item {
    let mut item = to_item(of);
    item.insert("enrolment_id".into(), text(of.id));
    item.insert("stage".into(), text(stage(of)));
    if let Some(since) = since(of) {
        item.insert("waiting".into(), text(DUPLICATE));
        item.insert("waiting_since".into(), text(since));
        return item;
    }
    let kept = if stage(of) == ASKED { Enrolment::LINK_LIFE } else { REMEMBERED };
    item.insert("expires_at".into(), number((of.asked_at + kept).as_second()));
    item
}
