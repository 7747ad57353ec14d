//! One account per person: the claim of a name and birth date, and what a closed account left in its campaign.
//!
//! `persons`: key `person`. A person is a keyed digest (HMAC-SHA256 of [`Person::claimed`]), so that a reader of the
//! table cannot test names and birth dates against it. A person has one slot, and one more for each namesake that the
//! team has admitted: `<digest>`, `<digest>#2`… A slot is either a claim (`beneficiary_id`) or what a closed account
//! left (`campaign`, `card_state`, the balances, and `expires_at`, TTL: it ends with the campaign); `revision` counts
//! its changes. `closed#<beneficiary>` points from a closed account to its slot, for credit that comes back afterwards;
//! it ends with the campaign as well. Digests of earlier versions are read too ([`Persons::slots`]): the migration
//! moves their claims.

use std::fmt;

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{BeneficiaryId, Campaign, CardState, Envelope, Euros, Person, Remainder, Wallet};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::beneficiaries::{Beneficiaries, balance_attribute};
use crate::dynamo::{Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, text, to_item};
use crate::outbox::digest;
use crate::writes::Expression;

/// The key of the digests; `Debug` does not print it.
#[derive(Clone)]
pub(crate) struct PersonKey(Option<Hmac<Sha256>>);

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(***)")
    }
}

impl PersonKey {
    /// The shortest secret that is accepted: half a digest.
    const LEAST: usize = 32;

    /// Derives the key from a secret; the label separates it from other uses of the secret. A function without a secret
    /// cannot use persons, as one without the table's name cannot.
    pub(crate) fn of(secret: Option<&str>) -> Self {
        let derived = secret.filter(|secret| secret.len() >= Self::LEAST).map(|secret| {
            let extracted = mac(secret.as_bytes()).chain_update(b"e-PASS JEUNES persons 1").finalize().into_bytes();
            mac(&extracted)
        });
        Self(derived)
    }

    fn digest(&self, claimed: &str) -> Result<String, StoreError> {
        let key = self.0.clone().ok_or_else(|| StoreError::Failed("this function has no EPASS_PERSON_KEY".into()))?;
        let digest = key.chain_update(claimed).finalize().into_bytes();
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// The rule by which a new person's name and birth date are compared with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namesake {
    /// Nobody else may have them.
    None,
    /// The team confirmed that this is another person with the same name and birth date.
    Known,
}

/// A slot for a new person: free, or left by a closed account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    key: Option<String>,
    revision: Option<u64>,
    /// The credit that the closed account left, in a campaign that still runs.
    pub left: Option<Remainder>,
}

impl Slot {
    /// Claims the slot for this beneficiary, if it is unchanged since it was read; none if every slot is claimed.
    pub(crate) fn claim(&self, dynamo: &Dynamo, of: BeneficiaryId) -> Option<TransactWriteItem> {
        let item = SlotItem { beneficiary_id: Some(of), ..SlotItem::at(self.key.clone()?, self.revision) };
        Some(dynamo.put_if(Table::Persons, to_item(&item), seen(self.revision)))
    }
}

/// The name that replaces that of a closed account's owner in traces and lists.
pub(crate) const NAMELESS: (&str, &str) = ("Compte", "clos");

/// The repository of persons.
#[derive(Clone, Debug)]
pub struct Persons(pub(crate) Dynamo, pub(crate) PersonKey);

/// The most slots for one name and birth date.
const SLOTS: usize = 8;

impl Persons {
    /// The slot for a new person; the inner error is the beneficiary who has this name and birth date already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn slot(
        &self,
        person: &Person,
        namesake: Namesake,
        now: Timestamp,
    ) -> Result<Result<Slot, BeneficiaryId>, StoreError> {
        let looked_at = if namesake == Namesake::None { 1 } else { SLOTS };
        let slots = self.slots(person, looked_at).await?;
        match slots.first().map(|first| &first.standing) {
            Some(Standing::Claimed(owner)) if namesake == Namesake::None => Ok(Err(*owner)),
            _ => Ok(Ok(chosen(&slots, now))),
        }
    }

    /// The claim of a person whose name and birth date nobody else has. For demo data and imports.
    ///
    /// # Errors
    /// [`StoreError::Failed`] without a key.
    pub fn import(&self, person: &Person, of: BeneficiaryId) -> Result<TransactWriteItem, StoreError> {
        let slot = Slot { key: Some(self.1.digest(&person.claimed())?), revision: None, left: None };
        Ok(slot.claim(&self.0, of).expect("the slot has a key"))
    }

    /// The writes that replace an account's claim by what the account leaves, and point there from its id. If it leaves
    /// nothing, they delete the claim.
    pub(crate) async fn closing(
        &self,
        person: &Person,
        of: BeneficiaryId,
        left: Option<Remainder>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let slots = self.slots(person, SLOTS).await?;
        let own = slots.iter().find(|slot| slot.standing == Standing::Claimed(of));
        let mut writes = Vec::new();
        if let Some(SeenSlot { stands_at, .. }) = own
            && (left.is_none() || own.is_some_and(|own| own.key != own.stands_at))
        {
            let claimed = Expression::new("beneficiary_id = :own").value(":own", text(of));
            writes.push(self.0.remove_if(&key(stands_at), claimed));
        }
        let Some(left) = left else { return Ok(writes) };
        let (place, condition) = match own {
            Some(own) if own.key == own.stands_at => {
                (own.key.clone(), Expression::new("beneficiary_id = :own").value(":own", text(of)))
            }
            // The claim is under a digest of an earlier version: its slot is free.
            Some(own) => (own.key.clone(), seen(None)),
            None => match slots.iter().find(|slot| slot.is_free(now)) {
                Some(free) => (free.key.clone(), seen(free.revision)),
                None => return Ok(writes),
            },
        };
        let revision = slots.iter().find(|slot| slot.key == place).and_then(|slot| slot.revision);
        let item = SlotItem { left: Some(LeftItem::of(&left)), ..SlotItem::at(place.clone(), revision) };
        writes.push(self.0.put_if(Table::Persons, to_item(&item), condition));
        let pointer = Pointer { person: pointer_of(of), slot: place, expires_at: left.expires_at().as_second() };
        writes.push(self.0.replace(Table::Persons, to_item(&pointer)));
        Ok(writes)
    }

    /// Reads a person's slots, also under the digests of earlier versions: those without a key, and those of each name
    /// as a whole. A claim under such a digest counts as the claim of a free slot; what a closed account left under one
    /// is a slot of its own.
    async fn slots(&self, person: &Person, count: usize) -> Result<Vec<SeenSlot>, StoreError> {
        let named = |digest: &str| (1..=count).map(|ordinal| slot_name(digest, ordinal)).collect::<Vec<_>>();
        let names = named(&self.1.digest(&person.claimed())?);
        let mut before = named(&self.1.digest(&person.claimed_before())?);
        before.push(digest_without_key(person));
        let keys: Vec<Key> = names.iter().chain(&before).map(|name| key(name)).collect();
        let found = self.0.read(&keys).await?;
        let read = |name: String| SeenSlot::read(&found, name);
        let mut slots = names.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for old in before.into_iter().map(read).collect::<Result<Vec<_>, _>>()? {
            match old.standing {
                Standing::Free => {}
                Standing::Claimed(_) => {
                    if let Some(free) = slots.iter_mut().find(|slot| slot.standing == Standing::Free) {
                        (free.standing, free.stands_at) = (old.standing, old.stands_at);
                    }
                }
                Standing::Left(_) => slots.push(old),
            }
        }
        Ok(slots)
    }

    /// Moves a claim from a digest of an earlier version, or deletes it if its account is closed. `false` when it is in
    /// its place already.
    pub(crate) async fn move_claim(&self, old: &str, of: BeneficiaryId) -> Result<bool, StoreError> {
        let claimed = Expression::new("beneficiary_id = :own").value(":own", text(of));
        let mut writes = vec![self.0.remove_if(&key(old), claimed)];
        if let Some(who) = Beneficiaries(self.0.clone()).find(of).await? {
            let person = Person::of(&who.first_name, &who.last_name, who.birth_date);
            let slots = self.slots(&person, SLOTS).await?;
            if slots.iter().any(|slot| slot.key == old && slot.stands_at == old) {
                return Ok(false);
            }
            let is_there = |slot: &&SeenSlot| slot.standing == Standing::Claimed(of) && slot.key == slot.stands_at;
            let free = slots.iter().find(|slot| slot.stands_at == old || slot.standing == Standing::Free);
            if let (None, Some(free)) = (slots.iter().find(is_there), free) {
                let slot = Slot { key: Some(free.key.clone()), revision: free.revision, left: None };
                writes.extend(slot.claim(&self.0, of));
            }
        }
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }
}

/// Credit of a closed account that is given back, or held again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LateCredit {
    /// The closed account.
    pub of: BeneficiaryId,
    /// The envelope.
    pub envelope: Envelope,
    /// The amount.
    pub amount: Euros,
    /// The campaign.
    pub campaign: Campaign,
}

/// The direction of late credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Given back to the owner of what the account left.
    Back,
    /// Held again.
    Held,
}

impl LateCredit {
    /// Stores `writes` together with the credit, which goes to what the closed account left, or to the new account of
    /// its owner. `None` when the credit has ended, or when there is not enough to hold: nothing is stored.
    pub(crate) async fn store(
        self,
        dynamo: &Dynamo,
        writes: &[TransactWriteItem],
        way: Way,
    ) -> Result<Option<Commit>, StoreError> {
        const TRIES: usize = 5;
        let Some(pointer) = dynamo.get::<Pointer>(&key(&pointer_of(self.of))).await? else { return Ok(None) };
        for _ in 0..TRIES {
            let Some(slot) = dynamo.get::<SlotItem>(&key(&pointer.slot)).await? else { return Ok(None) };
            let Some(write) = self.write(dynamo, &slot, way) else { return Ok(None) };
            let mut all = writes.to_vec();
            all.push(write);
            match dynamo.transact_patiently(all).await? {
                Commit::Refused(reasons) if reasons.iter().take(writes.len()).all(|reason| !reason.failed) => {}
                commit => return Ok(Some(commit)),
            }
            // The slot was changed since it was read (closed or claimed), or its credit has ended: the next read shows
            // which.
            let moved = dynamo.get::<SlotItem>(&key(&pointer.slot)).await?;
            if moved.is_some_and(|moved| (moved.beneficiary_id, moved.revision) == (slot.beneficiary_id, slot.revision))
            {
                return Ok(None);
            }
        }
        Err(StoreError::Busy("what a closed account left keeps moving".into()))
    }

    fn write(&self, dynamo: &Dynamo, slot: &SlotItem, way: Way) -> Option<TransactWriteItem> {
        let wallets = Beneficiaries(dynamo.clone());
        match (slot.beneficiary_id, &slot.left, way) {
            (Some(owner), _, Way::Back) => Some(wallets.credit(owner, self.envelope, self.amount, self.campaign)),
            (Some(owner), _, Way::Held) => Some(wallets.hold(owner, self.amount, self.campaign)),
            (None, Some(left), _) if left.campaign == self.campaign => {
                let (sign, enough) = match way {
                    Way::Back => ("+", ""),
                    Way::Held => ("-", " AND #balance >= :amount"),
                };
                let change =
                    Expression::new(format!("SET #balance = #balance {sign} :amount, revision = revision + :one"))
                        .name("#balance", balance_attribute(self.envelope))
                        .value(":amount", number(self.amount.cents()))
                        .value(":one", number(1))
                        .value(":campaign", text(self.campaign));
                let rule = format!("attribute_not_exists(beneficiary_id) AND campaign = :campaign{enough}");
                Some(dynamo.change_if(&key(&slot.person), change, &rule))
            }
            (None, _, _) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Free,
    Claimed(BeneficiaryId),
    Left(Remainder),
}

/// A slot as it was read.
#[derive(Clone, Debug)]
struct SeenSlot {
    /// The slot's key.
    key: String,
    /// The key of its claim: the slot's own, or a digest of an earlier version.
    stands_at: String,
    revision: Option<u64>,
    standing: Standing,
}

impl SeenSlot {
    fn read(found: &Found, name: String) -> Result<Self, StoreError> {
        let item = found.read::<SlotItem>(&key(&name))?;
        let revision = item.as_ref().map(|item| item.revision);
        let standing = match item.map(|item| (item.beneficiary_id, item.left)) {
            Some((Some(owner), _)) => Standing::Claimed(owner),
            Some((None, Some(left))) => Standing::Left(left.remainder()),
            Some((None, None)) | None => Standing::Free,
        };
        Ok(Self { key: name.clone(), stands_at: name, revision, standing })
    }

    fn live(&self, now: Timestamp) -> Option<Remainder> {
        match self.standing {
            Standing::Left(left) => Some(left).filter(|left| left.is_live(now)),
            Standing::Free | Standing::Claimed(_) => None,
        }
    }

    fn is_free(&self, now: Timestamp) -> bool {
        !matches!(self.standing, Standing::Claimed(_)) && self.live(now).is_none()
    }
}

/// The slot for a new person: one that a closed account left before a free one; of several namesakes' the smallest
/// credit, because nobody can tell which is whose. No slot at all if all are claimed.
fn chosen(slots: &[SeenSlot], now: Timestamp) -> Slot {
    let total =
        |left: &Remainder| Envelope::ALL.map(|envelope| left.wallet.balance(envelope).cents()).iter().sum::<u64>();
    let left = slots.iter().filter_map(|slot| Some((slot, slot.live(now)?))).min_by_key(|(_, left)| total(left));
    let free = || slots.iter().find(|slot| slot.is_free(now)).map(|slot| (slot, None));
    match left.map(|(slot, left)| (slot, Some(left))).or_else(free) {
        Some((slot, left)) => Slot { key: Some(slot.key.clone()), revision: slot.revision, left },
        None => Slot { key: None, revision: None, left: None },
    }
}

/// The condition that a slot without a claim is unchanged since it was read.
fn seen(revision: Option<u64>) -> Expression {
    match revision {
        None => Expression::new("attribute_not_exists(person)"),
        Some(seen) => {
            Expression::new("attribute_not_exists(beneficiary_id) AND revision = :seen").value(":seen", number(seen))
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SlotItem {
    person: String,
    #[serde(default)]
    beneficiary_id: Option<BeneficiaryId>,
    #[serde(default)]
    revision: u64,
    #[serde(flatten)]
    left: Option<LeftItem>,
}

impl SlotItem {
    /// An empty slot with this key, of the revision after the one that was read.
    fn at(person: String, seen: Option<u64>) -> Self {
        Self { person, beneficiary_id: None, revision: seen.map_or(0, |seen| seen + 1), left: None }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct LeftItem {
    campaign: Campaign,
    card_state: CardState,
    reading_cents: u64,
    cinema_cents: u64,
    performance_cents: u64,
    outing_cents: u64,
    expires_at: i64,
}

impl LeftItem {
    fn of(left: &Remainder) -> Self {
        let Wallet { campaign, reading, cinema, performance, outing } = left.wallet;
        Self {
            campaign,
            card_state: left.card_state,
            reading_cents: reading.cents(),
            cinema_cents: cinema.cents(),
            performance_cents: performance.cents(),
            outing_cents: outing.cents(),
            expires_at: left.expires_at().as_second(),
        }
    }

    fn remainder(&self) -> Remainder {
        let wallet = Wallet {
            campaign: self.campaign,
            reading: Euros::from_cents(self.reading_cents),
            cinema: Euros::from_cents(self.cinema_cents),
            performance: Euros::from_cents(self.performance_cents),
            outing: Euros::from_cents(self.outing_cents),
        };
        Remainder { wallet, card_state: self.card_state }
    }
}

#[derive(Serialize, Deserialize)]
struct Pointer {
    person: String,
    slot: String,
    expires_at: i64,
}

fn pointer_of(closed: BeneficiaryId) -> String {
    format!("closed#{closed}")
}

fn slot_name(digest: &str, ordinal: usize) -> String {
    if ordinal == 1 { digest.to_owned() } else { format!("{digest}#{ordinal}") }
}

fn key(name: &str) -> Key {
    Key::new(Table::Persons, "person", name)
}

/// The digest of an earlier version: it has no key, so a dictionary of names and birth dates reverses it.
fn digest_without_key(person: &Person) -> String {
    digest(person.as_str())
}

/// The owner of a claim that was refused.
pub(crate) fn owner(item: Item) -> Result<Option<BeneficiaryId>, StoreError> {
    Ok(from_item::<SlotItem>(Table::Persons, item)?.beneficiary_id)
}

#[cfg(test)]
mod tests {
    use epass_domain::{BirthDate, Line, ParisDay};
    use uuid::Uuid;

    use super::*;

    const NOW: &str = "2026-11-24T12:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn left(cents: u64) -> Remainder {
        let wallet = Wallet { reading: Euros::from_cents(cents), ..Wallet::full(Campaign::at(now())) };
        Remainder { wallet, card_state: CardState::Suspended }
    }

    fn slot(key: &str, standing: Standing) -> SeenSlot {
        SeenSlot { key: key.into(), stands_at: key.into(), revision: Some(1), standing }
    }

    fn lea(first: &str, last: &str) -> Person {
        let line = |text| Line::parse(text, 50).unwrap();
        Person::of(&line(first), &line(last), BirthDate::parse("14/05/2008", ParisDay::of(now())).unwrap())
    }

    #[test]
    fn a_claim_and_a_remainder_read_back() {
        let claim = SlotItem { beneficiary_id: Some(BeneficiaryId(Uuid::max())), ..SlotItem::at("a".into(), None) };
        let read: SlotItem = from_item(Table::Persons, to_item(&claim)).unwrap();
        assert_eq!((read.beneficiary_id, read.left.is_none()), (claim.beneficiary_id, true));
        let closed = SlotItem { left: Some(LeftItem::of(&left(3))), ..SlotItem::at("a".into(), Some(4)) };
        let read: SlotItem = from_item(Table::Persons, to_item(&closed)).unwrap();
        assert_eq!((read.revision, read.left.map(|left| left.remainder())), (5, Some(left(3))));
    }

    #[test]
    fn a_digest_depends_on_its_key_and_not_on_how_the_name_is_written() {
        let key = |secret: char| PersonKey::of(Some(&secret.to_string().repeat(32)));
        let digest = |key: &PersonKey, person: &Person| key.digest(&person.claimed()).unwrap();
        let known = digest(&key('a'), &lea("Léa", "De La Tour"));
        assert_eq!(known.len(), 64);
        for (first, last) in [("LEA", "de la-tour"), ("le\u{301}a", "DELATOUR"), ("De la Tour", "Léa")] {
            assert_eq!(digest(&key('a'), &lea(first, last)), known, "{first} {last}");
        }
        assert_ne!(digest(&key('b'), &lea("Léa", "De La Tour")), known);
        assert!(PersonKey::of(Some("short")).digest("a|2008-05-14").is_err());
        assert!(PersonKey::of(None).digest("a|2008-05-14").is_err());
    }

    #[test]
    fn somebody_new_has_what_was_left_before_a_free_slot_and_never_a_claimed_one() {
        let claimed = || Standing::Claimed(BeneficiaryId(Uuid::nil()));
        let slots = [
            slot("a", claimed()),
            slot("b", Standing::Free),
            slot("c", Standing::Left(left(9))),
            slot("d", Standing::Left(left(3))),
        ];
        assert_eq!(chosen(&slots, now()), Slot { key: Some("d".into()), revision: Some(1), left: Some(left(3)) });
        assert_eq!(chosen(&slots[..2], now()).key, Some("b".into()));
        assert_eq!(chosen(&slots[..1], now()).key, None);
        let later: Timestamp = "2027-09-01T12:00:00Z".parse().unwrap();
        assert_eq!(chosen(&slots[2..], later), Slot { key: Some("c".into()), revision: Some(1), left: None });
    }
}
