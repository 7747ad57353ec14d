//! The public data of a partner in CULTURO (guide §9.1), and nothing else of its dossier.

use serde::{Deserialize, Serialize};

use crate::{Accessibility, Address, Department, Envelope, Line, Partner, PartnerId, Phone, Website, folded};

/// The public data of a partner with a convention in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Its dossier number.
    #[serde(rename = "partner_id")]
    pub partner: PartnerId,
    /// *Nom commercial ou d'usage*.
    pub name: Line,
    /// *Adresse de l'activité*.
    pub address: Address,
    /// *Téléphone principal*.
    pub phone: Phone,
    /// *Site web*.
    pub website: Option<Website>,
    /// The envelopes that its convention names.
    pub envelopes: Vec<Envelope>,
    /// *Accessibilités à la structure*.
    pub accessibility: Vec<Accessibility>,
}

impl Listing {
    /// The listing of a partner; `None` while no convention is in force.
    pub fn of(partner: &Partner) -> Option<Self> {
        let validated = partner.in_force().ok()?;
        let dossier = partner.dossier()?;
        Some(Self {
            partner: partner.id.clone(),
            name: dossier.activity.trade_name.clone(),
            address: dossier.activity.address.clone(),
            phone: dossier.administrative.phone.clone(),
            website: dossier.administrative.website.clone(),
            envelopes: validated.envelopes.clone(),
            accessibility: dossier.activity.accessibility.clone(),
        })
    }

    /// The department; `None` outside of the region.
    pub fn department(&self) -> Option<Department> {
        Department::of(&self.address.postcode)
    }

    /// The sort key of lists by name: the name, [`folded`], and the dossier number.
    pub fn name_key(&self) -> String {
        format!("{} {}", folded(self.name.as_str()), self.partner)
    }
}

/// The search criteria of CULTURO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that the name must all contain, [`folded`].
    pub name: Vec<String>,
    /// Words that the commune must all contain, [`folded`].
    pub commune: Vec<String>,
    /// The department, if the search is limited to one.
    pub department: Option<Department>,
    /// The envelope, if the search is limited to one.
    pub envelope: Option<Envelope>,
    /// The kinds of accessibility that the partner must all offer.
    pub accessibility: Vec<Accessibility>,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Postcode;
    use crate::convention::examples::{registered, validated_partner};

    #[test]
    fn a_partner_is_listed_while_its_convention_is_in_force() {
        assert_eq!(Listing::of(&registered()), None);
        let partner = validated_partner(&[Envelope::Cinema]);
        let listing = Listing::of(&partner).unwrap();
        assert_eq!((listing.name.as_str(), &*listing.envelopes), ("Livres", &[Envelope::Cinema][..]));
        let mut renamed = partner.dossier().unwrap().clone();
        renamed.administrative.legal_name = Line::parse("SAS Livres", 100).unwrap();
        let (renamed, _) = partner.declare(renamed, Timestamp::UNIX_EPOCH);
        assert_eq!(Listing::of(&renamed), None, "a new convention is due");
    }

    #[test]
    fn a_listing_lies_by_its_plain_name_in_the_department_of_its_activity() {
        let mut listing = Listing::of(&validated_partner(&[Envelope::Reading])).unwrap();
        assert_eq!(listing.department(), Some(Department::BouchesDuRhone));
        listing.name = Line::parse("L’Œil Écoute", 100).unwrap();
        listing.address.postcode = Postcode::parse("42000").unwrap();
        assert_eq!(listing.name_key(), format!("l oeil ecoute {}", listing.partner));
        assert_eq!(listing.department(), None, "across the border");
    }
}
