//! A provider that replays a file.
//!
//! It makes the whole program work without a key: for a first look, for demonstrations, and for tests that need the
//! same answer each time. It must never pass for a model, so it has a [notice](Provider::notice), its answers carry
//! the model id `scripted`, and they cost no tokens. The file is described in `docs/scripted-model.md`.

use crate::{
    catalogue::Catalogue,
    provider::{CompletionRequest, Provider},
    unknown_model::UnknownModel,
};
use async_trait::async_trait;
use orchestrator_core::{AgentType, CallOrigin, CompletionStream, ErrorCode, Failure, RunId};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

mod choose;
mod play;
pub(crate) mod script;

pub use script::{Script, ScriptError};

/// The one model id there is.
const MODEL: &str = "scripted";
/// Runs whose calls are counted. The oldest is forgotten beyond that, so that a server can run for years.
const RUNS_MAX: usize = 1024;

/// Replays a script; no model is asked.
pub struct ScriptedProvider {
    script: Arc<Script>,
    /// What agents may ask for: any model that some provider has, so that settings survive a change of provider.
    models: Vec<String>,
    calls: Mutex<Calls>,
}

impl ScriptedProvider {
    /// Replays this script, and answers in the name of every model in the catalogue.
    #[must_use]
    pub fn new(script: Script, catalogue: &Catalogue) -> Self {
        let mut models = catalogue.anthropic.names();
        for name in catalogue.openai.names().into_iter().chain([MODEL.to_owned()]) {
            if !models.contains(&name) {
                models.push(name);
            }
        }
        Self { script: Arc::new(script), models, calls: Mutex::default() }
    }
}

#[async_trait]
impl Provider for ScriptedProvider {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn resolve(&self, model: &str) -> Result<String, UnknownModel> {
        let known = self.models.iter().any(|name| name == model);
        known.then(|| MODEL.to_owned()).ok_or_else(|| UnknownModel {
            provider: self.name().to_owned(),
            model: model.to_owned(),
            valid: self.models.clone(),
        })
    }

    async fn start(&self, request: CompletionRequest) -> Result<Box<dyn CompletionStream>, Failure> {
        request.check()?;
        self.resolve(&request.model)?;
        let CallOrigin { agent, attempt, round, nonce, .. } = &request.origin;
        let call = self.calls.lock().unwrap_or_else(PoisonError::into_inner).count(&request.origin);
        let reply = choose::choose(&self.script.replies, agent, *attempt, *round, call).ok_or_else(|| {
            let file = &self.script.file;
            let problem = format!(
                "script '{file}' has no reply for agent '{agent}', attempt {attempt}, round {round}, call {call}: add \
                 a [[reply]] with agent = \"{agent}\""
            );
            Failure::new(ErrorCode::NotFound, problem)
        })?;
        Ok(Box::new(play::Playing::begin(reply, nonce)?))
    }

    fn notice(&self) -> Option<String> {
        let Script { file, notice, .. } = &*self.script;
        let notice = format!(
            "No language model is asked: answers are replayed from the script '{file}'. Set {} or {} to ask one. {notice}",
            crate::anthropic::KEY_VARIABLE,
            crate::openai::KEY_VARIABLE,
        );
        Some(notice.trim_end().to_owned())
    }
}

/// How often each agent asked for a completion, by run. Run ids grow with time, so the first is the oldest.
#[derive(Default)]
struct Calls(BTreeMap<RunId, HashMap<AgentType, u32>>);

impl Calls {
    fn count(&mut self, origin: &CallOrigin) -> u32 {
        let call = self.0.entry(origin.run_id).or_default().entry(origin.agent.clone()).or_default();
        *call = call.saturating_add(1);
        let call = *call;
        if self.0.len() > RUNS_MAX {
            self.0.pop_first();
        }
        call
    }
}

#[cfg(test)]
mod tests;
