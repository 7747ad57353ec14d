//! The refusals of the batch and statement rules.

use crate::ParisDay;

/// A refusal by the rules of batches. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchRefusal {
    /// The week is not over yet.
    #[error("Cette semaine n’est pas terminée : son lot se fait après le {0}.")]
    WeekNotOver(ParisDay),
    /// The week lies before the scheme began, so that it has no batch.
    #[error("Il n’y a pas de lot à faire pour cette semaine.")]
    NotDue,
    /// Only a batch that the audit stopped can be resumed.
    #[error("Ce lot n’est pas arrêté : il n’y a rien à reprendre.")]
    NotStopped,
    /// The batch has no file: it is not complete, or pays nobody.
    #[error("Ce lot n’a pas de fichier de virements.")]
    NoFile,
    /// The bank has answered about the file, so that its notes cannot be undone.
    #[error("La banque a déjà répondu au sujet de ce lot : ce qui est noté ne se reprend plus.")]
    BankAnswered,
    /// The file was sent to the bank, so that it cannot be replaced.
    #[error("Ce fichier est noté comme envoyé à la banque : il ne peut plus être remplacé.")]
    FileSent,
    /// The execution day of the file still lies ahead.
    #[error("Ce fichier demande une exécution le {0}, un jour à venir : il n’y a rien à refaire.")]
    FileStillGood(ParisDay),
}

impl BatchRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WeekNotOver(_) => "week_not_over",
            Self::NotDue => "no_batch_due",
            Self::NotStopped => "batch_not_stopped",
            Self::NoFile => "no_bank_file",
            Self::BankAnswered => "bank_answered",
            Self::FileSent => "file_sent",
            Self::FileStillGood(_) => "file_still_good",
        }
    }
}

/// A refusal by the rules of statements. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefusal {
    /// The statement has no pending or paid order at the bank.
    #[error("Ce relevé n’a pas de virement en cours.")]
    NotOrdered,
    /// The statement does not wait for the team's decision.
    #[error("Ce relevé n’attend pas d’être remis au prochain lot.")]
    NotRejected,
    /// The bank does not contradict itself about this order.
    #[error("Ce virement n’est pas à vérifier.")]
    NotToCheck,
    /// The batch's file was not noted as sent, so that no answer of the bank can be noted.
    #[error(
        "Le fichier de ce lot n’est pas noté comme envoyé à la banque : notez d’abord l’envoi, sur la page du lot."
    )]
    FileNotSent,
    /// The statement has changed since the page was shown.
    #[error("Ce relevé a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    Changed,
}

impl StatementRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOrdered => "transfer_not_ordered",
            Self::NotRejected => "transfer_not_rejected",
            Self::NotToCheck => "transfer_not_to_check",
            Self::FileNotSent => "file_not_sent",
            Self::Changed => "statement_changed",
        }
    }
}
