/**
 * The files of projects: what they are and were, changing them, taking them away, bringing them in, going back.
 */

import { ConnectionError, ProblemError } from "./errors.ts";
import type { OrchestratorEvent } from "./events.ts";
import { followProject, type FollowProjectOptions, type ReconnectOptions } from "./follow.ts";
import { List, type PageOptions } from "./list.ts";
import type { FileChanged, Imported, ProjectFile, ProjectSummary, Restored, Snapshot } from "./project-model.ts";
import { pack, type FileBytes } from "./tar.ts";
import { path, query, throwIfAborted, type Request, type RequestOptions, type Transport } from "./transport.ts";
import { pause, spread } from "./wait.ts";

export type { FileBytes };

/** The formats of archives. */
export type ArchiveFormat = "zip" | "tar.gz";

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
   * The `etag` of a {@link FileContent} from before, or `*` for whatever a file has. When the file is another by now, the
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

const MEDIA_TYPES: Record<ArchiveFormat, string> = { zip: "application/zip", "tar.gz": "application/gzip" };
const GZIP_BEGINS = [0x1f, 0x8b];
const NOT_MODIFIED = 304;
/** How long a change waits for others of the same project, in all. */
const PATIENCE_MS = 30_000;

/** The calls about projects. */
export class Projects {
  readonly #transport: Transport;
  readonly #reconnect: ReconnectOptions;

  constructor(transport: Transport, reconnect: ReconnectOptions = {}) {
    this.#transport = transport;
    this.#reconnect = reconnect;
  }

  /**
   * The events of all runs of a project: of those under way from their first one on, then as they come, of runs that
   * begin later as well. `after` goes on where another reader stood (see `onPlace`), or is `now`. Does not end by itself;
   * leave it by a `break` or the signal.
   */
  events(
    projectId: string,
    { after, ...options }: FollowProjectOptions & { after?: string } = {},
  ): AsyncGenerator<OrchestratorEvent, void, undefined> {
    return followProject(this.#transport, projectId, after, this.#reconnect, options);
  }

  /** Projects, sorted by name. */
  list(page?: PageOptions, options?: RequestOptions): List<ProjectSummary> {
    return new List(this.#transport, "/projects", page, options);
  }

  /** A project's files, sorted by path, without what tools bring in or build: all of them, as one page. */
  files(projectId: string, { snapshot, signal }: MomentOptions = {}): List<ProjectFile> {
    const moment: PageOptions & { snapshot: string | undefined } = { snapshot };
    return new List(this.#transport, path("projects", projectId, "files"), moment, { signal });
  }

  /** One file. `filePath` is relative to the project's root, with `/`. */
  async file(projectId: string, filePath: string, { snapshot, signal }: MomentOptions = {}): Promise<FileContent> {
    const address = fileAddress(projectId, filePath) + query({ snapshot });
    return contentOf(await this.#transport.send("GET", address, { signal }), filePath, signal);
  }

  /** One file, or `undefined` when it still is what `etag` stands for: that of a {@link FileContent} from before. */
  async fileIfChanged(
    projectId: string,
    filePath: string,
    etag: string | undefined,
    { snapshot, signal }: MomentOptions = {},
  ): Promise<FileContent | undefined> {
    const address = fileAddress(projectId, filePath) + query({ snapshot });
    const headers: Record<string, string> = etag === undefined ? {} : { "if-none-match": etag };
    const response = await this.#transport.send("GET", address, { headers, expects: NOT_MODIFIED, signal });
    return response.status === NOT_MODIFIED ? undefined : contentOf(response, filePath, signal);
  }

  /**
   * Writes a file of at most 4 MiB, whole; folders are made, and the project where it is not there. Several may be written
   * at once: they take turns.
   */
  async writeFile(
    projectId: string,
    filePath: string,
    content: FileBytes,
    { signal, ...conditions }: WriteOptions = {},
  ): Promise<FileChanged> {
    const bytes = content instanceof Blob ? content : new Blob([content as BlobPart]);
    const headers = { "content-type": "application/octet-stream", ...conditionHeaders(conditions) };
    return this.#change("PUT", fileAddress(projectId, filePath), { bytes, headers, signal });
  }

  /** Deletes a file, and folders that hold nothing any more. */
  async deleteFile(
    projectId: string,
    filePath: string,
    { signal, ...conditions }: ChangeOptions = {},
  ): Promise<FileChanged> {
    const headers = conditionHeaders(conditions);
    return this.#change("DELETE", fileAddress(projectId, filePath), { headers, signal });
  }

  /** Gives a file another path, which has to be free. */
  async moveFile(
    projectId: string,
    filePath: string,
    to: string,
    { signal, ...conditions }: ChangeOptions = {},
  ): Promise<FileChanged> {
    const headers = conditionHeaders(conditions);
    return this.#change("PATCH", fileAddress(projectId, filePath), { body: { to }, headers, signal });
  }

  /** Deletes a project with its files, snapshots and runs, for good; for admins. */
  async delete(projectId: string, options?: RequestOptions): Promise<void> {
    return this.#transport.json("DELETE", path("projects", projectId), options);
  }

  /** The moments that were recorded, newest first. */
  snapshots(projectId: string, page?: PageOptions, options?: RequestOptions): List<Snapshot> {
    return new List(this.#transport, path("projects", projectId, "snapshots"), page, options);
  }

  /** What changed between two moments, as a unified diff; empty when nothing did. */
  async diff(projectId: string, { from, to, signal }: DiffOptions = {}): Promise<string> {
    const address = path("projects", projectId, "diff") + query({ from, to });
    const response = await this.#transport.send("GET", address, { signal });
    return whole(response.text(), signal);
  }

  /** A project as one file. Resolves when the archive begins to arrive; cancel its `stream` to do without the rest. */
  async archive(projectId: string, options: ArchiveOptions = {}): Promise<Archive> {
    const { format = "zip", snapshot, signal } = options;
    const address = path("projects", projectId, "archive") + query({ format, snapshot });
    return new Archive(projectId, format, await this.#transport.send("GET", address, { signal }), signal);
  }

  /** Makes a project's files those of a snapshot, all of them or none. Restoring `before` takes it back. */
  async restore(projectId: string, snapshot: string, options?: RequestOptions): Promise<Restored> {
    return this.#change("POST", path("projects", projectId, "restore"), { ...options, body: { snapshot } });
  }

  /**
   * Brings in a zip or tar.gz file of at most 64 MiB as a project's starting point, all of it or nothing. The project
   * is made if it is not there; one that holds files refuses with the kind `project-not-empty` unless `replace` is set.
   */
  async import(
    projectId: string,
    archive: Blob | ArrayBuffer | Uint8Array,
    { format, replace, strip, signal }: ImportOptions = {},
  ): Promise<Imported> {
    const bytes = archive instanceof Blob ? archive : new Blob([archive as BlobPart]);
    const type = MEDIA_TYPES[format ?? (await formatOf(bytes))];
    throwIfAborted(signal);
    return this.#change("POST", path("projects", projectId, "import") + query({ replace, strip }), {
      bytes,
      headers: { "content-type": type },
      signal,
    });
  }

  /** Brings in files by their path, such as `{ "src/App.tsx": "…" }`, under the same rules as {@link import}. */
  async importFiles(
    projectId: string,
    files: Record<string, FileBytes>,
    options: ImportFilesOptions = {},
  ): Promise<Imported> {
    return this.import(projectId, await pack(files), { ...options, format: "tar.gz" });
  }

  /**
   * Changes a project. One change is made at a time, and the server turns away another one that comes meanwhile: that one
   * waits as long as the server says and is sent again. A run that holds the project is not waited for.
   */
  async #change<T>(method: string, address: string, request: Request): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await this.#transport.json<T>(method, address, request);
      } catch (error) {
        const wait = isTurnedAway(error) ? (error.problem.retry_after ?? 0) * 1000 : Infinity;
        if (Date.now() + wait > end) throw error;
        await pause(spread(wait), request.signal);
      }
    }
  }
}

/** Whether another change of the same project is just being made. */
function isTurnedAway(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.kind === "project-busy" && error.problem.retry_after !== undefined;
}

/** A file of a project at some moment. */
export class FileContent {
  /** Relative to the project's root, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Stands for the content, for {@link Projects.fileIfChanged}. `undefined` where something on the way drops it. */
  readonly etag: string | undefined;
  /** What the server sends it as: pages and scripts come as plain text, so that nothing in them runs by mistake. */
  readonly mediaType: string;

  constructor(path: string, bytes: Uint8Array<ArrayBuffer>, etag: string | undefined, mediaType: string) {
    this.path = path;
    this.bytes = bytes;
    this.etag = etag;
    this.mediaType = mediaType;
  }

  /** The content as text, a byte order mark included; `undefined` when it is not UTF-8, such as that of an image. */
  get text(): string | undefined {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes);
    } catch {
      return undefined;
    }
  }
}

/** An archive on its way. It can be read once: as a `stream`, or whole as a `blob()`. */
export class Archive {
  /** A name to save it under. */
  readonly name: string;
  readonly mediaType: string;
  /** The bytes as they come. Reading fails when the connection breaks. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #signal: AbortSignal | undefined;

  constructor(projectId: string, format: ArchiveFormat, response: Response, signal: AbortSignal | undefined) {
    this.name = `${projectId}.${format}`;
    this.mediaType = MEDIA_TYPES[format];
    this.stream = response.body ?? new Blob([]).stream();
    this.#signal = signal;
  }

  /** All of it, for a link to save it by. Rejects with a {@link ConnectionError} when the connection breaks. */
  async blob(): Promise<Blob> {
    const answer = new Response(this.stream, { headers: { "content-type": this.mediaType } });
    return whole(answer.blob(), this.#signal);
  }
}

/** Each part is escaped by itself: proxies tend to refuse a `/` that is. */
function fileAddress(projectId: string, filePath: string): string {
  return path("projects", projectId, "files", ...filePath.split("/"));
}

function conditionHeaders({ ifMatch, ifNoneMatch }: WriteOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (ifMatch !== undefined) headers["if-match"] = ifMatch;
  if (ifNoneMatch !== undefined) headers["if-none-match"] = ifNoneMatch;
  return headers;
}

async function contentOf(
  response: Response,
  filePath: string,
  signal: AbortSignal | undefined,
): Promise<FileContent> {
  const bytes = new Uint8Array(await whole(response.arrayBuffer(), signal));
  const { headers } = response;
  const mediaType = headers.get("content-type") ?? "application/octet-stream";
  return new FileContent(filePath, bytes, headers.get("etag") ?? undefined, mediaType);
}

/** A body that was read to its end. */
async function whole<T>(body: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await body;
  } catch (cause) {
    throwIfAborted(signal);
    throw new ConnectionError("the connection broke before the answer was complete", { cause });
  }
}

async function formatOf(archive: Blob): Promise<ArchiveFormat> {
  const start = new Uint8Array(await archive.slice(0, GZIP_BEGINS.length).arrayBuffer());
  return GZIP_BEGINS.every((byte, at) => start[at] === byte) ? "tar.gz" : "zip";
}
