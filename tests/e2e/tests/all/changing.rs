//! One file changed over HTTP: written, deleted, moved, with conditions, and everything that is refused.

use orchestrator_e2e::{Answer, Server, Setup, label, soon};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{fs, os::unix::fs as unix, time::Duration};

fn file(server: &Server, method: Method, path: &str) -> reqwest::RequestBuilder {
    server.api.request(method, &format!("/projects/shop/files/{path}"))
}

async fn put(server: &Server, path: &str, content: impl Into<reqwest::Body>) -> Answer {
    server.api.send(file(server, Method::PUT, path).body(content)).await
}

async fn put_if(server: &Server, path: &str, content: &'static str, condition: (&str, &str)) -> Answer {
    server.api.send(file(server, Method::PUT, path).header(condition.0, condition.1).body(content)).await
}

async fn shift(server: &Server, path: &str, to: &str) -> Answer {
    server.api.send(file(server, Method::PATCH, path).json(&json!({"to": to}))).await
}

async fn paths(server: &Server) -> Vec<String> {
    let files = server.api.list("/projects/shop/files").await;
    let files = files.as_array().expect("a list").iter();
    files.map(|file| file["path"].as_str().expect("a path").to_owned()).collect()
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().expect("text").to_owned()
}

fn kind(problem: &Value) -> &str {
    problem["type"].as_str().expect("a type").rsplit(':').next().expect("a kind")
}

async fn server() -> Server {
    Setup::new().start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_created_replaced_moved_and_deleted_and_each_can_be_taken_back() {
    let server = server().await;
    let created = put(&server, "src/a.js", "1\n").await;
    assert_eq!(created.status, StatusCode::CREATED);
    let body = created.ok();
    assert_eq!(
        (&body["path"], &body["operation"], &body["size"]),
        (&json!("src/a.js"), &json!("create"), &json!(2))
    );
    assert_eq!(tag(&created), format!("\"{}\"", body["sha256"].as_str().expect("a digest")));
    assert_eq!(tag(&file_of(&server, "src/a.js").await), tag(&created));

    let replaced = put(&server, "src/a.js", vec![0, 255]).await;
    assert_eq!((replaced.status, replaced.ok()["operation"].as_str()), (StatusCode::OK, Some("modify")));
    let moved = shift(&server, "src/a.js", "lib/b.js").await;
    assert_eq!((tag(&moved), moved.ok()["from"].clone()), (tag(&replaced), json!("src/a.js")));
    assert_eq!(paths(&server).await, ["lib/b.js"]);
    assert!(!server.project("shop").join("src").exists(), "a folder that holds nothing goes");
    let deleted = server.api.delete("/projects/shop/files/lib/b.js").await.ok();
    assert_eq!(paths(&server).await, [""; 0]);

    // One entry for each change, since what was before each is what the last one left.
    let snapshots = server.api.list("/projects/shop/snapshots").await;
    let causes: Vec<_> = snapshots.as_array().expect("a list").iter().map(|one| &one["cause"]).collect();
    let changed = |path: &str| json!({"kind": "changed", "path": path});
    let first = json!({"kind": "before_change"});
    let expected =
        [changed("lib/b.js"), changed("lib/b.js"), changed("src/a.js"), changed("src/a.js"), first];
    assert_eq!(causes, expected.iter().collect::<Vec<_>>());
    server.api.post("/projects/shop/restore", &json!({"snapshot": deleted["before"]})).await.ok();
    assert_eq!(paths(&server).await, ["lib/b.js"]);
    server.api.post("/projects/shop/restore", &json!({"snapshot": replaced.ok()["before"]})).await.ok();
    assert_eq!(file_of(&server, "src/a.js").await.text, "1\n");

    let audit = server.api.list("/audit?action=file").await;
    let told: Vec<_> =
        audit.as_array().expect("a list").iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(told, ["file.delete", "file.move", "file.write", "file.write"]);
    assert_eq!((&audit[1]["subject"], &audit[1]["detail"]["from"]), (&json!("shop"), &json!("src/a.js")));
}

async fn file_of(server: &Server, path: &str) -> Answer {
    server.api.get(&format!("/projects/shop/files/{path}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_only_where_its_condition_holds() {
    let server = server().await;
    let first = put_if(&server, "a.txt", "1", ("if-none-match", "*")).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let there = put_if(&server, "a.txt", "2", ("if-none-match", "*")).await;
    let problem = there.problem(412);
    assert_eq!((kind(&problem), &problem["etag"]), ("changed-meanwhile", &json!(tag(&first))));
    assert_eq!(tag(&there), tag(&first));

    let second = put_if(&server, "a.txt", "2", ("if-match", &tag(&first))).await;
    assert_eq!(second.status, StatusCode::OK);
    let late = put_if(&server, "a.txt", "3", ("if-match", &tag(&first))).await.problem(412);
    assert_eq!(late["etag"], tag(&second));
    let weak = format!("\"other\", W/{}", tag(&second));
    assert_eq!(put_if(&server, "a.txt", "2", ("if-match", &weak)).await.status, StatusCode::OK);
    assert_eq!(put_if(&server, "a.txt", "2", ("if-match", "*")).await.status, StatusCode::OK);
    let missing = put_if(&server, "b.txt", "1", ("if-match", "*")).await.problem(412);
    assert_eq!(missing["etag"], Value::Null);
    let refused = put_if(&server, "a.txt", "1", ("if-match", "no-tag")).await.problem(422);
    assert_eq!(refused["field"], "If-Match");

    for method in [Method::DELETE, Method::PATCH] {
        let request = file(&server, method, "a.txt").header("if-match", tag(&first));
        let problem = server.api.send(request.json(&json!({"to": "c.txt"}))).await.problem(412);
        assert_eq!(problem["etag"], tag(&second));
    }
    let request = file(&server, Method::DELETE, "a.txt").header("if-match", tag(&second));
    server.api.send(request).await.ok();
    assert_eq!(paths(&server).await, [""; 0]);
    let snapshots = server.api.list("/projects/shop/snapshots").await;
    assert_eq!(snapshots.as_array().map(Vec::len), Some(6), "what was refused left no snapshot: {snapshots}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_under_one_condition_one_is_made() {
    let server = server().await;
    let first = tag(&put(&server, "a.txt", "0").await);
    for round in 0..4 {
        let before = if round == 0 { first.clone() } else { tag(&file_of(&server, "a.txt").await) };
        let write = |writer: usize| {
            let request = file(&server, Method::PUT, "a.txt").header("if-match", &before);
            server.api.send(request.body(format!("{round}-{writer}")))
        };
        let answers = futures::future::join_all((0..6).map(write)).await;
        let won: Vec<_> = (0..6).filter(|writer| answers[*writer].status.is_success()).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert_eq!(file_of(&server, "a.txt").await.text, format!("{round}-{}", won[0]));
        for writer in (0..6).filter(|writer| *writer != won[0]) {
            // One that came while another was at it has no answer yet.
            let answer = &answers[writer];
            match answer.status {
                StatusCode::PRECONDITION_FAILED => {}
                _ => assert_eq!(kind(&answer.problem(409)), "project-busy"),
            }
            write(writer).await.problem(412);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_lead_elsewhere_are_refused_and_nothing_is_written() {
    let server = server().await;
    put(&server, "src/App.js", "1").await.ok();
    put(&server, "cafe%CC%81.md", "1").await.ok();
    let folder = server.project("shop");
    fs::create_dir(folder.join(".git")).expect("a folder");
    fs::write(folder.join(".git/config"), "[core]").expect("a file");
    unix::symlink("/etc", folder.join("out")).expect("a link");
    unix::symlink(".git", folder.join("aside")).expect("a link");
    unix::symlink("src/App.js", folder.join("link.js")).expect("a link");
    let refused = [
        "..%2Fother%2Fa",
        "..%2F..%2Fsecret",
        "%2Fetc%2Fcron.d%2Fx",
        "a%2F..%2F..%2Fb",
        "a%00b",
        "a%0Ab",
        "a%5Cb",
        "C:%2Fa",
        "aux.rs",
        "a.%20",
        ".git/config",
        ".GIT/hooks/post-checkout",
        ".git",
        "node_modules/x.js",
        ".orchestrator-staged-1-1",
        ".orchestrator-staged-1/a",
        "out/passwd",
        "aside/config",
        "link.js",
        "src",
        "src/App.js/x",
        &"x".repeat(300),
    ];
    for path in refused {
        put(&server, path, "evil").await.problem(422);
        let moved = shift(
            &server,
            "src/App.js",
            &path
                .replace("%2F", "/")
                .replace("%00", "\0")
                .replace("%0A", "\n")
                .replace("%5C", "\\")
                .replace("%20", " "),
        )
        .await;
        assert!([409, 422].contains(&moved.status.as_u16()), "{path}: {moved:?}");
        let deleted = server.api.delete(&format!("/projects/shop/files/{path}")).await;
        assert!([404, 422].contains(&deleted.status.as_u16()), "{path}: {deleted:?}");
    }
    for (path, there) in
        [("src/app.js", "src/App.js"), ("Src/x.js", "src"), ("caf%C3%A9.md", "cafe\u{301}.md")]
    {
        let problem = put(&server, path, "twin").await.problem(409);
        assert_eq!(kind(&problem), "file-exists");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(there)), "{problem}");
    }
    assert_eq!(shift(&server, "src/App.js", "cafe\u{301}.md").await.problem(409)["field"], "to");
    let bad = file(&server, Method::PATCH, "src/App.js").json(&json!({"to": "a", "overwrite": true}));
    assert_eq!(server.api.send(bad).await.problem(422)["field"], "overwrite");

    assert_eq!(paths(&server).await, ["cafe\u{301}.md", "src/App.js"]);
    assert_eq!(fs::read_to_string(folder.join(".git/config")).expect("a file"), "[core]");
    assert!(!server.data().join("secret").exists() && !server.project("other").exists());
    shift(&server, "src/App.js", "src/app.js").await.ok();
    assert_eq!(paths(&server).await, ["cafe\u{301}.md", "src/app.js"], "a file may become its own twin");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_file_are_refused() {
    let server = server().await;
    let limit = 4 << 20;
    let whole = put(&server, "whole.bin", vec![b'x'; limit]).await;
    assert_eq!(whole.ok()["size"], limit);
    let over = put(&server, "over.bin", vec![b'x'; limit + 1]).await.problem(413);
    assert!(over["detail"].as_str().is_some_and(|detail| detail.contains("4194304")), "{over}");
    for (name, value) in [("content-range", "bytes 0-1/3"), ("content-encoding", "gzip")] {
        let problem = put_if(&server, "part.txt", "x", (name, value)).await.problem(422);
        assert!(problem["field"].as_str().is_some_and(|field| field.eq_ignore_ascii_case(name)), "{problem}");
    }
    assert_eq!(put(&server, "empty", "").await.status, StatusCode::CREATED);
    assert_eq!(paths(&server).await, ["empty", "whole.bin"]);
    fs::write(server.project("shop").join("large.bin"), vec![b'x'; limit + 1]).expect("a file");
    let kept = put(&server, "large.bin", "small").await.problem(422);
    assert!(kept["detail"].as_str().is_some_and(|detail| detail.contains("no snapshot holds it")), "{kept}");
    server.api.delete("/projects/shop/files/large.bin").await.ok();
    put(&server, "large.bin", "small").await.ok();

    // A project that a refused change would have made is not there.
    let request = server.api.request(Method::PUT, "/projects/new/files/.git/config").body("x");
    server.api.send(request).await.problem(422);
    assert!(!server.project("new").exists());
    for method in [Method::DELETE, Method::PATCH] {
        let request = server.api.request(method, "/projects/new/files/a").json(&json!({"to": "b"}));
        assert_eq!(kind(&server.api.send(request).await.problem(404)), "unknown-project");
    }
    let unknown = server.api.delete("/projects/shop/files/none").await.problem(404);
    assert_eq!(kind(&unknown), "unknown-file");
    assert!(unknown["valid"].as_array().is_some_and(|valid| !valid.is_empty()), "{unknown}");
    assert_eq!(kind(&shift(&server, "none", "b").await.problem(404)), "unknown-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_drips_is_given_up() {
    let patience = Duration::from_millis(300);
    let server = Setup::new().server(|config| config.body_timeout = patience).start().await;
    let drops = futures::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Ok::<_, std::io::Error>(vec![b'x']), ()))
    });
    let request = file(&server, Method::PUT, "slow.txt").body(reqwest::Body::wrap_stream(drops));
    let answer = soon("an answer", server.api.send(request)).await;
    assert_eq!(kind(&answer.problem(408)), "body-timeout");
    assert!(!server.project("shop").exists());
}

const HOLD: &str = "[[reply]]\nagent = 'echo'\nhold = true";

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_a_run_works_on_is_not_changed() {
    let server = Setup::new().script(HOLD).guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Ask"}])).await;
    put(&server, "a.txt", "1").await.ok();
    let run =
        json!({"user_request": "x", "project_id": "shop", "workflow_name": "w", "metadata": {"model": true}});
    let mut stream = server.api.execute(&run).await;
    let events = stream.until(|event| label(event) == "status:snapshot_taken").await;
    for answer in [
        put(&server, "a.txt", "2").await,
        shift(&server, "a.txt", "b.txt").await,
        server.api.delete("/projects/shop/files/a.txt").await,
        server.api.delete("/projects/shop").await,
    ] {
        let problem = answer.problem(409);
        assert_eq!((kind(&problem), &problem["run_id"]), ("project-busy", &events[0]["run_id"]));
    }
    assert_eq!(file_of(&server, "a.txt").await.text, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_and_a_run_that_begin_at_once_do_not_meet() {
    let server = Setup::new().grants("echo", &["write-files"]).guest("echo").start().await;
    server.api.workflow("w", json!([{"agent_type": "echo", "name": "Say"}])).await;
    for round in 0..8 {
        let run = json!({
            "user_request": format!("run {round}"), "project_id": "shop", "workflow_name": "w",
            "metadata": {"write": "a.txt"},
        });
        let execute = server.api.request(Method::POST, "/execute").json(&run);
        let text = format!("write {round}");
        let (ran, written) = tokio::join!(server.api.send(execute), put(&server, "b.txt", text.clone()));
        match (ran.status.as_u16(), written.status.as_u16()) {
            (200, 200 | 201 | 409) | (409, 200 | 201) => {}
            other => panic!("{other:?}: {ran:?} {written:?}"),
        }
        if written.status.is_success() {
            assert_eq!(file_of(&server, "b.txt").await.text, text);
        }
        if ran.status.is_success() {
            assert_eq!(file_of(&server, "a.txt").await.text, format!("run {round}"));
        }
    }
}
