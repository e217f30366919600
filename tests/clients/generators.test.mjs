// Generators of clients, over the API's description as the program prints it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const bin = (name) => join(process.cwd(), "node_modules", ".bin", name);

let folder;
let document;
before(async () => {
  // Below the project, so that what is made finds what it imports.
  folder = await mkdtemp(join(process.cwd(), "build-"));
  document = join(folder, "openapi.json");
  const { stdout } = await run(process.env.ORCHESTRATOR_PROGRAM, ["openapi"], { maxBuffer: 1 << 24 });
  await writeFile(document, stdout);
});
after(() => rm(folder, { recursive: true }));

const timeout = 120_000;

/** Compiles what was made, and a program that uses it. */
async function compile(name, use) {
  const program = join(folder, `${name}.use.ts`);
  await writeFile(program, use);
  const options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2022", "--module", "esnext"];
  const libraries = ["--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable"];
  await run(bin("tsc"), [...options, ...libraries, program]).catch((error) => assert.fail(error.stdout));
}

test("redocly finds nothing", { timeout }, async () => {
  const { stderr } = await run(bin("redocly"), ["lint", "--extends", "recommended", document]);
  assert.doesNotMatch(stderr, /[1-9]\d* (error|warning)/);
});

test("openapi-typescript", { timeout }, async () => {
  await run(bin("openapi-typescript"), [document, "-o", join(folder, "types.ts")]);
  await compile(
    "types",
    `import type { components } from "./types";
export function path(event: components["schemas"]["Event"]): string | undefined {
  return event.type === "file_content" ? event.data.path : undefined;
}`,
  );
});

test("@hey-api/openapi-ts", { timeout }, async () => {
  await run(bin("openapi-ts"), ["-i", document, "-o", join(folder, "hey")]);
  await compile(
    "hey",
    `import { execute, listRuns, type Event } from "./hey";
export async function paths(): Promise<string[]> {
  const { stream } = await execute({ body: { user_request: "Say hello" } });
  const found: string[] = [];
  for await (const event of stream as AsyncIterable<Event>) {
    if (event.type === "file_content") found.push(event.data.path);
  }
  const page = await listRuns({ query: { limit: 1 } });
  found.push(...(page.data?.items ?? []).map((run) => run.project_id));
  return found;
}`,
  );
});

test("orval", { timeout }, async () => {
  const config = join(folder, "orval.config.cjs");
  const target = join(folder, "orval.ts");
  const api = { input: document, output: { target, client: "fetch" } };
  await writeFile(config, `module.exports = ${JSON.stringify({ api })};`);
  await run(bin("orval"), ["--config", config]);
  await compile(
    "orval",
    `import { listAgents, setAgentModel } from "./orval";
export async function use() {
  await setAgentModel("writer", { model: "opus" });
  return (await listAgents()).status;
}`,
  );
});
