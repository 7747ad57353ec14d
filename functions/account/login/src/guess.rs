//! The rate limit of sign-in: each attempt is counted before the password is compared.
//!
//! An account counts the wrong passwords from all unknown devices, whether it is named by its identifier or its
//! address. A known device has its own counter. A client address counts all its wrong passwords, except those from
//! known devices. During a wait the chosen password is not compared; a mailed password is, under its own limits.

use epass_domain::{Account, Identifier, SignInName, limits};
use epass_store::{Attempt, Counted, Counters, Found, Key, PasswordAttempt, StoreError, Wait};
use epass_web::passwords::{self, Opened, Shut};
use epass_web::{App, Client, Device, Kind, Problem};
use jiff::Timestamp;

/// The client and the device of a sign-in attempt.
pub struct Guess<'a> {
    pub app: &'a App,
    pub client: &'a Client,
    pub device: &'a Device,
}

/// An account that the name may mean, or a stand-in for an unknown name, which counts in the same way.
struct Subject {
    account: Option<Account>,
    counted: Counted,
    mailed: Counted,
    /// Whether the device signed in to the account before.
    is_known: bool,
}

/// The passwords that may be compared for a subject.
enum Turn {
    /// Both passwords. The attempt is counted as wrong until it turns out to be right.
    All(PasswordAttempt),
    /// Only a mailed password.
    Mailed(Wait),
    /// No password.
    None(Wait),
}

/// The counters' results, before any comparison.
struct Counts {
    /// The result for each subject.
    turns: Vec<Turn>,
    /// The client's attempt, if it counts.
    client: Option<Attempt>,
    /// The time that the client must wait.
    full: Option<Wait>,
}

impl Counts {
    /// The time to wait, if no chosen password may be compared.
    fn wait(&self) -> Option<Wait> {
        let waits = self.turns.iter().map(|turn| match turn {
            Turn::All(_) => None,
            Turn::Mailed(wait) | Turn::None(wait) => Some(*wait),
        });
        let waits: Vec<Wait> = waits.collect::<Option<_>>()?;
        waits.into_iter().min_by_key(|wait| wait.until).or(self.full)
    }
}

impl Guess<'_> {
    /// Compares a password with those of every account that the name may mean, and returns the one account that it
    /// opens.
    ///
    /// # Errors
    /// `wrong_credentials`; `provisional_password_expired` or `several_accounts`, only to someone who gave a matching
    /// password; `too_many` while only mailed passwords are compared; the store's errors.
    pub async fn at(&self, name: Option<&SignInName>, password: &str) -> Result<(Account, Opened), Problem> {
        let now = self.app.now();
        let from = self.app.of_client(limits::SIGN_INS_FROM, self.client);
        let (subjects, found) = self.subjects(name, &from).await?;
        let counts = self.counts(&subjects, &from, &found, now).await?;
        // As many passwords are compared as an address may have accounts, whether these exist or not.
        let compared = if matches!(name, Some(SignInName::Email(_))) { SignInName::ACCOUNTS } else { 1 };
        let checked: Vec<_> = (0..compared.max(subjects.len()))
            .map(|place| {
                let account = subjects.get(place).and_then(|subject| subject.account.as_ref());
                match counts.turns.get(place).or(counts.turns.first()) {
                    Some(Turn::All(_)) | None => passwords::check(account, password, now),
                    Some(Turn::Mailed(_)) => passwords::check_mailed(account, password, now),
                    Some(Turn::None(_)) => passwords::check_mailed(None, password, now),
                }
            })
            .collect();
        let opened = subjects.into_iter().zip(&checked).enumerate();
        let opened: Vec<_> =
            opened.filter_map(|(place, (of, checked))| Some((place, of.account?, checked.ok()?))).collect();
        self.settle(counts, &opened, &checked).await
    }

    /// The accounts that the name may mean, with their counters as read.
    async fn subjects(&self, name: Option<&SignInName>, from: &Counted) -> Result<(Vec<Subject>, Found), Problem> {
        let (app, now) = (self.app, self.app.now());
        let Some(name) = name else {
            // No account can have such a name, so only the client's counter applies.
            return Ok((Vec::new(), app.store.read(&[Counters::key(from)]).await?));
        };
        let nobody = match name {
            SignInName::Identifier(identifier) => identifier.to_string(),
            SignInName::Email(email) => email.folded().as_str().to_owned(),
        };
        let of_account = |limit, identifier: &Identifier| app.of_name(limit, identifier.as_str());
        let keys = |identifiers: &[Identifier]| -> Vec<Key> {
            let counters = identifiers.iter().map(|identifier| of_account(limits::PASSWORDS, identifier));
            let nobody = identifiers.is_empty().then(|| app.of_name(limits::PASSWORDS, &nobody));
            counters.chain(nobody).chain([from.clone()]).map(|counted| Counters::key(&counted)).collect()
        };
        let (accounts, found) = app.store.accounts.named_with(name, keys).await?;
        let mut subjects: Vec<Subject> = accounts
            .into_iter()
            .map(|account| {
                let known = self.device.counted(&account, now);
                Subject {
                    is_known: known.is_some(),
                    counted: known.unwrap_or_else(|| of_account(limits::PASSWORDS, &account.identifier)),
                    mailed: of_account(limits::MAILED_PASSWORDS, &account.identifier),
                    account: Some(account),
                }
            })
            .collect();
        if subjects.is_empty() {
            let counted = |limit| app.of_name(limit, &nobody);
            let (counted, mailed) = (counted(limits::PASSWORDS), counted(limits::MAILED_PASSWORDS));
            subjects.push(Subject { account: None, counted, mailed, is_known: false });
        }
        Ok((subjects, found))
    }

    /// Counts an attempt for each subject, and one for the client unless every device is known.
    async fn counts(
        &self,
        subjects: &[Subject],
        from: &Counted,
        found: &Found,
        now: Timestamp,
    ) -> Result<Counts, Problem> {
        let counters = &self.app.store.counters;
        let mut full = Counters::full_in(found, from, now)?;
        let mut turns = Vec::new();
        for subject in subjects {
            let is_stopped = full.filter(|_| !subject.is_known);
            turns.push(match is_stopped {
                Some(wait) => Err(wait),
                None => counters.attempt_password(&subject.counted, found, now).await?,
            });
        }
        // An attempt on an account that must wait does not count for the client: no password that could be guessed is
        // compared.
        let counts_for_client = |(subject, turn): (&Subject, &Result<_, _>)| !subject.is_known && turn.is_ok();
        let counts = subjects.is_empty() || subjects.iter().zip(&turns).any(counts_for_client);
        let mut client = None;
        if counts && full.is_none() {
            match counters.attempt(from, found, now).await? {
                Ok(counted) => client = Some(counted),
                Err(wait) => full = Some(wait),
            }
        }
        let mut allowed = Vec::new();
        for (subject, turn) in subjects.iter().zip(turns) {
            let wait = match (turn, full.filter(|_| !subject.is_known)) {
                (Ok(counted), None) => {
                    allowed.push(Turn::All(counted));
                    continue;
                }
                (Ok(counted), Some(wait)) => {
                    counters.password_was_not_meant(counted).await?;
                    wait
                }
                (Err(wait), _) => wait,
            };
            let mailed = [self.app.of_client(limits::MAILED_PASSWORDS_FROM, self.client), subject.mailed.clone()];
            let may_be_mailed = self.app.count(&mailed).await?.is_ok();
            allowed.push(if may_be_mailed { Turn::Mailed(wait) } else { Turn::None(wait) });
        }
        Ok(Counts { turns: allowed, client, full })
    }

    /// Gives back the attempts that were right or meant another account, and keeps the others counted.
    async fn settle(
        &self,
        counts: Counts,
        opened: &[(usize, Account, Opened)],
        checked: &[Result<Opened, Shut>],
    ) -> Result<(Account, Opened), Problem> {
        let counters = &self.app.store.counters;
        let (wait, is_right) = (counts.wait(), !opened.is_empty());
        let Counts { turns, client, .. } = counts;
        let attempts = async {
            for (place, turn) in turns.into_iter().enumerate() {
                match turn {
                    Turn::All(attempt) if matches!(opened, [(only, ..)] if *only == place) => {
                        counters.password_was_right(attempt).await?;
                    }
                    Turn::All(attempt) if is_right => counters.password_was_not_meant(attempt).await?,
                    Turn::All(_) | Turn::Mailed(_) | Turn::None(_) => {}
                }
            }
            Ok::<(), StoreError>(())
        };
        let client = async {
            match client {
                Some(attempt) if is_right => counters.right(attempt).await,
                Some(attempt) => counters.wrong(attempt).await,
                None => Ok(()),
            }
        };
        tokio::try_join!(attempts, client)?;
        match opened {
            [(_, account, opened)] => Ok((account.clone(), *opened)),
            [] if checked.contains(&Err(Shut::Stale)) => Err(Kind::ProvisionalExpired.into()),
            [] => Err(wait.map_or(Kind::WrongCredentials, Kind::TooMany).into()),
            several => {
                let names: Vec<_> = several.iter().map(|(_, account, _)| account.identifier.to_string()).collect();
                let words = format!("{} Identifiants : {}.", Kind::SeveralAccounts.message(), names.join(", "));
                Err(Problem::new(Kind::SeveralAccounts).in_words(words))
            }
        }
    }
}
