//! Whole files, as a model writes them.
//!
//! The completion goes to the host, which writes the files while they arrive. What comes back is a report, and three
//! things in it may be wrong: a file without its end, a path that was refused, a file that was expected and did not come.
//! Each is said to the model in a request that repeats the first and adds what is still missing.
//!
//! An answer that ran into its token limit after it finished some files is no mistake, only long: it is continued as long
//! as each completion finishes at least one more file. Mistakes are forgiven once.

use orchestrator_sdk::{
    Error, FileChange, cancellation,
    edits::{self, WriteReport},
    events,
    model::{self, Request, StopReason},
};
use std::collections::BTreeMap;

/// Most completions for one set of files, continuations included.
const COMPLETIONS_MAX: usize = 8;

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// The files, in the order in which they were last written.
    pub files: Vec<FileChange>,
    /// Files that were expected and that the model left out, without being cut off.
    pub missing: Vec<String>,
    /// What the model said outside of files in its last answer.
    pub prose: String,
}

/// Sends a request and writes the files of the answer. `expected` are the paths that should come of it; `exists` says
/// whether one of them is there already.
///
/// # Errors
/// [`orchestrator_sdk::ErrorCode::MalformedAnswer`] when a file stayed incomplete or refused, or none came at all, with
/// their names; [`orchestrator_sdk::ErrorCode::Refused`] when the model declines.
pub fn write_files(
    request: &Request,
    expected: &[&str],
    exists: impl Fn(&str) -> bool,
) -> Result<Written, Error> {
    let mut written = Written::default();
    let mut forgiven = false;
    let mut again = request.clone();
    for _ in 0..COMPLETIONS_MAX {
        cancellation::check()?;
        let report = edits::write_completion(model::start(&again)?)?;
        model::refusal(&report.end, &report.prose)?;
        let progress = !report.files.is_empty();
        let was_cut = report.end.stop_reason == StopReason::MaxTokens;
        let open = Open::new(&report, &mut written, expected, &exists);
        if !expected.is_empty() {
            events::progress(0.95 * (expected.len() - open.missing.len()) as f32 / expected.len() as f32);
        }
        if open.is_done(was_cut) {
            written.missing = open.missing;
            return Ok(written);
        }
        let may_go_on = was_cut && progress;
        if !may_go_on && forgiven {
            if open.is_tolerable(was_cut) {
                written.missing = open.missing;
                return Ok(written);
            }
            return Err(Error::malformed(format!("the files could not be written, twice: {}", open.names())));
        }
        forgiven |= !may_go_on;
        let verb = if may_go_on { "The answer was cut off; asking for the rest" } else { "Asking once more" };
        events::status(&format!("{verb}: {}", open.names()))?;
        again = with_complaint(request, &open.complaint(&written));
    }
    Err(Error::malformed(format!(
        "{COMPLETIONS_MAX} answers did not finish the files; ask for fewer or smaller ones"
    )))
}

/// What is still to be done after an answer.
struct Open {
    incomplete: Vec<String>,
    refused: Vec<(String, String)>,
    missing: Vec<String>,
    nothing: bool,
}

impl Open {
    fn new(
        report: &WriteReport,
        written: &mut Written,
        expected: &[&str],
        exists: &impl Fn(&str) -> bool,
    ) -> Self {
        for file in &report.files {
            written.files.retain(|earlier| earlier.path != file.path);
            written.files.push(file.clone());
        }
        written.prose.clone_from(&report.prose);
        let is_written = |path: &str| written.files.iter().any(|file| file.path == path);
        let refused: BTreeMap<_, _> =
            report.refused.iter().map(|refusal| (refusal.path.clone(), refusal.line())).collect();
        let incomplete =
            report.incomplete.iter().filter(|path| !is_written(path)).cloned().collect::<Vec<_>>();
        let is_named =
            |path: &str| incomplete.iter().any(|known| known == path) || refused.contains_key(path);
        let missing = expected
            .iter()
            .filter(|path| !is_written(path) && !exists(path) && !is_named(path))
            .map(ToString::to_string)
            .collect();
        let nothing = written.files.is_empty() && incomplete.is_empty() && refused.is_empty();
        Self { incomplete, refused: refused.into_iter().collect(), missing, nothing }
    }

    fn is_done(&self, was_cut: bool) -> bool {
        let mistakes = !self.incomplete.is_empty() || !self.refused.is_empty() || self.nothing;
        !mistakes && self.missing.is_empty() && !(was_cut && self.nothing)
    }

    /// Whether the files can be left at that: all that the model began is there, and it was not cut off.
    fn is_tolerable(&self, was_cut: bool) -> bool {
        self.incomplete.is_empty() && self.refused.is_empty() && !self.nothing && !was_cut
    }

    fn names(&self) -> String {
        let incomplete = self.incomplete.iter().map(|path| format!("{path} has no end"));
        let refused = self.refused.iter().map(|(_, line)| line.clone());
        let missing = self.missing.iter().map(|path| format!("{path} is missing"));
        let nothing = self.nothing.then(|| "the answer held no file in the format asked for".to_owned());
        nothing.into_iter().chain(incomplete).chain(refused).chain(missing).collect::<Vec<_>>().join("; ")
    }

    fn complaint(&self, written: &Written) -> String {
        let done: Vec<_> = written.files.iter().map(|file| file.path.as_str()).collect();
        let done = match done.is_empty() {
            true => String::new(),
            false => format!("You answered this before, and these files are written: {}.\n", done.join(", ")),
        };
        format!(
            "{done}What was wrong with the answer: {}.\nSend just what is missing or was wrong, each file complete from \
             its first line to its end tag, in the format asked for. Leave the files alone that are written.",
            self.names()
        )
    }
}

/// The first request with the complaint behind it, in the same turn: the answer itself went to the disk, and the
/// beginning stays the same for the provider's cache.
fn with_complaint(request: &Request, complaint: &str) -> Request {
    let mut again = request.clone();
    if let Some(message) = again.messages.last_mut() {
        message.content = format!("{}\n\n{complaint}", message.content);
    }
    again
}

#[cfg(test)]
mod tests;
