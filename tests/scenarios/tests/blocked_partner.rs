//! A partner that waits for its next convention (guide §4, *Attention*): told why on a page of its own, with what it earned still
//! in its menu; and nothing new can be made, by the screens or by any other way in.

use epass_domain::{BeneficiaryId, Envelope, Invitation, Presence};
use epass_scenarios::{Stage, Till, Trip};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_convention_answers_with_a_page_that_says_why_and_where_to_go() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    stage.blocked(&shop).await;
    let browser = stage.browser(&shop.account).await;
    for path in ["/transactions/nouvelle", "/mes-bons-plans/nouveau"] {
        let page = browser.get(path).await.is(422).text();
        assert!(!page.contains("class=\"code\""), "no bare status: {page}");
        for said in [
            shop.account.name.as_str(),
            "sont suspendus",
            "en cours d’examen depuis le",
            "href=\"/convention\"",
            "href=\"/transactions\"",
            "href=\"/remboursements\"",
            "href=\"/mes-bons-plans\"",
            "href=\"/mes-sorties\"",
            "href=\"/statistiques\"",
        ] {
            assert!(page.contains(said), "{said} is missing at {path}: {page}");
        }
    }
    for path in ["/transactions", "/remboursements"] {
        let page = browser.get(path).await.is(200).text();
        assert!(page.contains("Je réalise une transaction (suspendu)"), "{path}: {page}");
    }
    for path in ["/convention", "/statistiques", "/mes-bons-plans", "/mes-sorties", "/dossier/caisse"] {
        assert!(browser.get(path).await.is(200).text().contains("href=\"/transactions\""), "{path}");
    }
    let page = browser.get("/dossier").await.is(200).text();
    assert!(page.contains("callout warn") && page.contains("sont suspendus"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_convention_the_page_leads_to_asking_for_one() {
    let stage = Stage::set().await;
    for (shop, said, leads) in [
        (stage.newcomer().await, "pas encore demandé de convention", "/convention/demande"),
        (stage.applicant().await, "en cours d’examen depuis le", "/convention"),
    ] {
        let page = stage.browser(&shop.account).await.get("/transactions/nouvelle").await.is(422).text();
        assert!(page.contains(said) && page.contains(&format!("href=\"{leads}\"")), "{page}");
        assert!(page.contains(shop.account.name.as_str()) && !page.contains("Je suis mes remboursements"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_about_a_problem_keeps_the_name_and_the_menu_of_who_is_signed_in() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let nobodys = "/transactions/00000000-0000-7000-8000-000000000000";
    let page = stage.browser(&shop.account).await.get(nobodys).await.is(404).text();
    assert!(page.contains(shop.account.name.as_str()) && page.contains("Mes statistiques"), "{page}");
    let team = stage.team().await;
    let page = stage.browser(&team).await.get("/equipe/conventions/41234567").await.is(404).text();
    assert!(page.contains(team.name.as_str()), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_way_in_makes_anything_new_until_the_next_convention_is_validated() {
    let stage = Stage::set().await;
    let shop = stage.partner_taking(&[Envelope::Reading]).await;
    let till = stage.till(&shop.account).await;
    let key = stage.till_key(&shop, true).await;
    let by_key = Till { http: stage.http(), token: key.reveal().to_owned() };
    let young = stage.young().await;
    let (paid_before, ticket) = (till.ticket(&young).await, till.ticket(&young).await);
    let paid = till.pay(&paid_before, "reading", 1_00).await.is(201).json();
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let asked = stage.asked(&school, &shop, stage.sheet()).await;
    let (outing, voucher) = stage.crowded(&school, &shop, stage.sheet().on("24/11/2026"), 3).await;
    let pupil: BeneficiaryId = stage.participants(&outing).await[0].beneficiary;

    let waiting = stage.blocked(&shop).await;
    let signer = &stage.house.app("partner-sortie").unwrap().signer;
    let link = signer.sign_invitation(&Invitation::to(&asked, stage.house.clock.now()));
    let (ahead, here) = (format!("/mes-sorties/{}", asked.id.as_str()), format!("/mes-sorties/{}", outing.id.as_str()));
    let pay = json!({ "ticket": ticket, "envelope": "reading", "amount_cents": 200 });
    let look = json!({ "reference": young.card.as_str(), "birth_date": "2008-05-14" });
    let settle = json!({ "voucher_number": voucher.as_str() });
    let new_key = json!({ "till": "Caisse 2", "once": "6f1c0d8e-2b7a-4c6d-9e0f-1a2b3c4d5e6f" });
    for (caller, path, body) in [
        (&till, "/transactions/recherche".to_owned(), look.clone()),
        (&by_key, "/transactions/recherche".to_owned(), look),
        (&till, "/transactions".to_owned(), pay.clone()),
        (&by_key, "/transactions".to_owned(), pay),
        (&till, "/dossier/caisse".to_owned(), new_key),
        (&till, "/mes-bons-plans/nouveau".to_owned(), json!({ "title": "Rencontre" })),
        (&till, format!("{ahead}/confirmation"), json!({ "version": 1 })),
        (&till, format!("/sortie-a-confirmer/{link}/confirmation"), json!({})),
        (&till, format!("{here}/absents/{pupil}"), json!({})),
        (&till, format!("{here}/encaissement"), settle.clone()),
    ] {
        caller.post(&path, &body).await.refuses(422, "no_convention");
    }
    assert_eq!(stage.left(&young, Envelope::Reading).await, 27_00);
    assert!(stage.participants(&outing).await.iter().all(|one| one.presence == Presence::Present));
    let page = stage.browser(&shop.account).await.get(&here).await.is(200).text();
    assert!(!page.contains("J’encaisse la sortie e-PASS"), "{page}");
    // What was sold today can still be taken back.
    till.cancel(paid["id"].as_str().unwrap()).await.is(200);

    stage.validated_again(&waiting).await;
    till.post(&format!("{here}/encaissement"), &settle).await.is(201);
    till.post(&format!("{ahead}/confirmation"), &json!({ "version": 1 })).await.is(200);
}
