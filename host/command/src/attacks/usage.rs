//! Programs that use up memory, disk, time and patience.

use super::scene::*;
use crate::{CommandLimits, sandbox::Guards};
use orchestrator_core::LimitReached;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

#[tokio::test]
async fn one_process_cannot_take_all_memory() {
    if !can_run() {
        return;
    }
    // C6
    let program = "blocks = []\ntry:\n for _ in range(300): blocks.append(bytearray(1024 * 1024))\nexcept MemoryError: \
                   pass\nprint(len(blocks))";
    let limits = CommandLimits { process_memory: 128 * MIB, ..CommandLimits::default() };
    let guarded = Scene::limited(Guards::ALL, limits.clone()).python(program).await.output;
    let count: u64 = guarded.trim().parse().expect("a number");
    assert!(count > 20 && count < 128, "{count}");
    let open = Scene::limited(Guards { limits: false, ..Guards::ALL }, limits).python(program).await.output;
    assert_eq!(open.trim(), "300");
}

#[tokio::test]
async fn many_processes_together_cannot_either_where_there_are_cgroups() {
    if !can_run() {
        return;
    }
    let launcher = crate::SandboxLauncher::open(config()).await.expect("opens");
    if !launcher.report().cgroup.memory {
        // The report says so, and that is what is promised then.
        assert!(launcher.report().caveats.iter().any(|caveat| caveat.contains("no cgroup")));
        return;
    }
    let program = "import os, time\nfor _ in range(8):\n if os.fork() == 0:\n  block = bytearray(os.urandom(1024)) * \
                   (60 * 1024); time.sleep(60); os._exit(0)\nos.wait()\nos.kill(os.getpid(), 9)";
    let limits = CommandLimits { tree_memory: 200 * MIB, ..CommandLimits::default() };
    let guarded = Scene::limited(Guards::ALL, limits).python(program).await;
    assert_eq!(guarded.limit, Some(LimitReached::Memory), "{guarded:?}");
}

#[tokio::test]
async fn folders_in_memory_are_bounded() {
    if !can_run() {
        return;
    }
    let limits = CommandLimits {
        temporary: 8 * MIB,
        home: 8 * MIB,
        shared_memory: 8 * MIB,
        ..CommandLimits::default()
    };
    let program = "for folder in /tmp /dev/shm $HOME; do head -c 20000000 /dev/zero > $folder/fill 2>/dev/null; \
                   stat -c %s $folder/fill; done";
    let sizes =
        |output: &str| -> Vec<u64> { output.lines().map(|line| line.parse().expect("a size")).collect() };
    let guarded = sizes(&Scene::limited(Guards::ALL, limits.clone()).sh(program).await.output);
    assert!(guarded.len() == 3 && guarded.iter().all(|size| *size <= 8 * MIB), "{guarded:?}");
    let open = Guards { temporary: false, ..Guards::ALL };
    assert_eq!(sizes(&Scene::limited(open, limits).sh(program).await.output), [20_000_000; 3]);
}

#[tokio::test]
async fn the_root_and_the_devices_take_no_files() {
    if !can_run() {
        return;
    }
    let program = "for folder in / /dev /etc /usr /run /home; do echo x 2>/dev/null > $folder/file && echo $folder; \
                   done; true";
    let guarded = Scene::new().sh(program).await.output;
    assert_eq!(guarded, "");
    let open = Scene::with(Guards { read_only_root: false, ..Guards::ALL }).sh(program).await.output;
    assert!(open.contains("/\n") && open.contains("/dev\n"), "{open}");
}

#[tokio::test]
async fn one_file_cannot_grow_without_end() {
    if !can_run() {
        return;
    }
    // C7, and a sparse one (F8).
    let limits = CommandLimits { file_size: MIB, ..CommandLimits::default() };
    let program = "head -c 3000000 /dev/zero > one 2>/dev/null; truncate -s 1T two 2>/dev/null; stat -c %s one; \
                   test -s two || echo none";
    let guarded = Scene::limited(Guards::ALL, limits.clone()).sh(program).await.output;
    assert_eq!(guarded, format!("{MIB}\nnone\n"));
    let open = Scene::limited(Guards { limits: false, ..Guards::ALL }, limits).sh(program).await.output;
    assert_eq!(open, "3000000\n");
}

#[tokio::test]
async fn many_files_end_the_command_and_stay_for_tidying_up() {
    if !can_run() {
        return;
    }
    // C7 and F8: a million files, as far as it comes.
    let limits = CommandLimits {
        workspace_files: 500,
        workspace_every: Duration::from_millis(50),
        ..CommandLimits::default()
    };
    let program = "import time\nfor n in range(1000): open(f'f{n}', 'w').close()\ntime.sleep(100)";
    let scene = Scene::limited(Guards::ALL, limits);
    let outcome = scene.python(program).await;
    assert_eq!(outcome.limit, Some(LimitReached::WorkspaceFiles), "{outcome:?}");
    assert!(std::fs::read_dir(scene.root()).expect("lists").count() > 500);
}

#[tokio::test]
async fn many_bytes_end_the_command() {
    if !can_run() {
        return;
    }
    let limits = CommandLimits {
        workspace_bytes: 4 * MIB,
        workspace_every: Duration::from_millis(50),
        ..CommandLimits::default()
    };
    let program = "for n in 1 2 3 4 5 6 7 8; do head -c 1000000 /dev/zero > f$n; done; sleep 100";
    let outcome = Scene::limited(Guards::ALL, limits).sh(program).await;
    assert_eq!(outcome.limit, Some(LimitReached::WorkspaceBytes), "{outcome:?}");
}

#[tokio::test]
async fn one_that_only_computes_is_ended() {
    if !can_run() {
        return;
    }
    // C8
    let limits = CommandLimits { cpu: Duration::from_secs(1), ..CommandLimits::default() };
    let outcome = Scene::limited(Guards::ALL, limits).python("while True: pass").await;
    assert_eq!((outcome.limit, outcome.timed_out), (Some(LimitReached::Cpu), true), "{outcome:?}");
}

#[tokio::test]
async fn one_that_says_nothing_is_ended() {
    if !can_run() {
        return;
    }
    let limits = CommandLimits { silence: Duration::from_secs(1), ..CommandLimits::default() };
    let scene = Scene::limited(Guards::ALL, limits);
    let outcome = scene.sh("for i in 1 2 3 4 5; do echo $i; sleep 0.4; done; sleep 300").await;
    assert_eq!(outcome.limit, Some(LimitReached::Silence), "{outcome:?}");
    assert!(
        outcome.output.starts_with("1\n2\n3\n4\n5\n"),
        "as long as it speaks it goes on: {}",
        outcome.output
    );
}

#[tokio::test]
async fn a_flood_of_output_is_cut() {
    if !can_run() {
        return;
    }
    // C25: and what looks like an event of a stream is text.
    let scene = Scene::new();
    let outcome =
        scene.sh("echo 'data: {\"type\":\"complete\"}'; yes flood | head -c 30000000; echo end").await;
    assert!(outcome.truncated && outcome.output.len() < 2 * crate::EXCERPT_MAX + 100);
    assert!(outcome.output.starts_with("data: ") && outcome.output.ends_with("\nend\n"));
}

#[tokio::test]
async fn the_projects_folder_itself_stays() {
    if !can_run() {
        return;
    }
    // F11
    let scene = Scene::new();
    scene.write("file", "x");
    let root = scene.root().display().to_string();
    scene.sh(&format!("cd /; rm -rf {root}; mv {root} /tmp/away")).await;
    assert!(scene.root().is_dir());
    assert_eq!(scene.sh("echo back > file; cat file").await.output, "back\n");
}

#[tokio::test]
async fn a_pipe_in_the_project_stops_nobody() {
    if !can_run() {
        return;
    }
    // F7 and the names of F8.
    let scene = Scene::new();
    let made = scene
        .python(
            "import os, socket\nos.mkfifo('pipe')\nsocket.socket(socket.AF_UNIX).bind('socket')\n\
                 open(b'\\xff\\n', 'w').close()\nopen('x' * 255, 'w').close()",
        )
        .await;
    assert_eq!(made.exit_code, Some(0), "{}", made.output);
    assert_eq!(scene.sh("rm -f -- * && ls -A | wc -l").await.output, "0\n");
}
