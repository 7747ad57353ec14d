//! The form of four parts (guide §4): it turns raw text into typed parts and collects every fault.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use epass_domain::{
    Accessibility, Activity, Address, Administrative, BankDetails, Bic, Civility, Declared, Dossier, Email, Envelope,
    Fault, Iban, Invalid, Line, Partner, PartnerId, Phone, Postcode, Referent, RibKind, Siret, StoredRib, Website,
    optional, ticked,
};
use epass_files::{Document, Files, FilesError, sha256};
use epass_web::{Filled, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The four parts of the dossier as text: the same shape is read from the API, filled in and sent back.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DossierForm {
    /// The revision that the caller read. If the dossier has changed since, the declaration is refused and nothing is
    /// overwritten. Without it, the declaration replaces the current dossier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,

    /// `yes` confirms a change that stops all sales until a new convention is validated: a changed *raison sociale*, SIRET or
    /// activity. Without it, such a change is refused (`new_convention_to_confirm`); a browser is asked on a page of its own.
    #[schema(value_type = words::YesOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub confirm: String,

    /// *Raison sociale*.
    #[schema(example = "Librairie de l’Étoile")]
    pub legal_name: String,
    /// *N° SIRET*: 14 digits.
    #[schema(example = "732 829 320 00074")]
    pub siret: String,
    /// *Adresse mail* of the structure.
    pub email: String,
    /// *Adresse administrative*: number and street.
    pub street: String,
    /// *Code postal*.
    #[schema(example = "13001")]
    pub postcode: String,
    /// *Commune*.
    pub commune: String,
    /// *Téléphone principal*.
    #[schema(example = "04 91 00 00 00")]
    pub phone: String,
    /// *Téléphone secondaire*; may be empty.
    pub second_phone: String,
    /// *Site web*; may be empty.
    pub website: String,

    /// *Civilité du référent*: `madame` or `monsieur`.
    #[schema(value_type = words::CivilityCode)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub referent_civility: String,
    /// *Prénom du référent*.
    pub referent_first_name: String,
    /// *Nom du référent*.
    pub referent_last_name: String,
    /// *Fonction du référent dans ma structure*.
    pub referent_position: String,
    /// *Adresse mail* of the referent, who receives the decisions.
    pub referent_email: String,
    /// *Téléphone principal* of the referent.
    pub referent_phone: String,
    /// *Téléphone secondaire* of the referent; may be empty.
    pub referent_second_phone: String,

    /// *Nom commercial ou d’usage*.
    pub trade_name: String,
    /// *Adresse de l’activité*: number and street.
    pub activity_street: String,
    /// *Code postal*.
    pub activity_postcode: String,
    /// *Commune*.
    pub activity_commune: String,
    /// The activities: `reading`, `cinema`, `performance`; at least one.
    #[schema(value_type = Vec<words::DeskEnvelope>)]
    pub envelopes: Vec<String>,
    /// *Accessibilités à la structure*: `motor`, `hearing`, `sight`, `mental`; may be empty.
    #[schema(value_type = Vec<words::AccessibilityCode>)]
    pub accessibility: Vec<String>,

    /// *Nom du titulaire*.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub account_holder: String,
    /// *IBAN*.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub iban: String,
    /// *BIC*.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bic: String,
    /// The RIB (PDF, JPEG or PNG, at most 5 MB) in base64; a posted form sends it as the file `rib` instead. Required
    /// when no RIB is stored yet and when the account changes.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(format = Byte)]
    pub rib_base64: String,
}

/// Names, addresses and bank details stay out of logs.
impl std::fmt::Debug for DossierForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DossierForm(***)")
    }
}

/// A valid declaration, whose RIB is not stored yet.
#[derive(Debug)]
pub struct Declaration {
    administrative: Administrative,
    referent: Referent,
    activity: Activity,
    account: AccountNamed,
    rib: Rib,
}

/// The bank account as typed.
#[derive(Debug, PartialEq, Eq)]
struct AccountNamed {
    holder: Line,
    iban: Iban,
    bic: Bic,
}

impl AccountNamed {
    fn is(&self, known: &BankDetails) -> bool {
        (&self.holder, &self.iban, &self.bic) == (&known.holder, &known.iban, &known.bic)
    }
}

/// The RIB of a declaration. Its kind is read from its first bytes; the file is stored unchanged and never decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rib {
    /// A file sent with this declaration.
    Joined {
        /// The file's kind, read from its first bytes.
        kind: RibKind,
        /// The file's content, at most [`RibKind::MAX_BYTES`].
        bytes: Bytes,
    },
    /// The file that is already stored for this account.
    Stored(StoredRib),
}

/// The longest name of the form, in characters. SEPA sets the limit of an account holder's name.
const NAME: usize = 120;
const HOLDER: usize = 70;

impl DossierForm {
    /// The form filled in with the declared dossier, or else with what the partner gave at registration.
    pub fn of(partner: &Partner) -> Self {
        let form = match &partner.declared {
            Declared::Registered(given) => Self {
                legal_name: given.legal_name.to_string(),
                siret: given.siret.to_string(),
                email: given.email.to_string(),
                phone: given.phone.to_string(),
                referent_civility: given.civility.code().to_owned(),
                referent_first_name: given.first_name.to_string(),
                referent_last_name: given.last_name.to_string(),
                referent_email: given.email.to_string(),
                ..Self::default()
            },
            Declared::Complete(dossier) => Self::declared(dossier),
        };
        Self { revision: Some(partner.revision), ..form }
    }

    /// The form filled in with a dossier.
    pub fn declared(Dossier { administrative, referent, activity, bank }: &Dossier) -> Self {
        let maybe = |phone: &Option<Phone>| phone.as_ref().map_or_else(String::new, Phone::to_string);
        let codes = |envelopes: &[Envelope]| envelopes.iter().map(|one| one.code().to_owned()).collect();
        Self {
            revision: None,
            confirm: String::new(),
            legal_name: administrative.legal_name.to_string(),
            siret: administrative.siret.to_string(),
            email: administrative.email.to_string(),
            street: administrative.address.street.to_string(),
            postcode: administrative.address.postcode.to_string(),
            commune: administrative.address.commune.to_string(),
            phone: administrative.phone.to_string(),
            second_phone: maybe(&administrative.second_phone),
            website: administrative.website.as_ref().map_or_else(String::new, Website::to_string),
            referent_civility: referent.civility.code().to_owned(),
            referent_first_name: referent.first_name.to_string(),
            referent_last_name: referent.last_name.to_string(),
            referent_position: referent.position.to_string(),
            referent_email: referent.email.to_string(),
            referent_phone: referent.phone.to_string(),
            referent_second_phone: maybe(&referent.second_phone),
            trade_name: activity.trade_name.to_string(),
            activity_street: activity.address.street.to_string(),
            activity_postcode: activity.address.postcode.to_string(),
            activity_commune: activity.address.commune.to_string(),
            envelopes: codes(&activity.envelopes),
            accessibility: activity.accessibility.iter().map(|one| one.code().to_owned()).collect(),
            account_holder: bank.holder.to_string(),
            iban: bank.iban.to_string(),
            bic: bank.bic.to_string(),
            rib_base64: String::new(),
        }
    }

    /// The form without the account, for pages and answers that show the account masked only.
    #[must_use]
    pub fn without_account(self) -> Self {
        Self { account_holder: String::new(), iban: String::new(), bic: String::new(), ..self }
    }

    /// The values of a page's fields.
    ///
    /// # Panics
    /// Never: texts and lists of texts have a form encoding.
    pub fn filled(&self) -> Filled {
        let encoded = serde_html_form::to_string(self).expect("texts and lists of texts can be encoded");
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&encoded).expect("what was encoded decodes");
        Filled::with(pairs)
    }

    /// Parses the form. `joined` is the file of the field `rib`; `standing` is the stored partner, which tells
    /// whether a RIB is stored already.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, joined: Option<&Bytes>, standing: &Partner) -> Result<Declaration, Invalid> {
        let mut invalid = Invalid::default();
        let administrative = self.administrative(&mut invalid);
        let referent = self.referent(&mut invalid);
        let activity = self.activity(&mut invalid);
        invalid.field("confirm", ticked(&self.confirm));
        let account = self.account(&mut invalid);
        let rib = self.rib(joined, account.as_ref(), standing).and_then(|rib| invalid.field("rib", rib));
        invalid.finish(|| {
            Some(Declaration {
                administrative: administrative?,
                referent: referent?,
                activity: activity?,
                account: account?,
                rib: rib?,
            })
        })
    }

    fn administrative(&self, invalid: &mut Invalid) -> Option<Administrative> {
        let legal_name = invalid.field("legal_name", Line::name(&self.legal_name, NAME));
        let siret = invalid.field("siret", Siret::parse(&self.siret));
        let email = invalid.field("email", Email::parse(&self.email));
        let street = invalid.field("street", Line::printed(&self.street, NAME));
        let postcode = invalid.field("postcode", Postcode::parse(&self.postcode));
        let commune = invalid.field("commune", Line::name(&self.commune, NAME));
        let phone = invalid.field("phone", Phone::parse(&self.phone));
        let second_phone = invalid.field("second_phone", optional(&self.second_phone, Phone::parse));
        let website = invalid.field("website", optional(&self.website, Website::parse));
        Some(Administrative {
            legal_name: legal_name?,
            siret: siret?,
            email: email?,
            address: Address { street: street?, postcode: postcode?, commune: commune? },
            phone: phone?,
            second_phone: second_phone?,
            website: website?,
        })
    }

    fn referent(&self, invalid: &mut Invalid) -> Option<Referent> {
        let civility = invalid.field("referent_civility", Civility::parse(&self.referent_civility));
        let first_name = invalid.field("referent_first_name", Line::person(&self.referent_first_name, NAME));
        let last_name = invalid.field("referent_last_name", Line::person(&self.referent_last_name, NAME));
        let position = invalid.field("referent_position", Line::name(&self.referent_position, NAME));
        let email = invalid.field("referent_email", Email::parse(&self.referent_email));
        let phone = invalid.field("referent_phone", Phone::parse(&self.referent_phone));
        let second = invalid.field("referent_second_phone", optional(&self.referent_second_phone, Phone::parse));
        Some(Referent {
            civility: civility?,
            first_name: first_name?,
            last_name: last_name?,
            position: position?,
            email: email?,
            phone: phone?,
            second_phone: second?,
        })
    }

    fn activity(&self, invalid: &mut Invalid) -> Option<Activity> {
        let trade_name = invalid.field("trade_name", Line::name(&self.trade_name, NAME));
        let street = invalid.field("activity_street", Line::printed(&self.activity_street, NAME));
        let postcode = invalid.field("activity_postcode", Postcode::parse(&self.activity_postcode));
        let commune = invalid.field("activity_commune", Line::name(&self.activity_commune, NAME));
        let envelopes = invalid.field("envelopes", Activity::envelopes(&self.envelopes));
        let accessibility = invalid.field("accessibility", Accessibility::parse_all(&self.accessibility));
        Some(Activity {
            trade_name: trade_name?,
            address: Address { street: street?, postcode: postcode?, commune: commune? },
            envelopes: envelopes?,
            accessibility: accessibility?,
        })
    }

    fn account(&self, invalid: &mut Invalid) -> Option<AccountNamed> {
        let holder = invalid.field("account_holder", Line::name(&self.account_holder, HOLDER));
        let iban = invalid.field("iban", Iban::parse(&self.iban));
        let bic = invalid.field("bic", Bic::parse(&self.bic));
        if let (Some(iban), Some(bic)) = (&iban, &bic) {
            invalid.field("bic", bic.fits(iban));
        }
        Some(AccountNamed { holder: holder?, iban: iban?, bic: bic? })
    }

    /// The uploaded RIB, or else the one that is stored for this account. With a faulty account and no upload, the
    /// RIB is a fault only if none was ever stored.
    fn rib(
        &self,
        joined: Option<&Bytes>,
        account: Option<&AccountNamed>,
        standing: &Partner,
    ) -> Option<Result<Rib, Fault>> {
        const OF_ANOTHER_ACCOUNT: Fault =
            Fault::new("missing", "Le compte change : joignez le RIB qui lui correspond (PDF, JPEG ou PNG).");
        const NONE_YET: Fault = Fault::new("missing", "Joignez votre RIB (PDF, JPEG ou PNG).");
        if let Some(bytes) = joined {
            return Some(Rib::joined(bytes.clone()));
        }
        if !self.rib_base64.is_empty() {
            return Some(decoded(&self.rib_base64).and_then(Rib::joined));
        }
        let Some(dossier) = standing.dossier() else { return Some(Err(NONE_YET)) };
        let account = account?;
        let proposed = standing.proposal.as_ref().map(|proposal| &proposal.dossier.bank);
        let known = [Some(&dossier.bank), standing.paid_to.as_ref(), proposed];
        let same = known.into_iter().flatten().find(|known| account.is(known));
        Some(same.map(|known| Rib::Stored(known.rib.clone())).ok_or(OF_ANOTHER_ACCOUNT))
    }
}

fn decoded(text: &str) -> Result<Bytes, Fault> {
    const UNREADABLE: Fault = Fault::new("rib_base64", "Le RIB n’est pas du base64 lisible.");
    STANDARD.decode(text).map(Bytes::from).map_err(|_| UNREADABLE)
}

impl Rib {
    fn joined(bytes: Bytes) -> Result<Self, Fault> {
        RibKind::of(&bytes).map(|kind| Self::Joined { kind, bytes })
    }

    /// The RIB's place in the bucket. The key depends on the partner and the content, so that the same file is stored
    /// once.
    fn stored(&self, partner: &PartnerId) -> StoredRib {
        match self {
            Self::Stored(stored) => stored.clone(),
            Self::Joined { kind, bytes } => {
                let key = format!("rib/{partner}-{}", &sha256(bytes)[..16]);
                StoredRib { key, kind: *kind }
            }
        }
    }
}

impl Declaration {
    /// *N° SIRET*.
    pub const fn siret(&self) -> &Siret {
        &self.administrative.siret
    }

    /// The dossier, and the RIB that must be stored before it.
    pub fn dossier(self, partner: &PartnerId) -> (Dossier, Unkept) {
        let rib = self.rib.stored(partner);
        let unkept = match self.rib {
            Rib::Stored(_) => Unkept(None),
            Rib::Joined { bytes, .. } => Unkept(Some((rib.clone(), bytes))),
        };
        let AccountNamed { holder, iban, bic } = self.account;
        let dossier = Dossier {
            administrative: self.administrative,
            referent: self.referent,
            activity: self.activity,
            bank: BankDetails { holder, iban, bic, rib },
        };
        (dossier, unkept)
    }
}

/// An uploaded RIB that is not in the bucket yet; empty when the stored one stays.
#[derive(Debug)]
#[must_use]
pub struct Unkept(Option<(StoredRib, Bytes)>);

impl Unkept {
    /// Stores the RIB in the bucket.
    ///
    /// # Errors
    /// [`FilesError`] when the bucket fails.
    pub async fn keep(self, files: &Files) -> Result<(), FilesError> {
        let Some((rib, bytes)) = self.0 else { return Ok(()) };
        files.keep(&rib.key, Document { media_type: rib.kind.media_type(), bytes: &bytes }).await
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{ConventionPdf, PartnerId, Registration};
    use jiff::Timestamp;

    use super::*;

    const PDF: &[u8] = b"%PDF-1.7 rib";

    fn now() -> Timestamp {
        "2026-11-22T19:00:00Z".parse().unwrap()
    }

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    fn registered() -> Partner {
        let registration = Registration {
            legal_name: line("Librairie de l’Étoile"),
            siret: Siret::parse("73282932000074").unwrap(),
            email: Email::parse("contact@etoile.example").unwrap(),
            phone: Phone::parse("04 91 00 00 00").unwrap(),
            civility: Civility::Madame,
            first_name: line("Zoé"),
            last_name: line("Lefèvre"),
        };
        Partner::registered(PartnerId::parse("41234567").unwrap(), registration, now())
    }

    fn complete() -> DossierForm {
        DossierForm {
            street: "12 rue de Rome".into(),
            postcode: "13001".into(),
            commune: "Marseille".into(),
            referent_position: "Gérante".into(),
            referent_phone: "06 00 00 00 00".into(),
            trade_name: "L’Étoile".into(),
            activity_street: "12 rue de Rome".into(),
            activity_postcode: "13001".into(),
            activity_commune: "Marseille".into(),
            envelopes: vec!["reading".into()],
            accessibility: vec!["sight".into(), "motor".into()],
            account_holder: "Librairie de l’Étoile".into(),
            iban: Iban::french(30004, 1, 123_456_789).to_string(),
            bic: "BNPAFRPP".into(),
            ..DossierForm::of(&registered())
        }
    }

    /// A partner that declared [`complete`] with a RIB, and whose convention is in force.
    fn in_force() -> Partner {
        let declaration = complete().parse(Some(&Bytes::from_static(PDF)), &registered()).unwrap();
        let AccountNamed { holder, iban, bic } = declaration.account;
        let rib = StoredRib { key: "rib/41234567-first".into(), kind: RibKind::Pdf };
        let dossier = Dossier {
            administrative: declaration.administrative,
            referent: declaration.referent,
            activity: declaration.activity,
            bank: BankDetails { holder, iban, bic, rib },
        };
        let (asked, _) = registered().declare(dossier, now());
        asked.validate(ConventionPdf { key: "convention".into(), sha256: "00".into() }, now()).unwrap()
    }

    fn faults(
        form: &DossierForm,
        joined: Option<&'static [u8]>,
        standing: &Partner,
    ) -> Vec<(&'static str, &'static str)> {
        let joined = joined.map(Bytes::from_static);
        let invalid = form.parse(joined.as_ref(), standing).unwrap_err();
        invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect()
    }

    #[test]
    fn what_is_known_from_registration_is_filled_in() {
        let filled = DossierForm::of(&registered()).filled();
        assert_eq!(filled.value("legal_name"), "Librairie de l’Étoile");
        assert_eq!(filled.value("siret"), "732 829 320 00074");
        assert!(filled.checked("referent_civility", "madame"));
        assert_eq!(filled.value("revision"), "1");
        assert_eq!(filled.value("street"), "");
    }

    #[test]
    fn an_empty_form_names_every_field_that_is_needed_in_its_order() {
        let fields: Vec<_> =
            faults(&DossierForm::default(), None, &registered()).into_iter().map(|(field, _)| field).collect();
        let needed = [
            "legal_name",
            "siret",
            "email",
            "street",
            "postcode",
            "commune",
            "phone",
            "referent_civility",
            "referent_first_name",
            "referent_last_name",
            "referent_position",
            "referent_email",
            "referent_phone",
            "trade_name",
            "activity_street",
            "activity_postcode",
            "activity_commune",
            "envelopes",
            "account_holder",
            "iban",
            "bic",
            "rib",
        ];
        assert_eq!(fields, needed);
    }

    #[test]
    fn what_is_shown_can_be_sent_back_and_changes_nothing() {
        let partner = in_force();
        let shown = DossierForm::of(&partner);
        let again: DossierForm = serde_html_form::from_str(&serde_html_form::to_string(&shown).unwrap()).unwrap();
        let declaration = again.parse(None, &partner).unwrap();
        assert_eq!(declaration.administrative, partner.dossier().unwrap().administrative);
        assert_eq!(declaration.activity, partner.dossier().unwrap().activity);
        assert_eq!(declaration.rib, Rib::Stored(partner.dossier().unwrap().bank.rib.clone()));
    }

    #[test]
    fn a_first_declaration_needs_a_rib_told_by_its_bytes() {
        assert_eq!(faults(&complete(), None, &registered()), [("rib", "missing")]);
        assert_eq!(faults(&complete(), Some(b"PK\x03\x04 a PDF by its name"), &registered()), [("rib", "rib_kind")]);
        assert!(complete().parse(Some(&Bytes::from_static(PDF)), &registered()).is_ok());
        let heavy = Bytes::from([PDF, &vec![b' '; RibKind::MAX_BYTES]].concat());
        let invalid = complete().parse(Some(&heavy), &registered()).unwrap_err();
        assert_eq!(invalid.faults()[0].1.code, "rib_too_large");
    }

    #[test]
    fn a_rib_in_base64_is_the_same_rib() {
        let sent = DossierForm { rib_base64: STANDARD.encode(PDF), ..complete() };
        let joined = Rib::Joined { kind: RibKind::Pdf, bytes: Bytes::from_static(PDF) };
        assert_eq!(sent.parse(None, &registered()).unwrap().rib, joined);
        let broken = DossierForm { rib_base64: "pas du base64 !".into(), ..complete() };
        assert_eq!(faults(&broken, None, &registered()), [("rib", "rib_base64")]);
    }

    #[test]
    fn another_account_needs_its_own_rib_and_the_paid_one_has_its_own() {
        let partner = in_force();
        let iban = Iban::french(30004, 2, 987_654_321).to_string();
        let changed = DossierForm { iban: iban.clone(), ..DossierForm::of(&partner) };
        assert_eq!(faults(&changed, None, &partner), [("rib", "missing")]);
        let holder = DossierForm { account_holder: "Zoé Lefèvre".into(), ..DossierForm::of(&partner) };
        assert_eq!(faults(&holder, None, &partner), [("rib", "missing")]);
        let mut waiting = partner.dossier().unwrap().clone();
        waiting.bank.iban = Iban::parse(&iban).unwrap();
        waiting.bank.rib.key = "rib/41234567-second".into();
        let (waiting, entailed) = partner.clone().declare(waiting, now());
        assert!(entailed.bank_waits);
        let back = DossierForm::of(&partner).parse(None, &waiting).unwrap();
        assert_eq!(back.rib, Rib::Stored(partner.paid_to.unwrap().rib));
    }

    #[test]
    fn a_faulty_account_says_nothing_about_a_rib_that_is_there() {
        let partner = in_force();
        let typo = DossierForm { iban: "FR76 0000".into(), ..DossierForm::of(&partner) };
        assert_eq!(faults(&typo, None, &partner).len(), 1);
    }

    #[test]
    fn every_field_of_the_form_is_on_its_page() {
        let page = include_str!("../templates/dossier_form.html");
        let form = DossierForm { revision: Some(1), rib_base64: String::new(), ..complete() };
        let encoded = serde_html_form::to_string(&form).unwrap();
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&encoded).unwrap();
        for (name, _) in pairs {
            assert!(page.contains(&format!("form, \"{name}\"")) || name == "revision", "{name} is missing");
        }
    }
}
