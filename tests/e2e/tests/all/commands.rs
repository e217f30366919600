//! Commands on a whole server: what is left of a project after one, and a server without a sandbox.

use crate::demo::has_node;
use orchestrator_e2e::{Server, Setup, Transcript};
use serde_json::{Value, json};
use std::fs;

/// Writes a project whose test makes, changes and hides files.
const SCRIPT: &str = r#"
[[reply]]
agent = "writer"
text = '''
<file-{{nonce}} path="package.json">
{"type": "module", "scripts": {"test": "node test.mjs"}}
</file-{{nonce}}>
<file-{{nonce}} path="page.html">
<p>written</p>
</file-{{nonce}}>
<file-{{nonce}} path="test.mjs">
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";

writeFileSync("page.html", "changed by the command\n");
mkdirSync("made/deep", { recursive: true, mode: 0o700 });
writeFileSync("made/deep/secret.txt", "made by the command\n", { mode: 0o600 });
symlinkSync("/etc/passwd", "made/link");
chmodSync("page.html", 0o600);
console.log("was uid", process.getuid());
</file-{{nonce}}>
'''

[[reply]]
agent = "tester"
text = '{"install": [], "test": [["npm", "test"]]}'
"#;

async fn steps(server: &Server, name: &str, steps: Value, request: &str, metadata: Value) -> Transcript {
    server.api.workflow(name, steps).await;
    let request =
        json!({"user_request": request, "project_id": "p", "workflow_name": name, "metadata": metadata});
    server.api.run(&request).await
}

/// What writes the project and tests it.
fn write_and_test() -> Value {
    json!([{"agent_type": "writer", "name": "Write"}, {"agent_type": "tester", "name": "Test", "retry_count": 0}])
}

fn read(server: &Server, path: &str) -> String {
    fs::read_to_string(server.project("p").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_command_the_projects_files_are_the_servers_as_before() {
    if !has_node() {
        return;
    }
    let server = Setup::new().script(SCRIPT).grants("echo", &["write-files"]).guest("echo").start().await;
    let run = steps(&server, "first", write_and_test(), "a page", json!({})).await;
    run.complete();
    let said = serde_json::to_string(&run.0).expect("is JSON");
    assert!(said.contains("was uid ") && !said.contains("was uid 0"), "never as root");
    assert_eq!(read(&server, "page.html"), "changed by the command\n");

    // Surveys and snapshots see what the command left.
    let files = server.api.list("/projects/p/files").await;
    let paths: Vec<_> =
        files.as_array().into_iter().flatten().filter_map(|file| file["path"].as_str()).collect();
    assert_eq!(paths, ["made/deep/secret.txt", "package.json", "page.html", "test.mjs"]);
    let snapshots = server.api.list("/projects/p/snapshots").await;
    let tested = snapshots[0]["id"].as_str().or(snapshots[0]["snapshot"].as_str()).expect("an id").to_owned();

    // Agents write over it, and take the command's own files back by a snapshot.
    for (at, path) in ["page.html", "made/deep/secret.txt", "made/deep/new.txt"].into_iter().enumerate() {
        let echo = json!([{"agent_type": "echo", "name": "Say"}]);
        steps(&server, &format!("write-{at}"), echo, "written by an agent", json!({"write": path}))
            .await
            .complete();
        assert_eq!(read(&server, path), "written by an agent");
    }
    server.api.post("/projects/p/restore", &json!({"snapshot": tested})).await.ok();
    assert_eq!(read(&server, "page.html"), "changed by the command\n");
    assert_eq!(read(&server, "made/deep/secret.txt"), "made by the command\n");
    assert!(!server.project("p").join("made/deep/new.txt").exists());

    // And the next command changes them once more.
    let again =
        steps(&server, "again", json!([{"agent_type": "tester", "name": "Test"}]), "again", json!({})).await;
    let said = serde_json::to_string(&again.all("command_execute")).expect("is JSON");
    assert!(said.contains("EEXIST"), "the link is there, all else was written: {said}");
    let archive = server.api.get("/projects/p/archive?format=zip").await;
    assert_eq!(archive.status.as_u16(), 200);
}

/// Writes a project whose test tells its limits, writes a large file and never ends.
const BOUNDED: &str = r#"
[[reply]]
agent = "writer"
text = '''
<file-{{nonce}} path="package.json">
{"type": "module", "scripts": {"test": "node test.mjs"}}
</file-{{nonce}}>
<file-{{nonce}} path="test.mjs">
import { readFileSync, writeFileSync } from "node:fs";

process.on("SIGXFSZ", () => {});
for (const line of readFileSync("/proc/self/limits", "utf8").split("\n")) {
  const [, what, , most] = /^Max (file size|data size|processes) +(\d+) +(\d+) /.exec(line) ?? [];
  if (what) console.log("most", what, most);
}
try {
  writeFileSync("large", Buffer.alloc(3 << 20));
} catch (error) {
  console.log("writing", error.code);
}
setInterval(() => {}, 1000);
</file-{{nonce}}>
'''

[[reply]]
agent = "tester"
text = '{"install": [], "test": [["npm", "test"]]}'
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_lowers_what_commands_may_use_up_and_never_raises_it() {
    if !has_node() {
        return;
    }
    let limits = "[plugin.tester.limits]\ncommand_wall = \"4s\"\ncommand_memory = \"1GiB\"\n\
                  command_processes = 1000\ncommand_file = \"2MiB\"\n";
    let server = Setup::new().script(BOUNDED).policy(limits).start().await;
    let run = steps(&server, "first", write_and_test(), "a page", json!({})).await;
    let finished = run
        .all("command_execute")
        .into_iter()
        .find(|event| event["data"]["status"] == "finished")
        .unwrap_or_else(|| panic!("no command ended: {run}"));
    let outcome = &finished["data"]["outcome"];
    assert_eq!(outcome["limit"], "time", "{outcome}");
    let output = outcome["output"].as_str().unwrap_or_default();
    for line in ["most file size 2097152", "most data size 1073741824", "most processes 256", "writing EFBIG"]
    {
        assert!(output.contains(line), "no '{line}' in {output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_bubblewrap_commands_are_refused_and_everything_else_works() {
    let missing = |commands: &mut orchestrator::commands::SandboxConfig| {
        commands.bubblewrap = "/no/such/bwrap".into();
    };
    let server = Setup::new()
        .script(SCRIPT)
        .commands(missing)
        .grants("echo", &["write-files"])
        .guest("echo")
        .start()
        .await;
    let sandbox = &server.api.get("/health").await.ok()["sandbox"];
    assert_eq!((&sandbox["actual"], &sandbox["required"]), (&json!("none"), &json!("namespaces")));

    let run = steps(&server, "first", write_and_test(), "a page", json!({})).await;
    let refusal = serde_json::to_string(&run.0).expect("is JSON");
    assert!(refusal.contains("apt install bubblewrap"), "{refusal}");
    assert_eq!(run.all("command_execute").len(), 0, "nothing was started");
    assert_eq!(read(&server, "page.html"), "<p>written</p>\n");

    let detail = server.api.get(&format!("/runs/{}", run.run_id())).await.ok();
    assert_eq!(detail["sandbox"]["level"], "none");
    let missing = detail["sandbox"]["missing"].to_string();
    assert!(missing.contains("bubblewrap cannot be started"), "{missing}");

    let echo = json!([{"agent_type": "echo", "name": "Say"}]);
    steps(&server, "write", echo, "written", json!({"write": "page.html"})).await.complete();
    let snapshots = server.api.list("/projects/p/snapshots").await;
    assert!(snapshots.as_array().is_some_and(|snapshots| snapshots.len() > 1), "{snapshots}");
    assert_eq!(server.api.get("/projects/p/archive?format=zip").await.status.as_u16(), 200);
}
