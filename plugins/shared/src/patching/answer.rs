//! An answer that is one sentence and a patch.

/// An answer with a patch in it.
#[derive(Debug, PartialEq, Eq)]
pub struct PatchAnswer<'a> {
    /// The sentence before the patch; empty when there is none.
    pub reason: String,
    /// The whole answer. What is a change in it and what is prose is for the host to tell: whatever was cut off here
    /// would be lost without a word, such as a name before a fence or a hunk before the first header.
    pub patch: &'a str,
}

impl<'a> PatchAnswer<'a> {
    /// Takes an answer that should hold a diff.
    ///
    /// # Errors
    /// A complaint that a model can act on.
    pub fn of_diff(answer: &'a str) -> Result<Self, String> {
        let Some(start) = start(answer) else {
            return Err("The answer holds no unified diff. Send one sentence, then the diff, with `--- a/…` and `+++ b/…` \
                        before the hunks of each file."
                .into());
        };
        let before = answer.get(..start).unwrap_or_default();
        Ok(Self { reason: sentence(before), patch: answer })
    }

    /// Takes an answer that should hold blocks of search and replace.
    ///
    /// # Errors
    /// A complaint that a model can act on.
    pub fn of_replacements(answer: &'a str) -> Result<Self, String> {
        match answer.lines().any(|line| line.trim_start().starts_with("<<<<<<<")) {
            true => Ok(Self { reason: sentence(answer), patch: answer }),
            false => Err("The answer holds no block of search and replace.".into()),
        }
    }
}

/// Where the first line is that belongs to a patch of any kind.
fn start(answer: &str) -> Option<usize> {
    let mut offset = 0;
    for line in answer.split_inclusive('\n') {
        let rest = answer.get(offset..).unwrap_or_default();
        let is_pair =
            line.starts_with("--- ") && rest.lines().nth(1).is_some_and(|next| next.starts_with("+++ "));
        let begins = ["diff --git ", "@@", "*** Begin Patch", "*** Update File", "<<<<<<<"];
        if is_pair || begins.iter().any(|begin| line.trim_start().starts_with(begin)) {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}

/// The first sentence of a text, without marks of Markdown and without a label such as `Diagnosis:`.
#[must_use]
pub fn sentence(text: &str) -> String {
    let line = text
        .lines()
        .map(|line| line.trim().trim_start_matches(['#', '*', '>', '-', ' ']))
        .find(|line| !line.is_empty() && !line.starts_with("```"))
        .unwrap_or_default();
    let line = line.replace("**", "");
    let line = ["Diagnosis", "Reason", "Cause"]
        .iter()
        .find_map(|label| line.strip_prefix(label)?.strip_prefix(':'))
        .unwrap_or(&line)
        .trim();
    let end = line.match_indices(". ").map(|(end, _)| end + 1).next().unwrap_or(line.len());
    orchestrator_sdk::prompt::excerpt::cut(&line[..end], 400).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-a\n+b\n";

    #[test]
    fn the_sentence_is_found_with_and_without_a_fence() {
        let plain = format!("**Diagnosis:** The list is mutated in place. More words.\n\n{DIFF}");
        let answer = PatchAnswer::of_diff(&plain).unwrap();
        assert_eq!((answer.reason.as_str(), answer.patch), ("The list is mutated in place.", plain.as_str()));
        let fenced = format!("It is mutated\n\n```diff\n{DIFF}```\n");
        assert_eq!(PatchAnswer::of_diff(&fenced).unwrap().reason, "It is mutated");
    }

    #[test]
    fn a_diff_without_headers_is_still_a_diff() {
        assert_eq!(PatchAnswer::of_diff("Why.\n@@ -1 +1 @@\n-a\n+b\n").unwrap().reason, "Why.");
    }

    #[test]
    fn a_rule_in_prose_is_no_header() {
        let answer = format!("Why.\n--- \n{DIFF}");
        assert_eq!(PatchAnswer::of_diff(&answer).unwrap().reason, "Why.");
        assert!(PatchAnswer::of_diff("Why.\n--- \nBecause.\n").is_err());
    }

    #[test]
    fn nothing_of_an_answer_is_cut_off() {
        let answer = format!("Two files.\n\nIn `b.js`:\n\n```diff\n@@\n-c\n+d\n```\n\n{DIFF}");
        let found = PatchAnswer::of_diff(&answer).unwrap();
        assert_eq!((found.reason.as_str(), found.patch), ("Two files.", answer.as_str()));
    }

    #[test]
    fn an_answer_without_a_diff_is_told_what_is_missing() {
        assert!(PatchAnswer::of_diff("I would rewrite it.").unwrap_err().contains("no unified diff"));
    }
}
