// What a phone of 360 × 740 shows without scrolling: all tabs in one row that covers none of them, and what one came for.
import { expect } from "@playwright/test";
import { signIn, test } from "./steps.js";

test.use({ viewport: { width: 360, height: 740 } });

/** What one came for begins above this line. */
const FOLD = 480;

/** For each row of tabs: how much of its neighbours the current one covers, and whether it is seen whole. */
const rows = (page) => page.evaluate(() => [...document.querySelectorAll(".tabs ul, .subtabs ul")].map((row) => {
  const current = row.querySelector("[aria-current]")?.closest("li");
  if (!current) return { covers: 0, seen: true };
  const box = current.getBoundingClientRect();
  const covers = [...row.children].filter((one) => one !== current).map((one) => {
    const other = one.getBoundingClientRect();
    return Math.min(box.right, other.right) - Math.max(box.left, other.left);
  });
  return { covers: Math.max(0, ...covers), seen: box.left >= 0 && box.right <= innerWidth + 1 };
}));

const TABS = {
  jeune: ["/mon-pass", "/mon-pass/historique", "/mes-vouchers", "/bons-plans", "/sorties", "/mes-donnees", "/mot-de-passe"],
  partenaire: ["/dossier", "/dossier/caisse", "/transactions/nouvelle", "/transactions", "/remboursements", "/mes-bons-plans", "/mes-sorties", "/statistiques"],
  etablissement: ["/etablissement/sorties", "/culturo", "/etablissement/sorties/nouvelle", "/mot-de-passe"],
  equipe: ["/equipe/conventions", "/equipe/conventions?etape=registered", "/equipe/jeunes", "/equipe/remboursements", "/equipe/chiffres", "/equipe/mails", "/mot-de-passe"],
};

for (const [who, paths] of Object.entries(TABS)) {
  test(`no tab of ${who} covers another, and the current one is seen`, async ({ page }) => {
    await signIn(page, who);
    for (const path of paths) {
      await page.goto(path);
      for (const { covers, seen } of await rows(page)) {
        expect(covers, path).toBeLessThan(1);
        expect(seen, path).toBe(true);
      }
    }
  });
}

test("where the browser does not begin the row at the current tab, the script does", async ({ page }) => {
  await page.addInitScript(() => {
    const supports = CSS.supports.bind(CSS);
    CSS.supports = (...of) => of[0] !== "scroll-initial-target" && supports(...of);
  });
  await page.route("**/style*.css", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll("scroll-initial-target: nearest;", "") });
  });
  await signIn(page, "equipe");
  await page.goto("/mot-de-passe");
  for (const { covers, seen } of await rows(page)) expect([covers < 1, seen]).toEqual([true, true]);
});

/** The pages of each, and what one came for. */
const FIRST = {
  "": [["/hotline", "#profile, #name"], ["/inscription/jeune", "main form input:not([type=hidden])"], ["/inscription/partenaire", "#legal_name"], ["/connexion", "#identifier"], ["/bons-plans", ".deal"]],
  jeune: [["/mon-pass", ".actions.first a"], ["/mes-vouchers", "main form select, .jump a"], ["/bons-plans", ".deal"], ["/sorties", "#code, main form input:not([type=hidden])"]],
  partenaire: [["/transactions/nouvelle", "#card_number"], ["/transactions", "main table"], ["/remboursements", ".jump a"], ["/dossier/modifier", "#legal_name"], ["/mes-bons-plans/nouveau", "#title"], ["/dossier/caisse", "#till"]],
  etablissement: [["/etablissement/sorties", "main table"]],
  equipe: [["/equipe/conventions", "#q"], ["/equipe/jeunes", "#wanted"], ["/equipe/remboursements", "main details summary"], ["/equipe/remboursements/2026-W45", ".jump a"], ["/equipe/etablissements/0139003R", ".jump a"], ["/equipe/etablissements/nouveau", "#uai"]],
};

for (const [who, pages] of Object.entries(FIRST)) {
  test(`${who || "nobody"} finds what one came for above the fold`, async ({ page }) => {
    if (who) await signIn(page, who);
    for (const [path, what] of pages) {
      await page.goto(path);
      const box = await page.locator(what).filter({ visible: true }).first().boundingBox();
      expect(box?.y, path).toBeLessThan(FOLD);
    }
  });
}

test("the amount is typed above the fold once somebody is found", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.goto("/transactions/nouvelle");
  await page.locator("#card_number").fill("2600140532012345");
  await page.locator("#birth_date").fill("14/05/2008");
  await page.getByRole("button", { name: "Je recherche le bénéficiaire" }).click();
  const box = await page.locator("#amount").boundingBox();
  expect(box.y + box.height).toBeLessThan(FOLD);
});

test("a school's form begins with its title", async ({ page }) => {
  await signIn(page, "etablissement");
  await page.goto("/culturo");
  await page.goto(await page.locator(".deal a").first().getAttribute("href"));
  await page.locator("a[href^='/etablissement/sorties/nouvelle?partner=']").click();
  expect((await page.locator("#title").boundingBox()).y).toBeLessThan(FOLD);
});
