//! Which program a name means, and in which folder it starts.

use crate::{CommandLine, Project};
use cap_std::fs::Dir;
use orchestrator_core::{ErrorCode, Failure};
use std::{
    fs::File,
    io,
    os::unix::fs::PermissionsExt,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

/// Where programs are looked up when the process has no search path of its own.
const STANDARD_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What to install for a program that many projects use.
const PACKAGES: &[(&[&str], &str)] = &[
    (&["node", "npm", "npx", "corepack"], "Node.js"),
    (&["yarn", "pnpm", "tsc", "vite"], "it with npm, or call it through npx"),
    (&["python", "python3", "pip", "pip3"], "Python 3 with pip"),
    (&["pytest", "uv", "poetry"], "it with pip, or call it through python3 -m"),
    (&["cargo", "rustc", "rustup"], "Rust"),
    (&["go", "gofmt"], "Go"),
    (&["java", "javac", "mvn", "gradle"], "a Java development kit and its build tool"),
    (&["make", "gcc", "cc", "g++", "cmake"], "a C compiler and its build tools"),
];

/// The folders in which programs are looked up, in order.
#[derive(Debug, Clone)]
pub(crate) struct SearchPath {
    folders: Arc<[PathBuf]>,
}

impl SearchPath {
    pub(crate) fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders: folders.into_iter().filter(|folder| folder.is_absolute()).collect() }
    }

    /// The search path that this process has.
    pub(crate) fn of_process() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_else(|| STANDARD_PATH.into());
        Self::new(std::env::split_paths(&path).collect())
    }

    /// Finds a program by its plain name.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        if program.is_empty() || program.contains(['/', '\0']) {
            return None;
        }
        let candidates = self.folders.iter().map(|folder| folder.join(program));
        candidates.into_iter().find(|path| is_executable(path))
    }

    /// As the variable `PATH` has it.
    pub(crate) fn join(&self) -> String {
        let folders: Vec<_> = self.folders.iter().map(|folder| folder.to_string_lossy()).collect();
        folders.join(":")
    }

    fn contains(&self, folder: &Path) -> bool {
        self.folders.iter().any(|known| known == folder)
    }
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Where a command starts.
pub(crate) struct StartingPoint {
    /// The working directory, opened: what is checked is what is used.
    pub(crate) directory: File,
    /// The program: absolute, or relative to that directory.
    pub(crate) program: PathBuf,
}

/// Finds program and working directory of a command.
pub(crate) fn locate(
    path: &SearchPath,
    project: &Project,
    command: &CommandLine,
) -> Result<StartingPoint, Failure> {
    let project = project.directory();
    let directory = command.directory.as_deref().unwrap_or(".");
    let opened = open_inside(project, Path::new(directory))
        .map_err(|error| misplaced(command, &format!("the directory '{directory}'"), &error))?;
    let program = command.program();
    let program = if program.contains('/') {
        check_path(path, project, directory, command)?;
        PathBuf::from(program)
    } else {
        path.find(program).ok_or_else(|| not_found(path, command))?
    };
    Ok(StartingPoint { directory: opened.into_std_file(), program })
}

/// A program given as a path must lie in the project, or in a folder of the search path.
fn check_path(
    path: &SearchPath,
    project: &Dir,
    directory: &str,
    command: &CommandLine,
) -> Result<(), Failure> {
    let program = Path::new(command.program());
    let folder = program.parent().unwrap_or(Path::new("."));
    if program.is_absolute() {
        if path.contains(folder) {
            return Ok(());
        }
        return Err(Failure::new(
            ErrorCode::Denied,
            format!(
                "starting '{}': its folder is not on the search path ({}); name the program without its folder",
                command.shown_program(),
                path.join()
            ),
        ));
    }
    let what = format!("the program's folder '{}'", folder.display());
    open_inside(project, &Path::new(directory).join(folder))
        .map(drop)
        .map_err(|error| misplaced(command, &what, &error))
}

/// Opens a folder beneath the project. An absolute path, or one that leads out by `..` or through a link, fails.
fn open_inside(project: &Dir, path: &Path) -> io::Result<Dir> {
    if path.components().any(|part| matches!(part, Component::RootDir | Component::Prefix(_))) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it is not relative to the project's root",
        ));
    }
    project.open_dir(path)
}

fn misplaced(command: &CommandLine, what: &str, error: &io::Error) -> Failure {
    let program = command.shown_program();
    let what = crate::line::visible(what);
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(
            ErrorCode::NotFound,
            format!("starting '{program}': {what} does not exist; create it first"),
        ),
        io::ErrorKind::PermissionDenied => Failure::new(
            ErrorCode::Denied,
            format!(
                "starting '{program}': {what} is not inside the project ({error}); give a path below its root"
            ),
        ),
        _ => Failure::new(
            ErrorCode::InvalidInput,
            format!("starting '{program}': {what} cannot be used: {error}"),
        ),
    }
}

fn not_found(path: &SearchPath, command: &CommandLine) -> Failure {
    let program = command.program();
    let package = PACKAGES.iter().find(|(programs, _)| programs.contains(&program));
    let package = package.map_or("the package that provides it", |(_, package)| package);
    Failure::new(
        ErrorCode::NotFound,
        format!(
            "starting '{}': there is no such program on the search path ({}); install {package}, or start the server \
             with a PATH that has it",
            command.shown_program(),
            path.join()
        ),
    )
}
