// CULTURO on a phone and on a wide screen: anybody searches, a young person sees what the credit buys, a school begins an outing.
import { expect } from "@playwright/test";
import { expectSound, openFilters, signIn, test } from "./steps.js";

for (const [name, viewport] of [["phone", { width: 360, height: 740 }], ["desk", { width: 1280, height: 900 }]]) {
  test.describe(name, () => {
    test.use({ viewport });

    test("anybody searches, filters and opens a partner", async ({ page }) => {
      await page.goto("/");
      await page.getByRole("link", { name: "Où utiliser l’e‑PASS JEUNES ?" }).click();
      await expect(page.locator(".deal")).toHaveCount(25);
      await expectSound(page, `directory-${name}`);
      await page.getByRole("link", { name: "Page suivante" }).click();
      await expect(page.locator(".deal")).toHaveCount(1);
      await page.getByRole("link", { name: "Début de la liste" }).click();
      await openFilters(page);
      await page.getByLabel("Nom").fill("THEATRE");
      await page.getByLabel("Rubrique").selectOption("Spectacle / Arts visuels");
      await page.getByLabel("Handicap moteur").check();
      await page.getByRole("button", { name: "Rechercher" }).click();
      await expect(page).toHaveURL(/name=THEATRE.*accessibility=motor/);
      await expect(page.locator(".deal").first()).toContainText("Théâtre");
      await openFilters(page);
      await expect(page.getByLabel("Handicap moteur")).toBeChecked();
      await expectSound(page, `directory-filtered-${name}`);
      await page.locator(".deal h2 a").first().click();
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Théâtre");
      await expect(page.getByRole("link", { name: "Voir sur une carte" })).toHaveAttribute("href", /openstreetmap\.org/);
      await expect(page.getByText("Organiser une sortie")).toHaveCount(0);
      await expectSound(page, `directory-partner-${name}`);
      await page.goto("/culturo?name=introuvable");
      await expect(page.getByRole("heading", { name: "Aucun partenaire ne correspond" })).toBeVisible();
      await expectSound(page, `directory-none-${name}`);
      await page.goto("/culturo?department=75");
      await expect(page.getByRole("alert")).toContainText("Choisissez l’un des six départements");
      await expectSound(page, `directory-faulty-${name}`);
    });

    test("a young person finds where to spend the credit", async ({ page }) => {
      await signIn(page, "jeune");
      await page.getByRole("link", { name: "Trouver un partenaire" }).click();
      await expect(page.getByRole("link", { name: "Où utiliser mon crédit" })).toHaveAttribute("aria-current", "page");
      await openFilters(page);
      await page.getByLabel("Commune").fill("aix en provence");
      await page.getByRole("button", { name: "Rechercher" }).click();
      await page.locator(".deal h2 a").filter({ hasText: "Horizon" }).click();
      await expect(page.getByRole("heading", { name: "Y utiliser mon crédit" })).toBeVisible();
      await expectSound(page, `directory-partner-young-${name}`);
    });

    test("a school begins an outing with a partner", async ({ page }) => {
      await signIn(page, "etablissement");
      await page.getByRole("link", { name: "CULTURO" }).first().click();
      await openFilters(page);
      await page.getByLabel("Département").selectOption("Hautes-Alpes");
      await page.getByRole("button", { name: "Rechercher" }).click();
      await page.locator(".deal h2 a").filter({ hasText: "Serre" }).click();
      const begin = page.getByRole("link", { name: "Organiser une sortie avec ce partenaire" });
      await expect(begin).toHaveAttribute("href", /^\/etablissement\/sorties\/nouvelle\?partner=\d{8}$/);
      await expectSound(page, `directory-partner-school-${name}`);
    });
  });
}

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the search is a link that can be shared", async ({ page }) => {
    await page.goto("/culturo");
    await page.getByLabel("Commune").fill("Toulon");
    await page.getByLabel("Rubrique").selectOption("Lecture");
    await page.getByRole("button", { name: "Rechercher" }).click();
    await expect(page.locator(".deal")).toHaveCount(1);
    await page.goto(page.url());
    await expect(page.locator(".deal")).toContainText("La Bulle d’Encre");
  });
});
