/**
 * One response body, read as Server-Sent Events until it ends, breaks or falls silent.
 *
 * The format's parser is `eventsource-parser`; what is decided here is when a connection counts as broken. A peer that
 * vanished (a laptop that slept, a network that changed) sends nothing, not even an end, so silence counts too: the
 * server sends a comment every few seconds while a run has nothing to say.
 */

import { createParser } from "eventsource-parser";
import { ConnectionError, ProtocolError } from "./errors.ts";
import type { OrchestratorEvent } from "./events.ts";
import { throwIfAborted } from "./transport.ts";

/** How to read a stream. */
export interface ReadOptions {
  /** How long it may be silent. */
  silenceMs: number;
  signal: AbortSignal | undefined;
  /** Told how long the server wishes clients to wait before they connect again. */
  onRetry: (wishedMs: number) => void;
  /** Told the `id` of each event before it is passed on. */
  onId?: (id: string) => void;
}

/**
 * The events in `response`, in order. Ends with the body.
 *
 * @throws {ConnectionError} when the connection broke or was silent for `silenceMs`
 * @throws {ProtocolError} when the body holds something else
 */
export async function* eventsOf(
  response: Response,
  { silenceMs, signal, onRetry, onId }: ReadOptions,
): AsyncGenerator<OrchestratorEvent, void, undefined> {
  const type = response.headers.get("content-type");
  if (!response.body || !type?.startsWith("text/event-stream")) {
    await response.body?.cancel();
    throw new ProtocolError(`${response.url} answered with ${type ?? "nothing"} instead of an event stream`);
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const ready: { data: string; id?: string | undefined }[] = [];
  const parser = createParser({ onEvent: ({ data, id }) => ready.push({ data, id }), onRetry });
  try {
    for (;;) {
      const { done, value } = await readWithin(silenceMs, reader, signal);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      for (const { data, id } of ready.splice(0)) {
        const event = parse(data);
        if (id !== undefined) onId?.(id);
        yield event;
        throwIfAborted(signal);
      }
    }
  } finally {
    // Closes the connection of a reader that leaves early; one that is closed already has nothing against it.
    reader.cancel().catch(() => {});
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readWithin(silenceMs: number, reader: Reader, signal: AbortSignal | undefined) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${silenceMs} ms`)), silenceMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (cause) {
    throwIfAborted(signal);
    throw new ConnectionError("the event stream broke", { cause });
  } finally {
    clearTimeout(timer);
  }
}

function parse(data: string): OrchestratorEvent {
  let event: Partial<OrchestratorEvent> | null;
  try {
    event = JSON.parse(data) as Partial<OrchestratorEvent> | null;
  } catch (cause) {
    throw new ProtocolError(`an event is not JSON: ${data.slice(0, 200)}`, { cause });
  }
  if (typeof event?.type !== "string" || typeof event.seq !== "number" || typeof event.run_id !== "string") {
    throw new ProtocolError(`an event lacks its type, seq or run_id: ${data.slice(0, 200)}`);
  }
  return event as OrchestratorEvent;
}
