//! The API's description shows an example of each answer. Each has the fields that this server really answers with.

use crate::projects::archive;
use orchestrator_archive::Format;
use orchestrator_e2e::{Api, Setup};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Fields whose content is whatever somebody put there.
const FREE: [&str; 4] = ["detail", "metadata", "options", "options_schema"];

/// The fields of a value, by the way to each, and the ways to what is null.
#[derive(Default)]
struct Fields {
    named: BTreeSet<String>,
    null: Vec<String>,
}

impl Fields {
    fn of(value: &Value) -> Self {
        let mut fields = Self::default();
        fields.add("", value);
        fields
    }

    fn add(&mut self, way: &str, value: &Value) {
        match value {
            Value::Null => self.null.push(format!("{way}.")),
            Value::Array(items) => items.iter().for_each(|item| self.add(&format!("{way}[]"), item)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    let way = format!("{way}.{name}");
                    self.named.insert(way.clone());
                    if !FREE.contains(&name.as_str()) {
                        self.add(&way, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// What is here and not in `other`, as far as there is a value there.
    fn beyond<'a>(&'a self, other: &Self) -> Vec<&'a String> {
        let unknown = |way: &str| other.null.iter().any(|null| way.starts_with(null.as_str()));
        self.named.iter().filter(|way| !other.named.contains(*way) && !unknown(way)).collect()
    }
}

/// The examples of answers in JSON, by operation.
fn examples(document: &Value) -> BTreeMap<String, Value> {
    let paths = document["paths"].as_object().expect("paths").values();
    let operations = paths.flat_map(|path| path.as_object().expect("operations").values());
    let examples = operations.filter_map(|operation| {
        let content = ["200", "201"]
            .iter()
            .find_map(|status| operation["responses"][status]["content"].get("application/json"))?;
        Some((operation["operationId"].as_str().expect("an id").to_owned(), content["example"].clone()))
    });
    examples.collect()
}

/// What was answered, by operation.
struct Answers(BTreeMap<&'static str, Value>);

impl Answers {
    async fn get(&mut self, api: &Api, operation: &'static str, path: &str) {
        self.0.insert(operation, api.get(path).await.ok());
    }

    async fn put(&mut self, api: &Api, operation: &'static str, path: &str, body: Value) {
        self.0.insert(operation, api.put(path, &body).await.ok());
    }

    async fn post(&mut self, api: &Api, operation: &'static str, path: &str, body: Value) {
        self.0.insert(operation, api.post(path, &body).await.ok());
    }
}

async fn import(api: &Api, query: &str, files: &[(&str, &str)]) -> Value {
    let request = api.request(Method::POST, &format!("/projects/shop/import{query}"));
    let body = archive(Format::Zip, files);
    api.send(request.header("content-type", Format::Zip.media_type()).body(body)).await.ok()
}

async fn of_agents_and_workflows(api: &Api, answers: &mut Answers) {
    let steps = json!([
        {"agent_type": "planner", "name": "Plan UI Components", "timeout": 60},
        {"agent_type": "writer", "name": "Generate React Components", "stream_output": true},
    ]);
    let workflow =
        json!({"name": "frontend_only", "description": "Generate frontend code only", "steps": steps});
    answers.post(api, "createWorkflow", "/workflows", workflow.clone()).await;
    answers.put(api, "replaceWorkflow", "/workflows/frontend_only", workflow).await;
    answers.get(api, "getWorkflow", "/workflows/bolt_standard").await;
    answers.get(api, "listWorkflows", "/workflows").await;
    answers.put(api, "setAgentPrompt", "/agents/writer/prompt", json!({"system_prompt": "Be brief."})).await;
    answers.put(api, "setAgentModel", "/agents/writer/model", json!({"model": "opus"})).await;
    answers.put(api, "disableAgent", "/agents/documenter/disable", Value::Null).await;
    answers.put(api, "enableAgent", "/agents/documenter/enable", Value::Null).await;
    let settings = json!({"temperature": 0.1, "effort": "high", "options": {"context_tokens": 12000}});
    let request = api.request(Method::PATCH, "/agents/writer").json(&settings);
    answers.0.insert("updateAgent", api.send(request).await.ok());
    answers.get(api, "getAgent", "/agents/writer").await;
    answers.get(api, "listAgents", "/agents").await;
    answers.get(api, "listModels", "/models").await;
    answers.get(api, "listPlugins", "/plugins").await;
    let grant = json!({"permissions": ["write-files"]});
    answers.post(api, "grantPlugin", "/plugins/echo/grants", grant).await;
    answers.post(api, "releasePlugin", "/plugins/echo/release", Value::Null).await;
}

async fn of_runs_and_projects(api: &Api, answers: &mut Answers) {
    let run =
        json!({"user_request": "Build a todo app", "project_id": "shop", "workflow_name": "frontend_only"});
    let run = api.run(&run).await;
    run.complete();
    answers.get(api, "getRun", &format!("/runs/{}", run.run_id())).await;
    answers.post(api, "cancelRun", &format!("/runs/{}/cancel", run.run_id()), Value::Null).await;
    answers.get(api, "listRuns", "/runs").await;
    let files = [("index.html", "<h1>Shop</h1>\n"), (".DS_Store", "")];
    let imported = import(api, "?replace=true", &files).await;
    let restore = json!({"snapshot": imported["before"]});
    answers.0.insert("importProject", imported);
    answers.post(api, "restoreProject", "/projects/shop/restore", restore).await;
    let file = api.request(Method::PUT, "/projects/shop/files/a.txt").body("a");
    answers.0.insert("writeProjectFile", api.send(file).await.ok());
    let moving = api.request(Method::PATCH, "/projects/shop/files/a.txt").json(&json!({"to": "b.txt"}));
    answers.0.insert("moveProjectFile", api.send(moving).await.ok());
    let deleting = api.request(Method::DELETE, "/projects/shop/files/b.txt");
    answers.0.insert("deleteProjectFile", api.send(deleting).await.ok());
    answers.get(api, "listProjects", "/projects").await;
    answers.get(api, "listProjectFiles", "/projects/shop/files").await;
    answers.get(api, "listProjectSnapshots", "/projects/shop/snapshots").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_an_answer_has_the_fields_of_the_answer() {
    let server = Setup::new().guest("echo").start().await;
    let mut answers = Answers(BTreeMap::new());
    of_agents_and_workflows(&server.api, &mut answers).await;
    of_runs_and_projects(&server.api, &mut answers).await;
    answers.get(&server.api, "getHealth", "/health").await;
    // From the first token on one is asked for.
    answers.post(&server.api, "createToken", "/tokens", json!({"name": "ada", "role": "admin"})).await;
    let ada = server.api.with_token(answers.0["createToken"]["token"].as_str().expect("a token"));
    answers.get(&ada, "listTokens", "/tokens").await;
    answers.get(&ada, "listAuditEntries", "/audit").await;

    let examples = examples(&serde_json::to_value(orchestrator_server::openapi()).expect("is JSON"));
    let answered: Vec<_> = answers.0.keys().copied().collect();
    assert_eq!(
        examples.keys().collect::<Vec<_>>(),
        answered,
        "each operation with an answer in JSON is asked"
    );
    let mut wrong = Vec::new();
    for (operation, example) in &examples {
        let (said, is) = (Fields::of(example), Fields::of(&answers.0[operation.as_str()]));
        for way in said.beyond(&is) {
            wrong.push(format!("{operation}{way} is in the example alone"));
        }
        for way in is.beyond(&said) {
            wrong.push(format!("{operation}{way} is in the answer alone"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
