//! No change may weaken the tests that it is measured by.
//!
//! A model that is told to make a test pass can always do so by deleting the test. The prompt forbids it and says why;
//! this is the check. It counts, on both sides of a change, what makes tests tests (cases and assertions) and what
//! switches them off. Counting is crude: it lets an equally long but emptier test pass, and it refuses a change that
//! merges two assertions into one. The first is caught by whoever reads the event about changed tests, the second costs
//! one more turn.

use crate::view::View;
use orchestrator_sdk::{Error, workspace};

const CHECKS: [&str; 12] = [
    "assert",
    "expect(",
    "expect.",
    "test(",
    "it(",
    "def test_",
    "#[test]",
    "#[tokio::test]",
    "func Test",
    ".should",
    "t.Error",
    "t.Fatal",
];
const SKIPS: [&str; 12] = [
    ".skip",
    ".todo",
    "skip:",
    "todo:",
    "xit(",
    "xtest(",
    "xdescribe(",
    "mark.skip",
    "mark.xfail",
    "unittest.skip",
    "#[ignore",
    "t.Skip",
];

/// Whether a path belongs to tests, by its folders and its name.
#[must_use]
pub fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_tests =
        folders.split('/').any(|folder| ["test", "tests", "__tests__", "spec", "e2e"].contains(&folder));
    let stem = name.split('.').next().unwrap_or(name);
    in_tests
        || name.contains(".test.")
        || name.contains(".spec.")
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("-test")
}

/// How many checks a text holds, less those that it switches off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    checks: usize,
    skips: usize,
}

impl Count {
    fn add(&mut self, line: &str) {
        let count = |marks: &[&str]| marks.iter().filter(|mark| line.contains(**mark)).count();
        // One check to a line, however many of the marks it holds: `assert.equal(` is not two.
        self.checks += count(&CHECKS).min(1);
        self.skips += count(&SKIPS).min(1);
    }

    fn of(text: &str) -> Self {
        text.lines().fold(Self::default(), |mut count, line| {
            count.add(line);
            count
        })
    }

    fn plus(self, other: Self) -> Self {
        Self { checks: self.checks + other.checks, skips: self.skips + other.skips }
    }

    /// What makes the second side weaker than this one.
    fn weakened_to(self, after: Self) -> Option<String> {
        match (self.checks.checked_sub(after.checks), after.skips.checked_sub(self.skips)) {
            (Some(fewer @ 1..), _) => Some(format!("{fewer} {} fewer", plural(fewer, "check"))),
            (_, Some(more @ 1..)) => Some(format!("{more} {} switched off", plural(more, "check"))),
            _ => None,
        }
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.into() } else { format!("{word}s") }
}

/// One file's part of a diff.
#[derive(Debug)]
struct Section<'a> {
    path: &'a str,
    before: Count,
    after: Count,
}

fn sections(patch: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut lines = patch.lines().peekable();
    while let Some(line) = lines.next() {
        let pair = line.strip_prefix("--- ").zip(lines.peek().and_then(|next| next.strip_prefix("+++ ")));
        if let Some((from, to)) = pair {
            lines.next();
            let to = clean(to);
            let path = if to == "/dev/null" { clean(from) } else { to };
            // With git's own header before it, this is the same file's part.
            sections.pop_if(|section| section.path == path && section.before == Count::default());
            sections.push(Section { path, before: Count::default(), after: Count::default() });
        } else if let Some(header) = line.strip_prefix("diff --git ") {
            let path = header.rsplit_once(" b/").map_or(header, |(_, path)| path);
            sections.push(Section { path: clean(path), before: Count::default(), after: Count::default() });
        } else if let Some(section) = sections.last_mut() {
            match line.split_at_checked(1) {
                Some(("-", rest)) => section.before.add(rest),
                Some(("+", rest)) => section.after.add(rest),
                // Git may delete a file without showing what was in it.
                _ if line.starts_with("deleted file mode") => section.before.checks += 1,
                _ => {}
            }
        }
    }
    sections.extend(blocks(patch));
    sections
}

/// The blocks of search and replace in a text: what is searched for is before, what replaces it after.
fn blocks(text: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut path = "";
    let mut side = Side::Outside;
    for line in text.lines() {
        let mark = line.trim();
        match (side, sections.last_mut()) {
            (Side::Outside, _) if mark.starts_with("<<<<<<<") => {
                sections.push(Section { path, before: Count::default(), after: Count::default() });
                side = Side::Before;
            }
            (Side::Outside, _) if mark.is_empty() || mark.starts_with("```") => {}
            (Side::Outside, _) => path = mark.trim_matches(['*', '#', '`', ':', ' ']),
            (Side::Before, _) if mark.starts_with("=======") => side = Side::After,
            (Side::After, _) if mark.starts_with(">>>>>>>") => side = Side::Outside,
            (Side::Before, Some(section)) => section.before.add(line),
            (Side::After, Some(section)) => section.after.add(line),
            (Side::Before | Side::After, None) => {}
        }
    }
    sections
}

/// Where in a block of search and replace a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Outside,
    Before,
    After,
}

/// A header's path without the `a/` and `b/` of git, and without what follows a tab (a date).
fn clean(header: &str) -> &str {
    let path = header.split('\t').next().unwrap_or(header).trim().trim_matches('"');
    path.strip_prefix("a/").or_else(|| path.strip_prefix("b/")).unwrap_or(path)
}

/// Refuses a patch that leaves fewer checks than there were, or switches some off. Tests that move from one file to
/// another are counted together.
///
/// # Errors
/// A complaint that a model can act on.
pub fn judge(patch: &str) -> Result<(), String> {
    let sections = sections(patch);
    let tests = || sections.iter().filter(|section| is_test(section.path));
    let before = tests().map(|section| section.before).fold(Count::default(), Count::plus);
    let after = tests().map(|section| section.after).fold(Count::default(), Count::plus);
    let Some(what) = before.weakened_to(after) else { return Ok(()) };
    let paths: Vec<_> = tests().map(|section| section.path).collect();
    Err(format!(
        "The patch was not applied because it weakens the tests ({}: {what}). They are what the project is measured by: \
         change the code that they check. Where a test itself contradicts the request, correct what it expects and keep \
         as many checks as there were.",
        paths.join(", ")
    ))
}

/// Whether a patch changes tests and nothing else.
#[must_use]
pub fn touches_only_tests(patch: &str) -> bool {
    let sections = sections(patch);
    !sections.is_empty() && sections.iter().all(|section| is_test(section.path))
}

/// The tests as they were before files were written whole, where no diff shows what will happen.
#[derive(Debug)]
pub struct Tests {
    before: Vec<(String, String)>,
}

impl Tests {
    /// Reads all tests of the project.
    ///
    /// # Errors
    /// As [`workspace::read_file`].
    pub fn read(view: &View) -> Result<Self, Error> {
        let paths = view.paths().filter(|path| is_test(path));
        let before = paths
            .map(|path| Ok((path.to_owned(), workspace::read_file(path)?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self { before })
    }

    /// Puts back the tests that are weaker now.
    ///
    /// # Errors
    /// [`orchestrator_sdk::ErrorCode::MalformedAnswer`] when there were some, with their names; what the host answers
    /// when they cannot be put back.
    pub fn refuse_weakened(&self) -> Result<(), Error> {
        match self.restore_weakened()? {
            Some(weakened) => {
                Err(Error::malformed(format!("the change was undone in the tests: {weakened}")))
            }
            None => Ok(()),
        }
    }

    fn restore_weakened(&self) -> Result<Option<String>, Error> {
        let mut restored = Vec::new();
        for (path, before) in &self.before {
            let what = match workspace::read_file(path) {
                Ok(after) => Count::of(before).weakened_to(Count::of(&after)),
                Err(_) => Some("deleted".into()),
            };
            if let Some(what) = what {
                workspace::write_file(path, before)?;
                restored.push(format!("{path}: {what}"));
            }
        }
        Ok((!restored.is_empty()).then(|| restored.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(path: &str, body: &str) -> String {
        format!("--- a/{path}\n+++ b/{path}\n@@ -1,3 +1,3 @@\n{body}")
    }

    #[test]
    fn tests_are_known_by_folder_and_name() {
        for path in
            ["test/a.js", "src/a.test.ts", "tests/util.py", "test_a.py", "a_test.go", "src/__tests__/a.jsx"]
        {
            assert!(is_test(path), "{path}");
        }
        for path in ["src/contest.js", "latest/a.js", "src/attest.py"] {
            assert!(!is_test(path), "{path}");
        }
    }

    #[test]
    fn deleting_or_emptying_or_skipping_a_test_is_refused() {
        let deleted = "--- a/test/a.test.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-test('a', () => {});\n";
        for (attack, word) in [
            (deleted.to_owned(), "1 check fewer"),
            (
                "diff --git a/test/a.test.js b/test/a.test.js\ndeleted file mode 100644\n".into(),
                "1 check fewer",
            ),
            (diff("test/a.test.js", "-  assert.equal(a, 1);\n+  a;\n"), "1 check fewer"),
            (diff("test/a.test.js", "-test('a', () => {\n+test.skip('a', () => {\n"), "1 check fewer"),
            (diff("tests/a.py", "+@pytest.mark.skip\n def test_a():\n"), "1 check switched off"),
            (diff("tests/a.rs", " #[test]\n+#[ignore]\n fn a() {\n"), "1 check switched off"),
        ] {
            let complaint = judge(&attack).unwrap_err();
            assert!(complaint.contains(word), "{complaint}");
        }
    }

    #[test]
    fn correcting_an_expectation_and_changing_code_is_fine() {
        for fine in [
            diff("test/a.test.js", "-  assert.equal(a, 1);\n+  assert.equal(a, 2);\n"),
            diff("src/a.js", "-  assert(a);\n+  return a;\n"),
            diff("test/a.test.js", "-  assert(a);\n") + &diff("test/b.test.js", "+  assert(a);\n"),
            diff("test/a.test.js", "+  assert.equal(a, 2);\n"),
        ] {
            assert_eq!(judge(&fine), Ok(()), "{fine}");
        }
        assert!(touches_only_tests(&diff("test/a.test.js", "+x\n")));
        assert!(!touches_only_tests(&(diff("test/a.test.js", "+x\n") + &diff("src/a.js", "+x\n"))));
    }
}
