//! The directory of a zip file, read beside its reader.
//!
//! Contents have check sums; the directory has none. One bit that fell over there would name a file otherwise, or leave
//! it out without a word. But most of it is said twice: the directory's end says how many entries there are, and each
//! entry has a header of its own with its name. The reader of zip files believes the directory, and keeps the last of
//! several entries of one name only.

use std::{
    collections::{HashMap, HashSet},
    io::{self, BufReader, Read, Seek, SeekFrom},
};

const ENTRY: &[u8] = b"PK\x01\x02";
const OWN_HEADER: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
/// Of the entries as a whole, in front of the end.
const SIGNATURE: &[u8] = b"PK\x05\x05";
/// What a number of four bytes says that does not hold it.
const ELSEWHERE: u32 = u32::MAX;

/// What a directory says that its reader does not tell.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// How often each name comes.
    names: HashMap<Vec<u8>, usize>,
    /// Where the headers begin that have another name than the directory.
    two_names: HashSet<u64>,
}

/// An entry of a directory.
struct Listed {
    name: Vec<u8>,
    /// Where its own header begins, if the number fits.
    header: Option<u64>,
}

impl Directory {
    /// Reads the directory that begins at `start`, of an archive with `offset` bytes in front of it.
    pub(super) fn read(archive: &mut (impl Read + Seek), start: u64, offset: u64) -> io::Result<Self> {
        archive.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::new(&mut *archive);
        let (mut listed, mut count) = (Vec::new(), 0_u64);
        let mut mark = [0; 4];
        loop {
            reader.read_exact(&mut mark)?;
            if mark != ENTRY {
                break;
            }
            listed.push(entry(&mut reader, offset)?);
            count += 1;
        }
        match promised(&mut reader, &mark)? {
            Some(promised) if promised == count => {}
            Some(promised) => {
                return Err(io::Error::other(format!(
                    "it has {count} entries, and says that they are {promised}"
                )));
            }
            None => return Err(io::Error::other("its directory has no end")),
        }
        drop(reader);
        let mut directory = Self::default();
        for Listed { name, header } in listed {
            if let Some(header) = header
                && own_name(archive, header)? != name
            {
                directory.two_names.insert(header);
            }
            *directory.names.entry(name).or_default() += 1;
        }
        Ok(directory)
    }

    /// Whether the header there has another name than the directory.
    pub(super) fn has_two_names(&self, header: u64) -> bool {
        self.two_names.contains(&header)
    }

    /// The names of entries that a later one of the same name replaces, one for each, sorted.
    pub(super) fn replaced(&self) -> Vec<&[u8]> {
        let twice = self.names.iter().filter(|(_, times)| **times > 1);
        let mut names: Vec<_> =
            twice.flat_map(|(name, times)| std::iter::repeat_n(name.as_slice(), times - 1)).collect();
        names.sort_unstable();
        names
    }
}

/// The rest of an entry, behind its mark.
fn entry(reader: &mut impl Read, offset: u64) -> io::Result<Listed> {
    let mut header = [0; 42];
    reader.read_exact(&mut header)?;
    let mut name = Vec::new();
    reader.by_ref().take(u64::from(short(&header, 24))).read_to_end(&mut name)?;
    let rest = u64::from(short(&header, 26)) + u64::from(short(&header, 28));
    io::copy(&mut reader.by_ref().take(rest), &mut io::sink())?;
    let at = long(&header, 38);
    Ok(Listed { name, header: (at != ELSEWHERE).then(|| u64::from(at).saturating_add(offset)) })
}

/// How many entries there are, as the end says, whose mark was read.
fn promised(reader: &mut impl Read, mark: &[u8]) -> io::Result<Option<u64>> {
    let mut mark = mark.to_vec();
    if mark == SIGNATURE {
        let mut size = [0; 2];
        reader.read_exact(&mut size)?;
        io::copy(&mut reader.by_ref().take(u64::from(short(&size, 0))), &mut io::sink())?;
        reader.read_exact(&mut mark)?;
    }
    let mut end = [0; 36];
    if mark == END {
        reader.read_exact(end.get_mut(..8).unwrap_or_default())?;
        return Ok(Some(u64::from(short(&end, 6))));
    }
    if mark == END_64 {
        reader.read_exact(&mut end)?;
        return Ok(Some(u64::from(long(&end, 28)) | u64::from(long(&end, 32)) << 32));
    }
    Ok(None)
}

/// The name in an entry's own header; nothing where there is none.
fn own_name(archive: &mut (impl Read + Seek), header: u64) -> io::Result<Vec<u8>> {
    archive.seek(SeekFrom::Start(header))?;
    let mut fixed = [0; 30];
    let mut name = Vec::new();
    match archive.read_exact(&mut fixed) {
        Ok(()) if fixed.starts_with(OWN_HEADER) => {
            archive.take(u64::from(short(&fixed, 26))).read_to_end(&mut name)?;
        }
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Err(error) => return Err(error),
    }
    Ok(name)
}

fn short(bytes: &[u8], at: usize) -> u16 {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    u16::from_le_bytes([byte(at), byte(at + 1)])
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from(short(bytes, at)) | u32::from(short(bytes, at + 2)) << 16
}
