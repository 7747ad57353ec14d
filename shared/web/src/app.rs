//! The state that handlers share, and the checks that a caller passes.

use std::sync::Arc;

use epass_cloud::Cloud;
use epass_domain::{
    Account, Beneficiary, Email, Establishment, Holder, Line, Partner, Profile, Role, Ticket, Trading, Validated, Week,
};
use epass_files::Files;
use epass_machines::Machine;
use epass_store::{Accounts, Beneficiaries, Establishments, Found, Key, Partners, Profiles, Session, Store, TillKeys};

use crate::clock::Clock;
use crate::menu::tabs;
use crate::page::Page;
use crate::problem::{Kind, Problem};
use crate::seen::Seen;
use crate::tills::{Caller, TillPass};
use crate::tokens::{Pass, Signer};
use crate::unopened::Unopened;

/// An error that keeps a function from starting.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// The settings that the environment gives (`infra/template.yaml`).
#[derive(Clone)]
pub struct Settings {
    /// `EPASS_SITE_URL`: where links in mails lead, without a slash at the end.
    pub site_url: String,
    /// `EPASS_TEAM_MAIL`: receives hotline questions and requests for a convention.
    pub team_mail: Email,
    /// `EPASS_COPIES_ADDRESS`: the postal address for the two signed copies of a convention, on one line. Only
    /// functions that show it have it.
    pub copies_address: Option<Line>,
    /// `EPASS_FIRST_WEEK`: the first week that partners are reimbursed for. Only functions that make batches have it.
    pub first_week: Option<Week>,
    /// `EPASS_TELL_SPENT=1`: responses report their cost in `x-epass-spent`, for the local runner and the tests.
    pub tell_spent: bool,
    /// `EPASS_SIGNING_KEY`: at least 32 bytes.
    signing_key: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("site_url", &self.site_url).finish_non_exhaustive()
    }
}

impl Settings {
    fn read(value_of: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let need = |name: &str| value_of(name).ok_or_else(|| format!("the environment variable {name} is not set"));
        Ok(Self {
            site_url: need("EPASS_SITE_URL")?.trim_end_matches('/').to_owned(),
            team_mail: Email::parse(&need("EPASS_TEAM_MAIL")?).map_err(|_| "EPASS_TEAM_MAIL is not an address")?,
            copies_address: value_of("EPASS_COPIES_ADDRESS")
                .map(|text| Line::parse(&text, Line::MAX).map_err(|_| "EPASS_COPIES_ADDRESS is not one line"))
                .transpose()?,
            first_week: value_of("EPASS_FIRST_WEEK")
                .map(|code| Week::parse(&code).map_err(|_| "EPASS_FIRST_WEEK is no week"))
                .transpose()?,
            tell_spent: value_of("EPASS_TELL_SPENT").is_some_and(|value| value == "1"),
            signing_key: need("EPASS_SIGNING_KEY")?,
        })
    }
}

/// Shared by all handlers of a process; clones are cheap.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The content of [`App`].
#[derive(Debug)]
pub struct Parts {
    /// The tables.
    pub store: Store,
    /// The bucket.
    pub files: Files,
    /// The state machine that reimburses partners (`EPASS_REIMBURSEMENT_MACHINE`).
    pub reimbursement: Machine,
    /// The clock.
    pub clock: Clock,
    /// The settings.
    pub settings: Settings,
    /// Signs sessions and tickets.
    pub signer: Signer,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// `value_of` gives the value of an environment variable: in Lambda from the process, in the local runner from the
    /// function's part of the template.
    ///
    /// # Errors
    /// The variable that is missing or wrong.
    pub fn new(cloud: &Cloud, clock: Clock, value_of: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let settings = Settings::read(&value_of)?;
        Ok(Self(Arc::new(Parts {
            store: Store::new(cloud, &value_of),
            files: Files::new(cloud, value_of("EPASS_BUCKET")),
            reimbursement: Machine::new(cloud, value_of("EPASS_REIMBURSEMENT_MACHINE")),
            signer: Signer::new(settings.signing_key.as_bytes())?,
            clock,
            settings,
        })))
    }

    /// The current time.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Checks in the store that the session is alive, and reads `also` in the same round trip. A session that began
    /// with a mailed password may only change the password ([`App::enter_to_change_password`]).
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`], [`Kind::PasswordChangeRequired`], or the store's.
    pub async fn enter(&self, pass: &Pass, also: &[Key]) -> Result<(Someone, Found), Problem> {
        let (someone, found) = self.enter_to_change_password(pass, also).await?;
        if someone.session.must_change_password {
            return Err(Problem::new(Kind::PasswordChangeRequired));
        }
        Ok((someone, found))
    }

    /// Like [`App::enter`], for changing a mailed password and for signing out.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`], or the store's.
    pub async fn enter_to_change_password(&self, pass: &Pass, also: &[Key]) -> Result<(Someone, Found), Problem> {
        let mut keys = vec![Accounts::key(&pass.identifier), Accounts::session_key(&pass.identifier, pass.session)];
        if let Holder::Partner(partner) = &pass.holder {
            keys.push(Partners::key(partner));
        }
        keys.extend_from_slice(also);
        let found = self.store.read(&keys).await?;
        let account = Accounts::in_found(&found, &pass.identifier)?;
        let session = Accounts::session_in(&found, &pass.identifier, pass.session)?;
        let (Some(account), Some(session)) = (account, session) else {
            return Err(Problem::new(Kind::Unauthenticated));
        };
        if !session.is_live(&account, self.now()) || account.holder != pass.holder {
            return Err(Problem::new(Kind::Unauthenticated));
        }
        let partner = match &pass.holder {
            Holder::Partner(partner) => Partners::in_found(&found, partner)?,
            Holder::Beneficiary(_) | Holder::Establishment(_) | Holder::Team => None,
        };
        let someone = Someone { account, session, partner };
        someone.seen().note();
        Ok((someone, found))
    }

    /// Enters as a young person: also reads card and profile, and `also`, in the same round trip.
    ///
    /// # Errors
    /// As [`App::enter`]; [`Kind::Forbidden`] for another role; [`Kind::NotFound`] when the account was closed
    /// meanwhile.
    pub async fn enter_young(&self, pass: &Pass, also: &[Key]) -> Result<(Young, Found), Problem> {
        let id = pass.beneficiary()?;
        let mut keys = vec![Beneficiaries::key(id), Profiles::key(id)];
        keys.extend_from_slice(also);
        let (someone, found) = self.enter(pass, &keys).await?;
        let beneficiary = Beneficiaries::in_found(&found, id)?.ok_or(Problem::not_found())?;
        let profile = Profiles::in_found(&found, id)?.ok_or(Problem::not_found())?;
        Ok((Young { someone, beneficiary, profile }, found))
    }

    /// Enters as an establishment, and reads `also` in the same round trip.
    ///
    /// # Errors
    /// As [`App::enter`]; [`Kind::Forbidden`] for another role; [`Kind::NotFound`] when the team has deleted it.
    pub async fn enter_school(&self, pass: &Pass, also: &[Key]) -> Result<(School, Found), Problem> {
        let id = pass.establishment()?;
        let mut keys = vec![Establishments::key(id)];
        keys.extend_from_slice(also);
        let (someone, found) = self.enter(pass, &keys).await?;
        let establishment = Establishments::in_found(&found, id)?.ok_or(Problem::not_found())?;
        Ok((School { someone, establishment }, found))
    }

    /// Enters as a partner or as one of its tills, and reads `also` in the same round trip.
    ///
    /// # Errors
    /// As [`App::enter`]; [`Kind::Forbidden`] for another role.
    pub async fn enter_desk(&self, caller: impl Into<Caller>, also: &[Key]) -> Result<(Desk, Found), Problem> {
        let pass = match caller.into() {
            Caller::Session(pass) => pass,
            Caller::Till(till) => return self.enter_as_till(&till, also).await,
        };
        let (someone, found) = self.enter(&pass, also).await?;
        let partner = someone.partner.ok_or(Problem::new(Kind::Forbidden))?;
        Ok((Desk { name: someone.account.name, email: Some(someone.account.email), partner }, found))
    }

    /// Reads the till's key together with the request's items. Its use is counted concurrently, so that the request
    /// does not wait.
    async fn enter_as_till(&self, till: &TillPass, also: &[Key]) -> Result<(Desk, Found), Problem> {
        let TillPass { partner, key } = till;
        let mut keys = vec![TillKeys::key(partner, key), Partners::key(partner)];
        keys.extend_from_slice(also);
        let (found, counted) =
            tokio::join!(self.store.read(&keys), self.store.till_keys.count_use(partner, key, self.now()));
        let found = found?;
        if let Err(error) = counted {
            tracing::warn!(%error, "the use of a till's key was not counted");
        }
        let key = TillKeys::in_found(&found, partner, key)?.filter(|key| key.is_live(self.now()));
        let (Some(key), Some(partner)) = (key, Partners::in_found(&found, partner)?) else {
            return Err(Problem::new(Kind::Unauthenticated));
        };
        Ok((Desk { name: key.name, email: None, partner }, found))
    }

    /// Reads the ticket that a desk sends back, if we signed it for this partner.
    ///
    /// # Errors
    /// [`Kind::Malformed`] (`ticket`) when it was altered or belongs to another partner; [`Kind::Forbidden`] for
    /// another role.
    pub fn ticket(&self, caller: &Caller, token: &str) -> Result<Ticket, Problem> {
        let partner = caller.partner()?;
        let ticket = self.signer.read_ticket(token);
        let own = ticket.filter(|ticket| ticket.partner == *partner);
        own.ok_or(Problem::new(Kind::Malformed("ticket")))
    }
}

/// A caller whose session is alive.
#[derive(Clone, Debug)]
pub struct Someone {
    /// The account.
    pub account: Account,
    /// The session.
    pub session: Session,
    /// The partner, when the account is a partner's.
    pub partner: Option<Partner>,
}

impl Someone {
    /// The role.
    pub const fn role(&self) -> Role {
        self.account.holder.role()
    }

    /// A page of this account's space; `here` is its path.
    pub fn page(&self, title: impl Into<String>, here: &str) -> Page {
        let tabs = match self.session.must_change_password {
            true => Vec::new(),
            false => tabs(self.role(), self.trading(), here),
        };
        Page::signed_in(title, self.account.name.to_string(), self.role(), tabs)
    }

    fn trading(&self) -> Trading {
        self.partner.as_ref().map_or(Trading::NotYet, Partner::trading)
    }

    fn seen(&self) -> Seen {
        Seen {
            name: self.account.name.clone(),
            role: self.role(),
            trading: self.trading(),
            must_change_password: self.session.must_change_password,
        }
    }
}

/// A partner at its desk, or one of its tills.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The name of the account or of the till.
    pub name: Line,
    /// The account's mail address; a till has none.
    pub email: Option<Email>,
    /// Dossier and convention, read together with the session or the till's key.
    pub partner: Partner,
}

impl Desk {
    /// A page of the partner's space; `here` is its path.
    pub fn page(&self, title: impl Into<String>, here: &str) -> Page {
        let tabs = tabs(Role::Partner, self.partner.trading(), here);
        Page::signed_in(title, self.name.to_string(), Role::Partner, tabs)
    }

    /// The convention in force.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`] as a problem, with a page that gives the reason and the next step.
    pub fn in_force(&self) -> Result<&Validated, Problem> {
        self.partner
            .in_force()
            .map_err(|refusal| Problem::from(refusal).on(Unopened::of(&self.partner, |title| self.page(title, ""))))
    }
}

/// A young person with card and profile, read together with the session.
#[derive(Clone, Debug)]
pub struct Young {
    /// Account and session.
    pub someone: Someone,
    /// Card and wallet.
    pub beneficiary: Beneficiary,
    /// The declared profile.
    pub profile: Profile,
}

/// An establishment, read together with the session.
#[derive(Clone, Debug)]
pub struct School {
    /// Account and session.
    pub someone: Someone,
    /// The establishment's record, which the team maintains.
    pub establishment: Establishment,
}

/// A member of the team.
#[derive(Clone, Debug)]
pub struct Staff(pub(crate) Someone);

impl Staff {
    /// A page of the team's space; `here` is its path.
    pub fn page(&self, title: impl Into<String>, here: &str) -> Page {
        self.0.page(title, here)
    }
}
