//! The enumerations of the JSON contract, with their names in the API's description: a client generator makes an
//! enumeration of each. Where `domain` has a list of the set, the enumeration uses it.

use epass_domain::{
    Accessibility, Civility, Department, Envelope as Envelopes, EstablishmentKind as Kinds, Failure, FoundOut, Phase,
    Role as Roles, SettlementTerms as Terms, Stage, Status,
};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A schema for each optional choice: a select or box that was left as it is sends an empty word.
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

        /// All of them, with the enumerations that they combine: only queries name them, and rooms do not collect the
        /// schemas of queries.
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

/// A schema for each enumeration.
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
    /// The empty word of an optional choice.
    NotChosen: [""];
    /// A ticked box.
    Yes: ["yes"];
    /// *Rubrique* of a wallet.
    Envelope: Envelopes::ALL.map(Envelopes::code);
    /// *Rubrique* that desks take payments from.
    DeskEnvelope: Envelopes::DESK.map(Envelopes::code);
    /// The state of a transaction.
    TransactionState: ["paid", "cancelled"];
    /// The reason why a statement is not paid: no approved account, or an account that the bank refused.
    AccountWanted: ["account", "other_account"];
    /// The kind of payer: a young person at the desk, or an outing.
    PayerKind: ["desk", "outing"];
    /// The role of an account.
    Role: Roles::ALL.map(Roles::code);
    /// *Civilité*.
    CivilityCode: Civility::ALL.map(Civility::code);
    /// A kind of accessibility of a place.
    AccessibilityCode: Accessibility::ALL.map(Accessibility::code);
    /// The departments of the Région.
    DepartmentCode: Department::ALL.map(Department::code);
    /// The file type of a RIB.
    RibKind: ["pdf", "jpeg", "png"];
    /// The stage of a dossier.
    DossierStage: Stage::ALL.map(Stage::code);
    /// The team's lists of dossiers.
    DossierQueue: Stage::ALL.map(Stage::code).into_iter().chain(["iban"]);
    /// The team's decision about an account.
    AccountDecision: ["approve", "refuse"];
    /// The state of a batch.
    BatchState: ["closing", "auditing", "stopped", "made", "sent", "paid"];
    /// The audit rule that failed.
    AuditRule: ["statement_missing", "lines_do_not_add_up", "file_does_not_add_up"];
    /// The payment state of a statement.
    StatementState: ["upcoming", "in_batch", "sent", "paid", "rejected", "to_check"];
    /// Outcome of a transfer.
    TransferOutcome: ["ordered", "in_batch", "sent", "paid", "rejected", "returned", "to_check"];
    /// The result of a person's check of a transfer for which the bank's reports contradict each other.
    TransferFinding: FoundOut::ALL.map(FoundOut::code);
    /// The effect of a bank report on a transfer.
    BankReportOutcome: ["executed", "rejected", "contradicted"];
    /// The reason why a mail is not sent.
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
    /// The state of a mail that is not sent.
    MailState: ["held", "set_aside"];
    /// The reason why a transfer failed.
    TransferFailure: Failure::ALL.map(Failure::code);
    /// The state of a bon plan.
    BonPlanState: ["draft", "submitted", "published", "refused", "withdrawn", "taken_down"];
    /// A field of the dossier that its convention contains.
    ContractTerm: ["legal_name", "siret", "envelopes"];
    /// *Tarif* of a bon plan.
    OfferCode: ["free", "reduced"];
    /// The action on a written bon plan.
    BonPlanStep: ["draft", "send"];
    /// The list of registrations for a bon plan.
    RegistrantsList: ["in", "waiting"];
    /// The account of the RIB: the declared one, or the one that is reimbursed.
    RibAccount: ["declare", "rembourse"];
    /// Yes or no.
    YesNo: ["yes", "no"];
    /// The outcome of a registration.
    RegistrationStanding: ["in", "waiting"];
    /// Whether a card may pay.
    CardState: ["active", "suspended"];
    /// The status of a young person.
    YoungStatus: Status::ALL.map(Status::code);
    /// The status that a young person declares, or none.
    DeclaredStatus: Status::ALL.map(Status::code).into_iter().chain(["none"]);
    /// The state of a registration that looks like a duplicate.
    DuplicateState: ["waiting", "enrolled", "refused"];
    /// The team's decision about a possible duplicate.
    DuplicateDecision: ["enrolled", "refused"];
    /// The kind of an establishment.
    EstablishmentKind: Kinds::ALL.map(Kinds::code);
    /// The phase of an outing.
    SortieState: Phase::ALL.map(Phase::code);
    /// Outcome of a participant's price.
    SortieShare: ["held", "spent", "given_back"];
    /// The presence of a participant.
    PresenceCode: ["present", "absent", "released"];
    /// The party that made a step of an outing.
    SortieParty: ["establishment", "partner", "beneficiary"];
    /// The terms by which an outing is settled.
    SettlementTerms: Terms::ALL.map(Terms::code);
    /// The state of a voucher.
    VoucherState: ["live", "used", "expired"];
    /// The profile of a person who writes to the hotline.
    HotlineProfile: ["young", "parent", "partner", "establishment", "other"];
}
