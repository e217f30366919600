//! What the machinery of a model writes behind a file, at its very end: the ends of calls of tools, the end of a patch, the
//! sign that the model is done.

use super::full_lines;
use orchestrator_answer::kind::Kind;

/// Names of the tags that calls of tools are made of, without a prefix. None of them ends in a file that it does not begin in.
const CALLS: [&str; 5] = ["function_calls", "invoke", "parameter", "tool_call", "tool_use"];
/// Those that are around the file in a call.
const CONTENTS: [&str; 5] = ["content", "contents", "file_content", "file_text", "new_str"];
/// Signs by which models end what they say, between their brackets.
const SIGNS: [&str; 9] = [
    "end",
    "end_of_text",
    "endoftext",
    "eom_id",
    "eot_id",
    "end\u{2581}of\u{2581}sentence",
    "im_end",
    "im_start",
    "return",
];
/// Lines that end a patch.
const ENDS_OF_PATCHES: [&str; 2] = ["*** End Patch", "*** End of Patch"];

/// The line at the end of `new` that is none of the file's, unless `old` ends alike.
pub(super) fn leftover<'t>(path: &str, old: &str, new: &'t str) -> Option<&'t str> {
    let kind = Kind::of(path, !old.is_empty());
    at_end(kind, new).filter(|_| at_end(kind, old).is_none())
}

fn at_end(kind: Kind, text: &str) -> Option<&str> {
    let last = full_lines(text).next_back()?.trim();
    if kind == Kind::Code && (ENDS_OF_PATCHES.contains(&last) || ends_in_sign(last)) {
        return Some(last);
    }
    end_of_call(kind, text)
}

/// Whether a sign is behind all that is on the line, and in no text of a program.
fn ends_in_sign(line: &str) -> bool {
    let sign = |open: &str, close: &str| {
        let (before, name) = line.strip_suffix(close)?.rsplit_once(open)?;
        let is_in_text = ['"', '\'', '`'].iter().any(|quote| before.matches(*quote).count() % 2 == 1);
        let is_comment = ["//", "#", "--", "/*"].iter().any(|mark| before.contains(mark));
        (SIGNS.contains(&name) && !is_in_text && !is_comment).then_some(())
    };
    sign("<|", "|>").or_else(|| sign("<\u{ff5c}", "\u{ff5c}>")).is_some()
}

/// The first of the lines at the end that are nothing but tags of a call, if it ends what begins nowhere in the text.
fn end_of_call(kind: Kind, text: &str) -> Option<&str> {
    let lines = full_lines(text).rev().map(str::trim_end);
    let end: Vec<_> = lines.map_while(|line| tags(line).map(|tags| (line, tags))).collect();
    // Alone, what is around a file in a call may be the file's own where a file has any tags.
    let is_call = end.iter().flat_map(|(_, tags)| tags).any(|tag| CALLS.contains(&without_prefix(tag.name)));
    let is_foreign = |tag: &Tag<'_>| {
        let is_known = is_call || kind == Kind::Code && CONTENTS.contains(&without_prefix(tag.name));
        tag.ends && is_known && !begins_in(text, tag.name)
    };
    end.iter().rev().find(|(_, tags)| tags.iter().any(is_foreign)).map(|(line, _)| *line)
}

struct Tag<'t> {
    name: &'t str,
    /// Whether it ends what began before the line.
    ends: bool,
}

/// The tags on a line of nothing but tags of a call and what stands between two of them.
fn tags(line: &str) -> Option<Vec<Tag<'_>>> {
    let mut rest = line;
    let mut tags = Vec::new();
    while !rest.is_empty() {
        let (tag, after) = rest.strip_prefix('<')?.split_once('>')?;
        let ends = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split(char::is_whitespace).next()?;
        let plain = without_prefix(name);
        if !CALLS.contains(&plain) && !CONTENTS.contains(&plain) {
            return None;
        }
        tags.push(Tag { name, ends });
        rest = match ends {
            true => after,
            // A value is between its tags.
            false => after.split_once(&format!("</{name}>")).map_or(after, |(_, rest)| rest),
        };
        rest = rest.trim_start();
    }
    Some(tags)
}

fn without_prefix(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn begins_in(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = text.split_at(at);
        before.ends_with('<')
            && after.get(name.len()..).is_some_and(|rest| rest.starts_with([' ', '>', '\n', '\t']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "let t = 1;\n";

    #[test]
    fn what_ends_a_call_or_an_answer_is_none_of_a_file() {
        for end in [
            "</content>\n<parameter name=\"i\">x</parameter>\n",
            "</content>\n</invoke>\n",
            "</parameter>\n</invoke>\n</function_calls>\n",
            "</content></invoke>\n",
            "</x:parameter>\n</x:invoke>\n\n",
            "*** End Patch\n",
            "<|im_end|>\n",
            "<|endoftext|>",
        ] {
            let new = format!("{CODE}{end}");
            for path in ["t.js", "src/t.py", "a.json", "Dockerfile.prod"] {
                assert!(leftover(path, "", &new).is_some(), "{path} {end:?}");
                assert!(leftover(path, CODE, &new).is_some(), "{path} {end:?}");
                assert!(leftover(path, &new, &new).is_none(), "it was there before: {path} {end:?}");
            }
        }
        for path in ["a.md", "a.txt", "a.html", "Makefile"] {
            let new = "words\n</content>\n<parameter name=\"i\">x</parameter>\n";
            assert_eq!(leftover(path, "", new), Some("</content>"), "{path}");
        }
        assert_eq!(leftover("t.js", "", "f();<|im_end|>\n"), Some("f();<|im_end|>"));
        assert_eq!(
            leftover("PLAN.md", "", "# Plan\n\nStep one.\n</content>\n</invoke>\n"),
            Some("</content>")
        );
    }

    #[test]
    fn what_a_file_has_of_its_own_is_left_alone() {
        for (path, text) in [
            ("t.js", "const END = '<|im_end|>';\n"),
            ("t.js", "f(); // stops at <|im_end|>\n"),
            ("t.js", "const s = `\n<invoke name=\"a\">\n</invoke>\n`;\n"),
            ("t.jsx", "export default (\n<invoke>\n</invoke>\n"),
            ("t.fs", "f <| g\n"),
            ("a.txt", "Ends in:\n*** End Patch\n"),
            ("a.md", "<|im_end|>\n"),
            ("a.md", "```xml\n</invoke>\n```\n"),
            ("a.xml", "<config>\n<parameter name=\"i\">x</parameter>\n</config>\n"),
            ("a.xml", "<parameter name=\"i\">x</parameter>\n"),
            ("a.xml", "<content>\n<parameter name=\"i\">x</parameter>\n</content>\n"),
            ("a.html", "<p>\n</content>\n"),
        ] {
            assert_eq!(leftover(path, "", text), None, "{path} {text:?}");
        }
    }
}
