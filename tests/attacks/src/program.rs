//! The built program as a process.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// The user and group that servers run as which are not to be root: an account that no machine has.
pub(crate) const OTHER_USER: u32 = 54321;

/// A server at work, killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
    /// Held open, so that what it prints has somewhere to go.
    _stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a program that serves, and waits until it says where.
    ///
    /// # Panics
    /// When it does not serve.
    #[must_use]
    pub(crate) fn start(mut command: Command, log: PathBuf) -> Self {
        let file = fs::File::create(&log).expect("a temporary folder can be written");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::from(file));
        let mut process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdout = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it prints text");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split([' ', '/', '\n']).next());
        let address = address.and_then(|address| address.replace("localhost", "127.0.0.1").parse().ok());
        let address = address.unwrap_or_else(|| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            panic!("the program does not serve: {line:?}\n{said}")
        });
        Self { process, address, log, _stdout: stdout }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Its process id, and where bubblewrap was covered for it by another bubblewrap, that of the process in there.
    pub(crate) fn ids(&self) -> Vec<u32> {
        let id = self.process.id();
        let covered = fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe.ends_with("bwrap"));
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let children = children.ok().filter(|_| covered).unwrap_or_default();
        std::iter::once(id).chain(children.split_whitespace().filter_map(|id| id.parse().ok())).collect()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Ends it as a crash would: nothing of it gets to run once more.
    pub fn kill(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program, as cargo builds it for the tests of the whole workspace.
///
/// # Panics
/// When it was not built.
#[must_use]
pub(crate) fn built() -> PathBuf {
    let test = std::env::current_exe().expect("a program knows where it is");
    let program = test.ancestors().nth(2).expect("cargo puts tests two folders deep").join("orchestrator");
    assert!(
        program.exists(),
        "{} is missing; `cargo build --workspace --bin orchestrator` builds it",
        program.display()
    );
    program
}

/// Where all tests keep compiled code.
pub(crate) fn compiled_code() -> PathBuf {
    let folder = built().ancestors().nth(2).expect("it lies in a profile's folder").join("test-cache");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// Whether the tests themselves run as root.
#[must_use]
pub(crate) fn am_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)
}

/// The program at a place where [`OTHER_USER`] may start it, which where it was built may not be.
pub(crate) fn handed_over(place: &Path) -> PathBuf {
    let program = place.join("orchestrator");
    if fs::hard_link(built(), &program).is_err() {
        fs::copy(built(), &program).expect("the program can be copied");
    }
    program
}

/// A command that is run as [`OTHER_USER`], which root alone may arrange.
pub(crate) fn as_other_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.uid(OTHER_USER).gid(OTHER_USER);
    command
}

/// A command for which there is no bubblewrap, so that what it starts runs in the open: a mount of its own covers it.
/// Root becomes [`OTHER_USER`] afterwards.
pub(crate) fn without_bubblewrap(program: &Path) -> Command {
    const COVER: &str = "mount --bind /dev/null /usr/bin/bwrap && \
                         exec setpriv --reuid=\"$0\" --regid=\"$0\" --clear-groups \"$@\"";
    let mut command;
    if am_root() {
        command = Command::new("/usr/bin/unshare");
        command.args(["--mount", "/bin/sh", "-c", COVER, &OTHER_USER.to_string()]);
    } else {
        command = Command::new("/usr/bin/bwrap");
        command.args([
            "--die-with-parent",
            "--dev-bind",
            "/",
            "/",
            "--dev-bind",
            "/dev/null",
            "/usr/bin/bwrap",
            "--",
        ]);
    }
    command.arg(program);
    command
}

/// Gives everything below `folder` to [`OTHER_USER`], apart from the program, which is not ours alone.
pub(crate) fn give_away(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::lchown;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            give_away(&entry.path())?;
        } else if entry.file_name() != "orchestrator" {
            lchown(entry.path(), Some(OTHER_USER), Some(OTHER_USER))?;
        }
    }
    lchown(folder, Some(OTHER_USER), Some(OTHER_USER))
}

/// Copies compiled code for a user who may not read what others compiled.
pub(crate) fn copy_compiled_code(to: &Path) -> io::Result<()> {
    for engine in fs::read_dir(compiled_code())?.flatten().filter(|entry| entry.path().is_dir()) {
        let folder = to.join(engine.file_name());
        fs::create_dir_all(&folder)?;
        for code in fs::read_dir(engine.path())?.flatten() {
            // Guests in Python are tens of megabytes, and no attack calls them.
            if code.metadata()?.len() < 8 << 20 {
                fs::copy(code.path(), folder.join(code.file_name()))?;
            }
        }
    }
    Ok(())
}
