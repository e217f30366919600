//! The whole name of an entry, whoever wrote its header.
//!
//! A name that is too long for its field is continued in another one, or comes in an entry ahead. The reader of the
//! archive knows both, but only where magic and version are as the standards have them; the tools of Java, among others,
//! leave the version empty. A name that was cut would put a file elsewhere, so here the magic alone decides, as it does
//! for GNU tar, and where that does not say enough the name is not used.

use crate::left::LeftOut;
use std::io::{self, Read};
use tar::{Entry, EntryType, Header, PaxExtensions};

/// Most bytes that are said ahead of an entry. Names have a few hundred.
pub(super) const AHEAD_MAX: u64 = 1 << 20;
/// Solaris's type of what POSIX has as `x`.
const SOLARIS_EXTENSION: u8 = b'X';

/// What an entry is called.
pub(super) struct Title {
    pub(super) name: Vec<u8>,
    /// Why the entry cannot come in, whatever it is.
    pub(super) fault: Option<LeftOut>,
}

/// What was said of the entry to come, where the reader passed it on.
#[derive(Default)]
pub(super) struct Ahead {
    name: Option<Vec<u8>>,
    extensions: Option<Vec<u8>>,
}

impl Ahead {
    /// The title of `entry`; none if it is no entry of its own.
    pub(super) fn title(&mut self, entry: &mut Entry<'_, impl Read>) -> io::Result<Option<Title>> {
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            return Ok(None);
        }
        let extends = kind.is_pax_local_extensions() || kind.as_byte() == SOLARIS_EXTENSION;
        if !extends && !kind.is_gnu_longname() && !kind.is_gnu_longlink() {
            let Self { name, extensions } = std::mem::take(self);
            return title(entry, name, extensions.as_deref()).map(Some);
        }
        // The reader gives a long name to whatever comes next, also where that only extends what comes next.
        let given = given(entry);
        let said = content(entry)?;
        if extends {
            self.extensions = Some(said);
        } else if kind == EntryType::GNULongName {
            self.name = Some(until_nul(&said).to_vec());
        }
        // Links are not brought in, so where a long one leads is nothing to keep.
        self.name = self.name.take().or(given);
        Ok(None)
    }
}

fn title(
    entry: &mut Entry<'_, impl Read>,
    ahead: Option<Vec<u8>>,
    extensions: Option<&[u8]>,
) -> io::Result<Title> {
    let mut said = Said::default();
    if let Some(known) = entry.pax_extensions()? {
        said.read(known);
    }
    if let Some(passed_on) = extensions {
        said.read(PaxExtensions::new(passed_on));
        // The reader took the header's size, and reads what follows wrongly if that is another one.
        if said.size.as_ref().is_some_and(|size| *size != entry.size().to_string().into_bytes()) {
            return Err(io::Error::other("an entry has two sizes"));
        }
    }
    if said.is_sparse {
        let name = said.real_path.unwrap_or_else(|| entry.path_bytes().into_owned());
        return Ok(Title { name, fault: Some(LeftOut::Sparse) });
    }
    match ahead.or_else(|| given(entry)).or(said.path) {
        Some(name) => Ok(Title { name, fault: None }),
        None => Ok(of_header(entry.header())),
    }
}

/// What extensions say of an entry.
#[derive(Default)]
struct Said {
    path: Option<Vec<u8>>,
    size: Option<Vec<u8>>,
    is_sparse: bool,
    /// The name of a sparse file. What it has for a path is made up, for tools that know no sparse files.
    real_path: Option<Vec<u8>>,
}

impl Said {
    fn read(&mut self, extensions: PaxExtensions<'_>) {
        for extension in extensions.filter_map(Result::ok) {
            let value = || Some(extension.value_bytes().to_vec());
            match extension.key_bytes() {
                b"path" => self.path = value(),
                b"size" => self.size = value(),
                b"GNU.sparse.name" => (self.is_sparse, self.real_path) = (true, value()),
                key => self.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
    }
}

/// The name that the reader took from an entry ahead.
fn given(entry: &Entry<'_, impl Read>) -> Option<Vec<u8>> {
    let name = entry.path_bytes();
    (name != entry.header().path_bytes()).then(|| name.into_owned())
}

/// The name by the header alone. Its fields are at the same places in all formats; what the second one is, differs.
fn of_header(header: &Header) -> Title {
    let own = header.path_bytes().into_owned();
    if header.as_ustar().is_some() || header.as_gnu().is_some() {
        return Title { name: own, fault: None };
    }
    let bytes = header.as_bytes();
    let prefix = until_nul(bytes.get(345..500).unwrap_or_default());
    if prefix.is_empty() {
        return Title { name: own, fault: None };
    }
    match bytes.get(257..263) {
        Some(b"ustar\0") => Title { name: [prefix, b"/", own.as_slice()].concat(), fault: None },
        // Some tools take the second field for the beginning of the name, and some do not.
        _ => Title { name: own, fault: Some(LeftOut::Header) },
    }
}

fn content(entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    entry.take(AHEAD_MAX + 1).read_to_end(&mut content)?;
    match content.len() as u64 > AHEAD_MAX {
        true => Err(io::Error::other("the name of an entry has more than a megabyte")),
        false => Ok(content),
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}
