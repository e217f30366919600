//! Turns of a component on the sandbox that it is in.

use orchestrator_attacks::{Scene, Setup, step};

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
