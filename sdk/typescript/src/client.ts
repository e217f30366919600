/**
 * The client: one value for one server. `streamOrchestratorWorkflow` is the call for a user interface, `execute` the
 * same as an async iterable, and the groups `agents`, `workflows`, `runs`, `projects` and `plugins` are the API's other
 * calls, one function each.
 *
 * Leaving a stream, by an `AbortSignal` or a `break`, ends this reader and not the run: runs outlive their readers, so
 * that a closed tab costs nobody their work. `runs.cancel` ends a run.
 */

import { RunFailedError } from "./errors.ts";
import type { CompleteEvent, OrchestratorEvent } from "./events.ts";
import { resume, startAndFollow, type ExecuteOptions, type FollowOptions, type ReconnectOptions } from "./follow.ts";
import { newKey } from "./key.ts";
import { List } from "./list.ts";
import type {
  Agent,
  AgentChanged,
  AgentDetail,
  AgentPatch,
  AuditEntry,
  AuditFilter,
  Grant,
  Health,
  IfBusy,
  Model,
  Plugin,
  PluginGrant,
  RunDetail,
  RunFilter,
  RunRequest,
  RunSummary,
  TokenCreated,
  TokenRequest,
  TokenView,
  Workflow,
  WorkflowView,
} from "./model.ts";
import { Projects } from "./projects.ts";
import { path, Transport, type RequestOptions, type TransportOptions } from "./transport.ts";

/** How to reach the server, and how stubbornly. */
export interface ClientOptions extends TransportOptions {
  reconnect?: ReconnectOptions;
}

/** The rarer wishes of {@link OrchestratorClient.streamOrchestratorWorkflow}. */
export interface StreamOptions extends ExecuteOptions {
  /** What to do when another run is working on the project; `reject` when left out. */
  ifBusy?: IfBusy;
}

/** Events in order, ending after the run's last one. */
export type EventStream = AsyncGenerator<OrchestratorEvent, void, undefined>;

/** A client of one server. Holds no connection between calls. */
export class OrchestratorClient {
  readonly #transport: Transport;
  readonly #reconnect: ReconnectOptions;
  /** The files of projects: what they are and were, changing them, taking them away, bringing them in, going back. */
  readonly projects: Projects;

  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
    this.#reconnect = options.reconnect ?? {};
    this.projects = new Projects(this.#transport, this.#reconnect);
  }

  /**
   * Starts a run and passes on each of its events.
   *
   * Exactly one of `onError` and `onComplete` is called, last, and the promise resolves after it. `onComplete` means that
   * every step was done or skipped, and not that what was made works: it is called with the run's last event, and where the
   * `data.verdict` of that is of the kind `failed`, what ran last failed, such as the tests. `onError` is called with a
   * {@link RunFailedError} when the run failed, with a `ProblemError` when the server refused it, and with a
   * `ConnectionError` when the server was lost for good. After an abort neither is called. The promise rejects only
   * with what a callback threw.
   */
  async streamOrchestratorWorkflow(
    content: string,
    projectId: string,
    workflowName: string,
    metadata: Record<string, unknown>,
    onEvent: (event: OrchestratorEvent) => void,
    onError: (error: Error) => void,
    onComplete: (ended?: CompleteEvent) => void,
    { ifBusy, ...options }: StreamOptions = {},
  ): Promise<void> {
    const request: RunRequest = {
      user_request: content,
      project_id: projectId,
      workflow_name: workflowName,
      metadata,
    };
    if (ifBusy) request.if_busy = ifBusy;
    const events = this.execute(request, options);
    let last: OrchestratorEvent | undefined;
    try {
      for (;;) {
        // Apart from the callbacks, so that what they throw is not taken for a failure of the stream.
        const next = await events.next().catch((error: unknown) => ({ error: asError(error) }));
        if (options.signal?.aborted) return;
        if ("error" in next) return onError(next.error);
        if (next.done) break;
        last = next.value;
        onEvent(last);
      }
    } finally {
      await events.return();
    }
    if (last?.type === "error") onError(new RunFailedError(last));
    // Where the journal lost the event that ended the run, the stream ends without one.
    else if (last?.type === "complete") onComplete(last);
    else onComplete();
  }

  /**
   * Starts a run and yields its events, over a new connection where one breaks. A run that fails ends with an `error`
   * event whose `data.terminal` is set; what is thrown are a `ProblemError` when the server refused the run, a
   * `ConnectionError` when it was lost for good, and the signal's reason after an abort.
   *
   * Nothing is sent before the first event is asked for. Where the answer is lost before it named the run, the request
   * is sent again under the same key: that leads to the same run, and starts no other.
   */
  execute(request: RunRequest, { idempotencyKey = newKey(), ...options }: ExecuteOptions = {}): EventStream {
    const start = (signal: AbortSignal | undefined) =>
      this.#transport.send("POST", "/execute", {
        body: request,
        headers: { accept: "text/event-stream", "idempotency-key": idempotencyKey },
        signal,
      });
    return startAndFollow(this.#transport, start, this.#reconnect, options);
  }

  /** Whether the server is well, and what it has; the latter only where no token is asked for or one is given. */
  health(options?: RequestOptions): Promise<Health> {
    return this.#transport.json("GET", "/health", options);
  }

  /** Agents. Changes reach runs that start afterwards. */
  readonly agents = {
    list: (options?: RequestOptions): Promise<Agent[]> => this.#transport.json("GET", "/agents", options),
    get: (agentType: string, options?: RequestOptions): Promise<AgentDetail> =>
      this.#transport.json("GET", path("agents", agentType), options),
    /** Sets all of what `patch` has, or nothing. Resolves with the agent as the next run gets it. */
    update: (agentType: string, patch: AgentPatch, options?: RequestOptions): Promise<AgentDetail> =>
      this.#transport.json("PATCH", path("agents", agentType), { ...options, body: patch }),
    setPrompt: (agentType: string, prompt: string, options?: RequestOptions): Promise<AgentChanged> =>
      this.#transport.json("PUT", path("agents", agentType, "prompt"), {
        ...options,
        body: { system_prompt: prompt },
      }),
    /** Goes back to the agent's own system prompt. */
    resetPrompt: (agentType: string, options?: RequestOptions): Promise<void> =>
      this.#transport.json("DELETE", path("agents", agentType, "prompt"), options),
    setModel: (agentType: string, model: string, options?: RequestOptions): Promise<AgentChanged> =>
      this.#transport.json("PUT", path("agents", agentType, "model"), { ...options, body: { model } }),
    enable: (agentType: string, options?: RequestOptions): Promise<AgentChanged> =>
      this.#transport.json("PUT", path("agents", agentType, "enable"), options),
    /** Steps of a disabled agent are skipped. */
    disable: (agentType: string, options?: RequestOptions): Promise<AgentChanged> =>
      this.#transport.json("PUT", path("agents", agentType, "disable"), options),
  };

  /** The models that are known, whose ids and aliases agents can be given. */
  models(options?: RequestOptions): List<Model> {
    return new List(this.#transport, "/models", {}, options);
  }

  /** Workflows. Runs that are under way keep theirs. */
  readonly workflows = {
    list: (options?: RequestOptions): Promise<WorkflowView[]> =>
      this.#transport.json("GET", "/workflows", options),
    get: (name: string, options?: RequestOptions): Promise<WorkflowView> =>
      this.#transport.json("GET", path("workflows", name), options),
    create: (workflow: Workflow, options?: RequestOptions): Promise<WorkflowView> =>
      this.#transport.json("POST", "/workflows", { ...options, body: workflow }),
    replace: (workflow: Workflow, options?: RequestOptions): Promise<WorkflowView> =>
      this.#transport.json("PUT", path("workflows", workflow.name), { ...options, body: workflow }),
    delete: (name: string, options?: RequestOptions): Promise<void> =>
      this.#transport.json("DELETE", path("workflows", name), options),
  };

  /** Runs, those that are over included. */
  readonly runs = {
    /** Newest first. */
    list: (filter?: RunFilter, options?: RequestOptions): List<RunSummary> =>
      new List(this.#transport, "/runs", filter, options),
    get: (runId: string, options?: RequestOptions): Promise<RunDetail> =>
      this.#transport.json("GET", path("runs", runId), options),
    /** Ends a run; asking again changes nothing. Resolves with the run as it then is. */
    cancel: (runId: string, options?: RequestOptions): Promise<RunDetail> =>
      this.#transport.json("POST", path("runs", runId, "cancel"), options),
    /** Deletes a run that is over, for good; for admins. What it wrote stays. */
    delete: (runId: string, options?: RequestOptions): Promise<void> =>
      this.#transport.json("DELETE", path("runs", runId), options),
    /** The events after `after` (all when left out), first those of the past, then as they come. */
    events: (runId: string, { after = 0, ...options }: FollowOptions & { after?: number } = {}): EventStream =>
      resume(this.#transport, runId, after, this.#reconnect, options),
  };

  /** Who may call the server; for admins. */
  readonly tokens = {
    list: (options?: RequestOptions): List<TokenView> => new List(this.#transport, "/tokens", {}, options),
    /** The answer is the only place where the token can be read. */
    create: (token: TokenRequest, options?: RequestOptions): Promise<TokenCreated> =>
      this.#transport.json("POST", "/tokens", { ...options, body: token }),
    revoke: (name: string, options?: RequestOptions): Promise<void> =>
      this.#transport.json("DELETE", path("tokens", name), options),
  };

  /** Who did what, the newest first unless the filter says otherwise; for admins. */
  audit(filter?: AuditFilter, options?: RequestOptions): List<AuditEntry> {
    return new List(this.#transport, "/audit", filter, options);
  }

  /** Plugins: what serves, what it may do, what was refused and why. */
  readonly plugins = {
    list: (options?: RequestOptions): List<Plugin> => new List(this.#transport, "/plugins", {}, options),
    /** Grants permissions, and programs as patterns, to the component that serves now, for new runs. */
    grant: (name: string, grant: Grant, options?: RequestOptions): Promise<PluginGrant> =>
      this.#transport.json("POST", path("plugins", name, "grants"), { ...options, body: grant }),
    /** Takes back everything that was granted this way. */
    revoke: (name: string, options?: RequestOptions): Promise<void> =>
      this.#transport.json("DELETE", path("plugins", name, "grants"), options),
    /** Ends a quarantine. Resolves with the plugin as it then is. */
    release: (name: string, options?: RequestOptions): Promise<Plugin> =>
      this.#transport.json("POST", path("plugins", name, "release"), options),
  };
}

/** A client of the page's own origin; during development and outside of pages, of `http://localhost:8000`. */
export const streamingClient = new OrchestratorClient();

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
