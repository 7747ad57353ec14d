//! Measures the cost of a use case: round trips and capacity units, as DynamoDB reports them.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// The cost so far; clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    trips: AtomicU64,
    read_tenths: AtomicU64,
    write_tenths: AtomicU64,
}

/// A meter's reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Spent {
    /// Requests to DynamoDB.
    pub trips: u64,
    /// Read capacity units, in tenths (an eventually consistent read costs half a unit).
    pub read_tenths: u64,
    /// Write capacity units, in tenths.
    pub write_tenths: u64,
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { trips, read_tenths, write_tenths } = self;
        write!(
            f,
            "trips={trips}, read={}.{}, write={}.{}",
            read_tenths / 10,
            read_tenths % 10,
            write_tenths / 10,
            write_tenths % 10
        )
    }
}

tokio::task_local! {
    static CURRENT: Meter;
}

impl Meter {
    /// Runs `work` and counts its cost here.
    pub async fn measure<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }

    /// The cost so far.
    pub fn spent(&self) -> Spent {
        Spent {
            trips: self.0.trips.load(Ordering::Relaxed),
            read_tenths: self.0.read_tenths.load(Ordering::Relaxed),
            write_tenths: self.0.write_tenths.load(Ordering::Relaxed),
        }
    }
}

/// Counts one round trip that read only.
pub(crate) fn read(consumed: &[ConsumedCapacity]) {
    record(consumed, |counters| &counters.read_tenths);
}

/// Counts one round trip that wrote.
pub(crate) fn wrote(consumed: &[ConsumedCapacity]) {
    record(consumed, |counters| &counters.write_tenths);
}

fn record(consumed: &[ConsumedCapacity], of: impl Fn(&Counters) -> &AtomicU64) {
    let _ = CURRENT.try_with(|meter| {
        meter.0.trips.fetch_add(1, Ordering::Relaxed);
        of(&meter.0).fetch_add(consumed.iter().map(tenths).sum(), Ordering::Relaxed);
    });
}

#[expect(clippy::float_arithmetic, reason = "the SDK reports capacity units as floats; they are never money")]
fn tenths(consumed: &ConsumedCapacity) -> u64 {
    (consumed.capacity_units().unwrap_or_default() * 10.0).round() as u64
}
