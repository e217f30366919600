//! Names as systems wrote them before UTF-8.

use super::*;
use proptest::prelude::*;

/// What the names are read as, all together; none where their encoding cannot be told.
fn read(dos: bool, names: &[&[u8]]) -> Option<(&'static str, Vec<String>)> {
    let mut foreign = Foreign::default();
    names.iter().for_each(|name| foreign.note(name));
    let names_of = foreign.conclude(dos);
    let texts =
        names.iter().map(|name| names_of.read(name).ok().map(|name| name.text)).collect::<Option<_>>()?;
    Some((names_of.guess().map_or("UTF-8", |guess| guess.encoding), texts))
}

fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "{text} in {}", encoding.name());
    bytes.into_owned()
}

#[test]
fn names_are_read_in_the_encoding_that_they_were_written_in() {
    let cases: [(&'static Encoding, &[&str]); 14] = [
        (GBK, &["项目/使用说明.md", "项目/图片/封面.txt"]),
        (GBK, &["测试文件.txt"]),
        (SHIFT_JIS, &["日本語.txt"]),
        (SHIFT_JIS, &["テスト.md"]),
        (SHIFT_JIS, &["表示/ソース.js"]),
        (BIG5, &["功能說明/檔案清單.txt"]),
        (EUC_KR, &["한국어/설명서입니다.md"]),
        (EUC_JP, &["日本語の説明書.txt", "ソースコード.c"]),
        (WINDOWS_1252, &["café.txt", "cafè.txt"]),
        (WINDOWS_1252, &["über/Müller.md"]),
        (WINDOWS_1252, &["Straße.md"]),
        (WINDOWS_1251, &["Привет.txt", "Отчёт.md"]),
        (IBM866, &["Документы/отчет.txt"]),
        (IBM866, &["файл.txt"]),
    ];
    for (encoding, names) in cases {
        let raw: Vec<_> = names.iter().map(|name| encoded(encoding, name)).collect();
        let raw: Vec<&[u8]> = raw.iter().map(Vec::as_slice).collect();
        let (read_as, texts) =
            read(false, &raw).unwrap_or_else(|| panic!("{names:?} in {}", encoding.name()));
        assert_eq!(texts, names, "in {read_as}");
        assert_eq!(read_as, encoding.name(), "{names:?}");
    }
}

#[test]
fn accents_of_old_windows_tools_are_letters_and_not_kanji() {
    for (raw, text) in [
        (b"\x81ber.txt".as_slice(), "über.txt"),
        (b"caf\x82.txt", "café.txt"),
        (b"sch\x94n.txt", "schön.txt"),
        (b"Gr\x94\xE1e.md", "Größe.md"),
        (b"fa\x87ade/a\x87\xC6o.js", "façade/ação.js"),
    ] {
        assert_eq!(read(true, &[raw]), Some(("CP850", vec![text.to_owned()])));
    }
}

#[test]
fn what_could_be_either_is_not_guessed() {
    // Two letters of Cyrillic, or one of Chinese.
    assert_eq!(read(true, &[b"\xce\xc4.txt"]), None);
    // Two encodings in one archive.
    assert_eq!(read(false, &[&encoded(GBK, "说明文件.md"), &encoded(WINDOWS_1252, "café.md")]), None);
    assert_eq!(read(true, &[b"\xb0\xb1\xb2\xdb.txt"]), None, "frames");
}

/// Names of one archive each, as people in many places have them.
const NAMES: [(&[&Encoding], &[&str]); 8] = [
    (
        &[KOI8_R, WINDOWS_1251, IBM866, encoding_rs::ISO_8859_5, encoding_rs::X_MAC_CYRILLIC],
        &[
            "привет.txt",
            "Привет.txt",
            "Отчёт за май.docx",
            "ОТЧЕТ.md",
            "да.txt",
            "Документы/план.txt",
            "фото.jpg",
        ],
    ),
    (
        &[WINDOWS_1253, encoding_rs::ISO_8859_7],
        &["καλημέρα.txt", "Αρχείο.md", "ΑΡΧΕΙΟ.txt", "Ελλάδα/χάρτης.png", "το.txt", "έγγραφο.doc"],
    ),
    (
        &[WINDOWS_1252, encoding_rs::MACINTOSH, encoding_rs::WINDOWS_1254],
        &[
            "café.txt",
            "Übung.md",
            "señor.js",
            "garçon.txt",
            "Ærø.txt",
            "naïve/façade.ts",
            "ÜBER.md",
            "été.txt",
        ],
    ),
    (
        &[WINDOWS_1250, encoding_rs::ISO_8859_2],
        &["Příliš.txt", "žluťoučký kůň.md", "zażółć gęślą.txt", "őrült.js", "čaj.txt"],
    ),
    (&[encoding_rs::WINDOWS_1254], &["İstanbul.txt", "şarkı.md", "ağaç.js"]),
    (&[encoding_rs::WINDOWS_1255], &["שלום.txt", "מסמך.md"]),
    (&[encoding_rs::WINDOWS_1256], &["مرحبا.txt", "ملف.md"]),
    (&[encoding_rs::WINDOWS_874], &["สวัสดี.txt", "ไฟล์.md"]),
];

#[test]
fn a_name_is_read_rightly_or_left_out_or_said_to_be_doubtful() {
    let (mut all, mut wrong, mut certain) = (0, Vec::new(), 0);
    for (encodings, names) in NAMES {
        for (encoding, name) in
            encodings.iter().flat_map(|encoding| names.iter().map(move |name| (encoding, name)))
        {
            let (raw, _, lossy) = encoding.encode(name);
            if lossy {
                continue;
            }
            all += 1;
            for dos in [false, true] {
                let mut foreign = Foreign::default();
                foreign.note(&raw);
                let names = foreign.conclude(dos);
                let Some(guess) = names.guess().filter(|guess| !guess.doubtful) else { continue };
                certain += 1;
                match names.read(&raw) {
                    Ok(read) if read.text == *name => {}
                    _ => wrong.push((encoding.name(), *name, guess)),
                }
            }
        }
    }
    assert!(all > 60 && certain > 10, "{all} {certain}");
    assert!(wrong.is_empty(), "{} of {all}, {certain} certain: {wrong:#?}", wrong.len());
}

#[test]
fn a_name_in_utf8_stays_whatever_the_others_are() {
    let utf8 = "文档/说明.md";
    assert_eq!(read(true, &[utf8.as_bytes()]), Some(("UTF-8", vec![utf8.to_owned()])));
    let both = read(false, &[utf8.as_bytes(), b"caf\xe9.txt"]).map(|(_, texts)| texts);
    assert_eq!(both, Some(vec![utf8.to_owned(), "café.txt".to_owned()]));
}

#[test]
fn a_name_that_cannot_be_read_is_spelled_out() {
    let name = Names::default().read(b"caf\xe9.txt");
    assert_eq!(name.err().as_deref(), Some("caf\\xe9.txt"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(names in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..8), dos in any::<bool>()) {
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        if let Some((encoding, texts)) = read(dos, &names) {
            prop_assert_eq!(texts.len(), names.len());
            prop_assert!(!encoding.is_empty());
        }
    }
}
