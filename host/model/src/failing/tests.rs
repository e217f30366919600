use super::*;
use serde_json::json;

fn service() -> Service {
    at("https://api.anthropic.com")
}

fn at(base: &str) -> Service {
    Service {
        name: "anthropic",
        key_variable: "ANTHROPIC_API_KEY",
        url_setting: "ANTHROPIC_BASE_URL".into(),
        key: Secret::new("sk-secret-1"),
        base: base.into(),
    }
}

fn body(kind: &str, message: &str) -> String {
    json!({"type": "error", "error": {"type": kind, "message": message}}).to_string()
}

#[test]
fn each_status_has_a_code_and_names_the_way_out() {
    use ErrorCode::{Denied, InvalidInput, LimitExceeded, NotFound, Unavailable};
    let table = [
        (307, InvalidInput, "set ANTHROPIC_BASE_URL to where it leads"),
        (400, InvalidInput, "the row of 'm' in the models file"),
        (401, Denied, "set ANTHROPIC_API_KEY to a valid one"),
        (402, LimitExceeded, "add credit"),
        (403, Denied, "the key in ANTHROPIC_API_KEY"),
        (404, NotFound, "check ANTHROPIC_BASE_URL"),
        (405, NotFound, "check ANTHROPIC_BASE_URL"),
        (407, Denied, "the proxy that HTTPS_PROXY or HTTP_PROXY names asks who you are"),
        (413, LimitExceeded, "send less"),
        (422, InvalidInput, "the row of 'm'"),
        (429, Unavailable, "worth trying again"),
        (500, Unavailable, "worth trying again"),
        (503, Unavailable, "worth trying again"),
        (529, Unavailable, "worth trying again"),
    ];
    for (status, code, advice) in table {
        let failure =
            service().refused("m", status, &body("x_error", "why"), Some(Duration::from_secs(2))).failure;
        assert_eq!(failure.code, code, "{status}");
        assert!(failure.message.contains(advice), "{status}: {failure}");
        let retryable = code == Unavailable;
        assert_eq!(failure.retry_after, retryable.then_some(Duration::from_secs(2)), "{status}");
    }
}

#[test]
fn the_message_says_what_was_asked_of_whom_and_why_it_failed() {
    let failure =
        service().refused("claude-x", 401, &body("authentication_error", "invalid x-api-key"), None).failure;
    insta::assert_snapshot!(failure, @"asking anthropic for a completion by 'claude-x': status 401, invalid x-api-key: the service does not know the key; set ANTHROPIC_API_KEY to a valid one");
}

#[test]
fn a_spent_account_and_a_full_context_are_not_tried_again() {
    let anthropic = r#"{"type":"error","error":{"type":"rate_limit_error","message":"no","details":{"error_code":"enforced_spend_limit_reached"}}}"#;
    let openai = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    for text in [anthropic, openai] {
        assert_eq!(service().refused("m", 429, text, None).failure.code, ErrorCode::LimitExceeded, "{text}");
    }
    let long = body("invalid_request_error", "prompt is too long: 1200000 tokens > 1000000 maximum");
    assert_eq!(service().refused("m", 400, &long, None).failure.code, ErrorCode::LimitExceeded);
}

#[test]
fn an_error_inside_a_stream_is_judged_like_its_status() {
    let kinds = [
        ("overloaded_error", ErrorCode::Unavailable),
        ("api_error", ErrorCode::Unavailable),
        ("rate_limit_error", ErrorCode::Unavailable),
        ("invalid_request_error", ErrorCode::InvalidInput),
        ("authentication_error", ErrorCode::Denied),
        ("something_new", ErrorCode::Unavailable),
    ];
    for (kind, code) in kinds {
        assert_eq!(service().reported("m", &body(kind, "why")).failure.code, code, "{kind}");
    }
    let router = r#"{"error":{"code":402,"message":"no credit"}}"#;
    assert_eq!(service().reported("m", router).failure.code, ErrorCode::LimitExceeded);
}

#[test]
fn a_service_that_repeats_the_key_does_not_get_it_into_a_message() {
    let echo = body("authentication_error", "wrong key: sk-secret-1");
    for Judged { failure, .. } in [service().refused("m", 401, &echo, None), service().reported("m", &echo)] {
        assert!(!failure.message.contains("sk-secret-1") && failure.message.contains("[key]"), "{failure}");
    }
    let across_the_cut = format!("{}sk-secret-1", "x".repeat(QUOTE_MAX - 4));
    assert!(!service().quote(&across_the_cut).contains("sk-"));
}

#[test]
fn a_page_as_long_as_a_book_or_full_of_control_characters_becomes_one_short_line() {
    let quoted = service().quote(&"<p>\n\u{1b}[31mé</p>".repeat(10_000));
    assert_eq!(quoted.chars().count(), QUOTE_MAX + 1);
    assert!(!quoted.contains(['\n', '\u{1b}']));
    assert_eq!(service().quote(" \n"), "(no reason given)");
}

#[test]
fn error_objects_of_every_known_form_are_read() {
    for (text, words) in [
        (r#"{"error":"model not found"}"#, "model not found"),
        (r#"{"message":"gateway"}"#, "gateway"),
        ("<html>", "a web page"),
        ("<!doctype html><html><head><Title lang=en> Sign in </Title>", "a web page, 'Sign in'"),
        (r#"[{"error":{"message":"in a list"}}]"#, "in a list"),
        (r#"{"detail":"Not Found"}"#, "Not Found"),
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"too long"}}}"#,
            "Provider returned error (too long)",
        ),
        (r#"{"error":{"message":"half \ud83d of it"}}"#, "half \u{fffd} of it"),
        (r#"{"odd":1}"#, r#"{"odd":1}"#),
    ] {
        assert_eq!(Reported::read(text).message, words);
    }
}

#[test]
fn a_wait_longer_than_a_run_waits_names_the_time() {
    let judged =
        service().refused("m", 429, &body("rate_limit_error", "slow"), Some(Duration::from_secs(3600)));
    assert!(!judged.failure.is_worth_repeating());
    let year = &jiff::Timestamp::now().to_string()[..4];
    let named = format!("for 60 minutes, until {year}-");
    assert!(judged.failure.message.contains(&named), "{}", judged.failure);
    assert!(judged.busy);
}

#[test]
fn only_a_service_that_is_too_busy_for_everybody_is_left_alone() {
    for (status, busy) in [(429, true), (503, true), (529, true), (500, false), (502, false), (400, false)] {
        assert_eq!(service().refused("m", status, &body("x_error", "why"), None).busy, busy, "{status}");
    }
    let spent = body("rate_limit_error", "You exceeded your current quota");
    assert!(!service().refused("m", 429, &spent, None).busy);
}

mod dress;
mod sentences;
