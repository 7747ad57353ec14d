// Scanning at the desk: by the camera, where the browser reads codes; by a scanner that types, on either layout.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { PASSWORD, expectSound, signIn, test } from "./steps.js";

const CARD = "2600140532012345";

/** The file number of somebody in the demo data: nobody's code serves twice in half a minute. */
function fileNumber(rank) {
  const digits = String(10_000_000 + 131 * rank);
  const weighed = [...digits].reverse().map((digit, place) => (place % 2 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit]));
  return digits + ((10 - (weighed.reduce((sum, one) => sum + one) % 10)) % 10);
}

/** What their phone shows now, by the server's clock, which a payment tells. */
async function rotatingCode(request, rank) {
  const post = async (path, data, token) => {
    const headers = { accept: "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    return (await request.post(path, { data, headers })).json();
  };
  const { token } = await post("/connexion", { identifier: "partenaire", password: PASSWORD });
  const { ticket } = await post("/transactions/recherche", { reference: CARD, birth_date: "2008-05-14" }, token);
  const { id, at } = await post("/transactions", { ticket, envelope: "reading", amount_cents: 1 }, token);
  await post(`/transactions/${id}/annulation`, {}, token);
  const file = fileNumber(rank);
  const window = Buffer.alloc(8);
  window.writeBigUInt64BE(BigInt(Math.floor(Date.parse(at) / 30_000)));
  const key = await readFile("test-results/data/signing-key");
  const proof = createHmac("sha256", key).update("rotating-code").update(file).update(window).digest().readBigUInt64BE();
  return file + proof.toString().padStart(20, "0");
}

/** A browser that reads codes, with a camera that shows `window.shown`. */
async function withCamera(page, refusal) {
  await page.addInitScript((refusal) => {
    window.streams = [];
    window.BarcodeDetector = class {
      static getSupportedFormats = async () => ["qr_code", "code_128"];
      detect = async () => (window.shown ? [{ rawValue: window.shown }] : []);
    };
    navigator.mediaDevices.getUserMedia = async () => {
      if (refusal) throw new DOMException("", refusal);
      const canvas = document.createElement("canvas");
      canvas.getContext("2d").fillRect(0, 0, 9, 9);
      const stream = canvas.captureStream();
      window.streams.push(stream);
      return stream;
    };
  }, refusal);
}

const scanner = (page) => page.getByRole("dialog", { name: "Scanner" });
const startCamera = (page) => page.getByRole("button", { name: "Scanner avec la caméra" }).click();
const running = (page) =>
  page.evaluate(() => window.streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === "live").length);

for (const [rank, [size, viewport]] of Object.entries({ desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } }).entries()) {
  test.describe(`on a ${size}`, () => {
    test.use({ viewport });

    test("the camera fills the field that the number belongs in, and stops", async ({ page }) => {
      await withCamera(page);
      await signIn(page, "partenaire");
      await startCamera(page);
      await expect(scanner(page)).toBeVisible();
      await page.screenshot({ path: `screenshots/scanner-${size}.png` });
      await page.evaluate(() => { window.shown = "https://example.org"; });
      await expect(scanner(page).getByRole("status")).toContainText("n’est pas celui d’un e‑PASS");
      await page.evaluate(() => { window.shown = "2600 1405 3201 2345"; });
      await expect(scanner(page)).toBeHidden();
      await expect(page.getByLabel("N° de carte")).toHaveValue(CARD);
      await expect(page.getByLabel("Date de naissance")).toBeFocused();
      await expect.poll(() => running(page)).toBe(0);

      for (const [shown, field] of [["100 000 009", "N° de dossier"], ["abcde-fghjk-m", "N° de voucher"]]) {
        await page.evaluate((shown) => { window.shown = shown; }, shown);
        await startCamera(page);
        await expect(page.getByLabel(field)).not.toHaveValue("");
        await expect(page.getByLabel("N° de carte")).toHaveValue("");
      }
    });

    test("the phone's code leads to the wallet without anything else, once", async ({ page, request }) => {
      await withCamera(page);
      await signIn(page, "partenaire");
      const code = await rotatingCode(request, rank + 1);
      await page.evaluate((code) => { window.shown = code; }, code);
      await startCamera(page);
      await expect(page.getByRole("heading", { name: "Solde disponible" })).toBeVisible();
      await expect(page.getByLabel("Montant de la transaction")).toBeFocused();

      await page.goto("/transactions/nouvelle");
      await page.keyboard.type(code);
      await page.keyboard.press("Enter");
      await expect(page.getByRole("alert")).toContainText("Ce code n’est pas valable, ou ne l’est plus");
      await expect(page.getByLabel("N° de carte")).toHaveValue("");
      await expectSound(page, `desk-code-refused-${size}`);
    });
  });
}

test("Escape and the button close the camera, and the focus comes back", async ({ page }) => {
  await withCamera(page);
  await signIn(page, "partenaire");
  await startCamera(page);
  await expect.poll(() => running(page)).toBe(1);
  await page.keyboard.press("Escape");
  await expect(scanner(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Scanner avec la caméra" })).toBeFocused();
  await expect.poll(() => running(page)).toBe(0);
  await startCamera(page);
  await expect.poll(() => running(page)).toBe(1);
  await scanner(page).getByRole("button", { name: "Fermer" }).click();
  await expect(scanner(page)).toBeHidden();
  await expect.poll(() => running(page)).toBe(0);
  await startCamera(page);
  await expectSound(page, "desk-scanner");
});

for (const [refusal, says] of [["NotAllowedError", "n’est pas autorisée"], ["NotFoundError", "n’a pas de caméra"], ["NotReadableError", "déjà utilisée"]]) {
  test(`a camera that does not start says why (${refusal})`, async ({ page }) => {
    await withCamera(page, refusal);
    await signIn(page, "partenaire");
    await startCamera(page);
    await expect(scanner(page).getByRole("status")).toContainText(says);
    if (refusal === "NotAllowedError") await expectSound(page, "desk-scanner-refused");
    await scanner(page).getByRole("button", { name: "Fermer" }).click();
    await expect(page.getByLabel("N° de carte")).toBeEditable();
  });
}

test("where the browser reads no codes the camera's button says what to do instead", async ({ page }) => {
  await page.addInitScript(() => { delete window.BarcodeDetector; });
  await signIn(page, "partenaire");
  await expect(page.getByLabel("N° de carte")).toBeVisible();
  await startCamera(page);
  await expect(scanner(page).getByRole("status")).toContainText("saisissez le numéro");
});

test("a scanner set for QWERTY types on an AZERTY machine, also after a refusal", async ({ page }) => {
  await signIn(page, "partenaire");
  await page.keyboard.type("é-àà&'à(\"éà&é\"'(");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Date de naissance")).toBeFocused();
  await page.keyboard.type("15052008");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("Aucun bénéficiaire");
  // The summary has the focus, and no field has the cursor: what is scanned now is a new number.
  await page.keyboard.type("2600140532012345");
  await expect(page.getByLabel("N° de carte")).toHaveValue(CARD);
  await page.getByLabel("Date de naissance").fill("14/05/2008");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Léa Martin")).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });

  test("a scanned code is typed and sent", async ({ page, request }) => {
    await signIn(page, "partenaire");
    await page.getByLabel("N° de carte").fill(await rotatingCode(request, 3));
    await page.getByRole("button", { name: "Je recherche le bénéficiaire" }).click();
    await expect(page.getByRole("heading", { name: "Solde disponible" })).toBeVisible();
  });
});
