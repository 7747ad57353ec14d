// The team's reimbursements: a batch, the bank's file, the bank's report, and what waits.
import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { expectSound, signIn, test } from "./steps.js";

/** A pain.002 that rejects one transfer of a file and executes the others. */
function report(file, rejected) {
  const message = /<MsgId>([^<]+)/.exec(file)[1];
  const transfers = [...file.matchAll(/<EndToEndId>([^<]+)/g)].map(([, name]) => name);
  const told = transfers.map((name) => {
    const [status, reason] = name === rejected ? ["RJCT", "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>"] : ["ACSC", ""];
    return `<TxInfAndSts><OrgnlEndToEndId>${name}</OrgnlEndToEndId><TxSts>${status}</TxSts>${reason}</TxInfAndSts>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>${message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>${message}</OrgnlPmtInfId>${told.join("")}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`;
}

test("a batch goes to the bank, comes back with a rejected transfer, and that one is taken up again", async ({ page }) => {
  await signIn(page, "equipe");
  await page.getByRole("link", { name: "Remboursements" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Remboursements");
  await expect(page.getByRole("table", { name: "Relevés dus qui ne sont dans aucun lot" })).toContainText("Il faut un IBAN validé");
  await expectSound(page, "batches");
  await page.getByRole("table", { name: "Du plus récent au plus ancien" }).getByRole("link").first().click();
  await expect(page.getByText("Fichier prêt")).toBeVisible();
  await expectSound(page, "batch");

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: /Télécharger le fichier de virements/ }).click();
  const file = readFileSync(await (await downloading).path(), "utf8");
  const rejected = /<EndToEndId>([^<]+)/.exec(file)[1];
  await page.getByRole("link", { name: "J’ai envoyé le fichier à la banque" }).click();
  await expectSound(page, "batch-sending");
  await page.getByRole("button", { name: "J’ai envoyé le fichier à la banque" }).click();
  await expect(page.getByRole("status")).toContainText("envoyé à la banque");

  const upload = (text) => page.getByLabel("Compte rendu de la banque (pain.002)").setInputFiles({ name: "compte-rendu.xml", mimeType: "application/xml", buffer: Buffer.from(text) });
  await upload("<Document/>");
  await page.getByRole("button", { name: "Voir ce que change ce compte rendu" }).click();
  await expect(page.getByRole("alert")).toContainText("pain.002");
  await expectSound(page, "batch-faulty");
  await upload(report(file, rejected));
  await page.getByRole("button", { name: "Voir ce que change ce compte rendu" }).click();
  await expect(page.getByRole("heading", { name: "Ce que change ce compte rendu" })).toBeVisible();
  await expectSound(page, "report-preview");
  await page.reload();
  await page.getByRole("button", { name: "J’applique le compte rendu" }).click();
  await expect(page.getByRole("status")).toContainText("compte rendu de la banque est appliqué");
  await expectSound(page, "batch-reported");

  await page.goto(`/equipe/releves/${rejected}`);
  await expect(page.locator("#decisions")).toContainText("Rejeté");
  await expect(page.getByRole("table")).toContainText("compte clos (AC04)");
  await expectSound(page, "statement-rejected");
  await page.getByText("Remettre au prochain lot").click();
  await page.getByRole("button", { name: "Je remets la somme au prochain lot" }).click();
  await expect(page.getByRole("status")).toContainText("prochain lot");
});

test("a running week is refused, and what is due is started", async ({ page }) => {
  await signIn(page, "equipe");
  await page.goto("/equipe/remboursements");
  await page.getByText("Lancer les lots sans attendre lundi").click();
  await page.getByLabel("Ou une seule semaine").fill("2026-W47");
  await page.getByRole("button", { name: "Lancer ce lot" }).click();
  await expect(page.getByRole("alert")).toContainText("n’est pas terminée");
  await expect(page.getByLabel("Ou une seule semaine")).toHaveValue("2026-W47");
  await expectSound(page, "batches-faulty");
  await page.getByRole("button", { name: "Lancer tous les lots dus" }).click();
  await expect(page.getByRole("status")).toContainText("C’est lancé");
});
