// A server at work, runs that are silent for a while, and what every reader of their events has to get.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The server pings after 15 s of silence. */
export const SILENCE_MS = 17_000;

/** What the writer says. */
const SCRIPT = fileURLToPath(new URL("silent.toml", import.meta.url));

/** Starts the program that `ORCHESTRATOR_PROGRAM` names. `options` go to `serve`. */
export async function serve(options = []) {
  const program = process.env.ORCHESTRATOR_PROGRAM;
  assert.ok(program, "ORCHESTRATOR_PROGRAM names the program; `make clients` sets it");
  const folder = await mkdtemp(join(tmpdir(), "orchestrator-clients-"));
  const script = ["--model", "scripted", "--script", SCRIPT];
  const place = ["--listen", "127.0.0.1:0", "--data-dir", join(folder, "data"), "--log", "error"];
  const child = spawn(program, ["serve", ...place, ...script, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, "line");
  const address = /^Listening on (\S+)/.exec(first)?.[1];
  assert.ok(address, first);
  const api = `${address}/api/v1/orchestrator`;
  const steps = [{ agent_type: "writer", name: "Write", stream_output: true, retry_count: 0 }];
  const made = await send("POST", `${api}/workflows`, { name: "silent", steps });
  assert.equal(made.status, 201);
  const close = async () => {
    child.kill();
    await once(child, "exit");
    await rm(folder, { recursive: true });
  };
  return { address, api, close, projects: join(folder, "data", "projects") };
}

function send(method, url, body) {
  const json = { "Content-Type": "application/json" };
  return fetch(url, { method, headers: json, body: body && JSON.stringify(body) });
}

/** What starts a run that is silent after its first events. */
export function request(project) {
  return { user_request: "Say hello", project_id: project, workflow_name: "silent" };
}

/** Starts such a run and says its id. */
export async function begin(api, project) {
  const response = await send("POST", `${api}/execute`, request(project));
  assert.equal(response.status, 200);
  await response.body?.cancel();
  return response.headers.get("x-run-id");
}

/** Ends the run of `project`, once it has been silent for long enough. */
export async function endSilence(api, project) {
  await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
  const [run] = await runs(api, project);
  assert.equal((await send("POST", `${api}/runs/${run.run_id}/cancel`)).status, 200);
}

/** The runs of a project, newest first. */
export async function runs(api, project) {
  const { items, next } = await (await fetch(`${api}/runs?project_id=${project}`)).json();
  assert.equal(next, null);
  return items;
}

/** Holds what a reader got against what there was: each event of the one run once, and nothing else. */
export async function check(api, project, got) {
  const all = await runs(api, project);
  assert.equal(all.length, 1, "one run was started");
  const empty = got.filter((message) => !message.data);
  assert.deepEqual(empty, [], "no message is empty");
  const events = got.map((message) => JSON.parse(message.data));
  const numbers = events.map((event) => event.seq);
  assert.deepEqual(numbers, Array.from({ length: all[0].last_seq }, (_, index) => index + 1));
  assert.deepEqual(got.map((message) => String(message.id)), numbers.map(String));
  assert.equal(events.at(-1).data.terminal, true);
}
