//! Package clients fetch through the bridge and the proxy, from the registries that this machine has configured, in a
//! sandbox without a network. Left out where no registry can be reached, which the test run says.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly too")]

use orchestrator_egress::{
    Allow, Connection, ConnectionOutcome, Destination, Egress, EgressLimits, End, Endpoint, Entry, Found,
    Network, Reach, Registries, bridge,
};
use std::{
    env, fs,
    path::Path,
    process::{Output, Stdio},
    sync::{Arc, Mutex},
};
use tokio::{io::AsyncReadExt, process::Command};

/// By this name the test run says that registries cannot be reached.
const NAME: &str = "registries";
const PORT: u16 = 3128;

/// Whether the test run has told that there is nothing to reach.
fn is_left_out() -> bool {
    let names = env::var("ORCHESTRATOR_LEFT_OUT").unwrap_or_default();
    let left_out = names.split(',').any(|name| name == NAME);
    assert!(!left_out || env::var_os("CI").is_none(), "with CI set everything must run");
    if left_out {
        println!("LEFT OUT: no package registry can be reached");
    }
    left_out
}

/// Where a command runs, and what its proxy let through.
struct Sandbox {
    folder: tempfile::TempDir,
    egress: Egress,
    seen: Arc<Mutex<Vec<Connection>>>,
    told: Found,
    loopback: bool,
}

impl Sandbox {
    async fn with(word: &str) -> Self {
        let words: [Destination; 1] = [word.parse().unwrap()];
        let (network, told, errors) = Registries::new().network(&words).await;
        assert!(errors.is_empty(), "{}", errors[0]);
        let Network::Allow(allow) = network else { panic!("no hosts") };
        println!("allowed: {:?}", allow.endpoints().map(ToString::to_string).collect::<Vec<_>>());
        Self::allowing(allow, told)
    }

    fn allowing(allow: Allow, told: Found) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let observer = Arc::new(move |connection: &Connection| kept.lock().unwrap().push(connection.clone()));
        let loopback = allow.has_loopback();
        let egress = Egress::listen(allow, EgressLimits::default(), folder.path(), observer).unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        for (variable, certificates) in &told.certificates {
            fs::write(folder.path().join("home").join(variable), certificates).unwrap();
        }
        if !told.cargo_config.is_empty() {
            fs::write(folder.path().join("home/config.toml"), &told.cargo_config).unwrap();
        }
        Self { folder, egress, seen, told, loopback }
    }

    /// Runs a command in a network namespace of its own, where nothing but the bridge leads outside.
    async fn run(&self, command: &[&str]) -> Output {
        let home = self.folder.path().join("home");
        let mut bwrap = Command::new("bwrap");
        bwrap.args([
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--unshare-net",
            "--unshare-pid",
        ]);
        bwrap.arg("--bind").arg(self.folder.path()).arg(self.folder.path()).arg("--chdir").arg(&home);
        bwrap.args(["--die-with-parent", "--"]).arg(env!("CARGO_BIN_EXE_egress-bridge"));
        bwrap.args(bridge::arguments(PORT, self.egress.socket())).args(command);
        let path = env::var_os("PATH").unwrap_or_default();
        bwrap.env_clear().env("PATH", path).env("HOME", &home).env("CARGO_HOME", &home);
        if let Some(rustup) = env::var_os("RUSTUP_HOME")
            .or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".rustup").into()))
        {
            bwrap.env("RUSTUP_HOME", rustup);
        }
        bwrap.envs(bridge::environment(PORT, self.loopback)).envs(self.told.environment.iter().cloned());
        bwrap.envs(self.told.certificates.iter().map(|(variable, _)| (variable, home.join(variable))));
        bwrap.kill_on_drop(true).output().await.unwrap()
    }

    fn refused(&self) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|connection| matches!(connection.outcome, ConnectionOutcome::Refused(_))).count()
    }

    fn fetched(&self, output: &Output) {
        println!("{:?}", self.seen.lock().unwrap());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(self.refused(), 0);
    }
}

#[tokio::test]
async fn npm_installs() {
    if is_left_out() {
        return;
    }
    let sandbox = Sandbox::with("npm").await;
    let output = sandbox.run(&["npm", "install", "--no-audit", "--no-fund", "left-pad"]).await;
    sandbox.fetched(&output);
    assert!(sandbox.folder.path().join("home/node_modules/left-pad/package.json").exists());
}

#[tokio::test]
async fn pip_downloads() {
    if is_left_out() {
        return;
    }
    let sandbox = Sandbox::with("pypi").await;
    let output =
        sandbox.run(&["python3", "-m", "pip", "download", "--no-deps", "--no-cache-dir", "iniconfig"]).await;
    sandbox.fetched(&output);
    let files = fs::read_dir(sandbox.folder.path().join("home")).unwrap();
    assert!(files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("iniconfig")));
}

#[tokio::test]
async fn cargo_fetches() {
    if is_left_out() {
        return;
    }
    let sandbox = Sandbox::with("crates").await;
    let project = sandbox.folder.path().join("home");
    fs::create_dir(project.join("src")).unwrap();
    fs::write(project.join("src/lib.rs"), "").unwrap();
    let manifest =
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ncfg-if = \"1\"\n";
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    let output = sandbox.run(&["cargo", "fetch"]).await;
    sandbox.fetched(&output);
    assert!(project.join("registry/cache").exists());
}

#[tokio::test]
async fn n9_a_client_of_another_registry_or_without_the_proxy_reaches_nothing() {
    if is_left_out() {
        return;
    }
    let sandbox = Sandbox::with("npm").await;
    let pip =
        ["python3", "-m", "pip", "download", "--retries", "0", "--no-deps", "--no-cache-dir", "iniconfig"];
    assert!(!sandbox.run(&pip).await.status.success());
    assert!(sandbox.refused() > 0);
    let before = sandbox.seen.lock().unwrap().len();
    let npm =
        ["env", "-u", "HTTPS_PROXY", "-u", "https_proxy", "-u", "HTTP_PROXY", "-u", "http_proxy", "npm"];
    let npm = [&npm[..], &["install", "--fetch-retries=0", "--no-audit", "--no-fund", "left-pad"]].concat();
    assert!(!sandbox.run(&npm).await.status.success());
    assert_eq!(sandbox.seen.lock().unwrap().len(), before);
}

/// A folder with one package for pip and one for npm, to be served as it is. `PORT` is replaced.
const MIRROR: &str = r#"
import io, json, os, tarfile, zipfile
os.makedirs('simple/thing'); os.makedirs('files')
with zipfile.ZipFile('files/thing-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('thing.py', '')
    wheel.writestr('thing-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n')
    wheel.writestr('thing-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    wheel.writestr('thing-1.0.dist-info/RECORD', '')
open('simple/thing/index.html', 'w').write('<a href="/files/thing-1.0-py3-none-any.whl">thing-1.0-py3-none-any.whl</a>')
manifest = {'name': 'other', 'version': '1.0.0'}
with tarfile.open('files/other.tgz', 'w:gz') as package:
    text = json.dumps(manifest).encode()
    entry = tarfile.TarInfo('package/package.json'); entry.size = len(text)
    package.addfile(entry, io.BytesIO(text))
version = {**manifest, 'dist': {'tarball': 'http://127.0.0.1:PORT/files/other.tgz'}}
open('other', 'w').write(json.dumps({'name': 'other', 'dist-tags': {'latest': '1.0.0'}, 'versions': {'1.0.0': version}}))
import http.server, socket
server = http.server.ThreadingHTTPServer(('127.0.0.1', PORT), http.server.SimpleHTTPRequestHandler)
print('ready', flush=True)
server.serve_forever()
"#;

#[tokio::test]
async fn clients_fetch_from_a_mirror_in_clear_on_loopback() {
    if is_left_out() {
        return;
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let script = MIRROR.replace("PORT", &port.to_string());
    let mut mirror = Command::new("python3");
    mirror.args(["-c", &script]).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut mirror = mirror.kill_on_drop(true).spawn().unwrap();
    // Kept open: python does not outlive a pipe that nobody reads.
    let mut stdout = mirror.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 6]).await.unwrap();

    let endpoint = Endpoint::parse(&format!("127.0.0.1:{port}")).unwrap();
    let reach = Reach { tunnel: false, plain: true, internal: vec!["127.0.0.1".parse().unwrap()] };
    let told = |name: &str, path: &str| (name.to_owned(), format!("http://127.0.0.1:{port}/{path}"));
    let environment = vec![told("PIP_INDEX_URL", "simple"), told("npm_config_registry", "")];
    let told = Found { environment, ..Found::default() };
    let sandbox = Sandbox::allowing(Allow::new(Entry { endpoint, reach }), told);
    let pip = ["python3", "-m", "pip", "download", "--no-deps", "--no-cache-dir", "thing"];
    let output = sandbox.run(&pip).await;
    sandbox.fetched(&output);
    let output = sandbox.run(&["npm", "install", "--no-audit", "--no-fund", "other"]).await;
    sandbox.fetched(&output);
    assert!(sandbox.folder.path().join("home/node_modules/other/package.json").exists());
    let seen = sandbox.seen.lock().unwrap();
    assert!(
        seen.len() >= 4
            && seen.iter().all(|connection| connection.outcome == ConnectionOutcome::Allowed(End::Closed))
    );
}
