//! Demo data, on this machine only: six sign-ins, a young person whose wallet is nearly full, and enough others to fill
//! lists and figures. It is reproducible: names and numbers come from one seed.

use std::collections::HashSet;
use std::num::NonZero;

mod deals;
mod outings;
mod reimbursements;

use epass_domain::{
    Accessibility, Account, Activity, Address, Administrative, Applicant, BankDetails, Beneficiary, BeneficiaryId, Bic,
    BirthDate, Campaign, CardNumber, CardState, Civility, DeskPayer, Dossier, Email, Enrolment, EnrolmentId, Envelope,
    Establishment, EstablishmentDetails, EstablishmentId, EstablishmentKind, Euros, FileNumber, Holder, Iban,
    Identifier, Line, Paragraph, ParisDay, Partner, PartnerId, Password, PasswordHash, Payer, Person, Phone, Postcode,
    Profile, Reference, ReferenceEntry, Referent, Registration, RibKind, School, Siret, Situation, Status, StoredRib,
    Transaction, TransactionId, TransactionState, Voucher, VoucherNumber, Wallet, Website,
};
use epass_files::{Document, Files};
use epass_store::Store;
use epass_web::{StartError, passwords};
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use uuid::Builder;

use crate::house::House;

/// The identifiers that can sign in.
pub const SIGN_INS: [&str; 6] = ["partenaire", "cinema", "nouveau", "jeune", "etablissement", "equipe"];

/// Their password.
pub const PASSWORD: &str = "Demo2026";

/// Léa Martin's card.
pub const CARD: &str = "2600 1405 3201 2345";

/// The number that Léa Martin's voucher is made from.
const VOUCHER: u64 = 20_080_514;

const PARTNERS: usize = 30;
const BENEFICIARIES: usize = 500;
const TRANSACTIONS: usize = 5_000;
const WEEKS: i64 = 10;

/// Writes the demo data, unless it is there. It starts over when it was interrupted: `equipe`, the last account, marks
/// that the data is complete.
///
/// # Errors
/// An error of the engines.
pub async fn lay(house: &House) -> Result<(), StartError> {
    let store = house.store();
    let last = Identifier::parse("equipe")?;
    if store.accounts.find(&last).await?.is_some() {
        return Ok(());
    }
    eprintln!("laying the demo data…");
    let mut demo = Demo { rng: StdRng::seed_from_u64(2026), now: house.clock.now(), store, files: house.files()? };
    let partners = demo.partners().await?;
    let mut young = demo.beneficiaries();
    demo.transactions(&partners, &mut young).await?;
    let schools = demo.establishments().await?;
    demo.outings(&schools[0], &partners, &mut young).await?;
    demo.enrol(&young).await?;
    demo.bons_plans(&partners, &young).await?;
    demo.namesake(&young[1].beneficiary).await?;
    demo.weeks(house, &partners).await?;
    demo.accounts(&partners, &young).await
}

struct Demo {
    rng: StdRng,
    now: Timestamp,
    store: Store,
    files: Files,
}

/// A young person with the current wallet, and the wallet of earlier campaigns.
struct Young {
    beneficiary: Beneficiary,
    earlier: Wallet,
}

/// Trade name, commune, postcode, and the envelopes sold there.
const PLACES: [(&str, &str, &str, &[Envelope]); PARTNERS] = [
    ("Librairie du Vieux-Port", "Marseille", "13001", &[Envelope::Reading]),
    ("Cinéma L’Horizon", "Aix-en-Provence", "13100", &[Envelope::Cinema]),
    ("Librairie des Calanques", "Marseille", "13009", &[Envelope::Reading]),
    ("Théâtre des Alpilles", "Arles", "13200", &[Envelope::Performance]),
    ("Cinéma Le Mistral", "Avignon", "84000", &[Envelope::Cinema]),
    ("La Bulle d’Encre", "Toulon", "83000", &[Envelope::Reading]),
    ("Opéra de la Rade", "Toulon", "83000", &[Envelope::Performance]),
    ("Espace culturel Lavande", "Manosque", "04100", &[Envelope::Reading, Envelope::Cinema, Envelope::Performance]),
    ("Librairie Haute Provence", "Digne-les-Bains", "04000", &[Envelope::Reading]),
    ("Cinéma Le Sommet", "Gap", "05000", &[Envelope::Cinema]),
    ("Théâtre du Serre", "Gap", "05000", &[Envelope::Performance]),
    ("Les Pages d’Azur", "Nice", "06000", &[Envelope::Reading]),
    ("Cinéma Variétés-Baie", "Nice", "06300", &[Envelope::Cinema]),
    ("Théâtre de la Croisée", "Cannes", "06400", &[Envelope::Performance]),
    ("Librairie Cigale", "Salon-de-Provence", "13300", &[Envelope::Reading]),
    ("Cinéma Les Ocres", "Apt", "84400", &[Envelope::Cinema]),
    ("La Scène du Rhône", "Avignon", "84000", &[Envelope::Performance]),
    ("Bandes et Bulles", "Aix-en-Provence", "13090", &[Envelope::Reading]),
    ("Cinéma La Rotonde", "Draguignan", "83300", &[Envelope::Cinema]),
    ("Maison des arts de Fréjus", "Fréjus", "83600", &[Envelope::Reading, Envelope::Performance]),
    ("Librairie du Cours", "Brignoles", "83170", &[Envelope::Reading]),
    ("Cinéma L’Étoile", "Briançon", "05100", &[Envelope::Cinema]),
    ("Théâtre Antique Nouveau", "Orange", "84100", &[Envelope::Performance]),
    ("Mots et Merveilles", "Carpentras", "84200", &[Envelope::Reading]),
    ("Cinéma Le Phare", "La Ciotat", "13600", &[Envelope::Cinema]),
    ("Le Comptoir des Livres", "Grasse", "06130", &[Envelope::Reading]),
    ("Théâtre Lumière", "Martigues", "13500", &[Envelope::Performance]),
    ("Cinéma Saint-Honorat", "Antibes", "06600", &[Envelope::Cinema]),
    ("Presse et Polars", "Hyères", "83400", &[Envelope::Reading]),
    ("Librairie La Garrigue", "Aubagne", "13400", &[Envelope::Reading]),
];

/// UAI without its letter, kind, name, commune, postcode. None of these establishments exists.
const ESTABLISHMENTS: [(u32, EstablishmentKind, &str, &str, &str); 12] = [
    (139_001, EstablishmentKind::HighSchool, "Lycée Marie-Curie", "Marseille", "13005"),
    (139_002, EstablishmentKind::HighSchool, "Lycée professionnel Frédéric-Mistral", "Aix-en-Provence", "13100"),
    (139_003, EstablishmentKind::ApprenticeTraining, "CFA des métiers de la mer", "Marseille", "13016"),
    (139_004, EstablishmentKind::HealthAndSocial, "Institut de formation en soins infirmiers", "Arles", "13200"),
    (49_001, EstablishmentKind::HighSchool, "Lycée Jean-Giono", "Manosque", "04100"),
    (59_001, EstablishmentKind::HighSchool, "Lycée des Écrins", "Gap", "05000"),
    (69_001, EstablishmentKind::HighSchool, "Lycée de la Baie", "Nice", "06300"),
    (69_002, EstablishmentKind::VocationalTraining, "Centre de formation Azur numérique", "Antibes", "06600"),
    (839_001, EstablishmentKind::HighSchool, "Lycée de la Rade", "Toulon", "83000"),
    (839_002, EstablishmentKind::ApprenticeTraining, "CFA du bâtiment du Var", "Brignoles", "83170"),
    (849_001, EstablishmentKind::HighSchool, "Lycée des Papes", "Avignon", "84000"),
    (849_002, EstablishmentKind::HealthAndSocial, "École des éducateurs du Ventoux", "Carpentras", "84200"),
];

const FIRST_NAMES: [&str; 24] = [
    "Inès", "Lucas", "Chloé", "Nathan", "Manon", "Enzo", "Jade", "Yanis", "Camille", "Hugo", "Sarah", "Mehdi",
    "Louise", "Théo", "Zoé", "Gabriel", "Anaïs", "Noé", "Maëlle", "Rayan", "Élise", "Tom", "Aïcha", "Baptiste",
];

const LAST_NAMES: [&str; 24] = [
    "Bernard", "Garcia", "Roux", "Blanc", "Fabre", "Giraud", "Benali", "Arnaud", "Michel", "Rossi", "Faure", "Lopez",
    "Imbert", "André", "Haddad", "Reynaud", "Guérin", "Da Silva", "Brun", "Martinez", "Olivier", "Aubert", "Nguyen",
    "Gauthier",
];

impl Demo {
    /// The partners: most with a convention in force, some in every other state of the team's queues, and `nouveau`,
    /// which has not asked for one.
    async fn partners(&mut self) -> Result<Vec<Partner>, StartError> {
        let rib = StoredRib { key: "rib/demo".to_owned(), kind: RibKind::Pdf };
        let document = Document { media_type: rib.kind.media_type(), bytes: include_bytes!("../demo/rib.pdf") };
        self.files.keep(&rib.key, document).await?;
        let mut undecided = Vec::new();
        for (rank, place) in PLACES.iter().enumerate() {
            let dossier = self.dossier(rank, place, rib.clone())?;
            let registered = self.now - SignedDuration::from_hours(24 * (7 * WEEKS + 20 - i64::try_from(rank)?));
            let id = PartnerId::mint(10_000_000 + 37 * u64::try_from(rank)?);
            undecided.push((rank, Partner::registered(id, registration(&dossier), registered), dossier));
        }
        // Printing a convention occupies a core: it runs on threads of its own, as many as there are cores, so that the
        // engines keep answering.
        let decided = stream::iter(undecided).map(|(rank, partner, dossier)| {
            let (files, now, runtime) = (self.files.clone(), self.now, Handle::current());
            spawn_blocking(move || runtime.block_on(decide(files, now, rank, partner, dossier)))
        });
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let decided: Vec<_> = decided.buffered(cores).collect().await;
        let mut partners = Vec::new();
        for partner in decided {
            partners.push(Self::before_weeks(partners.len(), partner??));
        }
        let newcomer = self.dossier(PARTNERS, &("Librairie Neuve", "Marseille", "13006", &[Envelope::Reading]), rib)?;
        partners.push(Partner::registered(PartnerId::mint(77_777_777), registration(&newcomer), self.now));
        for partner in &partners {
            self.store.partners.import(partner).await?;
        }
        Ok(partners)
    }

    fn dossier(
        &mut self,
        rank: usize,
        (name, commune, postcode, envelopes): &(&str, &str, &str, &[Envelope]),
        rib: StoredRib,
    ) -> Result<Dossier, StartError> {
        let number = u64::try_from(rank)?;
        let address = Address {
            street: Line::parse(&format!("{} rue des Lices", 3 + 2 * rank), 100)?,
            postcode: Postcode::parse(postcode)?,
            commune: Line::parse(commune, 100)?,
        };
        let phone = Phone::parse(&format!("04914000{:02}", rank % 100))?;
        let (first_name, last_name) = (self.pick(&FIRST_NAMES)?, self.pick(&LAST_NAMES)?);
        Ok(Dossier {
            administrative: Administrative {
                legal_name: Line::parse(&format!("SARL {name}"), 100)?,
                siret: Siret::made_up(812_345_670_000 + 7 * (number + 1)),
                email: Email::parse(&format!("contact{rank}@partenaire.example.org"))?,
                address: address.clone(),
                phone: phone.clone(),
                second_phone: None,
                website: match rank % 3 {
                    0 => None,
                    _ => Some(Website::parse(&format!("https://www.partenaire{rank}.example.org"))?),
                },
            },
            referent: Referent {
                civility: if rank.is_multiple_of(2) { Civility::Madame } else { Civility::Monsieur },
                first_name,
                last_name,
                position: Line::parse("Gérance", 100)?,
                email: Email::parse(&format!("referent{rank}@partenaire.example.org"))?,
                phone,
                second_phone: None,
            },
            activity: Activity {
                trade_name: Line::parse(name, 100)?,
                address,
                envelopes: envelopes.to_vec(),
                // Some declare nothing, some everything.
                accessibility: Accessibility::ALL.into_iter().take(rank * 7 % 5).collect(),
            },
            bank: BankDetails {
                holder: Line::parse(&format!("SARL {name}"), 70)?,
                iban: Iban::french(30001, 794, 12_345_678 + number),
                bic: Bic::parse("BDFEFRPP")?,
                rib,
            },
        })
    }

    /// Léa Martin first, with her own card, then the others.
    fn beneficiaries(&mut self) -> Vec<Young> {
        let campaign = Campaign::at(self.now);
        let today = ParisDay::of(self.now);
        let earlier = Campaign::of(campaign.first_day().plus_days(-1));
        let mut made = |rank: usize| -> Result<Young, epass_domain::Fault> {
            let birth = today.date().saturating_sub((16 * 365 + self.rng.random_range(0..2_500_i64)).days());
            let number = u64::try_from(rank).unwrap_or_default();
            let mut beneficiary = Beneficiary {
                id: BeneficiaryId(Builder::from_random_bytes(self.rng.random()).into_uuid()),
                first_name: self.pick(&FIRST_NAMES)?,
                last_name: self.pick(&LAST_NAMES)?,
                birth_date: BirthDate::parse(&birth.to_string(), today)?,
                card: CardNumber::mint(20_000_000_000 + number * 7_919),
                file: FileNumber::mint(10_000_000 + number * 131),
                card_state: if rank % 100 == 99 { CardState::Suspended } else { CardState::Active },
                wallet: Wallet::full(campaign),
            };
            if rank == 0 {
                beneficiary.first_name = Line::parse("Léa", 100)?;
                beneficiary.last_name = Line::parse("Martin", 100)?;
                beneficiary.birth_date = BirthDate::parse("2008-05-14", today)?;
                beneficiary.card = CardNumber::parse(CARD)?;
            }
            Ok(Young { beneficiary, earlier: Wallet::full(earlier) })
        };
        let mut known = HashSet::new();
        (0..BENEFICIARIES)
            .map(|rank| {
                loop {
                    let young = made(rank).expect("demo data are valid");
                    let Beneficiary { first_name, last_name, birth_date, .. } = &young.beneficiary;
                    if known.insert(Person::of(first_name, last_name, *birth_date)) {
                        break young;
                    }
                }
            })
            .collect()
    }

    /// Ten weeks of payments in shop hours, each within the wallet's balance; a few are cancelled. Léa Martin pays
    /// nothing: her wallet is full.
    async fn transactions(&mut self, partners: &[Partner], young: &mut [Young]) -> Result<(), StartError> {
        let open: Vec<(PartnerId, Vec<Envelope>)> = partners
            .iter()
            .filter_map(|partner| Some((partner.id.clone(), partner.in_force().ok()?.envelopes.clone())))
            .collect();
        let today = ParisDay::of(self.now);
        let mut made = Vec::with_capacity(TRANSACTIONS);
        for rank in 0..TRANSACTIONS {
            // The first two partners can sign in: a third of all payments are theirs.
            let (partner, envelopes) =
                &open[if rank % 3 == 0 { rank / 3 % 2 } else { self.rng.random_range(2..open.len()) }];
            let days_ago =
                i32::try_from(7 * WEEKS * i64::try_from(TRANSACTIONS - 1 - rank)? / i64::try_from(TRANSACTIONS)?)?;
            let opens = today.plus_days(-days_ago).starts() + SignedDuration::from_hours(9);
            let at = opens + SignedDuration::from_secs(self.rng.random_range(0..10 * 3_600));
            let envelope = envelopes[self.rng.random_range(0..envelopes.len())];
            if at > self.now {
                continue;
            }
            // Tries some young people until an envelope covers the payment, unless nearly all are empty.
            made.extend((0..20).find_map(|_| {
                let whose = self.rng.random_range(1..young.len());
                self.transaction(&mut young[whose], partner, envelope, at)
            }));
        }
        self.store.transactions.import(&made).await?;
        Ok(())
    }

    /// One payment of 2 to 5 €, if the envelope covers it.
    fn transaction(
        &mut self,
        of: &mut Young,
        partner: &PartnerId,
        envelope: Envelope,
        at: Timestamp,
    ) -> Option<Transaction> {
        let campaign = Campaign::at(at);
        let wallet =
            if campaign == of.beneficiary.wallet.campaign { &mut of.beneficiary.wallet } else { &mut of.earlier };
        let left = match envelope {
            Envelope::Reading => &mut wallet.reading,
            Envelope::Cinema => &mut wallet.cinema,
            Envelope::Performance => &mut wallet.performance,
            Envelope::Outing => &mut wallet.outing,
        };
        let amount = Euros::from_cents(10 * self.rng.random_range(20..=50));
        let available = left.checked_sub(amount)?;
        let cancelled = self.rng.random_range(0..50) == 0;
        if !cancelled {
            *left = available;
        }
        let bytes: [u8; 10] = self.rng.random();
        let id = Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &bytes).into_uuid();
        Some(Transaction {
            id: TransactionId(id),
            partner: partner.clone(),
            payer: Payer::Desk(DeskPayer {
                beneficiary: of.beneficiary.id,
                first_name: of.beneficiary.first_name.clone(),
                last_name: of.beneficiary.last_name.clone(),
                reference: Reference::Card(of.beneficiary.card.clone()),
                available,
            }),
            envelope,
            amount,
            campaign,
            at,
            state: if cancelled {
                TransactionState::Cancelled { at: at + SignedDuration::from_mins(2) }
            } else {
                TransactionState::Paid
            },
        })
    }

    /// Stores the young people with their final wallets, and a voucher of Léa Martin's.
    async fn enrol(&self, young: &[Young]) -> Result<(), StartError> {
        let people = &self.store.beneficiaries;
        for (rank, chunk) in young.chunks(20).enumerate() {
            let mut writes = Vec::new();
            for (place, one) in chunk.iter().enumerate() {
                writes.extend(people.enrolment(&one.beneficiary));
                let profile = self.profile(20 * rank + place, &one.beneficiary)?;
                let Beneficiary { id, first_name, last_name, birth_date, .. } = &one.beneficiary;
                let person = Person::of(first_name, last_name, *birth_date);
                writes.push(self.store.profiles.put_new(&profile, &person));
                writes.push(self.store.persons.import(&person, *id)?);
            }
            people.store(writes).await?;
        }
        let expires_at = self.now + SignedDuration::from_hours(24 * 30);
        let voucher = Some(Voucher { envelope: None, expires_at, used_by: None });
        let number = Reference::Voucher(VoucherNumber::mint(VOUCHER));
        people
            .store(vec![people.name(&number, &ReferenceEntry { beneficiary: young[0].beneficiary.id, voucher })])
            .await?;
        Ok(())
    }

    /// The schools and training centres. The first is `etablissement`; the others have not signed in yet.
    async fn establishments(&self) -> Result<Vec<Establishment>, StartError> {
        let mut made = Vec::new();
        for (rank, (number, kind, name, commune, postcode)) in ESTABLISHMENTS.into_iter().enumerate() {
            let id = EstablishmentId::made_up(number);
            let details = EstablishmentDetails {
                name: Line::parse(name, 100)?,
                kind,
                address: Address {
                    street: Line::parse(&format!("{} avenue Jean-Moulin", 5 + 3 * rank), 100)?,
                    postcode: Postcode::parse(postcode)?,
                    commune: Line::parse(commune, 100)?,
                },
                email: Email::parse(&format!("{}@etablissement.example.org", id.as_str().to_lowercase()))?,
                phone: Phone::parse(&format!("04914010{:02}", rank % 100))?,
            };
            let identifier = match rank {
                0 => Identifier::parse("etablissement")?,
                _ => Identifier::from_name(name, number),
            };
            let created = self.now - SignedDuration::from_hours(24 * (7 * WEEKS + 30));
            made.push(Establishment::created(id, details, identifier, created));
        }
        let password = Password::parse(PASSWORD)?;
        for (rank, establishment) in made.iter().enumerate() {
            let password = (rank == 0).then(|| passwords::hash(&password));
            let account =
                Account { password_version: u32::from(password.is_some()), password, ..establishment.account() };
            self.store.establishments.import(establishment, &account).await?;
        }
        Ok(made)
    }

    /// A registration with the same name and birth date, which waits for the team.
    async fn namesake(&mut self, of: &Beneficiary) -> Result<(), StartError> {
        let applicant = Applicant {
            first_name: of.first_name.clone(),
            last_name: of.last_name.clone(),
            birth_date: of.birth_date,
            email: Email::parse("homonyme@example.org")?,
            phone: Some(Phone::parse("06 98 76 54 32")?),
            situation: Situation { status: Status::Apprentice, ..self.profile(1, of)?.situation },
        };
        let since = self.now - SignedDuration::from_hours(26);
        let asked = Enrolment::asked(
            EnrolmentId(Builder::from_random_bytes(self.rng.random()).into_uuid()),
            applicant.clone(),
            since - SignedDuration::from_hours(1),
        );
        Ok(self.store.enrolments.import(&asked.met(of.id, applicant, None, since)).await?)
    }

    /// The declared profile of a pupil near one of the partners.
    fn profile(&self, rank: usize, of: &Beneficiary) -> Result<Profile, StartError> {
        let account = match rank {
            0 => Identifier::parse("jeune")?,
            _ => Identifier::from_name(&format!("{} {}", of.first_name, of.last_name), u32::try_from(rank)?),
        };
        let (_, commune, postcode, _) = PLACES[rank % PARTNERS];
        let postcode = Postcode::parse(postcode)?;
        Ok(Profile {
            beneficiary: of.id,
            email: Email::parse(&format!("{account}@example.org"))?,
            account,
            phone: Some(Phone::parse(&format!("06000{rank:05}"))?),
            situation: Situation {
                status: Status::ALL[rank % Status::ALL.len()],
                home: postcode.clone().into(),
                school_at: postcode.into(),
                school: School { name: Line::parse(&format!("Lycée de {commune}"), 120)?, establishment: None },
            },
            registered_at: self.now - SignedDuration::from_hours(24 * 7 * WEEKS),
            vouchers: if rank == 0 { vec![VoucherNumber::mint(VOUCHER)] } else { Vec::new() },
        })
    }

    /// The other sign-ins, `equipe` last.
    async fn accounts(&self, partners: &[Partner], young: &[Young]) -> Result<(), StartError> {
        let partner = |rank: usize| Holder::Partner(partners[rank].id.clone());
        let holders = [
            ("partenaire", partner(0), partners[0].known_as().to_string()),
            ("cinema", partner(1), partners[1].known_as().to_string()),
            ("nouveau", partner(PARTNERS), partners[PARTNERS].known_as().to_string()),
            ("jeune", Holder::Beneficiary(young[0].beneficiary.id), "Léa Martin".to_owned()),
            ("equipe", Holder::Team, "Équipe e-PASS".to_owned()),
        ];
        let password = Password::parse(PASSWORD)?;
        for (identifier, holder, name) in holders {
            let account = account(identifier, holder, &name, passwords::hash(&password))?;
            self.store.accounts.open(&account).await?;
        }
        Ok(())
    }

    fn pick(&mut self, names: &[&str]) -> Result<Line, epass_domain::Fault> {
        Line::parse(names[self.rng.random_range(0..names.len())], 100)
    }
}

/// The team's past decisions; the last partners wait in its queues.
async fn decide(
    files: Files,
    now: Timestamp,
    rank: usize,
    partner: Partner,
    dossier: Dossier,
) -> Result<Partner, StartError> {
    let day = SignedDuration::from_hours(24);
    let asked_at = partner.registered_at + day;
    let decided_at = asked_at + day;
    let (partner, _) = partner.declare(dossier.clone(), asked_at);
    match PARTNERS - rank {
        1..=3 => return Ok(partner),
        4 => {
            let reason = "Le RIB joint n’est pas au nom de la structure : joignez celui de la librairie.";
            return Ok(partner.refuse(Paragraph::parse(reason, 500)?, decided_at)?);
        }
        _ => {}
    }
    let address = Line::parse(crate::house::COPIES_ADDRESS, Line::MAX)?;
    let pdf = team_conventions::print(&files, &partner, Some(&address), decided_at).await;
    let pdf = pdf.map_err(|problem| format!("{problem:?}"))?;
    let partner = partner.validate(pdf, decided_at)?;
    Ok(match PARTNERS - rank {
        5 => {
            let bank = BankDetails { iban: Iban::french(20041, 1, 99_999_999_999), ..dossier.bank.clone() };
            partner.receive_copies(decided_at + day)?.declare(Dossier { bank, ..dossier }, now - day).0
        }
        6 | 7 => partner,
        _ => partner.receive_copies(decided_at + day)?,
    })
}

fn registration(dossier: &Dossier) -> Registration {
    let Dossier { administrative, referent, .. } = dossier;
    Registration {
        legal_name: administrative.legal_name.clone(),
        siret: administrative.siret.clone(),
        email: administrative.email.clone(),
        phone: administrative.phone.clone(),
        civility: referent.civility,
        first_name: referent.first_name.clone(),
        last_name: referent.last_name.clone(),
    }
}

fn account(identifier: &str, holder: Holder, name: &str, password: PasswordHash) -> Result<Account, StartError> {
    Ok(Account {
        identifier: Identifier::parse(identifier)?,
        holder,
        email: Email::parse(&format!("{identifier}@example.org"))?,
        name: Line::parse(name, 100)?,
        password: Some(password),
        previous: None,
        provisional: None,
        password_version: 1,
    })
}
