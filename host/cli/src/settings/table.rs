//! What can be set.

/// One setting.
pub(crate) struct Setting {
    /// Its key in the file; a dot leads into a table.
    pub(crate) key: &'static str,
    /// Its flag, without the dashes.
    pub(crate) flag: &'static str,
    /// Its environment variables; the first that is set counts.
    pub(crate) variables: &'static [&'static str],
    /// What kind of value it has.
    pub(crate) kind: Kind,
    /// What stands for the value in the help.
    pub(crate) placeholder: &'static str,
    /// The value that it has unless it is set; none when that depends on others.
    pub(crate) default: Option<&'static str>,
    /// What it does.
    pub(crate) help: &'static str,
}

impl Setting {
    /// How its value may be shown.
    pub(crate) fn show<'a>(&self, value: &'a str) -> &'a str {
        if self.kind == Kind::Secret { "(set, not shown)" } else { value }
    }
}

/// What kind of value a setting has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A text that is never shown.
    Secret,
    /// A path; in a file, relative to that file.
    Path,
    /// A number.
    Number,
    /// Several texts: an array in a file, separated by commas elsewhere, or the flag repeated.
    List,
}

/// Every setting, in the order of the help.
pub(crate) const SETTINGS: [Setting; 32] = [
    Setting {
        key: "data_dir",
        flag: "data-dir",
        variables: &["ORCHESTRATOR_DATA_DIR"],
        kind: Kind::Path,
        placeholder: "DIR",
        default: None,
        help: "Holds the journal, compiled plugins and, unless placed elsewhere, plugins and projects \
               [default: ~/.local/share/dynamic-orchestrator]",
    },
    Setting {
        key: "server",
        flag: "server",
        variables: &["ORCHESTRATOR_SERVER"],
        kind: Kind::Text,
        placeholder: "URL",
        default: None,
        help: "A running server that run, runs, agents, workflows, projects, models and health go through, such as \
               http://127.0.0.1:8000 [default: none; they work on the data folder themselves]",
    },
    Setting {
        key: "token",
        flag: "token",
        variables: &["ORCHESTRATOR_TOKEN"],
        kind: Kind::Secret,
        placeholder: "TOKEN",
        default: None,
        help: "What the server asks for; command lines are shown by ps, so the variable is the better place",
    },
    Setting {
        key: "plugins_dir",
        flag: "plugins-dir",
        variables: &["ORCHESTRATOR_PLUGINS_DIR"],
        kind: Kind::Path,
        placeholder: "DIR",
        default: None,
        help: "Plugins (.wasm) put here serve at once [default: plugins in the data folder]",
    },
    Setting {
        key: "projects_dir",
        flag: "projects-dir",
        variables: &["ORCHESTRATOR_PROJECTS_DIR"],
        kind: Kind::Path,
        placeholder: "DIR",
        default: None,
        help: "Holds a folder for each project [default: projects in the data folder]",
    },
    Setting {
        key: "policy",
        flag: "policy",
        variables: &["ORCHESTRATOR_POLICY"],
        kind: Kind::Path,
        placeholder: "FILE",
        default: None,
        help: "What plugins may do; must be there when named [default: policy.toml in the data folder]",
    },
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
    Setting {
        key: "limits.plugin_memory_mib",
        flag: "plugin-memory-mib",
        variables: &["ORCHESTRATOR_PLUGIN_MEMORY_MIB"],
        kind: Kind::Number,
        placeholder: "MIB",
        default: Some("512"),
        help: "Memory that one call of a plugin may use",
    },
    Setting {
        key: "limits.plugin_cpu_seconds",
        flag: "plugin-cpu-seconds",
        variables: &["ORCHESTRATOR_PLUGIN_CPU_SECONDS"],
        kind: Kind::Number,
        placeholder: "SECONDS",
        default: Some("30"),
        help: "Time that one call of a plugin may compute; waiting for models and commands does not count",
    },
    Setting {
        key: "limits.project_snapshots",
        flag: "project-snapshots",
        variables: &["ORCHESTRATOR_PROJECT_SNAPSHOTS"],
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("500"),
        help: "Snapshots kept of each project; older ones are given up",
    },
    Setting {
        key: "limits.import_mib",
        flag: "import-mib",
        variables: &["ORCHESTRATOR_IMPORT_MIB"],
        kind: Kind::Number,
        placeholder: "MIB",
        default: Some("64"),
        help: "Size of an archive that a request may bring in",
    },
    Setting {
        key: "command.toolchains",
        flag: "toolchain",
        variables: &["ORCHESTRATOR_TOOLCHAINS"],
        kind: Kind::List,
        placeholder: "DIR",
        default: Some(""),
        help: "A folder with programs that commands may use besides /usr, such as /opt/rust; every user must be able \
               to enter it; may be repeated",
    },
    Setting {
        key: "command.uid",
        flag: "command-uid",
        variables: &["ORCHESTRATOR_COMMAND_UID"],
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("59737"),
        help: "The user that commands run as when this program runs as root; no account may have that number",
    },
    Setting {
        key: "command.allow_isolation",
        flag: "allow-isolation",
        variables: &["ORCHESTRATOR_ALLOW_ISOLATION"],
        kind: Kind::Choice(&["namespaces", "none"]),
        placeholder: "LEVEL",
        default: Some("namespaces"),
        help: "The lowest level of sandbox that commands may run at; none lets them do what this program's user may, \
               and is refused to root and on addresses that other machines reach",
    },
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
