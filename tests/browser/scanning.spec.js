// Scanning at the desk and at the door of an outing: by the camera, where the browser reads codes and where our decoder does;
// by a scanner that types, on either layout.
import { createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { chromium, expect } from "@playwright/test";
import { PASSWORD, expectSound, photograph, signIn, test as base, validated } from "./steps.js";

const CARD = "2600140532012345";

/** Tests that may start a browser of their own, with a camera that shows what is before it. */
const test = base.extend({
  /** Writes a film of a picture, and tells where. */
  filmed: ({ page }, use, testInfo) => use(async (png) => {
    const path = testInfo.outputPath("film.y4m");
    await film(page, png, path);
    return path;
  }),
  withBrowser: ({ launchOptions, baseURL, locale }, use) => use((given, journey) => withBrowser({ launchOptions, baseURL, locale }, given, journey)),
});

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
      await photograph(page, `scanner-${size}`);
      await page.evaluate(() => { window.shown = "https://example.org"; });
      await expect(scanner(page).getByRole("status")).toContainText("n’est pas celui qui est attendu ici. Présentez la carte");
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

/** What browsers are like that do not read codes: without the means, without the format, and with a service that is not there. */
const BROWSERS = {
  "without a reader": () => { delete window.BarcodeDetector; },
  "whose reader knows no QR code": () => {
    window.BarcodeDetector = class { static getSupportedFormats = async () => ["ean_13"]; };
  },
  "whose reader does not answer": () => {
    window.BarcodeDetector = class {
      static getSupportedFormats = async () => ["qr_code"];
      detect = async () => { throw new DOMException("", "NotSupportedError"); };
    };
  },
};

/** Writes what a camera sees (YUV4MPEG2, 640 × 480): a picture held before it, a little turned. */
async function film(page, png, path) {
  const light = await page.evaluate(async (png) => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (one) => one.charCodeAt(0))]));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    const context = canvas.getContext("2d");
    context.fillStyle = "#3b4252";
    context.fillRect(0, 0, 640, 480);
    context.translate(320, 240);
    context.rotate(0.14);
    const scale = Math.min(440 / picture.height, 560 / picture.width);
    context.drawImage(picture, (-scale * picture.width) / 2, (-scale * picture.height) / 2, scale * picture.width, scale * picture.height);
    const { data } = context.getImageData(0, 0, 640, 480);
    return Array.from({ length: 640 * 480 }, (_, at) => Math.round(0.257 * data[4 * at] + 0.504 * data[4 * at + 1] + 0.098 * data[4 * at + 2] + 16));
  }, png.toString("base64"));
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(light), Buffer.alloc(2 * 320 * 240, 128)]);
  await writeFile(path, Buffer.concat([Buffer.from("YUV4MPEG2 W640 H480 F10:1 Ip A1:1\n"), frame, frame]));
}

/** A browser of its own, with a camera that shows a film, one whose camera is refused, or one without any. */
async function withBrowser({ launchOptions, baseURL, locale }, { film, granted = true, browser = BROWSERS["without a reader"] }, journey) {
  const camera = film ? ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`] : [];
  const launched = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, ...camera] });
  try {
    const context = await launched.newContext({ baseURL, locale, permissions: granted ? ["camera"] : [] });
    const page = await context.newPage();
    const [loaded, errors] = [[], []];
    context.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.addInitScript(browser);
    await page.addInitScript(() => {
      window.streams = [];
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        window.streams.push(stream);
        return stream;
      };
    });
    await journey(page, { loaded: () => loaded.filter((path) => /scanner\.(js|wasm)$/.test(path)), errors });
  } finally {
    await launched.close();
  }
}

for (const [rank, [which, browser]] of Object.entries(BROWSERS).entries()) {
  test(`a browser ${which} reads what a phone shows by our decoder`, async ({ page, filmed, withBrowser }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await signIn(page, "jeune");
    // Léa's code serves once in half a minute: the first browser sees it, the others her card.
    await page.goto(rank === 0 ? "/mon-pass/code" : "/mon-pass/carte");
    await withBrowser({ film: await filmed(await page.screenshot()), browser }, async (desk, { loaded, errors }) => {
      await signIn(desk, "partenaire");
      await desk.waitForLoadState("networkidle");
      expect(loaded(), "before the button").toEqual([]);
      await startCamera(desk);
      if (rank === 0) {
        await expect(desk.getByRole("heading", { name: "Solde disponible" })).toBeVisible();
        await expect(desk.getByText("Léa Martin")).toBeVisible();
      } else {
        await expect(desk.getByLabel("N° de carte")).toHaveValue(CARD);
        await expect(desk.getByLabel("Date de naissance")).toBeFocused();
        await expect.poll(() => running(desk)).toBe(0);
      }
      expect(loaded().map((path) => path.split("-").at(-1))).toEqual(["scanner.js", "scanner.wasm"]);
      expect(errors).toEqual([]);
      await expectSound(desk, `desk-scanned-${rank}`);
    });
  });
}

test("at the door of an outing our decoder reads the sheet that the school printed", async ({ page, request, filmed, withBrowser }) => {
  const { id, voucher, cancel } = await validated(request, "Lecture à voix haute", "actual");
  await signIn(page, "etablissement");
  await page.goto(`/etablissement/sorties/${id}/impression`);
  const sheet = await filmed(await page.getByRole("img", { name: "N° de voucher en QR code" }).screenshot());
  await withBrowser({ film: sheet }, async (door, { loaded, errors }) => {
    await signIn(door, "partenaire");
    await door.goto(`/mes-sorties/${id}/encaissement`);
    expect(loaded()).toEqual([]);
    await startCamera(door);
    await expect(scanner(door)).toBeHidden();
    await expect(door.getByLabel("N° du Voucher")).toHaveValue(voucher);
    await expect.poll(() => running(door)).toBe(0);
    expect(errors).toEqual([]);
    // The same sheet is none of the desk's numbers with a birth date: it is a voucher, and goes there.
    await door.goto("/transactions/nouvelle");
    await startCamera(door);
    await expect(door.getByLabel("N° de voucher")).toHaveValue(voucher);
  });
  await cancel();
});

test("what is not expected is said, the camera goes on, and stops with the dialog", async ({ page, filmed, withBrowser }) => {
  const link = await readFile("../../shared/scanner/codes/link.svg", "utf8");
  await page.setContent(`<style>svg { width: 320px; background: #fff }</style>${link.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')}`);
  await withBrowser({ film: await filmed(await page.locator("svg").screenshot()) }, async (desk) => {
    await signIn(desk, "partenaire");
    await startCamera(desk);
    await expect(scanner(desk).getByRole("status")).toContainText("n’est pas celui qui est attendu ici");
    expect(await running(desk)).toBe(1);
    await desk.keyboard.press("Escape");
    await expect.poll(() => running(desk)).toBe(0);
  });
});

for (const [how, granted, says] of [
  ["refused", false, "autorisez « Caméra »"],
  ["absent", true, "n’a pas de caméra"],
]) {
  test(`a camera that is ${how} says what to do, and typing goes on`, async ({ page, filmed, withBrowser }) => {
    const film = granted ? undefined : await filmed(await page.screenshot());
    await withBrowser({ film, granted }, async (desk, { errors }) => {
      await signIn(desk, "partenaire");
      await startCamera(desk);
      const said = scanner(desk).getByRole("status");
      await expect.poll(async () => (await said.textContent()).replaceAll("\u00a0", " ")).toContain(says);
      await expect(said).toContainText("saisissez le numéro");
      await expectSound(desk, `desk-camera-${how}`);
      await scanner(desk).getByRole("button", { name: "Fermer" }).click();
      await desk.getByLabel("N° de carte").fill(CARD);
      await desk.getByLabel("Date de naissance").fill("14/05/2008");
      await desk.keyboard.press("Enter");
      await expect(desk.getByText("Léa Martin")).toBeVisible();
      expect(errors).toEqual([]);
    });
  });
}

for (const [what, spoil, says] of [
  ["an address without https", () => Object.defineProperty(window, "isSecureContext", { value: false }), "commence par https://"],
  ["a browser without cameras", () => Object.defineProperty(navigator, "mediaDevices", { value: undefined }), "trop ancien pour lire les codes"],
  ["a browser without WebAssembly", () => { delete window.BarcodeDetector; delete window.WebAssembly; }, "trop ancien pour lire les codes"],
  ["a browser that refuses this WebAssembly", () => { delete window.BarcodeDetector; window.Worker = class { postMessage() { setTimeout(() => this.onmessage({ data: { refused: "old" } })); } terminate() {} }; }, "trop ancien pour lire les codes"],
]) {
  test(`${what} says what to do`, async ({ page }) => {
    await withCamera(page);
    await page.addInitScript(spoil);
    await signIn(page, "partenaire");
    await startCamera(page);
    await expect(scanner(page).getByRole("status")).toContainText(says);
    await expect(scanner(page).getByRole("status")).toContainText("saisissez le numéro");
    await expect.poll(() => running(page)).toBe(0);
    await scanner(page).getByRole("button", { name: "Fermer" }).click();
    await expect(page.getByLabel("N° de carte")).toBeEditable();
  });
}

test("a decoder that does not load is said, and the next try loads it", async ({ page }) => {
  await withCamera(page);
  await page.addInitScript(() => { delete window.BarcodeDetector; });
  let lost = true;
  await page.context().route("**/*-scanner.wasm", (route) => (lost ? route.abort() : route.continue()));
  await signIn(page, "partenaire");
  await startCamera(page);
  await expect(scanner(page).getByRole("status")).toContainText("Vérifiez la connexion");
  await expect.poll(() => running(page)).toBe(0);
  await scanner(page).getByRole("button", { name: "Fermer" }).click();
  lost = false;
  const loaded = page.context().waitForEvent("response", (answer) => answer.url().endsWith("-scanner.wasm") && answer.ok());
  await startCamera(page);
  await loaded;
  await expect.poll(() => running(page)).toBe(1);
  await expect(scanner(page).getByRole("status")).toContainText("Présentez la carte");
});

test("a picture that the decoder does not get over is given up, and the next one is read", async ({ page, filmed, withBrowser }) => {
  await signIn(page, "jeune");
  await page.goto("/mon-pass/carte");
  await withBrowser({ film: await filmed(await page.getByRole("img", { name: "N° de carte en QR code" }).screenshot()) }, async (desk, { errors }) => {
    let workers = 0;
    const stuck = 'addEventListener("message", ({ data }) => { if (data.decoder) postMessage({ texts: [] }); });';
    await desk.context().route("**/*-scanner.js", (route) => {
      workers += 1;
      return workers === 1 ? route.fulfill({ contentType: "text/javascript", body: stuck }) : route.continue();
    });
    await signIn(desk, "partenaire");
    await startCamera(desk);
    await expect(desk.getByLabel("N° de carte")).toHaveValue(CARD, { timeout: 15_000 });
    expect(workers).toBe(2);
    expect(errors).toEqual([]);
  });
});

test("a camera that is unplugged says so", async ({ page }) => {
  await withCamera(page);
  await signIn(page, "partenaire");
  await startCamera(page);
  await expect.poll(() => running(page)).toBe(1);
  await page.evaluate(() => window.streams[0].getTracks()[0].dispatchEvent(new Event("ended")));
  await expect(scanner(page).getByRole("status")).toContainText("La caméra s’est arrêtée");
});

test("a page that is left or covered stops the camera", async ({ page }) => {
  await withCamera(page);
  await signIn(page, "partenaire");
  for (const leave of [
    () => dispatchEvent(new PageTransitionEvent("pagehide")),
    () => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      delete document.hidden;
    },
  ]) {
    await startCamera(page);
    await expect.poll(() => running(page)).toBe(1);
    await page.evaluate(leave);
    await expect(scanner(page)).toBeHidden();
    await expect.poll(() => running(page)).toBe(0);
  }
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
