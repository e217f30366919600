/**
 * The records of the API: what requests carry and what answers hold. Field names are the wire's; times are RFC 3339
 * UTC, `_ms` are milliseconds, and a step's `timeout` is in seconds.
 */

import type { ErrorData, PinnedPlugin } from "./events.ts";
import type { PageOptions } from "./list.ts";

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

/** An agent as it would serve the next run. */
export interface Agent {
  name: string;
  agent_type: string;
  /** Model alias or model id. */
  model: string;
  temperature: number;
  max_tokens: number;
  capabilities: string[];
  enabled: boolean;
  has_custom_prompt: boolean;
  purpose: string;
  version: string;
  digest: string;
}

/** An agent with the system prompt in force. */
export interface AgentDetail extends Agent {
  system_prompt: string;
  /** How hard its model is asked to try; `null` where nothing is said of it. */
  effort: Effort | null;
  /** JSON Schema of the options that its plugin reads; `null` where it reads none. */
  options_schema: Record<string, unknown> | boolean | null;
  /** What an operator set; `null` where it is the plugin's own. Of the prompt, `has_custom_prompt` says. */
  set: {
    model: string | null;
    temperature: number | null;
    max_tokens: number | null;
    effort: Effort | null;
    /** Those that are set. */
    options: Record<string, unknown>;
    enabled: boolean | null;
  };
}

/** How hard a model tries, from the least to the most. */
export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** What to set for an agent: what is left out stays as it is, and `null` goes back to the plugin's own. */
export interface AgentPatch {
  model?: string | null;
  /** 0 to 2, and at most what the model takes. */
  temperature?: number | null;
  /** From 1 to what the model gives. */
  max_tokens?: number | null;
  effort?: Effort | null;
  /** By name, as `options_schema` says; an option that is `null` goes back to the plugin's own. */
  options?: Record<string, unknown> | null;
  enabled?: boolean | null;
  system_prompt?: string | null;
}

/** The answer to a change of an agent. */
export interface AgentChanged {
  message: string;
  agent_type: string;
}

/** What is known of a model. */
export interface Model {
  /** What the provider calls it. */
  id: string;
  /** The names that stand for it, such as `opus`. */
  aliases: string[];
  /** `anthropic`, or `openai` for any service that speaks its format. */
  provider: string;
  /** Tokens of request and answer together; `null` where that is not known. */
  context_tokens: number | null;
  /** Most tokens of one answer, thinking included. */
  max_output_tokens: number;
  /** Room for thinking on top of the limit of an answer; 0 when it does not think unless asked. */
  thinking_tokens: number;
  /** Levels of effort that it takes, the lowest first. */
  efforts: Effort[];
  /** List prices of a million tokens, in US dollars; `null` where they are not known. */
  input_usd_per_million: number | null;
  cached_input_usd_per_million: number | null;
  output_usd_per_million: number | null;
}

/** A step of a workflow. */
export interface Step {
  agent_type: string;
  /** Unique within the workflow. */
  name: string;
  /** Seconds that one attempt may take; 300 when left out. */
  timeout?: number;
  /** How often a failed attempt is repeated; 2 when left out. */
  retry_count?: number;
  /** Whether contents of files come while they are written, and not all at once; false when left out. */
  stream_output?: boolean;
  /** The step is skipped unless this holds. */
  condition?: string | { name: string; args?: string[] };
  /** After this step, go back to an earlier one. */
  loop_back?: { to: string; max_rounds: number; on_exhausted?: "continue" | "fail" };
}

/** A named list of steps. */
export interface Workflow {
  name: string;
  description?: string;
  steps: Step[];
}

/** A workflow and whether the server carries it; then it cannot be changed or deleted. */
export interface WorkflowView extends Workflow {
  built_in: boolean;
}

/** What a plugin asks to be allowed, and gets. */
export interface Permissions {
  model: boolean;
  command: boolean;
  read_files: boolean;
  write_files: boolean;
}

/** One plugin, or one file in the plugins folder that is none; then most fields are `null`. */
export interface Plugin {
  name: string;
  kind: "agent" | "condition" | null;
  version: string | null;
  purpose: string | null;
  digest: string | null;
  /** Bytes of the component. */
  size: number | null;
  imports: string[];
  /** What it asks to be allowed. */
  asked: Permissions;
  /** What it asks for and gets. */
  permissions: Permissions;
  /** What it asks for and was not granted, with the ways to grant it. */
  waiting: { permissions: string[]; policy: string; request?: string } | null;
  /** Why and until when it is not called, when it is quarantined. */
  quarantine: { until: string; times: number; reason: string } | null;
  state: "serving" | "replaced" | "refused";
  origin: "built_in" | "folder";
  file: string | null;
  loaded_at: string | null;
  /** Why the file as it is now was refused. */
  last_error: { message: string; file: string; time: string } | null;
}

/** What is granted to a plugin, on top of what it has. */
export interface Grant {
  permissions?: ("model" | "command" | "read-files" | "write-files")[];
  /** Programs that it may start, as patterns such as `npm test`. */
  programs?: string[];
}

/** Everything that a plugin was granted over the API. */
export interface PluginGrant {
  plugin: string;
  /** SHA-256 of the component that it was granted to. */
  digest: string;
  permissions: string[];
  programs: string[];
  by: string;
  time: string;
}

/** Whether the server is well, and what it has. */
export interface Health {
  status: string;
  agents_count?: number;
  workflows_count?: number;
  default_workflow?: string;
  version?: string;
  provider?: string;
  /** What operators should know, such as that answers are replayed from a script. */
  notices?: string[];
  /** What the sandbox of commands is worth on the server's machine. */
  sandbox?: SandboxReport;
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

/** What the sandbox of commands is worth on the server's machine. */
export interface SandboxReport {
  /** The level below which commands are refused. */
  required: Isolation;
  /** The level that the last check found. */
  actual: Isolation;
  backend: string | null;
  uid: number | null;
  seccomp: boolean;
  userns_disabled: boolean;
  network: string;
  cgroup: { pids: boolean; memory: boolean; cpu: boolean };
  last_probe: string;
  /** What the check found open, and what kept it from being done. */
  probe_failures: string[];
  caveats: string[];
}

/** What the holder of a token may do; each role may do what the ones before it may. */
export type Role = "viewer" | "runner" | "admin";

/** A token as it can be shown. */
export interface TokenView {
  name: string;
  role: Role;
  /** The beginning of the token. */
  begins: string;
  created: string;
  expires: string | null;
  expired: boolean;
  /** To the minute. */
  last_used: string | null;
}

/** A token to be made. */
export interface TokenRequest {
  name: string;
  role: Role;
  /** RFC 3339; never, when left out. */
  expires?: string;
}

/** A token that was just made. `token` is shown this once. */
export interface TokenCreated extends TokenView {
  token: string;
}

/** Something that was done. */
export interface AuditEntry {
  id: string;
  time: string;
  /** A token's name, or `local`, `cli`, `library`, `system`. */
  actor: string;
  /** As `family.verb`, such as `agent.model`. */
  action: string;
  subject: string;
  run_id: string | null;
  detail: Record<string, unknown>;
}

/** Which entries of the audit to list. */
export interface AuditFilter extends PageOptions {
  /** RFC 3339. */
  since?: string;
  /** An action, or a family of actions. */
  action?: string;
  actor?: string;
  run_id?: string;
  /** Which come first; `newest` when left out. */
  order?: "newest" | "oldest";
}
