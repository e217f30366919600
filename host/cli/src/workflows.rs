//! `orchestrator workflows`: looking at workflows and changing them.

use crate::{
    agents::read,
    args::{WorkflowsArgs, WorkflowsCommand},
    clean::clean,
    error::CliError,
    output,
    target::{Purpose, Target, on_target},
};
use orchestrator::{Workflow, WorkflowError, WorkflowName, WorkflowStep, WorkflowView};
use reqwest::Method;
use serde::Deserialize;
use std::{path::Path, process::ExitCode};

/// Does what was asked of workflows.
pub(crate) async fn workflows(args: WorkflowsArgs) -> Result<ExitCode, CliError> {
    let command = args.command.unwrap_or(WorkflowsCommand::List { json: args.json });
    let purpose = match command {
        WorkflowsCommand::List { .. } | WorkflowsCommand::Show { .. } => Purpose::Look,
        _ => Purpose::Begin,
    };
    on_target(&args.flags, purpose, async |target| perform(target, command).await).await
}

async fn perform(target: &Target, command: WorkflowsCommand) -> Result<ExitCode, CliError> {
    match command {
        WorkflowsCommand::List { json } => {
            let workflows = list(target).await?;
            if json { output::json(&workflows)? } else { tell_list(&workflows)? }
        }
        WorkflowsCommand::Show { name, json } => {
            let workflow = show(target, &name).await?;
            if json { output::json(&workflow)? } else { tell(&workflow)? }
        }
        WorkflowsCommand::Create { file } => {
            let view = create(target, definition(&file)?).await?;
            output::line(&format!("Created '{}'", view.workflow.name))?;
        }
        WorkflowsCommand::Replace { file } => {
            let view = replace(target, definition(&file)?).await?;
            output::line(&format!("Replaced '{}'; runs under way keep what they have", view.workflow.name))?;
        }
        WorkflowsCommand::Delete { name } => {
            match target {
                Target::Folder(orchestrator) => orchestrator.workflow_engine.delete(&name).await?,
                Target::Server(client) => client.delete(&["workflows", &name]).await?,
            }
            output::line(&format!("Deleted '{}'", clean(&name)))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A workflow as the API takes it; what `show --json` prints can be given back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    name: WorkflowName,
    #[serde(default)]
    description: String,
    steps: Vec<WorkflowStep>,
    #[serde(default, rename = "built_in")]
    _built_in: Option<bool>,
}

/// Reads a definition: TOML where the name says so, and JSON otherwise.
fn definition(file: &Path) -> Result<Workflow, CliError> {
    let text = read(file)?;
    let is_toml = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    // In two turns: what is no JSON or TOML is told by its place, and what is no workflow by the field.
    let read: Result<Definition, String> = match is_toml {
        true => toml::from_str::<toml::Value>(&text)
            .map_err(|error| error.message().to_owned())
            .and_then(by_field),
        false => serde_json::from_str::<serde_json::Value>(&text)
            .map_err(|error| error.to_string())
            .and_then(by_field),
    };
    let Definition { name, description, steps, _built_in } = read.map_err(|problem| {
        CliError::Usage(format!(
            "the workflow in {} cannot be read: {problem}; `orchestrator workflows show bolt_standard --json` shows \
             the form",
            file.display()
        ))
    })?;
    Ok(Workflow { name, description, steps })
}

/// Reads a definition, and names the field that is wrong.
fn by_field<'de>(
    value: impl serde::Deserializer<'de, Error: std::fmt::Display>,
) -> Result<Definition, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.inner().to_string();
        // Of TOML it goes on with the field, which is in front already.
        let problem = problem.lines().next().unwrap_or_default();
        if path == "." { problem.to_owned() } else { format!("{path}: {problem}") }
    })
}

async fn list(target: &Target) -> Result<Vec<WorkflowView>, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.workflow_engine.list()),
        Target::Server(client) => Ok(client.get(&["workflows"], &[]).await?),
    }
}

async fn show(target: &Target, name: &str) -> Result<WorkflowView, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.workflow_engine.get(name)?),
        Target::Server(client) => Ok(client.get(&["workflows", name], &[]).await?),
    }
}

async fn create(target: &Target, workflow: Workflow) -> Result<WorkflowView, CliError> {
    let taken = CliError::Usage(format!(
        "there is a workflow '{}' already; put this one in its place with `orchestrator workflows replace`, or give it \
         another name",
        workflow.name
    ));
    match target {
        Target::Folder(orchestrator) => match orchestrator.workflow_engine.create(workflow).await {
            Err(WorkflowError::Exists { .. }) => Err(taken),
            made => Ok(made?),
        },
        Target::Server(client) => {
            let body = json(&workflow)?;
            match client.change(Method::POST, &["workflows"], &body).await {
                Err(error) if error.is("workflow-exists") => Err(taken),
                made => Ok(made?),
            }
        }
    }
}

async fn replace(target: &Target, workflow: Workflow) -> Result<WorkflowView, CliError> {
    match target {
        Target::Folder(orchestrator) => Ok(orchestrator.workflow_engine.replace(workflow).await?),
        Target::Server(client) => {
            let body = json(&workflow)?;
            Ok(client.change(Method::PUT, &["workflows", workflow.name.as_str()], &body).await?)
        }
    }
}

fn json(workflow: &Workflow) -> Result<serde_json::Value, CliError> {
    serde_json::to_value(workflow).map_err(|error| CliError::Output(error.into()))
}

fn tell_list(workflows: &[WorkflowView]) -> Result<(), CliError> {
    let head = ["WORKFLOW", "FROM", "STEPS", "PURPOSE"].map(str::to_owned);
    let row = |view: &WorkflowView| {
        let from = if view.built_in { "built in" } else { "created" };
        let steps = view.workflow.steps.len().to_string();
        [view.workflow.name.as_str(), from, &steps, &view.workflow.description].map(clean)
    };
    output::table(std::iter::once(head).chain(workflows.iter().map(row)).collect(), &[3])
}

fn tell(view: &WorkflowView) -> Result<(), CliError> {
    let Workflow { name, description, steps } = &view.workflow;
    output::pairs(&[
        ("Workflow", name.to_string()),
        ("From", if view.built_in { "built in" } else { "created" }.to_owned()),
        ("Purpose", clean(description)),
    ])?;
    output::line("")?;
    let head = ["STEP", "AGENT", "NAME", "TIMEOUT", "RETRIES", "IF", "THEN"].map(str::to_owned);
    let rows = steps.iter().enumerate().map(|(index, step)| row(index, step));
    output::table(std::iter::once(head).chain(rows).collect(), &[5, 6])
}

fn row(index: usize, step: &WorkflowStep) -> [String; 7] {
    let condition = step.condition.as_ref().map_or_else(String::new, |condition| {
        let args = condition.args.iter().map(|arg| format!(" {arg}"));
        std::iter::once(condition.name.clone()).chain(args).collect()
    });
    let then = step.loop_back.as_ref();
    let then = then.map_or_else(String::new, |back| format!("back to '{}', {}×", back.to, back.max_rounds));
    [
        (index + 1).to_string(),
        step.agent_type.to_string(),
        clean(&step.name),
        format!("{} s", step.timeout),
        step.retry_count.to_string(),
        clean(&condition),
        clean(&then),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(name: &str, text: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let place = folder.path().display().to_string();
        let read = definition(&path);
        read.map(|workflow| workflow.name.to_string())
            .map_err(|error| error.to_string().replace(&place, "DIR"))
    }

    #[test]
    fn a_definition_is_json_or_toml_and_a_misspelt_field_is_told() {
        let json =
            r#"{"name": "mine", "built_in": true, "steps": [{"agent_type": "writer", "name": "Write"}]}"#;
        assert_eq!(read_as("mine.json", json).as_deref(), Ok("mine"));
        let toml = "name = 'mine'\n[[steps]]\nagent_type = 'writer'\nname = 'Write'\n";
        assert_eq!(read_as("mine.TOML", toml).as_deref(), Ok("mine"));
        insta::assert_snapshot!(read_as("mine.json", r#"{"name": "mine", "step": []}"#).unwrap_err(), @"the workflow in DIR/mine.json cannot be read: step: unknown field `step`, expected one of `name`, `description`, `steps`, `built_in`; `orchestrator workflows show bolt_standard --json` shows the form");
        assert!(read_as("mine.json", "{\n,").unwrap_err().contains("at line 2 column 1"));
        assert_eq!(read_as("mine.json", &format!("\u{feff}{json}")).as_deref(), Ok("mine"), "with a mark");
        assert_eq!(read_as("mine.toml", &format!("\u{feff}{toml}")).as_deref(), Ok("mine"));
        insta::assert_snapshot!(read_as("mine.toml", "name = 'a/b'\nsteps = []").unwrap_err(), @"the workflow in DIR/mine.toml cannot be read: name: the character '/' is not allowed; use letters, digits, '.', '_' and '-'; `orchestrator workflows show bolt_standard --json` shows the form");
    }
    #[test]
    fn a_value_of_the_wrong_type_is_told_by_its_field() {
        let json = r#"{"name": "mine", "steps": [{"agent_type": "writer", "name": "Write", FIELD}]}"#;
        let toml = "name = 'mine'\n[[steps]]\nagent_type = 'writer'\nname = 'Write'\nFIELD\n";
        for (field, value) in
            [("condition", "5"), ("loop_back", "true"), ("timeout", "[]"), ("retry_count", "false")]
        {
            let said =
                read_as("mine.json", &json.replace("FIELD", &format!("\"{field}\": {value}"))).unwrap_err();
            assert!(said.contains(&format!("steps[0].{field}: ")), "{said}");
            let said =
                read_as("mine.toml", &toml.replace("FIELD", &format!("{field} = {value}"))).unwrap_err();
            assert!(said.contains(&format!("steps[0].{field}: ")), "{said}");
        }
        let said = read_as("mine.json", &json.replace(", FIELD", "").replace("\"writer\"", "5")).unwrap_err();
        assert!(said.contains("steps[0].agent_type: "), "{said}");
    }
}
