//! The page at `/docs` fills its forms with the examples of the API's description. Whoever presses "Execute" without changing
//! anything learns something: the request is carried out, or refused with what could be given instead.

use orchestrator_e2e::{Api, Setup};
use reqwest::Method;
use serde_json::{Value, json};

/// The whole of `bolt_standard` without anything to run, so that the project of the examples has its files.
const SCRIPT: &str = r#"
[[reply]]
agent = "planner"
text = '''{"summary": "A page.", "stack": "HTML", "files": [{"path": "README.md", "purpose": "what it is"}],
           "commands": [], "acceptance_criteria": ["It is said."]}'''

[[reply]]
agent = "writer"
text = '''
<file-{{nonce}} path="README.md">
# A page
</file-{{nonce}}>
'''

[[reply]]
agent = "runner"
text = '{"install": [], "test": []}'

[[reply]]
agent = "documenter"
text = '''
<file-{{nonce}} path="README.md">
# A page

Nothing to install.
</file-{{nonce}}>
'''
"#;

/// An operation as the page shows it.
struct Form {
    id: String,
    method: Method,
    path: String,
    operation: Value,
}

/// Every operation, in an order in which what one makes is there for the next.
fn forms(document: &Value) -> Vec<Form> {
    let mut forms = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            let method = method.to_uppercase().parse().expect("a method");
            forms.push(Form { id, method, path: path.clone(), operation: operation.clone() });
        }
    }
    let turn = |form: &Form| match form.method.as_str() {
        _ if form.id == "execute" => 0,
        "GET" => 1,
        "POST" => 2,
        "PATCH" => 3,
        "PUT" => 4,
        _ if form.id == "deleteProject" => 6,
        _ => 5,
    };
    // A project is deleted last, since its files and runs go with it.
    forms.sort_by_key(turn);
    forms
}

/// The path with the examples of its parameters. What need not be given is not filled in: it would narrow down the answer.
fn filled(form: &Form) -> String {
    let mut path = form.path.trim_start_matches("/api/v1/orchestrator").to_owned();
    for parameter in form.operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().expect("a name");
        let example = parameter.get("example").or_else(|| parameter["schema"].get("example"));
        match (parameter["in"] == "path", example.and_then(Value::as_str)) {
            (true, Some(example)) => path = path.replace(&format!("{{{name}}}"), example),
            (true, None) => panic!("{} has no example for {name}", form.id),
            (false, given) => assert_eq!(given, None, "{} fills in {name}", form.id),
        }
    }
    path
}

/// The body that the page shows for a form that takes JSON.
fn body(document: &Value, form: &Form) -> Option<Value> {
    let content = form.operation["requestBody"]["content"].get("application/json")?;
    let reference = content["schema"]["$ref"].as_str().expect("a schema of its own");
    let schema = document.pointer(reference.trim_start_matches('#')).expect("the schema");
    let example = schema.get("example").unwrap_or_else(|| panic!("{} has no example of its body", form.id));
    Some(example.clone())
}

async fn execute(api: &Api, document: &Value, form: &Form) {
    let request = api.request(form.method.clone(), &filled(form));
    let request = match body(document, form) {
        Some(body) => request.json(&body),
        None if form.id == "writeProjectFile" => request.body("# Another page\n"),
        None => request,
    };
    if form.operation["responses"]["200"]["content"].get("text/event-stream").is_some() {
        let says = form.operation["description"].as_str().unwrap_or_default();
        assert!(says.contains("curl -N"), "{} does not say how to watch it: {says}", form.id);
    }
    // The stream of a project does not end.
    if form.id == "streamProjectEvents" {
        let response = request.send().await.expect("the server answers");
        assert!(response.status().is_success(), "{response:?}");
        return;
    }
    let answer = api.send(request).await;
    if answer.status.is_success() {
        if let Ok(list) = serde_json::from_str::<Value>(&answer.text)
            && let Some(items) = list.get("items").and_then(Value::as_array)
        {
            assert!(!items.is_empty(), "{} finds nothing", form.id);
        }
        return;
    }
    let problem = answer.json();
    let valid = problem["valid"].as_array().is_some_and(|valid| !valid.is_empty());
    assert!(valid, "{} with what is filled in: {problem}", form.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_fills_in_gets_a_useful_answer() {
    let server = Setup::new().script(SCRIPT).start().await;
    let token = server.api.post("/tokens", &json!({"name": "root", "role": "admin"})).await.ok();
    let api = server.api.with_token(token["token"].as_str().expect("a token"));
    let document = serde_json::to_value(orchestrator_server::openapi()).expect("is JSON");
    // An archive is a file that has to be chosen.
    for form in forms(&document).iter().filter(|form| form.id != "importProject") {
        execute(&api, &document, form).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_bears_the_name_of_the_product_and_has_all_that_it_is_made_of() {
    let server = Setup::new().start().await;
    let root = server.api.base().replace("/api/v1/orchestrator", "");
    let get = async |path: &str| reqwest::get(format!("{root}/docs/{path}")).await.expect("answers");
    for path in ["", "index.html"] {
        let page = get(path).await;
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let page = page.text().await.expect("a text");
        assert!(page.contains("<title>Dynamic Orchestrator"), "{page}");
        let parts: Vec<_> = page.split(['"']).filter_map(|part| part.strip_prefix("./")).collect();
        assert!(parts.len() >= 7, "{page}");
        for part in parts {
            assert!(get(part).await.status().is_success(), "{part}");
        }
    }
}
