/**
 * A server on 127.0.0.1 that speaks the event stream's format and is told by each test what to answer, one handler
 * for each request in turn, so that a request too many is an error.
 */

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { OrchestratorClient, type ClientOptions, type OrchestratorEvent } from "../src/index.ts";

export const RUN = "0192f0c1-2345-7abc-8def-0123456789ab";

/** A request as the server got it. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  /** The body, where it is JSON. */
  body: unknown;
  bytes: Buffer<ArrayBuffer>;
}

/** Answers one request. */
export type Handler = (response: ServerResponse, received: Received) => void | Promise<void>;

/** A server, and a client of it that does not wait long. */
export interface Fixture {
  client: OrchestratorClient;
  received: Received[];
}

/** Starts a server that lives as long as the test. */
export async function serve(
  t: TestContext,
  handlers: Handler[],
  options: ClientOptions = {},
): Promise<Fixture> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const got = await read(request);
    const handler = handlers[received.length];
    received.push(got);
    if (!handler) return response.writeHead(500).end(`unexpected: ${got.method} ${got.url}`);
    await handler(response, got);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reconnect = { maxDelayMs: 2, attempts: 3, ...options.reconnect };
  return { client: new OrchestratorClient({ baseUrl, ...options, reconnect }), received };
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  const { method = "", url = "", headers } = request;
  const isJson = headers["content-type"] === "application/json";
  return { method, url, headers, body: isJson ? JSON.parse(bytes.toString()) : undefined, bytes };
}

/** What a test says about an event; the rest is filled in. */
export type Said = Pick<OrchestratorEvent, "type"> & Record<string, unknown>;

export const note: Said = { type: "status", data: { state: "started" } };
export const complete: Said = { type: "complete", progress: 100, data: { files: [], usage: {}, duration_ms: 1 } };

/** One event in the stream's format. */
export function frame(seq: number, said: Said): string {
  const event = { message: "", progress: 0, run_id: RUN, seq, time: "2026-01-02T03:04:05Z", ...said };
  return `id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Begins an event stream. */
export function open(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-type": "text/event-stream" });
}

/** A handler that sends these events, numbered from `from`, and ends. */
export function sends(from: number, ...events: Said[]): Handler {
  return (response) => {
    open(response).end(events.map((said, index) => frame(from + index, said)).join(""));
  };
}

/** A handler that sends these events and then tears the connection. */
export function breaksAfter(from: number, ...events: Said[]): Handler {
  return (response) => {
    open(response).flushHeaders();
    const text = events.map((said, index) => frame(from + index, said)).join("");
    // Half an event more: what is torn must not come out.
    response.write(text + 'data: {"type":"sta', () => response.destroy());
  };
}

/** A handler that refuses with a problem document. */
export function refuses(status: number, problem: Record<string, unknown> = {}): Handler {
  return (response) => {
    const body = { type: "about:blank", title: "No", status, ...problem };
    response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
  };
}

/** All events of a stream. */
export async function collect(events: AsyncIterable<OrchestratorEvent>): Promise<OrchestratorEvent[]> {
  const all = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The sequence numbers of all events of a stream. */
export async function sequence(events: AsyncIterable<OrchestratorEvent>): Promise<number[]> {
  return (await collect(events)).map(({ seq }) => seq);
}

/** What a promise rejects with, which must be a `kind`. */
export async function rejection<E extends Error>(
  promise: Promise<unknown>,
  kind: new (...args: never[]) => E,
): Promise<E> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof kind, String(error));
    return error;
  }
  assert.fail("it was expected to be rejected");
}
