// A bookshop's way from its inscription to its first transaction, with the team on the other side.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { expectSound, mailTo, signIn, test } from "./steps.js";

const CHOSEN = "Brise7Calanque";

const EMAIL = "librairie.browser@example.org";
const RIB = "../../infra/local/demo/rib.pdf";

async function fill(page, values) {
  for (const [field, value] of Object.entries(values)) {
    await page.locator(`#${field}`).fill(value);
  }
}

test.describe.configure({ mode: "serial" });

let identifier;
let dossier;

test("registers, and is told every fault at its field first", async ({ page, request }) => {
  await page.goto("/");
  await page.goto("/inscription/partenaire");
  await fill(page, { legal_name: "Librairie du Navigateur", siret: "732 829 320 00075", email: "pas une adresse", phone: "12" });
  await page.getByRole("button", { name: "Je m’inscris" }).click();
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(6);
  await expect(page.locator("#legal_name")).toHaveValue("Librairie du Navigateur");
  await expectSound(page, "registration-faulty");
  await fill(page, { siret: "732 829 320 00074", email: EMAIL, phone: "04 91 00 00 00", referent_first_name: "Ada", referent_last_name: "Roux" });
  await page.getByLabel("Madame").check();
  await page.getByRole("button", { name: "Je m’inscris" }).click();
  await expect(page.getByText("Un mail vient de partir")).toBeVisible();
  await expectSound(page, "registration-sent");

  const mail = await mailTo(request, EMAIL, "Votre inscription");
  identifier = /Identifiant\s: (\S+)/.exec(mail.text)[1];
  const provisional = /Mot de passe provisoire\s: (\S+)/.exec(mail.text)[1];
  await page.goto("/connexion");
  await page.locator("#identifier").fill(identifier);
  await page.locator("#password").fill(provisional);
  await page.getByRole("button", { name: "Je me connecte" }).click();
  await expect(page).toHaveURL(/mot-de-passe/);

  // The rule's lines tick off as one types.
  const rules = page.locator("[data-rule]");
  await page.locator("#new_password").pressSequentially("Librairie");
  await expect(rules.filter({ hasText: "Au moins un chiffre" })).not.toHaveClass(/kept|good|done|met/);
  await expectSound(page, "password-change");
  await fill(page, { current_password: provisional, new_password: CHOSEN, confirm_password: "Demo2027" });
  await page.getByRole("button", { name: "Modifier mon mot de passe" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator("#new_password")).toHaveValue("");
  await expectSound(page, "password-change-faulty");
  await fill(page, { current_password: provisional, new_password: CHOSEN, confirm_password: CHOSEN });
  await page.getByRole("button", { name: "Modifier mon mot de passe" }).click();
  await expect(page.getByText("L’ancien mot de passe n’ouvre plus rien")).toBeVisible();
  await expectSound(page, "password-changed");
});

test("asks for its convention with the four parts", async ({ page, request }) => {
  await signIn(page, identifier, CHOSEN);
  await expectSound(page, "dossier-registered");
  await page.goto("/convention/demande");
  await expect(page.locator("#legal_name")).toHaveValue("Librairie du Navigateur");
  await expectSound(page, "convention-form");
  await page.getByRole("button", { name: "Je valide ma demande" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page, "convention-form-faulty");
  await fill(page, {
    street: "1 rue des Lices",
    postcode: "13001",
    commune: "Marseille",
    referent_position: "Gérante",
    referent_email: EMAIL,
    referent_phone: "0491000000",
    trade_name: "Le Navigateur",
    activity_street: "1 rue des Lices",
    activity_postcode: "13001",
    activity_commune: "Marseille",
    account_holder: "Librairie du Navigateur",
    iban: "FR76 3000 1007 9412 3456 7890 185",
    bic: "BDFEFRPP",
  });
  await page.getByLabel("Lecture").check();
  await page.locator("#rib").setInputFiles(RIB);
  await page.getByRole("button", { name: "Je valide ma demande" }).click();
  await expect(page.locator("main")).toContainText("En cours d’examen");
  await expectSound(page, "convention-requested");
  await mailTo(request, EMAIL, "Votre demande de convention est arrivée");
  await page.goto("/dossier");
  await expectSound(page, "dossier-requested");
});

test("the team reads the dossier, refuses without reason in vain, and validates", async ({ page, request }) => {
  await signIn(page, "equipe");
  await expectSound(page, "team-queue");
  const line = page.getByRole("row", { name: /Librairie du Navigateur/ });
  await line.getByRole("link").first().click();
  await expect(page.locator("main")).toContainText("Librairie du Navigateur");
  dossier = new URL(page.url()).pathname;
  await expectSound(page, "team-dossier");
  await page.getByRole("button", { name: "Je refuse la demande" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectSound(page, "team-dossier-faulty");
  await page.getByRole("link", { name: "Je valide la convention" }).click();
  await page.getByRole("button", { name: "Je valide la convention" }).click();
  await expect(page.locator("main")).toContainText("deux exemplaires signés");
  await expectSound(page, "team-dossier-validated");
  await page.getByRole("button", { name: /J’enregistre la réception/ }).click();
  await expect(page.locator("main")).toContainText("validée et signée");
  await mailTo(request, EMAIL, "Votre convention est validée");
  await page.goto("/equipe/mails");
  await expectSound(page, "team-mails-empty");
});

test("downloads the convention, and takes its first transaction", async ({ page }) => {
  await signIn(page, identifier, CHOSEN);
  await page.goto("/convention");
  await expectSound(page, "convention");
  const download = page.waitForEvent("download");
  await page.locator("main a[href*='/pdf']").first().click();
  const pdf = await readFile(await (await download).path());
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  await page.goto("/transactions/nouvelle");
  await page.getByLabel("N° de carte").fill("2600 1405 3201 2345");
  await page.getByLabel("Date de naissance").fill("14/05/2008");
  await page.getByRole("button", { name: "Je recherche le bénéficiaire" }).click();
  await page.getByLabel("Montant de la transaction").fill("1");
  await page.getByRole("button", { name: "Je valide la transaction" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Transaction validée");
  await page.goto("/transactions");
  await expect(page.locator("tbody tr")).toHaveCount(1);
});

test("a changed raison sociale asks for a new convention, a changed IBAN waits for the team", async ({ page, request }) => {
  await signIn(page, identifier, CHOSEN);
  await page.goto("/dossier/modifier");
  await expectSound(page, "dossier-change");
  await fill(page, { iban: "FR14 2004 1010 0505 0001 3M02 606", bic: "PSSTFRPPMAR" });
  await page.locator("#rib").setInputFiles(RIB);
  await page.locator("main form button[type=submit]").last().click();
  await expect(page.locator("main")).toContainText("IBAN");
  await expectSound(page, "dossier-bank-waits");
  await mailTo(request, EMAIL, "Changement d’IBAN");
  await page.goto("/dossier/modifier");
  await fill(page, { legal_name: "Librairie du Grand Navigateur" });
  await page.locator("main form button[type=submit]").last().click();
  await expect(page.getByText("Rien n’est encore enregistré.")).toBeVisible();
  await expectSound(page, "dossier-change-asked");
  await page.getByRole("button", { name: "Je confirme et je demande une nouvelle convention" }).click();
  await expectSound(page, "dossier-new-convention");
  // What it earned stays in its menu, and what cannot be done is marked so.
  await page.getByRole("link", { name: "Transactions", exact: true }).click();
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await page.getByRole("link", { name: "Je réalise une transaction (suspendu)" }).click();
  await expect(page.getByText("Vos transactions, bons plans et sorties e‑PASS sont suspendus.")).toBeVisible();
  await expect(page.getByLabel("N° de carte")).toHaveCount(0);
  await expectSound(page, "no-convention");

  await signIn(page, "equipe");
  await page.goto(dossier);
  await expectSound(page, "team-dossier-both");
  await page.getByText("J’accepte le nouveau compte").click();
  await page.getByRole("button", { name: "Je confirme ce compte" }).click();
  await page.locator("#reason").fill("Joignez l’extrait Kbis au nouveau nom.");
  await page.getByRole("button", { name: "Je refuse la demande" }).click();
  await mailTo(request, EMAIL, "Votre demande de convention est à corriger");
  await signIn(page, identifier, CHOSEN);
  await page.goto("/convention/demande");
  await expect(page.locator("main")).toContainText("Kbis");
  await expectSound(page, "convention-refused");
});

test("the other roles find their space", async ({ page }) => {
  for (const role of ["jeune", "etablissement", "nouveau"]) {
    await signIn(page, role);
    await expectSound(page, `space-${role}`);
  }
  await page.goto("/equipe/conventions");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Accès refusé");
  await expectSound(page, "forbidden");
});

test("a wrong password is told without saying which, and too many make one wait", async ({ page }) => {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await page.goto("/connexion");
    await page.locator("#identifier").fill("quelqu-un");
    await page.locator("#password").fill("Mauvais1x");
    await page.getByRole("button", { name: "Je me connecte" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    if (attempt === 0) await expectSound(page, "sign-in-wrong");
  }
  await expect(page.getByRole("alert")).toContainText("Trop d’essais");
  await expectSound(page, "sign-in-wait");
});
