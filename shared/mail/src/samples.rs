//! Sample data for every mail, for the gallery (`infra/local`) and the tests. No Lambda includes them.

use epass_domain::{
    BonPlanId, Campaign, Email, EnrolmentId, Failure, Identifier, Line, Paragraph, PartnerId, Password, Phase,
    SortieId, StatementNumber,
};

use crate::{Deal, Dossier, Enrolled, FailedTransfer, KeyNews, Letter, News, Outing, Reimbursed};

/// A mail of the gallery.
#[derive(Clone)]
pub struct Sample {
    /// The unique name of the sample: `bon-plan-refused`.
    pub name: &'static str,
    /// The mail.
    pub letter: Letter,
}

/// A group of related mails under a French title.
#[derive(Clone)]
pub struct Group {
    /// The French title.
    pub title: &'static str,
    /// The samples; together they cover every branch of their templates, which a test checks.
    pub samples: Vec<Sample>,
}

/// The `expect` message of the samples.
const SAMPLE: &str = "a sample is well-formed";

/// The person whom the samples greet.
pub fn reader() -> Line {
    line("Zoé D’Août-Lefèvre")
}

/// The campaign of the samples.
pub fn campaign() -> Campaign {
    Campaign::parse("2026-2027").expect(SAMPLE)
}

/// Every mail, by group.
pub fn groups() -> Vec<Group> {
    let group = |title, letters: Vec<(&'static str, Letter)>| Group {
        title,
        samples: letters.into_iter().map(|(name, letter)| Sample { name, letter }).collect(),
    };
    vec![
        group("Comptes", accounts()),
        group("Inscription des jeunes", enrolment()),
        group("Carte des jeunes", cards()),
        group("Clés de caisse", till_keys()),
        group("Conventions", conventions()),
        group("Changement d’IBAN", bank_changes()),
        group("Bons plans", bons_plans()),
        group("Sorties", sorties()),
        group("Remboursements", reimbursements()),
        group("Hotline", hotline()),
    ]
}

/// Every mail, without its group.
pub fn samples() -> Vec<Sample> {
    groups().into_iter().flat_map(|group| group.samples).collect()
}

fn accounts() -> Vec<(&'static str, Letter)> {
    let changed = |till_keys_ended| Letter::PasswordChanged {
        identifier: identifier(),
        at: "24/11/2026 à 10\u{a0}h\u{a0}05".into(),
        till_keys_ended,
        site_url: site_url(),
    };
    let password = || (&password()).into();
    vec![
        ("registered", Letter::Registered { identifier: identifier(), password: password(), site_url: site_url() }),
        (
            "establishment-access",
            Letter::EstablishmentAccess {
                name: line("Lycée Marie-Curie"),
                identifier: identifier(),
                password: password(),
                site_url: site_url(),
            },
        ),
        (
            "provisional-password",
            Letter::ProvisionalPassword { identifier: identifier(), password: password(), site_url: site_url() },
        ),
        ("password-changed", changed(Some(false))),
        ("password-changed-with-till-keys", changed(Some(true))),
        (
            "address-changed",
            Letter::AddressChanged {
                name: line("Lycée Marie-Curie"),
                email: email("nouvelle@lycee.example.org"),
                site_url: site_url(),
            },
        ),
        ("identifier-reminder", Letter::IdentifierReminder { identifiers: vec![identifier()], site_url: site_url() }),
    ]
}

fn enrolment() -> Vec<(&'static str, Letter)> {
    let first = Enrolled {
        identifier: identifier(),
        password: None,
        comes_back: false,
        suspended: false,
        site_url: site_url(),
    };
    let again = Enrolled { password: Some((&password()).into()), comes_back: true, suspended: true, ..first.clone() };
    let enrolment = EnrolmentId::parse("00000000-0000-4000-8000-000000000001").expect(SAMPLE);
    vec![
        ("confirm-address", Letter::ConfirmAddress { enrolment, site_url: site_url() }),
        ("enrolled", Letter::Enrolled(first)),
        ("enrolled-again", Letter::Enrolled(again)),
        ("enrolment-set-aside", Letter::EnrolmentSetAside { site_url: site_url() }),
        ("enrolment-to-review", Letter::EnrolmentToReview { site_url: site_url() }),
        ("enrolment-refused", Letter::EnrolmentRefused { site_url: site_url() }),
        ("account-closed", Letter::AccountClosed { kept_until: Some("31/08/2027".into()), site_url: site_url() }),
    ]
}

fn cards() -> Vec<(&'static str, Letter)> {
    vec![
        ("card-suspended", Letter::CardSuspended { reason: words("Carte prêtée à un ami."), site_url: site_url() }),
        ("card-reinstated", Letter::CardReinstated { site_url: site_url() }),
        ("card-replaced", Letter::CardReplaced { site_url: site_url() }),
    ]
}

fn till_keys() -> Vec<(&'static str, Letter)> {
    let key = |news| Letter::TillKey { till: line("Caisse 1"), news, site_url: site_url() };
    let until = || "24/11/2027".to_owned();
    vec![
        ("till-key-made", key(KeyNews::Made { until: until() })),
        ("till-key-renewed", key(KeyNews::Renewed { until: until() })),
        ("till-key-revoked", key(KeyNews::Revoked)),
        ("till-key-ending", key(KeyNews::Ending { until: until() })),
    ]
}

fn conventions() -> Vec<(&'static str, Letter)> {
    let copies_address = Some(line("Docapost Applicam, 1 rue de l’Exemple, 57000 Metz"));
    vec![
        ("convention-requested", Letter::ConventionRequested { dossier: dossier(), version: 1 }),
        ("convention-to-review", Letter::ConventionToReview { dossier: dossier(), version: 1 }),
        ("convention-validated", Letter::ConventionValidated { dossier: dossier(), version: 1, copies_address }),
        ("convention-refused", Letter::ConventionRefused { dossier: dossier(), reason: unreadable() }),
    ]
}

fn bank_changes() -> Vec<(&'static str, Letter)> {
    vec![
        ("bank-change-waiting", Letter::BankChangeWaiting { dossier: dossier(), iban: iban() }),
        ("bank-change-approved", Letter::BankChangeApproved { dossier: dossier(), iban: iban() }),
        ("bank-change-refused", Letter::BankChangeRefused { dossier: dossier(), reason: unreadable() }),
    ]
}

fn bons_plans() -> Vec<(&'static str, Letter)> {
    let dates = ["le 28/11/2026 de 20 h 30 à 22 h", "le 05/12/2026 de 20 h 30 à 22 h"].map(str::to_owned).to_vec();
    let elsewhere = Deal {
        when: "2 dates du 28/11/2026 au 05/12/2026".into(),
        dates,
        place: Some("Parc Jourdan, 13100\u{a0}Aix-en-Provence".into()),
        ..deal()
    };
    vec![
        ("bon-plan-to-review", Letter::BonPlanToReview { plan: deal() }),
        ("bon-plan-published", Letter::BonPlanPublished { plan: deal() }),
        ("bon-plan-refused", Letter::BonPlanRefused { plan: deal(), reason: words("L’adresse manque.") }),
        ("bon-plan-withdrawn", Letter::BonPlanWithdrawn { plan: deal() }),
        ("bon-plan-taken-down", Letter::BonPlanTakenDown { plan: deal(), reason: words("Le lieu est fermé.") }),
        ("bon-plan-gone", Letter::BonPlanGone { plan: deal() }),
        ("place-sure", Letter::PlaceSure { plan: deal() }),
        ("place-sure-elsewhere", Letter::PlaceSure { plan: elsewhere }),
        ("place-freed", Letter::PlaceFreed { plan: deal() }),
    ]
}

fn sorties() -> Vec<(&'static str, Letter)> {
    let sortie = |news| Letter::Sortie { outing: outing(), news };
    let token = || "eyJhbGciOiJIUzI1NiJ9.x".repeat(12);
    let until = || Some("28/11/2026 à 23\u{a0}h\u{a0}59".to_owned());
    vec![
        ("outing-to-confirm", sortie(News::ToConfirm { token: token(), until: until() })),
        ("outing-unanswered", sortie(News::Unanswered { token: token(), until: until() })),
        ("outing-confirmed", sortie(News::Confirmed)),
        ("outing-returned", sortie(News::Returned { comment: words("Le samedi plutôt ?") })),
        ("outing-validated", sortie(News::Validated)),
        ("outing-cancelled", sortie(News::Cancelled { reason: words("Grève des trains.") })),
        ("outing-cancelled-for-you", sortie(News::CancelledForYou)),
        ("outing-taken-off", sortie(News::TakenOff)),
        ("outing-tomorrow", sortie(News::Tomorrow { state: Phase::Validated })),
        ("outing-tomorrow-unvalidated", sortie(News::Tomorrow { state: Phase::Confirmed })),
        ("outing-unsettled", sortie(News::Unsettled { state: Phase::Validated })),
        ("outing-unvalidated", sortie(News::Unsettled { state: Phase::Confirmed })),
    ]
}

fn reimbursements() -> Vec<(&'static str, Letter)> {
    let statement = Reimbursed {
        number: StatementNumber::parse("2026-W47-41234567").expect(SAMPLE),
        amount: "1\u{202f}234,50\u{a0}€".into(),
        period: "du 16/11/2026 au 22/11/2026".into(),
        iban: Some(iban()),
        execution_day: Some("24/11/2026".into()),
        failed: None,
        found_executed: false,
        site_url: site_url(),
    };
    let failed = |failure, next_iban| {
        let failed = FailedTransfer { failure, reason: Some(line("AC04, compte clos")), next_iban };
        Letter::Reimbursement { statement: Reimbursed { failed: Some(failed), ..statement.clone() } }
    };
    let without_account = Reimbursed { iban: None, execution_day: None, ..statement.clone() };
    let executed = Reimbursed { found_executed: true, ..statement.clone() };
    vec![
        ("transfer-rejected", failed(Failure::Rejected, None)),
        ("transfer-redirected", failed(Failure::Rejected, Some("FR76 •••• •••• 0273".to_owned()))),
        ("transfer-returned", failed(Failure::Returned, None)),
        ("transfer-executed-after-all", Letter::Reimbursement { statement: executed }),
        ("statement-without-an-account", Letter::Reimbursement { statement: without_account }),
        ("statement", Letter::Reimbursement { statement }),
    ]
}

fn hotline() -> Vec<(&'static str, Letter)> {
    let subject = "Remboursement : un sujet assez long pour être plié deux fois, avec des accents, à l’œil";
    let question = Letter::HotlineQuestion {
        name: line("Librairie des Lices"),
        email: email("zoe@librairie.example.org"),
        profile: "Partenaire".into(),
        subject: line(subject),
        question: words(&format!("Bonjour,\nquand viendra-t-il ?\n{}", "Une seule ligne. ".repeat(170))),
    };
    vec![("hotline-question", question), ("hotline-acknowledged", Letter::HotlineAcknowledged)]
}

fn site_url() -> String {
    "https://e-passjeunes.example.org".to_owned()
}

fn identifier() -> Identifier {
    Identifier::parse("librairie-des-lices-1234").expect(SAMPLE)
}

fn password() -> Password {
    Password::parse("Provisoire26").expect(SAMPLE)
}

fn iban() -> String {
    "FR76 •••• •••• 0189".to_owned()
}

fn line(text: &str) -> Line {
    Line::parse(text, 120).expect(SAMPLE)
}

fn words(text: &str) -> Paragraph {
    Paragraph::parse(text, 5_000).expect(SAMPLE)
}

fn email(text: &str) -> Email {
    Email::parse(text).expect(SAMPLE)
}

fn unreadable() -> Paragraph {
    words("Le RIB est illisible :\njoignez-le à nouveau.")
}

/// A dossier whose names would be markup if they were not escaped.
fn dossier() -> Dossier {
    Dossier {
        number: PartnerId::parse("41234567").expect(SAMPLE),
        legal_name: line("SARL Livres & <Cie>"),
        site_url: site_url(),
    }
}

fn deal() -> Deal {
    Deal {
        id: BonPlanId::parse("00000000-0000-7000-8000-000000000001").expect(SAMPLE),
        title: line("« Rencontre » & <goûter>"),
        partner_name: line("Librairie des Lices"),
        when: "le 28/11/2026 de 20 h 30 à 22 h".into(),
        dates: Vec::new(),
        times: Some(line("ouverture des portes à 20 h")),
        place: Some("Librairie des Lices, 4 rue d’Italie, 13100\u{a0}Aix-en-Provence".into()),
        site_url: site_url(),
    }
}

fn outing() -> Outing {
    Outing {
        id: SortieId::mint(7),
        title: line("« Le Cid », répétition & rencontre"),
        day: "28/11/2026".into(),
        price: "8,00\u{a0}€".into(),
        joined: 27,
        expected: Some(30),
        organiser: Some(line("Mme Karima Belkacem")),
        establishment: line("Lycée Marie-Curie"),
        partner: line("Théâtre du Rocher"),
        site_url: site_url(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::Rendered;

    fn rendered() -> Vec<(&'static str, Rendered)> {
        let name = reader();
        let of = |one: Sample| (one.name, one.letter.render(Some(&name), campaign()).expect("a mail"));
        samples().into_iter().map(of).collect()
    }

    #[test]
    fn the_mails_say_what_they_said() {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for (name, mail) in rendered() {
            let said = format!("Objet : {}\n\n{}\n{}", mail.subject, mail.text, mail.html);
            settings.bind(|| insta::assert_snapshot!(name, said));
        }
    }

    #[test]
    fn no_two_samples_have_one_name() {
        let names: BTreeSet<&str> = samples().iter().map(|sample| sample.name).collect();
        assert_eq!(names.len(), samples().len());
    }

    /// Fails when a new mail, or a new branch of a template, has no sample.
    #[test]
    fn everything_that_a_template_may_say_is_in_a_sample() {
        let said: Vec<String> =
            samples().iter().map(|one| one.letter.markup(Some(&reader()), campaign()).expect("markup")).collect();
        let mut files = Vec::new();
        templates(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")), &mut files);
        assert!(files.len() > 50, "{files:?}");
        for file in files {
            for words in literals(&std::fs::read_to_string(&file).unwrap()) {
                assert!(said.iter().any(|mail| mail.contains(&words)), "no sample says {words:?} of {file:?}");
            }
        }
    }

    fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                templates(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "mail") {
                found.push(path);
            }
        }
    }

    /// The literal text of a template, line by line, between its values, tags and comments.
    fn literals(template: &str) -> Vec<String> {
        let opened = template.split("{#").flat_map(|text| text.rsplit("#}").next());
        let pieces = opened.flat_map(|text| text.split(['{', '}'])).filter(|piece| !is_code(piece));
        pieces.flat_map(str::lines).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// Whether a piece is inside a tag or inside the braces of a value.
    fn is_code(piece: &str) -> bool {
        piece.starts_with('%') || piece.ends_with('%') || (piece.starts_with(' ') && piece.ends_with(' '))
    }

    #[test]
    fn no_mail_takes_its_reader_for_a_man_or_quotes_twice_or_leaves_a_sign_alone() {
        for (name, mail) in rendered() {
            let said = format!("{}\n{}", mail.subject, mail.text);
            for word in
                ["inscrit ", "inscrit,", "inscrit.", "jeune déjà", "organisateur", "accompagnateur", "« «", "«\u{a0}«"]
            {
                assert!(!said.contains(word), "{name} says {word}: {said}");
            }
            let body = mail.html.split("<body").nth(1).unwrap();
            for sign in [" :", " ;", " !", " ?", " »", "« ", " €"] {
                assert!(!said.contains(sign), "{name} has a plain space at {sign}: {said}");
                assert!(!body.contains(sign), "{name}, HTML, {sign}: {body}");
            }
            assert!(!mail.subject.contains("– e-PASS JEUNES") && !mail.subject.contains(['\r', '\n']), "{name}");
        }
    }

    #[test]
    fn the_html_loads_nothing_and_is_read_in_the_dark() {
        for (name, mail) in rendered() {
            for word in ["<script", "<img", "<link", "src=", "url("] {
                assert!(!mail.html.contains(word), "{name} loads something");
            }
            assert!(mail.html.contains("color-scheme") && mail.html.contains("overflow-wrap:anywhere"), "{name}");
        }
    }

    #[test]
    fn each_mail_says_where_to_answer_and_greets_who_reads_it() {
        for (name, mail) in rendered() {
            assert!(mail.text.starts_with("Bonjour Zoé D’Août-Lefèvre,\n"), "{name}: {}", mail.text);
            let answers = ["Répondez à ce mail", "Ce mail est envoyé par l’extranet"];
            assert!(answers.iter().any(|answer| mail.text.contains(answer)), "{name}: {}", mail.text);
        }
    }
}
