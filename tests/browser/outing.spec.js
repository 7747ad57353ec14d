// An outing in three windows (guide §9): a school at its desk, a partner and a pupil on their phones, from CULTURO to the
// receipt. Nobody reloads to see what somebody else did but where the page says so.
import { expect } from "@playwright/test";
import { expectSound, mailTo, photograph, signIn, test } from "./steps.js";

// The house starts on 20 November 2026 (playwright.config.js): what is settled takes place today.
const TODAY = "2026-11-20";
const LATER = "2026-12-11";
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PARTNER_MAIL = "referent1@partenaire.example.org";
const TITLE = "Nosferatu, ciné-concert";
// Eleven characters with a check character that is right, and nobody's.
const WRONG_VOUCHER = "00000000000";

test.describe.configure({ mode: "serial" });

/** What the mail's button opens, once the mail of that subject is not the one of `before`. */
const linkOf = async (request, subject, before = "") => {
  let link = before;
  await expect
    .poll(async () => {
      const mail = await mailTo(request, PARTNER_MAIL, subject);
      link = new URL(/https?:\/\/\S+\/sortie-a-confirmer\/\S+/.exec(mail.text)[0]).pathname;
      return link;
    }, { timeout: 15_000 })
    .not.toBe(before);
  return link;
};

/** Fills the sheet of an outing at the partner of the demo's cinema. */
const ask = async (page, { title, day, price = "4,50" }) => {
  await page.goto("/culturo?name=Horizon");
  await page.getByRole("link", { name: "Cinéma L’Horizon" }).click();
  await page.getByRole("link", { name: "Organiser une sortie avec ce partenaire" }).click();
  await page.getByLabel("Titre").fill(title);
  await page.getByLabel("Description").fill("Projection avec un pianiste, puis une discussion.\nRendez-vous à 15 h.");
  await page.getByLabel("Date de la sortie").fill(day);
  await page.getByLabel("Nombre de participants attendus").fill("3");
  await page.getByLabel("Organisateur de la sortie").fill("M. Faure, philosophie");
  await page.getByLabel("Référent du partenaire").fill("Mme Blanc");
  await page.getByLabel("Prix unitaire").fill(price);
  await page.getByLabel(/Au réalisé/).check();
  await page.getByRole("button", { name: "J’envoie la sortie au partenaire" }).click();
  await expect(page.getByRole("status").first()).toContainText("Votre demande est envoyée");
  return new URL(page.url()).pathname.split("/").pop();
};

test("a school, a partner and a pupil bring an outing from CULTURO to the receipt", async ({ browser, request }) => {
  test.setTimeout(240_000);
  const windows = await Promise.all([{ viewport: { width: 1280, height: 900 } }, PHONE, PHONE].map((like) => browser.newContext(like)));
  const [school, partner, pupil] = await Promise.all(windows.map((window) => window.newPage()));
  for (const page of [school, partner, pupil]) page.setDefaultTimeout(15_000);

  // The school finds the cinema, and asks.
  await signIn(school, "etablissement");
  await school.goto("/culturo");
  await expectSound(school, "outing-culturo");
  await school.locator("#name").fill("rien de tel");
  await school.getByRole("button", { name: "Rechercher" }).click();
  await expectSound(school, "outing-culturo-nobody");
  await school.goto("/culturo?name=Horizon");
  await school.getByRole("link", { name: "Cinéma L’Horizon" }).click();
  await expectSound(school, "outing-culturo-partner");
  const code = await ask(school, { title: TITLE, day: TODAY, price: "5" });

  // The partner opens the link of the mail, signed in nowhere, and sends it back.
  const subject = `Une sortie à confirmer : ${TITLE}`;
  const first = await linkOf(request, subject);
  await partner.goto(first);
  await expect(partner.getByRole("heading", { level: 1 })).toContainText(TITLE);
  await photograph(partner, "outing-mail-390");
  await partner.getByRole("button", { name: "Je renvoie la sortie pour modification" }).tap();
  await expect(partner.getByRole("alert")).toContainText("Commentaire");
  await expectSound(partner, "outing-mail-faulty");
  await partner.getByLabel("Commentaire pour modification").fill("Le groupe paie 4,50 € la place, pas 5 €.");
  await partner.getByRole("button", { name: "Je renvoie la sortie pour modification" }).tap();
  await expect(partner.getByRole("status").first()).toContainText("renvoyée à l’établissement");
  await expectSound(partner, "outing-mail-returned");

  // The school reads why, corrects, and asks again.
  await school.goto(`/etablissement/sorties/${code}`);
  await expect(school.getByText("Le groupe paie 4,50 € la place, pas 5 €.").first()).toBeVisible();
  await photograph(school, "outing-returned-1280");
  await school.getByRole("link", { name: "Je modifie la sortie" }).click();
  await school.getByLabel("Prix unitaire").fill("4,50");
  await school.getByRole("button", { name: "J’envoie la sortie au partenaire" }).click();
  await expect(school.getByRole("status").first()).toContainText("La fiche corrigée est envoyée");

  // The old link says so; the new one confirms.
  await partner.goto(first);
  await expect(partner.getByRole("button", { name: "Je confirme la sortie" })).toHaveCount(0);
  await expectSound(partner, "outing-mail-old");
  await partner.goto(await linkOf(request, subject, first));
  await expect(partner.getByText("4,50 €").first()).toBeVisible();
  await partner.getByRole("button", { name: "Je confirme la sortie" }).tap();
  await expect(partner.getByRole("status").first()).toContainText("La sortie est confirmée");
  await expectSound(partner, "outing-mail-confirmed");

  // The school shows the code in class.
  await school.goto(`/etablissement/sorties/${code}`);
  await school.getByRole("link", { name: "Projeter en classe" }).click();
  await photograph(school, "outing-projected-1280");
  const link = new URL(await school.locator("#link").innerText()).pathname;
  expect(link).toContain(code);
  await school.goto(`/etablissement/sorties/${code}`);
  const joined = school.locator(".share-card [data-live=joined]");
  await expect(joined).toHaveText("0");

  // The pupil opens the link, signs in, sees what it costs and what is left, and joins.
  await pupil.goto(link);
  await pupil.getByLabel("Identifiant", { exact: true }).fill("jeune");
  await pupil.getByLabel("Mot de passe", { exact: true }).fill("Demo2026");
  await pupil.getByRole("button", { name: "Je me connecte" }).tap();
  await expect(pupil.getByRole("heading", { level: 1 })).toContainText(TITLE);
  await expect(pupil.getByText("La sortie coûte 4,50 €. Après l’inscription, il vous restera 3,50 €")).toBeVisible();
  await photograph(pupil, "outing-join-390");
  await expectSound(pupil, "outing-join");
  await pupil.getByRole("button", { name: "Je m’inscris" }).tap();
  await expect(pupil.getByRole("status").first()).toContainText("Votre place est réservée");
  await photograph(pupil, "outing-joined-390");
  await expectSound(pupil, "outing-joined");

  // The school's number moves by itself.
  await school.bringToFront();
  await expect(joined).toHaveText("1", { timeout: 15_000 });
  await expect(school.getByRole("row", { name: /Martin Léa/ })).toBeVisible({ timeout: 15_000 });
  await photograph(school, "outing-live-1280");
  await school.getByRole("link", { name: "Je valide la sortie" }).click();
  await school.getByRole("button", { name: "Je valide la sortie" }).click();
  await expect(school.getByRole("status").first()).toContainText("la liste est figée");
  await school.getByRole("link", { name: "Feuille de sortie à imprimer" }).click();
  const voucher = await school.locator(".day-voucher .big").innerText();
  await expectSound(school, "outing-print");

  // At the door: the partner settles on the phone.
  await signIn(partner, "cinema");
  await partner.getByRole("link", { name: "Mes sorties e‑PASS" }).first().tap();
  await photograph(partner, "outing-partner-list-390");
  await expectSound(partner, "outing-partner-list");
  await partner.getByRole("link", { name: `Voir la sortie ${TITLE}` }).tap();
  await photograph(partner, "outing-partner-sheet-390");
  await expectSound(partner, "outing-partner-sheet");
  await partner.getByRole("link", { name: "J’encaisse la sortie e‑PASS" }).tap();
  await photograph(partner, "outing-settlement-390");
  await expectSound(partner, "outing-settlement");
  await partner.getByRole("button", { name: "Déclarer absent Léa Martin" }).tap();
  await expect(partner.getByRole("status").first()).toContainText("Déclaré absent");
  await expectSound(partner, "outing-settlement-absent");
  await partner.getByLabel("N° du Voucher").fill(voucher);
  await partner.getByRole("button", { name: "Valider la transaction" }).tap();
  await expect(partner.getByRole("alert"), "nobody is left to pay").toBeVisible();
  await expectSound(partner, "outing-settlement-nobody-present");
  await partner.getByRole("button", { name: "Replacer en présent Léa Martin" }).tap();
  await expect(partner.getByRole("status").first()).toContainText("Replacé en présent");
  await partner.getByLabel("N° du Voucher").fill("12");
  await partner.getByRole("button", { name: "Valider la transaction" }).tap();
  await expect(partner.getByRole("alert")).toBeVisible();
  await expectSound(partner, "outing-settlement-faulty");
  await partner.getByLabel("N° du Voucher").fill(WRONG_VOUCHER);
  await partner.getByRole("button", { name: "Valider la transaction" }).tap();
  await expect(partner.getByRole("alert")).toContainText("n’est pas celui de cette sortie");
  await photograph(partner, "outing-settlement-refused-390");
  await partner.getByLabel("N° du Voucher").fill(voucher);
  await partner.getByRole("button", { name: "Valider la transaction" }).tap();
  await expect(partner.getByRole("heading", { level: 1 })).toHaveText("Reçu de la sortie");
  await expect(partner.locator(".receipt .total")).toHaveText(/4,50/);
  await photograph(partner, "outing-receipt-390");
  await expectSound(partner, "outing-receipt");

  // The pupil's outing is paid, and the school's is settled.
  await pupil.goto("/sorties");
  await expect(pupil.getByRole("listitem").filter({ hasText: TITLE })).toContainText("Réglé");
  await photograph(pupil, "outing-mine-390");
  await expectSound(pupil, "outing-mine");
  await pupil.getByLabel("Code de la sortie").fill("XXX");
  await pupil.getByRole("button", { name: "Voir la sortie" }).tap();
  await expect(pupil.getByRole("alert")).toBeVisible();
  await expectSound(pupil, "outing-mine-faulty");
  await school.goto(`/etablissement/sorties/${code}`);
  await expect(school.getByText("Le partenaire a encaissé la sortie")).toBeVisible();
  await expectSound(school, "outing-settled");
  await Promise.all(windows.map((window) => window.close()));
});

test("a wrong code, a wrong link and somebody else’s outing lead nowhere", async ({ page }) => {
  await page.goto("/sortie-a-confirmer/rien-de-tel");
  await expectSound(page, "outing-mail-nothing");
  await page.goto("/culturo/99999999");
  await expectSound(page, "outing-culturo-nothing");
  await signIn(page, "nouveau");
  await page.goto("/mes-sorties");
  await expectSound(page, "outing-partner-none");
});

test("the demo’s outing of today is one that the partner can settle", async ({ page }) => {
  await signIn(page, "cinema");
  await page.goto("/mes-sorties?sortie_state=validated");
  await page.getByRole("link", { name: /Voir la sortie Les Temps modernes/ }).click();
  await page.getByRole("link", { name: "J’encaisse la sortie e‑PASS" }).click();
  await expect(page.getByRole("button", { name: /Déclarer absent/ })).toHaveCount(15);
  await expectSound(page, "outing-settlement-class");
  await page.goto("/mes-sorties?from=2027-01-01");
  await expectSound(page, "outing-partner-filtered-none");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

  test("an outing is asked for, confirmed, joined, left, and cancelled with a reason", async ({ page, request }) => {
    const title = "Visite de la cabine de projection";
    await signIn(page, "etablissement");
    const code = await ask(page, { title, day: LATER, price: "2" });
    await page.context().clearCookies();
    await page.goto(await linkOf(request, `Une sortie à confirmer : ${title}`));
    await page.getByRole("button", { name: "Je confirme la sortie" }).click();
    await expect(page.getByRole("status").first()).toContainText("La sortie est confirmée");

    await signIn(page, "jeune");
    await page.goto("/sorties");
    await page.getByLabel("Code de la sortie").fill(code.toLowerCase());
    await page.getByRole("button", { name: "Voir la sortie" }).click();
    await page.getByRole("button", { name: "Je m’inscris" }).click();
    await expect(page.getByRole("status").first()).toContainText("Votre place est réservée");
    await page.getByText("Je me désinscris", { exact: true }).click();
    await page.getByRole("button", { name: "Je quitte la sortie" }).click();
    await expect(page.getByRole("status").first()).toContainText("votre crédit vous est rendu");
    await page.getByRole("button", { name: "Je m’inscris" }).click();

    await signIn(page, "etablissement");
    await page.goto(`/etablissement/sorties/${code}`);
    await page.getByText("Annuler la sortie", { exact: true }).click();
    await page.getByLabel("Motif de l’annulation").fill("Le projecteur est en panne.");
    await page.getByRole("button", { name: "J’annule la sortie" }).click();
    await expect(page.getByRole("status").first()).toContainText("La sortie est annulée");
    await mailTo(request, "jeune@example.org", `Votre sortie est annulée : ${title}`);

    await signIn(page, "jeune");
    await page.goto(`/sorties/${code}`);
    await expect(page.getByText("Le projecteur est en panne.")).toBeVisible();
    await photograph(page, "outing-cancelled-390");
    await signIn(page, "cinema");
    await page.goto(`/mes-sorties/${code}`);
    await expect(page.getByText("Le projecteur est en panne.").first()).toBeVisible();
    await photograph(page, "outing-partner-cancelled-390");
  });
});
