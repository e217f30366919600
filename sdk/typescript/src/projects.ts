/**
 * The files of projects: what they are and were, changing them, taking them away, bringing them in, going back.
 */

import { Archive, formatOf, MEDIA_TYPES } from "./archive.ts";
import { whole } from "./body.ts";
import { ProblemError } from "./errors.ts";
import type { OrchestratorEvent } from "./events.ts";
import { contentOf, FileContent } from "./file-content.ts";
import { followProject, type FollowProjectOptions, type ReconnectOptions } from "./follow.ts";
import { List } from "./list.ts";
import type { FileChanged, Imported, PageOptions, ProjectFile, ProjectSummary, Restored, Snapshot } from "./model.ts";
import type {
  ArchiveOptions,
  ChangeOptions,
  DiffOptions,
  ImportFilesOptions,
  ImportOptions,
  MomentOptions,
  WriteOptions,
} from "./project-options.ts";
import { pack, type FileBytes } from "./tar.ts";
import { path, query, throwIfAborted, type Request, type RequestOptions, type Transport } from "./transport.ts";
import { pause, spread } from "./wait.ts";

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
