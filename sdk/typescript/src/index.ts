/** Client for Dynamic Orchestrator; see the README for how a frontend uses it. */

export { Archive } from "./archive.ts";
export type { ArchiveFormat } from "./archive.ts";
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
export { FileContent } from "./file-content.ts";
export type { ExecuteOptions, FollowOptions, FollowProjectOptions, Reconnect, ReconnectOptions } from "./follow.ts";
export { List } from "./list.ts";
export type * from "./model.ts";
export type * from "./project-options.ts";
export type { Projects } from "./projects.ts";
export type { FileBytes } from "./tar.ts";
export type { RequestOptions, TransportOptions } from "./transport.ts";
