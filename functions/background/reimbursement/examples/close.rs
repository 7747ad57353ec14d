//! What closing a week costs the function, built and set up as it is deployed: `close WEEK` prints one line of JSON with
//! processor and wall milliseconds, the most memory in kB, round trips and write units. `tests/bench/reimbursement` runs it.

use std::time::Instant;

use background_reimbursement::{Run, reimbursement};
use epass_cloud::Cloud;
use epass_domain::Week;
use epass_store::meter::Meter;
use epass_web::{App, Clock, StartError};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let week = Week::parse(&std::env::args().nth(1).ok_or("close WEEK")?)?;
    let variable = |name: &str| std::env::var(name).ok();
    let clock = Clock::system();
    clock.set(week.last_day().plus_days(2).starts());
    let function = reimbursement(App::new(&Cloud::from_env()?, clock, variable)?, variable)?;
    let meter = Meter::default();
    let (begun, cpu) = (Instant::now(), cpu_ms()?);
    let run = async {
        loop {
            let progress = function.handle(Run { week: Some(week) }).await?;
            if progress.done {
                return Ok::<_, StartError>(progress);
            }
        }
    };
    let progress = meter.measure(run).await?;
    let spent = meter.spent();
    let told = json!({
        "cpu_ms": cpu_ms()? - cpu,
        "wall_ms": begun.elapsed().as_millis(),
        "memory_kb": most_memory_kb()?,
        "trips": spent.trips,
        "write_tenths": spent.write_tenths,
        "partners": progress.partners,
    });
    println!("{told}");
    Ok(())
}

/// Processor time of this process so far, from Linux's `/proc/self/stat` (a hundred ticks a second).
fn cpu_ms() -> Result<u64, StartError> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let tick = |place: usize| fields.get(place).and_then(|ticks| ticks.parse::<u64>().ok());
    Ok(10 * tick(11).zip(tick(12)).map(|(user, system)| user + system).ok_or("no processor time")?)
}

/// The most memory that this process held, in kB.
fn most_memory_kb() -> Result<u64, StartError> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no memory")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
