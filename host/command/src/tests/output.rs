use super::*;
use crate::{EXCERPT_MAX, OUTPUT_MAX};
use orchestrator_core::event::OutputStream;

#[tokio::test]
async fn both_streams_are_shown_in_their_order() {
    let scene = Scene::new();
    let wait = |name| format!("while ! test -e {name}; do sleep 0.01; done");
    let script = format!("echo out; {}; echo err >&2; {}; echo again", wait("a"), wait("b"));
    let mut process = scene.commands.start(sh(&script)).await.expect("starts");
    for (seen, next) in [("out\n", "a"), ("err\n", "b")] {
        assert_eq!(process.read_output().await.map(|chunk| chunk.text).as_deref(), Some(seen));
        fs::write(scene.root().join(next), "").expect("writes");
    }
    let outcome = process.wait().await.expect("ends");
    assert_eq!((outcome.output.as_str(), outcome.truncated), ("out\nerr\nagain\n", false));
    let streams: Vec<_> = scene
        .events
        .stages()
        .into_iter()
        .filter_map(|stage| match stage {
            CommandStage::Output { stream, chunk } => Some((stream, chunk)),
            CommandStage::Started { .. } | CommandStage::Finished { .. } => None,
        })
        .collect();
    assert_eq!(
        streams,
        [
            (OutputStream::Stdout, "out\n".into()),
            (OutputStream::Stderr, "err\n".into()),
            (OutputStream::Stdout, "again\n".into())
        ]
    );
}

#[tokio::test]
async fn a_thousand_lines_are_a_few_events() {
    let scene = Scene::new();
    let outcome = scene.run(sh("i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i + 1)); done")).await;
    assert_eq!(scene.events.shown(), outcome.output);
    assert!(scene.events.stages().len() < 60, "{}", scene.events.stages().len());
}

#[tokio::test]
async fn a_flood_is_cut_and_carried_away_to_its_end() {
    let scene = Scene::new();
    let outcome = scene.run(sh("echo begin; yes flood | head -n 3000000; echo end")).await;
    assert_eq!(outcome.exit_code, Some(0), "the pipe was drained");
    assert!(
        outcome.truncated && outcome.output.starts_with("begin\n") && outcome.output.ends_with("\nend\n")
    );
    assert!(outcome.output.len() < 2 * EXCERPT_MAX + 100, "{}", outcome.output.len());
    let shown = scene.events.shown().len();
    assert!(shown <= OUTPUT_MAX && shown > OUTPUT_MAX / 2, "{shown}");
}

#[tokio::test]
async fn one_endless_line_of_no_text_is_still_bounded() {
    let scene = Scene::new();
    let outcome = scene.run(sh("head -c 3000000 /dev/zero | tr '\\0' '\\377'")).await;
    assert!(outcome.truncated && outcome.output.starts_with('\u{FFFD}'));
    assert!(outcome.output.len() < 2 * EXCERPT_MAX + 100);
    assert!(scene.events.shown().len() <= OUTPUT_MAX);
}

#[tokio::test]
async fn escape_sequences_do_not_reach_the_line_for_people() {
    let scene = Scene::new();
    scene.run(sh("printf '\\033]52;c;aGk=\\007 \\033[31mred\\r\\n'")).await;
    let events = scene.events.events.lock().unwrap();
    assert!(events.len() == 3 && events.iter().all(|event| !event.message.chars().any(char::is_control)));
}

#[tokio::test]
async fn a_summary_that_was_overwritten_is_read() {
    let scene = Scene::new();
    let outcome = scene.run(sh("printf 'Tests: 1 failed, 2 passed, 3 total\\rDone\\n'")).await;
    let tests = outcome.tests.as_ref().expect("a report");
    assert_eq!((tests.passed, tests.failed), (2, 1));
    assert!(!outcome.succeeded() && outcome.output.starts_with("Tests: 1 failed, 2 passed, 3 total\nDone\n"));
}

#[tokio::test]
async fn output_that_nobody_reads_stops_nobody() {
    let scene = Scene::new();
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut process = scene.commands.start(sh("yes x | head -c 1500000")).await.expect("starts");
        let outcome = process.wait().await.expect("ends");
        assert!(outcome.truncated);
        held.push(process);
    }
    let mut unread = 0;
    for process in &mut held {
        while let Some(chunk) = process.read_output().await {
            unread += chunk.text.len();
        }
    }
    assert!(unread <= crate::UNREAD_MAX && unread > OUTPUT_MAX, "{unread}");
}

#[tokio::test]
async fn a_reader_gets_everything_and_then_the_end() {
    let scene = Scene::new();
    let mut process =
        scene.commands.start(sh("for i in 1 2 3; do echo $i; sleep 0.15; done")).await.expect("starts");
    let mut text = String::new();
    while let Some(chunk) = process.read_output().await {
        text.push_str(&chunk.text);
    }
    assert_eq!(text, "1\n2\n3\n");
    assert_eq!(process.wait().await.map(|outcome| outcome.exit_code), Ok(Some(0)));
}
