// Many streams at once: over HTTPS they share one connection.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium, pages } from "./browser.mjs";
import { serve } from "./run.mjs";

// The certificate is made here, for this test, and nobody vouches for it.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";

const STREAMS = 60;

let browser;
let folder;
let frontend;
let server;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orchestrator-tls-"));
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const what = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const whose = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  await promisify(execFile)("openssl", ["req", ...what, ...whose, "-keyout", key, "-out", certificate]);
  frontend = await pages();
  server = await serve(["--cors-origin", frontend.origin, "--tls-cert", certificate, "--tls-key", key]);
  browser = await chromium(["--ignore-certificate-errors"]);
});
after(async () => {
  await browser?.close();
  await server?.close();
  frontend?.close();
  if (folder) await rm(folder, { recursive: true });
});

test("sixty streams in a tab of Chromium leave room for a request", { timeout: 60_000 }, async () => {
  const tab = await browser.newPage();
  await tab.goto(frontend.origin);
  const got = await tab.evaluate(
    async (api, streams) => {
      const opened = Array.from({ length: streams }, (_, index) => {
        const source = new EventSource(`${api}/projects/p${index}/events`);
        return new Promise((resolve, reject) => {
          source.onopen = resolve;
          source.onerror = () => reject(new Error(`stream ${index}`));
        });
      });
      await Promise.all(opened);
      const health = await fetch(`${api}/health`);
      const protocol = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/health"));
      return { status: health.status, protocol: protocol?.nextHopProtocol };
    },
    server.api,
    STREAMS,
  );
  assert.equal(got.status, 200);
  // A page of another origin is not told by which protocol; sixty streams say it.
  assert.ok(["h2", ""].includes(got.protocol ?? ""), got.protocol);
});

test("sixty streams over one connection of Node's own client", { timeout: 60_000 }, async () => {
  const session = connect(server.address);
  await once(session, "connect");
  assert.equal(session.alpnProtocol, "h2");
  const path = "/api/v1/orchestrator/projects/p/events";
  const streams = Array.from({ length: STREAMS }, () => session.request({ ":path": path }));
  for (const [headers] of await Promise.all(streams.map((stream) => once(stream, "response")))) {
    assert.equal(headers[":status"], 200);
    assert.equal(headers["content-type"], "text/event-stream");
  }
  const health = session.request({ ":path": "/api/v1/orchestrator/health" });
  const [headers] = await once(health, "response");
  assert.equal(headers[":status"], 200);
  session.destroy();
});
