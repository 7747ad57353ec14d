// Bons plans on a phone and on a wide screen: anybody browses, a young person registers and leaves, the team decides.
import { expect } from "@playwright/test";
import { expectSound, openFilters, signIn, test } from "./steps.js";

for (const [name, viewport] of [["phone", { width: 360, height: 740 }], ["desk", { width: 1280, height: 900 }]]) {
  test.describe(name, () => {
    test.use({ viewport });

    test("anybody browses and filters", async ({ page }) => {
      await page.goto("/bons-plans");
      await expect(page.locator(".deal")).toHaveCount(25);
      await expectSound(page, `bons-plans-${name}`);
      await page.getByRole("link", { name: "Page suivante" }).click();
      await expect(page.locator(".deal").first()).toBeVisible();
      await page.getByRole("link", { name: "Début de la liste" }).click();
      await openFilters(page);
      await page.getByLabel("Rubrique").selectOption("Cinéma");
      await page.getByLabel("Commune").selectOption("Aix-en-Provence");
      await page.getByRole("button", { name: "Filtrer" }).click();
      await expect(page.locator(".deal").first()).toContainText("Aix-en-Provence");
      await expectSound(page, `bons-plans-filtered-${name}`);
      await openFilters(page);
      await page.getByLabel("Du").fill("2027-10-01");
      await page.getByRole("button", { name: "Filtrer" }).click();
      await expect(page.getByRole("heading", { name: "Aucun bon plan ne correspond" })).toBeVisible();
      await expectSound(page, `bons-plans-none-${name}`);
    });

    test("a young person registers and leaves", async ({ page }) => {
      await page.context().clearCookies();
      await page.goto("/bons-plans?places_left=yes&offer=free");
      const cards = page.locator(".deal").filter({ hasNotText: "Complet" });
      for (let card = 0; card < 12; card += 1) {
        await page.goto("/bons-plans?places_left=yes&offer=free");
        await cards.nth(card).getByRole("link").click();
        if (await page.getByRole("link", { name: "Je me connecte pour m’inscrire" }).isVisible()) break;
      }
      const place = new URL(page.url()).pathname;
      await expectSound(page, `bon-plan-${name}`);
      await page.getByRole("link", { name: "Je me connecte pour m’inscrire" }).click();
      await page.getByLabel("Identifiant", { exact: true }).fill("jeune");
      await page.getByLabel("Mot de passe", { exact: true }).fill("Demo2026");
      await page.getByRole("button", { name: "Je me connecte" }).click();
      await expect(page).toHaveURL(new RegExp(place));
      await expectSound(page, `bon-plan-young-${name}`);
      await page.getByRole("button", { name: "Je m’inscris" }).click();
      await expect(page.getByRole("status")).toContainText("Votre place est réservée");
      await expectSound(page, `bon-plan-in-${name}`);
      await page.getByRole("link", { name: "Mes inscriptions" }).click();
      await expect(page.locator(".deal").first()).toContainText("Place réservée");
      await expectSound(page, `registrations-${name}`);
      await page.goto(place);
      await page.getByText("Je me désinscris", { exact: true }).click();
      await page.getByRole("button", { name: "Je rends ma place" }).click();
      await expect(page.getByRole("status")).toContainText("votre place est libérée");
      await expect(page.getByRole("button", { name: "Je m’inscris" })).toBeVisible();
    });
  });
}

test("who waits in line is told its place", async ({ page }) => {
  await signIn(page, "jeune");
  await page.goto("/bons-plans/inscriptions");
  await page.locator(".deal").filter({ hasText: "Liste d’attente" }).first().getByRole("link").click();
  await expect(page.getByText("sur la liste d’attente.")).toBeVisible();
  await expectSound(page, "bon-plan-waiting");
});

test("the team publishes one and refuses another", async ({ page }) => {
  await signIn(page, "equipe");
  await page.getByRole("link", { name: "Bons plans" }).click();
  await expectSound(page, "bons-plans-queue");
  await page.locator("tbody a").first().click();
  await expectSound(page, "bon-plan-sheet");
  await page.getByRole("button", { name: "Je publie le bon plan" }).click();
  await expect(page.getByRole("status")).toContainText("est publié");
  await page.getByRole("link", { name: "Bons plans à valider" }).click();
  await page.locator("tbody a").first().click();
  await page.getByRole("button", { name: "Je refuse le bon plan" }).click();
  await expect(page.getByRole("alert")).toContainText("Motif du refus");
  await page.getByLabel("Motif du refus").fill("Précisez l’adresse.");
  await page.getByRole("button", { name: "Je refuse le bon plan" }).click();
  await expect(page.getByRole("status")).toContainText("est refusé");
  await expectSound(page, "bon-plan-sheet-refused");
});
