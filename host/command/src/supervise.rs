//! A program's life from start to end.
//!
//! Two things go on at once. One watches the end: it comes by itself, by a limit, or because somebody asked
//! for it; in the last two cases the program is asked first and killed after [`GRACE`]. The other carries the output
//! away, and goes on doing so when nobody wants it any more, since a program whose pipe is full stands still. They
//! are apart so that a journal that is slow to take an event never delays a kill.

mod usage;

use crate::{
    CommandLimits, CommandLine, Network, OUTPUT_MAX, Project,
    chunk::{OutputChunk, Unread},
    excerpt::Excerpt,
    fold::{Fold, Seen},
    launcher::{Exit, OutputPipe, RunningProcess},
    line::{shorten, visible},
    output::Batch,
};
use orchestrator_core::{
    CommandEvent, CommandOutcome, ErrorCode, EventKind, EventSink, Failure, LimitReached, NewEvent,
    TestCounts,
    event::{CommandStage, OutputStream},
};
use orchestrator_testreport::{Counts, Reader, Report};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::AsyncReadExt,
    sync::{Notify, Semaphore, mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long a program may take to end after it was asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(1);
/// How long output may still come when everything that could write it has ended.
const DRAIN: Duration = Duration::from_secs(2);
/// Bytes read at once.
const READ: usize = 16 * 1024;
/// Longest output line that becomes an event's line for people, in characters.
const SHOWN_MAX: usize = 200;

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
        let mut log = Log {
            command: command.shown(),
            events: Arc::clone(&events),
            excerpt: Excerpt::default(),
            reports: Reader::new(&command.argv),
            room: OUTPUT_MAX,
            truncated: false,
            failure: None,
            heard,
            reader,
            unread,
        };
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

/// What a limit means, in a few words.
fn over(limit: LimitReached) -> &'static str {
    match limit {
        LimitReached::Time => "its time was over",
        LimitReached::Silence => "it printed nothing for too long",
        LimitReached::Cpu => "it computed for too long",
        LimitReached::Memory => "it took more memory than commands may have",
        LimitReached::WorkspaceBytes => "the project holds more bytes than it may",
        LimitReached::WorkspaceFiles => "the project holds more files than it may",
    }
}

/// How a command ended, in a few words.
fn ending(outcome: &CommandOutcome) -> String {
    let seconds = Duration::from_millis(outcome.duration_ms).as_secs_f64();
    match (outcome.limit, outcome.exit_code, outcome.signal) {
        (Some(limit), ..) => format!("ended after {seconds:.1} s because {}", over(limit)),
        (_, Some(0), _) if !outcome.succeeded() => format!("its tests fail, after {seconds:.1} s"),
        (_, Some(0), _) => format!("done in {seconds:.1} s"),
        (_, Some(code), _) => format!("exit code {code} after {seconds:.1} s"),
        (_, None, Some(signal)) => format!("ended by signal {signal} after {seconds:.1} s"),
        (_, None, None) => format!("ended after {seconds:.1} s"),
    }
}

/// What becomes of the output.
struct Log {
    command: String,
    events: Arc<dyn EventSink>,
    excerpt: Excerpt,
    /// Reads what it says of tests.
    reports: Reader,
    /// Bytes that may still become events.
    room: usize,
    truncated: bool,
    /// Why an event could not be written; the program is ended then.
    failure: Option<Failure>,
    /// When it last printed something.
    heard: watch::Sender<Instant>,
    reader: mpsc::UnboundedSender<Unread>,
    unread: Arc<Semaphore>,
}

impl Log {
    /// Carries the output away until both streams have ended, or for [`DRAIN`] after everything is `gone`: somebody
    /// out of reach may have taken a stream along.
    async fn follow(
        &mut self,
        stdout: OutputPipe,
        stderr: OutputPipe,
        stop: &CancellationToken,
        gone: &Notify,
    ) {
        let drained = tokio::select! {
            () = self.drain(stdout, stderr, stop) => true,
            () = async { gone.notified().await; sleep(DRAIN).await } => false,
        };
        self.truncated |= !drained;
    }

    async fn drain(&mut self, stdout: OutputPipe, stderr: OutputPipe, stop: &CancellationToken) {
        let mut out = Source::new(OutputStream::Stdout, stdout);
        let mut err = Source::new(OutputStream::Stderr, stderr);
        let mut batch = Batch::new();
        loop {
            let due = [batch.due(), out.due, err.due].into_iter().flatten().min();
            let (source, read) = tokio::select! {
                read = out.read(), if out.open => (&mut out, read),
                read = err.read(), if err.open => (&mut err, read),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    let now = Instant::now();
                    for source in [&mut out, &mut err] {
                        let pieces = batch.push(source.stream, &source.release(now, &mut self.reports));
                        self.take(pieces, stop).await;
                    }
                    if batch.due().is_some_and(|due| due <= now) {
                        let piece = batch.take();
                        self.take(piece, stop).await;
                    }
                    continue;
                }
                else => break,
            };
            self.heard.send_replace(Instant::now());
            let text = source.folded(read, &mut self.reports);
            let pieces = batch.push(source.stream, &text);
            self.take(pieces, stop).await;
        }
        let rest = batch.take();
        self.take(rest, stop).await;
    }

    async fn take(
        &mut self,
        pieces: impl IntoIterator<Item = (OutputStream, String)>,
        stop: &CancellationToken,
    ) {
        for (stream, text) in pieces {
            self.excerpt.push(&text);
            if self.failure.is_some() {
                continue;
            }
            if text.len() > self.room {
                self.room = 0;
                self.truncated = true;
                continue;
            }
            self.room -= text.len();
            self.offer(stream, &text);
            if let Err(failure) = self.announce(stream, text).await {
                self.failure = Some(failure);
                stop.cancel();
            }
        }
    }

    /// Lays a piece ready for a reader, if there is room.
    fn offer(&mut self, stream: OutputStream, text: &str) {
        let size = u32::try_from(text.len()).unwrap_or(u32::MAX);
        match Arc::clone(&self.unread).try_acquire_many_owned(size) {
            // A reader that is gone has no use for it.
            Ok(permit) => drop(self.reader.send((OutputChunk { stream, text: text.to_owned() }, permit))),
            Err(_) => self.truncated = true,
        }
    }

    async fn announce(&self, stream: OutputStream, chunk: String) -> Result<(), Failure> {
        let last = chunk.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let message = shorten(visible(last).trim_end(), SHOWN_MAX);
        let stage = CommandStage::Output { stream, chunk };
        let event = EventKind::CommandExecute(CommandEvent { command: self.command.clone(), stage });
        self.events.emit(NewEvent::new(event, message)).await
    }
}

/// One of the two streams, folded to lines.
struct Source {
    stream: OutputStream,
    pipe: OutputPipe,
    fold: Fold,
    buffer: Vec<u8>,
    open: bool,
    /// When what may still be overwritten has waited long enough.
    due: Option<Instant>,
}

impl Source {
    fn new(stream: OutputStream, pipe: OutputPipe) -> Self {
        Self { stream, pipe, fold: Fold::default(), buffer: vec![0; READ], open: true, due: None }
    }

    /// Reads the next bytes; how many there are, and none at the end. A pipe that fails counts as ended: there is
    /// nobody to tell about it but the program itself.
    async fn read(&mut self) -> Option<usize> {
        self.pipe.read(&mut self.buffer).await.ok().filter(|count| *count > 0)
    }

    /// The text that is finished by what was read, which may be empty.
    fn folded(&mut self, read: Option<usize>, reports: &mut Reader) -> String {
        let mut text = String::new();
        let mut whole = |seen: Seen<'_>| report(seen, reports);
        match read.and_then(|count| self.buffer.get(..count)) {
            Some(bytes) => self.fold.push(bytes, &mut text, &mut whole),
            None => {
                self.open = false;
                self.fold.finish(&mut text, &mut whole);
            }
        }
        self.due = self.fold.patience().filter(|_| self.open).map(|patience| Instant::now() + patience);
        text
    }

    /// What has waited long enough by now.
    fn release(&mut self, now: Instant, reports: &mut Reader) -> String {
        let mut text = String::new();
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.fold.release(&mut text, &mut |seen| report(seen, reports));
        }
        text
    }
}

/// Has a line read for what it says of tests.
fn report(seen: Seen<'_>, reports: &mut Reader) {
    match seen {
        Seen::Line(line) => reports.line(line),
        Seen::Overwritten(line) => reports.overwritten_line(line),
    }
}

/// What is said when a program's task is gone.
pub(crate) fn lost(error: &tokio::task::JoinError) -> Failure {
    Failure::new(ErrorCode::Internal, format!("watching a program ended early: {error}"))
}
