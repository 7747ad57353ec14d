//! Joining, leaving and absence: the participation, the price and the counter change in one transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{
    Beneficiary, BeneficiaryId, Envelope, Hold, Participant, Party, Phase, Presence, Sortie, SortieId, SortieRefusal,
    Step,
};
use jiff::Timestamp;

use super::items::{HEAD, key, participant_item};
use super::one::Sorties;
use super::refused::{standing, three};
use crate::beneficiaries::{Beneficiaries, beneficiary};
use crate::dynamo::{Commit, Reason, StoreError, Table, from_item, number, text};
use crate::outbox::Entry;
use crate::persons::{LateCredit, Way};
use crate::writes::Expression;

impl Sorties {
    /// Adds a participant and holds the price. The write conditions state the rules again, so that a concurrent change
    /// cannot break them.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`SortieRefusal`] names the rule that refused, [`SortieRefusal::AlreadyJoined`] among
    /// them.
    pub async fn join(
        &self,
        sortie: &Sortie,
        hold: &Hold,
        step: &Step,
    ) -> Result<Result<(), SortieRefusal>, StoreError> {
        let who = hold.participant();
        let writes = vec![
            self.0.put_new(Table::Sorties, participant_item(sortie, who), "entry"),
            self.count(&sortie.id, "joined", 1, Phase::Confirmed),
            self.hold(sortie, who.beneficiary),
            self.log(&sortie.id, step),
        ];
        let Commit::Refused(reasons) = self.0.transact_patiently(writes).await? else { return Ok(Ok(())) };
        let [own, head, wallet] = three(reasons);
        if own.failed {
            return Ok(Err(SortieRefusal::AlreadyJoined));
        }
        if head.failed {
            return Ok(Err(SortieRefusal::State(standing(Some(&head))?.phase, step.by)));
        }
        self.short(sortie, wallet, step.at).map(Err)
    }

    /// Removes a participant and gives the price back. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`SortieRefusal`] is [`SortieRefusal::State`] once the list is frozen.
    pub async fn leave(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        step: &Step,
        mails: &[Entry],
    ) -> Result<Result<(), SortieRefusal>, StoreError> {
        let held = Expression::new("presence = :present").value(":present", text(Presence::Present.code()));
        let mut writes = vec![
            self.0.remove_if(&Self::participant_key(&sortie.id, who), held),
            self.count(&sortie.id, "joined", -1, Phase::Confirmed),
            self.log(&sortie.id, step),
        ];
        writes.extend(self.mails(mails));
        let Commit::Refused(reasons) = self.giving_back(sortie, who, writes).await? else { return Ok(Ok(())) };
        let [own, head, _] = three(reasons);
        match standing(Some(&head)) {
            Ok(standing) if head.failed => Ok(Err(SortieRefusal::State(standing.phase, step.by))),
            _ if own.failed => Ok(Ok(())),
            _ => Err(StoreError::Failed("a refused leave names no reason".into())),
        }
    }

    /// *Déclarer absent*: gives the price back at once. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`SortieRefusal`] is [`SortieRefusal::State`], or [`SortieRefusal::NotOnTheList`].
    pub async fn declare_absent(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        step: &Step,
    ) -> Result<Result<(), SortieRefusal>, StoreError> {
        let writes = vec![
            self.mark(&sortie.id, who, Presence::Present, Presence::Absent),
            self.count(&sortie.id, "absent", 1, Phase::Validated),
            self.log(&sortie.id, step),
        ];
        match self.giving_back(sortie, who, writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) => self.marked(Presence::Absent, &three(reasons)),
        }
    }

    /// *Replacer en présent*: holds the price again. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`SortieRefusal`] is that of [`Sorties::declare_absent`], or of [`Sortie::holds`].
    pub async fn declare_present(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        step: &Step,
    ) -> Result<Result<(), SortieRefusal>, StoreError> {
        let [mark, count, log] = [
            self.mark(&sortie.id, who, Presence::Absent, Presence::Present),
            self.count(&sortie.id, "absent", -1, Phase::Validated),
            self.log(&sortie.id, step),
        ];
        let writes = vec![mark.clone(), count.clone(), self.hold(sortie, who), log.clone()];
        let Commit::Refused(reasons) = self.0.transact_patiently(writes).await? else { return Ok(Ok(())) };
        let reasons = three(reasons);
        if reasons[0].failed || reasons[1].failed {
            return self.marked(Presence::Present, &reasons);
        }
        let [_, _, wallet] = reasons;
        if wallet.item.is_none() {
            let (amount, campaign) = (sortie.sheet.price.euros(), sortie.sheet.campaign());
            let late = LateCredit { of: who, envelope: Envelope::Outing, amount, campaign };
            match late.store(&self.0, &[mark, count, log], Way::Held).await? {
                Some(Commit::Done) => return Ok(Ok(())),
                Some(Commit::Refused(reasons)) => return self.marked(Presence::Present, &three(reasons)),
                None => {}
            }
        }
        self.short(sortie, wallet, step.at).map(Err)
    }

    /// Changes a counter of the head, on the condition that the outing is in this state.
    pub(super) fn count(&self, id: &SortieId, counter: &str, by: i8, in_state: Phase) -> TransactWriteItem {
        let change = Expression::new("ADD #counter :by")
            .name("#counter", counter)
            .name("#state", "state")
            .value(":by", number(by))
            .value(":phase", text(in_state.code()));
        self.0.change_if(&key(id, HEAD), change, "#state = :phase")
    }

    fn hold(&self, sortie: &Sortie, who: BeneficiaryId) -> TransactWriteItem {
        Beneficiaries(self.0.clone()).hold(who, sortie.sheet.price.euros(), sortie.sheet.campaign())
    }

    /// The reason why a wallet could not hold the price.
    fn short(&self, sortie: &Sortie, wallet: Reason, now: Timestamp) -> Result<SortieRefusal, StoreError> {
        let who: Option<Beneficiary> = wallet.item.map(beneficiary).transpose()?;
        match who.map(|who| sortie.holds(&who, now)) {
            Some(Err(refusal)) => Ok(refusal),
            Some(Ok(_)) => Err(StoreError::Busy("a wallet moved meanwhile".into())),
            None if wallet.failed => Ok(SortieRefusal::NotOnTheList),
            None => Err(StoreError::Failed("a refused hold names no reason".into())),
        }
    }

    /// The result of a refused presence change: it was made before, nobody is there, or the outing is in another state.
    fn marked(&self, as_wanted: Presence, reasons: &[Reason; 3]) -> Result<Result<(), SortieRefusal>, StoreError> {
        let [own, head, _] = reasons;
        if head.failed {
            return Ok(Err(SortieRefusal::State(standing(Some(head))?.phase, Party::Partner)));
        }
        let stood = own.item.clone().map(|item| from_item::<Participant>(Table::Sorties, item)).transpose()?;
        match stood {
            Some(stood) if stood.presence == as_wanted => Ok(Ok(())),
            _ => Ok(Err(SortieRefusal::NotOnTheList)),
        }
    }
}
