//! Turns of a component on the sandbox that it is in.

use orchestrator_attacks::{Scene, Setup, step};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn w1_infinite_loop_is_ended() {
    let setup = Setup::new().granting_everything_and("[plugin.attacker.limits]\ncpu = \"200ms\"\n");
    let scene = setup.start().await;
    let run = scene.attack_to_the_end(&[step::wasm("infinite-loop")]).await;
    assert!(run.failed("trap").to_string().contains("computed for longer than 200ms"), "{run}");
    // Of the store nothing is left: the next call is a fresh one.
    scene.attack(&[step::write("a.txt", "a")]).await.all_done();
    scene.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_control_a_loop_with_time_goes_on() {
    let scene = Scene::start().await;
    scene.workflow("short", "attacker", 1.0).await;
    let metadata = json!({"steps": [step::wasm("infinite-loop")]});
    // With 30 s of time it is still at it when the step's own second is over, so the trap above is the limit's doing.
    scene.run("short", "p", "attack", &metadata).await.failed("timeout");
    scene.unharmed().await;
}
