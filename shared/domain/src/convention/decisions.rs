//! The team's decisions about a dossier.

use jiff::Timestamp;

use crate::{
    Convention, ConventionPdf, ConventionRefusal, ConventionState, Declared, Dossier, Paragraph, Partner, Validated,
};

impl Partner {
    /// Validates the requested version with the given document. With a first convention, the account is approved as
    /// well.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotAwaited`] unless a version is requested.
    pub fn validate(self, pdf: ConventionPdf, now: Timestamp) -> Result<Self, ConventionRefusal> {
        let version = self.requested_version()?;
        let dossier = self.dossier().ok_or(ConventionRefusal::NotAwaited)?.clone();
        let validated = Validated { at: now, envelopes: dossier.activity.envelopes, pdf, copies_received_at: None };
        Ok(Self {
            revision: self.revision + 1,
            paid_to: self.paid_to.or(Some(dossier.bank)),
            convention: Some(Convention { version, state: ConventionState::Validated(validated) }),
            ..self
        })
    }

    /// The version that waits for the team's decision.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotAwaited`] unless a version waits.
    pub fn requested_version(&self) -> Result<u32, ConventionRefusal> {
        match &self.convention {
            Some(Convention { version, state: ConventionState::Requested { .. } }) => Ok(*version),
            _ => Err(ConventionRefusal::NotAwaited),
        }
    }

    /// Refuses the requested version.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotAwaited`] unless a version is requested.
    pub fn refuse(self, reason: Paragraph, now: Timestamp) -> Result<Self, ConventionRefusal> {
        let version = self.requested_version()?;
        let state = ConventionState::Refused { at: now, reason };
        Ok(Self { revision: self.revision + 1, convention: Some(Convention { version, state }), ..self })
    }

    /// Records that the two signed copies arrived.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotAwaited`] unless a validated version waits for them.
    pub fn receive_copies(self, now: Timestamp) -> Result<Self, ConventionRefusal> {
        match self.convention {
            Some(Convention { version, state: ConventionState::Validated(validated) })
                if validated.copies_received_at.is_none() =>
            {
                let state = ConventionState::Validated(Validated { copies_received_at: Some(now), ..validated });
                Ok(Self { revision: self.revision + 1, convention: Some(Convention { version, state }), ..self })
            }
            _ => Err(ConventionRefusal::NotAwaited),
        }
    }

    /// Approves the changed account: payments go to it from now on.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotAwaited`] unless a changed account waits.
    pub fn approve_bank(self) -> Result<Self, ConventionRefusal> {
        let approved = self.waiting_bank().ok_or(ConventionRefusal::NotAwaited)?.clone();
        Ok(Self { revision: self.revision + 1, paid_to: Some(approved), bank_change_since: None, ..self })
    }

    /// Refuses the changed account: the dossier shows the previous one again.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotAwaited`] unless a changed account waits.
    pub fn refuse_bank(self) -> Result<Self, ConventionRefusal> {
        self.waiting_bank().ok_or(ConventionRefusal::NotAwaited)?;
        let (Declared::Complete(dossier), Some(standing)) = (self.declared, self.paid_to) else {
            return Err(ConventionRefusal::NotAwaited);
        };
        let declared = Declared::Complete(Box::new(Dossier { bank: standing.clone(), ..*dossier }));
        Ok(Self { revision: self.revision + 1, declared, paid_to: Some(standing), bank_change_since: None, ..self })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::convention::examples::{NOW, dossier, in_force, pdf, renamed};
    use crate::{Iban, Stage};

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
        assert_eq!(approved.approve_bank(), Err(ConventionRefusal::NotAwaited));
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
    fn each_decision_is_taken_once_and_counts_a_revision() {
        let partner = in_force();
        assert_eq!(partner.clone().validate(pdf(), NOW), Err(ConventionRefusal::NotAwaited));
        let signed = partner.clone().receive_copies(NOW).unwrap();
        assert_eq!(signed.revision, partner.revision + 1);
        assert_eq!(signed.stage().0, Stage::Signed);
        assert_eq!(signed.receive_copies(NOW), Err(ConventionRefusal::NotAwaited));
    }
}
