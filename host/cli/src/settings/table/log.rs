//! What is logged, and how.

use super::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "log",
        flag: "log",
        variables: &["ORCHESTRATOR_LOG", "RUST_LOG"],
        kind: Kind::Text,
        placeholder: "FILTER",
        default: None,
        help: "What is logged to standard error, such as debug or orchestrator=trace,info \
               [default: info for serve, else warn]",
    },
    Setting {
        key: "log_format",
        flag: "log-format",
        variables: &["ORCHESTRATOR_LOG_FORMAT"],
        kind: Kind::Choice(&["text", "json"]),
        placeholder: "FORMAT",
        default: Some("text"),
        help: "How log lines look",
    },
];
