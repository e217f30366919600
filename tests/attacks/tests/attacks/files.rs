//! Ways out of a project's folder.

use orchestrator_attacks::{Scene, step};
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn f1_dots_lead_nowhere() {
    let scene = Scene::start().await;
    let out = scene.out_to(&scene.canaries.file());
    let deeper = format!("d/../{out}");
    let report = scene
        .attack(&[
            step::read(&out),
            step::read(&deeper),
            step::write(&out, "changed"),
            step::delete(&out),
            step::wasi("read", &format!("/project/{out}"), ""),
            step::wasi("read", &format!("/project/{deeper}"), ""),
            step::wasi("write", &format!("/project/{out}"), "changed"),
            step::wasi("delete", &format!("/project/{out}"), ""),
        ])
        .await;
    report.all_refused();
    // The control: the path does lead there for whoever may go.
    let from_outside = fs::read_to_string(scene.project().join(&out));
    assert_eq!(from_outside.ok().as_deref(), Some(scene.canaries.content()));
    scene.unharmed().await;
}
