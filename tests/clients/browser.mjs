// Chromium, and pages of another origin than the server's, as a frontend's are.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { launch } from "puppeteer-core";

const CHROMIUM = process.env.ORCHESTRATOR_CHROMIUM ?? "/usr/bin/chromium";

/** Starts it. A browser as root has no sandbox of its own, and sees nothing here but our own pages. */
export function chromium(args = []) {
  return launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", ...args] });
}

/** Serves an empty page, and below `/node_modules` the libraries as they were installed. */
export async function pages() {
  const root = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
  const server = createServer(async (asked, answer) => {
    const path = normalize(new URL(asked.url, "http://x").pathname);
    if (!path.startsWith("/node_modules/")) {
      answer.setHeader("Content-Type", "text/html");
      return answer.end("<!doctype html><title>A frontend</title>");
    }
    // Modules are imported without their extension by some, which bundlers complete.
    for (const name of [path, `${path}.js`]) {
      const file = join(root, name);
      if ((await stat(file).catch(() => null))?.isFile()) {
        answer.setHeader("Content-Type", "text/javascript");
        return createReadStream(file).pipe(answer);
      }
    }
    answer.statusCode = 404;
    answer.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}
