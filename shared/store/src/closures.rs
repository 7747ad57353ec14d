//! Closing a young person's account: what names them goes, in steps that can be taken again from any point. What was paid
//! stays, for the accounts of the Région and of its partners must add up (Code de commerce, L123-22: ten years).

use epass_domain::{Beneficiary, CardState, DeskPayer, Person, Profile, Reference, Transaction};

use crate::accounts::Accounts;
use crate::beneficiaries::{Beneficiaries, card_state_code};
use crate::dynamo::{Dynamo, StoreError, Table, text};
use crate::outbox::{Entry, Outbox};
use crate::profiles::Profiles;
use crate::transactions::Transactions;
use crate::writes::Expression;

/// The name that stands in the traces, and on the lists, of who has left.
pub(crate) const NAMELESS: (&str, &str) = ("Compte", "clos");

/// The repository.
#[derive(Clone, Debug)]
pub struct Closures(pub(crate) Dynamo);

impl Closures {
    /// The first step: the card pays nothing from here, so that no trace with a name is made after the others lost theirs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, of: &Beneficiary) -> Result<(), StoreError> {
        let stop = Expression::new("SET card_state = :suspended")
            .value(":suspended", text(card_state_code(CardState::Suspended)));
        let write = self.0.change_if(&Beneficiaries::key(of.id), stop, "attribute_exists(beneficiary_id)");
        self.0.transact(vec![write]).await.map(|_| ())
    }

    /// Takes the name out of a trace; amount, day, partner and envelope stay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_name(&self, of: &Transaction<DeskPayer>) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&Transactions::key(&of.partner, of.id))
            .update_expression("SET first_name = :first, last_name = :last")
            .condition_expression("attribute_exists(transaction_id)")
            .expression_attribute_values(":first", text(NAMELESS.0))
            .expression_attribute_values(":last", text(NAMELESS.1));
        self.0.apply(update).await.map(|_| ())
    }

    /// The last step: card, numbers, vouchers, profile, sign-in and the claim of the name are gone, with the mail that
    /// says so; all or nothing. Again, it finds nothing to do.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end(&self, of: &Beneficiary, profile: &Profile, mail: &Entry) -> Result<(), StoreError> {
        let profiles = Profiles(self.0.clone());
        let person = Person::of(&of.first_name, &of.last_name, of.birth_date);
        let vouchers = profile.vouchers.iter().cloned().map(Reference::Voucher);
        let numbers = [Reference::Card(of.card.clone()), Reference::File(of.file.clone())].into_iter().chain(vouchers);
        let mut writes: Vec<_> = numbers.map(|number| self.0.remove(&Beneficiaries::reference_key(&number))).collect();
        // A namesake may hold the claim; theirs stays.
        if profiles.person(&person).await? == Some(of.id) {
            let own = Expression::new("beneficiary_id = :own").value(":own", text(of.id));
            writes.push(self.0.remove_if(&Profiles::person_key(&person), own));
        }
        // A card that was reissued, or a voucher that was made, since they were read would be left behind.
        let same = Expression::new("card = :card").value(":card", text(of.card.as_str()));
        writes.push(self.0.remove_if(&Beneficiaries::key(of.id), same));
        let listed = serde_dynamo::to_attribute_value(&profile.vouchers).expect("a list of texts is an attribute");
        let same = Expression::new("vouchers = :listed").value(":listed", listed);
        writes.push(self.0.remove_if(&Profiles::key(of.id), same));
        writes.push(self.0.remove(&Accounts::key(&profile.account)));
        writes.push(Outbox(self.0.clone()).entry(mail));
        match self.0.transact(writes).await? {
            crate::dynamo::Commit::Done => Ok(()),
            crate::dynamo::Commit::Refused(_) => {
                Err(StoreError::Busy(format!("{:?} changed while it was closed", Table::Beneficiaries)))
            }
        }
    }
}
