/**
 * Keys for requests that may be sent again.
 */

const BYTES = 16;

/**
 * A key that nobody else has. Not `crypto.randomUUID`: browsers have that for pages of secure origins alone, and a server
 * of the local network may have none.
 */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
