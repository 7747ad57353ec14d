// What the journeys have in common: signing in, reading mails, and what must be true of every page.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

export const PASSWORD = "Demo2026";

/** Signs in through the page, from nothing. */
export async function signIn(page, identifier, password = PASSWORD) {
  await page.context().clearCookies();
  await page.goto("/connexion");
  await page.getByLabel("Identifiant", { exact: true }).fill(identifier);
  await page.getByLabel("Mot de passe", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Je me connecte" }).click();
  await expect(page.getByRole("button", { name: "Me déconnecter" })).toBeVisible();
}

/** What must hold on every page: axe finds nothing, one h1, nothing wider than the window, at 320 px too. */
export async function expectSound(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ")}`), name).toEqual([]);
  await expect(page.locator("h1")).toHaveCount(1);
  const before = page.viewportSize();
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      const beyond = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > clientWidth);
      return beyond.map((one) => `${one.tagName} ${one.className}: ${one.textContent.trim().slice(0, 60)}`);
    });
    expect(wide, `${name} is wider than ${width} px`).toEqual([]);
    await page.screenshot({ path: `screenshots/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize(before);
}

/** A text with plain spaces in place of no-break ones. */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

/** The newest mail to an address, once it has come; its words have plain spaces. */
export async function mailTo(request, address, subject) {
  let found;
  await expect
    .poll(
      async () => {
        const mails = await (await request.get(`/_local/mails?to=${encodeURIComponent(address)}`, { headers: { accept: "application/json" } })).json();
        found = mails
          .map((mail) => ({ ...mail, subject: plain(mail.subject), text: plain(mail.text) }))
          .find((mail) => mail.subject.includes(subject));
        return found !== undefined;
      },
      { timeout: 15_000 },
    )
    .toBe(true);
  return found;
}
