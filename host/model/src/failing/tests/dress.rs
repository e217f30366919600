//! Errors in the dress that each service has for them, as they were seen.

use super::*;
use ErrorCode::{Denied, InvalidInput, LimitExceeded, NotFound, Unavailable};

/// Gemini's 429, with a limit of this name and what its details ask for.
fn gemini(words: &str, quota: &str, delay: Option<&str>) -> String {
    let violations = json!([{"quotaId": quota}]);
    let mut details =
        vec![json!({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations})];
    details.extend(
        delay.map(|delay| json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay})),
    );
    json!([{"error": {"code": 429, "message": words, "status": "RESOURCE_EXHAUSTED", "details": details}}])
        .to_string()
}

#[test]
fn a_limit_of_a_minute_is_waited_for_and_one_of_a_day_is_not() {
    let quota = "You exceeded your current quota, please check your plan and billing details.";
    let minute = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
    let day = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
    let timed = format!("{quota}\nPlease retry in 3.4s.");
    for (text, wait) in [
        (gemini(quota, minute, Some("3.4s")), Some(3400)),
        (gemini(&timed, "", None), Some(3400)),
        (gemini(quota, minute, None), None),
        (gemini("Resource has been exhausted (e.g. check quota).", "", Some("39s")), Some(39_000)),
    ] {
        let Judged { failure, busy } = service().refused("m", 429, &text, None);
        assert!(failure.code == Unavailable && busy, "{failure}");
        assert_eq!(failure.retry_after, wait.map(Duration::from_millis), "{text}");
    }
    let failure = service().refused("m", 429, &gemini(&timed, day, Some("3.4s")), None).failure;
    assert!(failure.code == LimitExceeded && failure.message.contains("limit of a day"), "{failure}");
    let header = Some(Duration::from_secs(7));
    let both = service().refused("m", 429, &gemini(quota, minute, Some("39s")), header).failure;
    assert_eq!(both.retry_after, header, "the header is for whoever asked");
}

#[test]
fn a_limit_that_only_the_account_can_lift_is_not_tried_again() {
    let suspended = r#"{"error":{"message":"Your account is suspended, please check your plan and billing details","type":"exceeded_current_quota_error"}}"#;
    let extra = body("rate_limit_error", "Extra usage is required for long context requests.");
    for (text, sentence) in [(suspended, "add credit"), (&extra, "switch extra usage on")] {
        let failure = service().refused("m", 429, text, None).failure;
        assert!(failure.code == LimitExceeded && failure.message.contains(sentence), "{failure}");
    }
}

#[test]
fn json_that_is_no_completion_is_judged_by_its_words() {
    let ask = |text: &str| service().answered("m", text).failure;
    for (text, code, words) in [
        (
            r#"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
            LimitExceeded,
            "insufficient balance: the account",
        ),
        (r#"{"code":401,"msg":"token expired","success":false}"#, Denied, "status 401, token expired: "),
        (r#"{"code":"429","msg":"too fast"}"#, Unavailable, "status 429, too fast: "),
        (r#"{"message":"come in"}"#, InvalidInput, "come in: the answer is JSON and no completion"),
        (r#"{"error":"Unexpected endpoint or method. (POST /x)"}"#, NotFound, "check ANTHROPIC_BASE_URL"),
    ] {
        let failure = ask(text);
        assert!(failure.code == code && failure.message.contains(words), "{failure}");
    }
}

#[test]
fn words_in_words_are_quoted() {
    let nested = r#"{"message":{"detail":[{"loc":["body","x"],"msg":"Extra inputs"}]},"code":null}"#;
    assert!(service().refused("m", 422, nested, None).failure.message.contains("Extra inputs"));
}
