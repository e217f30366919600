/** The calls about projects: which requests they make, and what they make of the answers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  ConnectionError,
  InvalidPathError,
  ProblemError,
  type FileContent,
  type OrchestratorClient,
} from "../src/index.ts";
import { RUN, refuses, rejection, serve, type Handler } from "./server.ts";

const API = "/api/v1/orchestrator";
const ok: Handler = (response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
const file: Handler = (response) =>
  void response.writeHead(200, { "content-type": "text/plain; charset=utf-8", etag: '"abc"' }).end("<h1>Größe</h1>");

const calls: [string, (client: OrchestratorClient) => Promise<unknown>, unknown?][] = [
  ["GET /projects", (c) => c.projects.list().page()],
  ["GET /projects/shop/files", (c) => c.projects.files("shop").page()],
  ["GET /projects/shop/files?snapshot=3f9a1c20", (c) => c.projects.files("shop", { snapshot: "3f9a1c20" }).page()],
  ["GET /projects/shop/snapshots", (c) => c.projects.snapshots("shop").page()],
  ["GET /projects/shop/snapshots?limit=7", (c) => c.projects.snapshots("shop", { limit: 7 }).page()],
  ["POST /projects/shop/restore", (c) => c.projects.restore("shop", "3f9a1c20"), { snapshot: "3f9a1c20" }],
  ["DELETE /projects/shop", (c) => c.projects.delete("shop")],
  ["DELETE /projects/shop/files/a%3F/b", (c) => c.projects.deleteFile("shop", "a?/b")],
  ["PATCH /projects/shop/files/a", (c) => c.projects.moveFile("shop", "a", "b c"), { to: "b c" }],
  ["GET /projects/..%2F%3Fa%23/files", (c) => c.projects.files("../?a#").page()],
];

for (const [expected, call, body] of calls) {
  test(`${expected} is one function`, async (t) => {
    const { client, received } = await serve(t, [ok]);
    assert.deepEqual(await call(client), { ok: true });
    const got = received[0];
    assert.equal(`${got?.method} ${got?.url.replace(API, "")}`, expected);
    assert.deepEqual(got?.body, body);
  });
}

test("a file comes as bytes and as text, with its tag", async (t) => {
  const { client, received } = await serve(t, [file]);
  const page = await client.projects.file("shop", "index.html", { snapshot: "3f9a1c20" });
  assert.equal(received[0]?.url, `${API}/projects/shop/files/index.html?snapshot=3f9a1c20`);
  assert.equal(page.text, "<h1>Größe</h1>");
  assert.deepEqual([...page.bytes], [...Buffer.from("<h1>Größe</h1>")]);
  assert.deepEqual([page.path, page.etag, page.mediaType], ["index.html", '"abc"', "text/plain; charset=utf-8"]);
});

test("what is no text has none, and a byte order mark is part of the text", async (t) => {
  const sends = (bytes: number[]): Handler => (response) => void response.end(Buffer.from(bytes));
  const { client } = await serve(t, [sends([0x89, 0x50, 0xff]), sends([0xef, 0xbb, 0xbf, 0x61]), sends([])]);
  const image = await client.projects.file("shop", "logo.png");
  assert.deepEqual([image.text, image.bytes.length, image.etag], [undefined, 3, undefined]);
  assert.equal((await client.projects.file("shop", "a.txt")).text, "\ufeffa");
  assert.equal((await client.projects.file("shop", "empty")).text, "");
});

for (const [path, escaped] of [
  ["src/App.tsx", "src/App.tsx"],
  ["docs/50% off?#1.md", "docs/50%25%20off%3F%231.md"],
  ["bilder/größe 日本 🙂.png", "bilder/gr%C3%B6%C3%9Fe%20%E6%97%A5%E6%9C%AC%20%F0%9F%99%82.png"],
  ["%2e%2e/%2F", "%252e%252e/%252F"],
  ["a+b&c=d;e:f@g", "a%2Bb%26c%3Dd%3Be%3Af%40g"],
  ["..hidden/...", "..hidden/..."],
] as const) {
  test(`the path ${path} is escaped part by part`, async (t) => {
    const { client, received } = await serve(t, [file]);
    await client.projects.file("shop", path);
    assert.equal(received[0]?.url, `${API}/projects/shop/files/${escaped}`);
  });
}

test("a path that fetch would turn into another is refused before it is sent", async (t) => {
  const { client, received } = await serve(t, []);
  for (const path of ["../files", "a/../../../agents", "./a", "a/.", ".."]) {
    await rejection(client.projects.file("shop", path), InvalidPathError);
  }
  await rejection(client.projects.files("..").page(), InvalidPathError);
  await rejection(client.projects.fileIfChanged("..", "agents", '"a"'), InvalidPathError);
  assert.equal(received.length, 0);
});

test("a file that did not change is undefined, and one that did is the file", async (t) => {
  const unchanged: Handler = (response) => void response.writeHead(304, { etag: '"abc"' }).end();
  const { client, received } = await serve(t, [unchanged, file, file]);
  assert.equal(await client.projects.fileIfChanged("shop", "index.html", '"abc"'), undefined);
  const changed: FileContent | undefined = await client.projects.fileIfChanged("shop", "index.html", '"old"');
  assert.equal(changed?.etag, '"abc"');
  await client.projects.fileIfChanged("shop", "index.html", undefined);
  assert.deepEqual(received.map(({ headers }) => headers["if-none-match"]), ['"abc"', '"old"', undefined]);
});

test("nothing changed is no answer to a question that was not asked", async (t) => {
  const { client } = await serve(t, [(response) => void response.writeHead(304).end()]);
  assert.equal((await rejection(client.projects.file("shop", "a"), ProblemError)).status, 304);
});

test("a file is sent as it is, with the condition that it is written under", async (t) => {
  const { client, received } = await serve(t, [ok, ok, ok, ok, refuses(412, { etag: '"new"' })]);
  await client.projects.writeFile("shop", "größe.txt", "Größe");
  await client.projects.writeFile("shop", "a", new Uint8Array([0, 255]), { ifMatch: '"abc"' });
  await client.projects.writeFile("shop", "a", new Blob(["c"]), { ifNoneMatch: "*" });
  await client.projects.deleteFile("shop", "a", { ifMatch: '"abc"' });
  const late = await rejection(client.projects.moveFile("shop", "a", "b", { ifMatch: '"abc"' }), ProblemError);
  assert.equal(late.problem.etag, '"new"');
  assert.deepEqual(received.map(({ method }) => method), ["PUT", "PUT", "PUT", "DELETE", "PATCH"]);
  assert.deepEqual(received.slice(0, 3).map(({ bytes }) => [...bytes]), [[...Buffer.from("Größe")], [0, 255], [99]]);
  assert.equal(received[0]?.headers["content-type"], "application/octet-stream");
  const conditions = received.map(({ headers }) => [headers["if-match"], headers["if-none-match"]]);
  const [none, match] = [[undefined, undefined], ['"abc"', undefined]];
  assert.deepEqual(conditions, [none, match, [undefined, "*"], match, match]);
});

test("a diff is text", async (t) => {
  const text = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n";
  const { client, received } = await serve(t, [(r) => void r.end(text), (r) => void r.end()]);
  assert.equal(await client.projects.diff("shop", { from: "3f9a1c20", to: "77aa01bc" }), text);
  assert.equal(await client.projects.diff("shop"), "");
  const urls = received.map(({ url }) => url.replace(`${API}/projects/shop/`, ""));
  assert.deepEqual(urls, ["diff?from=3f9a1c20&to=77aa01bc", "diff"]);
});

test("an archive is a stream or a blob, with a name to save it under", async (t) => {
  const bytes: Handler = (response) => void response.end("PK…");
  const { client, received } = await serve(t, [bytes, bytes]);
  const zip = await client.projects.archive("shop");
  assert.deepEqual([zip.name, zip.mediaType], ["shop.zip", "application/zip"]);
  const blob = await zip.blob();
  assert.deepEqual([blob.type, await blob.text()], ["application/zip", "PK…"]);

  const tar = await client.projects.archive("shop", { format: "tar.gz", snapshot: "3f9a1c20" });
  let size = 0;
  for await (const chunk of tar.stream) size += chunk.length;
  assert.deepEqual([tar.name, size], ["shop.tar.gz", Buffer.byteLength("PK…")]);
  const urls = received.map(({ url }) => url.replace(`${API}/projects/shop/`, ""));
  assert.deepEqual(urls, ["archive?format=zip", "archive?format=tar.gz&snapshot=3f9a1c20"]);
});

test("an archive or a file that breaks off is not taken for a whole one", async (t) => {
  const breaks: Handler = (response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  };
  const { client } = await serve(t, [breaks, breaks, breaks]);
  await rejection(client.projects.archive("shop").then((archive) => archive.blob()), ConnectionError);
  await rejection(client.projects.file("shop", "a"), ConnectionError);
  await rejection(client.projects.diff("shop"), ConnectionError);
});

test("an abort ends a download with the caller's reason", async (t) => {
  const hangs: Handler = (response) => void response.writeHead(200).write("half");
  const { client } = await serve(t, [hangs, hangs]);
  const reason = new Error("the tab was closed");
  for (const download of [
    (signal: AbortSignal) => client.projects.archive("shop", { signal }).then((archive) => archive.blob()),
    (signal: AbortSignal) => client.projects.file("shop", "a", { signal }),
  ]) {
    const abort = new AbortController();
    const downloading = download(abort.signal);
    setImmediate(() => abort.abort(reason));
    await assert.rejects(downloading, reason);
  }
});

test("an archive is declared as what it is, and sent as it is", async (t) => {
  const { client, received } = await serve(t, [ok, ok, ok, ok]);
  const zip = new Uint8Array([0x50, 0x4b, 3, 4]);
  const gzip = new Uint8Array([0x1f, 0x8b, 8]);
  await client.projects.import("shop", zip);
  await client.projects.import("shop", new Blob([gzip], { type: "text/plain" }), { replace: true, strip: 1 });
  await client.projects.import("shop", gzip.buffer);
  await client.projects.import("shop", zip, { format: "tar.gz" });
  const sent = received.map(({ headers }) => headers["content-type"]);
  assert.deepEqual(sent, ["application/zip", "application/gzip", "application/gzip", "application/gzip"]);
  assert.equal(received[1]?.url, `${API}/projects/shop/import?replace=true&strip=1`);
  assert.deepEqual(received.map(({ bytes }) => bytes.length), [4, 3, 3, 4]);
});

test("a folder goes as one archive, its files whole", async (t) => {
  const { client, received } = await serve(t, [ok]);
  const content = "x".repeat(513);
  await client.projects.importFiles("shop", { "a.txt": content, b: new Uint8Array([0, 255]), c: new Blob(["c"]) });
  assert.equal(received[0]?.headers["content-type"], "application/gzip");
  const tar = gunzipSync(received[0]?.bytes ?? "");
  assert.equal(tar.length % 512, 0);
  assert.equal(tar.subarray(0, 6).toString(), "a.txt\0");
  assert.equal(tar.subarray(512, 1025).toString(), content);
});

test("refusals say by their kind what to do", async (t) => {
  const type = (kind: string) => `urn:problem-type:orchestrator:${kind}`;
  const { client } = await serve(t, [
    refuses(404, { type: type("unknown-file") }),
    refuses(409, { type: type("project-not-empty") }),
    refuses(409, { type: type("project-busy"), run_id: RUN }),
    refuses(404, { type: type("unknown-project"), valid: ["shop"] }),
    (response) => void response.writeHead(413).end("from a proxy"),
  ]);
  const kind = async (call: Promise<unknown>) => (await rejection(call, ProblemError)).kind;
  assert.equal(await kind(client.projects.file("shop", "none")), "unknown-file");
  assert.equal(await kind(client.projects.importFiles("shop", {})), "project-not-empty");
  const busy = await rejection(client.projects.restore("shop", "3f9a1c20"), ProblemError);
  assert.deepEqual([busy.kind, busy.busyRunId], ["project-busy", RUN]);
  const unknown = await rejection(client.projects.archive("shp"), ProblemError);
  assert.deepEqual([unknown.kind, unknown.problem.valid], ["unknown-project", ["shop"]]);
  assert.equal(await kind(client.projects.import("shop", new Uint8Array(1))), "blank");
});

test("a change that another one is in the way of waits for its turn, and a run is not waited for", async (t) => {
  const type = "urn:problem-type:orchestrator:project-busy";
  const turn = refuses(409, { type, retry_after: 0 });
  const { client, received } = await serve(t, [turn, turn, ok, turn, ok, refuses(409, { type, run_id: RUN })]);
  assert.deepEqual(await client.projects.writeFile("shop", "a", "text"), { ok: true });
  assert.equal(received.length, 3);
  assert.deepEqual(new Set(received.map(({ method, url }) => `${method} ${url}`)).size, 1);
  assert.deepEqual(await client.projects.moveFile("shop", "a", "b"), { ok: true });
  const refused = await rejection(client.projects.deleteFile("shop", "a"), ProblemError);
  assert.deepEqual([refused.kind, refused.busyRunId, received.length], ["project-busy", RUN, 6]);
});

test("whoever aborts a change that waits is not kept waiting", async (t) => {
  const type = "urn:problem-type:orchestrator:project-busy";
  const abort = new AbortController();
  const { client, received } = await serve(t, [
    (response, ...rest) => {
      refuses(409, { type, retry_after: 20 })(response, ...rest);
      setTimeout(() => abort.abort(new Error("enough")), 0);
    },
  ]);
  const refused = await rejection(client.projects.writeFile("shop", "a", "x", { signal: abort.signal }), Error);
  assert.deepEqual([refused.message, received.length], ["enough", 1]);
});
