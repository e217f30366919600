//! JUnit's XML, as pytest writes it.
//!
//! The file is made by a program of known habits, so its tags are found without an XML parser: attributes stand in double
//! quotes, and what is inside of them is escaped.

use super::{Counts, FAILURES_MAX, Report};

/// The counts of all suites, and the names of the cases that hold a failure or an error. None when there is no suite.
pub(super) fn read(xml: &str) -> Option<Report> {
    let mut counts: Option<Counts> = None;
    let mut failures = Vec::new();
    let mut case = None;
    for tag in xml.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or((tag, ""));
        match tag.split([' ', '/', '\n']).next() {
            Some("testsuite") => {
                let number =
                    |name| attribute(tag, name).and_then(|value| value.parse().ok()).unwrap_or(0_u64);
                let failed = number("failures").saturating_add(number("errors"));
                let skipped = number("skipped");
                let passed = number("tests").saturating_sub(failed).saturating_sub(skipped);
                counts = Some(counts.unwrap_or_default().plus(Counts { passed, failed, skipped }));
            }
            Some("testcase") => {
                let class = attribute(tag, "classname").filter(|class| !class.is_empty());
                let name = attribute(tag, "name").unwrap_or_default();
                case = Some(class.map_or_else(|| name.to_owned(), |class| format!("{class}.{name}")));
            }
            Some("failure" | "error") if failures.len() < FAILURES_MAX => failures.extend(case.take()),
            _ => {}
        }
    }
    counts.map(|counts| Report { counts: Some(counts), failures })
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_counted_and_failed_cases_named() {
        let xml = r#"<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5">
            <testcase classname="tests.test_a" name="test_one" time="0.1" />
            <testcase classname="tests.test_a" name="test_two"><failure message="assert 1 == 2">trace</failure></testcase>
            <testcase classname="" name="tests/test_b.py"><error message="collection failure">x</error></testcase>
            <testcase classname="tests.test_a" name="test_four"><skipped /></testcase></testsuite></testsuites>"#;
        let report = read(xml).unwrap();
        assert_eq!(report.counts, Some(Counts { passed: 2, failed: 2, skipped: 1 }));
        assert_eq!(report.failures, ["tests.test_a.test_two", "tests/test_b.py"]);
    }

    #[test]
    fn something_else_is_no_report() {
        assert_eq!(read("<html><body>no</body></html>"), None);
        assert_eq!(read(""), None);
    }
}
