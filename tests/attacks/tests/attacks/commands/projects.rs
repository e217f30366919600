//! Files of a project that someone else is to run, to use or to mistake for others.

use orchestrator_attacks::{Report, Scene, Setup, can_confine_commands, has_program, step};
use serde_json::json;
use std::{fs, os::unix::fs::symlink, process::Command};

#[tokio::test(flavor = "multi_thread")]
async fn c23_what_a_package_runs_runs_inside() {
    if !can_confine_commands() || !has_program("/usr/bin/npm", "the installation of a package") {
        return;
    }
    let scene = Scene::start().await;
    install(&scene).await.refused();
    scene.unharmed().await;
    install(&Setup::new().in_the_open().start().await).await.succeeded();
}

async fn install(scene: &Scene) -> orchestrator_attacks::Verdict {
    let secret = scene.canaries.file().display().to_string();
    let hook = format!("node postinstall.mjs {secret} {}", scene.canaries.port());
    let package = json!({"name": "attack", "version": "1.0.0", "scripts": {"postinstall": hook}}).to_string();
    let steps = [
        step::write("package.json", &package),
        step::write("postinstall.mjs", &super::words::script("C23_postinstall.mjs")),
        step::start(&["npm", "install", "--offline", "--no-audit", "--no-fund", "--foreground-scripts"]),
    ];
    scene.attack(&steps).await.last().verdict()
}

#[tokio::test(flavor = "multi_thread")]
async fn c24_git_of_a_project_runs_nothing_on_the_host() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    // A place that only the host can write to.
    let beside = scene.data().join("git-ran-it");
    scene.verdict("C24_git.py", &[beside.display().to_string()]).await.succeeded();
    // Whatever the host does with the project's files, from another run to the archive of them.
    scene.attack(&[step::list(), step::write("b.txt", "b"), step::read("b.txt")]).await.all_done();
    for path in ["/projects/p/files", "/projects/p/archive", "/projects/p", "/projects/p/diff"] {
        scene.hear(scene.api.get(path).await.text.as_bytes());
    }
    assert!(!beside.exists(), "a program of the host ran it");
    if has_program("git", "the control of C24") {
        // The control: git itself, used on the host without care, does run it.
        let mut git = Command::new("git");
        git.args(["-c", "safe.directory=*", "status"]).current_dir(scene.project());
        git.env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "safe.directory")
            .env("GIT_CONFIG_VALUE_0", "*");
        let said = git.output().expect("it was there");
        assert!(beside.exists(), "{said:?}");
    }
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c26_folders_that_lead_out_are_denied() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let folder = scene.canaries.file().parent().expect("it lies in a folder").to_owned();
    symlink(&folder, scene.project().join("out")).expect("the data folder can be written");
    fs::create_dir(scene.project().join("sub")).expect("the data folder can be written");
    let within =
        |directory: &str| step::start_with(&["sh", "-c", "cat *.txt"], &json!({"directory": directory}));
    let folders = ["..", "sub/../..", "out", "out/.", "/", "/etc", &folder.display().to_string(), "nul\0l"];
    scene.attack(&folders.map(within)).await.all_refused();
    // The control: a folder of the project is one to work in.
    let here = step::start_with(&["sh", "-c", "pwd"], &json!({"directory": "sub"}));
    assert!(scene.attack(&[here]).await.last().output().trim().ends_with("/p/sub"));
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c29_a_link_in_the_place_of_the_project_is_not_followed() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let wait = "import os, time\nopen('up', 'w').close()\nwhile not os.path.exists('go'): time.sleep(0.02)";
    let request = json!({
        "user_request": "attack", "project_id": "p", "workflow_name": "attack",
        "metadata": {"steps": [
            step::start(&["python3", "-c", wait]),
            step::start(&["sh", "-c", "ls; cat secret.txt"]),
        ]},
    });
    let stream = scene.api.execute(&request).await;
    let (project, aside) = (scene.project(), scene.data().join("aside"));
    orchestrator_e2e::soon("the command to be at work", async {
        while !project.join("up").exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // The path is looked at before the second command starts, and leads elsewhere by then.
    fs::rename(&project, &aside).expect("the data folder can be written");
    symlink(scene.canaries.file().parent().expect("it lies in a folder"), &project)
        .expect("it can be written");
    // The control: whoever goes by the path comes to the secret.
    assert!(project.join("secret.txt").exists());
    fs::write(aside.join("go"), "").expect("it can be written");
    let run = stream.transcript().await;
    scene.hear(run.to_string().as_bytes());
    fs::remove_file(&project).expect("it is a link");
    fs::rename(&aside, &project).expect("it can be written");
    assert!(!run.to_string().contains(scene.canaries.content()), "{run}");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c30_a_program_of_the_project_does_not_take_the_systems_place() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    scene.attack(&[step::start(&["sh", "-c", "mkdir -p node_modules/.bin bin"])]).await.all_done();
    for path in ["python3", "node_modules/.bin/python3", "bin/python3"] {
        let plant = format!("printf '#!/bin/sh\\necho planted\\n' > {path}; chmod 755 {path}");
        scene.attack(&[step::start(&["sh", "-c", &plant])]).await.all_done();
    }
    let report = scene.attack(&[step::start(&["python3", "-c", "print('the real one')"])]).await;
    assert_eq!(report.last().output(), "the real one\n");
    // The control: whoever has the project on the search path starts it.
    let report = scene.attack(&[step::start(&["sh", "-c", "PATH=.:$PATH; python3 -c 0"])]).await;
    assert_eq!(report.last().output(), "planted\n");
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c31_what_others_will_install_is_not_spoilt() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let text = super::words::script("C31_caches.py");
    let steps =
        |what: &str| json!({"steps": [step::write("c.py", &text), step::start(&["python3", "c.py", what])]});
    let spoilt = Report::of(scene.run("attack", "p", "attack", &steps("spoil")).await);
    spoilt.last().verdict().succeeded();
    Report::of(scene.run("attack", "q", "attack", &steps("look")).await).last().verdict().refused();
    // The control: looking after spoiling in one and the same command finds it.
    Report::of(scene.run("attack", "q", "attack", &steps("both")).await).last().verdict().succeeded();
    scene.unharmed().await;
}
