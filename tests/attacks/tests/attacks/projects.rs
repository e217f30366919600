//! Projects as a whole: taken away, brought in, and full of things that tools would run.

use crate::wall::refused_behind_the_wall_alone;
use orchestrator_attacks::{Scene, can_confine_commands, step};
use reqwest::Method;
use serde_json::json;
use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

#[tokio::test(flavor = "multi_thread")]
async fn f11_folder_of_the_project_is_not_moved_or_removed() {
    refused_behind_the_wall_alone("F11_remove_project.py", |_| Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f11_what_was_removed_is_restored() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    scene.attack(&[step::write("kept.txt", "kept"), step::write("src/a.js", "a")]).await.all_done();
    let removing = step::start(&["sh", "-c", "rm -rf -- * .[!.]*; exit 0"]);
    let report = scene.attack(&[removing, step::wasi("delete-folder", "/project", "")]).await;
    // The control: it is all gone, and yet the project is there.
    assert!(!scene.project().join("kept.txt").exists() && scene.project().is_dir());
    let before = report.run.only("status:step_started");
    assert!(before["data"]["attempt"] == 1);
    let taken = report.run.all("status:snapshot_taken");
    let snapshot = &taken.first().expect("one from before")["data"]["snapshot"];
    scene.api.post("/projects/p/restore", &json!({"snapshot": snapshot})).await.ok();
    assert_eq!(fs::read_to_string(scene.project().join("kept.txt")).ok().as_deref(), Some("kept"));
    scene.unharmed().await;
}

/// What editors, package clients, compilers and git run or obey when they find it in a folder.
const BAIT: [(&str, &str); 13] = [
    (
        ".git/config",
        "[core]\n\tfsmonitor = ./.bait.sh\n\tsshCommand = ./.bait.sh\n\thooksPath = .\n[filter \"x\"]\n\tclean = ./.bait.sh\n",
    ),
    (".git/HEAD", "ref: refs/heads/main\n"),
    (".git/hooks/post-checkout", "#!/bin/sh\necho ran > BAITED\n"),
    (".git/hooks/pre-commit", "#!/bin/sh\necho ran > BAITED\n"),
    (".gitattributes", "* filter=x diff=x\n"),
    (".env", "BASH_ENV=./.bait.sh\nLD_PRELOAD=./bait.so\n"),
    (".envrc", "sh ./.bait.sh\n"),
    (".npmrc", "script-shell=./.bait.sh\n"),
    (".cargo/config.toml", "[build]\nrustc-wrapper = \"./.bait.sh\"\n"),
    (
        "package.json",
        r#"{"name": "x", "version": "1.0.0", "scripts": {"preinstall": "./.bait.sh", "postinstall": "./.bait.sh"}}"#,
    ),
    ("conftest.py", "open('BAITED', 'w').write('ran')\n"),
    (
        ".vscode/tasks.json",
        r#"{"tasks": [{"command": "./.bait.sh", "runOptions": {"runOn": "folderOpen"}}]}"#,
    ),
    (
        ".claude/settings.json",
        r#"{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "./.bait.sh"}]}]}}"#,
    ),
];

fn lay_bait(project: &Path) {
    for (path, text) in BAIT {
        let file = project.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, text).expect("a file");
    }
    for folder in ["objects", "refs"] {
        fs::create_dir_all(project.join(".git").join(folder)).expect("a folder");
    }
    let script = project.join(".bait.sh");
    fs::write(&script, "#!/bin/sh\necho ran > BAITED\n").expect("a file");
    for file in [script, project.join(".git/hooks/pre-commit"), project.join(".git/hooks/post-checkout")] {
        fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it is ours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f13_nothing_in_a_project_is_run_by_the_host() {
    let scene = Scene::start().await;
    let project = scene.project();
    lay_bait(&project);
    // Everything that the host does with a project.
    let report = scene.attack(&[step::list(), step::write("new.txt", "x"), step::patch("nothing")]).await;
    let taken = report.run.all("status:snapshot_taken");
    let snapshot = &taken.first().expect("one from before")["data"]["snapshot"];
    for asked in ["files", "files/package.json", "diff", "archive", "archive?format=tar.gz", "snapshots"] {
        assert!(scene.api.get(&format!("/projects/p/{asked}")).await.status.is_success(), "{asked}");
    }
    scene.api.post("/projects/p/restore", &json!({"snapshot": snapshot})).await.ok();
    assert!(!project.join("BAITED").exists(), "something was run");
    // The control: who asks git about the folder runs what the folder says.
    let git = Command::new("git").args(["-c", "safe.directory=*", "status"]).current_dir(&project).output();
    let git = git.expect("git is here");
    assert!(project.join("BAITED").exists(), "the bait is none: {git:?}");
    scene.unharmed().await;
}

/// A tar.gz file with these entries; a link where there is a target.
fn archive(entries: &[(&str, Option<&Path>)]) -> Vec<u8> {
    let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(packed);
    for (name, target) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        // By hand, because the library keeps its users from names like these.
        let gnu = header.as_gnu_mut().expect("it was made as one");
        gnu.name[..name.len()].copy_from_slice(name.as_bytes());
        if let Some(target) = target {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_link_name(target).expect("a name that fits");
        }
        let content: &[u8] = if target.is_some() { b"" } else { b"escaped" };
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append(&header, content).expect("an entry");
    }
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive")
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_archives_write_nothing_outside() {
    let scene = Scene::start().await;
    let folder = scene.canaries.file().parent().expect("a folder").to_owned();
    let absolute = folder.join("new.txt").display().to_string();
    let archives = [
        archive(&[("../escaped.txt", None)]),
        archive(&[("a/../../../escaped.txt", None)]),
        archive(&[(&absolute, None)]),
        archive(&[("link", Some(&folder)), ("link/new.txt", None)]),
        archive(&[("link", Some(Path::new("../.."))), ("link/escaped.txt", None)]),
    ];
    let import = |bytes: Vec<u8>| {
        let request = scene.api.request(Method::POST, "/projects/p/import?replace=true");
        scene.api.send(request.header("content-type", "application/gzip").body(bytes))
    };
    for bytes in archives.clone() {
        let answer = import(bytes).await;
        assert!([200, 422].contains(&answer.status.as_u16()), "{answer:?}");
    }
    for escaped in ["escaped.txt", "projects/escaped.txt", "projects/p/link/escaped.txt"] {
        let is_link = scene.project().join("link").is_symlink();
        assert!(!is_link && (escaped.contains("link") || !scene.data().join(escaped).exists()), "{escaped}");
    }
    // The controls: an honest one comes in, and who unpacks without looking writes outside.
    assert!(import(archive(&[("honest.txt", None)])).await.status.is_success());
    assert!(scene.project().join("honest.txt").exists());
    let careless = tempfile::tempdir().expect("a folder");
    let inner = careless.path().join("inner");
    fs::create_dir(&inner).expect("a folder");
    fs::write(inner.join("evil.tar.gz"), &archives[0]).expect("a file");
    let tar =
        Command::new("tar").args(["--absolute-names", "-xzf", "evil.tar.gz"]).current_dir(&inner).status();
    assert!(tar.expect("tar is here").success() && careless.path().join("escaped.txt").exists());
    scene.unharmed().await;
}

/// A link that is put in the place of the project's folder, or of that of all projects, is not followed either.
#[tokio::test(flavor = "multi_thread")]
async fn f11_link_in_the_place_of_the_project_is_not_followed() {
    let scene = Scene::start().await;
    let project = scene.project();
    fs::remove_dir(&project).expect("it is empty");
    symlink(scene.canaries.file().parent().expect("a folder"), &project).expect("a link");
    // The control: it leads to the canary.
    assert!(project.join("secret.txt").exists());
    let metadata =
        json!({"steps": [step::read("secret.txt"), step::wasi("read", "/project/secret.txt", "")]});
    let request = json!({
        "user_request": "x", "project_id": "p", "workflow_name": "attack", "metadata": metadata,
    });
    let answer = scene.api.post("/execute", &request).await;
    scene.hear(answer.text.as_bytes());
    for asked in ["files", "files/secret.txt", "archive", "diff"] {
        let answer = scene.api.get(&format!("/projects/p/{asked}")).await;
        scene.hear(answer.text.as_bytes());
    }
    scene.unharmed().await;
}
