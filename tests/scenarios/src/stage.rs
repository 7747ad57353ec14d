//! A house on a folder of its own, served on a port of its own, and the people in it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::serve::ListenerExt;
use background_mailer::{Event, Record};
use epass_cloud::Endpoints;
use epass_domain::{
    Account, Activity, Address, Administrative, Applicant, BankDetails, Beneficiary, BeneficiaryId, Bic, BirthDate,
    Campaign, CardNumber, CardState, Civility, ConventionPdf, Counter, DeskPayer, Dossier, Email, Enrolment, Envelope,
    Establishment, EstablishmentDetails, EstablishmentId, EstablishmentKind, Euros, FileNumber, Holder, Iban,
    Identifier, Line, ParisDay, Partner, PartnerId, Password, PasswordHash, Pay, Payment, Person, Phone, Postcode,
    Profile, Reference, ReferenceEntry, Referent, Registration, RibKind, School, Siret, Situation, Status, StoredRib,
    Ticket, TillKey, Transaction, Voucher, VoucherNumber, Wallet,
};
use epass_local::background::work;
use epass_local::engines::ses::Faults;
use epass_local::house::{House, Plan};
use epass_local::mails::Mail;
use epass_store::Made;
use epass_web::{TillSecret, mint, passwords};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::http::{Browser, Http, Till};

/// Everybody's password.
pub const PASSWORD: &str = "Scene2026";

/// What a stage begins with.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where the clock starts.
    pub now: Timestamp,
    /// Services that are not this stage's own.
    pub elsewhere: Endpoints,
    /// Failures that the mail sink is to have.
    pub faults: Arc<Faults>,
}

impl Default for Setting {
    /// A Tuesday morning of the campaign 2026-2027, nothing fails.
    fn default() -> Self {
        let now = at("2026-11-24T10:00:00+01:00");
        Self { now, elsewhere: Endpoints::default(), faults: Arc::new(Faults::none()) }
    }
}

/// An instant: `2026-11-24T10:00:00+01:00`.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The whole product, running.
pub struct Stage {
    /// Engines, rooms and clock.
    pub house: House,
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// How the mail sink fails.
    pub faults: Arc<Faults>,
    http: Http,
    made: AtomicU64,
    server: JoinHandle<()>,
    machines: Option<JoinHandle<()>>,
    data: TempDir,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(machines) = &self.machines {
            machines.abort();
        }
    }
}

/// A partner and its account.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Dossier and convention.
    pub partner: Partner,
    /// The sign-in.
    pub account: Account,
}

/// The hash of [`PASSWORD`]: slow on purpose, so once for each process.
fn hashed() -> PasswordHash {
    static HASHED: OnceLock<PasswordHash> = OnceLock::new();
    HASHED.get_or_init(|| passwords::hash(&Password::parse(PASSWORD).unwrap())).clone()
}

impl Stage {
    /// An empty one.
    pub async fn set() -> Self {
        Self::of(Setting::default()).await
    }

    /// An empty one, begun so.
    ///
    /// # Panics
    /// When an engine does not start, or rooms and template disagree.
    pub async fn of(setting: Setting) -> Self {
        let data = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let faults = setting.faults.clone();
        let plan = Plan {
            data: data.path().to_owned(),
            site_url: url.clone(),
            elsewhere: setting.elsewhere,
            now: Some(setting.now),
            faults: setting.faults,
        };
        let house = House::build(&plan).await.unwrap_or_else(|error| panic!("{error}"));
        let router = house.router().unwrap();
        let listener = listener.tap_io(|socket| socket.set_nodelay(true).unwrap());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        let background = house.background().unwrap();
        let machines = house.executions().map(|executions| tokio::spawn(work(executions, background)));
        let http = Http::of(&url);
        Self { house, url, faults, http, made: AtomicU64::new(1), server, machines, data }
    }

    /// The way in.
    pub fn http(&self) -> Http {
        self.http.clone()
    }

    /// Sets the clock: it runs on from there.
    pub fn clock(&self, text: &str) {
        self.house.clock.set(at(text));
    }

    /// A till that signed in to this account with [`PASSWORD`].
    pub async fn till(&self, account: &Account) -> Till {
        Till::sign_in(self.http(), account.identifier.as_str(), PASSWORD).await
    }

    /// A browser that signed in to this account with [`PASSWORD`].
    pub async fn browser(&self, account: &Account) -> Browser {
        let mut browser = Browser::of(self.http());
        browser.sign_in(account.identifier.as_str(), PASSWORD).await;
        browser
    }

    /// Waits until every state machine that was started has ended.
    pub async fn machines_rest(&self) {
        let executions = self.house.executions().unwrap();
        while executions.are_running() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The folder that everything is kept in.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// How many objects the bucket holds in a folder (`rib`).
    pub fn objects(&self, folder: &str) -> usize {
        fn count(at: &std::path::Path, folder: &str) -> usize {
            let entries =
                std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
            let here = |path: &std::path::PathBuf| match path.ends_with(folder) {
                true => std::fs::read_dir(path).unwrap().count(),
                false => count(path, folder),
            };
            entries.map(|path| here(&path)).sum()
        }
        count(self.data(), folder)
    }

    /// A number that nothing here has yet.
    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }
}

/// People.
impl Stage {
    /// An account of this holder.
    pub async fn account(&self, name: &str, holder: Holder) -> Account {
        let identifier = Identifier::parse(&format!("{name}-{}", self.next())).unwrap();
        self.open_account(identifier, name, holder).await
    }

    /// The sign-in of a young person who has one.
    pub async fn account_of_signed_in(&self, young: &Beneficiary) -> Account {
        let profile = self.house.store().profiles.find(young.id).await.unwrap().unwrap();
        self.house.store().accounts.find(&profile.account).await.unwrap().unwrap()
    }

    async fn open_account(&self, identifier: Identifier, name: &str, holder: Holder) -> Account {
        let account = Account {
            email: Email::parse(&format!("{identifier}@example.org")).unwrap(),
            identifier,
            holder,
            name: line(name),
            password: Some(hashed()),
            previous: None,
            provisional: None,
            password_version: 1,
        };
        assert!(self.house.store().accounts.open(&account).await.unwrap());
        account
    }

    /// A member of the team.
    pub async fn team(&self) -> Account {
        self.account("equipe", Holder::Team).await
    }

    /// A school's sign-in.
    pub async fn establishment(&self) -> Account {
        let school = self.school("Lycée Marie-Curie", "13005").await;
        self.account_of_school(&school).await
    }

    /// The sign-in of a school.
    pub async fn account_of_school(&self, school: &Establishment) -> Account {
        self.house.store().accounts.find(&school.identifier).await.unwrap().unwrap()
    }

    /// A school of this name at this postcode.
    pub async fn school(&self, name: &str, postcode: &str) -> Establishment {
        let number = u32::try_from(self.next()).unwrap();
        let id = EstablishmentId::made_up(9_000_000 + number);
        let details = EstablishmentDetails {
            name: line(name),
            kind: EstablishmentKind::HighSchool,
            address: Address {
                street: line("5 avenue Jean-Moulin"),
                postcode: Postcode::parse(postcode).unwrap(),
                commune: line("Marseille"),
            },
            email: Email::parse(&format!("ecole{number}@lycee.example.org")).unwrap(),
            phone: Phone::parse("04 91 40 10 00").unwrap(),
        };
        let identifier = Identifier::from_name(name, number);
        let school = Establishment::created(id, details, identifier, self.house.clock.now());
        let account = Account { password: Some(hashed()), password_version: 1, ..school.account() };
        self.house.store().establishments.import(&school, &account).await.unwrap();
        school
    }

    /// A young person's sign-in.
    pub async fn beneficiary(&self) -> Account {
        let young = self.young().await;
        self.account_of(&young).await
    }

    /// The sign-in of a young person.
    pub async fn account_of(&self, young: &Beneficiary) -> Account {
        let profile = self.house.store().profiles.find(young.id).await.unwrap().unwrap();
        self.open_account(profile.account, "Inès Roux", Holder::Beneficiary(young.id)).await
    }

    /// A bookshop with a validated convention.
    pub async fn partner(&self) -> Shop {
        self.partner_taking(&[Envelope::Reading]).await
    }

    /// A partner with a validated convention that names these envelopes.
    pub async fn partner_taking(&self, envelopes: &[Envelope]) -> Shop {
        let partner = self.declared(envelopes).validate(pdf(1), self.house.clock.now()).unwrap();
        self.opened(partner).await
    }

    /// A bookshop with a validated convention, its dossier changed so; not stored.
    pub fn in_force(&self, change: impl FnOnce(&mut Dossier)) -> Partner {
        let mut dossier = self.dossier(&[Envelope::Reading]);
        change(&mut dossier);
        let now = self.house.clock.now();
        self.registered(&dossier).declare(dossier, now).0.validate(pdf(1), now).unwrap()
    }

    /// A bookshop whose convention is at this version; the earlier ones are kept.
    pub async fn partner_of_version(&self, version: u32) -> Shop {
        let now = self.house.clock.now();
        let mut partner = self.declared(&[Envelope::Reading]).validate(pdf(1), now).unwrap();
        for next in 2..=version {
            let mut dossier = partner.dossier().unwrap().clone();
            dossier.administrative.legal_name = line(&format!("SARL Livres {next}"));
            partner = partner.declare(dossier, now).0.validate(pdf(next), now).unwrap();
        }
        self.opened(partner).await
    }

    /// A partner whose approved account is this one, or none.
    pub async fn partner_paid_to(&self, account: Option<BankDetails>) -> Shop {
        let partner = self.declared(&[Envelope::Reading]).validate(pdf(1), self.house.clock.now()).unwrap();
        self.opened(Partner { paid_to: account, ..partner }).await
    }

    /// A changed *raison sociale* asks for a new convention: until the team validates it, nothing new can be made.
    pub async fn blocked(&self, shop: &Shop) -> Partner {
        let mut dossier = shop.partner.dossier().unwrap().clone();
        dossier.administrative.legal_name = epass_domain::Line::parse("SARL Autre", 100).unwrap();
        let after = shop.partner.clone().declare(dossier, self.house.clock.now()).0;
        self.house.store().partners.save(&shop.partner, &after, &[]).await.unwrap().unwrap();
        after
    }

    /// The team validates what was asked for.
    pub async fn validated_again(&self, waiting: &Partner) -> Partner {
        let document = epass_domain::ConventionPdf { key: "convention/2".into(), sha256: "0".repeat(64) };
        let after = waiting.clone().validate(document, self.house.clock.now()).unwrap();
        self.house.store().partners.save(waiting, &after, &[]).await.unwrap().unwrap();
        after
    }

    /// A partner that has registered and asked for nothing yet.
    pub async fn newcomer(&self) -> Shop {
        self.opened(self.registered(&self.dossier(&[Envelope::Reading]))).await
    }

    /// A partner whose convention waits for the team.
    pub async fn applicant(&self) -> Shop {
        self.opened(self.declared(&[Envelope::Reading])).await
    }

    fn declared(&self, envelopes: &[Envelope]) -> Partner {
        let dossier = self.dossier(envelopes);
        self.registered(&dossier).declare(dossier, self.house.clock.now()).0
    }

    fn registered(&self, dossier: &Dossier) -> Partner {
        let Dossier { administrative, referent, .. } = dossier;
        let registration = Registration {
            legal_name: administrative.legal_name.clone(),
            siret: administrative.siret.clone(),
            email: administrative.email.clone(),
            phone: administrative.phone.clone(),
            civility: referent.civility,
            first_name: referent.first_name.clone(),
            last_name: referent.last_name.clone(),
        };
        Partner::registered(PartnerId::mint(self.next()), registration, self.house.clock.now())
    }

    async fn opened(&self, partner: Partner) -> Shop {
        self.house.store().partners.import(&partner).await.unwrap();
        let account = self.account("librairie", Holder::Partner(partner.id.clone())).await;
        Shop { partner, account }
    }

    fn dossier(&self, envelopes: &[Envelope]) -> Dossier {
        let number = self.next();
        let address = Address {
            street: line("1 rue des Lices"),
            postcode: Postcode::parse("13001").unwrap(),
            commune: line("Marseille"),
        };
        let email = Email::parse(&format!("contact{number}@librairie.example.org")).unwrap();
        let phone = Phone::parse("04 91 00 00 00").unwrap();
        Dossier {
            administrative: Administrative {
                legal_name: line("SARL Livres"),
                siret: Siret::made_up(700_000_000 + number),
                email: email.clone(),
                address: address.clone(),
                phone: phone.clone(),
                second_phone: None,
                website: None,
            },
            referent: Referent {
                civility: Civility::Madame,
                first_name: line("Zoé"),
                last_name: line("Garcin"),
                position: line("Gérante"),
                email,
                phone,
                second_phone: None,
            },
            activity: Activity {
                trade_name: line("Librairie des Lices"),
                address,
                envelopes: envelopes.to_vec(),
                accessibility: Vec::new(),
            },
            bank: BankDetails {
                holder: line("SARL Livres"),
                iban: Iban::french(30_001, 794, 12_345_678 + number),
                bic: Bic::parse("BDFEFRPP").unwrap(),
                rib: StoredRib { key: "rib/stage".into(), kind: RibKind::Pdf },
            },
        }
    }

    /// A young person with a full wallet.
    pub async fn young(&self) -> Beneficiary {
        self.young_with(|_| {}).await
    }

    /// A young person with a full wallet, changed so.
    pub async fn young_with(&self, change: impl FnOnce(&mut Beneficiary)) -> Beneficiary {
        let now = self.house.clock.now();
        let number = self.next();
        let mut young = Beneficiary {
            id: BeneficiaryId(Uuid::from_u128(number.into())),
            first_name: line("Inès"),
            last_name: line("Roux"),
            birth_date: BirthDate::parse("2008-05-14", ParisDay::of(now)).unwrap(),
            card: CardNumber::mint(number),
            file: FileNumber::mint(number),
            card_state: CardState::Active,
            wallet: Wallet::full(Campaign::at(now)),
        };
        change(&mut young);
        let store = self.house.store();
        let person = Person::of(&young.first_name, &young.last_name, young.birth_date);
        let mut writes = store.beneficiaries.enrolment(&young);
        writes.push(store.profiles.put_new(&profile(young.id, number, now), &person));
        assert!(store.beneficiaries.store(writes).await.unwrap());
        young
    }

    /// A registration that waits for the team: somebody of the same name and birth date.
    pub async fn duplicate(&self, of: &Beneficiary) -> Enrolment {
        let now = self.house.clock.now();
        let number = self.next();
        let applicant = Applicant {
            first_name: of.first_name.clone(),
            last_name: of.last_name.clone(),
            birth_date: of.birth_date,
            email: Email::parse(&format!("homonyme{number}@example.org")).unwrap(),
            phone: None,
            situation: profile(of.id, number, now).situation,
        };
        let asked = Enrolment::asked(mint::enrolment_id(), applicant.clone(), now);
        let met = asked.met(of.id, applicant, None, now);
        self.house.store().enrolments.import(&met).await.unwrap();
        met
    }

    /// A young person as stored now.
    pub async fn as_stored(&self, young: &Beneficiary) -> Beneficiary {
        self.house.store().beneficiaries.find(young.id).await.unwrap().unwrap()
    }

    /// What is left in an envelope, in cents.
    pub async fn left(&self, young: &Beneficiary, envelope: Envelope) -> u64 {
        self.as_stored(young).await.wallet.balance(envelope).cents()
    }

    /// A voucher of a young person's.
    pub async fn voucher(&self, young: &Beneficiary, voucher: Voucher) -> Reference {
        let number = Reference::Voucher(VoucherNumber::mint(self.next()));
        let people = self.house.store().beneficiaries;
        let entry = ReferenceEntry { beneficiary: young.id, voucher: Some(voucher) };
        assert!(people.store(vec![people.name(&number, &entry)]).await.unwrap());
        number
    }

    /// What a number leads to now.
    pub async fn entry(&self, number: &Reference) -> ReferenceEntry {
        self.house.store().beneficiaries.lookup(number).await.unwrap().unwrap()
    }
}

/// What happens to them without HTTP.
impl Stage {
    /// A ticket of this shop's for this young person.
    pub fn ticket(&self, shop: &Shop, young: &Beneficiary) -> Ticket {
        let now = self.house.clock.now();
        Ticket {
            partner: shop.partner.id.clone(),
            beneficiary: young.id,
            reference: Reference::Card(young.card.clone()),
            transaction: mint::transaction_id(now),
            minted_at: now,
        }
    }

    /// A key of this shop's, as its page shows it once.
    pub async fn till_key(&self, shop: &Shop, is_live: bool) -> TillSecret {
        let (secret, now) = (TillSecret::mint(&shop.partner.id), self.house.clock.now());
        let key = TillKey::made(shop.partner.id.clone(), secret.id(), line("Caisse"), now);
        let keys = self.house.store().till_keys;
        assert_eq!(keys.make(&key, mint::form_id(), None).await.unwrap(), Made::Now);
        assert!(is_live || keys.revoke(&shop.partner.id, &secret.id(), None, now).await.unwrap());
        secret
    }

    /// A payment of this young person's, from the only envelope of this shop's convention.
    pub async fn payment(&self, shop: &Shop, young: &Beneficiary, cents: u64) -> Transaction<DeskPayer> {
        let beneficiary = self.as_stored(young).await;
        let counter =
            Counter { convention: shop.partner.convention.as_ref(), beneficiary: &beneficiary, voucher: None };
        let pay = Pay { envelope: None, amount: Euros::from_cents(cents) };
        let payment = Payment::accept(pay, &self.ticket(shop, young), counter, self.house.clock.now()).unwrap();
        self.house.store().transactions.record(&payment).await.unwrap();
        payment.transaction().clone()
    }

    /// Sends what waits in the outbox, and gives all mails so far, oldest first. A mail that waits behind a held one of the
    /// same recipient stays.
    ///
    /// # Panics
    /// When mails are still due after a hundred batches.
    pub async fn mails(&self) -> Vec<Mail> {
        let mailer = self.house.mailer().unwrap();
        let mut before = Vec::new();
        for _ in 0..100 {
            let due = mailer.due().await.unwrap();
            let stays = due == before;
            before.clone_from(&due);
            if due.is_empty() || stays {
                let mut mails = self.house.mailbox.list().unwrap();
                mails.reverse();
                return mails;
            }
            let records = (0..).zip(&due).map(|(n, entry)| Record::new(&entry.key(), &format!("{n:06}"))).collect();
            mailer.handle(Event::Stream { records }).await.unwrap();
        }
        panic!("mails stay in the outbox");
    }

    /// The latest mail to an address, with what waited sent first.
    pub async fn mail_to(&self, email: &str) -> Mail {
        let mails = self.mails().await;
        mails.into_iter().rev().find(|mail| mail.to == email).unwrap_or_else(|| panic!("no mail to {email}"))
    }
}

/// What they declare: a pupil of Marseille, with a mailbox of their own.
fn profile(of: BeneficiaryId, number: u64, now: Timestamp) -> Profile {
    let account = Identifier::parse(&format!("jeune-{number}")).unwrap();
    Profile {
        beneficiary: of,
        email: Email::parse(&format!("{account}@example.org")).unwrap(),
        account,
        phone: Some(Phone::parse("06 12 34 56 78").unwrap()),
        situation: Situation {
            status: Status::HighSchool,
            home: Postcode::parse("13001").unwrap().into(),
            school_at: Postcode::parse("13001").unwrap().into(),
            school: School { name: line("Lycée Marie-Curie"), establishment: None },
        },
        registered_at: now,
        vouchers: Vec::new(),
    }
}

fn pdf(version: u32) -> ConventionPdf {
    ConventionPdf { key: format!("convention/stage-{version}"), sha256: "0".repeat(64) }
}

fn line(text: &str) -> Line {
    Line::parse(text, 100).unwrap()
}
