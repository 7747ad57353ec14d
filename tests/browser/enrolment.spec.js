// A seventeen-year-old registers on a phone: four screens, a link, a button, a password.
import { expect } from "@playwright/test";
import { expectSound, mailTo, photograph, signIn, test } from "./steps.js";

const CHOSEN = "Brise7Calanque";
const EMAIL = "ines.browser@example.org";

/** Fills the four screens, and looks at each when asked to. */
async function register(page, email, look = async () => {}) {
  await page.goto("/inscription/jeune");
  await look("enrolment-1");
  await page.getByLabel("Date de naissance").fill("02/03/2009");
  await page.getByLabel("Lycéen ou lycéenne").check();
  await page.getByRole("button", { name: "Je continue" }).click();
  await page.getByLabel("Code postal du domicile").fill("13001");
  await page.getByLabel("Code postal de l’établissement").fill("13005");
  await look("enrolment-2");
  await page.getByRole("button", { name: "Je continue" }).click();
  await page.locator("#school").selectOption({ label: "Lycée Marie-Curie – Marseille" });
  await look("enrolment-3");
  await page.getByRole("button", { name: "Je continue" }).click();
  await page.getByLabel("Prénom").fill("Inès");
  await page.getByLabel("Nom", { exact: true }).fill("Navigatrice");
  await page.getByLabel("Adresse mail").fill(email);
  await look("enrolment-4");
  await page.getByRole("button", { name: "Je m’inscris" }).click();
}

for (const { what, use } of [
  { what: "on a phone", use: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } },
  { what: "at a desk, without JavaScript", use: { javaScriptEnabled: false } },
]) {
  test.describe(what, () => {
    test.use(use);

    test("is told a rule at once, goes back and forth, and gets a card", async ({ page, request, isMobile }) => {
      const email = `${isMobile ? "phone" : "desk"}.${EMAIL}`;
      const look = async (name) => {
        if (!isMobile) return;
        await photograph(page, `${name}-360`);
        await expectSound(page, name);
      };
      if (isMobile) {
        await page.goto("/");
        await page.getByRole("link", { name: "Je m’inscris comme jeune bénéficiaire" }).click();
        await page.getByLabel("Date de naissance").fill("02/03/2015");
        await page.getByLabel("Apprenti ou apprentie").check();
        await page.getByRole("button", { name: "Je continue" }).click();
        await expect(page.getByRole("alert")).toContainText("commence à 15 ans");
        await look("enrolment-too-young");
        await page.getByLabel("Date de naissance").fill("02/03/2009");
        await page.getByRole("button", { name: "Je continue" }).click();
        await page.getByRole("button", { name: "Étape précédente" }).click();
        await expect(page.getByLabel("Date de naissance")).toHaveValue("02/03/2009");
        await expect(page.getByLabel("Apprenti ou apprentie")).toBeChecked();
      }
      await register(page, email, look);
      await expect(page.getByText("Un mail vient de partir")).toBeVisible();
      await look("enrolment-sent");

      const mail = await mailTo(request, email, "Confirmez votre adresse");
      await page.goto(/https?:\S+confirmation\S+/.exec(mail.text)[0]);
      await look("enrolment-link");
      const chooses = async (password) => {
        await page.getByLabel("Mot de passe", { exact: true }).fill(password);
        await page.getByLabel("Confirmer le mot de passe").fill(password);
        await page.getByRole("button", { name: "Je confirme mon adresse" }).click();
      };
      await chooses("Motdepasse1");
      await expect(page.getByRole("alert")).toContainText("un mot ou un prénom courant");
      await look("enrolment-link-faulty");
      await chooses(CHOSEN);
      const isFirst = isMobile;
      if (isFirst) {
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Votre e‑PASS JEUNES est prêt");
        await look("enrolment-ready");
        const welcome = await mailTo(request, email, "Votre e-PASS JEUNES est prêt");
        expect(welcome.text).toContain("Identifiant : ");
        expect(welcome.text).not.toContain("provisoire");
        await signIn(page, email, CHOSEN);
        await page.goto("/espace");
        await expect(page.locator("main")).toContainText("28,00");
      } else {
        // The same name and birth date as the one before: the team looks.
        await expect(page.getByText("même date de naissance")).toBeVisible();
        await page.goBack();
        await chooses(CHOSEN);
        await expect(page.getByText("déjà confirmée")).toBeVisible();
      }
    });
  });
}
