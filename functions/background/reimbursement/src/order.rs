//! The order to the bank: which account pays, and what each transfer says.

use epass_domain::{BankFile, Bic, Iban, Line, ParisDay, Statement, Total, Week};
use epass_transfers::{Order, Transfer};
use epass_web::StartError;
use jiff::Timestamp;

/// The account that partners are paid from: `EPASS_DEBTOR_NAME`, `EPASS_DEBTOR_IBAN`, `EPASS_DEBTOR_BIC`.
#[derive(Clone, Debug)]
pub struct Debtor {
    name: Line,
    iban: Iban,
    bic: Bic,
}

impl Debtor {
    pub(crate) fn read(need: impl Fn(&str) -> Result<String, String>) -> Result<Self, StartError> {
        Ok(Self {
            name: Line::parse(&need("EPASS_DEBTOR_NAME")?, 70).map_err(|_| "EPASS_DEBTOR_NAME is no name")?,
            iban: Iban::parse(&need("EPASS_DEBTOR_IBAN")?).map_err(|_| "EPASS_DEBTOR_IBAN is no IBAN")?,
            bic: Bic::parse(&need("EPASS_DEBTOR_BIC")?).map_err(|_| "EPASS_DEBTOR_BIC is no BIC")?,
        })
    }
}

/// What a batch orders. It grows with the partners, some hundred bytes each, and not with their transactions.
#[derive(Default)]
pub(crate) struct Transfers(Vec<Transfer>);

/// The bank's file as it is told to the auditor.
pub(crate) struct File {
    /// What the file says that it pays.
    pub(crate) total: Total,
    /// None where it would pay nobody.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Transfers {
    /// What the batch of a week pays of a statement.
    pub(crate) fn extend(&mut self, statement: Option<&Statement>, batch: Week) {
        let ordered = statement.and_then(|statement| Some((statement, statement.transfer_in(batch)?)));
        self.0.extend(ordered.map(|(statement, order)| Transfer {
            end_to_end: statement.reference().code(),
            amount: statement.sum().amount(),
            creditor: order.payee.holder.clone(),
            iban: order.payee.iban.clone(),
            bic: order.payee.bic.clone(),
            town: order.payee.town.clone(),
            remittance: format!("e-PASS JEUNES releve {}", statement.number),
        }));
    }

    /// The file, in the order of the references: whatever happened on the way to it, it has the same bytes. `made_at` is the moment
    /// that the batch keeps.
    pub(crate) fn file(
        mut self,
        week: Week,
        execution_day: ParisDay,
        made_at: Timestamp,
        debtor: &Debtor,
    ) -> Result<File, StartError> {
        self.0.sort_by(|a, b| a.end_to_end.cmp(&b.end_to_end));
        let order = Order {
            message: BankFile::message(week, execution_day),
            created_at: made_at,
            execution_day,
            debtor: epass_transfers::Debtor {
                name: debtor.name.clone(),
                iban: debtor.iban.clone(),
                bic: debtor.bic.clone(),
            },
        };
        if self.0.is_empty() {
            return Ok(File { total: Total::default(), bytes: None });
        }
        let mut bytes = Vec::new();
        let totals = epass_transfers::write(&order, &self.0, &mut bytes)?;
        Ok(File { total: Total::of(totals.count, totals.sum), bytes: Some(bytes) })
    }
}

/// The file's key: another execution day is another file.
pub(crate) fn key(week: Week, execution_day: ParisDay) -> String {
    format!("transfers/{week}-{}.xml", execution_day.iso())
}
