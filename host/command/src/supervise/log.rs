//! What a program prints, on its way: into events, to readers, into the excerpt that is kept.

use crate::{
    CommandLine, OUTPUT_MAX,
    chunk::{OutputChunk, Unread},
    excerpt::Excerpt,
    fold::{Fold, Seen},
    launcher::OutputPipe,
    line::{shorten, visible},
    output::Batch,
};
use orchestrator_core::{
    CommandEvent, EventKind, EventSink, Failure, NewEvent,
    event::{CommandStage, OutputStream},
};
use orchestrator_testreport::Reader;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::AsyncReadExt,
    sync::{Notify, Semaphore, mpsc, watch},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// How long output may still come when everything that could write it has ended.
const DRAIN: Duration = Duration::from_secs(2);
/// Bytes read at once.
const READ: usize = 16 * 1024;
/// Longest output line that becomes an event's line for people, in characters.
const SHOWN_MAX: usize = 200;

/// What becomes of the output.
pub(super) struct Log {
    pub(super) command: String,
    events: Arc<dyn EventSink>,
    pub(super) excerpt: Excerpt,
    /// Reads what it says of tests.
    pub(super) reports: Reader,
    /// Bytes that may still become events.
    room: usize,
    pub(super) truncated: bool,
    /// Why an event could not be written; the program is ended then.
    pub(super) failure: Option<Failure>,
    /// When it last printed something.
    heard: watch::Sender<Instant>,
    reader: mpsc::UnboundedSender<Unread>,
    unread: Arc<Semaphore>,
}

impl Log {
    pub(super) fn new(
        command: &CommandLine,
        events: Arc<dyn EventSink>,
        heard: watch::Sender<Instant>,
        reader: mpsc::UnboundedSender<Unread>,
        unread: Arc<Semaphore>,
    ) -> Self {
        Self {
            command: command.shown(),
            events,
            excerpt: Excerpt::default(),
            reports: Reader::new(&command.argv),
            room: OUTPUT_MAX,
            truncated: false,
            failure: None,
            heard,
            reader,
            unread,
        }
    }

    /// Carries the output away until both streams have ended, or for [`DRAIN`] after everything is `gone`: somebody
    /// out of reach may have taken a stream along.
    pub(super) async fn follow(
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
