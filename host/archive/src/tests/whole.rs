//! What goes out comes back, and what is refused as a whole.

use super::*;

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
fn more_files_than_a_project_may_hold_are_refused() {
    let limits = ArchiveLimits { files: 2, ..ArchiveLimits::default() };
    for (format, archive) in both(&[("a", b"1"), ("b", b"1"), ("c", b"1")]) {
        let refused = read_with(format, &archive, 0, &limits);
        assert!(matches!(refused, Err(ArchiveError::TooManyFiles(2))), "{refused:?}");
    }
}

#[test]
fn bombs_hit_the_limits_whatever_their_headers_say() {
    let limits = ArchiveLimits { entries: 3, file: 1000, total: 1500, ..ArchiveLimits::default() };
    let read = |archive: &[u8]| read_with(Format::Zip, archive, 0, &limits);
    let zeros = vec![0; 1001];
    let mut liar = evil_zip(&[("a", &zeros), ("b", b"1")]);
    let directory = find(&liar, b"PK\x01\x02");
    // The size of the first entry, in its own header and in the directory.
    for at in [22, directory + 24] {
        liar[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let unpacked = read(&liar);
    let came_in = |unpacked: &Unpacked| unpacked.files.iter().any(|file| file.path.as_str() == "a");
    assert!(!unpacked.as_ref().is_ok_and(came_in), "{unpacked:?}");
    let two: [(&str, &[u8]); 2] = [("a", &zeros[..1000]), ("b", &zeros[..501])];
    assert!(matches!(read(&evil_zip(&two)), Err(ArchiveError::TooLarge(1500))));
    let four = ["a", "b", "c", "d"].map(|name| (name, b"1".as_slice()));
    assert!(matches!(read(&evil_zip(&four)), Err(ArchiveError::TooManyEntries(3))));
    let bomb = packed(Format::TarGz, &[("a", &vec![0; 3 << 20], false), ("b", &vec![0; 3 << 20], false)]);
    let refused =
        read_with(Format::TarGz, &bomb, 0, &ArchiveLimits { total: 4 << 20, ..ArchiveLimits::default() });
    assert!(matches!(refused, Err(ArchiveError::TooLarge(_))), "{refused:?}");
}

#[test]
fn a_bomb_in_a_folder_that_is_passed_over_is_a_bomb_and_not_the_end_of_the_archive() {
    let limits = ArchiveLimits { entries: 1, total: 4096, ..ArchiveLimits::default() };
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
fn what_is_no_archive_or_empty_or_cut_off_is_refused() {
    for format in [Format::Zip, Format::TarGz] {
        let whole = packed(format, &[("a", &[7; 5000], false)]);
        for (bad, said) in [
            (b"".as_slice(), "it is empty"),
            (b"no archive", "but text that begins with \"no archive\""),
            (b"\0\0\0\0no archive", "it is no "),
            (&whole[..whole.len() / 2], "cut off or damaged"),
            (b"\n<!DOCTYPE html><title>404</title>", "an HTML page"),
            (b"Rar!\x1a\x07", "a RAR archive"),
        ] {
            let refused = read(format, bad);
            let error = refused.as_ref().map_err(ToString::to_string);
            assert!(error.is_err_and(|error| error.contains(said)), "{format:?}: {refused:?}");
        }
        assert!(matches!(read(format, &packed(format, &[])), Err(ArchiveError::Empty { .. })));
    }
    let other = read(Format::Zip, &packed(Format::TarGz, &[("a", b"1", false)])).expect_err("another format");
    assert!(other.to_string().contains("but a tar.gz file"), "{other}");
}

#[test]
fn an_archive_of_nothing_but_what_is_left_out_says_what_that_was() {
    let refused =
        read(Format::Zip, &evil_zip(&[("aux.rs", b"1"), ("node_modules/a", b"1")])).expect_err("nothing");
    assert_eq!(
        refused.to_string(),
        "there is no file in it that can be used; left out: \"aux.rs\" (its name cannot be used: \"aux\" is a device name on Windows), \"node_modules/\" (in a folder that projects leave out)"
    );
}

#[test]
fn a_stream_in_several_members_is_read_to_its_end() {
    let whole = evil_tar(&[("a", FILE, b"1"), ("b", FILE, b"2")]);
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(whole.as_slice()).read_to_end(&mut plain).expect("unpacked");
    let member = |part: &[u8]| {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(part).expect("packed");
        gz.finish().expect("packed")
    };
    let members = [member(&plain[..1024]), member(&plain[1024..])].concat();
    assert_eq!(paths(&read(Format::TarGz, &members).expect("unpacked")), ["a", "b"]);
}

#[test]
fn what_is_in_a_gzip_file_that_is_no_tar_file_is_said() {
    let gz = |content: &[u8]| {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(content).expect("packed");
        gz.finish().expect("packed")
    };
    for (content, said) in [
        (b"dear reader".as_slice(), "text that begins with \"dear reader\""),
        (&"dear reader ".repeat(100).into_bytes(), "text that begins with"),
        (&packed(Format::Zip, &[("a", b"1", false)]), "but a zip file"),
    ] {
        let refused = read(Format::TarGz, &gz(content)).expect_err("no tar file").to_string();
        assert!(refused.contains("no tar file in it") && refused.contains(said), "{refused}");
    }
    assert!(matches!(read(Format::TarGz, &gz(b"")), Err(ArchiveError::Empty { folders: 0, .. })));
    let mut damaged = Vec::new();
    let whole = evil_tar(&[("a", FILE, b"1")]);
    flate2::read::GzDecoder::new(whole.as_slice()).read_to_end(&mut damaged).expect("unpacked");
    damaged[4] ^= 1;
    let refused = read(Format::TarGz, &gz(&damaged)).expect_err("a damaged header").to_string();
    assert!(refused.contains("the first header of the tar file in it is damaged"), "{refused}");
}

#[test]
fn folders_without_files_are_said_to_be_that() {
    let tar = evil_tar(&[("a/", tar::EntryType::Directory, b""), ("a/b/", tar::EntryType::Directory, b"")]);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_directory("a", SimpleFileOptions::default()).expect("a folder");
    zip.add_directory("a/b", SimpleFileOptions::default()).expect("a folder");
    let zip = zip.finish().expect("an archive").into_inner();
    for (format, archive) in [(Format::TarGz, tar), (Format::Zip, zip)] {
        let refused = read(format, &archive).expect_err("no file").to_string();
        assert_eq!(refused, "there are 2 folders in it, but no file");
    }
    let nothing = read(Format::Zip, &packed(Format::Zip, &[])).expect_err("nothing").to_string();
    assert_eq!(nothing, "there is nothing in it: pack the files of a project");
}

#[test]
fn imports_at_once_share_their_memory_and_one_alone_has_enough() {
    let limits = ArchiveLimits { total: 100, ..ArchiveLimits::default() };
    let budget = Budget::new(100);
    let archive = evil_zip(&[("a", &[7; 60])]);
    let unpack = || unpack(Format::Zip, Cursor::new(&archive), &rules(0, &limits, &budget));
    let first = unpack().expect("unpacked");
    assert!(matches!(unpack(), Err(ArchiveError::Crowded)));
    drop(first);
    assert!(unpack().is_ok(), "what was held was given back");
}

#[test]
fn what_was_left_out_keeps_its_place_whatever_it_was_left_out_for() {
    let limits = ArchiveLimits { file: 10, ..ArchiveLimits::default() };
    let tar = evil_tar(&[
        ("shop/large", FILE, &[7; 11]),
        ("shop/link", tar::EntryType::Symlink, b""),
        ("shop/src\\b.js", FILE, b"1"),
        ("/shop/abs.js", FILE, b"1"),
        ("C:/shop/drive.js", FILE, b"1"),
        ("shop/src/../up.js", FILE, b"1"),
        ("shop/blank.js ", FILE, b"1"),
        ("above.js", FILE, b"1"),
        ("shop/a", FILE, b"1"),
        ("shop/A", FILE, b"1"),
        ("shop/a/in.js", FILE, b"1"),
        ("shop/twice", FILE, b"1"),
        ("shop/twice", FILE, b"2"),
    ]);
    let unpacked = read_with(Format::TarGz, &tar, 1, &limits).expect("unpacked");
    assert_eq!(paths(&unpacked), ["a", "twice"]);
    let holds = |path: &str| unpacked.withheld.holds(&RelativePath::parse(path).expect("a path"));
    for place in [
        "large",
        "link",
        "link/below.js",
        "src/b.js",
        "abs.js",
        "drive.js",
        "up.js",
        "blank.js",
        "above.js",
        "A",
        "a/in.js",
    ] {
        assert!(holds(place), "{place}");
    }
    for other in ["twice", "src/a.js", "b.js", "shop"] {
        assert!(!holds(other), "{other}");
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
