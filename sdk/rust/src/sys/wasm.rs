//! The host's imports.

use crate::contract::{
    cancellation, command, edits, events, execution_context, log as log_, model, settings as settings_,
    workspace,
};

pub(crate) use cancellation::{is_cancelled, remaining_ms};
pub(crate) use command::{Process, is_available, run, start as start_command};
pub(crate) use edits::{
    apply_diff, apply_replacements, artifact_format, replacement_format, write_completion,
};
pub(crate) use events::{plan_created, progress, status, thinking_step};
pub(crate) use execution_context::get as context;
pub(crate) use log_::write as log;
pub(crate) use model::{Completion, complete, start};
pub(crate) use settings_::get as settings;
pub(crate) use workspace::{delete_file, list_files, read_file, write_file};
