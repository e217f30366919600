//! Tar headers as tools other than GNU's and the standard's write them.

use super::*;
use tar::Header;

/// Magic and version as they are met.
const MARKS: [&[u8; 8]; 7] = [
    b"ustar\x0000",
    b"ustar\0\0\0",
    b"ustar\0  ",
    b"ustar\0 \0",
    b"ustar  \0",
    b"\0\0\0\0\0\0\0\0",
    b"ustar00\0",
];

/// A header with the fields at the places that they have in every format.
fn header(mark: &[u8; 8], kind: u8, name: &str, prefix: &str, size: usize) -> Header {
    let mut header = Header::new_old();
    header.set_mode(0o644);
    header.set_size(size as u64);
    let bytes = header.as_mut_bytes();
    bytes[156] = kind;
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes[257..265].copy_from_slice(mark);
    bytes[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
    header.set_cksum();
    header
}

fn tar(entries: &[(Header, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (header, content) in entries {
        tar.append(header, *content).expect("an entry");
    }
    tar.into_inner().expect("an archive")
}

fn gz(tars: &[&[u8]]) -> Vec<u8> {
    let packed = |tar: &&[u8]| {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(tar).expect("content");
        gz.finish().expect("an archive")
    };
    tars.iter().flat_map(packed).collect()
}

fn listed(unpacked: &Unpacked) -> Vec<(&str, &LeftOut)> {
    unpacked.skipped.first.iter().map(|skipped| (skipped.name.as_str(), &skipped.reason)).collect()
}

#[test]
fn the_beginning_of_a_long_name_is_read_whatever_the_version() {
    for mark in &MARKS[..4] {
        let entries = [(header(mark, b'0', "Shop.java", "app/src/main/java", 2), b"1\n".as_slice())];
        let unpacked = read(Format::TarGz, &gz(&[&tar(&entries)])).expect("unpacked");
        assert_eq!(paths(&unpacked), ["app/src/main/java/Shop.java"], "{mark:?}");
        assert!(unpacked.skipped.is_empty());
    }
    // What some tools take for a name and some do not is no place.
    for mark in &MARKS[5..] {
        let entries = [
            (header(mark, b'0', "Shop.java", "app/src", 2), b"1\n".as_slice()),
            (header(mark, b'0', "pom.xml", "", 2), b"2\n"),
        ];
        let unpacked = read(Format::TarGz, &gz(&[&tar(&entries)])).expect("unpacked");
        assert_eq!(paths(&unpacked), ["pom.xml"], "{mark:?}");
        assert_eq!(listed(&unpacked), [("Shop.java", &LeftOut::Header)], "{mark:?}");
    }
}

#[test]
fn a_long_name_ahead_is_read_whatever_the_headers_say_of_themselves() {
    let long = format!("{}/Shop.java", ["modules", "inventory"].join("/").repeat(9));
    let cut = long.get(..100).expect("long enough");
    let said = format!("{long}\0");
    let record = format!(" path={long}\n");
    let pax = format!("{}{record}", record.len() + 3);
    for ahead in MARKS {
        for own in MARKS {
            for (kind, said) in [(b'L', &said), (b'x', &pax), (b'X', &pax)] {
                let entries = [
                    (header(ahead, kind, "././@LongLink", "", said.len()), said.as_bytes()),
                    (header(own, b'0', cut, "", 2), b"1\n"),
                    (header(own, b'0', "pom.xml", "", 2), b"2\n"),
                ];
                let unpacked = read(Format::TarGz, &gz(&[&tar(&entries)])).expect("unpacked");
                assert_eq!(paths(&unpacked), [long.as_str(), "pom.xml"], "{ahead:?} {own:?} {kind}");
                assert!(unpacked.skipped.is_empty(), "{:?}", unpacked.skipped);
            }
        }
    }
}

#[test]
fn a_long_name_outlasts_what_else_is_said_of_its_file() {
    let long = format!("{}a.txt", "folder/".repeat(20));
    let said = format!("{long}\0");
    let link = "elsewhere/".repeat(20);
    for between in [b'K', b'x'] {
        for (first, second) in [(MARKS[4], MARKS[1]), (MARKS[1], MARKS[1]), (MARKS[5], MARKS[0])] {
            let more = if between == b'K' { link.as_str() } else { "12 mtime=12\n" };
            let entries = [
                (header(first, b'L', "././@LongLink", "", said.len()), said.as_bytes()),
                (header(second, between, "x", "", more.len()), more.as_bytes()),
                (header(second, b'0', &long[..100], "", 2), b"1\n"),
            ];
            let unpacked = read(Format::TarGz, &gz(&[&tar(&entries)])).expect("unpacked");
            assert_eq!(paths(&unpacked), [long.as_str()]);
        }
    }
}

#[test]
fn another_size_that_came_too_late_refuses_the_archive() {
    let said = b"9 size=2\n";
    let entries = |size| {
        [
            (header(MARKS[1], b'x', "x", "", said.len()), said.as_slice()),
            (header(MARKS[1], b'0', "a", "", size), &b"12345"[..size]),
        ]
    };
    assert!(matches!(read(Format::TarGz, &gz(&[&tar(&entries(5))])), Err(ArchiveError::Broken(_))));
    assert_eq!(paths(&read(Format::TarGz, &gz(&[&tar(&entries(2))])).expect("unpacked")), ["a"]);
}

#[test]
fn a_file_whose_holes_were_left_out_is_listed_by_its_own_name() {
    let record = "30 GNU.sparse.name=data/a.bin\n";
    let versions = [
        format!("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n{record}"),
        format!("{record}22 GNU.sparse.map=0,1\n"),
    ];
    for mark in [MARKS[0], MARKS[1]] {
        for said in &versions {
            let entries = [
                (header(mark, b'x', "x", "", said.len()), said.as_bytes()),
                (header(mark, b'0', "data/GNUSparseFile.7/a.bin", "", 3), b"1\n0"),
                (header(mark, b'0', "b.txt", "", 2), b"2\n"),
            ];
            let unpacked = read(Format::TarGz, &gz(&[&tar(&entries)])).expect("unpacked");
            assert_eq!(paths(&unpacked), ["b.txt"]);
            assert_eq!(listed(&unpacked), [("data/a.bin", &LeftOut::Sparse)]);
        }
    }
}

#[test]
fn what_comes_after_the_end_of_an_archive_is_listed() {
    let of = |name: &str| tar(&[(header(MARKS[0], b'0', name, "", 2), b"1\n".as_slice())]);
    let (first, second) = (of("a.txt"), of("b.txt"));
    for archive in [gz(&[&first, &second]), gz(&[&[first.as_slice(), &second].concat()])] {
        let unpacked = read(Format::TarGz, &archive).expect("unpacked");
        assert_eq!(paths(&unpacked), ["a.txt"]);
        assert_eq!(listed(&unpacked), [("b.txt", &LeftOut::AfterTheEnd)]);
    }
    for padding in [[0; 9000], [7; 9000]] {
        let unpacked = read(Format::TarGz, &gz(&[&[first.as_slice(), &padding].concat()])).expect("unpacked");
        assert_eq!((paths(&unpacked), unpacked.skipped.total), (vec!["a.txt"], 0));
    }
}

#[test]
fn slashes_in_a_row_and_dots_between_them_are_passed_over() {
    let entries = [
        ("src//a.js", b"1".as_slice()),
        ("./src/./b.js", b"2"),
        (".//src///.//c.js", b"3"),
        ("src/a.js", b"4"),
    ];
    for (format, archive) in both(&entries) {
        let unpacked = read(format, &archive).expect("unpacked");
        assert_eq!(paths(&unpacked), ["src/a.js", "src/b.js", "src/c.js"]);
        let first = "src//a.js".to_owned();
        assert_eq!(listed(&unpacked), [("src/a.js", &LeftOut::SamePlace { first })]);
    }
}
