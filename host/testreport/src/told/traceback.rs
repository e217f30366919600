//! Python's tracebacks: what an output ends with when a program ended by an exception.

/// Where the last one ended.
#[derive(Debug, Default)]
pub(super) struct Traceback {
    is_open: bool,
    is_ignored: bool,
    ended_at: Option<usize>,
}

impl Traceback {
    /// Reads a line as it came. What a traceback consists of is indented; the exception itself is not.
    pub(super) fn line(&mut self, line: &str, at: usize) {
        if line.starts_with("Traceback (most recent call last):") {
            self.is_open = !std::mem::take(&mut self.is_ignored);
        } else if !line.starts_with([' ', '\t']) {
            // One in a place that nobody can catch it in ends no program.
            self.is_ignored = line.starts_with("Exception ignored ");
            let is_exception = std::mem::take(&mut self.is_open);
            self.ended_at = is_exception.then_some(at).or(self.ended_at);
        }
    }

    /// The line of its exception.
    pub(super) fn ended_at(&self) -> Option<usize> {
        self.ended_at
    }
}
