//! What a plugin sees of it: the interface `command` of the contract.
//!
//! Dropping the call's table, as happens with its store, ends every program that was started through it.

use crate::{CommandLine, CommandPolicy, Commands, Gateway, Launcher, LowerLimits, Process, Project};
use orchestrator_contract::{
    command::{self, Host, HostProcess},
    convert::into_command_outcome,
    into_error, types,
};
use orchestrator_core::{ErrorCode, EventSink, Failure, Grant, event::OutputStream};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use wasmtime::component::{HasData, Resource, ResourceTable, ResourceTableError};

/// Per-call state of the room, dropped with the store.
pub struct CommandCall {
    grant: Grant,
    policy: CommandPolicy,
    commands: Commands,
}

impl CommandCall {
    /// Programs for one call, as far as `policy` lets it: in the project, started by `launcher`, announced to `events`,
    /// ended at `deadline` at the latest.
    #[must_use]
    pub fn new(
        grant: Grant,
        policy: CommandPolicy,
        launcher: Arc<dyn Launcher>,
        project: Project,
        events: Arc<dyn EventSink>,
        deadline: Instant,
    ) -> Self {
        Self { grant, policy, commands: Commands::new(launcher, project, events, deadline) }
    }

    /// Lets each program reach what `gateway` opens for it.
    #[must_use]
    pub fn reaching(self, gateway: Arc<dyn Gateway>) -> Self {
        Self { commands: self.commands.reaching(gateway), ..self }
    }

    /// Lets each program use up no more than `limits`.
    #[must_use]
    pub fn within(self, limits: LowerLimits) -> Self {
        Self { commands: self.commands.within(limits), ..self }
    }

    async fn start(&self, command: command::CommandLine) -> Result<Process, Failure> {
        self.commands.start(self.admitted(command)?).await
    }

    async fn run(&self, command: command::CommandLine) -> Result<types::CommandOutcome, Failure> {
        self.commands.run(self.admitted(command)?).await.map(into_command_outcome)
    }

    /// The command, when the plugin may start it.
    fn admitted(&self, command: command::CommandLine) -> Result<CommandLine, Failure> {
        self.grant.check()?;
        let command = from_command_line(command);
        let admitted = self.policy.admit(&command);
        if admitted.as_ref().is_err_and(|failure| failure.code == ErrorCode::Denied) {
            self.grant.denials.tell(&command.shown());
        }
        admitted.map(|()| command)
    }
}

/// The room and the table of one call, borrowed for one function.
pub struct CommandView<'a> {
    /// The room's state.
    pub call: &'a mut CommandCall,
    /// The call's resources.
    pub table: &'a mut ResourceTable,
}

/// Names the room for the linker.
pub struct CommandRoom;

impl HasData for CommandRoom {
    type Data<'a> = CommandView<'a>;
}

/// What the contract's functions give: guests see failures as values, only a handle that is none traps.
type Answered<T> = wasmtime::Result<Result<T, types::Error>>;

impl Host for CommandView<'_> {
    async fn start(&mut self, command: command::CommandLine) -> Answered<Resource<command::Process>> {
        match self.call.start(command).await {
            Ok(process) => {
                let handle = self.table.push(process)?;
                Ok(Ok(Resource::new_own(handle.rep())))
            }
            Err(failure) => Ok(Err(into_error(failure))),
        }
    }

    async fn run(&mut self, command: command::CommandLine) -> Answered<types::CommandOutcome> {
        Ok(self.call.run(command).await.map_err(into_error))
    }

    async fn is_available(&mut self, program: String) -> wasmtime::Result<bool> {
        let CommandCall { grant, policy, commands } = &*self.call;
        Ok(grant.granted && policy.names(&program) && commands.is_available(&program))
    }
}

impl HostProcess for CommandView<'_> {
    async fn read_output(
        &mut self,
        process: Resource<command::Process>,
    ) -> Answered<Option<command::OutputChunk>> {
        let chunk = self.process(&process)?.read_output().await;
        Ok(Ok(chunk.map(|chunk| command::OutputChunk {
            stream: match chunk.stream {
                OutputStream::Stdout => command::OutputStream::Stdout,
                OutputStream::Stderr => command::OutputStream::Stderr,
            },
            text: chunk.text,
        })))
    }

    async fn wait(&mut self, process: Resource<command::Process>) -> Answered<types::CommandOutcome> {
        Ok(self.process(&process)?.wait().await.map(into_command_outcome).map_err(into_error))
    }

    async fn kill(&mut self, process: Resource<command::Process>) -> wasmtime::Result<()> {
        // How it ended is what `wait` is asked for.
        let _ = self.process(&process)?.kill().await;
        Ok(())
    }

    async fn drop(&mut self, process: Resource<command::Process>) -> wasmtime::Result<()> {
        let mut process = self.table.delete(Resource::<Process>::new_own(process.rep()))?;
        // The guest has let go of it; that it ended is still told to those who watch the run.
        let _ = process.kill().await;
        Ok(())
    }
}

impl CommandView<'_> {
    fn process(&mut self, handle: &Resource<command::Process>) -> Result<&mut Process, ResourceTableError> {
        self.table.get_mut(&Resource::new_borrow(handle.rep()))
    }
}

fn from_command_line(command: command::CommandLine) -> CommandLine {
    let command::CommandLine { argv, directory, environment, timeout_ms } = command;
    CommandLine { argv, directory, environment, timeout: timeout_ms.map(Duration::from_millis) }
}
