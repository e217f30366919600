//! Findings: their schema, and the proof that their evidence exists.

use serde::{Deserialize, Serialize};

/// Most findings that are worth anybody's time at once.
const FINDINGS_MAX: usize = 25;

/// The analysis as the model writes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Draft {
    summary: String,
    findings: Vec<Finding>,
}

/// The analysis as it is left for later steps.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Analysis {
    /// One sentence on the whole.
    pub(crate) summary: String,
    /// What is wrong, the worst first.
    pub(crate) findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// The file, relative to the project's root.
    file: String,
    /// The line of the evidence, from 1.
    #[serde(default)]
    line: Option<u32>,
    severity: Severity,
    /// A quotation of the file.
    evidence: String,
    /// What to do about it.
    suggestion: String,
}

/// How bad it is. In this order, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Severity {
    /// It gives wrong results, loses data or can be attacked.
    Error,
    /// It will go wrong, or hides that something went wrong.
    Warning,
    /// It is hard to read or to change.
    Info,
}

impl Draft {
    /// What a schema cannot say.
    ///
    /// # Errors
    /// The first thing that is wrong, in words that a model can act on.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.summary.trim().is_empty() {
            return Err("`summary` is empty".into());
        }
        if self.findings.len() > FINDINGS_MAX {
            return Err(format!("`findings` holds {}; give the {FINDINGS_MAX} worst", self.findings.len()));
        }
        for (index, finding) in self.findings.iter().enumerate() {
            for (name, value) in [
                ("file", &finding.file),
                ("evidence", &finding.evidence),
                ("suggestion", &finding.suggestion),
            ] {
                if value.trim().is_empty() {
                    return Err(format!("`findings[{index}].{name}` is empty"));
                }
            }
        }
        Ok(())
    }
}

impl Analysis {
    /// The outcome in one line.
    pub(crate) fn headline(&self) -> String {
        match self.findings.len() {
            0 => format!("Found no problems: {}", self.summary),
            1 => format!("Found 1 problem: {}", self.summary),
            count => format!("Found {count} problems: {}", self.summary),
        }
    }
}

impl Finding {
    /// The finding in one line.
    pub(crate) fn line(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let evidence = self.evidence.trim().lines().next().unwrap_or_default();
        format!("{severity} in {}{line}: {evidence} ({})", self.file, self.suggestion.trim())
    }
}

/// Keeps the findings whose evidence stands in the file that they name, with the line on which it does, the worst first.
/// The others are given back by name.
pub(crate) fn prove(draft: Draft, read: impl Fn(&str) -> Option<String>) -> (Analysis, Vec<String>) {
    let mut analysis = Analysis { summary: draft.summary.trim().into(), findings: Vec::new() };
    let mut dropped = Vec::new();
    for mut finding in draft.findings {
        let content = read(&finding.file);
        match content.as_deref().and_then(|content| find(content, &finding.evidence, finding.line)) {
            Some(line) => {
                finding.line = Some(line);
                analysis.findings.push(finding);
            }
            None => dropped.push(finding.line()),
        }
    }
    analysis.findings.sort_by_key(|finding| finding.severity);
    (analysis, dropped)
}

/// The line on which the quotation begins; of several, the one nearest to the line that the model named. Blanks do not
/// count, and neither do the numbers in front of the lines that the model was shown.
fn find(content: &str, evidence: &str, named: Option<u32>) -> Option<u32> {
    let wanted: Vec<String> = evidence.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let first = wanted.first()?;
    let lines: Vec<String> = content.lines().map(squeeze).collect();
    let matches = |start: usize| {
        let mut following = lines[start..].iter().filter(|line| !line.is_empty());
        wanted.iter().all(|wanted| following.next().is_some_and(|line| line.contains(wanted.as_str())))
    };
    let starts = (0..lines.len()).filter(|&start| lines[start].contains(first.as_str()) && matches(start));
    let numbers = starts.map(|start| u32::try_from(start + 1).unwrap_or(u32::MAX));
    numbers.min_by_key(|number| named.map_or(0, |named| number.abs_diff(named)))
}

/// A line of evidence without the number and the bar of the listing, and without what surrounds a quotation.
fn bare(line: &str) -> String {
    let line = line.trim().trim_matches('`');
    let unnumbered = line.split_once('|').filter(|(number, _)| {
        let number = number.trim();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    squeeze(unnumbered.map_or(line, |(_, rest)| rest))
}

fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "let a = 1;\n\nfunction f() {\n  return   a;\n}\nlet b = 1;\nreturn a;\n";

    #[test]
    fn evidence_is_found_whatever_its_blanks_numbers_and_quotes() {
        assert_eq!(find(FILE, "return a;", Some(3)), Some(4));
        assert_eq!(find(FILE, "return a;", Some(9)), Some(7));
        assert_eq!(find(FILE, "   4 |   return a;", None), Some(4));
        assert_eq!(find(FILE, "`let b = 1`", None), Some(6));
        assert_eq!(find(FILE, "let a = 1;\nfunction f() {", None), Some(1));
    }

    #[test]
    fn what_is_not_in_the_file_is_no_evidence() {
        assert_eq!(find(FILE, "let c = 1;", Some(1)), None);
        assert_eq!(find(FILE, "let a = 1;\nreturn a;", Some(1)), None);
        assert_eq!(find(FILE, " \n", Some(1)), None);
    }

    #[test]
    fn the_worst_comes_first_and_a_file_that_is_not_there_proves_nothing() {
        let finding = |file: &str, severity| Finding {
            file: file.into(),
            line: None,
            severity,
            evidence: "let a".into(),
            suggestion: "const".into(),
        };
        let findings = vec![
            finding("a.js", Severity::Info),
            finding("b.js", Severity::Error),
            finding("a.js", Severity::Error),
        ];
        let (analysis, dropped) =
            prove(Draft { summary: "s".into(), findings }, |path| (path == "a.js").then(|| FILE.to_owned()));
        let severities: Vec<_> = analysis.findings.iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, [Severity::Error, Severity::Info]);
        assert_eq!(dropped, ["error in b.js: let a (const)"]);
    }
}
