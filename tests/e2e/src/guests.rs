//! Components that tests put into the plugins folder.

use crate::target_folder;
use std::{env, fs, path::PathBuf};

/// A language whose guests cannot be built everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Built by componentize-py.
    Python,
    /// Built by componentize-js.
    JavaScript,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }
}

fn path(name: &str) -> PathBuf {
    let folder = env::var_os("ORCHESTRATOR_TEST_GUESTS")
        .map_or_else(|| target_folder().join("test-guests"), PathBuf::from);
    folder.join(format!("{name}.wasm"))
}

/// The bytes of a test guest.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn guest(name: &str) -> Vec<u8> {
    let path = path(name);
    fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "the test guest {} is missing ({error}); build it with `cargo xtask test-guests`",
            path.display()
        )
    })
}

/// The bytes of a test guest in a language that this machine may be unable to build. None, with a line that says so,
/// when it is not there.
///
/// # Panics
/// When it is not there although everything must be (`CI` is set), or although the build did not report the language
/// as left out.
#[must_use]
pub fn guest_if_built(name: &str, language: Language) -> Option<Vec<u8>> {
    if path(name).exists() {
        return Some(guest(name));
    }
    let left_out = env::var("ORCHESTRATOR_LEFT_OUT")
        .map_or(true, |names| names.split(',').any(|name| name == language.name()));
    assert!(
        left_out && env::var_os("CI").is_none(),
        "the {} guest '{name}' is missing; build it with `cargo xtask test-guests`",
        language.name()
    );
    println!("LEFT OUT: the {} guest '{name}' is not built (`cargo xtask test-guests`)", language.name());
    None
}

/// The bytes of a plugin that the program carries.
///
/// # Panics
/// When there is none of this name.
#[must_use]
pub fn builtin(name: &str) -> Vec<u8> {
    let plugin = orchestrator_builtin::PLUGINS.iter().find(|plugin| plugin.name == name);
    plugin.unwrap_or_else(|| panic!("the program carries no plugin '{name}'")).bytes.to_vec()
}
