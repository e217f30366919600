//! Turns of a command on the machine.

use orchestrator_attacks::{Scene, Setup, can_confine_commands};

/// Runs a script behind the wall, where it has to be refused, and in the open, where it has to succeed. The arguments
/// are those that the script needs of the scene, such as the port of the listener.
async fn refused_behind_the_wall_alone(file: &str, arguments: impl Fn(&Scene) -> Vec<String>) {
    if !can_confine_commands() {
        return;
    }
    let scene = Scene::start().await;
    scene.verdict(file, &arguments(&scene)).await.refused();
    scene.unharmed().await;
    let open = Setup::new().in_the_open().start().await;
    open.verdict(file, &arguments(&open)).await.succeeded();
}

fn none(_: &Scene) -> Vec<String> {
    Vec::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn c13_environments_of_other_processes_hold_no_secrets() {
    refused_behind_the_wall_alone("C13_environments.py", none).await;
}
