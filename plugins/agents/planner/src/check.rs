//! The plan's schema, and the sense that a schema cannot check.

use orchestrator_sdk::{CommandPurpose, Plan, PlannedCommand, PlannedFile};
use serde::Deserialize;

/// Most files of a plan. More than a writer can finish in one step, so it is the request that should be split.
const FILES_MAX: usize = 80;
/// Longest summary, in characters: people read it in one line.
const SUMMARY_MAX: usize = 400;

/// A plan as the model writes it. What is not asked for is ignored.
#[derive(Debug, Deserialize)]
pub(crate) struct Draft {
    summary: String,
    stack: String,
    files: Vec<DraftFile>,
    commands: Vec<DraftCommand>,
    acceptance_criteria: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct DraftFile {
    path: String,
    purpose: String,
}

#[derive(Debug, Deserialize)]
struct DraftCommand {
    purpose: DraftPurpose,
    argv: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DraftPurpose {
    Install,
    Test,
    Start,
}

/// A plan that makes sense.
///
/// # Errors
/// The first thing that does not, in words that a model can act on.
pub(crate) fn plan(draft: Draft) -> Result<Plan, String> {
    if draft.summary.trim().is_empty() {
        return Err("`summary` is empty".into());
    }
    if draft.summary.chars().count() > SUMMARY_MAX {
        return Err(format!(
            "`summary` is longer than {SUMMARY_MAX} characters; say it in one or two sentences"
        ));
    }
    if draft.files.is_empty() {
        return Err("`files` is empty; a plan names at least one file to write".into());
    }
    if draft.files.len() > FILES_MAX {
        return Err(format!("`files` holds {} files; plan at most {FILES_MAX}", draft.files.len()));
    }
    if draft.acceptance_criteria.iter().all(|criterion| criterion.trim().is_empty()) {
        return Err("`acceptance_criteria` is empty; say how one can tell that the request was met".into());
    }
    let mut files: Vec<PlannedFile> = Vec::new();
    for (index, file) in draft.files.into_iter().enumerate() {
        let path = check_path(&file.path)
            .map_err(|why| format!("`files[{index}].path` is {:?}: {why}", file.path))?;
        if files.iter().any(|earlier| earlier.path == path) {
            return Err(format!("`files[{index}].path` names {path} a second time; list each file once"));
        }
        if file.purpose.trim().is_empty() {
            return Err(format!("`files[{index}].purpose` is empty"));
        }
        files.push(PlannedFile { path, purpose: file.purpose });
    }
    let commands = draft.commands.into_iter().enumerate().map(|(index, command)| {
        check_argv(&command.argv)
            .map_err(|why| format!("`commands[{index}].argv` is {:?}: {why}", command.argv))?;
        Ok(PlannedCommand { purpose: command.purpose.into(), argv: command.argv })
    });
    Ok(Plan {
        summary: draft.summary.trim().into(),
        stack: draft.stack.trim().into(),
        files,
        commands: commands.collect::<Result<_, String>>()?,
        acceptance_criteria: draft.acceptance_criteria,
    })
}

fn check_path(path: &str) -> Result<String, String> {
    let path = path.trim();
    let plain = path.strip_prefix("./").unwrap_or(path);
    if plain.is_empty() || plain.ends_with('/') {
        return Err("it names a folder; list files only".into());
    }
    if plain.starts_with('/') || plain.contains('\\') || plain.contains(':') {
        return Err("it is not relative to the project's root; write it like src/app.js".into());
    }
    if plain.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        return Err("it leaves the project or is not in its plain form; write it like src/app.js".into());
    }
    if plain.chars().any(char::is_control) {
        return Err("it holds a control character".into());
    }
    const BUILT: [&str; 6] = ["node_modules", "target", "dist", ".git", ".venv", "__pycache__"];
    match plain.split('/').find(|part| BUILT.contains(part)) {
        Some(part) => Err(format!("files in {part} are made by tools, not written")),
        None => Ok(plain.to_owned()),
    }
}

fn check_argv(argv: &[String]) -> Result<(), String> {
    const SHELLS: [&str; 7] = ["sh", "bash", "zsh", "fish", "cmd", "cmd.exe", "powershell"];
    let Some(program) = argv.first().filter(|program| !program.trim().is_empty()) else {
        return Err("it is empty; give the program and its arguments".into());
    };
    if SHELLS.contains(&program.rsplit('/').next().unwrap_or(program)) {
        return Err("it starts a shell; give the program itself, one command for each step".into());
    }
    let is_line = argv.len() == 1 && program.contains(' ');
    let is_joined = argv.iter().any(|word| ["&&", "||", "|", ";", ">"].contains(&word.as_str()));
    if is_line || is_joined || program == "cd" {
        return Err("it is a shell line; give one string for each argument, one command for each step".into());
    }
    Ok(())
}

impl From<DraftPurpose> for CommandPurpose {
    fn from(purpose: DraftPurpose) -> Self {
        match purpose {
            DraftPurpose::Install => Self::Install,
            DraftPurpose::Test => Self::Test,
            DraftPurpose::Start => Self::Start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator_sdk::json;
    use serde_json::{Value, json};

    fn draft() -> Value {
        json!({
            "summary": "A counter.",
            "stack": "Plain JavaScript.",
            "files": [{ "path": "./src/counter.js", "purpose": "counts" }],
            "commands": [{ "purpose": "test", "argv": ["node", "--test"] }],
            "acceptance_criteria": ["it counts"],
        })
    }

    fn checked(change: impl FnOnce(&mut Value)) -> Result<Plan, String> {
        let mut value = draft();
        change(&mut value);
        plan(json::find(&value.to_string())?)
    }

    #[test]
    fn a_good_plan_passes_with_plain_paths() {
        assert_eq!(checked(|_| {}).unwrap().files[0].path, "src/counter.js");
    }

    #[test]
    fn complaints_name_the_place_and_say_what_to_do() {
        let path = |path: &str| json!([{ "path": path, "purpose": "x" }]);
        let argv = |argv: Value| json!([{ "purpose": "test", "argv": argv }]);
        for (field, value, complaint) in [
            ("files", json!([]), "`files` is empty"),
            ("files", path("../up.js"), "it leaves the project"),
            ("files", path("/etc/passwd"), "not relative"),
            ("files", path("C:\\a"), "not relative"),
            ("files", path("src/"), "names a folder"),
            ("files", path("node_modules/a/index.js"), "made by tools"),
            ("files", json!([{ "path": "a" }]), "at `files[0]`: missing field `purpose`"),
            (
                "files",
                json!([{ "path": "a", "purpose": "x" }, { "path": "a", "purpose": "y" }]),
                "a second time",
            ),
            ("commands", argv(json!("npm test")), "at `commands[0].argv`: invalid type: string"),
            ("commands", argv(json!(["npm test"])), "is a shell line"),
            ("commands", argv(json!(["sh", "-c", "x"])), "starts a shell"),
            ("commands", argv(json!([])), "it is empty"),
            ("commands", json!([{ "purpose": "build", "argv": ["make"] }]), "unknown variant `build`"),
            ("acceptance_criteria", json!([" "]), "`acceptance_criteria` is empty"),
            ("summary", json!(" "), "`summary` is empty"),
            ("summary", json!("x".repeat(500)), "longer than 400"),
        ] {
            let error = checked(|draft| draft[field] = value.clone()).unwrap_err();
            assert!(error.contains(complaint), "{field} = {value}: {error}");
        }
    }
}
