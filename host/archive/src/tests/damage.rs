//! What a bit that fell over, or an end that is missing, makes of an archive: never other files without a word.

use super::*;

const FILES: [(&str, &[u8]); 4] = [
    ("src/app.js", b"let sum = 1;\n"),
    ("src/empty", b""),
    ("text.md", b"the same words, the same words, the same words, the same words, the same words\n"),
    ("z", b"\x00\x01\x02"),
];

/// A damaged archive is refused, or brings in the files as they were but for those that it lists.
fn check(format: Format, damaged: &[u8], what: &str) {
    let Ok(unpacked) = read(format, damaged) else { return };
    for file in &unpacked.files {
        let whole = FILES.iter().find(|(path, _)| *path == file.path.as_str());
        assert_eq!(whole.map(|(_, content)| *content), Some(file.content.as_slice()), "{what}: {file:?}");
    }
    let missing = FILES.len() - unpacked.files.len();
    assert!(unpacked.skipped.total >= missing, "{what}: {missing} files are gone: {unpacked:?}");
}

fn each_damage(format: Format, whole: &[u8]) {
    assert_eq!(read(format, whole).expect("unpacked").files.len(), FILES.len());
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.to_vec();
            damaged[at] ^= 1 << bit;
            check(format, &damaged, &format!("bit {bit} of byte {at}"));
        }
        let cut = read(format, &whole[..at]);
        assert!(cut.is_err(), "cut off at {at} of {}: {cut:?}", whole.len());
    }
}

/// Entries stored or deflated, with sizes ahead or behind.
fn zip(method: zip::CompressionMethod, streamed: bool) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(method);
    fn fill<W: Write + std::io::Seek>(mut zip: ZipWriter<W>, options: SimpleFileOptions) -> W {
        for (name, content) in FILES {
            zip.start_file(name, options).expect("an entry");
            zip.write_all(content).expect("content");
        }
        zip.finish().expect("an archive")
    }
    match streamed {
        false => fill(ZipWriter::new(Cursor::new(Vec::new())), options).into_inner(),
        true => fill(ZipWriter::new_stream(Vec::new()), options).into_inner(),
    }
}

#[test]
fn no_bit_of_a_tar_gz_file_changes_a_file_without_a_word() {
    let files = FILES.map(|(name, content)| (name, FILE, content));
    each_damage(Format::TarGz, &evil_tar(&files));
}

#[test]
fn no_bit_of_a_zip_file_changes_a_file_without_a_word() {
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        for streamed in [false, true] {
            each_damage(Format::Zip, &zip(method, streamed));
        }
    }
}

#[test]
fn the_archive_within_one_that_was_cut_off_is_not_taken_for_it() {
    let inner = evil_zip(&[("inner.txt", b"1")]);
    let mut outer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    outer.start_file("inner.zip", stored).expect("an entry");
    outer.write_all(&inner).expect("content");
    let outer = outer.finish().expect("an archive").into_inner();
    assert_eq!(paths(&read(Format::Zip, &outer).expect("unpacked")), ["inner.zip"]);
    for end in 1..outer.len() {
        let cut = read(Format::Zip, &outer[..end]);
        assert!(cut.is_err(), "cut off at {end}: {cut:?}");
    }
    let two = [inner.as_slice(), &evil_zip(&[("second.txt", b"2")])].concat();
    assert!(matches!(read(Format::Zip, &two), Err(ArchiveError::Broken(_))));
}

#[test]
fn a_program_in_front_of_a_zip_file_is_passed_over() {
    let program = [b"#!/bin/sh\nexec unzip\n".as_slice(), &evil_zip(&[("a", b"1")])].concat();
    assert_eq!(paths(&read(Format::Zip, &program).expect("unpacked")), ["a"]);
}

#[test]
fn the_check_sum_of_each_member_counts_and_zeros_behind_the_last_are_padding() {
    let whole = evil_tar(&[("a", FILE, b"1")]);
    let padded = [whole.as_slice(), &[0; 1000]].concat();
    assert_eq!(paths(&read(Format::TarGz, &padded).expect("unpacked")), ["a"]);
    let more = [whole.as_slice(), b"more"].concat();
    assert!(matches!(read(Format::TarGz, &more), Err(ArchiveError::Broken(_))));
    let mut second = [whole.as_slice(), &evil_tar(&[("b", FILE, b"1")])].concat();
    assert_eq!(left_out(&read(Format::TarGz, &second).expect("unpacked")), ["b"]);
    let sum = second.len() - 6;
    second[sum] ^= 1;
    assert!(matches!(read(Format::TarGz, &second), Err(ArchiveError::Broken(_))));
}

#[test]
fn zip64_is_read() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a", SimpleFileOptions::default().large_file(true)).expect("an entry");
    zip.write_all(b"1").expect("content");
    assert_eq!(
        paths(&read(Format::Zip, zip.finish().expect("an archive").get_ref()).expect("unpacked")),
        ["a"]
    );
}

#[test]
fn a_tar_file_that_was_cut_before_it_was_packed_is_refused() {
    let files = FILES.map(|(name, content)| (name, FILE, content));
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(evil_tar(&files).as_slice()).read_to_end(&mut plain).expect("unpacked");
    let end = plain.len() - 1024;
    assert!(plain[end..].iter().all(|byte| *byte == 0), "two blocks end it");
    for at in 1..=end {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(&plain[..at]).expect("packed");
        let cut = read(Format::TarGz, &gz.finish().expect("packed"));
        assert!(cut.is_err(), "cut off at {at} of {end}: {cut:?}");
    }
}
