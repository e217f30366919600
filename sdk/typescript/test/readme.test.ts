/** The examples in the README are TypeScript that compiles; `real.test.ts` runs them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, examples } from "./readme.ts";

test("the compiler has nothing against the examples of the README", async () => {
  const all = await examples();
  assert.ok(all.length >= 8, "the README has examples");
  assert.deepEqual(complaints(all), []);
});

test("an example that is wrong would be noticed", () => {
  const [complaint] = complaints([{ title: "", code: 'await client.projects.file("shop");' }]);
  assert.match(complaint ?? "", /^file\("shop"\).*Expected 2-3 arguments/);
});
