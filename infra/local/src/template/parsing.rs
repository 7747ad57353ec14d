//! Parses the template and checks its consistency.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde_yaml_ng::Value;

use super::error::{TemplateError, wrong};
use super::functions::{Grant, Route, Target};
use super::kinds::Kinds;
use super::machines;
use super::machines::{Machine, STATE_MACHINE};
use super::node::Node;
use super::reading::{function, parameters};
use super::tables::{bucket, table};
use super::whole::Template;

/// The template that is compiled into this binary.
pub(crate) const EMBEDDED: &str = include_str!("../../../template.yaml");

impl Template {
    /// Parses the template that is compiled into this binary.
    ///
    /// # Errors
    /// As [`Template::parse`].
    pub fn embedded() -> Result<Self, TemplateError> {
        static PARSED: LazyLock<Result<Template, TemplateError>> = LazyLock::new(|| Template::parse(EMBEDDED));
        PARSED.clone()
    }

    /// Parses the template of a file.
    ///
    /// # Errors
    /// As [`Template::parse`]; also when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| TemplateError { at: path.display().to_string(), what: error.to_string() })?;
        Self::parse(&text)
    }

    /// Parses a SAM template and checks its consistency.
    ///
    /// # Errors
    /// The first value that is missing or unknown, or that refers to something that does not exist.
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

    /// Checks that concern several resources: routes taken twice, streams that are off, tables without access.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::template::{Function, Given, Grant, Key, Projection, Route, Setting, Target};

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
