//! What the function of a room is, beside its routes: its size, what it is told, what its role may do and what wakes it. Each
//! room declares its own; `cargo run -- template` writes the functions' part of `infra/template.yaml` from it, and the local
//! engines refuse a call that is not granted here.

pub use epass_store::Table;

pub use crate::menu::{Entry, Needs};

/// A function, as its room declares it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its package's and its folder's: `partner-dossier` is `functions/partner/dossier`.
    pub name: &'static str,
    /// What it does, in a sentence; the API's description groups its routes under it.
    pub description: &'static str,
    /// In MB; processor comes in proportion (*AWS Lambda Developer Guide*, *Memory*).
    pub memory: u32,
    /// The longest invocation, in seconds.
    pub timeout: u32,
    /// What it is told besides the names of what it may touch.
    pub settings: &'static [Setting],
    /// What its role may do, and nothing else.
    pub grants: &'static [Grant],
    /// What wakes it, where that is no request.
    pub events: &'static [Event],
    /// Where it stands in the menus.
    pub menu: &'static [Entry],
}

impl Function {
    /// One of the usual size: 512 MB, 15 seconds.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self { name, description, memory: 512, timeout: 15, settings: &[], grants: &[], events: &[], menu: &[] }
    }

    /// With this memory, in MB.
    #[must_use]
    pub const fn with_memory(self, memory: u32) -> Self {
        Self { memory, ..self }
    }

    /// That may run for so many seconds.
    #[must_use]
    pub const fn with_timeout(self, timeout: u32) -> Self {
        Self { timeout, ..self }
    }

    /// That is told these.
    #[must_use]
    pub const fn with_settings(self, settings: &'static [Setting]) -> Self {
        Self { settings, ..self }
    }

    /// That may do these.
    #[must_use]
    pub const fn with_grants(self, grants: &'static [Grant]) -> Self {
        Self { grants, ..self }
    }

    /// That stands in the menus so.
    #[must_use]
    pub const fn with_menu(self, menu: &'static [Entry]) -> Self {
        Self { menu, ..self }
    }

    /// That these wake.
    #[must_use]
    pub const fn with_events(self, events: &'static [Event]) -> Self {
        Self { events, ..self }
    }
}

/// Something that a function is told, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Where signed copies are sent.
    CopiesAddress,
    /// The key of what stands for a person.
    PersonKey,
    /// The first week that partners are paid back for.
    FirstWeek,
    /// The holder of the account that partners are paid from.
    DebtorName,
    /// That account.
    DebtorIban,
    /// Its bank.
    DebtorBic,
}

impl Setting {
    /// The environment variable.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::CopiesAddress => "EPASS_COPIES_ADDRESS",
            Self::PersonKey => "EPASS_PERSON_KEY",
            Self::FirstWeek => "EPASS_FIRST_WEEK",
            Self::DebtorName => "EPASS_DEBTOR_NAME",
            Self::DebtorIban => "EPASS_DEBTOR_IBAN",
            Self::DebtorBic => "EPASS_DEBTOR_BIC",
        }
    }

    /// The parameter or secret of the stack.
    pub const fn source(self) -> Source {
        match self {
            Self::CopiesAddress => Source::Parameter("CopiesAddress"),
            Self::PersonKey => Source::Secret("PersonKey"),
            Self::FirstWeek => Source::Parameter("FirstWeek"),
            Self::DebtorName => Source::Parameter("DebtorName"),
            Self::DebtorIban => Source::Parameter("DebtorIban"),
            Self::DebtorBic => Source::Parameter("DebtorBic"),
        }
    }
}

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A parameter of the stack.
    Parameter(&'static str),
    /// A secret that the stack makes.
    Secret(&'static str),
}

/// A right: actions on one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// On what.
    pub on: On,
    /// Which.
    pub actions: &'static [Action],
}

/// Rights on the items of a table.
pub const fn on(table: Table, actions: &'static [Action]) -> Grant {
    Grant { on: On::Table(table), actions }
}

/// The right to query an index of a table.
pub const fn on_index(table: Table, index: &'static str) -> Grant {
    Grant { on: On::Index(table, index), actions: &[Action::Query] }
}

/// Rights on the documents whose keys begin so: `rib/`.
pub const fn on_documents(prefix: &'static str, actions: &'static [Action]) -> Grant {
    Grant { on: On::Documents(prefix), actions }
}

/// The right to start the machine that closes weeks.
pub const STARTS_REIMBURSEMENT: Grant = Grant { on: On::ReimbursementMachine, actions: &[Action::StartExecution] };

/// The right to send mails, from the stack's sender alone.
pub const SENDS_MAILS: Grant = Grant { on: On::Sender, actions: &[Action::SendRawEmail] };

/// What a right is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The items of a table.
    Table(Table),
    /// An index of a table.
    Index(Table, &'static str),
    /// The documents of the bucket whose keys begin so.
    Documents(&'static str),
    /// The state machine that closes weeks.
    ReimbursementMachine,
    /// The address that mails are sent from.
    Sender,
}

/// An action of AWS's, by the service's own name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the action of that name in the Service Authorization Reference")]
pub enum Action {
    GetItem,
    BatchGetItem,
    Query,
    Scan,
    PutItem,
    UpdateItem,
    DeleteItem,
    ConditionCheckItem,
    GetObject,
    PutObject,
    StartExecution,
    SendRawEmail,
}

impl Action {
    /// As policies write it: `dynamodb:GetItem`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GetItem => "dynamodb:GetItem",
            Self::BatchGetItem => "dynamodb:BatchGetItem",
            Self::Query => "dynamodb:Query",
            Self::Scan => "dynamodb:Scan",
            Self::PutItem => "dynamodb:PutItem",
            Self::UpdateItem => "dynamodb:UpdateItem",
            Self::DeleteItem => "dynamodb:DeleteItem",
            Self::ConditionCheckItem => "dynamodb:ConditionCheckItem",
            Self::GetObject => "s3:GetObject",
            Self::PutObject => "s3:PutObject",
            Self::StartExecution => "states:StartExecution",
            Self::SendRawEmail => "ses:SendRawEmail",
        }
    }
}

/// What wakes a function, where that is no request.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// The clock.
    Schedule {
        /// In the template, `Remind`.
        name: &'static str,
        /// `cron(…)` or `rate(…)`.
        expression: &'static str,
        /// Whether the hours are those of Paris.
        in_paris: bool,
        /// The event, JSON; the scheduler's own without.
        input: Option<&'static str>,
        /// Whether the scheduler calls again when it fails: not where the next call does the same soon.
        retried: bool,
    },
    /// What changes in a table.
    Stream {
        /// In the template, `Pending`.
        name: &'static str,
        /// Of which table.
        of: Table,
        /// Which records (*Lambda event filtering*), JSON.
        pattern: &'static str,
        /// How many records a call has at most.
        batch: u32,
        /// How many calls at once for each shard.
        parallel: u32,
        /// The queue for batches that it gave up on.
        leftovers: &'static str,
    },
}
