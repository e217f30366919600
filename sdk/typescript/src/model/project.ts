/** Projects: their files, and what they were. */

import type { FileChange } from "./run.ts";

/** A project in a list. */
export interface ProjectSummary {
  project_id: string;
  /** How many files it holds, without what tools brought in or built. */
  files: number;
  /** Bytes of these files. */
  bytes: number;
  /** The newest run on it; absent when files were only imported. */
  last_run?: string | null;
}

/** A file in the tree of a project. */
export interface ProjectFile {
  /** Relative to the project's root, with `/`. */
  path: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the content, in hexadecimal. */
  sha256: string;
  /** Whether it can be started as a program. */
  executable: boolean;
  /** When it was last changed; absent in a snapshot. */
  modified?: string | null;
}

/** A moment of a project that was recorded. */
export interface Snapshot {
  /** Names the files and their contents: equal for equal files, whenever they were so. */
  id: string;
  /** When it was taken. */
  time: string;
  cause: SnapshotCause;
  /** How many files there were. */
  files: number;
  /** Bytes of all files. */
  bytes: number;
}

/** Why a snapshot was taken. */
export type SnapshotCause =
  | { kind: "step"; run_id: string; step: string; attempt: number; moment: "before" | "after" }
  | { kind: "run_ended"; run_id: string }
  | { kind: "before_restore" }
  | { kind: "restored"; /** The snapshot whose files they are. */ from: string }
  | { kind: "before_import" }
  | { kind: "imported" }
  | { kind: "before_change" }
  | { kind: "changed"; /** The file, by its new path. */ path: string };

/** What came of restoring. */
export interface Restored {
  /** The files that changed. */
  changes: FileChange[];
  /** The snapshot of the files as they were: restoring it takes this back. */
  before: string;
  /** The snapshot of the files as they are. */
  after: string;
}

/** What came of changing one file; `operation`, `path`, `size` and `sha256` say what was done. */
export interface FileChanged extends FileChange {
  /** The snapshot of the files as they were: restoring it takes this back. */
  before: string;
  /** The snapshot of the files as they are. */
  after: string;
}

/** What came of an import. */
export interface Imported extends Restored {
  /**
   * What was left out, and why; the first 500. Links, devices, files over the limit, names that no path of a project can
   * have, what tools bring in or build, and what macOS and Windows keep beside files.
   */
  skipped: { name: string; reason: string }[];
  /** How many there are in all. */
  skipped_total: number;
  /** Files that `replace` did not take away though they are not among what came in, and why; the first 500. */
  kept: { name: string; reason: string }[];
  /** How many there are in all. */
  kept_total: number;
  /**
   * Files whose names are not UTF-8, and the encoding that they were read in. `doubtful` where they may as well be other
   * names, in one of the `others` for example.
   */
  guessed_names?: { encoding: string; doubtful: boolean; others?: string[]; paths: string[]; total: number };
}
