//! The workspace on a real disk, with the attacks that paths and links make possible.

use crate::{FileEdit, Workspace, WorkspaceError, reserved::STAGED_PREFIX};
use orchestrator_core::{FileChange, FileChangeKind, ProjectId, RelativePath};
use std::{fs, os::unix::fs as unix, path::PathBuf};
use tempfile::TempDir;

mod calls;
mod changes;
mod single;
mod transactions;

/// A project in a folder of its own, with a secret beside it.
pub(crate) struct Project {
    pub(crate) workspace: std::sync::Arc<Workspace>,
    folder: PathBuf,
    projects: TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let projects = TempDir::new().expect("a folder");
        fs::write(projects.path().join("secret"), "the secret").expect("a secret");
        let id = ProjectId::new("shop").expect("a name");
        let workspace = Workspace::open(projects.path(), &id).expect("a workspace").into();
        Self { workspace, folder: projects.path().join("shop"), projects }
    }

    /// Writes as a guest or a command would: past the workspace.
    fn put(&self, path: &str, content: &str) {
        let file = self.folder.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        fs::write(file, content).expect("a file");
    }

    /// Tells people of a change.
    fn told(&self, change: Result<FileChange, WorkspaceError>) {
        self.workspace.announced(&change.expect("changed"));
    }

    fn content(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).expect("a file")
    }

    fn listed(&self) -> Vec<String> {
        self.workspace.list().expect("a listing").into_iter().map(|file| file.path.to_string()).collect()
    }

    /// Names of staged files that were left behind.
    fn leftovers(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).expect("a folder");
        let names = names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(STAGED_PREFIX)).collect()
    }
}

pub(crate) fn path(text: &str) -> RelativePath {
    RelativePath::parse(text).expect("a good path")
}

#[test]
fn what_is_written_can_be_read_and_is_described() {
    let project = Project::new();
    let change = project.workspace.write(&path("src/a.js"), "let a;\n").expect("written");
    assert_eq!(
        (change.path.as_str(), change.operation, change.size),
        ("src/a.js", FileChangeKind::Create, 7)
    );
    assert_eq!(project.workspace.read_text(&path("src/a.js")).expect("read"), "let a;\n");
    let change = project.workspace.write(&path("src/a.js"), "").expect("written");
    assert_eq!((change.operation, change.size), (FileChangeKind::Modify, 0));
    assert_eq!(change.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn a_listing_is_sorted_and_leaves_out_what_tools_made() {
    let project = Project::new();
    for file in [
        "b.js",
        "a/z.js",
        "node_modules/x/index.js",
        "a/__pycache__/z.pyc",
        ".git/config",
        ".GIT/config",
        ".env",
        "target",
    ] {
        project.put(file, "x");
    }
    project.put(&format!("{STAGED_PREFIX}1"), "left by a crash");
    unix::symlink("b.js", project.folder.join("link.js")).expect("a link");
    assert_eq!(project.listed(), [".env", "a/z.js", "b.js", "target"]);
}

#[test]
fn what_a_killed_program_had_staged_is_removed_and_nothing_else_is() {
    let project = Project::new();
    let own = crate::reserved::staged_name();
    let left = [format!("{STAGED_PREFIX}0123-4"), format!("src/deep/{STAGED_PREFIX}0123-5")];
    for file in left.iter().chain([&own]).map(String::as_str).chain(["src/a.js", ".orchestrator-kept-1"]) {
        project.put(file, "x");
    }
    unix::symlink("src/a.js", project.folder.join(format!("{STAGED_PREFIX}link"))).expect("a link");
    fs::create_dir(project.folder.join(format!("{STAGED_PREFIX}folder"))).expect("a folder");
    assert_eq!(project.workspace.remove_leftovers().expect("removed"), 3);
    let mut stays = project.leftovers();
    stays.sort();
    assert_eq!(stays, [own, format!("{STAGED_PREFIX}folder")], "of a transaction at work, no file");
    assert_eq!(project.listed(), [".orchestrator-kept-1", "src/a.js"]);
    assert_eq!(project.workspace.remove_leftovers().expect("nothing left"), 0);
}

#[test]
fn names_that_nobody_could_ask_for_are_not_listed() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let project = Project::new();
    project.put("a\nb", "x");
    fs::write(project.folder.join(OsStr::from_bytes(b"\xff")), "x").expect("a file");
    assert!(project.listed().is_empty());
}

#[test]
fn links_that_lead_out_are_neither_read_nor_written_nor_walked() {
    let project = Project::new();
    let secret = project.projects.path().join("secret");
    unix::symlink(&secret, project.folder.join("absolute")).expect("a link");
    unix::symlink("../secret", project.folder.join("relative")).expect("a link");
    unix::symlink("..", project.folder.join("up")).expect("a link");
    for name in ["absolute", "relative", "up/secret"] {
        let error = project.workspace.read(&path(name)).expect_err("refused");
        assert!(matches!(error, WorkspaceError::Outside(_)), "{name}: {error:?}");
        project.workspace.write(&path(name), "owned").expect_err("refused");
        project.workspace.delete(&path(name)).expect_err("refused");
    }
    project.workspace.write(&path("up/new"), "owned").expect_err("refused");
    assert!(project.listed().is_empty());
    assert_eq!(fs::read_to_string(secret).expect("still there"), "the secret");
    assert!(!project.projects.path().join("new").exists());
}

#[test]
fn a_link_inside_the_project_is_read_and_not_silently_replaced() {
    let project = Project::new();
    project.put("a.txt", "a");
    unix::symlink("a.txt", project.folder.join("b.txt")).expect("a link");
    assert_eq!(project.workspace.read_text(&path("b.txt")).expect("read"), "a");
    let error = project.workspace.write(&path("b.txt"), "b").expect_err("refused");
    assert!(matches!(error, WorkspaceError::NotAFile(_)), "{error:?}");
}

#[test]
fn a_project_folder_that_is_a_link_out_of_the_projects_is_refused() {
    let projects = TempDir::new().expect("a folder");
    let elsewhere = TempDir::new().expect("a folder");
    unix::symlink(elsewhere.path(), projects.path().join("shop")).expect("a link");
    let id = ProjectId::new("shop").expect("a name");
    let error = Workspace::open(projects.path(), &id).expect_err("refused");
    assert!(matches!(error, WorkspaceError::Outside(_)), "{error:?}");
}

#[test]
fn a_named_pipe_is_refused_at_once() {
    let project = Project::new();
    let pipe = project.folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let error = project.workspace.read(&path("pipe")).expect_err("refused");
    assert!(matches!(error, WorkspaceError::NotAFile(_)), "{error:?}");
    assert!(project.listed().is_empty());
}

#[test]
fn a_huge_sparse_file_is_refused_and_not_read() {
    let project = Project::new();
    let file = fs::File::create(project.folder.join("huge")).expect("a file");
    file.set_len(1 << 40).expect("a sparse file");
    let error = project.workspace.read(&path("huge")).expect_err("refused");
    assert!(matches!(error, WorkspaceError::TooLarge { size, .. } if size == 1 << 40), "{error:?}");
}

#[test]
fn bytes_that_are_no_text_are_readable_as_bytes_alone() {
    let project = Project::new();
    project.workspace.write(&path("logo.png"), [0x89, 0xff]).expect("written");
    assert_eq!(project.workspace.read(&path("logo.png")).expect("read"), [0x89, 0xff]);
    let error = project.workspace.read_text(&path("logo.png")).expect_err("refused");
    assert!(matches!(error, WorkspaceError::NotText(_)), "{error:?}");
}

#[test]
fn only_a_file_exists() {
    let project = Project::new();
    project.put("src/a.js", "x");
    let exists = |name| project.workspace.exists(&path(name)).expect("an answer");
    assert!(exists("src/a.js"));
    assert!(!exists("src") && !exists("src/a.js/b") && !exists("b.js") && !exists("none/b.js"));
}

#[test]
fn a_folder_that_is_swapped_for_a_link_in_a_race_never_leads_out() {
    let project = Project::new();
    project.put("d/secret", "harmless");
    let folder = project.folder.clone();
    let swapping = std::thread::spawn(move || {
        for _ in 0..1000 {
            fs::rename(folder.join("d"), folder.join("d2")).expect("moved away");
            // A write may have made the folder anew meanwhile; then there is no link this time.
            let _ = unix::symlink("..", folder.join("d"));
            let _ = fs::remove_file(folder.join("d"));
            while fs::rename(folder.join("d2"), folder.join("d")).is_err() {
                let _ = fs::remove_dir_all(folder.join("d"));
            }
        }
    });
    while !swapping.is_finished() {
        if let Ok(content) = project.workspace.read_text(&path("d/secret")) {
            assert_eq!(content, "harmless");
        }
        let _ = project.workspace.write(&path("d/planted"), "x");
        let _ = project.workspace.delete(&path("d/planted"));
        assert!(project.listed().iter().all(|name| !name.starts_with("d/shop")));
    }
    swapping.join().expect("swapped");
    assert_eq!(
        fs::read_to_string(project.projects.path().join("secret")).expect("still there"),
        "the secret"
    );
    assert!(!project.projects.path().join("planted").exists());
}

#[test]
fn a_socket_is_no_file() {
    let project = Project::new();
    let _socket = std::os::unix::net::UnixListener::bind(project.folder.join("socket")).expect("a socket");
    let refused = project.workspace.read(&path("socket")).expect_err("it has no content");
    assert!(matches!(refused, WorkspaceError::NotAFile(_)), "{refused}");
    assert_eq!(project.listed(), [""; 0]);
}
