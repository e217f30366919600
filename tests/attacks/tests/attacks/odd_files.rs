//! Files that are not what they seem: races, second names, pipes, sizes, modes.

use crate::wall::refused_behind_the_wall_alone;
use orchestrator_attacks::{Scene, Setup, can_confine_commands, step};
use serde_json::{Value, json};
use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt, fs::OpenOptionsExt, fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// Exchanges two paths with each other, over and over, until it is dropped.
struct Exchange {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<u64>>,
}

impl Exchange {
    fn of(one: PathBuf, other: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            let mut times = 0;
            while !stopped.load(Ordering::Relaxed) {
                // One of them may be deleted by who is raced with, and both are at the end of the test.
                times += u64::from(renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).is_ok());
            }
            times
        });
        Self { stop, thread: Some(thread) }
    }

    /// Stops; how often the two were exchanged.
    fn stop(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().expect("is stopped once").join().expect("it exchanges until it is stopped")
    }
}

fn over_and_over(steps: &[Value], times: usize) -> Vec<Value> {
    (0..times).flat_map(|_| steps.iter().cloned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_folder_exchanged_for_a_link_lets_nothing_out() {
    let scene = Scene::start().await;
    let (folder, link) = (scene.project().join("race"), scene.project().join("swap"));
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("secret.txt"), "harmless").expect("a file");
    symlink(scene.canaries.file().parent().expect("a folder"), &link).expect("a link");
    let exchange = Exchange::of(folder.clone(), link);
    // The control: who follows links gets the canary sooner or later.
    let path = folder.join("secret.txt");
    let mut tries = (0..1_000_000).map(|_| fs::read_to_string(&path).unwrap_or_default());
    assert!(tries.any(|text| text == scene.canaries.content()), "the race is never won");

    let reads = [step::read("race/secret.txt"), step::wasi("read", "/project/race/secret.txt", "")];
    let changes = [
        step::write("race/new.txt", "x"),
        step::wasi("write", "/project/race/other.txt", "x"),
        step::delete("race/secret.txt"),
        step::wasi("delete", "/project/race/secret.txt", ""),
    ];
    let mut read = 0;
    for steps in [over_and_over(&reads, 150), over_and_over(&changes, 75)] {
        let report = scene.attack(&steps).await;
        read += report.steps.iter().filter(|came| !came.is_refused()).count();
        // It is broken off when a file that it began with is gone.
        if let Ok(answer) = scene.api.request(reqwest::Method::GET, "/projects/p/archive").send().await {
            scene.hear(&answer.bytes().await.unwrap_or_default());
        }
    }
    assert!(exchange.stop() > 100 && read > 0, "some were let through to the folder");
    scene.unharmed().await;
}

/// A second name for a file of another project. The canary would do as well, but the kernel keeps an ordinary user from
/// giving other names to other users' files, and then the control would fail for another reason.
#[tokio::test(flavor = "multi_thread")]
async fn f6_second_name_for_a_file_outside() {
    let target = |scene: &Scene| {
        let other = scene.data().join("projects/q");
        let make = [step::write("secret.txt", "of another project")];
        (other.join("secret.txt").display().to_string(), make)
    };
    if !can_confine_commands() {
        return;
    }
    for (scene, behind) in [(Scene::start().await, true), (Setup::new().in_the_open().start().await, false)] {
        let (path, make) = target(&scene);
        scene.run("attack", "q", "x", &json!({"steps": make})).await.complete();
        let verdict = scene.verdict("F6_hard_link.py", &[path]).await;
        if behind {
            verdict.refused();
            scene.unharmed().await;
        } else {
            verdict.succeeded();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f6_second_name_is_not_made_by_wasi() {
    let scene = Scene::start().await;
    let file = scene.canaries.file();
    for target in [file.display().to_string(), format!("/project/{}", scene.out_to(&file))] {
        scene.attack(&[step::wasi("link", "/project/link", &target)]).await.all_refused();
    }
    scene.unharmed().await;
}

fn pipe(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().expect("mkfifo is here").success());
}

/// Opens a pipe for writing if somebody waits to read from it.
fn waited_for(pipe: &Path) -> bool {
    fs::OpenOptions::new().write(true).custom_flags(0o4000).open(pipe).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn f7_named_pipe_keeps_nobody_waiting() {
    let scene = Scene::start().await;
    let path = scene.project().join("pipe");
    pipe(&path);
    scene.attack(&[step::read("pipe")]).await.all_refused();
    scene.attack(&[step::list(), step::write("a.txt", "a")]).await.all_done();
    for asked in ["files", "files/pipe", "diff", "archive", "archive?format=tar.gz"] {
        let answer = scene.api.get(&format!("/projects/p/{asked}")).await;
        assert_eq!(answer.status.is_success(), asked != "files/pipe", "{answer:?}");
    }
    assert!(!waited_for(&path), "somebody waits for a writer");
    // The control: who opens it as an ordinary file does wait.
    let reader = thread::spawn({
        let path = path.clone();
        move || fs::read(path)
    });
    while !waited_for(&path) {
        thread::yield_now();
    }
    assert!(reader.join().expect("it ends with its writer").is_ok());
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w22_named_pipe_opened_through_wasi_blocks_nobody_else() {
    let scene = Scene::start().await;
    let path = scene.project().join("pipe");
    pipe(&path);
    scene.workflow("short", "attacker", 0.5).await;
    let metadata = json!({"steps": [step::wasi("read", "/project/pipe", "")]});
    for _ in 0..4 {
        let run = scene.run("short", "p", "x", &metadata).await;
        assert!(run.0.len() > 1, "{run}");
        // Not one thread is left waiting, however the call ended.
        assert!(!waited_for(&path), "somebody waits for a writer");
    }
    scene.attack(&[step::wasi("read", "/project/pipe", "")]).await.all_refused();
    scene.run("attack", "q", "x", &json!({"steps": [step::wasm("turns:1")]})).await.complete();
    // An ordinary file is read at once, which is the control.
    scene.attack(&[step::write("a.txt", "a"), step::wasi("read", "/project/a.txt", "")]).await.all_done();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f8_odd_names_and_sizes_are_listed_within_bounds() {
    let scene = Scene::start().await;
    let project = scene.project();
    let _socket = UnixListener::bind(project.join("socket")).expect("a socket");
    // As an agent with leave to write makes it, in one call.
    scene.attack(&[step::wasi("set-size", "/project/sparse", "1099511627776")]).await.all_done();
    let long = "l".repeat(255);
    let names: [&[u8]; 6] = [
        b"line\nend",
        "\u{202e}lmth.x".as_bytes(),
        b"\xff\xfe",
        b"<b>&amp;\"'",
        b"back\\slash",
        long.as_bytes(),
    ];
    for name in names {
        fs::write(project.join(OsStr::from_bytes(name)), "x").expect("a file");
    }
    let deep = "d/".repeat(300);
    fs::create_dir_all(project.join(&deep)).expect("folders");
    fs::write(project.join(&deep).join("end"), "x").expect("a file");
    for number in 0..3000 {
        fs::write(project.join(format!("many{number}")), "").expect("a file");
    }
    // The control: they are all there for whoever looks.
    assert!(fs::read_dir(&project).expect("it can be read").count() > 3008);

    let asked =
        ["files", "files/sparse", "files/socket", "archive", "archive?format=tar.gz", "diff", "snapshots"];
    // With the large file, and once more without it, since it keeps everything else from being listed.
    for large in [true, false] {
        let listing = [step::list(), step::wasi("list", "/project", ""), step::read("sparse")];
        let report = scene.attack(&listing).await;
        assert!(report.last().is_refused(), "a TiB is not read");
        for asked in asked {
            let answer = scene.api.get(&format!("/projects/p/{asked}")).await;
            assert!(
                answer.text.len() < 64 << 20 && answer.status.as_u16() != 500,
                "{asked}: {}",
                answer.status
            );
        }
        if large {
            fs::remove_file(project.join("sparse")).expect("it is there");
        }
    }
    let files: Value = scene.api.list("/projects/p/files").await;
    assert!(files.as_array().is_some_and(|files| files.len() > 3000));
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f9_devices_are_not_made() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    scene.verdict("F9_devices.py", &[]).await.refused();
    // An ordinary user makes none either way: the control is root's, who is not let into the sandbox as such.
    if let Some(verdict) = scene.outside("F9_devices.py", &[]) {
        verdict.succeeded();
    } else {
        println!("LEFT OUT: the control of F9, which only root can do");
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f10_files_that_run_as_another_user_are_not_made() {
    refused_behind_the_wall_alone("F10_set_user_id.py", |_| Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f10_modes_do_not_leave_with_an_archive() {
    let scene = Scene::start().await;
    let path = scene.project().join("tool");
    fs::write(&path, "#!/bin/sh\n").expect("a file");
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o6755)).expect("it is ours");
    // The control: the file has the mode.
    assert_eq!(fs::metadata(&path).expect("is there").mode() & 0o6000, 0o6000);
    let answer = scene.api.request(reqwest::Method::GET, "/projects/p/archive?format=tar.gz").send().await;
    let bytes = answer.expect("the server answers").bytes().await.expect("an archive");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
    let modes: Vec<_> = archive
        .entries()
        .expect("an archive")
        .flatten()
        .map(|entry| entry.header().mode().expect("a mode"))
        .collect();
    assert!(!modes.is_empty() && modes.iter().all(|mode| mode & 0o7000 == 0), "{modes:?}");
    scene.unharmed().await;
}
