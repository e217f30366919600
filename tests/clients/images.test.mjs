// An image of a project on pages of other origins than the server's.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium, pages } from "./browser.mjs";
import { serve } from "./run.mjs";

/** One pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

let browser;
let frontend;
let foreign;
let server;
before(async () => {
  frontend = await pages();
  foreign = await pages();
  const numbered = frontend.origin.replace("localhost", "127.0.0.1");
  server = await serve(["--cors-origin", frontend.origin, "--cors-origin", numbered]);
  const project = join(server.projects, "shop");
  await mkdir(project, { recursive: true });
  await writeFile(join(project, "logo.png"), PIXEL);
  await writeFile(join(project, "logo.svg"), SVG);
  browser = await chromium();
});
after(async () => {
  await browser?.close();
  await server?.close();
  frontend?.close();
  foreign?.close();
});

/** How wide the page shows the image; 0 when it does not. */
async function width(page, api, name, attributes = {}) {
  const tab = await browser.newPage();
  await tab.goto(page);
  const shown = await tab.evaluate(
    (url, attributes) =>
      new Promise((resolve) => {
        const image = Object.assign(new Image(), attributes);
        image.onload = () => resolve(image.naturalWidth);
        image.onerror = () => resolve(0);
        image.src = url;
      }),
    `${api}/projects/shop/files/${name}`,
    attributes,
  );
  await tab.close();
  return shown;
}

/** The server by both of its names: to a page on `localhost` the one is the same site and the other is not. */
const names = () => [server.api, server.api.replace("127.0.0.1", "localhost")];

test("a page of an allowed origin shows an image", async () => {
  for (const api of names()) {
    for (const page of [frontend.origin, frontend.origin.replace("localhost", "127.0.0.1")]) {
      assert.equal(await width(page, api, "logo.png"), 1, `${page} shows ${api}`);
      assert.equal(await width(page, api, "logo.png", { crossOrigin: "anonymous" }), 1, `${page} reads ${api}`);
      assert.equal(await width(page, api, "logo.png", { referrerPolicy: "no-referrer" }), 0, "who says nothing gets nothing");
      assert.equal(await width(page, api, "logo.svg"), 0, "what can hold a script is no image");
    }
  }
});

test("a page of another origin does not, also after an allowed one has", async () => {
  for (const api of names()) {
    for (const page of [foreign.origin, foreign.origin.replace("localhost", "127.0.0.1")]) {
      assert.equal(await width(page, api, "logo.png"), 0, `${page} does not show ${api}`);
      assert.equal(await width(page, api, "logo.png", { crossOrigin: "anonymous" }), 0);
      assert.equal(await width(page, api, "logo.png", { referrerPolicy: "unsafe-url" }), 0);
    }
  }
});
