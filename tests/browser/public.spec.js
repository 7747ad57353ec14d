// The pages that everybody reads, and those that say that something is not there.
import { expect } from "@playwright/test";
import { expectSound, test } from "./steps.js";

const PAGES = {
  home: "/",
  faq: "/faq",
  guide: "/guide",
  legal: "/mentions-legales",
  accessibility: "/accessibilite",
  hotline: "/hotline",
  "sign-in": "/connexion",
  "forgotten-password": "/mot-de-passe-oublie",
  "forgotten-identifier": "/identifiant-oublie",
  registration: "/inscription/partenaire",
  "not-found": "/nulle-part",
};

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name} is sound`, async ({ page }) => {
    await page.goto(path);
    await expectSound(page, name);
  });
}

test("every link of the public pages leads somewhere", async ({ page, request }) => {
  const seen = new Set();
  for (const path of Object.values(PAGES).filter((path) => path !== "/nulle-part")) {
    await page.goto(path);
    for (const href of await page.locator("a[href^='/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
      seen.add(href);
    }
  }
  expect(seen.size).toBeGreaterThan(10);
  for (const href of seen) {
    expect((await request.get(href)).status(), href).toBeLessThan(400);
  }
});

test("the keyboard reaches the content first", async ({ page }) => {
  await page.goto("/faq");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Aller au contenu" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
});

test("a question to the hotline is faulty first, then sent and acknowledged", async ({ page, request }) => {
  const { mailTo } = await import("./steps.js");
  await page.goto("/hotline");
  await page.locator("main form button[type=submit]").click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page, "hotline-faulty");
  await page.locator("#name").fill("Ada Roux");
  await page.locator("#email").fill("ada@example.org");
  await page.locator("#profile").selectOption({ index: 1 });
  await page.locator("#subject").fill("Ma carte");
  await page.locator("#question").fill("Où l’utiliser ?");
  await page.locator("main form button[type=submit]").click();
  await expect(page.getByRole("status")).toBeVisible();
  await expectSound(page, "hotline-sent");
  await mailTo(request, "ada@example.org", "Votre question");
});
