//! What cannot be undone is asked once more: a GET names what is meant and changes nothing, its button does it. A caller that
//! reads JSON needs no second step.

use epass_domain::{Envelope, SortieState};
use epass_scenarios::{Browser, Stage};

/// The path that the form of a page posts to, and its hidden values.
fn button(page: &str) -> (String, Vec<(String, String)>) {
    let form = page.split("<main").nth(1).unwrap().split("<form method=\"post\" action=\"").nth(1).unwrap();
    let (action, rest) = form.split_once('"').unwrap();
    let rest = rest.split("</form>").next().unwrap();
    let hidden = rest.split("<input type=\"hidden\" name=\"").skip(1).map(|input| {
        let (name, rest) = input.split_once('"').unwrap();
        let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        (name.to_owned(), value.to_owned())
    });
    (action.to_owned(), hidden.collect())
}

/// Opens the second step twice, finds all `words` on it, and presses its button.
async fn step(browser: &mut Browser, path: &str, words: &[&str]) -> String {
    browser.get(path).await.is(200);
    let page = browser.get(path).await.is(200).text();
    for word in words {
        assert!(page.contains(word), "{word} is not on {path}\n{page}");
    }
    let (action, hidden) = button(&page);
    assert_eq!(action, path.split('?').next().unwrap());
    let fields: Vec<_> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&action, &fields).await.is(303).header("location").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_and_no_receipt_cancels_with_one_click() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let id = stage.payment(&shop, &young, 12_50).await.id;
    let mut browser = stage.browser(&shop.account).await;
    let path = format!("/transactions/{id}/annulation");
    for page in ["/transactions".to_owned(), format!("/transactions/{id}")] {
        let page = browser.get(&page).await.is(200).text();
        assert!(page.contains(&format!("href=\"{path}\"")) && !page.contains(&format!("action=\"{path}\"")), "{page}");
    }
    let words = ["Inès Roux", "12,50\u{a0}€", "Annuler la transaction", "Garder la transaction"];
    let done = step(&mut browser, &path, &words).await;
    assert_eq!(done, format!("/transactions/{id}?fait=annulee"));
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
    // Back leads to the transaction, which says that it is cancelled; the day after, its page says why not, and leads there.
    assert_eq!(browser.get(&path).await.is(303).header("location"), format!("/transactions/{id}"));
    let late = stage.payment(&shop, &young, 1_00).await.id;
    stage.clock("2026-11-23T00:00:00+01:00");
    let mut browser = stage.browser(&shop.account).await;
    let page = browser.get(&format!("/transactions/{late}/annulation")).await.is(409).text();
    assert!(page.contains(&format!("href=\"/transactions/{late}\"")), "{page}");
    browser.refused(&format!("/transactions/{late}/annulation"), &[]).await.is(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_a_tills_key_names_the_till_first() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let key = stage.till_key(&shop, true).await;
    let mut browser = stage.browser(&shop.account).await;
    let path = format!("/dossier/caisse/{}/revocation", key.id());
    let list = browser.get("/dossier/caisse").await.is(200).text();
    assert!(list.contains(&format!("href=\"{path}\"")) && !list.contains(&format!("action=\"{path}\"")), "{list}");
    step(&mut browser, &path, &["Dernière utilisation", "Révoquer la clé", "Garder la clé"]).await;
    let again = browser.get(&path).await.is(303);
    assert_eq!(again.header("location"), "/dossier/caisse?fait=revoquee");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_convention_is_validated_as_it_was_read_or_not_at_all() {
    let stage = Stage::set().await;
    let applicant = stage.applicant().await;
    let mut browser = stage.browser(&stage.team().await).await;
    let sheet = format!("/equipe/conventions/{}", applicant.partner.id);
    let path = format!("{sheet}/validation?revision={}", applicant.partner.revision);
    let page = browser.get(&sheet).await.is(200).text();
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    assert!(!page.contains(&format!("action=\"{sheet}/validation\"")), "{page}");
    browser.get(&format!("{sheet}/validation?revision={}", applicant.partner.revision + 1)).await.is(409);
    let words = [applicant.partner.legal_name().as_str(), "SIRET", "Je valide la convention"];
    let done = step(&mut browser, &path, &words).await;
    assert_eq!(done, format!("{sheet}?fait=validee"));
}

#[tokio::test(flavor = "multi_thread")]
async fn validating_an_outing_with_one_of_thirty_says_so_first() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let mut browser = stage.browser(&stage.account_of_school(&school).await).await;
    let here = format!("/etablissement/sorties/{}", sortie.id.as_str());
    let path = format!("{here}/validation");
    browser.get(&path).await.is(422);
    stage.joins(&sortie, &stage.young().await).await;
    let page = browser.get(&here).await.is(200).text();
    assert!(page.contains(&format!("href=\"{path}\"")) && !page.contains(&format!("action=\"{path}\"")), "{page}");
    let expected = sortie.sheet.expected.count();
    let (of, missing) =
        (format!("1 sur {expected} attendus"), format!("{} inscriptions attendues manquent encore", expected - 1));
    step(&mut browser, &path, &[&of, &missing, "Je valide la sortie"]).await;
    let stored = stage.house.store().sorties.find(&sortie.id).await.unwrap().unwrap();
    assert!(matches!(stored.state, SortieState::Validated { .. }));
    assert_eq!(browser.get(&path).await.is(303).header("location"), here);
}
