//! The rules of e-PASS JEUNES as types, without clock, randomness or network: `now` and random bytes are arguments.

pub mod account;
pub mod attendance;
pub mod bank;
pub mod bank_reason;
pub mod beneficiary;
pub mod bon_plan;
pub mod calendar;
pub mod card;
pub mod company;
pub mod contact;
pub mod convention;
pub mod dates;
pub mod department;
pub mod dossier;
pub mod eligibility;
pub mod enrolment;
pub mod envelope;
pub mod establishment;
pub mod fault;
pub mod ids;
pub mod limits;
pub mod listing;
pub mod money;
pub mod numbers;
pub mod password;
mod places;
pub mod refusal;
pub mod reimbursement;
pub mod remainder;
pub mod rotating;
pub mod sortie;
mod target;
mod text;
pub mod till;
pub mod transaction;
pub mod typed;
pub mod typography;
mod uai;
pub mod voucher;
pub mod week;

pub use account::{Account, Holder, Identifier, PasswordHash, Provisional, Role, SignInName, WrongPasswords};
pub use attendance::{AttendanceRefusal, Attendee, Standing, Terms};
pub use bank::{Bic, Iban};
pub use bank_reason::BankReason;
pub use beneficiary::{Beneficiary, CardState, Wallet, WalletRefusal};
pub use bon_plan::{
    BonPlan, BonPlanDraft, BonPlanRefusal, BonPlanState, Content, DraftText, MinimumAge, Offer, Picture, Place, Places,
    RegistrationTerms, Rendition, commune_code,
};
pub use calendar::{BirthDate, Campaign, ParisDay, paris_clock, paris_hour, paris_time};
pub use card::{CardOrder, CardRefusal, CardTrail, Suspension, ToDo};
pub use company::Siret;
pub use contact::{Email, FoldedEmail, Line, Paragraph, Phone, Postcode, Website, optional};
pub use convention::{
    Convention, ConventionPdf, ConventionRefusal, ConventionState, Declared, EarlierConvention, Entailed, Partner,
    Stage, Trading, Validated, full_name,
};
pub use dates::{ClockTime, Dates, Ending, Hours, Slot};
pub use department::Department;
pub use dossier::{
    Accessibility, Activity, Address, Administrative, BankDetails, Civility, ContractChange, ContractTerm, Dossier,
    Referent, Registration, RibKind, StoredRib,
};
pub use eligibility::{AGES, Ineligible, Locality, NO_STATUS, School, Situation, Status};
pub use enrolment::{Applicant, Enrolment, EnrolmentRefusal, EnrolmentState, Numbers, Person, Profile};
pub use envelope::Envelope;
pub use establishment::{Establishment, EstablishmentDetails, EstablishmentKind, EstablishmentRefusal};
pub use fault::{Fault, Invalid};
pub use ids::{ArrivalId, BeneficiaryId, BonPlanId, EnrolmentId, MailId, PartnerId, SessionId, StepId, TransactionId};
pub use limits::{Limit, Per};
pub use listing::{Listing, Search};
pub use money::{Euros, grouped};
pub use numbers::{CardNumber, FileNumber, Reference, SortieId, VoucherNumber};
pub use password::{Password, PasswordRule};
pub use places::{Fact, Guard, Move};
pub use refusal::Refusal;
pub use reimbursement::{
    AppliedReport, Audit, AuditRule, BankFile, BankReport, BankStatus, BankWord, Batch, BatchPhase, BatchRefusal,
    CommuneTakings, Company, Creditor, Difference, Failure, Figures, FoundOut, Made, OrderStanding, Outcome, Payee,
    ReportFigures, ReportPlan, ReportedOrder, Statement, StatementNumber, StatementRefusal, Takings, Tally, Total,
    Transfer, TransferReference, TransferReport, TransferStage, Verdict, reconcile,
};
pub use remainder::Remainder;
pub use rotating::{RotatingCode, Shown, Window};
pub use sortie::{
    Action, Did, Expected, Hold, Invitation, Participant, Party, Phase, Presence, Price, Reminder, Settlement,
    SettlementTerms, Share, Sheet, Sortie, SortieRefusal, SortieState, Step,
};
pub use text::folded;
pub use till::{TillKey, TillKeyId, TillRefusal};
pub use transaction::{
    Cancellation, Counter, DeskPayer, OutingPayer, Pay, Payer, Payment, Ticket, Transaction, TransactionRefusal,
    TransactionState,
};
pub use typed::{chosen, is_invisible, may_be_in_a_name, scanned, ticked, whole_number};
pub use typography::{counted, french, quoted, unbroken};
pub use uai::EstablishmentId;
pub use voucher::{ReferenceEntry, Validity, Voucher, VoucherRefusal, Wanted};
pub use week::{Month, Week};
