// Calls every kind of route through types generated from the service's own description.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });

function take<T>(told: { data?: T; error?: unknown }): T {
  if (told.data === undefined) throw new Error(JSON.stringify(told.error));
  return told.data;
}

const predicted = take(await client.POST("/v1/predict", { body: { name: "GeForce RTX 3070" } }));
const rows = take(await client.POST("/v1/predict/batch", { body: [{ name: "GeForce RTX 3070" }, { name: "GTX 1060" }] }));
const verdict = take(await client.POST("/v1/value", { body: { name: "GeForce RTX 3070", price_usd: 400 } }));
const compared = take(await client.POST("/v1/compare", { body: { names: ["GeForce RTX 3070", "GTX 1060"] } }));
const found = take(await client.GET("/v1/gpus", { params: { query: { q: "RTX 3070" } } }));
const card = take(await client.GET("/v1/gpus/{name}", { params: { path: { name: "GeForce RTX 3070" } } }));
const frontier = take(await client.GET("/v1/frontier", { params: { query: { budget_usd: 400 } } }));
const model = take(await client.GET("/v1/model"));

const mark: number | null = predicted.g3d_mark.value;
console.log(
  JSON.stringify({
    mark,
    rows: Array.isArray(rows) ? rows.length : rows.rows,
    verdict: verdict.verdict,
    compared: compared.predictions.length,
    found: found.total,
    card: card.name,
    frontier: frontier.gpus.length,
    targets: Object.keys(model.targets).length,
  }),
);
