//! What a hostile program would like to read: the server's keys, its open files, other files of the machine.

use super::scene::*;
use crate::sandbox::Guards;
use std::{fs, io::Write, os::fd::AsRawFd};

/// A file that every user may read, in a place that no folder of the sandbox hides by accident.
fn canary() -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().prefix("canary-").tempfile_in("/var/tmp").expect("makes");
    file.write_all(b"the canary was read").expect("writes");
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file.path(), readable).expect("sets");
    file
}

/// Reads every environment in sight. (C13)
const ENVIRONMENTS: &str = r"
import glob
for path in glob.glob('/proc/[0-9]*/environ'):
    try: print(open(path, 'rb').read().replace(b'\0', b'\n').decode(errors='replace'))
    except OSError: pass
";

#[tokio::test]
async fn the_servers_environment_is_nowhere_to_be_read() {
    if !can_run() {
        return;
    }
    // A variable that this test program has for certain, standing in for a key.
    let (name, value) = std::env::vars().find(|(name, _)| name == "PATH").expect("has a PATH");
    let seen = |output: &str| output.lines().filter(|line| **line == format!("{name}={value}")).count();
    let guarded = Scene::new().python(ENVIRONMENTS).await.output;
    let open = Scene::with(Guards { environment: false, ..Guards::ALL }).python(ENVIRONMENTS).await.output;
    assert!(guarded.contains("HOME=/home/agent"), "{guarded}");
    assert_eq!(seen(&guarded), 0, "{guarded}");
    assert!(seen(&open) > 0, "bubblewrap itself shows it when it gets it: {open}");
}

#[tokio::test]
async fn a_file_of_the_host_is_not_there() {
    if !can_run() {
        return;
    }
    let canary = canary();
    // By its path, and by every way round (C14).
    let program = format!(
        "import glob\nfor root in ['', *glob.glob('/proc/[0-9]*/root'), *glob.glob('/proc/[0-9]*/cwd/../../..')]:\n \
         try: print(open(root + '{}').read())\n except OSError: pass",
        canary.path().display()
    );
    let guarded = Scene::new().python(&program).await;
    assert_eq!((guarded.exit_code, guarded.output.as_str()), (Some(0), ""));
    let open = Scene::with(Guards { files: false, ..Guards::ALL }).python(&program).await;
    assert!(open.output.contains("the canary was read"), "{}", open.output);
}

#[tokio::test]
async fn a_folder_that_the_server_left_open_is_no_way_out() {
    if !can_run() {
        return;
    }
    let canary = canary();
    let folder = fs::File::open("/var").expect("opens");
    // As if the server's own parent had left it open.
    let inherited = rustix::io::fcntl_dupfd_cloexec(&folder, 200).expect("duplicates");
    rustix::io::fcntl_setfd(&inherited, rustix::io::FdFlags::empty()).expect("sets");
    let name = canary.path().file_name().expect("has one").to_string_lossy().into_owned();
    // C15
    let program = format!(
        "import os\nfor fd in range(3, 1024):\n try: print(os.read(os.open('tmp/{name}', 0, dir_fd=fd), 99))\n \
         except OSError: pass"
    );
    let guarded = Scene::new().python(&program).await;
    assert_eq!((guarded.exit_code, guarded.output.as_str()), (Some(0), ""));
    let open = Scene::with(Guards { descriptors: false, ..Guards::ALL }).python(&program).await;
    assert!(open.output.contains("the canary was read"), "{}", open.output);
    assert!(inherited.as_raw_fd() >= 200);
}

#[tokio::test]
async fn the_accounts_and_keys_of_the_machine_are_not_there() {
    if !can_run() {
        return;
    }
    let program = "cat /etc/shadow /etc/hostname /root/.ssh/* /home/*/.ssh/* /var/log/* 2>/dev/null; cat /etc/passwd; \
                   ls /run /var /srv /mnt /opt /sys 2>/dev/null; true";
    let output = Scene::new().sh(program).await.output;
    let lines: Vec<_> = output.lines().collect();
    assert_eq!(lines.len(), 2, "two accounts and nothing else: {output}");
    assert!(lines.iter().all(|line| line.starts_with("root:") || line.starts_with("agent:")), "{output}");
    let open = Scene::with(Guards { files: false, ..Guards::ALL }).sh(program).await.output;
    assert!(open.lines().count() > 2, "{open}");
}

#[tokio::test]
async fn set_user_id_programs_give_no_rights() {
    if !can_run() {
        return;
    }
    // C22: what `su` would need is gone three times over: the flag, the mount, and root in the user namespace.
    let status = "grep -E '^(NoNewPrivs|CapEff|CapBnd)' /proc/self/status; grep ' / ' /proc/self/mountinfo | head -1; \
                  su -c id 2>&1; mount 2>&1 -t tmpfs x /tmp";
    let output = Scene::new().sh(status).await.output;
    assert!(output.contains("NoNewPrivs:\t1") && output.contains("CapEff:\t0000000000000000"), "{output}");
    assert!(output.contains("nosuid") && !output.contains("uid=0"), "{output}");
}

#[tokio::test]
async fn a_directory_that_leads_out_is_refused_before_anything_starts() {
    if !can_run() {
        return;
    }
    // C26
    let scene = Scene::new();
    std::os::unix::fs::symlink("/etc", scene.root().join("out")).expect("links");
    for directory in ["..", "/etc", "out", "a/../../.."] {
        let line = crate::CommandLine { directory: Some(directory.into()), ..line(&["ls"]) };
        scene.commands.run(line).await.expect_err(directory);
    }
}

#[tokio::test]
async fn a_project_that_is_swapped_for_a_link_is_still_the_project() {
    if !can_run() {
        return;
    }
    // C29: the folder was opened before; the path leads elsewhere by the time that the command starts.
    let scene = Scene::new();
    scene.write("mine", "mine\n");
    let (path, aside) = (scene.root().to_owned(), scene.root().with_extension("aside"));
    fs::rename(&path, &aside).expect("moves");
    std::os::unix::fs::symlink("/etc", &path).expect("links");
    let outcome = scene.sh("ls; cat mine").await;
    fs::remove_file(&path).expect("removes");
    fs::rename(&aside, &path).expect("moves back");
    assert_eq!(outcome.output, "mine\nmine\n");
}
