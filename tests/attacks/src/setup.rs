//! What a scene is started with.

use crate::{
    Scene,
    canaries::Canaries,
    program::{self, Program},
};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// The attacker may do everything that a policy can grant: what stops it is to be the sandbox.
const EVERYTHING: &str = r#"
[plugin.attacker]
permissions = ["model", "read-files", "write-files", "command"]
programs = ["{sh|python3|node|npm|git|bwrap} {any}*"]
"#;

/// A server to be attacked.
#[derive(Debug, Default)]
pub struct Setup {
    policy: Option<String>,
    plugins: Vec<(String, Vec<u8>)>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    without_bubblewrap: bool,
    as_other_user: bool,
}

impl Setup {
    /// The program with its defaults, and an attacker to whom everything is granted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Instead of what grants the attacker everything: these lines of the policy file.
    #[must_use]
    pub fn policy(mut self, text: &str) -> Self {
        self.policy.get_or_insert_default().push_str(text);
        self
    }

    /// Grants the attacker everything, and adds these lines to the table of its policy.
    #[must_use]
    pub fn granting_everything_and(self, text: &str) -> Self {
        self.policy(EVERYTHING).policy(text)
    }

    /// Puts a test guest into the plugins folder, besides the attacker.
    #[must_use]
    pub fn guest(self, name: &str) -> Self {
        self.plugin(&format!("{name}.wasm"), orchestrator_e2e::guest(name))
    }

    /// Puts a file into the plugins folder.
    #[must_use]
    pub fn plugin(mut self, file: &str, bytes: Vec<u8>) -> Self {
        self.plugins.push((file.to_owned(), bytes));
        self
    }

    /// An argument of the program.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// A variable of the program's environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A machine without bubblewrap. Not as root, also where the tests run as root.
    #[must_use]
    pub fn without_bubblewrap(mut self) -> Self {
        self.without_bubblewrap = true;
        self.as_other_user = program::am_root();
        self
    }

    /// The control: commands run without a sandbox. Not as root, which the program refuses.
    #[must_use]
    pub fn in_the_open(self) -> Self {
        self.without_bubblewrap().argument("--allow-isolation=none")
    }

    /// As an ordinary user where the tests run as root; none where they do not, for then every server is one.
    #[must_use]
    pub fn as_other_user(mut self) -> Option<Self> {
        self.as_other_user = program::am_root();
        self.as_other_user.then_some(self)
    }

    /// Starts the server.
    ///
    /// # Panics
    /// When it does not serve.
    pub async fn start(self) -> Scene {
        let place = tempfile::Builder::new().prefix("attacked").tempdir().expect("a temporary folder");
        let canaries = Canaries::new();
        let command = self.prepare(&place, &canaries);
        let program = Program::start(command, place.path().join("log"));
        Scene::new(place, program, canaries).await
    }

    /// Lays out the data folder, and says how the program is called.
    pub(crate) fn prepare(&self, place: &TempDir, canaries: &Canaries) -> Command {
        let data = place.path().join("data");
        fs::create_dir_all(data.join("plugins")).expect("a temporary folder can be written");
        let policy = self.policy.as_deref().unwrap_or(EVERYTHING);
        let write = |path: &Path, bytes: &[u8]| fs::write(path, bytes).expect("it can be written");
        write(&data.join("policy.toml"), format!("version = 1\n{policy}").as_bytes());
        write(&data.join("plugins/attacker.wasm"), &orchestrator_e2e::guest("attacker"));
        for (file, bytes) in &self.plugins {
            write(&data.join("plugins").join(file), bytes);
        }
        let mut program = program::built();
        if self.as_other_user {
            program::copy_compiled_code(&data.join("cache")).expect("compiled code can be copied");
            program = program::handed_over(place.path());
            program::give_away(place.path()).expect("root may give files away");
        } else {
            std::os::unix::fs::symlink(program::compiled_code(), data.join("cache")).expect("a link");
        }
        let mut command = match (self.without_bubblewrap, self.as_other_user) {
            (true, _) => program::without_bubblewrap(&program),
            (false, true) => program::as_other_user(&program),
            (false, false) => Command::new(&program),
        };
        command.args(["serve", "--listen", "127.0.0.1:0", "--model", "scripted"]);
        command.args(&self.arguments).env_clear().env("HOME", place.path());
        command.env("ORCHESTRATOR_DATA_DIR", &data).current_dir(place.path());
        // The key is for nobody but the host; `--model scripted` leaves it unused.
        command.env("ANTHROPIC_API_KEY", canaries.key()).env("CANARY_TOKEN", canaries.key());
        // The machine's own programs, and not those of whoever runs the tests, which others may not start.
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}
