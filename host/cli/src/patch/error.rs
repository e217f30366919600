//! What can keep a folder from being patched.

use super::step::STAGED;
use std::io;

/// Why a folder could not be patched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("opening the folder '{0}': {1}")]
    Open(String, #[source] io::Error),
    #[error("reading '{0}': {1}")]
    Read(String, #[source] io::Error),
    #[error("writing '{0}': {1}; nothing was changed")]
    Write(String, #[source] io::Error),
    #[error(
        "writing '{path}': {cause}; and '{left}' could not be put back ({why}): look at what is in it, and for a file \
         '{STAGED}…' beside it, which is what it was"
    )]
    HalfDone { path: String, cause: io::Error, left: String, why: io::Error },
    #[error(
        "the patch is applied, but what '{0}' was could not be removed ({1}): remove '{STAGED}…' beside it"
    )]
    LeftOver(String, #[source] io::Error),
}
