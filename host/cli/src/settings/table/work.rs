//! What plugins, projects and commands may take up.

use super::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
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
];
