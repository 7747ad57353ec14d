//! STUB
use epass_domain::*;
use jiff::Timestamp;
pub struct Debtor {
    pub name: Line,
    pub iban: Iban,
    pub bic: Bic,
}
pub struct Order {
    pub message: String,
    pub created_at: Timestamp,
    pub execution_day: ParisDay,
    pub debtor: Debtor,
}
pub struct Transfer {
    pub end_to_end: String,
    pub amount: Euros,
    pub creditor: Line,
    pub iban: Iban,
    pub bic: Bic,
    pub town: Option<Line>,
    pub remittance: String,
}
pub struct Totals {
    pub count: u32,
    pub sum: Euros,
}
pub fn write(order: &Order, transfers: &[Transfer], mut out: impl std::io::Write) -> std::io::Result<Totals> {
    writeln!(out, "{} {} {}", order.message, order.created_at, order.execution_day)?;
    for t in transfers {
        writeln!(out, "{} {} {}", t.end_to_end, t.amount, t.iban)?;
    }
    Ok(Totals { count: transfers.len() as u32, sum: transfers.iter().map(|t| t.amount).sum() })
}
pub const MAX_REPORT_BYTES: usize = 20_000_000;
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Status { Accepted, Settled, Rejected, Partly }
pub struct TransferReport { pub end_to_end: String, pub status: Status, pub reason: Option<String> }
pub struct Report { pub original_message: String, pub status: Option<Status>, pub transfers: Vec<TransferReport> }
pub fn read_report(_: &[u8]) -> Result<Report, Fault> { Err(Fault::missing()) }
