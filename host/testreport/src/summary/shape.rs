//! A line without what stands around its counts.

/// What tools write before a line, to say how grave it is or who wrote it.
const TAGS: [&str; 7] = ["[INFO]", "[ERROR]", "[WARNING]", "[info]", "[error]", "[warn]", "[doctest]"];

/// The line without a tag.
pub(crate) fn untagged(line: &str) -> &str {
    TAGS.iter().find_map(|tag| line.strip_prefix(tag)).unwrap_or(line).trim_start()
}

/// The line without bars, marks and tags around it, and whether there were bars.
pub(super) fn undecorated(line: &str) -> (&str, bool) {
    let barred = line.starts_with("==") || line.starts_with("= ");
    let mut line = line.trim_matches(['=', '-', '*', '─', '━', '│', ' ', '\u{feff}']);
    line = untagged(line);
    let in_brackets = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let line = in_brackets.unwrap_or(line).trim();
    let marks = |c: char| !c.is_alphanumeric() && !"([#".contains(c);
    (line.trim_start_matches(marks), barred)
}

/// The line before its ` in 0.12s` or ` : 0.12 seconds`, and whether it had one.
pub(super) fn without_time(line: &str) -> (String, bool) {
    let is_time = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['s', ':']);
    let parted = line.rsplit_once(" in ").or_else(|| line.rsplit_once(" : "));
    match parted.filter(|(_, after)| is_time(after)) {
        Some((before, _)) => (before.to_owned(), true),
        None => (line.to_owned(), false),
    }
}

/// The line without what stands in parentheses, and what stood in the first of them.
pub(super) fn without_parentheses(line: &str) -> (String, Option<String>) {
    let (mut text, mut inside, mut depth) = (String::with_capacity(line.len()), String::new(), 0_u32);
    let mut groups = 0_u32;
    for letter in line.chars() {
        match letter {
            '(' => {
                depth = depth.saturating_add(1);
                groups = groups.saturating_add(1);
            }
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => text.push(letter),
            _ if groups == 1 => inside.push(letter),
            _ => {}
        }
    }
    (text.trim().to_owned(), Some(inside).filter(|inside| !inside.is_empty()))
}
