/** Who may call the API, and who did what. */

import type { PageOptions } from "./page.ts";

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
