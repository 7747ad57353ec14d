// The desk: a bookseller takes a payment, prints the receipt, cancels it, and finds both in the history.
import { expect } from "@playwright/test";
import { expectSound, photograph, signIn, test } from "./steps.js";

const CARD = "2600 1405 3201 2345";

async function lookUp(page, number = CARD, birthDate = "14/05/2008") {
  await page.goto("/transactions/nouvelle");
  await page.getByLabel("N° de carte").fill(number);
  await page.getByLabel("Date de naissance").fill(birthDate);
  await page.getByRole("button", { name: "Je recherche le bénéficiaire" }).click();
}

test("a payment, its receipt, and its cancellation", async ({ page }) => {
  await signIn(page, "partenaire");
  await expect(page).toHaveURL(/transactions\/nouvelle/);
  await expectSound(page, "desk-search");
  await lookUp(page);
  await expect(page.getByText("Léa Martin")).toBeVisible();
  await expectSound(page, "desk-found");

  await page.getByLabel("Montant de la transaction").fill("400");
  await page.getByRole("button", { name: "Je valide la transaction" }).click();
  await expect(page.getByRole("alert")).toContainText("ce montant le dépasse");
  await expect(page.getByLabel("Montant de la transaction")).toHaveValue("400");
  await expectSound(page, "desk-refused");

  await page.getByLabel("Montant de la transaction").fill("12,50");
  await page.getByRole("button", { name: "Je valide la transaction" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Transaction validée");
  await expect(page.getByText("15,50")).toBeVisible();
  await expectSound(page, "desk-receipt");
  await page.emulateMedia({ media: "print" });
  await photograph(page, "desk-receipt-print");
  await page.emulateMedia({ media: "screen" });

  await page.getByRole("link", { name: "Je suis mes transactions" }).first().click();
  await expect(page.getByRole("row").nth(1)).toContainText("Léa Martin");
  await expectSound(page, "history");
  await page.getByRole("link", { name: /^Annuler la transaction de Léa Martin/ }).click();
  await page.getByRole("button", { name: "Annuler la transaction" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Transaction annulée");
  await expect(page.getByRole("status")).toContainText("annulée");
  await lookUp(page);
  await expect(page.getByText("28,00").first()).toBeVisible();
});

test("a wrong number and a wrong birth date are told alike, with what was typed kept", async ({ page }) => {
  await signIn(page, "cinema");
  await lookUp(page, CARD, "15/05/2008");
  const wrongDate = await page.getByRole("alert").innerText();
  await expect(page.getByLabel("N° de carte")).toHaveValue(CARD);
  await lookUp(page, "2600 1405 3201 2352", "14/05/2008");
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page, "desk-not-found");
  await lookUp(page, "2600 0000 0000 0000", "14/05/2008");
  expect(await page.getByRole("alert").innerText()).toBe(wrongDate);
  await page.goto("/transactions/nouvelle");
  await page.getByRole("button", { name: "Je recherche le bénéficiaire" }).click();
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(2);
  await expectSound(page, "desk-empty-form");
});

test("a scanner types the number, and the cursor is where it should be next", async ({ page }) => {
  await signIn(page, "partenaire");
  await expect(page.getByLabel("N° de carte")).toBeFocused();
  await page.keyboard.type("2600140532012345");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Date de naissance")).toBeFocused();
  await page.keyboard.type("14052008");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Montant de la transaction")).toBeFocused();
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Transaction validée");
});

test("the history is filtered, added up, and empty where nothing fits", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.goto("/transactions");
  await expect(page.locator("tbody tr")).toHaveCount(25);
  await page.getByRole("link", { name: "Page suivante" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(25);
  await page.getByLabel("Du").fill("2026-11-01");
  await page.getByLabel("État").selectOption("Validée");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await expect(page.getByText("Total à rembourser")).toBeVisible();
  await expectSound(page, "history-filtered");
  await page.getByLabel("Rubrique").selectOption("Cinéma");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await expect(page.getByRole("heading", { name: "Aucune transaction" })).toBeVisible();
  await expectSound(page, "history-empty");
  await page.getByLabel("N° de carte, de dossier ou de voucher").fill("12");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page, "history-faulty");
  const download = page.waitForEvent("download");
  await page.goto("/transactions");
  await page.getByRole("link", { name: "Télécharger (CSV)" }).click();
  expect((await download).suggestedFilename()).toBe("transactions.csv");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });

  test("the desk works all the same", async ({ page }) => {
    await signIn(page, "partenaire");
    await lookUp(page);
    await page.getByLabel("Montant de la transaction").fill("2");
    await page.getByRole("button", { name: "Je valide la transaction" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Transaction validée");
    await page.getByRole("link", { name: "Annuler cette transaction" }).click();
    await page.getByRole("button", { name: "Annuler la transaction" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Transaction annulée");
  });
});

test("a receipt prints on one ticket of 80 mm, with the shop, its SIRET and a short number", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.goto("/transactions");
  await page.locator("td a[href^='/transactions/']").first().click();
  const receipt = page.getByRole("region", { name: "Reçu" });
  await expect(receipt).toContainText(/SIRET \d{3}\s\d{3}\s\d{3}\s\d{5}/);
  await expect(receipt.locator("dd.number").last()).toHaveText(/^T[0-9a-f]{12}$/);
  const pdf = (await page.pdf({ preferCSSPageSize: true, path: "screenshots/receipt.pdf" })).toString("latin1");
  expect(pdf.match(/\/Type\s*\/Page\b/g), "sheets").toHaveLength(1);
  const [, width] = /MediaBox\s*\[\s*0 0 ([\d.]+)/.exec(pdf);
  expect(Math.round((width / 72) * 25.4), "mm").toBe(80);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  for (const [who, path, selector] of [
    ["partenaire", "/transactions/nouvelle", "#card_number"],
    ["jeune", "/mon-pass", "main a[href='/mon-pass/code']"],
    ["jeune", "/bons-plans", ".deal h2"],
  ]) {
    test(`${path} shows what one came for above 480 px`, async ({ page }) => {
      await signIn(page, who);
      await page.goto(path);
      await page.evaluate(() => scrollTo(0, 0));
      const bottom = await page.locator(selector).first().evaluate((one) => one.getBoundingClientRect().bottom);
      expect(bottom).toBeLessThan(480);
    });
  }
});
