/** Lists: which pages are asked for, and what becomes of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ProblemError } from "../src/index.ts";
import { refuses, rejection, serve, type Handler } from "./server.ts";

const page =
  (items: string[], next: string | null): Handler =>
  (response) =>
    void response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ items: items.map((run_id) => ({ run_id })), next }));
const address = ({ url }: { url: string }) => url.replace("/api/v1/orchestrator", "");

test("a list is read over all of its pages, with the same filter", async (t) => {
  const { client, received } = await serve(t, [page(["a", "b"], "1.x y"), page([], "2"), page(["c"], null)]);
  const seen = [];
  for await (const { run_id } of client.runs.list({ status: "failed", limit: 2 })) seen.push(run_id);
  assert.deepEqual(seen, ["a", "b", "c"]);
  const filter = "/runs?status=failed&limit=2";
  assert.deepEqual(received.map(address), [filter, `${filter}&after=1.x+y`, `${filter}&after=2`]);
});

test("a page at a time, from where one was", async (t) => {
  const { client, received } = await serve(t, [page(["a"], "1"), page(["b"], "2"), page(["c"], null)]);
  const list = client.runs.list({ limit: 1 });
  const first = await list.page();
  assert.deepEqual(first, { items: [{ run_id: "a" }], next: "1" });
  assert.equal((await list.page("1")).next, "2");
  assert.equal((await client.runs.list({ limit: 1, after: "2" }).page()).next, null);
  assert.deepEqual(received.map(address), ["/runs?limit=1", "/runs?limit=1&after=1", "/runs?limit=1&after=2"]);
});

test("nothing is asked for that is not read", async (t) => {
  const { client, received } = await serve(t, [page(["a", "b"], "1")]);
  const list = client.runs.list();
  assert.equal(received.length, 0);
  for await (const { run_id } of list) if (run_id === "b") break;
  assert.equal(received.length, 1);
});

test("a refusal in the middle of a list is thrown", async (t) => {
  const { client } = await serve(t, [page(["a"], "1"), refuses(422, { field: "after" })]);
  await rejection(client.runs.list().all(), ProblemError);
});

test("a list without pages is a list too", async (t) => {
  const { client, received } = await serve(t, [page(["a"], null)]);
  assert.equal((await client.tokens.list().all()).length, 1);
  assert.deepEqual(received.map(address), ["/tokens"]);
});
