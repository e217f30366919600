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
fn names_that_lead_out_refuse_the_archive_and_leave_nothing_hidden() {
    for name in ["../x", "a/../../x", "/etc/passwd", "node_modules/../../x", "__MACOSX/../../x", "../x/"] {
        let zip = read(Format::Zip, &evil_zip(&[("good", b"1"), (name, b"1")]));
        assert!(matches!(zip, Err(ArchiveError::Path { .. })), "{name:?}: {zip:?}");
        let tar = read(Format::TarGz, &evil_tar(&[("good", FILE, b"1"), (name, FILE, b"1")]));
        assert!(matches!(tar, Err(ArchiveError::Path { .. })), "{name:?}: {tar:?}");
    }
    let hidden = read_with(Format::TarGz, &evil_tar(&[("../x/good", FILE, b"1")]), 2, &Limits::default());
    assert!(matches!(hidden, Err(ArchiveError::Path { .. })), "stripping hides nothing: {hidden:?}");
    let slip = of_dos(&evil_zip(&[("good", b"1"), ("..\\x", b"1")]));
    let slip = read(Format::Zip, &slip);
    assert!(matches!(slip, Err(ArchiveError::Path { .. })), "a backslash that separates: {slip:?}");
}

#[test]
fn more_files_than_a_project_may_hold_are_refused() {
    let limits = Limits { files: 2, ..Limits::default() };
    for (format, archive) in both(&[("a", b"1"), ("b", b"1"), ("c", b"1")]) {
        let refused = read_with(format, &archive, 0, &limits);
        assert!(matches!(refused, Err(ArchiveError::TooManyFiles(2))), "{refused:?}");
    }
}

#[test]
fn bombs_hit_the_limits_whatever_their_headers_say() {
    let limits = Limits { entries: 3, file: 1000, total: 1500, ..Limits::default() };
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
        assert!(matches!(read(format, &packed(format, &[])), Err(ArchiveError::Empty(_))));
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
        "the archive holds no file that can be used; left out: \"aux.rs\" (its name cannot be used: \"aux\" is a device name on Windows), \"node_modules/\" (in a folder that projects leave out)"
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
