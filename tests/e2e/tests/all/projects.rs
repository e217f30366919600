//! The files of projects over HTTP: looked at, taken away, brought in, taken back.

use orchestrator_archive::{ArchiveError, Format, Packed, pack};
use orchestrator_core::RelativePath;
use orchestrator_e2e::{Answer, Server, Setup, label};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;

/// An archive of these files.
pub(crate) fn archive(format: Format, files: &[(&str, &str)]) -> Vec<u8> {
    let files = files.iter().map(|(path, content)| {
        let path = RelativePath::parse(path).expect("a path");
        Ok::<_, ArchiveError>(Packed { path, content: content.as_bytes().to_vec(), executable: false })
    });
    let mut bytes = Vec::new();
    pack(format, &mut bytes, files).expect("packed");
    bytes
}

async fn import(server: &Server, query: &str, format: Format, bytes: Vec<u8>) -> Answer {
    let request = server.api.request(Method::POST, &format!("/projects/shop/import{query}"));
    server.api.send(request.header("content-type", format.media_type()).body(bytes)).await
}

/// A server with a project of two files.
async fn shop() -> Server {
    let server = Setup::new().grants("echo", &["write-files"]).guest("echo").start().await;
    let bytes =
        archive(Format::Zip, &[("index.html", "<h1>Shop</h1>\n"), ("src/cart.js", "let cart = [];\n")]);
    import(&server, "", Format::Zip, bytes).await.ok();
    server
}

/// Runs an agent that writes `text` into `path`.
async fn write(server: &Server, path: &str, text: &str) -> orchestrator_e2e::Transcript {
    server
        .api
        .post("/workflows", &json!({"name": "w", "steps": [{"agent_type": "echo", "name": "Say"}]}))
        .await;
    let metadata = json!({"write": path});
    let run = json!({"user_request": text, "project_id": "shop", "workflow_name": "w", "metadata": metadata});
    server.api.run(&run).await
}

fn paths(files: &Value) -> Vec<&str> {
    let files = files.as_array().unwrap_or_else(|| panic!("no list: {files}"));
    files.iter().filter_map(|file| file["path"].as_str()).collect()
}

fn listed(left: &Value) -> Vec<&str> {
    let left = left.as_array().unwrap_or_else(|| panic!("no list: {left}"));
    left.iter().filter_map(|left| left["name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_brought_in_is_listed_and_served_with_a_tag() {
    let server = shop().await;
    let files = server.api.list("/projects/shop/files").await;
    assert_eq!(paths(&files), ["index.html", "src/cart.js"]);
    assert_eq!(files[1]["size"], 15);

    let page = server.api.get("/projects/shop/files/index.html").await;
    assert_eq!((page.status.as_u16(), page.text.as_str()), (200, "<h1>Shop</h1>\n"));
    assert_eq!(page.media_type(), "text/plain", "a page that an agent wrote must not run here");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert!(
        page.headers["content-security-policy"].to_str().is_ok_and(|policy| policy.starts_with("sandbox"))
    );
    let tag = page.headers["etag"].to_str().expect("a tag").to_owned();
    assert_eq!(tag, format!("\"{}\"", files[0]["sha256"].as_str().expect("a digest")));

    let again =
        server.api.request(Method::GET, "/projects/shop/files/index.html").header("if-none-match", &tag);
    let again = server.api.send(again).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    fs::write(server.project("shop").join("index.html"), "new").expect("written");
    let changed =
        server.api.request(Method::GET, "/projects/shop/files/index.html").header("if-none-match", &tag);
    assert_eq!(server.api.send(changed).await.text, "new");

    let projects = server.api.list("/projects").await;
    assert_eq!(projects[0]["project_id"], "shop");
    assert_eq!((&projects[0]["files"], &projects[0]["last_run"]), (&json!(2), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runs_changes_can_be_seen_and_taken_back_and_that_as_well() {
    let server = shop().await;
    let transcript = write(&server, "src/cart.js", "let cart = {};\n").await;
    transcript.complete();
    let taken: Vec<_> = transcript.all("status:snapshot_taken");
    let ids: Vec<_> = taken.iter().filter_map(|event| event["data"]["snapshot"].as_str()).collect();
    let moments: Vec<_> = taken.iter().map(|event| &event["data"]["moment"]).collect();
    assert_eq!(moments, ["before", "after"]);
    assert_ne!(ids[0], ids[1]);

    let diff = server.api.get("/projects/shop/diff").await;
    assert_eq!((diff.status.as_u16(), diff.media_type()), (200, "text/x-diff"));
    assert!(diff.text.contains("-let cart = [];\n+let cart = {};\n"), "{}", diff.text);
    assert!(!diff.text.contains("index.html"), "{}", diff.text);
    let back = server.api.get(&format!("/projects/shop/diff?from={}&to={}", ids[1], &ids[0][..12])).await;
    assert!(back.text.contains("-let cart = {};\n+let cart = [];\n"), "{}", back.text);

    let restored = server.api.post("/projects/shop/restore", &json!({"snapshot": ids[0]})).await.ok();
    assert_eq!(paths(&restored["changes"]), ["src/cart.js"]);
    assert_eq!((&restored["before"], &restored["after"]), (&json!(ids[1]), &json!(ids[0])));
    let cart =
        |server: &Server| fs::read_to_string(server.project("shop").join("src/cart.js")).expect("a file");
    assert_eq!(cart(&server), "let cart = [];\n");
    server.api.post("/projects/shop/restore", &json!({"snapshot": restored["before"]})).await.ok();
    assert_eq!(cart(&server), "let cart = {};\n");

    let snapshots = server.api.list("/projects/shop/snapshots?limit=2").await;
    let kinds: Vec<_> = (0..3).map(|at| snapshots[at]["cause"]["kind"].clone()).collect();
    assert_eq!(kinds, ["restored", "before_restore", "restored"]);
    let old = server.api.get(&format!("/projects/shop/files/src/cart.js?snapshot={}", ids[0])).await;
    assert_eq!(old.text, "let cart = [];\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_it_was_whatever_came_and_went_meanwhile() {
    let server = shop().await;
    let folder = |name: &str| fs::create_dir_all(server.project(name)).expect("a folder");
    ["a", "b", "c"].into_iter().for_each(folder);
    let names = |items: &Value| -> Vec<String> {
        let items = items.as_array().unwrap_or_else(|| panic!("no list: {items}"));
        items.iter().filter_map(|item| item["project_id"].as_str().map(str::to_owned)).collect()
    };
    let page = server.api.get("/projects?limit=2").await.ok();
    assert_eq!(names(&page["items"]), ["a", "b"]);
    let next = page["next"].as_str().expect("a place");
    fs::remove_dir(server.project("b")).expect("removed");
    ["aa", "d"].into_iter().for_each(folder);
    let rest = server.api.get(&format!("/projects?after={next}")).await.ok();
    assert_eq!((names(&rest["items"]).join(" "), &rest["next"]), ("c d shop".to_owned(), &Value::Null));

    let page = server.api.get("/projects/shop/snapshots?limit=1").await.ok();
    let next = page["next"].as_str().expect("a place");
    import(&server, "?replace=true", Format::Zip, archive(Format::Zip, &[("new", "1")])).await.ok();
    let rest = server.api.get(&format!("/projects/shop/snapshots?after={next}")).await.ok();
    assert_eq!(rest["items"][0]["cause"]["kind"], "before_import", "{rest}");
    let elsewhere = server.api.get(&format!("/projects/c/snapshots?after={next}")).await.problem(422);
    assert_eq!(elsewhere["field"], "after");
    for whole in ["/projects/shop/files", "/models", "/plugins", "/tokens"] {
        assert_eq!(server.api.get(whole).await.ok()["next"], Value::Null, "{whole}");
        assert_eq!(server.api.get(&format!("{whole}?limit=1")).await.problem(422)["field"], "limit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_can_be_taken_away_and_brought_in_elsewhere() {
    let server = shop().await;
    for format in [Format::Zip, Format::TarGz] {
        let path = format!("/projects/shop/archive?format={}", format.name());
        let request = server.api.request(Method::GET, &path);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.headers()["content-type"], format.media_type());
        let disposition = response.headers()["content-disposition"].to_str().expect("text").to_owned();
        assert_eq!(disposition, format!("attachment; filename=\"shop.{}\"", format.name()));
        let bytes = response.bytes().await.expect("a whole body").to_vec();
        let other = server.api.request(Method::POST, &format!("/projects/copy-{format:?}/import"));
        let answer =
            server.api.send(other.header("content-type", format.media_type()).body(bytes)).await.ok();
        assert_eq!(paths(&answer["changes"]), ["index.html", "src/cart.js"]);
        let original = server.api.list("/projects/shop/files").await;
        let copy = server.api.list(&format!("/projects/copy-{format:?}/files")).await;
        assert_eq!(original[0]["sha256"], copy[0]["sha256"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_lead_out_are_listed_and_written_nowhere() {
    let server = shop().await;
    let evil = tar_of(&[b"../../escaped", b"/etc/cron.d/x", b"honest"], b"1");
    let imported = import(&server, "?replace=true", Format::TarGz, evil).await.ok();
    let left = listed(&imported["skipped"]);
    assert_eq!(left, ["../../escaped", "/etc/cron.d/x"]);
    assert_eq!(paths(&server.api.list("/projects/shop/files").await), ["honest"]);
    let nothing = import(&server, "?replace=true", Format::TarGz, tar_with("../x", b"1")).await.problem(422);
    assert!(nothing["detail"].as_str().is_some_and(|detail| detail.contains("../x")), "{nothing}");
    assert_eq!(paths(&server.api.list("/projects/shop/files").await), ["honest"], "nothing was changed");
    assert!(!server.data().join("escaped").exists() && !server.project("escaped").exists());

    for (bytes, status) in [(b"no archive".to_vec(), 422), (Vec::new(), 422)] {
        import(&server, "?replace=true", Format::Zip, bytes).await.problem(status);
    }
    let declared = server.api.request(Method::POST, "/projects/shop/import").body("x");
    server.api.send(declared).await.problem(415);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_come_in_is_listed_and_the_rest_comes_in() {
    let server = Setup::new().start().await;
    let names = [b"src/aux.rs".as_slice(), b"._a", b"caf\xe9.txt", b"a", b"A", b"node_modules/x/y.js"];
    let bytes = tar_of(&names, b"1");
    let imported = import(&server, "", Format::TarGz, bytes).await.ok();
    assert_eq!(paths(&imported["changes"]), ["café.txt", "a"]);
    assert_eq!(listed(&imported["skipped"]), ["src/aux.rs", "._a", "A", "node_modules/"]);
    assert_eq!(imported["skipped_total"], 4);
    let guessed = json!({"encoding": "windows-1252", "doubtful": true, "paths": ["café.txt"], "total": 1});
    assert_eq!(imported["guessed_names"], guessed);
}

/// A tar.gz file with one entry of any name.
fn tar_with(name: &str, content: &[u8]) -> Vec<u8> {
    tar_of(&[name.as_bytes()], content)
}

/// A tar.gz file with entries whose names have any bytes.
fn tar_of(names: &[&[u8]], content: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for name in names {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.as_gnu_mut().expect("gnu").name[..name.len()].copy_from_slice(name);
        header.set_cksum();
        tar.append(&header, content).expect("an entry");
    }
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_there_stay_unless_it_is_said_that_they_may_go() {
    let server = shop().await;
    let bytes = archive(Format::TarGz, &[("new.js", "1\n")]);
    let refused = import(&server, "", Format::TarGz, bytes.clone()).await.problem(409);
    assert!(refused["type"].as_str().is_some_and(|kind| kind.ends_with("project-not-empty")), "{refused}");
    let imported = import(&server, "?replace=true", Format::TarGz, bytes).await.ok();
    assert_eq!(paths(&server.api.list("/projects/shop/files").await), ["new.js"]);
    server.api.post("/projects/shop/restore", &json!({"snapshot": imported["before"]})).await.ok();
    assert_eq!(paths(&server.api.list("/projects/shop/files").await), ["index.html", "src/cart.js"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_a_run_works_on_is_busy() {
    const HOLD: &str = "[[reply]]\nagent = 'echo'\nhold = true";
    let server = Setup::new().script(HOLD).guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Ask"}])).await;
    let run =
        json!({"user_request": "x", "project_id": "shop", "workflow_name": "w", "metadata": {"model": true}});
    let mut stream = server.api.execute(&run).await;
    let events = stream.until(|event| label(event) == "status:snapshot_taken").await;
    let snapshot = events.last().expect("an event")["data"]["snapshot"].clone();
    let busy = server.api.post("/projects/shop/restore", &json!({"snapshot": snapshot})).await.problem(409);
    assert_eq!(busy["run_id"], events[0]["run_id"]);
    let bytes = archive(Format::Zip, &[("a", "1")]);
    import(&server, "?replace=true", Format::Zip, bytes).await.problem(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn things_that_are_not_there_are_named() {
    let server = shop().await;
    let unknown = server.api.get("/projects/other/files").await.problem(404);
    assert_eq!(unknown["valid"], json!(["shop"]));
    for path in ["/projects/..%2F..%2Fetc/files", "/projects/shop%00/files"] {
        server.api.get(path).await.problem(404);
    }
    let paths = |list: &Value| -> Vec<Value> {
        list.as_array().expect("a list").iter().map(|file| file["path"].clone()).collect()
    };
    let there = paths(&server.api.list("/projects/shop/files").await);
    let unknown = server.api.get("/projects/shop/files/none.js").await.problem(404);
    assert_eq!(unknown["title"], "Unknown file");
    let named = unknown["valid"].as_array().expect("files that there are");
    assert!(named.len() == there.len() && there.iter().all(|path| named.contains(path)), "{unknown}");
    for path in
        ["/projects/shop/files/..%2F..%2Fsecret", "/projects/shop/files/a%5Cb", "/projects/shop/files/src"]
    {
        let answer = server.api.get(path).await;
        assert!([404, 422].contains(&answer.status.as_u16()), "{path}: {answer:?}");
        assert!(answer.json()["detail"].is_string());
    }
    let newest = server.api.list("/projects/shop/snapshots").await[0]["id"].clone();
    for path in ["files", "files/none.js", "archive", "diff?from=00000000"] {
        let path = if path.contains('?') { path.to_owned() } else { format!("{path}?snapshot=00000000") };
        let unknown = server.api.get(&format!("/projects/shop/{path}")).await.problem(404);
        assert_eq!(unknown["valid"][0], newest, "{path}: {unknown}");
    }
    let newest = newest.as_str().expect("an id");
    let unknown =
        server.api.get(&format!("/projects/shop/files/none.js?snapshot={newest}")).await.problem(404);
    assert_eq!(unknown["valid"].as_array().map(Vec::len), Some(there.len()), "{unknown}");
    server.api.get("/projects/shop/archive?format=rar").await.problem(422);
    server.api.get("/projects/shop/snapshots?limit=0").await.problem(422);
    let refused =
        server.api.post("/projects/shop/restore", &json!({"snapshot": "00000000"})).await.problem(422);
    assert_eq!((&refused["field"], refused["valid"][0].as_str()), (&json!("snapshot"), Some(newest)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_file_outside_is_not_served() {
    let server = shop().await;
    std::os::unix::fs::symlink("/etc/passwd", server.project("shop").join("link")).expect("a link");
    let answer = server.api.get("/projects/shop/files/link").await;
    assert!(!answer.status.is_success() && !answer.text.contains("root:"), "{answer:?}");
    assert_eq!(paths(&server.api.list("/projects/shop/files").await), ["index.html", "src/cart.js"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_snapshot_could_bring_back_is_kept_and_listed() {
    let server = shop().await;
    let large = vec![b'x'; (4 << 20) + 1];
    fs::create_dir_all(server.project("shop").join("data")).expect("a folder");
    for name in ["data/old.bin", "data/new.bin"] {
        fs::write(server.project("shop").join(name), &large).expect("a file");
    }
    fs::write(server.project("shop").join("data/small.bin"), "as it was").expect("a file");
    let content = "x".repeat(large.len());
    let bytes = archive(Format::TarGz, &[("a.js", "1\n"), ("data", "in the way")]);
    let imported = import(&server, "?replace=true", Format::TarGz, bytes).await.ok();
    assert_eq!(listed(&imported["kept"]), ["data/new.bin", "data/old.bin"]);
    assert_eq!(imported["kept_total"], 2);
    assert_eq!(listed(&imported["skipped"]), ["data"], "it would need their place");
    let there = server.api.list("/projects/shop/files").await;
    assert_eq!(paths(&there), ["a.js", "data/new.bin", "data/old.bin"]);

    // What came for its place was left out: the file that is there stays, also a small one.
    fs::write(server.project("shop").join("data/small.bin"), "as it was").expect("a file");
    let bytes = archive(Format::Zip, &[("a.js", "1\n"), ("data/small.bin", &content)]);
    let imported = import(&server, "?replace=true", Format::Zip, bytes).await.ok();
    assert_eq!(listed(&imported["skipped"]), ["data/small.bin"]);
    assert_eq!(listed(&imported["kept"]), ["data/new.bin", "data/old.bin", "data/small.bin"]);
    let kept = fs::read_to_string(server.project("shop").join("data/small.bin")).expect("it is there");
    assert_eq!(kept, "as it was");

    // Going back leaves alone what came since and no snapshot holds.
    fs::write(server.project("shop").join("later.bin"), &large).expect("a file");
    server.api.post("/projects/shop/restore", &json!({"snapshot": imported["before"]})).await.ok();
    assert!(server.project("shop").join("later.bin").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_stays_for_whose_place_something_came_by_any_spelling() {
    let server = Setup::new().start().await;
    let files =
        [("src/a.js", "1\n"), ("src/b.js", "2\n"), ("B.js", "3\n"), ("lib/c.js", "4\n"), ("old.js", "5\n")];
    for spelled in [r"src\b.js", "/src/b.js", "C:/src/b.js", "src/lib/../b.js", "src/b.js ", r"SRC\B.JS"]
        .map(str::as_bytes)
    {
        import(&server, "?replace=true", Format::TarGz, archive(Format::TarGz, &files)).await.ok();
        let bytes = tar_of(&[b"src/a.js", spelled], b"1");
        let imported = import(&server, "?replace=true", Format::TarGz, bytes).await.ok();
        assert_eq!(listed(&imported["kept"]), ["src/b.js"], "{spelled:?}");
        assert_eq!(paths(&server.api.list("/projects/shop/files").await), ["src/a.js", "src/b.js"]);
    }

    // Two that some systems cannot tell apart: the one that stays has the place.
    import(&server, "?replace=true", Format::TarGz, archive(Format::TarGz, &files)).await.ok();
    let bytes = tar_of(&[b"b.js", b"B.js", b"Src/a.js", b"src/b.js", b"new.js"], b"1");
    let imported = import(&server, "?replace=true", Format::TarGz, bytes).await.ok();
    assert_eq!(listed(&imported["kept"]), ["B.js", "src/a.js", "src/b.js"]);
    assert_eq!(listed(&imported["skipped"]), ["B.js", "src/b.js", "b.js", "Src/a.js"]);
    assert_eq!(
        paths(&server.api.list("/projects/shop/files").await),
        ["B.js", "new.js", "src/a.js", "src/b.js"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_started_stays_so_and_what_is_asked_wrongly_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let server = shop().await;
    for format in [Format::Zip, Format::TarGz] {
        let files = [("run.sh", true), ("read.me", false)].map(|(path, executable)| {
            let path = RelativePath::parse(path).expect("a path");
            Ok::<_, ArchiveError>(Packed { path, content: b"#!/bin/sh\n".to_vec(), executable })
        });
        let mut bytes = Vec::new();
        pack(format, &mut bytes, files).expect("packed");
        import(&server, "?replace=true", format, bytes).await.ok();
        let mode = |name: &str| {
            let metadata = fs::metadata(server.project("shop").join(name)).expect("a file");
            metadata.permissions().mode() & 0o111
        };
        assert_eq!((mode("run.sh"), mode("read.me")), (0o111, 0), "{format:?}");
    }
    for strip in ["-1", "9", "one", ""] {
        let refused = import(&server, &format!("?strip={strip}"), Format::Zip, Vec::new()).await.problem(422);
        assert_eq!(
            (&refused["field"], &refused["detail"]),
            (&json!("strip"), &json!("strip: give a number from 0 to 8"))
        );
    }
    let empty = import(&server, "?replace=true", Format::Zip, Vec::new()).await.problem(422);
    assert_eq!(empty["detail"], "the archive cannot be read: it is empty");
}
