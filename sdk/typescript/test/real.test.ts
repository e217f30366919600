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
    const cart = await client.projects.file("changing", "src/cart.js");
    assert.equal(await client.projects.fileIfChanged("changing", "src/cart.js", cart.etag), undefined);

    const changed = { ...shop, "src/cart.js": new Blob(["let cart = {};\n"]) };
    await client.projects.importFiles("changing", changed, { replace: true });
    const newer = await client.projects.fileIfChanged("changing", "src/cart.js", cart.etag);
    assert.equal(newer?.text, "let cart = {};\n");
    const diff = await client.projects.diff("changing", { from: first.after });
    assert.match(diff, /^-let cart = \[\];\n\+let cart = \{\};$/m);

    const { changes, before } = await client.projects.restore("changing", first.after.slice(0, 8));
    assert.deepEqual(changes.map(({ path }) => path), ["src/cart.js"]);
    const old = await client.projects.file("changing", "src/cart.js", { snapshot: before });
    assert.equal(old.text, "let cart = {};\n");
    const snapshots = client.projects.snapshots("changing", { limit: 2 });
    const page = await snapshots.page();
    assert.deepEqual(page.items.map(({ cause }) => cause.kind), ["restored", "before_restore"]);
    assert.deepEqual((await snapshots.all()).slice(0, 2), page.items);
    assert.deepEqual((await client.projects.snapshots("changing").all()).length, (await snapshots.all()).length);
    assert.equal((await client.projects.files("changing").all()).length, 2);
    const listed = [];
    for await (const project of client.projects.list({ limit: 1 })) listed.push(project);
    assert.equal(listed.find(({ project_id }) => project_id === "changing")?.files, 2);
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
    assert.equal(await kind(client.projects.files("none").all()), "unknown-project");
    assert.equal(await kind(client.projects.file("refusing", "none.js")), "unknown-file");
    assert.equal(await kind(client.projects.restore("refusing", "00000000")), "unknown-snapshot");
    const noArchive = client.projects.import("refusing", new Blob(["none"]), { replace: true });
    assert.equal(await kind(noArchive), "invalid-archive");
    assert.equal(await kind(client.projects.importFiles("slip", { "../../escaped": "1" })), "invalid-archive");
  });

  test("a run whose first answer is lost is found again, and no other begins", async () => {
    let lost = 0;
    const cutting = new OrchestratorClient({
      baseUrl: server.baseUrl,
      reconnect: { firstDelayMs: 1 },
      fetch: async (...asked) => {
        const answer = await fetch(...asked);
        if (lost > 0) return answer;
        lost += 1;
        await answer.body?.cancel();
        throw new TypeError("the connection was reset");
      },
    });
    const told = await collect(cutting.execute({ user_request: "Build a blog", project_id: "lost" }));
    assert.equal(lost, 1);
    assert.ok(told.length > 2);
    assert.deepEqual(told.map(({ seq }) => seq), told.map((_, at) => at + 1));
    assert.equal((await client.runs.list({ project_id: "lost" }).all()).length, 1);
  });

  test("every example of the README runs", async (t) => {
    const { fetch } = globalThis;
    t.after(() => Object.assign(globalThis, { fetch }));
    const run = { user_request: "Build a blog", project_id: "readme" };
    const [accepted] = await collect(client.execute(run));
    // One of the examples makes a token, and from the first one on the server asks for them.
    const { token } = await client.tokens.create({ name: "readme", role: "admin" });
    globalThis.fetch = (address, init) => {
      const headers = new Headers(init?.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
      return fetch(String(address).replace(DEVELOPMENT_SERVER, server.baseUrl), { ...init, headers });
    };
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
