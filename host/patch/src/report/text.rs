//! A report as a text, for models and for people.

use super::{
    Candidate, Change, Decider, Divergence, FileReport, HunkOutcome, HunkReport, Placement, Rejection,
    Report, Strategy,
};
use std::fmt::{self, Write};

impl Report {
    /// The report as plain text: what was refused with all that helps to do better, and the rest in a line each.
    #[must_use]
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// The same for a patch that was tried and is not to be applied.
    #[must_use]
    pub fn text_of_check(&self) -> String {
        let files: String = self.files.iter().map(FileReport::to_string).collect();
        format!("{}\n{files}", self.verdict("can be"))
    }

    fn verdict(&self, applied: &str) -> String {
        let hunks = || self.files.iter().flat_map(|file| &file.hunks);
        let refused = hunks().filter(|hunk| hunk.is_refused()).count();
        let files = self.files.iter().filter(|file| file.refused.is_some()).count();
        let of_hunks = format!("{refused} of {}", counted(hunks().count(), "hunk"));
        let of_files = counted(files, "whole file");
        match (files, refused) {
            (0, 0) if self.is_applied_before() => {
                "Nothing has to be changed: the patch was applied before.".into()
            }
            (0, 0) => format!("The patch {applied} applied."),
            (_, 0) => format!("Nothing was changed. Refused: {of_files}."),
            (0, _) => format!("Nothing was changed. Refused: {of_hunks}."),
            (_, _) => format!("Nothing was changed. Refused: {of_hunks}, and {of_files}."),
        }
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.verdict("was"))?;
        self.files.iter().try_for_each(|file| file.fmt(f))
    }
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "(no file)" } else { &self.path };
        let change = match &self.change {
            Some(Change::Create) => " (new)".to_owned(),
            Some(Change::Delete) => " (deleted)".to_owned(),
            Some(Change::Rename { from }) => format!(" (renamed from {from})"),
            Some(Change::Modify) | None => String::new(),
        };
        match &self.refused {
            Some(reason) => writeln!(f, "{path}{change}: refused: {reason}")?,
            None => writeln!(f, "{path}{change}")?,
        }
        self.hunks.iter().try_for_each(|hunk| hunk.fmt(f))
    }
}

impl fmt::Display for HunkReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  hunk {}: ", self.number)?;
        match &self.outcome {
            HunkOutcome::Applied(placement) => writeln!(f, "fits at {placement}"),
            HunkOutcome::AlreadyApplied { line } => writeln!(f, "was applied before, at line {line}"),
            HunkOutcome::Refused(rejection) => rejection.fmt(f),
        }
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(offset) = self.offset.filter(|offset| *offset != 0) {
            write!(f, " ({offset:+} from its header)")?;
        }
        let differing = match self.strategy {
            Strategy::Exact => "",
            Strategy::LineEnds => ", but for line ends or blanks at the end of lines",
            Strategy::Indentation => ", but for indentation",
            Strategy::Punctuation => ", but for punctuation",
            Strategy::Context => ", but for missing lines of context",
            Strategy::Similarity => ", but for the wording of its context",
        };
        f.write_str(differing)?;
        if matches!(self.strategy, Strategy::Context | Strategy::Similarity) {
            write!(f, " ({:.0} % alike)", self.similarity * 100.0)?;
        }
        match self.decided_by {
            None => Ok(()),
            Some(Decider::LineNumber) => {
                f.write_str("; its lines are elsewhere too, the line number decided")
            }
            Some(Decider::NeighbouringHunk) => {
                f.write_str("; its lines are elsewhere too, the neighbouring hunks decided")
            }
            Some(Decider::Heading) => f.write_str("; its lines are elsewhere too, the header's name decided"),
            Some(Decider::EndOfFile) => {
                f.write_str("; its lines are elsewhere too, '*** End of File' decided")
            }
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "refused: {}", self.reason)?;
        if let Some(Divergence { line, expected, found }) = &self.divergence {
            match line {
                Some(line) => writeln!(f, "    line {line} differs\n      the hunk has: {expected}")?,
                None => writeln!(f, "      the hunk has: {expected}")?,
            }
            match (line, found) {
                (_, Some(found)) => writeln!(f, "      the file has: {found}")?,
                (Some(_), None) => writeln!(f, "      the file ends before it")?,
                (None, None) => writeln!(f, "      the file has no such line")?,
            }
        }
        for Candidate { line, similarity, text } in &self.candidates {
            writeln!(f, "    near: line {line}, {:.0} % alike", similarity * 100.0)?;
            for line in text.lines() {
                f.write_str("      | ")?;
                f.write_str(line)?;
                f.write_char('\n')?;
            }
        }
        Ok(())
    }
}
