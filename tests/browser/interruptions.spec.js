// Back, Reload and a second look: whatever was posted, the browser never has to ask whether to send it again.
import { expect } from "@playwright/test";
import { signIn, test } from "./steps.js";

const FORMS = [
  { who: "partenaire", at: "/mot-de-passe", field: "current_password", typed: "Devine2026" },
  { who: "partenaire", at: "/dossier/caisse", field: "till", typed: " " },
  { who: "partenaire", at: "/mes-bons-plans/nouveau", field: "title", typed: "Rencontre avec une autrice" },
  { who: "etablissement", at: "/etablissement/sorties/nouvelle?partner=20000000", field: "title", typed: "Le Cid" },
  { who: "jeune", at: "/mes-vouchers", field: "days" },
  { who: "jeune", at: "/mes-donnees/fermeture", field: "account_password", typed: "Devine2026" },
  { who: "equipe", at: "/equipe/etablissements/nouveau", field: "name", typed: "Lycée Émile-Zola" },
];

for (const { who, at, field, typed } of FORMS) {
  test(`Back and Reload show the refused form of ${at} again`, async ({ page }) => {
    await signIn(page, who);
    await page.goto(at);
    const form = page.locator(`main form[method=post]:has([name=${field}])`);
    await form.evaluate((one) => (one.noValidate = true));
    const input = form.locator(`[name=${field}]`);
    if (typed) await input.fill(typed);
    await form.locator("button.primary[type=submit], button:not([type=button])").last().click();
    const refused = async () => {
      await expect(page.getByRole("alert")).toContainText("à corriger");
      if (typed && !field.includes("password")) await expect(input).toHaveValue(typed);
    };
    await refused();
    const posts = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await page.reload();
    await refused();
    await page.goto("/faq");
    await page.goBack();
    await refused();
    expect(posts).toEqual([]);
  });
}
