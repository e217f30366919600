//! The store on a real disk.

use super::*;
use orchestrator_core::{Digest, ProjectId, RelativePath};
use orchestrator_workspace::{FileEdit, Survey, Workspace};
use proptest::prelude::*;
use std::{collections::BTreeMap, fs, path::PathBuf};
use tempfile::TempDir;

mod damage;
mod restoring;

struct SnapshotScene {
    snapshots: Snapshots,
    workspace: Workspace,
    project: ProjectId,
    folder: PathBuf,
    data: TempDir,
}

impl SnapshotScene {
    fn new(kept: usize) -> Self {
        let data = TempDir::new().expect("a folder");
        let project = ProjectId::new("shop").expect("a name");
        let workspace = Workspace::open(&data.path().join("projects"), &project).expect("a workspace");
        let snapshots = Snapshots::open(&data.path().join("snapshots.sqlite"), kept).expect("a store");
        let folder = data.path().join("projects/shop");
        Self { snapshots, workspace, project, folder, data }
    }

    fn put(&self, path: &str, content: &str) {
        let file = self.folder.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        fs::write(file, content).expect("a file");
    }

    fn take(&self) -> Snapshot {
        let taken = self.snapshots.take(&self.project, &self.workspace, Cause::Imported, None);
        taken.expect("a snapshot").snapshot
    }

    fn list(&self) -> Vec<Snapshot> {
        let all = self.snapshots.list(&self.project, None, usize::MAX).expect("a list");
        all.into_iter().map(|(_, snapshot)| snapshot).collect()
    }

    fn objects(&self) -> i64 {
        let inner = self.snapshots.lock().expect("usable");
        inner.connection.query_row("SELECT count(*) FROM objects", [], |row| row.get(0)).expect("a count")
    }

    fn reopened(self) -> Self {
        let Self { workspace, project, folder, data, snapshots } = self;
        let kept = snapshots.kept;
        drop(snapshots);
        let snapshots = Snapshots::open(&data.path().join("snapshots.sqlite"), kept).expect("a store");
        Self { snapshots, workspace, project, folder, data }
    }
}

#[test]
fn equal_files_have_one_id_and_are_stored_once() {
    let place = SnapshotScene::new(KEPT);
    place.put("src/a.js", "a");
    place.put("src/copy.js", "a");
    let first = place.take();
    assert_eq!((first.files, first.bytes), (2, 2));
    let objects = place.objects();
    assert_eq!(objects, 3, "one content, two folders");
    let second = place.take();
    assert_eq!((second.id, place.objects()), (first.id.clone(), objects));
    place.put("b.js", "b");
    assert_ne!(place.take().id, first.id);
    assert_eq!(place.objects(), objects + 2, "one content, one folder");
    assert_eq!(place.list().len(), 3);
}

#[test]
fn files_and_contents_can_be_read_by_a_shortened_id() {
    let place = SnapshotScene::new(KEPT);
    place.put("src/deep/a.js", "let a;\n");
    place.put("b", "");
    let id = place.take().id;
    place.put("src/deep/a.js", "changed");
    let files = place.snapshots.files(&place.project, &id[..8].to_uppercase()).expect("files");
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["b", "src/deep/a.js"]);
    assert_eq!(place.snapshots.content(&files[1]).expect("content"), b"let a;\n");
}

#[test]
fn ids_that_are_unknown_too_short_or_no_ids_are_refused() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    let id = place.take().id;
    let other = ProjectId::new("other").expect("a name");
    for bad in ["", &id[..7], "zzzzzzzz", "%%%%%%%%", "________", "' OR 1=1", &format!("{id}0")] {
        let refused = place.snapshots.files(&place.project, bad).expect_err("no snapshot");
        assert!(matches!(refused, SnapshotError::Unknown { .. }), "{bad:?}: {refused}");
    }
    let refused = place.snapshots.files(&other, &id).expect_err("another project's");
    assert!(matches!(refused, SnapshotError::Unknown { .. }), "{refused}");
}

#[test]
fn what_nobody_was_told_of_since_the_last_snapshot_of_the_run_is_told() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    let first = place.snapshots.take(&place.project, &place.workspace, Cause::Imported, None).expect("taken");
    assert_eq!(first.unannounced, []);
    place.put("a", "2");
    // Written by the workspace, and nobody was told: the call that wanted it was cut off.
    place.workspace.write(&RelativePath::parse("own").expect("a path"), "1").expect("written");
    let since = Some(&*first.survey);
    let second =
        place.snapshots.take(&place.project, &place.workspace, Cause::Imported, since).expect("taken");
    let paths: Vec<_> = second.unannounced.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["a", "own"]);
}

#[test]
fn a_store_that_is_opened_again_knows_what_is_stored() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    let id = place.take().id;
    let place = place.reopened();
    assert_eq!(place.take().id, id);
    assert_eq!(place.objects(), 2);
}

#[test]
fn old_snapshots_are_given_up_and_what_only_they_had_is_swept_out() {
    let place = SnapshotScene::new(2);
    for content in ["1", "2", "3"] {
        place.put("a", content);
        place.take();
    }
    assert_eq!(place.list().len(), 2);
    assert_eq!(place.objects(), 6);
    assert_eq!(place.snapshots.sweep().expect("swept"), 2);
    assert_eq!(place.snapshots.sweep().expect("swept"), 0);
    let kept = place.list();
    let files = place.snapshots.files(&place.project, &kept[1].id).expect("files");
    assert_eq!(place.snapshots.content(&files[0]).expect("content"), b"2");
    place.snapshots.forget(&place.project).expect("forgotten");
    assert_eq!(place.snapshots.sweep().expect("swept"), 4);
    place.take();
    assert_eq!(place.objects(), 2, "what was swept out is stored again");
}

#[test]
fn a_list_goes_on_where_it_was_whatever_came_and_went_meanwhile() {
    let place = SnapshotScene::new(4);
    for content in ["1", "2", "3", "4"] {
        place.put("a", content);
        place.take();
    }
    let before = place.list();
    let page = |after, limit| place.snapshots.list(&place.project, after, limit).expect("a page");
    let first = page(None, 2);
    // Another comes, and with it the oldest goes.
    place.put("a", "5");
    place.take();
    let rest = page(first.last().map(|(number, _)| *number), 9);
    let seen: Vec<_> = first.into_iter().chain(rest).map(|(_, snapshot)| snapshot).collect();
    assert_eq!(seen, before[..3]);
}

#[test]
fn a_file_over_the_limit_is_known_and_not_stored() {
    let place = SnapshotScene::new(KEPT);
    let size = orchestrator_workspace::FILE_MAX + 1;
    fs::File::create(place.folder.join("big")).and_then(|file| file.set_len(size)).expect("a file");
    let id = place.take().id;
    let files = place.snapshots.files(&place.project, &id).expect("files");
    assert_eq!((files[0].size, files[0].stored), (size, false));
    let refused = place.snapshots.content(&files[0]).expect_err("not stored");
    assert!(matches!(refused, SnapshotError::NotStored { .. }), "{refused}");
}

#[test]
fn an_object_that_was_changed_on_the_disk_is_noticed() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "good");
    let id = place.take().id;
    let file = place.snapshots.files(&place.project, &id).expect("files").remove(0);
    let bad = b"evil".as_slice();
    let sql = "UPDATE objects SET body = ?1 WHERE digest = ?2";
    place
        .snapshots
        .lock()
        .expect("usable")
        .connection
        .execute(sql, rusqlite::params![bad, file.digest.0])
        .expect("changed");
    assert!(matches!(place.snapshots.content(&file), Err(SnapshotError::Damaged(_))));
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() {
    let place = SnapshotScene::new(KEPT);
    place.snapshots.lock().expect("usable").connection.pragma_update(None, "user_version", 99).expect("set");
    let refused = Snapshots::open(&place.data.path().join("snapshots.sqlite"), KEPT).expect_err("newer");
    assert!(refused.to_string().contains("has format 99, this program knows 1"), "{refused}");
}
