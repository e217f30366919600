/** The client and the real server, and with them every example of the README. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OrchestratorClient, ProblemError, RunFailedError, streamingClient } from "../src/index.ts";
import { LEFT_OUT, start, type Running } from "./orchestrator.ts";
import { examples, runExample } from "./readme.ts";
import { collect, rejection } from "./server.ts";

const DEVELOPMENT_SERVER = "http://localhost:8000";
const shop = { "index.html": "<h1>Shop</h1>\n", "src/cart.js": "let cart = [];\n" };

describe("with the real server", { skip: LEFT_OUT }, () => {
  let server: Running;
  let client: OrchestratorClient;
  before(async () => {
    server = await start();
    client = new OrchestratorClient({ baseUrl: server.baseUrl });
  });
  after(() => server?.stop());

  test("names of every kind arrive as they are, and are found again", async () => {
    const long = `${"deep/".repeat(30)}${"n".repeat(120)}.txt`;
    const names = ["a b.txt", "50% off?#1.md", "größe 日本 🙂.txt", "%2e%2e", "a+b&c=d;e@f", long, "x".repeat(100)];
    const files = Object.fromEntries(names.map((name, at) => [name, `content ${at}\n`]));
    const { changes, skipped } = await client.projects.importFiles("names", files);
    assert.deepEqual(skipped, []);
    assert.deepEqual(changes.map(({ path }) => path).sort(), [...names].sort());
    for (const name of names) {
      assert.equal((await client.projects.file("names", name)).text, files[name], name);
    }
  });

  test("a project is looked at, changed, compared and taken back", async () => {
    const first = await client.projects.importFiles("changing", shop);
    const refused = await rejection(client.projects.importFiles("changing", shop), ProblemError);
    assert.equal(refused.kind, "project-not-empty");
    const page = await client.projects.file("changing", "src/cart.js");
    assert.equal(await client.projects.fileIfChanged("changing", "src/cart.js", page.etag), undefined);

    const changed = { ...shop, "src/cart.js": new Blob(["let cart = {};\n"]) };
    await client.projects.importFiles("changing", changed, { replace: true });
    const newer = await client.projects.fileIfChanged("changing", "src/cart.js", page.etag);
    assert.equal(newer?.text, "let cart = {};\n");
    const diff = await client.projects.diff("changing", { from: first.after });
    assert.match(diff, /^-let cart = \[\];\n\+let cart = \{\};$/m);

    const { changes, before } = await client.projects.restore("changing", first.after.slice(0, 8));
    assert.deepEqual(changes.map(({ path }) => path), ["src/cart.js"]);
    const old = await client.projects.file("changing", "src/cart.js", { snapshot: before });
    assert.equal(old.text, "let cart = {};\n");
    const kinds = (await client.projects.snapshots("changing", { limit: 2 })).map(({ cause }) => cause.kind);
    assert.deepEqual(kinds, ["restored", "before_restore"]);
    assert.equal((await client.projects.files("changing")).length, 2);
    const listed = (await client.projects.list()).find(({ project_id }) => project_id === "changing");
    assert.equal(listed?.files, 2);
  });

  test("what was taken away can be brought in elsewhere", async () => {
    const bytes = new Uint8Array([0, 1, 254, 255]);
    await client.projects.importFiles("original", { ...shop, "logo.png": bytes });
    for (const format of ["zip", "tar.gz"] as const) {
      const archive = await client.projects.archive("original", { format });
      const copy = `copy-${format}`;
      await client.projects.import(copy, await archive.blob());
      assert.deepEqual((await client.projects.file(copy, "logo.png")).bytes, bytes);
    }
  });

  test("refusals are told apart by their kind", async () => {
    await client.projects.importFiles("refusing", shop);
    const kind = async (call: Promise<unknown>) => (await rejection(call, ProblemError)).kind;
    assert.equal(await kind(client.projects.files("none")), "unknown-project");
    assert.equal(await kind(client.projects.file("refusing", "none.js")), "unknown-file");
    assert.equal(await kind(client.projects.restore("refusing", "00000000")), "unknown-snapshot");
    const noArchive = client.projects.import("refusing", new Blob(["none"]), { replace: true });
    assert.equal(await kind(noArchive), "invalid-archive");
    assert.equal(await kind(client.projects.importFiles("slip", { "../../escaped": "1" })), "invalid-archive");
  });

  test("every example of the README runs", async (t) => {
    const { fetch } = globalThis;
    t.after(() => Object.assign(globalThis, { fetch }));
    globalThis.fetch = (address, init) => fetch(String(address).replace(DEVELOPMENT_SERVER, server.baseUrl), init);
    const run = { user_request: "Build a blog", project_id: "readme" };
    const [accepted] = await collect(client.execute(run));
    const said: unknown[] = [];
    const say = (...words: unknown[]) => said.push(...words);
    const names = {
      OrchestratorClient,
      ProblemError,
      streamingClient,
      client: new OrchestratorClient(),
      runId: accepted?.run_id,
      console: { log: say, error: say },
    };
    for (const { title, code } of await examples()) {
      await t.test(title, () => runExample(code, names));
    }
    assert.ok(said.some((word) => word instanceof RunFailedError), "the model gives up, which the first example shows");
  });
});
