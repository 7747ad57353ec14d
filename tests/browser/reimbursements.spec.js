// *Je suis mes remboursements* (guide §7.3): what comes, the statements, one of them, and the files to keep.
import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { expectSound, signIn, test } from "./steps.js";

/** The first bytes of what a link downloads, as text. */
async function begins(page, link) {
  const downloading = page.waitForEvent("download");
  await link.click();
  const file = await downloading;
  return { name: file.suggestedFilename(), head: readFileSync(await file.path()).subarray(0, 5).toString("latin1") };
}

test("a partner follows its money, opens a statement and keeps it", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.getByRole("link", { name: "Transactions", exact: true }).click();
  await page.getByRole("link", { name: "Je suis mes remboursements" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Je suis mes remboursements");
  await expect(page.getByRole("heading", { name: "La semaine en cours" })).toBeVisible();
  await expectSound(page, "reimbursements");
  const year = await begins(page, page.getByRole("link", { name: /Télécharger l’année 2026/ }));
  expect(year).toEqual({ name: "releves-2026.zip", head: expect.stringMatching(/^PK/) });

  const statements = page.getByRole("table", { name: "Du plus récent au plus ancien" });
  const number = await statements.getByRole("row").nth(1).locator(".number").first().innerText();
  await statements.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Relevé ${number}`);
  await expect(page.locator(".stepper [aria-current=step]")).toHaveCount(1);
  await expectSound(page, "reimbursement-statement");
  await page.locator("details summary").first().click();
  await expect(page.getByRole("link", { name: /Paiement en caisse/ }).first()).toBeVisible();
  await expectSound(page, "reimbursement-statement-day");
  const pdf = await begins(page, page.getByRole("link", { name: "Télécharger le relevé (PDF)" }));
  expect(pdf).toEqual({ name: `releve-${number}.pdf`, head: "%PDF-" });
  const csv = await begins(page, page.getByRole("link", { name: "Télécharger (CSV)" }));
  expect(csv.name).toBe(`releve-${number}.csv`);
  await page.getByRole("link", { name: "Je suis mes remboursements" }).first().click();
  await expect(page).toHaveURL(/\/remboursements$/);
});
