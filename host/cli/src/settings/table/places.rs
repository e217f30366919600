//! Where things are: folders, files, and the server that is asked in place of them.

use super::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
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
];
