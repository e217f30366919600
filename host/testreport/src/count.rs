//! Counts, and the one way to add to them.
//!
//! What is counted was written by programs that nobody here knows, so a number may be as large as it likes: sums stop at the
//! largest number that there is. The crate's lint on arithmetic keeps any other way of adding out.

/// How many tests there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, and groups of tests that could not be run.
    pub failed: u64,
    /// Tests that were left out.
    pub skipped: u64,
}

impl Counts {
    pub(crate) fn passed(passed: u64) -> Self {
        Self { passed, ..Self::default() }
    }

    pub(crate) fn failed(failed: u64) -> Self {
        Self { failed, ..Self::default() }
    }

    pub(crate) fn skipped(skipped: u64) -> Self {
        Self { skipped, ..Self::default() }
    }

    /// So many failed and were left out, of so many.
    pub(crate) fn of(all: u64, failed: u64, skipped: u64) -> Self {
        Self { passed: all.saturating_sub(failed).saturating_sub(skipped), failed, skipped }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed.saturating_add(other.passed),
            failed: self.failed.saturating_add(other.failed),
            skipped: self.skipped.saturating_add(other.skipped),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        *self = self.plus(other);
    }

    /// How many there were, whatever became of them.
    pub(crate) fn all(self) -> u64 {
        self.passed.saturating_add(self.failed).saturating_add(self.skipped)
    }
}

/// Adds to what may not have been said yet.
pub(crate) fn add(sum: &mut Option<Counts>, counts: Counts) {
    sum.get_or_insert_default().add(counts);
}

/// A number that is nothing but digits. One that is too large is the largest: it counts something all the same.
pub(crate) fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// The line with `1,234` written as `1234`, so that a comma only parts counts from each other.
pub(crate) fn without_thousands(line: &str) -> String {
    let bytes = line.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let parts_thousands = |at: usize| {
        let groups_three = (1..4).all(|step| is_digit(at.saturating_add(step)));
        at.checked_sub(1).is_some_and(is_digit) && groups_three && !is_digit(at.saturating_add(4))
    };
    line.char_indices()
        .filter(|(at, letter)| *letter != ',' || !parts_thousands(*at))
        .map(|(_, letter)| letter)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_read() {
        assert_eq!(number("17"), Some(17));
        assert_eq!(number("99999999999999999999999"), Some(u64::MAX));
        for text in ["", "-1", "+1", "1.5", "x", "1 "] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn commas_within_numbers_are_dropped() {
        assert_eq!(without_thousands("1,234 passed, 12,345,678 failed"), "1234 passed, 12345678 failed");
        assert_eq!(without_thousands("é 1,23, 1,2345, ,123"), "é 1,23, 1,2345, ,123");
    }
}
