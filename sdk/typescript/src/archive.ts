/** A project as one file, on its way out and in. */

import { whole } from "./body.ts";

/** The formats of archives. */
export type ArchiveFormat = "zip" | "tar.gz";

/** What an archive is sent as. */
export const MEDIA_TYPES: Record<ArchiveFormat, string> = { zip: "application/zip", "tar.gz": "application/gzip" };
const GZIP_BEGINS = [0x1f, 0x8b];

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

  /** All of it, for a link to save it by. Rejects with a `ConnectionError` when the connection breaks. */
  async blob(): Promise<Blob> {
    const answer = new Response(this.stream, { headers: { "content-type": this.mediaType } });
    return whole(answer.blob(), this.#signal);
  }
}

/** What an archive is, by its first bytes. */
export async function formatOf(archive: Blob): Promise<ArchiveFormat> {
  const start = new Uint8Array(await archive.slice(0, GZIP_BEGINS.length).arrayBuffer());
  return GZIP_BEGINS.every((byte, at) => start[at] === byte) ? "tar.gz" : "zip";
}
