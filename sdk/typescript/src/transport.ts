/**
 * Requests and their answers, without any notion of runs: where the server is, how a refusal becomes a typed error,
 * and which failures mean that nobody answered.
 */

import { ConnectionError, InvalidPathError, problemError, ProtocolError, type Problem } from "./errors.ts";
import { unreachable } from "./unreachable.ts";

const API = "/api/v1/orchestrator";
const DEVELOPMENT_SERVER = "http://localhost:8000";
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What a request may carry. */
export interface RequestOptions {
  /** Ends the wait; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** How to reach the server. */
export interface TransportOptions {
  /**
   * Origin of the server, or the whole address of its API. When left out: the page's own origin, or
   * `http://localhost:8000` for pages of a server on this machine and outside of pages.
   */
  baseUrl?: string;
  /**
   * Token of the server, sent with each request in the `Authorization` header. A function is asked each time, so that a
   * token can be replaced. Whoever has it can do what it allows: keep it out of what you give to browsers of people who
   * may not.
   */
  token?: string | (() => string | undefined) | undefined;
  /** Sent with each request. A function is asked each time. */
  headers?: HeadersInit | (() => HeadersInit);
  /** In place of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** What a request is made of. */
export interface Request extends RequestOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, in place of `body`; its media type is among the `headers`. */
  bytes?: Blob | undefined;
  headers?: Record<string, string>;
  /** A status other than 2xx that is an answer here and no refusal. */
  expects?: number;
}

/** Sends requests to one server. */
export class Transport {
  readonly #base: string;
  readonly #headers: () => HeadersInit;
  readonly #token: () => string | undefined;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: TransportOptions = {}) {
    this.#base = apiAddress(options.baseUrl ?? pageOrigin() ?? DEVELOPMENT_SERVER);
    const headers = options.headers ?? {};
    this.#headers = typeof headers === "function" ? headers : () => headers;
    const token = options.token;
    this.#token = typeof token === "function" ? token : () => token;
    this.#fetch = options.fetch ?? ((...args) => globalThis.fetch(...args));
  }

  /** The answer's JSON. */
  async json<T>(method: string, path: string, request: Request = {}): Promise<T> {
    const response = await this.send(method, path, request);
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (cause) {
      throwIfAborted(request.signal);
      throw new ProtocolError(`${method} ${this.#base}${path} was not answered in JSON`, { cause });
    }
  }

  /** An answer that is not a refusal. */
  async send(method: string, path: string, request: Request = {}): Promise<Response> {
    const { body, bytes, headers, signal } = request;
    if (changesOnItsWay(path)) throw new InvalidPathError(path);
    const address = this.#base + path;
    const all = new Headers(this.#headers());
    const token = this.#token();
    if (token !== undefined) all.set("authorization", `Bearer ${token}`);
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
    const init: RequestInit = { method, headers: all, cache: "no-store" };
    if (signal) init.signal = signal;
    if (body !== undefined) {
      all.set("content-type", "application/json");
      init.body = JSON.stringify(body);
    } else if (bytes) {
      init.body = bytes;
    }
    let response;
    try {
      response = await this.#fetch(address, init);
    } catch (cause) {
      throwIfAborted(signal);
      throw new ConnectionError(`${method} ${address}: ${unreachable(address, cause)}`, { cause });
    }
    if (response.status === request.expects) return response;
    if (!response.ok) throw problemError(await problemOf(response), response.headers.get("retry-after"));
    return response;
  }
}

/** Rejects with the reason that the caller gave when it aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}

/** A path of the API, each part escaped. */
export function path(...parts: string[]): string {
  return "/" + parts.map(encodeURIComponent).join("/");
}

/** What is set of a filter, as the query of an address; nothing when nothing is. */
export function query(filter: object): string {
  const set = Object.entries(filter).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text && "?" + text;
}

/** `fetch` resolves `.` and `..` before it sends, however they are escaped: the request would go somewhere else. */
function changesOnItsWay(path: string): boolean {
  const [names = ""] = path.split("?");
  return names.split("/").some((name) => name === "." || name === "..");
}

function apiAddress(base: string): string {
  const trimmed = base.replace(/\/+$/, "");
  return trimmed.endsWith(API) ? trimmed : trimmed + API;
}

/**
 * Where the page came from, if the server can be expected there: not for a page opened from a file, and not for one on
 * a loopback address, which a frontend's development server will have sent.
 */
function pageOrigin(): string | undefined {
  const { location } = globalThis as { location?: Location };
  const deployed = location?.protocol.startsWith("http") && !LOOPBACK.has(location.hostname);
  return deployed ? location?.origin : undefined;
}

/** What stands between client and server refuses in its own words; those become a problem without a type. */
async function problemOf(response: Response): Promise<Problem> {
  const { status, statusText } = response;
  const text = await response.text().catch(() => "");
  const plain: Problem = { type: "about:blank", title: statusText || `HTTP status ${status}`, status };
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  if (!isProblem) return plain;
  try {
    return { ...plain, ...(JSON.parse(text) as object), status };
  } catch {
    return plain;
  }
}
