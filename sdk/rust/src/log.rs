//! The operator's log. What users should see goes through [`crate::events`].

use crate::sys;

pub use crate::contract::log::Level;

/// Writes one line, with plugin, run and step added by the host. Lines over 8 KiB are cut.
pub fn write(level: Level, message: &str) {
    sys::log(level, message);
}

/// Something for the author of the plugin.
pub fn debug(message: &str) {
    write(Level::Debug, message);
}

/// Something worth knowing.
pub fn info(message: &str) {
    write(Level::Info, message);
}

/// Something is odd, but the work goes on.
pub fn warn(message: &str) {
    write(Level::Warn, message);
}

/// Something failed.
pub fn error(message: &str) {
    write(Level::Error, message);
}
