//! The commands that work on a data folder and through a server alike: each is asked both ways, and says the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what goes wrong in a test fails it")]

mod common;
#[path = "common/said.rs"]
mod said;
#[path = "common/serving.rs"]
mod serving;

use said::{refused, text};
use serde_json::Value;
use serving::{Place, Server};
use std::{
    fs,
    io::Write as _,
    process::{Output, Stdio},
};

/// The whole of `quick_iteration`, without anything to run.
const SCRIPT: &str = include_str!("common/quick.toml");

/// A definition with as little in it as there may be.
const MINE: &str = r#"{"name": "mine", "description": "A page and nothing else", "steps": [{"agent_type": "writer", "name": "Write"}]}"#;

/// Where commands are asked: the data folder itself, or a server that works on it.
struct Asked {
    place: Place,
    server: Option<Server>,
    run: String,
}

impl Asked {
    fn folder() -> Self {
        let place = Place::new();
        let script = place.script(SCRIPT);
        let args =
            ["run", "a page", "--project", "page", "--workflow", "quick_iteration", "--json", "--script"];
        let output = place.program(args).arg(script).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let first: Value = serde_json::from_str(text(&output.stdout).lines().next().unwrap()).unwrap();
        let run = first["run_id"].as_str().unwrap().to_owned();
        Self { place, server: None, run }
    }

    fn served(mut self) -> Self {
        self.server = Some(Server::start(self.place.program(["serve", "--model", "scripted"])));
        self
    }

    fn ask(&self, args: &[&str]) -> Output {
        let mut command = self.place.program(args);
        if let Some(server) = &self.server {
            command.env("ORCHESTRATOR_SERVER", format!("http://{}", server.address));
        }
        command.output().unwrap()
    }

    /// Standard output of what has to succeed, with what differs from place to place and from time to time named.
    fn says(&self, args: &[&str]) -> String {
        let output = self.ask(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        text(&output.stdout).replace(&self.run, "RUN")
    }

    /// The sentence of what has to fail.
    fn refuses(&self, args: &[&str]) -> String {
        refused(&self.ask(args))
            .replace(&self.run, "RUN")
            .replace(self.place.0.path().to_str().unwrap(), "DIR")
    }
}

/// Asks on the folder, and then through a server on the same one.
fn both(test: impl Fn(&Asked)) {
    let folder = Asked::folder();
    test(&folder);
    test(&folder.served());
}

#[test]
fn runs_are_listed_shown_and_told() {
    both(|asked| {
        insta::allow_duplicates! {
            insta::assert_snapshot!(asked.says(&["runs"]).split_whitespace().collect::<Vec<_>>().join(" "), @"RUN STATUS PROJECT REQUEST RUN succeeded page a page");
        }
        assert!(asked.says(&["runs", "list", "--status", "failed"]).contains("No run is like that"));
        let listed: Value =
            serde_json::from_str(&asked.says(&["runs", "ls", "--project", "page", "--json"])).unwrap();
        assert_eq!((&listed[0]["run_id"], &listed[0]["status"]), (&"RUN".into(), &"succeeded".into()));
        let run = asked.run.as_str();
        let shown = asked.says(&["runs", "show", run]);
        for part in
            ["Run        RUN", "Request    a page", "succeeded, 100 %", "by cli", "Verdict    untested: "]
        {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        let told = asked.says(&["runs", "events", run]);
        assert!(told.contains("+ index.html") && told.contains("Written, not tested"), "{told}");
        assert_eq!(told, asked.says(&["runs", "events", run, "--follow"]));
        let events = asked.says(&["runs", "events", run, "--json", "--after", "2"]);
        let first: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
        let last: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
        assert_eq!((&first["seq"], &last["type"]), (&3.into(), &"complete".into()));
        // Beyond the last event there is nothing; of a number that was never given, not even that is known.
        let last = last["seq"].to_string();
        for follow in [&[][..], &["--follow"]] {
            assert_eq!(asked.says(&[&["runs", "events", run, "--after", &last], follow].concat()), "");
            let said = asked.refuses(&[&["runs", "events", run, "--after", "999"], follow].concat());
            assert!(said.contains(&format!("has no event 999; its last is {last}")), "{said}");
        }
        assert!(asked.says(&["runs", "cancel", run]).contains("was over already: succeeded"));
        let none = "01890a5d-ac96-774b-bcce-b302099a8057";
        let said = asked.refuses(&["runs", "show", none]);
        assert!(said.contains(none) && said.contains("the latest: RUN"), "{said}");
    });
}

#[test]
fn agents_are_listed_shown_and_changed() {
    both(|asked| {
        assert!(asked.says(&["agents"]).contains("planner"));
        let own = asked.says(&["agents", "show", "writer", "--prompt"]);
        let file = asked.place.0.path().join("prompt.md");
        fs::write(&file, "Write haiku.\n").unwrap();
        asked.says(&["agents", "set-prompt", "writer", "--file", file.to_str().unwrap()]);
        assert_eq!(asked.says(&["agents", "show", "writer", "--prompt"]), "Write haiku.\n");
        asked.says(&["agents", "set-prompt", "writer", "Write odes."]);
        assert!(asked.says(&["agents", "show", "writer"]).contains("Write odes."));
        asked.says(&["agents", "reset-prompt", "writer"]);
        assert_eq!(asked.says(&["agents", "show", "writer", "--prompt"]), own);
        asked.says(&["agents", "set-model", "writer", "opus"]);
        asked.says(&["agents", "disable", "documenter"]);
        let agents: Value = serde_json::from_str(&asked.says(&["agents", "list", "--json"])).unwrap();
        let agent =
            |name: &str| agents.as_array().unwrap().iter().find(|agent| agent["agent_type"] == name).unwrap();
        assert_eq!(
            (&agent("writer")["model"], &agent("documenter")["enabled"]),
            (&"opus".into(), &false.into())
        );
        asked.says(&["agents", "enable", "documenter"]);
        assert!(
            asked.refuses(&["agents", "set-prompt", "writer", " "]).contains("agents reset-prompt writer")
        );
        assert!(asked.refuses(&["agents", "show", "wirter"]).contains("'wirter'; valid: "));
    });
}

#[test]
fn a_prompt_comes_through_standard_input() {
    let asked = Asked::folder();
    let mut command = asked.place.program(["agents", "set-prompt", "writer", "--file", "-"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(b"From a pipe.").unwrap();
    assert!(process.wait().unwrap().success());
    assert_eq!(asked.says(&["agents", "show", "writer", "--prompt"]), "From a pipe.");
}

#[test]
fn workflows_are_created_replaced_and_deleted() {
    both(|asked| {
        let file = asked.place.0.path().join("mine.json");
        let file = file.to_str().unwrap();
        fs::write(file, MINE).unwrap();
        assert_eq!(asked.says(&["workflows", "create", file]), "Created 'mine'\n");
        assert!(asked.refuses(&["workflows", "create", file]).contains("`orchestrator workflows replace`"));
        assert!(asked.says(&["workflows"]).contains("A page and nothing else"));
        // What is shown can be given back.
        fs::write(file, asked.says(&["workflows", "show", "mine", "--json"])).unwrap();
        assert!(asked.says(&["workflows", "replace", file]).contains("Replaced 'mine'"));
        assert!(asked.says(&["workflows", "show", "bolt_standard"]).contains("back to"));
        assert_eq!(asked.says(&["workflows", "delete", "mine"]), "Deleted 'mine'\n");
        assert!(asked.refuses(&["workflows", "delete", "mine"]).contains("valid: bolt_standard"));
        assert!(asked.refuses(&["workflows", "delete", "debug"]).contains("built in"));
        fs::write(file, MINE.replace("writer", "wirter")).unwrap();
        assert!(asked.refuses(&["workflows", "create", file]).contains("wirter"));
    });
}

#[test]
fn projects_are_looked_at_and_go_out_and_back() {
    both(|asked| {
        assert!(asked.says(&["projects"]).contains("page"));
        assert_eq!(
            asked.says(&["projects", "list"]),
            asked.says(&["project", "list"]),
            "as it was once called"
        );
        assert!(asked.says(&["projects", "files", "page"]).contains("index.html"));
        assert!(asked.says(&["projects", "diff", "page"]).contains("+<p>Hello</p>"));
        let snapshots: Value =
            serde_json::from_str(&asked.says(&["projects", "snapshots", "page", "--json"])).unwrap();
        let newest = snapshots[0]["id"].as_str().unwrap();
        assert!(asked.says(&["projects", "restore", "page", newest]).contains("To take this back"));
        let way = if asked.server.is_some() { "there" } else { "here" };
        let archive = asked.place.0.path().join(format!("{way}.zip"));
        let archive = archive.to_str().unwrap();
        asked.says(&["projects", "export", "page", "--output", archive]);
        assert!(asked.says(&["projects", "import", way, archive]).contains("+ index.html"));
        assert!(asked.refuses(&["projects", "import", way, archive]).contains("holds files already"));
        assert!(asked.refuses(&["projects", "files", "none"]).contains("page"));
    });
    let asked = Asked::folder().served();
    let folder = asked.place.data();
    assert!(asked.refuses(&["projects", "import", "p", folder.to_str().unwrap()]).contains("pack it"));
}

#[test]
fn lists_longer_than_a_page_are_told_whole() {
    both(|asked| {
        for number in 0..401 {
            fs::create_dir_all(asked.place.data().join("projects").join(format!("p{number:03}"))).unwrap();
        }
        let listed: Value = serde_json::from_str(&asked.says(&["projects", "list", "--json"])).unwrap();
        let names: Vec<_> = listed.as_array().unwrap().iter().map(|one| &one["project_id"]).collect();
        assert_eq!((names.len(), names[0], names[401]), (402, &"p000".into(), &"page".into()));
        let snapshots = |limit: &str| -> Value {
            let args = ["projects", "snapshots", "page", "--json", "--limit", limit];
            serde_json::from_str(&asked.says(&args)).unwrap()
        };
        let all = snapshots("500");
        assert_eq!(snapshots("1")[0], all[0]);
        assert!(all.as_array().unwrap().len() > 1);
        asked.says(&["runs", "list", "--limit", "1000"]);
    });
}

#[test]
fn models_are_those_that_are_asked() {
    let folder = Asked::folder();
    let file = folder.place.0.path().join("models.toml");
    fs::write(&file, "[[openai.model]]\nid = 'local-llm'\n").unwrap();
    let file = file.to_str().unwrap();
    let told = folder.says(&["models", "--json"]);
    assert!(told.contains("\"opus\"") && !told.contains("local-llm"), "{told}");
    let with_file = folder.says(&["models", "--json", "--models-file", file]);
    assert!(with_file.contains("local-llm"), "{with_file}");
    let serve = folder.place.program(["serve", "--model", "scripted", "--models-file", file]);
    let asked = Asked { server: Some(Server::start(serve)), ..folder };
    assert_eq!(asked.says(&["models", "--json"]), with_file, "those of the server");
}

#[test]
fn health_is_told() {
    both(|asked| {
        let told = asked.says(&["health"]);
        assert!(told.contains("Status     healthy") && told.contains("Notice     "), "{told}");
        let told: Value = serde_json::from_str(&asked.says(&["health", "--json"])).unwrap();
        assert_eq!((&told["provider"], &told["agents_count"]), (&"scripted".into(), &8.into()));
    });
}

#[test]
fn a_run_on_a_server_is_told_and_ends_as_it_does_here() {
    let mut asked = Asked::folder();
    let script = asked.place.script(SCRIPT);
    let serve = asked.place.program(["serve".as_ref(), "--script".as_ref(), script.as_os_str()]);
    asked.server = Some(Server::start(serve));
    let told = asked.says(&["run", "a page", "--project", "other", "--workflow", "quick_iteration"]);
    assert!(
        told.contains("+ index.html") && !told.contains(asked.place.0.path().to_str().unwrap()),
        "{told}"
    );
    assert!(asked.refuses(&["run", "a page", "--from", "x"]).contains("projects import"));
}

#[test]
fn a_folder_that_a_server_uses_tells_where_the_server_is() {
    let asked = Asked::folder().served();
    let server = asked.server.as_ref().unwrap();
    for command in [["runs", "list"], ["run", "hello"], ["agents", "list"], ["projects", "list"]] {
        let output = asked.place.program(command).output().unwrap();
        let said = text(&output.stderr);
        let way = format!("give --server http://{}", server.address);
        assert!(said.contains(&way) && said.contains(&format!("process {}", server.process.id())), "{said}");
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1));
    }
}

#[test]
fn a_server_that_is_not_there_or_wants_a_token_is_one_sentence() {
    let asked = Asked::folder();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = asked.refuses(&["runs", "--server", &format!("http://{closed}")]);
    assert!(
        said.contains("cannot be reached: ") && said.to_lowercase().contains("connection refused"),
        "{said}"
    );
    let said = asked.refuses(&["runs", "--server", "localhost"]);
    assert!(said.contains("such as http://127.0.0.1:8000"), "{said}");
    let token =
        text(&asked.place.program(["token", "create", "ada", "--role", "viewer"]).output().unwrap().stdout)
            .trim_end()
            .to_owned();
    let asked = asked.served();
    assert!(asked.refuses(&["runs"]).contains("asks for a token: give one in ORCHESTRATOR_TOKEN"));
    assert!(asked.refuses(&["runs", "--token", "dorc_no"]).contains("does not know the token"));
    assert!(asked.says(&["runs", "--token", &token]).contains("succeeded"));
    assert!(asked.refuses(&["agents", "disable", "writer", "--token", &token]).contains("role"));
    let config = asked.place.program(["config"]).env("ORCHESTRATOR_TOKEN", &token).output().unwrap();
    assert!(text(&config.stdout).contains("(set, not shown)") && !text(&config.stdout).contains(&token));
}
