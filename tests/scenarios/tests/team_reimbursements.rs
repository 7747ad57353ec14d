//! The team's side of reimbursements over HTTP: starting batches, the bank's file, its reports, and what waits.

use std::io::Write;

use axum::http::Method;
use epass_domain::{Envelope, Failure, Iban};
use epass_scenarios::{Answer, Browser, Http, Shop, Stage, Till};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

const HERE: &str = "/equipe/remboursements";
const WEEK: &str = "/equipe/remboursements/2026-W47";
const MESSAGE: &str = "EPASS-2026-W47-2026-11-25";

/// A member of the team, and two shops that are paid 12.50 and 7.00 with the batch of week 47.
struct Scene {
    stage: Stage,
    browser: Browser,
    till: Till,
    shops: [Shop; 2],
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let shops = [stage.partner().await, stage.partner().await];
        for (shop, cents) in shops.iter().zip([12_50, 7_00]) {
            stage.taken(shop, "2026-11-18", Envelope::Reading, cents).await;
        }
        stage.close("2026-W47").await;
        let team = stage.team().await;
        let (browser, till) = (stage.browser(&team).await, stage.till(&team).await);
        Self { stage, browser, till, shops }
    }

    fn number(&self, shop: usize) -> String {
        format!("2026-W47-{}", self.shops[shop].partner.id)
    }

    async fn batch(&self) -> Value {
        self.till.get(WEEK).await.is(200).json()
    }

    async fn statement(&self, shop: usize) -> Value {
        self.till.get(&format!("/equipe/releves/{}", self.number(shop))).await.is(200).json()
    }

    async fn state(&self, shop: usize) -> String {
        self.statement(shop).await["state"].as_str().unwrap().to_owned()
    }

    async fn upload(&mut self, text: impl AsRef<[u8]>) -> Answer {
        self.browser.upload(&format!("{WEEK}/compte-rendu"), &[], ("report", text.as_ref())).await
    }

    /// Has a report taken in: where its preview is.
    async fn taken(&mut self, text: impl AsRef<[u8]>) -> String {
        self.upload(text).await.is(303).header("location").to_owned()
    }

    /// Has a report taken in and applied: what it changed.
    async fn report(&mut self, text: impl AsRef<[u8]>) -> Value {
        let preview = self.taken(text).await;
        self.till.post(&preview, &json!({})).await.is(200).json()["report"].clone()
    }

    /// Posts a report that must be refused with these words at its field, and change nothing.
    async fn refused(&mut self, text: impl AsRef<[u8]>, words: &str) {
        let before = (self.batch().await, self.statement(0).await, self.statement(1).await);
        let led = self.upload(text).await;
        let page = self.browser.shown(led).await.is(200).text();
        assert!(page.contains(words), "{words}: {page}");
        assert_eq!((self.batch().await, self.statement(0).await, self.statement(1).await), before, "{words}");
    }
}

/// A pain.002 about our file.
fn pain002(message: &str, group: &str, transfers: &[(&str, &str)]) -> String {
    let told = |(name, status): &(&str, &str)| {
        let reason = if *status == "RJCT" { "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" } else { "" };
        format!("<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>")
    };
    let transfers: String = transfers.iter().map(told).collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>{transfers}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_starts_what_is_due_and_follows_it() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    stage.taken(&shop, "2026-11-18", Envelope::Reading, 12_50).await;
    let team = stage.till(&stage.team().await).await;
    assert_eq!(team.get(HERE).await.json()["batches"], json!([]));
    let run = format!("{HERE}/lancer");
    team.post(&run, &json!({ "week": "2026-W48" })).await.refuses(422, "week_not_over");
    team.post(&run, &json!({ "week": "2026-W35" })).await.refuses(422, "no_batch_due");
    assert_eq!(team.post(&run, &json!({ "week": "lundi" })).await.is(422).faults(), [("week".into(), "week".into())]);
    assert_eq!(team.get(HERE).await.json()["batches"], json!([]), "nothing was started");
    let started = team.post(&run, &json!({ "week": "2026-W47" })).await.is(200).json();
    assert_eq!(started, json!({ "week": "2026-W47", "started": true }));
    stage.machines_rest().await;
    let again = team.post(&run, &json!({ "week": "2026-W47" })).await.is(200).json();
    assert_eq!(again["started"], false, "made already");
    team.post(&run, &json!({})).await.refuses(422, "invalid");
    team.post(&run, &json!({ "due": "yes" })).await.is(200);
    stage.machines_rest().await;
    let batches = team.get(HERE).await.json()["batches"].clone();
    assert_eq!(batches.as_array().unwrap().len(), 12);
    assert_eq!(batches[0]["transfers"], json!({ "count": 1, "amount_cents": 12_50 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_control_sum_beside_the_statements_and_the_file() {
    let scene = Scene::set().await;
    let batch = scene.batch().await;
    assert_eq!(batch["figures"]["statements"], json!({ "count": 2, "amount_cents": 19_50 }));
    assert_eq!(batch["figures"]["transfers"], json!({ "count": 2, "amount_cents": 19_50 }));
    assert_eq!((&batch["state"], &batch["message"]), (&json!("made"), &json!(MESSAGE)));
    let largest: Vec<_> =
        batch["statements"].as_array().unwrap().iter().map(|one| one["amount_cents"].clone()).collect();
    assert_eq!(largest, [12_50, 7_00]);
    let link = scene.till.get(&format!("{WEEK}/virements.xml")).await.is(303);
    let file = behind(link.header("location")).await;
    assert!(file.contains("<CtrlSum>19.50</CtrlSum>") && file.contains(&scene.number(0)));
    assert_eq!(epass_files::sha256(file.as_bytes()), batch["sha256"].as_str().unwrap());
    scene.till.get(&format!("{HERE}/2026-W30/virements.xml")).await.is(404);
}

/// What a presigned link leads to.
async fn behind(link: &str) -> String {
    let (host, path) = link.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let http = Http::of(&format!("http://{host}"));
    http.send(http.request(Method::GET, &format!("/{path}")), "").await.is(200).text()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_shows_what_it_does_then_does_it_and_read_again_says_that_it_changes_nothing() {
    let mut scene = Scene::set().await;
    let (paid, rejected) = (scene.number(0), scene.number(1));
    let report = pain002(MESSAGE, "PART", &[(&paid, "ACSC"), (&rejected, "RJCT")]);
    let before = (scene.batch().await, scene.statement(0).await, scene.statement(1).await);
    let preview = scene.taken(&report).await;
    let shown = scene.till.get(&preview).await.is(200).json();
    let numbers = ["named", "executed", "rejected", "contradicted", "unanswered"].map(|name| shown[name].clone());
    assert_eq!(numbers, [2, 1, 1, 0, 0]);
    assert_eq!(shown["changes"][0]["reason"], "compte clos (AC04)");
    assert_eq!((scene.batch().await, scene.statement(0).await, scene.statement(1).await), before, "nothing yet");
    let page = scene.browser.get(&preview).await.is(200).text();
    assert!(page.contains("J’applique le compte rendu") && page.contains("compte clos (AC04)"), "{page}");
    let applied = scene.browser.post(&preview, &[]).await.is(303);
    let page = scene.browser.get(applied.header("location")).await.is(200).text();
    assert!(page.contains("est appliqué") && page.contains("Comptes rendus appliqués"), "{page}");
    assert_eq!((scene.state(0).await, scene.state(1).await), ("paid".into(), "rejected".into()));
    assert_eq!(scene.batch().await["state"], "paid", "every transfer is known");
    let mail = scene.stage.mail_to(scene.shops[1].partner.referent_email().as_str()).await;
    assert!(mail.subject.contains("vérifiez votre IBAN") && mail.text.contains("compte clos (AC04)"), "{}", mail.text);
    let (mails, statements) = (scene.stage.mails().await.len(), (scene.statement(0).await, scene.statement(1).await));
    let batch = scene.batch().await;
    assert_eq!(batch["reports"][0]["rejected"], 1);
    let again = scene.report(&report).await;
    assert_eq!((&again["executed"], &again["rejected"], &again["is_known"]), (&json!(0), &json!(0), &json!(true)));
    let page = scene.browser.get(&preview).await.is(200).text();
    assert!(page.contains("ne change rien"), "{page}");
    assert_eq!((scene.statement(0).await, scene.statement(1).await), statements, "read again");
    assert_eq!(scene.batch().await, batch);
    assert_eq!(scene.stage.mails().await.len(), mails);
    let waiting = scene.till.get(HERE).await.json()["waiting"].clone();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(waiting[0]["number"], json!(rejected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_only_accepts_notes_that_the_bank_has_the_file() {
    let mut scene = Scene::set().await;
    let accepted = scene.report(pain002(MESSAGE, "ACCP", &[])).await;
    assert_eq!((&accepted["unanswered"], &accepted["is_known"]), (&json!(2), &json!(false)));
    assert_eq!((scene.batch().await["state"].clone(), scene.state(0).await), (json!("sent"), "sent".into()));
    // Said again, or that a transfer is pending, it says nothing final: nothing of it is noted already.
    for status in ["ACCP", "PDNG"] {
        let read = scene.report(pain002(MESSAGE, status, &[])).await;
        assert_eq!((&read["pending"], &read["is_known"]), (&json!(2), &json!(true)));
        let body = pain002(MESSAGE, status, &[]);
        let led = scene.browser.upload(&format!("{WEEK}/compte-rendu"), &[], ("report", body.as_bytes())).await.is(303);
        let page = scene.browser.get(led.header("location")).await.is(200).text();
        assert!(page.contains("rien de définitif") && !page.contains("déjà noté"), "{page}");
    }
    scene.report(pain002(MESSAGE, "ACSC", &[])).await;
    assert_eq!((scene.batch().await["state"].clone(), scene.state(0).await), (json!("paid"), "paid".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_one_transfer_says_how_many_are_unanswered_and_the_last_one_pays_the_batch() {
    let mut scene = Scene::set().await;
    let (first, second) = (scene.number(0), scene.number(1));
    let read = scene.report(pain002(MESSAGE, "PART", &[(&first, "ACSC")])).await;
    assert_eq!((&read["executed"], &read["unanswered"]), (&json!(1), &json!(1)));
    assert_eq!(scene.batch().await["state"], "sent");
    let read = scene.report(pain002(MESSAGE, "PART", &[(&second, "ACSC")])).await;
    assert_eq!((&read["executed"], &read["unanswered"]), (&json!(1), &json!(0)));
    assert_eq!(scene.batch().await["state"], "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_waits_for_a_person_whichever_report_comes_first() {
    for order in [["RJCT", "ACSC"], ["ACSC", "RJCT"]] {
        for whole in [false, true] {
            let mut scene = Scene::set().await;
            let own = scene.number(0);
            for status in order {
                let is_whole = whole && status == "ACSC";
                let report =
                    if is_whole { pain002(MESSAGE, "ACSC", &[]) } else { pain002(MESSAGE, "PART", &[(&own, status)]) };
                scene.report(report).await;
            }
            let statement = scene.statement(0).await;
            assert_eq!((&statement["state"], &statement["can_be_retried"]), (&json!("to_check"), &json!(false)));
            assert_eq!(statement["transfers"][0]["reason"], "compte clos (AC04)", "{order:?}");
            let list = scene.till.get(HERE).await.is(200).json();
            assert_eq!(list["to_check"][0]["number"], json!(own));
            assert_eq!(list["waiting"], json!([]));
            let mails = scene.stage.mails().await.len();
            for status in ["ACSC", "RJCT"] {
                let again = scene.report(pain002(MESSAGE, "PART", &[(&own, status)])).await;
                assert_eq!(again["is_known"], true, "{order:?}, {status}");
            }
            assert_eq!(scene.stage.mails().await.len(), mails);
            // Another account is approved meanwhile: the next batch does not order it.
            another_account(&scene, 0).await;
            scene.stage.clock("2026-11-30T04:00:00+01:00");
            scene.stage.close("2026-W48").await;
            let later = scene.stage.till(&scene.stage.team().await).await;
            let sheet = later.get(&format!("/equipe/releves/{own}")).await.is(200).json();
            assert_eq!((&sheet["state"], sheet["transfers"].as_array().unwrap().len()), (&json!("to_check"), 1));
        }
    }
}

/// Approves another account of a shop's.
async fn another_account(scene: &Scene, shop: usize) {
    let store = scene.stage.house.store();
    let before = store.partners.find(&scene.shops[shop].partner.id).await.unwrap().unwrap();
    let iban = Iban::french(20041, 1, 99_999_999_999);
    let account = before.paid_to.clone().unwrap();
    let paid_to = Some(epass_domain::BankDetails { iban, ..account });
    let after = epass_domain::Partner { paid_to, revision: before.revision + 1, ..before.clone() };
    store.partners.save(&before, &after, &[]).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_decides_what_the_bank_contradicts_in_two_steps_and_for_good() {
    for (found, state) in [("executed", "paid"), ("rejected", "rejected"), ("returned", "upcoming")] {
        let mut scene = Scene::set().await;
        let own = scene.number(0);
        scene.report(pain002(MESSAGE, "ACSC", &[])).await;
        scene.report(pain002(MESSAGE, "PART", &[(&own, "RJCT")])).await;
        let path = format!("/equipe/releves/{own}");
        let page = scene.browser.get(&path).await.is(200).text();
        assert!(page.contains("est à vérifier"), "{page}");
        let revision = scene.statement(0).await["revision"].to_string();
        let step = format!("{path}/verification?revision={revision}&reference={own}&found={found}");
        let asked = scene.browser.get(&step).await.is(200).text();
        assert!(asked.contains("12,50") && asked.contains("Librairie des Lices"), "{asked}");
        assert_eq!(scene.state(0).await, "to_check", "asking changes nothing");
        let form = [("revision", revision.as_str()), ("reference", &own), ("found", found)];
        let mails = scene.stage.mails().await.len();
        scene.browser.post(&format!("{path}/verification"), &form).await.is(303);
        assert_eq!(scene.state(0).await, state);
        assert_eq!(scene.stage.mails().await.len() - mails, 1, "the partner is told what became of it");
        let mail = scene.stage.mail_to(scene.shops[0].partner.referent_email().as_str()).await;
        assert_eq!(mail.subject.contains("bien exécuté"), found == "executed", "{}", mail.subject);
        let again = json!({ "revision": revision.parse::<u32>().unwrap() + 1, "reference": own, "found": found });
        scene.till.post(&format!("{path}/verification"), &again).await.refuses(409, "transfer_not_to_check");
        for status in ["ACSC", "RJCT"] {
            let read = scene.report(pain002(MESSAGE, "PART", &[(&own, status)])).await;
            assert_eq!(read["is_known"], true);
        }
        assert_eq!(scene.state(0).await, state, "what the bank repeats changes it no more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_transfer_whose_new_account_is_approved_leaves_with_the_next_batch_and_asks_for_nothing() {
    let mut scene = Scene::set().await;
    let own = scene.number(0);
    let waits = async |scene: &Scene| scene.till.get(HERE).await.json()["waiting"][0]["waits_for"].clone();
    scene.report(pain002(MESSAGE, "PART", &[(&own, "RJCT")])).await;
    assert_eq!(waits(&scene).await, "Il faut un autre IBAN, ou votre accord");
    another_account(&scene, 0).await;
    assert_eq!(waits(&scene).await, "Part avec le prochain lot, vers le nouvel IBAN");
    let statement = scene.statement(0).await;
    assert_eq!((&statement["can_be_retried"], &statement["waits_for"]), (&json!(false), &waits(&scene).await));
    // Approved before the bank rejects the old one: the mail does not ask for another either.
    another_account(&scene, 1).await;
    let second = scene.number(1);
    scene.report(pain002(MESSAGE, "PART", &[(&second, "RJCT")])).await;
    let mail = scene.stage.mail_to(scene.shops[1].partner.referent_email().as_str()).await;
    assert!(mail.subject.contains("nouvel IBAN") && !mail.text.contains("corrigez"), "{}", mail.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_and_paid_ask_once_more_and_are_taken_back_until_the_bank_answers() {
    let mut scene = Scene::set().await;
    for (under, state) in [("envoi", "sent"), ("paiement", "paid")] {
        let page = scene.browser.get(&format!("{WEEK}/{under}")).await.is(200).text();
        assert!(page.contains("19,50") && page.contains(MESSAGE), "{page}");
        assert_ne!(scene.batch().await["state"], state, "asking changes nothing");
        scene.browser.post(&format!("{WEEK}/{under}"), &[]).await.is(303);
        assert_eq!(scene.batch().await["state"], state);
    }
    let back = |under: &str| format!("{WEEK}/{under}/reprise");
    assert_eq!(scene.till.post(&back("paiement"), &json!({})).await.is(200).json()["state"], "sent");
    assert_eq!(scene.till.post(&back("envoi"), &json!({})).await.is(200).json()["state"], "made");
    assert_eq!(scene.state(0).await, "in_batch");
    scene.report(pain002(MESSAGE, "ACCP", &[])).await;
    for under in ["envoi", "paiement"] {
        scene.till.post(&back(under), &json!({})).await.refuses(409, "bank_answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_noted_of_a_transfer_before_its_file_is_sent() {
    let scene = Scene::set().await;
    let path = format!("/equipe/releves/{}", scene.number(0));
    let failure = json!({ "revision": 1, "failure": "rejected" });
    scene.till.post(&format!("{path}/echec"), &failure).await.refuses(409, "file_not_sent");
    scene.till.post(&format!("{path}/paiement"), &json!({ "revision": 1 })).await.refuses(409, "file_not_sent");
    scene.till.post(&format!("{WEEK}/envoi"), &json!({})).await.is(200);
    scene.till.post(&format!("{path}/echec"), &failure).await.is(200);
    scene.till.post(&format!("{WEEK}/envoi/reprise"), &json!({})).await.refuses(409, "bank_answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_day_is_past_says_so_and_is_made_anew_while_it_was_not_sent() {
    let scene = Scene::set().await;
    let first = scene.batch().await;
    assert_eq!((&first["is_late"], &first["execution_day"]), (&json!(false), &json!("2026-11-25")));
    scene.till.post(&format!("{WEEK}/fichier"), &json!({})).await.refuses(409, "file_still_good");
    scene.stage.clock("2026-11-27T10:30:00+01:00");
    let team = scene.stage.team().await;
    let (mut browser, till) = (scene.stage.browser(&team).await, scene.stage.till(&team).await);
    let page = browser.get(WEEK).await.is(200).text();
    assert!(page.contains("n’est plus à transmettre"), "{page}");
    let asked = browser.get(&format!("{WEEK}/fichier")).await.is(200).text();
    assert!(asked.contains("30/11/2026") && asked.contains("deux fois"), "{asked}");
    browser.post(&format!("{WEEK}/fichier"), &[]).await.is(303);
    scene.stage.machines_rest().await;
    let anew = till.get(WEEK).await.is(200).json();
    assert_eq!((&anew["state"], &anew["execution_day"]), (&json!("made"), &json!("2026-11-30")));
    assert_eq!((&anew["message"], &anew["figures"]), (&json!("EPASS-2026-W47-2026-11-30"), &first["figures"]));
    assert_eq!(anew["replaced"][0]["message"], json!(MESSAGE));
    assert_eq!(anew["replaced"][0]["sha256"], first["sha256"]);
    let file = behind(till.get(&format!("{WEEK}/virements.xml")).await.is(303).header("location")).await;
    assert!(file.contains("<CreDtTm>2026-11-27T10:3"), "the moment at which it was made: {file}");
    assert!(file.contains("<Dt>2026-11-30</Dt>"));
    // The old file was sent all the same: its report says so.
    let report = pain002(MESSAGE, "ACSC", &[]);
    let refused = browser.upload(&format!("{WEEK}/compte-rendu"), &[], ("report", report.as_bytes())).await;
    assert!(browser.shown(refused).await.is(200).text().contains("a remplacé"));
    till.post(&format!("{WEEK}/envoi"), &json!({})).await.is(200);
    till.post(&format!("{WEEK}/fichier"), &json!({})).await.refuses(409, "file_sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_in_another_encoding_is_read_and_one_that_is_not_known_is_named() {
    let mut scene = Scene::set().await;
    let own = scene.number(0);
    let report = pain002(MESSAGE, "PART", &[(&own, "RJCT")]);
    let declared = |name: &str| {
        let text = report.replace("</Cd></Rsn>", "</Cd></Rsn><AddtlInf>clôturé</AddtlInf>");
        format!("<?xml version=\"1.0\" encoding=\"{name}\"?>{text}")
    };
    scene.refused(declared("EBCDIC-CP-FR"), "EBCDIC-CP-FR").await;
    let latin: Vec<u8> = declared("ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> = declared("UTF-16").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&[0xFF, 0xFE], wide.as_slice()].concat();
    for bytes in [latin, wide] {
        let preview = scene.taken(bytes).await;
        let shown = scene.till.get(&preview).await.is(200).json();
        assert_eq!(shown["changes"][0]["reason"], "compte clos (AC04), clôturé");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_wrong_anywhere_is_refused_whole() {
    let mut scene = Scene::set().await;
    let own = scene.number(0);
    let good = |transfers: &[(&str, &str)]| pain002(MESSAGE, "PART", transfers);
    scene.refused("bonjour", "n’est pas").await;
    scene.refused("", "Joignez le compte rendu").await;
    scene.refused(pain002("EPASS-2026-W46-2026-11-17", "ACSC", &[]), "EPASS-2026-W46-2026-11-17").await;
    scene.refused(good(&[(&own, "RJCT"), ("2026-W47-99999999", "RJCT")]), "2026-W47-99999999").await;
    scene.refused(good(&[(&own, "RJCT"), ("AUTRE", "RJCT")]), "AUTRE").await;
    scene.refused(good(&[(&format!("{own}-2"), "RJCT")]), "-2 ").await;
    scene.refused(good(&[(&own, "RJCT"), (&own, "ACSC")]), "deux fois").await;
    scene.refused(good(&[(&own, "PEUT")]), "PEUT").await;
    scene.refused(pain002(MESSAGE, "RJCT", &[]), "refusé le fichier entier").await;
    let entities = good(&[]).replace("<Document", "<!DOCTYPE a [<!ENTITY b \"c\">]><Document");
    scene.refused(entities, "entités").await;
    let led = scene.upload(vec![b' '; 7 * 1024 * 1024]).await;
    scene.browser.shown(led).await.is(413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_report_is_read_and_one_of_over_20_mb_is_refused_before_it_is_unpacked() {
    let mut scene = Scene::set().await;
    let packed = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    scene.refused(packed(&vec![b' '; 50 * 1024 * 1024]), "20\u{a0}Mo").await;
    scene.refused(&packed(b"<a/>")[..8], "abîmé").await;
    scene.report(packed(pain002(MESSAGE, "ACSC", &[]).as_bytes())).await;
    assert_eq!(scene.state(0).await, "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_says_can_be_noted_by_hand_once_and_about_what_was_read() {
    let scene = Scene::set().await;
    let path = format!("/equipe/releves/{}", scene.number(0));
    scene.till.post(&format!("{WEEK}/envoi"), &json!({})).await.is(200);
    assert_eq!(scene.state(0).await, "sent");
    scene.till.post(&format!("{WEEK}/paiement"), &json!({})).await.is(200);
    assert_eq!(scene.state(0).await, "paid");
    let fail = |revision: u32, failure: Failure| json!({ "revision": revision, "failure": failure.code(), "bank_reason": "AC04" });
    let failed = scene.till.post(&format!("{path}/echec"), &fail(1, Failure::Rejected)).await.is(200).json();
    assert_eq!((&failed["state"], &failed["can_be_retried"]), (&json!("rejected"), &json!(true)));
    scene.till.post(&format!("{path}/echec"), &fail(1, Failure::Returned)).await.refuses(409, "statement_changed");
    scene.till.post(&format!("{path}/echec"), &fail(2, Failure::Returned)).await.refuses(409, "transfer_not_ordered");
    scene.till.post(&format!("{path}/paiement"), &json!({ "revision": 2 })).await.refuses(409, "transfer_not_ordered");
    let mail = scene.stage.mail_to(scene.shops[0].partner.referent_email().as_str()).await;
    assert!(mail.text.contains("AC04"), "{}", mail.text);
    scene.till.post(&format!("{path}/remise"), &json!({ "revision": 2 })).await.is(200);
    scene.till.post(&format!("{path}/remise"), &json!({ "revision": 3 })).await.refuses(409, "transfer_not_rejected");
    scene.stage.clock("2026-11-30T04:00:00+01:00");
    scene.stage.close("2026-W48").await;
    let later = scene.stage.till(&scene.stage.team().await).await;
    let sheet = later.get(&path).await.is(200).json();
    assert_eq!(sheet["transfers"][1]["reference"], json!(format!("{}-2", scene.number(0))));
    assert_eq!(sheet["state"], "in_batch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_batch_names_the_partner_and_is_taken_up_again() {
    let scene = Scene::set().await;
    let shop = &scene.shops[0];
    scene.stage.taken(shop, "2026-11-11", Envelope::Reading, 5_00).await;
    let function = scene.stage.house.reimbursement().unwrap();
    let run = background_reimbursement::Run { week: epass_domain::Week::parse("2026-W46").ok() };
    function.handle(run).await.unwrap();
    let late = scene.stage.partner().await;
    scene.stage.taken(&late, "2026-11-11", Envelope::Reading, 3_00).await;
    function.handle(run).await.unwrap_err();
    let path = format!("{HERE}/2026-W46");
    let stopped = scene.till.get(&path).await.is(200).json();
    assert_eq!(stopped["state"], "stopped");
    assert_eq!(stopped["difference"]["partner"], json!(late.partner.id.as_str()));
    assert_eq!(
        (&stopped["difference"]["stated_cents"], &stopped["difference"]["found_cents"]),
        (&json!(0), &json!(3_00))
    );
    scene.till.get(&format!("{path}/virements.xml")).await.is(404);
    scene.till.post(&format!("{path}/envoi"), &json!({})).await.refuses(409, "no_bank_file");
    // The statement that lacked is issued when it is taken up again.
    scene.till.post(&format!("{HERE}/lancer"), &json!({ "week": "2026-W46" })).await.is(200);
    scene.stage.machines_rest().await;
    let made = scene.till.get(&path).await.is(200).json();
    assert_eq!((&made["state"], &made["figures"]["transfers"]["amount_cents"]), (&json!("made"), &json!(8_00)));
}
