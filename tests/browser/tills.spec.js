// Mes caisses: a shop makes a key for its till, sees it once, sees it used, and ends it.
import { expect } from "@playwright/test";
import { expectSound, signIn, test } from "./steps.js";

for (const [size, viewport] of Object.entries({ desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } })) {
  test.describe(`on a ${size}`, () => {
    test.use({ viewport });

    test("makes a key, copies it, uses it, and revokes it", async ({ page, request, context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await signIn(page, "cinema");
      await page.getByRole("link", { name: "Mon dossier" }).click();
      await page.getByRole("link", { name: "Mes caisses" }).click();
      await expectSound(page, `tills-empty-${size}`);
      await page.getByRole("button", { name: "Je crée une clé" }).click();
      await expect(page.getByRole("alert")).toContainText("Nom de la caisse");
      await expectSound(page, `tills-faulty-${size}`);
      await page.getByLabel("Nom de la caisse").fill(`Caisse du hall (${size})`);
      const once = await page.locator("input[name=once]").inputValue();
      await page.getByRole("button", { name: "Je crée une clé" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Votre clé est créée");
      const key = await page.locator("#key").innerText();
      expect(key).toMatch(/^epk_\d{8}_[0-9a-f]{64}$/);
      await page.getByRole("button", { name: "Copier la clé" }).click();
      await expect(page.getByText("Copié.")).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
      await expectSound(page, `till-made-${size}`);

      const asked = await request.get("/transactions", { headers: { authorization: `Bearer ${key}` } });
      expect(asked.status()).toBe(200);
      // Reloading shows the same key; the same form sent again makes no second one, and does not show the first again.
      await page.reload();
      await expect(page.locator("#key")).toHaveText(key);
      await page.goto("/dossier/caisse");
      await expect(page.getByText(key)).toHaveCount(0);
      await page.locator("input[name=once]").evaluate((field, once) => { field.value = once; }, once);
      await page.getByLabel("Nom de la caisse").fill(`Caisse du hall (${size})`);
      await page.getByRole("button", { name: "Je crée une clé" }).click();
      await expect(page.getByText("ne s’affiche qu’une fois").first()).toBeVisible();
      await expect(page.getByText(key)).toHaveCount(0);
      const line = page.getByRole("row", { name: `Caisse du hall (${size})` });
      await expect(line).toHaveCount(1);
      await expect(line).toContainText("En service");
      await expectSound(page, `tills-${size}`);

      await line.getByRole("link", { name: `Révoquer la clé de Caisse du hall (${size})` }).click();
      await page.getByRole("button", { name: "Révoquer la clé" }).click();
      await expect(page.getByRole("status")).toContainText("La clé est révoquée");
      await expect(line).toContainText("Révoquée");
      const refused = await request.get("/transactions", { headers: { authorization: `Bearer ${key}` } });
      expect(refused.status()).toBe(401);
      await expectSound(page, `tills-revoked-${size}`);
    });
  });
}

test("without a convention there is nothing to make", async ({ page }) => {
  await signIn(page, "nouveau");
  await page.goto("/dossier/caisse");
  await expect(page.getByText("dès que votre convention est validée")).toBeVisible();
  await expect(page.getByRole("button", { name: "Je crée une clé" })).toHaveCount(0);
  await expectSound(page, "tills-without-convention");
});
