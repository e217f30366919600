//! The table: which words of a service mean what, and what a person does about it.
//!
//! Services use few statuses for many kinds of trouble; what tells them apart is their words. So words are looked at
//! first, from the particular to the general, and the status alone decides where none is known. In an advice `{key}`,
//! `{url}`, `{base}`, `{model}` and `{name}` stand for the variable of the key, that of the address, the address, the
//! model and the provider.

use super::{Service, reported::Reported};
use causes::{nothing_there, wrong_key};
use orchestrator_core::ErrorCode::{
    self, Denied, InvalidInput, LimitExceeded, NotFound, Refused, Unavailable,
};

mod causes;

/// What words mean.
struct Rule {
    /// Any of these, in small letters.
    words: &'static [&'static str],
    code: ErrorCode,
    advice: &'static str,
}

/// What holds at any status.
const ANYWHERE: [Rule; 11] = [
    Rule {
        words: &["specified api usage limits", "spend_limit_reached", "billing_hard_limit", "spending limit"],
        code: LimitExceeded,
        advice: "the account's spend limit is reached; raise it in the service's console, or wait until it begins anew",
    },
    Rule {
        words: &[
            "credit balance is too low",
            "insufficient_quota",
            "exceeded_current_quota",
            "insufficient credits",
            "requires more credits",
            "insufficient balance",
            "billing_not_active",
            "account is not active",
        ],
        code: LimitExceeded,
        advice: NO_CREDIT,
    },
    Rule {
        words: &["extra usage"],
        code: LimitExceeded,
        advice: "the account's plan does not cover this request; switch extra usage on in the service's console, or send less \
                 (an agent's option context_tokens)",
    },
    Rule {
        words: &["must be verified to", "verify organization"],
        code: Denied,
        advice: "the organization behind {key} is not verified for this model; verify it in the service's settings and \
                 wait some minutes, or choose another model",
    },
    Rule {
        words: &[
            "prompt is too long",
            "context_length_exceeded",
            "maximum context length",
            "available context size",
            "exceed_context_size",
            "context window",
            "exceed context limit",
            "context length of",
            "the context length",
            "context the overflows",
            "input is too long",
            "input token count",
            "maximum prompt length",
        ],
        code: LimitExceeded,
        advice: "the request is longer than the context of '{model}'; send less (an agent's option context_tokens), choose \
                 a model with a larger context, or start a server of your own with a larger one (llama.cpp: --ctx-size, \
                 Ollama: num_ctx, vLLM: --max-model-len)",
    },
    Rule { words: &["request too large for"], code: LimitExceeded, advice: TOO_MANY_AT_ONCE },
    Rule {
        words: &["tokens per day", "requests per day", "per-day", "perday", "(tpd)", "(rpd)"],
        code: LimitExceeded,
        advice: "the account's limit of a day is used up; go on when it begins anew, raise the account's tier, or choose \
                 another model",
    },
    Rule {
        words: &[
            "unsupported_country",
            "region, or territory not supported",
            "location is not supported",
            "not available in your region",
            "not available in your country",
            "request not allowed",
        ],
        code: Denied,
        advice: "the service does not answer in the country that this machine's address belongs to; use a service that \
                 does, or a gateway by {url}",
    },
    Rule {
        words: &[
            "organization has been disabled",
            "account_deactivated",
            "been deactivated",
            "account is suspended",
        ],
        code: Denied,
        advice: "the account behind {key} was closed by the service; write to its support, or set {key} to another key",
    },
    Rule {
        words: &["ip_not_authorized", "ip is not authorized", "ip address is not"],
        code: Denied,
        advice: "the account behind {key} does not allow this machine's address; add it to the account's list of \
                 addresses, in the service's console",
    },
    Rule {
        words: &["content_policy", "content_filter", "content management policy", "usage policies"],
        code: Refused,
        advice: "the service's filter declined the request; say it in other words, or choose another service",
    },
];

/// What holds at any status, unless the service says when to ask again: some call a limit of a minute by these words.
const QUOTA: [Rule; 1] =
    [Rule { words: &["exceeded your current quota"], code: LimitExceeded, advice: NO_CREDIT }];

const NO_CREDIT: &str =
    "the account behind {key} has no credit left; add credit in the service's console, under billing";

const TOO_MANY_AT_ONCE: &str = "one request of this size is above the account's tokens per minute, so that waiting does \
                                not help; send less (an agent's option context_tokens), or raise the account's tier";

/// Words about a key that is none, for services that do not say so with a 401.
const WRONG_KEY_WORDS: [&str; 5] =
    ["incorrect api key", "invalid api key", "invalid x-api-key", "api key not valid", "invalid_api_key"];

/// What holds from 400 to 499, about models.
const MODELS: [Rule; 2] = [
    Rule {
        words: &["data policy", "no endpoints found"],
        code: NotFound,
        advice: "no provider behind the router may answer for '{model}' under the account's settings; loosen its privacy \
                 settings, or choose another model",
    },
    Rule {
        words: &[
            "model_not_found",
            "model not found",
            "not a valid model",
            "no such model",
            "unknown model",
            "invalid model",
            "does not have access to model",
            "model does not exist",
            "try pulling it",
            "model_not_supported",
        ],
        code: NotFound,
        advice: NO_MODEL,
    },
];

/// What holds at 400 and 422, about what a request carries.
const PARAMETERS: [Rule; 7] = [
    Rule {
        words: &["http request to an https", "http request was sent to https"],
        code: InvalidInput,
        advice: "the server speaks HTTPS; set {url} to the same address with https://",
    },
    Rule {
        words: &["'max_completion_tokens' instead", "use max_completion_tokens"],
        code: InvalidInput,
        advice: "set token_limit_parameter = \"max_completion_tokens\" in the row of '{model}' in the models file",
    },
    Rule {
        words: &[
            "maximum allowed number of output tokens",
            "max_tokens is too large",
            "max_completion_tokens is too large",
        ],
        code: InvalidInput,
        advice: "set max_output_tokens in the row of '{model}' in the models file to what the model gives at most",
    },
    Rule {
        words: &["max_completion_tokens"],
        code: InvalidInput,
        advice: "set token_limit_parameter = \"max_tokens\" in the row of '{model}' in the models file",
    },
    Rule {
        words: &["temperature"],
        code: InvalidInput,
        advice: "set temperature_max = 0 in the row of '{model}' in the models file, so that none is sent",
    },
    Rule {
        words: &["reasoning_effort", "output_config", "effort"],
        code: InvalidInput,
        advice: "set efforts in the row of '{model}' in the models file to the levels that it takes, [] for none",
    },
    Rule {
        words: &["request body too large", "request_too_large", "payload too large"],
        code: LimitExceeded,
        advice: TOO_LARGE,
    },
];

const NO_MODEL: &str = "the service has no model '{model}', or none that this key may use; choose another for the agent, \
                        say in the models file which id its alias stands for ([{name}.aliases]), or load it first where \
                        the server is your own";
const TOO_LARGE: &str =
    "the request is too large for the service; send less (an agent's option context_tokens)";

/// What a status and a service's words mean, and what to do.
pub(super) fn find(service: &Service, model: &str, status: u16, reported: &Reported) -> (ErrorCode, String) {
    let fill = |advice: &str| {
        let parts = [
            ("{key}", service.key_variable),
            ("{url}", &service.url_setting),
            ("{base}", &service.base),
            ("{name}", service.name),
            ("{model}", model),
        ];
        parts.iter().fold(advice.to_owned(), |text, (name, value)| text.replace(name, value))
    };
    if reported.page {
        let (code, advice) = page(status);
        return (code, fill(advice));
    }
    let known = |rules: &'static [Rule]| rules.iter().find(|rule| reported.mentions(rule.words));
    let of_request = (400..500).contains(&status);
    let is_key = || status == 401 || (of_request && reported.mentions(&WRONG_KEY_WORDS));
    let rule = known(&ANYWHERE)
        .or_else(|| known(&QUOTA).filter(|_| !reported.is_of_a_minute()))
        .or_else(|| known(&MODELS).filter(|_| of_request))
        .or_else(|| known(&PARAMETERS).filter(|_| matches!(status, 400 | 422)));
    match rule {
        Some(rule) => (rule.code, fill(rule.advice)),
        None if reported.never_fits() => (LimitExceeded, fill(TOO_MANY_AT_ONCE)),
        None if is_key() => (Denied, wrong_key(service, &fill)),
        None if reported.mentions(&["unexpected endpoint"]) => (NotFound, fill(&nothing_there(service))),
        None if status == 404 && !reported.mentions(&["model"]) => (NotFound, fill(&nothing_there(service))),
        None => {
            let (code, advice) = by_status(status);
            (code, fill(advice))
        }
    }
}

/// What a status alone means.
fn by_status(status: u16) -> (ErrorCode, &'static str) {
    match status {
        ..300 => (InvalidInput, "the answer is JSON and no completion; check {url}, which is {base}"),
        300..400 => {
            (InvalidInput, "the address redirects, which is not followed; set {url} to where it leads")
        }
        402 => (LimitExceeded, "add credit to the account behind {key}"),
        403 => (Denied, "the key in {key} may not do this; use one with access to the model"),
        404 => (NotFound, NO_MODEL),
        405 | 501 => (NotFound, "{base} answers, but not to this format; check {url}"),
        407 => (Denied, ASKING_PROXY),
        413 => (LimitExceeded, TOO_LARGE),
        408 | 409 | 425 | 429 | 500.. => {
            (Unavailable, "the service is busy or troubled; it is worth trying again later")
        }
        _ => (
            InvalidInput,
            "check the row of '{model}' in the models file, which says what a request may carry",
        ),
    }
}

const ASKING_PROXY: &str = "the proxy that HTTPS_PROXY or HTTP_PROXY names asks who you are; put user and password into its \
                            address";

/// What a web page means: it is not the service that answered.
fn page(status: u16) -> (ErrorCode, &'static str) {
    match status {
        407 => (Denied, ASKING_PROXY),
        408 | 429 | 500.. => (
            Unavailable,
            "a gateway before the service answered in its place; it is worth trying again later",
        ),
        404 | 405 => (NotFound, "a web server answered and no model's service; check {url}, which is {base}"),
        _ => (
            Denied,
            "something on the way answered in the service's place, such as a proxy, a firewall or a page to sign in; \
             check the network, HTTPS_PROXY and {url}",
        ),
    }
}
