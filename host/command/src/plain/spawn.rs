//! The moment of the start.
//!
//! Between fork and exec only system calls may be made: another thread could have held any lock, the allocator's
//! included, when the process was copied. That is all that [`prepare`] does.

use super::{
    environment,
    process::PlainProcess,
    program::{self, SearchPath},
};
use crate::{CommandLine, Project, Scratch, launcher::Launched};
use orchestrator_core::{ErrorCode, Failure};
use std::{
    fs::File,
    io,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};
use tokio::process::{ChildStderr, ChildStdout};

/// Starts a command. Blocks for some milliseconds.
pub(super) fn start(
    path: &SearchPath,
    chosen: &[(String, String)],
    project: &Project,
    command: &CommandLine,
) -> Result<Launched, Failure> {
    let place = program::locate(path, project, command)?;
    let failed = |what: &str, error: &io::Error| {
        let message = format!("starting '{}': {what}: {error}", command.shown_program());
        Failure::new(ErrorCode::Internal, message)
    };
    let home = Scratch::new().map_err(|error| failed("its temporary home cannot be made", &error))?;
    let mark = uuid::Uuid::now_v7().to_string();
    let environment =
        environment::of_command(chosen, &path.join(), &home.path().to_string_lossy(), &mark, command);
    let mut builder = Command::new(&place.program);
    builder
        .args(command.argv.iter().skip(1))
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let directory = place.directory;
    // SAFETY: `prepare` makes system calls and touches no memory but its own stack; see the module's words.
    unsafe {
        builder.pre_exec(move || prepare(&directory));
    }
    let mut child = builder.spawn().map_err(|error| not_started(command, &error))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // From here on the process is ended whatever fails.
    let process = PlainProcess::new(child, &mark, home);
    let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
        return Err(failed("its output cannot be read", &io::ErrorKind::BrokenPipe.into()));
    };
    let unreadable = |error: io::Error| failed("its output cannot be read", &error);
    Ok(Launched {
        process: Box::new(process),
        stdout: Box::new(ChildStdout::from_std(stdout).map_err(unreadable)?),
        stderr: Box::new(ChildStderr::from_std(stderr).map_err(unreadable)?),
        project: project.clone(),
    })
}

/// Runs in the child: into its folder, into a session of its own, without inherited files, core dumps and new rights.
fn prepare(directory: &File) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    rustix::process::fchdir(directory)?;
    rustix::process::setsid()?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    {
        rustix::thread::set_no_new_privs(true)?;
        close_inherited()?;
    }
    Ok(())
}

/// Marks everything but the three standard streams to be closed at exec: what this program opens is marked already,
/// what its own parent left open is not. Marked rather than closed, because the pipe that reports a failed exec must
/// live until then.
#[cfg(target_os = "linux")]
fn close_inherited() -> io::Result<()> {
    // SAFETY: the call takes three integers and changes nothing but flags of file descriptors.
    let done =
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn not_started(command: &CommandLine, error: &io::Error) -> Failure {
    let (code, advice) = match error.kind() {
        io::ErrorKind::NotFound => {
            (ErrorCode::NotFound, "the file, or the interpreter that its first line names, is missing")
        }
        io::ErrorKind::PermissionDenied => {
            (ErrorCode::InvalidInput, "the file is not executable; start it through its interpreter")
        }
        _ => (ErrorCode::Internal, "the system refused"),
    };
    Failure::new(code, format!("starting '{}': {advice} ({error})", command.shown_program()))
}
