/** Runs: what is asked for, where a run stands, and what came of it. */

import type { PageOptions } from "./page.ts";

/** What to do with a request for a project that another run is working on: refuse it, or wait in line. */
export type IfBusy = "reject" | "queue";

/** What to build. */
export interface RunRequest {
  /** The sentence that says what to build. */
  user_request: string;
  /**
   * The project that is built or changed: letters, digits, `.`, `_` and `-`. When left out, a new one is made and named
   * after the request; the first event says how (`data.request.project_id`).
   */
  project_id?: string;
  /** `bolt_standard` when left out. */
  workflow_name?: string;
  /** Anything that agents and readers of the run should see. */
  metadata?: Record<string, unknown>;
  /** `reject` when left out. */
  if_busy?: IfBusy;
}

/** Where a run stands. */
export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

/** A run in a list. */
export interface RunSummary {
  run_id: string;
  project_id: string;
  workflow_name: string;
  user_request: string;
  status: RunStatus;
  /** 0 to 100. */
  progress: number;
  created_at: string;
  updated_at: string;
  /** Sequence number of its last event. */
  last_seq: number;
}

/** One run, whole. */
export interface RunDetail extends RunSummary {
  /** The step at hand; `null` before the first and after the last. */
  step: string | null;
  agent: string | null;
  /** How many times the workflow has looped back. */
  round: number;
  files: FileChange[];
  usage: Usage;
  provider: string;
  /** How well its commands were locked up when it was asked for, and what was missing. */
  sandbox: Confinement;
  /** Who asked for it: a token's name, `local`, `cli` or `library`. */
  actor: string | null;
  plugins: PinnedPlugin[];
  metadata: Record<string, unknown>;
  /** How far what it made has been shown to work, once it is complete. */
  verdict: Verdict | null;
  /** What ended it, when a step could not be done or it was cancelled. */
  error: (ErrorData & { message: string }) | null;
}

/** Which runs to list; all of them, newest first, when left out. */
export interface RunFilter extends PageOptions {
  project_id?: string;
  workflow_name?: string;
  status?: RunStatus;
}

/** What can be said of what a run made, from the commands that ran. */
export interface Verdict {
  /** `failed` makes the run's status `failed`; the others make it `succeeded`. */
  kind: "tested" | "built" | "untested" | "failed";
  why: string;
  /** Loops that ended without a way forward. */
  loops?: { step: string; reason: "max_rounds" | "same_failure"; rounds: number }[];
}

/** What completions cost, in tokens. */
export interface Usage {
  /** Tokens sent, the cached ones included. */
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
}

/** A project's plan. */
export interface Plan {
  summary: string;
  stack: string;
  files: { path: string; purpose: string }[];
  commands: { purpose: "install" | "test" | "start"; argv: string[] }[];
  acceptance_criteria: string[];
}

/** How a file was touched. */
export type FileChangeKind = "create" | "modify" | "delete" | "rename";

/** A change to one file that has been made. */
export interface FileChange {
  /** Relative to the project's root, with `/`. */
  path: string;
  operation: FileChangeKind;
  /** The earlier path of a renamed file. */
  from?: string;
  /** Bytes of the new content; 0 when deleted. */
  size: number;
  /** SHA-256 of the new content, in hexadecimal; empty when deleted. */
  sha256: string;
}

/** A plugin as a run keeps it. */
export interface PinnedPlugin {
  /** Agent type or condition name. */
  name: string;
  version: string;
  /** SHA-256 of the component, in hexadecimal. */
  digest: string;
}

/** How well commands are locked up, from worst to best. */
export type Isolation = "none" | "namespaces";

/** How well the commands of one run are locked up. */
export interface Confinement {
  /** The level reached when the run was asked for. */
  level: Isolation;
  /** What kept it from being higher, and limits that the server's machine cannot set. */
  missing: string[];
}

/** The kinds of failure. */
export type ErrorCode =
  | "invalid_input"
  | "not_found"
  | "denied"
  | "limit_exceeded"
  | "cancelled"
  | "timeout"
  | "unavailable"
  | "malformed_answer"
  | "refused"
  | "trap"
  | "interrupted"
  | "internal";

/** Kind and details of a failure. */
export interface ErrorData {
  code: ErrorCode;
  /** Whether this ends the run. */
  terminal: boolean;
  /** Whether a repetition can help. */
  retryable: boolean;
  /** Which try failed, from 1; absent outside of steps. */
  attempt?: number;
  /** How long a model provider asked to be left alone. */
  retry_after_ms?: number;
  trap?: TrapReport;
}

/** What is known about a plugin that trapped. */
export interface TrapReport {
  plugin: string;
  version: string;
  digest: string;
  trap: string;
  panic?: string;
  stderr: string[];
  backtrace: string[];
}
