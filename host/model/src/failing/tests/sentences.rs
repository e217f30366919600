//! What services said to others at their first call, as told in public, and the sentence that helps.

use super::*;
use ErrorCode::{Denied, InvalidInput, LimitExceeded, NotFound, Refused, Unavailable};

fn openai(base: &str, key: &str) -> Service {
    Service {
        name: "openai",
        key_variable: "OPENAI_API_KEY",
        url_setting: "OPENAI_BASE_URL".into(),
        key: Secret::new(key),
        base: base.into(),
    }
}

#[test]
fn each_first_error_has_a_sentence_of_its_own_at_either_provider() {
    let table = [
        (400, LimitExceeded, "Your credit balance is too low to access the Anthropic API.", "add credit"),
        (402, LimitExceeded, "This request requires more credits, or fewer max_tokens.", "add credit"),
        (
            429,
            LimitExceeded,
            "You exceeded your current quota, please check your plan and billing details.",
            "add credit",
        ),
        (402, LimitExceeded, "Insufficient Balance", "add credit"),
        (
            400,
            LimitExceeded,
            "You have reached your specified API usage limits. You will regain access on 2027-01-01",
            "spend limit",
        ),
        (
            400,
            LimitExceeded,
            "Billing hard limit has been reached (billing_hard_limit_reached)",
            "spend limit",
        ),
        (
            400,
            Denied,
            "Your organization must be verified to stream this model.",
            "verify it in the service's settings",
        ),
        (
            404,
            Denied,
            "Your organization must be verified to use the model `o9`.",
            "verify it in the service's settings",
        ),
        (
            400,
            LimitExceeded,
            "the request exceeds the available context size. try increasing the context size",
            "--ctx-size",
        ),
        (
            400,
            LimitExceeded,
            "prompt is too long: 1200000 tokens > 1000000 maximum",
            "longer than the context of 'm'",
        ),
        (
            400,
            LimitExceeded,
            "This model's maximum context length is 8192 tokens. However, you requested 9000",
            "longer than the context",
        ),
        (
            400,
            LimitExceeded,
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
            "longer than the context",
        ),
        (
            500,
            LimitExceeded,
            "Trying to keep the first 9000 tokens when context the overflows",
            "longer than the context",
        ),
        (
            429,
            LimitExceeded,
            "Request too large for m in organization o on tokens per min (TPM): Limit 30000, Requested 45000.",
            "waiting does not help",
        ),
        (
            413,
            LimitExceeded,
            "tokens per minute (TPM): Limit 6000, Requested 7000, please reduce",
            "waiting does not help",
        ),
        (
            429,
            Unavailable,
            "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.",
            "worth trying again",
        ),
        (
            429,
            LimitExceeded,
            "Rate limit reached on tokens per day (TPD): Limit 100000, Used 99000, Requested 2000",
            "limit of a day",
        ),
        (429, LimitExceeded, "Rate limit exceeded: free-models-per-day", "limit of a day"),
        (403, Denied, "Country, region, or territory not supported", "the country"),
        (400, Denied, "User location is not supported for the API use.", "the country"),
        (400, Denied, "This organization has been disabled.", "closed by the service"),
        (
            401,
            Denied,
            "The OpenAI account associated with this API key has been deactivated (account_deactivated)",
            "closed by the service",
        ),
        (
            401,
            Denied,
            "Your IP is not authorized to access this project (ip_not_authorized)",
            "this machine's address",
        ),
        (
            400,
            Refused,
            "The response was filtered due to the prompt triggering content management policy",
            "other words",
        ),
        (400, Denied, "API key not valid. Please pass a valid API key.", "does not know the key"),
        (404, NotFound, "The model `m` does not exist or you do not have access to it.", "has no model 'm'"),
        (404, NotFound, "model: claude-nope", "has no model 'm'"),
        (404, NotFound, "model \"qwen3:8b\" not found, try pulling it first", "load it first"),
        (403, NotFound, "Project `p` does not have access to model `m`", "has no model 'm'"),
        (400, NotFound, "m is not a valid model ID", "has no model 'm'"),
        (404, NotFound, "No endpoints found matching your data policy", "privacy settings"),
        (400, InvalidInput, "Client sent an HTTP request to an HTTPS server.", "with https://"),
        (
            400,
            InvalidInput,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "token_limit_parameter = \"max_completion_tokens\"",
        ),
        (
            400,
            InvalidInput,
            "Unrecognized request argument supplied: max_completion_tokens",
            "token_limit_parameter = \"max_tokens\"",
        ),
        (
            400,
            InvalidInput,
            "max_tokens: 40192 > 8192, which is the maximum allowed number of output tokens for m",
            "max_output_tokens in the row of 'm'",
        ),
        (
            400,
            InvalidInput,
            "Unsupported value: 'temperature' does not support 0.3 with this model.",
            "temperature_max = 0",
        ),
        (
            400,
            InvalidInput,
            "output_config.effort: this model does not support the effort parameter",
            "set efforts",
        ),
        (400, InvalidInput, "Unsupported value: 'reasoning_effort' does not support 'xhigh'", "set efforts"),
        (413, LimitExceeded, "Request exceeds the maximum size", "too large for the service"),
    ];
    let services = [service(), openai("https://api.openai.com/v1", "sk-secret-1")];
    for (status, code, words, sentence) in table {
        for service in &services {
            let failure = service.refused("m", status, &body("x_error", words), None).failure;
            assert_eq!(failure.code, code, "{status} {words}: {failure}");
            assert!(failure.message.contains(sentence), "{status} {words}: {failure}");
            assert!(!failure.message.contains(['{', '}']), "nothing is left open: {failure}");
        }
    }
}

#[test]
fn a_key_of_another_service_is_known_by_its_beginning() {
    let said = |base: &str, key: &str| openai(base, key).refused("m", 401, "{}", None).failure.message;
    let key = said("https://api.openai.com/v1", "sk-ant-api03-x");
    assert!(key.contains("the key in OPENAI_API_KEY looks like one of Anthropic"), "{key}");
    assert!(said("https://api.openai.com/v1", "sk-or-v1-x").contains("one of OpenRouter"));
    assert!(said("https://openrouter.ai/api/v1", "sk-or-v1-x").contains("does not know the key"));
    let none = Service { key: None, ..openai("http://localhost:1/v1", "x") };
    assert!(
        none.refused("m", 401, "{}", None).failure.message.contains("asks for a key; set OPENAI_API_KEY")
    );
}

#[test]
fn an_address_with_or_without_its_version_is_named_as_it_should_be() {
    let said = |service: Service| service.refused("m", 404, "404 page not found", None).failure.message;
    let local = said(openai("http://localhost:11434/", "k"));
    assert!(
        local.ends_with("OPENAI_BASE_URL is given with /v1 at its end; set it to http://localhost:11434/v1"),
        "{local}"
    );
    let anthropic = said(at("https://gateway.example.org/v1"));
    assert!(
        anthropic.ends_with("ANTHROPIC_BASE_URL is given without /v1; set it to https://gateway.example.org"),
        "{anthropic}"
    );
    let other = said(openai("https://models.example.org/api/v1", "k"));
    assert!(
        other.ends_with("nothing answers at https://models.example.org/api/v1; check OPENAI_BASE_URL"),
        "{other}"
    );
}

#[test]
fn a_web_page_is_told_as_what_it_is() {
    let page = "<!DOCTYPE html><html><head><title>Access denied</title></head><body>your credit balance is too low</body>";
    for (status, code, sentence) in [
        (403, Denied, "something on the way answered"),
        (404, NotFound, "a web server answered and no model's service"),
        (407, Denied, "the proxy that HTTPS_PROXY"),
        (502, Unavailable, "a gateway before the service answered"),
    ] {
        let failure = service().refused("m", status, page, None).failure;
        assert_eq!(failure.code, code, "{failure}");
        assert!(
            failure.message.contains(sentence) && failure.message.contains("'Access denied'"),
            "{failure}"
        );
    }
}
