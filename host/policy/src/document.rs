//! One policy file, read, with the place of each value.
//!
//! The place goes along with the value to the end: a denial can then name the line that it follows from, and
//! `policy show` where each value comes from.

use crate::{limits::CallLimits, network::Network, pattern::Pattern};
use orchestrator_core::Permissions;
use serde::Serialize;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLine {
    /// The file, as messages name it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for PolicyLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

impl Serialize for PolicyLine {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: PolicyLine,
}

/// What `[defaults]` or `[plugin.X]` says; nothing where it is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) permissions: Option<Located<Permissions>>,
    pub(crate) programs: Option<Located<Vec<Pattern>>>,
    pub(crate) network: Option<Located<Network>>,
    pub(crate) limits: CallLimits,
    pub(crate) limit_places: BTreeMap<&'static str, PolicyLine>,
}

/// A policy file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) defaults: Rules,
    pub(crate) plugins: BTreeMap<String, Rules>,
    pub(crate) quarantine: BTreeMap<&'static str, Located<u64>>,
}
