/** Waiting, so that a caller who aborts need not wait on. */

import { throwIfAborted } from "./transport.ts";

/** Between half of `ms` and all of it, so that those who were turned away together do not all come back at once. */
export function spread(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
  throwIfAborted(signal);
}
