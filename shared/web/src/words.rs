//! The closed sets of words of the JSON contract, as the API's description names them: a client's generator makes an
//! enumeration of each. Where `domain` lists a set, this is that list.

use epass_domain::{
    Accessibility, Civility, Department, Envelope as Envelopes, EstablishmentKind as Kinds, Failure, FoundOut, Phase,
    Role as Roles, SettlementTerms as Terms, Stage, Status,
};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A schema for each choice that may be left open: a select or box that was left as it is sends an empty word.
macro_rules! open_choices {
    ($($name:ident: $words:ident;)+) => {
        $(
            #[doc = concat!("[`", stringify!($words), "`], or none.")]
            #[derive(Debug)]
            pub struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let word = Ref::from_schema_name($words::name());
                    let none = Ref::from_schema_name(NotChosen::name());
                    RefOr::T(Schema::OneOf(OneOfBuilder::new().item(word).item(none).build()))
                }
            }

            impl ToSchema for $name {
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    schemas.push(($words::name().into(), $words::schema()));
                    schemas.push((NotChosen::name().into(), NotChosen::schema()));
                }
            }
        )+

        /// All of them, with the words that they are made of: queries name them, and no room collects what its queries name.
        pub(crate) fn open_choices() -> Vec<(String, RefOr<Schema>)> {
            let mut schemas = Vec::new();
            $(
                schemas.push(($name::name().into(), $name::schema()));
                $name::schemas(&mut schemas);
            )+
            schemas
        }
    };
}

open_choices! {
    BonPlanStepOrNone: BonPlanStep;
    DeclaredStatusOrNone: DeclaredStatus;
    DepartmentCodeOrNone: DepartmentCode;
    DeskEnvelopeOrNone: DeskEnvelope;
    DossierQueueOrNone: DossierQueue;
    EnvelopeOrNone: Envelope;
    MailCauseCodeOrNone: MailCauseCode;
    OfferCodeOrNone: OfferCode;
    RegistrantsListOrNone: RegistrantsList;
    RibAccountOrNone: RibAccount;
    SortieStateOrNone: SortieState;
    TransactionStateOrNone: TransactionState;
    YesOrNone: Yes;
    YesNoOrNone: YesNo;
}

fn one_of(words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let text: Object =
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(words)).build();
    RefOr::T(Schema::Object(text))
}

/// One schema for each set.
macro_rules! words {
    ($($(#[$doc:meta])+ $name:ident: $all:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Debug)]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                one_of($all)
            }
        }

        impl ToSchema for $name {}
    )+};
}

words! {
    /// The empty word of a choice that is left open.
    NotChosen: [""];
    /// A box that is ticked.
    Yes: ["yes"];
    /// *Rubrique* of a wallet.
    Envelope: Envelopes::ALL.map(Envelopes::code);
    /// *Rubrique* that desks take payments from.
    DeskEnvelope: Envelopes::DESK.map(Envelopes::code);
    /// Whether a transaction stands.
    TransactionState: ["paid", "cancelled"];
    /// What a statement's money waits for: an approved account, or another one than the bank refused.
    AccountWanted: ["account", "other_account"];
    /// Who paid: a young person at the desk, or an outing.
    PayerKind: ["desk", "outing"];
    /// Whose account.
    Role: Roles::ALL.map(Roles::code);
    /// *Civilité*.
    CivilityCode: Civility::ALL.map(Civility::code);
    /// What a place is accessible to.
    AccessibilityCode: Accessibility::ALL.map(Accessibility::code);
    /// The departments of the Région.
    DepartmentCode: Department::ALL.map(Department::code);
    /// What a RIB is.
    RibKind: ["pdf", "jpeg", "png"];
    /// Where a dossier stands.
    DossierStage: Stage::ALL.map(Stage::code);
    /// The team's lists of dossiers.
    DossierQueue: Stage::ALL.map(Stage::code).into_iter().chain(["iban"]);
    /// What the team decides about an account.
    AccountDecision: ["approve", "refuse"];
    /// Where a batch stands.
    BatchState: ["closing", "auditing", "stopped", "made", "sent", "paid"];
    /// What did not add up.
    AuditRule: ["statement_missing", "lines_do_not_add_up", "file_does_not_add_up"];
    /// Where the money of a statement stands.
    StatementState: ["upcoming", "in_batch", "sent", "paid", "rejected", "to_check"];
    /// Outcome of a transfer.
    TransferOutcome: ["ordered", "in_batch", "sent", "paid", "rejected", "returned", "to_check"];
    /// What a person found out about a transfer of which the bank contradicts itself.
    TransferFinding: FoundOut::ALL.map(FoundOut::code);
    /// What a report of the bank does to a transfer.
    BankReportOutcome: ["executed", "rejected", "contradicted"];
    /// Why a mail is not sent.
    MailCauseCode: [
        "unverified",
        "quota",
        "rate",
        "paused",
        "forbidden",
        "unreachable",
        "trouble",
        "address",
        "message",
        "letter",
        "unknown",
    ];
    /// Where a mail that is not sent stands.
    MailState: ["held", "set_aside"];
    /// Why a transfer failed.
    TransferFailure: Failure::ALL.map(Failure::code);
    /// Where a bon plan stands.
    BonPlanState: ["draft", "submitted", "published", "refused", "withdrawn", "taken_down"];
    /// What of a dossier its convention says.
    ContractTerm: ["legal_name", "siret", "envelopes"];
    /// *Tarif* of a bon plan.
    OfferCode: ["free", "reduced"];
    /// What to do with a bon plan that was written.
    BonPlanStep: ["draft", "send"];
    /// Which registrations for a bon plan are listed.
    RegistrantsList: ["in", "waiting"];
    /// Of which account the RIB is: the declared one, or the one that money goes to.
    RibAccount: ["declare", "rembourse"];
    /// Yes or no.
    YesNo: ["yes", "no"];
    /// What a registration led to.
    RegistrationStanding: ["in", "waiting"];
    /// Whether a card pays.
    CardState: ["active", "suspended"];
    /// What a young person does.
    YoungStatus: Status::ALL.map(Status::code);
    /// What a young person says to do: one of the statuses, or none of them.
    DeclaredStatus: Status::ALL.map(Status::code).into_iter().chain(["none"]);
    /// Where a registration that looks like another stands.
    DuplicateState: ["waiting", "enrolled", "refused"];
    /// What the team decided about it.
    DuplicateDecision: ["enrolled", "refused"];
    /// What kind of establishment.
    EstablishmentKind: Kinds::ALL.map(Kinds::code);
    /// Where an outing stands.
    SortieState: Phase::ALL.map(Phase::code);
    /// Outcome of a participant's price.
    SortieShare: ["held", "spent", "given_back"];
    /// Whether a participant came.
    PresenceCode: ["present", "absent", "released"];
    /// On whose side a step of an outing was made.
    SortieParty: ["establishment", "partner", "beneficiary"];
    /// What an outing is settled by.
    SettlementTerms: Terms::ALL.map(Terms::code);
    /// Whether a voucher pays.
    VoucherState: ["live", "used", "expired"];
    /// Who asks the hotline.
    HotlineProfile: ["young", "parent", "partner", "establishment", "other"];
}
