/** What comes over the wire, and what becomes of it when the wire is bad. */

import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { test } from "node:test";
import { ConnectionError, OrchestratorClient, ProblemError, ProtocolError, type Reconnect } from "../src/index.ts";
import {
  RUN,
  breaksAfter,
  collect,
  complete,
  frame,
  note,
  open,
  refuses,
  rejection,
  sends,
  sequence,
  serve,
  type Handler,
  type Said,
} from "./server.ts";

const request = { user_request: "Build a todo app", project_id: "p" };
const events = `/api/v1/orchestrator/runs/${RUN}/events`;

test("text that the network cuts inside of letters comes out whole", async (t) => {
  const text = "grün, 日本, 👩‍💻\r\n";
  const content: Said = { type: "file_content", data: { path: "a", chunk: text }, content: text };
  const { client } = await serve(t, [sends(1, content, complete)], { fetch: byteByByte });
  const [first] = await collect(client.execute(request));
  assert.equal(first?.type === "file_content" && first.content, text);
});

/** A `fetch` whose answers arrive in the smallest pieces there are. */
async function byteByByte(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const pieces = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      for (const byte of chunk) out.enqueue(Uint8Array.of(byte));
    },
  });
  return new Response(response.body?.pipeThrough(pieces) ?? null, response);
}

test("comments, retry hints, other line ends and several data lines are read as the format says", async (t) => {
  const event = `{"type":"status","run_id":"${RUN}","seq":1}`;
  const split = event.replace(",", ",\r\ndata: ");
  const { client } = await serve(t, [
    (response) => {
      open(response).write(`: hello\r\nretry: 100\r\n\r\nevent: status\r\nid: 1\r\ndata: ${split}\r\n\r\n`);
      response.end(frame(2, complete));
    },
  ]);
  assert.deepEqual(await sequence(client.execute(request)), [1, 2]);
});

test("a torn connection goes on after the last event, and the run is not started twice", async (t) => {
  const reconnects: number[] = [];
  const { client, received } = await serve(t, [
    breaksAfter(1, note, note, note),
    // One that was received already: a reader sees it once.
    sends(3, note, note, complete),
  ]);
  const onReconnect = ({ attempt }: Reconnect) => reconnects.push(attempt);
  assert.deepEqual(await sequence(client.execute(request, { onReconnect })), [1, 2, 3, 4, 5]);
  assert.deepEqual(received.map(({ method, url }) => `${method} ${url}`), [
    "POST /api/v1/orchestrator/execute",
    `GET ${events}`,
  ]);
  assert.equal(received[1]?.headers["last-event-id"], "3");
  assert.deepEqual(reconnects, [1]);
});

test("a project is followed over all of its runs, and goes on where its reader was", async (t) => {
  const second = "0192f0c1-2345-7abc-8def-0123456789ac";
  const line = (place: string, runId: string, seq: number, said: Said) =>
    frame(seq, { ...said, run_id: runId }).replace(/^id: .*/, `id: ${place}`);
  const { client, received } = await serve(t, [
    (response) => {
      open(response).write(line("1.1-1", RUN, 1, note) + line("1", RUN, 2, complete), () => response.destroy());
    },
    (response) => {
      open(response).write(line("2.2-1", second, 1, note) + line("2", second, 2, complete));
    },
  ]);
  const places: string[] = [];
  const seen: string[] = [];
  const options = { after: "now", onPlace: (place: string) => places.push(place) };
  for await (const event of client.projects.events("my shop", options)) {
    seen.push(`${event.run_id === RUN ? 1 : 2}:${event.seq}`);
    if (seen.length === 4) break;
  }
  assert.deepEqual(seen, ["1:1", "1:2", "2:1", "2:2"]);
  assert.deepEqual(places, ["1.1-1", "1", "2.2-1", "2"]);
  const address = "/api/v1/orchestrator/projects/my%20shop/events";
  assert.deepEqual(received.map(({ url }) => url), [`${address}?after=now`, address]);
  assert.equal(received[1]?.headers["last-event-id"], "1");
});

test("a stream that ends politely before its run does is taken up again", async (t) => {
  const { client } = await serve(t, [sends(1, note), sends(2, complete)]);
  assert.deepEqual(await sequence(client.execute(request)), [1, 2]);
});

test("a long run may lose its connection more often than there are attempts", async (t) => {
  const losses = Array.from({ length: 8 }, (_, index) => breaksAfter(index + 1, note));
  const { client } = await serve(t, [...losses, sends(9, complete)], { reconnect: { attempts: 1 } });
  assert.deepEqual(await sequence(client.execute(request)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a connection that falls silent counts as broken", async (t) => {
  const { client } = await serve(
    t,
    [(response) => void open(response).write(frame(1, note)), sends(2, complete)],
    { reconnect: { silenceMs: 50 } },
  );
  assert.deepEqual(await sequence(client.execute(request)), [1, 2]);
});

test("a server that restarts is waited for", async (t) => {
  const { client } = await serve(t, [breaksAfter(1, note), refuses(503), refuses(502), sends(2, complete)]);
  assert.deepEqual(await sequence(client.execute(request)), [1, 2]);
});

test("a server that is gone is given up, and the error says where to take up", async (t) => {
  const { client, received } = await serve(t, [breaksAfter(1, note), refuses(503), refuses(503), refuses(503)]);
  const error = await rejection(collect(client.execute(request)), ConnectionError);
  assert.equal(error.runId, RUN);
  assert.equal(error.lastSeq, 1);
  assert.equal(received.length, 4);
});

test("a run that the server does not know is not asked for again", async (t) => {
  const { client, received } = await serve(t, [breaksAfter(1, note), refuses(404)]);
  assert.equal((await rejection(collect(client.execute(request)), ProblemError)).status, 404);
  assert.equal(received.length, 2);
});

const cuts: Handler = (response) => void response.destroy();
const keys = (received: { headers: IncomingHttpHeaders }[]) =>
  received.map(({ headers }) => headers["idempotency-key"]);

for (const [what, lost] of [
  ["cut before its head", cuts],
  ["broken off before the first event", breaksAfter(1)],
  ["not passed on by a proxy", refuses(504)],
] as const) {
  test(`a start whose answer is ${what} is sent again under its key`, async (t) => {
    const { client, received } = await serve(t, [lost, refuses(503), breaksAfter(1, note), sends(2, complete)]);
    assert.deepEqual(await sequence(client.execute(request)), [1, 2]);
    assert.deepEqual(
      received.map(({ method, url, body }) => [method, url.replace(/.*orchestrator/, ""), body]),
      [
        ["POST", "/execute", request],
        ["POST", "/execute", request],
        ["POST", "/execute", request],
        ["GET", `/runs/${RUN}/events`, undefined],
      ],
    );
    const [key, ...others] = keys(received);
    assert.match(String(key), /^[0-9a-f]{32}$/);
    assert.deepEqual(others, [key, key, undefined]);
  });
}

test("each call has a key of its own, unless it is given one", async (t) => {
  const { client, received } = await serve(t, [complete, complete, complete].map((said) => sends(1, said)));
  await collect(client.execute(request));
  await collect(client.execute(request));
  await collect(client.execute(request, { idempotencyKey: "order-66" }));
  const [first, second, given] = keys(received);
  assert.notEqual(first, second);
  assert.equal(given, "order-66");
});

test("a start that is never answered is given up, and the error says where to look", async (t) => {
  const { client, received } = await serve(t, [cuts, cuts, cuts, cuts], { reconnect: { attempts: 9 } });
  const error = await rejection(collect(client.execute(request)), ConnectionError);
  assert.equal(error.runId, undefined);
  assert.match(error.message, /list of runs/);
  assert.equal(received.length, 4);
});

test("a run that was named before its first event is found again", async (t) => {
  const { client, received } = await serve(t, [
    (response) => {
      response.setHeader("x-run-id", RUN);
      open(response).flushHeaders();
      response.write(": ping\n\n", () => response.destroy());
    },
    sends(1, complete),
  ]);
  assert.deepEqual(await sequence(client.execute(request)), [1]);
  assert.equal(received[1]?.url, events);
  assert.equal(received[1]?.headers["last-event-id"], undefined);
});

test("the server's wish is how long a reader waits before it connects again", async (t) => {
  const { client } = await serve(
    t,
    [(response) => void open(response).end("retry: 4000\n\n" + frame(1, note))],
    { reconnect: { maxDelayMs: 10_000 } },
  );
  const abort = new AbortController();
  let delayMs = 0;
  const onReconnect = (next: Reconnect) => {
    delayMs = next.delayMs;
    abort.abort();
  };
  const stream = collect(client.execute(request, { signal: abort.signal, onReconnect }));
  await assert.rejects(stream, { name: "AbortError" });
  assert.ok(delayMs >= 2000 && delayMs <= 4000, String(delayMs));
});

test("a server that is busy starting runs is not asked again behind the caller's back", async (t) => {
  const { client, received } = await serve(t, [refuses(503, { detail: "4096 runs are under way" })]);
  assert.equal((await rejection(collect(client.execute(request)), ProblemError)).message, "4096 runs are under way");
  assert.equal(received.length, 1);
});

test("a web page instead of a stream is said to be one", async (t) => {
  const { client } = await serve(t, [
    (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>"),
  ]);
  assert.match((await rejection(collect(client.execute(request)), ProtocolError)).message, /text\/html/);
});

for (const [what, data] of [
  ["no JSON", "{"],
  ["JSON of another kind", "null"],
  ["an event without a number", `{"type":"status","run_id":"${RUN}"}`],
]) {
  test(`${what} in the stream is an error and no reason to connect again`, async (t) => {
    const { client, received } = await serve(t, [
      (response) => void open(response).end(`data: ${data}\n\n`),
    ]);
    await rejection(collect(client.execute(request)), ProtocolError);
    assert.equal(received.length, 1);
  });
}

test("a server that is not there is said not to be", async () => {
  // Port 9 is `discard`; nothing listens there, and fetch refuses some such ports by itself: either way, no server.
  const client = new OrchestratorClient({ baseUrl: "http://127.0.0.1:9" });
  assert.match((await rejection(client.health(), ConnectionError)).message, /is it running/);
});

test("an aborted iteration throws the caller's reason, also during a pause", async (t) => {
  const abort = new AbortController();
  const reason = new Error("the page was left");
  const { client, received } = await serve(t, [breaksAfter(1, note)], {
    reconnect: { firstDelayMs: 60_000, maxDelayMs: 60_000 },
  });
  const stream = client.execute(request, { signal: abort.signal });
  assert.equal((await stream.next()).value?.seq, 1);
  const rest = stream.next();
  setImmediate(() => abort.abort(reason));
  await assert.rejects(rest, reason);
  assert.equal(received.length, 1);
});

test("a run can be followed from any event, by its id alone", async (t) => {
  const { client, received } = await serve(t, [sends(8, note, complete), sends(1, complete)]);
  assert.deepEqual(await sequence(client.runs.events(RUN, { after: 7 })), [8, 9]);
  assert.deepEqual(await sequence(client.runs.events(RUN)), [1]);
  assert.equal(received[0]?.headers["last-event-id"], "7");
  assert.equal(received[1]?.headers["last-event-id"], undefined);
});

test("who has read the last event already is told so", async (t) => {
  const { client, received } = await serve(t, [(response) => void response.writeHead(204).end()]);
  assert.deepEqual(await sequence(client.runs.events(RUN, { after: 7 })), []);
  assert.equal(received.length, 1);
});
