/** Client for Dynamic Orchestrator; see the README for how a frontend uses it. */

export { OrchestratorClient, streamingClient } from "./client.ts";
export type { ClientOptions, EventStream, StreamOptions } from "./client.ts";
export {
  ConnectionError,
  ForbiddenError,
  InvalidPathError,
  ProblemError,
  ProtocolError,
  RunFailedError,
  TooManyRequestsError,
  UnauthorizedError,
} from "./errors.ts";
export type { Problem, ProblemKind, Violation } from "./errors.ts";
export * from "./events.ts";
export type { ExecuteOptions, FollowOptions, FollowProjectOptions, Reconnect, ReconnectOptions } from "./follow.ts";
export { List } from "./list.ts";
export type { Page, PageOptions } from "./list.ts";
export type * from "./model.ts";
export type * from "./project-model.ts";
export { Archive, FileContent } from "./projects.ts";
export type * from "./projects.ts";
export type { RequestOptions, TransportOptions } from "./transport.ts";
