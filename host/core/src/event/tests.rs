//! The wire form is a promise to frontends: it is pinned here, letter for letter.

use super::*;
use crate::{context::CommandOutcome, error::ErrorCode};

fn event(kind: EventKind, message: &str) -> Event {
    Event {
        kind,
        message: message.into(),
        step: Some(2),
        step_name: Some("Generate Code".into()),
        agent: AgentType::new("writer").ok(),
        progress: 45,
        run_id: "0192f0c1-2345-7abc-8def-0123456789ab".parse().expect("a uuid"),
        seq: 17,
        time: "2026-01-02T03:04:05.678Z".parse().expect("a time"),
    }
}

#[test]
fn the_guides_example_event_has_the_guides_fields() {
    let kind = EventKind::FileContent(FileContent {
        path: "src/App.tsx".into(),
        chunk: "import React from 'react'\n".into(),
    });
    let line = serde_json::to_string(&event(kind, "Streaming code...")).expect("serializes");
    insta::assert_snapshot!(line, @r#"{"type":"file_content","data":{"path":"src/App.tsx","chunk":"import React from 'react'\n"},"message":"Streaming code...","content":"import React from 'react'\n","step":2,"step_name":"Generate Code","agent":"writer","progress":45,"run_id":"0192f0c1-2345-7abc-8def-0123456789ab","seq":17,"time":"2026-01-02T03:04:05.678Z"}"#);
}

#[test]
fn what_is_written_can_be_read_back() {
    let outcome = CommandOutcome {
        argv: vec!["node".into(), "--test".into()],
        exit_code: Some(1),
        signal: None,
        timed_out: false,
        limit: None,
        truncated: false,
        output: "not ok 1".into(),
        duration_ms: 9,
        network: None,
        tests: None,
    };
    let kinds = [
        EventKind::Status(Status::StepSkipped { reason: SkipReason::AgentDisabled }),
        EventKind::Status(Status::Agent { detail: serde_json::json!({"a": [1]}) }),
        EventKind::CommandExecute(CommandEvent {
            command: "node --test".into(),
            stage: CommandStage::Finished { outcome: Box::new(outcome) },
        }),
        EventKind::Error(ErrorEvent {
            code: ErrorCode::Trap,
            terminal: true,
            retryable: false,
            attempt: Some(1),
            retry_after_ms: None,
            trap: None,
        }),
        EventKind::PlanCreated(Plan::default()),
    ];
    for kind in kinds {
        let event = event(kind, "a line");
        let line = serde_json::to_string(&event).expect("serializes");
        assert!(!line.contains('\n'), "one line: {line}");
        assert_eq!(serde_json::from_str::<Event>(&line).expect("deserializes"), event);
    }
}
