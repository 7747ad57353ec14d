// The team: establishments with their sign-in, young people with their cards, and namesakes.
import { expect } from "@playwright/test";
import { expectSound, mailTo, signIn, test } from "./steps.js";

const SCHOOL = "cfa.browser@example.org";

async function fill(page, values) {
  for (const [field, value] of Object.entries(values)) {
    await page.locator(`#${field}`).fill(value);
  }
}

test.describe.configure({ mode: "serial" });

test("an establishment is found, created, changed, and signs in with what was mailed", async ({ page, request }) => {
  await signIn(page, "equipe");
  await page.getByRole("link", { name: "Établissements" }).click();
  await expect(page.getByRole("row", { name: /Lycée Marie-Curie/ })).toBeVisible();
  await expectSound(page, "establishments");
  await page.getByLabel("Département").selectOption("04");
  await page.getByLabel("Nom, commune ou code UAI").fill("GIONO");
  await page.getByRole("button", { name: "Rechercher" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await page.getByLabel("Nom, commune ou code UAI").fill("inconnu");
  await page.getByRole("button", { name: "Rechercher" }).click();
  await expectSound(page, "establishments-none");

  await page.getByRole("link", { name: "Créer un établissement" }).click();
  await expectSound(page, "establishment-new");
  await fill(page, { uai: "0139001A", postcode: "75005" });
  await page.getByRole("button", { name: "Je crée l’établissement" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator("#uai")).toHaveValue("0139001A");
  await expectSound(page, "establishment-new-faulty");
  await fill(page, { uai: "0750655e", name: "CFA du Navigateur", street: "1 rue des Lices", postcode: "13005", commune: "Marseille", email: SCHOOL, phone: "04 91 00 00 00" });
  await page.getByLabel("Centre de formation d’apprentis (CFA)").check();
  await page.getByRole("button", { name: "Je crée l’établissement" }).click();
  await expect(page.getByRole("status")).toContainText("mot de passe provisoire");
  await expectSound(page, "establishment");
  const here = page.url();
  await fill(page, { name: "CFA du Grand Navigateur" });
  await page.getByRole("button", { name: "J’enregistre les modifications" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("CFA du Grand Navigateur");

  const mail = await mailTo(request, SCHOOL, "Votre accès établissement");
  await page.context().clearCookies();
  await page.goto("/connexion?role=establishment");
  await page.locator("#identifier").fill(/Identifiant\s: (\S+)/.exec(mail.text)[1]);
  await page.locator("#password").fill(/Mot de passe provisoire\s: (\S+)/.exec(mail.text)[1]);
  await page.getByRole("button", { name: "Je me connecte" }).click();
  await expect(page).toHaveURL(/mot-de-passe/);
  await signIn(page, "equipe");
  await page.goto(here);
  await page.getByRole("button", { name: "Envoyer de nouveau l’accès" }).click();
  await expect(page.getByRole("status")).toContainText("partent par mail");
});

for (const [name, viewport] of [["desk", { width: 1280, height: 900 }], ["phone", { width: 360, height: 740 }]]) {
  test(`a card is suspended, reinstated and replaced (${name})`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await signIn(page, "equipe");
    await page.goto("/equipe/jeunes");
    await expectSound(page, `young-search-${name}`);
    await page.getByRole("button", { name: "Je recherche le jeune" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await page.locator("#wanted").fill(name === "desk" ? "Haddad" : "Imbert");
    await page.getByRole("button", { name: "Je recherche le jeune" }).click();
    await expect(page).not.toHaveURL(/Haddad|Imbert/);
    await expectSound(page, `young-found-${name}`);
    await page.locator("tbody tr", { hasText: "Active" }).first().getByRole("link").click();
    await expectSound(page, `young-${name}`);
    const card = await page.locator("input[name=card]").inputValue();

    await page.getByText("Suspendre la carte").click();
    await page.getByRole("button", { name: "Je suspends la carte" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByRole("button", { name: "Je suspends la carte" })).toBeVisible();
    await expectSound(page, `young-suspension-faulty-${name}`);
    await page.getByLabel("Motif de la suspension").fill("Carte prêtée à un ami.");
    await page.getByRole("button", { name: "Je suspends la carte" }).click();
    await expect(page.getByRole("status")).toContainText("suspendue");
    await expect(page.locator("#card")).toContainText("Carte prêtée à un ami.");
    await expectSound(page, `young-suspended-${name}`);
    await page.getByRole("button", { name: "Je rétablis la carte" }).click();
    await expect(page.getByRole("status")).toContainText("rétablie");
    await page.getByText("Refaire la carte").click();
    await page.getByRole("button", { name: "Je refais la carte" }).click();
    await expect(page.getByRole("status")).toContainText("ancien numéro ne vaut plus rien");
    await expect(page.locator("#card")).not.toContainText(card);
    await expectSound(page, `young-replaced-${name}`);
  });
}

test("a namesake is compared and told apart", async ({ page, request }) => {
  await signIn(page, "equipe");
  await page.goto("/equipe/doublons");
  await expectSound(page, "duplicates");
  await page.locator("tbody tr").first().getByRole("link").click();
  await expect(page.getByRole("row", { name: /Adresse mail/ })).toContainText("Différent");
  await expectSound(page, "duplicate");
  await page.getByText("C’est une autre personne", { exact: true }).click();
  await page.getByRole("button", { name: "Je crée la carte" }).click();
  await expect(page.getByRole("status")).toContainText("acceptée");
  await expectSound(page, "duplicates-empty");
  await mailTo(request, "homonyme@example.org", "Votre e-PASS JEUNES est prêt");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test("a card is suspended and reinstated", async ({ page }) => {
    await signIn(page, "equipe");
    await page.goto("/equipe/jeunes");
    await page.locator("#wanted").fill("Guérin");
    await page.getByRole("button", { name: "Je recherche le jeune" }).click();
    await page.locator("tbody tr", { hasText: "Active" }).first().getByRole("link").click();
    await page.getByText("Suspendre la carte").click();
    await page.getByLabel("Motif de la suspension").fill("Carte perdue.");
    await page.getByRole("button", { name: "Je suspends la carte" }).click();
    await expect(page.locator("#card")).toContainText("Carte perdue.");
    await page.getByRole("button", { name: "Je rétablis la carte" }).click();
    await expect(page.locator("#card")).toContainText("Active");
  });
});
