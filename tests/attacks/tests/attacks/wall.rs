//! Scripts that are run on both sides of the wall.

use orchestrator_attacks::{Scene, Setup, can_confine_commands};

/// Runs a script behind the wall, where it has to be refused, and in the open, where it has to succeed. The arguments
/// are those that the script needs of the scene, such as the port of the listener.
pub(crate) async fn refused_behind_the_wall_alone(file: &str, arguments: impl Fn(&Scene) -> Vec<String>) {
    if !can_confine_commands() {
        return;
    }
    // As who runs the tests, and as an ordinary user where that is root: their sandboxes are made in other ways.
    for setup in [Some(Setup::new()), Setup::new().as_other_user()].into_iter().flatten() {
        let scene = setup.start().await;
        scene.verdict(file, &arguments(&scene)).await.refused();
        scene.unharmed().await;
    }
    let open = Setup::new().in_the_open().start().await;
    open.verdict(file, &arguments(&open)).await.succeeded();
}

/// A script that needs nothing.
pub(crate) fn nothing(_: &Scene) -> Vec<String> {
    Vec::new()
}
