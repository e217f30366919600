//! Running other programs, so that a person sees which one runs and, when it fails, which one did.

use std::env;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

/// One line about what comes next. On stderr, which leaves stdout to the programs that are run.
pub(crate) fn say(line: impl AsRef<str>) {
    eprintln!("==> {}", line.as_ref());
}

/// The cargo that runs this program, so that `cargo +toolchain xtask` means the same toolchain throughout.
pub(crate) fn host_cargo_program() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end with the terminal's own input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs to the end and gives what was printed; stderr becomes part of the error where there is one.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, complaint.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no UTF-8", shown(command)))
}

/// As [`run`], but ended after `limit`: for clients that retry for long on a network that lets nothing through.
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Result<()> {
    let mut child = command.stdin(Stdio::null()).spawn().map_err(|error| cannot_start(command, &error))?;
    let deadline = Instant::now() + limit;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("`{}` failed ({status})", shown(command)),
            None if Instant::now() >= deadline => {
                child.kill()?;
                child.wait()?;
                bail!("`{}` had not finished after {} s and was ended", shown(command), limit.as_secs());
            }
            None => sleep(Duration::from_millis(50)),
        }
    }
}

/// Becomes the other program where the system can do that: Ctrl-C then reaches one process, not two of which the outer
/// one dies first and leaves the prompt in the middle of the inner one's orderly shutdown.
pub(crate) fn become_program(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    {
        let error = std::os::unix::process::CommandExt::exec(command);
        Err(cannot_start(command, &error))
    }
    #[cfg(not(unix))]
    run(command)
}

/// Where a program is, if `PATH` has it.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// A command as one would type it, near enough to be recognised.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        return anyhow!("`{program}` is not installed, or not on PATH");
    }
    anyhow!("`{program}` could not be started: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`sh -c echo broken >&2; exit 3` failed"), "{text}");
        assert!(text.ends_with("broken"), "{text}");
    }

    #[test]
    fn a_program_that_is_not_there_is_told_apart() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(error.to_string(), "`no-such-program-here` is not installed, or not on PATH");
    }

    #[test]
    fn a_wait_is_bounded() {
        let begin = Instant::now();
        let error = run_within(Duration::from_millis(100), Command::new("sleep").arg("30")).unwrap_err();
        assert!(error.to_string().contains("was ended"), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}
