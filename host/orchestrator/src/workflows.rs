//! The workflows: those the program carries, those operators stored, those registered from code.

use crate::{
    error::WorkflowError,
    kept::{Changing, Kept},
    views::WorkflowView,
};
use arc_swap::ArcSwap;
use orchestrator_core::{Actor, ExecutionContext, Step, Workflow, WorkflowName};
use orchestrator_journal::{Journal, NewEntry};
use orchestrator_plugins::{PluginSet, Registry};
use orchestrator_workflow::{Known, Violation, builtin, validate};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// Under which workflows are kept in the journal.
const PREFIX: &str = "workflow/";

/// A condition registered from code.
pub(crate) type NativeCondition = Arc<dyn Fn(&ExecutionContext, &[String]) -> bool + Send + Sync>;

/// The workflows. Cheap to clone.
#[derive(Clone)]
pub struct WorkflowEngine {
    inner: Arc<Inner>,
    /// Who changes through this value are put down to.
    actor: Actor,
}

struct Inner {
    plugins: Arc<Registry>,
    builtin: Vec<Workflow>,
    custom: Kept<Workflow>,
    conditions: ArcSwap<BTreeMap<String, NativeCondition>>,
}

impl WorkflowEngine {
    /// Reads back what operators stored. One that cannot be read is not there, and can be created anew.
    pub(crate) async fn open(journal: &Journal, plugins: Arc<Registry>) -> Result<Self, String> {
        let builtin = builtin::workflows().map_err(|error| format!("the built-in workflows: {error}"))?;
        let custom = Kept::open(journal.ledger(), PREFIX).await?;
        let inner = Inner { plugins, builtin, custom, conditions: ArcSwap::default() };
        Ok(Self { inner: Arc::new(inner), actor: Actor::LIBRARY })
    }

    /// The same workflows, with changes put down to `actor`.
    pub(crate) fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { inner: Arc::clone(&self.inner), actor }
    }

    /// The names of the workflows that the program carries.
    #[must_use]
    pub fn built_in_names() -> Vec<WorkflowName> {
        let workflows = builtin::workflows().unwrap_or_default();
        workflows.into_iter().map(|workflow| workflow.name).collect()
    }

    /// All workflows, the built-in ones first.
    #[must_use]
    pub fn list(&self) -> Vec<WorkflowView> {
        let custom = self.inner.custom.all();
        let view =
            |built_in| move |workflow: &Workflow| WorkflowView { workflow: workflow.clone(), built_in };
        self.inner.builtin.iter().map(view(true)).chain(custom.values().map(view(false))).collect()
    }

    /// One workflow.
    ///
    /// # Errors
    /// [`WorkflowError::Unknown`] with the workflows that there are.
    pub fn get(&self, name: &str) -> Result<WorkflowView, WorkflowError> {
        self.list()
            .into_iter()
            .find(|view| view.workflow.name.as_str() == name)
            .ok_or_else(|| self.unknown(name))
    }

    /// Stores a new workflow.
    ///
    /// # Errors
    /// When the name is taken, or the workflow could not run.
    pub async fn create(&self, workflow: Workflow) -> Result<WorkflowView, WorkflowError> {
        let changing = self.inner.custom.changing().await;
        match self.get(workflow.name.as_str()) {
            Ok(taken) if taken.built_in => Err(WorkflowError::BuiltIn { name: workflow.name }),
            Ok(_) => Err(WorkflowError::Exists { name: workflow.name }),
            Err(_) => self.store(&changing, "workflow.create", workflow).await,
        }
    }

    /// Stores another workflow under a name that is there.
    ///
    /// # Errors
    /// When there is none of this name, when it is built in, or when the new one could not run.
    pub async fn replace(&self, workflow: Workflow) -> Result<WorkflowView, WorkflowError> {
        let changing = self.inner.custom.changing().await;
        self.changeable(workflow.name.as_str())?;
        self.store(&changing, "workflow.replace", workflow).await
    }

    /// Deletes a workflow. Runs that are under way keep theirs.
    ///
    /// # Errors
    /// When there is none of this name, or it is built in.
    pub async fn delete(&self, name: &str) -> Result<(), WorkflowError> {
        let changing = self.inner.custom.changing().await;
        self.changeable(name)?;
        let entry = NewEntry::new(self.actor.clone(), "workflow.delete", name, json!({}));
        changing.set(name, None, entry).await.map_err(WorkflowError::Internal)?;
        Ok(())
    }

    /// Registers a workflow from code: in force at once, for as long as this value lives, and not stored.
    ///
    /// # Errors
    /// When the name cannot be used or is built in, or the workflow could not run.
    pub fn register_workflow(&self, name: &str, steps: Vec<Step>) -> Result<(), WorkflowError> {
        let name = WorkflowName::new(name).map_err(|error| {
            WorkflowError::Invalid(vec![Violation {
                step: None,
                field: "name".into(),
                message: error.to_string(),
            }])
        })?;
        if self.inner.builtin.iter().any(|workflow| workflow.name == name) {
            return Err(WorkflowError::BuiltIn { name });
        }
        let workflow = Workflow { name, description: String::new(), steps };
        self.check(&workflow)?;
        self.inner.custom.put(workflow.name.as_str(), &workflow);
        Ok(())
    }

    /// Registers a condition from code, in place of a plugin or an earlier registration with the same name.
    pub fn register_condition(
        &self,
        name: impl Into<String>,
        condition: impl Fn(&ExecutionContext, &[String]) -> bool + Send + Sync + 'static,
    ) {
        let name = name.into();
        let condition: NativeCondition = Arc::new(condition);
        self.inner.conditions.rcu(|conditions| {
            let mut conditions = BTreeMap::clone(conditions);
            conditions.insert(name.clone(), Arc::clone(&condition));
            conditions
        });
    }

    /// The conditions registered from code, as they are now.
    pub(crate) fn native_conditions(&self) -> Arc<BTreeMap<String, NativeCondition>> {
        self.inner.conditions.load_full()
    }

    /// What a workflow may refer to now.
    fn known(&self) -> Known {
        known(&self.inner.plugins.serving(), &self.native_conditions())
    }

    fn check(&self, workflow: &Workflow) -> Result<(), WorkflowError> {
        let violations = validate(workflow, &self.known());
        match violations.is_empty() {
            true => Ok(()),
            false => Err(WorkflowError::Invalid(violations)),
        }
    }

    async fn store(
        &self,
        changing: &Changing<'_, Workflow>,
        action: &str,
        workflow: Workflow,
    ) -> Result<WorkflowView, WorkflowError> {
        self.check(&workflow)?;
        let detail = json!({"steps": workflow.steps.len()});
        let name = workflow.name.as_str();
        let entry = NewEntry::new(self.actor.clone(), action, name, detail);
        changing.set(name, Some(&workflow), entry).await.map_err(WorkflowError::Internal)?;
        Ok(WorkflowView { workflow, built_in: false })
    }

    fn changeable(&self, name: &str) -> Result<(), WorkflowError> {
        let view = self.get(name)?;
        match view.built_in {
            true => Err(WorkflowError::BuiltIn { name: view.workflow.name }),
            false => Ok(()),
        }
    }

    fn unknown(&self, name: &str) -> WorkflowError {
        let known = self.list().into_iter().map(|view| view.workflow.name.into()).collect();
        WorkflowError::Unknown { name: name.to_owned(), known }
    }
}

/// What a workflow may refer to where these plugins serve and these conditions are registered.
pub(crate) fn known(serving: &PluginSet, native: &BTreeMap<String, NativeCondition>) -> Known {
    let plugins = serving.conditions().filter_map(|plugin| plugin.condition());
    let plugins = plugins.map(|condition| (condition.name.clone(), Some(condition.parameters.len())));
    let native = native.keys().map(|name| (name.clone(), None));
    Known {
        agents: serving.agents().map(|plugin| plugin.name().to_owned()).collect(),
        conditions: plugins.chain(native).collect(),
    }
}
