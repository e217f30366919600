//! What goes out comes back, and every attack on the way in is named.

use super::*;
use flate2::{Compression, write::GzEncoder};
use orchestrator_core::RelativePath;
use proptest::prelude::*;
use std::io::{Cursor, Write};
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
    read_with(format, archive, 0, &Limits::default())
}

fn read_with(
    format: Format,
    archive: &[u8],
    strip: usize,
    limits: &Limits,
) -> Result<Unpacked, ArchiveError> {
    unpack(format, Cursor::new(archive), strip, limits, |name| name == "node_modules")
}

fn paths(unpacked: &Unpacked) -> Vec<&str> {
    unpacked.files.iter().map(|file| file.path.as_str()).collect()
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

#[test]
fn equal_files_give_equal_bytes_and_come_back() {
    let files: &[(&str, &[u8], bool)] = &[("a", b"", false), ("src/é.sh", b"#!\n", true)];
    for format in [Format::Zip, Format::TarGz] {
        let archive = packed(format, files);
        assert_eq!(archive, packed(format, files));
        let unpacked = read(format, &archive).expect("unpacked");
        let back: Vec<_> = unpacked
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.content.as_slice(), file.executable))
            .collect();
        assert_eq!(back, files, "{format:?}");
    }
}

#[test]
fn zip_slip_absolute_drive_and_backslash_names_are_refused() {
    for name in ["../x", "a/../../x", "/etc/passwd", "C:/x", "..\\x", "a\\b", "\u{0}", "a//b", "con", "x/."] {
        let zip = read(Format::Zip, &evil_zip(&[("good", b"1"), (name, b"1")]));
        assert!(matches!(zip, Err(ArchiveError::Path { .. } | ArchiveError::Broken(_))), "{name:?}: {zip:?}");
    }
    for name in ["../x", "/etc/passwd", "a/../../x", "..\\x"] {
        let tar = read(Format::TarGz, &evil_tar(&[("good", FILE, b"1"), (name, FILE, b"1")]));
        assert!(matches!(tar, Err(ArchiveError::Path { .. })), "{name:?}: {tar:?}");
    }
    let hidden = read_with(Format::TarGz, &evil_tar(&[("../x/good", FILE, b"1")]), 2, &Limits::default());
    assert!(matches!(hidden, Err(ArchiveError::Path { .. })), "stripping hides nothing: {hidden:?}");
}

#[test]
fn symlinks_hard_links_devices_and_fifos_are_never_made() {
    let attack = evil_tar(&[
        ("link", tar::EntryType::Symlink, b""),
        ("link/passwd", FILE, b"1"),
        ("hard", tar::EntryType::Link, b""),
        ("fifo", tar::EntryType::Fifo, b""),
        ("device", tar::EntryType::Char, b""),
    ]);
    let unpacked = read(Format::TarGz, &attack).expect("unpacked");
    assert_eq!(paths(&unpacked), ["link/passwd"], "a file below a folder of its own");
    let skipped: Vec<_> = unpacked.skipped.iter().map(|skipped| skipped.name.as_str()).collect();
    assert_eq!(skipped, ["link", "hard", "fifo", "device"]);

    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
    zip.start_file("a", SimpleFileOptions::default()).expect("an entry");
    let unpacked = read(Format::Zip, zip.finish().expect("an archive").get_ref()).expect("unpacked");
    assert_eq!((paths(&unpacked), unpacked.skipped.len()), (vec!["a"], 1));
}

#[test]
fn duplicates_case_twins_and_files_in_place_of_folders_are_refused() {
    for pair in [["a", "a"], ["Readme", "README"], ["a", "a/b"], ["a/b", "A"], ["a/x", "A/y"], ["É", "é"]] {
        let entries: Vec<_> = pair.iter().map(|name| (*name, FILE, b"1".as_slice())).collect();
        let refused = read(Format::TarGz, &evil_tar(&entries));
        assert!(matches!(refused, Err(ArchiveError::Twins { .. })), "{pair:?}: {refused:?}");
    }
}

#[test]
fn bombs_hit_the_limits_whatever_their_headers_say() {
    let limits = Limits { entries: 3, file: 1000, total: 1500 };
    let read = |archive: &[u8]| read_with(Format::Zip, archive, 0, &limits);
    let zeros = vec![0; 1001];
    assert!(matches!(read(&evil_zip(&[("a", &zeros)])), Err(ArchiveError::FileTooLarge { .. })));
    let two: [(&str, &[u8]); 2] = [("a", &zeros[..1000]), ("b", &zeros[..501])];
    assert!(matches!(read(&evil_zip(&two)), Err(ArchiveError::TooLarge(1500))));
    let four = ["a", "b", "c", "d"].map(|name| (name, b"1".as_slice()));
    assert!(matches!(read(&evil_zip(&four)), Err(ArchiveError::TooManyEntries(3))));
    let bomb = packed(Format::TarGz, &[("a", &vec![0; 3 << 20], false), ("b", &vec![0; 3 << 20], false)]);
    let refused = read_with(Format::TarGz, &bomb, 0, &Limits { total: 4 << 20, ..Limits::default() });
    assert!(matches!(refused, Err(ArchiveError::TooLarge(_))), "{refused:?}");
}

#[test]
fn a_bomb_in_a_folder_that_is_passed_over_is_a_bomb_and_not_the_end_of_the_archive() {
    let limits = Limits { entries: 1, total: 4096, ..Limits::default() };
    let bound = 4096 + 2048;
    // A header and its content fill the bound exactly; what comes behind must not be lost without a word.
    let content = vec![0; bound - 512];
    let bomb = evil_tar(&[("node_modules/x", FILE, &content), ("a", FILE, b"1")]);
    let refused = read_with(Format::TarGz, &bomb, 0, &limits);
    assert!(matches!(refused, Err(ArchiveError::TooLarge(4096))), "{refused:?}");
    let larger = evil_tar(&[("node_modules/x", FILE, &vec![0; 3 * bound])]);
    let refused = read_with(Format::TarGz, &larger, 0, &limits);
    assert!(matches!(refused, Err(ArchiveError::TooLarge(4096))), "{refused:?}");
}

#[test]
fn what_projects_leave_out_is_passed_over_and_top_folders_can_be_stripped() {
    let archive = evil_tar(&[
        ("shop-main/", tar::EntryType::Directory, b""),
        ("shop-main/a", FILE, b"1"),
        ("shop-main/node_modules/x/index.js", FILE, b"1"),
        ("top", FILE, b"1"),
    ]);
    let unpacked = read_with(Format::TarGz, &archive, 1, &Limits::default()).expect("unpacked");
    assert_eq!((paths(&unpacked), unpacked.skipped.len()), (vec!["a"], 2));
}

#[test]
fn what_is_no_archive_or_empty_or_cut_off_is_refused() {
    for format in [Format::Zip, Format::TarGz] {
        let whole = packed(format, &[("a", &[7; 5000], false)]);
        for bad in [b"".as_slice(), b"no archive", &whole[..whole.len() / 2]] {
            let refused = read(format, bad);
            assert!(
                matches!(refused, Err(ArchiveError::Broken(_) | ArchiveError::Empty)),
                "{format:?}: {refused:?}"
            );
        }
        assert!(matches!(read(format, &packed(format, &[])), Err(ArchiveError::Empty)));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), at in any::<prop::sample::Index>()) {
        for format in [Format::Zip, Format::TarGz] {
            let _ = read(format, &bytes);
            let mut damaged = packed(format, &[("a", &bytes, false), ("b/c", b"x", true)]);
            let at = at.index(damaged.len());
            damaged[at] ^= 0x55;
            let _ = read(format, &damaged);
        }
    }
}
