// A till in strict TypeScript, over a client that openapi-typescript made of /openapi.json: no cast, no `any`, nothing that
// the description says to be optional is sent.
import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";

const baseUrl = process.env.EPASS_SITE_URL;
assert(baseUrl, "EPASS_SITE_URL says where the site is");
const api = createClient<paths>({ baseUrl, headers: { Accept: "application/json" } });

const signIn = await api.POST("/connexion", { body: { identifier: "partenaire", password: "Demo2026" } });
assert(signIn.data, "the partner signs in");
const role: components["schemas"]["Role"] = signIn.data.role;
assert.equal(role, "partner");
const till = createClient<paths>({
  baseUrl,
  headers: { Accept: "application/json", Authorization: `Bearer ${signIn.data.token}` },
});

const found = await till.POST("/transactions/recherche", {
  body: { reference: "2600140532012345", birth_date: "2008-05-14" },
});
assert(found.data, "the young person is found");
const reading = found.data.envelopes.find((one) => one.envelope === "reading");
assert(reading && reading.available_cents >= 150, "there is something left");

const paid = await till.POST("/transactions", {
  body: { ticket: found.data.ticket, envelope: "reading", amount_cents: 150 },
});
assert(paid.data, "it is paid");
assert.equal(paid.data.available_cents, reading.available_cents - 150);

const id = paid.data.id;
const receipt = await till.GET("/transactions/{id}", { params: { path: { id } } });
assert(receipt.data, "there is a receipt");
const kind: components["schemas"]["PayerKind"] = receipt.data.payer;
assert.deepEqual([kind, receipt.data.first_name, receipt.data.state], ["desk", "Léa", "paid"]);

const listed = await till.GET("/transactions", { params: { query: { state: "paid", envelope: "reading" } } });
assert(listed.data?.transactions.some((line) => line.id === id && line.amount_cents === 150), "the history has it");

const cancelled = await till.POST("/transactions/{id}/annulation", { params: { path: { id } } });
assert(cancelled.data, "it is cancelled");
assert.equal(cancelled.data.state, "cancelled");
const again = await till.POST("/transactions/{id}/annulation", { params: { path: { id } } });
assert.equal(again.response.status, 409);
assert(again.error, "a second cancellation is refused");
assert.equal(again.error.code, "already_cancelled");
const refused = await till.POST("/transactions", { body: { ticket: found.data.ticket, envelope: "reading", amount: "douze" } });
assert.equal(refused.response.status, 422);
assert(refused.error);
assert.deepEqual(refused.error.faults?.map((fault) => fault.field), ["amount"]);
console.log("TypeScript: looked up, paid, listed and cancelled");
