//! `cargo run`: the whole product with demo data on this machine.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use epass_cloud::Endpoints;
use epass_local::engines::ses::Faults;
use epass_local::house::{House, Plan, pump, tick};
use epass_local::rights::Rights;
use epass_local::watch::Watch;
use epass_local::{Template, background, demo, rooms, written};
use epass_web::StartError;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// e-PASS JEUNES on one machine: every function, over embedded engines, with demo data.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Args)]
struct Run {
    /// Where browsers reach the site.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Where everything is kept; it survives restarts and crashes.
    #[arg(long, default_value = ".local")]
    data: PathBuf,
    /// Begins with nothing but demo data: what is kept is deleted first.
    #[arg(long)]
    fresh: bool,
    /// Where the clock starts, such as 2026-11-30T23:59:00+01:00.
    #[arg(long)]
    now: Option<Timestamp>,
    /// Shows what changes in the work tree: assets at once, a room as soon as its own binary is built.
    #[arg(long, conflicts_with = "now")]
    watch: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Runs one invocation of a background function against the local data, and prints its answer.
    Invoke {
        /// Its folder under functions/, such as background/mailer.
        function: String,
        /// The event, a JSON file; an empty one without.
        #[arg(long)]
        event: Option<PathBuf>,
        /// Where everything is kept.
        #[arg(long, default_value = ".local")]
        data: PathBuf,
    },
    /// Prints the description of every route (OpenAPI 3.1): redirect it to functions/public/site/openapi.json.
    Openapi,
    /// Prints every path with its methods: redirect it to shared/web/routes.txt.
    Routes,
    /// Prints every entry of the menus: redirect it to shared/web/menu.txt.
    Menu,
    /// Prints what is deployed: redirect it to infra/template.yaml.
    Template,
    /// Names the grants that nobody used in a run of all tests, and fails where there is one.
    Rights {
        /// The folder that `EPASS_RIGHTS_USED` named during the run.
        #[arg(long)]
        used: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let told = std::env::var("RUST_LOG").ok();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = lines.with_filter(epass_web::logs::filter(told.as_deref(), LevelFilter::WARN));
    tracing_subscriber::registry().with(lines).init();
    let done = match cli.command {
        None => serve(cli.run).await,
        Some(Command::Invoke { function, event, data }) => invoke(&function, event, data).await,
        Some(Command::Routes) => {
            print!("{}", rooms::routes(rooms::all()));
            Ok(())
        }
        Some(Command::Menu) => {
            print!("{}", rooms::menu(rooms::all()));
            Ok(())
        }
        Some(Command::Template) => {
            print!("{}", written::template());
            Ok(())
        }
        Some(Command::Rights { used }) => rights(&used),
        Some(Command::Openapi) => rooms::openapi(rooms::all()).map(|json| print!("{json}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("e-PASS JEUNES: {error}");
            ExitCode::FAILURE
        }
    }
}

fn rights(used: &Path) -> Result<(), StartError> {
    let unused = Rights::of(&Template::embedded()?, None).unused(used)?;
    if unused.is_empty() {
        return Ok(());
    }
    Err(format!("no call of the run needed these grants:\n  {}", unused.join("\n  ")).into())
}

async fn serve(run: Run) -> Result<(), StartError> {
    let listener = TcpListener::bind(("127.0.0.1", run.port)).await.map_err(|error| {
        format!("port {} cannot be had ({error}): stop what uses it, or choose another --port", run.port)
    })?;
    let site_url = format!("http://localhost:{}", listener.local_addr()?.port());
    if run.fresh && run.data.exists() {
        std::fs::remove_dir_all(&run.data)?;
    }
    let plan = Plan {
        data: run.data,
        site_url: site_url.clone(),
        elsewhere: Endpoints::from_env(),
        now: run.now,
        faults: Arc::new(Faults::none()),
    };
    let house = House::build(&plan).await?;
    house.migrate().await?;
    demo::lay(&house).await?;
    let watch = if run.watch { Some(Watch::over(&house)?) } else { None };
    let router = match &watch {
        Some(watch) => watch.site(house.router_through(|name, routes| watch.room(name, routes))?),
        None => house.router()?,
    };
    let follower = watch.clone().map(|watch| tokio::spawn(watch.follow()));
    let pump = tokio::spawn(pump(house.mailer()?));
    let tick = tokio::spawn(tick(house.housekeeping()?));
    let machines = house.executions().map(|executions| -> Result<_, StartError> {
        let schedule = background::tick(executions.clone(), house.clock.clone());
        Ok([tokio::spawn(background::work(executions, house.background()?)), tokio::spawn(schedule)])
    });
    let machines = machines.transpose()?;
    println!(
        "e-PASS JEUNES: {site_url}\nMails:         {site_url}/_local/mails\nGallery:       {site_url}/_local/gallery\n"
    );
    println!("Sign in with:  {}\nPassword:      {}", demo::SIGN_INS.join(", "), demo::PASSWORD);
    println!("Card:          2600 1405 3201 2345, Léa Martin, born 14/05/2008\n\nCtrl-C ends it.");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped(watch.clone())).await?;
    for task in [pump, tick].into_iter().chain(machines.into_iter().flatten()).chain(follower) {
        task.abort();
    }
    house.stop().await;
    match watch {
        Some(watch) if watch.is_outdated() => Err(watch.start_again()),
        _ => Ok(()),
    }
}

/// Waits for Ctrl-C, for the system's request to end, or for a newer build of this program.
async fn stopped(watch: Option<Arc<Watch>>) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        () = outdated(watch) => {}
    }
}

async fn outdated(watch: Option<Arc<Watch>>) {
    match watch {
        Some(watch) => watch.outdated().await,
        None => std::future::pending().await,
    }
}

async fn invoke(function: &str, event: Option<PathBuf>, data: PathBuf) -> Result<(), StartError> {
    let event = match event {
        Some(file) => serde_json::from_str(&std::fs::read_to_string(file)?)?,
        None => serde_json::json!({}),
    };
    let plan = Plan {
        data,
        site_url: "http://localhost:3000".to_owned(),
        elsewhere: Endpoints::from_env(),
        now: None,
        faults: Arc::new(Faults::none()),
    };
    let house = House::build_or_join(&plan).await?;
    let answer = house.invoke(&function.replace('/', "-"), event).await?;
    println!("{}", serde_json::to_string_pretty(&answer)?);
    house.stop().await;
    Ok(())
}
