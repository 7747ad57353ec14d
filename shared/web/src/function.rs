//! The declaration of a room's Lambda: its size, settings, grants and events. `cargo run -- template` writes the
//! functions' part of `infra/template.yaml` from it, and the local engines refuse a call that is not granted here.

pub use epass_store::Table;

pub use crate::menu::{Entry, Needs};

/// A function, as its room declares it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name of its package and its folder: `partner-dossier` is `functions/partner/dossier`.
    pub name: &'static str,
    /// Its purpose in one sentence; the API's description groups its routes under it.
    pub description: &'static str,
    /// Memory in MB; processor time is proportional (*AWS Lambda Developer Guide*, *Memory*).
    pub memory: u32,
    /// The longest invocation, in seconds.
    pub timeout: u32,
    /// Its settings, besides the names of its granted resources.
    pub settings: &'static [Setting],
    /// The permissions of its role; it has no others.
    pub grants: &'static [Grant],
    /// The events that invoke it, besides requests.
    pub events: &'static [Event],
    /// Its entries in the menus.
    pub menu: &'static [Entry],
}

impl Function {
    /// A function of the usual size: 512 MB, 15 seconds.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self { name, description, memory: 512, timeout: 15, settings: &[], grants: &[], events: &[], menu: &[] }
    }

    /// Sets the memory, in MB.
    #[must_use]
    pub const fn with_memory(self, memory: u32) -> Self {
        Self { memory, ..self }
    }

    /// Sets the timeout, in seconds.
    #[must_use]
    pub const fn with_timeout(self, timeout: u32) -> Self {
        Self { timeout, ..self }
    }

    /// Sets the settings.
    #[must_use]
    pub const fn with_settings(self, settings: &'static [Setting]) -> Self {
        Self { settings, ..self }
    }

    /// Sets the grants.
    #[must_use]
    pub const fn with_grants(self, grants: &'static [Grant]) -> Self {
        Self { grants, ..self }
    }

    /// Sets the menu entries.
    #[must_use]
    pub const fn with_menu(self, menu: &'static [Entry]) -> Self {
        Self { menu, ..self }
    }

    /// Sets the events.
    #[must_use]
    pub const fn with_events(self, events: &'static [Event]) -> Self {
        Self { events, ..self }
    }
}

/// A setting of a function, and its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The postal address for signed copies.
    CopiesAddress,
    /// The key of the digests that stand for a person.
    PersonKey,
    /// The first week that partners are reimbursed for.
    FirstWeek,
    /// The holder of the account that reimbursements are paid from.
    DebtorName,
    /// The IBAN of that account.
    DebtorIban,
    /// The BIC of that account.
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

    /// The parameter or secret of the stack that it comes from.
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

/// The source of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A parameter of the stack.
    Parameter(&'static str),
    /// A secret that the stack generates.
    Secret(&'static str),
}

/// An IAM permission: actions on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The resource.
    pub on: On,
    /// The actions.
    pub actions: &'static [Action],
}

/// Permissions on the items of a table.
pub const fn on(table: Table, actions: &'static [Action]) -> Grant {
    Grant { on: On::Table(table), actions }
}

/// The permission to query an index of a table.
pub const fn on_index(table: Table, index: &'static str) -> Grant {
    Grant { on: On::Index(table, index), actions: &[Action::Query] }
}

/// Permissions on the documents with this key prefix, such as `rib/`.
pub const fn on_documents(prefix: &'static str, actions: &'static [Action]) -> Grant {
    Grant { on: On::Documents(prefix), actions }
}

/// The permission to start the state machine that closes weeks.
pub const STARTS_REIMBURSEMENT: Grant = Grant { on: On::ReimbursementMachine, actions: &[Action::StartExecution] };

/// The permission to send mails, from the stack's sender only.
pub const SENDS_MAILS: Grant = Grant { on: On::Sender, actions: &[Action::SendRawEmail] };

/// The resource of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The items of a table.
    Table(Table),
    /// An index of a table.
    Index(Table, &'static str),
    /// The documents of the bucket with this key prefix.
    Documents(&'static str),
    /// The state machine that closes weeks.
    ReimbursementMachine,
    /// The address that mails are sent from.
    Sender,
}

/// An AWS action, by the service's own name for it.
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
    /// The name in policies: `dynamodb:GetItem`.
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

/// An event that invokes a function, other than a request.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// A schedule.
    Schedule {
        /// The name in the template, such as `Remind`.
        name: &'static str,
        /// `cron(…)` or `rate(…)`.
        expression: &'static str,
        /// Whether the hours are in Paris time.
        in_paris: bool,
        /// The event as JSON; `None` for the scheduler's own event.
        input: Option<&'static str>,
        /// Whether the scheduler retries a failed call; not needed where the next call does the same soon.
        retried: bool,
    },
    /// The stream of a table.
    Stream {
        /// The name in the template, such as `Pending`.
        name: &'static str,
        /// The table.
        of: Table,
        /// The filter of records (*Lambda event filtering*), JSON.
        pattern: &'static str,
        /// The most records of one call.
        batch: u32,
        /// Concurrent calls for each shard.
        parallel: u32,
        /// The dead-letter queue for batches that failed for good.
        leftovers: &'static str,
    },
}
