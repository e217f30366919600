/**
 * What can go wrong between this client and the server, one class per thing that a caller would do about it.
 */

import type { ErrorEvent } from "./events.ts";
import type { Role } from "./model.ts";

/** A problem document (RFC 9457): why the server said no. */
export interface Problem {
  /** What kind of problem this is; stable, for programs. */
  type: string;
  /** The kind in words. */
  title: string;
  status: number;
  /** What is wrong with this request, and what would be right. */
  detail?: string;
  /** The field, the query parameter or the header that is meant. */
  field?: string;
  /** Values that would have been accepted. */
  valid?: string[];
  /** The run that holds the project. */
  run_id?: string;
  /** The file's `ETag` as it is, where a condition does not hold; left out where there is no such file. */
  etag?: string;
  /** The role that is needed. */
  role?: Role;
  /** After how many seconds it is worth trying again. */
  retry_after?: number;
  /** Everything that is wrong with a workflow. */
  violations?: Violation[];
  /** Where malformed JSON stops being JSON, from 1. */
  line?: number;
  column?: number;
}

/** The kinds of problems that are about projects; there are others, see the API's documentation. */
export type ProblemKind =
  | "unknown-project"
  | "unknown-snapshot"
  | "unknown-file"
  | "project-busy"
  | "project-not-empty"
  | "changed-meanwhile"
  | "file-exists"
  | "not-archive"
  | "invalid-archive"
  | "body-too-large"
  | "invalid-request"
  | (string & {});

/** One thing that is wrong with a workflow. */
export interface Violation {
  /** The step, by name; `null` when the workflow as a whole is meant. */
  step: string | null;
  /** Where it is, such as `steps[2].timeout`. */
  field: string;
  /** What is wrong and what would be right. */
  message: string;
}

/** The server answered, and said no. Sending the same again will be answered the same, but for its three kinds below. */
export class ProblemError extends Error {
  override readonly name: string = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }

  /** The HTTP status. */
  get status(): number {
    return this.problem.status;
  }

  /** What kind of problem this is: the end of its `type`, such as `unknown-file`; `blank` when a proxy refused. */
  get kind(): ProblemKind {
    return this.problem.type.slice(this.problem.type.lastIndexOf(":") + 1);
  }

  /** The run that holds the project, when that is why the server said no. */
  get busyRunId(): string | undefined {
    return this.problem.run_id;
  }
}

/** The server asks for a token (401): none was given, or it was revoked, has expired or never was one. */
export class UnauthorizedError extends ProblemError {
  override readonly name = "UnauthorizedError";

  /** Whether a token was given, and was not valid. */
  get tokenIsInvalid(): boolean {
    return this.problem.type.endsWith(":token-invalid");
  }
}

/** The token is valid and its role is not enough, or the page may not change anything there (403). */
export class ForbiddenError extends ProblemError {
  override readonly name = "ForbiddenError";

  /** The role that is needed, when that is what is missing. */
  get neededRole(): Role | undefined {
    return this.problem.role;
  }
}

/** Too many requests, or too much at once (429). The same may be sent again after a while. */
export class TooManyRequestsError extends ProblemError {
  override readonly name = "TooManyRequestsError";
  /** How long to wait, in milliseconds; `undefined` when the server did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, retryAfterMs: number | undefined) {
    super(problem);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error for a problem, by what a caller would do about it. `retryAfter` is the header of that name. */
export function problemError(problem: Problem, retryAfter: string | null): ProblemError {
  switch (problem.status) {
    case 401:
      return new UnauthorizedError(problem);
    case 403:
      return new ForbiddenError(problem);
    case 429: {
      const seconds = problem.retry_after ?? (retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined);
      return new TooManyRequestsError(problem, seconds === undefined ? undefined : seconds * 1000);
    }
    default:
      return new ProblemError(problem);
  }
}

/** The server could not be reached, or no longer. A run that it had accepted goes on without its readers. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** The run, once it is known: `client.runs.events(runId, { after: lastSeq })` takes up where this stopped. */
  readonly runId: string | undefined;
  /** The last event that was received. */
  readonly lastSeq: number;

  constructor(message: string, options: { cause?: unknown; runId?: string | undefined; lastSeq?: number } = {}) {
    super(message, { cause: options.cause });
    this.runId = options.runId;
    this.lastSeq = options.lastSeq ?? 0;
  }
}

/** What answered does not speak this protocol: most often a proxy, or another server at the same address. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** A name or a path has `.` or `..` between its slashes, which no address can carry. Nothing was sent. */
export class InvalidPathError extends Error {
  override readonly name = "InvalidPathError";

  constructor(path: string) {
    super(`${path}: a part of an address cannot be "." or ".."; give the path from the project's root without them`);
  }
}

/** The run ended with a failure, or was cancelled. */
export class RunFailedError extends Error {
  override readonly name = "RunFailedError";
  /** The run's last event. */
  readonly event: ErrorEvent;

  constructor(event: ErrorEvent) {
    super(event.message);
    this.event = event;
  }

  /** The kind of failure; `cancelled` when somebody ended the run. */
  get code(): ErrorEvent["data"]["code"] {
    return this.event.data.code;
  }
}
