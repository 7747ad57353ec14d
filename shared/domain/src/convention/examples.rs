//! Partners for tests.

use jiff::Timestamp;

use crate::{
    Activity, Address, Administrative, BankDetails, Bic, Civility, ConventionPdf, Dossier, Email, Envelope, Iban, Line,
    Partner, PartnerId, Phone, Postcode, Referent, Registration, RibKind, Siret, StoredRib,
};

pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text, 100).unwrap()
}

pub(crate) fn dossier() -> Dossier {
    let address = Address {
        street: line("1 rue des Lices"),
        postcode: Postcode::parse("13001").unwrap(),
        commune: line("Marseille"),
    };
    let (email, phone) = (Email::parse("a@b.fr").unwrap(), Phone::parse("0491000000").unwrap());
    Dossier {
        administrative: Administrative {
            legal_name: line("SARL Livres"),
            siret: Siret::made_up(1),
            email: email.clone(),
            address: address.clone(),
            phone: phone.clone(),
            second_phone: None,
            website: None,
        },
        referent: Referent {
            civility: Civility::Madame,
            first_name: line("Ada"),
            last_name: line("Roux"),
            position: line("Gérante"),
            email,
            phone,
            second_phone: None,
        },
        activity: Activity {
            trade_name: line("Livres"),
            address,
            envelopes: vec![Envelope::Reading],
            accessibility: vec![],
        },
        bank: BankDetails {
            holder: line("SARL Livres"),
            iban: Iban::french(30001, 794, 12_345_678),
            bic: Bic::parse("BDFEFRPP").unwrap(),
            rib: StoredRib { key: "rib/1".into(), kind: RibKind::Pdf },
        },
    }
}

pub(crate) fn validated_partner(envelopes: &[Envelope]) -> Partner {
    let mut dossier = dossier();
    dossier.activity.envelopes = envelopes.to_vec();
    registered().declare(dossier, NOW).0.validate(pdf(), NOW).unwrap()
}

pub(crate) fn registered() -> Partner {
    let dossier = dossier();
    let registration = Registration {
        legal_name: dossier.administrative.legal_name,
        siret: dossier.administrative.siret,
        email: dossier.administrative.email,
        phone: dossier.administrative.phone,
        civility: Civility::Madame,
        first_name: line("Ada"),
        last_name: line("Roux"),
    };
    Partner::registered(PartnerId::mint(1), registration, NOW)
}

pub(crate) fn pdf() -> ConventionPdf {
    ConventionPdf { key: "convention/1".into(), sha256: "00".into() }
}

pub(crate) fn in_force() -> Partner {
    validated_partner(&[Envelope::Reading])
}

pub(crate) fn renamed() -> Dossier {
    let mut changed = dossier();
    changed.administrative.legal_name = line("SAS Livres");
    changed
}
