//! The path that a tag names.

use crate::piece::Refused;
use memchr::memchr;
use orchestrator_answer::name;
use orchestrator_core::RelativePath;

/// The first byte of U+FFFD, which stands for bytes that are no text.
const LOSSY: u8 = 0xef;

/// The path that an attribute has. `of_a_file` says that the file is to be there already: its name is then taken as it
/// stands, if a file can be called like that, since one that is called nearly so may be another.
pub(super) fn checked(
    attribute: &'static str,
    value: Option<&str>,
    of_a_file: bool,
) -> Result<RelativePath, (String, Refused)> {
    let Some(path) = value else { return Err((String::new(), Refused::Attribute(attribute))) };
    if memchr(LOSSY, path.as_bytes()).is_some() && path.contains('\u{fffd}') {
        return Err((path.to_owned(), Refused::NotText));
    }
    if of_a_file
        && !path.contains(['`', '*', '"', '<', '>', '|', '?'])
        && let Ok(written) = RelativePath::parse(path)
    {
        return Ok(written);
    }
    name::given(path, true).map_err(|unusable| match RelativePath::parse(path) {
        Err(reason) => (path.to_owned(), Refused::Path(reason)),
        Ok(_) => (path.to_owned(), Refused::Name(unusable.reason)),
    })
}
