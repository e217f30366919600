//! Finds the line in which a model says that it left code out.
//!
//! Asked for a whole file, models like to write its new half and a comment in place of the rest. Written to the disk,
//! that deletes the rest. Such a comment is taken for what it is only when the file gets shorter, and when it was not
//! in the file before: text about comments, such as this, may be edited.
//!
//! Two kinds are known: a comment that begins with dots and says that something stays, and one that says nothing else.
//! The second kind is told by its words: all of them come from a short list, so that a comment about the remaining
//! code points, or the rest of the files, is not taken for one. What that misses costs code that a snapshot still has;
//! a wrong refusal costs every later attempt to write the file.

/// What begins a comment in the languages that models write.
const COMMENT_MARKS: [&str; 11] = ["{/*", "//", "/*", "<!--", "--", "*", "#", ";", "%", "\"\"\"", "'''"];

/// Words that say that something stays as it is.
const STAY: &str = "existing rest remaining remain remains previous unchanged same omitted other keep stay stays before \
    above brevity original";

/// Words that such a comment has besides.
const BESIDES: &str = "the of your my this that and here for as is are in with be to goes go all everything else not \
    changed no changes modified code codes file function functions component components class classes \
    method methods import imports style styles rules content contents implementation logic jsx html css \
    markup handlers routes tests body module script section sections props state part parts";

/// The line of `new`, from 1, that stands for code of `old`; with its text.
#[must_use]
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
    let text = comment.trim_matches(|c: char| c.is_whitespace() || "*/->}()[]{}!#".contains(c));
    let without_dots = text.trim_start_matches(['.', '…']);
    let dots = text.starts_with("...") || text.starts_with('…');
    if dots && without_dots.trim().is_empty() {
        return true;
    }
    let words: Vec<&str> =
        without_dots.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let stays = |word: &&str| is_one_of(word, STAY);
    if dots {
        return words.iter().any(stays);
    }
    // "Other routes" is a heading, and so is a word alone.
    words.len() >= 2
        && words.iter().all(|word| stays(word) || is_one_of(word, BESIDES))
        && words.iter().any(|word| stays(word) && *word != "other")
}

fn is_one_of(word: &str, words: &str) -> bool {
    words.split(' ').any(|known| known == word)
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
            "// ... rest of component remains the same",
            "// (previous code remains unchanged)",
            "// [rest of file unchanged]",
            "# ... (keep the existing imports)",
            "# Rest of your code here...",
            "// Keep the rest as is",
            "// ...existing code...",
            "<!-- Existing content stays here -->",
            "{/* Rest of the JSX */}",
            "/* ... other styles ... */",
            "// other methods remain unchanged",
            "; remaining functions omitted for brevity",
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
            "# Wait for the other tasks...",
            "// Loading existing users...",
            "// process the remaining code points",
            "// the rest of the codebase uses tabs",
            "// same as before, but sorted by name",
            "// unchanged",
            "// Other routes",
            "# Keep-alive for the remaining connections",
            "# Imports",
            "const rest = existing;",
            "<p>The rest of the code is unchanged</p>",
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
