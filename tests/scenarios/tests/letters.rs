//! The message of each mail that travels: sent through the mailer to the sink, one of each kind.

use std::path::PathBuf;

use epass_domain::Email;
use epass_local::mails::Mail;
use epass_mail::Letter;
use epass_mail::samples::{Sample, reader, samples};
use epass_scenarios::Stage;
use epass_web::mint;
use serde_json::json;

/// One message of each kind as the sink got it; `EPASS_MAILS_DIR` keeps them for `tests/mails/run`.
#[tokio::test(flavor = "multi_thread")]
async fn every_mail_travels_as_a_message_that_says_what_it_is() {
    let stage = Stage::set().await;
    let now = stage.house.clock.now();
    let outbox = &stage.house.store().outbox;
    for sample in samples() {
        let entry = sample.letter.to(&Email::parse("lea.martin@example.org").unwrap(), mint::mail_id(now), now);
        outbox.post(&[entry.greeting(reader())]).await.unwrap();
    }
    let mails = stage.mails().await;
    assert_eq!(mails.len(), samples().len());
    let folder = std::env::var_os("EPASS_MAILS_DIR").map(PathBuf::from);
    for (mail, Sample { name, letter }) in mails.iter().zip(samples()) {
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
            std::fs::write(folder.join(format!("{name}.eml")), raw).unwrap();
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
