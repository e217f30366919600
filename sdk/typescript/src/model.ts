/**
 * The records of the API: what requests carry and what answers hold. Field names are the wire's; times are RFC 3339
 * UTC, `_ms` are milliseconds, and a step's `timeout` is in seconds.
 */

export type * from "./model/access.ts";
export type * from "./model/agent.ts";
export type * from "./model/page.ts";
export type * from "./model/plugin.ts";
export type * from "./model/project.ts";
export type * from "./model/run.ts";
export type * from "./model/server.ts";
export type * from "./model/workflow.ts";
