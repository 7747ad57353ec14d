// A partner's outing (guide §9.2 to §9.5) on its phone: read and answered signed in, the voucher scanned at the door, the
// settlement taken back on its day; the whole of it without script, too. The journey of all three sides is outing.spec.js.
import { expect } from "@playwright/test";
import { TODAY, as, asked, expectSound, openFilters, signIn, test, validated } from "./steps.js";

const LATER = "2026-12-17";

test.describe.configure({ mode: "serial" });
test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

const valider = (page) => page.getByRole("button", { name: "Valider la transaction" }).click();

test("reads what a school asks, and answers it on the sheet", async ({ page, request }) => {
  const id = await asked(request, "Rencontre avec un traducteur", LATER);
  await signIn(page, "partenaire");
  await page.goto("/mes-sorties");
  await openFilters(page);
  await page.getByLabel("Statut").selectOption("En attente");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await expectSound(page, "partner-sorties");
  await page.getByRole("link", { name: "Voir la sortie Rencontre avec un traducteur" }).click();
  await expect(page).toHaveURL(`/mes-sorties/${id}`);
  await expectSound(page, "partner-sortie-pending");
  await page.getByRole("button", { name: "Je renvoie la sortie pour modification" }).click();
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(1);
  await expectSound(page, "partner-sortie-faulty");
  await page.getByLabel("Commentaire pour modification").fill("Plutôt à 10 h.");

  // Meanwhile a colleague confirms it from another phone: this answer comes too late, and the page says where it stands.
  await (await as(request, "partenaire")).post(`/mes-sorties/${id}/confirmation`, { version: 1 });
  await page.getByRole("button", { name: "Je renvoie la sortie pour modification" }).click();
  await expect(page.getByRole("alert")).toContainText("Cette sortie est « Confirmée »");
  await expect(page.getByRole("button", { name: "Je renvoie la sortie pour modification" })).toHaveCount(0);
  await expectSound(page, "partner-sortie-late");
  await expect(page.getByRole("listitem").filter({ hasText: "a confirmé la sortie" })).toBeVisible();
});

test("scans the voucher at the door, prints the receipt, and takes the settlement back on the same day", async ({ page, request }) => {
  const { id, voucher, cancel } = await validated(request, "Atelier de reliure", "actual");
  await page.addInitScript(() => {
    window.BarcodeDetector = class {
      static getSupportedFormats = async () => ["qr_code"];
      detect = async () => (window.shown ? [{ rawValue: window.shown }] : []);
    };
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = document.createElement("canvas");
      canvas.getContext("2d").fillRect(0, 0, 9, 9);
      return canvas.captureStream();
    };
  });
  await signIn(page, "partenaire");
  await page.goto(`/mes-sorties/${id}/encaissement`);
  await page.locator("#last_name").fill("personne");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await expect(page.getByText("Personne de ce nom")).toBeVisible();
  await expectSound(page, "settlement-nobody");
  await page.locator("#last_name").fill("martin");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await page.getByRole("button", { name: "Déclarer absent Léa Martin" }).click();
  await expect(page.locator("#last_name")).toHaveValue("martin");
  await page.getByRole("button", { name: "Replacer en présent Léa Martin" }).click();
  await expect(page.getByRole("status").first()).toContainText("Replacé en présent");

  await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
  await expect(page.getByRole("dialog", { name: "Scanner" })).toBeVisible();
  await expectSound(page, "settlement-scanning");
  await page.evaluate((number) => { window.shown = number; }, voucher);
  await expect(page.getByRole("dialog", { name: "Scanner" })).toBeHidden();
  await expect(page.getByLabel("N° du Voucher")).toHaveValue(voucher);
  await expectSound(page, "settlement-ready");
  await valider(page);
  await expect(page.getByRole("status").first()).toContainText("La sortie est encaissée");
  await expectSound(page, "sortie-receipt");

  await page.getByRole("link", { name: "Annuler l’encaissement" }).click();
  await page.getByRole("link", { name: "Annuler cet encaissement" }).click();
  await page.getByRole("button", { name: "Annuler l’encaissement" }).click();
  await page.goto(`/mes-sorties/${id}`);
  await expect(page.getByRole("link", { name: "J’encaisse la sortie e‑PASS" })).toBeVisible();
  await expectSound(page, "partner-sortie-reopened");
  await cancel();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("settles an outing at a flat rate, and is told why nobody is declared absent", async ({ page, request }) => {
    const { id, voucher, cancel } = await validated(request, "Matinée de lecture", "flat");
    await signIn(page, "partenaire");
    await page.goto(`/mes-sorties/${id}`);
    await page.getByRole("link", { name: "J’encaisse la sortie e‑PASS" }).click();
    await expect(page.getByText("Règlement au forfait")).toBeVisible();
    await expect(page.getByRole("button", { name: /Déclarer absent/ })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Scanner avec la caméra" })).toBeHidden();
    await page.getByLabel("N° du Voucher").fill(voucher.toLowerCase());
    await valider(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Reçu de la sortie");
    await page.getByRole("link", { name: "Annuler l’encaissement" }).click();
    await page.getByRole("link", { name: "Annuler cet encaissement" }).click();
    await page.getByRole("button", { name: "Annuler l’encaissement" }).click();
    await cancel();
  });

  test("an outing of another day is not settled before", async ({ page, request }) => {
    const id = await asked(request, "Rencontre de printemps", LATER);
    await signIn(page, "partenaire");
    await page.goto(`/mes-sorties/${id}/encaissement`);
    await expect(page.getByRole("button", { name: "Valider la transaction" })).toHaveCount(0);
    await expect(page.getByText("Cette sortie est « En attente »")).toBeVisible();
  });
});
