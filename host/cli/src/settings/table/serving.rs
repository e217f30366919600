//! Serving: where, to whom, and how much at once.

use super::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        flag: "listen",
        variables: &["ORCHESTRATOR_LISTEN"],
        kind: Kind::Text,
        placeholder: "ADDRESS",
        default: Some("127.0.0.1:8000"),
        help: "Where `serve` listens; port 0 takes any that is free",
    },
    Setting {
        key: "cors_origins",
        flag: "cors-origin",
        variables: &["ORCHESTRATOR_CORS_ORIGINS"],
        kind: Kind::List,
        placeholder: "ORIGIN",
        default: Some(
            "http://localhost:3000,http://localhost:4173,http://localhost:4200,http://localhost:5173,\
             http://localhost:8080,http://127.0.0.1:3000,http://127.0.0.1:4173,http://127.0.0.1:4200,\
             http://127.0.0.1:5173,http://127.0.0.1:8080",
        ),
        help: "Web pages of this origin may call the API; may be repeated; '*' for any",
    },
    Setting {
        key: "allowed_hosts",
        flag: "allowed-host",
        variables: &["ORCHESTRATOR_ALLOWED_HOSTS"],
        kind: Kind::List,
        placeholder: "NAME",
        default: Some(""),
        help: "A host name that a server on a loopback address answers to besides localhost; may be repeated",
    },
    Setting {
        key: "tls.cert",
        flag: "tls-cert",
        variables: &["ORCHESTRATOR_TLS_CERT"],
        kind: Kind::Path,
        placeholder: "FILE",
        default: None,
        help: "Serve HTTPS with this certificate, and those between it and an authority, in PEM",
    },
    Setting {
        key: "tls.key",
        flag: "tls-key",
        variables: &["ORCHESTRATOR_TLS_KEY"],
        kind: Kind::Path,
        placeholder: "FILE",
        default: None,
        help: "The certificate's key, in PEM",
    },
    Setting {
        key: "api.requests_per_second",
        flag: "requests-per-second",
        variables: &["ORCHESTRATOR_REQUESTS_PER_SECOND"],
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("200"),
        help: "Requests that one caller may send in a second, and twice as many at once; 0 for any number",
    },
    Setting {
        key: "api.requests_at_once",
        flag: "requests-at-once",
        variables: &["ORCHESTRATOR_REQUESTS_AT_ONCE"],
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("64"),
        help: "Requests of one caller that may be under way at the same time, streams apart",
    },
    Setting {
        key: "api.streams_at_once",
        flag: "streams-at-once",
        variables: &["ORCHESTRATOR_STREAMS_AT_ONCE"],
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("256"),
        help: "Streams of events that one caller may have open at the same time",
    },
    Setting {
        key: "max_runs",
        flag: "max-runs",
        variables: &["ORCHESTRATOR_MAX_RUNS"],
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("4096"),
        help: "Runs that may be under way at the same time, waiting ones included; by default fewer where the limit of open files asks for it",
    },
];
