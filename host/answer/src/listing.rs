//! Lines that carry their numbers: a listing of a file, and not the file.
//!
//! Models are shown files with numbers before their lines and write them so. The numbers would get into the file.

/// Why a listing is refused, as a sentence for whoever wrote it.
pub const NUMBERED: &str = "all of its lines begin with their numbers: write the file without line numbers";
/// Signs of which code has some in any language.
const CODE_SIGNS: [char; 15] = ['(', ')', '{', '}', '[', ']', ';', '=', '<', '>', '#', '"', '\'', ':', '/'];

/// The lines without the numbers that all of them begin with, each one more than that before it.
#[must_use]
pub fn numbered<'t>(path: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let is_yaml = [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending));
    let mut last: Option<(u64, char)> = None;
    let mut blanks = 0;
    let mut bare = Vec::new();
    for line in text.lines() {
        // Some tools leave blank lines without a number, and some of those count them.
        if line.trim().is_empty() {
            blanks += 1;
            continue;
        }
        let (number, mark, rest) = behind_number(line)?;
        let goes_on = last.is_none_or(|(before, same)| {
            let step = number.saturating_sub(before);
            mark == same && (step == 1 || step == blanks + 1)
        });
        // In YAML a number with a colon is a key.
        if !goes_on || is_yaml && mark == ':' {
            return None;
        }
        last = Some((number, mark));
        blanks = 0;
        bare.push(rest);
    }
    // A table has numbers as well, and words; code has signs.
    let is_code = bare.iter().any(|line| line.contains(CODE_SIGNS));
    let least = if last.is_some_and(|(_, mark)| is_strong(mark)) { 2 } else { 3 };
    (bare.len() >= least && is_code).then_some(bare)
}

/// Whether a mark behind a number is hardly anything but a listing's.
pub(crate) fn is_strong(mark: char) -> bool {
    !matches!(mark, '.' | ')' | ']' | ' ')
}

/// A line's number, what stands between it and the line, and the line.
fn number_of(line: &str) -> Option<(u64, char, &str)> {
    let line = line.trim_start_matches([' ', '\t']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits)?;
    let number = number.parse().ok()?;
    let blanks = rest.trim_start_matches(' ');
    let mark = blanks.chars().next()?;
    if !matches!(mark, '|' | '│' | '┃' | '¦' | '\t' | '→' | '⇥' | ':')
        || mark == ':' && blanks.len() != rest.len()
    {
        return None;
    }
    let rest = blanks.get(mark.len_utf8()..)?;
    // `1::2` and `1||2` are expressions.
    (!rest.starts_with(mark) || mark == '\t').then(|| (number, mark, rest.strip_prefix(' ').unwrap_or(rest)))
}

/// As [`number_of`], in the forms that other texts have as well: `1. `, `1) `, `[1] `, `L1: `, and blanks alone. None of
/// them is enough where not every line has one.
pub(crate) fn behind_number(line: &str) -> Option<(u64, char, &str)> {
    let start = line.trim_start_matches([' ', '\t']);
    let bare = start.strip_prefix(['L', 'l', '[', '(']).unwrap_or(start);
    let found = number_of(bare);
    if found.is_some() && !start.starts_with(['[', '(']) {
        return found;
    }
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = bare.split_at_checked(digits)?;
    let number = number.parse().ok()?;
    let mark = rest.chars().next()?;
    let closes = match start.chars().next()? {
        '[' => mark == ']',
        '(' => mark == ')',
        'L' | 'l' => false,
        _ => matches!(mark, '.' | ')'),
    };
    let after = if closes { rest.get(1..)? } else { rest };
    match after.strip_prefix(' ') {
        Some(text) if closes => Some((number, mark, text)),
        Some(text) if mark == ' ' && text.starts_with(' ') => {
            Some((number, mark, text.strip_prefix(' ').unwrap_or(text)))
        }
        // A blank line of the listing.
        _ => after.is_empty().then_some((number, mark, after)),
    }
}
