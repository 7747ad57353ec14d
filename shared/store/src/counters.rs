//! Attempts, counted in a table because a function's memory is no place for it.
//!
//! `counters`: key `counter`, such as `password#…` or `look-up#…`; `expires_at` (TTL, seconds) ends a window and is read
//! past by condition. `code#…` is a rotating code that served. Every count is a conditional write, so that a hundred guesses at once are still a hundred.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use epass_domain::{Campaign, Identifier, Ineligible, PartnerId, Shown, SignInName, SortieId, WrongPasswords};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::dynamo::{Dynamo, Found, Item, Key, StoreError, Table, from_item, jitter, number};
use crate::outbox::digest;

/// What is counted, for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Wrong passwords of an identifier, known or not.
    Passwords(Identifier),
    /// Wrong passwords of a folded address, known or not (given as its digest).
    PasswordsOfAddress(String),
    /// Wrong look-ups of one person or one till (the account's identifier, or the key's id) at a partner's desk.
    LookUps(PartnerId, String),
    /// Wrong look-ups of a whole shop.
    LookUpsOfShop(PartnerId),
    /// Recoveries asked for an identifier or a folded address (given as its digest).
    Recoveries(String),
    /// Questions sent to the hotline from one folded address (given as its digest).
    Questions(String),
    /// Registrations asked for with one folded address (given as its digest).
    Enrolments(String),
    /// Wrong vouchers of an outing, typed by one person or at one till.
    SortieVouchers(SortieId, String),
}

impl Counted {
    /// Wrong passwords of whom a sign-in names.
    pub fn passwords_of(name: &SignInName) -> Self {
        match name {
            SignInName::Identifier(identifier) => Self::Passwords(identifier.clone()),
            SignInName::Email(email) => Self::PasswordsOfAddress(digest(email.folded().as_str())),
        }
    }

    /// Mails asked for with an identifier or an address.
    pub fn recoveries_of(name: &SignInName) -> Self {
        match name {
            SignInName::Identifier(identifier) => Self::Recoveries(digest(identifier.as_str())),
            SignInName::Email(email) => Self::Recoveries(digest(email.folded().as_str())),
        }
    }

    fn key(&self) -> Key {
        let name = match self {
            Self::Passwords(identifier) => format!("password#{identifier}"),
            Self::PasswordsOfAddress(digest) => format!("password-of#{digest}"),
            Self::LookUps(partner, by) => format!("look-up#{partner}#{by}"),
            Self::LookUpsOfShop(partner) => format!("look-ups#{partner}"),
            Self::Recoveries(digest) => format!("recovery#{digest}"),
            Self::Questions(digest) => format!("question#{digest}"),
            Self::Enrolments(digest) => format!("enrolment#{digest}"),
            Self::SortieVouchers(sortie, by) => format!("sortie-voucher#{}#{by}", sortie.as_str()),
        };
        Key::new(Table::Counters, "counter", name)
    }
}

/// Too many: nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When it may be tried again.
    pub until: Timestamp,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Count {
    #[serde(default)]
    count: u32,
    /// How many of `count` were wrong, where attempts are counted before they are looked at.
    #[serde(default)]
    wrong: u32,
    #[serde(default)]
    locked_until: i64,
    #[serde(default)]
    expires_at: i64,
}

/// One that was counted and not looked at yet: [`Counters::right`] gives it back, [`Counters::wrong`] lets it stand.
#[derive(Debug)]
#[must_use = "an attempt that is not given back stays counted"]
pub struct Attempt {
    key: Key,
    ends: i64,
}

/// How often an attempt waits for those before it to be looked at: half a dozen seconds together.
const TURNS: u32 = 30;

/// The repository.
#[derive(Clone, Debug)]
pub struct Counters(pub(crate) Dynamo);

impl Counters {
    /// The key of a counter, for a batch read.
    pub fn key(counted: &Counted) -> Key {
        counted.key()
    }

    /// Whether `limit` was reached, in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn full_in(found: &Found, counted: &Counted, limit: u32, now: Timestamp) -> Result<Option<Wait>, StoreError> {
        let count = found.read::<Count>(&counted.key())?.unwrap_or_default();
        let full = now.as_second() < count.expires_at && count.count >= limit;
        Ok(full.then(|| Wait { until: instant(count.expires_at) }))
    }

    /// Counts one more in a window of `window` that the first one opens: at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`]; past the limit, the inner [`Wait`].
    pub async fn count(
        &self,
        counted: &Counted,
        limit: u32,
        window: SignedDuration,
        now: Timestamp,
    ) -> Result<Result<(), Wait>, StoreError> {
        let ends = (now + window).as_second();
        let more = self
            .0
            .update(&counted.key())
            .update_expression("ADD #count :one")
            .condition_expression("expires_at > :now AND #count < :limit")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":limit", number(limit))
            .expression_attribute_values(":now", number(now.as_second()));
        let stood = match self.0.apply(more).await? {
            Ok(_) => return Ok(Ok(())),
            Err(stood) => read(stood)?,
        };
        if now.as_second() < stood.expires_at {
            return Ok(Err(Wait { until: instant(stood.expires_at) }));
        }
        let first = self
            .0
            .update(&counted.key())
            .update_expression("SET #count = :one, expires_at = :ends")
            .condition_expression("attribute_not_exists(expires_at) OR expires_at = :stood")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":ends", number(ends))
            .expression_attribute_values(":stood", number(stood.expires_at));
        match self.0.apply(first).await? {
            Ok(_) => Ok(Ok(())),
            // Another one opened the window first: this one counts in it.
            Err(_) => Box::pin(self.count(counted, limit, window, now)).await,
        }
    }

    /// Counts an attempt before it is looked at, so that of any number at once at most `limit` in `window` can be wrong.
    /// `found` is what a batch read found of the counter. While `limit` are being looked at, this one waits for its turn.
    ///
    /// # Errors
    /// [`StoreError`]; past the limit, the inner [`Wait`].
    pub async fn attempt(
        &self,
        counted: &Counted,
        limit: u32,
        window: SignedDuration,
        (found, now): (&Found, Timestamp),
    ) -> Result<Result<Attempt, Wait>, StoreError> {
        let key = counted.key();
        let mut stood: Count = found.read(&key)?.unwrap_or_default();
        let mut turns = 0;
        loop {
            let is_open = now.as_second() < stood.expires_at;
            if is_open && stood.wrong >= limit {
                return Ok(Err(Wait { until: instant(stood.expires_at) }));
            }
            if is_open && stood.count >= limit {
                if turns == TURNS {
                    return Err(StoreError::Busy("attempts of one counter keep waiting for each other".into()));
                }
                jitter(turns).await;
                turns += 1;
            }
            let ends = if is_open { stood.expires_at } else { (now + window).as_second() };
            match self.0.apply(self.one_more(&key, is_open, limit, (stood.expires_at, ends))).await? {
                Ok(_) => return Ok(Ok(Attempt { key, ends })),
                Err(item) => stood = read(item)?,
            }
        }
    }

    /// One more in the window that was seen, or the first of a new one.
    fn one_more(&self, key: &Key, is_open: bool, limit: u32, (seen, ends): (i64, i64)) -> UpdateItemFluentBuilder {
        let update = self
            .0
            .update(key)
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":seen", number(seen));
        if is_open {
            update
                .update_expression("ADD #count :one")
                .condition_expression("expires_at = :seen AND #count < :limit")
                .expression_attribute_values(":limit", number(limit))
        } else {
            update
                .update_expression("SET #count = :one, wrong = :none, expires_at = :ends")
                .condition_expression("attribute_not_exists(expires_at) OR expires_at = :seen")
                .expression_attribute_values(":none", number(0))
                .expression_attribute_values(":ends", number(ends))
        }
    }

    /// Gives an attempt back: it was right.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn right(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.looked_at(attempt, "#count", -1).await
    }

    /// Lets an attempt stand: it was wrong.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wrong(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.looked_at(attempt, "#wrong", 1).await
    }

    /// In a window that another one took the place of there is nothing to change.
    async fn looked_at(&self, attempt: Attempt, name: &str, by: i32) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&attempt.key)
            .update_expression(format!("ADD {name} :by"))
            .condition_expression("expires_at = :ends")
            .expression_attribute_names(name, name.trim_start_matches('#'))
            .expression_attribute_values(":by", number(by))
            .expression_attribute_values(":ends", number(attempt.ends));
        self.0.apply(update).await.map(|_| ())
    }

    /// Counts somebody whom a rule turned away in a campaign: nothing else is kept of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tally(&self, rule: Ineligible, campaign: Campaign) -> Result<(), StoreError> {
        let key = Key::new(Table::Counters, "counter", format!("{}#{campaign}", rule.code()));
        let more = self
            .0
            .update(&key)
            .update_expression("ADD #count :one")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1));
        self.0.apply(more).await.map(|_| ())
    }

    /// How many a rule turned away in a campaign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tallied(&self, rule: Ineligible, campaign: Campaign) -> Result<u32, StoreError> {
        let key = Key::new(Table::Counters, "counter", format!("{}#{campaign}", rule.code()));
        Ok(self.0.get::<Count>(&key).await?.unwrap_or_default().count)
    }

    /// Marks a rotating code as served. `false` when it had: a code serves once, whoever scans it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first_use(&self, shown: &Shown) -> Result<bool, StoreError> {
        let name = format!("code#{}#{}", shown.file.as_str(), shown.window.number());
        let mark = self
            .0
            .update(&Key::new(Table::Counters, "counter", name))
            .update_expression("SET expires_at = :stale")
            .condition_expression("attribute_not_exists(#counter)")
            .expression_attribute_names("#counter", "counter")
            .expression_attribute_values(":stale", number(shown.window.stale().as_second()));
        Ok(self.0.apply(mark).await?.is_ok())
    }

    /// Counts a password as wrong before it is looked at, and says whether it may be; [`Counters::clear`] takes it back
    /// when it was right. At most one attempt at a time once [`WrongPasswords::FREE`] were wrong.
    ///
    /// # Errors
    /// [`StoreError`]; while one has to wait, the inner [`Wait`].
    pub async fn attempt_password(&self, counted: &Counted, now: Timestamp) -> Result<Result<(), Wait>, StoreError> {
        let key = counted.key();
        let mut stood: Count = self.0.get(&key).await?.unwrap_or_default();
        loop {
            if now.as_second() < stood.locked_until {
                return Ok(Err(Wait { until: instant(stood.locked_until) }));
            }
            let forgotten = stood.expires_at <= now.as_second();
            let wrong = if forgotten { 1 } else { stood.count + 1 };
            let locked_until = (now + WrongPasswords(wrong).wait()).as_second();
            let update = self
                .0
                .update(&key)
                .update_expression("SET #count = :wrong, locked_until = :locked, expires_at = :forgotten")
                .condition_expression(
                    "attribute_not_exists(#count) OR (#count = :stood AND locked_until = :stood_locked)",
                )
                .expression_attribute_names("#count", "count")
                .expression_attribute_values(":wrong", number(wrong))
                .expression_attribute_values(":locked", number(locked_until))
                .expression_attribute_values(":forgotten", number((now + FORGOTTEN).as_second()))
                .expression_attribute_values(":stood", number(stood.count))
                .expression_attribute_values(":stood_locked", number(stood.locked_until));
            match self.0.apply(update).await? {
                Ok(_) => return Ok(Ok(())),
                Err(moved) => stood = read(moved)?,
            }
        }
    }

    /// Forgets wrong passwords: the right one came, or a new one was mailed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clear(&self, counted: &Counted) -> Result<(), StoreError> {
        self.0.delete(&counted.key()).await
    }
}

/// After this long without a try, wrong passwords are forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

fn read(item: Option<Item>) -> Result<Count, StoreError> {
    item.map_or_else(|| Ok(Count::default()), |item| from_item(Table::Counters, item))
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
