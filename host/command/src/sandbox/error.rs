//! Why the sandbox could not be set up as it was asked for.

use std::{io, path::PathBuf};

/// The sandbox could not be set up as it was asked for. That it is missing is no error: commands are refused then.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A folder with programs cannot be shown to commands.
    #[error("showing the toolchain {} to commands: {problem}", folder.display())]
    Toolchain {
        /// The folder.
        folder: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Bubblewrap is not named by an absolute path, so whoever sets the search path would choose it.
    #[error("making sandboxes by {}: name bubblewrap by an absolute path, such as /usr/bin/bwrap", .0.display())]
    Bubblewrap(PathBuf),
    /// The number that commands are to run as cannot be used.
    #[error("running commands as user {uid}: {problem}")]
    Account {
        /// The number.
        uid: u32,
        /// What is wrong.
        problem: String,
    },
    /// Commands must not run without a sandbox as root.
    #[error(
        "commands without a sandbox are not allowed to root: they could change anything on this machine; start the \
         program as another user, or install bubblewrap (Debian: apt install bubblewrap) and leave out \
         --allow-isolation"
    )]
    NoneAsRoot,
    /// The system does not let it.
    #[error("setting up the sandbox of commands: {doing}: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}
