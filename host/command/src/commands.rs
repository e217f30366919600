//! The rules for the programs of one call.
//!
//! Two programs at a time are enough for a server and the test that asks it; more would only hide from each other
//! what they use up. A handle that is kept after its program's end costs memory for unread output, so handles and
//! unread bytes are counted as well.

use crate::{
    CommandLine, Gateway, HANDLES_MAX, Isolation, Launcher, LowerLimits, Network, NoGateway, PROCESSES_MAX,
    Process, Project, UNREAD_MAX, launcher::Launched, supervise::Supervision,
};
use orchestrator_core::{
    CommandEvent, CommandOutcome, ErrorCode, EventKind, EventSink, Failure, NewEvent, event::CommandStage,
};
use std::sync::Arc;
use tokio::{
    sync::{Semaphore, mpsc},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// Starts programs for one call.
pub struct Commands {
    launcher: Arc<dyn Launcher>,
    project: Project,
    gateway: Arc<dyn Gateway>,
    limits: LowerLimits,
    events: Arc<dyn EventSink>,
    deadline: Instant,
    running: Arc<Semaphore>,
    handles: Arc<Semaphore>,
    unread: Arc<Semaphore>,
}

impl Commands {
    /// Programs in the project, none of which outlasts `deadline`. They reach nothing; see [`Self::reaching`].
    #[must_use]
    pub fn new(
        launcher: Arc<dyn Launcher>,
        project: Project,
        events: Arc<dyn EventSink>,
        deadline: Instant,
    ) -> Self {
        Self {
            launcher,
            project,
            gateway: Arc::new(NoGateway),
            limits: LowerLimits::default(),
            events,
            deadline,
            running: Arc::new(Semaphore::new(PROCESSES_MAX)),
            handles: Arc::new(Semaphore::new(HANDLES_MAX)),
            unread: Arc::new(Semaphore::new(UNREAD_MAX)),
        }
    }

    /// Lets each program reach what `gateway` opens for it.
    #[must_use]
    pub fn reaching(self, gateway: Arc<dyn Gateway>) -> Self {
        Self { gateway, ..self }
    }

    /// Lets each program use up no more than `limits`, and never more than the launcher's own.
    #[must_use]
    pub fn within(self, limits: LowerLimits) -> Self {
        Self { limits, ..self }
    }

    /// Whether a program of this name is on the search path.
    #[must_use]
    pub fn is_available(&self, program: &str) -> bool {
        self.launcher.has(program)
    }

    /// Starts a program.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] when there is no such program or directory, [`ErrorCode::LimitExceeded`] when too
    /// many are at work or held, [`ErrorCode::Timeout`] when the call's time is over.
    pub async fn start(&self, command: CommandLine) -> Result<Process, Failure> {
        command.check()?;
        let place =
            self.reserve(&self.handles, &command, HANDLES_MAX, "programs are held; drop those that ended")?;
        let running = self.reserve(
            &self.running,
            &command,
            PROCESSES_MAX,
            "programs are at work; wait for one or end one",
        )?;
        let network = self.way_out(&command).await?;
        let now = Instant::now();
        if now >= self.deadline {
            return Err(too_late(&command));
        }
        // A timeout beyond what a clock can show means no more than the deadline.
        let limits = self.limits.below(self.launcher.limits());
        let timeout = command.timeout.map_or(limits.wall, |timeout| timeout.min(limits.wall));
        let limit = now.checked_add(timeout).map_or(self.deadline, |limit| limit.min(self.deadline));
        let Launched { process, stdout, stderr, project } =
            self.launcher.start(&self.project, &command, &limits, network.as_ref()).await?;
        self.announce(&command).await?;
        let process: Arc<_> = process.into();
        let stop = CancellationToken::new();
        let (reader, output) = mpsc::unbounded_channel();
        let supervision = Supervision {
            command,
            process: Arc::clone(&process),
            stdout,
            stderr,
            limit,
            limits,
            network,
            project,
            stop: stop.clone(),
            events: Arc::clone(&self.events),
            reader,
            unread: Arc::clone(&self.unread),
        };
        let task = tokio::spawn(async move {
            let end = supervision.run().await;
            drop(running);
            end
        });
        Ok(Process { output, stop, process, task, end: None, _place: place })
    }

    /// Starts a program and waits for its end. Dropping the future ends it, though a moment later when it is just
    /// being started. A program that fails is an outcome.
    ///
    /// # Errors
    /// As for [`Commands::start`] and [`Process::wait`].
    pub async fn run(&self, command: CommandLine) -> Result<CommandOutcome, Failure> {
        let mut process = self.start(command).await?;
        // Nobody reads it, so it should not take up the room of those who do.
        process.output.close();
        process.wait().await
    }

    /// Opens the command's way out. Programs that are not confined need none.
    async fn way_out(&self, command: &CommandLine) -> Result<Option<Network>, Failure> {
        if self.launcher.level() == Isolation::None {
            return Ok(None);
        }
        let opening = self.gateway.open(command, self.launcher.account());
        timeout_at(self.deadline, opening).await.unwrap_or_else(|_| Err(too_late(command)))
    }

    fn reserve(
        &self,
        places: &Arc<Semaphore>,
        command: &CommandLine,
        most: usize,
        advice: &str,
    ) -> Result<tokio::sync::OwnedSemaphorePermit, Failure> {
        Arc::clone(places).try_acquire_owned().map_err(|_| {
            Failure::new(
                ErrorCode::LimitExceeded,
                format!("starting '{}': already {most} {advice}", command.shown_program()),
            )
        })
    }

    async fn announce(&self, command: &CommandLine) -> Result<(), Failure> {
        let shown = command.shown();
        let stage = CommandStage::Started { argv: command.argv.clone() };
        let event = EventKind::CommandExecute(CommandEvent { command: shown.clone(), stage });
        self.events.emit(NewEvent::new(event, shown)).await
    }
}

fn too_late(command: &CommandLine) -> Failure {
    let message = format!("starting '{}': the step's time is over", command.shown_program());
    Failure::new(ErrorCode::Timeout, message)
}
