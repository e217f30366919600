//! Restoring, and what it must not touch.

use super::*;

/// Every file of the project with its content, past the workspace.
fn contents(place: &SnapshotScene) -> BTreeMap<String, (Vec<u8>, bool)> {
    let survey = place.workspace.survey(&Survey::default()).expect("a survey");
    let read = |path: &RelativePath| fs::read(place.folder.join(path.as_str())).expect("a file");
    survey.files().map(|(path, file)| (path.to_string(), (read(path), file.is_executable()))).collect()
}

fn apply(place: &SnapshotScene, files: &BTreeMap<String, (Vec<u8>, bool)>) {
    let edits = files.iter().map(|(path, (content, executable))| FileEdit::Write {
        path: RelativePath::parse(path).expect("a path"),
        content: content.clone(),
        executable: Some(*executable),
    });
    place.workspace.apply(edits.collect()).expect("written");
}

fn clear(place: &SnapshotScene) {
    fs::remove_dir_all(&place.folder).expect("gone");
    fs::create_dir(&place.folder).expect("a folder");
}

#[test]
fn a_restored_project_is_what_it_was_and_that_can_be_taken_back() {
    let place = SnapshotScene::new(KEPT);
    place.put("kept", "1");
    place.put("changed", "1");
    place.put("lib/gone.js", "1");
    let before = place.take().id;
    let earlier = contents(&place);
    fs::remove_dir_all(place.folder.join("lib")).expect("gone");
    place.put("changed", "2");
    place.put("new/deep/file", "1");
    place.put("node_modules/x/index.js", "x");
    let after = place.take().id;
    let later = contents(&place);

    let changes = place.snapshots.restore(&place.project, &before, &place.workspace).expect("restored");
    assert_eq!(changes.len(), 3);
    assert_eq!(contents(&place), earlier);
    assert!(!place.folder.join("new").exists(), "folders that became empty go");
    assert!(place.folder.join("node_modules/x/index.js").exists(), "what is left out is left alone");
    place.snapshots.restore(&place.project, &after, &place.workspace).expect("restored");
    assert_eq!(contents(&place), later);
}

#[test]
fn a_file_that_became_a_folder_becomes_a_file_again() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    place.put("b/c", "1");
    let id = place.take().id;
    let earlier = contents(&place);
    fs::remove_file(place.folder.join("a")).expect("gone");
    fs::remove_dir_all(place.folder.join("b")).expect("gone");
    place.put("a/x/y", "2");
    place.put("b", "2");
    place.snapshots.restore(&place.project, &id, &place.workspace).expect("restored");
    assert_eq!(contents(&place), earlier);
}

#[test]
fn a_link_that_leads_out_stops_restoring_before_anything_changed() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    place.put("out/secret", "1");
    let id = place.take().id;
    place.put("a", "2");
    fs::remove_dir_all(place.folder.join("out")).expect("gone");
    std::os::unix::fs::symlink(place.data.path(), place.folder.join("out")).expect("a link");
    place.snapshots.restore(&place.project, &id, &place.workspace).expect_err("it leads out");
    assert_eq!(fs::read_to_string(place.folder.join("a")).expect("a file"), "2");
    assert!(!place.data.path().join("secret").exists());
}

/// Trees of up to a dozen files, with names that people use and content of any bytes.
fn any_tree() -> impl Strategy<Value = BTreeMap<String, (Vec<u8>, bool)>> {
    let name = "[a-cé]{1,2}";
    let path = prop_oneof![name.prop_map(String::from), (name, name).prop_map(|(a, b)| format!("{a}/{b}"))];
    let file = (prop::collection::vec(any::<u8>(), 0..600), any::<bool>());
    prop::collection::btree_map(path, file, 0..12).prop_map(|mut tree| {
        // A file cannot be where another one needs a folder.
        let folders: Vec<_> =
            tree.keys().filter_map(|path| Some(path.split_once('/')?.0.to_owned())).collect();
        tree.retain(|path, _| !folders.contains(path));
        tree
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn restoring_any_snapshot_over_any_other_files_brings_its_files_back(one in any_tree(), other in any_tree()) {
        let place = SnapshotScene::new(KEPT);
        apply(&place, &one);
        let id = place.take().id;
        clear(&place);
        let place = SnapshotScene { workspace: Workspace::open(&place.data.path().join("projects"), &place.project).expect("a workspace"), ..place };
        apply(&place, &other);
        let later = place.take().id;
        place.snapshots.restore(&place.project, &id, &place.workspace).expect("restored");
        prop_assert_eq!(&contents(&place), &one);
        let again = place.take().id;
        prop_assert_eq!(&again, &id);
        place.snapshots.restore(&place.project, &later, &place.workspace).expect("restored");
        prop_assert_eq!(&contents(&place), &other);
        prop_assert_eq!(place.snapshots.sweep().expect("swept"), 0);
    }
}

#[test]
fn digests_are_of_the_contents() {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    let id = place.take().id;
    let files = place.snapshots.files(&place.project, &id).expect("files");
    assert_eq!(files[0].digest, Digest::of(b"1"));
}
