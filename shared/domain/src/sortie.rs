//! The *sortie*: an outing that a school organises, that a partner confirms, and that pupils pay from their own wallets
//! (guide §9; `product.md`, *Sortie*).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::hidden_in_debug;
use crate::{
    Beneficiary, BeneficiaryId, Campaign, CardState, Email, Envelope, Establishment, EstablishmentId, Euros, Fault,
    FileNumber, Line, OutingPayer, Paragraph, ParisDay, Partner, PartnerId, Payer, Refusal, SortieId, StepId,
    Transaction, TransactionId, TransactionState, VoucherNumber, whole_number,
};

/// An outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sortie {
    /// The key, and the code by which pupils join.
    pub id: SortieId,
    /// Counts the submissions of the sheet: what was decided is decided about the version that was read.
    pub version: u32,
    /// Who organises it.
    pub establishment: EstablishmentId,
    /// What the establishment is called, as it was at the last submission.
    pub establishment_name: Line,
    /// Where the establishment's mails go, as it was at the last submission.
    pub establishment_email: Email,
    /// Who receives it.
    pub partner: PartnerId,
    /// The name under which people know the partner, as it was at the last submission.
    pub partner_name: Line,
    /// Where the partner's mails go: the referent, as it was at the last submission.
    pub partner_email: Email,
    /// The referent's name, as it was then; none in what was stored before it was kept.
    pub partner_referent: Option<Line>,
    /// What the establishment says about it.
    pub sheet: Sheet,
    /// Where it stands.
    pub state: SortieState,
    /// How many participate, absentees included.
    pub joined: u32,
    /// How many of them were declared absent.
    pub absent: u32,
}

/// What an establishment says about an outing (*fiche de sortie*, guide §9.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// *Titre de l'événement*, at most [`Sheet::TITLE`] characters.
    pub title: Line,
    /// *Description de l'événement*, at most [`Sheet::TEXT`] characters.
    pub description: Paragraph,
    /// *Date*.
    pub day: ParisDay,
    /// *Prix unitaire*.
    pub price: Price,
    /// How many are expected; more or fewer may come.
    pub expected: Expected,
    /// *Organisateur de la sortie*, at most [`Sheet::NAME`] characters.
    pub organiser: Line,
    /// *Référent du partenaire*, at most [`Sheet::NAME`] characters.
    pub referent: Line,
    /// How it is to be settled; confirming the sheet is agreeing to it (guide §9.5).
    pub terms: SettlementTerms,
}

impl Sheet {
    /// The most characters of a title.
    pub const TITLE: usize = 80;
    /// The most characters of a description, of a comment and of a reason.
    pub const TEXT: usize = 2_000;
    /// The most characters of the organiser's and of the referent's name.
    pub const NAME: usize = 100;

    /// The campaign whose credit pays for it.
    pub fn campaign(&self) -> Campaign {
        Campaign::of(self.day)
    }

    /// Reads the day of an outing: today at the earliest, and not after the next campaign.
    ///
    /// # Errors
    /// Those of [`ParisDay::parse`], `past`, `too_far`.
    pub fn parse_day(text: &str, today: ParisDay) -> Result<ParisDay, Fault> {
        let day = ParisDay::parse(text)?;
        if day < today {
            return Err(Fault::new("past", "Cette date est passée : indiquez un jour à venir."));
        }
        let next = Campaign::of(Campaign::of(today).last_day().plus_days(1));
        if day > next.last_day() {
            return Err(Fault::new(
                "too_far",
                "Cette date est trop lointaine : la prochaine campagne se termine avant.",
            ));
        }
        Ok(day)
    }
}

/// What one participant pays: more than nothing, and no more than an outing envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price(Euros);

impl Price {
    /// Reads a price for an outing of this day's campaign, or of any where the day is not known.
    ///
    /// # Errors
    /// Those of [`Euros::parse`] and [`Euros::positive`]; `above_dotation`.
    pub fn parse(text: &str, campaign: Campaign) -> Result<Self, Fault> {
        let price = Euros::parse(text)?.positive()?;
        if price > campaign.dotation(Envelope::Outing) {
            return Err(Fault::new("above_dotation", "Le prix par participant ne peut pas dépasser 10 €."));
        }
        Ok(Self(price))
    }

    /// How much.
    pub const fn euros(self) -> Euros {
        self.0
    }

    /// What several pay.
    pub fn times(self, participants: u32) -> Euros {
        Euros::from_cents(self.0.cents() * u64::from(participants))
    }
}

impl Serialize for Price {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.cents().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|cents| Self(Euros::from_cents(cents)))
    }
}

/// How many participants are expected: 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected(u16);

impl Expected {
    /// The most.
    pub const MOST: u16 = 999;

    /// Reads a number of participants.
    ///
    /// # Errors
    /// `missing` when blank; `participants` unless it is 1 to [`Expected::MOST`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        const FAULT: Fault =
            Fault::new("participants", "Indiquez un nombre entier de participants, de 1 à 999, sans signe ni virgule.");
        let count = whole_number(text, 1..=u32::from(Self::MOST), FAULT)?;
        u16::try_from(count).map_err(|_| FAULT).map(Self)
    }

    /// How many.
    pub const fn count(self) -> u16 {
        self.0
    }
}

/// How the establishment and the partner agreed to settle (guide §9.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementTerms {
    /// *Au réalisé*: absentees get their credit back.
    Actual,
    /// *Au forfait*: all who are on the list are paid for; nobody is marked absent.
    Flat,
}

impl SettlementTerms {
    /// Both, in the order of the screens.
    pub const ALL: [Self; 2] = [Self::Actual, Self::Flat];

    /// The word at rest and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Flat => "flat",
        }
    }

    /// The guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Actual => "Au réalisé : les absents gardent leur crédit",
            Self::Flat => "Au forfait : toutes les places sont réglées",
        }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// `missing` when blank, `terms` when it is neither.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "" => Err(Fault::new("missing", "Choisissez un mode de règlement.")),
            code => Self::ALL
                .into_iter()
                .find(|terms| terms.code() == code)
                .ok_or(Fault::new("terms", "Choisissez un des modes de règlement proposés.")),
        }
    }
}

/// Where an outing stands, with what belongs to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortieState {
    /// *En attente*: of the partner's answer.
    Pending {
        /// Since when.
        at: Timestamp,
    },
    /// *À revoir*: the partner sent it back.
    Returned {
        /// When.
        at: Timestamp,
        /// What to change.
        comment: Paragraph,
    },
    /// *Confirmée*: pupils join.
    Confirmed {
        /// When.
        at: Timestamp,
    },
    /// *Validée*: the list is frozen.
    Validated {
        /// When.
        at: Timestamp,
        /// What the establishment hands to the partner on the day; the partner sees it nowhere.
        voucher: VoucherNumber,
    },
    /// *Encaissée*: the partner is owed the money.
    Settled {
        /// When.
        at: Timestamp,
        /// As it was handed over.
        voucher: VoucherNumber,
        /// The partner's transaction.
        transaction: TransactionId,
    },
    /// *Annulée*: everybody has the credit back, or is about to.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Paragraph,
    },
}

impl SortieState {
    /// The state without what belongs to it.
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Pending { .. } => Phase::Pending,
            Self::Returned { .. } => Phase::Returned,
            Self::Confirmed { .. } => Phase::Confirmed,
            Self::Validated { .. } => Phase::Validated,
            Self::Settled { .. } => Phase::Settled,
            Self::Cancelled { .. } => Phase::Cancelled,
        }
    }

    /// What somebody wrote with it: what to change, or why it was cancelled.
    pub const fn remark(&self) -> Option<&Paragraph> {
        match self {
            Self::Returned { comment: remark, .. } | Self::Cancelled { reason: remark, .. } => Some(remark),
            Self::Pending { .. } | Self::Confirmed { .. } | Self::Validated { .. } | Self::Settled { .. } => None,
        }
    }

    /// Since when.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Pending { at }
            | Self::Returned { at, .. }
            | Self::Confirmed { at }
            | Self::Validated { at, .. }
            | Self::Settled { at, .. }
            | Self::Cancelled { at, .. } => *at,
        }
    }
}

/// The six states of an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// *En attente*.
    Pending,
    /// *À revoir*.
    Returned,
    /// *Confirmée*.
    Confirmed,
    /// *Validée*.
    Validated,
    /// *Encaissée*.
    Settled,
    /// *Annulée*.
    Cancelled,
}

/// Who acts on an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The establishment that organises it.
    Establishment,
    /// The partner that receives it.
    Partner,
    /// A young person.
    Beneficiary,
}

/// What can be done to an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// *Je confirme la sortie*.
    Confirm,
    /// *Je renvoie la sortie pour modification*.
    Return,
    /// Correct the sheet and send it again.
    Resubmit,
    /// A young person joins: the price is held.
    Join,
    /// A young person leaves: the price is given back.
    Leave,
    /// The establishment takes somebody off the list.
    TakeOff,
    /// *Je valide la sortie*.
    Validate,
    /// *Déclarer absent*.
    DeclareAbsent,
    /// *Replacer en présent*.
    DeclarePresent,
    /// *J'encaisse la sortie e-PASS*.
    Settle,
    /// Cancel the settlement on its own day.
    Reopen,
    /// Cancel the outing.
    Cancel,
}

/// The one table of who may do what in which state. What it does not name is refused.
const ALLOWED: [(Phase, Party, &[Action]); 8] = [
    (Phase::Pending, Party::Partner, &[Action::Confirm, Action::Return]),
    (Phase::Pending, Party::Establishment, &[Action::Cancel]),
    (Phase::Returned, Party::Establishment, &[Action::Resubmit, Action::Cancel]),
    (Phase::Confirmed, Party::Establishment, &[Action::Validate, Action::TakeOff, Action::Cancel]),
    (Phase::Confirmed, Party::Beneficiary, &[Action::Join, Action::Leave]),
    (Phase::Validated, Party::Partner, &[Action::DeclareAbsent, Action::DeclarePresent, Action::Settle]),
    (Phase::Validated, Party::Establishment, &[Action::Cancel]),
    (Phase::Settled, Party::Partner, &[Action::Reopen]),
];

impl Action {
    /// Every action.
    pub const ALL: [Self; 12] = [
        Self::Confirm,
        Self::Return,
        Self::Resubmit,
        Self::Join,
        Self::Leave,
        Self::TakeOff,
        Self::Validate,
        Self::DeclareAbsent,
        Self::DeclarePresent,
        Self::Settle,
        Self::Reopen,
        Self::Cancel,
    ];

    /// What one « peut » do.
    const fn words(self) -> &'static str {
        match self {
            Self::Confirm => "la confirmer",
            Self::Return => "la renvoyer pour modification",
            Self::Resubmit => "la corriger et la renvoyer",
            Self::Join => "s’y inscrire",
            Self::Leave => "s’en désinscrire",
            Self::TakeOff => "retirer un participant",
            Self::Validate => "la valider",
            Self::DeclareAbsent => "déclarer des absents",
            Self::DeclarePresent => "les replacer en présents",
            Self::Settle => "l’encaisser",
            Self::Reopen => "annuler l’encaissement le jour même",
            Self::Cancel => "l’annuler",
        }
    }
}

impl Party {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Establishment, Self::Partner, Self::Beneficiary];

    const fn words(self) -> &'static str {
        match self {
            Self::Establishment => "l’établissement",
            Self::Partner => "le partenaire",
            Self::Beneficiary => "un jeune",
        }
    }
}

impl Phase {
    /// In the order of an outing's life.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Returned, Self::Confirmed, Self::Validated, Self::Settled, Self::Cancelled];

    /// The word at rest and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Returned => "returned",
            Self::Confirmed => "confirmed",
            Self::Validated => "validated",
            Self::Settled => "settled",
            Self::Cancelled => "cancelled",
        }
    }

    /// What the screens call it (guide §9.4).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "En attente",
            Self::Returned => "À revoir",
            Self::Confirmed => "Confirmée",
            Self::Validated => "Validée",
            Self::Settled => "Encaissée",
            Self::Cancelled => "Annulée",
        }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// `state` when it is none.
    pub fn parse(code: &str) -> Result<Self, Fault> {
        let found = Self::ALL.into_iter().find(|phase| phase.code() == code);
        found.ok_or(Fault::new("state", "Choisissez un des statuts proposés."))
    }

    /// Whether the table allows it.
    pub fn allows(self, by: Party, action: Action) -> bool {
        ALLOWED.iter().any(|(phase, party, actions)| (*phase, *party) == (self, by) && actions.contains(&action))
    }

    /// Whether the table allows it.
    ///
    /// # Errors
    /// [`Refusal::SortieState`].
    pub fn may(self, by: Party, action: Action) -> Result<(), Refusal> {
        if self.allows(by, action) { Ok(()) } else { Err(Refusal::SortieState(self, by)) }
    }

    /// *Total à payer* for so many present: nothing once it is cancelled.
    pub fn total(self, price: Price, present: u32) -> Euros {
        if self == Self::Cancelled { Euros::ZERO } else { price.times(present) }
    }

    /// Who may do what now, in a sentence for people; to the reader it says *vous*.
    pub fn next(self, reader: Party) -> String {
        let of_party = |(phase, party, actions): &(Self, Party, &[Action])| {
            (*phase == self).then(|| {
                let words: Vec<_> = actions.iter().map(|action| action.words()).collect();
                let (last, others) = words.split_last().expect("no row of the table is empty");
                let others = others.join(", ");
                let joined = if others.is_empty() { (*last).to_owned() } else { format!("{others} ou {last}") };
                if *party == reader {
                    format!("vous pouvez {joined}")
                } else {
                    format!("{} peut {joined}", party.words())
                }
            })
        };
        let sentences: Vec<String> = ALLOWED.iter().filter_map(of_party).collect();
        match sentences.join(" ; ") {
            none if none.is_empty() => "Plus rien ne peut y être changé.".to_owned(),
            said => {
                let mut letters = said.chars();
                let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
                format!("{first}{}.", letters.as_str())
            }
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}

/// A young person on the list of an outing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub beneficiary: BeneficiaryId,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// *N° de dossier*.
    pub file: FileNumber,
    /// Where to write if it is cancelled; nowhere once the account is closed.
    pub email: Option<Email>,
    /// When.
    pub joined_at: Timestamp,
    /// Whether the price is held.
    pub presence: Presence,
}

hidden_in_debug!(Participant);

/// Whether a participant pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The price is held, or spent once the outing is settled.
    Present,
    /// Declared absent: the price was given back.
    Absent,
    /// The outing was cancelled: the price was given back, and a mail said so.
    Released,
}

impl Presence {
    /// The word at rest and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Released => "released",
        }
    }
}

/// What became of a participant's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Out of the wallet, and the partner's only once the outing is settled.
    Held,
    /// The partner's.
    Spent,
    /// Back in the wallet.
    GivenBack,
}

impl Presence {
    /// What became of the price of somebody who is so in an outing that stands there.
    pub const fn share(self, phase: Phase) -> Share {
        match (self, phase) {
            (Self::Absent | Self::Released, _) => Share::GivenBack,
            (Self::Present, Phase::Settled) => Share::Spent,
            (
                Self::Present,
                Phase::Pending | Phase::Returned | Phase::Confirmed | Phase::Validated | Phase::Cancelled,
            ) => Share::Held,
        }
    }
}

/// A place on the list that the rules allow, with the price that it holds. [`Sortie::admit`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    participant: Participant,
}

impl Hold {
    /// Who joins.
    pub const fn participant(&self) -> &Participant {
        &self.participant
    }
}

/// A settlement that the rules allow. [`Sortie::settle`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    sortie: Sortie,
    transaction: Transaction,
    present: u32,
    absent: u32,
}

impl Settlement {
    /// The outing as it will be, settled.
    pub const fn sortie(&self) -> &Sortie {
        &self.sortie
    }

    /// The number of participants that are paid for.
    pub const fn present(&self) -> u32 {
        self.present
    }

    /// The number of absentees that the decision was made on.
    pub const fn absent(&self) -> u32 {
        self.absent
    }

    /// What the partner is owed.
    pub const fn amount(&self) -> Euros {
        self.transaction.amount
    }

    /// The one line that it leaves among the partner's transactions, whatever the number of participants.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

impl Sortie {
    /// A new one: the establishment sends its sheet to a partner.
    ///
    /// # Errors
    /// [`Refusal::PartnerWithoutConvention`].
    pub fn submitted(
        id: SortieId,
        (establishment, partner): (&Establishment, &Partner),
        sheet: Sheet,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        partner.in_force().map_err(|_| Refusal::PartnerWithoutConvention)?;
        Ok(Self {
            id,
            version: 1,
            establishment: establishment.id.clone(),
            establishment_name: establishment.name.clone(),
            establishment_email: establishment.email.clone(),
            partner: partner.id.clone(),
            partner_name: partner.known_as().clone(),
            partner_email: partner.referent_email().clone(),
            partner_referent: Some(partner.referent_name()),
            sheet,
            state: SortieState::Pending { at: now },
            joined: 0,
            absent: 0,
        })
    }

    /// Whether the table allows an action in its state.
    ///
    /// # Errors
    /// [`Refusal::SortieState`].
    pub fn may(&self, by: Party, action: Action) -> Result<(), Refusal> {
        self.state.phase().may(by, action)
    }

    /// The corrected sheet goes to the partner again, as the next version; the link to the one before is dead. The same sheet
    /// once more changes nothing: that is what a second click sends.
    ///
    /// # Errors
    /// [`Refusal::SortieState`], [`Refusal::SortieChanged`] unless `read` is its version, [`Refusal::PartnerWithoutConvention`].
    pub fn resubmit(
        self,
        (establishment, partner): (&Establishment, &Partner),
        sheet: Sheet,
        read: u32,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if self.state.phase() == Phase::Pending && self.version == read + 1 && self.sheet == sheet {
            return Ok(self);
        }
        self.may(Party::Establishment, Action::Resubmit)?;
        self.is_version(read)?;
        let (id, version) = (self.id, self.version + 1);
        Self::submitted(id, (establishment, partner), sheet, now).map(|sent| Self { version, ..sent })
    }

    /// *Je confirme la sortie* (guide §9.2): the partner agrees to the sheet that it read, and to its terms.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::SortieState`], [`Refusal::SortieChanged`], [`Refusal::SortieOver`].
    pub fn confirm(self, partner: &Partner, read: u32, now: Timestamp) -> Result<Self, Refusal> {
        partner.in_force()?;
        self.is_version(read)?;
        self.may(Party::Partner, Action::Confirm)?;
        self.is_ahead(now)?;
        Ok(Self { state: SortieState::Confirmed { at: now }, ..self })
    }

    /// *Je renvoie la sortie pour modification* (guide §9.3).
    ///
    /// # Errors
    /// [`Refusal::SortieState`], [`Refusal::SortieChanged`].
    pub fn send_back(self, comment: Paragraph, read: u32, now: Timestamp) -> Result<Self, Refusal> {
        self.is_version(read)?;
        self.may(Party::Partner, Action::Return)?;
        Ok(Self { state: SortieState::Returned { at: now, comment }, ..self })
    }

    /// *Je valide la sortie*: the list is frozen, and the outing has its voucher.
    ///
    /// # Errors
    /// [`Refusal::SortieState`], [`Refusal::NobodyJoined`].
    pub fn validate(self, voucher: VoucherNumber, now: Timestamp) -> Result<Self, Refusal> {
        self.may(Party::Establishment, Action::Validate)?;
        if self.joined == 0 {
            return Err(Refusal::NobodyJoined);
        }
        Ok(Self { state: SortieState::Validated { at: now, voucher }, ..self })
    }

    /// The establishment cancels it; whoever participates gets the price back.
    ///
    /// # Errors
    /// [`Refusal::SortieState`].
    pub fn cancel(self, reason: Paragraph, now: Timestamp) -> Result<Self, Refusal> {
        self.may(Party::Establishment, Action::Cancel)?;
        Ok(Self { state: SortieState::Cancelled { at: now, reason }, ..self })
    }

    /// A young person joins, and the price is held.
    ///
    /// # Errors
    /// [`Refusal::SortieState`], [`Refusal::SortieOver`], and those of [`Sortie::holds`].
    pub fn admit(&self, who: &Beneficiary, email: Email, now: Timestamp) -> Result<Hold, Refusal> {
        self.may(Party::Beneficiary, Action::Join)?;
        self.is_ahead(now)?;
        self.holds(who, now)?;
        Ok(Hold {
            participant: Participant {
                beneficiary: who.id,
                first_name: who.first_name.clone(),
                last_name: who.last_name.clone(),
                file: who.file.clone(),
                email: Some(email),
                joined_at: now,
                presence: Presence::Present,
            },
        })
    }

    /// What is left in somebody's outing envelope once the price is held.
    ///
    /// # Errors
    /// [`Refusal::CardSuspended`], [`Refusal::SortieNextCampaign`], [`Refusal::CampaignOver`], [`Refusal::BalanceTooLow`].
    pub fn holds(&self, who: &Beneficiary, now: Timestamp) -> Result<Euros, Refusal> {
        if who.card_state == CardState::Suspended {
            return Err(Refusal::CardSuspended);
        }
        if self.sheet.campaign() > Campaign::at(now) {
            return Err(Refusal::SortieNextCampaign);
        }
        if who.wallet.campaign != self.sheet.campaign() {
            return Err(Refusal::CampaignOver);
        }
        who.wallet.after(Envelope::Outing, self.sheet.price.euros(), now)
    }

    /// *Déclarer absent*: the price goes back at once.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::SortieState`], [`Refusal::SortieNotYet`], [`Refusal::FlatRate`].
    pub fn may_be_absent(&self, partner: &Partner, now: Timestamp) -> Result<(), Refusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::DeclareAbsent)?;
        self.has_come(now)?;
        match self.sheet.terms {
            SettlementTerms::Actual => Ok(()),
            SettlementTerms::Flat => Err(Refusal::FlatRate),
        }
    }

    /// *Replacer en présent*: the price is held again.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::SortieState`], and those of [`Sortie::holds`].
    pub fn may_be_present(&self, partner: &Partner, who: &Beneficiary, now: Timestamp) -> Result<(), Refusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::DeclarePresent)?;
        self.holds(who, now).map(|_| ())
    }

    /// Whether the outing waits to be settled now.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::SortieState`], [`Refusal::SortieNotYet`].
    pub fn may_be_settled(&self, partner: &Partner, now: Timestamp) -> Result<(), Refusal> {
        partner.in_force()?;
        self.may(Party::Partner, Action::Settle)?;
        self.has_come(now)
    }

    /// *Valider la transaction* (guide §9.5): with the number that the establishment hands over, from the day of the outing on.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::SortieState`], [`Refusal::SortieNotYet`], [`Refusal::WrongSortieVoucher`],
    /// [`Refusal::NobodyPresent`].
    pub fn settle(
        self,
        partner: &Partner,
        typed: &VoucherNumber,
        transaction: TransactionId,
        now: Timestamp,
    ) -> Result<Settlement, Refusal> {
        self.may_be_settled(partner, now)?;
        let SortieState::Validated { voucher, .. } = &self.state else {
            return Err(Refusal::SortieState(self.state.phase(), Party::Partner));
        };
        if voucher != typed {
            return Err(Refusal::WrongSortieVoucher);
        }
        let present = self.present();
        if present == 0 {
            return Err(Refusal::NobodyPresent);
        }
        let absent = self.absent;
        let trace = self.owed(present, transaction, now);
        let state = SortieState::Settled { at: now, voucher: voucher.clone(), transaction };
        Ok(Settlement { sortie: Self { state, ..self }, transaction: trace, present, absent })
    }

    /// The transaction by which the partner is owed the price of those who came.
    fn owed(&self, present: u32, id: TransactionId, now: Timestamp) -> Transaction {
        let payer = OutingPayer {
            sortie: self.id.clone(),
            title: self.sheet.title.clone(),
            establishment: self.establishment_name.clone(),
            present,
        };
        Transaction {
            id,
            partner: self.partner.clone(),
            payer: Payer::Outing(payer),
            envelope: Envelope::Outing,
            amount: self.sheet.price.times(present),
            campaign: self.sheet.campaign(),
            at: now,
            state: TransactionState::Paid,
        }
    }

    /// How many are paid for.
    pub const fn present(&self) -> u32 {
        self.joined.saturating_sub(self.absent)
    }

    /// *Total à payer*.
    pub fn total(&self) -> Euros {
        self.state.phase().total(self.sheet.price, self.present())
    }

    fn is_version(&self, read: u32) -> Result<(), Refusal> {
        if self.version == read { Ok(()) } else { Err(Refusal::SortieChanged) }
    }

    /// Its day is not over.
    fn is_ahead(&self, now: Timestamp) -> Result<(), Refusal> {
        if ParisDay::of(now) <= self.sheet.day { Ok(()) } else { Err(Refusal::SortieOver) }
    }

    /// Its day has begun.
    fn has_come(&self, now: Timestamp) -> Result<(), Refusal> {
        if ParisDay::of(now) >= self.sheet.day { Ok(()) } else { Err(Refusal::SortieNotYet(self.sheet.day)) }
    }
}

/// What somebody is to be reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// The partner: three days without an answer.
    Unanswered,
    /// The establishment: it is tomorrow.
    Tomorrow,
    /// The establishment: it was yesterday, and is not settled.
    Unsettled,
}

impl Sortie {
    /// How many days the partner is left in peace.
    const PATIENCE: i32 = 3;

    /// The next reminder that is due after `today`, were nothing else to happen; none where nobody is awaited.
    pub fn reminder_after(&self, today: ParisDay) -> Option<(ParisDay, Reminder)> {
        let day = self.sheet.day;
        let unsettled = || (day.plus_days(1).max(today.plus_days(1)), Reminder::Unsettled);
        match &self.state {
            SortieState::Pending { at } => {
                let patience_ends = ParisDay::of(*at).plus_days(Self::PATIENCE);
                (patience_ends > today).then_some((patience_ends, Reminder::Unanswered))
            }
            SortieState::Confirmed { .. } | SortieState::Validated { .. } if today < day.plus_days(-1) => {
                Some((day.plus_days(-1), Reminder::Tomorrow))
            }
            SortieState::Confirmed { .. } | SortieState::Validated { .. } if today <= day => Some(unsettled()),
            // Reopened later than that: once more.
            SortieState::Validated { at, .. } if ParisDay::of(*at) == today => Some(unsettled()),
            _ => None,
        }
    }

    /// What a reminder that was due says today; nothing when it comes too late to be of use.
    pub fn reminder_on(&self, today: ParisDay) -> Option<Reminder> {
        match self.state.phase() {
            Phase::Pending => Some(Reminder::Unanswered),
            Phase::Confirmed | Phase::Validated if today == self.sheet.day.plus_days(-1) => Some(Reminder::Tomorrow),
            Phase::Confirmed | Phase::Validated if today > self.sheet.day => Some(Reminder::Unsettled),
            _ => None,
        }
    }
}

/// What the link of a mail opens: one version of one outing, for the partner, without signing in. It travels signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The outing.
    pub sortie: SortieId,
    /// Who is invited.
    pub partner: PartnerId,
    /// The version that the mail tells of.
    pub version: u32,
    /// The first instant at which it opens nothing.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// How long a link lives, if the outing does not come first.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 30);

    /// The one for the outing as it is now.
    pub fn to(sortie: &Sortie, now: Timestamp) -> Self {
        let expires_at = sortie.sheet.day.ends().min(now + Self::LIFE);
        Self { sortie: sortie.id.clone(), partner: sortie.partner.clone(), version: sortie.version, expires_at }
    }

    /// Whether it still opens the outing.
    ///
    /// # Errors
    /// [`Refusal::InvitationExpired`]; [`Refusal::SortieChanged`] after a resubmission.
    pub fn opens(&self, sortie: &Sortie, now: Timestamp) -> Result<(), Refusal> {
        if self.version != sortie.version {
            return Err(Refusal::SortieChanged);
        }
        if now >= self.expires_at {
            return Err(Refusal::InvitationExpired);
        }
        Ok(())
    }
}

/// A line of an outing's timeline: who did what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the timeline.
    pub id: StepId,
    /// When.
    pub at: Timestamp,
    /// On whose side.
    pub by: Party,
    /// Who, as the other side may read it: an establishment's or a partner's name; of a young person the N° de dossier, which
    /// says nothing any more once the account is closed.
    pub who: Line,
    /// What.
    pub did: Did,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Did {
    /// Sent to the partner.
    Requested,
    /// Sent again, corrected.
    Resubmitted {
        /// The new version.
        version: u32,
    },
    /// *Confirmée*.
    Confirmed,
    /// *À revoir*.
    Returned {
        /// What to change.
        comment: Paragraph,
    },
    /// Joined.
    Joined,
    /// Left.
    Left,
    /// Taken off the list.
    TakenOff {
        /// Who.
        file: FileNumber,
    },
    /// *Validée*.
    Validated {
        /// How many were on the list.
        joined: u32,
    },
    /// *Déclaré absent*.
    DeclaredAbsent {
        /// Who.
        file: FileNumber,
    },
    /// *Replacé en présent*.
    DeclaredPresent {
        /// Who.
        file: FileNumber,
    },
    /// *Encaissée*.
    Settled {
        /// How many were paid for.
        present: u32,
        /// How many were absent.
        absent: u32,
    },
    /// The settlement was cancelled on its day.
    Reopened,
    /// *Annulée*.
    Cancelled {
        /// Why.
        reason: Paragraph,
    },
}

/// So many of them: none and one take no `s`.
fn counted(count: u32, of: &str) -> String {
    if count < 2 { format!("{count} {of}") } else { format!("{count} {of}s") }
}

impl Did {
    /// For people: what follows the name.
    pub fn words(&self) -> String {
        match self {
            Self::Requested => "a demandé la sortie".into(),
            Self::Resubmitted { version } => format!("a renvoyé la sortie corrigée (version {version})"),
            Self::Confirmed => "a confirmé la sortie".into(),
            Self::Returned { .. } => "a renvoyé la sortie pour modification".into(),
            Self::Joined => "a pris une place".into(),
            Self::Left => "a rendu sa place".into(),
            Self::TakenOff { file } => format!("a retiré le N° de dossier {file}"),
            Self::Validated { joined } => format!("a validé la sortie, {}", counted(*joined, "inscription")),
            Self::DeclaredAbsent { file } => format!("a déclaré absent le N° de dossier {file}"),
            Self::DeclaredPresent { file } => format!("a replacé en présent le N° de dossier {file}"),
            Self::Settled { present, absent } => {
                format!("a encaissé la sortie : {}, {}", counted(*present, "présent"), counted(*absent, "absent"))
            }
            Self::Reopened => "a annulé l’encaissement".into(),
            Self::Cancelled { .. } => "a annulé la sortie".into(),
        }
    }

    /// What was written with it.
    pub fn remark(&self) -> Option<&Paragraph> {
        match self {
            Self::Returned { comment } => Some(comment),
            Self::Cancelled { reason } => Some(reason),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::convention::tests::{registered, validated_partner};
    use crate::{BirthDate, CardNumber, Wallet};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    fn words(text: &str) -> Paragraph {
        Paragraph::parse(text, 100).unwrap()
    }

    fn sheet() -> Sheet {
        let line = |text| Line::parse(text, 100).unwrap();
        Sheet {
            title: line("Le Cid"),
            description: words("Séance scolaire."),
            day: day("26/11/2026"),
            price: Price::parse("8", Campaign::of(day("26/11/2026"))).unwrap(),
            expected: Expected::parse("30").unwrap(),
            organiser: line("Mme Roux"),
            referent: line("M. Blanc"),
            terms: SettlementTerms::Actual,
        }
    }

    fn sortie(state: SortieState) -> Sortie {
        let line = |text| Line::parse(text, 100).unwrap();
        Sortie {
            id: SortieId::mint(1),
            version: 1,
            establishment: EstablishmentId::made_up(139_001),
            establishment_name: line("Lycée Marie-Curie"),
            establishment_email: Email::parse("lycee@exemple.fr").unwrap(),
            partner: PartnerId::mint(1),
            partner_name: line("Théâtre du Port"),
            partner_email: Email::parse("theatre@exemple.fr").unwrap(),
            partner_referent: None,
            sheet: sheet(),
            state,
            joined: 3,
            absent: 1,
        }
    }

    const NOON: &str = "2026-11-23T12:00:00Z";

    fn confirmed() -> Sortie {
        sortie(SortieState::Confirmed { at: at(NOON) })
    }

    fn validated() -> Sortie {
        sortie(SortieState::Validated { at: at(NOON), voucher: VoucherNumber::mint(7) })
    }

    fn lea() -> Beneficiary {
        let line = |text| Line::parse(text, 100).unwrap();
        Beneficiary {
            id: BeneficiaryId(uuid::Uuid::nil()),
            first_name: line("Léa"),
            last_name: line("Martin"),
            birth_date: BirthDate::parse("14/05/2008", day("22/11/2026")).unwrap(),
            card: CardNumber::mint(1),
            file: FileNumber::mint(1),
            card_state: CardState::Active,
            wallet: Wallet::full(Campaign::at(at(NOON))),
        }
    }

    #[test]
    fn what_the_table_does_not_name_is_refused() {
        let said: Vec<String> =
            Phase::ALL.map(|phase| format!("{} : {}", phase.label(), phase.next(Party::Partner))).into();
        let expected = [
            "En attente : Vous pouvez la confirmer ou la renvoyer pour modification ; l’établissement peut l’annuler.",
            "À revoir : L’établissement peut la corriger et la renvoyer ou l’annuler.",
            "Confirmée : L’établissement peut la valider, retirer un participant ou l’annuler ; un jeune peut s’y inscrire ou s’en désinscrire.",
            "Validée : Vous pouvez déclarer des absents, les replacer en présents ou l’encaisser ; l’établissement peut l’annuler.",
            "Encaissée : Vous pouvez annuler l’encaissement le jour même.",
            "Annulée : Plus rien ne peut y être changé.",
        ];
        assert_eq!(said, expected);
        assert_eq!(Phase::Returned.next(Party::Establishment), "Vous pouvez la corriger et la renvoyer ou l’annuler.");
        let allowed = |phase: Phase| {
            let of = |party| Action::ALL.into_iter().filter(move |action| phase.allows(party, *action));
            Party::ALL.into_iter().flat_map(of).count()
        };
        assert_eq!(Phase::ALL.map(allowed), [3, 2, 5, 4, 1, 0]);
        assert_eq!(
            Phase::Settled.may(Party::Establishment, Action::Cancel),
            Err(Refusal::SortieState(Phase::Settled, Party::Establishment))
        );
    }

    #[test]
    fn a_price_is_more_than_nothing_and_no_more_than_the_envelope() {
        let campaign = Campaign::at(at(NOON));
        for (text, code) in [("0", "amount_zero"), ("10,01", "above_dotation"), ("-1", "amount"), ("", "missing")] {
            assert_eq!(Price::parse(text, campaign).unwrap_err().code, code, "{text}");
        }
        assert_eq!(Price::parse("10", campaign).unwrap().times(30), Euros::from_cents(30_000));
    }

    #[test]
    fn an_outing_is_today_at_the_earliest_and_not_after_the_next_campaign() {
        let today = day("23/11/2026");
        assert!(Sheet::parse_day("23/11/2026", today).is_ok());
        assert_eq!(Sheet::parse_day("22/11/2026", today).unwrap_err().code, "past");
        assert!(Sheet::parse_day("31/08/2028", today).is_ok());
        assert_eq!(Sheet::parse_day("01/09/2028", today).unwrap_err().code, "too_far");
    }

    #[test]
    fn an_answer_is_about_the_version_that_was_read() {
        let pending = sortie(SortieState::Pending { at: at(NOON) });
        let returned = pending.clone().send_back(words("Trop tard"), 1, at(NOON)).unwrap();
        assert_eq!(returned.state.phase(), Phase::Returned);
        let later = Sortie { version: 2, ..pending };
        assert_eq!(later.clone().send_back(words("Trop tard"), 1, at(NOON)), Err(Refusal::SortieChanged));
        let partner = later.partner.clone();
        let link = Invitation { sortie: later.id.clone(), partner, version: 1, expires_at: at("2026-12-01T00:00:00Z") };
        assert_eq!(link.opens(&later, at(NOON)), Err(Refusal::SortieChanged));
        let link = Invitation { version: 2, ..link };
        assert_eq!(link.opens(&later, at(NOON)), Ok(()));
        assert_eq!(link.opens(&later, at("2026-12-01T00:00:00Z")), Err(Refusal::InvitationExpired));
        assert_eq!(Invitation::to(&later, at(NOON)).expires_at, at("2026-11-26T23:00:00Z"), "the outing's own day");
    }

    #[test]
    fn who_may_not_join_is_told_why() {
        let email = || Email::parse("lea@exemple.fr").unwrap();
        let join = |sortie: &Sortie, who: &Beneficiary, now| sortie.admit(who, email(), at(now)).map(|_| ());
        assert_eq!(join(&confirmed(), &lea(), NOON), Ok(()));
        assert_eq!(join(&validated(), &lea(), NOON), Err(Refusal::SortieState(Phase::Validated, Party::Beneficiary)));
        assert_eq!(join(&confirmed(), &lea(), "2026-11-26T23:00:00Z"), Err(Refusal::SortieOver));
        let suspended = Beneficiary { card_state: CardState::Suspended, ..lea() };
        assert_eq!(join(&confirmed(), &suspended, NOON), Err(Refusal::CardSuspended));
        let poor = Beneficiary { wallet: Wallet { outing: Euros::from_cents(7_99), ..lea().wallet }, ..lea() };
        let available = Euros::from_cents(7_99);
        assert_eq!(
            join(&confirmed(), &poor, NOON),
            Err(Refusal::BalanceTooLow { envelope: Envelope::Outing, available })
        );
        let next = Sortie { sheet: Sheet { day: day("15/09/2027"), ..sheet() }, ..confirmed() };
        assert_eq!(join(&next, &lea(), NOON), Err(Refusal::SortieNextCampaign));
        assert_eq!(join(&next, &lea(), "2027-09-02T12:00:00Z"), Err(Refusal::CampaignOver), "not renewed yet");
    }

    #[test]
    fn absentees_are_declared_on_the_day_and_not_where_the_terms_are_flat() {
        let on_the_day = at("2026-11-26T12:00:00Z");
        let partner = validated_partner(&[Envelope::Reading]);
        assert_eq!(validated().may_be_absent(&partner, on_the_day), Ok(()));
        assert_eq!(validated().may_be_absent(&registered(), on_the_day), Err(Refusal::NoConvention));
        assert_eq!(validated().may_be_absent(&partner, at(NOON)), Err(Refusal::SortieNotYet(day("26/11/2026"))));
        let flat = Sortie { sheet: Sheet { terms: SettlementTerms::Flat, ..sheet() }, ..validated() };
        assert_eq!(flat.may_be_absent(&partner, on_the_day), Err(Refusal::FlatRate));
        let not_yet = Err(Refusal::SortieState(Phase::Confirmed, Party::Partner));
        assert_eq!(confirmed().may_be_absent(&partner, on_the_day), not_yet);
    }

    #[test]
    fn reminders_come_after_three_days_the_day_before_and_the_day_after() {
        let pending = sortie(SortieState::Pending { at: at(NOON) });
        assert_eq!(pending.reminder_after(day("23/11/2026")), Some((day("26/11/2026"), Reminder::Unanswered)));
        assert_eq!(pending.reminder_after(day("26/11/2026")), None, "once");
        assert_eq!(pending.reminder_on(day("26/11/2026")), Some(Reminder::Unanswered));
        for standing in [confirmed(), validated()] {
            assert_eq!(standing.reminder_after(day("23/11/2026")), Some((day("25/11/2026"), Reminder::Tomorrow)));
            assert_eq!(standing.reminder_after(day("25/11/2026")), Some((day("27/11/2026"), Reminder::Unsettled)));
            assert_eq!(standing.reminder_after(day("27/11/2026")), None);
            assert_eq!(standing.reminder_on(day("25/11/2026")), Some(Reminder::Tomorrow));
            assert_eq!(standing.reminder_on(day("26/11/2026")), None, "too late to be of use");
            assert_eq!(standing.reminder_on(day("27/11/2026")), Some(Reminder::Unsettled));
        }
    }
}
