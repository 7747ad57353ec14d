//! The order to the bank: the debtor's account, and the content of each transfer.

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

/// The transfers of a batch. Its size grows with the partners, some hundred bytes each, and not with their
/// transactions.
#[derive(Default)]
pub(crate) struct Transfers(Vec<Transfer>);

/// The bank's file, as the auditor checks it.
pub(crate) struct File {
    /// The total that the file pays.
    pub(crate) total: Total,
    /// `None` when there is nothing to pay.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Transfers {
    /// Adds the transfer of a statement in the batch of this week, if it has one.
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

    /// The file, ordered by the transfers' references: its bytes do not depend on the order of the work. `made_at` is
    /// the instant that the batch stores.
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

/// The file's key: each execution day has its own file.
pub(crate) fn key(week: Week, execution_day: ParisDay) -> String {
    format!("transfers/{week}-{}.xml", execution_day.iso())
}
