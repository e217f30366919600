/**
 * The events of a run, as the server sends them: one union, told apart by `type`, and within `status` and
 * `command_execute` by `data.state` and `data.status`.
 *
 * A newer server may send types, states and fields that are not listed here. They are passed on as they come, so a
 * `switch` over `type` should have a `default` that does nothing.
 */

import type {
  Confinement,
  ErrorData,
  FileChange,
  FileChangeKind,
  IfBusy,
  PinnedPlugin,
  Plan,
  Usage,
  Verdict,
  Workflow,
} from "./model.ts";

/** What every event carries. */
export interface EventBase {
  /** One line for people. */
  message: string;
  /** The step's place in the workflow, from 1; absent outside of steps. */
  step?: number;
  /** The step's name; absent outside of steps. */
  step_name?: string;
  /** The agent at work; absent outside of steps. */
  agent?: string;
  /** How far the run has come: 0 in the first event, never falling, 100 in `complete` alone. */
  progress: number;
  /** The run. */
  run_id: string;
  /** Gapless from 1 within the run. */
  seq: number;
  /** When it was stored, RFC 3339 UTC. */
  time: string;
}

/** The workflow moved on; `data.state` says how. */
export interface StatusEvent extends EventBase {
  type: "status";
  data: StatusData;
}

/** A thought of an agent, or a piece of its model's visible reasoning (`data.partial`). */
export interface ThinkingStepEvent extends EventBase {
  type: "thinking_step";
  data: { partial: boolean };
}

/** The plan is there. */
export interface PlanCreatedEvent extends EventBase {
  type: "plan_created";
  data: Plan;
}

/**
 * Work on a file began, or was given up: then what was streamed of it is void and the file is as before. `inferred`
 * is there when no tag named the file, and a code block with a path was taken for it. Such a block only creates a file.
 */
export interface FileOperationEvent extends EventBase {
  type: "file_operation";
  data: {
    path: string;
    operation: FileChangeKind;
    status: "started" | "discarded";
    from?: string;
    inferred?: true;
  };
}

/**
 * A sample of the API's first description has a `case "file_start"`, and its table of events calls the same `file_operation`, which
 * is what servers send. This stands here so that the sample compiles; no server sends it.
 */
export interface FileStartEvent extends EventBase {
  type: "file_start";
  data: { path: string };
}

/** A piece of a file's content, in order. */
export interface FileContentEvent extends EventBase {
  type: "file_content";
  data: { path: string; chunk: string };
  /** The same piece as `data.chunk`. */
  content: string;
}

/** A file is done. */
export interface FileCompleteEvent extends EventBase {
  type: "file_complete";
  data: FileChange;
}

/** A command started, printed, or ended; `data.status` says which. */
export interface CommandExecuteEvent extends EventBase {
  type: "command_execute";
  data: CommandData;
}

/** Something failed. The run goes on unless `data.terminal` is set. */
export interface ErrorEvent extends EventBase {
  type: "error";
  data: ErrorData;
}

/** The run is over, and every step was done or skipped. */
export interface CompleteEvent extends EventBase {
  type: "complete";
  data: {
    /** The files that the run created or changed and that are still there. */
    files: string[];
    usage: Usage;
    duration_ms: number;
    /** How far it has been shown to work; not there in runs of older programs. */
    verdict?: Verdict;
  };
}

/** One thing that happened in a run. */
export type OrchestratorEvent =
  | StatusEvent
  | ThinkingStepEvent
  | PlanCreatedEvent
  | FileOperationEvent
  | FileStartEvent
  | FileContentEvent
  | FileCompleteEvent
  | CommandExecuteEvent
  | ErrorEvent
  | CompleteEvent;

/** The names of the event types. */
export type OrchestratorEventType = OrchestratorEvent["type"];

/** How the workflow moved on. */
export type StatusData =
  | {
      /** The run was accepted; the first event of every run. */
      state: "accepted";
      request: RunRequestRecord;
      workflow: Workflow;
      /** The plugins that the run keeps, whatever is replaced meanwhile. */
      plugins: PinnedPlugin[];
      /** Agents whose steps are skipped. */
      disabled: string[];
      /** The model provider that answers this run. */
      provider: string;
      /** How well commands were locked up when the run was asked for; absent from runs of older servers. */
      sandbox?: Confinement;
      /** Who asked for the run: a token's name, `local`, `cli` or `library`. */
      actor?: string;
    }
  | { state: "queued"; /** The run that holds the project. */ behind: string }
  | { state: "started" }
  | { state: "step_started"; attempt: number; round: number }
  | { state: "step_succeeded"; attempt: number; duration_ms: number; output: unknown }
  | { state: "step_skipped"; reason: SkipReason }
  | { state: "waiting"; next_attempt: number; delay_ms: number }
  | { state: "looped_back"; to: string; round: number; max_rounds: number; failure?: string }
  | { state: "loop_exhausted"; reason: "max_rounds" | "same_failure"; rounds: number }
  | { state: "model_used"; model: string; usage: Usage }
  | {
      /** Events of the run cannot be read any more; this comes in their place. */
      state: "damaged";
      /** Number of the first event that is lost, and of the last. */
      first: number;
      last: number;
      detail: string;
    }
  | {
      /** The project's files were recorded, before or after the step. */
      state: "snapshot_taken";
      snapshot: string;
      moment: "before" | "after";
      /** How many files there were. */
      files: number;
    }
  | { state: "notice"; code: string }
  | { state: "agent"; detail: unknown };

/** What somebody asked for, as the journal keeps it. */
export interface RunRequestRecord {
  user_request: string;
  project_id: string;
  workflow_name: string;
  metadata: Record<string, unknown>;
  if_busy: IfBusy;
}

/** Why a step was left out. */
export type SkipReason = { kind: "agent_disabled" } | { kind: "condition_false"; condition: string };

/** Where a command stands. `command` is the command as people write it. */
export type CommandData = { command: string } & (
  | { status: "started"; argv: string[] }
  | { status: "output"; stream: "stdout" | "stderr"; chunk: string }
  | { status: "finished"; outcome: CommandOutcome }
);

/** How a command ended. */
export interface CommandOutcome {
  argv: string[];
  /** `null` when a signal or the time limit ended it. */
  exit_code: number | null;
  signal?: number;
  timed_out: boolean;
  /** Whether output was dropped because it reached the limit. */
  truncated: boolean;
  /** Head and tail of what it printed. */
  output: string;
  duration_ms: number;
  /** What its output says of tests, where it holds a test report. */
  tests?: { passed: number; failed: number; skipped: number; failures?: string[] };
}

/** Whether this is the run's last event. */
export function isTerminal(event: OrchestratorEvent): event is CompleteEvent | ErrorEvent {
  return event.type === "complete" || (event.type === "error" && event.data.terminal);
}
