// What the journeys have in common: signing in, reading mails, and what must be true of every page.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";

export const PASSWORD = "Demo2026";

/** Where every page that a test was served is kept, as it was sent: `tests/run` holds them against an HTML validator. */
const SERVED = "served";

/** Tests whose pages are kept. Typography is the pages': texts are written with no-break hyphens in « e‑PASS ». */
export const test = base.extend({
  context: async ({ context }, use) => {
    context.on("response", async (response) => {
      if (response.request().resourceType() !== "document" || !response.headers()["content-type"]?.startsWith("text/html")) return;
      const html = await response.body().catch(() => undefined); // another page came before it was read
      if (!html || new URL(response.url()).pathname.startsWith("/_local")) return;
      await mkdir(SERVED, { recursive: true });
      await writeFile(`${SERVED}/${createHash("sha256").update(html).digest("hex").slice(0, 16)}.html`, html);
    });
    await use(context);
  },
});

/** Signs in through the page, from nothing. */
export async function signIn(page, identifier, password = PASSWORD) {
  await page.context().clearCookies();
  await page.goto("/connexion");
  await page.getByLabel("Identifiant", { exact: true }).fill(identifier);
  await page.getByLabel("Mot de passe", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Je me connecte" }).click();
  await expect(page.getByRole("button", { name: "Me déconnecter" })).toBeVisible();
}

/** Keeps a picture of the whole page for people to look at, where `EPASS_SCREENSHOTS=1` asks for them. */
export async function photograph(page, name) {
  if (process.env.EPASS_SCREENSHOTS) await page.screenshot({ path: `screenshots/${name}.png`, fullPage: true });
}

/** What must hold on every page: axe finds nothing, one h1, nothing wider than the window, at 320 px too. */
export async function expectSound(page, name) {
  const before = page.viewportSize();
  for (let tries = 3; ; tries -= 1) {
    try {
      await sound(page, name);
      break;
    } catch (error) {
      // A click was still leading to the next page: that one is meant.
      if (tries === 1 || !/Execution context was destroyed|because of a navigation/.test(error.message)) throw error;
      await page.waitForLoadState();
    }
  }
  await page.setViewportSize(before);
}

async function sound(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ")}`), name).toEqual([]);
  await expect(page.locator("h1")).toHaveCount(1);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      const beyond = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > clientWidth);
      return beyond.map((one) => `${one.tagName} ${one.className}: ${one.textContent.trim().slice(0, 60)}`);
    });
    expect(wide, `${name} is wider than ${width} px`).toEqual([]);
    await photograph(page, `${name}-${width}`);
  }
}

/** Opens the filters, which a phone finds folded. */
export async function openFilters(page) {
  const folded = page.locator("details.fold:not([open]) > summary");
  if (await folded.isVisible()) await folded.click();
}

/** A text with plain spaces and hyphens in place of no-break ones. */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ").replaceAll("\u2011", "-");

/** The newest mail to an address, once it has come; its words have plain spaces and hyphens. */
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

/** The house starts on 20 November 2026 (playwright.config.js): what is settled takes place today. */
export const TODAY = "2026-11-20";

/** Calls routes as somebody, in JSON. */
export async function as(request, identifier) {
  const { token } = await (await request.post("/connexion", { data: { identifier, password: PASSWORD } })).json();
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  const read = async (answer) => {
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  return {
    get: async (path) => read(await request.get(path, { headers })),
    post: async (path, data = {}) => read(await request.post(path, { headers, data })),
  };
}

/** The school asks the demo's bookshop for an outing; gives its code. */
export async function asked(request, title, day, settlement_terms = "actual") {
  const [school, partner] = [await as(request, "etablissement"), await as(request, "partenaire")];
  const { number } = await partner.get("/dossier");
  const { id } = await school.post("/etablissement/sorties", {
    partner: number, title, description: "À 14 h à la librairie.\nApportez le livre.", day, price_cents: 50, expected: "30",
    organiser: "Mme Roux, lettres", referent: "M. Blanc", settlement_terms,
  });
  return id;
}

/** One that Léa joined and the school validated; gives its code, its voucher, and a way to cancel it. */
export async function validated(request, title, settlement_terms) {
  const id = await asked(request, title, TODAY, settlement_terms);
  const [school, partner, pupil] = await Promise.all(["etablissement", "partenaire", "jeune"].map((who) => as(request, who)));
  await partner.post(`/mes-sorties/${id}/confirmation`, { version: 1 });
  await pupil.post(`/sorties/${id}/inscription`);
  await school.post(`/etablissement/sorties/${id}/validation`);
  const { voucher_number: voucher } = await school.get(`/etablissement/sorties/${id}/impression`);
  // Léa's credit is there again for the other journeys.
  const cancel = () => school.post(`/etablissement/sorties/${id}/annulation`, { cancellation_reason: "Essai." });
  return { id, voucher, cancel };
}
