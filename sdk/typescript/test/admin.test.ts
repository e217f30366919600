/** The API's other calls: which request each one makes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ForbiddenError,
  OrchestratorClient,
  ProblemError,
  ProtocolError,
  TooManyRequestsError,
  UnauthorizedError,
} from "../src/index.ts";
import { RUN, breaksAfter, collect, note, refuses, rejection, serve, type Handler } from "./server.ts";

const steps = [{ agent_type: "planner", name: "Create Plan", timeout: 120, retry_count: 2 }];
const workflow = { name: "frontend_only", description: "", steps };

const calls: [string, (client: OrchestratorClient) => Promise<unknown>, unknown?][] = [
  ["GET /health", (c) => c.health()],
  ["GET /agents", (c) => c.agents.list()],
  ["GET /agents/writer", (c) => c.agents.get("writer")],
  ["PATCH /agents/writer", (c) => c.agents.update("writer", { temperature: 0, effort: null }), { temperature: 0, effort: null }],
  ["PUT /agents/writer/prompt", (c) => c.agents.setPrompt("writer", "Be brief."), { system_prompt: "Be brief." }],
  ["DELETE /agents/writer/prompt", (c) => c.agents.resetPrompt("writer")],
  ["PUT /agents/writer/model", (c) => c.agents.setModel("writer", "opus"), { model: "opus" }],
  ["PUT /agents/writer/enable", (c) => c.agents.enable("writer")],
  ["PUT /agents/writer/disable", (c) => c.agents.disable("writer")],
  ["GET /models", (c) => c.models().page()],
  ["GET /workflows", (c) => c.workflows.list()],
  ["GET /workflows/debug", (c) => c.workflows.get("debug")],
  ["POST /workflows", (c) => c.workflows.create(workflow), workflow],
  ["PUT /workflows/frontend_only", (c) => c.workflows.replace(workflow), workflow],
  ["DELETE /workflows/frontend_only", (c) => c.workflows.delete("frontend_only")],
  ["GET /runs", (c) => c.runs.list().page()],
  ["GET /runs?project_id=p&limit=5", (c) => c.runs.list({ project_id: "p", limit: 5 }).page()],
  [`GET /runs/${RUN}`, (c) => c.runs.get(RUN)],
  [`POST /runs/${RUN}/cancel`, (c) => c.runs.cancel(RUN)],
  [`DELETE /runs/${RUN}`, (c) => c.runs.delete(RUN)],
  ["GET /plugins", (c) => c.plugins.list().page()],
  ["GET /tokens", (c) => c.tokens.list().page()],
  ["POST /tokens", (c) => c.tokens.create({ name: "ci", role: "runner" }), { name: "ci", role: "runner" }],
  ["DELETE /tokens/ci", (c) => c.tokens.revoke("ci")],
  ["GET /audit?action=token&limit=5", (c) => c.audit({ action: "token", limit: 5 }).page()],
  [
    "POST /plugins/haiku/grants",
    (c) => c.plugins.grant("haiku", { permissions: ["write-files"] }),
    { permissions: ["write-files"] },
  ],
  ["DELETE /plugins/haiku/grants", (c) => c.plugins.revoke("haiku")],
  ["POST /plugins/haiku/release", (c) => c.plugins.release("haiku")],
  ["GET /agents/..%2F%3Fa%23", (c) => c.agents.get("../?a#")],
];

for (const [expected, call, body] of calls) {
  test(`${expected} is one function`, async (t) => {
    const answer: Handler = (response) =>
      void response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
    const { client, received } = await serve(t, [answer]);
    assert.deepEqual(await call(client), { ok: true });
    const got = received[0];
    assert.equal(`${got?.method} ${got?.url.replace("/api/v1/orchestrator", "")}`, expected);
    assert.deepEqual(got?.body, body);
  });
}

test("an answer without content is undefined", async (t) => {
  const { client } = await serve(t, [(response) => void response.writeHead(204).end()]);
  assert.equal(await client.workflows.delete("mine"), undefined);
});

test("a refusal is a typed error with what the problem document adds", async (t) => {
  const violations = [{ step: "Plan", field: "steps[0].agent_type", message: "there is no agent 'x'" }];
  const { client } = await serve(t, [refuses(422, { detail: "The workflow cannot run.", violations })]);
  const { problem, message } = await rejection(client.workflows.create(workflow), ProblemError);
  assert.equal(message, "The workflow cannot run.");
  assert.deepEqual(problem.violations, violations);
});

test("a proxy's refusal in its own words is a problem too", async (t) => {
  const page: Handler = (response) => void response.writeHead(502, { "content-type": "text/html" }).end("<html>");
  const broken: Handler = (response) =>
    void response.writeHead(500, { "content-type": "application/problem+json" }).end("{");
  const { client } = await serve(t, [page, broken]);
  const error = await rejection(client.health(), ProblemError);
  assert.deepEqual(error.problem, { type: "about:blank", title: "Bad Gateway", status: 502 });
  assert.equal((await rejection(client.health(), ProblemError)).status, 500);
});

test("an answer that is no JSON is not taken for one", async (t) => {
  const { client } = await serve(t, [(response) => void response.end("<h1>Welcome</h1>")]);
  await rejection(client.health(), ProtocolError);
});

test("headers of the caller go along with each request, freshly asked for", async (t) => {
  let token = 0;
  const answer: Handler = (response) => void response.end("{}");
  const { client, received } = await serve(t, [answer, answer], {
    headers: () => ({ authorization: `Bearer ${(token += 1)}` }),
  });
  await client.health();
  await client.health();
  assert.deepEqual(received.map(({ headers }) => headers.authorization), ["Bearer 1", "Bearer 2"]);
});

test("the server may be given by its origin or by its API's address", async () => {
  const asked: string[] = [];
  const fetch = (address: string | URL | Request) => {
    asked.push(String(address));
    return Promise.resolve(Response.json({}));
  };
  for (const baseUrl of ["https://a.test", "https://a.test/", "https://a.test/api/v1/orchestrator/"]) {
    await new OrchestratorClient({ baseUrl, fetch }).health();
  }
  assert.deepEqual(new Set(asked), new Set(["https://a.test/api/v1/orchestrator/health"]));
});

for (const [page, server] of [
  ["https://app.example.org/editor", "https://app.example.org"],
  ["http://localhost:5173/", "http://localhost:8000"],
  ["file:///tmp/index.html", "http://localhost:8000"],
  [undefined, "http://localhost:8000"],
] as const) {
  test(`a page from ${page ?? "nowhere"} asks ${server}`, async (t) => {
    if (page) Object.assign(globalThis, { location: new URL(page) });
    t.after(() => Reflect.deleteProperty(globalThis, "location"));
    let asked = "";
    const fetch = (address: string | URL | Request) => {
      asked = String(address);
      return Promise.resolve(Response.json({}));
    };
    await new OrchestratorClient({ fetch }).health();
    assert.equal(asked, `${server}/api/v1/orchestrator/health`);
  });
}

test("a token goes along with each request, freshly asked for", async (t) => {
  let token: string | undefined = "dorc_a";
  const answer: Handler = (response) => void response.end("{}");
  const { client, received } = await serve(t, [answer, answer, answer], { token: () => token });
  await client.health();
  token = "dorc_b";
  await client.health();
  token = undefined;
  await client.health();
  const sent = received.map(({ headers }) => headers.authorization);
  assert.deepEqual(sent, ["Bearer dorc_a", "Bearer dorc_b", undefined]);
});

test("a refusal for want of a token, of a role or of time says so by its class", async (t) => {
  const type = (kind: string) => `urn:problem-type:orchestrator:${kind}`;
  const { client } = await serve(t, [
    refuses(401, { type: type("token-needed") }),
    refuses(401, { type: type("token-invalid") }),
    refuses(403, { type: type("role-needed"), role: "admin" }),
    refuses(429, { type: type("too-many-requests"), retry_after: 3 }),
    (response) => void response.writeHead(429, { "retry-after": "7" }).end("from a proxy"),
    (response) => void response.writeHead(429).end(),
  ]);
  const refusal = <E extends Error>(kind: new (...args: never[]) => E) => rejection(client.plugins.list().all(), kind);
  assert.equal((await refusal(UnauthorizedError)).tokenIsInvalid, false);
  assert.equal((await refusal(UnauthorizedError)).tokenIsInvalid, true);
  assert.equal((await refusal(ForbiddenError)).neededRole, "admin");
  assert.equal((await refusal(TooManyRequestsError)).retryAfterMs, 3000);
  assert.equal((await refusal(TooManyRequestsError)).retryAfterMs, 7000);
  assert.equal((await refusal(TooManyRequestsError)).retryAfterMs, undefined);
});

test("a stream whose token is revoked ends with the refusal", async (t) => {
  const refused = refuses(401, { type: "urn:problem-type:orchestrator:token-invalid" });
  const { client } = await serve(t, [breaksAfter(1, note), refused]);
  await rejection(collect(client.execute({ user_request: "x", project_id: "p" })), UnauthorizedError);
});
