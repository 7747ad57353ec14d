// A young person's outing on a phone: the link of the teacher, what it costs and what is left, in, out, and told why not.
import { expect } from "@playwright/test";
import { PASSWORD, expectSound, signIn, test } from "./steps.js";

/** Calls a route as somebody, in JSON. */
async function as(request, identifier) {
  const { token } = await (await request.post("/connexion", { data: { identifier, password: PASSWORD } })).json();
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  return {
    get: async (path) => (await request.get(path, { headers })).json(),
    post: async (path, data) => {
      const answer = await request.post(path, { headers, data });
      expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
      return answer.json();
    },
  };
}

/** An outing of the demo school at the demo bookshop, confirmed by it. */
async function confirmed(request, title, price_cents) {
  const [school, partner] = [await as(request, "etablissement"), await as(request, "partenaire")];
  const { number } = await partner.get("/dossier");
  const { id } = await school.post("/etablissement/sorties", {
    partner: number, title, description: "À 14 h à la librairie.", day: "2026-12-17", price_cents, expected: "30",
    organiser: "Mme Roux, lettres", referent: "M. Blanc", settlement_terms: "actual",
  });
  await partner.post(`/mes-sorties/${id}/confirmation`, { version: 1 });
  return { id, school, code: id.replace(/(...)(...)(...)/, "$1-$2-$3") };
}

/** What is left in the outing envelope of the demo's young person: other journeys have spent some of it. */
async function left(request) {
  const { envelopes } = await (await as(request, "jeune")).get("/mon-pass");
  return envelopes.find((one) => one.envelope === "outing").left_cents;
}

/** Cents as the page writes them, whatever the space before the sign. */
const euros = (cents) => new RegExp(`${(cents / 100).toFixed(2).replace(".", ",")}\\s€`);

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

  test("the teacher's link leads through the sign-in to the outing; one joins, sees the price held, and leaves", async ({ page, request }) => {
    const credit = await left(request);
    const price = credit - 100;
    const sortie = await confirmed(request, "Lecture au musée", price);
    const dear = await confirmed(request, "Atelier de reliure", 150);
    await page.goto(`/sorties/${sortie.id}`);
    await expect(page).toHaveURL(/\/connexion\?suite=/);
    await page.getByLabel("Identifiant", { exact: true }).fill("jeune");
    await page.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Je me connecte" }).click();
    await expect(page).toHaveURL(`/sorties/${sortie.id}`);
    await expect(page.locator("#inscription")).toContainText(/il vous restera 1,00/);
    await expectSound(page, "my-outing");
    await page.getByRole("button", { name: "Je m’inscris" }).click();
    await expect(page.getByRole("status")).toContainText("Votre place est réservée");
    await expect(page.locator(".gauge")).toContainText(/1,00.€ sur 10,00/);
    await expectSound(page, "my-outing-in");

    // The credit that is held is not there for another one.
    await page.goto(`/sorties/${dear.id}`);
    await expect(page.getByText("Inscription impossible")).toBeVisible();
    await expect(page.getByRole("button", { name: "Je m’inscris" })).toHaveCount(0);
    await expectSound(page, "my-outing-too-dear");

    await page.goto("/mon-pass");
    await expect(page.locator(".gauge.outing")).toContainText("1,00");
    await page.getByRole("main").getByRole("link", { name: "Mes sorties" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "Lecture au musée" })).toContainText(euros(price));
    await expectSound(page, "my-outings");
    await page.getByLabel("Code de la sortie").fill("abc");
    await page.getByRole("button", { name: "Voir la sortie" }).click();
    await expect(page.getByRole("alert").getByRole("link")).toHaveCount(1);
    await expectSound(page, "my-outings-faulty");
    await page.getByLabel("Code de la sortie").fill(sortie.code.toLowerCase());
    await page.getByRole("button", { name: "Voir la sortie" }).click();
    await expect(page).toHaveURL(`/sorties/${sortie.id}`);
    await page.getByText("Je me désinscris", { exact: true }).click();
    await page.getByRole("button", { name: "Je quitte la sortie" }).click();
    await expect(page.getByRole("status")).toContainText("votre crédit vous est rendu");
    await expect(page.locator(".gauge")).toContainText(euros(credit));
  });

  test("who clicks once the list is frozen is told so on the page as it is now", async ({ page, request }) => {
    const credit = await left(request);
    const sortie = await confirmed(request, "Antigone", credit);
    await signIn(page, "jeune");
    await page.goto(`/sorties/${sortie.id}`);
    await page.getByRole("button", { name: "Je m’inscris" }).click();
    await sortie.school.post(`/etablissement/sorties/${sortie.id}/validation`, {});
    await page.getByText("Je me désinscris", { exact: true }).click();
    await page.getByRole("button", { name: "Je quitte la sortie" }).click();
    await expect(page.getByRole("alert")).toContainText("Validée");
    await expect(page.getByText("Dites-le à l’organisateur")).toBeVisible();
    await expectSound(page, "my-outing-frozen");
    await sortie.school.post(`/etablissement/sorties/${sortie.id}/annulation`, { cancellation_reason: "Grève des transports." });
    await page.goto(`/sorties/${sortie.id}`);
    await expect(page.getByText("Grève des transports.")).toBeVisible();
    await expect(page.locator(".gauge")).toContainText(euros(credit));
    await expectSound(page, "my-outing-cancelled");
    await page.goto("/mes-donnees");
    await expect(page.getByText(/Antigone, Librairie du Vieux-Port, le 17\/12\/2026/)).toBeVisible();
    await expectSound(page, "my-data-outings");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the code leads to the outing, and the buttons do the same", async ({ page, request }) => {
    const sortie = await confirmed(request, "Visite des réserves", 100);
    await signIn(page, "jeune");
    await page.goto("/sorties");
    await page.getByLabel("Code de la sortie").fill(sortie.code);
    await page.getByRole("button", { name: "Voir la sortie" }).click();
    await page.getByRole("button", { name: "Je m’inscris" }).click();
    await expect(page.getByText("Votre place est réservée : le prix")).toBeVisible();
    await page.getByText("Je me désinscris", { exact: true }).click();
    await page.getByRole("button", { name: "Je quitte la sortie" }).click();
    await expect(page.getByText("Votre place est rendue")).toBeVisible();
  });
});
