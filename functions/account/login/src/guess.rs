//! A name and a password, counted before they are compared.
//!
//! An account counts the wrong passwords of all devices that it does not know, by whatever name it is meant. A device that it
//! knows counts for itself. All wrong ones from one client address count together, but for those of known devices. While one has
//! to wait, the chosen password is not compared at all; a mailed one is, under limits of its own.

use epass_domain::{Account, Identifier, SignInName, limits};
use epass_store::{Attempt, Counted, Counters, Found, Key, PasswordAttempt, StoreError, Wait};
use epass_web::passwords::{self, Opened, Shut};
use epass_web::{App, Client, Device, Kind, Problem};
use jiff::Timestamp;

/// Who guesses.
pub struct Guess<'a> {
    pub app: &'a App,
    pub client: &'a Client,
    pub device: &'a Device,
}

/// An account that may be meant, or nobody, who counts alike.
struct Subject {
    account: Option<Account>,
    counted: Counted,
    mailed: Counted,
    /// Whether the device signed in to it before.
    is_known: bool,
}

/// What may be compared at a subject.
enum Turn {
    /// Both passwords: counted as wrong until it turns out right.
    All(PasswordAttempt),
    /// A mailed one.
    Mailed(Wait),
    /// Nothing.
    None(Wait),
}

/// What was counted, before anything is compared.
struct Counts {
    /// For each subject.
    turns: Vec<Turn>,
    /// For the client, where it counts.
    client: Option<Attempt>,
    /// How long the client waits.
    full: Option<Wait>,
}

impl Counts {
    /// How long to wait, where no chosen password may be compared.
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
    /// Compares a password with those of whoever the name may mean, and gives the one account that it opens.
    ///
    /// # Errors
    /// `wrong_credentials`, `provisional_password_expired` and `several_accounts`, said to whom they may be said; `too_many`
    /// while nothing is compared but mailed passwords; the store's.
    pub async fn at(&self, name: Option<&SignInName>, password: &str) -> Result<(Account, Opened), Problem> {
        let now = self.app.now();
        let from = self.app.of_client(limits::SIGN_INS_FROM, self.client);
        let (subjects, found) = self.subjects(name, &from).await?;
        let counts = self.counts(&subjects, &from, &found, now).await?;
        // As many are compared as an address may have, whether they exist or not.
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

    /// Whoever the name may mean, with their counters as they were read.
    async fn subjects(&self, name: Option<&SignInName>, from: &Counted) -> Result<(Vec<Subject>, Found), Problem> {
        let (app, now) = (self.app, self.app.now());
        let Some(name) = name else {
            // No account can have such a name: it counts for the client alone.
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

    /// Counts one at each subject, and one for the client unless every device is known.
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
        // Who waits for an account anyway does not count for the client: nothing is compared that could be guessed.
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

    /// Gives back what was right or not meant, and lets the rest stand.
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
