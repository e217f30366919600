//! What is left out, whatever its name.

use super::*;

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
    assert_eq!(left_out(&unpacked), ["link", "hard", "fifo", "device"]);

    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
    zip.start_file("a", SimpleFileOptions::default()).expect("an entry");
    let unpacked = read(Format::Zip, zip.finish().expect("an archive").get_ref()).expect("unpacked");
    assert_eq!((paths(&unpacked), unpacked.skipped.total), (vec!["a"], 1));
}

#[test]
fn a_folder_that_is_named_as_a_file_is_said_to_be_one() {
    let mut zip = evil_zip(&[("d", b""), ("d/x.txt", b"1")]);
    let at = find(&zip, b"PK\x01\x02");
    // The mode is the upper half of the attributes.
    zip[at + 40..at + 42].copy_from_slice(&0o040_755_u16.to_le_bytes());
    let unpacked = read(Format::Zip, &zip).expect("unpacked");
    assert_eq!(paths(&unpacked), ["d/x.txt"]);
    assert_eq!(
        unpacked.skipped.first[0].reason.to_string(),
        "its mode is that of a folder, and its name has no '/' at its end as that of a folder has"
    );
}

#[test]
fn what_desktops_keep_is_left_out_and_a_folder_is_listed_once() {
    let entries = [
        ("shop/.DS_Store", b"1".as_slice()),
        ("shop/src/app.js", b"2"),
        ("shop/src/._app.js", b"3"),
        ("shop/img/Thumbs.db", b"4"),
        ("shop/Desktop.ini", b"5"),
        ("__MACOSX/shop/src/._app.js", b"6"),
        ("__MACOSX/shop/._img", b"7"),
        ("shop/_partial.scss", b"8"),
    ];
    for (format, archive) in both(&entries) {
        let unpacked = read_with(format, &archive, 1, &ArchiveLimits::default()).expect("unpacked");
        assert_eq!(paths(&unpacked), ["src/app.js", "_partial.scss"]);
        assert_eq!(
            left_out(&unpacked),
            ["shop/.DS_Store", "shop/src/._app.js", "shop/img/Thumbs.db", "shop/Desktop.ini", "__MACOSX/"]
        );
        assert!(unpacked.skipped.first.iter().all(|skipped| skipped.reason == LeftOut::Desktop));
    }
}

#[test]
fn what_a_tool_cannot_open_is_named_with_the_method_or_the_password() {
    let mut bzip2 = evil_zip(&[("a", b"1"), ("b", b"2")]);
    // The method of the first entry, in its own header and in the directory.
    let directory = find(&bzip2, b"PK\x01\x02");
    (bzip2[8], bzip2[directory + 10]) = (12, 12);
    let unpacked = read(Format::Zip, &bzip2).expect("unpacked");
    assert_eq!((paths(&unpacked), &unpacked.skipped.first[0].reason), (vec!["b"], &LeftOut::Method("bzip2")));
    let mut encrypted = evil_zip(&[("a", b"1"), ("b", b"2")]);
    (encrypted[6], encrypted[directory + 8]) = (1, 1);
    let unpacked = read(Format::Zip, &encrypted).expect("unpacked");
    assert_eq!((paths(&unpacked), &unpacked.skipped.first[0].reason), (vec!["b"], &LeftOut::Encrypted));
}

#[test]
fn one_file_over_the_limit_keeps_no_other_out() {
    let limits = ArchiveLimits { file: 1000, ..ArchiveLimits::default() };
    for (format, archive) in both(&[("large.bin", &[7; 1001]), ("a", &[7; 1000])]) {
        let unpacked = read_with(format, &archive, 0, &limits).expect("unpacked");
        assert_eq!((paths(&unpacked), left_out(&unpacked)), (vec!["a"], vec!["large.bin"]));
        assert_eq!(unpacked.skipped.first[0].reason, LeftOut::TooLarge(1000));
    }
}

#[test]
fn what_projects_leave_out_is_passed_over_and_top_folders_can_be_stripped() {
    let archive = evil_tar(&[
        ("shop-main/", tar::EntryType::Directory, b""),
        ("shop-main/a", FILE, b"1"),
        ("shop-main/node_modules/x/index.js", FILE, b"1"),
        ("top", FILE, b"1"),
    ]);
    let unpacked = read_with(Format::TarGz, &archive, 1, &ArchiveLimits::default()).expect("unpacked");
    assert_eq!((paths(&unpacked), unpacked.skipped.total), (vec!["a"], 2));
}
