//! The one thread that starts sandboxes.
//!
//! Bubblewrap asks the kernel to be killed when its parent dies, so that a server that is killed outright leaves
//! nothing running. The kernel takes "parent" to be the thread that forked, and threads of a pool end when they have
//! nothing to do; a sandbox started by one would be killed out of the blue. So there is one thread that starts all of
//! them, and it never ends. A start takes some milliseconds, and they go one after the other.

use std::{
    io,
    process::{Child, Command},
    sync::{
        OnceLock,
        mpsc::{Sender, channel},
    },
};

type Start = (Command, Sender<io::Result<Child>>);

/// Starts a process whose parent, as the kernel sees it, lives as long as this program. Blocks until it is started.
pub(super) fn spawn(command: Command) -> io::Result<Child> {
    let gone = || io::Error::other("the thread that starts sandboxes has ended");
    let (answer, child) = channel();
    thread()?.send((command, answer)).map_err(|_| gone())?;
    child.recv().map_err(|_| gone())?
}

fn thread() -> io::Result<&'static Sender<Start>> {
    static THREAD: OnceLock<Sender<Start>> = OnceLock::new();
    if let Some(thread) = THREAD.get() {
        return Ok(thread);
    }
    let (sender, starts) = channel::<Start>();
    std::thread::Builder::new().name("sandbox-starter".into()).spawn(move || {
        for (mut command, answer) in starts {
            if let Err(unasked) = answer.send(command.spawn())
                && let Ok(mut child) = unasked.0
            {
                // Whoever asked is gone; so must the child be.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    })?;
    // When two threads come here at once, the second's starter ends with its sender.
    Ok(THREAD.get_or_init(|| sender))
}
