//! What is damaged in the store costs itself, and is named.

use super::*;

/// Damages the store as a disk does, and opens it again.
fn damaged(place: SnapshotScene, sql: &str) -> SnapshotScene {
    {
        let inner = place.snapshots.lock().expect("usable");
        let connection = &inner.connection;
        connection.execute_batch("PRAGMA writable_schema = ON").expect("allowed");
        let lax = "UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE type = 'table'";
        connection.execute(lax, []).expect("changed");
    }
    let place = place.reopened();
    let changed = place.snapshots.lock().expect("usable").connection.execute(sql, []).expect("changed");
    assert!(changed > 0, "{sql}");
    place.reopened()
}

/// A project with two snapshots.
fn place() -> (SnapshotScene, [String; 2]) {
    let place = SnapshotScene::new(KEPT);
    place.put("a", "1");
    let first = place.take().id;
    place.put("a", "2");
    let second = place.take().id;
    (place, [first, second])
}

#[test]
fn a_survey_that_cannot_be_read_costs_reading_the_files() {
    for sql in [
        "UPDATE surveys SET root = x'ff00'",
        "UPDATE surveys SET root = 'text'",
        "UPDATE surveys SET root = zeroblob(32)",
        "UPDATE surveys SET body = 'text'",
    ] {
        let (place, [first, second]) = place();
        let place = damaged(place, sql);
        assert_eq!(place.take().id, second, "{sql}");
        let place = damaged(place, sql);
        place.snapshots.restore(&place.project, &first, &place.workspace).expect(sql);
        let problems = place.snapshots.problems();
        assert!(problems.iter().any(|problem| problem.contains("project 'shop'")), "{sql}: {problems:?}");
    }
}

#[test]
fn a_snapshot_that_cannot_be_read_is_named_and_leaves_the_others() {
    for sql in [
        "UPDATE snapshots SET root = zeroblob(32) WHERE number = 2",
        "UPDATE snapshots SET root = 'text' WHERE number = 2",
        "UPDATE snapshots SET time = CAST(x'c328ff' AS TEXT) WHERE number = 2",
    ] {
        let (place, [first, second]) = place();
        let place = damaged(place, sql);
        let listed = place.list();
        assert_eq!(listed.iter().map(|snapshot| &*snapshot.id).collect::<Vec<_>>(), [&*first], "{sql}");
        place.snapshots.restore(&place.project, &first[..9], &place.workspace).expect(sql);
        let known = place.snapshots.files(&place.project, &second).is_ok();
        assert_eq!(known, sql.contains("time"), "{sql}: what is whole of it can be read");
        assert!(place.snapshots.problems()[0].starts_with("snapshot 2 of project 'shop'"), "{sql}");
    }
}

#[test]
fn a_snapshot_that_only_the_index_has_is_named_and_leaves_the_others() {
    let (place, [first, _]) = place();
    {
        let inner = place.snapshots.lock().expect("usable");
        let sql = "PRAGMA writable_schema = ON;
                   CREATE TABLE hidden (sql TEXT, root INTEGER);
                   INSERT INTO hidden SELECT sql, rootpage FROM sqlite_schema WHERE name = 'snapshots_by_project';
                   DELETE FROM sqlite_schema WHERE name = 'snapshots_by_project';";
        inner.connection.execute_batch(sql).expect("hides the index");
    }
    let place = place.reopened();
    {
        let inner = place.snapshots.lock().expect("usable");
        let sql = "DELETE FROM snapshots WHERE number = 2;
                   PRAGMA writable_schema = ON;
                   INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)
                   SELECT 'index', 'snapshots_by_project', 'snapshots', root, sql FROM hidden;";
        inner.connection.execute_batch(sql).expect("brings the index back");
    }
    let place = place.reopened();
    let listed = place.list();
    assert_eq!(listed.iter().map(|snapshot| &*snapshot.id).collect::<Vec<_>>(), [&*first]);
    place.snapshots.files(&place.project, &first).expect("reads");
    assert!(place.snapshots.problems()[0].starts_with("snapshot 2 of project 'shop'"));
}

#[test]
fn an_object_that_cannot_be_read_fails_what_needs_it_and_is_named() {
    for sql in [
        "UPDATE objects SET body = x'0011'",
        "UPDATE objects SET body = 7",
        "UPDATE objects SET packed = 'x'",
    ] {
        let (place, [first, _]) = place();
        let place = damaged(place, sql);
        let refused = place.snapshots.restore(&place.project, &first, &place.workspace).expect_err(sql);
        assert!(matches!(refused, SnapshotError::Damaged(_)), "{sql}: {refused}");
        assert!(place.snapshots.problems()[0].starts_with("object "), "{sql}");
        assert_eq!(place.list().len(), 2);
    }
}
