/**
 * The real server, on a free port, with a data folder of its own and a model that gives up at once. The environment
 * variable `ORCHESTRATOR_PROGRAM` says where the program is; without it the tests that need it are skipped.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = process.env["ORCHESTRATOR_PROGRAM"];
const SCRIPT = "[[reply]]\nagent = 'planner'\nerror = { code = 'denied', message = 'Not now.' }\n";

/** Why tests of the real server are left out; `false` when they are not. */
export const LEFT_OUT = PROGRAM ? false : "ORCHESTRATOR_PROGRAM does not say where the server is";

/** A server at work. */
export interface Running {
  baseUrl: string;
  stop: () => Promise<void>;
}

/** Starts a server, which is ready when this resolves. */
export async function start(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "client-"));
  const script = join(folder, "script.toml");
  await writeFile(script, SCRIPT);
  const options = ["--listen", "127.0.0.1:0", "--model", "scripted", "--script", script, "--log", "error"];
  const server = spawn(PROGRAM ?? "", ["serve", ...options, "--data-dir", join(folder, "data")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    const ended = server.exitCode === null ? once(server, "exit") : undefined;
    server.kill();
    await ended;
    await rm(folder, { recursive: true });
  };
  for await (const line of createInterface(server.stdout)) {
    const [baseUrl] = /http:\/\/[\d.]+:\d+/.exec(line) ?? [];
    if (!baseUrl) continue;
    // The program ends when nobody takes what it prints.
    server.stdout.resume();
    return { baseUrl, stop };
  }
  await stop();
  throw new Error(`${PROGRAM} ended before it listened`);
}
