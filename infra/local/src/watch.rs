//! `--watch`: shows changes of the work tree in the browser, and keeps data and sign-ins.
//!
//! Files of `shared/web/assets` are read from the disk. A change in a room rebuilds that room's binary, which then
//! serves it as in Lambda ([`lambda`]): no other room is built, and this process goes on. Any other change rebuilds
//! this program and restarts it over the same data (`docs/decisions/2026-11-28-watching-a-room.md`).

mod gateway;
mod lambda;
mod page;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use epass_web::StartError;
use tokio::sync::watch;

use crate::house::House;
use crate::rooms;
use lambda::Lambda;
use tree::{Change, Tree, root};

/// The interval between checks of the work tree.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The rooms that were rebuilt since the start, and the version for pages.
pub struct Watch {
    /// The path of this program's executable.
    program: PathBuf,
    version: Arc<page::Version>,
    /// The environment of each room's binary: its settings, and the engines' addresses.
    environments: BTreeMap<&'static str, BTreeMap<String, String>>,
    newer: RwLock<BTreeMap<&'static str, Arc<Lambda>>>,
    /// Whether this program was rebuilt and has to restart.
    outdated: watch::Sender<bool>,
}

impl Watch {
    /// A watch over this house.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn over(house: &House) -> Result<Arc<Self>, StartError> {
        let environment = |room: &epass_web::Room| Ok((room.name(), house.process_environment(room.name())?));
        Ok(Arc::new(Self {
            program: std::env::current_exe()?,
            version: Arc::default(),
            environments: rooms::all().iter().map(environment).collect::<Result<_, StartError>>()?,
            newer: RwLock::default(),
            outdated: watch::Sender::new(false),
        }))
    }

    /// The routes of a room, served by its newest binary if it was rebuilt since the start.
    pub fn room(self: &Arc<Self>, name: &'static str, routes: Router) -> Router {
        routes.layer(from_fn_with_state((self.clone(), name), by_the_newest))
    }

    /// All routes, with assets from the disk and pages that reload themselves.
    pub fn site(self: &Arc<Self>, routes: Router) -> Router {
        page::site(&self.version, routes)
    }

    fn newest(&self, room: &str) -> Option<Arc<Lambda>> {
        self.newer.read().ok()?.get(room).cloned()
    }

    /// Watches the work tree until this program is outdated.
    pub async fn follow(self: Arc<Self>) {
        let mut tree = Tree::now();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let changed = tree.changes();
            if changed.is_empty() {
                continue;
            }
            let (watch, began) = (self.clone(), Instant::now());
            let taken = tokio::task::spawn_blocking(move || watch.take(&changed)).await;
            match taken.map_err(StartError::from).flatten() {
                Ok(()) => println!("watch: seen after {:.1} s", began.elapsed().as_secs_f32()),
                Err(error) => eprintln!("watch: {error}"),
            }
        }
    }

    /// Builds what the changes need.
    fn take(&self, changed: &BTreeSet<Change>) -> Result<(), StartError> {
        if changed.contains(&Change::Program) {
            self.build(&["-p", "epass-local"])?;
            self.newer.write().map_err(|_| "a room was left half renewed")?.clear();
            self.outdated.send_replace(true);
            return Ok(());
        }
        for change in changed {
            if let Change::Room(name) = change {
                self.renew(name)?;
            }
        }
        self.version.has_changed();
        Ok(())
    }

    /// Builds a room's binary and switches to it.
    fn renew(&self, room: &'static str) -> Result<(), StartError> {
        // With this program's features, so that shared dependencies are not built a second time.
        self.build(&["-p", "epass-local", "-p", room, "--bin", room])?;
        let lambda = Lambda::start(&self.program.with_file_name(room), room, &self.environments[room])?;
        self.newer.write().map_err(|_| "a room was left half renewed")?.insert(room, Arc::new(lambda));
        Ok(())
    }

    fn build(&self, what: &[&str]) -> Result<(), StartError> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let built = Command::new(cargo).current_dir(root()).args(["build", "--quiet"]).args(what).status()?;
        if built.success() {
            Ok(())
        } else {
            Err("what changed does not compile; what was there before answers".into())
        }
    }

    /// Waits until this program is outdated.
    pub async fn outdated(&self) {
        self.outdated.subscribe().wait_for(|outdated| *outdated).await.ok();
    }

    /// Whether this program is outdated.
    pub fn is_outdated(&self) -> bool {
        *self.outdated.borrow()
    }

    /// Replaces this process by a new start of this program, with the same arguments but without `--fresh`.
    pub fn start_again(&self) -> StartError {
        use std::os::unix::process::CommandExt as _;
        let arguments = std::env::args_os().skip(1).filter(|argument| argument != "--fresh");
        Command::new(&self.program).args(arguments).exec().into()
    }
}

async fn by_the_newest(
    State((watch, room)): State<(Arc<Watch>, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    match watch.newest(room) {
        Some(lambda) => lambda.answer(request).await.unwrap_or_else(|error| page::broken(room, &error)),
        None => next.run(request).await,
    }
}
