//! How much a project may be.

/// Most bytes of one file that are read or written at once.
pub const FILE_MAX: u64 = 4 * 1024 * 1024;

/// Most files that a project may hold, not counting those in folders that are left out.
pub const FILES_MAX: usize = 20_000;

/// Most bytes that one survey reads. A file of any size is made by one call that writes nothing, and reading it would
/// keep a thread busy for hours.
pub const SURVEY_MAX: u64 = 4 << 30;
