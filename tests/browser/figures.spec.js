// Key figures for the team, statistics for a partner: pictures, the figures behind them, and files.
import { expect } from "@playwright/test";
import { expectSound, signIn, test } from "./steps.js";

test("the team looks at a campaign and at the partners of a week", async ({ page }) => {
  await signIn(page, "equipe");
  await page.getByRole("link", { name: "Chiffres clés" }).click();
  const weeks = page.getByRole("figure").first();
  await expect(weeks).toContainText("Montants par semaine et par rubrique");
  await expect(weeks.getByRole("img").first()).toBeVisible();
  await expectSound(page, "figures");
  await weeks.locator("summary").click();
  await expect(weeks.getByRole("table")).toContainText("Total");
  await expectSound(page, "figures-table");
  await page.getByLabel("Semaine des partenaires").selectOption("2026-W44");
  await page.getByRole("button", { name: "Afficher" }).click();
  await expect(page.getByText(/partenaires de la semaine 2026-W44/)).toBeVisible();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Par commune (CSV)" }).click();
  expect((await downloading).suggestedFilename()).toBe("chiffres-communes-2026-2027.csv");
});

test("a partner looks at its own campaign, and at one without anything", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.getByRole("link", { name: "Mes statistiques" }).click();
  await expect(page.getByText("Panier moyen")).toBeVisible();
  await expectSound(page, "statistics");
  // The campaigns since it registered, and no others.
  await expect(page.locator("#campaign option")).toHaveText(["Campagne en cours", "Campagne 2026-2027", "Campagne 2025-2026"]);
  await page.locator("#campaign").selectOption("2025-2026");
  await page.getByRole("button", { name: "Afficher" }).click();
  await expect(page.getByText("Aucune transaction dans cette campagne.").first()).toBeVisible();
  await expectSound(page, "statistics-empty");
});
