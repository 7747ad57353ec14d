//! Why a mail does not leave: what the mailer stores of a refusal, and what the team reads of it.

/// The kind of a refusal; never an address nor a text of SES's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The account is in SES's sandbox and the recipient is not verified, or the sender is not.
    Unverified,
    /// The day's quota is used up.
    Quota,
    /// Too many mails in a second.
    Rate,
    /// SES paused or suspended the account's sending.
    Paused,
    /// The function may not send: credentials, permissions, a setting of the account.
    Forbidden,
    /// No answer: time-out, network.
    Unreachable,
    /// SES failed inside (5xx).
    Trouble,
    /// No mail can be sent to the address.
    Address,
    /// SES rejects the message.
    Message,
    /// The stored letter cannot be read: a later version wrote it.
    Letter,
    /// A word of SES's that this version does not know.
    Unknown,
}

/// What follows a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It passes by itself or by the team's hand: the mail waits, and the refusal is no attempt.
    Passes,
    /// Nobody knows: each refusal is an attempt, and the last one sets the mail aside.
    Counts,
    /// Trying again is of no use.
    Final,
}

impl Cause {
    /// All of them.
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

    /// The word at rest and in JSON.
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

    /// The cause of this word; [`Cause::Unknown`] for one that an earlier version stored.
    pub fn read(code: &str) -> Self {
        Self::ALL.into_iter().find(|cause| cause.code() == code).unwrap_or(Self::Unknown)
    }

    /// What follows.
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

    /// Whether the next mail, whoever it is for, would meet the same.
    pub const fn is_of_all(self) -> bool {
        matches!(self, Self::Quota | Self::Rate | Self::Paused | Self::Forbidden | Self::Unreachable)
    }

    /// What it is, for the team.
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
