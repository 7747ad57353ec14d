//! The stage on which scenarios play: the whole product on engines of its own, people made as they are needed, and the
//! ways in over HTTP.

mod deals;
mod gate;
mod http;
mod outings;
mod stage;
mod takings;

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use deals::{Deal, Visitor, announced, slot};
pub use gate::Gate;
pub use http::{Answer, Browser, Http, Spent, Till};
pub use outings::Trip;
pub use stage::{PASSWORD, Setting, Shop, Stage, at};
pub use takings::{run_to_the_end, taken};

/// Runs all of `work` on tasks of their own, `workers` of them at a time, and gives what came of it, in any order.
///
/// # Panics
/// When one of them does.
pub async fn at_once<F>(workers: usize, work: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let free = Arc::new(Semaphore::new(workers));
    let mut tasks = JoinSet::new();
    for one in work {
        let free = free.clone();
        tasks.spawn(async move {
            let _held = free.acquire().await.unwrap();
            one.await
        });
    }
    tasks.join_all().await
}

/// How many of them are so.
pub fn count<T>(of: &[T], so: impl Fn(&T) -> bool) -> usize {
    of.iter().filter(|one| so(one)).count()
}
