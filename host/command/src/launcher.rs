//! What starts programs, and how well they are locked up.
//!
//! A launcher is small on purpose: find a program, start it, wait for it, end it. Everything that must hold however
//! a program is locked up (time, output, number, events) is done by those who use it.

use crate::{CommandLimits, CommandLine, Network, Project};
use async_trait::async_trait;
use orchestrator_core::{Failure, Isolation, LimitReached};
use tokio::io::AsyncRead;

/// Starts programs.
#[async_trait]
pub trait Launcher: Send + Sync {
    /// How well programs are locked up.
    fn level(&self) -> Isolation;

    /// What an operator should know before letting agents use this; shown at start-up.
    fn warning(&self) -> Option<String>;

    /// What programs may use up at most. A limit that this launcher cannot enforce is not enforced.
    fn limits(&self) -> CommandLimits;

    /// Whether a program of this name, without `/`, is on the search path.
    fn has(&self, program: &str) -> bool;

    /// The user that programs run as; none when that is the server's own.
    fn account(&self) -> Option<u32>;

    /// Starts a checked command in the project, with standard input closed and no way out but `network`. It may use up
    /// what `limits` say, which are [`Self::limits`] or less. The command's timeout is not the launcher's business.
    ///
    /// # Errors
    /// [`orchestrator_core::ErrorCode::NotFound`] when there is no such program or directory,
    /// [`orchestrator_core::ErrorCode::Denied`] when either lies outside of what is allowed.
    async fn start(
        &self,
        project: &Project,
        command: &CommandLine,
        limits: &CommandLimits,
        network: Option<&Network>,
    ) -> Result<Launched, Failure>;
}

/// What a program prints to.
pub type OutputPipe = Box<dyn AsyncRead + Send + Unpin>;

/// A program that was started.
pub struct Launched {
    /// The program and everything that it starts.
    pub process: Box<dyn RunningProcess>,
    /// Where its standard output comes out.
    pub stdout: OutputPipe,
    /// Where its standard error comes out.
    pub stderr: OutputPipe,
    /// Where it works. The last to be dropped: somebody may be waiting until nothing is at work there.
    pub project: Project,
}

/// A program and everything that it started. Dropping it ends all of them before it returns.
#[async_trait]
pub trait RunningProcess: Send + Sync {
    /// Waits for the program's end. By then everything that it started has been ended as well. Returns the same
    /// however often it is asked.
    ///
    /// # Errors
    /// [`orchestrator_core::ErrorCode::Internal`] when the system does not tell.
    async fn wait(&self) -> Result<Exit, Failure>;

    /// Asks all of them to end, which they may ignore.
    fn terminate(&self);

    /// Ends all of them, whatever they do about it. May block for some milliseconds.
    fn kill(&self);
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The limit that ended it, when the launcher saw one.
    pub limit: Option<LimitReached>,
}
