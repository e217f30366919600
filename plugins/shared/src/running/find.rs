//! Finding out what to run: from the manifests, from the plan, or from a model.

use super::{
    agenda::{Agenda, Purpose, Source, Task},
    ask::ask,
};
use orchestrator_sdk::{
    CommandPurpose, Context, Error,
    project::{self, Here, Recipe},
};

/// Finds out what to run: the manifests know best, then the plan; a model is asked only where both say nothing of
/// tests. Each later source may add tests only; what the manifests want installed is installed in any case.
///
/// # Errors
/// When files cannot be read, or a model that had to be asked gave no usable answer.
pub fn find_agenda(context: &Context, contract: &str) -> Result<Agenda, Error> {
    let project = Here::look()?;
    let manifests = from_recipes(&project::recipes(&project)?);
    if manifests.has_tests() || project::Surroundings::paths(&project).is_empty() {
        return Ok(manifests);
    }
    let planned = from_plan(context);
    if planned.has_tests() {
        return Ok(manifests.followed_by(planned));
    }
    let asked = ask(context, contract, project::Surroundings::paths(&project))?;
    Ok(if asked.has_tests() { manifests.followed_by(asked) } else { manifests })
}

fn from_recipes(recipes: &[Recipe]) -> Agenda {
    let task = |recipe: &Recipe, argv: &Vec<String>, purpose| Task {
        argv: argv.clone(),
        directory: recipe.directory.clone(),
        purpose,
        ecosystem: Some(recipe.ecosystem),
    };
    let installs = recipes
        .iter()
        .flat_map(|recipe| recipe.install.iter().map(move |argv| task(recipe, argv, Purpose::Install)));
    let tests = recipes
        .iter()
        .flat_map(|recipe| recipe.test.iter().map(move |argv| task(recipe, argv, Purpose::Test)));
    let tasks: Vec<_> = installs.chain(tests).collect();
    let source = if tasks.is_empty() { Source::Nobody } else { Source::Manifests };
    Agenda { tasks, source }
}

fn from_plan(context: &Context) -> Agenda {
    let commands = context.plan.iter().flat_map(|plan| &plan.commands);
    let tasks: Vec<_> = commands
        .filter_map(|command| {
            let purpose = match command.purpose {
                CommandPurpose::Install => Purpose::Install,
                CommandPurpose::Test => Purpose::Test,
                // A server that is started runs until it is ended: nothing that a step could wait for.
                CommandPurpose::Start => return None,
            };
            let is_usable = !command.argv.is_empty();
            is_usable.then(|| Task { argv: command.argv.clone(), directory: None, purpose, ecosystem: None })
        })
        .collect();
    let source = if tasks.is_empty() { Source::Nobody } else { Source::Plan };
    Agenda { tasks, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::{Plan, PlannedCommand, testing::Host};

    fn plan(test: &[&str]) -> Plan {
        let command = |purpose, argv: &[&str]| PlannedCommand {
            purpose,
            argv: argv.iter().map(ToString::to_string).collect(),
        };
        Plan {
            summary: "s".into(),
            stack: String::new(),
            files: Vec::new(),
            commands: vec![
                command(CommandPurpose::Test, test),
                command(CommandPurpose::Start, &["node", "server.js"]),
            ],
            acceptance_criteria: Vec::new(),
        }
    }

    fn find(host: &Host) -> Agenda {
        let context = host.context("anything");
        host.run(|| super::find_agenda(&context, "contract")).unwrap()
    }

    #[test]
    fn manifests_are_believed_before_the_plan() {
        let host = Host::new()
            .with_file("package.json", r#"{"scripts":{"test":"node --test"}}"#)
            .with_run(|run| run.plan = Some(plan(&["deno", "test"])));
        let agenda = find(&host);
        assert_eq!((agenda.source, agenda.tasks[0].line().as_str()), (Source::Manifests, "npm test"));
    }

    #[test]
    fn the_plan_is_believed_before_a_model_and_servers_are_not_started() {
        let host = Host::new()
            .with_file("main.zig", "")
            .with_run(|run| run.plan = Some(plan(&["zig", "build", "test"])));
        let agenda = find(&host);
        assert_eq!(agenda.source, Source::Plan);
        assert_eq!(agenda.tasks.iter().map(Task::line).collect::<Vec<_>>(), ["zig build test"]);
    }

    #[test]
    fn a_model_is_asked_last() {
        let host =
            Host::new().with_file("main.zig", "").answer(r#"{"install":[],"test":[["zig","build","test"]]}"#);
        let agenda = find(&host);
        assert_eq!((agenda.source, agenda.tasks.len()), (Source::Model, 1));
    }

    #[test]
    fn an_empty_project_has_nothing_to_run_and_nobody_is_asked() {
        let agenda = find(&Host::new());
        assert_eq!((agenda.source, agenda.has_tests()), (Source::Nobody, false));
    }
}
