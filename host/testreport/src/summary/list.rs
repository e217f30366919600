//! A list that is nothing but counts.

use crate::{
    Counts,
    count::number,
    label::{Count, GROUPS, Label, PARTS, count},
};

/// A line that may be such a list, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) text: &'a str,
    /// What stood in parentheses, which may be counts as well: `3 scenarios (1 failed, 2 passed)`.
    pub(super) inside: Option<&'a str>,
    /// Whether the line begins with words that say what it is.
    pub(super) is_named: bool,
    /// Whether a command for tests printed it.
    pub(super) is_test: bool,
    /// Whether nothing but tests is summed up in this form.
    pub(super) is_sure: bool,
}

/// What the parts of a list come to.
#[derive(Debug, Default)]
struct Sum {
    counts: Counts,
    tests: Option<u64>,
    more_tests: u64,
    /// What is counted under other names, and belongs to the total all the same.
    others: u64,
    labels: Vec<Label>,
    is_reversed: bool,
}

/// Whether the list counts what tests are part of: `1 feature passed, 0 failed`.
pub(super) fn is_of_groups(text: &str) -> bool {
    begins_with(text, &GROUPS)
}

/// Whether the list counts what tests consist of: `5 steps passed, 1 failed`, `assertions: 3 | 2 passed`.
pub(super) fn is_of_parts(text: &str) -> bool {
    begins_with(text, &PARTS)
}

fn begins_with(text: &str, nouns: &[&str]) -> bool {
    let words = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    nouns.iter().any(|noun| {
        words.strip_prefix(noun).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// What a list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Counts(Counts),
    /// One count alone.
    One(Counts),
    /// How many there were, and not what became of them.
    Total(u64),
}

/// What a list says. None when it is no list of counts, or not of tests.
pub(super) fn read(list: List<'_>) -> Option<Says> {
    let lenient = list.is_named || list.is_test;
    let mut sum = Sum::default();
    let text = list.text.replace("tests run:", "tests run,").replace(" with ", " ").replace(" and ", ", ");
    let text = match list.is_named && text.trim_start().starts_with("run, ") {
        true => text.replacen("run, ", "", 1),
        false => text,
    };
    let text = text.replace(".  ", ", ");
    let by_space = !text.contains([',', ';', '|', '/']) && text.matches('=').count() > 1;
    let separators: &[char] = if by_space { &[' '] } else { &[',', ';', '|', '/', '•', '·'] };
    for part in text.split(separators).map(str::trim).filter(|part| !part.is_empty()) {
        let bare = number(part.trim_end_matches('.')).filter(|_| list.is_named && sum.labels.is_empty());
        let found = match bare {
            Some(value) => Count { label: Label::Tests, value, is_reversed: false },
            None => count(part, lenient)?,
        };
        sum.add(found);
    }
    sum.add_inside(list.inside);
    match (sum.labels.as_slice(), sum.tests) {
        ([Label::Tests | Label::Total], Some(total)) => {
            (list.is_named || text.contains("total")).then_some(Says::Total(total))
        }
        ([_], _) => sum.is_summary_alone(list).then(|| Says::One(sum.counts())),
        _ => sum.is_summary(list).then(|| Says::Counts(sum.counts())),
    }
}

impl Sum {
    fn add(&mut self, Count { label, value, is_reversed }: Count) {
        match label {
            Label::Passed => self.counts.add(Counts::passed(value)),
            Label::Failed | Label::Errors => self.counts.add(Counts::failed(value)),
            Label::Skipped => self.counts.add(Counts::skipped(value)),
            Label::Tests | Label::Total => self.tests = Some(self.tests.unwrap_or(0).max(value)),
            Label::MoreTests => self.more_tests = self.more_tests.saturating_add(value),
            Label::Unknown => self.others = self.others.saturating_add(value),
            Label::Other => {}
        }
        self.labels.push(label);
        self.is_reversed |= is_reversed;
    }

    /// Adds what parentheses hold, when all of it says what became of tests; else it is a remark.
    fn add_inside(&mut self, inside: Option<&str>) {
        let parts = inside.map(|inside| inside.split(',').map(|part| count(part, false)));
        let Some(parts) = parts.and_then(|parts| parts.collect::<Option<Vec<_>>>()) else { return };
        let tells = |label| matches!(label, Label::Passed | Label::Failed | Label::Errors | Label::Skipped);
        if parts.iter().all(|part| tells(part.label) && !part.is_reversed) {
            parts.into_iter().for_each(|part| self.add(part));
        }
    }

    fn has(&self, label: Label) -> bool {
        self.labels.contains(&label)
    }

    /// Whether one count alone tells of tests.
    fn is_summary_alone(&self, list: List<'_>) -> bool {
        let tells = self.has(Label::Passed) || self.has(Label::Failed) || self.has(Label::Skipped);
        (tells && !self.is_reversed) || (self.has(Label::Errors) && list.is_sure)
    }

    /// Whether the list sums up tests, rather than anything else that programs count.
    fn is_summary(&self, list: List<'_>) -> bool {
        let has = |label| self.has(label);
        let has_tests = has(Label::Tests) || has(Label::MoreTests);
        let speaks = has(Label::Passed) || has(Label::Failed) || (has(Label::Errors) && has_tests);
        let is_of_tests = (has(Label::Passed) && (has(Label::Failed) || has_tests || has(Label::Skipped)))
            || (has_tests && (has(Label::Failed) || has(Label::Errors)));
        // A noun that nobody knows makes a list that is not sure by itself a list of something else.
        let trusted = list.is_sure || (list.is_test && !has(Label::Unknown));
        is_of_tests || (trusted && (speaks || has_tests)) || (list.is_sure && has(Label::Errors))
    }

    /// What the list says: what nobody accounts for of a total has failed, unless failures are counted.
    fn counts(&self) -> Counts {
        let mut counts = self.counts;
        let Some(tests) = self.tests.or((self.more_tests > 0).then_some(0)) else { return counts };
        let all = tests.saturating_add(self.more_tests);
        if !self.has(Label::Passed) {
            counts.passed = all.saturating_sub(counts.failed.saturating_add(counts.skipped));
        } else if !self.has(Label::Failed) {
            let missing = all.saturating_sub(counts.all()).saturating_sub(self.others);
            counts.add(Counts::failed(missing));
        }
        counts
    }
}
