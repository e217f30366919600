//! What a command asks of the kernel.

use crate::wall::{nothing, refused_behind_the_wall_alone};
use orchestrator_attacks::{Scene, Setup, can_confine_commands};
use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    process::Command,
};

#[tokio::test(flavor = "multi_thread")]
async fn c11_tracing_is_refused() {
    refused_behind_the_wall_alone("C11_trace.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c16_settings_of_the_kernel_are_not_written() {
    if !can_confine_commands() {
        return;
    }
    for setup in [Some(Setup::new()), Setup::new().as_other_user()].into_iter().flatten() {
        let scene = setup.start().await;
        scene.verdict("C16_kernel.py", &[]).await.refused();
        scene.unharmed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c17_typing_into_a_terminal_is_refused() {
    refused_behind_the_wall_alone("C17_terminal.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c18_namespaces_mounts_and_roots_are_refused() {
    refused_behind_the_wall_alone("C18_namespaces.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c19_numbers_of_other_architectures_do_not_pass() {
    if !can_confine_commands() {
        return;
    }
    if std::env::consts::ARCH != "x86_64" {
        println!("LEFT OUT: this machine has one numbering of system calls");
        return;
    }
    let scene = Scene::start().await;
    scene.verdict("C19_other_numbers.py", &[]).await.refused();
    scene.unharmed().await;
    let open = Setup::new().in_the_open().start().await;
    let verdict = open.verdict("C19_other_numbers.py", &[]).await;
    if verdict.outcome == "not there" {
        println!("LEFT OUT: the control of C19: this kernel has no 32-bit calls");
        return;
    }
    verdict.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn c20_keyrings_are_out_of_reach() {
    refused_behind_the_wall_alone("C20_keyring.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c21_parts_with_many_holes_are_refused() {
    refused_behind_the_wall_alone("C21_kernel_parts.py", nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c22_programs_of_root_gain_nothing() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    scene.verdict("C22_other_user.py", &[]).await.refused();
    scene.unharmed().await;
    // The control: whoever is not started by the server gains it. Root has nothing to gain and becomes another first.
    let script = super::words::script("C22_other_user.py");
    let mut start = Command::new("/usr/bin/python3");
    if fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0) {
        start.uid(54321).gid(54321);
    }
    let said = start.args(["-c", &script]).current_dir("/").output().expect("python is there");
    assert!(String::from_utf8_lossy(&said.stdout).contains("\"succeeded\""), "{said:?}");
}
