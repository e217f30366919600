/**
 * Events of a run, or of all runs of a project, over as many connections as it takes.
 *
 * A request that starts a run has an `Idempotency-Key`, so where its answer is lost before it named the run, the same
 * request is sent again and leads to the same run. Once the run is known, each further connection asks for its events
 * after the last one received, with the same `Last-Event-ID` that a browser's `EventSource` would send. Each event comes
 * out once, in order. Attempts that bring nothing new are counted, so a long run may lose its connection any number of
 * times, and a server that is gone is given up.
 */

import { ConnectionError, ProblemError } from "./errors.ts";
import { isTerminal, type OrchestratorEvent } from "./events.ts";
import { eventsOf } from "./sse.ts";
import { path, query, type RequestOptions, type Transport } from "./transport.ts";
import { pause, spread } from "./wait.ts";

/** When to connect again after a broken connection, and when to give up. */
export interface ReconnectOptions {
  /** How many attempts in a row may bring nothing new; 0 never connects again. Default 10. */
  attempts?: number;
  /** Pause before the first attempt; it doubles from attempt to attempt. The server's wish, or 1,000. */
  firstDelayMs?: number;
  /** Longest pause. Default 10,000. */
  maxDelayMs?: number;
  /** How long a connection may be silent. Must be longer than the server's keep-alive. Default 60,000. */
  silenceMs?: number;
}

/** How to follow a run. */
export interface FollowOptions extends RequestOptions {
  /** Called when the connection was lost and will be made again, for a frontend that shows it. */
  onReconnect?: ((next: Reconnect) => void) | undefined;
}

/** How to start a run and follow it. */
export interface ExecuteOptions extends FollowOptions {
  /**
   * 1 to 255 visible ASCII characters: the same request under the same key leads to the same run, however often and by
   * whichever of its caller's clients it is sent. A new one for each call when left out.
   */
  idempotencyKey?: string | undefined;
}

/** How to follow a project. */
export interface FollowProjectOptions extends FollowOptions {
  /** Called with the place after each event, before it is passed on: what `after` goes on with. */
  onPlace?: ((place: string) => void) | undefined;
}

/** An attempt to come. */
export interface Reconnect {
  /** Which one in a row, from 1. */
  attempt: number;
  /** How long until it is made. */
  delayMs: number;
  /** What became of the connection before. */
  reason: ConnectionError | ProblemError;
}

const DEFAULTS = { attempts: 10, maxDelayMs: 10_000, silenceMs: 60_000 };
const FIRST_DELAY_MS = 1_000;

/** Names the run in the answer to the request that started it. */
const RUN_ID = "x-run-id";

/** Answers that say "not now": the server is starting or stopping, or a proxy does not reach it. */
const NOT_NOW = new Set([408, 429, 502, 503, 504]);

/** Of those, what only a proxy says: it had no answer of the server, which may have taken the request. */
const UNANSWERED = new Set([502, 504]);

/** How often in a row a request that starts a run is sent again. Fewer than for a run that is known to be there. */
const START_ATTEMPTS = 3;

/** The status that says: the run is over and its last event was received before. */
const OVER = 204;

/** Where a reader stands. */
interface Position {
  runId: string | undefined;
  seq: number;
}

/** Follows a run from its start, by a request that starts it and can be sent again. */
export function startAndFollow(
  transport: Transport,
  start: (signal: AbortSignal | undefined) => Promise<Response>,
  reconnect: ReconnectOptions,
  options: FollowOptions,
): AsyncGenerator<OrchestratorEvent, void, undefined> {
  return follow(ofRun(transport, { runId: undefined, seq: 0 }, start), reconnect, options);
}

/** Follows a run from after `seq`. */
export function resume(
  transport: Transport,
  runId: string,
  seq: number,
  reconnect: ReconnectOptions,
  options: FollowOptions,
): AsyncGenerator<OrchestratorEvent, void, undefined> {
  return follow(ofRun(transport, { runId, seq }), reconnect, options);
}

/** What is followed: how to connect to it, and where its reader stands. */
interface Source {
  /** Connects for what comes next. */
  connect(signal: AbortSignal | undefined): Promise<Response>;
  /** Notes the answer to a request that was not refused. */
  answered(response: Response): void;
  /** Notes the `id` of the event that comes next. */
  id(id: string): void;
  /** Notes an event; `skip` for one that was received before, `last` where none follows. */
  take(event: OrchestratorEvent): "skip" | "pass" | "last";
  /** Whether it is worth trying again after this. */
  canGoOn(after: ConnectionError | ProblemError): boolean;
  /** How many attempts in a row may bring nothing new, of those that there are at most. */
  attempts(most: number): number;
  /** The error when the server is given up. */
  lost(reason: ConnectionError | ProblemError): ConnectionError;
}

/** A run. The request that starts it is sent until the run is known; its events are asked for after that. */
function ofRun(
  transport: Transport,
  at: Position,
  start?: (signal: AbortSignal | undefined) => Promise<Response>,
): Source {
  // Whether the run may have begun, though nobody said so.
  let mayHaveBegun = false;
  return {
    connect: (signal) =>
      start && at.runId === undefined ? start(signal) : continuation(transport, at, signal),
    answered(response) {
      mayHaveBegun = true;
      at.runId ??= response.headers.get(RUN_ID) ?? undefined;
    },
    id() {},
    take(event) {
      if (event.seq <= at.seq) return "skip";
      at.runId = event.run_id;
      at.seq = event.seq;
      return isTerminal(event) ? "last" : "pass";
    },
    canGoOn(after) {
      // A server that refuses to start a run has begun none: whether it is asked again is its caller's choice.
      mayHaveBegun ||= after instanceof ConnectionError || UNANSWERED.has(after.status);
      return at.runId !== undefined || mayHaveBegun;
    },
    attempts: (most) => (at.runId === undefined ? Math.min(most, START_ATTEMPTS) : most),
    lost: (reason) => lost(reason, at),
  };
}

/** All runs of a project, after `place`. There is no last event. */
export function followProject(
  transport: Transport,
  projectId: string,
  place: string | undefined,
  reconnect: ReconnectOptions,
  { onPlace, ...options }: FollowProjectOptions,
): AsyncGenerator<OrchestratorEvent, void, undefined> {
  let at: string | undefined;
  let next: string | undefined;
  const source: Source = {
    connect(signal) {
      const headers: Record<string, string> = { accept: "text/event-stream" };
      if (at !== undefined) headers["last-event-id"] = at;
      const address = path("projects", projectId, "events") + query({ after: at === undefined ? place : undefined });
      return transport.send("GET", address, { headers, signal });
    },
    answered() {},
    id(id) {
      next = id;
    },
    take() {
      at = next;
      if (at !== undefined) onPlace?.(at);
      return "pass";
    },
    canGoOn: () => true,
    attempts: (most) => most,
    lost: (reason) =>
      new ConnectionError(`the connection to project ${projectId} was lost; its runs go on: ${reason.message}`, {
        cause: reason,
      }),
  };
  return follow(source, reconnect, options);
}

async function* follow(
  source: Source,
  reconnect: ReconnectOptions,
  { signal, onReconnect }: FollowOptions,
): AsyncGenerator<OrchestratorEvent, void, undefined> {
  const { attempts, maxDelayMs, silenceMs } = { ...DEFAULTS, ...reconnect };
  let firstDelayMs = reconnect.firstDelayMs ?? FIRST_DELAY_MS;
  const onRetry = (wishedMs: number) => {
    firstDelayMs = reconnect.firstDelayMs ?? wishedMs;
  };
  const onId = (id: string) => source.id(id);
  let fruitless = 0;
  for (;;) {
    let reason: ConnectionError | ProblemError;
    try {
      const response = await source.connect(signal);
      source.answered(response);
      if (response.status === OVER) return;
      for await (const event of eventsOf(response, { silenceMs, signal, onRetry, onId })) {
        const taken = source.take(event);
        if (taken === "skip") continue;
        fruitless = 0;
        yield event;
        if (taken === "last") return;
      }
      reason = new ConnectionError("the event stream ended before the run did");
    } catch (error) {
      if (!isTransient(error) || !source.canGoOn(error)) throw error;
      reason = error;
    }
    fruitless += 1;
    if (fruitless > source.attempts(attempts)) throw source.lost(reason);
    const delayMs = spread(Math.min(firstDelayMs * 2 ** (fruitless - 1), maxDelayMs));
    onReconnect?.({ attempt: fruitless, delayMs, reason });
    await pause(delayMs, signal);
  }
}

function continuation(transport: Transport, at: Position, signal: AbortSignal | undefined): Promise<Response> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (at.seq > 0) headers["last-event-id"] = String(at.seq);
  return transport.send("GET", path("runs", at.runId ?? "", "events"), { headers, signal });
}

function isTransient(error: unknown): error is ConnectionError | ProblemError {
  return error instanceof ConnectionError || (error instanceof ProblemError && NOT_NOW.has(error.status));
}

function lost(reason: ConnectionError | ProblemError, at: Position): ConnectionError {
  const what =
    at.runId === undefined
      ? "the connection was lost before the first event; look for the run in the list of runs"
      : `the connection to run ${at.runId} was lost after event ${at.seq}; the run goes on without its readers`;
  return new ConnectionError(`${what}: ${reason.message}`, { cause: reason, runId: at.runId, lastSeq: at.seq });
}
