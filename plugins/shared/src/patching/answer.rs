//! An answer that is one sentence and a patch.

/// The two parts of an answer.
#[derive(Debug, PartialEq, Eq)]
pub struct PatchAnswer<'a> {
    /// The sentence before the patch; empty when there is none.
    pub reason: String,
    /// The patch and whatever follows it; the host passes over prose and fences.
    pub patch: &'a str,
}

impl<'a> PatchAnswer<'a> {
    /// Takes an answer apart at the line that begins the diff.
    ///
    /// # Errors
    /// A complaint that a model can act on.
    pub fn of_diff(answer: &'a str) -> Result<Self, String> {
        let Some(start) = start(answer) else {
            return Err("The answer holds no unified diff. Send one sentence, then the diff, with `--- a/…` and `+++ b/…` \
                        before the hunks of each file."
                .into());
        };
        let (before, patch) = answer.split_at(start);
        Ok(Self { reason: sentence(before), patch })
    }

    /// Takes an answer apart that holds blocks of search and replace. The path before the first of them belongs to
    /// the patch, so all of the answer does.
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

/// Where the diff begins: at its first header, or at a bare hunk where there is no header.
fn start(answer: &str) -> Option<usize> {
    let mut offset = 0;
    let mut hunk = None;
    for line in answer.split_inclusive('\n') {
        let is_header = line.starts_with("diff --git ") || line.starts_with("--- ");
        let has_pair = |rest: &str| rest.lines().nth(1).is_some_and(|next| next.starts_with("+++ "));
        if is_header && (line.starts_with("diff ") || has_pair(&answer[offset..])) {
            return Some(offset);
        }
        if line.starts_with("@@") && hunk.is_none() {
            hunk = Some(offset);
        }
        offset += line.len();
    }
    hunk
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
    fn sentence_and_diff_are_told_apart_with_and_without_a_fence() {
        let plain = format!("**Diagnosis:** The list is mutated in place. More words.\n\n{DIFF}");
        let answer = PatchAnswer::of_diff(&plain).unwrap();
        assert_eq!((answer.reason.as_str(), answer.patch), ("The list is mutated in place.", DIFF));
        let fenced = format!("It is mutated\n\n```diff\n{DIFF}```\n");
        assert_eq!(PatchAnswer::of_diff(&fenced).unwrap().reason, "It is mutated");
    }

    #[test]
    fn a_diff_without_headers_is_still_a_diff() {
        assert!(PatchAnswer::of_diff("Why.\n@@ -1 +1 @@\n-a\n+b\n").unwrap().patch.starts_with("@@"));
    }

    #[test]
    fn a_rule_in_prose_is_no_header() {
        let answer = format!("Why.\n--- \n{DIFF}");
        assert_eq!(PatchAnswer::of_diff(&answer).unwrap().patch, DIFF);
    }

    #[test]
    fn an_answer_without_a_diff_is_told_what_is_missing() {
        assert!(PatchAnswer::of_diff("I would rewrite it.").unwrap_err().contains("no unified diff"));
    }
}
