// A school's outing (guide §9): chosen in CULTURO, asked for, corrected, shared in class, joined while one looks, validated,
// printed, and cancelled.
import { expect } from "@playwright/test";
import { expectSound, openFilters, photograph, signIn, test } from "./steps.js";

const HERE = "/etablissement/sorties";
// The house starts on 20 November 2026 (playwright.config.js).
const A_THURSDAY = "2026-12-17";

test.describe.configure({ mode: "serial" });

let sortie;

test("asks a partner for an outing, is told every fault, and loses nothing of it", async ({ page }) => {
  await signIn(page, "etablissement");
  await expect(page).toHaveURL(HERE);
  await expectSound(page, "sorties-before");
  await page.getByRole("link", { name: "Créer une sortie" }).first().click();
  await expectSound(page, "sortie-new-without-partner");
  await page.getByRole("link", { name: "Je choisis un partenaire dans CULTURO" }).click();
  await page.locator("#name").fill("Vieux-Port");
  await page.getByRole("button", { name: "Rechercher" }).click();
  await page.getByRole("link", { name: "Librairie du Vieux-Port" }).click();
  await page.getByRole("link", { name: "Organiser une sortie avec ce partenaire" }).click();
  await expect(page.getByText("Avec Librairie du Vieux-Port")).toBeVisible();
  await expectSound(page, "sortie-new");

  await page.getByLabel("Titre").fill("Rencontre avec une autrice");
  await page.getByLabel("Prix unitaire").fill("12");
  await page.getByRole("button", { name: "J’envoie la sortie au partenaire" }).click();
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(7);
  await expect(page.getByLabel("Titre")).toHaveValue("Rencontre avec une autrice");
  await expectSound(page, "sortie-new-faulty");

  await page.getByLabel("Description").fill("À 14 h à la librairie.\nApportez le livre.");
  await page.getByLabel("Date de la sortie").fill(A_THURSDAY);
  await page.getByLabel("Nombre de participants attendus").fill("30");
  await page.getByLabel("Organisateur de la sortie").fill("Mme Roux, lettres");
  await page.getByLabel("Référent du partenaire").fill("M. Blanc");
  await page.getByLabel("Prix unitaire").fill("8");
  await page.getByLabel(/Au réalisé/).check();
  await page.getByRole("button", { name: "J’envoie la sortie au partenaire" }).click();
  await expect(page.getByRole("status").first()).toContainText("Votre demande est envoyée");
  sortie = new URL(page.url()).pathname;
  await expectSound(page, "sortie-pending");
});

test("corrects what the partner sends back", async ({ page }) => {
  const atPartner = sortie.replace(HERE, "/mes-sorties");
  await signIn(page, "partenaire");
  await page.goto(atPartner);
  await page.getByLabel("Commentaire pour modification").fill("Plutôt à 10 h : l’après-midi, nous recevons une classe.");
  await page.getByRole("button", { name: "Je renvoie la sortie pour modification" }).click();

  await signIn(page, "etablissement");
  await page.goto(sortie);
  await expect(page.getByText("Plutôt à 10 h")).toHaveCount(2); // at the top, and in the timeline
  await expectSound(page, "sortie-returned");
  await page.getByRole("link", { name: "Je modifie la sortie" }).click();
  await expectSound(page, "sortie-change");
  await page.getByLabel("Description").fill("À 10 h à la librairie.\nApportez le livre.");
  await page.getByRole("button", { name: "J’envoie la sortie au partenaire" }).click();
  await expect(page.getByRole("status").first()).toContainText("La fiche corrigée est envoyée");

  await signIn(page, "partenaire");
  await page.goto(atPartner);
  await page.getByRole("button", { name: "Je confirme la sortie" }).click();
});

test("sees who joins while the class looks at the code", async ({ page, browser }) => {
  await signIn(page, "etablissement");
  await page.goto(sortie);
  await expectSound(page, "sortie-confirmed-nobody");
  const projector = await page.context().newPage();
  await projector.goto(sortie);
  await projector.getByRole("link", { name: "Projeter en classe" }).click();
  const code = sortie.split("/").pop();
  await expect(projector.getByText(code.replace(/(...)(...)(...)/, "$1-$2-$3"))).toBeVisible();
  await expectSound(projector, "sortie-share");

  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
  const pupil = await phone.newPage();
  await signIn(pupil, "jeune");
  await pupil.goto(`/sorties/${code}`);
  await pupil.getByRole("button", { name: "Je m’inscris" }).click();
  await phone.close();

  // No page was loaded again.
  await expect(projector.locator("[data-live=joined]")).toHaveText("1", { timeout: 15_000 });
  await page.bringToFront();
  await expect(page.locator("[data-live=joined]").first()).toHaveText("1", { timeout: 15_000 });
  await expect(page.locator("[data-live=total]")).toHaveText(/8,00/);
  await expect(page.getByRole("row", { name: /Martin Léa/ })).toBeVisible();
  await expect(projector.getByText("Martin")).toHaveCount(0);
  await page.reload();
  await expectSound(page, "sortie-confirmed");
});

test("validates the list, prints the sheet of the day, and cancels with a reason", async ({ page }) => {
  await signIn(page, "etablissement");
  await page.goto(sortie);
  await page.getByRole("link", { name: "Je valide la sortie" }).click();
  await page.getByRole("button", { name: "Je valide la sortie" }).click();
  await expect(page.getByRole("status").first()).toContainText("la liste est figée");
  await expectSound(page, "sortie-validated");
  await page.getByRole("link", { name: "Feuille de sortie à imprimer" }).click();
  await expect(page.getByRole("img", { name: "N° de voucher en QR code" })).toBeVisible();
  await expectSound(page, "sortie-print");
  await page.emulateMedia({ media: "print" });
  await page.pdf({ path: "screenshots/sortie-print.pdf", format: "A4" });
  await photograph(page, "sortie-print-paper");
  await page.emulateMedia({ media: "screen" });

  await page.goto(sortie);
  await page.getByText("Annuler la sortie", { exact: true }).click();
  await page.getByRole("button", { name: "J’annule la sortie" }).click();
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(1);
  await expectSound(page, "sortie-cancel-faulty");
  await page.getByLabel("Motif de l’annulation").fill("Les transports scolaires sont en grève.");
  await page.getByRole("button", { name: "J’annule la sortie" }).click();
  await expect(page.getByRole("status").first()).toContainText("La sortie est annulée");
  await expect(page.getByText("Rendu à 1 sur 1")).toBeVisible();
  await expectSound(page, "sortie-cancelled");
  await page.goto(HERE);
  await expect(page.getByRole("row", { name: /Annulée.*Rencontre avec une autrice/ })).toBeVisible();
  await expectSound(page, "sorties");
});

test.describe("on a phone, without JavaScript", () => {
  test.use({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });

  test("finds it in the list and reads how it ended", async ({ page }) => {
    await signIn(page, "etablissement");
    await openFilters(page);
    await page.getByLabel("Statut").selectOption("Annulée");
    await page.getByRole("button", { name: "Filtrer" }).click();
    await page.getByRole("link", { name: "Rencontre avec une autrice" }).click();
    await expect(page.getByText("Les transports scolaires sont en grève.").first()).toBeVisible();
    await expect(page.getByText("Crédit rendu")).toBeVisible();
  });
});
