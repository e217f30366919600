use super::*;
use orchestrator_core::ErrorCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// A child that has left session and group, holds the output open and ignores being asked to end.
const DAEMON: &str = "(setsid sh -c 'trap \"\" TERM HUP; echo $$ > daemon; exec sleep 300' &) ; \
                      while ! test -s daemon; do sleep 0.01; done";

#[tokio::test]
async fn a_program_that_fails_is_an_outcome() {
    let scene = Scene::new();
    let outcome = scene.run(sh("echo no; exit 7")).await;
    assert_eq!((outcome.exit_code, outcome.signal, outcome.succeeded()), (Some(7), None, false));
    let outcome = scene.run(sh("kill -9 $$")).await;
    assert_eq!((outcome.exit_code, outcome.signal), (None, Some(9)));
    let stages = scene.events.stages();
    assert!(matches!(&stages[0], CommandStage::Started { argv } if argv[0] == "sh"));
    assert_eq!(stages.last(), Some(&CommandStage::Finished { outcome: Box::new(outcome) }));
}

#[tokio::test]
async fn a_daemon_that_left_the_session_does_not_survive_its_starter() {
    let scene = Scene::new();
    let outcome = scene.run(sh(DAEMON)).await;
    assert_eq!(outcome.exit_code, Some(0));
    assert!(outcome.duration_ms < 10_000, "the open output is not waited for");
    assert!(!lives(&scene.file("daemon").await));
}

#[tokio::test]
async fn a_tree_of_forks_is_gone_with_its_root() {
    let scene = Scene::new();
    let grow = "grow() { echo $1 >> pids; if [ $2 -gt 0 ]; then \
                for i in 1 2 3; do (grow \"$(exec sh -c 'echo $PPID')\" $(($2 - 1))) & done; fi; sleep 300; }; \
                grow $$ 3 & while [ $(wc -l < pids 2>/dev/null || echo 0) -lt 40 ]; do sleep 0.02; done";
    let outcome = scene.run(sh(grow)).await;
    assert_eq!(outcome.exit_code, Some(0), "{}", outcome.output);
    let pids = scene.file("pids").await;
    assert_eq!(pids.lines().count(), 40);
    assert_eq!(pids.lines().filter(|pid| lives(pid)).count(), 0);
}

#[tokio::test]
async fn one_that_ignores_the_request_is_killed_at_its_timeout() {
    let scene = Scene::new();
    let line = CommandLine {
        timeout: Some(Duration::from_millis(300)),
        ..sh("trap 'echo never' TERM; echo $$ > pid; while :; do sleep 0.05; done")
    };
    let outcome = scene.run(line).await;
    assert!(outcome.timed_out && outcome.exit_code.is_none(), "{outcome:?}");
    assert!(outcome.duration_ms >= 300 && outcome.duration_ms < 20_000, "{} ms", outcome.duration_ms);
    assert!(!lives(&scene.file("pid").await));
}

#[tokio::test]
async fn one_that_heeds_the_request_may_clean_up() {
    let scene = Scene::new();
    let mut process = scene
        .commands
        .start(sh("trap 'echo bye; sleep 0.1; exit 3' TERM; echo up; while :; do sleep 0.01; done"))
        .await
        .expect("starts");
    assert_eq!(process.read_output().await.map(|chunk| chunk.text), Some("up\n".into()));
    let outcome = process.kill().await.expect("ends");
    assert_eq!((outcome.exit_code, outcome.timed_out), (Some(3), false));
    assert_eq!(outcome.output.matches("bye\n").count(), 1, "asked once: {}", outcome.output);
    assert_eq!(process.wait().await, Ok(outcome), "and again");
}

#[tokio::test]
async fn no_timeout_reaches_beyond_the_deadline() {
    let mut scene = Scene::new();
    let launcher = PlainLauncher::with(SearchPath::of_process(), Vec::new());
    let deadline = Instant::now() + Duration::from_millis(200);
    let sink = Arc::new(Collector::default());
    scene.commands = Commands::new(Arc::new(launcher), opened(scene.root()), sink, deadline);
    let line = CommandLine { timeout: Some(Duration::MAX), ..argv(&["sleep", "300"]) };
    assert!(scene.run(line).await.timed_out);
    let late = scene.commands.run(argv(&["true"])).await.expect_err("the time is over");
    assert_eq!(late.code, ErrorCode::Timeout);
}

#[tokio::test]
async fn dropping_a_handle_ends_all_before_it_returns() {
    let scene = Scene::new();
    let process =
        scene.commands.start(sh(&format!("echo $$ > pid; {DAEMON}; sleep 300"))).await.expect("starts");
    let pids = [scene.file("pid").await, scene.file("daemon").await];
    assert!(pids.iter().all(|pid| lives(pid)));
    drop(process);
    assert!(!pids.iter().any(|pid| lives(pid)));
}

#[tokio::test]
async fn a_dropped_run_ends_its_program() {
    let scene = Scene::new();
    {
        let running = std::pin::pin!(scene.commands.run(sh("echo $$ > pid; sleep 300")));
        tokio::select! {
            ended = running => panic!("{ended:?}"),
            pid = scene.file("pid") => assert!(lives(&pid)),
        }
    }
    // When the drop comes before the start is through, the thread that starts it ends it.
    let pid = scene.file("pid").await;
    while lives(&pid) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_third_program_has_to_wait() {
    let scene = Scene::new();
    let start = || scene.commands.start(argv(&["sleep", "300"]));
    let (mut first, _second) = (start().await.expect("starts"), start().await.expect("starts"));
    let refused = start().await.map(drop).expect_err("two are at work");
    assert_eq!(refused.code, ErrorCode::LimitExceeded);
    first.kill().await.expect("ends");
    start().await.map(drop).expect("there is room again, though the handle is still held");
}

#[tokio::test]
async fn handles_that_nobody_drops_are_counted() {
    let scene = Scene::new();
    let mut held = Vec::new();
    for _ in 0..crate::HANDLES_MAX {
        let mut process = scene.commands.start(argv(&["true"])).await.expect("starts");
        process.wait().await.expect("ends");
        held.push(process);
    }
    let refused = scene.commands.start(argv(&["true"])).await.map(drop).expect_err("too many");
    assert_eq!(refused.code, ErrorCode::LimitExceeded);
    held.pop();
    scene.commands.start(argv(&["true"])).await.map(drop).expect("there is room again");
}

#[tokio::test]
async fn when_the_run_is_over_its_program_is_too() {
    let events = Collector { most: Some(2), ..Collector::default() };
    let scene = Scene::with(PlainLauncher::with(SearchPath::of_process(), Vec::new()), events);
    let line = sh("echo $$ > pid; while :; do echo again; sleep 0.05; done");
    let failure = scene.commands.run(line).await.expect_err("nobody listens");
    assert_eq!(failure.code, ErrorCode::Cancelled);
    assert!(!lives(&scene.file("pid").await));
}

#[tokio::test]
async fn a_neighbour_is_left_alone() {
    let scene = Scene::new();
    let neighbour = scene.commands.start(sh("echo $$ > neighbour; sleep 300")).await.expect("starts");
    let pid = scene.file("neighbour").await;
    scene.run(sh(DAEMON)).await;
    assert!(lives(&pid));
    drop(neighbour);
    assert!(!lives(&pid));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_leaves_nothing_behind() {
    static DONE: AtomicBool = AtomicBool::new(false);
    let project = tempfile::tempdir().expect("a project");
    let root = project.path().to_owned();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.spawn(async move {
            let launcher = PlainLauncher::with(SearchPath::of_process(), Vec::new());
            let deadline = Instant::now() + Duration::from_secs(60);
            let commands =
                Commands::new(Arc::new(launcher), opened(&root), Arc::new(Collector::default()), deadline);
            commands.run(sh(&format!("{DAEMON}; sleep 300"))).await
        });
        while !DONE.load(Ordering::Acquire) {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let scene = Scene { project, ..Scene::new() };
    let pid = scene.file("daemon").await;
    assert!(lives(&pid));
    DONE.store(true, Ordering::Release);
    while lives(&pid) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
