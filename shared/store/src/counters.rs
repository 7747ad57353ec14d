//! Counts for the rate limits of [`epass_domain::limits`], in a table because a function's memory is neither shared nor
//! lasting.
//!
//! `counters`: key `counter`: the limit's name and its subject, `look-up#…`; counts by fixed windows
//! ([`Counters::count`]) append the window's number. `expires_at` (TTL, seconds) ends a window; conditions ignore an
//! expired item. `code#…` is a rotating code that was used. Every count is a conditional write, so that a hundred
//! concurrent guesses count as a hundred.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use epass_domain::{Campaign, Ineligible, Limit, Shown, WrongPasswords};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;

use crate::dynamo::{Dynamo, Found, Item, Key, StoreError, Table, from_item, jitter, number};

/// A limit and its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    limit: Limit,
    of: String,
}

impl Counted {
    /// Counts towards a limit. `of` is an id, or a keyed digest of a person's address.
    pub fn new(limit: Limit, of: impl ToString) -> Self {
        Self { limit, of: of.to_string() }
    }

    fn key(&self) -> Key {
        Key::new(Table::Counters, "counter", format!("{}#{}", self.limit.name, self.of))
    }

    /// The counter of the fixed window that contains `now`, and the second in which the window ends. The window's
    /// number in the key makes each count a single write.
    fn window(&self, now: Timestamp) -> (Key, i64) {
        let seconds = self.limit.window.as_secs().max(1);
        let window = now.as_second().div_euclid(seconds);
        let name = format!("{}#{}#{window}", self.limit.name, self.of);
        (Key::new(Table::Counters, "counter", name), (window + 1) * seconds)
    }
}

/// The limit is reached; nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The time from which the caller may retry.
    pub until: Timestamp,
}

/// A limit that is reached; nothing was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// The limit.
    pub limit: Limit,
    /// The time to wait.
    pub wait: Wait,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Count {
    #[serde(default)]
    count: u32,
    /// The number of wrong attempts among `count`, where attempts are counted before they are checked.
    #[serde(default)]
    wrong: u32,
    #[serde(default)]
    locked_until: i64,
    #[serde(default)]
    expires_at: i64,
}

/// An attempt that was counted and not checked yet: [`Counters::right`] gives it back, [`Counters::wrong`] keeps it.
#[derive(Debug)]
#[must_use = "an attempt that is not given back stays counted"]
pub struct Attempt {
    key: Key,
    ends: i64,
}

/// The number of waits of an attempt for concurrent ones to be checked: about six seconds in total.
const TURNS: u32 = 30;

/// The repository of counters.
#[derive(Clone, Debug)]
pub struct Counters(pub(crate) Dynamo);

impl Counters {
    /// The key of a counter of attempts or passwords, for a batch read.
    pub fn key(counted: &Counted) -> Key {
        counted.key()
    }

    /// The key of a counter of [`Counters::count`], for a batch read.
    pub fn window_key(counted: &Counted, now: Timestamp) -> Key {
        counted.window(now).0
    }

    /// Whether the limit of [`Counters::attempt`] is reached, from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn full_in(found: &Found, counted: &Counted, now: Timestamp) -> Result<Option<Wait>, StoreError> {
        let count = found.read::<Count>(&counted.key())?.unwrap_or_default();
        let full = now.as_second() < count.expires_at && count.wrong >= counted.limit.most;
        Ok(full.then(|| Wait { until: instant(count.expires_at) }))
    }

    /// Whether the limit of [`Counters::count`] is reached, from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn window_full_in(found: &Found, counted: &Counted, now: Timestamp) -> Result<Option<Wait>, StoreError> {
        let (key, ends) = counted.window(now);
        let count = found.read::<Count>(&key)?.unwrap_or_default();
        Ok((count.count >= counted.limit.most).then(|| Wait { until: instant(ends) }))
    }

    /// Adds one to each counter, in its fixed window, or to none when one of them is full. Returns the new counts, in
    /// order.
    ///
    /// # Errors
    /// [`StoreError`]; past a limit, the inner [`Full`].
    pub async fn count(&self, counted: &[Counted], now: Timestamp) -> Result<Result<Vec<u32>, Full>, StoreError> {
        let counts = try_join_all(counted.iter().map(|one| self.count_one(one, now))).await?;
        let full = counted.iter().zip(&counts).filter(|(_, count)| count.is_none());
        let Some((last, _)) = full.max_by_key(|(one, _)| one.window(now).1) else {
            return Ok(Ok(counts.into_iter().flatten().collect()));
        };
        let others = counted.iter().zip(&counts).filter(|(_, count)| count.is_some());
        try_join_all(others.map(|(one, _)| self.give_back(one, now))).await?;
        Ok(Err(Full { limit: last.limit, wait: Wait { until: instant(last.window(now).1) } }))
    }

    async fn count_one(&self, counted: &Counted, now: Timestamp) -> Result<Option<u32>, StoreError> {
        let (key, ends) = counted.window(now);
        let more = self
            .0
            .update(&key)
            .update_expression("ADD #count :one SET expires_at = :ends")
            .condition_expression("attribute_not_exists(#count) OR #count < :most")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(counted.limit.most))
            .expression_attribute_values(":ends", number(ends));
        match self.0.apply(more).await? {
            Ok(item) => Ok(Some(read(Some(item))?.count)),
            Err(_) => Ok(None),
        }
    }

    async fn give_back(&self, counted: &Counted, now: Timestamp) -> Result<(), StoreError> {
        let less = self
            .0
            .update(&counted.window(now).0)
            .update_expression("ADD #count :less")
            .condition_expression("#count > :none")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":less", number(-1))
            .expression_attribute_values(":none", number(0));
        self.0.apply(less).await.map(|_| ())
    }

    /// Resets the window that contains `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_anew(&self, counted: &Counted, now: Timestamp) -> Result<(), StoreError> {
        self.0.delete(&counted.window(now).0).await
    }

    /// Counts an attempt before it is checked, in the window that the first one opens, so that concurrent attempts
    /// cannot exceed the limit of wrong ones. `found` is a batch read's result that holds the counter. While as many
    /// attempts as the limit are being checked, this one waits.
    ///
    /// # Errors
    /// [`StoreError`]; past the limit, the inner [`Wait`].
    pub async fn attempt(
        &self,
        counted: &Counted,
        found: &Found,
        now: Timestamp,
    ) -> Result<Result<Attempt, Wait>, StoreError> {
        let (key, Limit { most: limit, window, .. }) = (counted.key(), counted.limit);
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

    /// Adds one to the window that was read, or opens a new one.
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

    /// Gives back an attempt that was right.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn right(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.looked_at(attempt, "#count", -1).await
    }

    /// Keeps an attempt that was wrong.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wrong(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.looked_at(attempt, "#wrong", 1).await
    }

    /// The condition makes it a no-op when a new window has replaced the attempt's.
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

    /// Counts a person whom a rule refused in a campaign; nothing else about the refusal is stored.
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

    /// The number of people whom a rule refused in a campaign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tallied(&self, rule: Ineligible, campaign: Campaign) -> Result<u32, StoreError> {
        let key = Key::new(Table::Counters, "counter", format!("{}#{campaign}", rule.code()));
        Ok(self.0.get::<Count>(&key).await?.unwrap_or_default().count)
    }

    /// Marks a rotating code as used. `false` when it was used before: a code is valid once, whoever scans it.
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

    /// Counts a password as wrong before it is checked, and says whether it may be checked.
    /// [`Counters::password_was_right`] deletes the count; [`Counters::password_was_not_meant`] takes this attempt
    /// back. After [`WrongPasswords::FREE`] wrong ones, only one at a time is checked. `found` is a batch read's result
    /// that holds the counter.
    ///
    /// # Errors
    /// [`StoreError`]; while the caller must wait, the inner [`Wait`].
    pub async fn attempt_password(
        &self,
        counted: &Counted,
        found: &Found,
        now: Timestamp,
    ) -> Result<Result<PasswordAttempt, Wait>, StoreError> {
        let key = counted.key();
        let mut stood: Count = found.read(&key)?.unwrap_or_default();
        loop {
            if now.as_second() < stood.locked_until {
                return Ok(Err(Wait { until: instant(stood.locked_until) }));
            }
            let forgotten = stood.expires_at <= now.as_second();
            let wrong = if forgotten { 1 } else { stood.count + 1 };
            let counts = Count {
                count: wrong,
                wrong: 0,
                locked_until: (now + WrongPasswords(wrong).wait()).as_second(),
                expires_at: (now + counted.limit.window).as_second(),
            };
            match self.0.apply(self.moved(&key, stood, counts)).await? {
                Ok(_) => return Ok(Ok(PasswordAttempt { key, stood, counts })),
                Err(moved) => stood = read(moved)?,
            }
        }
    }

    /// Replaces one count of passwords by another, on the condition that it is unchanged.
    fn moved(&self, key: &Key, stood: Count, to: Count) -> UpdateItemFluentBuilder {
        self.0
            .update(key)
            .update_expression("SET #count = :wrong, locked_until = :locked, expires_at = :forgotten")
            .condition_expression("attribute_not_exists(#count) OR (#count = :stood AND locked_until = :stood_locked)")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":wrong", number(to.count))
            .expression_attribute_values(":locked", number(to.locked_until))
            .expression_attribute_values(":forgotten", number(to.expires_at))
            .expression_attribute_values(":stood", number(stood.count))
            .expression_attribute_values(":stood_locked", number(stood.locked_until))
    }

    /// Resets this counter only, after the right password.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn password_was_right(&self, attempt: PasswordAttempt) -> Result<(), StoreError> {
        self.0.delete(&attempt.key).await
    }

    /// Takes back an attempt that was not for this account. The attempt stays counted if others were counted since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn password_was_not_meant(&self, attempt: PasswordAttempt) -> Result<(), StoreError> {
        let PasswordAttempt { key, stood, counts } = attempt;
        let back = self.moved(&key, counts, stood);
        let back = back.condition_expression("#count = :stood AND locked_until = :stood_locked");
        self.0.apply(back).await.map(|_| ())
    }
}

/// A password that was counted as wrong and not checked yet.
#[derive(Debug)]
#[must_use = "an attempt that is not given back stays counted"]
pub struct PasswordAttempt {
    key: Key,
    stood: Count,
    counts: Count,
}

fn read(item: Option<Item>) -> Result<Count, StoreError> {
    item.map_or_else(|| Ok(Count::default()), |item| from_item(Table::Counters, item))
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
