//! `Refusal`: the rules say no. One sentence each, in the reader's French, and a stable word for machines.

use crate::{Envelope, Euros, Ineligible, ParisDay, Party, Phase};

/// Why a rule refuses what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The partner has no validated convention (guide §4, nota; §7.1).
    #[error(
        "Votre convention n’est pas validée : aucune transaction, aucun bon plan ni aucune sortie n’est possible pour l’instant."
    )]
    NoConvention,
    /// The convention does not name this envelope (guide §7.1, nota).
    #[error("Votre convention ne couvre pas la rubrique « {} ».", .0.label())]
    EnvelopeNotInConvention(Envelope),
    /// The convention names several envelopes and none was ticked.
    #[error("Cochez la rubrique qui correspond à votre activité.")]
    EnvelopeMissing,
    /// The team suspended the card.
    #[error("Cette carte est suspendue. L’équipe e-PASS JEUNES en dit la raison à qui la porte.")]
    CardSuspended,
    /// The wallet is of a campaign that has ended.
    #[error(
        "La campagne de ce portefeuille est terminée : son crédit n’est plus utilisable. Un e-PASS se renouvelle en ligne, en deux clics."
    )]
    CampaignOver,
    /// Less is left in the envelope than was asked.
    #[error("Le solde « {} » est de {available} : ce montant le dépasse.", .envelope.label())]
    BalanceTooLow {
        /// The envelope that was asked for.
        envelope: Envelope,
        /// What is left in it.
        available: Euros,
    },
    /// A voucher serves once.
    #[error("Ce voucher a déjà été utilisé.")]
    VoucherUsed,
    /// A voucher lives 30 days at most.
    #[error("Ce voucher est expiré.")]
    VoucherExpired,
    /// The voucher was made for another envelope.
    #[error("Ce voucher ne vaut que pour la rubrique « {} ».", .0.label())]
    VoucherForAnotherEnvelope(Envelope),
    /// Three vouchers at a time.
    #[error(
        "Vous avez déjà trois vouchers. Révoquez-en un, ou attendez : un voucher utilisé aujourd’hui compte jusqu’à minuit, car le partenaire peut encore annuler."
    )]
    TooManyVouchers,
    /// The desk ticket is of another day or older than a quarter of an hour.
    #[error("Cette recherche date de plus d’un quart d’heure : recherchez de nouveau le bénéficiaire.")]
    TicketExpired,
    /// The desk ticket paid something else already.
    #[error(
        "Cette recherche a déjà servi à une transaction de {amount}. Recherchez de nouveau le bénéficiaire pour en faire une autre."
    )]
    TicketUsed {
        /// What was paid with it.
        amount: Euros,
    },
    /// A transaction is cancelled once.
    #[error("Cette transaction est déjà annulée.")]
    AlreadyCancelled,
    /// Cancelling ends with the Paris day (guide §7.2).
    #[error("Une transaction ne s’annule que le jour où elle a été effectuée.")]
    CancellationDayOver,
    /// The dossier is not waiting for this decision.
    #[error("Ce dossier n’attend pas cette décision : il a changé depuis que vous l’avez ouvert.")]
    NotAwaited,
    /// Somebody changed the dossier since the page was shown.
    #[error("Ce dossier a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    DossierChanged,
    /// Another partner has this SIRET (`product.md`, *Convention*).
    #[error("Ce SIRET est déjà celui d’un partenaire inscrit. Utilisez « Identifiant oublié » ou la Hotline.")]
    SiretTaken,
    /// Another establishment has this UAI.
    #[error("Ce code UAI est déjà celui d’un établissement de la liste.")]
    UaiTaken,
    /// Somebody changed the establishment since the page was shown.
    #[error("Cet établissement a changé depuis que vous l’avez ouvert : relisez-le avant d’enregistrer.")]
    EstablishmentChanged,
    /// A rule of guide §2.3 is not met.
    #[error(transparent)]
    NotEligible(Ineligible),
    /// The link of a mail is too old.
    #[error(
        "Ce lien n’est plus valable : il a plus de 48 heures. Recommencez votre inscription, elle prend deux minutes."
    )]
    LinkExpired,
    /// The link of a mail did its work before.
    #[error(
        "Cette adresse est déjà confirmée. Si votre identifiant n’est pas encore arrivé par mail, regardez dans les courriers indésirables."
    )]
    AlreadyConfirmed,
    /// The wallet is of this campaign.
    #[error("Votre e-PASS est déjà celui de cette campagne : il n’y a rien à renouveler.")]
    NothingToRenew,
    /// A partner has ten live keys at most.
    #[error("Vous avez déjà 10 clés en service : révoquez-en une avant d’en créer une autre.")]
    TooManyTillKeys,
    /// A till's key is shown once, to whoever made it.
    #[error(
        "Cette clé est déjà créée et ne s’affiche qu’une fois. Si vous ne l’avez pas notée, révoquez-la et créez-en une autre."
    )]
    TillKeyShown,
    /// The number in hand was the card, and another took its place since.
    #[error("Cette carte a été remplacée : elle ne paie plus. Demandez la nouvelle carte du jeune, ou un voucher.")]
    CardReplaced,
    /// Somebody changed the card since the page was shown.
    #[error("Cette carte a changé depuis que vous avez ouvert la fiche : relisez-la avant de décider.")]
    CardChanged,
    /// A colleague decided otherwise about a registration.
    #[error("Un membre de l’équipe a déjà décidé de cette inscription.")]
    AlreadyDecided,
    /// The last day of the bon plan is over.
    #[error("Ce bon plan est terminé : indiquez un jour à venir.")]
    BonPlanOver,
    /// The last date of the bon plan is over: nobody comes on or off its list.
    #[error("Ce bon plan est terminé.")]
    BonPlanEnded,
    /// Its partner's convention is not in force: it stays to be read.
    #[error("Ce partenaire ne prend pas d’inscription pour l’instant. Revenez un peu plus tard.")]
    RegistrationSuspended,
    /// The team publishes nothing of a partner whose convention is not in force.
    #[error("La convention de ce partenaire n’est pas en vigueur : son bon plan ne peut pas être publié.")]
    PartnerBlocked,
    /// A change that asks for a new convention stops all sales: its author has to say yes to that.
    #[error(
        "Cette modification entraîne une nouvelle convention et suspend vos transactions, bons plans et sorties jusqu’à sa validation : confirmez-la."
    )]
    NewConventionToConfirm,
    /// Somebody changed the bon plan since the page was shown.
    #[error("Ce bon plan a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    BonPlanChanged,
    /// The bon plan is not shown, or no longer.
    #[error("Ce bon plan n’est plus proposé.")]
    NotPublished,
    /// One goes there without registering.
    #[error("Ce bon plan est sans inscription : suivez ses modalités de réservation.")]
    NoRegistration,
    /// The closing day is over.
    #[error("Les inscriptions à ce bon plan sont closes.")]
    RegistrationClosed,
    /// Below the minimum age on the first day.
    #[error("Vous n’aurez pas encore l’âge minimum de ce bon plan le jour où il a lieu.")]
    TooYoung,
    /// One registers once.
    #[error("Vous êtes déjà sur la liste de ce bon plan.")]
    AlreadyRegistered,
    /// The table of an outing's states does not allow it now to this party, who is told what is.
    #[error(fmt = in_this_state)]
    SortieState(Phase, Party),
    /// The sheet was sent again since it was read, or since the mail was written.
    #[error("La fiche de cette sortie a changé depuis : relisez-la avant de répondre.")]
    SortieChanged,
    /// The day of the outing is over.
    #[error("La date de cette sortie est passée.")]
    SortieOver,
    /// The day of the outing has not come.
    #[error("Cette sortie a lieu le {0} : elle s’encaisse à partir de ce jour.")]
    SortieNotYet(ParisDay),
    /// The outing is paid from the next campaign's credit.
    #[error(
        "Cette sortie sera réglée avec le crédit de la prochaine campagne : inscrivez-vous à partir du 1er septembre."
    )]
    SortieNextCampaign,
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
    WrongSortieVoucher,
    /// The link of a mail about an outing is too old.
    #[error("Ce lien n’est plus valable. Connectez-vous pour répondre à la demande.")]
    InvitationExpired,
    /// One joins an outing once.
    #[error("Vous avez déjà une place à cette sortie.")]
    AlreadyJoined,
    /// There is no such participant.
    #[error("Ce jeune n’est plus sur la liste de cette sortie.")]
    NotOnTheList,
    /// A batch closes a week that is over.
    #[error("Cette semaine n’est pas terminée : son lot se fait après le {0}.")]
    WeekNotOver(ParisDay),
    /// Weeks before the scheme began have no batch.
    #[error("Il n’y a pas de lot à faire pour cette semaine.")]
    NoBatchDue,
    /// Only a batch that the audit stopped begins again.
    #[error("Ce lot n’est pas arrêté : il n’y a rien à reprendre.")]
    BatchNotStopped,
    /// The batch is not made yet, or pays nobody.
    #[error("Ce lot n’a pas de fichier de virements.")]
    NoBankFile,
    /// No order of this statement stands at the bank.
    #[error("Ce relevé n’a pas de virement en cours.")]
    TransferNotOrdered,
    /// The statement does not wait for the team.
    #[error("Ce relevé n’attend pas d’être remis au prochain lot.")]
    TransferNotRejected,
    /// The bank does not contradict itself about this order.
    #[error("Ce virement n’est pas à vérifier.")]
    TransferNotToCheck,
    /// What the bank says of an order is noted once its file was given to the bank.
    #[error(
        "Le fichier de ce lot n’est pas noté comme envoyé à la banque : notez d’abord l’envoi, sur la page du lot."
    )]
    FileNotSent,
    /// The bank spoke of the file: what was noted of it stays.
    #[error("La banque a déjà répondu au sujet de ce lot : ce qui est noté ne se reprend plus.")]
    BankAnswered,
    /// A file that was given to the bank is not replaced.
    #[error("Ce fichier est noté comme envoyé à la banque : il ne peut plus être remplacé.")]
    FileSent,
    /// The day of the file is still to come.
    #[error("Ce fichier demande une exécution le {0}, un jour à venir : il n’y a rien à refaire.")]
    FileStillGood(ParisDay),
    /// Somebody changed the statement since the page was shown.
    #[error("Ce relevé a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")]
    StatementChanged,
}

/// The state of an outing, and what its reader and the others may do in it.
fn in_this_state(phase: &Phase, reader: &Party, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    write!(f, "Cette sortie est « {} ». {}", phase.label(), phase.next(*reader))
}

impl Refusal {
    /// The word for machines; it never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoConvention => "no_convention",
            Self::EnvelopeNotInConvention(_) => "envelope_not_in_convention",
            Self::EnvelopeMissing => "envelope_missing",
            Self::CardSuspended => "card_suspended",
            Self::CampaignOver => "campaign_over",
            Self::BalanceTooLow { .. } => "balance_too_low",
            Self::VoucherUsed => "voucher_used",
            Self::VoucherExpired => "voucher_expired",
            Self::VoucherForAnotherEnvelope(_) => "voucher_for_another_envelope",
            Self::TooManyVouchers => "too_many_vouchers",
            Self::TicketExpired => "ticket_expired",
            Self::TicketUsed { .. } => "ticket_used",
            Self::AlreadyCancelled => "already_cancelled",
            Self::CancellationDayOver => "cancellation_day_over",
            Self::NotAwaited => "not_awaited",
            Self::DossierChanged => "dossier_changed",
            Self::SiretTaken => "siret_taken",
            Self::UaiTaken => "uai_taken",
            Self::EstablishmentChanged => "establishment_changed",
            Self::NotEligible(rule) => rule.code(),
            Self::LinkExpired => "link_expired",
            Self::AlreadyConfirmed => "already_confirmed",
            Self::NothingToRenew => "nothing_to_renew",
            Self::TooManyTillKeys => "too_many_till_keys",
            Self::TillKeyShown => "till_key_shown",
            Self::CardReplaced => "card_replaced",
            Self::CardChanged => "card_changed",
            Self::AlreadyDecided => "already_decided",
            Self::BonPlanOver => "bon_plan_over",
            Self::BonPlanEnded => "bon_plan_ended",
            Self::RegistrationSuspended => "registration_suspended",
            Self::PartnerBlocked => "partner_blocked",
            Self::NewConventionToConfirm => "new_convention_to_confirm",
            Self::BonPlanChanged => "bon_plan_changed",
            Self::NotPublished => "not_published",
            Self::NoRegistration => "no_registration",
            Self::RegistrationClosed => "registration_closed",
            Self::TooYoung => "too_young",
            Self::AlreadyRegistered => "already_registered",
            Self::SortieState(..) => "sortie_state",
            Self::SortieChanged => "sortie_changed",
            Self::SortieOver => "sortie_over",
            Self::SortieNotYet(_) => "sortie_not_yet",
            Self::SortieNextCampaign => "sortie_next_campaign",
            Self::PartnerWithoutConvention => "partner_without_convention",
            Self::NobodyJoined => "nobody_joined",
            Self::NobodyPresent => "nobody_present",
            Self::FlatRate => "flat_rate",
            Self::WrongSortieVoucher => "wrong_sortie_voucher",
            Self::InvitationExpired => "invitation_expired",
            Self::AlreadyJoined => "already_joined",
            Self::NotOnTheList => "not_on_the_list",
            Self::WeekNotOver(_) => "week_not_over",
            Self::NoBatchDue => "no_batch_due",
            Self::BatchNotStopped => "batch_not_stopped",
            Self::NoBankFile => "no_bank_file",
            Self::TransferNotOrdered => "transfer_not_ordered",
            Self::TransferNotRejected => "transfer_not_rejected",
            Self::TransferNotToCheck => "transfer_not_to_check",
            Self::FileNotSent => "file_not_sent",
            Self::BankAnswered => "bank_answered",
            Self::FileSent => "file_sent",
            Self::FileStillGood(_) => "file_still_good",
            Self::StatementChanged => "statement_changed",
        }
    }
}
