//! One call of a plugin: a store composed of what the plugin was granted, used once, dropped.

use crate::{
    capability::{
        cancellation::{CancellationCall, CancellationRoom},
        events::{EventsCall, EventsRoom},
        execution_context::{ContextCall, ContextRoom},
        log::{LogCall, LogRoom},
        settings::{SettingsCall, SettingsRoom},
    },
    engine::{Inner, Runtime, TICK},
    limits::Meter,
    load::{Code, Plugin},
    output::Tail,
    trap,
};
use orchestrator_command::{CommandCall, CommandRoom, CommandView, Launcher};
use orchestrator_contract::{self as contract, convert};
use orchestrator_core::{
    AgentDescription, AgentSettings, CallOrigin, ErrorCode, EventSink, ExecutionContext, Failure, Grant,
    event::TrapReport,
};
use orchestrator_edits::{EditsCall, EditsRoom, EditsView};
use orchestrator_model::{ModelCall, ModelRoom, ModelView, Provider};
use orchestrator_workspace::{Workspace, WorkspaceCall, WorkspaceRoom, WorkspaceView};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wasmtime::{
    Engine, Store, UpdateDeadline,
    component::{Linker, ResourceTable},
    error::format_err,
};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// Where a guest finds the project's folder.
const PROJECT_MOUNT: &str = "/project";
/// How long a condition may take, whatever it waits for.
const CONDITION_TIMEOUT: Duration = Duration::from_secs(5);

/// What an agent's call is given.
pub struct AgentCall {
    /// What the agent is told.
    pub context: Arc<ExecutionContext>,
    /// The settings that the run keeps for it.
    pub settings: Arc<AgentSettings>,
    /// Where its events go.
    pub events: Arc<dyn EventSink>,
    /// Who answers its completions.
    pub provider: Arc<dyn Provider>,
    /// The project's files.
    pub workspace: Arc<Workspace>,
    /// What starts its programs.
    pub launcher: Arc<dyn Launcher>,
    /// Set when the run is cancelled.
    pub cancel: CancellationToken,
    /// When the step's time is over.
    pub deadline: Instant,
    /// Marks this run's artifact tags.
    pub nonce: String,
    /// Whether file contents are streamed as events.
    pub stream_output: bool,
}

/// What a condition's call is given.
pub struct ConditionCall {
    /// What the condition is told.
    pub context: Arc<ExecutionContext>,
    /// The arguments from the workflow.
    pub args: Vec<String>,
}

/// How a call went wrong.
#[derive(Debug)]
pub struct CallError {
    /// The failure, as runs and retries see it.
    pub failure: Failure,
    /// What is known about the trap, when the guest trapped.
    pub trap: Option<TrapReport>,
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self { failure, trap: None }
    }
}

/// What every store has.
struct Base {
    wasi: WasiCtx,
    table: ResourceTable,
    meter: Meter,
    cpu_ticks: u64,
    context: ContextCall,
    settings: SettingsCall,
    log: LogCall,
}

/// What an agent's store has on top.
pub(crate) struct AgentRooms {
    model: ModelCall,
    edits: EditsCall,
    workspace: WorkspaceCall,
    command: CommandCall,
    events: EventsCall,
    cancellation: CancellationCall,
}

/// State of a store: the base and the rooms of its world.
pub(crate) struct CallState<R> {
    base: Base,
    rooms: R,
}

/// State of an agent's store.
pub(crate) type AgentState = CallState<AgentRooms>;
/// State of a condition's store.
pub(crate) type ConditionState = CallState<()>;

impl<R: Send> WasiView for CallState<R> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.base.wasi, table: &mut self.base.table }
    }
}

fn link_base<R: Send + 'static>(engine: &Engine) -> wasmtime::Result<Linker<CallState<R>>> {
    let mut linker: Linker<CallState<R>> = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    contract::execution_context::add_to_linker::<_, ContextRoom>(&mut linker, |state| {
        &mut state.base.context
    })?;
    contract::settings::add_to_linker::<_, SettingsRoom>(&mut linker, |state| &mut state.base.settings)?;
    contract::log::add_to_linker::<_, LogRoom>(&mut linker, |state| &mut state.base.log)?;
    Ok(linker)
}

pub(crate) fn link_conditions(engine: &Engine) -> wasmtime::Result<Linker<ConditionState>> {
    link_base(engine)
}

pub(crate) fn link_agents(engine: &Engine) -> wasmtime::Result<Linker<AgentState>> {
    let mut linker: Linker<AgentState> = link_base(engine)?;
    contract::model::add_to_linker::<_, ModelRoom>(&mut linker, |state| ModelView {
        call: &mut state.rooms.model,
        table: &mut state.base.table,
    })?;
    contract::edits::add_to_linker::<_, EditsRoom>(&mut linker, |state| EditsView {
        call: &mut state.rooms.edits,
        table: &mut state.base.table,
    })?;
    contract::workspace::add_to_linker::<_, WorkspaceRoom>(&mut linker, |state| WorkspaceView {
        call: &mut state.rooms.workspace,
    })?;
    contract::command::add_to_linker::<_, CommandRoom>(&mut linker, |state| CommandView {
        call: &mut state.rooms.command,
        table: &mut state.base.table,
    })?;
    contract::events::add_to_linker::<_, EventsRoom>(&mut linker, |state| &mut state.rooms.events)?;
    contract::cancellation::add_to_linker::<_, CancellationRoom>(&mut linker, |state| {
        &mut state.rooms.cancellation
    })?;
    Ok(linker)
}

impl Runtime {
    /// Calls an agent and returns its summary and its data.
    ///
    /// Dropping the future ends the guest and everything it started. There is no timeout in here: the caller knows
    /// how long the step may take.
    ///
    /// # Errors
    /// The agent's own error, or [`ErrorCode::Trap`] with a report when the guest trapped.
    pub async fn run_agent(
        &self,
        plugin: &Plugin,
        call: AgentCall,
    ) -> Result<(String, serde_json::Value), CallError> {
        let inner = &*self.inner;
        let Code::Agent { pre, description } = &plugin.code else {
            return Err(internal(format!("'{}' is a condition, not an agent", plugin.name())).into());
        };
        let _place = inner.place().await?;
        let stderr = Tail::new(inner.limits.output);
        let state = inner.agent_state(plugin, description, call, &stderr)?;
        let mut store = inner.store(state);
        let outcome = async {
            let agent = pre.instantiate_async(&mut store).await?;
            agent.orchestrator_plugin_agent_plugin().call_run(&mut store).await
        };
        match outcome.await {
            Ok(Ok(outcome)) => Ok((outcome.summary, parse_data(outcome.data)?)),
            Ok(Err(error)) => Err(convert::from_error(error).into()),
            Err(error) => Err(trapped(plugin, &error, &stderr)),
        }
    }

    /// Asks a condition.
    ///
    /// # Errors
    /// The condition's own error, [`ErrorCode::Timeout`] after five seconds, or [`ErrorCode::Trap`] with a report.
    pub async fn ask_condition(&self, plugin: &Plugin, call: ConditionCall) -> Result<bool, CallError> {
        let inner = &*self.inner;
        let Code::Condition { pre, .. } = &plugin.code else {
            return Err(internal(format!("'{}' is an agent, not a condition", plugin.name())).into());
        };
        let _place = inner.place().await?;
        let stderr = Tail::new(inner.limits.output);
        let base = inner.base(plugin, call.context, Arc::new(no_settings()), WasiCtxBuilder::new(), &stderr);
        let mut store = inner.store(CallState { base, rooms: () });
        let answer = async {
            let condition = pre.instantiate_async(&mut store).await?;
            condition.orchestrator_plugin_condition_plugin().call_evaluate(&mut store, &call.args).await
        };
        match tokio::time::timeout(CONDITION_TIMEOUT, answer).await {
            Ok(Ok(Ok(holds))) => Ok(holds),
            Ok(Ok(Err(error))) => Err(convert::from_error(error).into()),
            Ok(Err(error)) => Err(trapped(plugin, &error, &stderr)),
            Err(_) => Err(Failure::new(
                ErrorCode::Timeout,
                format!(
                    "the condition '{}' took longer than {} s",
                    plugin.name(),
                    CONDITION_TIMEOUT.as_secs()
                ),
            )
            .into()),
        }
    }
}

impl Inner {
    async fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        self.places.acquire().await.map_err(|_| internal("the sandbox is shut down".into()))
    }

    fn store<R: Send + 'static>(&self, state: CallState<R>) -> Store<CallState<R>> {
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.base.meter);
        store.set_hostcall_fuel(self.limits.payload);
        store.set_epoch_deadline(1);
        let allowed = ticks(self.limits.cpu);
        store.epoch_deadline_callback(move |mut context| {
            // Only a guest that computes gets here, so the calls of this function measure what it computes; a wait
            // in a host function costs one tick, however long it was.
            let base = &mut context.data_mut().base;
            base.cpu_ticks += 1;
            if base.cpu_ticks > allowed {
                return Err(format_err!(
                    "the plugin computed for longer than {} s in one call, which is the limit",
                    allowed * TICK.as_millis() as u64 / 1000
                ));
            }
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    fn base(
        &self,
        plugin: &Plugin,
        context: Arc<ExecutionContext>,
        settings: Arc<AgentSettings>,
        mut wasi: WasiCtxBuilder,
        stderr: &Tail,
    ) -> Base {
        let wasi = wasi.stdout(stderr.clone()).stderr(stderr.clone()).build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(self.limits.handles);
        let log =
            LogCall { plugin: plugin.name().to_owned(), run_id: context.run_id, step: context.step.clone() };
        Base {
            wasi,
            table,
            meter: Meter::new(&self.limits),
            cpu_ticks: 0,
            context: ContextCall { context },
            settings: SettingsCall { settings },
            log,
        }
    }

    fn agent_state(
        &self,
        plugin: &Plugin,
        description: &AgentDescription,
        call: AgentCall,
        stderr: &Tail,
    ) -> Result<AgentState, Failure> {
        let wasi = wasi_with_project(description, &call.workspace)?;
        let base = self.base(plugin, Arc::clone(&call.context), Arc::clone(&call.settings), wasi, stderr);
        Ok(CallState { base, rooms: rooms(description, call) })
    }
}

fn rooms(description: &AgentDescription, call: AgentCall) -> AgentRooms {
    let grants = description.permissions;
    let grant =
        |permission, granted| Grant { plugin: description.agent_type.to_string(), permission, granted };
    let origin = CallOrigin {
        run_id: call.context.run_id,
        project_id: call.context.project_id.clone(),
        agent: description.agent_type.clone(),
        attempt: call.context.attempt,
        round: call.context.round,
        nonce: call.nonce.clone(),
    };
    AgentRooms {
        model: ModelCall {
            grant: grant("model", grants.model),
            provider: call.provider,
            settings: call.settings,
            origin,
            events: Arc::clone(&call.events),
        },
        edits: EditsCall {
            grant: grant("write-files", grants.write_files),
            workspace: Arc::clone(&call.workspace),
            events: Arc::clone(&call.events),
            nonce: call.nonce,
            stream_output: call.stream_output,
        },
        command: CommandCall::new(
            grant("command", grants.command),
            call.launcher,
            call.workspace.folder().to_owned(),
            Arc::clone(&call.events),
            call.deadline,
        ),
        workspace: WorkspaceCall {
            read: grant("read-files", grants.read_files),
            write: grant("write-files", grants.write_files),
            workspace: call.workspace,
            events: Arc::clone(&call.events),
            stream_output: call.stream_output,
        },
        events: EventsCall { events: call.events },
        cancellation: CancellationCall { cancel: call.cancel, deadline: call.deadline },
    }
}

/// WASI with the project's folder, as far as the plugin may see it.
fn wasi_with_project(
    description: &AgentDescription,
    workspace: &Workspace,
) -> Result<WasiCtxBuilder, Failure> {
    let mut wasi = WasiCtxBuilder::new();
    let permissions = match (description.permissions.read_files, description.permissions.write_files) {
        (_, true) => FsPerms::ReadWrite,
        (true, false) => FsPerms::ReadOnly,
        (false, false) => return Ok(wasi),
    };
    wasi.preopened_dir(workspace.folder(), PROJECT_MOUNT, permissions).map_err(|error| {
        internal(format!("opening the project's folder {}: {error}", workspace.folder().display()))
    })?;
    Ok(wasi)
}

fn parse_data(data: Option<String>) -> Result<serde_json::Value, Failure> {
    match data {
        None => Ok(serde_json::Value::Null),
        Some(text) => serde_json::from_str(&text).map_err(|error| {
            Failure::new(
                ErrorCode::InvalidInput,
                format!("the agent's outcome has data that is not JSON: {error}"),
            )
        }),
    }
}

fn trapped(plugin: &Plugin, error: &wasmtime::Error, stderr: &Tail) -> CallError {
    let (failure, report) = trap::report(plugin, error, stderr);
    CallError { failure, trap: Some(report) }
}

fn internal(message: String) -> Failure {
    Failure::new(ErrorCode::Internal, message)
}

fn no_settings() -> AgentSettings {
    AgentSettings {
        prompt: String::new(),
        model: String::new(),
        temperature: 0.0,
        max_tokens: 0,
        options: serde_json::Map::new(),
    }
}

/// Ticks in `time`, at least one.
fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX).max(1)
}
