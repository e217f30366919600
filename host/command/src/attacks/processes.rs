//! Processes that want to stay, to kill, or to be many.

use super::scene::*;
use crate::{CommandLimits, CommandLine, sandbox::Guards};
use orchestrator_core::LimitReached;
use std::time::Duration;

/// A name for a process that is found in the host's list.
fn mark() -> String {
    format!("mark-{}", uuid::Uuid::now_v7().simple())
}

/// Leaves a daemon behind that has left its session, forgotten its environment and ignores being asked. (C9)
fn daemon(mark: &str) -> String {
    format!(
        "import os, signal, time\n\
         if os.fork() == 0:\n \
          os.setsid()\n \
          signal.signal(signal.SIGTERM, signal.SIG_IGN)\n \
          if os.fork() == 0:\n  \
           os.execve('/usr/bin/python3', ['python3', '-c', 'open(\"up\", \"w\").write(\"x\\\\n\"); import time; time.sleep(300)', '{mark}'], {{}})\n \
          os._exit(0)\n\
         while not os.path.exists('up'): time.sleep(0.01)"
    )
}

#[tokio::test]
async fn a_daemon_is_gone_when_its_starter_is() {
    if !can_run() {
        return;
    }
    let name = mark();
    let scene = Scene::new();
    let outcome = scene.python(&daemon(&name)).await;
    assert_eq!(outcome.exit_code, Some(0), "{}", outcome.output);
    assert!(outcome.duration_ms < 20_000, "its hold on the output is not waited for");
    assert!(!survives(&name));
}

#[tokio::test]
async fn without_processes_of_its_own_a_daemon_would_stay() {
    if !can_run() {
        return;
    }
    let name = mark();
    // Nor with limits: a cgroup would tell the next program what is left of this one.
    let scene = Scene::with(Guards { processes: false, limits: false, ..Guards::ALL });
    scene.python(&daemon(&name)).await;
    assert!(survives(&name));
    for pid in pids(&name) {
        let pid = rustix::process::Pid::from_raw(pid).expect("is one");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("ends");
    }
}

#[tokio::test]
async fn one_that_ignores_everything_is_ended_at_its_timeout() {
    if !can_run() {
        return;
    }
    let name = mark();
    let program = "import signal, time\nfor n in range(1, 64):\n try: signal.signal(n, signal.SIG_IGN)\n except (OSError, \
                   ValueError): pass\nprint('up', flush=True)\ntime.sleep(300)";
    let scene = Scene::new();
    let command =
        CommandLine { timeout: Some(Duration::from_secs(2)), ..line(&["python3", "-c", program, &name]) };
    let outcome = scene.commands.run(command).await.expect("runs");
    assert_eq!((outcome.timed_out, outcome.limit), (true, Some(LimitReached::Time)), "{}", outcome.output);
    assert!(outcome.output.contains("[ended by the host: its time was over]"), "{}", outcome.output);
    assert!(!survives(&name));
}

#[tokio::test]
async fn one_that_heeds_the_request_may_tidy_up() {
    if !can_run() {
        return;
    }
    let scene = Scene::new();
    let command = CommandLine {
        timeout: Some(Duration::from_secs(2)),
        ..line(&["sh", "-c", "trap 'echo tidy > done; exit 3' TERM; while :; do sleep 0.02; done"])
    };
    let outcome = scene.commands.run(command).await.expect("runs");
    assert_eq!(scene.file("done").await, "tidy");
    assert!(outcome.timed_out);
}

#[tokio::test]
async fn killing_everything_kills_only_oneself() {
    if !can_run() {
        return;
    }
    // C12: a neighbour of the same user, in another sandbox.
    let name = mark();
    let neighbour = Scene::new();
    let mut at_work = neighbour
        .commands
        .start(line(&["python3", "-c", "open('up', 'w').write('x\\n'); import time; time.sleep(300)", &name]))
        .await
        .expect("starts");
    neighbour.file("up").await;
    let pid = *pids(&name).last().expect("is there");
    let outcome = Scene::new().sh(&format!("kill -9 {pid} 2>&1; kill -9 -1; echo after")).await;
    assert!(outcome.exit_code.is_some() || outcome.signal.is_some());
    assert!(survives(&name), "{}", outcome.output);
    at_work.kill().await.expect("ends");
    assert!(!survives(&name));
}

#[tokio::test]
async fn a_dropped_handle_leaves_nothing_behind() {
    if !can_run() {
        return;
    }
    let name = mark();
    let scene = Scene::new();
    let command = line(&["python3", "-c", &format!("{}\ntime.sleep(300)", daemon(&name))]);
    let process = scene.commands.start(command).await.expect("starts");
    scene.file("up").await;
    assert!(survives(&name));
    drop(process);
    // The one that held the process for the handle is told to let go, and does when its turn comes.
    while survives(&name) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_outlives_the_thread_that_asked_for_it() {
    if !can_run() {
        return;
    }
    // C28: its starter's thread never ends, whatever becomes of the one that asked.
    let scene = std::sync::Arc::new(Scene::new());
    let asked = std::sync::Arc::clone(&scene);
    let mut process = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(
            async {
                // Only the start is of interest: what watches it here ends with this runtime.
                let project = crate::Project::open(asked.root()).expect("opens");
                let launcher = crate::SandboxLauncher::unchecked(config(), Guards::ALL);
                let limits = crate::CommandLimits::default();
                let command =
                    line(&["sh", "-c", "echo x > up; while ! test -e go; do sleep 0.02; done; exit 9"]);
                crate::Launcher::start(&launcher, &project, &command, &limits, None)
                    .await
                    .expect("starts")
                    .process
            },
        )
    })
    .join()
    .expect("starts");
    scene.file("up").await;
    scene.write("go", "");
    let exit = process.as_mut().wait().await.expect("ends");
    assert_eq!((exit.code, exit.signal), (Some(9), None));
}

#[tokio::test]
async fn the_processes_of_the_machine_are_not_seen() {
    if !can_run() {
        return;
    }
    let program = "ls /proc | grep -c '^[0-9]'";
    let count = |output: &str| output.trim().parse::<usize>().expect("a number");
    let guarded = count(&Scene::new().sh(program).await.output);
    let open = Scene::with(Guards { processes: false, ..Guards::ALL }).sh(program).await;
    assert!(guarded <= 6 && count(&open.output) > guarded, "{guarded} {}", open.output);
}

#[tokio::test]
async fn a_fork_bomb_ends_at_the_limit() {
    if !can_run() {
        return;
    }
    // C5
    let program = "import os, time\ncount = 0\ntry:\n while count < 400:\n  \
                   if os.fork() == 0: time.sleep(60); os._exit(0)\n  count += 1\nexcept OSError as error: pass\n\
                   print(count)";
    let limits = CommandLimits { processes: 50, ..CommandLimits::default() };
    let guarded = Scene::limited(Guards::ALL, limits.clone()).python(program).await.output;
    let count: usize = guarded.trim().parse().expect("a number");
    assert!(count > 10 && count < 50, "{count}");
    let open = Scene::limited(Guards { limits: false, ..Guards::ALL }, limits).python(program).await.output;
    assert_eq!(open.trim(), "400");
}

/// The processes that have this text in their command line.
fn pids(mark: &str) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").expect("lists").flatten();
    let marked = processes.filter(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(mark)
    });
    let mut pids: Vec<i32> =
        marked.filter_map(|process| process.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    pids
}
