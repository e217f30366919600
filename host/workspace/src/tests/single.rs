//! One file changed from outside of a run: what is refused, and that any sequence of changes leaves what a map of paths
//! would hold.

use super::{Project, path};
use crate::{FILE_MAX, FileEdit, WorkspaceError};
use orchestrator_core::FileChangeKind;
use proptest::prelude::*;
use std::{collections::BTreeMap, fs, os::unix::fs as unix, path::Path};

fn put(at: &str, content: &str) -> FileEdit {
    FileEdit::Write { path: path(at), content: content.into(), executable: None }
}

fn delete(at: &str) -> FileEdit {
    FileEdit::Delete { path: path(at) }
}

fn shift(from: &str, to: &str) -> FileEdit {
    FileEdit::Rename { from: path(from), to: path(to), content: None }
}

#[test]
fn what_no_snapshot_holds_is_not_changed() {
    let project = Project::new();
    project.put("src/a.js", "1");
    project.put(".git/config", "[core]");
    unix::symlink("src", project.folder.join("link")).expect("a link");
    unix::symlink("/etc", project.folder.join("out")).expect("a link");
    unix::symlink(".git", project.folder.join("aside")).expect("a link");
    let refused = |edit: FileEdit| project.workspace.change_one(edit).expect_err("refused");
    for place in [
        ".git/config",
        "x/.GIT/hooks/post-checkout",
        ".git",
        "git~1/config",
        ".g\u{200c}it/config",
        ".SVN/entries",
        "node_modules/x.js",
        "a/target/b",
    ] {
        assert!(matches!(refused(put(place, "x")), WorkspaceError::LeftOut { .. }), "{place}");
        assert!(matches!(refused(delete(place)), WorkspaceError::LeftOut { .. }), "{place}");
        assert!(matches!(refused(shift("src/a.js", place)), WorkspaceError::LeftOut { .. }), "{place}");
    }
    for place in ["link/a.js", "out/passwd", "aside/config"] {
        assert!(matches!(refused(put(place, "x")), WorkspaceError::ThroughLink { .. }), "{place}");
        assert!(matches!(refused(delete(place)), WorkspaceError::ThroughLink { .. }), "{place}");
    }
    assert!(matches!(refused(put("link", "x")), WorkspaceError::NotAFile(_)));
    assert!(matches!(refused(put(".orchestrator-staged-1-1", "x")), WorkspaceError::Reserved(_)));
    assert!(matches!(refused(put(".Orchestrator-Staged-1", "x")), WorkspaceError::Reserved(_)));
    assert!(matches!(refused(put(".orchestrator-staged-1/a", "x")), WorkspaceError::LeftOut { .. }));
    assert_eq!(project.content(".git/config"), "[core]");
    assert_eq!(project.content("src/a.js"), "1");
}

#[test]
fn what_is_too_large_for_a_snapshot_can_go_and_is_not_replaced() {
    let project = Project::new();
    let large = FILE_MAX + 1;
    fs::write(project.folder.join("data.bin"), vec![0; usize::try_from(large).unwrap()]).expect("a file");
    let refused = project.workspace.change_one(put("data.bin", "x")).expect_err("refused");
    assert!(matches!(refused, WorkspaceError::Irreplaceable(_)), "{refused}");
    let whole = vec![0; usize::try_from(large).unwrap()];
    let edit = FileEdit::Write { path: path("other.bin"), content: whole, executable: None };
    assert!(matches!(project.workspace.change_one(edit), Err(WorkspaceError::TooLarge { .. })));
    assert!(project.workspace.digest(&path("data.bin")).expect("read").is_some());
    let gone = project.workspace.change_one(delete("data.bin")).expect("deleted");
    assert_eq!(gone.operation, FileChangeKind::Delete);
    assert_eq!(project.workspace.digest(&path("data.bin")).expect("looked"), None);
}

/// What a project's files are said to be.
#[derive(Debug, Clone, Default)]
struct Model(BTreeMap<String, String>);

impl Model {
    fn is_folder(&self, place: &str) -> bool {
        let below = format!("{place}/");
        self.0.keys().any(|path| path.starts_with(&below))
    }

    fn is_there(&self, place: &str) -> bool {
        self.0.contains_key(place) || self.is_folder(place)
    }

    fn is_under_a_file(&self, place: &str) -> bool {
        place.match_indices('/').any(|(at, _)| self.0.contains_key(&place[..at]))
    }

    /// The name beside the first part of `place` that is not there, if other systems take the two for one.
    fn twin(&self, place: &str) -> Option<String> {
        let ends = place.match_indices('/').map(|(at, _)| at).chain([place.len()]);
        let until = ends.into_iter().find(|at| !self.is_there(&place[..*at]))?;
        let there = self.0.keys().filter_map(|path| {
            let depth = place[..until].matches('/').count();
            let same: Vec<&str> = path.split('/').take(depth + 1).collect();
            (same.len() == depth + 1).then(|| same.join("/"))
        });
        let found = there.into_iter().find(|there| {
            let parents = |path: &str| path.rsplit_once('/').map(|(above, _)| above.to_owned());
            parents(there) == parents(&place[..until]) && folded(there) == folded(&place[..until])
        });
        found.map(|there| format!("{there}{}", &place[until..]))
    }

    fn is_free(&self, place: &str) -> bool {
        !self.is_there(place) && !self.is_under_a_file(place)
    }

    /// Makes the change. Says whether it may be made.
    fn change(&mut self, edit: &FileEdit) -> bool {
        match edit {
            FileEdit::Write { path, content, .. } => {
                let place = path.as_str();
                let may = self.0.contains_key(place) || self.is_free(place) && self.twin(place).is_none();
                if may {
                    self.0.insert(place.to_owned(), String::from_utf8_lossy(content).into_owned());
                }
                may
            }
            FileEdit::Delete { path } => self.0.remove(path.as_str()).is_some(),
            FileEdit::Rename { from, to, .. } => {
                let (from, to) = (from.as_str(), to.as_str());
                let parents = |path: &str| path.rsplit_once('/').map(|(above, _)| above.to_owned());
                let alone = |twin: String| twin == from && parents(from) == parents(to);
                let may = self.0.contains_key(from) && self.is_free(to) && self.twin(to).is_none_or(alone);
                if may && let Some(content) = self.0.remove(from) {
                    self.0.insert(to.to_owned(), content);
                }
                may
            }
        }
    }
}

fn folded(text: &str) -> String {
    text.replace("e\u{301}", "\u{e9}").to_lowercase()
}

fn place() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "A", "b", "\u{e9}", "e\u{301}"]);
    prop::collection::vec(name, 1..=3).prop_map(|names| names.join("/"))
}

fn edit() -> impl Strategy<Value = FileEdit> {
    prop_oneof![
        4 => (place(), "[a-z]{0,3}").prop_map(|(at, content)| put(&at, &content)),
        2 => place().prop_map(|at| delete(&at)),
        3 => (place(), place()).prop_map(|(from, to)| shift(&from, &to)),
    ]
}

/// Every file below `folder` with its content; an empty folder is one that ends in `/`.
fn on_disk(folder: &Path, above: &str, found: &mut BTreeMap<String, String>) {
    let mut empty = true;
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("text");
        empty = false;
        match entry.file_type().expect("a type").is_dir() {
            true => on_disk(&entry.path(), &format!("{above}{name}/"), found),
            false => {
                found.insert(format!("{above}{name}"), fs::read_to_string(entry.path()).expect("a file"));
            }
        }
    }
    if empty && !above.is_empty() {
        found.insert(above.to_owned(), String::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_changes_leaves_what_a_map_of_paths_would_hold(
        edits in prop::collection::vec(edit(), 1..24)
    ) {
        let project = Project::new();
        let mut model = Model::default();
        for edit in edits {
            let may = model.change(&edit);
            let done = project.workspace.change_one(edit.clone());
            prop_assert_eq!(done.is_ok(), may, "{:?}: {:?} beside {:?}", edit, done, model);
            let mut there = BTreeMap::new();
            on_disk(&project.folder, "", &mut there);
            prop_assert_eq!(&there, &model.0);
        }
    }
}
