use super::*;
use crate::execute::ExecuteRequest;
use axum::{
    body::Bytes,
    http::{HeaderValue, Uri},
};
use orchestrator::Workflow;

fn problem<T: DeserializeOwned>(body: &str) -> serde_json::Value {
    let refused = parse::<T>(&Bytes::copy_from_slice(body.as_bytes())).err().unwrap();
    serde_json::to_value(refused).unwrap()
}

fn field_and_detail<T: DeserializeOwned>(body: &str) -> (String, String) {
    let problem = problem::<T>(body);
    assert_eq!(problem["status"], 422, "{problem}");
    (problem["field"].as_str().unwrap().to_owned(), problem["detail"].as_str().unwrap().to_owned())
}

#[test]
fn broken_json_is_refused_with_line_and_column() {
    insta::assert_json_snapshot!(problem::<ExecuteRequest>("{\n  \"user_request\": \"x\",\n}"), @r#"
    {
      "column": 1,
      "detail": "The body is not JSON: trailing comma at line 3 column 1.",
      "line": 3,
      "status": 400,
      "title": "Malformed JSON",
      "type": "urn:problem-type:orchestrator:malformed-json"
    }
    "#);
    insta::assert_json_snapshot!(problem::<ExecuteRequest>(""), @r#"
    {
      "column": 0,
      "detail": "The body is not JSON: EOF while parsing a value at line 1 column 0.",
      "line": 1,
      "status": 400,
      "title": "Malformed JSON",
      "type": "urn:problem-type:orchestrator:malformed-json"
    }
    "#);
    insta::assert_json_snapshot!(problem::<ExecuteRequest>("{\"user_request\": \"x\"} {}"), @r#"
    {
      "column": 23,
      "detail": "The body is not JSON: trailing characters at line 1 column 23.",
      "line": 1,
      "status": 400,
      "title": "Malformed JSON",
      "type": "urn:problem-type:orchestrator:malformed-json"
    }
    "#);
}

#[test]
fn what_is_wrong_inside_of_json_names_the_field() {
    let cases = [
        "{}",
        "{\"user_request\": 5}",
        "{\"user_request\": \"x\", \"workflow\": \"debug\"}",
        "{\"user_request\": \"x\", \"project_id\": \"../../etc\"}",
        "{\"user_request\": \"x\", \"project_id\": \"\"}",
        "{\"user_request\": \"x\", \"metadata\": []}",
        "{\"user_request\": \"x\", \"if_busy\": \"wait\"}",
    ];
    insta::assert_debug_snapshot!(cases.map(field_and_detail::<ExecuteRequest>), @r#"
    [
        (
            "user_request",
            "user_request: it is required",
        ),
        (
            "user_request",
            "user_request: invalid type: integer `5`, expected a string",
        ),
        (
            "workflow",
            "workflow: unknown field `workflow`, expected one of `user_request`, `project_id`, `workflow_name`, `metadata`, `if_busy`",
        ),
        (
            "project_id",
            "project_id: the character '/' is not allowed; use letters, digits, '.', '_' and '-'",
        ),
        (
            "project_id",
            "project_id: it is empty; give 1 to 128 characters",
        ),
        (
            "metadata",
            "metadata: invalid type: sequence, expected a map",
        ),
        (
            "if_busy",
            "if_busy: unknown variant `wait`, expected `reject` or `queue`",
        ),
    ]
    "#);
}

#[test]
fn a_value_of_another_type_is_no_broken_json() {
    let values = ["null", "5", "-1.5", "true", "[]", "[1]", "{}", "{\"reject\": 1}"];
    for value in values {
        let (field, _) =
            field_and_detail::<ExecuteRequest>(&format!("{{\"user_request\": \"x\", \"if_busy\": {value}}}"));
        // An object is taken for a word with something in it.
        assert!(field.starts_with("if_busy"), "{value}: {field}");
        let step = |value: &str| {
            let back = format!("{{\"to\": \"b\", \"max_rounds\": 1, \"on_exhausted\": {value}}}");
            format!(
                "{{\"name\": \"a\", \"steps\": [{{\"agent_type\": \"w\", \"name\": \"b\", \"loop_back\": {back}}}]}}"
            )
        };
        let (field, _) = field_and_detail::<Workflow>(&step(value));
        assert!(field.starts_with("steps[0].loop_back.on_exhausted"), "{value}: {field}");
    }
    // What is broken is broken still.
    for broken in ["null", "5}, {}", "nul}", "5,}", "-}", "\"a}"] {
        let body = format!("{{\"user_request\": \"x\", \"if_busy\": {broken}");
        assert_eq!(problem::<ExecuteRequest>(&body)["status"], 400, "{broken}");
    }
}

#[test]
fn a_mark_in_front_of_the_body_is_passed_over() {
    assert!(parse::<ExecuteRequest>("\u{feff}{\"user_request\": \"x\"}".as_bytes()).is_ok());
    assert_eq!(problem::<ExecuteRequest>("\u{feff}\u{feff}{\"user_request\": \"x\"}")["status"], 400);
    assert_eq!(problem::<ExecuteRequest>("\u{feff}[]")["status"], 422);
}

#[test]
fn what_is_wrong_in_a_step_names_the_step() {
    let cases = [
        "{\"name\": \"a\", \"steps\": [{\"agent_type\": \"writer\"}]}",
        "{\"name\": \"a\", \"steps\": [{\"agent_type\": \"writer\", \"name\": \"b\", \"timout\": 5}]}",
        "{\"name\": \"a\", \"steps\": [{\"agent_type\": \"writer\", \"name\": \"b\", \"retry_count\": -1}]}",
        "{\"name\": \"a\", \"steps\": [{\"agent_type\": \"writer\", \"name\": \"b\", \"condition\": 7}]}",
        "{\"name\": \"a b\", \"steps\": []}",
    ];
    insta::assert_debug_snapshot!(cases.map(field_and_detail::<Workflow>), @r#"
    [
        (
            "steps[0].name",
            "steps[0].name: it is required",
        ),
        (
            "steps[0].timout",
            "steps[0].timout: unknown field `timout`, expected one of `agent_type`, `name`, `timeout`, `retry_count`, `stream_output`, `condition`, `loop_back`",
        ),
        (
            "steps[0].retry_count",
            "steps[0].retry_count: invalid value: integer `-1`, expected u32",
        ),
        (
            "steps[0].condition",
            "steps[0].condition: give the name of a condition, or an object with its `name` and `args`",
        ),
        (
            "name",
            "name: the character ' ' is not allowed; use letters, digits, '.', '_' and '-'",
        ),
    ]
    "#);
}

#[test]
fn a_body_that_is_no_object_is_refused_as_a_whole() {
    insta::assert_json_snapshot!(problem::<ExecuteRequest>("[1]"), @r#"
    {
      "detail": "The body has to be a JSON object, and this is an array.",
      "status": 422,
      "title": "Invalid request",
      "type": "urn:problem-type:orchestrator:invalid-request"
    }
    "#);
    insta::assert_json_snapshot!(problem::<ExecuteRequest>("null"), @r#"
    {
      "detail": "The body cannot be used: invalid type: null, expected struct ExecuteRequest.",
      "status": 422,
      "title": "Invalid request",
      "type": "urn:problem-type:orchestrator:invalid-request"
    }
    "#);
}

#[test]
fn json_nested_to_exhaust_the_stack_is_refused() {
    let body = format!("{{\"user_request\": \"x\", \"metadata\": {{\"a\": {}}}}}", "[".repeat(100_000));
    assert_eq!(problem::<ExecuteRequest>(&body)["status"], 400);
}

#[test]
fn only_json_is_taken_for_json() {
    let check = |value: Option<&str>| {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(value).unwrap());
        }
        check_media_type(&headers).map_err(|problem| problem.detail)
    };
    for good in ["application/json", "application/JSON; charset=utf-8", "application/vnd.x+json"] {
        assert_eq!(check(Some(good)), Ok(()), "{good}");
    }
    insta::assert_debug_snapshot!(
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded")].map(check), @r#"
    [
        Err(
            "The body has to be JSON, and its Content-Type says nothing; send \"Content-Type: application/json\".",
        ),
        Err(
            "The body has to be JSON, and its Content-Type says 'text/plain'; send \"Content-Type: application/json\".",
        ),
        Err(
            "The body has to be JSON, and its Content-Type says 'application/x-www-form-urlencoded'; send \"Content-Type: application/json\".",
        ),
    ]
    "#
    );
}

#[tokio::test]
async fn query_parameters_are_refused_by_name() {
    let query = async |text: &'static str| {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        parts.uri = Uri::from_static(text);
        let result = crate::page::Paged::<crate::runs::RunsQuery, orchestrator::RunId>::from_request_parts(
            &mut parts,
            &(),
        )
        .await;
        result.map(|_| ()).map_err(|problem| (problem.field, problem.detail))
    };
    assert_eq!(
        query("/runs?limit=5&status=failed&project_id=a%20b").await.unwrap_err().0.unwrap(),
        "project_id"
    );
    assert_eq!(query("/runs?limit=5&status=failed").await, Ok(()));
    insta::assert_debug_snapshot!(
        [query("/?limit=five").await, query("/?projectid=a").await, query("/?status=done").await], @r#"
    [
        Err(
            (
                Some(
                    "limit",
                ),
                "limit: invalid digit found in string",
            ),
        ),
        Err(
            (
                Some(
                    "projectid",
                ),
                "projectid: unknown field `projectid`, expected one of `project_id`, `workflow_name`, `status`",
            ),
        ),
        Err(
            (
                Some(
                    "status",
                ),
                "status: unknown variant `done`, expected one of `queued`, `running`, `waiting`, `succeeded`, `failed`, `cancelled`",
            ),
        ),
    ]
    "#
    );
}

fn request(body: axum::body::Body) -> Request {
    axum::http::Request::post("/").header(header::CONTENT_TYPE, "application/json").body(body).unwrap()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_without_reading_it_all() {
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 4096])));
    let request = request(axum::body::Body::from_stream(endless));
    let state = Arc::new(ServerConfig::default());
    let refused = JsonBody::<ExecuteRequest>::from_request(request, &state).await.err().unwrap();
    assert_eq!((refused.status, refused.title), (413, "Body too large"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let request =
        request(axum::body::Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>()));
    let state = Arc::new(ServerConfig::default());
    let refused = JsonBody::<ExecuteRequest>::from_request(request, &state).await.err().unwrap();
    assert_eq!(refused.status, 408);
}
