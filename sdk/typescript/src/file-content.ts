/** One file of a project, as it was read. */

import { whole } from "./body.ts";

/** A file of a project at some moment. */
export class FileContent {
  /** Relative to the project's root, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Stands for the content, for `fileIfChanged`. `undefined` where something on the way drops it. */
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

/** The file in an answer. */
export async function contentOf(
  response: Response,
  filePath: string,
  signal: AbortSignal | undefined,
): Promise<FileContent> {
  const bytes = new Uint8Array(await whole(response.arrayBuffer(), signal));
  const { headers } = response;
  const mediaType = headers.get("content-type") ?? "application/octet-stream";
  return new FileContent(filePath, bytes, headers.get("etag") ?? undefined, mediaType);
}
