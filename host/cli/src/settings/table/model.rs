//! Models: who answers, how hard it tries, and how long it is waited for.

use super::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "model.provider",
        flag: "model",
        variables: &["ORCHESTRATOR_MODEL_PROVIDER"],
        kind: Kind::Choice(&["auto", "scripted", "anthropic", "openai"]),
        placeholder: "PROVIDER",
        default: Some("auto"),
        help: "Who answers: auto takes the service that there is a key or an address for, and a script otherwise",
    },
    Setting {
        key: "model.script",
        flag: "script",
        variables: &["ORCHESTRATOR_MODEL_SCRIPT"],
        kind: Kind::Path,
        placeholder: "FILE",
        default: None,
        help: "The answers that the scripted model replays [default: a built-in todo app]",
    },
    Setting {
        key: "model.models_file",
        flag: "models-file",
        variables: &["ORCHESTRATOR_MODELS_FILE"],
        kind: Kind::Path,
        placeholder: "FILE",
        default: None,
        help: "What is known about models, in addition to what the program knows",
    },
    Setting {
        key: "model.effort",
        flag: "model-effort",
        variables: &["ORCHESTRATOR_MODEL_EFFORT"],
        kind: Kind::List,
        placeholder: "LEVEL",
        default: Some(""),
        help: "How hard models try, for all agents (medium) or one (planner=high); may be repeated \
               [default: what the models file or the service says]",
    },
    Setting {
        key: "model.first_token_timeout",
        flag: "model-first-token-timeout",
        variables: &["ORCHESTRATOR_MODEL_FIRST_TOKEN_TIMEOUT"],
        kind: Kind::Number,
        placeholder: "SECONDS",
        default: Some("600"),
        help: "Silence of a model before its answer begins, after which it counts as stalled",
    },
    Setting {
        key: "model.idle_timeout",
        flag: "model-idle-timeout",
        variables: &["ORCHESTRATOR_MODEL_IDLE_TIMEOUT"],
        kind: Kind::Number,
        placeholder: "SECONDS",
        default: Some("90"),
        help: "Silence of a model within its answer, after which it counts as stalled",
    },
    Setting {
        key: "model.anthropic_base_url",
        flag: "anthropic-base-url",
        variables: &["ANTHROPIC_BASE_URL"],
        kind: Kind::Text,
        placeholder: "URL",
        default: None,
        help: "Another address for Anthropic's API, such as a gateway's",
    },
    Setting {
        key: "model.openai_base_url",
        flag: "openai-base-url",
        variables: &["OPENAI_BASE_URL"],
        kind: Kind::Text,
        placeholder: "URL",
        default: None,
        help: "The address of a service that speaks the OpenAI-compatible format",
    },
];
