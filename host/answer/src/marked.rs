//! Lines that came with something around them that is no part of a file: a listing's numbers, the marks of a quotation or
//! of emphasis, entities, a remark that points to the line.
//!
//! One line may have such a mark as its own, and a file may hold such lines. So what counts is that all lines that came
//! have the mark, or that it stands where a file of its kind cannot have it; and that the file has no such line already.

use crate::{
    kind::Kind,
    listing::{NUMBERED, behind_number, is_strong},
};

const QUOTED: &str = "all of its lines begin with '> ', as in a quotation: write the lines without it";
const EMPHASIZED: &str =
    "a line of it is in '**' or '~~', as emphasis is in Markdown: write the line without it";
const ENTITIES: &str = "'<', '>' and '&' are written as '&lt;', '&gt;' and '&amp;': write them as they are";
const POINTED_AT: &str =
    "a line of it ends in an arrow with a remark ('<-- changed'): write the line without it";
const IN_ONE_LINE: &str =
    "all of it is one line, with '\\n' in place of line breaks: write the lines of the file";
const BREAKS: &str = "a line of it has '\\n' in place of line breaks: write the lines one by one";

/// Says what the lines that `came` into the file `path`, which had `old`, have around them. They come in one piece.
#[must_use]
pub fn foreign(path: &str, old: &str, came: &[&str]) -> Option<&'static str> {
    let full: Vec<&str> = came.iter().copied().filter(|line| !line.trim().is_empty()).collect();
    if full.is_empty() {
        return None;
    }
    if Kind::of(path, !old.is_empty()) != Kind::Code {
        let is_one = old.is_empty() && Kind::is_prose(path) && are_sentences_in_one_line(&full);
        return is_one.then_some(IN_ONE_LINE);
    }
    let is_new = |has: fn(&str) -> bool| !old.lines().any(has);
    if let Some(mark) = numbers(path, &full, old.is_empty()) {
        let is_so = |line: &str| behind_number(line).is_some_and(|(_, same, _)| same == mark);
        return (!old.lines().any(is_so)).then_some(NUMBERED);
    }
    if are_quoted(&full) && is_new(|line| line.starts_with("> ")) {
        return Some(QUOTED);
    }
    let any = |has: fn(&str) -> bool| full.iter().any(|line| has(line)) && is_new(has);
    match () {
        () if any(is_emphasized) => Some(EMPHASIZED),
        () if any(has_entities) && is_new(names_entity) => Some(ENTITIES),
        () if any(is_pointed_at) => Some(POINTED_AT),
        () if old.is_empty() && is_in_one_line(&full) => Some(IN_ONE_LINE),
        () if !old.is_empty() && any(has_breaks_written_out) => Some(BREAKS),
        () => None,
    }
}

/// The mark behind the numbers that all lines carry, each more than that before it. A file may have such lines of its
/// own: then what is behind the numbers is not indented, the lines themselves are, and a number may follow.
fn numbers(path: &str, lines: &[&str], are_all: bool) -> Option<char> {
    let is_yaml = [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending));
    let (mut last, mut is_listing): (Option<(u64, char)>, bool) = (None, false);
    for line in lines {
        let (number, mark, rest) = behind_number(line)?;
        // Lines that stay may be between them, but for a new file.
        let goes_on = last.is_none_or(|(before, same)| {
            mark == same && (number == before + 1 || !are_all && is_strong(mark) && number > before)
        });
        if !goes_on || is_yaml && mark == ':' {
            return None;
        }
        is_listing |= !rest.trim().is_empty()
            && (rest.starts_with([' ', '\t'])
                || mark == ':' && line.starts_with(|c: char| c.is_ascii_digit())
                || mark != ':' && is_strong(mark) && !rest.starts_with(|c: char| c.is_ascii_digit()));
        last = Some((number, mark));
    }
    last.map(|(_, mark)| mark).filter(|_| is_listing)
}

fn are_quoted(lines: &[&str]) -> bool {
    let all = lines.iter().all(|line| line.starts_with("> ") || *line == ">");
    all && (lines.len() > 2 || lines.iter().any(|line| line.starts_with(">  ")))
}

/// `**return 1;**`
fn is_emphasized(line: &str) -> bool {
    let line = line.trim();
    let inner =
        ["**", "~~"].iter().find_map(|mark| line.strip_prefix(mark)?.strip_suffix(mark)).unwrap_or_default();
    // Words in emphasis are what a text has.
    inner.starts_with(|c: char| c.is_alphanumeric())
        && !inner.ends_with([' ', '*', '/', '~'])
        && inner.contains([';', '(', '{', '=', '['])
}

/// `a &lt; b`, outside of quotes and comments.
fn has_entities(line: &str) -> bool {
    const OPERATORS: [&str; 6] = [" &lt; ", " &gt; ", " &amp;&amp; ", " =&gt; ", " &lt;= ", " &gt;= "];
    let line = line.trim_start();
    if ["//", "*", "#", "/*", "<!--"].iter().any(|mark| line.starts_with(mark)) {
        return false;
    }
    let is_code = |before: &str| {
        ['"', '\'', '`'].iter().all(|quote| before.matches(*quote).count().is_multiple_of(2))
            && !before.contains("//")
    };
    OPERATORS
        .iter()
        .filter_map(|operator| line.find(operator))
        .any(|at| line.get(..at).is_some_and(is_code) && line.contains(['(', ';', '{', '=']))
}

fn names_entity(line: &str) -> bool {
    ["&lt;", "&gt;", "&amp;"].iter().any(|entity| line.contains(entity))
}

/// `return 1;   <-- changed`
fn is_pointed_at(line: &str) -> bool {
    let Some((before, remark)) = line.rsplit_once("  <--") else { return false };
    let remark = remark.trim_start_matches('-');
    !before.trim().is_empty()
        && !before.contains(['"', '\'', '`'])
        && ["//", "#", "/*"].iter().all(|mark| !before.contains(mark))
        && remark.strip_prefix(' ').is_some_and(|remark| {
            remark.starts_with(char::is_alphabetic) && !remark.contains([';', '(', ')', '='])
        })
}

/// Whether the lines of a new file came as one, with `\n` between them, outside of quotes.
fn is_in_one_line(lines: &[&str]) -> bool {
    let [line] = lines else { return false };
    line.matches("\\n").count() > 1 && is_unquoted(line)
}

/// The same of a text, in which a backslash may be a part of a path, and code is in backticks.
fn are_sentences_in_one_line(lines: &[&str]) -> bool {
    let [line] = lines else { return false };
    let said: String = line.split('`').step_by(2).collect();
    let is_break = ["\\n\\n", "\\n#", "\\n- ", "\\n* ", "\\n|"].iter().any(|sign| said.contains(sign));
    said.matches("\\n").count() > 1 && (is_break || said.trim_end().ends_with("\\n"))
}

/// Whether a line is several statements with `\n` between them.
fn has_breaks_written_out(line: &str) -> bool {
    let line = line.trim();
    if !line.contains("\\n") || ["//", "#", "*", "/*", "--", "%"].iter().any(|mark| line.starts_with(mark)) {
        return false;
    }
    let parts: Vec<&str> = line.split("\\n").map(str::trim).collect();
    let (last, before) = parts.split_last().unwrap_or((&"", &[]));
    let ends = |part: &&str| part.is_empty() || part.ends_with([';', '{', '}', ','].as_slice());
    before.len() > 1
        && before.iter().all(ends)
        && before.iter().any(|part| part.ends_with([';', '{', '}'].as_slice()))
        && last.starts_with(|c: char| c.is_alphanumeric() || "}_$.".contains(c))
        && is_unquoted(line)
}

/// Whether every `\n` stands outside of quotes.
#[must_use]
pub fn is_unquoted(line: &str) -> bool {
    let mut quote = None;
    let mut rest = line.chars();
    while let Some(next) = rest.next() {
        match (next, quote) {
            ('\\', _) if rest.next() == Some('n') && quote.is_some() => return false,
            ('"' | '\'' | '`', None) => quote = Some(next),
            (mark, Some(open)) if mark == open => quote = None,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "function two() {\n  return 2;\n}\n";

    #[test]
    fn what_is_around_lines_is_found() {
        for (came, reason) in [
            (&["8:   const a = 1;", "9:   return 22;"][..], NUMBERED),
            (&["6 |   return 22;"], NUMBERED),
            (&["12 | import a;"], NUMBERED),
            (&["12: import a;"], NUMBERED),
            (&["  8\u{2192}  a();", "  9\u{2192}}"], NUMBERED),
            (&["1. a();", "2.   b();", "3. c();"], NUMBERED),
            (&["L1: a();", "L2:   b();"], NUMBERED),
            (&["[1] a();", "[2]   b();"], NUMBERED),
            (&["   1  if (a) {", "   2    b();", "   3  }"], NUMBERED),
            (&["> a();", "> b();", "> c();"], QUOTED),
            (&[">   return 22;"], QUOTED),
            (&["  **return 22;**"], EMPHASIZED),
            (&["  if (a &lt; b &amp;&amp; c &gt; d) return 22;"], ENTITIES),
            (&["const f = a =&gt; a;"], ENTITIES),
            (&["  return 22;   <-- changed"], POINTED_AT),
        ] {
            assert_eq!(foreign("src/a.js", OLD, came), Some(reason), "{came:?}");
            assert_eq!(foreign("notes.md", OLD, came), None, "{came:?}");
        }
        assert_eq!(foreign("src/a.js", "", &["a();\\nb();\\nc();"]), Some(IN_ONE_LINE));
        assert_eq!(foreign("src/a.js", OLD, &["  const b = 3;\\nconst c = 4;\\nf();"]), Some(BREAKS));
        for text in ["# Title\\n\\nLine 1\\nLine 2\\n", "a\\n- b\\n- c"] {
            assert_eq!(foreign("a.md", "", &[text]), Some(IN_ONE_LINE), "{text}");
        }
    }

    #[test]
    fn what_a_file_may_have_itself_is_let_through() {
        for came in [
            &["  1: 'one',", "  2: 'two',", "  3: 'three',"][..],
            &["    1 | 2 => a(),"],
            &["  1.5,", "  2.5,"],
            &["  [1] ,", "  [2] ,"],
            &["  > b"],
            &["  **kwargs,"],
            &["**Approach to take:**"],
            &["/** a **/", " ** b **"],
            &["  out.replace(/</g, '&lt;') + ' &lt; ';"],
            &["  // a &lt; b;"],
            &["  while (a --> 0) b();"],
            &["  const a = 'x\\ny\\nz';"],
            &["  use App\\new\\name;"],
            &["  split(/;\\n\\n/);"],
            &["  // a;\\nb;\\nc;"],
            &[""],
        ] {
            assert_eq!(foreign("src/a.js", OLD, came), None, "{came:?}");
        }
        for text in ["It is in C:\\new\\names.", "Write `a\\n\\nb\\n` for two.", "a\\nb"] {
            assert_eq!(foreign("a.md", "", &[text]), None, "{text}");
        }
        // It has such lines already.
        assert_eq!(foreign("a.dat.js", "1:  a\n2:  b\n", &["3:  c"]), None);
        assert_eq!(foreign("a.yml", "a: b\n", &["1:   a", "2:   b"]), None);
    }
}
