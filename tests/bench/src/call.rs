//! What a call of an agent costs.
//!
//! The agent is `echo`: it reads its context and settings, emits one status and returns JSON. So what is measured is
//! the way in and out of the sandbox, with all rooms composed, and hardly any work inside.

use crate::{
    bare::Bare,
    figure::{Aim, Amount, Figure},
    folder, give,
    sample::side_by_side,
};
use anyhow::{Result, anyhow};
use async_trait::async_trait;
use orchestrator_command::{NoGateway, PlainLauncher};
use orchestrator_core::{Chance, Denials, EventSink, Failure, NewEvent};
use orchestrator_runtime::{AgentCall, Runtime, SandboxLimits};
use orchestrator_workspace::Workspace;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const ROUNDS: usize = 31;
const CALLS: u32 = 200;

/// Takes events and forgets them: what becomes of events is measured elsewhere.
struct Nowhere;

#[async_trait]
impl EventSink for Nowhere {
    async fn emit(&self, _: NewEvent) -> Result<(), Failure> {
        Ok(())
    }

    fn post(&self, _: NewEvent) {}

    fn progress(&self, _: f32) {}
}

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let echo = give::guest("echo")?;
    let runtime = Runtime::new(SandboxLimits::default(), None)?;
    let bare = Bare::new(runtime.engine(), &echo, &give::context()?, &give::settings())?;
    let plugin = runtime.load(echo).await?;
    let folder = folder::new()?;
    let inputs = Inputs::new(&folder)?;
    let host_call = async || {
        let called = runtime.run_agent(&plugin, inputs.call()).await;
        called.map(drop).map_err(|error| anyhow!("the call failed: {}", error.failure))
    };
    let (host, reference) = side_by_side(ROUNDS, CALLS, host_call, async || bare.call().await).await?;
    Ok(vec![Figure {
        what: "a call of an agent, all rooms composed".into(),
        measured: Amount::Seconds(host),
        against: "wasmtime alone: instantiate and call".into(),
        reference: Amount::Seconds(reference),
        aim: Aim::RatioAtMost(1.5),
    }])
}

/// What all calls are given.
struct Inputs {
    template: AgentCall,
}

impl Inputs {
    fn new(folder: &Path) -> Result<Self> {
        let context = give::context()?;
        let workspace = Workspace::open(folder, &context.project_id)?;
        let template = AgentCall {
            decision: Arc::new(give::decision()?),
            denials: Denials::default(),
            context: Arc::new(context),
            settings: Arc::new(give::settings()),
            events: Arc::new(Nowhere),
            provider: orchestrator_model::provider(&give::scripted(None), &Chance::of_system())?,
            workspace: Arc::new(workspace),
            launcher: Arc::new(PlainLauncher::new()),
            gateway: Arc::new(NoGateway),
            cancel: CancellationToken::new(),
            deadline: Instant::now() + Duration::from_secs(3600),
            nonce: "k3x9ab".into(),
            chance: Chance::of_system(),
            stream_output: true,
        };
        Ok(Self { template })
    }

    fn call(&self) -> AgentCall {
        let AgentCall {
            decision,
            context,
            settings,
            events,
            provider,
            workspace,
            launcher,
            gateway,
            cancel,
            ..
        } = &self.template;
        AgentCall {
            decision: Arc::clone(decision),
            denials: Denials::default(),
            context: Arc::clone(context),
            settings: Arc::clone(settings),
            events: Arc::clone(events),
            provider: Arc::clone(provider),
            workspace: Arc::clone(workspace),
            launcher: Arc::clone(launcher),
            gateway: Arc::clone(gateway),
            cancel: cancel.clone(),
            nonce: self.template.nonce.clone(),
            chance: self.template.chance.clone(),
            ..self.template
        }
    }
}
