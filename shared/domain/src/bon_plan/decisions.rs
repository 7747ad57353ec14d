//! The transitions of a bon plan, from draft to publication and beyond.

use jiff::Timestamp;

use crate::{
    BonPlan, BonPlanDraft, BonPlanId, BonPlanRefusal, BonPlanState, Content, ConventionRefusal, DraftText, Envelope,
    Paragraph, Partner, Picture,
};

impl BonPlanDraft {
    /// A new draft with the content of another bon plan.
    pub fn copy(id: BonPlanId, of: &BonPlan) -> Self {
        let text = DraftText::Copied { content: Box::new(of.content.clone()), picture: of.picture.clone() };
        Self::new(id, of.partner.clone(), of.content.title.clone(), text)
    }

    /// *J'envoie mon Bon Plan*: the draft becomes a bon plan.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`ConventionRefusal::EnvelopeNotNamed`], [`BonPlanRefusal::Over`].
    pub fn send(
        self,
        content: Content,
        picture: Option<Picture>,
        partner: &Partner,
        now: Timestamp,
    ) -> Result<BonPlan, BonPlanRefusal> {
        may_be_sent(&content, partner, now)?;
        Ok(BonPlan {
            id: self.id,
            partner: partner.id.clone(),
            partner_name: partner.known_as().clone(),
            referent_email: partner.referent_email().clone(),
            referent_name: Some(partner.referent_name()),
            content,
            picture,
            draft: None,
            state: BonPlanState::Submitted { at: now },
            revision: self.revision + 1,
            first_published_at: None,
        })
    }
}

/// Checks that the convention allows the content, and that its dates are not over.
fn may_be_sent(content: &Content, partner: &Partner, now: Timestamp) -> Result<(), BonPlanRefusal> {
    let convention = partner.in_force()?;
    let asked = content.envelope;
    if !convention.envelopes.contains(&asked) || !Envelope::DESK.contains(&asked) {
        return Err(ConventionRefusal::EnvelopeNotNamed(asked).into());
    }
    if now >= content.dates.end_at() { Err(BonPlanRefusal::Over) } else { Ok(()) }
}

impl BonPlan {
    /// Saves corrections that only the partner sees. The bon plan stays unchanged until they are sent.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`] unless it [is to be corrected](Self::is_to_be_corrected).
    pub fn save(self, text: DraftText) -> Result<Self, BonPlanRefusal> {
        if !self.is_to_be_corrected() {
            return Err(BonPlanRefusal::Changed);
        }
        Ok(Self { draft: Some(text), revision: self.revision + 1, ..self })
    }

    /// *J'envoie mon Bon Plan*. A published bon plan goes back to the team, and is hidden until it is published again;
    /// registrations are kept.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`], [`ConventionRefusal::EnvelopeNotNamed`], [`BonPlanRefusal::Over`];
    /// [`BonPlanRefusal::Changed`] when it was withdrawn or taken down.
    pub fn send(
        self,
        content: Content,
        picture: Option<Picture>,
        partner: &Partner,
        now: Timestamp,
    ) -> Result<Self, BonPlanRefusal> {
        if !self.is_standing() {
            return Err(BonPlanRefusal::Changed);
        }
        may_be_sent(&content, partner, now)?;
        Ok(Self {
            partner_name: partner.known_as().clone(),
            referent_email: partner.referent_email().clone(),
            referent_name: Some(partner.referent_name()),
            content,
            picture,
            draft: None,
            state: BonPlanState::Submitted { at: now },
            revision: self.revision + 1,
            ..self
        })
    }

    /// The team publishes the bon plan.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`] unless it waits for the team; [`BonPlanRefusal::Over`].
    pub fn publish(self, now: Timestamp) -> Result<Self, BonPlanRefusal> {
        let BonPlanState::Submitted { .. } = self.state else {
            return Err(BonPlanRefusal::Changed);
        };
        if self.is_over(now) {
            return Err(BonPlanRefusal::Over);
        }
        Ok(Self {
            state: BonPlanState::Published { at: now },
            revision: self.revision + 1,
            first_published_at: self.first_published_at.or(Some(now)),
            ..self
        })
    }

    /// The team refuses the bon plan.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`] unless it waits for the team.
    pub fn refuse(self, reason: Paragraph, now: Timestamp) -> Result<Self, BonPlanRefusal> {
        let BonPlanState::Submitted { .. } = self.state else {
            return Err(BonPlanRefusal::Changed);
        };
        Ok(Self { state: BonPlanState::Refused { at: now, reason }, revision: self.revision + 1, ..self })
    }

    /// The partner withdraws the bon plan permanently.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`] when it is already withdrawn.
    pub fn withdraw(self, now: Timestamp) -> Result<Self, BonPlanRefusal> {
        if !self.is_standing() {
            return Err(BonPlanRefusal::Changed);
        }
        Ok(Self { state: BonPlanState::Withdrawn { at: now }, revision: self.revision + 1, ..self })
    }

    /// The team takes a published bon plan down permanently. Registrants are told, and the partner is told the reason.
    ///
    /// # Errors
    /// [`BonPlanRefusal::Changed`] when it was never published, or is already withdrawn or taken down.
    pub fn take_down(self, reason: Paragraph, now: Timestamp) -> Result<Self, BonPlanRefusal> {
        if !self.may_be_taken_down() {
            return Err(BonPlanRefusal::Changed);
        }
        Ok(Self { state: BonPlanState::TakenDown { at: now, reason }, revision: self.revision + 1, ..self })
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::bon_plan::examples::{content, draft, now, submitted, typed};
    use crate::convention::examples::{registered, validated_partner};

    #[test]
    fn a_bon_plan_goes_from_draft_to_the_public_and_a_change_brings_it_back_to_the_team() {
        let partner = validated_partner(&[Envelope::Reading]);
        let published = submitted().publish(now()).unwrap();
        assert!(published.is_published() && published.first_published_at == Some(now()));
        assert_eq!(published.clone().save(typed("{}")), Err(BonPlanRefusal::Changed), "nothing changes unseen");
        let changed = published.send(content(), None, &partner, now()).unwrap();
        assert_eq!(changed.state, BonPlanState::Submitted { at: now() });
        assert_eq!(changed.first_published_at, Some(now()), "its registrants stay");
        assert_eq!(changed.revision, 4);
    }

    #[test]
    fn a_refused_one_is_corrected_and_sent_again() {
        let reason = Paragraph::parse("Sans adresse", 100).unwrap();
        let refused = submitted().refuse(reason.clone(), now()).unwrap();
        let corrected = refused.save(typed("{\"title\":\"\"}")).unwrap();
        assert_eq!(corrected.state, BonPlanState::Refused { at: now(), reason }, "the reason stays until it is sent");
        assert_eq!(corrected.content, content(), "so does what was sent");
        let sent = corrected.send(content(), None, &validated_partner(&[Envelope::Reading]), now()).unwrap();
        assert_eq!(sent.draft, None);
    }

    #[test]
    fn the_team_decides_on_what_waits_and_nothing_else() {
        let partner = validated_partner(&[Envelope::Reading]);
        let reason = || Paragraph::parse("Non", 100).unwrap();
        let published = submitted().publish(now()).unwrap();
        let withdrawn = submitted().withdraw(now()).unwrap();
        let taken_down = published.clone().take_down(reason(), now()).unwrap();
        for other in [published, withdrawn.clone(), taken_down.clone()] {
            assert_eq!(other.clone().publish(now()), Err(BonPlanRefusal::Changed));
            assert_eq!(other.refuse(reason(), now()), Err(BonPlanRefusal::Changed));
        }
        for gone in [withdrawn, taken_down] {
            assert_eq!(gone.clone().withdraw(now()), Err(BonPlanRefusal::Changed));
            assert_eq!(gone.clone().take_down(reason(), now()), Err(BonPlanRefusal::Changed));
            assert_eq!(gone.send(content(), None, &partner, now()), Err(BonPlanRefusal::Changed));
        }
    }

    #[test]
    fn the_team_takes_down_what_was_published_even_while_a_change_of_it_waits() {
        let partner = validated_partner(&[Envelope::Reading]);
        let reason = || Paragraph::parse("Le lieu est fermé.", 100).unwrap();
        assert_eq!(submitted().take_down(reason(), now()), Err(BonPlanRefusal::Changed), "it is refused instead");
        let published = submitted().publish(now()).unwrap();
        let changed = published.clone().send(content(), None, &partner, now()).unwrap();
        for standing in [published, changed] {
            let gone = standing.take_down(reason(), now()).unwrap();
            assert!(gone.has_registrants_to_tell() && !gone.is_published() && !gone.is_standing());
        }
    }

    #[test]
    fn without_a_convention_that_names_the_envelope_nothing_is_sent() {
        let send = |partner: &Partner| draft(partner).send(content(), None, partner, now()).unwrap_err();
        assert_eq!(send(&registered()), ConventionRefusal::NotInForce.into());
        let cinema = validated_partner(&[Envelope::Cinema]);
        assert_eq!(send(&cinema), ConventionRefusal::EnvelopeNotNamed(Envelope::Reading).into());
    }

    #[test]
    fn what_is_over_is_neither_sent_nor_published() {
        let end: Timestamp = "2026-11-29T18:00:00+01:00".parse().unwrap();
        let before = end - jiff::SignedDuration::from_secs(1);
        let partner = validated_partner(&[Envelope::Reading]);
        assert_eq!(draft(&partner).send(content(), None, &partner, end), Err(BonPlanRefusal::Over));
        assert_eq!(submitted().publish(end), Err(BonPlanRefusal::Over));
        assert!(submitted().publish(before).is_ok(), "until the last minute");
        assert!(submitted().is_over(end) && !submitted().is_over(before));
    }
}
