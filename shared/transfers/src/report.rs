//! The bank's report on an order: `pain.002`, of any version since 001.03 (ISO 20022).

use std::collections::HashSet;

use epass_domain::{BankReport, BankStatus, Fault, TransferReport};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::encoding::decoded;

/// The largest report that is accepted: 20 MB.
pub const MAX_REPORT_BYTES: usize = 20 * 1024 * 1024;
/// The deepest nesting of elements; `pain.002` needs a dozen.
const MAX_DEPTH: usize = 32;
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.";

/// The status of a code; none if the code is unknown.
fn status_of(code: &str) -> Option<BankStatus> {
    Some(match code {
        "RCVD" | "PDNG" | "PATC" | "ACTC" | "ACCP" | "ACSP" | "ACWC" | "ACWP" | "ACFC" | "PRES" | "BLCK" => {
            BankStatus::Accepted
        }
        "ACSC" | "ACCC" => BankStatus::Settled,
        "RJCT" | "CANC" => BankStatus::Rejected,
        "PART" => BankStatus::Partly,
        _ => return None,
    })
}

const NOT_XML: Fault = Fault::new(
    "report_not_xml",
    "Ce fichier n’est pas un document XML lisible : joignez celui de la banque, tel quel.",
);

/// Reads a report, all of it or none: no entity is resolved, nothing is loaded.
///
/// # Errors
/// `report_too_large` over [`MAX_REPORT_BYTES`]; `report_encoding` for an encoding that is not supported, or differs
/// from the declared one; `report_not_xml`; `report_entities` for a document type or an entity of its own;
/// `report_kind` for another kind of document; `report_incomplete` when it does not name the file, a transfer or a
/// status; `report_status` for an unknown status; `report_twice` when it reports a transfer twice, or repeats an
/// element that may occur once.
pub fn read_report(bytes: &[u8]) -> Result<BankReport, Fault> {
    if bytes.len() > MAX_REPORT_BYTES {
        return Err(Fault::new("report_too_large", "Ce fichier dépasse 20 Mo : joignez un compte rendu plus léger."));
    }
    let text = decoded(bytes)?;
    let mut reader = NsReader::from_str(&text);
    let mut reading = Reading::default();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| NOT_XML)?;
        let is_ours = matches!(namespace, ResolveResult::Bound(Namespace(name)) if name.starts_with(NAMESPACE));
        match event {
            Event::Start(start) => reading.open(start.local_name().into_inner(), is_ours)?,
            Event::Empty(start) => {
                reading.open(start.local_name().into_inner(), is_ours)?;
                reading.close()?;
            }
            Event::End(_) => reading.close()?,
            Event::Text(text) => reading.text.push_str(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => reading.text.push_str(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => reading.text.push(character(&reference)?),
            Event::DocType(_) => return Err(ENTITIES),
            Event::Eof => return reading.finish(),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// The character of one of XML's predefined references; no others are supported.
fn character(reference: &BytesRef<'_>) -> Result<char, Fault> {
    if let Some(c) = reference.resolve_char_ref().map_err(|_| NOT_XML)? {
        return Ok(c);
    }
    resolve_predefined_entity(reference).and_then(|text| text.chars().next()).ok_or(ENTITIES)
}

const ENTITIES: Fault = Fault::new(
    "report_entities",
    "Ce fichier contient une définition de document ou des entités : un compte rendu de banque n’en a pas.",
);

/// The state of the reader: what it has read so far.
#[derive(Default)]
struct Reading {
    path: Vec<String>,
    text: String,
    report: BankReport,
    group: Option<BankStatus>,
    payments: Vec<Option<BankStatus>>,
    reason: Vec<String>,
    transfer: Option<Partial>,
    known: HashSet<String>,
    has_root: bool,
}

/// A transfer whose element is still open.
#[derive(Default)]
struct Partial {
    end_to_end: Option<String>,
    status: Option<BankStatus>,
    reason: Vec<String>,
}

impl Reading {
    fn open(&mut self, name: &str, is_ours: bool) -> Result<(), Fault> {
        if self.path.is_empty() && (self.has_root || name != "Document" || !is_ours) {
            return Err(Fault::new(
                "report_kind",
                "Ce fichier n’est pas un compte rendu de virements (pain.002) : joignez celui que la banque donne en réponse au fichier.",
            ));
        }
        if self.path.len() >= MAX_DEPTH {
            return Err(NOT_XML);
        }
        self.has_root = true;
        self.path.push(name.to_owned());
        self.text.clear();
        match self.here().as_slice() {
            ["OrgnlPmtInfAndSts"] => self.payments.push(None),
            ["OrgnlPmtInfAndSts", "TxInfAndSts"] => self.transfer = Some(Partial::default()),
            _ => {}
        }
        Ok(())
    }

    /// The current path, below the report's own element.
    fn here(&self) -> Vec<&str> {
        self.path.iter().skip(2).map(String::as_str).collect()
    }

    fn close(&mut self) -> Result<(), Fault> {
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let here = self.here().join("/");
        match (here.as_str(), self.transfer.as_mut()) {
            ("OrgnlGrpInfAndSts/OrgnlMsgId", _) if self.report.original_message.is_empty() => {
                self.report.original_message = text;
            }
            ("OrgnlGrpInfAndSts/OrgnlMsgId", _) => return Err(twice("OrgnlMsgId")),
            ("OrgnlGrpInfAndSts/GrpSts", _) => once(&mut self.group, status(&text)?, "GrpSts")?,
            ("OrgnlPmtInfAndSts/PmtInfSts", _) => {
                if let Some(last) = self.payments.last_mut() {
                    once(last, status(&text)?, "PmtInfSts")?;
                }
            }
            ("OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId", Some(transfer)) => {
                once(&mut transfer.end_to_end, text, "OrgnlEndToEndId")?;
            }
            ("OrgnlPmtInfAndSts/TxInfAndSts/TxSts", Some(transfer)) => {
                once(&mut transfer.status, status(&text)?, "TxSts")?;
            }
            (
                "OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd"
                | "OrgnlGrpInfAndSts/StsRsnInf/Rsn/Prtry"
                | "OrgnlGrpInfAndSts/StsRsnInf/AddtlInf"
                | "OrgnlPmtInfAndSts/StsRsnInf/Rsn/Cd"
                | "OrgnlPmtInfAndSts/StsRsnInf/Rsn/Prtry"
                | "OrgnlPmtInfAndSts/StsRsnInf/AddtlInf",
                _,
            ) => self.reason.push(text),
            (
                "OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Cd"
                | "OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Prtry"
                | "OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/AddtlInf",
                Some(transfer),
            ) => transfer.reason.push(text),
            ("OrgnlPmtInfAndSts/TxInfAndSts", Some(_)) => self.close_transfer()?,
            _ => {}
        }
        self.path.pop().map(|_| ()).ok_or(NOT_XML)
    }

    fn close_transfer(&mut self) -> Result<(), Fault> {
        let Partial { end_to_end, status, reason } = self.transfer.take().unwrap_or_default();
        let end_to_end = end_to_end.filter(|name| !name.is_empty()).ok_or_else(|| incomplete("OrgnlEndToEndId"))?;
        // A transfer without a status of its own has the status of its payment.
        let status = status.or(self.payments.last().copied().flatten()).ok_or_else(|| incomplete("TxSts"))?;
        if !self.known.insert(end_to_end.clone()) {
            let said = format!("Ce compte rendu parle deux fois du virement « {end_to_end} ».");
            return Err(Fault::told("report_twice", said));
        }
        let reason = joined(&reason);
        self.report.transfers.push(TransferReport { end_to_end, status, reason });
        Ok(())
    }

    fn finish(mut self) -> Result<BankReport, Fault> {
        if !self.path.is_empty() || !self.has_root {
            return Err(NOT_XML);
        }
        if self.report.original_message.is_empty() {
            return Err(incomplete("OrgnlMsgId"));
        }
        let payment = if let [one] = self.payments.as_slice() { *one } else { None };
        self.report.whole = self.group.into_iter().chain(payment).collect();
        self.report.reason = joined(&self.reason);
        if self.report.whole.is_empty() && self.report.transfers.is_empty() {
            return Err(incomplete("GrpSts"));
        }
        Ok(self.report)
    }
}

fn status(code: &str) -> Result<BankStatus, Fault> {
    let unknown = || Fault::told("report_status", format!("Le statut « {code} » de ce compte rendu n’existe pas."));
    status_of(code).ok_or_else(unknown)
}

fn joined(reason: &[String]) -> Option<String> {
    Some(reason.join(", ")).filter(|reason| !reason.is_empty())
}

/// Stores an element's value; an element may occur once.
fn once<T>(said: &mut Option<T>, text: T, element: &str) -> Result<(), Fault> {
    if said.replace(text).is_none() { Ok(()) } else { Err(twice(element)) }
}

fn twice(element: &str) -> Fault {
    Fault::told("report_twice", format!("Ce compte rendu dit deux fois « {element} », où il le dit une fois au plus."))
}

fn incomplete(element: &str) -> Fault {
    Fault::told("report_incomplete", format!("Ce compte rendu est incomplet : il manque « {element} »."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(version: &str, body: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}\"><CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId></GrpHdr>{body}</CstmrPmtStsRpt></Document>"
        )
    }

    fn group(status: &str) -> String {
        format!(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>EPASS-1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{status}</OrgnlGrpInfAndSts>"
        )
    }

    fn transfer(name: &str, status: &str) -> String {
        format!("<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId>{status}</TxInfAndSts>")
    }

    fn payment(inside: &str) -> String {
        format!("<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>{inside}</OrgnlPmtInfAndSts>")
    }

    fn code(text: &str) -> &'static str {
        read_report(text.as_bytes()).unwrap_err().code
    }

    #[test]
    fn a_report_of_a_rejected_transfer_says_which_and_why() {
        let reason = "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>compte clos &amp; fermé</AddtlInf></StsRsnInf>";
        let text = report(
            "10",
            &(group("<GrpSts>PART</GrpSts>")
                + &payment(&(transfer("A", reason) + &transfer("B", "<TxSts>ACSC</TxSts>")))),
        );
        let read = read_report(text.as_bytes()).unwrap();
        assert_eq!((read.original_message.as_str(), read.whole), ("EPASS-1", vec![BankStatus::Partly]));
        assert_eq!(read.transfers[0].reason.as_deref(), Some("AC04, compte clos & fermé"));
        assert_eq!(
            read.transfers.iter().map(|one| one.status).collect::<Vec<_>>(),
            [BankStatus::Rejected, BankStatus::Settled]
        );
    }

    #[test]
    fn every_version_is_read_with_or_without_a_prefix_and_a_mark() {
        for version in ["03", "09", "10", "13"] {
            let text = report(version, &(group("") + &payment("<PmtInfSts>ACSC</PmtInfSts>")));
            let prefixed = text
                .replace("</", "</b:")
                .replace("<Doc", "<b:Doc")
                .replace("<Cst", "<b:Cst")
                .replace("<Gr", "<b:Gr")
                .replace("<Ms", "<b:Ms")
                .replace("<Org", "<b:Org")
                .replace("<Pm", "<b:Pm")
                .replace("xmlns=", "xmlns:b=");
            for text in [text.clone(), format!("\u{FEFF}{text}"), prefixed] {
                assert_eq!(read_report(text.as_bytes()).unwrap().whole, [BankStatus::Settled], "{text}");
            }
        }
    }

    #[test]
    fn a_transfer_without_a_status_has_its_payments() {
        let text = report("03", &(group("") + &payment(&format!("<PmtInfSts>RJCT</PmtInfSts>{}", transfer("A", "")))));
        assert_eq!(read_report(text.as_bytes()).unwrap().transfers[0].status, BankStatus::Rejected);
    }

    #[test]
    fn what_the_group_and_its_payment_say_is_read_with_the_reason() {
        let reason = "<StsRsnInf><Rsn><Cd>AM05</Cd></Rsn><AddtlInf>Doublon</AddtlInf></StsRsnInf>";
        let text =
            report("10", &(group(&format!("<GrpSts>ACSC</GrpSts>{reason}")) + &payment("<PmtInfSts>RJCT</PmtInfSts>")));
        let read = read_report(text.as_bytes()).unwrap();
        assert_eq!(read.whole, [BankStatus::Settled, BankStatus::Rejected]);
        assert_eq!(read.reason.as_deref(), Some("AM05, Doublon"));
    }

    #[test]
    fn what_can_be_said_once_is_not_said_twice() {
        let both = |element: &str| format!("<{element}>RJCT</{element}><{element}>ACSC</{element}>");
        let message = "<OrgnlGrpInfAndSts><OrgnlMsgId>EPASS-2</OrgnlMsgId><OrgnlMsgId>EPASS-1</OrgnlMsgId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts>";
        let bodies = [
            group(&both("GrpSts")),
            group("") + &payment(&both("PmtInfSts")),
            group("") + &payment(&transfer("A", &both("TxSts"))),
            message.to_owned(),
        ];
        for body in bodies {
            assert_eq!(code(&report("10", &body)), "report_twice", "{body}");
        }
    }

    #[test]
    fn what_is_no_report_is_refused_by_name() {
        let whole = report("10", &(group("<GrpSts>ACSC</GrpSts>")));
        assert!(read_report(whole.as_bytes()).is_ok());
        for text in ["", "PDF", "<a>", "<a></b>", &whole[..whole.len() - 3], "<Document", "\u{0}"] {
            assert!(["report_not_xml", "report_kind"].contains(&code(text)), "{text}");
        }
        assert_eq!(code(&whole.replace("pain.002", "pain.001")), "report_kind");
        assert_eq!(code("<Document/>"), "report_kind");
        assert_eq!(code(&report("10", &group(""))), "report_incomplete");
        assert_eq!(
            code(&report("10", "<OrgnlGrpInfAndSts><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts>")),
            "report_incomplete"
        );
        assert_eq!(code(&report("10", &group("<GrpSts>OK</GrpSts>"))), "report_status");
        let twice = transfer("A", "<TxSts>RJCT</TxSts>") + &transfer("A", "<TxSts>ACSC</TxSts>");
        assert_eq!(code(&report("10", &(group("") + &payment(&twice)))), "report_twice");
        assert_eq!(
            code(&report("10", &(group("") + &payment(&transfer("", "<TxSts>RJCT</TxSts>"))))),
            "report_incomplete"
        );
        assert_eq!(read_report(b"\xFF\xFE<").unwrap_err().code, "report_encoding");
    }

    #[test]
    fn entities_and_document_types_are_refused_and_nothing_is_loaded() {
        let whole = report("10", &group("<GrpSts>ACSC</GrpSts>"));
        let doctype = |inside: &str| whole.replace("?>\n", &format!("?><!DOCTYPE Document [{inside}]>"));
        for inside in ["", "<!ENTITY a \"b\">", "<!ENTITY a SYSTEM \"file:///etc/passwd\">"] {
            assert_eq!(code(&doctype(inside)), "report_entities");
        }
        assert_eq!(code(&whole.replace("EPASS-1", "&secret;")), "report_entities");
        assert_eq!(read_report(whole.replace("EPASS-1", "A&#45;1").as_bytes()).unwrap().original_message, "A-1");
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_refused() {
        assert_eq!(read_report(&vec![b' '; MAX_REPORT_BYTES + 1]).unwrap_err().code, "report_too_large");
        assert_eq!(code(&report("10", &"<a>".repeat(100))), "report_not_xml");
    }

    proptest! {
        #[test]
        fn any_bytes_are_either_a_report_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_report(&bytes);
        }

        #[test]
        fn a_report_with_one_character_changed_is_either_read_or_refused(place in 0..400_usize, to in any::<char>()) {
            let whole = report("10", &(group("<GrpSts>PART</GrpSts>") + &payment(&transfer("A", "<TxSts>RJCT</TxSts>"))));
            let changed: String = whole.chars().enumerate().map(|(n, c)| if n == place { to } else { c }).collect();
            let _ = read_report(changed.as_bytes());
        }
    }
}
