/** The `useChat` sample of the API's first description (here: the guide): its `switch`, with the names it has there. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { complete, note, sends, serve, type Said } from "./server.ts";

test("the guide's sample handles the events it names", async (t) => {
  const started: Said = {
    type: "file_operation",
    message: "Creating src/App.tsx...",
    data: { path: "src/App.tsx", operation: "create", status: "started" },
    progress: 30,
  };
  const { client: streamingClient } = await serve(t, [sends(1, note, started, complete)]);
  const opened: string[] = [];
  let failed: string | undefined;
  await streamingClient.streamOrchestratorWorkflow(
    "Build a blog",
    "demo-project-001",
    "bolt_standard",
    {},
    (event) => {
      switch (event.type) {
        case "file_start":
        case "file_operation":
          opened.push(event.data.path);
          break;
        case "file_content":
          assert.ok(event.content);
          break;
      }
    },
    (error) => (failed = error.message),
    () => {},
  );
  assert.deepEqual({ opened, failed }, { opened: ["src/App.tsx"], failed: undefined });
});
