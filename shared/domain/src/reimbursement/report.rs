//! The bank's report on a file: which file it is about, whether the bank accepted the file, and the status of each
//! transfer.

use std::collections::HashSet;

use crate::{BankFile, BankReason, BankWord, Batch, Fault, Line, Statement};

/// The bank's answers about a file and about single transfers in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankReport {
    /// *OrgnlMsgId*: the file that it is about.
    pub original_message: String,
    /// The status of the file as a whole: its *GrpSts* and the *PmtInfSts* of its one payment, if given. They may
    /// contradict each other.
    pub whole: Vec<BankStatus>,
    /// The reason given for the whole file.
    pub reason: Option<String>,
    /// The transfers that the report names.
    pub transfers: Vec<TransferReport>,
}

/// The bank's answer about one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferReport {
    /// *OrgnlEndToEndId*.
    pub end_to_end: String,
    /// *TxSts*.
    pub status: BankStatus,
    /// The reason code and its additional text, such as `AC04, compte clos`.
    pub reason: Option<String>,
}

/// The status of an order (ISO 20022, *ExternalPaymentTransactionStatus1Code*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankStatus {
    /// Pending or held: `RCVD`, `PDNG`, `PATC`, `ACTC`, `ACCP`, `ACSP`, `ACWC`, `ACWP`, `ACFC`, `PRES`, `BLCK`.
    Accepted,
    /// Executed: `ACSC`, `ACCC`.
    Settled,
    /// `RJCT`; `CANC`, recalled before it was executed.
    Rejected,
    /// `PART`: some transfers are accepted, and some are not.
    Partly,
}

impl BankReport {
    /// Checks that the report is about the current file of this batch.
    ///
    /// # Errors
    /// `report_of_replaced_file`, `report_of_another_batch`.
    pub fn is_about(&self, batch: &Batch) -> Result<(), Fault> {
        let message = batch.message().unwrap_or_default();
        let named = &self.original_message;
        let replaced = batch.replaced.iter().any(|file| BankFile::message(batch.week, file.execution_day) == *named);
        if replaced {
            let said = format!(
                "Ce compte rendu parle du fichier « {named} », que « {message} » a remplacé : il n’aurait pas dû être transmis. Rien n’est changé. Voyez avec la banque si les deux fichiers lui sont parvenus : ils paieraient deux fois."
            );
            return Err(Fault::told("report_of_replaced_file", said));
        }
        if *named != message {
            let said = format!("Ce compte rendu est celui du fichier « {named} », et non de « {message} ».");
            return Err(Fault::told("report_of_another_batch", said));
        }
        Ok(())
    }

    /// Checks that the bank accepted the file, so that the report can be applied transfer by transfer. A file that was
    /// rejected as a whole is transmitted again; but if any of its transfers is known to be executed, the bank
    /// contradicts itself, and nothing may be transmitted before a person has asked the bank. A report that names every
    /// transfer is applied to each of them.
    ///
    /// # Errors
    /// `file_rejected`, with what to do about it.
    pub fn took_the_file(&self, batch: &Batch, statements: &[Statement]) -> Result<(), Fault> {
        if !self.whole.contains(&BankStatus::Rejected) {
            return Ok(());
        }
        let orders = || statements.iter().flat_map(|statement| statement.orders_in(batch.week));
        let named: HashSet<&str> = self.transfers.iter().map(|one| one.end_to_end.as_str()).collect();
        let names_all = orders().all(|(reference, _)| named.contains(reference.code().as_str()));
        let mut statuses = self.whole.iter().chain(self.transfers.iter().map(|one| &one.status));
        let says_executed = statuses.any(|status| *status == BankStatus::Settled);
        if names_all && !says_executed {
            return Ok(());
        }
        let known = orders().filter(|(_, order)| order.was_executed()).count();
        let fault = |text: String| Err(Fault::told("file_rejected", text));
        if batch.is_paid() || known > 0 || says_executed {
            let said = match known {
                _ if says_executed => {
                    "dit aussi, dans ce même compte rendu, que des virements sont exécutés".to_owned()
                }
                0 => "a débité ce lot, noté payé : le fichier a pu lui être transmis deux fois".to_owned(),
                1 => "a dit qu’un virement de ce fichier est exécuté".to_owned(),
                _ => format!("a dit que {known} virements de ce fichier sont exécutés"),
            };
            return fault(format!(
                "La banque dit avoir refusé le fichier entier, mais elle {said}. Rien n’est changé. Ne transmettez rien de nouveau avant de savoir d’elle ce qu’il en est : des partenaires pourraient être payés deux fois."
            ));
        }
        let mut reasons = self.reason.iter().chain(self.transfers.iter().filter_map(|one| one.reason.as_ref()));
        let reason = reasons.find_map(|reason| of_bank(reason));
        let reason =
            reason.map_or_else(String::new, |reason| format!(" Motif : {}.", BankReason::of(&reason).sentence()));
        fault(format!(
            "La banque a refusé le fichier entier, aucun virement n’est parti.{reason} Rien n’est changé : transmettez de nouveau le même fichier une fois la cause levée."
        ))
    }

    /// The answer that applies to every transfer of the file: executed; or pending, if no answer is final. A rejection
    /// of the whole file is not applied transfer by transfer ([`Self::took_the_file`]).
    pub(super) fn word_of_all(&self) -> Option<BankWord> {
        let says = |status| self.whole.contains(&status);
        match () {
            () if says(BankStatus::Settled) => Some(BankWord::Executed),
            () if says(BankStatus::Accepted) => Some(BankWord::Accepted),
            () => None,
        }
    }
}

impl TransferReport {
    /// The answer about this transfer.
    pub(super) fn word(&self) -> BankWord {
        match self.status {
            BankStatus::Settled => BankWord::Executed,
            BankStatus::Rejected => BankWord::Rejected { reason: self.reason.as_deref().and_then(of_bank) },
            BankStatus::Partly | BankStatus::Accepted => BankWord::Accepted,
        }
    }
}

/// The bank's reason, cut to the stored length.
fn of_bank(reason: &str) -> Option<Line> {
    Line::parse(&reason.chars().take(BankReason::MAX).collect::<String>(), BankReason::MAX).ok()
}
