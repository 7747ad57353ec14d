//! The store: the only crate that knows DynamoDB. One repository per aggregate; each takes a domain decision and makes
//! one conditional write of it.

pub mod accounts;
pub mod attendance;
pub mod bank_accounts;
pub mod beneficiaries;
pub mod bons_plans;
pub mod cards;
pub mod closures;
pub mod counters;
pub mod directory;
mod dynamo;
pub mod enrolments;
pub mod establishments;
mod guards;
pub mod kept;
pub mod meter;
pub mod migrations;
pub mod outbox;
pub mod partners;
pub mod persons;
pub mod profiles;
pub mod reimbursements;
pub mod shelves;
pub mod sorties;
pub mod till_keys;
pub mod transactions;
pub mod vouchers;
mod writes;

use epass_cloud::Cloud;

use persons::PersonKey;

pub use accounts::{Accounts, Session};
pub use attendance::{Attendances, AttendeePage, Candidate, Joined, Registered};
pub use bank_accounts::BankAccounts;
pub use beneficiaries::Beneficiaries;
pub use bons_plans::{BonPlanLine, BonPlanPage, BonsPlans, LinePlace, OwnBonPlan};
pub use cards::Replaced;
pub use closures::Closures;
pub use counters::{Attempt, Counted, Counters, Full, PasswordAttempt, Wait};
pub use directory::{Directory, DirectoryPage};
pub use dynamo::{Found, Key, StoreError, Table};
pub use enrolments::{Admitted, Enrolments, Newcomer, Waiting};
pub use establishments::{EstablishmentLine, EstablishmentPage, Establishments, NotFree};
pub use kept::Kept;
pub use migrations::{Migration, Migrations, Progress};
pub use outbox::{Entry, EntryKey, EntryState, Lease, Leased, Next, Outbox};
pub use partners::{PartnerLine, Partners, Queue, QueuePlace, Taken};
pub use persons::{Namesake, Persons, Slot};
pub use profiles::{Profiles, Renewed};
pub use reimbursements::{ReimbursementPage, Reimbursements};
pub use shelves::{Browse, Card, Shelf, ShelfPlace, Shelves};
pub use sorties::{
    Due, DueLine, Participation, ParticipationPage, Settled, SortieLine, SortiePage, SortiePlace, Sorties,
    SortiesAsked, StepPage,
};
pub use till_keys::{Made, TillKeys};
pub use transactions::{Asked, Cancelled, History, Paid, Transactions};
pub use vouchers::{Changed, Held, Vouchers};

/// All repositories over one client.
#[derive(Clone, Debug)]
pub struct Store {
    /// Accounts and sessions.
    pub accounts: Accounts,
    /// Registrations for bons plans.
    pub attendances: Attendances,
    /// The index from bank accounts to dossiers.
    pub bank_accounts: BankAccounts,
    /// Young people and their wallets.
    pub beneficiaries: Beneficiaries,
    /// Closing of accounts.
    pub closures: Closures,
    /// Deals that partners offer.
    pub bons_plans: BonsPlans,
    /// Rate limit counters.
    pub counters: Counters,
    /// The public directory of partners.
    pub directory: Directory,
    /// Schools and training centres.
    pub establishments: Establishments,
    /// Pending registrations of young people.
    pub enrolments: Enrolments,
    /// Migrations of data that earlier versions stored.
    pub migrations: Migrations,
    /// Forms that were sent after their session had ended.
    pub kept: Kept,
    /// Mails to send.
    pub outbox: Outbox,
    /// Dossiers and conventions.
    pub partners: Partners,
    /// Claims of names and birth dates, and what closed accounts left.
    pub persons: Persons,
    /// The data that young people declared.
    pub profiles: Profiles,
    /// Statements, and the batches that pay them.
    pub reimbursements: Reimbursements,
    /// API keys of tills.
    pub till_keys: TillKeys,
    /// Published bons plans, as lists show them.
    pub shelves: Shelves,
    /// Outings.
    pub sorties: Sorties,
    /// Debits.
    pub transactions: Transactions,
    /// Vouchers, the one-use substitutes for the card.
    pub vouchers: Vouchers,
    dynamo: dynamo::Dynamo,
}

impl Store {
    /// `name_of` returns the value of an environment variable: one per table ([`Table::ALL`]), and `EPASS_PERSON_KEY`,
    /// at least 32 bytes, which only functions that use persons have.
    pub fn new(cloud: &Cloud, name_of: impl Fn(&str) -> Option<String>) -> Self {
        let key = PersonKey::of(name_of("EPASS_PERSON_KEY").as_deref());
        let dynamo = dynamo::Dynamo::new(cloud, name_of);
        let persons = Persons(dynamo.clone(), key);
        Self {
            accounts: Accounts(dynamo.clone()),
            attendances: Attendances(dynamo.clone()),
            bank_accounts: BankAccounts(dynamo.clone()),
            beneficiaries: Beneficiaries(dynamo.clone()),
            closures: Closures(dynamo.clone(), persons.clone()),
            bons_plans: BonsPlans(dynamo.clone()),
            counters: Counters(dynamo.clone()),
            directory: Directory(dynamo.clone()),
            establishments: Establishments(dynamo.clone()),
            enrolments: Enrolments(dynamo.clone()),
            migrations: Migrations(dynamo.clone(), persons.clone()),
            kept: Kept(dynamo.clone()),
            outbox: Outbox(dynamo.clone()),
            partners: Partners(dynamo.clone()),
            persons,
            profiles: Profiles(dynamo.clone()),
            reimbursements: Reimbursements(dynamo.clone()),
            till_keys: TillKeys(dynamo.clone()),
            shelves: Shelves(dynamo.clone()),
            sorties: Sorties(dynamo.clone()),
            transactions: Transactions(dynamo.clone()),
            vouchers: Vouchers(dynamo.clone()),
            dynamo,
        }
    }

    /// Reads up to 100 items of any tables, consistently, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self, keys: &[Key]) -> Result<Found, StoreError> {
        self.dynamo.read(keys).await
    }
}
