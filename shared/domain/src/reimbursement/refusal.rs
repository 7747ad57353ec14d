//! Why the rules of batches and of statements say no.

use crate::ParisDay;

/// Why the rules of batches refuse what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchRefusal {
    /// A batch closes a week that is over.
    #[error("Cette semaine n’est pas terminée : son lot se fait après le {0}.")]
    WeekNotOver(ParisDay),
    /// Weeks before the scheme began have no batch.
    #[error("Il n’y a pas de lot à faire pour cette semaine.")]
    NotDue,
    /// Only a batch that the audit stopped begins again.
    #[error("Ce lot n’est pas arrêté : il n’y a rien à reprendre.")]
    NotStopped,
    /// The batch is not made yet, or pays nobody.
    #[error("Ce lot n’a pas de fichier de virements.")]
    NoFile,
    /// The bank spoke of the file: what was noted of it stays.
    #[error("La banque a déjà répondu au sujet de ce lot : ce qui est noté ne se reprend plus.")]
    BankAnswered,
    /// A file that was given to the bank is not replaced.
    #[error("Ce fichier est noté comme envoyé à la banque : il ne peut plus être remplacé.")]
    FileSent,
    /// The day of the file is still to come.
    #[error("Ce fichier demande une exécution le {0}, un jour à venir : il n’y a rien à refaire.")]
    FileStillGood(ParisDay),
}

impl BatchRefusal {
    /// The word for machines; it never changes.
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

/// Why the rules of statements refuse what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefusal {
    /// No order of this statement stands at the bank.
    #[error("Ce relevé n’a pas de virement en cours.")]
    NotOrdered,
    /// The statement does not wait for the team.
    #[error("Ce relevé n’attend pas d’être remis au prochain lot.")]
    NotRejected,
    /// The bank does not contradict itself about this order.
    #[error("Ce virement n’est pas à vérifier.")]
    NotToCheck,
    /// What the bank says of an order is noted once its file was given to the bank.
    #[error(
        "Le fichier de ce lot n’est pas noté comme envoyé à la banque : notez d’abord l’envoi, sur la page du lot."
    )]
    FileNotSent,
    /// Somebody changed the statement since the page was shown.
    #[error("Ce relevé a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    Changed,
}

impl StatementRefusal {
    /// The word for machines; it never changes.
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
