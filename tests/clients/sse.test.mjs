// Readers of Server-Sent Events in Node.

import { after, before, test } from "node:test";
import { EventSource } from "eventsource";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { begin, check, endSilence, request, serve } from "./run.mjs";

let server;
before(async () => (server = await serve()));
after(() => server.close());

const options = { concurrency: true, timeout: 60_000 };

test("readers of events", options, async (readers) => {
  const all = [
    readers.test("eventsource", async () => {
      const run = await begin(server.api, "eventsource");
      const source = new EventSource(`${server.api}/runs/${run}/events`);
      const got = [];
      const over = new Promise((resolve) => {
        source.onmessage = ({ data, lastEventId }) => {
          got.push({ data, id: lastEventId });
          if (JSON.parse(data || "{}").data?.terminal) resolve();
        };
      });
      await endSilence(server.api, "eventsource");
      await over;
      source.close();
      await check(server.api, "eventsource", got);
    }),
    readers.test("eventsource-parser", async () => {
      const response = await fetch(`${server.api}/execute`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(request("parser")),
      });
      const silence = endSilence(server.api, "parser");
      const got = [];
      const messages = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const { data, id } of messages) got.push({ data, id });
      await silence;
      await check(server.api, "parser", got);
    }),
  ];
  await Promise.all(all);
});
