/**
 * Files packed as tar.gz, for servers that take a folder as one archive. Compression is the platform's own.
 *
 * Each file is a ustar entry, and where its name does not fit there (over 100 bytes, or letters beyond ASCII) a pax
 * header before it says the whole name.
 */

/** What a file holds. Text is sent as UTF-8. */
export type FileBytes = string | Uint8Array | Blob;

const BLOCK = 512;
const NAME_MAX = 100;
const REGULAR = "0";
const PAX = "x";

const encoder = new TextEncoder();

/** These files, by path, as one tar.gz. Equal files give equal bytes. */
export async function pack(files: Record<string, FileBytes>): Promise<Blob> {
  const parts: BlobPart[] = [];
  for (const [path, content] of Object.entries(files)) {
    const name = encoder.encode(path);
    if (name.length > NAME_MAX || name.length > path.length) {
      const record = paxRecord("path", path);
      parts.push(header(encoder.encode("pax"), record.length, PAX), record, padding(record.length));
    }
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    const size = bytes instanceof Blob ? bytes.size : bytes.byteLength;
    parts.push(header(name.subarray(0, NAME_MAX), size, REGULAR), bytes as BlobPart, padding(size));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  const packed = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed).blob();
}

function padding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The block before a file's content. Times and owners are left out: nobody asks for them. */
function header(name: Uint8Array, size: number, type: string): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(encoder.encode(text), at);
  const octal = (at: number, value: number, digits: number) => put(at, value.toString(8).padStart(digits, "0"));
  block.set(name, 0);
  octal(100, 0o644, 7);
  octal(108, 0, 7);
  octal(116, 0, 7);
  octal(124, size, 11);
  octal(136, 0, 11);
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\0" + "00");
  octal(
    148,
    block.reduce((sum, byte) => sum + byte, 0),
    6,
  );
  block[154] = 0;
  return block;
}

/** `length key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Uint8Array<ArrayBuffer> {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return encoder.encode(`${length} ${key}=${value}\n`);
}
