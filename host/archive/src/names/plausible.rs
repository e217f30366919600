//! Whether a text looks like names of files: letters of one script, in words, in the usual case.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, SHIFT_JIS};

/// What speaks for a reading in an encoding of two bytes a character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    /// Characters of two bytes.
    pub(super) characters: usize,
    /// Second bytes that are ASCII and have no business beside a letter, a backslash for one.
    pub(super) odd_trails: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Hebrew,
    Arabic,
    Thai,
    EastAsian,
    /// Punctuation that goes with East Asian letters.
    Neutral,
}

fn script(letter: char) -> Option<Script> {
    match letter {
        '\u{d7}' | '\u{f7}' => None,
        '\u{c0}'..='\u{24f}' => Some(Script::Latin),
        '\u{386}'..='\u{3ff}' => Some(Script::Greek),
        '\u{400}'..='\u{4ff}' => Some(Script::Cyrillic),
        '\u{5d0}'..='\u{5ea}' => Some(Script::Hebrew),
        '\u{621}'..='\u{6d2}' => Some(Script::Arabic),
        '\u{e01}'..='\u{e5b}' => Some(Script::Thai),
        '\u{3005}' | '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => {
            Some(Script::EastAsian)
        }
        '\u{3000}'..='\u{301f}' | '\u{ff01}'..='\u{ff5e}' => Some(Script::Neutral),
        _ => None,
    }
}

/// Whether a text in an encoding of one byte a character looks like names.
pub(super) fn single_byte(text: &str) -> bool {
    let mut scripts = text.chars().filter(|letter| !letter.is_ascii()).map(script);
    let Some(Some(first)) = scripts.next() else { return false };
    !matches!(first, Script::EastAsian | Script::Neutral)
        && scripts.all(|other| other == Some(first))
        && !has_stray_mark(text)
        && text.split(|letter: char| !letter.is_alphabetic()).all(|word| is_word(word, first))
}

/// Whether a mark, which Thai has over its letters, is over none.
fn has_stray_mark(text: &str) -> bool {
    let is_mark = |letter: char| !letter.is_ascii() && !letter.is_alphabetic();
    std::iter::once('/')
        .chain(text.chars())
        .zip(text.chars())
        .any(|(before, mark)| is_mark(mark) && before.is_ascii())
}

/// Whether letters may stand together so.
fn is_word(word: &str, script: Script) -> bool {
    let ascii = word.chars().filter(char::is_ascii).count();
    let others = word.chars().count() - ascii;
    if others == 0 {
        return true;
    }
    let mixed = match script {
        // Languages in Latin letters have accents on few of them.
        Script::Latin => others <= ascii + 1,
        _ => ascii == 0,
    };
    let letters: Vec<char> = word.chars().collect();
    let odd_case = letters.windows(2).enumerate().any(|(at, pair)| match pair {
        [before, capital] if before.is_lowercase() && capital.is_uppercase() => {
            !letters.get(at + 2).is_some_and(|after| after.is_lowercase())
        }
        _ => false,
    });
    mixed && !odd_case
}

/// What speaks for `text`, which `raw` is in an encoding of two bytes a character; none if it does not look like names.
pub(super) fn multi_byte(encoding: &'static Encoding, raw: &[u8], text: &str) -> Option<Looks> {
    if !text.chars().filter(|letter| !letter.is_ascii()).all(is_east_asian) || has_lone_letter(text) {
        return None;
    }
    let (mut characters, mut common, mut odd_trails) = (0, 0, 0);
    let mut bytes = raw.iter().copied();
    while let Some(lead) = bytes.next() {
        if lead.is_ascii() {
            continue;
        }
        let trail = bytes.next()?;
        characters += 1;
        common += usize::from(is_common(encoding, lead, trail));
        odd_trails += usize::from(matches!(trail, b'@' | b'['..=b'^' | b'`' | b'{'..=b'~'));
    }
    // An encoding has its rare characters where another one has its common ones.
    (characters > 0 && common * 5 >= characters * 4).then_some(Looks { characters, odd_trails })
}

fn is_east_asian(letter: char) -> bool {
    matches!(script(letter), Some(Script::EastAsian | Script::Neutral))
}

/// Whether a single East Asian letter is amid ASCII letters, which an accent that was misread looks like.
fn has_lone_letter(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| letters.get(place)).copied().unwrap_or('/');
    letters.iter().enumerate().any(|(place, letter)| {
        let (before, after) = (at(place.checked_sub(1)), at(place.checked_add(1)));
        !letter.is_ascii()
            && before.is_ascii()
            && after.is_ascii()
            && (before.is_ascii_alphabetic() || after.is_ascii_alphabetic())
    })
}

/// Whether an encoding has a character there that is in common use.
fn is_common(encoding: &'static Encoding, lead: u8, trail: u8) -> bool {
    if encoding == SHIFT_JIS {
        return matches!(lead, 0x81..=0x83 | 0x88..=0x98);
    }
    if encoding == BIG5 {
        return matches!(lead, 0xA1 | 0xA4..=0xC6);
    }
    let leads = match encoding {
        encoding if encoding == EUC_KR => 0xB0..=0xC8,
        encoding if encoding == EUC_JP => 0xB0..=0xCF,
        _ => 0xB0..=0xF7,
    };
    let kana = encoding == EUC_JP && matches!(lead, 0xA4 | 0xA5);
    trail >= 0xA1 && (leads.contains(&lead) || matches!(lead, 0xA1 | 0xA3) || kana)
}
