//! The refusals of the outing rules.

use crate::{Action, Campaign, ConventionRefusal, ParisDay, Party, Phase, WalletRefusal};

/// A refusal by the rules of outings. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SortieRefusal {
    /// The table of rights does not allow the action to this party in this state; the message says what is allowed.
    #[error(fmt = in_this_state)]
    State(Phase, Party),
    /// The sheet was submitted again since it was read, or since the mail was written.
    #[error("La fiche de cette sortie a changé depuis : relisez-la avant de répondre.")]
    Changed,
    /// The day of the outing is over.
    #[error("La date de cette sortie est passée.")]
    Over,
    /// The day of the outing has not come.
    #[error("Cette sortie a lieu le {0} : elle s’encaisse à partir de ce jour.")]
    NotYet(ParisDay),
    /// The outing is paid from the credit of a campaign that has not begun.
    #[error(
        "Cette sortie sera réglée avec le crédit de la prochaine campagne : inscrivez-vous à partir du {}.",
        .0.first_day().day_and_month()
    )]
    NextCampaign(Campaign),
    /// The partner of an outing has no convention in force.
    #[error("Ce partenaire n’a pas de convention en cours : choisissez-en un autre dans CULTURO.")]
    PartnerWithoutConvention,
    /// An outing without participants cannot be validated.
    #[error("Cette sortie n’a encore aucune inscription : partagez son code avant de la valider.")]
    NobodyJoined,
    /// An outing of absentees only cannot be settled.
    #[error("Personne n’est présent : il n’y a rien à encaisser. L’établissement peut annuler la sortie.")]
    NobodyPresent,
    /// The outing is settled *au forfait* (guide §9.5).
    #[error("Cette sortie est réglée au forfait : personne n’y est déclaré absent.")]
    FlatRate,
    /// The number handed over is not the outing's.
    #[error("Ce N° de voucher n’est pas celui de cette sortie. Demandez-le à l’accompagnateur.")]
    WrongVoucher,
    /// The link of a mail about an outing has expired.
    #[error("Ce lien n’est plus valable. Connectez-vous pour répondre à la demande.")]
    InvitationExpired,
    /// The beneficiary has already joined the outing.
    #[error("Vous avez déjà une place à cette sortie.")]
    AlreadyJoined,
    /// The person is not on the list.
    #[error("Ce jeune n’est plus sur la liste de cette sortie.")]
    NotOnTheList,
    /// A refusal by the dossier and convention rules.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
    /// A refusal by the card and wallet rules.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
}

impl SortieRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State(..) => "sortie_state",
            Self::Changed => "sortie_changed",
            Self::Over => "sortie_over",
            Self::NotYet(_) => "sortie_not_yet",
            Self::NextCampaign(_) => "sortie_next_campaign",
            Self::PartnerWithoutConvention => "partner_without_convention",
            Self::NobodyJoined => "nobody_joined",
            Self::NobodyPresent => "nobody_present",
            Self::FlatRate => "flat_rate",
            Self::WrongVoucher => "wrong_sortie_voucher",
            Self::InvitationExpired => "invitation_expired",
            Self::AlreadyJoined => "already_joined",
            Self::NotOnTheList => "not_on_the_list",
            Self::Convention(refusal) => refusal.code(),
            Self::Wallet(refusal) => refusal.code(),
        }
    }
}
impl Phase {
    /// Checks that the table of rights allows an action.
    ///
    /// # Errors
    /// [`SortieRefusal::State`].
    pub fn may(self, by: Party, action: Action) -> Result<(), SortieRefusal> {
        if self.allows(by, action) { Ok(()) } else { Err(SortieRefusal::State(self, by)) }
    }
}

/// Writes the state of an outing, and what the reader and the other parties may do in it.
fn in_this_state(phase: &Phase, reader: &Party, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    write!(f, "Cette sortie est « {} ». {}", phase.label(), phase.next(*reader))
}
