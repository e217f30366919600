/** What the calls about projects may be told. */

import type { ArchiveFormat } from "./archive.ts";
import type { RequestOptions } from "./transport.ts";

/** Which moment to look at. */
export interface MomentOptions extends RequestOptions {
  /** A snapshot's id, or the first eight digits of it or more; the files as they are when left out. */
  snapshot?: string | undefined;
}

/** Between which moments. */
export interface DiffOptions extends RequestOptions {
  /** A snapshot's id; the files as the last run found them when left out. */
  from?: string | undefined;
  /** A snapshot's id; the files as they are when left out. */
  to?: string | undefined;
}

/** What to take away. */
export interface ArchiveOptions extends MomentOptions {
  /** `zip` when left out. */
  format?: ArchiveFormat | undefined;
}

/** For which content of a file a change is meant. */
export interface ChangeOptions extends RequestOptions {
  /**
   * The `etag` of a `FileContent` from before, or `*` for whatever a file has. When the file is another by now, the
   * call rejects with the kind `changed-meanwhile`, and `problem.etag` is that of the file as it is.
   */
  ifMatch?: string | undefined;
}

/** How to write a file. */
export interface WriteOptions extends ChangeOptions {
  /** `*` where there may be no such file yet. */
  ifNoneMatch?: string | undefined;
}

/** How to bring files in. */
export interface ImportFilesOptions extends RequestOptions {
  /** Whether files that are there may go; false when left out. */
  replace?: boolean | undefined;
}

/** How to bring an archive in. */
export interface ImportOptions extends ImportFilesOptions {
  /** What the archive is; told by its first bytes when left out. */
  format?: ArchiveFormat | undefined;
  /** Folders to take off the front of each name, 0 to 8; 1 for archives that hold one folder. 0 when left out. */
  strip?: number | undefined;
}
