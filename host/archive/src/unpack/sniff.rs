//! What a file is that is not what it was said to be.

use crate::Format;
use std::io::{self, Read, Seek};

const ONLY: &str = "only zip and tar.gz files can be read";

/// The beginning of a file.
pub(super) struct Head(Vec<u8>);

impl Head {
    /// Reads it, and goes back.
    pub(super) fn of(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let mut head = Vec::new();
        file.by_ref().take(512).read_to_end(&mut head)?;
        file.rewind()?;
        Ok(Self(head))
    }

    /// A beginning that was read elsewhere.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The format that it is the beginning of.
    pub(super) fn format(&self) -> Option<Format> {
        match self.kind() {
            Kind::Archive(format) => Some(format),
            _ => None,
        }
    }

    /// What a file is that is no archive.
    pub(super) fn explain_unknown(&self) -> String {
        match self.kind() {
            Kind::Empty => "it is empty".to_owned(),
            Kind::Archive(format) => format!("it is a {} file", format.name()),
            Kind::Page => "it is an HTML page: perhaps the download of the file failed".to_owned(),
            Kind::Other(kind) => format!("it is {kind}: {ONLY}"),
            Kind::Text(beginning) => format!("it is text that begins with {beginning:?}: {ONLY}"),
            Kind::Unknown => format!("what it is cannot be told: {ONLY}"),
        }
    }

    /// Why what came out of a gzip file is no tar file, of which this is the beginning.
    pub(super) fn explain_inside(&self) -> String {
        if self.is_tar() {
            return "it is a tar.gz file, but the first header of the tar file in it is damaged: transfer or pack it again"
                .to_owned();
        }
        let inside = match self.kind() {
            Kind::Archive(Format::TarGz) => "another gzip file".to_owned(),
            Kind::Archive(format) => format!("a {} file", format.name()),
            Kind::Page => "an HTML page".to_owned(),
            Kind::Other(kind) => kind.to_owned(),
            Kind::Text(beginning) => format!("text that begins with {beginning:?}"),
            Kind::Empty | Kind::Unknown => "something else".to_owned(),
        };
        format!(
            "it is a gzip file, but there is no tar file in it, but {inside}: pack a folder with tar -czf"
        )
    }

    /// Why a file that should be of `format` cannot be read; `error` is what its reader said.
    pub(super) fn explain(&self, format: Format, error: &str) -> String {
        let name = format.name();
        match self.kind() {
            Kind::Empty => "it is empty".to_owned(),
            Kind::Archive(kind) if kind == format => {
                format!("it is a {name} file, but cut off or damaged ({error}): transfer it again")
            }
            Kind::Archive(kind) => {
                format!(
                    "it is no {name} file, but a {} file: say so in the Content-Type, or by its ending",
                    kind.name()
                )
            }
            Kind::Page => {
                format!("it is no {name} file, but an HTML page: perhaps the download of the file failed")
            }
            Kind::Other(kind) => {
                format!("it is no {name} file, but {kind}: {ONLY}")
            }
            Kind::Text(beginning) => {
                format!("it is no {name} file, but text that begins with {beginning:?}")
            }
            Kind::Unknown => format!("it is no {name} file ({error})"),
        }
    }

    fn is_tar(&self) -> bool {
        self.0.get(257..262) == Some(b"ustar")
    }

    fn kind(&self) -> Kind {
        const OTHER: [(&[u8], &str); 9] = [
            (b"Rar!", "a RAR archive"),
            (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
            (b"BZh", "a file compressed with bzip2"),
            (b"\xfd7zXZ", "a file compressed with xz"),
            (b"\x28\xb5\x2f\xfd", "a file compressed with Zstandard"),
            (b"\x04\x22\x4d\x18", "a file compressed with LZ4"),
            (b"\x5d\0\0", "a file compressed with LZMA"),
            (b"MSCF", "a cabinet file"),
            (b"%PDF", "a PDF document"),
        ];
        let head = self.0.as_slice();
        if head.is_empty() {
            return Kind::Empty;
        }
        if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| head.starts_with(*magic)) {
            return Kind::Archive(Format::Zip);
        }
        if head.starts_with(b"\x1f\x8b") {
            return Kind::Archive(Format::TarGz);
        }
        if let Some((_, kind)) = OTHER.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Kind::Other(kind);
        }
        if self.is_tar() {
            return Kind::Other("a tar file that is not compressed with gzip");
        }
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
        let small = text.to_ascii_lowercase();
        if small.starts_with("<!doctype") || small.starts_with("<html") || small.contains("<head>") {
            return Kind::Page;
        }
        let line = text.lines().next().unwrap_or_default();
        // A character that was cut at the end of the head is not in the first few.
        let beginning: String = line.chars().take(60).collect();
        match beginning.is_empty() || beginning.contains(|odd: char| odd == '\u{fffd}' || odd.is_control()) {
            true => Kind::Unknown,
            false => Kind::Text(beginning),
        }
    }
}

enum Kind {
    Empty,
    Archive(Format),
    Page,
    Other(&'static str),
    /// Its beginning. A server that refuses a download says so in JSON or XML.
    Text(String),
    Unknown,
}
