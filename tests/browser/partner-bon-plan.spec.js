// A partner's bon plan (guide §8.2): written with every fault told, previewed, sent, published by the team, withdrawn.
import { expect } from "@playwright/test";
import { expectSound, photograph, signIn, test } from "./steps.js";

const PICTURE = "../scenarios/picture.png";
// The house starts on 20 November 2026 (playwright.config.js).
const A_SATURDAY = "2026-12-05";

test.describe.configure({ mode: "serial" });

let plan;

test("writes one, is told every fault, and loses nothing of it", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.getByRole("link", { name: "Mes bons plans" }).click();
  await expectSound(page, "my-plans");
  await page.getByRole("navigation", { name: "Mes bons plans" }).getByRole("link", { name: "Créer un Bon Plan" }).click();
  await expectSound(page, "my-plan-new");
  await page.locator("#title").fill("Rencontre avec une autrice");
  await page.locator("#picture").setInputFiles(PICTURE);
  await page.getByRole("button", { name: "J’envoie mon Bon Plan" }).click();
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(10);
  await expect(page.locator("#title")).toHaveValue("Rencontre avec une autrice");
  await expect(page.getByText("Cette image est enregistrée")).toBeVisible();
  await expectSound(page, "my-plan-new-faulty");

  await page.locator("#description").fill("Une heure de lecture à voix haute.\nPuis un goûter avec l’autrice.");
  await page.getByLabel("Lecture").check();
  await page.locator("#picture_alt").fill("Un livre ouvert devant un coucher de soleil");
  await page.locator("#place").fill("Librairie du Vieux-Port");
  await page.locator("#place_postcode").fill("13001");
  await page.locator("#place_commune").fill("Marseille");
  await page.locator("#day_1").fill(A_SATURDAY);
  await page.locator("#begin_1").fill("16:00");
  await page.locator("#end_1").fill("18:00");
  await page.getByLabel("Réduit").check();
  await page.locator("#terms").fill("5 € au lieu de 12 €");
  await page.locator("#minimum_age").fill("16");
  await page.getByRole("group", { name: "Présence d’un accompagnateur" }).getByLabel("Oui").check();
  await page.getByLabel("Obligatoire").check();
  await page.locator("#places").fill("20");
  await page.getByRole("button", { name: "J’enregistre le brouillon" }).click();
  await expect(page.getByRole("status")).toContainText("brouillon est enregistré");
  await expect(page.getByRole("img", { name: "Un livre ouvert devant un coucher de soleil" })).toBeVisible();
  const shown = await page.locator("img.plan-picture").evaluate((image) => image.naturalWidth);
  expect(shown, "the picture is served").toBeGreaterThan(0);
  await expectSound(page, "my-plan-draft");
  plan = new URL(page.url()).pathname;
});

test("sends it, and the team publishes it", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.goto(plan);
  await page.getByRole("button", { name: "J’envoie mon Bon Plan" }).click();
  await expect(page.getByRole("status")).toContainText("envoyé");
  await expectSound(page, "my-plan-sent");
  await signIn(page, "equipe");
  await page.goto(plan.replace("/mes-bons-plans/", "/equipe/bons-plans/"));
  await page.getByRole("button", { name: /publie/i }).click();
  await signIn(page, "partenaire");
  await page.goto(plan);
  await expect(page.getByText("Publié")).toBeVisible();
  await page.getByRole("link", { name: "Liste des inscrits" }).click();
  await expectSound(page, "my-plan-nobody");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("sees it in the list, duplicates it and withdraws it", async ({ page }) => {
    await signIn(page, "partenaire");
    await page.goto("/mes-bons-plans");
    await expectSound(page, "my-plans-full");
    await page.goto(plan);
    await page.getByRole("button", { name: "Je duplique" }).click();
    await expect(page.locator("#title")).toHaveValue("Rencontre avec une autrice");
    await expect(page.getByText("Cette image est enregistrée")).toBeVisible();
    await expectSound(page, "my-plan-copy");
    await page.goto(plan);
    await page.getByText("Je retire ce Bon Plan").first().click();
    await expectSound(page, "my-plan-withdrawing");
    await photograph(page, "my-plan-phone-360");
    await page.getByRole("button", { name: "Je retire ce Bon Plan" }).click();
    await expect(page.getByRole("status")).toContainText("retiré");
    await expectSound(page, "my-plan-withdrawn");
  });
});
