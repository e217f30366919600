use super::*;
use serde_json::{Value, json};

/// Tells events that are given as (step, agent, type, data, message), and returns the story with the bar below it.
fn story(events: &[(&str, &str, &str, Value, &str)]) -> String {
    let mut narrator = Narrator::new(Some("/projects/todo".into()));
    let mut text = String::new();
    for (seq, (step, agent, kind, data, message)) in (1..).zip(events) {
        let mut event = json!({
            "type": kind, "data": data, "message": message, "progress": 0, "seq": seq,
            "run_id": "01890a5d-ac96-774b-bcce-b302099a8057", "time": "2025-06-01T12:00:00Z"
        });
        if !step.is_empty() {
            event["step"] = json!(1);
            event["step_name"] = json!(step);
            event["agent"] = json!(agent);
        }
        let event: Event = serde_json::from_value(event).unwrap();
        for line in narrator.lines(&event) {
            text.push_str(&line.render(false, usize::MAX));
            text.push('\n');
        }
    }
    text.push_str(&format!("[{}]", narrator.now()));
    text
}

fn outcome(exit_code: i32, output: &str) -> Value {
    json!({"argv": ["npm", "test"], "exit_code": exit_code, "output": output, "duration_ms": 1250})
}

#[test]
fn a_good_run_reads_from_plan_to_files() {
    let accepted = json!({
        "state": "accepted", "workflow": {"name": "bolt_standard", "steps": []}, "plugins": [],
        "provider": "scripted",
        "request": {"user_request": "a todo app", "project_id": "todo", "workflow_name": "bolt_standard"}
    });
    let plan = json!({"summary": "A todo app.", "files": [{"path": "index.html", "purpose": "the page"}]});
    let file =
        |operation: &str| json!({"path": "index.html", "operation": operation, "size": 1234, "sha256": "ab"});
    let usage = json!({"input_tokens": 12345, "cached_input_tokens": 500, "output_tokens": 678});
    insta::assert_snapshot!(story(&[
        ("", "", "status", accepted, "Starting workflow..."),
        ("Create Plan", "planner", "status", json!({"state": "step_started", "attempt": 1, "round": 0}), "Create Plan"),
        ("Create Plan", "planner", "plan_created", plan, "Plan ready with 1 files"),
        ("Create Plan", "planner", "status", json!({"state": "step_succeeded", "attempt": 1, "duration_ms": 420}), "planned 1 file"),
        ("Generate Code", "writer", "status", json!({"state": "step_started", "attempt": 2, "round": 1}), "Generate Code (attempt 2)"),
        ("Generate Code", "writer", "file_complete", file("create"), "index.html complete"),
        ("Generate Code", "writer", "file_complete", file("modify"), "index.html complete"),
        ("Generate Code", "writer", "file_complete", file("delete"), "index.html deleted"),
        ("Fix Errors", "fixer", "status", json!({"state": "step_skipped", "reason": {"kind": "condition_false", "condition": "last-command-failed"}}), ""),
        ("", "", "complete", json!({"files": ["index.html"], "usage": usage, "duration_ms": 61000}), "Workflow complete!"),
    ]), @"
    · Project todo, workflow bolt_standard  run 01890a5d-ac96-774b-bcce-b302099a8057, model provider scripted
    ▸ Create Plan  planner
        index.html: the page
      ✓ planned 1 file  420 ms
    ▸ Generate Code (attempt 2)  writer
      + index.html  1.2 KB
      ~ index.html  1.2 KB
      - index.html
    – Fix Errors  skipped: last-command-failed does not hold
    ✓ Done in 1 min 1 s: 1 file written or changed  12,345 tokens in (500 from the cache), 678 out
    · /projects/todo
    []
    ");
}

#[test]
fn trouble_is_told_with_its_cause_and_what_follows() {
    let error = |terminal: bool| json!({"code": "unavailable", "terminal": terminal, "retryable": true, "attempt": 1});
    insta::assert_snapshot!(story(&[
        ("Execute", "runner", "command_execute", json!({"command": "npm test", "status": "started", "argv": ["npm", "test"]}), ""),
        ("Execute", "runner", "command_execute", json!({"command": "npm test", "status": "finished", "outcome": outcome(1, "ok 1\n\nnot ok 2 - adds\n")}), ""),
        ("Fix", "fixer", "error", error(false), "the model is overloaded"),
        ("Fix", "fixer", "status", json!({"state": "waiting", "next_attempt": 2, "delay_ms": 1500}), "Trying again in 1.5 s (retry 1 of 2)"),
        ("Fix", "fixer", "status", json!({"state": "looped_back", "to": "Execute", "round": 1, "max_rounds": 3}), "Back to 'Execute' (round 1 of 3)"),
        ("Fix", "fixer", "file_operation", json!({"path": "a.js", "operation": "modify", "status": "discarded"}), "a.js is left as it was: the answer broke off"),
        ("Fix", "fixer", "error", error(true), "the model is overloaded"),
    ]), @"
      $ npm test
      ! exit code 1  1.2 s
        ok 1
        not ok 2 - adds
      ! the model is overloaded  attempt 1, unavailable
      ↻ Trying again in 1.5 s (retry 1 of 2)
      ↻ Back to 'Execute' (round 1 of 3)
      ! a.js is left as it was: the answer broke off
    ✗ the model is overloaded  unavailable
    · Files are kept in /projects/todo
    [Fix · fixer]
    ");
}

#[test]
fn the_bar_says_which_file_or_command_is_at_hand() {
    let started = (
        "Write",
        "writer",
        "file_operation",
        json!({"path": "src/app.js", "operation": "create", "status": "started"}),
        "",
    );
    let chunk =
        ("Write", "writer", "file_content", json!({"path": "src/app.js", "chunk": "x".repeat(1500)}), "");
    assert_eq!(story(std::slice::from_ref(&started)), "[Write · writer · src/app.js]");
    assert_eq!(
        story(&[started.clone(), chunk.clone(), chunk.clone()]),
        "[Write · writer · src/app.js (3.0 KB)]"
    );
    let output =
        json!({"command": "npm test", "status": "output", "stream": "stdout", "chunk": "installing\n\n"});
    assert_eq!(story(&[("Run", "runner", "command_execute", output, "")]), "[Run · runner · installing]");
}

#[test]
fn of_a_long_output_what_failed_and_the_end_are_shown() {
    let mut output: String = (0..500).map(|line| format!("line {line}\n")).collect();
    output.insert_str(0, &"not ok 7 - adds\n".repeat(50));
    let finished = json!({"command": "npm test", "status": "finished", "outcome": outcome(2, &output)});
    let story = story(&[("Run", "runner", "command_execute", finished, "")]);
    assert_eq!(story.matches("not ok 7").count(), OUTPUT_LINES - LAST_LINES);
    assert_eq!(story.matches("line ").count(), LAST_LINES);
    assert!(story.contains("line 499"));
}

#[test]
fn what_an_agent_said_last_is_not_said_again() {
    let succeeded = json!({"state": "step_succeeded", "attempt": 1, "duration_ms": 2000});
    let agent = json!({"state": "agent", "detail": null});
    insta::assert_snapshot!(story(&[
        ("Run Tests", "tester", "status", agent, "The tests pass"),
        ("Run Tests", "tester", "status", succeeded, "The tests pass (npm test)"),
    ]), @"
        The tests pass
      ✓ Run Tests  2.0 s
    [Run Tests · tester]
    ");
}

#[test]
fn both_sides_of_a_comparison_are_told_however_much_comes_after() {
    let after = "    at more (file.js:1)\n".repeat(50);
    for (one, other) in
        [("expected: 5", "actual: 4"), ("Expected: 5", "Received: 4"), ("  left: 5", " right: 4")]
    {
        let output = format!("noise\nnot ok 1 - adds\n{one}\n{other}\n{after}");
        let told = telling(&output).join("\n");
        assert!(told.contains(one) && told.contains(other) && !told.contains("noise"), "{told}");
    }
}
