//! The way out that a policy opens, and what it is not to be used for.
//!
//! The one place that is allowed is a package index on this machine, which the server's environment names as companies
//! name their mirrors: so nobody outside is called, and what is allowed is seen to work.

use orchestrator_attacks::{Report, Scene, Setup, can_confine_commands, step};
use orchestrator_e2e::soon;
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
    time::Duration,
};

/// An address that is kept for examples: asked for behind the wall alone.
const OTHER: &str = "192.0.2.1";

/// Answers every request with the page of an index. Ends with the test program.
fn index() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = [0; 4096];
            // Whoever says nothing gets nothing.
            if client.read(&mut head).is_ok_and(|read| read > 0) {
                let page = "<a href=\"pip-1.0.whl\">pip-1.0.whl</a>";
                let head =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length";
                let _ = write!(client, "{head}: {}\r\n\r\n{page}", page.len());
            }
        }
    });
    port
}

/// A policy that lets commands reach these.
fn network(network: &str) -> String {
    format!(
        "[plugin.attacker]\npermissions = [\"read-files\", \"write-files\", \"command\"]\n\
         programs = [\"{{sh|python3}} {{any}}*\"]\nnetwork = {network}\n"
    )
}

/// A server whose commands may reach the index, and perhaps more.
fn reaching(index: u16, allowed: &str) -> Setup {
    let address = format!("http://127.0.0.1:{index}/simple");
    Setup::new().policy(&network(allowed)).variable("PIP_INDEX_URL", &address)
}

/// The index, and the listener that nobody may reach.
fn targets(index: u16, scene: &Scene) -> Vec<String> {
    vec![format!("127.0.0.1:{index}"), format!("127.0.0.1:{}", scene.canaries.port())]
}

#[tokio::test(flavor = "multi_thread")]
async fn n6_the_proxy_understands_nothing_that_can_be_misread() {
    if !can_confine_commands() {
        return;
    }
    let index = index();
    let scene = reaching(index, "[\"pypi\"]").start().await;
    let came = scene.script("N6_proxy.py", &targets(index, &scene)).await;
    let verdict = came.verdict();
    assert_eq!(verdict.outcome, "refused", "{}", came.output());
    // The control: what is allowed, asked for properly, is let through.
    assert_eq!(verdict.detail["properly"], "HTTP/1.1 200 OK", "{}", came.output());
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n7_an_allowed_name_that_leads_inside_is_denied() {
    if !can_confine_commands() {
        return;
    }
    let index = index();
    let canary = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    canary.set_nonblocking(true).expect("a listener can be asked without waiting");
    let name = format!("localhost:{}", canary.local_addr().expect("it is bound").port());
    let scene = reaching(index, &format!("[\"pypi\", \"{name}\"]")).start().await;
    let verdict = scene.verdict("N7_leads_inside.py", &[name]).await;
    assert!(verdict.refused().detail[0].as_str().is_some_and(|said| said.contains(" 403 ")), "{verdict:?}");
    assert!(canary.accept().is_err(), "nobody came");
    // The control: an index that this machine's settings name is reached at an address of the same kind.
    let verdict = scene.verdict("N8_relay.py", &targets(index, &scene)).await;
    assert_eq!(verdict.detail[0], "HTTP/1.1 200 OK");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n8_processes_of_processes_get_the_same_answer() {
    if !can_confine_commands() {
        return;
    }
    let index = index();
    let scene = reaching(index, "[\"pypi\"]").start().await;
    let verdict = scene.verdict("N8_relay.py", &targets(index, &scene)).await;
    // The control: what is allowed comes through the same relay.
    assert_eq!(verdict.refused().detail[0], "HTTP/1.1 200 OK");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n9_there_is_no_way_around_the_proxy() {
    if !can_confine_commands() {
        return;
    }
    let index = index();
    let scene = reaching(index, "[\"pypi\"]").start().await;
    let addresses = [format!("127.0.0.1 {index}"), format!("127.0.0.1 {}", scene.canaries.port())];
    scene.verdict("N2_ports.py", &addresses).await.refused();
    scene.verdict("N1_other_machines.py", &[OTHER.to_owned()]).await.refused();
    let names =
        "import socket\ntry: print(socket.getaddrinfo('canary.invalid', 80))\nexcept OSError: print('no')";
    let report = scene.attack(&[step::start(&["python3", "-c", names])]).await;
    assert!(report.last().output().contains("no\n"), "{report:?}");
    // The control: by the proxy the same index is reached.
    let verdict = scene.verdict("N8_relay.py", &targets(index, &scene)).await;
    assert_eq!(verdict.detail[0], "HTTP/1.1 200 OK");
    scene.unharmed().await;
}

/// Waits until what the server tells an operator is so.
async fn told(scene: &Scene, what: &str, holds: impl Fn(&str) -> bool) {
    soon(what, async {
        while !holds(&scene.api.get("/health").await.ok()["notices"].to_string()) {
            // Nothing tells of it, and one caller has only so many requests.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

fn write_policy(scene: &Scene, text: &str) {
    let part = scene.data().join("policy.part");
    fs::write(&part, format!("version = 1\n{text}")).expect("the data folder can be written");
    fs::rename(&part, scene.data().join("policy.toml")).expect("the data folder can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn n10_an_empty_list_is_a_mistake_and_opens_nothing() {
    if !can_confine_commands() {
        return;
    }
    let scene = reaching(index(), "\"none\"").start().await;
    write_policy(&scene, &network("[]"));
    told(&scene, "the mistake to be told", |notices| notices.contains("policy.toml:5")).await;
    scene.verdict("N1_other_machines.py", &[OTHER.to_owned()]).await.refused();
    assert_eq!(scene.attack(&[proxy_is()]).await.last().output(), "None\n");
    // The control: a list that is none is no mistake, and one with a word in it opens that.
    write_policy(&scene, &network("[\"pypi\"]"));
    told(&scene, "the mistake to be gone", |notices| !notices.contains("policy.toml")).await;
    assert!(scene.attack(&[proxy_is()]).await.last().output().starts_with("http://"));
    scene.unharmed().await;
}

/// Prints where the way out is.
fn proxy_is() -> Value {
    step::start(&["python3", "-c", "import os; print(os.environ.get('HTTPS_PROXY'))"])
}

#[tokio::test(flavor = "multi_thread")]
async fn n11_a_list_that_grows_does_not_grow_for_runs_under_way() {
    if !can_confine_commands() {
        return;
    }
    let scene = reaching(index(), "\"none\"").start().await;
    let wait = "import os, time\nopen('up', 'w').close()\nwhile not os.path.exists('go'): time.sleep(0.02)";
    let request = json!({
        "user_request": "attack", "project_id": "p", "workflow_name": "attack",
        "metadata": {"steps": [step::start(&["python3", "-c", wait]), proxy_is()]},
    });
    let stream = scene.api.execute(&request).await;
    let project = scene.project();
    soon("the command to be at work", async {
        while !project.join("up").exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    write_policy(&scene, &network("[\"pypi\"]"));
    // The control: runs that begin now have it.
    let steps = json!({"steps": [proxy_is()]});
    soon("the policy to be read", async {
        while Report::of(scene.run("attack", "q", "attack", &steps).await).last().output() == "None\n" {}
    })
    .await;
    fs::write(project.join("go"), "").expect("the data folder can be written");
    assert_eq!(Report::of(stream.transcript().await).last().output(), "None\n");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n12_only_so_much_is_given_away() {
    if !can_confine_commands() {
        return;
    }
    let index = index();
    let scene = reaching(index, "[\"pypi\"]").start().await;
    let verdict = scene.verdict("N12_volume.py", &[format!("127.0.0.1:{index}")]).await;
    let sent = verdict.refused().detail[0].as_u64().unwrap_or_default();
    // The control: until then it was let through.
    assert!((8 << 20..=16 << 20).contains(&sent), "{verdict:?}");
    // The next command begins anew.
    let verdict = scene.verdict("N8_relay.py", &targets(index, &scene)).await;
    assert_eq!(verdict.detail[0], "HTTP/1.1 200 OK");
    scene.unharmed().await;
}
