//! What a line by itself is a sign of.

use super::{blocks, dress, marks, sections};
use orchestrator_answer::tag;

const CHANGE: &str = "looks like a part of a change, and belongs to no hunk: write it below a '@@' line of its file, every line \
                      with ' ', '+' or '-'";
const DRESSED: &str = "is of a patch, but not as it has to be written: begin each line of it at the margin, without marks of a \
                       quotation or a list, and write its markers by the letter";

/// What a line of prose is a sign of, as the end of a sentence about it. `plain` says that lines which begin with `-`
/// and `+` mean nothing here.
pub(super) fn sign(line: &[u8], next: &[u8], plain: bool) -> Option<&'static str> {
    if is_block_marker(line) {
        return Some(
            "is a marker of a search/replace block and belongs to none: write '<<<<<<< SEARCH', '=======' and '>>>>>>> \
             REPLACE', each once for a block; send lines that look like markers in a diff",
        );
    }
    if is_conflict_marker(line) {
        return Some(
            "is a marker of a merge conflict, which is no patch: send a diff, or search/replace blocks with '<<<<<<< SEARCH' \
             and '>>>>>>> REPLACE'",
        );
    }
    if line.starts_with(b"@@") {
        return Some(
            "is the header of a hunk that could not be read: begin with '--- a/path' and '+++ b/path'",
        );
    }
    if sections::is_marker(line) {
        return Some(
            "is of the '*** Begin Patch' format and could not be read: send a unified diff with '--- a/path' and '+++ b/path'",
        );
    }
    let inner = line.trim_ascii_start();
    if inner.len() < line.len() && (is_block_marker(inner) || sections::is_marker(inner)) {
        return Some(
            "is a marker of a patch behind blanks, so how far the lines below it are indented cannot be told: begin every \
             marker at the margin",
        );
    }
    if is_context_diff(line, next) {
        return Some("is of a context diff: send a unified diff with '--- a/path', '+++ b/path' and '@@'");
    }
    if is_normal_diff(line, next) {
        return Some(
            "is of a diff without context: send a unified diff with '--- a/path', '+++ b/path' and '@@'",
        );
    }
    if is_name_pair(line, next) {
        return Some(
            "is the header of a file that has no hunk below it: write '@@' and the lines that change",
        );
    }
    if std::str::from_utf8(line).ok().and_then(tag::named_in).is_some() {
        return Some(
            "is a tag as whole files are written with, where a patch is read: send all of it as a diff",
        );
    }
    (!plain && is_change(line, next)).then_some(CHANGE)
}

/// Whether a line is a marker that begins or ends a search/replace block, in any dialect.
pub(super) fn is_block_marker(line: &[u8]) -> bool {
    blocks::opens(line) || blocks::closes(line)
}

fn is_conflict_marker(line: &[u8]) -> bool {
    let run = |mark: u8| line.iter().take_while(|byte| **byte == mark).count() == 7;
    (run(b'<') || run(b'>')) && matches!(line.get(7), None | Some(b' ' | b'\r'))
}

fn is_context_diff(line: &[u8], next: &[u8]) -> bool {
    line.starts_with(b"***************")
        || (line.starts_with(b"*** ") && (line.ends_with(b" ****") || next.starts_with(b"--- ")))
}

/// `3,4c5` and then `< ` or `> `.
fn is_normal_diff(line: &[u8], next: &[u8]) -> bool {
    let numbers =
        |text: &[u8]| text.iter().all(|byte| byte.is_ascii_digit() || *byte == b',') && !text.is_empty();
    let Some(at) = line.iter().position(|byte| matches!(byte, b'a' | b'c' | b'd')) else { return false };
    let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
    numbers(before) && numbers(after.trim_ascii_end()) && (next.starts_with(b"< ") || next.starts_with(b"> "))
}

fn is_name_pair(line: &[u8], next: &[u8]) -> bool {
    let named = |line: &[u8]| line.len() > 4 && !line.ends_with(b" ---");
    (line.starts_with(b"--- ") && next.starts_with(b"+++ ")
        || line.starts_with(b"+++ ") && next.starts_with(b"--- "))
        && named(line)
        && named(next)
}

/// Whether a line that begins with `+` or `-` is one of a change rather than of a list, a table, a number or a rule.
pub(super) fn is_change(line: &[u8], next: &[u8]) -> bool {
    let Some((sign @ (b'+' | b'-'), text)) = line.split_first() else { return false };
    let rest = text.trim_ascii();
    let drawn = |byte: &u8| matches!(byte, b'-' | b'+' | b'=' | b'|' | b' ' | b'>' | b'<' | b'*');
    // A heading between lines that are drawn.
    let titled = line.starts_with(b"--- ") && rest.ends_with(b" ---");
    if rest.is_empty() || rest.iter().all(drawn) || titled {
        return false;
    }
    if text.first() == Some(&b' ') {
        // An item of a list; but one that is replaced at once is none, and neither is code that is indented.
        let item = |line: &[u8]| line.get(1..).is_some_and(is_sentence);
        let ends_in = |marks: &[u8]| rest.last().is_some_and(|last| marks.contains(last));
        let said = rest.first().is_some_and(|first| b"`*".contains(first));
        let statement = ends_in(b";{}") && !said && rest.iter().any(|byte| b"=(){}[]".contains(byte));
        let code = statement || text.starts_with(b"  ") && ends_in(b";{}(),:>");
        return match sign {
            b'+' => code || !item(line),
            _ if code || text.starts_with(b" * ") => true,
            _ => next.starts_with(b"+") && !next.starts_with(b"+-") && !(item(line) && item(next)),
        };
    }
    let digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'%' | b':' | b'/');
    // What has a digit; two slashes begin a comment.
    let mut figure = rest.iter().take_while(|byte| !byte.is_ascii_whitespace());
    let number = figure.clone().any(u8::is_ascii_digit) && figure.all(digit);
    // Two hyphens and a letter are an option of a command.
    let option = text.first() == Some(&b'-') && text.get(1).is_some_and(u8::is_ascii_alphabetic);
    let replaced = *sign == b'-' && next.starts_with(b"+");
    replaced || !(number || option && *sign == b'-')
}

/// Whether an item of a list is a sentence, as in `+ It is faster.`
fn is_sentence(text: &[u8]) -> bool {
    let words = text.trim_ascii();
    text.starts_with(b" ")
        && words.first().is_some_and(|first| first.is_ascii_uppercase() || matches!(first, b'*' | b'`'))
        && words.contains(&b' ')
        && words.last().is_some_and(|last| b".!?:*)`".contains(last))
}

/// What a line is a sign of below what is put around it, or in a form that is not read. `plain` as for [`sign`]; `heads`
/// says that the header of a file follows.
pub(super) fn dressed_sign(line: &[u8], next: &[u8], plain: bool, heads: bool) -> Option<&'static str> {
    if line.trim_ascii().is_empty() {
        return None;
    }
    let after = dress::layers(next);
    let follows = |start: &[u8]| after.iter().any(|next| next.starts_with(start));
    for (layer, text) in dress::layers(line).iter().enumerate() {
        let (text, is_dressed) = (text.as_slice(), layer > 0 || *text != *line);
        let is_part = marks::is_block(text)
            || is_conflict_marker(text)
            || marks::is_section(text)
            || marks::is_header(text)
            || marks::is_tool(text)
            || text.starts_with(b"\"old_str") && !next.is_empty()
            || text.starts_with(b"rename from ") && follows(b"rename to ")
            || text.starts_with(b"copy from ") && follows(b"copy to ")
            || marks::is_command(text) && !plain && !heads
            || is_dressed && marks::is_hunk(text)
            || is_dressed && text.starts_with(b"--- ") && follows(b"+++ ") && !text.ends_with(b" ---");
        if is_part {
            return Some(DRESSED);
        }
        let replaced = after.iter().any(|next| is_replaced(text, next, plain));
        let numbered =
            !plain && marks::behind_number(text) == Some(b'-') && marks::behind_number(next) == Some(b'+');
        if replaced || numbered {
            return Some(CHANGE);
        }
    }
    None
}

/// Whether a line with `-` is replaced by the one with `+` that follows, whatever they stand in.
fn is_replaced(line: &[u8], next: &[u8], plain: bool) -> bool {
    let (Some(old), Some(new)) = (line.strip_prefix(b"-"), next.strip_prefix(b"+")) else { return false };
    let both = |is: &dyn Fn(&[u8]) -> bool| is(old.trim_ascii()) && is(new.trim_ascii());
    let worded = |text: &[u8]| text.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    if !both(&worded) {
        return false;
    }
    let tight = |text: &[u8]| !text.starts_with(b" ") && !text.starts_with(b"-") && !text.starts_with(b"+");
    if tight(old) && tight(new) {
        let code = |text: &[u8]| text.iter().any(|byte| b";{}()=:\"'".contains(byte));
        return !plain || code(old) || code(new);
    }
    let ends = if plain { &b";"[..] } else { b";{}" };
    let statement = |text: &[u8]| text.last().is_some_and(|last| ends.contains(last));
    let ticked = |text: &[u8]| {
        text.len() > 2
            && text.iter().filter(|byte| **byte == b'`').count() == 2
            && text.first() == Some(&b'`')
            && text.last() == Some(&b'`')
    };
    both(&statement) || both(&ticked)
}
