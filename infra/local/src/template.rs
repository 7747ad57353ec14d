//! What `infra/template.yaml` says, as types: functions with their routes, schedules, streams and rights, tables, buckets,
//! state machines.

mod machines;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde_yaml_ng::Value;

use crate::expression::{Expression, Part};

pub use machines::Machine;

/// The template that this binary was built with.
pub(crate) const EMBEDDED: &str = include_str!("../../template.yaml");

/// The type of a resource that [`Machine`] is.
const STATE_MACHINE: &str = "AWS::Serverless::StateMachine";

/// Something in the template that is missing, unknown or at odds with the rest of it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("infra/template.yaml, {at}: {what}")]
pub struct TemplateError {
    /// The path of what is wrong, the resource first: `Accounts.Properties.KeySchema`.
    pub at: String,
    /// What is wrong with it.
    pub what: String,
}

/// The whole template, checked against itself.
#[derive(Clone, Debug)]
pub struct Template {
    /// One for each Lambda, in the file's order.
    pub functions: Vec<Function>,
    /// One for each DynamoDB table, in the file's order.
    pub tables: Vec<Table>,
    /// One for each S3 bucket, in the file's order.
    pub buckets: Vec<Bucket>,
    /// One for each state machine, in the file's order.
    pub machines: Vec<Machine>,
    parameters: BTreeMap<String, Option<String>>,
}

/// A Lambda: one room.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name in the template: `PartnerTransaction`.
    pub logical_id: String,
    /// Its cargo package, which is its folder: `partner-transaction` for `functions/partner/transaction`.
    pub name: String,
    /// What it does, in a sentence.
    pub description: String,
    /// Memory, in MB.
    pub memory_mb: u64,
    /// Longest run, in seconds.
    pub timeout_s: u64,
    /// Its environment, the template's globals included; [`Template::environment`] gives the values.
    pub settings: BTreeMap<String, Setting>,
    /// What it answers over HTTP.
    pub routes: Vec<Route>,
    /// When it is called by the clock.
    pub schedules: Vec<Schedule>,
    /// Which tables' streams it is fed from.
    pub streams: Vec<Stream>,
    /// What its role may do, one entry for each resource of each statement.
    pub grants: Vec<Grant>,
}

impl Function {
    /// The logical ids of the tables, buckets and state machines that its role may touch.
    pub fn granted(&self) -> BTreeSet<&str> {
        self.grants.iter().filter_map(|grant| grant.on.logical_id()).collect()
    }

    /// The tables, buckets and state machines that it is told the names of must be those that its role may touch: then a
    /// function that reaches for another one fails on this machine too.
    fn check_names(&self) -> Result<(), TemplateError> {
        let mut named = BTreeSet::new();
        for (variable, setting) in &self.settings {
            let (id, expected) = match setting {
                Setting::Table(id) => (id, format!("EPASS_TABLE_{}", id.to_uppercase())),
                Setting::Bucket(id) => (id, "EPASS_BUCKET".to_owned()),
                Setting::Machine(id) => (id, "EPASS_REIMBURSEMENT_MACHINE".to_owned()),
                Setting::Text(_) | Setting::Parameter(_) | Setting::Secret(_) => continue,
            };
            if *variable != expected {
                return wrong(&self.logical_id, format!("{variable} holds the name of {id}"));
            }
            named.insert(id.as_str());
        }
        let granted = self.granted();
        if let Some(id) = named.difference(&granted).next() {
            return wrong(&self.logical_id, format!("its environment names {id}, which its role may not touch"));
        }
        if let Some(id) = granted.difference(&named).next() {
            return wrong(&self.logical_id, format!("its role may touch {id}, which its environment does not name"));
        }
        Ok(())
    }
}

/// One value of a function's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Written out.
    Text(String),
    /// A parameter of the stack.
    Parameter(String),
    /// The name of a table.
    Table(String),
    /// The name of a bucket.
    Bucket(String),
    /// The ARN of a state machine.
    Machine(String),
    /// The value of a secret.
    Secret(String),
}

/// A method and a path, as API Gateway writes them: `GET`, `/transactions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Upper case; `ANY` for the default route.
    pub method: String,
    /// The path; `$default` for what no other route takes.
    pub path: String,
}

impl Route {
    /// Whether this is the route of everything that has no other.
    pub fn is_default(&self) -> bool {
        self.path == "$default"
    }
}

/// A call by the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The event's name within the function.
    pub name: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: String,
}

/// A feed from a table's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The table's logical id.
    pub table: String,
    /// Most records in one call.
    pub batch_size: u64,
    /// Event patterns in JSON, any of which a record must match; none means every record.
    pub filters: Vec<String>,
}

/// Actions that a role allows on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// `dynamodb:GetItem`, `s3:PutObject`…
    pub actions: BTreeSet<String>,
    /// On what.
    pub on: Target,
}

impl Grant {
    /// Whether any of the actions changes something.
    pub fn writes(&self) -> bool {
        const READING: [&str; 6] = ["Get", "BatchGet", "Query", "Scan", "List", "ConditionCheck"];
        let reads = |action: &String| {
            let verb = action.split_once(':').map_or("", |(_, verb)| verb);
            READING.iter().any(|prefix| verb.starts_with(prefix))
        };
        !self.actions.iter().all(reads)
    }
}

/// What a grant is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A table's items.
    Table(String),
    /// One of a table's indexes.
    Index {
        /// The table's logical id.
        table: String,
        /// The index.
        index: String,
    },
    /// Objects of a bucket whose keys start so.
    Objects {
        /// The bucket's logical id.
        bucket: String,
        /// The start of the keys, `rib/`; empty for all.
        prefix: String,
    },
    /// A bucket itself: the list of its keys.
    Bucket(String),
    /// A state machine.
    Machine(String),
    /// Something outside this template, as it is written there.
    Elsewhere(String),
}

impl Target {
    /// The table, bucket or state machine of this template that it is, or belongs to.
    fn logical_id(&self) -> Option<&str> {
        match self {
            Self::Table(id) | Self::Bucket(id) | Self::Machine(id) => Some(id),
            Self::Index { table, .. } => Some(table),
            Self::Objects { bucket, .. } => Some(bucket),
            Self::Elsewhere(_) => None,
        }
    }
}

/// A DynamoDB table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the template: `Partners`.
    pub logical_id: String,
    /// Its name here: `TableName`, else the logical id (in the cloud, CloudFormation makes one up).
    pub name: String,
    /// Its own key.
    pub key: Key,
    /// The type of each attribute that is part of a key.
    pub attributes: BTreeMap<String, AttributeKind>,
    /// Its global secondary indexes.
    pub indexes: Vec<Index>,
    /// The attribute that says when an item may go, in seconds since 1970.
    pub ttl: Option<String>,
    /// What its stream tells (`NEW_IMAGE`…), when it has one.
    pub stream: Option<String>,
}

/// A partition key and, maybe, a sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Partition key.
    pub hash: String,
    /// Sort key.
    pub range: Option<String>,
}

/// The type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// `S`
    Text,
    /// `N`
    Number,
    /// `B`
    Binary,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// What it carries besides keys.
    pub projection: Projection,
}

/// What an index carries besides keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// The whole item.
    All,
    /// Nothing.
    KeysOnly,
    /// These attributes.
    Include(BTreeSet<String>),
}

/// An S3 bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the template: `Documents`.
    pub logical_id: String,
    /// Its name here: `BucketName`, else the logical id in lower case.
    pub name: String,
}

/// The values that only whoever runs the template can give.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Parameters of the stack, by name; those that have a default may be left out.
    pub parameters: BTreeMap<String, String>,
    /// Values of secrets, by logical id.
    pub secrets: BTreeMap<String, String>,
}

impl Template {
    /// The template that this binary was built with.
    ///
    /// # Errors
    /// As [`Template::parse`].
    pub fn embedded() -> Result<Self, TemplateError> {
        static PARSED: LazyLock<Result<Template, TemplateError>> = LazyLock::new(|| Template::parse(EMBEDDED));
        PARSED.clone()
    }

    /// The template of a file.
    ///
    /// # Errors
    /// As [`Template::parse`]; also when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| TemplateError { at: path.display().to_string(), what: error.to_string() })?;
        Self::parse(&text)
    }

    /// Reads a SAM template and checks it against itself.
    ///
    /// # Errors
    /// The first thing that is missing, unknown, or refers to what is not there.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let document: Value = serde_yaml_ng::from_str(text)
            .map_err(|error| TemplateError { at: "the file".to_owned(), what: error.to_string() })?;
        let root = Node { value: &document, path: String::new() };
        let parameters = parameters(&root)?;
        let mut template = Self { functions: vec![], tables: vec![], buckets: vec![], machines: vec![], parameters };
        let resources = root.need("Resources")?.entries()?;
        for (id, resource) in &resources {
            match resource.need("Type")?.text()?.as_str() {
                "AWS::DynamoDB::Table" => template.tables.push(table(id, resource)?),
                "AWS::S3::Bucket" => template.buckets.push(bucket(id, resource)?),
                _ => {}
            }
        }
        let globals = root.get("Globals").and_then(|globals| globals.get("Function"));
        let kinds = Kinds::of(&template, &resources)?;
        let mut functions = vec![];
        for (id, resource) in &resources {
            if resource.need("Type")?.text()? == "AWS::Serverless::Function" {
                functions.push(function(id, resource, globals.as_ref(), &kinds)?);
            }
        }
        template.functions = functions;
        for (id, resource) in &resources {
            if resource.need("Type")?.text()? == STATE_MACHINE {
                let machine = machines::machine(id, resource, &template.functions)?;
                template.machines.push(machine);
            }
        }
        template.check()?;
        Ok(template)
    }

    /// The values of a function's environment on this machine.
    ///
    /// # Errors
    /// A parameter without default, or a secret, that was not given.
    pub fn environment(&self, function: &Function, given: &Given) -> Result<BTreeMap<String, String>, TemplateError> {
        let value = |name: &str, setting: &Setting| {
            let missing = |what: &str, id: &str| TemplateError {
                at: format!("{}, {name}", function.logical_id),
                what: format!("the {what} {id} was not given a value"),
            };
            match setting {
                Setting::Text(text) => Ok(text.clone()),
                Setting::Table(id) => Ok(self.table(id).map_or_else(|| id.clone(), |table| table.name.clone())),
                Setting::Bucket(id) => Ok(self.bucket(id).map_or_else(|| id.clone(), |bucket| bucket.name.clone())),
                Setting::Machine(id) => Ok(machines::arn(id)),
                Setting::Secret(id) => given.secrets.get(id).cloned().ok_or_else(|| missing("secret", id)),
                Setting::Parameter(id) => {
                    let default = || self.parameters.get(id).cloned().flatten();
                    given.parameters.get(id).cloned().or_else(default).ok_or_else(|| missing("parameter", id))
                }
            }
        };
        function.settings.iter().map(|(name, setting)| Ok((name.clone(), value(name, setting)?))).collect()
    }

    /// The table of this logical id.
    pub fn table(&self, logical_id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.logical_id == logical_id)
    }

    /// The bucket of this logical id.
    pub fn bucket(&self, logical_id: &str) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.logical_id == logical_id)
    }

    /// The state machine of this ARN, as [`Machine::arn`] gives it.
    pub fn machine(&self, arn: &str) -> Option<&Machine> {
        self.machines.iter().find(|machine| machine.arn() == arn)
    }

    /// The function of this package name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// What no single resource can tell: routes taken twice, streams that do not flow, tables that nobody may touch.
    fn check(&self) -> Result<(), TemplateError> {
        let mut taken: BTreeMap<&Route, &str> = BTreeMap::new();
        for function in &self.functions {
            for route in &function.routes {
                if let Some(other) = taken.insert(route, &function.logical_id) {
                    return wrong(&function.logical_id, format!("{} {} is also {other}'s", route.method, route.path));
                }
            }
            for stream in &function.streams {
                if self.table(&stream.table).is_none_or(|table| table.stream.is_none()) {
                    return wrong(&function.logical_id, format!("{} has no stream", stream.table));
                }
            }
            function.check_names()?;
            let calls = |machine: &Machine| machine.definition.functions().any(|name| name == function.name);
            let is_called = !function.routes.is_empty() || self.machines.iter().any(calls);
            if !is_called && function.schedules.is_empty() && function.streams.is_empty() {
                return wrong(&function.logical_id, "nothing ever calls it".to_owned());
            }
        }
        for table in &self.tables {
            let touches = |grant: &Grant| grant.on == Target::Table(table.logical_id.clone());
            if !self.functions.iter().any(|function| function.grants.iter().any(touches)) {
                return wrong(&table.logical_id, "no function may touch it".to_owned());
            }
        }
        Ok(())
    }
}

/// What each logical id of the template stands for.
struct Kinds<'t> {
    template: &'t Template,
    secrets: BTreeSet<String>,
    machines: BTreeSet<String>,
}

impl<'t> Kinds<'t> {
    fn of(template: &'t Template, resources: &[(String, Node<'_>)]) -> Result<Self, TemplateError> {
        let (mut secrets, mut machines) = (BTreeSet::new(), BTreeSet::new());
        for (id, resource) in resources {
            match resource.need("Type")?.text()?.as_str() {
                "AWS::SecretsManager::Secret" => secrets.insert(id.clone()),
                STATE_MACHINE => machines.insert(id.clone()),
                _ => continue,
            };
        }
        Ok(Self { template, secrets, machines })
    }

    fn setting(&self, node: &Node<'_>) -> Result<Setting, TemplateError> {
        match node.expression()? {
            Expression::Text(text) => Ok(Setting::Text(text)),
            Expression::Ref(id) if self.template.table(&id).is_some() => Ok(Setting::Table(id)),
            Expression::Ref(id) if self.template.bucket(&id).is_some() => Ok(Setting::Bucket(id)),
            Expression::Ref(id) if self.machines.contains(&id) => Ok(Setting::Machine(id)),
            Expression::Ref(id) if self.template.parameters.contains_key(&id) => Ok(Setting::Parameter(id)),
            Expression::Ref(id) => {
                node.wrong(format!("{id} is no parameter, table, bucket or state machine of this template"))
            }
            Expression::Sub(parts) => match parts.as_slice() {
                [Part::Text(open), Part::Reference(id), Part::Text(close)]
                    if open == "{{resolve:secretsmanager:" && close == "}}" && self.secrets.contains(id) =>
                {
                    Ok(Setting::Secret(id.clone()))
                }
                _ => node.wrong("only {{resolve:secretsmanager:${Secret}}} of a secret of this template is understood"),
            },
            Expression::GetAtt(..) | Expression::Other(_) => node.wrong("only text, !Ref and a secret are understood"),
        }
    }

    fn target(&self, node: &Node<'_>) -> Result<Target, TemplateError> {
        match node.expression()? {
            Expression::GetAtt(id, attribute) if attribute == "Arn" && self.template.table(&id).is_some() => {
                Ok(Target::Table(id))
            }
            Expression::GetAtt(id, attribute) if attribute == "Arn" && self.template.bucket(&id).is_some() => {
                Ok(Target::Bucket(id))
            }
            Expression::Ref(id) if self.machines.contains(&id) => Ok(Target::Machine(id)),
            Expression::Sub(parts) => self.target_of_parts(node, &parts),
            _ => node
                .wrong("only !GetAtt Table.Arn, !Ref Machine and !Sub of a table's or a bucket's Arn are understood"),
        }
    }

    fn target_of_parts(&self, node: &Node<'_>, parts: &[Part]) -> Result<Target, TemplateError> {
        let [Part::Reference(arn), Part::Text(rest)] = parts else {
            return Ok(Target::Elsewhere(parts.iter().map(ToString::to_string).collect()));
        };
        let id = arn.strip_suffix(".Arn").unwrap_or(arn);
        if let Some(table) = self.template.table(id) {
            let name = rest.strip_prefix("/index/").unwrap_or_default();
            let Some(index) = table.indexes.iter().find(|index| index.name == name) else {
                return node.wrong(format!("{id} has no index {name:?}"));
            };
            return Ok(Target::Index { table: id.to_owned(), index: index.name.clone() });
        }
        let prefix = rest.strip_prefix('/').and_then(|rest| rest.strip_suffix('*'));
        match (self.template.bucket(id), prefix) {
            (Some(_), Some(prefix)) => Ok(Target::Objects { bucket: id.to_owned(), prefix: prefix.to_owned() }),
            _ => node.wrong(format!("{id}{rest} is no index or set of objects of this template")),
        }
    }
}

fn parameters(root: &Node<'_>) -> Result<BTreeMap<String, Option<String>>, TemplateError> {
    let Some(section) = root.get("Parameters") else {
        return Ok(BTreeMap::new());
    };
    let read = |(name, parameter): (String, Node<'_>)| {
        let default = parameter.get("Default").map(|node| node.text()).transpose()?;
        Ok((name, default))
    };
    section.entries()?.into_iter().map(read).collect()
}

fn function(
    id: &str,
    resource: &Node<'_>,
    globals: Option<&Node<'_>>,
    kinds: &Kinds<'_>,
) -> Result<Function, TemplateError> {
    let properties = resource.need("Properties")?;
    let either = |key: &str| properties.get(key).or_else(|| globals.and_then(|globals| globals.get(key)));
    let number = |key: &str| match either(key) {
        Some(node) => node.number(),
        None => properties.wrong(format!("{key} is missing")),
    };
    let mut function = Function {
        logical_id: id.to_owned(),
        name: package(resource, &properties)?,
        description: properties.need("Description")?.text()?,
        memory_mb: number("MemorySize")?,
        timeout_s: number("Timeout")?,
        settings: settings(&properties, globals, kinds)?,
        routes: vec![],
        schedules: vec![],
        streams: vec![],
        grants: grants(&properties, kinds)?,
    };
    // A function that a state machine calls has no events of its own.
    let events = properties.get("Events").map_or(Ok(vec![]), |events| events.entries())?;
    for (name, event) in events {
        let detail = event.need("Properties")?;
        match event.need("Type")?.text()?.as_str() {
            "HttpApi" => function.routes.push(route(&detail)?),
            "Schedule" | "ScheduleV2" => {
                let field = if event.need("Type")?.text()? == "Schedule" { "Schedule" } else { "ScheduleExpression" };
                function.schedules.push(Schedule { name, expression: detail.need(field)?.text()? });
            }
            "DynamoDB" => function.streams.push(stream(&detail)?),
            other => return event.wrong(format!("events of type {other} are not served here")),
        }
    }
    Ok(function)
}

/// The cargo package: said by `Binary`, and by the folder in `CodeUri`, which must agree.
fn package(resource: &Node<'_>, properties: &Node<'_>) -> Result<String, TemplateError> {
    let metadata = resource.need("Metadata")?;
    let method = metadata.need("BuildMethod")?;
    if method.text()? != "rust-cargolambda" {
        return method.wrong("is not rust-cargolambda");
    }
    let binary = metadata.need("BuildProperties")?.need("Binary")?;
    let folder = properties.need("CodeUri")?.text()?;
    let named = folder.strip_prefix("../functions/").map(|room| room.replace('/', "-"));
    if named.as_deref() != Some(binary.text()?.as_str()) {
        return binary
            .wrong(format!("does not agree with CodeUri {folder}: ../functions/<family>/<room> is <family>-<room>"));
    }
    binary.text()
}

fn settings(
    properties: &Node<'_>,
    globals: Option<&Node<'_>>,
    kinds: &Kinds<'_>,
) -> Result<BTreeMap<String, Setting>, TemplateError> {
    let mut settings = BTreeMap::new();
    for part in [globals, Some(properties)].into_iter().flatten() {
        let Some(variables) = part.get("Environment").and_then(|environment| environment.get("Variables")) else {
            continue;
        };
        for (name, node) in variables.entries()? {
            settings.insert(name, kinds.setting(&node)?);
        }
    }
    Ok(settings)
}

fn route(detail: &Node<'_>) -> Result<Route, TemplateError> {
    match (detail.get("Method"), detail.get("Path")) {
        (None, None) => Ok(Route { method: "ANY".to_owned(), path: "$default".to_owned() }),
        (Some(method), Some(path)) => {
            const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
            let route = Route { method: method.text()?, path: path.text()? };
            if !METHODS.contains(&route.method.as_str()) {
                return method.wrong(format!("is {}, not one of {METHODS:?}", route.method));
            }
            if !route.path.starts_with('/') {
                return path.wrong(format!("{} does not start with /", route.path));
            }
            Ok(route)
        }
        _ => detail.wrong("Method and Path go together"),
    }
}

fn stream(detail: &Node<'_>) -> Result<Stream, TemplateError> {
    let source = detail.need("Stream")?;
    let table = match source.expression()? {
        Expression::GetAtt(id, attribute) if attribute == "StreamArn" => id,
        _ => return source.wrong("is not !GetAtt Table.StreamArn"),
    };
    let filters = match detail.get("FilterCriteria") {
        Some(criteria) => criteria
            .need("Filters")?
            .items()?
            .iter()
            .map(|filter| {
                let pattern = filter.need("Pattern")?;
                let text = pattern.text()?;
                serde_json::from_str::<serde_json::Value>(&text).or_else(|error| pattern.wrong(error.to_string()))?;
                Ok(text)
            })
            .collect::<Result<_, _>>()?,
        None => vec![],
    };
    let batch_size = detail.get("BatchSize").map_or(Ok(100), |node| node.number())?;
    Ok(Stream { table, batch_size, filters })
}

fn grants(properties: &Node<'_>, kinds: &Kinds<'_>) -> Result<Vec<Grant>, TemplateError> {
    let mut grants = vec![];
    let Some(policies) = properties.get("Policies") else {
        return Ok(grants);
    };
    for policy in policies.items()? {
        for statement in policy.need("Statement")?.items()? {
            let actions = statement.need("Action")?;
            let resources = statement.need("Resource")?;
            for resource in resources.one_or_more() {
                let on = kinds.target(&resource)?;
                grants.push(Grant { actions: allowed(&actions, &on)?, on });
            }
        }
    }
    Ok(grants)
}

/// The actions of a statement, each of the service that the target belongs to and none by wildcard.
fn allowed(actions: &Node<'_>, on: &Target) -> Result<BTreeSet<String>, TemplateError> {
    let service = match on {
        Target::Table(_) | Target::Index { .. } => "dynamodb:",
        Target::Objects { .. } | Target::Bucket(_) => "s3:",
        Target::Machine(_) => "states:",
        Target::Elsewhere(_) => "",
    };
    let mut named = BTreeSet::new();
    for action in actions.one_or_more() {
        let text = action.text()?;
        if !text.starts_with(service) || text.contains('*') || !text.contains(':') {
            return action.wrong(format!("{text} is not one action of {service}"));
        }
        named.insert(text);
    }
    Ok(named)
}

fn table(id: &str, resource: &Node<'_>) -> Result<Table, TemplateError> {
    let properties = resource.need("Properties")?;
    let mut attributes = BTreeMap::new();
    for attribute in properties.need("AttributeDefinitions")?.items()? {
        let kind = attribute.need("AttributeType")?;
        let kind = match kind.text()?.as_str() {
            "S" => AttributeKind::Text,
            "N" => AttributeKind::Number,
            "B" => AttributeKind::Binary,
            other => return kind.wrong(format!("{other} is not S, N or B")),
        };
        attributes.insert(attribute.need("AttributeName")?.text()?, kind);
    }
    let indexes = match properties.get("GlobalSecondaryIndexes") {
        Some(list) => list.items()?.iter().map(index).collect::<Result<_, _>>()?,
        None => vec![],
    };
    let table = Table {
        logical_id: id.to_owned(),
        name: properties.get("TableName").map_or(Ok(id.to_owned()), |node| node.text())?,
        key: key(&properties)?,
        attributes,
        indexes,
        ttl: ttl(&properties)?,
        stream: properties
            .get("StreamSpecification")
            .map(|stream| stream.need("StreamViewType")?.text())
            .transpose()?,
    };
    check_attributes(&properties, &table)?;
    Ok(table)
}

/// DynamoDB refuses a table whose defined attributes are not exactly those of its keys.
fn check_attributes(properties: &Node<'_>, table: &Table) -> Result<(), TemplateError> {
    let keys = std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key));
    let used: BTreeSet<&String> = keys.flat_map(|key| std::iter::once(&key.hash).chain(&key.range)).collect();
    let defined: BTreeSet<&String> = table.attributes.keys().collect();
    match used.symmetric_difference(&defined).next() {
        Some(name) if used.contains(name) => properties.wrong(format!("the key attribute {name} is not defined")),
        Some(name) => properties.wrong(format!("{name} is defined and in no key")),
        None => Ok(()),
    }
}

fn index(node: &Node<'_>) -> Result<Index, TemplateError> {
    let projection = node.need("Projection")?;
    let kind = projection.need("ProjectionType")?;
    let projection = match kind.text()?.as_str() {
        "ALL" => Projection::All,
        "KEYS_ONLY" => Projection::KeysOnly,
        "INCLUDE" => {
            let names = projection.need("NonKeyAttributes")?;
            Projection::Include(names.items()?.iter().map(Node::text).collect::<Result<_, _>>()?)
        }
        other => return kind.wrong(format!("{other} is not ALL, KEYS_ONLY or INCLUDE")),
    };
    Ok(Index { name: node.need("IndexName")?.text()?, key: key(node)?, projection })
}

fn key(node: &Node<'_>) -> Result<Key, TemplateError> {
    let schema = node.need("KeySchema")?;
    let (mut hash, mut range) = (None, None);
    for part in schema.items()? {
        let name = part.need("AttributeName")?.text()?;
        match part.need("KeyType")?.text()?.as_str() {
            "HASH" => hash = Some(name),
            "RANGE" => range = Some(name),
            other => return part.wrong(format!("{other} is not HASH or RANGE")),
        }
    }
    match hash {
        Some(hash) => Ok(Key { hash, range }),
        None => schema.wrong("has no HASH key"),
    }
}

fn ttl(properties: &Node<'_>) -> Result<Option<String>, TemplateError> {
    let Some(specification) = properties.get("TimeToLiveSpecification") else {
        return Ok(None);
    };
    let enabled = specification.need("Enabled")?.text()? == "true";
    let attribute = specification.need("AttributeName")?.text()?;
    Ok(enabled.then_some(attribute))
}

fn bucket(id: &str, resource: &Node<'_>) -> Result<Bucket, TemplateError> {
    let named = resource.get("Properties").and_then(|properties| properties.get("BucketName"));
    let name = named.map_or(Ok(id.to_lowercase()), |node| node.text())?;
    Ok(Bucket { logical_id: id.to_owned(), name })
}

fn wrong<T>(at: &str, what: String) -> Result<T, TemplateError> {
    Err(TemplateError { at: at.to_owned(), what })
}

/// A value of the document that knows where it stands, so that an error can say so.
struct Node<'d> {
    value: &'d Value,
    path: String,
}

impl<'d> Node<'d> {
    fn get(&self, key: &str) -> Option<Node<'d>> {
        let value = self.value.as_mapping()?.get(key)?;
        Some(self.child(key, value))
    }

    fn need(&self, key: &str) -> Result<Node<'d>, TemplateError> {
        self.get(key).map_or_else(|| self.wrong(format!("{key} is missing")), Ok)
    }

    fn entries(&self) -> Result<Vec<(String, Node<'d>)>, TemplateError> {
        let Some(mapping) = self.value.as_mapping() else {
            return self.wrong("is not a mapping");
        };
        let entry = |(key, value): (&Value, &'d Value)| match key.as_str() {
            Some(key) => Ok((key.to_owned(), self.child(key, value))),
            None => self.wrong("has a key that is not text"),
        };
        mapping.iter().map(entry).collect()
    }

    fn items(&self) -> Result<Vec<Node<'d>>, TemplateError> {
        let Some(sequence) = self.value.as_sequence() else {
            return self.wrong("is not a list");
        };
        Ok(sequence.iter().enumerate().map(|(place, value)| self.child(&place.to_string(), value)).collect())
    }

    /// A list, or the one thing that stands where a list may.
    fn one_or_more(&self) -> Vec<Node<'d>> {
        self.items().unwrap_or_else(|_| vec![Node { value: self.value, path: self.path.clone() }])
    }

    fn text(&self) -> Result<String, TemplateError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            _ => self.wrong("is not text"),
        }
    }

    fn number(&self) -> Result<u64, TemplateError> {
        self.value.as_u64().map_or_else(|| self.wrong("is not a whole number"), Ok)
    }

    fn expression(&self) -> Result<Expression, TemplateError> {
        Expression::parse(self.value).or_else(|what| self.wrong(what))
    }

    fn child(&self, key: &str, value: &'d Value) -> Node<'d> {
        let path = match self.path.as_str() {
            "" | "Resources" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        Node { value, path }
    }

    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, TemplateError> {
        Err(TemplateError { at: self.path.clone(), what: what.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Template {
        Template::embedded().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The embedded template with one piece of text replaced by another.
    fn altered(from: &str, to: &str) -> TemplateError {
        assert!(EMBEDDED.contains(from), "{from} is not in the template");
        Template::parse(&EMBEDDED.replacen(from, to, 1)).unwrap_err()
    }

    #[test]
    fn every_room_has_its_folder_and_its_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for function in &template().functions {
            let (family, room) = function.name.split_once('-').unwrap();
            let manifest = root.join("functions").join(family).join(room).join("Cargo.toml");
            let text = std::fs::read_to_string(&manifest).unwrap_or_else(|error| panic!("{manifest:?}: {error}"));
            assert!(text.contains(&format!("name = \"{}\"", function.name)), "{manifest:?}");
        }
    }

    #[test]
    fn every_room_in_the_folders_is_in_the_template() {
        let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
        let template = template();
        for family in std::fs::read_dir(functions).unwrap() {
            for room in std::fs::read_dir(family.unwrap().path()).unwrap() {
                let manifest = std::fs::read_to_string(room.unwrap().path().join("Cargo.toml")).unwrap();
                let name = manifest.split('"').nth(1).unwrap();
                assert!(template.function(name).is_some(), "{name} is in functions/ and not in the template");
            }
        }
    }

    #[test]
    fn the_desk_has_its_routes_and_its_rights_only() {
        let template = template();
        let desk = template.function("partner-transaction").unwrap();
        let routes: Vec<String> = desk.routes.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
        let page = ["GET /transactions/nouvelle", "HEAD /transactions/nouvelle"];
        assert_eq!(routes, [page.as_slice(), &["POST /transactions/recherche", "POST /transactions"]].concat());
        let written: BTreeSet<_> = desk
            .grants
            .iter()
            .filter(|grant| grant.writes())
            .map(|grant| match &grant.on {
                Target::Table(table) => table.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(written, BTreeSet::from(["Beneficiaries", "Counters", "References", "TillKeys", "Transactions"]));
    }

    #[test]
    fn every_room_with_a_form_that_is_kept_may_keep_it() {
        let template = template();
        for form in epass_web::kept_forms() {
            let takes = |function: &&Function| function.routes.iter().any(|route| route.path == form);
            let function = template.functions.iter().find(takes).unwrap_or_else(|| panic!("{form} is no route"));
            let grant = function.grants.iter().find(|grant| grant.on == Target::Table("Kept".into()));
            let actions = grant.map(|grant| grant.actions.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(actions, Some(vec!["dynamodb:GetItem", "dynamodb:PutItem"]), "{form}: {}", function.name);
            let is_named = |setting: &Setting| *setting == Setting::Table("Kept".into());
            assert!(function.settings.values().any(is_named), "{form}: {}", function.name);
        }
    }

    #[test]
    fn a_table_has_its_keys_indexes_ttl_and_stream() {
        let template = template();
        let outbox = template.table("Outbox").unwrap();
        assert_eq!(outbox.key, Key { hash: "recipient".to_owned(), range: Some("mail_id".to_owned()) });
        assert_eq!(outbox.ttl.as_deref(), Some("expires_at"));
        assert_eq!(outbox.stream.as_deref(), Some("NEW_IMAGE"));
        assert_eq!(outbox.indexes.len(), 1);
        assert_eq!(outbox.indexes[0].projection, Projection::All);
        let partners = template.table("Partners").unwrap();
        let included = ["commune", "convention_version", "legal_name", "trade_name"].map(str::to_owned);
        assert_eq!(partners.indexes[0].projection, Projection::Include(BTreeSet::from(included)));
    }

    #[test]
    fn the_mailer_is_fed_by_the_outbox_and_by_the_clock() {
        let template = template();
        let mailer = template.function("background-mailer").unwrap();
        assert_eq!(mailer.streams[0].table, "Outbox");
        assert_eq!(mailer.streams[0].filters.len(), 1);
        assert_eq!(mailer.schedules[0].expression, "rate(5 minutes)");
    }

    #[test]
    fn the_reimbursement_is_called_by_its_machine_and_the_machine_by_the_clock() {
        let template = template();
        let reimbursement = template.function("background-reimbursement").unwrap();
        assert!(reimbursement.schedules.is_empty());
        let [machine] = template.machines.as_slice() else { panic!("{:?}", template.machines) };
        assert_eq!(machine.definition.functions().collect::<Vec<_>>(), ["background-reimbursement"]);
        let schedules: Vec<&str> = machine.schedules.iter().map(|schedule| schedule.expression.as_str()).collect();
        assert_eq!(schedules, ["cron(0 4 ? * MON *)", "cron(30 4 * * ? *)"]);
        assert_eq!(template.machine(&machine.arn()).unwrap().logical_id, "ReimbursementBatch");
    }

    #[test]
    fn who_starts_a_machine_is_told_of_it_and_may() {
        let named = "EPASS_TABLE_COUNTERS: !Ref Counters\n";
        let told = format!("{named}          EPASS_REIMBURSEMENT_MACHINE: !Ref ReimbursementBatch\n");
        let allowed = "Resource: !GetAtt Counters.Arn\n";
        let grant = "            - Effect: Allow\n              Action: [states:StartExecution]\n              \
                     Resource: !Ref ReimbursementBatch\n";
        let granted = format!("{allowed}{grant}");
        let refused = altered(named, &told);
        assert!(refused.to_string().contains("AccountLogin: its environment names ReimbursementBatch"), "{refused}");
        let refused = altered(allowed, &granted);
        assert!(refused.to_string().contains("AccountLogin: its role may touch ReimbursementBatch"), "{refused}");
        let stopping = granted.replace("StartExecution", "*");
        assert!(altered(allowed, &stopping).what.contains("states:*"));
        let both = EMBEDDED.replacen(named, &told, 1).replacen(allowed, &granted, 1);
        let template = Template::parse(&both).unwrap();
        let login = template.function("account-login").unwrap();
        assert_eq!(login.settings["EPASS_REIMBURSEMENT_MACHINE"], Setting::Machine("ReimbursementBatch".to_owned()));
        assert!(login.grants.iter().any(|grant| grant.on == Target::Machine("ReimbursementBatch".to_owned())));
        assert!(login.grants.iter().filter(|grant| matches!(grant.on, Target::Machine(_))).all(Grant::writes));
    }

    #[test]
    fn a_machine_is_held_against_what_it_calls() {
        let uncalled = altered("Resource: ${Reimbursement}", "Resource: ${Mailer}");
        assert_eq!(
            uncalled.to_string(),
            "infra/template.yaml, ReimbursementBatch.Properties.Definition: Slice: ${Mailer} is no function"
        );
        let stray = altered("Reimbursement: !GetAtt BackgroundReimbursement.Arn", "Reimbursement: !GetAtt Sirets.Arn");
        assert!(stray.what.contains("Sirets.Arn is no function"), "{stray}");
        let may = "Action: [lambda:InvokeFunction]\n              Resource: !GetAtt BackgroundReimbursement.Arn";
        let other = altered(may, &may.replace("BackgroundReimbursement", "BackgroundMailer"));
        assert!(other.at.starts_with("ReimbursementBatch.Properties.Policies"), "{other}");
        let wider = altered("Action: [lambda:InvokeFunction]", "Action: [\"lambda:*\"]");
        assert!(wider.what.contains("lambda:*"), "{wider}");
        let express = altered("Type: STANDARD", "Type: EXPRESS");
        assert!(express.what.contains("STANDARD"), "{express}");
        let never = "      Events:\n        Weekly: # the week that has just ended";
        let once = altered(never, &never.replace("Events", "NoEvents"));
        assert!(once.what.contains("Events is missing"), "{once}");
    }

    #[test]
    fn the_environment_is_complete_once_parameters_and_secrets_are_given() {
        let template = template();
        let login = template.function("account-login").unwrap();
        let missing = template.environment(login, &Given::default()).unwrap_err();
        assert!(missing.what.contains("was not given"), "{missing}");
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let given = Given {
            parameters: BTreeMap::from([
                own("SiteUrl", "http://localhost:3000"),
                own("TeamMail", "equipe@example.org"),
                own("MailSender", "ne-pas-repondre@example.org"),
                own("CopiesAddress", "Docapost Applicam, 1 rue de l’Exemple, 57000 Metz"),
            ]),
            secrets: BTreeMap::from([own("SigningKey", "secret"), own("PersonKey", "another secret")]),
        };
        let environment = template.environment(login, &given).unwrap();
        assert_eq!(environment["EPASS_TABLE_ACCOUNTS"], "Accounts");
        assert!(!environment.contains_key("EPASS_TABLE_OUTBOX"), "a name of what it may not touch");
        let convention = template.environment(template.function("partner-convention").unwrap(), &given).unwrap();
        assert_eq!(convention["EPASS_BUCKET"], "documents");
        assert_eq!(environment["EPASS_SIGNING_KEY"], "secret");
        assert_eq!(environment["EPASS_SIGNING_KEY_GENERATION"], "1");
    }

    #[test]
    fn one_default_route() {
        let routes: Vec<Route> = template().functions.into_iter().flat_map(|function| function.routes).collect();
        assert_eq!(routes.iter().filter(|route| route.is_default()).count(), 1);
    }

    #[test]
    fn an_error_names_the_resource_and_what_is_wrong() {
        let twice = altered("Path: \"/espace\"", "Path: \"/hotline\"");
        assert_eq!(twice.to_string(), "infra/template.yaml, PublicHotline: GET /hotline is also AccountLogin's");
        let renamed = altered("Binary: account-login", "Binary: account-logon");
        assert!(renamed.at.starts_with("AccountLogin.Metadata"), "{renamed}");
        let index = altered("${Accounts.Arn}/index/by_email", "${Accounts.Arn}/index/by_mail");
        assert!(index.at.starts_with("AccountLogin.Properties.Policies"), "{index}");
        assert!(index.what.contains("no index \"by_mail\""), "{index}");
        let stray = altered("EPASS_TABLE_SIRETS: !Ref Sirets", "EPASS_TABLE_SIRETS: !Ref Siret");
        assert!(stray.what.contains("Siret is no parameter"), "{stray}");
        let wildcard = altered("Action: [dynamodb:GetItem]", "Action: [\"dynamodb:*\"]");
        assert!(wildcard.what.contains("dynamodb:*"), "{wildcard}");
        let unnamed = altered("          EPASS_TABLE_COUNTERS: !Ref Counters\n", "");
        assert!(unnamed.to_string().contains("AccountLogin: its role may touch Counters"), "{unnamed}");
        let ungranted = altered("Resource: !GetAtt Counters.Arn", "Resource: !GetAtt Sessions.Arn");
        assert!(ungranted.to_string().contains("AccountLogin: its environment names Counters"), "{ungranted}");
        let key = altered("{ AttributeName: siret, KeyType: HASH }", "{ AttributeName: siren, KeyType: HASH }");
        assert!(key.to_string().contains("Sirets.Properties: "), "{key}");
    }
}
