//! A program's life from start to end.
//!
//! Two things go on at once. One watches the end: it comes by itself, by a limit, or because somebody asked
//! for it; in the last two cases the program is asked first and killed after [`GRACE`]. The other carries the output
//! away, and goes on doing so when nobody wants it any more, since a program whose pipe is full stands still. They
//! are apart so that a journal that is slow to take an event never delays a kill.

mod log;
mod usage;
mod words;

use crate::{
    CommandLimits, CommandLine, Network, Project,
    chunk::Unread,
    launcher::{Exit, OutputPipe, RunningProcess},
};
use log::Log;
use orchestrator_core::{
    CommandEvent, CommandOutcome, ErrorCode, EventKind, EventSink, Failure, LimitReached, NewEvent,
    TestCounts, event::CommandStage,
};
use orchestrator_testreport::{Counts, Report};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, Semaphore, mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use words::{ending, over};

/// How long a program may take to end after it was asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(1);
/// A program at work, and what is to become of what it prints.
pub(crate) struct Supervision {
    pub(crate) command: CommandLine,
    pub(crate) process: Arc<dyn RunningProcess>,
    pub(crate) stdout: OutputPipe,
    pub(crate) stderr: OutputPipe,
    /// When its time is over.
    pub(crate) limit: Instant,
    pub(crate) limits: CommandLimits,
    /// Its way out, which ends with it.
    pub(crate) network: Option<Network>,
    /// Where it works, to see how much it leaves there.
    pub(crate) project: Project,
    /// Cancelled to end it.
    pub(crate) stop: CancellationToken,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) reader: mpsc::UnboundedSender<Unread>,
    /// Bytes that may wait for readers, of all programs of a call together.
    pub(crate) unread: Arc<Semaphore>,
}

impl Supervision {
    /// Sees the program through to its end and says how it went.
    pub(crate) async fn run(self) -> Result<CommandOutcome, Failure> {
        let started = Instant::now();
        let Self {
            command,
            process,
            stdout,
            stderr,
            limit,
            limits,
            network,
            project,
            stop,
            events,
            reader,
            unread,
        } = self;
        let gone = Notify::new();
        let (heard, last_heard) = watch::channel(started);
        let mut log = Log::new(&command, Arc::clone(&events), heard, reader, unread);
        let reached = async {
            tokio::select! {
                () = sleep_until(limit) => LimitReached::Time,
                () = silence(last_heard, limits.silence) => LimitReached::Silence,
                limit = overuse(project, &limits) => limit,
            }
        };
        let end = async {
            let end = until_end(&*process, reached, &stop).await;
            gone.notify_one();
            end
        };
        let (end, ()) = tokio::join!(end, log.follow(stdout, stderr, &stop, &gone));
        let network = match network {
            Some(network) => Some(network.open.close().await),
            None => None,
        };
        let (exit, limit) = end?;
        let Log { command: shown, mut excerpt, reports, truncated, failure, .. } = log;
        if let Some(failure) = failure {
            return Err(failure);
        }
        for refusal in network.iter().flat_map(|network| &network.refusals) {
            excerpt.push(&format!("\n[refused by the host: {refusal}]\n"));
        }
        let limit = limit.or(exit.limit);
        if let Some(limit) = limit {
            excerpt.push(&format!("\n[ended by the host: {}]\n", over(limit)));
        }
        let tests = reports.finish().map(counted);
        if let Some(tests) = tests.as_ref().filter(|tests| tests.failed > 0 && exit.code == Some(0)) {
            excerpt.push(&format!("\n[the host: {tests}, though the exit code is 0]\n"));
        }
        let timed_out = matches!(limit, Some(LimitReached::Time | LimitReached::Silence | LimitReached::Cpu));
        let (output, cut) = excerpt.finish();
        let outcome = CommandOutcome {
            argv: command.argv,
            exit_code: exit.code.filter(|_| !timed_out),
            signal: exit.signal,
            timed_out,
            limit,
            truncated: truncated || cut,
            output,
            duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            network,
            tests,
        };
        let message = format!("{}: {}", shown, ending(&outcome));
        let stage = CommandStage::Finished { outcome: Box::new(outcome.clone()) };
        let event = EventKind::CommandExecute(CommandEvent { command: shown, stage });
        events.emit(NewEvent::new(event, message)).await?;
        Ok(outcome)
    }
}

/// What the journal keeps of a report.
fn counted(report: Report) -> TestCounts {
    let Report { counts: Counts { passed, failed, skipped }, failures } = report;
    TestCounts { passed, failed, skipped, failures }
}

/// Waits for the end and brings it about where it must not wait; returns it, and the limit that was `reached` before.
async fn until_end(
    process: &dyn RunningProcess,
    reached: impl Future<Output = LimitReached>,
    stop: &CancellationToken,
) -> Result<(Exit, Option<LimitReached>), Failure> {
    let limit = tokio::select! {
        biased;
        exit = process.wait() => return Ok((exit?, None)),
        () = stop.cancelled() => None,
        limit = reached => Some(limit),
    };
    process.terminate();
    let exit = match timeout(GRACE, process.wait()).await {
        Ok(exit) => exit?,
        Err(_) => {
            process.kill();
            process.wait().await?
        }
    };
    Ok((exit, limit))
}

/// Waits until nothing was heard for so long.
async fn silence(mut last_heard: watch::Receiver<Instant>, most: Duration) {
    loop {
        let due = last_heard.borrow_and_update().checked_add(most);
        let Some(due) = due else { return std::future::pending().await };
        tokio::select! {
            () = sleep_until(due) => return,
            changed = last_heard.changed() => if changed.is_err() {
                // Nobody is left to tell.
                return std::future::pending().await;
            },
        }
    }
}

/// Waits until the project holds more than it may.
async fn overuse(project: Project, limits: &CommandLimits) -> LimitReached {
    loop {
        sleep(limits.workspace_every).await;
        let (project, limits) = (project.clone(), limits.clone());
        let look = tokio::task::spawn_blocking(move || usage::passed(&project, &limits));
        if let Ok(Some(limit)) = look.await {
            return limit;
        }
    }
}

/// What is said when a program's task is gone.
pub(crate) fn lost(error: &tokio::task::JoinError) -> Failure {
    Failure::new(ErrorCode::Internal, format!("watching a program ended early: {error}"))
}
