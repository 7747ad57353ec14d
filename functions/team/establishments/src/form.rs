//! The team's forms about establishments: the query of the list, and the details of an establishment.

use epass_domain::establishment::postcode_of_region;
use epass_domain::{
    Address, Department, Email, Establishment, EstablishmentDetails, EstablishmentId, EstablishmentKind, Fault,
    Invalid, Line, Phone, folded,
};
use epass_store::establishments::Asked;
use epass_web::{Filled, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The query of the list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListForm {
    /// The department: `04`, `05`, `06`, `13` (the default), `83` or `84`.
    #[param(value_type = words::DepartmentCodeOrNone)]
    pub department: String,
    /// A search: words of the name or the commune, or a UAI.
    pub words: String,
    /// The `next` of the previous page.
    pub after: String,
}

impl ListForm {
    /// Parses the query.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Asked, Invalid> {
        let mut invalid = Invalid::default();
        let department = match self.department.as_str() {
            "" => Some(Department::BouchesDuRhone),
            code => invalid.field("department", Department::parse(code)),
        };
        let after = Some(self.after.clone()).filter(|after| !after.is_empty());
        invalid.finish(|| Some(Asked { department: department?, words: folded(&self.words), after }))
    }
}

/// The details of an establishment as text: the same shape is read from the API, changed and sent back.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EstablishmentForm {
    /// *Code UAI*: seven digits and a letter. It never changes: a change must send the same one.
    #[schema(example = "0750655E")]
    pub uai: String,
    /// *Nom*, 120 characters at most.
    #[schema(required, example = "Lycée Marie-Curie")]
    pub name: String,
    /// The type: `high_school`, `apprentice_training`, `health_and_social` or `vocational_training`.
    #[schema(value_type = words::EstablishmentKind, required)]
    pub kind: String,
    /// Number and street, 120 characters at most.
    #[schema(required)]
    pub street: String,
    /// *Code postal*, in the region.
    #[schema(required, example = "13005")]
    pub postcode: String,
    /// *Commune*, 80 characters at most.
    #[schema(required, example = "Marseille")]
    pub commune: String,
    /// *Adresse mail*, which receives the identifier and the provisional password.
    #[schema(required, example = "contact@lycee.example")]
    pub email: String,
    /// *Téléphone principal*, a French number.
    #[schema(required, example = "04 91 00 00 00")]
    pub phone: String,
    /// The revision that was read; required for a change.
    pub revision: Option<u32>,
}

/// A change of an establishment, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The revision that was read.
    pub revision: u32,
    /// The new details.
    pub details: EstablishmentDetails,
}

impl EstablishmentForm {
    /// The form filled in with an establishment.
    pub fn of(establishment: &Establishment) -> Self {
        let Establishment { id, name, kind, address, email, phone, revision, .. } = establishment;
        Self {
            uai: id.to_string(),
            name: name.to_string(),
            kind: kind.code().to_owned(),
            street: address.street.to_string(),
            postcode: address.postcode.to_string(),
            commune: address.commune.to_string(),
            email: email.to_string(),
            phone: phone.to_string(),
            revision: Some(*revision),
        }
    }

    /// The values of the page's form.
    pub fn filled(&self) -> Filled {
        Filled::with([
            ("name", &self.name),
            ("kind", &self.kind),
            ("street", &self.street),
            ("postcode", &self.postcode),
            ("commune", &self.commune),
            ("email", &self.email),
            ("phone", &self.phone),
        ])
    }

    /// Parses a new establishment.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse_new(&self) -> Result<(EstablishmentId, EstablishmentDetails), Invalid> {
        let mut invalid = Invalid::default();
        let id = invalid.field("uai", EstablishmentId::parse(&self.uai));
        let details = self.details(&mut invalid);
        invalid.finish(|| Some((id?, details?)))
    }

    /// Parses a change of the establishment `of`.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse_change(&self, of: &EstablishmentId) -> Result<Change, Invalid> {
        const OTHER: Fault = Fault::new("uai", "Le code UAI d’un établissement ne change pas.");
        let mut invalid = Invalid::default();
        let revision = invalid.field("revision", self.revision.ok_or(Fault::missing()));
        if !self.uai.is_empty() && EstablishmentId::parse(&self.uai).as_ref() != Ok(of) {
            invalid.add("uai", OTHER);
        }
        let details = self.details(&mut invalid);
        invalid.finish(|| Some(Change { revision: revision?, details: details? }))
    }

    /// Parses the details, common to creation and change; faults go to `invalid`.
    fn details(&self, invalid: &mut Invalid) -> Option<EstablishmentDetails> {
        let name = invalid.field("name", Line::name(&self.name, 120));
        let kind = invalid.field("kind", EstablishmentKind::parse(&self.kind));
        let street = invalid.field("street", Line::printed(&self.street, 120));
        let postcode = invalid.field("postcode", postcode_of_region(&self.postcode));
        let commune = invalid.field("commune", Line::name(&self.commune, 80));
        let email = invalid.field("email", Email::parse(&self.email));
        let phone = invalid.field("phone", Phone::parse(&self.phone));
        let address = Address { street: street?, postcode: postcode?, commune: commune? };
        Some(EstablishmentDetails { name: name?, kind: kind?, address, email: email?, phone: phone? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> EstablishmentForm {
        EstablishmentForm {
            uai: EstablishmentId::made_up(139_001).to_string(),
            name: " Lycée Marie-Curie ".into(),
            kind: "high_school".into(),
            street: "16 boulevard Jeanne-d’Arc".into(),
            postcode: "13 005".into(),
            commune: "Marseille".into(),
            email: "contact@lycee.example".into(),
            phone: "0491000000".into(),
            revision: None,
        }
    }

    fn fields(invalid: &Invalid) -> Vec<&'static str> {
        invalid.faults().iter().map(|(field, _)| *field).collect()
    }

    #[test]
    fn an_empty_form_tells_every_field() {
        let all = ["uai", "name", "kind", "street", "postcode", "commune", "email", "phone"];
        assert_eq!(fields(&EstablishmentForm::default().parse_new().unwrap_err()), all);
    }

    #[test]
    fn a_change_says_what_was_read_and_keeps_the_uai() {
        let of = EstablishmentId::made_up(139_001);
        assert_eq!(fields(&typed().parse_change(&of).unwrap_err()), ["revision"]);
        let read = EstablishmentForm { revision: Some(3), ..typed() };
        assert_eq!(read.parse_change(&of).unwrap().revision, 3);
        assert_eq!(fields(&read.parse_change(&EstablishmentId::made_up(139_002)).unwrap_err()), ["uai"]);
    }

    #[test]
    fn what_was_stored_is_the_form_that_stores_it() {
        let (id, details) = typed().parse_new().unwrap();
        let identifier = epass_domain::Identifier::parse("lycee").unwrap();
        let stored = Establishment::created(id, details.clone(), identifier, jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(EstablishmentForm::of(&stored).parse_new().unwrap().1, details);
    }

    #[test]
    fn a_list_is_of_one_department() {
        let form = |department: &str| ListForm { department: department.into(), ..ListForm::default() };
        assert_eq!(form("").parse().unwrap().department, Department::BouchesDuRhone);
        assert_eq!(form("84").parse().unwrap().department, Department::Vaucluse);
        assert_eq!(fields(&form("75").parse().unwrap_err()), ["department"]);
    }
}
