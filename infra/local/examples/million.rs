//! A week of many transactions, for `tests/bench/reimbursement`: `million FOLDER PARTNERS WEEK:TRANSACTIONS…` starts the engines
//! on a folder, fills them, prints what Lambda would tell the reimbursement in its environment, and serves until its input ends.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use epass_cloud::Endpoints;
use epass_domain::{
    Activity, Address, Administrative, BankDetails, BeneficiaryId, Bic, Campaign, CardNumber, Civility, ConventionPdf,
    DeskPayer, Dossier, Email, Envelope, Euros, Iban, Line, Partner, PartnerId, Payer, Phone, Postcode, Reference,
    Referent, Registration, RibKind, Siret, StoredRib, Transaction, TransactionId, TransactionState, Week,
};
use epass_local::engines::ses::Faults;
use epass_local::house::{House, Plan};
use epass_store::Store;
use epass_web::StartError;
use jiff::{SignedDuration, Timestamp};
use uuid::Builder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, partners, weeks @ ..] = arguments.as_slice() else {
        return Err("million FOLDER PARTNERS WEEK:TRANSACTIONS…".into());
    };
    serve(Path::new(folder), partners.parse()?, weeks).await
}

async fn serve(folder: &Path, partners: u64, weeks: &[String]) -> Result<(), StartError> {
    let house = House::build(&Plan {
        data: folder.to_owned(),
        site_url: "http://localhost:3000".to_owned(),
        elsewhere: Endpoints::default(),
        now: None,
        faults: Arc::new(Faults::none()),
    })
    .await?;
    let store = house.store();
    for number in 0..partners {
        store.partners.import(&partner(number)?).await?;
    }
    for week in weeks {
        let (week, each) = week.split_once(':').ok_or("a week and how many transactions each partner takes")?;
        fill(&store, Week::parse(week)?, partners, each.parse()?).await?;
    }
    let endpoints: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("endpoints.json"))?)?;
    let mut told = house.variables("background-reimbursement")?;
    told.extend(endpoints.into_iter().map(|(name, url)| (format!("AWS_ENDPOINT_URL_{}", name.to_uppercase()), url)));
    println!("{}", serde_json::to_string(&told)?);
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
