//! Names of files in a project, checked once at the door.
//!
//! The directory handle already keeps every access inside the project. This check is there for what a handle cannot
//! know: that a name means the same on every system (no backslash, no drive, no Windows device), that it can be shown
//! (no control characters), and that it stays within what file systems take.

mod repository;

use icu_normalizer::ComposingNormalizerBorrowed;
use std::{
    borrow::{Borrow, Cow},
    fmt,
    str::FromStr,
};

pub use repository::{is_repository, spelled_elsewhere};

/// Longest path, in bytes.
pub const PATH_MAX: usize = 1024;
/// Most components of a path.
pub const DEPTH_MAX: usize = 64;
/// Longest component, in bytes: what common file systems take.
const COMPONENT_MAX: usize = 255;

/// Base names that Windows keeps for devices, in any case and with any extension.
const WINDOWS_DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// What may follow `COM` and `LPT` in such names; Windows takes the small digits for digits.
const WINDOWS_PORTS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "\u{b9}", "\u{b2}", "\u{b3}"];

/// Why a path was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing was given.
    #[error("it is empty; give a path like 'src/main.rs'")]
    Empty,
    /// More than [`PATH_MAX`] bytes.
    #[error("it is {0} bytes long; at most {PATH_MAX} are allowed")]
    TooLong(usize),
    /// More than [`DEPTH_MAX`] components.
    #[error("it is {0} folders deep; at most {DEPTH_MAX} are allowed")]
    TooDeep(usize),
    /// It starts at the root of a file system.
    #[error("it is absolute; give it relative to the project's root")]
    Absolute,
    /// It goes up.
    #[error("'..' is not allowed; nothing outside of the project can be named")]
    Parent,
    /// Two slashes in a row, a slash at the end, or a `.` between slashes.
    #[error("it has an empty or '.' component")]
    EmptyComponent,
    /// A component over 255 bytes.
    #[error("the component that begins {0:?} is over {COMPONENT_MAX} bytes long")]
    ComponentTooLong(String),
    /// A character that no portable path has.
    #[error("the character {0:?} is not allowed; separate folders with '/'")]
    Character(char),
    /// A component that ends in a dot or a blank, which Windows drops.
    #[error("the component {0:?} ends in a dot or a blank")]
    Edge(String),
    /// A name that Windows keeps for a device.
    #[error("{0:?} is a device name on Windows")]
    Reserved(String),
}

/// The path of a file, relative to its project's root, with `/` between components.
///
/// A value of this type has been checked, and there is one spelling for each path: a leading `./`, which models like
/// to write, is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RelativePath(String);

impl RelativePath {
    /// Checks `text`.
    ///
    /// # Errors
    /// Says which rule the text breaks; see [`PathError`].
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let text = text.strip_prefix("./").unwrap_or(text);
        if is_plain(text) {
            return Ok(Self(text.to_owned()));
        }
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.len() > PATH_MAX {
            return Err(PathError::TooLong(text.len()));
        }
        if text.starts_with('/') {
            return Err(PathError::Absolute);
        }
        // A colon is a drive letter or an alternate stream on Windows.
        if let Some(bad) = text.chars().find(|c| matches!(c, '\\' | ':') || c.is_control()) {
            return Err(PathError::Character(bad));
        }
        let depth = 1 + text.bytes().filter(|byte| *byte == b'/').count();
        if depth > DEPTH_MAX {
            return Err(PathError::TooDeep(depth));
        }
        text.split('/').try_for_each(check_component)?;
        Ok(Self(text.to_owned()))
    }

    /// The checked text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders above the file, outermost first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').filter_map(|(at, _)| self.0.get(..at))
    }
}

/// Whether a text is a path of letters, digits, points, hyphens and underscores that breaks no rule for sure, told in one
/// pass: nearly all are. Of the others it says nothing.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut depth, mut begin, mut last) = (1, 0, b'/');
    for (at, byte) in bytes.iter().copied().enumerate() {
        match byte {
            b'/' => {
                if !is_plain_end(last, bytes.get(begin..at).unwrap_or_default()) {
                    return false;
                }
                (depth, begin) = (depth + 1, at + 1);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {}
            b'.' if last != b'/' => {}
            _ => return false,
        }
        last = byte;
    }
    text.len() <= PATH_MAX && depth <= DEPTH_MAX && is_plain_end(last, bytes.get(begin..).unwrap_or_default())
}

/// Whether a component that ends in `last` is one for sure: neither empty nor too long, no point at its end, and no
/// device's name, of which the third or fourth letter is the last before a point.
fn is_plain_end(last: u8, component: &[u8]) -> bool {
    let is_base = |length: usize| matches!(component.get(length), None | Some(b'.'));
    let may_be_device = component.len() >= 3 && (is_base(3) || is_base(4)) && begins_device(component);
    !matches!(last, b'/' | b'.') && component.len() <= COMPONENT_MAX && !may_be_device
}

/// Whether a component has the first letters of a device's name.
fn begins_device(component: &[u8]) -> bool {
    let Some(letters) = component.first_chunk::<3>() else { return false };
    matches!(
        &letters.map(|letter| letter.to_ascii_lowercase()),
        b"con" | b"prn" | b"aux" | b"nul" | b"com" | b"lpt"
    )
}

fn check_component(component: &str) -> Result<(), PathError> {
    if component == ".." {
        return Err(PathError::Parent);
    }
    if component.is_empty() || component == "." {
        return Err(PathError::EmptyComponent);
    }
    if component.len() > COMPONENT_MAX {
        return Err(PathError::ComponentTooLong(component.chars().take(20).collect()));
    }
    if component.ends_with(['.', ' ']) {
        return Err(PathError::Edge(component.to_owned()));
    }
    let base = component.split('.').next().unwrap_or(component).trim_end();
    if is_windows_device(base) {
        return Err(PathError::Reserved(base.to_owned()));
    }
    Ok(())
}

fn is_windows_device(base: &str) -> bool {
    let is_port = || {
        base.split_at_checked(3).is_some_and(|(port, number)| {
            ["COM", "LPT"].iter().any(|known| port.eq_ignore_ascii_case(known))
                && WINDOWS_PORTS.contains(&number)
        })
    };
    WINDOWS_DEVICES.iter().any(|known| base.eq_ignore_ascii_case(known)) || is_port()
}

/// A name in the form that has one character for a letter and what is above it. Both forms look alike.
#[must_use]
pub fn composed(name: &str) -> Cow<'_, str> {
    match name.is_ascii() {
        true => Cow::Borrowed(name),
        false => ComposingNormalizerBorrowed::new_nfc().normalize(name),
    }
}

/// A name as systems compare it that ignore case and form: small letters last, since some have no other small form than
/// theirs. Two names that are folded alike are one on macOS or Windows.
#[must_use]
pub fn folded(name: &str) -> String {
    match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => composed(&composed(name).to_uppercase().to_lowercase()).into_owned(),
    }
}

/// A map by paths can be asked with the text alone: both order alike.
impl Borrow<str> for RelativePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<RelativePath> for String {
    fn from(path: RelativePath) -> Self {
        path.0
    }
}

impl TryFrom<String> for RelativePath {
    type Error = PathError;
    fn try_from(text: String) -> Result<Self, PathError> {
        Self::parse(&text)
    }
}

impl FromStr for RelativePath {
    type Err = PathError;
    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
