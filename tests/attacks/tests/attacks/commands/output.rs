//! What a command prints and how it ends.

use orchestrator_attacks::{Came, Scene, can_confine_commands};

#[tokio::test(flavor = "multi_thread")]
async fn c25_output_is_kept_to_its_size_and_is_text() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let came = scene.script("C25_output.py", &["30".to_owned()]).await;
    assert!(matches!(came, Came::Ended { truncated: true, exit_code: Some(0), .. }), "{came:?}");
    assert!(came.output().len() < 80 << 10, "{} bytes", came.output().len());
    assert!(came.output().contains("data: {\"type\":\"complete\"") && came.output().contains('\u{FFFD}'));
    // The control: without the flood nothing is cut.
    let came = scene.script("C25_output.py", &["0".to_owned()]).await;
    assert!(matches!(came, Came::Ended { truncated: false, .. }));
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c32_printing_success_is_not_success() {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    let came = scene.script("C32_forged_success.py", &["7".to_owned()]).await;
    assert!(matches!(came, Came::Ended { exit_code: Some(7), .. }), "{came:?}");
    came.verdict().refused();
    // The control: the same words and a program that does end well.
    let came = scene.script("C32_forged_success.py", &["0".to_owned()]).await;
    assert!(matches!(came, Came::Ended { exit_code: Some(0), .. }), "{came:?}");
    scene.unharmed().await;
}
