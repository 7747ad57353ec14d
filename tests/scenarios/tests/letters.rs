//! What each mail says, in a snapshot, and the message that travels: sent through the mailer to the sink, one of each kind.

use std::path::PathBuf;

use epass_domain::{
    BonPlanId, Email, EnrolmentId, Failure, Identifier, Line, Paragraph, PartnerId, Password, Phase, SortieId,
    StatementNumber,
};
use epass_local::mails::Mail;
use epass_mail::{Deal, Dossier, FailedTransfer, KeyNews, Letter, News, Outing, Reimbursed};
use epass_scenarios::Stage;
use epass_web::mint;
use serde_json::json;

const SITE: &str = "https://e-passjeunes.example.org";

#[test]
fn the_mails_say_what_they_said() {
    let mut said = String::new();
    for (name, letter) in letters() {
        let mail = letter.render(Some(&line("Zoé D’Août-Lefèvre"))).unwrap();
        assert!(!mail.subject.contains(['\r', '\n']), "{name}");
        for word in ["<script", "<img", "<link", "src=", "url("] {
            assert!(!mail.html.contains(word), "{name} loads something");
        }
        said.push_str(&format!("=== {name}\nObjet : {}\n\n{}\n", mail.subject, mail.text.trim_end()));
    }
    snapshots().bind(|| insta::assert_snapshot!("mails", said));
}

#[test]
fn no_mail_takes_its_reader_for_a_man_or_quotes_twice_or_leaves_a_sign_alone() {
    for (name, letter) in letters() {
        let mail = letter.render(None).unwrap();
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
        assert!(!mail.subject.contains("– e-PASS JEUNES"), "{name}");
        assert!(mail.html.contains("color-scheme") && mail.html.contains("overflow-wrap:anywhere"), "{name}");
    }
}

#[test]
fn each_mail_says_where_to_answer_and_greets_who_reads_it() {
    for (name, letter) in letters() {
        let mail = letter.render(Some(&line("Zoé Roux"))).unwrap();
        assert!(mail.text.starts_with("Bonjour Zoé Roux,\n"), "{name}: {}", mail.text);
        let answers = ["Répondez à ce mail", "Ce mail est envoyé par l’extranet"];
        assert!(answers.iter().any(|answer| mail.text.contains(answer)), "{name}: {}", mail.text);
    }
}

/// One message of each kind as the sink got it; `EPASS_MAILS_DIR` keeps them for `tests/mails/run`.
#[tokio::test(flavor = "multi_thread")]
async fn every_mail_travels_as_a_message_that_says_what_it_is() {
    let stage = Stage::set().await;
    let now = stage.house.clock.now();
    let outbox = &stage.house.store().outbox;
    for (_, letter) in letters() {
        let entry = letter.to(&Email::parse("lea.martin@example.org").unwrap(), mint::mail_id(now), now);
        outbox.post(&[entry.greeting(line("Zoé D’Août-Lefèvre"))]).await.unwrap();
    }
    let mails = stage.mails().await;
    assert_eq!(mails.len(), letters().len());
    let folder = std::env::var_os("EPASS_MAILS_DIR").map(PathBuf::from);
    for (mail, (name, letter)) in mails.iter().zip(letters()) {
        let raw = stage.house.mailbox.raw(&mail.id).unwrap().unwrap();
        let head = head(&raw);
        for header in ["Auto-Submitted: auto-generated", "MIME-Version: 1.0", "From: \"e-PASS JEUNES\" <mails@"] {
            assert!(head.contains(header), "{name} lacks {header}: {head}");
        }
        let answered = match letter {
            Letter::HotlineQuestion { email, .. } => email.to_string(),
            _ => "equipe@e-passjeunes.example.org".to_owned(),
        };
        assert_eq!(mail.reply_to, answered, "{name}");
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{}.eml", name.replace(' ', "-"))), raw).unwrap();
        }
    }
}

fn head(raw: &[u8]) -> String {
    let text = String::from_utf8(raw.to_vec()).expect("a message is ASCII");
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_with_one_press_and_its_acknowledgement_repeats_nothing_of_it() {
    let stage = Stage::set().await;
    let typed = ["Zoé Garcin", "zoe@librairie.example", "Gagnez un téléphone", "Allez sur https://piege.example/x"];
    let [name, email, subject, question] = typed;
    let form = json!({ "name": name, "email": email, "profile": "partner", "subject": subject, "question": question });
    stage.http().post_json("/hotline", None, &form).await.is(200);
    let asked = stage.mail_to("equipe@e-passjeunes.example.org").await;
    assert_eq!(asked.reply_to, email);
    let told = stage.mail_to(email).await;
    assert_eq!(told.reply_to, "equipe@e-passjeunes.example.org");
    for typed in [name, subject, "piege", "téléphone"] {
        assert!(!said(&told).contains(typed), "{typed}: {}", said(&told));
    }
}

fn said(mail: &Mail) -> String {
    format!("{}\n{}\n{}", mail.subject, mail.text, mail.html.as_deref().unwrap_or_default())
}

/// Old letters, as commit cfd2ea8 stored them, still open.
#[test]
fn letters_stored_before_names_were_the_entrys_are_read() {
    let stored = [
        json!({ "letter": "confirm_address", "first_name": "Léa", "enrolment": "00000000-0000-4000-8000-000000000001", "site_url": SITE }),
        json!({ "letter": "hotline_acknowledged", "subject": "Remboursement", "question": "Bonjour" }),
        json!({ "letter": "card_replaced", "first_name": "Léa", "site_url": SITE }),
        json!({ "letter": "place_freed", "first_name": "Léa", "plan": { "id": "00000000-0000-7000-8000-000000000001",
            "title": "Rencontre", "partner_name": "Librairie", "when": "le 28/11/2026", "site_url": SITE } }),
        json!({ "letter": "sortie", "news": { "news": "taken_off", "first_name": "Léa" }, "outing": { "id": outing().id,
            "title": "Le Cid", "day": "28/11/2026", "price": "8,00 €", "joined": 3, "establishment": "Lycée",
            "partner": "Théâtre", "site_url": SITE } }),
        json!({ "letter": "sortie", "news": { "news": "to_confirm", "token": "t" }, "outing": { "id": outing().id,
            "title": "Le Cid", "day": "28/11/2026", "price": "8,00 €", "joined": 3, "establishment": "Lycée",
            "partner": "Théâtre", "site_url": SITE } }),
    ];
    for letter in stored {
        let read: Letter = serde_json::from_value(letter.clone()).unwrap_or_else(|error| panic!("{error}: {letter}"));
        assert!(read.render(None).unwrap().text.starts_with("Bonjour,"));
    }
}

fn line(text: &str) -> Line {
    Line::parse(text, 120).unwrap()
}

fn words(text: &str) -> Paragraph {
    Paragraph::parse(text, 5_000).unwrap()
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
        site_url: SITE.into(),
    }
}

fn deal() -> Deal {
    Deal {
        id: BonPlanId::parse("00000000-0000-7000-8000-000000000001").unwrap(),
        title: line("« Rencontre » & <goûter>"),
        partner_name: line("Librairie des Lices"),
        when: "le 28/11/2026 de 20 h 30 à 22 h".into(),
        dates: Vec::new(),
        times: Some(line("ouverture des portes à 20 h")),
        place: Some("Librairie des Lices, 4 rue d’Italie, 13100\u{a0}Aix-en-Provence".into()),
        site_url: SITE.into(),
    }
}

/// One letter of each kind.
fn letters() -> Vec<(&'static str, Letter)> {
    let site_url = || SITE.to_owned();
    let identifier = Identifier::parse("librairie-des-lices-1234").unwrap();
    let password = Password::parse("Provisoire26").unwrap();
    let iban = || "FR76 •••• •••• 0189".to_owned();
    let dossier = || Dossier {
        number: PartnerId::parse("41234567").unwrap(),
        legal_name: line("SARL Livres & <Cie>"),
        site_url: site_url(),
    };
    let reason = || words("Le RIB est illisible :\njoignez-le à nouveau.");
    let reimbursed = |failed: Option<Failure>, has_account: bool| Reimbursed {
        number: StatementNumber::parse("2026-W47-41234567").unwrap(),
        amount: "1\u{202f}234,50\u{a0}€".into(),
        period: "du 16/11/2026 au 22/11/2026".into(),
        iban: has_account.then(iban),
        execution_day: has_account.then(|| "24/11/2026".into()),
        failed: failed.map(|failure| FailedTransfer {
            failure,
            reason: Some(line("AC04, compte clos")),
            next_iban: None,
        }),
        found_executed: false,
        site_url: site_url(),
    };
    let statement = |failed, has_account| Letter::Reimbursement { statement: reimbursed(failed, has_account) };
    let executed = Letter::Reimbursement { statement: Reimbursed { found_executed: true, ..reimbursed(None, true) } };
    let sortie = |news| Letter::Sortie { outing: outing(), news };
    let invited = || ("eyJhbGciOiJIUzI1NiJ9.x".repeat(12), Some("28/11/2026 à 23\u{a0}h\u{a0}59".to_owned()));
    let (token, until) = invited();
    let to_confirm = News::ToConfirm { token, until };
    let (token, until) = invited();
    vec![
        ("statement", statement(None, true)),
        ("statement without an account", statement(None, false)),
        ("transfer rejected", statement(Some(Failure::Rejected), true)),
        ("transfer returned", statement(Some(Failure::Returned), true)),
        ("transfer executed after all", executed),
        ("bon plan to review", Letter::BonPlanToReview { plan: deal() }),
        ("bon plan published", Letter::BonPlanPublished { plan: deal() }),
        ("bon plan refused", Letter::BonPlanRefused { plan: deal(), reason: words("L’adresse manque.") }),
        ("bon plan withdrawn", Letter::BonPlanWithdrawn { plan: deal() }),
        ("bon plan taken down", Letter::BonPlanTakenDown { plan: deal(), reason: words("Le lieu est fermé.") }),
        ("bon plan gone", Letter::BonPlanGone { plan: deal() }),
        ("place sure", Letter::PlaceSure { plan: deal() }),
        ("place freed", Letter::PlaceFreed { plan: deal() }),
        (
            "registered",
            Letter::Registered { identifier: identifier.clone(), password: (&password).into(), site_url: site_url() },
        ),
        (
            "confirm address",
            Letter::ConfirmAddress {
                enrolment: EnrolmentId::parse("00000000-0000-4000-8000-000000000001").unwrap(),
                site_url: site_url(),
            },
        ),
        (
            "enrolled",
            Letter::Enrolled {
                identifier: identifier.clone(),
                password: None,
                comes_back: false,
                suspended: false,
                site_url: site_url(),
            },
        ),
        (
            "enrolled again",
            Letter::Enrolled {
                identifier: identifier.clone(),
                password: Some((&password).into()),
                comes_back: true,
                suspended: true,
                site_url: site_url(),
            },
        ),
        ("account closed", Letter::AccountClosed { kept_until: Some("31/08/2027".into()), site_url: site_url() }),
        ("enrolment set aside", Letter::EnrolmentSetAside { site_url: site_url() }),
        ("enrolment to review", Letter::EnrolmentToReview { site_url: site_url() }),
        ("enrolment refused", Letter::EnrolmentRefused { site_url: site_url() }),
        ("card suspended", Letter::CardSuspended { reason: words("Carte prêtée à un ami."), site_url: site_url() }),
        ("card reinstated", Letter::CardReinstated { site_url: site_url() }),
        ("card replaced", Letter::CardReplaced { site_url: site_url() }),
        (
            "establishment access",
            Letter::EstablishmentAccess {
                name: line("Lycée Marie-Curie"),
                identifier: identifier.clone(),
                password: (&password).into(),
                site_url: site_url(),
            },
        ),
        (
            "provisional password",
            Letter::ProvisionalPassword {
                identifier: identifier.clone(),
                password: (&password).into(),
                site_url: site_url(),
            },
        ),
        (
            "password changed",
            Letter::PasswordChanged {
                identifier: identifier.clone(),
                at: "24/11/2026 à 10\u{a0}h\u{a0}05".into(),
                till_keys_ended: Some(false),
                site_url: site_url(),
            },
        ),
        (
            "address changed",
            Letter::AddressChanged {
                name: line("Lycée Marie-Curie"),
                email: Email::parse("nouvelle@lycee.example.org").unwrap(),
                site_url: site_url(),
            },
        ),
        (
            "till key made",
            Letter::TillKey {
                till: line("Caisse 1"),
                news: KeyNews::Made { until: "24/11/2027".into() },
                site_url: site_url(),
            },
        ),
        (
            "till key ending",
            Letter::TillKey {
                till: line("Caisse 1"),
                news: KeyNews::Ending { until: "24/11/2027".into() },
                site_url: site_url(),
            },
        ),
        ("identifier reminder", Letter::IdentifierReminder { identifiers: vec![identifier], site_url: site_url() }),
        ("convention requested", Letter::ConventionRequested { dossier: dossier(), version: 1 }),
        ("convention to review", Letter::ConventionToReview { dossier: dossier(), version: 1 }),
        (
            "convention validated",
            Letter::ConventionValidated {
                dossier: dossier(),
                version: 1,
                copies_address: Line::parse("Docapost Applicam, 1 rue de l’Exemple, 57000 Metz", 100).ok(),
            },
        ),
        ("convention refused", Letter::ConventionRefused { dossier: dossier(), reason: reason() }),
        ("bank change waiting", Letter::BankChangeWaiting { dossier: dossier(), iban: iban() }),
        ("bank change approved", Letter::BankChangeApproved { dossier: dossier(), iban: iban() }),
        ("bank change refused", Letter::BankChangeRefused { dossier: dossier(), reason: reason() }),
        ("outing to confirm", sortie(to_confirm)),
        ("outing unanswered", sortie(News::Unanswered { token, until })),
        ("outing confirmed", sortie(News::Confirmed)),
        ("outing returned", sortie(News::Returned { comment: words("Le samedi plutôt ?") })),
        ("outing validated", sortie(News::Validated)),
        ("outing cancelled", sortie(News::Cancelled { reason: words("Grève des trains.") })),
        ("outing cancelled for you", sortie(News::CancelledForYou)),
        ("outing taken off", sortie(News::TakenOff)),
        ("outing tomorrow", sortie(News::Tomorrow { state: Phase::Validated })),
        ("outing tomorrow unvalidated", sortie(News::Tomorrow { state: Phase::Confirmed })),
        ("outing unsettled", sortie(News::Unsettled { state: Phase::Validated })),
        ("outing unvalidated", sortie(News::Unsettled { state: Phase::Confirmed })),
        (
            "hotline question",
            Letter::HotlineQuestion {
                name: line("Librairie des Lices"),
                email: Email::parse("zoe@librairie.example").unwrap(),
                profile: "Partenaire".into(),
                subject: line(
                    "Remboursement : un sujet assez long pour être plié deux fois, avec des accents, à l’œil",
                ),
                question: words(&format!("Bonjour,\nquand viendra-t-il ?\n{}", "Une seule ligne. ".repeat(170))),
            },
        ),
        ("hotline acknowledged", Letter::HotlineAcknowledged),
    ]
}

fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
