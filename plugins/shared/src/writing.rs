//! Whole files, as a model writes them.
//!
//! The completion goes to the host, which writes the files while they arrive. What comes back is a report, and three
//! things in it may be wrong: a file without its end, a path that was refused, a file that was expected and did not come.
//! Each is said to the model in a request that repeats the first and adds what is still missing.
//!
//! An answer that ran into its token limit, or filled the model's context, after it finished some files is no mistake, only long: it is continued as long
//! as each completion finishes at least one more file. Mistakes are forgiven once.

use orchestrator_sdk::{
    Error, FileChange, cancellation,
    edits::{self, WriteReport},
    events,
    model::{self, Request, StopReason},
};
use std::collections::{BTreeMap, BTreeSet};

/// Most completions for one set of files, continuations included.
const COMPLETIONS_MAX: usize = 8;

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// The files, in the order in which they were last written.
    pub files: Vec<FileChange>,
    /// Files that were expected, or begun and refused, and that the model then left out without being cut off.
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
    let mut begun = BTreeSet::new();
    let mut forgiven = false;
    let mut again = request.clone();
    for _ in 0..COMPLETIONS_MAX {
        cancellation::check()?;
        let report = edits::write_completion(model::start(&again)?)?;
        model::refusal(&report.end, &report.prose)?;
        let progress = !report.files.is_empty();
        let was_cut = is_cut(&report);
        written.take(&report);
        let still_expected: Vec<&str> = expected.iter().copied().filter(|path| !exists(path)).collect();
        let open = Open::new(&report, &written, &still_expected, &mut begun);
        let left = open.missing.len() + open.incomplete.len() + open.refused.len();
        events::progress(0.95 * written.files.len() as f32 / (written.files.len() + left).max(1) as f32);
        if open.is_done() {
            written.missing = open.missing;
            return Ok(written);
        }
        let may_go_on = was_cut && progress;
        if !may_go_on && forgiven {
            if open.is_tolerable() && !was_cut {
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

/// Whether a limit ended the answer, and not the model.
fn is_cut(report: &WriteReport) -> bool {
    matches!(report.end.stop_reason, StopReason::MaxTokens | StopReason::ContextWindow)
}

/// What is still to be done after an answer.
struct Open {
    incomplete: Vec<String>,
    refused: Vec<(String, String)>,
    missing: Vec<String>,
    nothing: bool,
    /// Cut off between two files, where nobody knows which should have followed.
    cut_between: bool,
}

impl Written {
    fn take(&mut self, report: &WriteReport) {
        for file in &report.files {
            self.files.retain(|earlier| earlier.path != file.path);
            self.files.push(file.clone());
        }
        self.prose.clone_from(&report.prose);
    }

    fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }
}

impl Open {
    /// `begun` collects the files that some answer began and did not bring to its end: a later answer that passes over
    /// one of them in silence has not finished.
    fn new(report: &WriteReport, written: &Written, expected: &[&str], begun: &mut BTreeSet<String>) -> Self {
        let incomplete: Vec<_> =
            report.incomplete.iter().filter(|path| !written.has(path)).cloned().collect();
        let refused: BTreeMap<_, _> =
            report.refused.iter().map(|refusal| (refusal.path.clone(), refusal.line())).collect();
        let is_named =
            |path: &str| incomplete.iter().any(|known| known == path) || refused.contains_key(path);
        let wanted = expected.iter().copied().filter(|path| !begun.contains(*path));
        let missing = wanted
            .chain(begun.iter().map(String::as_str))
            .filter(|path| !written.has(path) && !is_named(path))
            .map(str::to_owned)
            .collect();
        begun.extend(incomplete.iter().chain(refused.keys()).cloned());
        let nothing = written.files.is_empty() && incomplete.is_empty() && refused.is_empty();
        let was_cut = is_cut(report);
        let cut_between = was_cut && expected.is_empty() && incomplete.is_empty() && !nothing;
        Self { incomplete, refused: refused.into_iter().collect(), missing, nothing, cut_between }
    }

    fn is_done(&self) -> bool {
        self.is_tolerable() && self.missing.is_empty()
    }

    /// Whether all that the model began is there.
    fn is_tolerable(&self) -> bool {
        self.incomplete.is_empty() && self.refused.is_empty() && !self.nothing && !self.cut_between
    }

    fn names(&self) -> String {
        let incomplete = self.incomplete.iter().map(|path| format!("{path} has no end"));
        let refused = self.refused.iter().map(|(_, line)| line.clone());
        let missing = self.missing.iter().map(|path| format!("{path} is missing"));
        let nothing = self.nothing.then(|| "the answer held no file in the format asked for".to_owned());
        let cut = self.cut_between.then(|| "the answer was cut off after the last file".to_owned());
        nothing
            .into_iter()
            .chain(cut)
            .chain(incomplete)
            .chain(refused)
            .chain(missing)
            .collect::<Vec<_>>()
            .join("; ")
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
