/** A server that cannot be reached: what the caller is told to do. */

import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { ConnectionError, OrchestratorClient } from "../src/index.ts";
import { rejection } from "./server.ts";

/** The port of a server that answers whatever comes with these bytes. */
async function answering(t: TestContext, bytes: Uint8Array | string): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(bytes));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function told(client: OrchestratorClient): Promise<string> {
  return (await rejection(client.health(), ConnectionError)).message;
}

test("HTTPS asked of a server in the clear, and the other way round, is told by its address", async (t) => {
  const plain = await answering(t, "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
  const secure = new OrchestratorClient({ baseUrl: `https://127.0.0.1:${plain}` });
  assert.match(await told(secure), /speaks plain HTTP: give the address with "http:\/\/"/);
  // A TLS alert, as of a server that was sent something else than a handshake.
  const tls = await answering(t, new Uint8Array([21, 3, 3, 0, 2, 2, 10]));
  const open = new OrchestratorClient({ baseUrl: `http://127.0.0.1:${tls}` });
  assert.match(await told(open), /give the address with "https:\/\/"/);
});

test("a certificate that is not trusted, and a server that is not there, are told as such", async () => {
  const failing = (code: string | undefined) => {
    const cause = Object.assign(new Error("no"), code === undefined ? {} : { code });
    const fetch = () => Promise.reject(new TypeError("fetch failed", { cause }));
    return new OrchestratorClient({ baseUrl: "https://127.0.0.1:1", fetch });
  };
  assert.match(await told(failing("DEPTH_ZERO_SELF_SIGNED_CERT")), /NODE_EXTRA_CA_CERTS/);
  assert.match(await told(failing("ERR_TLS_CERT_ALTNAME_INVALID")), /other names/);
  assert.match(await told(failing("ECONNREFUSED")), /is it running\?$/);
  assert.match(await told(failing(undefined)), /is it running\?$/);
});
