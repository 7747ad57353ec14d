//! Every page as a browser gets it: small, whole without script, free of inline style and script, with links that lead
//! somewhere; and what the main pages and the problems say, in snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use axum::http::Method;
use background_reimbursement::Run;
use epass_domain::{
    Accessibility, Campaign, CardState, Did, Envelope, Invitation, Line, Paragraph, Party, Sortie, Wallet, Website,
    Week,
};
use epass_local::rooms;
use epass_scenarios::{Answer, Browser, Deal as _, Shop, Stage, Trip, Visitor};
use epass_web::assets;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The budget of a first load: the page, its stylesheet and its script, each as gzip sends it.
const FIRST_LOAD: usize = 25 * 1024;

/// A page that was asked for.
struct Seen {
    /// Its name among the snapshots.
    name: &'static str,
    /// The path, with its query.
    path: String,
    status: u16,
    html: String,
    /// As it was sent, with its typography.
    sent: String,
    /// Its content security policy.
    policy: String,
}

/// Pages in their order, as different people see them.
struct Tour {
    stage: Stage,
    seen: Vec<Seen>,
}

impl Tour {
    /// Opens a page twice: asking for it changes nothing.
    async fn open(&mut self, name: &'static str, who: &Browser, path: &str, status: u16) -> String {
        let first = self.keep(name, path, who.get(path).await, status);
        let again = who.get(path).await.text();
        assert_eq!(masked(&first), masked(&again), "{path} is another page the second time");
        first
    }

    /// Posts a form whose answer is a page.
    async fn post(&mut self, name: &'static str, who: &mut Browser, path: &str, form: &[(&str, &str)], status: u16) {
        let answer = who.post(path, form).await;
        self.keep(name, path, answer, status);
    }

    /// Posts a form that is refused: its page shows it again.
    async fn refused(&mut self, name: &'static str, who: &mut Browser, path: &str, form: &[(&str, &str)]) {
        let page = who.refused(path, form).await;
        self.keep(name, path, page, 200);
    }

    /// Posts a form that leads to a page.
    async fn follow(&mut self, name: &'static str, who: &mut Browser, path: &str, form: &[(&str, &str)]) {
        let led = who.post(path, form).await.is(303).header("location").to_owned();
        self.open(name, who, &led, 200).await;
    }

    fn keep(&mut self, name: &'static str, path: &str, answer: Answer, status: u16) -> String {
        let answer = answer.is(status);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        let html = answer.text();
        let sent = String::from_utf8(answer.body.to_vec()).unwrap();
        let policy = answer.header("content-security-policy").to_owned();
        self.seen.push(Seen { name, path: path.to_owned(), status, html: html.clone(), sent, policy });
        html
    }

    /// Everywhere, as everybody.
    async fn whole() -> Self {
        let mut tour = Self { stage: Stage::set().await, seen: Vec::new() };
        tour.anybody().await;
        tour.partner().await;
        tour.newcomer().await;
        tour.team().await;
        tour.bons_plans().await;
        tour.directory().await;
        tour.others().await;
        tour.outings_of_the_young().await;
        tour.reimbursements().await;
        tour
    }

    async fn directory(&mut self) {
        let listed = self.stage.in_force(|dossier| {
            dossier.activity.trade_name = Line::parse("Théâtre de l’Œuvre", 100).unwrap();
            dossier.activity.envelopes = vec![Envelope::Reading, Envelope::Performance];
            dossier.activity.accessibility = vec![Accessibility::Motor, Accessibility::Sight];
            dossier.administrative.website = Some(Website::parse("theatre.example.org").unwrap());
        });
        self.stage.house.store().partners.import(&listed).await.unwrap();
        let nobody = Browser::of(self.stage.http());
        self.open("directory", &nobody, "/culturo?name=theatre+oeuvre&accessibility=sight", 200).await;
        self.open("directory-none", &nobody, "/culturo?commune=Gap", 200).await;
        self.open("directory-faulty", &nobody, "/culturo?department=75", 422).await;
        let path = format!("/culturo/{}", listed.id);
        self.open("directory-partner", &nobody, &path, 200).await;
        let young = self.stage.browser(&self.stage.beneficiary().await).await;
        self.open("directory-partner-young", &young, &path, 200).await;
        let school = self.stage.browser(&self.stage.establishment().await).await;
        self.open("directory-partner-school", &school, &path, 200).await;
    }

    async fn anybody(&mut self) {
        let mut nobody = Browser::of(self.stage.http());
        let pages = [
            ("home", "/"),
            ("directory-empty", "/culturo"),
            ("faq", "/faq"),
            ("guide", "/guide"),
            ("legal", "/mentions-legales"),
            ("accessibility", "/accessibilite"),
            ("hotline", "/hotline"),
            ("hotline-sent", "/hotline?fait=envoye"),
            ("sign-in", "/connexion?role=partner"),
            ("forgotten-password", "/mot-de-passe-oublie"),
            ("forgotten-password-sent", "/mot-de-passe-oublie?fait=envoye"),
            ("forgotten-identifier", "/identifiant-oublie"),
            ("forgotten-identifier-sent", "/identifiant-oublie?fait=envoye"),
            ("registration", "/inscription/partenaire"),
            ("registration-sent", "/inscription/partenaire?fait=envoye"),
            ("enrolment", "/inscription/jeune"),
            ("enrolment-sent", "/inscription/jeune?fait=envoye"),
            ("enrolment-confirmed", "/inscription/jeune?fait=confirmee"),
            ("enrolment-review", "/inscription/jeune?fait=verification"),
        ];
        for (name, path) in pages {
            self.open(name, &nobody, path, 200).await;
        }
        self.open("enrolment-link-late", &nobody, "/inscription/jeune/confirmation?token=12", 409).await;
        self.open("problem-not-found", &nobody, "/nulle-part", 404).await;
        self.refused("sign-in-faulty", &mut nobody, "/connexion", &[("identifier", "personne")]).await;
        self.refused("registration-faulty", &mut nobody, "/inscription/partenaire", &[("siret", "123")]).await;
        self.enrolment(&mut nobody).await;
        self.refused("hotline-faulty", &mut nobody, "/hotline", &[("email", "zoe")]).await;
        self.post("problem-unreadable", &mut nobody, "/connexion", &[("inconnu", "1")], 400).await;
    }

    /// The steps of a young person's registration, and the button that its link shows.
    async fn enrolment(&mut self, nobody: &mut Browser) {
        const HERE: &str = "/inscription/jeune";
        self.refused("enrolment-faulty", nobody, HERE, &[("step", "1"), ("status", "none")]).await;
        self.refused(
            "enrolment-not-eligible",
            nobody,
            HERE,
            &[("step", "1"), ("birth_date", "1/1/1990"), ("status", "none")],
        )
        .await;
        let mut form = vec![("birth_date", "14/05/2008"), ("status", "trainee"), ("step", "1")];
        self.follow("enrolment-place", nobody, HERE, &form).await;
        form.extend([("home_postcode", "13001"), ("school_postcode", "13001")]);
        form[2].1 = "2";
        self.follow("enrolment-school", nobody, HERE, &form).await;
        form.push(("school_name", "AFPA de Marseille"));
        form[2].1 = "3";
        self.follow("enrolment-person", nobody, HERE, &form).await;
        form.extend([("first_name", "Léa"), ("last_name", "Martin"), ("email", "lea@example.org"), ("step", "4")]);
        form.remove(2);
        nobody.post(HERE, &form).await.is(303);
        let mail = self.stage.mail_to("lea@example.org").await;
        let token = mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        self.open("enrolment-link", nobody, &format!("/inscription/jeune/confirmation?token={token}"), 200).await;
    }

    async fn partner(&mut self) {
        let shop = self.stage.partner().await;
        let mut browser = self.stage.browser(&shop.account).await;
        self.open("transactions-empty", &browser, "/transactions", 200).await;
        let young = self.stage.young().await;
        let paid = self.stage.payment(&shop, &young, 12_50).await;
        self.open("transactions", &browser, "/transactions", 200).await;
        self.open("transactions-filtered", &browser, "/transactions?state=paid&from=24/11/2026", 200).await;
        self.open("transactions-faulty", &browser, "/transactions?from=demain", 422).await;
        self.open("receipt", &browser, &format!("/transactions/{}", paid.id), 200).await;
        self.open("transaction-to-cancel", &browser, &format!("/transactions/{}/annulation", paid.id), 200).await;
        let pages = [
            ("search", "/transactions/nouvelle"),
            ("dossier", "/dossier"),
            ("dossier-change", "/dossier/modifier"),
            ("convention", "/convention"),
            ("password-change", "/mot-de-passe"),
            ("tills-empty", "/dossier/caisse"),
        ];
        for (name, path) in pages {
            self.open(name, &browser, path, 200).await;
        }
        self.refused("tills-faulty", &mut browser, "/dossier/caisse", &[]).await;
        self.follow("till-made", &mut browser, "/dossier/caisse", &[("till", "Caisse 1")]).await;
        let tills = self.open("tills", &browser, "/dossier/caisse", 200).await;
        self.open("till-to-revoke", &browser, link_ending(&tills, "/revocation"), 200).await;
        self.open("problem-forbidden", &browser, "/equipe/mails", 403).await;
        self.my_plans(&shop, &mut browser).await;
        let card = young.card.to_string();
        let search = [("card_number", card.as_str()), ("birth_date", "14/05/2008")];
        self.follow("found", &mut browser, "/transactions/recherche", &search).await;
        let nobody = [("card_number", card.as_str()), ("birth_date", "15/05/2008")];
        self.follow("search-nobody", &mut browser, "/transactions/recherche", &nobody).await;
        self.follow("search-faulty", &mut browser, "/transactions/recherche", &[]).await;
        self.refused("password-change-faulty", &mut browser, "/mot-de-passe", &[("new_password", "court")]).await;
        self.a_change_to_confirm().await;
    }

    /// What a shop is asked before a change suspends it.
    async fn a_change_to_confirm(&mut self) {
        let shop = self.stage.partner().await;
        let mut dossier = shop.partner.dossier().unwrap().clone();
        dossier.administrative.legal_name = Line::parse("SARL Autre", 50).unwrap();
        let proposing = shop.partner.clone().propose(dossier, self.stage.house.clock.now());
        self.stage.house.store().partners.save(&shop.partner, &proposing, &[]).await.unwrap().unwrap();
        let browser = self.stage.browser(&shop.account).await;
        self.open("dossier-change-to-confirm", &browser, "/dossier/modifier/confirmation", 200).await;
    }

    async fn my_plans(&mut self, shop: &Shop, browser: &mut Browser) {
        self.open("my-plans-empty", browser, "/mes-bons-plans", 200).await;
        let plan = self.stage.published(shop, self.stage.content(shop).places(5)).await;
        let waits = self.stage.submitted(shop, self.stage.content(shop)).await;
        let reason = Paragraph::parse("Précisez l’étage.", 100).unwrap();
        let refused = waits.clone().refuse(reason, self.stage.house.clock.now()).unwrap();
        self.stage.house.store().bons_plans.save(&waits, &refused, &[]).await.unwrap().unwrap();
        self.open("my-plans", browser, "/mes-bons-plans", 200).await;
        self.open("my-plan-new", browser, "/mes-bons-plans/nouveau", 200).await;
        self.open("my-plan", browser, &format!("/mes-bons-plans/{}", plan.id), 200).await;
        self.open("my-plan-refused", browser, &format!("/mes-bons-plans/{}", refused.id), 200).await;
        self.open("my-plan-change", browser, &format!("/mes-bons-plans/{}/modifier", plan.id), 200).await;
        let incomplete = [("title", "Rencontre"), ("then", "draft"), ("id", "01933f00-0000-7000-8000-000000000009")];
        browser.post("/mes-bons-plans/nouveau", &incomplete).await.is(303);
        let draft = "/mes-bons-plans/01933f00-0000-7000-8000-000000000009";
        self.open("my-plan-draft", browser, draft, 200).await;
        self.open("my-plan-draft-change", browser, &format!("{draft}/modifier"), 200).await;
        self.open("my-plan-nobody", browser, &format!("/mes-bons-plans/{}/inscrits", plan.id), 200).await;
        self.refused(
            "my-plan-new-faulty",
            browser,
            "/mes-bons-plans/nouveau",
            &[("title", "Rencontre"), ("then", "send")],
        )
        .await;
    }

    /// A partner's statements in every state.
    async fn reimbursements(&mut self) {
        const HERE: &str = "/remboursements";
        let empty = self.stage.browser(&self.stage.partner().await.account).await;
        self.open("my-statements-empty", &empty, HERE, 200).await;
        let waits = self.stage.partner_paid_to(None).await;
        self.stage.taken(&waits, "2026-11-04", Envelope::Reading, 9_00).await;
        let shop = self.stage.partner().await;
        for (day, envelope, cents) in [
            ("2026-10-27", Envelope::Reading, 4_00),
            ("2026-11-03", Envelope::Reading, 12_50),
            ("2026-11-05", Envelope::Outing, 23_200),
            ("2026-11-23", Envelope::Reading, 7_00),
            ("2026-11-24", Envelope::Cinema, 5_00),
        ] {
            self.stage.taken(&shop, day, envelope, cents).await;
        }
        self.stage.taken_and_cancelled(&shop, "2026-11-04", Envelope::Reading, 28_00).await;
        self.stage.close("2026-W44").await;
        let browser = self.stage.browser(&shop.account).await;
        self.open("my-statements-week-over", &browser, HERE, 200).await;
        self.stage.close("2026-W45").await;
        self.stage.rejected(&shop, "2026-W44").await;
        self.open("my-statements", &browser, HERE, 200).await;
        self.open("my-statements-earlier", &browser, &format!("{HERE}?avant=2026-W45"), 200).await;
        self.open("my-statement", &browser, &format!("{HERE}/2026-W45"), 200).await;
        self.open("my-statement-rejected", &browser, &format!("{HERE}/2026-W44"), 200).await;
        self.open("my-statement-nobodys", &browser, &format!("{HERE}/2026-W43"), 404).await;
        let waits = self.stage.browser(&waits.account).await;
        self.open("my-statements-without-account", &waits, HERE, 200).await;
        self.open("my-statement-without-account", &waits, &format!("{HERE}/2026-W45"), 200).await;
    }

    async fn newcomer(&mut self) {
        let newcomer = self.stage.newcomer().await;
        let mut browser = self.stage.browser(&newcomer.account).await;
        self.open("dossier-empty", &browser, "/dossier", 200).await;
        self.open("convention-none", &browser, "/convention", 200).await;
        self.open("convention-request", &browser, "/convention/demande", 200).await;
        self.open("search-without-convention", &browser, "/transactions/nouvelle", 422).await;
        self.open("tills-without-convention", &browser, "/dossier/caisse", 200).await;
        self.refused("convention-request-faulty", &mut browser, "/convention/demande", &[]).await;
    }

    async fn team(&mut self) {
        let applicant = self.stage.applicant().await;
        let browser = self.stage.browser(&self.stage.team().await).await;
        self.open("queue", &browser, "/equipe/conventions", 200).await;
        self.open("queue-empty", &browser, "/equipe/conventions?etape=refused", 200).await;
        self.open("queue-faulty", &browser, "/equipe/conventions?q=123456", 422).await;
        let sheet = format!("/equipe/conventions/{}", applicant.partner.id);
        self.open("sheet", &browser, &sheet, 200).await;
        self.open("sheet-to-validate", &browser, &format!("{sheet}/validation"), 200).await;
        self.open("mails-empty", &browser, "/equipe/mails", 200).await;
        self.batches(browser.clone()).await;
        self.young_people(browser.clone()).await;
        self.establishments(browser).await;
    }

    async fn batches(&mut self, mut browser: Browser) {
        const HERE: &str = "/equipe/remboursements";
        self.open("batches-empty", &browser, HERE, 200).await;
        let (shop, other) = (self.stage.partner().await, self.stage.partner_paid_to(None).await);
        for shop in [&shop, &other] {
            self.stage.taken(shop, "2026-11-17", Envelope::Reading, 12_50).await;
            self.stage.taken(shop, "2026-11-12", Envelope::Reading, 7_00).await;
        }
        self.stage.close("2026-W47").await;
        let function = self.stage.house.reimbursement().unwrap();
        let before = Run { week: Week::parse("2026-W46").ok() };
        function.handle(before).await.unwrap();
        self.open("batch-running", &browser, &format!("{HERE}/2026-W46"), 200).await;
        self.stage.taken(&shop, "2026-11-13", Envelope::Reading, 1_00).await;
        function.handle(before).await.unwrap_err();
        self.open("batch-stopped", &browser, &format!("{HERE}/2026-W46"), 200).await;
        self.open("batches", &browser, HERE, 200).await;
        self.open("figures", &browser, "/equipe/chiffres", 200).await;
        self.open("figures-empty", &browser, "/equipe/chiffres?campaign=2027-2028", 200).await;
        self.open("figures-faulty", &browser, "/equipe/chiffres?campaign=2027&closed_week=lundi", 422).await;
        let desk = self.stage.browser(&shop.account).await;
        self.open("statistics", &desk, "/statistiques", 200).await;
        self.open("statistics-empty", &desk, "/statistiques?campaign=2025-2026", 200).await;
        self.open("statistics-faulty", &desk, "/statistiques?campaign=2025", 422).await;
        self.open("batch", &browser, &format!("{HERE}/2026-W47"), 200).await;
        self.open("batch-to-send", &browser, &format!("{HERE}/2026-W47/envoi"), 200).await;
        self.open("batch-to-pay", &browser, &format!("{HERE}/2026-W47/paiement"), 200).await;
        self.open("batch-file-in-time", &browser, &format!("{HERE}/2026-W47/fichier"), 409).await;
        let report = format!("{HERE}/2026-W47/comptes-rendus/{}", "0".repeat(64));
        self.open("batch-report-nobodys", &browser, &report, 404).await;
        self.refused("batches-faulty", &mut browser, &format!("{HERE}/lancer"), &[("week", "2026-W48")]).await;
        self.refused("batch-faulty", &mut browser, &format!("{HERE}/2026-W47/compte-rendu"), &[]).await;
        for (name, faulty, of) in
            [("statement", "statement-faulty", &shop), ("statement-waiting", "statement-late", &other)]
        {
            let path = format!("/equipe/releves/2026-W47-{}", of.partner.id);
            if name == "statement" {
                browser.post(&format!("{HERE}/2026-W47/envoi"), &[]).await.is(303);
            }
            self.open(name, &browser, &path, 200).await;
            let form: &[(&str, &str)] = match name {
                "statement" => &[("revision", "1")],
                _ => &[("revision", "1"), ("failure", "rejected")],
            };
            self.refused(faulty, &mut browser, &format!("{path}/echec"), form).await;
        }
        let order = format!("2026-W47-{}", shop.partner.id);
        let finding = format!("/equipe/releves/{order}/verification?revision=1&reference={order}&found=executed");
        self.open("statement-found-out", &browser, &finding, 200).await;
    }

    async fn young_people(&mut self, mut browser: Browser) {
        const HERE: &str = "/equipe/jeunes";
        const SEARCH: &str = "/equipe/jeunes/recherche";
        let shop = self.stage.partner().await;
        let young = self.stage.young().await;
        self.stage.payment(&shop, &young, 3_00).await;
        self.open("young-search", &browser, HERE, 200).await;
        self.follow("young-found", &mut browser, SEARCH, &[("wanted", "Roux")]).await;
        self.follow("young-nobody", &mut browser, SEARCH, &[("wanted", "Zyx")]).await;
        self.follow("young-faulty", &mut browser, SEARCH, &[("wanted", "12")]).await;
        let sheet = format!("{HERE}/{}", young.id);
        self.open("young", &browser, &sheet, 200).await;
        self.refused("young-suspension-faulty", &mut browser, &format!("{sheet}/suspension"), &[]).await;
        self.open("duplicates-empty", &browser, "/equipe/doublons", 200).await;
        let duplicate = self.stage.duplicate(&young).await;
        self.open("duplicates", &browser, "/equipe/doublons", 200).await;
        self.open("duplicate", &browser, &format!("/equipe/doublons/{}", duplicate.id), 200).await;
    }

    async fn establishments(&mut self, mut browser: Browser) {
        const HERE: &str = "/equipe/etablissements";
        let school = self.stage.school("Lycée Marie-Curie", "13005").await;
        self.open("establishments", &browser, HERE, 200).await;
        self.open("establishments-empty", &browser, &format!("{HERE}?department=84"), 200).await;
        self.open("establishments-none", &browser, &format!("{HERE}?department=13&words=giono"), 200).await;
        self.open("establishments-faulty", &browser, &format!("{HERE}?department=75"), 422).await;
        self.open("establishment-new", &browser, &format!("{HERE}/nouveau"), 200).await;
        self.refused("establishment-new-faulty", &mut browser, HERE, &[("uai", "0139001A")]).await;
        self.open("establishment", &browser, &format!("{HERE}/{}", school.id), 200).await;
    }

    async fn young(&mut self) {
        let lea = self.stage.young().await;
        let mut young = self.stage.browser(&self.stage.account_of(&lea).await).await;
        self.open("pass-history-empty", &young, "/mon-pass/historique", 200).await;
        let shop = self.stage.partner().await;
        for cents in [12_50, 5_00] {
            self.stage.payment(&shop, &lea, cents).await;
        }
        let pages = [
            ("pass", "/mon-pass"),
            ("pass-card", "/mon-pass/carte"),
            ("pass-code", "/mon-pass/code"),
            ("pass-history", "/mon-pass/historique"),
            ("renewal-none", "/renouvellement"),
        ];
        for (name, path) in pages {
            self.open(name, &young, path, 200).await;
        }
        self.open("vouchers-none", &young, "/mes-vouchers", 200).await;
        for days in ["1", "7", "30"] {
            young.post("/mes-vouchers", &[("days", days), ("voucher_envelope", "cinema")]).await.is(303);
        }
        self.open("vouchers", &young, "/mes-vouchers?fait=fait", 200).await;
        self.open("my-data", &young, "/mes-donnees", 200).await;
        self.open("closing", &young, "/mes-donnees/fermeture", 200).await;
        self.open("closed", &young, "/compte-ferme", 200).await;
        self.refused("closing-faulty", &mut young, "/mes-donnees/fermeture", &[("account_password", "faux")]).await;
        self.refused("vouchers-faulty", &mut young, "/mes-vouchers", &[("days", "40")]).await;
        let lost = self.stage.young_with(|young| young.card_state = CardState::Suspended).await;
        let lost = self.stage.browser(&self.stage.account_of(&lost).await).await;
        self.open("pass-suspended", &lost, "/mon-pass", 200).await;
        self.open("pass-code-suspended", &lost, "/mon-pass/code", 200).await;
    }

    async fn bons_plans(&mut self) {
        let nobody = Browser::of(self.stage.http());
        self.open("bons-plans-empty", &nobody, "/bons-plans", 200).await;
        let shop = self.stage.partner().await;
        let waits = self.stage.submitted(&shop, self.stage.content(&shop).places(2)).await;
        let plan = self.stage.published(&shop, self.stage.content(&shop).places(1).at_least(16)).await;
        let free = self.stage.published(&shop, self.stage.content(&shop).commune("Arles")).await;
        self.open("bons-plans", &nobody, "/bons-plans", 200).await;
        self.open("bons-plans-none", &nobody, "/bons-plans?envelope=cinema", 200).await;
        self.open("bons-plans-faulty", &nobody, "/bons-plans?from=demain", 422).await;
        let path = format!("/bons-plans/{}", plan.id);
        self.open("bon-plan", &nobody, &path, 200).await;
        self.open("bon-plan-free", &nobody, &format!("/bons-plans/{}", free.id), 200).await;
        self.open("bon-plan-partner", &self.stage.browser(&shop.account).await, &path, 200).await;
        let visitor = Visitor::come(&self.stage).await;
        let mut young = self.stage.browser(visitor.account()).await;
        self.open("bon-plan-young", &young, &path, 200).await;
        young.post(&format!("{path}/inscription"), &[]).await.is(303);
        self.open("bon-plan-in", &young, &format!("{path}?fait=inscrit"), 200).await;
        self.refused("bon-plan-again", &mut young, &format!("{path}/inscription"), &[]).await;
        let next = Visitor::come(&self.stage).await;
        next.join(&plan).await.is(201);
        let next = self.stage.browser(next.account()).await;
        self.open("bon-plan-waiting", &next, &path, 200).await;
        self.open("registrations", &next, "/bons-plans/inscriptions", 200).await;

        let mut team = self.stage.browser(&self.stage.team().await).await;
        self.open("bons-plans-queue", &team, "/equipe/bons-plans", 200).await;
        let sheet = format!("/equipe/bons-plans/{}", waits.id);
        self.open("bon-plan-sheet", &team, &sheet, 200).await;
        self.refused("bon-plan-sheet-faulty", &mut team, &format!("{sheet}/refus"), &[("revision", "2")]).await;
        self.open("bon-plan-sheet-published", &team, &format!("/equipe/bons-plans/{}", plan.id), 200).await;
    }

    /// A school's outings, in every state.
    async fn sorties(&mut self) {
        const HERE: &str = "/etablissement/sorties";
        let (school, shop) = (self.stage.school("Lycée Marie-Curie", "13005").await, self.stage.partner().await);
        let mut browser = self.stage.browser(&self.stage.account_of_school(&school).await).await;
        self.open("sorties-empty", &browser, HERE, 200).await;
        self.open("sortie-new-without-partner", &browser, &format!("{HERE}/nouvelle"), 200).await;
        let partner = shop.partner.id.as_str();
        self.open("sortie-new", &browser, &format!("{HERE}/nouvelle?partner={partner}"), 200).await;
        self.refused("sortie-new-faulty", &mut browser, HERE, &[("partner", partner), ("price", "12")]).await;

        let asked = self.stage.asked(&school, &shop, self.stage.sheet()).await;
        let path = format!("{HERE}/{}", asked.id.as_str());
        self.open("sortie-pending", &browser, &path, 200).await;
        self.open("sortie-not-to-be-changed", &browser, &format!("{path}/modifier"), 409).await;
        let comment = Paragraph::parse("Plutôt le matin.", 100).unwrap();
        let returned = asked.clone().send_back(comment.clone(), 1, self.stage.house.clock.now()).unwrap();
        let step = self.stage.step(Party::Partner, Did::Returned { comment });
        self.stage.house.store().sorties.change(&asked, &returned, &step, &[]).await.unwrap().unwrap();
        self.open("sortie-returned", &browser, &path, 200).await;
        self.open("sortie-change", &browser, &format!("{path}/modifier"), 200).await;
        self.refused("sortie-change-faulty", &mut browser, &format!("{path}/modifier"), &[]).await;

        let sortie = self.stage.confirmed(&school, &shop, self.stage.sheet().on("27/11/2026")).await;
        let path = format!("{HERE}/{}", sortie.id.as_str());
        self.open("sortie-confirmed-nobody", &browser, &path, 200).await;
        let lea = self.stage.young().await;
        self.stage.joins(&sortie, &lea).await;
        self.open("sortie-confirmed", &browser, &path, 200).await;
        self.open("sortie-share", &browser, &format!("{path}/partage"), 200).await;
        self.open("sortie-not-to-be-printed", &browser, &format!("{path}/impression"), 409).await;
        self.refused("sortie-cancel-faulty", &mut browser, &format!("{path}/annulation"), &[]).await;
        self.open("sortie-to-validate", &browser, &format!("{path}/validation"), 200).await;
        browser.post(&format!("{path}/validation"), &[]).await.is(303);
        self.open("sortie-validated", &browser, &format!("{path}?fait=validee"), 200).await;
        self.open("sortie-print", &browser, &format!("{path}/impression"), 200).await;
        self.open("sortie-not-to-be-shared", &browser, &format!("{path}/partage"), 409).await;
        browser.post(&format!("{path}/annulation"), &[("cancellation_reason", "Grève.")]).await.is(303);
        self.open("sortie-cancelled", &browser, &format!("{path}?fait=annulee"), 200).await;
        self.open("sorties", &browser, HERE, 200).await;
        self.open("sorties-none", &browser, &format!("{HERE}?sortie_state=settled"), 200).await;
        self.open("sorties-faulty", &browser, &format!("{HERE}?from=demain"), 422).await;
    }

    async fn outings_of_the_young(&mut self) {
        let (school, shop) = (self.stage.school("Lycée Marie-Curie", "13005").await, self.stage.partner().await);
        let sortie = self.stage.confirmed(&school, &shop, self.stage.sheet()).await;
        let lea = self.stage.young().await;
        let mut young = self.stage.browser(&self.stage.account_of(&lea).await).await;
        self.open("my-outings-empty", &young, "/sorties", 200).await;
        self.open("my-outings-faulty", &young, "/sorties?sortie_code=ABC", 422).await;
        let path = format!("/sorties/{}", sortie.id.as_str());
        self.open("my-outing", &young, &path, 200).await;
        young.post(&format!("{path}/inscription"), &[]).await.is(303);
        self.open("my-outing-in", &young, &format!("{path}?fait=inscrit"), 200).await;
        self.refused("my-outing-again", &mut young, &format!("{path}/inscription"), &[]).await;
        self.stage.validated(&sortie).await;
        self.open("my-outing-frozen", &young, &path, 200).await;
        let cancelled = self.stage.confirmed(&school, &shop, self.stage.sheet().on("27/11/2026").at_cents(1_00)).await;
        self.stage.joins(&cancelled, &lea).await;
        self.stage.cancelled(&cancelled).await;
        self.open("my-outing-cancelled", &young, &format!("/sorties/{}", cancelled.id.as_str()), 200).await;
        self.open("my-outings", &young, "/sorties", 200).await;
        self.open("my-data-outings", &young, "/mes-donnees", 200).await;
        let late = self.stage.browser(&self.stage.beneficiary().await).await;
        self.open("my-outing-late", &late, &path, 200).await;

        let (sortie, voucher) = self.stage.crowded(&school, &shop, self.stage.sheet().on("24/11/2026"), 29).await;
        let settled = self.stage.settled(&shop, &sortie, &voucher).await;
        let desk = self.stage.browser(&shop.account).await;
        self.open("transactions-outing", &desk, "/transactions?envelope=outing", 200).await;
        self.open("receipt-outing", &desk, &format!("/transactions/{}", settled.id), 200).await;
    }

    /// The same on the partner's side, and from the link of a mail.
    async fn my_sorties(&mut self) {
        const HERE: &str = "/mes-sorties";
        let (school, shop) = (self.stage.school("Lycée Marie-Curie", "13005").await, self.stage.partner().await);
        let mut browser = self.stage.browser(&shop.account).await;
        self.open("my-sorties-empty", &browser, HERE, 200).await;
        let asked = self.stage.asked(&school, &shop, self.stage.sheet()).await;
        let path = format!("{HERE}/{}", asked.id.as_str());
        self.open("my-sortie", &browser, &path, 200).await;
        self.refused("my-sortie-faulty", &mut browser, &format!("{path}/renvoi"), &[("version", "1")]).await;
        self.invited(&asked).await;
        self.open("my-sortie-returned", &browser, &path, 200).await;
        self.refused("my-sortie-late", &mut browser, &format!("{path}/confirmation"), &[("version", "1")]).await;

        let lea = self.stage.young().await;
        let ahead = self.stage.confirmed(&school, &shop, self.stage.sheet().at_cents(1_00)).await;
        self.stage.joins(&ahead, &lea).await;
        self.open("my-sortie-confirmed", &browser, &format!("{HERE}/{}", ahead.id.as_str()), 200).await;
        self.stage.validated(&ahead).await;
        self.open("settlement-not-yet", &browser, &format!("{HERE}/{}/encaissement", ahead.id.as_str()), 200).await;
        let today = || self.stage.sheet().on("24/11/2026").at_cents(1_00);
        let flat = self.stage.confirmed(&school, &shop, today().flat()).await;
        let sortie = self.stage.confirmed(&school, &shop, today()).await;
        for outing in [&flat, &sortie] {
            self.stage.joins(outing, &lea).await;
            self.stage.joins(outing, &self.stage.young().await).await;
        }
        self.stage.validated(&flat).await;
        self.open("settlement-flat", &browser, &format!("{HERE}/{}/encaissement", flat.id.as_str()), 200).await;
        let (sortie, voucher) = self.stage.validated(&sortie).await;
        let path = format!("{HERE}/{}", sortie.id.as_str());
        let door = format!("{path}/encaissement");
        self.open("my-sortie-validated", &browser, &path, 200).await;
        browser.post(&format!("{path}/absents/{}", lea.id), &[]).await.is(303);
        self.open("settlement", &browser, &format!("{door}?fait=absent"), 200).await;
        self.open("settlement-nobody", &browser, &format!("{door}?last_name=zyx"), 200).await;
        self.refused("settlement-faulty", &mut browser, &door, &[("voucher_number", "00000-00000-0")]).await;
        browser.post(&door, &[("voucher_number", voucher.as_str())]).await.is(303);
        self.open("sortie-receipt", &browser, &format!("{path}/recu?fait=encaissee"), 200).await;
        self.open("my-sortie-settled", &browser, &path, 200).await;
        self.open("settlement-done", &browser, &door, 200).await;
        self.open("my-sorties", &browser, HERE, 200).await;
        self.open("my-sorties-none", &browser, &format!("{HERE}?sortie_state=cancelled"), 200).await;
        self.open("my-sorties-faulty", &browser, &format!("{HERE}?from=demain"), 422).await;
    }

    async fn invited(&mut self, asked: &Sortie) {
        let invitation = Invitation::to(asked, self.stage.house.clock.now());
        let sign = |invitation: &Invitation| {
            let token = self.stage.house.app("partner-sortie").unwrap().signer.sign_invitation(invitation);
            format!("/sortie-a-confirmer/{token}")
        };
        let (door, older) = (sign(&invitation), sign(&Invitation { version: 0, ..invitation.clone() }));
        let mut nobody = Browser::of(self.stage.http());
        self.open("invited", &nobody, &door, 200).await;
        self.open("invited-older", &nobody, &older, 409).await;
        self.open("invited-broken", &nobody, "/sortie-a-confirmer/rien", 404).await;
        let send_back = format!("{door}/renvoi");
        self.refused("invited-faulty", &mut nobody, &send_back, &[("version", "1")]).await;
        nobody.post(&send_back, &[("comment", "Plutôt le matin.")]).await.is(303);
        self.open("invited-answered", &nobody, &format!("{door}?fait=renvoyee"), 200).await;
        self.refused("invited-late", &mut nobody, &format!("{door}/confirmation"), &[]).await;
    }

    async fn others(&mut self) {
        self.young().await;
        let ended = Wallet::full(Campaign::parse("2025-2026").unwrap());
        let late = self.stage.young_with(|young| young.wallet = ended).await;
        let late = self.stage.browser(&self.stage.account_of(&late).await).await;
        self.open("renewal", &late, "/renouvellement", 200).await;
        self.open("pass-over", &late, "/mon-pass?fait=renouvele", 200).await;
        let young = self.stage.browser(&self.stage.beneficiary().await).await;
        self.open("registrations-empty", &young, "/bons-plans/inscriptions", 200).await;
        self.sorties().await;
        self.my_sorties().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_whole_small_and_leads_somewhere() {
    let tour = Tour::whole().await;
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for page in &tour.seen {
        let at = format!("{} ({} {})", page.name, page.status, page.path);
        let tags = tags(&page.html);
        is_a_whole_page(&page.html, &tags, &at);
        is_told_to_others(&tags, &at);
        breaks_no_line_that_french_holds(&page.sent, &at);
        has_nothing_inline(&page.html, &tags, &at);
        refers_to_what_is_there(&tags, &at);
        leads_somewhere(&tags, &at);
        let mut load = gzipped(page.html.as_bytes());
        for file in loaded(&tags) {
            if !files.contains_key(&file) {
                let answer = Browser::of(tour.stage.http()).get(&file).await.is(200);
                assert!(answer.header("cache-control").contains("immutable"), "{file}");
                files.insert(file.clone(), gzipped(&answer.body));
            }
            load += files[&file];
        }
        assert!(load <= FIRST_LOAD, "{at} loads {load} bytes of {FIRST_LOAD}");
    }
    every_page_was_seen(&tour);
    only_pages_that_scan_may_run_the_decoder(&tour).await;
    forms_of_routes_without_a_body_have_no_field(&tour);
    the_main_pages_say_what_they_said(&tour);
}

/// Where codes are scanned, WebAssembly of ours may run, and on no other page.
async fn only_pages_that_scan_may_run_the_decoder(tour: &Tour) {
    let scans = |page: &Seen| page.html.contains("data-scan");
    for page in &tour.seen {
        let scripts = page.policy.split("; ").find(|rule| rule.starts_with("script-src"));
        let allowed = if scans(page) { "script-src 'self' 'wasm-unsafe-eval'" } else { "script-src 'self'" };
        assert_eq!(scripts, Some(allowed), "{} ({})", page.name, page.path);
        let names_it = page.html.contains(&format!("data-decoder=\"{}\"", assets::url(assets::DECODER)));
        assert_eq!(names_it, scans(page), "{} ({})", page.name, page.path);
    }
    let names: BTreeSet<_> = tour.seen.iter().filter(|page| scans(page)).map(|page| page.name).collect();
    let desk = ["search", "search-faulty", "search-nobody"];
    let door = ["settlement", "settlement-faulty", "settlement-flat", "settlement-nobody"];
    assert_eq!(names, desk.into_iter().chain(door).collect());

    // A worker has the policy of its own file. The decoder is kept for ever, as what it is.
    let http = Browser::of(tour.stage.http());
    for (file, runs) in [(assets::DECODERS_WORKER, true), ("camera.js", false), (assets::DECODER, false)] {
        let answer = http.get(&assets::url(file)).await.is(200);
        assert_eq!(answer.header("content-security-policy").contains("'wasm-unsafe-eval'"), runs, "{file}");
        assert!(answer.header("cache-control").contains("immutable"), "{file}");
    }
    let decoder = http.get(&assets::url(assets::DECODER)).await.is(200);
    assert_eq!(decoder.header("content-type"), "application/wasm");
    assert!(gzipped(&decoder.body) <= 400 * 1024, "{} bytes", gzipped(&decoder.body));
    // One that answers JSON shows no page, and scans nothing.
    let shop = tour.stage.partner().await;
    let till = tour.stage.till(&shop.account).await;
    let told = till.get("/transactions/nouvelle").await.is(200);
    assert!(!told.header("content-security-policy").contains("wasm"), "{}", told.header("content-security-policy"));
}

fn is_a_whole_page(html: &str, tags: &[Tag<'_>], at: &str) {
    assert!(html.starts_with("<!DOCTYPE html>"), "{at}");
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    for name in ["html", "h1", "main"] {
        assert_eq!(count(name), 1, "{at}: <{name}>");
    }
    let first = |name: &str| tags.iter().find(|tag| tag.name == name).unwrap_or_else(|| panic!("{at}: no <{name}>"));
    assert_eq!(first("html").value("lang"), Some("fr"), "{at}");
    let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default();
    assert!(title.len() > " – e-PASS JEUNES".len(), "{at}: {title}");
    assert_eq!(title.matches("e-PASS JEUNES").count(), 1, "{at}: {title}");
    assert_eq!(first("a").value("href"), Some("#content"), "{at}: the first link skips to the content");
    assert_eq!(first("main").value("id"), Some("content"), "{at}");
    for form in tags.iter().filter(|tag| tag.name == "form") {
        let method = form.value("method").unwrap_or("get");
        assert!(form.value("action").is_some() && ["get", "post"].contains(&method), "{at}: a form without script");
    }
    for image in tags.iter().filter(|tag| tag.name == "img") {
        assert!(image.value("alt").is_some(), "{at}: an image without words");
    }
}

/// What search engines, messengers and home screens need; nothing is told of a page that only its owner opens.
fn is_told_to_others(tags: &[Tag<'_>], at: &str) {
    let meta = |kind: &str, name: &str| {
        let found = tags.iter().find(|tag| tag.name == "meta" && tag.value(kind) == Some(name));
        found.and_then(|tag| tag.value("content")).unwrap_or_default()
    };
    let description = meta("name", "description");
    assert!((30..=330).contains(&description.chars().count()), "{at}: a description of {description:?}");
    for (rel, count) in [("icon", 2), ("apple-touch-icon", 1), ("manifest", 1)] {
        assert_eq!(tags.iter().filter(|tag| tag.value("rel") == Some(rel)).count(), count, "{at}: {rel}");
    }
    let is_private = tags.iter().any(|tag| tag.value("action") == Some("/deconnexion"));
    if is_private {
        assert_eq!(meta("property", "og:title"), "", "{at}");
        return;
    }
    assert_eq!(meta("property", "og:description"), description, "{at}");
    assert!(!meta("property", "og:title").is_empty(), "{at}");
    for name in ["og:url", "og:image"] {
        assert!(meta("property", name).starts_with("http"), "{at}: {name} is {:?}", meta("property", name));
    }
}

/// No line ends before a colon, inside guillemets, between a number and its unit, or in *e-PASS*.
fn breaks_no_line_that_french_holds(html: &str, at: &str) {
    for text in texts(html) {
        for (place, c) in text.char_indices().filter(|(_, c)| c.is_ascii_whitespace()) {
            let (before, after) = (&text[..place], &text[place + c.len_utf8()..]);
            let is_held = after.starts_with([':', ';', '!', '?', '»', '€', '%'])
                || before.ends_with('«')
                || before.ends_with("N°")
                || before.ends_with(|c: char| c.is_ascii_digit())
                    && (after.starts_with("h ") || after.starts_with("ans"));
            assert!(!is_held, "{at}: a line may break within {text:?}");
        }
        assert!(!text.contains("e-PASS"), "{at}: e-PASS may break within {text:?}");
    }
}

/// The texts of a page: what stands between tags, but for code, titles of windows and pictures, and what somebody typed.
fn texts(html: &str) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut within = "";
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        if within.is_empty() && ["title", "code", "textarea", "script"].contains(&name) {
            within = name;
        } else if name.strip_prefix('/') == Some(within) {
            within = "";
        }
        if within.is_empty() {
            texts.push(text);
        }
    }
    texts
}

fn has_nothing_inline(html: &str, tags: &[Tag<'_>], at: &str) {
    for tag in tags {
        assert_ne!(tag.name, "style", "{at}");
        for (name, value) in &tag.attributes {
            assert!(*name != "style" && !name.starts_with("on"), "{at}: {name}={value}");
            assert!(!value.trim_start().to_lowercase().starts_with("javascript:"), "{at}: {value}");
        }
        if tag.name == "script" {
            assert!(tag.value("src").is_some() && tag.has("defer"), "{at}: a script that holds the page up");
        }
    }
    let scripts = html.matches("<script").count();
    assert_eq!(html.matches("></script>").count(), scripts, "{at}: a script with a body");
}

/// Ids are unique, and what labels, descriptions and in-page links name is on the page.
fn refers_to_what_is_there(tags: &[Tag<'_>], at: &str) {
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.value("id")) {
        assert!(ids.insert(id), "{at}: two things have the id {id}");
    }
    for tag in tags {
        for name in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
            for id in tag.value(name).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(id), "{at}: {name}={id} leads nowhere");
            }
        }
        if let Some(id) = tag.value("href").and_then(|href| href.strip_prefix('#')) {
            assert!(ids.contains(id), "{at}: #{id} leads nowhere");
        }
    }
    let named = |tag: &Tag<'_>| {
        let labelled = |id| tags.iter().any(|label| label.name == "label" && label.value("for") == Some(id));
        tag.value("id").is_some_and(labelled) || tag.has("aria-label") || tag.has("aria-labelledby")
    };
    let is_field = |tag: &&Tag<'_>| match tag.name {
        "select" | "textarea" => true,
        "input" => !matches!(tag.value("type"), Some("hidden" | "submit" | "checkbox" | "radio")),
        _ => false,
    };
    for field in tags.iter().filter(is_field) {
        assert!(named(field), "{at}: the field {:?} has no label", field.value("name"));
    }
}

/// Links and forms go to declared routes.
fn leads_somewhere(tags: &[Tag<'_>], at: &str) {
    for tag in tags {
        let (method, to) = match (tag.value("href"), tag.value("action")) {
            (Some(href), _) => (Method::GET, href),
            (None, Some(action)) => (tag.value("method").unwrap_or("get").to_uppercase().parse().unwrap(), action),
            (None, None) => continue,
        };
        if to.starts_with('/') {
            let path = to.split(['?', '#']).next().unwrap_or_default();
            assert!(route_of(&method, path).is_some(), "{at}: {method} {to} leads nowhere");
        }
    }
}

/// Where the link leads whose address ends so.
fn link_ending<'h>(html: &'h str, end: &str) -> &'h str {
    let mut links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.find(|href| href.ends_with(end)).unwrap_or_else(|| panic!("no link ends in {end}"))
}

/// The declared path that answers.
fn route_of(method: &Method, path: &str) -> Option<String> {
    let fits = |declared: &str| {
        let (declared, path): (Vec<&str>, Vec<&str>) = (declared.split('/').collect(), path.split('/').collect());
        declared.len() == path.len()
            && declared.iter().zip(&path).all(|(one, other)| one.starts_with('{') || one == other)
    };
    let routes = rooms::all().iter().flat_map(|room| room.declared());
    let declared: Vec<_> = routes.filter(|one| one.method == *method).collect();
    let exact = declared.iter().find(|one| one.path == path);
    exact.or_else(|| declared.iter().find(|one| fits(&one.path))).map(|one| one.path.clone())
}

/// The tour goes through every declared page.
fn every_page_was_seen(tour: &Tour) {
    // These are no pages; `/espace` leads on to one.
    const FILES: &[&str] = &[
        "/espace",
        "/assets/{file}",
        "/openapi.json",
        "/mes-donnees.json",
        "/images/bons-plans/{picture}",
        "/transactions.csv",
        "/mes-bons-plans/{plan}/inscrits.csv",
        "/convention/{version}/pdf",
        "/remboursements/{week}/releve.pdf",
        "/remboursements/{week}/releve.csv",
        "/remboursements/annee/{year}/releves.zip",
        "/equipe/conventions/{partner}/rib",
        "/equipe/remboursements/{week}/virements.xml",
        "/equipe/chiffres/semaines.csv",
        "/equipe/chiffres/communes.csv",
        "/statistiques.csv",
    ];
    let path = |page: &Seen| page.path.split('?').next().unwrap_or_default().to_owned();
    let seen: BTreeSet<String> = tour.seen.iter().filter_map(|page| route_of(&Method::GET, &path(page))).collect();
    let routes = rooms::all().iter().flat_map(|room| room.declared()).filter(|route| route.method == Method::GET);
    let pages = routes.map(|route| route.path.as_str()).filter(|path| !FILES.contains(path));
    let unseen: Vec<_> = pages.filter(|path| !seen.contains(*path)).collect();
    assert!(unseen.is_empty(), "not in the tour: {unseen:#?}");
}

/// A start tag.
struct Tag<'h> {
    name: &'h str,
    attributes: Vec<(&'h str, &'h str)>,
}

impl Tag<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }
}

/// The start tags of a page; askama escapes `<` and `"` in what people typed.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let starts = html.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()));
    starts.map(tag).collect()
}

fn tag(text: &str) -> Tag<'_> {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>')).unwrap_or(rest.len());
        if end == 0 {
            return Tag { name, attributes };
        }
        let (attribute, after) = rest.split_at(end);
        match after.strip_prefix("=\"").and_then(|value| value.split_once('"')) {
            Some((value, after)) => {
                attributes.push((attribute, value));
                rest = after;
            }
            None => {
                attributes.push((attribute, ""));
                rest = after.strip_prefix('=').unwrap_or(after);
            }
        }
    }
}

/// The stylesheets and scripts of a page.
fn loaded(tags: &[Tag<'_>]) -> BTreeSet<String> {
    let styles = tags.iter().filter(|tag| tag.name == "link" && tag.value("rel") == Some("stylesheet"));
    let scripts = tags.iter().filter(|tag| tag.name == "script");
    let files = styles.filter_map(|tag| tag.value("href")).chain(scripts.filter_map(|tag| tag.value("src")));
    files.map(str::to_owned).collect()
}

fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

/// Without what differs from run to run.
fn masked(html: &str) -> String {
    // A signed ticket, a till's key, its name, and what makes a form do one thing once.
    const DRAWN: [&str; 6] =
        ["eyJ", "epk_", "/dossier/caisse/", "name=\"once\" value=\"", "name=\"id\" value=\"", "name=\"copy\" value=\""];
    DRAWN.iter().fold(html.to_owned(), |html, begin| {
        let mut parts = html.split(begin);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |masked, part| {
            let end = part.find(['"', '<', '/']).unwrap_or_default();
            format!("{masked}[drawn]{}", &part[end..])
        })
    })
}

/// Pages whose words are held in snapshots: what is inside `main`.
const HELD: &[&str] = &[
    "batches",
    "batch",
    "batch-stopped",
    "figures",
    "statistics",
    "statement",
    "sorties",
    "sorties-empty",
    "sortie-new-faulty",
    "sortie-returned",
    "sortie-cancelled",
    "my-sorties-empty",
    "my-sortie",
    "invited",
    "invited-older",
    "settlement",
    "settlement-flat",
    "sortie-receipt",
    "my-statements",
    "my-statements-empty",
    "my-statement",
    "my-statement-rejected",
    "my-plans",
    "my-plan",
    "my-plan-new-faulty",
    "bons-plans",
    "bon-plan-young",
    "bon-plan-waiting",
    "bon-plan-sheet",
    "directory",
    "directory-partner",
    "directory-partner-school",
    "home",
    "sign-in",
    "sign-in-faulty",
    "registration-faulty",
    "enrolment-not-eligible",
    "enrolment-person",
    "search",
    "search-nobody",
    "found",
    "receipt",
    "receipt-outing",
    "transactions-outing",
    "transactions",
    "transactions-empty",
    "dossier",
    "tills",
    "till-made",
    "convention",
    "convention-request-faulty",
    "queue",
    "sheet",
    "establishments",
    "establishment",
    "young",
    "duplicate",
    "pass",
    "pass-card",
    "pass-history",
    "pass-suspended",
    "pass-over",
    "my-outing",
    "my-outing-in",
    "my-outing-again",
    "my-outing-frozen",
    "my-outings",
    "problem-not-found",
    "problem-forbidden",
    "problem-unreadable",
];

/// What has no body takes no field: a page that sends one would be refused.
fn forms_of_routes_without_a_body_have_no_field(tour: &Tour) {
    let described: serde_json::Value =
        serde_json::from_str(&epass_local::rooms::openapi(epass_local::rooms::all()).unwrap()).unwrap();
    let paths = described["paths"].as_object().unwrap();
    let bodiless: Vec<Vec<&str>> = paths
        .iter()
        .filter(|(_, item)| item["post"].is_object() && item["post"]["requestBody"].is_null())
        .map(|(path, _)| path.split('/').collect())
        .collect();
    let is_of = |route: &Vec<&str>, action: &str| {
        let parts: Vec<&str> = action.split('?').next().unwrap_or_default().split('/').collect();
        parts.len() == route.len() && route.iter().zip(&parts).all(|(own, part)| own.starts_with('{') || own == part)
    };
    let mut seen = 0;
    for page in &tour.seen {
        for form in page.html.split("<form ").skip(1).filter(|form| form.contains("method=\"post\"")) {
            let action = form.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            if bodiless.iter().any(|route| is_of(route, action)) {
                let fields = form.split("</form>").next().unwrap_or_default().replace("name=\"form_of\"", "");
                assert!(!fields.contains(" name=\""), "{}: {action}: {fields}", page.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

fn the_main_pages_say_what_they_said(tour: &Tour) {
    for &name in HELD {
        let page = tour.seen.iter().find(|page| page.name == name).unwrap_or_else(|| panic!("no page {name}"));
        let main = page.html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
        snapshots().bind(|| insta::assert_snapshot!(format!("page-{name}"), format!("<main{main}</main>")));
    }
}

#[test]
fn mails_and_documents_have_the_colours_of_the_site() {
    let style = include_str!("../../../shared/web/assets/style.css");
    // What stands in the mail's own stylesheet is for dark screens, which the site does not have.
    let mail = include_str!("../../../shared/mail/templates/mail.html").split("</style>").last().unwrap();
    let documents = [
        include_str!("../../../shared/documents/templates/house.typ"),
        include_str!("../../../shared/documents/templates/convention.typ"),
        include_str!("../../../shared/documents/templates/statement.typ"),
    ];
    for text in documents.into_iter().chain([mail]) {
        for colour in text.split('#').skip(1).filter_map(|rest| rest.get(..6)) {
            let is_colour = colour.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            assert!(!is_colour || style.contains(&format!("#{colour}")), "#{colour} is no colour of the site");
        }
    }
}

/// Plain files beside the tests, without ids, times, tickets and hashes.
fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter("[0-9a-f]{64}\">[0-9a-f]{16}", "[sha256]\">[sha256]");
    settings.add_filter(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]");
    settings.add_filter(r">T[0-9a-f]{12}<", ">[number]<");
    settings.add_filter(r#"<input type="hidden" name="form_of" value="[A-Za-z0-9_-]+">"#, "");
    settings.add_filter(r"epk_\d{8}_[0-9a-f]{64}", "[key]");
    settings.add_filter(r"/caisse/[0-9a-f]{64}", "/caisse/[id]");
    settings.add_filter(r"eyJ[A-Za-z0-9_.-]+", "[ticket]");
    settings.add_filter(r"\d{4}-\d{2}-\d{2}T[0-9:.]+Z", "[instant]");
    settings.add_filter(r"\d{2}/\d{2}/2026", "[day]");
    settings.add_filter(r"\d{1,2}[ \u{a0}\u{202f}]h[ \u{a0}\u{202f}]\d{2}", "[time]");
    settings.add_filter(r#"<svg class="icon".*?</svg>"#, "[icon]");
    settings.add_filter(r"2600 \d{4} \d{4} \d{4}", "[card]");
    settings.add_filter(r">\d{3} \d{3} \d{3}<", ">[file]<");
    settings.add_filter(r#"<path d="M0 0h7[^"]*"/>"#, "[modules]");
    settings.add_filter(r"/assets/[0-9a-f]+-", "/assets/[hash]-");
    settings.add_filter(r#"name="id" value="[0-9A-Z]{9}""#, r#"name="id" value="[code]""#);
    settings.add_filter(r"sorties/[0-9A-Z]{9}", "sorties/[code]");
    settings.add_filter(r">[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]<", ">[voucher]<");
    settings.add_filter(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}", "[code]");
    settings
}
