//! The team's side of reimbursements over HTTP: starting batches, the bank's file, its reports, and what waits.

use std::io::Write;

use axum::http::Method;
use epass_domain::{Envelope, Failure};
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

    async fn report(&mut self, text: impl AsRef<[u8]>) -> Answer {
        self.browser.upload(&format!("{WEEK}/compte-rendu"), &[], ("report", text.as_ref())).await
    }

    /// Posts a report that must be refused with these words at its field, and change nothing.
    async fn refused(&mut self, text: impl AsRef<[u8]>, words: &str) {
        let before = (self.batch().await, self.statement(0).await, self.statement(1).await);
        let page = self.report(text).await.is(422).text();
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
    team.post(&run, &json!({})).await.is(200);
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
async fn a_report_pays_rejects_and_tells_once() {
    let mut scene = Scene::set().await;
    let (paid, rejected) = (scene.number(0), scene.number(1));
    let report = pain002(MESSAGE, "PART", &[(&paid, "ACSC"), (&rejected, "RJCT")]);
    let page = scene.report(&report).await.is(200).text();
    assert!(page.contains("Rejetés"), "{page}");
    assert_eq!((scene.state(0).await, scene.state(1).await), ("paid".into(), "rejected".into()));
    assert_eq!(scene.batch().await["state"], "paid", "every transfer is known");
    let mail = scene.stage.mail_to(scene.shops[1].partner.referent_email().as_str()).await;
    assert!(mail.subject.contains("vérifiez votre IBAN") && mail.text.contains("AC04"), "{}", mail.text);
    let (mails, statements) = (scene.stage.mails().await.len(), (scene.statement(0).await, scene.statement(1).await));
    scene.report(&report).await.is(200);
    assert_eq!((scene.statement(0).await, scene.statement(1).await), statements, "read again");
    assert_eq!(scene.stage.mails().await.len(), mails);
    let waiting = scene.till.get(HERE).await.json()["waiting"].clone();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(waiting[0]["number"], json!(rejected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_only_accepts_notes_that_the_bank_has_the_file() {
    let mut scene = Scene::set().await;
    scene.report(pain002(MESSAGE, "ACCP", &[])).await.is(200);
    assert_eq!((scene.batch().await["state"].clone(), scene.state(0).await), (json!("sent"), "sent".into()));
    scene.report(pain002(MESSAGE, "ACSC", &[])).await.is(200);
    assert_eq!((scene.batch().await["state"].clone(), scene.state(0).await), (json!("paid"), "paid".into()));
    let late = pain002(MESSAGE, "PART", &[(&scene.number(0), "RJCT")]);
    scene.report(late).await.is(200);
    assert_eq!((scene.state(0).await, scene.state(1).await), ("rejected".into(), "paid".into()));
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
    scene.report(vec![b' '; 7 * 1024 * 1024]).await.is(413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_report_is_read_and_one_of_over_20_mb_is_refused_before_it_is_unpacked() {
    let mut scene = Scene::set().await;
    let packed = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    scene.refused(packed(&vec![b' '; 50 * 1024 * 1024]), "20 Mo").await;
    scene.refused(&packed(b"<a/>")[..8], "abîmé").await;
    scene.report(packed(pain002(MESSAGE, "ACSC", &[]).as_bytes())).await.is(200);
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
