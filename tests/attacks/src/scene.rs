//! A server under attack, with what stands around it.

use crate::{Came, Canaries, Prober, Program, Report, Setup, Verdict, step, usage};
use orchestrator_e2e::{Api, Transcript};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The name of the only step of the workflow `attack`.
pub(crate) const STEP: &str = "Attack";
/// The project that is attacked from, unless a test says otherwise.
const PROJECT: &str = "p";

/// More memory than a server may come to have by an attack. One call may have 512 MiB of it.
const MEMORY_MAX: u64 = 1 << 30;
/// More disk than an attack may fill, unless it is about that.
const DISK_MAX: u64 = 64 << 20;
/// The longest that `/health` may take. An answer comes within a few milliseconds; this is so far off that a machine
/// with other things to do does not fail a test, and a server that hangs does.
const HEALTH_MAX: Duration = Duration::from_secs(5);
/// How long processes may take to be gone after the end of what started them.
const LINGER_MAX: Duration = Duration::from_secs(10);

/// A server, the canaries around it and the thread that asks how it is.
pub struct Scene {
    /// A client of the server.
    pub api: Api,
    /// The server.
    pub program: Program,
    /// What must not be reached.
    pub canaries: Canaries,
    place: TempDir,
    prober: Option<Prober>,
    memory: u64,
    disk: u64,
    disk_max: u64,
    heard: Mutex<Vec<u8>>,
}

impl Scene {
    /// With the program's defaults, and an attacker to whom everything is granted.
    pub async fn start() -> Self {
        Setup::new().start().await
    }

    pub(crate) async fn new(place: TempDir, program: Program, canaries: Canaries) -> Self {
        let api = Api::at(program.address());
        let scene = Self {
            prober: Some(Prober::start(program.address())),
            memory: usage::peak_memory(program.id()),
            disk: usage::disk(&place.path().join("data")),
            disk_max: DISK_MAX,
            heard: Mutex::default(),
            api,
            program,
            canaries,
            place,
        };
        scene.workflow("attack", "attacker", 60.0).await;
        scene
    }

    /// Stores a workflow whose only step calls this agent, for so many seconds at most.
    pub async fn workflow(&self, name: &str, agent: &str, timeout: f64) {
        let step = json!({"agent_type": agent, "name": STEP, "timeout": timeout, "retry_count": 0});
        self.api.workflow(name, json!([step])).await;
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// The folder of the project that is attacked from.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn project(&self) -> PathBuf {
        let folder = self.data().join("projects").join(PROJECT);
        fs::create_dir_all(&folder).expect("the data folder can be written");
        folder
    }

    /// What a file that leads out of the project would be called from inside: `..` until the root, then the whole path.
    #[must_use]
    pub fn out_to(&self, path: &Path) -> String {
        let depth = self.project().components().count();
        format!("{}{}", "../".repeat(depth), path.strip_prefix("/").unwrap_or(path).display())
    }

    /// Runs a workflow in a project with this metadata, to its end.
    pub async fn run(&self, workflow: &str, project: &str, request: &str, metadata: &Value) -> Transcript {
        let run = json!({
            "user_request": request, "project_id": project, "workflow_name": workflow, "if_busy": "queue",
            "metadata": metadata,
        });
        let run = self.api.run(&run).await;
        self.hear(run.to_string().as_bytes());
        run
    }

    /// Has the attacker do these things, and returns the run as it ended.
    pub async fn attack_to_the_end(&self, steps: &[Value]) -> Transcript {
        self.run("attack", PROJECT, "attack", &json!({"steps": steps})).await
    }

    /// Has the attacker do these things.
    ///
    /// # Panics
    /// When it does not live to tell of them.
    pub async fn attack(&self, steps: &[Value]) -> Report {
        Report::of(self.attack_to_the_end(steps).await)
    }

    /// Has the attacker write a script of `scripts/` into the project and run it with these arguments.
    ///
    /// # Panics
    /// When there is no such script, or its run does not end in order.
    pub async fn script(&self, file: &str, arguments: &[String]) -> Came {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let interpreter = match path.extension().and_then(|it| it.to_str()) {
            Some("py") => "python3",
            Some("mjs") => "node",
            _ => "sh",
        };
        let argv: Vec<_> =
            [interpreter, file].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let report = self.attack(&[step::write(file, &text), step::start(&argv)]).await;
        report.last().clone()
    }

    /// Runs a script and returns its verdict.
    ///
    /// # Panics
    /// When it comes to none.
    pub async fn verdict(&self, file: &str, arguments: &[String]) -> Verdict {
        self.script(file, arguments).await.verdict()
    }

    /// Runs a script outside of any server, as who runs the tests; none unless that is root. For what only root can do,
    /// and who runs commands is never root.
    ///
    /// # Panics
    /// When it comes to no verdict.
    #[must_use]
    pub fn outside(&self, file: &str, arguments: &[&str]) -> Option<Verdict> {
        if !crate::program::am_root() {
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(file);
        let mut python = std::process::Command::new("/usr/bin/python3");
        let output = python.arg(script).args(arguments).current_dir(self.place.path()).output();
        let output = String::from_utf8(output.expect("python is there").stdout).expect("it prints text");
        let line = output.lines().last().unwrap_or_default();
        Some(serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {output}")))
    }

    /// Keeps what the server said, to be looked through for secrets at the end.
    ///
    /// # Panics
    /// Never.
    pub fn hear(&self, said: &[u8]) {
        self.heard.lock().expect("nobody panics with it").extend(said);
    }

    /// Lets the attack fill so many bytes of disk.
    pub fn may_fill(&mut self, bytes: u64) {
        self.disk_max = bytes;
    }

    /// What the attacks have left running, once it had the time to end.
    #[must_use]
    pub fn left_running(&self) -> Vec<String> {
        let mark = self.place.path().display().to_string();
        let mut known = self.program.ids();
        known.push(std::process::id());
        let end = Instant::now() + LINGER_MAX;
        loop {
            let left = usage::processes(&mark, &known);
            if left.is_empty() || Instant::now() > end {
                return left;
            }
            std::thread::yield_now();
        }
    }

    /// Ends the scene, and checks that the server is well, that it was all the time, and that nothing around it was
    /// touched.
    ///
    /// # Panics
    /// When something was.
    pub async fn unharmed(mut self) {
        assert!(self.program.is_alive(), "the server has ended:\n{}", self.program.log());
        assert_eq!(self.api.get("/health").await.ok()["status"], "healthy");
        let health = self.prober.take().expect("a scene ends once").stop();
        println!("health: asked {} times, the slowest answer took {:?}", health.asked, health.worst);
        assert!(health.unwell.is_empty() && health.worst < HEALTH_MAX, "{health:?}");
        let left = self.left_running();
        assert!(left.is_empty(), "left running: {left:#?}");
        let gained = usage::peak_memory(self.program.id()).saturating_sub(self.memory);
        assert!(gained < MEMORY_MAX, "{gained} bytes of memory more than before");
        let filled = usage::disk(&self.data()).saturating_sub(self.disk);
        assert!(filled < self.disk_max, "{filled} bytes of disk more than before");
        assert_eq!(self.canaries.hits(), 0, "somebody reached the listener");
        assert!(self.canaries.is_whole(), "somebody changed the file");
        self.nothing_leaked();
    }

    /// Checks that no secret is in what the server said, logged and kept.
    fn nothing_leaked(&self) {
        let heard = self.heard.lock().expect("nobody panics with it");
        assert_eq!(self.canaries.in_bytes(&heard), None, "in an answer: {}", String::from_utf8_lossy(&heard));
        assert_eq!(self.canaries.in_files(self.place.path()), None, "in a file");
    }
}
