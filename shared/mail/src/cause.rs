//! The reason why a mail was not sent: what the mailer stores about a failure, and what the team reads.

/// The kind of a failure to send; it never holds an address or a text of SES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The account is in the SES sandbox and the recipient is not verified, or the sender is not verified.
    Unverified,
    /// The daily quota is used up.
    Quota,
    /// Too many mails per second.
    Rate,
    /// SES paused or suspended the account's sending.
    Paused,
    /// The function may not send: credentials, permissions or an account setting.
    Forbidden,
    /// No answer: a time-out or a network error.
    Unreachable,
    /// An internal error of SES (5xx).
    Trouble,
    /// The address cannot receive mail.
    Address,
    /// SES rejects the message.
    Message,
    /// The stored letter cannot be parsed: a later version wrote it.
    Letter,
    /// An SES error code that this version does not know.
    Unknown,
}

/// What happens to a mail after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The cause ends by itself or by an action of the team: the mail waits, and the failure does not count as an
    /// attempt.
    Passes,
    /// The cause may be temporary or not: each failure counts as an attempt, and the last one sets the mail aside.
    Counts,
    /// A retry is useless.
    Final,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 11] = [
        Self::Unverified,
        Self::Quota,
        Self::Rate,
        Self::Paused,
        Self::Forbidden,
        Self::Unreachable,
        Self::Trouble,
        Self::Address,
        Self::Message,
        Self::Letter,
        Self::Unknown,
    ];

    /// The code, as stored and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Quota => "quota",
            Self::Rate => "rate",
            Self::Paused => "paused",
            Self::Forbidden => "forbidden",
            Self::Unreachable => "unreachable",
            Self::Trouble => "trouble",
            Self::Address => "address",
            Self::Message => "message",
            Self::Letter => "letter",
            Self::Unknown => "unknown",
        }
    }

    /// The cause of this code; [`Cause::Unknown`] for a code that this version does not know.
    pub fn read(code: &str) -> Self {
        Self::ALL.into_iter().find(|cause| cause.code() == code).unwrap_or(Self::Unknown)
    }

    /// What happens to the mail.
    pub const fn fate(self) -> Fate {
        match self {
            Self::Unverified
            | Self::Quota
            | Self::Rate
            | Self::Paused
            | Self::Forbidden
            | Self::Unreachable
            | Self::Trouble => Fate::Passes,
            Self::Unknown => Fate::Counts,
            Self::Address | Self::Message | Self::Letter => Fate::Final,
        }
    }

    /// Whether the cause affects every mail, whatever its recipient.
    pub const fn is_of_all(self) -> bool {
        matches!(self, Self::Quota | Self::Rate | Self::Paused | Self::Forbidden | Self::Unreachable)
    }

    /// The French label for the team.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unverified => "Adresse non vérifiée : le service d’envoi est en mode d’essai",
            Self::Quota => "Quota d’envoi du jour atteint",
            Self::Rate => "Trop de mails à la seconde",
            Self::Paused => "Envoi suspendu par le service d’envoi",
            Self::Forbidden => "Envoi non autorisé : réglage ou droits à corriger",
            Self::Unreachable => "Service d’envoi injoignable",
            Self::Trouble => "Panne du service d’envoi",
            Self::Address => "Adresse refusée",
            Self::Message => "Message rejeté par le service d’envoi",
            Self::Letter => "Message illisible : écrit par une autre version de l’application",
            Self::Unknown => "Autre cause",
        }
    }

    /// What the team can do about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Unverified => {
                "Demandez la sortie du mode d’essai (SES, « production access ») ou vérifiez l’adresse d’envoi. Les mails partent d’eux-mêmes ensuite."
            }
            Self::Quota => {
                "Les mails partent d’eux-mêmes quand le quota se libère. S’il est trop bas, demandez son relèvement."
            }
            Self::Rate | Self::Unreachable | Self::Trouble => {
                "Rien à faire : les mails partent d’eux-mêmes, de nouveaux essais ont lieu."
            }
            Self::Paused => {
                "Voyez la console SES : la cause y est écrite. Une fois l’envoi rétabli, les mails partent d’eux-mêmes."
            }
            Self::Forbidden => "Faites vérifier les droits de la fonction d’envoi et la configuration du compte.",
            Self::Address => "Vérifiez l’adresse avec la personne, puis renvoyez ou prévenez-la autrement.",
            Self::Message => "Signalez-le au support technique, puis renvoyez après correction.",
            Self::Letter => "Renvoyez après la mise à jour de l’application.",
            Self::Unknown => "Renvoyez ; si l’échec se répète, signalez-le au support technique.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_reads_back_and_words_of_before_are_unknown() {
        for cause in Cause::ALL {
            assert_eq!(Cause::read(cause.code()), cause);
        }
        assert_eq!(Cause::read("MessageRejected"), Cause::Unknown);
    }

    #[test]
    fn what_concerns_everybody_passes() {
        assert!(Cause::ALL.into_iter().filter(|cause| cause.is_of_all()).all(|cause| cause.fate() == Fate::Passes));
    }
}
