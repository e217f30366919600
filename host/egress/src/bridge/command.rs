//! The command beside the bridge: started by it, signalled through it, and gone with it.

use nix::{
    sys::{
        prctl,
        signal::{SigSet, SigmaskHow, Signal, kill, raise, sigprocmask},
    },
    unistd::{Pid, getppid},
};
use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, Command, ExitCode, ExitStatus},
    thread,
};

/// What is passed on. Others are for the bridge's own process or cannot be caught.
const PASSED_ON: [Signal; 9] = [
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGHUP,
    Signal::SIGQUIT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGWINCH,
    Signal::SIGCONT,
];

/// Starts the command, then what goes on `beside` it, and waits for the command's end.
pub(super) fn run(
    program: &OsStr,
    arguments: impl Iterator<Item = OsString>,
    beside: impl FnOnce() -> io::Result<()>,
) -> Result<ExitCode, String> {
    let passed_on: SigSet = PASSED_ON.into_iter().collect();
    // Held back from here on: a signal between the start and the thread that passes it on would be lost, or end the
    // bridge alone. Every thread inherits it.
    let mut before = SigSet::empty();
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&passed_on), Some(&mut before))
        .map_err(|error| format!("holding back signals: {error}"))?;
    let mut child = match start(program, arguments, before) {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            let missing = error.kind() == io::ErrorKind::NotFound;
            return Ok(ExitCode::from(if missing { 127 } else { 126 }));
        }
    };
    let begun = beside().and_then(|()| pass_on(&child, passed_on));
    if let Err(error) = begun {
        // It must not go on with nobody to end it.
        let _ = child.kill();
        return Err(format!("starting a thread: {error}"));
    }
    let status = child.wait().map_err(|error| format!("waiting for the command: {error}"))?;
    Ok(end_as(status))
}

fn start(program: &OsStr, arguments: impl Iterator<Item = OsString>, mask: SigSet) -> io::Result<Child> {
    let bridge = Pid::this();
    let mut command = Command::new(program);
    command.args(arguments);
    let in_child = move || {
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&mask), None)?;
        // The bridge waits in the thread that starts this one, so the thread ends when the bridge does.
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // It may have ended before that held.
        if getppid() == bridge { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    };
    // SAFETY: between fork and exec only system calls are made; nothing allocates or locks.
    unsafe { command.pre_exec(in_child) }.spawn()
}

fn pass_on(child: &Child, signals: SigSet) -> io::Result<()> {
    let Ok(child) = i32::try_from(child.id()).map(Pid::from_raw) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let work = move || {
        while let Ok(signal) = signals.wait() {
            // It may be gone; then the bridge ends in a moment, too.
            let _ = kill(child, signal);
        }
    };
    thread::Builder::new().stack_size(64 << 10).spawn(work).map(drop)
}

/// Ends as the command did.
fn end_as(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal().and_then(|number| Signal::try_from(number).ok()) {
        let mut this = SigSet::empty();
        this.add(signal);
        let _ = sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&this), None);
        let _ = raise(signal);
    }
    // Not reached after a signal that ends; 128 and its number is how shells say it.
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
