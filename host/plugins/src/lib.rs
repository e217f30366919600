//! Which plugins serve new runs, kept true to the plugins folder while the program runs.
//!
//! [`Registry::refresh`] compares the folder with what is loaded and makes up the difference; it takes no input, does
//! nothing when there is nothing to do, and is called by file system notifications and by a timer alike, so a missed
//! notification costs two seconds and nothing else. Its result is a [`PluginSet`], swapped in as a whole: a run takes
//! the set as it is when the run is asked for and keeps it.
//!
//! A file that cannot be loaded never takes anything away: if an earlier version of it worked, that one stays.

mod change;
mod folder;
mod registry;
mod set;
mod view;
mod watch;

pub use change::FolderChange;
pub use registry::{OpenError, Registry};
pub use set::PluginSet;
pub use view::{LoadFailure, Origin, PluginState, PluginView};
pub use watch::Watcher;
