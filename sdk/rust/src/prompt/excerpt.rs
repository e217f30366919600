//! Long output, cut to the part that matters.
//!
//! The head of a program's output says what was run, the tail says how it ended, and the first error says why; what
//! stands between is mostly repetition.

/// Longest line that is kept whole, in bytes. Minified code in a stack trace is longer and says nothing.
const LINE: usize = 400;

const SIGNS: [&str; 12] = [
    "error",
    "not ok",
    "failed",
    "failure",
    "panicked",
    "traceback",
    "exception",
    "assert",
    "✖",
    "fatal",
    "cannot find",
    "no such file",
];
const FALSE_ALARMS: [&str; 8] =
    ["0 error", "no error", "0 fail", "fail 0", "failed: 0", "errors: 0", "failures: 0", "failed=0"];

/// At most about `limit` bytes of the output: its head, what surrounds the first error, and its tail. What was left out
/// is said where it was.
#[must_use]
pub fn excerpt(output: &str, limit: usize) -> String {
    let lines: Vec<&str> = output.lines().map(|line| cut(line, LINE)).collect();
    let total: usize = lines.iter().map(|line| line.len() + 1).sum();
    if total <= limit {
        return lines.join("\n");
    }
    let mut keep = vec![false; lines.len()];
    mark(&lines, &mut keep, 0..lines.len(), limit / 6);
    let error = lines.iter().position(|line| is_error(line));
    if let Some(error) = error {
        mark_back(&lines, &mut keep, error, limit / 8);
        mark(&lines, &mut keep, error..lines.len(), limit * 3 / 8);
    }
    let tail = if error.is_some() { limit / 3 } else { limit * 5 / 6 };
    mark_back(&lines, &mut keep, lines.len(), tail);
    join(&lines, &keep)
}

/// Whether a line of output tells of an error.
#[must_use]
pub fn is_error(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    SIGNS.iter().any(|sign| line.contains(sign)) && !FALSE_ALARMS.iter().any(|alarm| line.contains(alarm))
}

/// Keeps lines from the start of the range on, as many as fit.
fn mark(lines: &[&str], keep: &mut [bool], range: std::ops::Range<usize>, budget: usize) {
    let mut left = budget;
    for (line, keep) in lines.iter().zip(keep).take(range.end).skip(range.start) {
        let Some(rest) = left.checked_sub(line.len() + 1) else { return };
        left = rest;
        *keep = true;
    }
}

/// Keeps lines before `end`, backwards, as many as fit.
fn mark_back(lines: &[&str], keep: &mut [bool], end: usize, budget: usize) {
    let mut left = budget;
    for (line, keep) in lines.iter().zip(keep).take(end).rev() {
        let Some(rest) = left.checked_sub(line.len() + 1) else { return };
        left = rest;
        *keep = true;
    }
}

fn join(lines: &[&str], keep: &[bool]) -> String {
    let mut text = String::new();
    let mut skipped = 0;
    for (line, keep) in lines.iter().zip(keep) {
        if !keep {
            skipped += 1;
            continue;
        }
        say_skipped(&mut text, &mut skipped);
        text.push_str(line);
        text.push('\n');
    }
    say_skipped(&mut text, &mut skipped);
    text
}

fn say_skipped(text: &mut String, skipped: &mut usize) {
    if *skipped > 0 {
        text.push_str(&format!("[… {skipped} lines left out …]\n"));
        *skipped = 0;
    }
}

/// The beginning of a text, at most this many bytes of it.
#[must_use]
pub fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_output_stays_as_it_is() {
        assert_eq!(excerpt("a\nb\n", 100), "a\nb");
    }

    #[test]
    fn long_output_keeps_its_head_the_first_error_and_its_tail() {
        let noise = "compiling something or other\n".repeat(500);
        let output = format!("> npm test\n{noise}AssertionError: 1 !== 2\n    at a.js:3\n{noise}# fail 1\n");
        let text = excerpt(&output, 2_000);
        assert!(text.len() < 2_300, "{}", text.len());
        assert!(text.starts_with("> npm test\n"));
        assert!(text.contains("AssertionError: 1 !== 2\n    at a.js:3\n"));
        assert!(text.ends_with("# fail 1\n"));
        assert_eq!(text.matches("lines left out").count(), 2);
    }

    #[test]
    fn without_an_error_the_tail_gets_the_room() {
        let output = (0..1_000).map(|number| format!("line {number}\n")).collect::<String>();
        let text = excerpt(&output, 1_000);
        assert!(text.starts_with("line 0\n") && text.ends_with("line 999\n"));
        assert_eq!(text.matches("lines left out").count(), 1);
    }

    #[test]
    fn a_summary_of_no_failures_is_no_error() {
        for line in ["0 errors", "# fail 0", "test result: ok. 3 passed; 0 failed"] {
            assert!(!is_error(line), "{line}");
        }
        for line in ["not ok 2 - adds", "thread 'main' panicked at src/main.rs:2", "1 failed, 2 passed"] {
            assert!(is_error(line), "{line}");
        }
    }

    #[test]
    fn one_endless_line_of_wide_letters_is_cut_at_a_letter() {
        let text = excerpt(&"ü".repeat(100_000), 1_000);
        assert_eq!(text.chars().filter(|c| *c == 'ü').count(), LINE / 2);
    }
}
