//! What speaks against a reading.

use super::{Reading, plausible::multi_byte, plausible::single_byte};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7, KOI8_R, MACINTOSH,
    SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

/// Encodings of one byte a character that names are in somewhere, more of them than a reading is looked for among.
const ONE_BYTE: [&Encoding; 18] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1253,
    WINDOWS_1254,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_1257,
    WINDOWS_1258,
    WINDOWS_874,
    ISO_8859_2,
    ISO_8859_5,
    ISO_8859_7,
    IBM866,
    KOI8_R,
    MACINTOSH,
    X_MAC_CYRILLIC,
    encoding_rs::KOI8_U,
];
const TWO_BYTES: [&Encoding; 5] = [GBK, SHIFT_JIS, BIG5, EUC_KR, EUC_JP];
/// Letters that say enough by being letters of one script in words.
const ENOUGH: usize = 4;

/// Encodings in which `raw` would be names, and other ones than `text`.
pub(super) fn others(raw: &[u8], text: &str) -> Vec<&'static str> {
    let one = ONE_BYTE
        .into_iter()
        .filter(|encoding| decode(encoding, raw).is_some_and(|other| other != text && single_byte(&other)));
    let two = TWO_BYTES.into_iter().filter(|encoding| {
        decode(encoding, raw)
            .is_some_and(|other| other != text && multi_byte(encoding, raw, &other).is_some())
    });
    let dos = Reading::Dos.decode(raw).filter(|other| other != text && single_byte(other));
    one.chain(two).map(Encoding::name).chain(dos.map(|_| Reading::Dos.name())).collect()
}

/// Whether a text has too few letters beyond ASCII to say what they are.
pub(super) fn is_too_little(text: &str) -> bool {
    text.chars().filter(|letter| !letter.is_ascii()).count() < ENOUGH
}

fn decode(encoding: &'static Encoding, raw: &[u8]) -> Option<String> {
    Some(encoding.decode_without_bom_handling_and_without_replacement(raw)?.into_owned())
}
