//! What one call's store is made of: WASI as far as the plugin may see, the rooms of its world, and its limits.
//!
//! The linkers are made once; the state is made for each call and dropped with it.

use crate::{
    call::AgentCall,
    capability::{
        cancellation::{CancellationCall, CancellationRoom},
        events::{EventsCall, EventsRoom},
        execution_context::{ContextCall, ContextRoom},
        log::{LogCall, LogRoom},
        pipes,
        rate::Rate,
        settings::{SettingsCall, SettingsRoom},
    },
    engine::TICK,
    limits::{Meter, SandboxLimits},
    output::Tail,
};
use orchestrator_command::{CommandCall, CommandPolicy, CommandRoom, CommandView, LowerLimits, Project};
use orchestrator_contract as contract;
use orchestrator_core::{
    AgentDescription, AgentSettings, CallOrigin, ErrorCode, ExecutionContext, Failure, Grant, Permission,
    Permissions,
};
use orchestrator_edits::{EditsCall, EditsRoom, EditsView};
use orchestrator_model::{ModelCall, ModelRoom, ModelView};
use orchestrator_policy::CallLimits;
use orchestrator_workspace::{Workspace, WorkspaceCall, WorkspaceRoom, WorkspaceView};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use wasmtime::{
    Engine, Store, UpdateDeadline,
    component::{Linker, ResourceTable},
    error::format_err,
};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// Where a guest finds the project's folder.
const PROJECT_MOUNT: &str = "/project";

/// What every store has.
pub(crate) struct Base {
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
    pub(crate) base: Base,
    pub(crate) rooms: R,
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
    pipes::refuse(&mut linker)?;
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

/// A store for one call, held to its limits.
pub(crate) fn open<R: Send + 'static>(
    engine: &Engine,
    state: CallState<R>,
    limits: &SandboxLimits,
) -> Store<CallState<R>> {
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.base.meter);
    store.set_hostcall_fuel(limits.payload);
    store.set_epoch_deadline(1);
    let allowed = ticks(limits.cpu);
    store.epoch_deadline_callback(move |mut context| {
        // Only a guest that computes gets here, so the calls of this function measure what it computes; a wait
        // in a host function costs at most one tick, however long it was.
        let base = &mut context.data_mut().base;
        base.cpu_ticks += 1;
        if base.cpu_ticks > allowed {
            return Err(format_err!(
                "the plugin computed for longer than {} in one call, which is the limit",
                orchestrator_policy::show_duration(
                    TICK.saturating_mul(u32::try_from(allowed).unwrap_or(u32::MAX))
                )
            ));
        }
        Ok(UpdateDeadline::Yield(1))
    });
    store
}

fn base(
    plugin: &str,
    context: Arc<ExecutionContext>,
    settings: Arc<AgentSettings>,
    mut wasi: WasiCtxBuilder,
    stderr: &Tail,
    limits: &SandboxLimits,
) -> Base {
    let wasi = wasi.max_random_size(limits.random).stdout(stderr.clone()).stderr(stderr.clone()).build();
    let mut table = ResourceTable::new();
    table.set_max_capacity(limits.handles);
    let log = LogCall {
        plugin: plugin.to_owned(),
        run_id: context.run_id,
        step: context.step.clone(),
        rate: Rate::new(limits.events_per_second, Instant::now()),
        left_out: 0,
    };
    Base {
        wasi,
        table,
        meter: Meter::new(limits),
        cpu_ticks: 0,
        context: ContextCall { context },
        settings: SettingsCall { settings },
        log,
    }
}

/// What an agent's store holds during `call`.
pub(crate) fn agent_state(
    plugin: &str,
    description: &AgentDescription,
    call: AgentCall,
    stderr: &Tail,
    limits: &SandboxLimits,
) -> Result<AgentState, Failure> {
    let wasi = wasi_with_project(call.decision.permissions, &call.workspace)?;
    let directory = call.workspace.directory().map_err(|error| internal(error.to_string()))?;
    let project =
        Project::new(call.workspace.folder().to_owned(), directory).keeping(call.workspace.at_work());
    let context = Arc::clone(&call.context);
    let base = base(plugin, context, Arc::clone(&call.settings), wasi, stderr, limits);
    Ok(CallState { base, rooms: rooms(description, call, project, limits) })
}

/// What a condition's store holds while it is asked.
pub(crate) fn condition_state(
    plugin: &str,
    context: Arc<ExecutionContext>,
    settings: Arc<AgentSettings>,
    stderr: &Tail,
    limits: &SandboxLimits,
) -> ConditionState {
    CallState { base: base(plugin, context, settings, WasiCtxBuilder::new(), stderr, limits), rooms: () }
}

fn rooms(
    description: &AgentDescription,
    call: AgentCall,
    project: Project,
    limits: &SandboxLimits,
) -> AgentRooms {
    let decision = Arc::clone(&call.decision);
    let grant = |permission| Grant { denials: call.denials.clone(), ..decision.grant(permission) };
    let commands = CommandPolicy::new(decision.programs.clone(), decision.limits.commands);
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
            grant: grant(Permission::Model),
            provider: call.provider,
            settings: call.settings,
            origin,
            events: Arc::clone(&call.events),
            chance: call.chance,
        },
        edits: EditsCall {
            grant: grant(Permission::WriteFiles),
            workspace: Arc::clone(&call.workspace),
            events: Arc::clone(&call.events),
            nonce: call.nonce,
            stream_output: call.stream_output,
        },
        command: CommandCall::new(
            grant(Permission::Command),
            commands,
            call.launcher,
            project,
            Arc::clone(&call.events),
            call.deadline,
        )
        .within(of_commands(&decision.limits))
        .reaching(call.gateway),
        workspace: WorkspaceCall {
            read: grant(Permission::ReadFiles),
            write: grant(Permission::WriteFiles),
            workspace: call.workspace,
            events: Arc::clone(&call.events),
        },
        events: EventsCall { events: call.events, rate: Rate::new(limits.events_per_second, Instant::now()) },
        cancellation: CancellationCall { cancel: call.cancel, deadline: call.deadline },
    }
}

/// What each program may use up, as far as the policy says so.
fn of_commands(limits: &CallLimits) -> LowerLimits {
    LowerLimits {
        wall: limits.command_wall,
        memory: limits.command_memory,
        processes: limits.command_processes,
        file_size: limits.command_file,
    }
}

/// WASI with the project's folder, as far as the plugin may see it.
fn wasi_with_project(granted: Permissions, workspace: &Workspace) -> Result<WasiCtxBuilder, Failure> {
    let mut wasi = WasiCtxBuilder::new();
    let permissions = match (granted.read_files, granted.write_files) {
        (_, true) => FsPerms::ReadWrite,
        (true, false) => FsPerms::ReadOnly,
        (false, false) => return Ok(wasi),
    };
    wasi.preopened_dir(workspace.folder(), PROJECT_MOUNT, permissions).map_err(|error| {
        internal(format!("opening the project's folder {}: {error}", workspace.folder().display()))
    })?;
    Ok(wasi)
}

fn internal(message: String) -> Failure {
    Failure::new(ErrorCode::Internal, message)
}

/// Ticks in `time`, at least one.
fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX).max(1)
}
