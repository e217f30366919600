//! Finds the line in which a model says that it left code out.
//!
//! Asked for a whole file, models like to write its new half and a comment in place of the rest. Written to the disk,
//! that deletes the rest. Such a comment is taken for what it is only when the file gets shorter, and when it was not
//! in the file before: text about comments, such as this, may be edited.

/// What begins a comment in the languages that models write.
const COMMENT_MARKS: [&str; 10] = ["//", "/*", "*", "#", "<!--", "{/*", "--", ";", "%", "\"\"\""];

/// Words that together with dots say that something stays as it is.
const STAY: [&str; 9] =
    ["existing", "rest", "remaining", "previous", "unchanged", "same", "omitted", "other", "as before"];

/// Phrases that say it without dots.
const PHRASES: [&str; 12] = [
    "rest of the code",
    "rest of the file",
    "rest of the component",
    "rest of the function",
    "rest of your code",
    "remaining code",
    "remains unchanged",
    "remains the same",
    "remain unchanged",
    "same as before",
    "existing code here",
    "keep existing code",
];

/// The line of `new`, from 1, that stands for code of `old`; with its text.
pub fn find<'a>(old: &str, new: &'a str) -> Option<(usize, &'a str)> {
    if new.lines().count() >= old.lines().count() {
        return None;
    }
    new.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .find(|(_, line)| stands_for_code(line) && !old.lines().any(|earlier| earlier.trim() == *line))
}

fn stands_for_code(line: &str) -> bool {
    if matches!(line, "..." | "…") {
        return true;
    }
    let Some(comment) = COMMENT_MARKS.iter().find_map(|mark| line.strip_prefix(mark)) else { return false };
    let comment = comment.to_lowercase();
    let dots = comment.contains("...") || comment.contains('…');
    let just_dots = comment.chars().all(|c| matches!(c, '.' | '…' | ' ' | '*' | '/' | '-' | '>' | '}'));
    (dots && (just_dots || STAY.iter().any(|word| comment.contains(word))))
        || PHRASES.iter().any(|phrase| comment.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "import a;\nimport b;\n\nfunction one() {}\nfunction two() {}\nfunction three() {}\n";

    #[test]
    fn a_line_that_stands_for_code_is_found() {
        for line in [
            "// ... rest of the code unchanged",
            "  // rest of the file",
            "# ... existing code ...",
            "/* … other functions stay as before … */",
            "<!-- remaining code -->",
            "{/* ... existing JSX ... */}",
            "// ...",
            "...",
            "-- Same as before",
        ] {
            let new = format!("import a;\n{line}\n");
            assert_eq!(find(OLD, &new), Some((2, line.trim())), "{line:?}");
        }
    }

    #[test]
    fn ordinary_lines_are_not_taken_for_one() {
        for line in [
            "f(...rest);",
            "// the rest is silence",
            "return { ...existing };",
            "# Wait...",
            "* A list item",
            "...",
        ] {
            let old = format!("{OLD}...\n");
            assert_eq!(find(&old, &format!("import a;\n{line}\n")), None, "{line:?}");
        }
    }

    #[test]
    fn a_file_that_grows_or_had_the_line_before_may_have_it() {
        let longer = format!("{OLD}// rest of the code\n");
        assert_eq!(find(OLD, &longer), None);
        assert_eq!(find(&longer, "import a;\n// rest of the code\n"), None);
    }
}
