//! Outings: the sheet, who participates, and what was done.
//!
//! `sorties`: key `sortie_id`, `entry`. Entry `#` is the head, state and counters, which everybody who joins writes and
//! which lists show: it stays under 1 KB. `#sheet` is the rest of the sheet; `young#<beneficiary>` a participant;
//! `log#<step>` a line of the timeline. Indexes: `by_partner` (`partner_id`, `day_key`) and `by_establishment`
//! (`establishment_id`, `day_key`) list heads by day; `by_beneficiary` (`beneficiary_id`, `day_key`) is a young person's
//! own list; `by_due` (`due`, `due_day`) holds only what waits for a reminder or for its money to be given back.
//!
//! A place, its price, the counter and the line of the timeline move in one transaction. So does a settlement of any size:
//! prices are held when people join and given back when they are declared absent, so that nothing is left to move but the
//! head and the partner's transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{
    Beneficiary, BeneficiaryId, Email, Envelope, EstablishmentId, Expected, Fault, Hold, Line, Paragraph, ParisDay,
    Participant, PartnerId, Party, Phase, Presence, Price, Refusal, Settlement, SettlementTerms, Sheet, Sortie,
    SortieId, SortieState, Step, StepId, TransactionId, VoucherNumber, folded,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::beneficiaries::{Beneficiaries, beneficiary};
use crate::closures::NAMELESS;
use crate::dynamo::{Commit, Dynamo, Found, Item, Key, Reason, StoreError, Table, from_item, number, text, to_item};
use crate::outbox::{Entry, Outbox};
use crate::persons::{LateCredit, Way};
use crate::writes::Expression;

/// Which outings are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortiesAsked {
    /// First day.
    pub from: Option<ParisDay>,
    /// Last day, included.
    pub to: Option<ParisDay>,
    /// Only those in one state.
    pub phase: Option<Phase>,
}

/// An outing as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortieLine {
    /// Which.
    pub id: SortieId,
    /// *Nom*.
    pub title: Line,
    /// *Date*.
    pub day: ParisDay,
    /// *Prix unitaire*.
    pub price: Price,
    /// *Statut*.
    pub phase: Phase,
    /// *Nb de participants*, absentees included.
    pub joined: u32,
    /// How many of them are absent.
    pub absent: u32,
    /// *Établissement*.
    pub establishment_name: Line,
    /// *Partenaire*.
    pub partner_name: Line,
}

/// A page of a list, latest day first.
#[derive(Clone, Debug, Default)]
pub struct SortiePage {
    /// The lines.
    pub lines: Vec<SortieLine>,
    /// Give it back to get the next page.
    pub next: Option<SortiePlace>,
}

/// A young person's place in an outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participation {
    /// The outing, as it is now.
    pub sortie: SortieLine,
    /// Whether the price is held.
    pub presence: Presence,
}

/// A page of a young person's outings, latest day first.
#[derive(Clone, Debug, Default)]
pub struct ParticipationPage {
    /// The lines.
    pub participations: Vec<Participation>,
    /// Give it back to get the next page.
    pub next: Option<SortiePlace>,
}

/// A place in a list by day: after it the list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortiePlace(String);

impl SortiePlace {
    /// Reads the place at which a page ended.
    ///
    /// # Errors
    /// `after` unless it is a day and an outing.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        const NOWHERE: Fault = Fault::new("after", "Cette page de la liste n’existe pas.");
        let (day, id) = typed.split_once('#').ok_or(NOWHERE)?;
        let (day, id) = (ParisDay::parse(day).map_err(|_| NOWHERE)?, SortieId::parse(id).map_err(|_| NOWHERE)?);
        Ok(Self(day_key(day, &id)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A page of a timeline, latest first.
#[derive(Clone, Debug, Default)]
pub struct StepPage {
    /// The lines.
    pub steps: Vec<Step>,
    /// Give it back to get the next page.
    pub next: Option<StepId>,
}

/// What became of a settlement.
#[derive(Debug)]
pub enum Settled {
    /// The partner is owed the money now.
    Now,
    /// The outing is not what the decision was made on: decide again on this one. Nothing has changed.
    Moved(Box<Sortie>),
}

/// What an outing waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A reminder.
    Reminder,
    /// Its participants' money, since it was cancelled.
    Release,
}

impl Due {
    const fn code(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Release => "release",
        }
    }
}

/// An outing that waits for something, and since which day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DueLine {
    /// Which.
    #[serde(rename = "sortie_id")]
    pub id: SortieId,
    /// The day from which it is due.
    #[serde(rename = "due_day")]
    pub day: ParisDay,
}

const HEAD: &str = "#";
const SHEET: &str = "#sheet";
const YOUNG: &str = "young#";
const LOG: &str = "log#";
/// How many heads a filtered list looks at in one round trip: 20 read units.
const LOOKED_AT: usize = 200;

/// The repository.
#[derive(Clone, Debug)]
pub struct Sorties(pub(crate) Dynamo);

/// Reading.
impl Sorties {
    /// The keys of an outing, for a batch read.
    pub fn keys(id: &SortieId) -> [Key; 2] {
        [HEAD, SHEET].map(|entry| key(id, entry))
    }

    /// The key of a participant, for a batch read.
    pub fn participant_key(id: &SortieId, who: BeneficiaryId) -> Key {
        key(id, &format!("{YOUNG}{who}"))
    }

    /// The outing in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, id: &SortieId) -> Result<Option<Sortie>, StoreError> {
        let [head, sheet] = Self::keys(id).map(|key| found.item(&key).cloned());
        head.zip(sheet).map(|(head, sheet)| sortie(head, sheet)).transpose()
    }

    /// The participant in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn participant_in(found: &Found, id: &SortieId, who: BeneficiaryId) -> Result<Option<Participant>, StoreError> {
        found.read(&Self::participant_key(id, who))
    }

    /// One outing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, id: &SortieId) -> Result<Option<Sortie>, StoreError> {
        Self::in_found(&self.0.read(&Self::keys(id)).await?, id)
    }

    /// Everybody on the list by last and first name, by consistent reads: some 12 KB for 50 participants.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn participants(&self, id: &SortieId) -> Result<Vec<Participant>, StoreError> {
        let mut participants: Vec<Participant> = Vec::new();
        let mut start = None;
        loop {
            let query = self.under(id, YOUNG).consistent_read(true).set_exclusive_start_key(start);
            let (items, more) = self.0.page(query).await?;
            for item in items {
                participants.push(from_item(Table::Sorties, item)?);
            }
            start = more;
            if start.is_none() {
                break;
            }
        }
        participants.sort_by_cached_key(|one| {
            (folded(one.last_name.as_str()), folded(one.first_name.as_str()), one.file.as_str().to_owned())
        });
        Ok(participants)
    }

    /// A page of a partner's outings, latest day first; by the index, so a second late at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_partner(
        &self,
        partner: &PartnerId,
        asked: &SortiesAsked,
        after: Option<&SortiePlace>,
        limit: usize,
    ) -> Result<SortiePage, StoreError> {
        self.list("by_partner", ("partner_id", partner.as_str()), asked, after, limit).await
    }

    /// A page of an establishment's outings, latest day first; by the index, so a second late at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_establishment(
        &self,
        establishment: &EstablishmentId,
        asked: &SortiesAsked,
        after: Option<&SortiePlace>,
        limit: usize,
    ) -> Result<SortiePage, StoreError> {
        self.list("by_establishment", ("establishment_id", establishment.as_str()), asked, after, limit).await
    }

    async fn list(
        &self,
        index: &str,
        (hash, owner): (&'static str, &str),
        asked: &SortiesAsked,
        after: Option<&SortiePlace>,
        limit: usize,
    ) -> Result<SortiePage, StoreError> {
        let first = asked.from.map_or_else(String::new, ParisDay::iso) + "#";
        let last = asked.to.map_or_else(|| "~".to_owned(), |day| day.iso() + "#~");
        let mut query = self
            .0
            .query(Table::Sorties)
            .index_name(index)
            .key_condition_expression("#owner = :owner AND day_key BETWEEN :first AND :last")
            .expression_attribute_names("#owner", hash)
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":first", text(&first))
            .scan_index_forward(false);
        if let Some(phase) = asked.phase {
            query = query
                .filter_expression("#state = :state")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", text(phase.code()));
        }
        // A bound that no place equals: right before the last one shown.
        let mut bound = after.map_or(last.clone(), |after| last.min(before(after.as_str())));
        let mut lines: Vec<SortieLine> = Vec::new();
        while bound >= first {
            let evaluated = if asked.phase.is_some() { LOOKED_AT } else { limit + 1 - lines.len() };
            let page = query
                .clone()
                .expression_attribute_values(":last", text(&bound))
                .limit(i32::try_from(evaluated).unwrap_or(i32::MAX));
            let (items, more) = self.0.page(page).await?;
            for item in items {
                lines.push(line(item)?);
            }
            let looked_at = more.and_then(|last| last.get("day_key")?.as_s().ok().cloned());
            match looked_at {
                Some(looked_at) if lines.len() <= limit => bound = before(&looked_at),
                _ => break,
            }
        }
        let is_whole = lines.len() <= limit;
        lines.truncate(limit);
        let next = lines.last().filter(|_| !is_whole).map(|last| SortiePlace(day_key(last.day, &last.id)));
        Ok(SortiePage { lines, next })
    }

    /// A page of the outings that a young person joined, latest day first, each as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_beneficiary(
        &self,
        who: BeneficiaryId,
        after: Option<&SortiePlace>,
        limit: i32,
    ) -> Result<ParticipationPage, StoreError> {
        #[derive(Deserialize)]
        struct Place {
            sortie_id: SortieId,
            day_key: String,
            presence: Presence,
        }
        let bound = after.map_or_else(|| "~".to_owned(), |after| after.as_str().to_owned());
        let query = self
            .0
            .query(Table::Sorties)
            .index_name("by_beneficiary")
            .key_condition_expression("beneficiary_id = :who AND day_key < :bound")
            .expression_attribute_values(":who", text(who))
            .expression_attribute_values(":bound", text(bound))
            .scan_index_forward(false)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        if items.is_empty() {
            return Ok(ParticipationPage::default());
        }
        let places: Vec<Place> =
            items.into_iter().map(|item| from_item(Table::Sorties, item)).collect::<Result<_, _>>()?;
        let heads: Vec<Key> = places.iter().map(|place| key(&place.sortie_id, HEAD)).collect();
        let found = self.0.read(&heads).await?;
        let mut participations = Vec::new();
        for (place, head) in places.iter().zip(&heads) {
            if let Some(item) = found.item(head) {
                participations.push(Participation { sortie: line(item.clone())?, presence: place.presence });
            }
        }
        let next = more.and(places.last()).map(|last| SortiePlace(last.day_key.clone()));
        Ok(ParticipationPage { participations, next })
    }

    /// A page of a timeline, latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn steps(&self, id: &SortieId, after: Option<StepId>, limit: i32) -> Result<StepPage, StoreError> {
        let start = after.map(|after| step_key(id, after).attributes());
        let query = self.under(id, LOG).scan_index_forward(false).set_exclusive_start_key(start).limit(limit);
        let (items, more) = self.0.page(query).await?;
        let steps: Vec<Step> =
            items.into_iter().map(|item| from_item(Table::Sorties, item)).collect::<Result<_, _>>()?;
        let next = more.and(steps.last()).map(|last| last.id);
        Ok(StepPage { steps, next })
    }

    /// The entries of an outing that begin so.
    fn under(
        &self,
        id: &SortieId,
        beginning: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.0
            .query(Table::Sorties)
            .key_condition_expression("sortie_id = :sortie AND begins_with(#entry, :beginning)")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":sortie", text(id.as_str()))
            .expression_attribute_values(":beginning", text(beginning))
    }
}

/// From the request to the settlement.
impl Sorties {
    /// Stores a new outing with the mails that tell of it. `false` when its code is another's, or when it was stored before:
    /// that is what a second click sends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submit(&self, sortie: &Sortie, step: &Step, mails: &[Entry]) -> Result<bool, StoreError> {
        let mut writes = vec![
            self.0.put_new(Table::Sorties, head_item(sortie), "entry"),
            self.0.put_new(Table::Sorties, sheet_item(sortie), "entry"),
            self.log(&sortie.id, step),
        ];
        writes.extend(self.mails(mails));
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Stores what became of an outing that was `before`, with the line of its timeline and the mails that tell of it.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] is [`Refusal::SortieState`] or [`Refusal::SortieChanged`] when somebody else
    /// acted since it was read, [`Refusal::NobodyJoined`] when the last participant left.
    pub async fn change(
        &self,
        before: &Sortie,
        after: &Sortie,
        step: &Step,
        mails: &[Entry],
    ) -> Result<Result<(), Refusal>, StoreError> {
        let validates = after.state.phase() == Phase::Validated;
        let condition = if validates { "joined > :none" } else { "joined >= :none" };
        let mut writes = vec![self.restate(before, after, condition, &[(":none", 0)]), self.log(&before.id, step)];
        if sheet_item(before) != sheet_item(after) {
            let there = Expression::new("attribute_exists(#key)").name("#key", "entry");
            writes.push(self.0.put_if(Table::Sorties, sheet_item(after), there));
        }
        writes.extend(self.mails(mails));
        match self.0.transact_patiently(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) => match standing(reasons.first())? {
                Standing { phase, .. } if phase != before.state.phase() => {
                    Ok(Err(Refusal::SortieState(phase, step.by)))
                }
                Standing { version, .. } if version != before.version => Ok(Err(Refusal::SortieChanged)),
                Standing { .. } => Ok(Err(Refusal::NobodyJoined)),
            },
        }
    }

    /// Puts somebody on the list and holds the price: the conditions state the rules again, so that nothing gets in between
    /// what was read and what is written.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] says which rule, [`Refusal::AlreadyJoined`] among them.
    pub async fn join(&self, sortie: &Sortie, hold: &Hold, step: &Step) -> Result<Result<(), Refusal>, StoreError> {
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
            return Ok(Err(Refusal::AlreadyJoined));
        }
        if head.failed {
            return Ok(Err(Refusal::SortieState(standing(Some(&head))?.phase, step.by)));
        }
        self.short(sortie, wallet, step.at).map(Err)
    }

    /// Takes somebody off the list and gives the price back. Who is not on it leaves nothing: that is what a second click
    /// sends.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] is [`Refusal::SortieState`] once the list is frozen.
    pub async fn leave(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        step: &Step,
        mails: &[Entry],
    ) -> Result<Result<(), Refusal>, StoreError> {
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
            Ok(standing) if head.failed => Ok(Err(Refusal::SortieState(standing.phase, step.by))),
            _ if own.failed => Ok(Ok(())),
            _ => Err(StoreError::Failed("a refused leave names no reason".into())),
        }
    }

    /// *Déclarer absent*: the price goes back at once. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] is [`Refusal::SortieState`], or [`Refusal::NotOnTheList`].
    pub async fn declare_absent(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        step: &Step,
    ) -> Result<Result<(), Refusal>, StoreError> {
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

    /// *Replacer en présent*: the price is held again. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal`] is that of [`Sorties::declare_absent`], or of [`Sortie::holds`].
    pub async fn declare_present(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        step: &Step,
    ) -> Result<Result<(), Refusal>, StoreError> {
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

    /// *Valider la transaction*: the head, the partner's transaction and the line of the timeline, whatever the number of
    /// participants. It holds only while the numbers are those that the amount was made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(
        &self,
        before: &Sortie,
        settlement: &Settlement,
        step: &Step,
        mails: &[Entry],
    ) -> Result<Settled, StoreError> {
        let numbers = [(":joined", before.joined), (":absent", before.absent)];
        let mut writes = vec![
            self.restate(before, settlement.sortie(), "joined = :joined AND absent = :absent", &numbers),
            crate::Transactions(self.0.clone()).put_trace(settlement.transaction()),
            self.log(&before.id, step),
        ];
        writes.extend(self.mails(mails));
        if let Commit::Done = self.0.transact_patiently(writes).await? {
            return Ok(Settled::Now);
        }
        let stands = self.find(&before.id).await?;
        stands.map(|stands| Settled::Moved(Box::new(stands))).ok_or(StoreError::Failed("an outing is gone".into()))
    }

    /// The outing of a settlement that is cancelled on its day is validated again. Part of the transaction that cancels the
    /// partner's.
    pub(crate) fn reopening(&self, id: &SortieId, settled_by: TransactionId, step: &Step) -> Vec<TransactWriteItem> {
        let tomorrow = ParisDay::of(step.at).plus_days(1);
        let change = Expression::new(
            "SET #state = :validated, state_at = :now, due = :reminder, due_day = :tomorrow REMOVE transaction_id",
        )
        .name("#state", "state")
        .value(":validated", text(Phase::Validated.code()))
        .value(":settled", text(Phase::Settled.code()))
        .value(":now", text(step.at))
        .value(":reminder", text(Due::Reminder.code()))
        .value(":tomorrow", text(tomorrow.iso()))
        .value(":by", text(settled_by));
        let head = self.0.change_if(&key(id, HEAD), change, "#state = :settled AND transaction_id = :by");
        vec![head, self.log(id, step)]
    }
}

/// What goes on by itself: money to give back, and reminders.
impl Sorties {
    /// Participants of a cancelled outing whose money and mail are still to come: `limit` at most, by consistent reads.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_release(&self, id: &SortieId, limit: usize) -> Result<Vec<Participant>, StoreError> {
        let mut participants = Vec::new();
        let mut start = None;
        while participants.len() < limit {
            let query = self
                .under(id, YOUNG)
                .filter_expression("presence <> :released")
                .expression_attribute_values(":released", text(Presence::Released.code()))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let (items, more) = self.0.page(query).await?;
            for item in items {
                participants.push(from_item(Table::Sorties, item)?);
            }
            start = more;
            if start.is_none() {
                break;
            }
        }
        participants.truncate(limit);
        Ok(participants)
    }

    /// Gives a participant of a cancelled outing the price back, unless it was before, with the mail that says so: once,
    /// however often it is asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, sortie: &Sortie, who: &Participant, mail: Option<&Entry>) -> Result<(), StoreError> {
        let mut writes = vec![self.mark(&sortie.id, who.beneficiary, who.presence, Presence::Released)];
        writes.extend(self.mails(mail.map_or(&[], std::slice::from_ref)));
        match who.presence {
            Presence::Present => self.giving_back(sortie, who.beneficiary, writes).await?,
            Presence::Absent => self.0.transact(writes).await?,
            Presence::Released => return Ok(()),
        };
        Ok(())
    }

    /// Everybody has the money back: nothing is due any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn released(&self, id: &SortieId) -> Result<(), StoreError> {
        let change = Expression::new("REMOVE due, due_day")
            .name("#state", "state")
            .value(":cancelled", text(Phase::Cancelled.code()));
        self.0.transact(vec![self.0.change_if(&key(id, HEAD), change, "#state = :cancelled")]).await.map(|_| ())
    }

    /// Outings for which something is due on a day or was before, longest first: `limit` at most. By the index, so a second
    /// late at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(&self, what: Due, by: ParisDay, limit: usize) -> Result<Vec<DueLine>, StoreError> {
        let query = self
            .0
            .query(Table::Sorties)
            .index_name("by_due")
            .key_condition_expression("due = :due AND due_day <= :by")
            .expression_attribute_values(":due", text(what.code()))
            .expression_attribute_values(":by", text(by.iso()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let (items, _) = self.0.page(query).await?;
        items.into_iter().map(|item| from_item(Table::Sorties, item)).collect()
    }

    /// Stores the mails of a reminder that was due on a day, and when the next one is: once. `false` when it was done before,
    /// or when the outing is not what it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reminded(
        &self,
        sortie: &Sortie,
        due: ParisDay,
        today: ParisDay,
        mails: &[Entry],
    ) -> Result<bool, StoreError> {
        let change = match sortie.reminder_after(today) {
            Some((next, _)) => Expression::new("SET due_day = :next").value(":next", text(next.iso())),
            None => Expression::new("REMOVE due, due_day"),
        };
        let change = change
            .name("#state", "state")
            .value(":state", text(sortie.state.phase().code()))
            .value(":version", number(sortie.version))
            .value(":seen", text(due.iso()));
        let unchanged = "due_day = :seen AND #state = :state AND version = :version";
        let mut writes = vec![self.0.change_if(&key(&sortie.id, HEAD), change, unchanged)];
        writes.extend(self.mails(mails));
        Ok(matches!(self.0.transact_patiently(writes).await?, Commit::Done))
    }

    /// Takes the name and the address of somebody who closed the account off a list; the place stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_name(&self, id: &SortieId, who: BeneficiaryId) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&Self::participant_key(id, who))
            .update_expression("SET first_name = :first, last_name = :last REMOVE email")
            .condition_expression("attribute_exists(beneficiary_id)")
            .expression_attribute_values(":first", text(NAMELESS.0))
            .expression_attribute_values(":last", text(NAMELESS.1));
        self.0.apply(update).await.map(|_| ())
    }

    /// Stores an outing and its participants as they are, without touching a wallet: what demo data and measurements are made
    /// of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(
        &self,
        sortie: &Sortie,
        participants: &[Participant],
        steps: &[Step],
    ) -> Result<(), StoreError> {
        let items = [head_item(sortie), sheet_item(sortie)]
            .into_iter()
            .chain(participants.iter().map(|who| participant_item(sortie, who)))
            .chain(steps.iter().map(|step| step_item(&sortie.id, step)));
        let writes: Vec<_> = items.map(|item| self.0.put_new(Table::Sorties, item, "entry")).collect();
        for chunk in writes.chunks(100) {
            self.0.transact(chunk.to_vec()).await?;
        }
        Ok(())
    }
}

/// The writes that transactions are made of.
impl Sorties {
    fn log(&self, id: &SortieId, step: &Step) -> TransactWriteItem {
        self.0.put_new(Table::Sorties, step_item(id, step), "entry")
    }

    fn mails<'a>(&self, mails: &'a [Entry]) -> impl Iterator<Item = TransactWriteItem> + use<'a> {
        let outbox = Outbox(self.0.clone());
        mails.iter().map(move |mail| outbox.entry(mail))
    }

    /// Writes what `after` says on the head, counters excepted, while state and version are those of `before` and `condition`
    /// holds of the counters.
    fn restate(
        &self,
        before: &Sortie,
        after: &Sortie,
        condition: &str,
        numbers: &[(&'static str, u32)],
    ) -> TransactWriteItem {
        /// What a transition may change: placeholder of the name, name, placeholder of the value.
        const CHANGED: [(&str, &str, &str); 14] = [
            ("#version", "version", ":version"),
            ("#establishment", "establishment_name", ":establishment"),
            ("#partner", "partner_name", ":partner"),
            ("#title", "title", ":title"),
            ("#day", "day", ":day"),
            ("#day_key", "day_key", ":day_key"),
            ("#price", "price_cents", ":price"),
            ("#expected", "expected", ":expected"),
            ("#state", "state", ":state"),
            ("#state_at", "state_at", ":state_at"),
            ("#voucher", "voucher", ":voucher"),
            ("#transaction", "transaction_id", ":transaction"),
            ("#due", "due", ":due"),
            ("#due_day", "due_day", ":due_day"),
        ];
        let mut item = head_item(after);
        let (mut set, mut gone) = (Vec::new(), Vec::new());
        let mut change = Expression::default();
        for (placeholder, name, value) in CHANGED {
            change = change.name(placeholder, name);
            match item.remove(name) {
                Some(said) => {
                    set.push(format!("{placeholder} = {value}"));
                    change = change.value(value, said);
                }
                None => gone.push(placeholder),
            }
        }
        change.text = format!("SET {}", set.join(", "));
        if !gone.is_empty() {
            change.text.push_str(&format!(" REMOVE {}", gone.join(", ")));
        }
        change = change.value(":was", text(before.state.phase().code())).value(":read", number(before.version));
        for (placeholder, count) in numbers {
            change = change.value(placeholder, number(count));
        }
        self.0.change_if(&key(&before.id, HEAD), change, &format!("#state = :was AND #version = :read AND {condition}"))
    }

    /// Moves a counter of the head while the outing is in this state.
    fn count(&self, id: &SortieId, counter: &str, by: i8, in_state: Phase) -> TransactWriteItem {
        let change = Expression::new("ADD #counter :by")
            .name("#counter", counter)
            .name("#state", "state")
            .value(":by", number(by))
            .value(":phase", text(in_state.code()));
        self.0.change_if(&key(id, HEAD), change, "#state = :phase")
    }

    /// A participant who was so is so now.
    fn mark(&self, id: &SortieId, who: BeneficiaryId, was: Presence, is: Presence) -> TransactWriteItem {
        let change =
            Expression::new("SET presence = :is").value(":is", text(is.code())).value(":was", text(was.code()));
        self.0.change_if(&Self::participant_key(id, who), change, "presence = :was")
    }

    fn hold(&self, sortie: &Sortie, who: BeneficiaryId) -> TransactWriteItem {
        Beneficiaries(self.0.clone()).hold(who, sortie.sheet.price.euros(), sortie.sheet.campaign())
    }

    /// Writes, and gives the price back: to a wallet of the outing's campaign, or to what its closed account left. Another
    /// campaign's credit has ended: then the writes alone.
    async fn giving_back(
        &self,
        sortie: &Sortie,
        who: BeneficiaryId,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Commit, StoreError> {
        let (price, campaign) = (sortie.sheet.price.euros(), sortie.sheet.campaign());
        let credit = Beneficiaries(self.0.clone()).credit(who, Envelope::Outing, price, campaign);
        let mut all = writes.clone();
        all.push(credit);
        let reasons = match self.0.transact_patiently(all).await? {
            Commit::Refused(reasons) if only_the_last(&reasons) => reasons,
            commit => return Ok(commit),
        };
        let is_closed = reasons.last().is_some_and(|wallet| wallet.item.is_none());
        let late = LateCredit { of: who, envelope: Envelope::Outing, amount: price, campaign };
        if is_closed && let Some(commit) = late.store(&self.0, &writes, Way::Back).await? {
            return Ok(commit);
        }
        self.0.transact_patiently(writes).await
    }

    /// Why a wallet did not hold the price.
    fn short(&self, sortie: &Sortie, wallet: Reason, now: Timestamp) -> Result<Refusal, StoreError> {
        let who: Option<Beneficiary> = wallet.item.map(beneficiary).transpose()?;
        match who.map(|who| sortie.holds(&who, now)) {
            Some(Err(refusal)) => Ok(refusal),
            Some(Ok(_)) => Err(StoreError::Busy("a wallet moved meanwhile".into())),
            None if wallet.failed => Ok(Refusal::NotOnTheList),
            None => Err(StoreError::Failed("a refused hold names no reason".into())),
        }
    }

    /// What a refused mark means: it was so before, there is nobody, or the outing is in another state.
    fn marked(&self, as_wanted: Presence, reasons: &[Reason; 3]) -> Result<Result<(), Refusal>, StoreError> {
        let [own, head, _] = reasons;
        if head.failed {
            return Ok(Err(Refusal::SortieState(standing(Some(head))?.phase, Party::Partner)));
        }
        let stood = own.item.clone().map(|item| from_item::<Participant>(Table::Sorties, item)).transpose()?;
        match stood {
            Some(stood) if stood.presence == as_wanted => Ok(Ok(())),
            _ => Ok(Err(Refusal::NotOnTheList)),
        }
    }
}

/// The first three reasons; those that are not named did not fail.
fn three(reasons: Vec<Reason>) -> [Reason; 3] {
    let mut reasons = reasons.into_iter();
    std::array::from_fn(|_| reasons.next().unwrap_or_default())
}

fn only_the_last(reasons: &[Reason]) -> bool {
    reasons.split_last().is_some_and(|(last, others)| last.failed && others.iter().all(|reason| !reason.failed))
}

/// State and version of a head as it stood when a condition refused.
#[derive(Deserialize)]
struct Standing {
    #[serde(rename = "state")]
    phase: Phase,
    version: u32,
}

fn standing(head: Option<&Reason>) -> Result<Standing, StoreError> {
    let item = head.and_then(|reason| reason.item.clone());
    item.map(|item| from_item(Table::Sorties, item))
        .ok_or(StoreError::Failed("a refused write names no outing".into()))?
}

fn key(id: &SortieId, entry: &str) -> Key {
    Key::new(Table::Sorties, "sortie_id", id.as_str()).and("entry", entry)
}

fn step_key(id: &SortieId, step: StepId) -> Key {
    key(id, &format!("{LOG}{step}"))
}

fn day_key(day: ParisDay, id: &SortieId) -> String {
    format!("{}#{}", day.iso(), id.as_str())
}

/// A text that sorts right before this one and after any other key.
fn before(day_key: &str) -> String {
    let mut text = day_key.to_owned();
    let last = text.pop().map_or('\0', |last| char::from_u32(u32::from(last) - 1).unwrap_or('\0'));
    text.push(last);
    text.push('~');
    text
}

#[derive(Serialize, Deserialize)]
struct HeadItem {
    sortie_id: SortieId,
    version: u32,
    establishment_id: EstablishmentId,
    establishment_name: Line,
    partner_id: PartnerId,
    partner_name: Line,
    title: Line,
    day: ParisDay,
    price_cents: Price,
    expected: Expected,
    state: Phase,
    state_at: Timestamp,
    joined: u32,
    absent: u32,
    voucher: Option<VoucherNumber>,
    transaction_id: Option<TransactionId>,
}

#[derive(Serialize, Deserialize)]
struct SheetItem {
    description: Paragraph,
    organiser: Line,
    referent: Line,
    terms: SettlementTerms,
    establishment_email: Email,
    partner_email: Email,
    partner_referent: Option<Line>,
    /// The partner's comment, or why it was cancelled.
    remark: Option<Paragraph>,
}

fn head_item(of: &Sortie) -> Item {
    let (voucher, transaction_id) = match &of.state {
        SortieState::Validated { voucher, .. } => (Some(voucher.clone()), None),
        SortieState::Settled { voucher, transaction, .. } => (Some(voucher.clone()), Some(*transaction)),
        SortieState::Pending { .. }
        | SortieState::Returned { .. }
        | SortieState::Confirmed { .. }
        | SortieState::Cancelled { .. } => (None, None),
    };
    let mut item = to_item(&HeadItem {
        sortie_id: of.id.clone(),
        version: of.version,
        establishment_id: of.establishment.clone(),
        establishment_name: of.establishment_name.clone(),
        partner_id: of.partner.clone(),
        partner_name: of.partner_name.clone(),
        title: of.sheet.title.clone(),
        day: of.sheet.day,
        price_cents: of.sheet.price,
        expected: of.sheet.expected,
        state: of.state.phase(),
        state_at: of.state.at(),
        joined: of.joined,
        absent: of.absent,
        voucher,
        transaction_id,
    });
    item.insert("entry".into(), text(HEAD));
    item.insert("day_key".into(), text(day_key(of.sheet.day, &of.id)));
    if let Some((due, day)) = due(of) {
        item.insert("due".into(), text(due.code()));
        item.insert("due_day".into(), text(day.iso()));
    }
    item
}

/// What an outing waits for from the moment at which it came into its state.
fn due(of: &Sortie) -> Option<(Due, ParisDay)> {
    let since = ParisDay::of(of.state.at());
    match of.state.phase() {
        Phase::Cancelled => Some((Due::Release, since)),
        _ => of.reminder_after(since).map(|(day, _)| (Due::Reminder, day)),
    }
}

fn sheet_item(of: &Sortie) -> Item {
    let mut item = to_item(&SheetItem {
        description: of.sheet.description.clone(),
        organiser: of.sheet.organiser.clone(),
        referent: of.sheet.referent.clone(),
        terms: of.sheet.terms,
        establishment_email: of.establishment_email.clone(),
        partner_email: of.partner_email.clone(),
        partner_referent: of.partner_referent.clone(),
        remark: of.state.remark().cloned(),
    });
    item.extend(key(&of.id, SHEET).attributes());
    item
}

fn sortie(head: Item, sheet: Item) -> Result<Sortie, StoreError> {
    let head: HeadItem = from_item(Table::Sorties, head)?;
    let sheet: SheetItem = from_item(Table::Sorties, sheet)?;
    let at = head.state_at;
    let lacks = |what: &str| StoreError::Unreadable { table: Table::Sorties, reason: format!("no {what}") };
    let remark = sheet.remark.ok_or(lacks("remark"));
    let voucher = head.voucher.ok_or(lacks("voucher"));
    let state = match head.state {
        Phase::Pending => SortieState::Pending { at },
        Phase::Returned => SortieState::Returned { at, comment: remark? },
        Phase::Confirmed => SortieState::Confirmed { at },
        Phase::Validated => SortieState::Validated { at, voucher: voucher? },
        Phase::Settled => {
            let transaction = head.transaction_id.ok_or(lacks("transaction"))?;
            SortieState::Settled { at, voucher: voucher?, transaction }
        }
        Phase::Cancelled => SortieState::Cancelled { at, reason: remark? },
    };
    Ok(Sortie {
        id: head.sortie_id,
        version: head.version,
        establishment: head.establishment_id,
        establishment_name: head.establishment_name,
        establishment_email: sheet.establishment_email,
        partner: head.partner_id,
        partner_name: head.partner_name,
        partner_email: sheet.partner_email,
        partner_referent: sheet.partner_referent,
        sheet: Sheet {
            title: head.title,
            description: sheet.description,
            day: head.day,
            price: head.price_cents,
            expected: head.expected,
            organiser: sheet.organiser,
            referent: sheet.referent,
            terms: sheet.terms,
        },
        state,
        joined: head.joined,
        absent: head.absent,
    })
}

fn line(head: Item) -> Result<SortieLine, StoreError> {
    let head: HeadItem = from_item(Table::Sorties, head)?;
    Ok(SortieLine {
        id: head.sortie_id,
        title: head.title,
        day: head.day,
        price: head.price_cents,
        phase: head.state,
        joined: head.joined,
        absent: head.absent,
        establishment_name: head.establishment_name,
        partner_name: head.partner_name,
    })
}

fn participant_item(of: &Sortie, who: &Participant) -> Item {
    let mut item = to_item(who);
    item.extend(Sorties::participant_key(&of.id, who.beneficiary).attributes());
    item.insert("beneficiary_id".into(), text(who.beneficiary));
    item.insert("day_key".into(), text(day_key(of.sheet.day, &of.id)));
    item
}

fn step_item(id: &SortieId, step: &Step) -> Item {
    let mut item = to_item(step);
    item.extend(step_key(id, step.id).attributes());
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> Sortie {
        let line = |text| Line::parse(text, 100).unwrap();
        let day = ParisDay::parse("26/11/2026").unwrap();
        Sortie {
            id: SortieId::mint(1),
            version: 2,
            establishment: EstablishmentId::made_up(139_001),
            establishment_name: line("Lycée Marie-Curie"),
            establishment_email: Email::parse("lycee@exemple.fr").unwrap(),
            partner: PartnerId::mint(1),
            partner_name: line("Théâtre du Port"),
            partner_email: Email::parse("theatre@exemple.fr").unwrap(),
            partner_referent: Some(line("Ada Roux")),
            sheet: Sheet {
                title: line("Le Cid, séance scolaire"),
                description: Paragraph::parse("Une heure\nquarante.", 100).unwrap(),
                day,
                price: Price::parse("8", epass_domain::Campaign::of(day)).unwrap(),
                expected: Expected::parse("30").unwrap(),
                organiser: line("Mme Roux"),
                referent: line("M. Blanc"),
                terms: SettlementTerms::Flat,
            },
            state: SortieState::Pending { at: Timestamp::UNIX_EPOCH },
            joined: 3,
            absent: 1,
        }
    }

    #[test]
    fn an_outing_reads_back_in_every_state_and_its_head_stays_small() {
        let at: Timestamp = "2026-11-23T12:00:00.123456Z".parse().unwrap();
        let words = || Paragraph::parse("Trop\ntard", 100).unwrap();
        let voucher = || VoucherNumber::mint(7);
        let states = [
            (SortieState::Pending { at }, Some("reminder")),
            (SortieState::Returned { at, comment: words() }, None),
            (SortieState::Confirmed { at }, Some("reminder")),
            (SortieState::Validated { at, voucher: voucher() }, Some("reminder")),
            (SortieState::Settled { at, voucher: voucher(), transaction: TransactionId::earliest(at) }, None),
            (SortieState::Cancelled { at, reason: words() }, Some("release")),
        ];
        for (state, due) in states {
            let stored = Sortie { state, ..pending() };
            let (head, sheet) = (head_item(&stored), sheet_item(&stored));
            let bytes: usize = head.iter().map(|(name, value)| name.len() + value.as_s().map_or(8, String::len)).sum();
            assert!(bytes < 700, "{bytes} bytes");
            assert_eq!(head.get("due").map(|due| due.as_s().unwrap().as_str()), due);
            assert_eq!(line(head.clone()).unwrap().phase, stored.state.phase());
            assert_eq!(sortie(head, sheet).unwrap(), stored);
        }
    }

    #[test]
    fn a_participant_and_a_step_read_back() {
        let stored = Participant {
            beneficiary: BeneficiaryId(uuid::Uuid::max()),
            first_name: Line::parse("Léa", 100).unwrap(),
            last_name: Line::parse("Martin", 100).unwrap(),
            file: epass_domain::FileNumber::mint(1),
            email: Some(Email::parse("lea@exemple.fr").unwrap()),
            joined_at: Timestamp::UNIX_EPOCH,
            presence: Presence::Absent,
        };
        let item = participant_item(&pending(), &stored);
        assert_eq!(item["day_key"].as_s().unwrap(), &format!("2026-11-26#{}", pending().id.as_str()));
        assert_eq!(from_item::<Participant>(Table::Sorties, item).unwrap(), stored);
        let step = Step {
            id: StepId(uuid::Uuid::nil()),
            at: Timestamp::UNIX_EPOCH,
            by: epass_domain::Party::Partner,
            who: Line::parse("Théâtre du Port", 100).unwrap(),
            did: epass_domain::Did::Settled { present: 2, absent: 1 },
        };
        assert_eq!(from_item::<Step>(Table::Sorties, step_item(&pending().id, &step)).unwrap(), step);
    }

    #[test]
    fn a_bound_before_a_place_lies_between_it_and_the_one_before() {
        let place = |code| day_key(pending().sheet.day, &SortieId::mint(code));
        for code in 1..500 {
            let (first, second) = (place(code), place(code + 1));
            let (low, high) = (first.clone().min(second.clone()), first.max(second));
            assert!(before(&high) < high && before(&high) > low, "{low} {high}");
        }
    }
}
