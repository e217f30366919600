//! Machines that lack something.

use orchestrator_attacks::{Setup, step};

#[tokio::test(flavor = "multi_thread")]
async fn machine_without_bubblewrap_denies_commands_and_does_everything_else() {
    let scene = Setup::new().without_bubblewrap().start().await;
    let report = scene.attack(&[step::start(&["sh", "-c", "true"])]).await;
    assert!(report.last().refusal().contains("apt install bubblewrap"), "{report:?}");
    scene.attack(&[step::write("a.txt", "a"), step::read("a.txt")]).await.all_done();
    let health = scene.api.get("/health").await.ok();
    assert_eq!(health["status"], "healthy", "{health}");
    scene.unharmed().await;
}
