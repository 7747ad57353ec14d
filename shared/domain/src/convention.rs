//! The agreement between partner and Région, in versions, and what the team decides about it (guide §4, §5).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    BankDetails, ContractChange, Dossier, Email, Envelope, Line, Paragraph, PartnerId, Refusal, Registration, Siret,
};

/// A partner: what it declared, its convention, and the account that may be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// *Numéro de dossier*, the key.
    pub id: PartnerId,
    /// Counts the changes: a decision is made on the revision that was read.
    pub revision: u32,
    /// What it declared.
    pub declared: Declared,
    /// The current version of its convention; none before the first request.
    pub convention: Option<Convention>,
    /// Earlier versions that were validated, oldest first.
    pub earlier: Vec<EarlierConvention>,
    /// The account that money goes to; none before the first validation.
    pub paid_to: Option<BankDetails>,
    /// Since when a changed account waits for the team.
    pub bank_change_since: Option<Timestamp>,
    /// When it registered.
    pub registered_at: Timestamp,
    /// A change that would suspend it and that it has not confirmed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

/// A change of dossier that would stop all sales until a new convention is validated: kept as it was sent, and declared once its
/// author, who sees what it entails, confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What would be declared.
    pub dossier: Box<Dossier>,
    /// Since when it waits.
    pub at: Timestamp,
}

impl Proposal {
    /// How long it waits for its author.
    const LIFE: SignedDuration = SignedDuration::from_hours(1);
}

/// How much a partner has declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// What was asked at registration.
    Registered(Registration),
    /// The whole form.
    Complete(Box<Dossier>),
}

/// One version of the convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convention {
    /// 1, 2, 3…
    pub version: u32,
    /// Where it stands.
    pub state: ConventionState,
}

/// Where a convention stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConventionState {
    /// Waits for the team.
    Requested {
        /// Since when.
        at: Timestamp,
    },
    /// The team said no; the partner may correct and ask again.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, for the partner to read.
        reason: Paragraph,
    },
    /// In force.
    Validated(Validated),
}

/// What a validated convention allows, and its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validated {
    /// When.
    pub at: Timestamp,
    /// The activities that it names: the only envelopes that may be taken.
    pub envelopes: Vec<Envelope>,
    /// The document.
    pub pdf: ConventionPdf,
    /// When the two signed copies arrived (guide §4, nota).
    pub copies_received_at: Option<Timestamp>,
}

/// The convention's PDF as it is kept: the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConventionPdf {
    /// The key in the private bucket.
    pub key: String,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// An earlier version, still downloadable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierConvention {
    /// Its number.
    pub version: u32,
    /// What it was.
    pub validated: Validated,
}

/// Where a dossier stands, in one word: the team's queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Registered; no convention asked for yet.
    Registered,
    /// The convention waits for the team.
    Requested,
    /// Refused; the partner's turn.
    Refused,
    /// Validated; the signed copies are awaited.
    CopiesAwaited,
    /// Validated and signed.
    Signed,
}

impl Stage {
    /// In the order of the team's work.
    pub const ALL: [Self; 5] = [Self::Requested, Self::CopiesAwaited, Self::Signed, Self::Refused, Self::Registered];

    /// The word at rest, in paths and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Requested => "requested",
            Self::Refused => "refused",
            Self::CopiesAwaited => "copies_awaited",
            Self::Signed => "signed",
        }
    }

    /// What the screens call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Registered => "Inscrits",
            Self::Requested => "À valider",
            Self::Refused => "Refusées",
            Self::CopiesAwaited => "Copies signées attendues",
            Self::Signed => "Signées",
        }
    }

    /// Reads the word of a path.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// Whether a partner may sell, and whether it ever could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trading {
    /// No convention was ever in force.
    NotYet,
    /// One was; the next version is awaited, and nothing new can be made until it is validated (guide §4, nota).
    Suspended,
    /// One is in force.
    Open,
}

/// What a change of dossier entails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entailed {
    /// A new version of the convention was asked for; nothing can be sold until it is validated.
    pub new_convention: bool,
    /// The new account waits for the team; the old one is paid until then.
    pub bank_waits: bool,
}

impl Convention {
    /// What may be done under it.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`] unless it is validated.
    pub const fn in_force(&self) -> Result<&Validated, Refusal> {
        match &self.state {
            ConventionState::Validated(validated) => Ok(validated),
            ConventionState::Requested { .. } | ConventionState::Refused { .. } => Err(Refusal::NoConvention),
        }
    }
}

/// First and last name on one line.
pub fn full_name(first_name: &Line, last_name: &Line) -> Line {
    Line::parse(&format!("{first_name} {last_name}"), Line::MAX).unwrap_or_else(|_| last_name.clone())
}

impl Partner {
    /// One that has just registered.
    pub const fn registered(id: PartnerId, registration: Registration, now: Timestamp) -> Self {
        Self {
            id,
            revision: 1,
            declared: Declared::Registered(registration),
            convention: None,
            earlier: Vec::new(),
            paid_to: None,
            bank_change_since: None,
            registered_at: now,
            proposal: None,
        }
    }

    /// *Raison sociale*.
    pub fn legal_name(&self) -> &Line {
        match &self.declared {
            Declared::Registered(registration) => &registration.legal_name,
            Declared::Complete(dossier) => &dossier.administrative.legal_name,
        }
    }

    /// The name that people know: *nom commercial*, or else the *raison sociale*.
    pub fn known_as(&self) -> &Line {
        match &self.declared {
            Declared::Registered(registration) => &registration.legal_name,
            Declared::Complete(dossier) => &dossier.activity.trade_name,
        }
    }

    /// *N° SIRET*.
    pub fn siret(&self) -> &Siret {
        match &self.declared {
            Declared::Registered(registration) => &registration.siret,
            Declared::Complete(dossier) => &dossier.administrative.siret,
        }
    }

    /// Where decisions about the dossier are told: the referent.
    pub fn referent_email(&self) -> &Email {
        match &self.declared {
            Declared::Registered(registration) => &registration.email,
            Declared::Complete(dossier) => &dossier.referent.email,
        }
    }

    /// The referent's first and last name, as mails greet them.
    pub fn referent_name(&self) -> Line {
        let (first_name, last_name) = match &self.declared {
            Declared::Registered(registration) => (&registration.first_name, &registration.last_name),
            Declared::Complete(dossier) => (&dossier.referent.first_name, &dossier.referent.last_name),
        };
        full_name(first_name, last_name)
    }

    /// The four parts, once they are declared.
    pub fn dossier(&self) -> Option<&Dossier> {
        match &self.declared {
            Declared::Registered(_) => None,
            Declared::Complete(dossier) => Some(dossier),
        }
    }

    /// The convention in force; what *Transactions*, *Mes bons plans* and *Mes sorties e-PASS* depend on.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`].
    pub fn in_force(&self) -> Result<&Validated, Refusal> {
        self.convention.as_ref().ok_or(Refusal::NoConvention)?.in_force()
    }

    /// Whether it may sell, and whether it ever could.
    pub fn trading(&self) -> Trading {
        match (self.in_force(), self.earlier.is_empty()) {
            (Ok(_), _) => Trading::Open,
            (Err(_), true) => Trading::NotYet,
            (Err(_), false) => Trading::Suspended,
        }
    }

    /// What of declaring `next` would stop all sales until a new convention is validated; nothing while none is in force.
    pub fn would_suspend(&self, next: &Dossier) -> Vec<ContractChange> {
        match (self.in_force(), self.dossier()) {
            (Ok(_), Some(standing)) => standing.contract_changes(next),
            _ => Vec::new(),
        }
    }

    /// A validated version that can be downloaded: the current one or an earlier one.
    pub fn validated_version(&self, version: u32) -> Option<&Validated> {
        let current = self.convention.as_ref().filter(|convention| convention.version == version);
        let earlier = || self.earlier.iter().find(|earlier| earlier.version == version);
        current
            .and_then(|convention| convention.in_force().ok())
            .or_else(|| earlier().map(|earlier| &earlier.validated))
    }

    /// The account that waits for the team, while one does.
    pub fn waiting_bank(&self) -> Option<&BankDetails> {
        self.bank_change_since.and_then(|_| self.dossier()).map(|dossier| &dossier.bank)
    }

    /// Where the dossier stands, and since when.
    pub fn stage(&self) -> (Stage, Timestamp) {
        match self.convention.as_ref().map(|convention| &convention.state) {
            None => (Stage::Registered, self.registered_at),
            Some(ConventionState::Requested { at }) => (Stage::Requested, *at),
            Some(ConventionState::Refused { at, .. }) => (Stage::Refused, *at),
            Some(ConventionState::Validated(validated)) => match validated.copies_received_at {
                None => (Stage::CopiesAwaited, validated.at),
                Some(at) => (Stage::Signed, at),
            },
        }
    }

    /// *Je valide ma demande*, or a change of dossier: both declare the four parts. A first request, one after a
    /// refusal, and a change of [its terms](Dossier::contract_changes) put a convention before the team; a
    /// changed account waits for the team where one was approved before.
    pub fn declare(self, dossier: Dossier, now: Timestamp) -> (Self, Entailed) {
        let requested = ConventionState::Requested { at: now };
        let changed = self.dossier().is_some_and(|before| !before.contract_changes(&dossier).is_empty());
        let mut earlier = self.earlier;
        let (convention, new_convention) = match self.convention {
            None => (Convention { version: 1, state: requested }, true),
            Some(Convention { version, state: ConventionState::Refused { .. } }) => {
                (Convention { version, state: requested }, true)
            }
            Some(Convention { version, state: ConventionState::Validated(validated) }) if changed => {
                earlier.push(EarlierConvention { version, validated });
                (Convention { version: version + 1, state: requested }, true)
            }
            Some(standing) => (standing, false),
        };
        let same_account = |paid: &BankDetails| {
            (&paid.iban, &paid.bic, &paid.holder) == (&dossier.bank.iban, &dossier.bank.bic, &dossier.bank.holder)
        };
        let bank_waits = self.paid_to.as_ref().is_some_and(|paid| !same_account(paid));
        let partner = Self {
            id: self.id,
            revision: self.revision + 1,
            declared: Declared::Complete(Box::new(dossier)),
            convention: Some(convention),
            earlier,
            paid_to: self.paid_to,
            bank_change_since: bank_waits.then(|| self.bank_change_since.unwrap_or(now)),
            registered_at: self.registered_at,
            proposal: None,
        };
        (partner, Entailed { new_convention, bank_waits })
    }

    /// Keeps a change that [would suspend](Self::would_suspend) until its author confirms it; nothing else changes.
    #[must_use]
    pub fn propose(self, dossier: Dossier, now: Timestamp) -> Self {
        let proposal = Some(Proposal { dossier: Box::new(dossier), at: now });
        Self { revision: self.revision + 1, proposal, ..self }
    }

    /// What was proposed within the hour.
    pub fn proposed(&self, now: Timestamp) -> Option<&Dossier> {
        self.proposal.as_ref().filter(|proposal| now < proposal.at + Proposal::LIFE).map(|proposal| &*proposal.dossier)
    }

    /// Declares what was proposed.
    ///
    /// # Errors
    /// [`Refusal::DossierChanged`] when nothing is proposed any more.
    pub fn confirm(self, now: Timestamp) -> Result<(Self, Entailed), Refusal> {
        let dossier = self.proposed(now).ok_or(Refusal::DossierChanged)?.clone();
        Ok(self.declare(dossier, now))
    }

    /// The team validates the requested version: its document is the one given, and the account of a first
    /// convention is approved with it.
    ///
    /// # Errors
    /// [`Refusal::NotAwaited`] unless a version is requested.
    pub fn validate(self, pdf: ConventionPdf, now: Timestamp) -> Result<Self, Refusal> {
        let version = self.requested_version()?;
        let dossier = self.dossier().ok_or(Refusal::NotAwaited)?.clone();
        let validated = Validated { at: now, envelopes: dossier.activity.envelopes, pdf, copies_received_at: None };
        Ok(Self {
            revision: self.revision + 1,
            paid_to: self.paid_to.or(Some(dossier.bank)),
            convention: Some(Convention { version, state: ConventionState::Validated(validated) }),
            ..self
        })
    }

    /// The version that waits for the team.
    ///
    /// # Errors
    /// [`Refusal::NotAwaited`] unless one does.
    pub fn requested_version(&self) -> Result<u32, Refusal> {
        match &self.convention {
            Some(Convention { version, state: ConventionState::Requested { .. } }) => Ok(*version),
            _ => Err(Refusal::NotAwaited),
        }
    }

    /// The team refuses the requested version.
    ///
    /// # Errors
    /// [`Refusal::NotAwaited`] unless a version is requested.
    pub fn refuse(self, reason: Paragraph, now: Timestamp) -> Result<Self, Refusal> {
        let version = self.requested_version()?;
        let state = ConventionState::Refused { at: now, reason };
        Ok(Self { revision: self.revision + 1, convention: Some(Convention { version, state }), ..self })
    }

    /// The two signed copies arrived.
    ///
    /// # Errors
    /// [`Refusal::NotAwaited`] unless a validated version awaits them.
    pub fn receive_copies(self, now: Timestamp) -> Result<Self, Refusal> {
        match self.convention {
            Some(Convention { version, state: ConventionState::Validated(validated) })
                if validated.copies_received_at.is_none() =>
            {
                let state = ConventionState::Validated(Validated { copies_received_at: Some(now), ..validated });
                Ok(Self { revision: self.revision + 1, convention: Some(Convention { version, state }), ..self })
            }
            _ => Err(Refusal::NotAwaited),
        }
    }

    /// The team approves the changed account: money goes to it from now on.
    ///
    /// # Errors
    /// [`Refusal::NotAwaited`] unless one waits.
    pub fn approve_bank(self) -> Result<Self, Refusal> {
        let approved = self.waiting_bank().ok_or(Refusal::NotAwaited)?.clone();
        Ok(Self { revision: self.revision + 1, paid_to: Some(approved), bank_change_since: None, ..self })
    }

    /// The team refuses the changed account: the dossier shows the old one again.
    ///
    /// # Errors
    /// [`Refusal::NotAwaited`] unless one waits.
    pub fn refuse_bank(self) -> Result<Self, Refusal> {
        self.waiting_bank().ok_or(Refusal::NotAwaited)?;
        let (Declared::Complete(dossier), Some(standing)) = (self.declared, self.paid_to) else {
            return Err(Refusal::NotAwaited);
        };
        let declared = Declared::Complete(Box::new(Dossier { bank: standing.clone(), ..*dossier }));
        Ok(Self { revision: self.revision + 1, declared, paid_to: Some(standing), bank_change_since: None, ..self })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        Activity, Address, Administrative, Bic, Civility, ContractTerm, Iban, Phone, Postcode, Referent, RibKind,
        StoredRib,
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    fn dossier() -> Dossier {
        let address = Address {
            street: line("1 rue des Lices"),
            postcode: Postcode::parse("13001").unwrap(),
            commune: line("Marseille"),
        };
        let (email, phone) = (Email::parse("a@b.fr").unwrap(), Phone::parse("0491000000").unwrap());
        Dossier {
            administrative: Administrative {
                legal_name: line("SARL Livres"),
                siret: Siret::made_up(1),
                email: email.clone(),
                address: address.clone(),
                phone: phone.clone(),
                second_phone: None,
                website: None,
            },
            referent: Referent {
                civility: Civility::Madame,
                first_name: line("Ada"),
                last_name: line("Roux"),
                position: line("Gérante"),
                email,
                phone,
                second_phone: None,
            },
            activity: Activity {
                trade_name: line("Livres"),
                address,
                envelopes: vec![Envelope::Reading],
                accessibility: vec![],
            },
            bank: BankDetails {
                holder: line("SARL Livres"),
                iban: Iban::french(30001, 794, 12_345_678),
                bic: Bic::parse("BDFEFRPP").unwrap(),
                rib: StoredRib { key: "rib/1".into(), kind: RibKind::Pdf },
            },
        }
    }

    pub(crate) fn validated_partner(envelopes: &[Envelope]) -> Partner {
        let mut dossier = dossier();
        dossier.activity.envelopes = envelopes.to_vec();
        let pdf = ConventionPdf { key: "convention/1".into(), sha256: "0".repeat(64) };
        registered().declare(dossier, NOW).0.validate(pdf, NOW).unwrap()
    }

    pub(crate) fn registered() -> Partner {
        let dossier = dossier();
        let registration = Registration {
            legal_name: dossier.administrative.legal_name,
            siret: dossier.administrative.siret,
            email: dossier.administrative.email,
            phone: dossier.administrative.phone,
            civility: Civility::Madame,
            first_name: line("Ada"),
            last_name: line("Roux"),
        };
        Partner::registered(PartnerId::mint(1), registration, NOW)
    }

    fn pdf() -> ConventionPdf {
        ConventionPdf { key: "convention/1".into(), sha256: "00".into() }
    }

    fn in_force() -> Partner {
        registered().declare(dossier(), NOW).0.validate(pdf(), NOW).unwrap()
    }

    fn renamed() -> Dossier {
        let mut changed = dossier();
        changed.administrative.legal_name = line("SAS Livres");
        changed
    }

    #[test]
    fn nothing_is_in_force_before_the_team_validates() {
        let partner = registered();
        assert_eq!(partner.in_force(), Err(Refusal::NoConvention));
        let (partner, entailed) = partner.declare(dossier(), NOW);
        assert!(entailed.new_convention && !entailed.bank_waits);
        assert_eq!(partner.stage().0, Stage::Requested);
        assert_eq!(partner.in_force(), Err(Refusal::NoConvention));
        assert!(in_force().in_force().is_ok());
    }

    #[test]
    fn a_changed_name_siret_or_activity_asks_for_the_next_version_and_stops_everything() {
        let mut moved = dossier();
        moved.administrative.siret = Siret::made_up(2);
        let mut wider = dossier();
        wider.activity.envelopes.push(Envelope::Cinema);
        for changed in [renamed(), moved, wider] {
            let (partner, entailed) = in_force().declare(changed, NOW);
            assert!(entailed.new_convention);
            assert_eq!(partner.requested_version(), Ok(2));
            assert_eq!(partner.in_force(), Err(Refusal::NoConvention));
            assert!(partner.validated_version(1).is_some(), "the earlier version can still be downloaded");
        }
    }

    #[test]
    fn a_name_that_is_only_spelled_otherwise_is_the_same_company() {
        for spelling in ["sarl livres", "SARL  LIVRES", "SARL Lîvres", "S.A.R.L. Livres"] {
            let mut changed = dossier();
            changed.administrative.legal_name = line(spelling);
            let asks = in_force().declare(changed.clone(), NOW).1.new_convention;
            // Points between letters make other words of it: somebody looks at that.
            assert_eq!(asks, spelling.contains('.'), "{spelling}");
            assert_eq!(in_force().would_suspend(&changed).is_empty(), !asks);
        }
    }

    #[test]
    fn what_would_suspend_is_named_before_and_after_and_only_while_a_convention_is_in_force() {
        let mut changed = renamed();
        changed.activity.envelopes.push(Envelope::Cinema);
        let changes = in_force().would_suspend(&changed);
        let said: Vec<_> = changes.iter().map(|one| (one.term, one.before.as_str(), one.after.as_str())).collect();
        assert_eq!(
            said,
            [
                (ContractTerm::LegalName, "SARL Livres", "SAS Livres"),
                (ContractTerm::Activities, "Lecture", "Lecture, Cinéma"),
            ]
        );
        let (waiting, _) = in_force().declare(changed, NOW);
        assert!(waiting.would_suspend(&dossier()).is_empty(), "nothing more is taken away");
    }

    #[test]
    fn what_is_proposed_changes_nothing_until_its_author_confirms_it_within_the_hour() {
        let proposing = in_force().propose(renamed(), NOW);
        assert_eq!(proposing.trading(), Trading::Open);
        assert_eq!(proposing.legal_name().as_str(), "SARL Livres");
        let hour = NOW + SignedDuration::from_hours(1);
        assert_eq!(proposing.clone().confirm(hour).unwrap_err(), Refusal::DossierChanged);
        let (waiting, entailed) = proposing.confirm(NOW).unwrap();
        assert!(entailed.new_convention && waiting.trading() == Trading::Suspended);
        assert_eq!(waiting.legal_name().as_str(), "SAS Livres");
        assert_eq!(waiting.confirm(NOW).unwrap_err(), Refusal::DossierChanged, "once");
    }

    #[test]
    fn a_partner_trades_once_it_is_validated_and_is_suspended_by_the_next_version() {
        assert_eq!(registered().trading(), Trading::NotYet);
        assert_eq!(registered().declare(dossier(), NOW).0.trading(), Trading::NotYet);
        assert_eq!(in_force().trading(), Trading::Open);
        let (waiting, _) = in_force().declare(renamed(), NOW);
        assert_eq!(waiting.trading(), Trading::Suspended);
        let reason = Paragraph::parse("SIRET inconnu", 500).unwrap();
        assert_eq!(waiting.refuse(reason, NOW).unwrap().trading(), Trading::Suspended);
    }

    #[test]
    fn any_other_change_leaves_the_convention_in_force() {
        let mut changed = dossier();
        changed.referent.first_name = line("Zoé");
        let (partner, entailed) = in_force().declare(changed, NOW);
        assert!(!entailed.new_convention && partner.in_force().is_ok());
    }

    #[test]
    fn a_changed_account_waits_and_the_old_one_is_paid_until_the_team_approves() {
        let mut changed = dossier();
        changed.bank.iban = Iban::french(30001, 794, 99);
        let (partner, entailed) = in_force().declare(changed.clone(), NOW);
        assert!(entailed.bank_waits && !entailed.new_convention);
        assert_eq!(partner.paid_to, Some(dossier().bank));
        let since = partner.bank_change_since;
        let (again, _) = partner.clone().declare(changed.clone(), NOW + SignedDuration::from_hours(1));
        assert_eq!(again.bank_change_since, since, "waiting longer does not start anew");
        let approved = partner.clone().approve_bank().unwrap();
        assert_eq!(approved.paid_to, Some(changed.bank));
        assert_eq!(approved.approve_bank(), Err(Refusal::NotAwaited));
        let refused = partner.refuse_bank().unwrap();
        assert_eq!(refused.dossier().unwrap().bank, dossier().bank);
        assert!(refused.waiting_bank().is_none());
    }

    #[test]
    fn validating_the_next_version_does_not_approve_a_changed_account() {
        let mut changed = renamed();
        changed.bank.iban = Iban::french(30001, 794, 99);
        let (partner, _) = in_force().declare(changed, NOW);
        let partner = partner.validate(pdf(), NOW).unwrap();
        assert_eq!(partner.paid_to, Some(dossier().bank));
        assert!(partner.waiting_bank().is_some());
    }

    #[test]
    fn a_refused_request_is_asked_again_under_the_same_number() {
        let reason = Paragraph::parse("RIB illisible", 500).unwrap();
        let refused = registered().declare(dossier(), NOW).0.refuse(reason, NOW).unwrap();
        assert_eq!(refused.stage().0, Stage::Refused);
        assert_eq!(refused.declare(dossier(), NOW).0.requested_version(), Ok(1));
    }

    #[test]
    fn each_decision_is_taken_once_and_counts_a_revision() {
        let partner = in_force();
        assert_eq!(partner.clone().validate(pdf(), NOW), Err(Refusal::NotAwaited));
        let signed = partner.clone().receive_copies(NOW).unwrap();
        assert_eq!(signed.revision, partner.revision + 1);
        assert_eq!(signed.stage().0, Stage::Signed);
        assert_eq!(signed.receive_copies(NOW), Err(Refusal::NotAwaited));
    }
}
