// The page that tries the API out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "./browser.mjs";
import { serve } from "./run.mjs";

let browser;
let server;
before(async () => {
  server = await serve();
  browser = await chromium();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens the page on a screen of this width. */
async function docs(width) {
  const tab = await browser.newPage();
  await tab.setViewport({ width, height: 900 });
  await tab.goto(`${server.address}/docs/`, { waitUntil: "networkidle0" });
  return tab;
}

/** Waits until something is below `element`, and clicks it. By the clock: a tab in the background draws nothing. */
async function click(element, selector) {
  await present(element, selector);
  await element.$eval(selector, (button) => button.click());
}

async function present(element, selector, patience = 10_000) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    if (await element.$(selector)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`there is no ${selector}`);
}

test("every operation sends what it says", { timeout: 240_000 }, async () => {
  const tab = await docs(1280);
  // Nothing is to happen: what would be sent is looked at and answered here.
  const sent = [];
  await tab.setRequestInterception(true);
  tab.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/api/")) return request.continue();
    sent.push({ method: request.method(), path: pathname });
    request.respond({ status: 200, contentType: "application/json", body: "{}" });
  });
  const document = await (await fetch(`${server.address}/openapi.json`)).json();
  const operations = await tab.$$(".opblock");
  const described = Object.values(document.paths).flatMap((path) => Object.keys(path));
  assert.equal(operations.length, described.length);
  for (const operation of operations) {
    const method = await operation.$eval(".opblock-summary-method", (element) => element.textContent);
    const path = await operation.$eval(".opblock-summary-path", (element) => element.dataset.path);
    await click(operation, ".opblock-summary-control");
    await click(operation, ".try-out__btn");
    await present(operation, ".execute");
    // A file has to be chosen first, and the page says so.
    if (await operation.$("input[type=file]")) continue;
    sent.length = 0;
    await click(operation, ".execute");
    await present(operation, ".live-responses-table").catch((error) => {
      throw new Error(`${method} ${path}`, { cause: error });
    });
    assert.deepEqual(
      sent.map((request) => request.method),
      [method],
      path,
    );
    const pattern = path.replace(/\{[^}]+\}/g, "(?!%7B)[^/]+");
    assert.match(sent[0].path, new RegExp(`^${pattern}$`));
    await click(operation, ".opblock-summary-control");
  }
});

test("the first Execute works", { timeout: 120_000 }, async () => {
  const tab = await docs(1280);
  const operation = await tab.$(".opblock");
  await click(operation, ".opblock-summary-control");
  await click(operation, ".try-out__btn");
  const response = tab.waitForResponse((response) => response.url().includes("/api/"));
  await click(operation, ".execute");
  assert.equal((await response).status(), 200);
});

for (const width of [1280, 390]) {
  test(`nothing is wider than a screen of ${width}`, { timeout: 240_000 }, async () => {
    const tab = await docs(width);
    for (const operation of await tab.$$(".opblock")) {
      await click(operation, ".opblock-summary-control");
      await present(operation, ".responses-table");
    }
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
  });
}
