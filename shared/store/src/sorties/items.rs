//! An outing as items.

use epass_domain::{
    BeneficiaryId, Email, EstablishmentId, Expected, Line, Paragraph, ParisDay, Participant, PartnerId, Phase, Price,
    SettlementTerms, Sheet, Sortie, SortieId, SortieState, Step, StepId, TransactionId, VoucherNumber,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dynamo::{Item, Key, StoreError, Table, from_item, text, to_item};

pub(super) const HEAD: &str = "#";

pub(super) const SHEET: &str = "#sheet";

pub(super) const YOUNG: &str = "young#";

pub(super) const LOG: &str = "log#";

/// The kind of work that is due for an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A reminder.
    Reminder,
    /// The release of its participants' held prices, after its cancellation.
    Release,
}

impl Due {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Release => "release",
        }
    }
}

pub(super) fn key(id: &SortieId, entry: &str) -> Key {
    Key::new(Table::Sorties, "sortie_id", id.as_str()).and("entry", entry)
}

pub(super) fn participant_key(id: &SortieId, who: BeneficiaryId) -> Key {
    key(id, &format!("{YOUNG}{who}"))
}

pub(super) fn step_key(id: &SortieId, step: StepId) -> Key {
    key(id, &format!("{LOG}{step}"))
}

pub(super) fn day_key(day: ParisDay, id: &SortieId) -> String {
    format!("{}#{}", day.iso(), id.as_str())
}

#[derive(Serialize, Deserialize)]
pub(super) struct HeadItem {
    pub(super) sortie_id: SortieId,
    pub(super) version: u32,
    pub(super) establishment_id: EstablishmentId,
    pub(super) establishment_name: Line,
    pub(super) partner_id: PartnerId,
    pub(super) partner_name: Line,
    pub(super) title: Line,
    pub(super) day: ParisDay,
    pub(super) price_cents: Price,
    pub(super) expected: Expected,
    pub(super) state: Phase,
    pub(super) state_at: Timestamp,
    pub(super) joined: u32,
    pub(super) absent: u32,
    pub(super) voucher: Option<VoucherNumber>,
    pub(super) transaction_id: Option<TransactionId>,
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
    /// The partner's comment, or the reason for the cancellation.
    remark: Option<Paragraph>,
}

pub(super) fn head_item(of: &Sortie) -> Item {
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

/// The work that is due for an outing and its day, from the moment at which it entered its state.
pub(super) fn due(of: &Sortie) -> Option<(Due, ParisDay)> {
    let since = ParisDay::of(of.state.at());
    match of.state.phase() {
        Phase::Cancelled => Some((Due::Release, since)),
        _ => of.reminder_after(since).map(|(day, _)| (Due::Reminder, day)),
    }
}

pub(super) fn sheet_item(of: &Sortie) -> Item {
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

pub(super) fn sortie(head: Item, sheet: Item) -> Result<Sortie, StoreError> {
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

pub(super) fn participant_item(of: &Sortie, who: &Participant) -> Item {
    let mut item = to_item(who);
    item.extend(participant_key(&of.id, who.beneficiary).attributes());
    item.insert("beneficiary_id".into(), text(who.beneficiary));
    item.insert("day_key".into(), text(day_key(of.sheet.day, &of.id)));
    item
}

pub(super) fn step_item(id: &SortieId, step: &Step) -> Item {
    let mut item = to_item(step);
    item.extend(step_key(id, step.id).attributes());
    item
}

#[cfg(test)]
pub(super) mod tests {
    use epass_domain::Presence;

    use super::super::lists::line;
    use super::*;

    pub(in crate::sorties) fn pending() -> Sortie {
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
}
