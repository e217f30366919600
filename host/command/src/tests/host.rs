//! The contract's functions, without a guest.

use super::*;
use crate::{CommandCall, CommandPolicy, CommandView};
use orchestrator_contract::{
    command::{CommandLine as Line, Host, HostProcess},
    types::ErrorCode as Code,
};
use orchestrator_core::{Grant, Permission};
use orchestrator_policy::{Pattern, Programs};
use wasmtime::component::{Resource, ResourceTable};

fn call(scene: &Scene, granted: bool) -> CommandCall {
    let grant = Grant {
        plugin: "tester".into(),
        permission: Permission::Command,
        granted,
        advice: "nobody granted it".into(),
        denials: Default::default(),
    };
    let launcher = PlainLauncher::with(SearchPath::of_process(), Vec::new());
    let events: Arc<dyn EventSink> = Arc::<Collector>::clone(&scene.events);
    let deadline = Instant::now() + Duration::from_secs(60);
    let patterns = vec![Pattern::parse("{true|echo|sh} {any}*").expect("a pattern")];
    let programs = Programs { plugin: "tester".into(), patterns, from: "policy.toml:1".into() };
    let policy = CommandPolicy::new(programs, None);
    CommandCall::new(grant, policy, Arc::new(launcher), opened(scene.root()), events, deadline)
}

fn line(argv: &[&str]) -> Line {
    let argv = argv.iter().map(|&argument| argument.into()).collect();
    Line { argv, directory: None, environment: Vec::new(), timeout_ms: None }
}

#[tokio::test]
async fn without_a_grant_nothing_starts() {
    let scene = Scene::new();
    let (mut call, mut table) = (call(&scene, false), ResourceTable::new());
    let mut view = CommandView { call: &mut call, table: &mut table };
    let error = view.run(line(&["true"])).await.expect("no trap").expect_err("denied");
    assert!(matches!(error.code, Code::Denied) && error.message.contains("'command'"), "{error:?}");
    assert!(view.start(line(&["true"])).await.expect("no trap").is_err());
    assert!(!view.is_available("sh".into()).await.expect("no trap"));
    assert!(scene.events.stages().is_empty());
}

#[tokio::test]
async fn a_guest_starts_reads_waits_and_lets_go() {
    let scene = Scene::new();
    let (mut call, mut table) = (call(&scene, true), ResourceTable::new());
    let mut view = CommandView { call: &mut call, table: &mut table };
    let process = view.start(line(&["echo", "hi"])).await.expect("no trap").expect("starts");
    let borrow = || Resource::new_borrow(process.rep());
    let chunk = view.read_output(borrow()).await.expect("no trap").expect("reads").expect("something");
    assert_eq!(chunk.text, "hi\n");
    assert!(view.read_output(borrow()).await.expect("no trap").expect("reads").is_none());
    let outcome = view.wait(borrow()).await.expect("no trap").expect("ends");
    assert_eq!((outcome.exit_code, outcome.output.as_str()), (Some(0), "hi\n"));
    view.kill(borrow()).await.expect("too late, and fine");
    HostProcess::drop(&mut view, Resource::new_own(process.rep())).await.expect("lets go");
    assert!(view.wait(borrow()).await.is_err(), "a handle that is none traps");
}

#[tokio::test]
async fn with_the_table_everything_ends() {
    let scene = Scene::new();
    let (mut call, mut table) = (call(&scene, true), ResourceTable::new());
    let mut view = CommandView { call: &mut call, table: &mut table };
    view.start(line(&["sh", "-c", "echo $$ > pid; sleep 300"])).await.expect("no trap").expect("starts");
    let pid = scene.file("pid").await;
    drop(table);
    assert!(!lives(&pid));
}

#[tokio::test]
async fn a_program_that_is_not_on_the_list_does_not_start() {
    let scene = Scene::new();
    let (mut call, mut table) = (call(&scene, true), ResourceTable::new());
    let mut view = CommandView { call: &mut call, table: &mut table };
    let error = view.run(line(&["env", "true"])).await.expect("no trap").expect_err("denied");
    assert!(matches!(error.code, Code::Denied), "{error:?}");
    assert!(error.message.contains("'tester'") && error.message.contains("policy.toml:1"), "{error:?}");
    assert!(!view.is_available("env".into()).await.expect("no trap"));
    assert!(scene.events.stages().is_empty(), "the launcher was not asked");
}
