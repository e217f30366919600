//! The project's files. Paths are relative to the project's root, with `/`; nothing outside it can be named.
//!
//! Needs [`crate::Permissions::READ_FILES`] or [`crate::Permissions::WRITE_FILES`]. With either, the project's folder
//! is also there at `/project` for ordinary file code.

use crate::{Error, FileChange, sys};

pub use crate::contract::workspace::Entry;

/// All files, sorted by path. Folders that hold what tools brought in or built are left out.
///
/// # Errors
/// [`crate::ErrorCode::Denied`] without the permission, [`crate::ErrorCode::Internal`] when the disk fails.
pub fn list_files() -> Result<Vec<Entry>, Error> {
    sys::list_files()
}

/// A text file's content.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; [`crate::ErrorCode::InvalidInput`] when it is not UTF-8 or the path leaves the
/// project; [`crate::ErrorCode::LimitExceeded`] over 4 MiB.
pub fn read_file(path: &str) -> Result<String, Error> {
    sys::read_file(path)
}

/// Creates or replaces a text file, and the folders above it.
///
/// # Errors
/// As [`read_file`], and [`crate::ErrorCode::Denied`] without the permission to write.
pub fn write_file(path: &str, content: &str) -> Result<FileChange, Error> {
    sys::write_file(path, content)
}

/// Deletes a file.
///
/// # Errors
/// As [`write_file`].
pub fn delete_file(path: &str) -> Result<FileChange, Error> {
    sys::delete_file(path)
}
