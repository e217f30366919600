//! `PATCH /agents/{agent_type}`: several settings at once, what they may be, and whom they reach.

use orchestrator_e2e::{Server, Setup, models};
use orchestrator_fake_provider::{Answer, FakeProvider};
use reqwest::Method;
use serde_json::{Value, json};

async fn patch(server: &Server, agent: &str, body: Value) -> orchestrator_e2e::Answer {
    server.api.send(server.api.request(Method::PATCH, &format!("/agents/{agent}")).json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_is_shown_beside_what_is_in_force_and_null_goes_back() {
    let server = Setup::new().start().await;
    let own = server.api.get("/agents/writer").await.ok();
    let nothing = json!({
        "model": null, "temperature": null, "max_tokens": null, "effort": null, "options": {}, "enabled": null,
    });
    assert_eq!(own["set"], nothing);
    let all = json!({
        "model": "opus", "temperature": 0.25, "max_tokens": 2048, "effort": "high",
        "options": {"context_tokens": 900}, "enabled": false, "system_prompt": "Be brief.",
    });
    let changed = patch(&server, "writer", all).await.ok();
    assert_eq!(
        changed["set"],
        json!({
            "model": "opus", "temperature": 0.25, "max_tokens": 2048, "effort": "high",
            "options": {"context_tokens": 900}, "enabled": false,
        })
    );
    for (field, value) in [
        ("model", json!("opus")),
        ("temperature", json!(0.25)),
        ("max_tokens", json!(2048)),
        ("enabled", json!(false)),
        ("system_prompt", json!("Be brief.")),
        ("has_custom_prompt", json!(true)),
    ] {
        assert_eq!(changed[field], value, "{field}");
    }
    let same = patch(&server, "writer", json!({})).await.ok();
    assert_eq!(same, changed);
    let audit = server.api.list("/audit?action=agent").await;
    assert_eq!(audit.as_array().map(Vec::len), Some(1), "{audit}");
    assert_eq!(
        (&audit[0]["action"], &audit[0]["detail"]["effort"]),
        (&json!("agent.update"), &json!("high"))
    );
    assert!(!audit.to_string().contains("Be brief."), "{audit}");

    let server = server.stop().await.start().await;
    assert_eq!(server.api.get("/agents/writer").await.ok(), changed);
    let back =
        json!({"temperature": null, "effort": null, "options": null, "enabled": null, "system_prompt": null});
    let changed = patch(&server, "writer", back).await.ok();
    assert_eq!((&changed["temperature"], &changed["enabled"]), (&own["temperature"], &json!(true)));
    assert_eq!((&changed["system_prompt"], &changed["max_tokens"]), (&own["system_prompt"], &json!(2048)));
    assert_eq!(patch(&server, "writer", json!({"model": null, "max_tokens": null})).await.ok(), own);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_by_name_and_nothing_of_it_is_set() {
    let provider = FakeProvider::queue([]).await.expect("a port is free");
    let server = Setup::new().model(models::anthropic(&provider)).start().await;
    let own = server.api.get("/agents/writer").await.ok();
    for (body, field) in [
        (json!({"temperature": 2.1}), "temperature"),
        (json!({"temperature": -1}), "temperature"),
        (json!({"temperature": "warm"}), "temperature"),
        (json!({"max_tokens": 0}), "max_tokens"),
        (json!({"max_tokens": -1}), "max_tokens"),
        (json!({"max_tokens": 10_000_001}), "max_tokens"),
        (json!({"max_tokens": 1.5}), "max_tokens"),
        (json!({"max_tokens": 4_000_000}), "max_tokens"),
        (json!({"effort": "hard"}), "effort"),
        (json!({"effort": "none"}), "effort"),
        (json!({"model": "no model"}), "model"),
        (json!({"system_prompt": " "}), "system_prompt"),
        (json!({"enabled": "yes"}), "enabled"),
        (json!({"options": {"context_tokens": 12}}), "options.context_tokens"),
        (json!({"options": {"context_tokens": "many"}}), "options.context_tokens"),
        (json!({"options": [1]}), "options"),
        (json!({"temprature": 1}), "temprature"),
    ] {
        let mut whole = json!({"enabled": false});
        for (name, value) in body.as_object().expect("an object") {
            whole[name] = value.clone();
        }
        let problem = patch(&server, "writer", whole).await.problem(422);
        assert_eq!(problem["field"], field, "{problem}");
    }
    let effort = patch(&server, "writer", json!({"effort": "minimal"})).await.problem(422);
    assert_eq!(effort["valid"], json!(["low", "medium", "high", "xhigh", "max"]));
    let runner = patch(&server, "runner", json!({"options": {"a": 1}})).await.problem(422);
    assert_eq!(runner["field"], "options", "{runner}");
    let unknown = patch(&server, "writr", json!({})).await.problem(404);
    assert!(unknown["valid"].to_string().contains("\"writer\""), "{unknown}");
    assert_eq!(server.api.get("/agents/writer").await.ok(), own);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_run_asks_with_what_is_set() {
    let answers = [Answer::text("one"), Answer::text("two")];
    let provider = FakeProvider::queue(answers).await.expect("a port is free");
    let server = Setup::new().model(models::anthropic(&provider)).guest("echo").start().await;
    server.api.workflow("ask", json!([{"agent_type": "echo", "name": "Ask"}])).await;
    let ask = json!({"user_request": "hello", "project_id": "p", "workflow_name": "ask", "metadata": {"model": true}});
    server.api.run(&ask).await.complete();
    let set = json!({"model": "claude-haiku-4-5", "temperature": 0.125, "max_tokens": 777});
    patch(&server, "echo", set).await.ok();
    server.api.run(&ask).await.complete();
    let requests = provider.requests();
    let [first, second] = [&requests[0].body, &requests[1].body];
    assert_ne!(first["model"], second["model"]);
    assert_eq!((&second["model"], &second["temperature"]), (&json!("claude-haiku-4-5"), &json!(0.125)));
    assert_ne!(first["max_tokens"], second["max_tokens"]);
    let effort =
        patch(&server, "echo", json!({"model": "opus", "temperature": null, "effort": "low"})).await.ok();
    assert_eq!((&effort["effort"], &effort["set"]["effort"]), (&json!("low"), &json!("low")));
}

#[tokio::test(flavor = "multi_thread")]
async fn options_reach_the_plugin_and_are_checked_as_a_whole() {
    let server = Setup::new().guest("echo").start().await;
    server.api.workflow("echo", json!([{"agent_type": "echo", "name": "Echo"}])).await;
    let said = async || {
        let run = json!({"user_request": "hello", "project_id": "p", "workflow_name": "echo"});
        let run = server.api.run(&run).await;
        run.complete();
        serde_json::from_str::<Value>(run.output("Echo")["options"].as_str().expect("JSON")).expect("is JSON")
    };
    assert_eq!(said().await, json!({}));
    let schema = server.api.get("/agents/echo").await.ok()["options_schema"].clone();
    assert_eq!(schema["properties"]["events"]["minimum"], 0);
    patch(&server, "echo", json!({"options": {"events": 2}})).await.ok();
    patch(&server, "echo", json!({"options": {"bytes": 3}})).await.ok();
    assert_eq!(said().await, json!({"bytes": 3, "events": 2}));
    let refused = patch(&server, "echo", json!({"options": {"bytes": 4, "events": -1}})).await.problem(422);
    assert_eq!(refused["field"], "options.events", "{refused}");
    patch(&server, "echo", json!({"options": {"events": null}})).await.ok();
    assert_eq!(said().await, json!({"bytes": 3}));
    let audit = server.api.list("/audit?action=agent").await;
    assert_eq!(audit[0]["detail"], json!({"options": {"events": null}}), "{audit}");
}
