//! What is behind a key that is none and an address where nothing answers.

use super::Service;

const WRONG_KEY: &str = "the service does not know the key; set {key} to a valid one";

/// Beginnings of keys, whose they are, and the domain of their service.
const KEYS: [(&str, &str, &str); 7] = [
    ("sk-ant-", "Anthropic", "anthropic.com"),
    ("sk-or-", "OpenRouter", "openrouter.ai"),
    ("sk-proj-", "OpenAI", "openai.com"),
    ("sk-svcacct-", "OpenAI", "openai.com"),
    ("gsk_", "Groq", "groq.com"),
    ("AIza", "Google", "googleapis.com"),
    ("xai-", "xAI", "x.ai"),
];

/// Why a key is none: it is missing, it belongs to another service, or it is wrong.
pub(super) fn wrong_key(service: &Service, fill: &impl Fn(&str) -> String) -> String {
    let Some(key) = &service.key else { return fill("the service asks for a key; set {key}") };
    let owner = KEYS.iter().find(|(beginning, _, _)| key.expose().starts_with(beginning));
    match owner.filter(|(_, _, domain)| !service.base.contains(domain)) {
        Some((_, owner, _)) => fill(&format!(
            "the key in {{key}} looks like one of {owner}, and {{base}} is asked; set {{key}} to one of this service"
        )),
        None => fill(WRONG_KEY),
    }
}

/// Why nothing answers at an address. Nine times of ten it is the `/v1`, which one format has in the base address and
/// the other does not.
pub(super) fn nothing_there(service: &Service) -> String {
    let base = service.base.trim_end_matches('/');
    let versioned = base.rsplit('/').next().is_some_and(|last| {
        last.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    match (service.name, versioned) {
        ("anthropic", true) => {
            let right = base.rsplit_once('/').map_or(base, |(right, _)| right);
            format!("{{url}} is given without /v1; set it to {right}")
        }
        ("openai", false) => format!("{{url}} is given with /v1 at its end; set it to {base}/v1"),
        _ => "nothing answers at {base}; check {url}".into(),
    }
}
