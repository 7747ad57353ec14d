//! The reimbursement of partners (guide §7.3): weekly statements, the batch that closes a week, and the bank's reports.

mod audit;
mod bank_file;
mod batch;
mod creditor;
mod difference;
#[cfg(test)]
pub(crate) mod examples;
mod figures;
mod number;
mod outcome;
mod reconciliation;
mod refusal;
mod report;
mod report_plan;
mod stage;
mod statement;
mod takings;
mod transfer;

pub use audit::Audit;
pub use bank_file::{AppliedReport, BankFile};
pub use batch::{Batch, BatchPhase, Made};
pub use creditor::{Company, Creditor, Payee};
pub use difference::{AuditRule, Difference};
pub use figures::{CommuneTakings, Figures};
pub use number::{StatementNumber, TransferReference};
pub use reconciliation::{BankWord, OrderStanding, Verdict, reconcile};
pub use refusal::{BatchRefusal, StatementRefusal};
pub use report::{BankReport, BankStatus, TransferReport};
pub use report_plan::{ReportFigures, ReportPlan, ReportedOrder};
pub use stage::TransferStage;
pub use statement::Statement;
pub use takings::{Takings, Tally, Total};
pub use transfer::{Failure, FoundOut, Outcome, Transfer};
