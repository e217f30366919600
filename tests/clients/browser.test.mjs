// Readers of Server-Sent Events in a browser, on a page of another port.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium, pages } from "./browser.mjs";
import { begin, check, endSilence, request, runs, serve, SILENCE_MS } from "./run.mjs";

let browser;
let frontend;
let server;
before(async () => {
  frontend = await pages();
  server = await serve(["--cors-origin", frontend.origin]);
  browser = await chromium();
});
after(async () => {
  await browser?.close();
  await server?.close();
  frontend?.close();
});

const options = { concurrency: true, timeout: 90_000 };

async function page() {
  const tab = await browser.newPage();
  await tab.goto(frontend.origin);
  return tab;
}

test("readers of events", options, async (readers) => {
  const all = [
    readers.test("the browser's own EventSource", async () => {
      const run = await begin(server.api, "native");
      const tab = await page();
      const got = tab.evaluate(
        (url) =>
          new Promise((resolve) => {
            const source = new EventSource(url);
            const messages = [];
            source.onmessage = ({ data, lastEventId }) => {
              messages.push({ data, id: lastEventId });
              if (!JSON.parse(data || "{}").data?.terminal) return;
              source.close();
              resolve(messages);
            };
          }),
        `${server.api}/runs/${run}/events`,
      );
      await endSilence(server.api, "native");
      await check(server.api, "native", await got);
    }),
    readers.test("@microsoft/fetch-event-source", async () => {
      const tab = await page();
      const got = tab.evaluate(fetchEventSource, `${server.api}/execute`, request("fetch"), "key-1");
      await endSilence(server.api, "fetch");
      await check(server.api, "fetch", await got);
    }),
    readers.test("sse.js", async () => {
      const tab = await page();
      const got = tab.evaluate(
        async (url, body) => {
          const { SSE } = await import("/node_modules/sse.js/lib/sse.js");
          const headers = { "Content-Type": "application/json" };
          const source = new SSE(url, { headers, payload: JSON.stringify(body), method: "POST" });
          const messages = [];
          return new Promise((resolve) => {
            source.addEventListener("message", ({ data, id }) => {
              messages.push({ data, id });
              if (JSON.parse(data || "{}").data?.terminal) resolve(messages);
            });
          });
        },
        `${server.api}/execute`,
        request("ssejs"),
      );
      await endSilence(server.api, "ssejs");
      await check(server.api, "ssejs", await got);
    }),
  ];
  await Promise.all(all);
});

test("a tab that is hidden and shown again goes on with its run", { timeout: SILENCE_MS * 3 }, async () => {
  const tab = await page();
  const got = tab.evaluate(fetchEventSource, `${server.api}/execute`, request("hidden"), "key-2");
  while ((await runs(server.api, "hidden")).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  // What a browser tells a page that goes to the background and comes back; the library hangs up and sends its request
  // again.
  const show = (hidden) =>
    tab.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  for (let times = 0; times < 3; times += 1) {
    await show(true);
    await show(false);
  }
  const [run] = await runs(server.api, "hidden");
  const cancelled = await fetch(`${server.api}/runs/${run.run_id}/cancel`, { method: "POST" });
  assert.equal(cancelled.status, 200);
  await check(server.api, "hidden", await got);
});

/** Runs in the page: starts a run and gives its messages once it is over. */
async function fetchEventSource(url, body, key) {
  const { fetchEventSource } = await import("/node_modules/@microsoft/fetch-event-source/lib/esm/index.js");
  const messages = [];
  await fetchEventSource(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
    onmessage: ({ data, id }) => messages.push({ data, id }),
    onerror: (error) => {
      throw error;
    },
  });
  return messages;
}
