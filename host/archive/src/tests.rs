//! Archives as tools and attackers make them.

mod damage;
mod entries;
mod headers;
mod names;
mod whole;

use super::*;
use flate2::{Compression, write::GzEncoder};
use orchestrator_core::RelativePath;
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

fn packed(format: Format, files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let files = files.iter().map(|(path, content, executable)| {
        let path = RelativePath::parse(path).expect("a path");
        Ok::<_, ArchiveError>(Packed { path, content: content.to_vec(), executable: *executable })
    });
    let mut out = Vec::new();
    pack(format, &mut out, files).expect("packed");
    out
}

fn read(format: Format, archive: &[u8]) -> Result<Unpacked, ArchiveError> {
    read_with(format, archive, 0, &ArchiveLimits::default())
}

fn read_with(
    format: Format,
    archive: &[u8],
    strip: usize,
    limits: &ArchiveLimits,
) -> Result<Unpacked, ArchiveError> {
    let budget = Budget::new(limits.total);
    unpack(format, Cursor::new(archive), &rules(strip, limits, &budget))
}

fn rules<'a>(strip: usize, limits: &ArchiveLimits, budget: &'a Budget) -> Rules<'a> {
    Rules {
        strip,
        limits: *limits,
        budget,
        left_out: &|named| match named {
            Named::Folder("node_modules") => Some(LeftOut::Folder),
            Named::File(name) if name.starts_with(".ours-") => Some(LeftOut::Reserved),
            _ => None,
        },
    }
}

fn paths(unpacked: &Unpacked) -> Vec<&str> {
    unpacked.files.iter().map(|file| file.path.as_str()).collect()
}

fn left_out(unpacked: &Unpacked) -> Vec<&str> {
    unpacked.skipped.first.iter().map(|skipped| skipped.name.as_str()).collect()
}

/// The same files as a zip and as a tar.gz file.
fn both(entries: &[(&str, &[u8])]) -> [(Format, Vec<u8>); 2] {
    let files: Vec<_> = entries.iter().map(|(name, content)| (*name, FILE, *content)).collect();
    [(Format::Zip, evil_zip(entries)), (Format::TarGz, evil_tar(&files))]
}

fn packed_names(names: &[&str]) -> Vec<u8> {
    raw_tar(&names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>())
}

/// A tar.gz file with names of any bytes.
fn raw_tar(names: &[&[u8]]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for name in names {
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.set_mode(0o644);
        header.as_gnu_mut().expect("gnu").name[..name.len()].copy_from_slice(name);
        header.set_cksum();
        tar.append(&header, b"1".as_slice()).expect("an entry");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("an archive")
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).expect("it is there")
}

fn put(bytes: &mut [u8], placeholder: &[u8], name: &[u8]) {
    for at in 0..bytes.len() - name.len() {
        if bytes[at..].starts_with(placeholder) {
            bytes[at..at + name.len()].copy_from_slice(name);
        }
    }
}

/// A zip file with one entry whose name has these bytes.
fn raw_zip(name: &[u8]) -> Vec<u8> {
    let placeholder = "x".repeat(name.len());
    let mut zip = evil_zip(&[(&placeholder, b"1")]);
    put(&mut zip, placeholder.as_bytes(), name);
    zip
}

/// The same as a tool on DOS or Windows says it: in the directory, by the upper half of the version.
fn of_dos(zip: &[u8]) -> Vec<u8> {
    let mut zip = zip.to_vec();
    for at in 0..zip.len() - 6 {
        if zip[at..].starts_with(b"PK\x01\x02") {
            zip[at + 5] = 0;
        }
    }
    zip
}

fn zip_with_a_name_twice() -> Vec<u8> {
    let mut zip = evil_zip(&[("a.txt", b"1"), ("b.txt", b"2"), ("c.txt", b"3")]);
    put(&mut zip, b"c.txt", b"a.txt");
    zip
}

/// A zip file with entries of any name.
fn evil_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(content).expect("content");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A tar.gz file with entries of any name and type.
fn evil_tar(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let field = &mut header.as_gnu_mut().expect("gnu").name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").expect("a link");
        }
        header.set_cksum();
        tar.append(&header, *content).expect("an entry");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("an archive")
}

const FILE: tar::EntryType = tar::EntryType::Regular;
