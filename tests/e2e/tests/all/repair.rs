//! A change that does not fit: the report goes back to the model, then the format changes, and the code is never hit in
//! the wrong place meanwhile.

use crate::demo::has_node;
use orchestrator_e2e::{Setup, Transcript};
use serde_json::{Value, json};

/// Two functions with the same body, of which one is wrong.
const WRITER: &str = r#"
[[reply]]
agent = "writer"
text = '''
<file-{{nonce}} path="package.json">
{"type": "module", "scripts": {"test": "node --test"}}
</file-{{nonce}}>
<file-{{nonce}} path="src/ends.js">
export function first(list) {
  const copy = list.slice();
  return copy[0];
}

export function last(list) {
  const copy = list.slice();
  return copy[0];
}
</file-{{nonce}}>
<file-{{nonce}} path="test/ends.test.js">
import test from "node:test";
import assert from "node:assert/strict";
import { first, last } from "../src/ends.js";

test("both ends", () => {
  assert.equal(first([1, 2]), 1);
  assert.equal(last([1, 2]), 2);
});
</file-{{nonce}}>
'''
"#;

/// First a hunk that fits both functions, then one that is cut, then one whose context is of another file; each would
/// have damaged something.
const REFUSED: &str = r#"
[[reply]]
agent = "fixer"
call = 1
text = '''
`last` returns the first element.

--- a/src/ends.js
+++ b/src/ends.js
@@ ... @@
   const copy = list.slice();
-  return copy[0];
+  return copy.at(-1);
 }
'''

[[reply]]
agent = "fixer"
call = 2
text = '''
`last` returns the first element.

```diff
--- a/src/ends.js
+++ b/src/ends.js
@@ -6,4 +6,4 @@
 export function last(list) {
   const copy = list.slice();
-  return copy[0];
'''

[[reply]]
agent = "fixer"
call = 3
text = '''
`last` returns the first element.

--- a/src/ends.js
+++ b/src/ends.js
@@ -6,3 +6,3 @@
 def last(items):
     rest = list(items)
-    return rest[0]
+    return rest[-1]
'''
"#;

const BLOCK: &str = r#"
[[reply]]
agent = "fixer"
call = 4
text = '''
`last` returns the first element.

src/ends.js
<<<<<<< SEARCH
export function last(list) {
  const copy = list.slice();
  return copy[0];
=======
export function last(list) {
  const copy = list.slice();
  return copy.at(-1);
>>>>>>> REPLACE
'''
"#;

/// A block that fits nowhere, and after it the file as a whole.
const WHOLE_FILE: &str = r#"
[[reply]]
agent = "fixer"
call = 4
text = '''
src/ends.js
<<<<<<< SEARCH
export function final(list) {
=======
export function last(list) {
>>>>>>> REPLACE
'''

[[reply]]
agent = "fixer"
call = 5
text = '''
`last` returns the first element.

<file-{{nonce}} path="src/ends.js">
export function first(list) {
  const copy = list.slice();
  return copy[0];
}

export function last(list) {
  const copy = list.slice();
  return copy.at(-1);
}
</file-{{nonce}}>
'''
"#;

const REPAIRED: &str = "export function first(list) {\n  const copy = list.slice();\n  return copy[0];\n}\n\n\
                        export function last(list) {\n  const copy = list.slice();\n  return copy.at(-1);\n}\n";

/// Writes the project, runs its test, and has the fixer answer `fixer`.
async fn repaired_by(fixer: &str) -> Transcript {
    let server = Setup::new().script(&format!("{WRITER}{REFUSED}{fixer}")).start().await;
    let failed = json!({"name": "last-command-failed"});
    let back = json!({"to": "Run", "max_rounds": 1});
    let steps = json!([
        {"agent_type": "writer", "name": "Write"},
        {"agent_type": "tester", "name": "Run"},
        {"agent_type": "fixer", "name": "Fix", "condition": failed, "loop_back": back},
    ]);
    server.api.workflow("custom", steps).await;
    let request = json!({"user_request": "hello", "project_id": "p", "workflow_name": "custom"});
    let transcript = server.api.run(&request).await;
    transcript.complete();
    let content =
        std::fs::read_to_string(server.project("p").join("src/ends.js")).expect("the file is there");
    assert_eq!(content, REPAIRED, "{transcript}");
    transcript
}

/// What the fixer was refused, as the events tell it.
fn repairs(transcript: &Transcript) -> Vec<&Value> {
    let said = transcript.all("status:agent").into_iter();
    said.map(|event| &event["data"]["detail"]["repair"]).filter(|repair| repair.is_object()).collect()
}

fn next(transcript: &Transcript) -> Vec<&Value> {
    repairs(transcript).into_iter().map(|repair| &repair["next"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diff_that_is_refused_three_times_becomes_search_and_replace() {
    if !has_node() {
        return;
    }
    let transcript = repaired_by(BLOCK).await;
    assert_eq!(next(&transcript), ["diff", "diff", "replacements"]);
    let reasons: Vec<_> =
        repairs(&transcript).iter().map(|repair| repair["reason"].as_str().unwrap_or_default()).collect();
    assert!(reasons[0].contains("line 2") && reasons[0].contains("line 7"), "both places: {}", reasons[0]);
    assert!(reasons[1].contains("breaks off"), "it was cut: {}", reasons[1]);
    assert!(reasons[2].contains("src/ends.js\n  hunk 1: refused"), "it is of another file: {}", reasons[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn replacements_that_are_refused_become_whole_files() {
    if !has_node() {
        return;
    }
    assert_eq!(next(&repaired_by(WHOLE_FILE).await), ["diff", "diff", "replacements", "whole_files"]);
}
