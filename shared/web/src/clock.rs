//! The only module that reads the clock; all code below takes `now` as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The clock; the local runner and the tests can set it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ns: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// The current time, truncated to microseconds, so that a stored instant reads back equal.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_nanos(self.ahead_ns.load(Ordering::Relaxed));
        let now = Self::machine() + ahead;
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Sets the clock to `at`, for every clone; it runs on from there.
    pub fn set(&self, at: Timestamp) {
        let ahead = at.duration_since(Self::machine());
        self.ahead_ns.store(i64::try_from(ahead.as_nanos()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn machine() -> Timestamp {
        Timestamp::now()
    }
}
