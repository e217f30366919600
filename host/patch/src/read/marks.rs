//! Marks of a change, in any form in which one meets them: the markers of blocks, the lines that begin the parts of a
//! diff, those of `apply_patch`, tags that enclose what is looked for and what comes in its place.
//!
//! None of this is read. What is read is read elsewhere, by the letter; here it is only recognized, so that what was
//! meant for a change and is none refuses the patch.

/// What the lines below a `<<<` or `>>>` marker are, in any dialect.
const WORDS: [&str; 6] = ["search", "replace", "original", "updated", "find", "modified"];

/// What a section of `apply_patch` may be called.
const VERBS: [&str; 9] =
    ["update", "add", "delete", "remove", "move", "rename", "create", "modify", "change"];

/// Whether a line is a marker of a block: three signs or more, then a word.
pub(super) fn is_block(line: &[u8]) -> bool {
    let Some(mark) = line.first().copied().filter(|mark| b"<>=-+".contains(mark)) else { return false };
    let mut length = 0;
    let mut rest = line;
    while let Some(after) = rest.trim_ascii_start().strip_prefix(&[mark]) {
        length += 1;
        rest = after;
    }
    if length < 3 {
        return false;
    }
    let rest = rest.trim_ascii_start().trim_ascii_end();
    let word_end = rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (word, after) = rest.split_at(word_end);
    let upper = word.iter().all(u8::is_ascii_uppercase);
    let known = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    let ends = after.iter().all(|byte| b"<>=-+*:.` ".contains(byte));
    let spoken = after.first().is_some_and(|byte| b"(.[=".contains(byte));
    match mark {
        // A shell's or a language's own text begins otherwise, and `>>>` is the prompt of one.
        b'<' => known && !spoken || length == 7 && word == b"HEAD",
        b'>' => known && ends && (upper || length > 3),
        _ => known && ends && upper,
    }
}

/// Whether a line that is as good as alone has one of `words`, as a heading or a label: `[SEARCH]`, `### Search`.
pub(super) fn is_label(line: &[u8], words: &[&str]) -> bool {
    let bare = |byte: &u8| b"#[]<>*_`:=- ".contains(byte);
    if line.len() > 60 || !line.first().is_some_and(|first| bare(first) || first.is_ascii_uppercase()) {
        return false;
    }
    let from = line.iter().position(|byte| !bare(byte)).unwrap_or(line.len());
    let to = line.iter().rposition(|byte| !bare(byte)).map_or(from, |at| at + 1);
    let word = line.get(from..to).unwrap_or_default();
    let marked = to - from < line.trim_ascii().len() || word.iter().all(u8::is_ascii_uppercase);
    marked && words.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether a line is one of `apply_patch`, or would be but for its case, its colon or how many asterisks it has.
pub(super) fn is_section(line: &[u8]) -> bool {
    let stars = line.iter().take_while(|byte| **byte == b'*').count();
    if stars < 3 {
        return false;
    }
    let rest = line.get(stars..).unwrap_or_default();
    let apart = rest.starts_with(b" ") || !rest.ends_with(b"*");
    let text = String::from_utf8_lossy(rest).to_ascii_lowercase();
    let mut words =
        text.split(|c: char| c.is_whitespace() || c == ':' || c == '*').filter(|word| !word.is_empty());
    let (Some(first), second, third) = (words.next(), words.next(), words.next()) else { return false };
    let goes = matches!(first, "delete" | "remove" | "move" | "rename");
    if !(apart || goes && text.contains(':')) {
        return false;
    }
    match (first, second) {
        ("begin" | "end", Some("patch")) => third.is_none(),
        ("end", Some("of")) => third == Some("file"),
        ("move" | "rename", Some("to")) => text.contains("to:") || third.is_some_and(looks_like_path),
        (verb, Some("file")) if VERBS.contains(&verb) => {
            let titled = rest.windows(6).any(|part| part == b" File ") && words.next().is_none();
            third.is_some_and(|third| text.contains("file:") || titled || looks_like_path(third))
        }
        _ => false,
    }
}

/// Whether a line is of a diff's header, of the kinds that have no hunks.
pub(super) fn is_header(line: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let mode = |rest: &str| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let hash = |word: &str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(rest) = text.strip_prefix("Binary files ") {
        return rest.ends_with(" differ") && rest.contains(" and ");
    }
    if let Some(rest) = text.strip_prefix("Submodule ") {
        return rest.split([' ', ':']).any(|word| word.split("..").all(|part| hash(part.trim_matches('.'))));
    }
    ["new file mode ", "deleted file mode ", "old mode ", "new mode "]
        .iter()
        .any(|start| text.strip_prefix(start).is_some_and(mode))
        || text.starts_with("diff --git ")
        || text.starts_with("diff --cc ")
        || text == "GIT binary patch"
        || text.strip_prefix("Subproject commit ").is_some_and(hash)
}

/// Whether a line is what `diff` says before it says how two files differ, as in `diff -u a/x b/x`.
pub(super) fn is_command(line: &[u8]) -> bool {
    let Some(rest) = std::str::from_utf8(line).ok().and_then(|text| text.strip_prefix("diff ")) else {
        return false;
    };
    let names: Vec<&str> = rest.split_whitespace().filter(|word| !word.starts_with('-')).collect();
    matches!(names.as_slice(), [old, new] if looks_like_path(old) && looks_like_path(new))
}

fn looks_like_path(text: &str) -> bool {
    text == "/dev/null" || orchestrator_answer::name::looks_like_path(text.trim_matches('"'))
}

/// Whether a line begins a hunk, and nothing else can: text after the signs may be a name in another language.
pub(super) fn is_hunk(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"@@") else { return false };
    let rest = rest.trim_ascii();
    let numbers = |sign: u8| rest.first() == Some(&sign) && rest.get(1).is_some_and(u8::is_ascii_digit);
    rest.is_empty() || numbers(b'-') || numbers(b'+') || rest.ends_with(b"@@")
}

/// Whether a line is a tag of a tool that edits files, which needs no second to be known.
pub(super) fn is_tool(line: &[u8]) -> bool {
    const TOOLS: &str = "edit str_replace str_replace_editor apply_patch apply_diff edit_file write_to_file \
                         write_file insert_content replace_in_file search_replace search_and_replace old_str \
                         old_string new_str new_string file_edit delete_file";
    tag(line).is_some_and(|tag| TOOLS.split_ascii_whitespace().any(|known| tag.eq_ignore_ascii_case(known)))
}

/// The name of the tag that a line begins with, if nothing but its attributes or its content is on the line.
pub(super) fn tag(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix('<')?;
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'))?;
    let (name, rest) = text.split_at_checked(end)?;
    (!name.is_empty() && rest.starts_with(['>', ' ']) && rest.contains('>')).then_some(name)
}

/// The sign of a line that has its number before it, as in ` 12 - let a;` or `12 | +let a;`.
pub(super) fn behind_number(line: &[u8]) -> Option<u8> {
    let text = line.trim_ascii_start();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.get(digits..).filter(|_| (1..=6).contains(&digits))?;
    let mut rest = rest.trim_ascii_start();
    // A second number, or a line between the numbers and the text.
    let second = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if second > 0 && second <= 6 {
        rest = rest.get(second..).unwrap_or_default().trim_ascii_start();
    }
    for line in ["|", ":", "│"] {
        rest = rest.strip_prefix(line.as_bytes()).unwrap_or(rest);
    }
    let rest = rest.trim_ascii_start();
    let sign = rest.first().copied().filter(|sign| matches!(sign, b'-' | b'+'))?;
    rest.get(1..).is_some_and(|text| !text.trim_ascii().is_empty()).then_some(sign)
}
