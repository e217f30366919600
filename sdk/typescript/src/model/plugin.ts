/** Plugins, and what they may do. */

/** What a plugin asks to be allowed, and gets. */
export interface Permissions {
  model: boolean;
  command: boolean;
  read_files: boolean;
  write_files: boolean;
}

/** One plugin, or one file in the plugins folder that is none; then most fields are `null`. */
export interface Plugin {
  name: string;
  kind: "agent" | "condition" | null;
  version: string | null;
  purpose: string | null;
  digest: string | null;
  /** Bytes of the component. */
  size: number | null;
  imports: string[];
  /** What it asks to be allowed. */
  asked: Permissions;
  /** What it asks for and gets. */
  permissions: Permissions;
  /** What it asks for and was not granted, with the ways to grant it. */
  waiting: { permissions: string[]; policy: string; request?: string } | null;
  /** Why and until when it is not called, when it is quarantined. */
  quarantine: { until: string; times: number; reason: string } | null;
  state: "serving" | "replaced" | "refused";
  origin: "built_in" | "folder";
  file: string | null;
  loaded_at: string | null;
  /** Why the file as it is now was refused. */
  last_error: { message: string; file: string; time: string } | null;
}

/** What is granted to a plugin, on top of what it has. */
export interface Grant {
  permissions?: ("model" | "command" | "read-files" | "write-files")[];
  /** Programs that it may start, as patterns such as `npm test`. */
  programs?: string[];
}

/** Everything that a plugin was granted over the API. */
export interface PluginGrant {
  plugin: string;
  /** SHA-256 of the component that it was granted to. */
  digest: string;
  permissions: string[];
  programs: string[];
  by: string;
  time: string;
}
