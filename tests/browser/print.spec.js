// What comes out of a printer.
import { expect } from "@playwright/test";
import { signIn, test } from "./steps.js";

const pagesOf = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;

test("the sheet of an outing begins on the first page", async ({ page }) => {
  await signIn(page, "etablissement");
  await page.goto("/etablissement/sorties");
  const outings = await page.locator("main table a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  for (const outing of outings) {
    await page.goto(outing);
    const sheet = page.getByRole("link", { name: "Feuille de sortie à imprimer" });
    if (!(await sheet.isVisible())) continue;
    await sheet.click();
    const rows = await page.locator(".day-list tbody tr").count();
    if (rows < 20) continue;
    expect(pagesOf(await page.pdf({ format: "A4" })), `${rows} participants`).toBe(2);
    return;
  }
  throw new Error("no outing of twenty has a sheet");
});

test("on paper a statement's days are open, and what only a button does is left out", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.goto("/remboursements/2026-W46");
  await page.emulateMedia({ media: "print" });
  for (const table of await page.locator("details table").all()) expect((await table.boundingBox()).height).toBeGreaterThan(20);
  await page.emulateMedia({ media: "screen" });
  await signIn(page, "jeune");
  await page.goto("/mes-vouchers");
  await expect(page.getByText("Révoquer").first()).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText("Révoquer").first()).toBeHidden();
});
