// Mon pass on a phone and at a desk: balances, the code that renews itself, the card on screen and on paper.
import { expect } from "@playwright/test";
import { expectSound, photograph, signIn, test } from "./steps.js";

/** Pays for somebody at the demo bookshop's desk, with what a phone shows: the till's own way in. */
async function look(request, code) {
  const signedIn = await request.post("/connexion", { data: { identifier: "partenaire", password: "Demo2026" } });
  const { token } = await signedIn.json();
  return request.post("/transactions/recherche", { data: { code }, headers: { authorization: `Bearer ${token}` } });
}

const shown = async (page) => (await page.locator(".digits").textContent()).replaceAll(/\D/g, "");

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

  test("shows what is left, the card, and where to spend it", async ({ page }) => {
    await signIn(page, "jeune");
    await expect(page).toHaveURL("/mon-pass");
    await expect(page.locator(".gauge").first()).toContainText("28,00");
    await photograph(page, "pass-360");
    await expectSound(page, "pass");
    await page.getByRole("link", { name: "Mon historique" }).last().click();
    await expect(page).toHaveURL("/mon-pass/historique");
    await expectSound(page, "pass-history");
  });

  test("a phone whose clock is a minute and a half off still shows a code that the desk takes, and then the next one", async ({ page, request }) => {
    await page.clock.setFixedTime(Date.now() - 90_000);
    await signIn(page, "jeune");
    await page.getByRole("link", { name: "Montrer mon code à la caisse" }).click();
    await expect(page.getByRole("link", { name: "Afficher un nouveau code" })).toBeHidden();
    await photograph(page, "pass-code-360");
    const qr = await page.getByRole("img", { name: "Code à faire scanner par le partenaire" }).boundingBox();
    expect(qr.width, "fills the phone").toBeGreaterThan(290);
    expect(qr.y + qr.height, "without scrolling").toBeLessThan(740);
    await expectSound(page, "pass-code");
    const first = await shown(page);
    const found = await look(request, first);
    expect(found.status(), await found.text()).toBe(200);
    await expect.poll(() => shown(page), { timeout: 40_000 }).not.toBe(first);
    expect((await look(request, await shown(page))).status()).toBe(200);
    await expect(page.locator(".late")).toBeHidden();
  });

  test("without network the code comes back with it", async ({ page, context }) => {
    await signIn(page, "jeune");
    await page.goto("/mon-pass/code");
    const first = await shown(page);
    await context.setOffline(true);
    await page.waitForTimeout(31_000);
    expect(await shown(page)).toBe(first);
    await context.setOffline(false);
    await expect.poll(() => shown(page), { timeout: 10_000 }).not.toBe(first);
  });

  test("the card fills the screen, stays black on white in the dark, and prints on one card", async ({ page }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await signIn(page, "jeune");
    await page.goto("/mon-pass/carte");
    const qr = page.getByRole("img", { name: "N° de carte en QR code" });
    expect((await qr.boundingBox()).width).toBeGreaterThan(290);
    const colours = await qr.evaluate((svg) => [getComputedStyle(svg).backgroundColor, getComputedStyle(svg).fill]);
    expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
    await photograph(page, "pass-card-360");
    await expectSound(page, "pass-card");
    const pdf = (await page.pdf({ preferCSSPageSize: true, path: "screenshots/pass-card.pdf" })).toString("latin1");
    expect(/\/Type\s*\/Pages[^]*?\/Count (\d+)|\/Count (\d+)[^]*?\/Type\s*\/Pages/.exec(pdf)?.slice(1).find(Boolean), "sheets").toBe("1");
    const [, width, height] = /MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf);
    expect([Math.round(width / 72 * 25.4), Math.round(height / 72 * 25.4)], "mm").toEqual([86, 54]);
  });
});

test.describe("at a desk, without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a link shows the code of now", async ({ page, request }) => {
    await signIn(page, "jeune");
    await page.goto("/mon-pass/code");
    const first = await shown(page);
    await page.waitForTimeout(30_500);
    await page.getByRole("link", { name: "Afficher un nouveau code" }).click();
    expect(await shown(page)).not.toBe(first);
    expect((await look(request, await shown(page))).status()).toBe(200);
    await photograph(page, "pass-code-1280");
  });
});
