/** The server: whether it is well, and how well it locks up commands. */

import type { Isolation } from "./run.ts";

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
