use super::*;
use async_trait::async_trait;
use orchestrator_core::RelativePath;

/// Keeps what is told.
#[derive(Default)]
struct Told(Mutex<Vec<EventKind>>);

#[async_trait]
impl EventSink for Told {
    async fn emit(&self, event: NewEvent) -> Result<(), Failure> {
        self.0.lock().unwrap().push(event.kind);
        Ok(())
    }

    fn post(&self, event: NewEvent) {
        self.0.lock().unwrap().push(event.kind);
    }

    fn progress(&self, _: f32) {}
}

struct Scene {
    _folder: tempfile::TempDir,
    recording: Recording,
    told: Arc<Told>,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = ProjectId::new("p").unwrap();
        let workspace = Arc::new(Workspace::open(folder.path(), &project).unwrap());
        let snapshots = Arc::new(Snapshots::open(&folder.path().join("s.sqlite"), 100).unwrap());
        let recording = Recording::new(snapshots, workspace, project, RunId::generate());
        Self { _folder: folder, recording, told: Arc::default() }
    }

    async fn step(&self, step: &str, moment: Moment) {
        let events: Arc<dyn EventSink> = self.told.clone();
        self.recording.step(&events, step, 1, moment).await.unwrap();
    }

    /// A file that nobody announces.
    fn write(&self, content: &str) {
        std::fs::write(self.recording.workspace.folder().join("a.txt"), content).unwrap();
    }

    /// The ids that were told.
    fn ids(&self) -> Vec<String> {
        let told = self.told.0.lock().unwrap();
        let ids = told.iter().filter_map(|kind| match kind {
            EventKind::Status(Status::SnapshotTaken { snapshot, .. }) => Some(snapshot.clone()),
            _ => None,
        });
        ids.collect()
    }

    fn listed(&self) -> usize {
        self.recording.snapshots.list(&self.recording.project, None, 100).unwrap().len()
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_after_a_step_is_before_the_next_and_taken_once() {
    let scene = Scene::new();
    scene.step("One", Moment::Before).await;
    let path = RelativePath::parse("b.txt").unwrap();
    scene.recording.workspace.write(&path, "b").unwrap();
    scene.step("One", Moment::After).await;
    scene.step("Two", Moment::Before).await;
    let ids = scene.ids();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[1], ids[2]);
    assert_eq!(scene.listed(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_begins_later_looks_for_itself() {
    let scene = Scene::new();
    scene.step("One", Moment::After).await;
    scene.write("a");
    tokio::time::advance(FRESH).await;
    scene.step("Two", Moment::Before).await;
    let ids = scene.ids();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(scene.listed(), 2);
    let told = scene.told.0.lock().unwrap();
    let of_file: Vec<_> = told.iter().map(EventKind::name).filter(|name| name.starts_with("file_")).collect();
    assert_eq!(of_file, ["file_operation", "file_content", "file_complete"]);
    assert!(
        told.iter().any(|kind| matches!(kind, EventKind::FileContent(piece) if (&*piece.path, &*piece.chunk) == ("a.txt", "a")))
    );
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_stands_for_one_step_only() {
    let scene = Scene::new();
    scene.step("One", Moment::After).await;
    scene.step("Two", Moment::Before).await;
    scene.step("Two", Moment::After).await;
    scene.write("a");
    scene.step("Two", Moment::After).await;
    let ids = scene.ids();
    assert_ne!(ids[2], ids[3], "a snapshot after a step is always taken");
}
