//! What closing a week of many transactions costs, without the engine: `tests/bench/reimbursement` runs it.
//!
//! `million serve FOLDER PARTNERS WEEK:TRANSACTIONS…` starts the engines on a folder, fills them, says where they answer, and
//! serves until its input ends. `million close WEEK` closes a week over engines elsewhere (`AWS_ENDPOINT_URL_DYNAMODB`, `_S3`), as the
//! function would, and prints what that took.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use background_reimbursement::Run;
use epass_cloud::Endpoints;
use epass_domain::{
    Activity, Address, Administrative, BankDetails, BeneficiaryId, Bic, Campaign, CardNumber, Civility, ConventionPdf,
    DeskPayer, Dossier, Email, Envelope, Euros, Iban, Line, Partner, PartnerId, Payer, Phone, Postcode, Reference,
    Referent, Registration, RibKind, Siret, StoredRib, Transaction, TransactionId, TransactionState, Week,
};
use epass_local::engines::ses::Faults;
use epass_local::house::{House, Plan};
use epass_store::Store;
use epass_store::meter::Meter;
use epass_web::StartError;
use jiff::{SignedDuration, Timestamp};
use uuid::Builder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", folder, partners, weeks @ ..] => serve(Path::new(folder), partners.parse()?, weeks).await,
        ["close", week] => close(Week::parse(week)?).await,
        _ => Err("million serve FOLDER PARTNERS WEEK:TRANSACTIONS… | million close WEEK".into()),
    }
}

async fn house(folder: &Path, elsewhere: Endpoints, now: Timestamp) -> Result<House, StartError> {
    House::build(&Plan {
        data: folder.to_owned(),
        site_url: "http://localhost:3000".to_owned(),
        elsewhere,
        now: Some(now),
        faults: Arc::new(Faults::none()),
    })
    .await
}

async fn serve(folder: &Path, partners: u64, weeks: &[&str]) -> Result<(), StartError> {
    let house = house(folder, Endpoints::default(), "2026-11-24T10:00:00+01:00".parse()?).await?;
    let store = house.store();
    for number in 0..partners {
        store.partners.import(&partner(number)?).await?;
    }
    for week in weeks {
        let (week, each) = week.split_once(':').ok_or("a week and how many transactions each partner takes")?;
        fill(&store, Week::parse(week)?, partners, each.parse()?).await?;
    }
    println!("{}", std::fs::read_to_string(folder.join("endpoints.json"))?.replace('\n', ""));
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    house.stop().await;
    Ok(())
}

/// So many transactions of each partner, spread over the week; every twentieth was cancelled.
async fn fill(store: &Store, week: Week, partners: u64, each: u64) -> Result<(), StartError> {
    let begins = week.first_day().starts() + SignedDuration::from_hours(9);
    for number in 0..partners {
        let taken: Vec<Transaction> = (0..each).map(|place| transaction(number, place, begins)).collect();
        store.transactions.import(&taken).await?;
    }
    Ok(())
}

fn transaction(partner: u64, place: u64, begins: Timestamp) -> Transaction {
    let minutes = i64::try_from(place * 97 % (6 * 24 * 60)).unwrap_or_default();
    let at = begins + SignedDuration::from_mins(minutes);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&(partner << 32 | place).to_be_bytes());
    let line = |text| Line::parse(text, 50).expect("a line");
    Transaction {
        id: TransactionId(Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &random).into_uuid()),
        partner: PartnerId::mint(partner),
        payer: Payer::Desk(DeskPayer {
            beneficiary: BeneficiaryId(Builder::from_u128(u128::from(place)).into_uuid()),
            first_name: line("Inès"),
            last_name: line("Roux"),
            reference: Reference::Card(CardNumber::mint(place)),
            available: Euros::ZERO,
        }),
        envelope: Envelope::DESK[usize::try_from(place % 3).unwrap_or_default()],
        amount: Euros::from_cents(1_00 + place % 2_700),
        campaign: Campaign::at(at),
        at,
        state: match place % 20 {
            7 => TransactionState::Cancelled { at: at + SignedDuration::from_mins(1) },
            _ => TransactionState::Paid,
        },
    }
}

fn partner(number: u64) -> Result<Partner, StartError> {
    let line = |text: &str| Line::parse(text, 100);
    let address =
        Address { street: line("1 rue des Lices")?, postcode: Postcode::parse("13001")?, commune: line("Marseille")? };
    let email = Email::parse(&format!("contact{number}@librairie.example.org"))?;
    let phone = Phone::parse("04 91 00 00 00")?;
    let legal_name = line(&format!("SARL L’Œil & Cie {number}"))?;
    let siret = Siret::made_up(500_000_000_000 + number);
    let (first_name, last_name) = (line("Zoé")?, line("Garcin")?);
    let registration = Registration {
        legal_name: legal_name.clone(),
        siret: siret.clone(),
        email: email.clone(),
        phone: phone.clone(),
        civility: Civility::Madame,
        first_name: first_name.clone(),
        last_name: last_name.clone(),
    };
    let dossier = Dossier {
        administrative: Administrative {
            legal_name: legal_name.clone(),
            siret,
            email: email.clone(),
            address: address.clone(),
            phone: phone.clone(),
            second_phone: None,
            website: None,
        },
        referent: Referent {
            civility: Civility::Madame,
            first_name,
            last_name,
            position: line("Gérante")?,
            email,
            phone,
            second_phone: None,
        },
        activity: Activity {
            trade_name: line(&format!("Librairie des Lices {number}"))?,
            address,
            envelopes: Envelope::DESK.to_vec(),
            accessibility: Vec::new(),
        },
        bank: BankDetails {
            holder: legal_name,
            iban: Iban::french(30_001, 794, number),
            bic: Bic::parse("BDFEFRPP")?,
            rib: StoredRib { key: "rib/bench".into(), kind: RibKind::Pdf },
        },
    };
    let now: Timestamp = "2026-09-01T10:00:00+02:00".parse()?;
    let pdf = ConventionPdf { key: "convention/bench".into(), sha256: String::new() };
    Ok(Partner::registered(PartnerId::mint(number), registration, now).declare(dossier, now).0.validate(pdf, now)?)
}

/// Closes a week and prints one line of JSON: processor and wall milliseconds, the most memory in kB, round trips and units.
async fn close(week: Week) -> Result<(), StartError> {
    let folder = std::env::temp_dir().join(format!("epass-bench-{}", std::process::id()));
    let house = house(&folder, Endpoints::from_env(), "2026-11-24T10:00:00+01:00".parse()?).await?;
    let function = house.reimbursement()?;
    let meter = Meter::default();
    let (begun, cpu) = (Instant::now(), cpu_ms()?);
    meter
        .measure(async {
            while !function.handle(Run { week: Some(week) }).await?.done {}
            Ok::<_, StartError>(())
        })
        .await?;
    let (wall_ms, cpu_ms) = (begun.elapsed().as_millis(), cpu_ms()? - cpu);
    let batch = house.store().reimbursements.batch(week).await?.ok_or("no batch")?;
    let (spent, kb) = (meter.spent(), most_memory_kb()?);
    println!(
        "{{\"cpu_ms\":{cpu_ms},\"wall_ms\":{wall_ms},\"memory_kb\":{kb},\"trips\":{},\"read_tenths\":{},\"write_tenths\":{},\"partners\":{}}}",
        spent.trips, spent.read_tenths, spent.write_tenths, batch.partners
    );
    house.stop().await;
    std::fs::remove_dir_all(folder)?;
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
