//! Names: those that cannot be, those that are one, and those in other encodings.

use super::*;

#[test]
fn a_name_that_no_path_can_have_is_left_out_alone() {
    for name in [
        "C:/x",
        "..\\x",
        "a\\b",
        "\u{0}",
        "con",
        "src/aux.rs",
        "COM\u{b9}",
        "conin$",
        "x/.",
        "x.",
        "docs/a:b.md",
        "b /c",
    ] {
        for archive in [
            (Format::Zip, evil_zip(&[(name, b"1"), ("good", b"1")])),
            (Format::TarGz, packed_names(&[name, "good"])),
        ] {
            let unpacked = read(archive.0, &archive.1).expect("unpacked");
            assert_eq!(
                (paths(&unpacked), unpacked.skipped.total),
                (vec!["good"], 1),
                "{name:?} in {archive:?}"
            );
            assert!(matches!(unpacked.skipped.first[0].reason, LeftOut::Path(_)), "{unpacked:?}");
        }
    }
}

/// What a project may have comes back from its own export.
#[test]
fn a_name_that_a_project_may_have_comes_in() {
    for name in ["a?b", "a*b/c", "a\"b", "a<b", "a|b"] {
        for (format, archive) in both(&[(name, b"1")]) {
            assert_eq!(paths(&read(format, &archive).expect("unpacked")), [name]);
        }
    }
}

#[test]
fn of_names_that_some_systems_take_for_one_the_first_comes_in() {
    for [first, second] in [
        ["Readme", "README"],
        ["a", "a/b"],
        ["a/b", "A"],
        ["a/x", "A/y"],
        ["É", "é"],
        ["b/x", "b"],
        ["\u{e9}", "e\u{301}"],
        ["stra\u{df}e", "STRASSE"],
        ["\u{fb01}/x", "fi/y"],
    ] {
        for (format, archive) in both(&[(first, b"1"), (second, b"2"), ("other", b"3")]) {
            let unpacked = read(format, &archive).expect("unpacked");
            assert_eq!(paths(&unpacked), [first, "other"], "{second}");
            assert_eq!(
                (left_out(&unpacked), unpacked.files[0].content.as_slice()),
                (vec![second], b"1".as_slice())
            );
            let reason = &unpacked.skipped.first[0].reason;
            assert!(matches!(reason, LeftOut::Twin { .. } | LeftOut::InTheWay { .. }), "{reason:?}");
        }
    }
}

#[test]
fn of_entries_of_one_name_the_last_is_the_file_and_the_others_are_listed() {
    let twice = evil_tar(&[("a.txt", FILE, b"1"), ("b.txt", FILE, b"2"), ("a.txt", FILE, b"3")]);
    for (format, archive) in [(Format::Zip, zip_with_a_name_twice()), (Format::TarGz, twice)] {
        let unpacked = read(format, &archive).expect("unpacked");
        assert_eq!(
            (paths(&unpacked), left_out(&unpacked)),
            (vec!["a.txt", "b.txt"], vec!["a.txt"]),
            "{format:?}"
        );
        assert_eq!(unpacked.files[0].content, b"3", "{format:?}");
        assert_eq!(unpacked.skipped.first[0].reason, LeftOut::Replaced);
    }
}

#[test]
fn names_that_become_one_by_stripping_are_two_files_and_the_first_comes_in() {
    for (format, archive) in both(&[("a/x", b"1"), ("b/x", b"2")]) {
        let unpacked = read_with(format, &archive, 1, &ArchiveLimits::default()).expect("unpacked");
        assert_eq!((paths(&unpacked), left_out(&unpacked)), (vec!["x"], vec!["b/x"]));
        assert_eq!(unpacked.files[0].content, b"1");
        assert_eq!(unpacked.skipped.first[0].reason, LeftOut::SamePlace { first: "a/x".into() });
    }
}

#[test]
fn backslashes_separate_folders_where_windows_packed_and_nowhere_else() {
    let zip = evil_zip(&[("shop\\", b""), ("shop\\src\\app.js", b"1"), ("shop/a\\b.txt", b"2")]);
    let unpacked = read(Format::Zip, &of_dos(&zip)).expect("unpacked");
    assert_eq!((paths(&unpacked), unpacked.skipped.total), (vec!["shop/src/app.js", "shop/a/b.txt"], 0));
    let refused = read(Format::Zip, &zip);
    assert!(matches!(&refused, Err(ArchiveError::Empty { left, .. }) if left.total == 3), "{refused:?}");
}

fn encoding_of(unpacked: &Unpacked) -> Option<&'static str> {
    unpacked.guess.as_ref().map(|guess| guess.encoding)
}

#[test]
fn names_in_other_encodings_are_read_and_told_or_left_out() {
    // Katakana and kanji whose second byte is that of a backslash.
    let sjis = b"\x95\x5c\x8e\xa6/\x83\x5c\x81\x5b\x83\x58.js".as_slice();
    let gbk = b"\xcf\xee\xc4\xbf/\xcb\xb5\xc3\xf7.md".as_slice();
    for (raw, name, encoding) in [(sjis, "表示/ソース.js", "Shift_JIS"), (gbk, "项目/说明.md", "GBK")]
    {
        let unpacked = read(Format::Zip, &of_dos(&raw_zip(raw))).expect("unpacked");
        assert_eq!((paths(&unpacked), encoding_of(&unpacked)), (vec![name], Some(encoding)));
        assert_eq!(unpacked.guessed.first, [RelativePath::parse(name).expect("a path")]);
        assert!(unpacked.skipped.is_empty());
    }
    let tar = raw_tar(&[b"good.txt", b"caf\xe9.txt", b"caf\xe8.txt"]);
    let unpacked = read(Format::TarGz, &tar).expect("unpacked");
    assert_eq!(paths(&unpacked), ["good.txt", "café.txt", "cafè.txt"]);
    assert_eq!((encoding_of(&unpacked), unpacked.guessed.total), (Some("windows-1252"), 2));

    let unclear = raw_tar(&[b"good.txt", b"\xce\xc4.txt"]);
    let unpacked = read(Format::TarGz, &unclear).expect("unpacked");
    assert_eq!((paths(&unpacked), left_out(&unpacked)), (vec!["good.txt"], vec!["\\xce\\xc4.txt"]));
    assert_eq!((&unpacked.skipped.first[0].reason, encoding_of(&unpacked)), (&LeftOut::Encoding, None));
}

#[test]
fn the_list_of_what_was_left_out_is_bounded_and_long_names_are_shortened() {
    let name = |at: usize| format!("{}{at:04}.", "x".repeat(80));
    let many: Vec<_> = (0..LISTED_MAX + 20).map(name).chain(["good".to_owned()]).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), b"1".as_slice())).collect();
    let unpacked = read(Format::Zip, &evil_zip(&many)).expect("unpacked");
    assert_eq!((unpacked.skipped.first.len(), unpacked.skipped.total), (LISTED_MAX, LISTED_MAX + 20));
    let long = format!("{}/aux.rs", "é".repeat(400));
    let unpacked = read(Format::Zip, &evil_zip(&[(&long, b"1"), ("good", b"1")])).expect("unpacked");
    let shown = left_out(&unpacked)[0];
    assert!(shown.chars().count() <= NAME_MAX && shown.ends_with("/aux.rs"), "{shown}");
}

#[test]
fn names_that_may_be_others_as_well_are_said_to_be_doubtful() {
    // What is a word of Russian in KOI8-R is one in capitals in windows-1251.
    let unpacked = read(Format::Zip, &raw_zip(b"\xd0\xd2\xc9\xd7\xc5\xd4.txt")).expect("unpacked");
    let guess = unpacked.guess.expect("a guess");
    assert!(guess.doubtful, "{guess:?}");
    let all: Vec<_> = guess.others.iter().copied().chain([guess.encoding]).collect();
    assert!(all.contains(&"KOI8-R") && all.contains(&"windows-1251"), "{guess:?}");
    assert_eq!(unpacked.guessed.total, 1);
}

#[test]
fn names_that_lead_out_are_left_out_and_stripping_hides_nothing() {
    for name in ["../x", "a/../../x", "/etc/passwd", "node_modules/../../x", "__MACOSX/../../x"] {
        for (format, archive) in both(&[("good", b"1"), (name, b"1")]) {
            let unpacked = read(format, &archive).expect("unpacked");
            assert_eq!((paths(&unpacked), left_out(&unpacked)), (vec!["good"], vec![name]), "{format:?}");
            assert!(matches!(unpacked.skipped.first[0].reason, LeftOut::Path(_)), "{unpacked:?}");
        }
    }
    let hidden = evil_tar(&[("../x/good", FILE, b"1"), ("a/b/c", FILE, b"1")]);
    let unpacked = read_with(Format::TarGz, &hidden, 2, &ArchiveLimits::default()).expect("unpacked");
    assert_eq!((paths(&unpacked), left_out(&unpacked)), (vec!["c"], vec!["../x/good"]));
    let slip = of_dos(&evil_zip(&[("good", b"1"), ("..\\x", b"1")]));
    let unpacked = read(Format::Zip, &slip).expect("unpacked");
    assert_eq!((paths(&unpacked), left_out(&unpacked)), (vec!["good"], vec!["../x"]));
}

#[test]
fn a_name_of_megabytes_is_refused_before_it_is_read_and_one_of_kilobytes_is_shortened() {
    let long = |length: usize| {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut ahead = tar::Header::new_gnu();
        ahead.set_entry_type(tar::EntryType::GNULongName);
        ahead.set_size(length as u64);
        ahead.set_cksum();
        tar.append(&ahead, std::io::repeat(b'x').take(length as u64)).expect("a name");
        for name in ["cut", "good"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(1);
            tar.append_data(&mut header, name, b"1".as_slice()).expect("an entry");
        }
        tar.into_inner().and_then(GzEncoder::finish).expect("an archive")
    };
    let refused = read(Format::TarGz, &long(50 << 20)).expect_err("fifty megabytes");
    assert!(refused.to_string().len() < 300, "{refused}");
    let unpacked = read(Format::TarGz, &long(100 << 10)).expect("unpacked");
    assert_eq!(paths(&unpacked), ["good"]);
    assert!(format!("{:?}", unpacked.skipped).len() < 500);
    assert_eq!(
        unpacked.skipped.first[0].reason,
        LeftOut::Path(orchestrator_core::PathError::TooLong(100 << 10))
    );
}

#[test]
fn names_that_are_kept_for_the_host_are_left_out() {
    for (format, archive) in both(&[("src/.ours-1", b"1"), (".ours-folder/a", b"2"), ("good", b"1")]) {
        let unpacked = read(format, &archive).expect("unpacked");
        assert_eq!(paths(&unpacked), [".ours-folder/a", "good"]);
        assert_eq!(left_out(&unpacked), ["src/.ours-1"]);
        assert_eq!(unpacked.skipped.first[0].reason, LeftOut::Reserved);
    }
}
