//! The ways to ask for a change, and the words that lead from one to the next.

use super::{Complaint, answer::PatchAnswer};
use orchestrator_sdk::{Error, edits, events};
use serde_json::json;

/// A way to write a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// A unified diff.
    Diff,
    /// Blocks of search and replace.
    Replacements,
    /// The complete new content of each file.
    WholeFiles,
}

/// What is asked for, one after the other, before whole files: a diff, the diff corrected twice, replacements.
pub(super) const TURNS: [Format; 4] = [Format::Diff, Format::Diff, Format::Diff, Format::Replacements];

impl Format {
    /// How it is named in events.
    fn name(self) -> &'static str {
        match self {
            Self::Diff => "diff",
            Self::Replacements => "replacements",
            Self::WholeFiles => "whole_files",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Diff => "diff",
            Self::Replacements => "replacements",
            Self::WholeFiles => "whole files",
        }
    }

    /// Takes an answer in this format apart.
    ///
    /// # Errors
    /// A complaint that a model can act on.
    pub(super) fn read(self, answer: &str) -> Result<PatchAnswer<'_>, String> {
        match self {
            Self::Diff => PatchAnswer::of_diff(answer),
            Self::Replacements | Self::WholeFiles => PatchAnswer::of_replacements(answer),
        }
    }

    /// The request for a change in this format, after another one was refused.
    fn ask(self) -> String {
        match self {
            Self::Diff => "Send the whole diff again, corrected, with all of its files and hunks.".into(),
            Self::Replacements => format!(
                "Leave diffs now. First say the reason for the change in one sentence. Then send the whole change like \
                 this:\n\n{}",
                edits::replacement_format()
            ),
            Self::WholeFiles => format!(
                "Leave patches now. First say the reason for the change in one sentence. Then send the complete new \
                 content of each file that has to change, and of no other, like this:\n\n{}",
                edits::artifact_format()
            ),
        }
    }
}

/// The next request of a conversation in which a patch was refused.
pub(super) fn ask_again(refused: Format, next: Format, complaint: &str) -> String {
    let unchanged = match refused {
        Format::WholeFiles => "",
        Format::Diff | Format::Replacements => "Nothing was changed: the files are as you were shown them. ",
    };
    format!("{complaint}\n\n{unchanged}{}", next.ask())
}

/// Tells those who watch that a patch was refused, and what is done about it.
pub(super) fn announce(
    turn: usize,
    format: Format,
    next: Format,
    complaint: &Complaint,
) -> Result<(), Error> {
    let way_on = match next == format {
        true => "sending the reasons back".to_owned(),
        false => format!("asking for {} instead", next.words()),
    };
    let why = complaint.line.trim_end_matches(['.', ':']);
    events::status_with(
        &format!("The {} could not be applied ({why}); {way_on}", format.words()),
        &json!({ "repair": {
            "turn": turn,
            "format": format.name(),
            "next": next.name(),
            "reason": complaint.text,
        }}),
    )
}
