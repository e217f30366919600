/** Bodies of answers that are read whole. */

import { ConnectionError } from "./errors.ts";
import { throwIfAborted } from "./transport.ts";

/** A body that was read to its end. */
export async function whole<T>(body: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await body;
  } catch (cause) {
    throwIfAborted(signal);
    throw new ConnectionError("the connection broke before the answer was complete", { cause });
  }
}
