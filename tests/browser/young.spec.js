// What a young person does with the pass: vouchers that a desk takes, all the data at a glance, and an account that closes.
import { expect } from "@playwright/test";
import { expectSound, mailTo, photograph, signIn, test } from "./steps.js";

const CHOSEN = "Brise7Calanque";
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** Somebody new, registered and signed in with a password of their own. */
async function newcomer(page, request, lastName) {
  const email = `${lastName.toLowerCase()}@example.org`;
  const headers = { accept: "application/json" };
  const data = {
    birth_date: "2009-03-02", status: "apprentice", home_postcode: "13001", school_postcode: "13001", school_name: "CFA de Marseille",
    first_name: "Noé", last_name: lastName, email,
  };
  expect((await request.post("/inscription/jeune", { headers, data })).status()).toBe(201);
  const link = await mailTo(request, email, "Confirmez votre adresse");
  const token = /token=(\S+)/.exec(link.text)[1];
  expect((await request.post("/inscription/jeune/confirmation", { headers, data: { token, new_password: CHOSEN, confirm_password: CHOSEN } })).status()).toBe(201);
  await signIn(page, email, CHOSEN);
  return email;
}

for (const { what, use, name } of [
  { what: "on a phone", use: PHONE, name: "Telephone" },
  { what: "at a desk, without JavaScript", use: { javaScriptEnabled: false }, name: "Bureau" },
]) {
  test.describe(what, () => {
    test.use(use);
    // axe is a script itself; it sees each page at both widths from the phone.
    const look = async (page, pageName) => {
      if (use.javaScriptEnabled !== false) await expectSound(page, pageName);
    };

    test("makes three vouchers, shows them, and revokes one", async ({ page, request }) => {
      await newcomer(page, request, `Voucher${name}`);
      await page.goto("/mes-vouchers");
      await look(page, `vouchers-none-${name}`);
      await page.getByRole("button", { name: "Je fais ce voucher" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await look(page, `vouchers-faulty-${name}`);
      for (const life of ["Aujourd’hui seulement", "Une semaine", "30 jours"]) {
        await page.getByLabel(life).check();
        await page.getByRole("button", { name: "Je fais ce voucher" }).click();
        await expect(page.getByRole("status")).toContainText("Votre voucher est prêt");
      }
      await expect(page.getByRole("img", { name: "Code QR de ce voucher" })).toHaveCount(3);
      await expect(page.getByRole("button", { name: "Je fais ce voucher" })).toHaveCount(0);
      await photograph(page, `vouchers-${name}`);
      await look(page, `vouchers-${name}`);
      await page.getByText(/^Révoquer/).first().click();
      await page.getByRole("button", { name: "Je révoque ce voucher" }).click();
      await expect(page.getByRole("img", { name: "Code QR de ce voucher" })).toHaveCount(2);
    });

    test("sees all that is stored, and closes the account", async ({ page, request }) => {
      const email = await newcomer(page, request, `Donnees${name}`);
      await page.goto("/mes-donnees");
      await expect(page.locator("main")).toContainText(email);
      await look(page, `my-data-${name}`);
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "Télécharger (JSON)" }).click();
      expect((await download).suggestedFilename()).toBe("mes-donnees-e-pass-jeunes.json");
      await page.getByRole("link", { name: "Je ferme mon compte" }).click();
      await look(page, `closing-${name}`);
      await page.getByLabel("Votre mot de passe").fill("Mauvais1x");
      await page.getByRole("button", { name: "Je ferme mon compte" }).click();
      await expect(page.getByRole("alert")).toContainText("rien n’est effacé");
      await look(page, `closing-faulty-${name}`);
      await page.getByLabel("Votre mot de passe").fill(CHOSEN);
      await page.getByRole("button", { name: "Je ferme mon compte" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Votre compte est clos");
      await look(page, `closed-${name}`);
      await mailTo(request, email, "Votre compte est clos");
      await page.goto("/mes-donnees");
      await expect(page).toHaveURL(/connexion/);
    });
  });
}
