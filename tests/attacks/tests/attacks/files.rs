//! Ways out of a project's folder by names and links.

use orchestrator_attacks::{Scene, can_confine_commands, step};
use reqwest::Method;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::symlink, path::Path};

/// The ways in which an agent reads what is at a path of its project, through the host and through WASI.
fn reads(path: &str) -> [Value; 2] {
    [step::read(path), step::wasi("read", &format!("/project/{path}"), "")]
}

/// The ways in which it changes that.
fn changes(path: &str) -> [Value; 5] {
    let seen = format!("/project/{path}");
    [
        step::write(path, "changed"),
        step::wasi("write", &seen, "changed"),
        step::wasi("rename", &seen, "/project/moved"),
        step::wasi("delete", &seen, ""),
        step::delete(path),
    ]
}

/// What the API answers when it is asked for everything that it shows of the project.
async fn shown(scene: &Scene, paths: &[&str]) -> String {
    let fixed = ["files", "diff", "archive", "archive?format=tar.gz", "snapshots"].map(str::to_owned);
    let asked = fixed.into_iter().chain(paths.iter().map(|path| format!("files/{path}")));
    let mut shown = String::new();
    for path in asked {
        let answer = scene.api.get(&format!("/projects/p/{path}")).await;
        scene.hear(answer.text.as_bytes());
        shown.push_str(&answer.text);
    }
    shown
}

/// The control of a way out: it does lead to the canary for whoever may go there.
fn leads_out(scene: &Scene, path: &str) {
    let from_outside = fs::read_to_string(scene.project().join(path));
    assert_eq!(from_outside.ok().as_deref(), Some(scene.canaries.content()), "the control of {path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_dots_lead_nowhere() {
    let scene = Scene::start().await;
    fs::create_dir(scene.project().join("d")).expect("a folder");
    let out = scene.out_to(&scene.canaries.file());
    for path in [out.clone(), format!("d/../{out}"), format!("./{out}"), format!("d/../../../../{out}")] {
        leads_out(&scene, &path);
        scene.attack(&reads(&path)).await.all_refused();
        scene.attack(&changes(&path)).await.all_refused();
        shown(&scene, &[&path.replace('/', "%2F"), &path.replace("..", "%2e%2e")]).await;
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_absolute_paths_lead_nowhere() {
    let scene = Scene::start().await;
    let file = scene.canaries.file().display().to_string();
    for path in [file.clone(), format!("/{file}"), "/etc/passwd".to_owned()] {
        // The control: the machine has a file of this name.
        assert!(Path::new(&path).exists());
        let ways = [step::read(&path), step::write(&path, "x"), step::delete(&path)];
        scene.attack(&ways).await.all_refused();
        let ways =
            [step::wasi("read", &path, ""), step::wasi("write", &path, "x"), step::wasi("delete", &path, "")];
        scene.attack(&ways).await.all_refused();
        shown(&scene, &[&path.replace('/', "%2F")]).await;
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f3_links_are_not_followed_out() {
    let scene = Scene::start().await;
    let (project, file) = (scene.project(), scene.canaries.file());
    symlink(&file, project.join("link")).expect("a link");
    symlink(scene.out_to(&file), project.join("dots")).expect("a link");
    symlink("link", project.join("twice")).expect("a link");
    symlink("/proc/self/root", project.join("root")).expect("a link");
    symlink(file.parent().expect("a folder"), project.join("folder")).expect("a link");
    symlink("..", project.join("up")).expect("a link");
    let through_root = format!("root{}", file.display());
    let through_up = format!("up/{}", scene.out_to(&file));
    for path in ["link", "dots", "twice", &through_root, "folder/secret.txt", &through_up] {
        leads_out(&scene, path);
        scene.attack(&reads(path)).await.all_refused();
    }
    for folder in ["folder", "root", "up"] {
        scene.attack(&[step::wasi("list", &format!("/project/{folder}"), "")]).await.all_refused();
    }
    for path in [&through_root, "folder/secret.txt", "folder/new.txt", &through_up] {
        scene.attack(&changes(path)).await.all_refused();
    }
    let listed = scene.attack(&[step::list()]).await;
    assert_eq!(listed.last().text(), "", "links are not among the files");
    // A link by its own name may be replaced, moved or deleted: it is the project's. What it leads to is not.
    for path in ["link", "dots", "twice", "root", "folder", "up"] {
        scene.attack(&changes(path)).await;
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_links_that_lead_out_are_not_made_by_wasi() {
    let scene = Scene::start().await;
    fs::write(scene.project().join("kept.txt"), "kept").expect("a file");
    let file = scene.canaries.file().display().to_string();
    scene.attack(&[step::wasi("symlink", "/project/a", &file)]).await.all_refused();
    scene.attack(&[step::wasi("symlink", "/project/b", &scene.out_to(&scene.canaries.file()))]).await;
    for link in ["a", "b"] {
        scene.attack(&reads(link)).await.all_refused();
    }
    // The control: a link to the project's own is made, and followed.
    let own = [step::wasi("symlink", "/project/own", "kept.txt"), step::wasi("read", "/project/own", "")];
    assert_eq!(scene.attack(&own).await.all_done().last().text(), "kept");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_links_that_a_command_made_show_nothing() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let file = scene.canaries.file();
    let folder = file.parent().expect("a folder").display().to_string();
    let make = format!(
        "ln -s {} link && ln -s {folder} folder && mkdir d && ln -s {folder} d/folder",
        file.display()
    );
    scene.attack(&[step::start(&["sh", "-c", &make])]).await.all_done();
    for path in ["link", "folder/secret.txt", "d/folder/secret.txt"] {
        leads_out(&scene, path);
        scene.attack(&reads(path)).await.all_refused();
        let answer = scene.api.get(&format!("/projects/p/files/{path}")).await;
        assert!(!answer.status.is_success(), "{answer:?}");
    }
    let said = shown(&scene, &["link", "folder%2Fsecret.txt", "d/folder/secret.txt"]).await;
    assert!(!said.contains("secret.txt\""), "{said}");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f12_other_spellings_of_names_have_no_power() {
    // A grant in a file that is called like the policy is none, however it is spelt.
    let granting =
        "version = 1\n[plugin.attacker]\npermissions = [\"command\"]\nprograms = [\"sh {any}*\"]\n";
    let writing = "[plugin.attacker]\npermissions = [\"write-files\"]\n";
    let scene = orchestrator_attacks::Setup::new().policy(writing).start().await;
    for name in ["policy.toml", "Policy.TOML", ".orchestrator/policy.toml", "policy\u{2024}toml"] {
        scene.attack(&[step::write(name, granting)]).await.all_done();
    }
    // What version control reads is not written, by any name that some system takes for it.
    for name in [".git/config", ".GIT/config", "git~1/config", ".g\u{200c}it/config"] {
        scene.attack(&[step::write(name, granting)]).await.all_refused();
    }
    scene.attack(&[step::start(&["sh", "-c", "true"])]).await.all_refused();
    let files = scene.api.list("/projects/p/files").await.to_string();
    assert!(files.contains("Policy.TOML") && files.contains("\u{2024}toml"), "{files}");
    scene.unharmed().await;
}

/// The control: where the policy is read from, the same text grants.
#[tokio::test(flavor = "multi_thread")]
async fn f12_control_the_policy_itself_grants() {
    if !can_confine_commands() {
        return;
    }
    let text = "[plugin.attacker]\npermissions = [\"command\"]\nprograms = [\"sh {any}*\"]\n";
    let scene = orchestrator_attacks::Setup::new().policy(text).start().await;
    scene.attack(&[step::start(&["sh", "-c", "true"])]).await.all_done();
}

#[tokio::test(flavor = "multi_thread")]
async fn f15_other_projects_cannot_be_named() {
    let scene = Scene::start().await;
    let other = scene.data().join("projects/q");
    fs::create_dir_all(&other).expect("a folder");
    let other = other.join("secret.txt");
    let text = "of another project";
    fs::write(&other, text).expect("a file");
    symlink("../q", scene.project().join("link")).expect("a link");
    for path in ["../q/secret.txt", "link/secret.txt"] {
        assert_eq!(fs::read_to_string(scene.project().join(path)).ok().as_deref(), Some(text));
        scene.attack(&reads(path)).await.all_refused();
        scene.attack(&changes(path)).await.all_refused();
    }
    let absolute = other.display().to_string();
    let names = [absolute.as_str(), "/q/secret.txt", "/projects/q/secret.txt", "q/secret.txt"];
    scene.attack(&names.map(|name| step::wasi("read", name, ""))).await.all_refused();
    if can_confine_commands() {
        let look = format!("cat {absolute} ../q/secret.txt; exit 0");
        let report = scene.attack(&[step::start(&["sh", "-c", &look])]).await;
        assert_eq!(report.last().output().matches("No such file").count(), 2, "{report:?}");
    }
    // The control: the project whose file it is has it.
    let metadata = serde_json::json!({"steps": reads("secret.txt")});
    let run = scene.run("attack", "q", "x", &metadata).await;
    assert!(run.output("Attack").to_string().contains(text), "{run}");
    scene.unharmed().await;
}

/// Lines of a file in which placing a patch takes long: they are all alike.
const ALIKE: usize = 60_000;

/// Changes many of the lines of `file`, each found by its number alone.
fn many_hunks(file: &str) -> String {
    let hunk = |at: usize| format!("@@ -{line} +{line} @@\n-x\n+y\n", line = at * 280 + 1);
    format!("--- a/{file}\n+++ b/{file}\n{}", (0..200).map(hunk).collect::<String>())
}

/// What a step began is over when the step is: what its user does next stays.
#[tokio::test(flavor = "multi_thread")]
async fn f16_nothing_is_written_for_a_step_that_is_over() {
    let scene = Scene::start().await;
    let content = "x\n".repeat(ALIKE);
    let [mine, other] = ["mine.txt", "other.txt"].map(|file| scene.project().join(file));
    for (number, timeout) in [0.05, 0.2].into_iter().enumerate() {
        let workflow = format!("short-{number}");
        scene.workflow(&workflow, "attacker", timeout).await;
        fs::write(&mine, &content).expect("a file");
        let patch = json!({"steps": [step::patch(&many_hunks("mine.txt"))]});
        scene.run(&workflow, "p", "x", &patch).await;
        let put = scene.api.request(Method::PUT, "/projects/p/files/mine.txt").body("the user's");
        scene.api.send(put.header("content-type", "text/plain")).await.ok();
        // The control, which takes as long as what was cut off would have: a step with time lands its patch.
        fs::write(&other, &content).expect("a file");
        scene.attack(&[step::patch(&many_hunks("other.txt"))]).await.all_done();
        assert!(fs::read_to_string(&other).expect("a file").starts_with("y\n"), "it landed");
        assert_eq!(fs::read_to_string(&mine).expect("a file"), "the user's", "after {timeout} s");
    }
    scene.unharmed().await;
}

/// What no listing shows is written by nobody.
#[tokio::test(flavor = "multi_thread")]
async fn f17_nothing_is_written_where_nobody_looks() {
    let scene = Scene::start().await;
    let hidden =
        ["node_modules/.bin/eslint", "dist/app.js", "target/x", ".venv/bin/python", "a/__pycache__/b.pyc"];
    for path in hidden {
        let diff = format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n");
        scene.attack(&[step::write(path, "x")]).await.all_refused();
        // A patch that is refused is an answer, in which nothing was changed.
        scene.attack(&[step::patch(&diff)]).await;
        assert!(!scene.project().join(path).exists(), "{path}");
    }
    // The control: names beside them are written, and shown.
    scene.attack(&[step::write("node_modules.md", "x"), step::write("src/dist.js", "x")]).await.all_done();
    let shown = shown(&scene, &[]).await;
    assert!(shown.contains("node_modules.md") && shown.contains("src/dist.js"), "{shown}");
    scene.unharmed().await;
}
