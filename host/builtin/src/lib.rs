//! The plugins that the program carries, as bytes.
//!
//! They are ordinary components, built from `plugins/`, and enjoy no privilege: a file in the plugins folder with the
//! same agent type or condition name replaces any of them.

/// One embedded component.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// File name without the extension.
    pub name: &'static str,
    /// The component.
    pub bytes: &'static [u8],
    /// Its compiled code, where the build made it; see `orchestrator_runtime::Carried`.
    pub compiled: Option<&'static [u8]>,
}

/// All embedded components, by name.
pub static PLUGINS: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
