//! The order to the bank: one file of credit transfers, `pain.001.001.09` (ISO 20022; the EPC's *Customer-to-PSP
//! implementation guidelines*, EPC132-08).

use std::io::{self, Write};

use epass_domain::{Bic, Euros, Iban, Line, ParisDay};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};

use crate::sepa::sepa_text;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
static PARIS: TimeZone = jiff::tz::get!("Europe/Paris");

/// The largest amount of one SEPA transfer: 999 999 999,99 €.
pub const MAX_TRANSFER: Euros = Euros::from_cents(99_999_999_999);
/// The longest name of a party, in characters.
const NAME: usize = 70;
/// The longest town, in characters.
const TOWN: usize = 35;
/// The longest identifier, in characters.
const IDENTIFIER: usize = 35;
/// The longest remittance text, in characters.
const REMITTANCE: usize = 140;

/// The header of one file: its id, its execution day, and the account that pays.
#[derive(Clone, Debug)]
pub struct Order {
    /// *MsgId*: unique, at most 35 of SEPA's characters.
    pub message: String,
    /// *CreDtTm*, written in the time of Paris.
    pub created_at: Timestamp,
    /// *ReqdExctnDt*: a TARGET day.
    pub execution_day: ParisDay,
    /// The account that pays.
    pub debtor: Debtor,
}

/// The account that pays the transfers.
#[derive(Clone, Debug)]
pub struct Debtor {
    /// The account's holder.
    pub name: Line,
    /// *IBAN*.
    pub iban: Iban,
    /// *BIC*.
    pub bic: Bic,
}

/// One credit transfer.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// *EndToEndId*: unique, at most 35 of SEPA's characters, no slash at its ends.
    pub end_to_end: String,
    /// More than zero, at most [`MAX_TRANSFER`].
    pub amount: Euros,
    /// The account's holder.
    pub creditor: Line,
    /// *IBAN*.
    pub iban: Iban,
    /// *BIC*.
    pub bic: Bic,
    /// A town of France, written as a structured address; without one, no address is written.
    pub town: Option<Line>,
    /// The text on the creditor's account statement.
    pub remittance: String,
}

/// The totals that a file declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// *NbOfTxs*.
    pub count: u32,
    /// *CtrlSum*.
    pub sum: Euros,
}

/// Writes a file: the same order and transfers always give the same bytes.
///
/// # Errors
/// The writer's errors; [`io::ErrorKind::InvalidInput`] without transfers, or for an identifier or an amount that SEPA
/// does not accept, which would be a bug of ours.
pub fn write(order: &Order, transfers: &[Transfer], out: impl Write) -> io::Result<Totals> {
    let identifiers = transfers.iter().map(|transfer| &transfer.end_to_end).chain([&order.message]);
    let amounts = transfers.iter().map(|transfer| transfer.amount);
    if let Some(wrong) = identifiers.into_iter().find(|identifier| !is_identifier(identifier)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{wrong} is no identifier")));
    }
    if transfers.is_empty() || amounts.clone().any(|amount| amount == Euros::ZERO || amount > MAX_TRANSFER) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "an amount is none, or there is none"));
    }
    let count = u32::try_from(transfers.len()).map_err(io::Error::other)?;
    let totals = Totals { count, sum: amounts.sum() };
    let mut file = File(Writer::new(out));
    file.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    file.element(BytesStart::new("Document").with_attributes([("xmlns", NAMESPACE)]), |file| {
        file.within("CstmrCdtTrfInitn", |file| {
            file.header(order, totals)?;
            file.within("PmtInf", |file| {
                file.payment(order, totals)?;
                transfers.iter().try_for_each(|transfer| file.transfer(transfer))
            })
        })
    })?;
    Ok(totals)
}

/// Whether a text is an identifier by EPC132-08 (1.3): short, in SEPA's characters, no slash at the ends nor two in a
/// row.
fn is_identifier(text: &str) -> bool {
    (1..=IDENTIFIER).contains(&text.len())
        && text.chars().all(crate::sepa::is_sepa)
        && !text.starts_with('/')
        && !text.ends_with('/')
        && !text.contains("//")
}

struct File<W: Write>(Writer<W>);

impl<W: Write> File<W> {
    fn element(&mut self, start: BytesStart<'_>, inside: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let end = start.to_end().into_owned();
        self.0.write_event(Event::Start(start))?;
        inside(self)?;
        self.0.write_event(Event::End(end))
    }

    fn within(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.element(BytesStart::new(name), inside)
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.within(name, |file| file.0.write_event(Event::Text(BytesText::new(text))))
    }

    fn header(&mut self, order: &Order, totals: Totals) -> io::Result<()> {
        self.within("GrpHdr", |file| {
            file.text("MsgId", &order.message)?;
            let created = PARIS.to_datetime(order.created_at);
            file.text("CreDtTm", &created.strftime("%Y-%m-%dT%H:%M:%S").to_string())?;
            file.totals(totals)?;
            file.within("InitgPty", |file| file.text("Nm", &sepa_text(order.debtor.name.as_str(), NAME)))
        })
    }

    fn totals(&mut self, totals: Totals) -> io::Result<()> {
        self.text("NbOfTxs", &totals.count.to_string())?;
        self.text("CtrlSum", &decimal(totals.sum))
    }

    /// Writes the fields that all transfers share.
    fn payment(&mut self, order: &Order, totals: Totals) -> io::Result<()> {
        self.text("PmtInfId", &order.message)?;
        self.text("PmtMtd", "TRF")?;
        // One entry for the whole file on the debtor's account statement, because the debtor checks whole batches.
        self.text("BtchBookg", "true")?;
        self.totals(totals)?;
        self.within("PmtTpInf", |file| file.within("SvcLvl", |file| file.text("Cd", "SEPA")))?;
        self.within("ReqdExctnDt", |file| file.text("Dt", &order.execution_day.iso()))?;
        self.within("Dbtr", |file| file.text("Nm", &sepa_text(order.debtor.name.as_str(), NAME)))?;
        self.account("DbtrAcct", &order.debtor.iban)?;
        self.agent("DbtrAgt", &order.debtor.bic)?;
        self.text("ChrgBr", "SLEV")
    }

    fn transfer(&mut self, transfer: &Transfer) -> io::Result<()> {
        self.within("CdtTrfTxInf", |file| {
            file.within("PmtId", |file| file.text("EndToEndId", &transfer.end_to_end))?;
            file.within("Amt", |file| {
                let amount = BytesStart::new("InstdAmt").with_attributes([("Ccy", "EUR")]);
                file.element(amount, |file| file.0.write_event(Event::Text(BytesText::new(&decimal(transfer.amount)))))
            })?;
            file.agent("CdtrAgt", &transfer.bic)?;
            file.within("Cdtr", |file| {
                file.text("Nm", &sepa_text(transfer.creditor.as_str(), NAME))?;
                transfer.town.iter().try_for_each(|town| {
                    file.within("PstlAdr", |file| {
                        file.text("TwnNm", &sepa_text(town.as_str(), TOWN))?;
                        file.text("Ctry", "FR")
                    })
                })
            })?;
            file.account("CdtrAcct", &transfer.iban)?;
            file.within("RmtInf", |file| file.text("Ustrd", &sepa_text(&transfer.remittance, REMITTANCE)))
        })
    }

    fn account(&mut self, name: &str, iban: &Iban) -> io::Result<()> {
        self.within(name, |file| file.within("Id", |file| file.text("IBAN", iban.as_str())))
    }

    fn agent(&mut self, name: &str, bic: &Bic) -> io::Result<()> {
        self.within(name, |file| file.within("FinInstnId", |file| file.text("BICFI", bic.as_str())))
    }
}

/// The amount in XML: `1234.50`.
fn decimal(amount: Euros) -> String {
    let cents = amount.cents();
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    fn order() -> Order {
        Order {
            message: "EPASS-2026-W47-2026-11-24".into(),
            created_at: "2026-11-23T04:00:00+01:00".parse().unwrap(),
            execution_day: ParisDay::parse("2026-11-24").unwrap(),
            debtor: Debtor {
                name: line("Région Provence-Alpes-Côte d’Azur"),
                iban: Iban::french(30_001, 512, 0),
                bic: Bic::parse("BDFEFRPPCCT").unwrap(),
            },
        }
    }

    fn transfer(end_to_end: &str, cents: u64) -> Transfer {
        Transfer {
            end_to_end: end_to_end.into(),
            amount: Euros::from_cents(cents),
            creditor: line("L’Œil & Cie <Arles>"),
            iban: Iban::french(30_006, 1, 12_345),
            bic: Bic::parse("AGRIFRPP").unwrap(),
            town: Some(line("Châteaurenard")),
            remittance: "e-PASS JEUNES relevé 2026-W47-12345678".into(),
        }
    }

    fn written(transfers: &[Transfer]) -> String {
        let mut bytes = Vec::new();
        write(&order(), transfers, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_file_of_two_transfers_reads_as_the_bank_expects() {
        let without_town = Transfer { town: None, ..transfer("2026-W47-12345679", 1) };
        let text = written(&[transfer("2026-W47-12345678", 123_450), without_town]);
        let expected = include_str!("../tests/two-transfers.xml");
        assert_eq!(text.replace("><", ">\n<"), expected.trim_end());
    }

    #[test]
    fn what_is_stated_is_the_number_and_the_sum_of_the_transfers() {
        let transfers = [transfer("a", 1), transfer("b", 9_999_999), transfer("c", 50)];
        let totals = write(&order(), &transfers, io::sink()).unwrap();
        assert_eq!(totals, Totals { count: 3, sum: Euros::from_cents(10_000_050) });
        assert_eq!(written(&transfers).matches("<CtrlSum>100000.50</CtrlSum>").count(), 2);
    }

    #[test]
    fn no_file_carries_nothing_or_what_no_bank_takes() {
        let long = "x".repeat(36);
        for identifier in ["", "/a", "a/", "a//b", "é", long.as_str()] {
            assert!(write(&order(), &[transfer(identifier, 1)], io::sink()).is_err(), "{identifier}");
        }
        assert!(write(&order(), &[], io::sink()).is_err());
        assert!(write(&order(), &[transfer("a", 0)], io::sink()).is_err());
        assert!(write(&order(), &[transfer("a", MAX_TRANSFER.cents() + 1)], io::sink()).is_err());
    }
}
