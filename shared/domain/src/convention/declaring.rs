//! The partner's declarations, and the consequences of changing them.

use jiff::Timestamp;

use super::partner::Proposal;
use crate::{
    BankDetails, ContractChange, Convention, ConventionRefusal, ConventionState, Declared, Dossier, EarlierConvention,
    Partner,
};

/// The consequences of a change of dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entailed {
    /// A new version of the convention was requested; the partner may sell nothing until it is validated.
    pub new_convention: bool,
    /// The new account waits for the team's approval; until then the previous one is paid.
    pub bank_waits: bool,
}

impl Partner {
    /// The changes in `next` that would stop all sales until a new convention is validated; empty if no convention is
    /// in force.
    pub fn would_suspend(&self, next: &Dossier) -> Vec<ContractChange> {
        match (self.in_force(), self.dossier()) {
            (Ok(_), Some(standing)) => standing.contract_changes(next),
            _ => Vec::new(),
        }
    }

    /// *Je valide ma demande*, or a change of dossier: both declare the four parts. A convention goes to the team for
    /// validation after a first request, a request that follows a refusal, or a change of
    /// [its terms](Dossier::contract_changes). A changed account waits for the team's approval if one was approved
    /// before.
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

    /// Stores a change that [would suspend](Self::would_suspend) the partner until its author confirms it; nothing else
    /// changes.
    #[must_use]
    pub fn propose(self, dossier: Dossier, now: Timestamp) -> Self {
        let proposal = Some(Proposal { dossier: Box::new(dossier), at: now });
        Self { revision: self.revision + 1, proposal, ..self }
    }

    /// The proposed change, if it is less than one hour old.
    pub fn proposed(&self, now: Timestamp) -> Option<&Dossier> {
        self.proposal.as_ref().filter(|proposal| now < proposal.at + Proposal::LIFE).map(|proposal| &*proposal.dossier)
    }

    /// Declares the proposed change.
    ///
    /// # Errors
    /// [`ConventionRefusal::Changed`] when no proposal is live.
    pub fn confirm(self, now: Timestamp) -> Result<(Self, Entailed), ConventionRefusal> {
        let dossier = self.proposed(now).ok_or(ConventionRefusal::Changed)?.clone();
        Ok(self.declare(dossier, now))
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::convention::examples::{NOW, dossier, in_force, line, registered, renamed};
    use crate::{ContractTerm, Envelope, Paragraph, Siret, Stage, Trading};

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
            assert_eq!(partner.in_force(), Err(ConventionRefusal::NotInForce));
            assert!(partner.validated_version(1).is_some(), "the earlier version can still be downloaded");
        }
    }

    #[test]
    fn a_name_that_is_only_spelled_otherwise_is_the_same_company() {
        for spelling in ["sarl livres", "SARL  LIVRES", "SARL Lîvres", "S.A.R.L. Livres"] {
            let mut changed = dossier();
            changed.administrative.legal_name = line(spelling);
            let asks = in_force().declare(changed.clone(), NOW).1.new_convention;
            // Full stops between letters split words differently: the team checks that.
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
        assert_eq!(proposing.clone().confirm(hour).unwrap_err(), ConventionRefusal::Changed);
        let (waiting, entailed) = proposing.confirm(NOW).unwrap();
        assert!(entailed.new_convention && waiting.trading() == Trading::Suspended);
        assert_eq!(waiting.legal_name().as_str(), "SAS Livres");
        assert_eq!(waiting.confirm(NOW).unwrap_err(), ConventionRefusal::Changed, "once");
    }

    #[test]
    fn any_other_change_leaves_the_convention_in_force() {
        let mut changed = dossier();
        changed.referent.first_name = line("Zoé");
        let (partner, entailed) = in_force().declare(changed, NOW);
        assert!(!entailed.new_convention && partner.in_force().is_ok());
    }

    #[test]
    fn a_refused_request_is_asked_again_under_the_same_number() {
        let reason = Paragraph::parse("RIB illisible", 500).unwrap();
        let refused = registered().declare(dossier(), NOW).0.refuse(reason, NOW).unwrap();
        assert_eq!(refused.stage().0, Stage::Refused);
        assert_eq!(refused.declare(dossier(), NOW).0.requested_version(), Ok(1));
    }
}
