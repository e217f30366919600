//! Lines that end what a file came in: a patch, a message to a model, a text that a shell reads.

use crate::kind::Kind;

/// Words that end a text which a shell reads, and whatever else a model was shown between such words.
const ENDS_OF_TEXTS: [&str; 4] = ["EOF", "EOT", "<EOF>", "]]>"];
/// The ends of a patch in sections, in small letters.
const ENDS_OF_PATCHES: [&str; 2] = ["*** end patch", "*** end of file"];

/// Whether a line ends something else than the file `new`: nothing in the file, or in the file as it was, begins it.
pub(super) fn is_end(path: &str, old: &str, new: &str, line: &str) -> bool {
    // A text may be about any of them.
    if Kind::of(path, !old.trim().is_empty()) == Kind::Text || has_line(old, line) {
        return false;
    }
    let small = line.trim().to_ascii_lowercase();
    if is_token(line.trim()) {
        let marks = |text: &str| text.matches("<|").count() + text.matches("<\u{ff5c}").count();
        return marks(new) == 1 && marks(old) == 0;
    }
    if ENDS_OF_PATCHES.contains(&small.as_str()) {
        return !new.to_ascii_lowercase().contains("*** begin patch");
    }
    // What a shell reads ends at the margin; elsewhere such a word is a name.
    let word = line.trim_end();
    ENDS_OF_TEXTS.contains(&word) && !new.lines().any(|other| begins(other, word))
}

/// Whether a line begins what `word` ends.
fn begins(line: &str, word: &str) -> bool {
    let bare = word.trim_matches(['<', '>']);
    line.trim_end() != word && (line.contains("<<") && line.contains(bare) || line.contains("<![CDATA["))
}

/// Whether a line is one of the marks between the messages that a model reads: `<|im_end|>`.
fn is_token(line: &str) -> bool {
    let inside = line.strip_prefix("<|").and_then(|rest| rest.strip_suffix("|>")).or_else(|| {
        line.strip_prefix("<\u{ff5c}").and_then(|rest| rest.strip_suffix('>')?.strip_suffix('\u{ff5c}'))
    });
    inside.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '\u{2581}'))
    })
}

fn has_line(text: &str, line: &str) -> bool {
    text.lines().any(|other| other.trim() == line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_message_or_a_patch_is_none_of_a_file() {
        for line in [
            "*** End Patch",
            "*** end of file",
            "<|im_end|>",
            "<|endoftext|>",
            "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
            "EOF",
            "<EOF>",
            "]]>",
        ] {
            for path in ["a.js", "Makefile", "a.css", "a.html"] {
                assert!(is_end(path, "a\n", &format!("a\n{line}\nb\n"), line), "{path}: {line}");
            }
            assert!(!is_end("a.md", "a\n", &format!("a\n{line}\nb\n"), line), "{line}");
            assert!(
                !is_end("a.js", &format!("{line}\n"), &format!("a\n{line}\n"), line),
                "it was there: {line}"
            );
        }
    }

    #[test]
    fn what_the_file_begins_it_may_end() {
        for (path, new, line) in [
            ("a.sh", "cat <<'EOF'\na\nEOF\n", "EOF"),
            ("a.sh", "cat <<-EOF > b\na\nEOF\n", "EOF"),
            ("a.php", "$a = <<<EOT\na\nEOT\n", "EOT"),
            ("a.ts", "enum T {\n  A,\n  EOF\n}\n", "  EOF"),
            ("a.xml", "<a><![CDATA[\nx\n]]>\n</a>\n", "]]>"),
            ("a.jinja", "<|im_start|>a\n<|im_end|>\n", "<|im_end|>"),
            ("a.rs", "const A: &str = \"\\\n*** Begin Patch\n*** End Patch\n\";\n", "*** End Patch"),
            ("a.js", "a\n|| b\n", "|| b"),
        ] {
            assert!(!is_end(path, "", new, line), "{path}: {new}");
        }
    }
}
