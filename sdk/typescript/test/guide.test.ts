/** The calls that the API's first description shows (here: the guide), as they are written there; see docs/api.md. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ProblemError, RunFailedError, streamingClient, type CompleteEvent } from "../src/index.ts";
import { RUN, complete, note, open, refuses, sends, serve, type Said } from "./server.ts";

const request = { user_request: "Build a blog with Next.js", project_id: "blog-project" };

test("the guide's call passes on each event and completes once", async (t) => {
  const chunk: Said = {
    type: "file_content",
    message: "Streaming code...",
    data: { path: "src/App.tsx", chunk: "import React" },
    content: "import React",
    step: 2,
    agent: "writer",
    progress: 45,
  };
  const { client: streamingClient, received } = await serve(t, [sends(1, note, chunk, complete)]);
  let progress = 0;
  let status = "";
  let editor = "";
  let completed = 0;

  await streamingClient.streamOrchestratorWorkflow(
    "Build a blog with Next.js",
    "blog-project",
    "bolt_standard",
    { user_id: "user123" },
    (event) => {
      progress = event.progress || 0;
      status ||= event.message || "";
      if (event.type === "file_content") {
        editor += event.content;
        assert.equal(event.data.chunk, event.content);
        assert.equal(event.data.path, "src/App.tsx");
      }
    },
    (error) => assert.fail(error.message),
    () => (completed += 1),
  );

  assert.deepEqual({ progress, status, editor, completed }, {
    progress: 100,
    status: "Streaming code...",
    editor: "import React",
    completed: 1,
  });
  assert.equal(received[0]?.method, "POST");
  assert.equal(received[0]?.url, "/api/v1/orchestrator/execute");
  assert.deepEqual(received[0]?.body, {
    ...request,
    workflow_name: "bolt_standard",
    metadata: { user_id: "user123" },
  });
});

test("there is a client that needs no configuration", () => {
  assert.equal(typeof streamingClient.streamOrchestratorWorkflow, "function");
});

/** Streams with callbacks and says which were called. */
async function outcome(client: typeof streamingClient, options = {}) {
  const called: string[] = [];
  let error: Error | undefined;
  await client.streamOrchestratorWorkflow(
    "x",
    "p",
    "debug",
    {},
    (event) => called.push(event.type),
    (failure) => {
      called.push("onError");
      error = failure;
    },
    () => called.push("onComplete"),
    options,
  );
  return { called, error };
}

const failure = (terminal: boolean): Said => ({
  type: "error",
  message: terminal ? "the tests fail" : "the model is busy",
  data: { code: terminal ? "internal" : "unavailable", terminal, retryable: !terminal },
});

test("whoever completes can tell whether what was made works", async (t) => {
  const why = "1 of 16 tests failed (npm test, exit code 1)";
  const data = { files: [], usage: {}, duration_ms: 1, verdict: { kind: "failed", why } };
  const { client } = await serve(t, [sends(1, note, { ...complete, data })]);
  let told: CompleteEvent | undefined;
  await client.streamOrchestratorWorkflow(
    "x",
    "p",
    "quick_iteration",
    {},
    () => {},
    (error) => assert.fail(error.message),
    (ended) => (told = ended),
  );
  assert.deepEqual([told?.data.verdict?.kind, told?.data.verdict?.why], ["failed", why]);
});

test("an error that the run survives is an event like others", async (t) => {
  const { client } = await serve(t, [sends(1, failure(false), complete)]);
  assert.deepEqual((await outcome(client)).called, ["error", "complete", "onComplete"]);
});

test("an error that ends the run reaches onError, after its event", async (t) => {
  const { client } = await serve(t, [sends(1, note, failure(true))]);
  const { called, error } = await outcome(client);
  assert.deepEqual(called, ["status", "error", "onError"]);
  assert.ok(error instanceof RunFailedError);
  assert.equal(error.code, "internal");
  assert.equal(error.message, "the tests fail");
});

test("a busy project is a problem that names the run at work", async (t) => {
  const detail = `run ${RUN} is working on this project`;
  const type = "urn:problem-type:orchestrator:project-busy";
  const { client } = await serve(t, [refuses(409, { type, detail, run_id: RUN })]);
  const { called, error } = await outcome(client);
  assert.deepEqual(called, ["onError"]);
  assert.ok(error instanceof ProblemError);
  assert.equal(error.status, 409);
  assert.equal(error.message, detail);
  assert.equal(error.busyRunId, RUN);
});

test("a caller may ask to wait in line", async (t) => {
  const { client, received } = await serve(t, [sends(1, complete)]);
  await outcome(client, { ifBusy: "queue" });
  assert.equal((received[0]?.body as { if_busy?: string }).if_busy, "queue");
});

test("after an abort neither callback is called, and the run is left alone", async (t) => {
  const abort = new AbortController();
  const hungUp = deferred();
  const { client, received } = await serve(t, [
    (response) => {
      response.on("close", () => hungUp.resolve(undefined));
      open(response).write(`data: {"type":"status","seq":1,"run_id":"${RUN}"}\n\n`, () => abort.abort());
    },
  ]);
  const { called } = await outcome(client, { signal: abort.signal });
  await hungUp.promise;
  assert.ok(!called.includes("onError") && !called.includes("onComplete"), String(called));
  assert.equal(received.length, 1);
});

test("what a callback throws comes back to the caller and ends the connection", async (t) => {
  const hungUp = deferred();
  const { client } = await serve(t, [
    (response) => {
      response.on("close", () => hungUp.resolve(undefined));
      open(response).write(`data: {"type":"status","seq":1,"run_id":"${RUN}"}\n\n`);
    },
  ]);
  const bug = new Error("a bug in the page");
  const streaming = client.streamOrchestratorWorkflow(
    "x",
    "p",
    "debug",
    {},
    () => {
      throw bug;
    },
    () => assert.fail("not a failure of the stream"),
    () => assert.fail("not complete"),
  );
  await assert.rejects(streaming, bug);
  await hungUp.promise;
});

function deferred() {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise<unknown>((settle) => (resolve = settle));
  return { promise, resolve };
}
