//! A change made as a unified diff: asked for, read, checked, applied, and asked for again with the report of what did
//! not fit.
//!
//! A diff is the shortest way to say a change and the easiest to get wrong, so the refusal of one is new input for the
//! model, hunk by hunk. After two refusals the format is the problem rather than the change, and whole files are asked
//! for instead. Whatever way the change comes, it may not weaken the tests that it is measured by ([`guard`]).

pub mod answer;
pub mod guard;

use crate::{view::View, writing};
use answer::DiffAnswer;
use guard::Tests;
use orchestrator_sdk::{
    Error, FileChange, cancellation,
    edits::{self, DiffOutcome},
    events,
    model::{self, Answer, Request},
};

/// Diffs that may be refused before whole files are asked for: the first one and two corrected ones.
const DIFFS_MAX: usize = 3;

/// A change that was made.
#[derive(Debug)]
pub struct Patched {
    /// Why, in one sentence of the model.
    pub reason: String,
    /// What changed.
    pub files: Vec<FileChange>,
    /// How many diffs were refused before.
    pub refused: usize,
}

/// Asks for a diff and applies it.
///
/// # Errors
/// [`orchestrator_sdk::ErrorCode::MalformedAnswer`] when neither a diff nor whole files could be used;
/// [`orchestrator_sdk::ErrorCode::Refused`] when the model declines; what the host answers otherwise.
pub fn patch(request: Request, view: &View) -> Result<Patched, Error> {
    let mut request = request;
    let mut reason = String::new();
    for turn in 0..DIFFS_MAX {
        cancellation::check()?;
        events::progress(0.2 + 0.2 * turn as f32);
        let answer = model::complete(&request)?;
        answer.refused()?;
        let complaint = match try_diff(&answer, &mut reason)? {
            Ok(files) => return Ok(Patched { reason, files, refused: turn }),
            Err(complaint) => complaint,
        };
        let next =
            if turn + 1 < DIFFS_MAX { "sending the reasons back" } else { "asking for whole files instead" };
        events::status(&format!("The diff was refused ({}); {next}", first(&complaint)))?;
        request = request.assistant(&answer.text).user(format!("{complaint}\n\n{AGAIN}"));
    }
    whole_files(request, view, reason)
}

const AGAIN: &str = "Nothing was changed: the files are as you were shown them. Send the whole diff again, corrected, with \
                     all of its files and hunks.";

/// Applies the diff in an answer, or says what is wrong with it, in words that a model can act on.
fn try_diff(answer: &Answer, reason: &mut String) -> Result<Result<Vec<FileChange>, String>, Error> {
    if let Some(shortfall) = answer.shortfall() {
        return Ok(Err(format!("The answer could not be used: {shortfall}.")));
    }
    let found = match DiffAnswer::read(&answer.text) {
        Ok(found) => found,
        Err(complaint) => return Ok(Err(complaint)),
    };
    if !found.reason.is_empty() && found.reason != *reason {
        events::thinking_step(&found.reason)?;
        reason.clone_from(&found.reason);
    }
    if let Err(weakened) = guard::judge(found.diff) {
        return Ok(Err(weakened));
    }
    if guard::touches_only_tests(found.diff) {
        events::thinking_step(
            "This change touches nothing but tests; what they check is not less than before.",
        )?;
    }
    Ok(match edits::apply_diff(found.diff)? {
        DiffOutcome::Applied(files) if files.is_empty() => Err("The diff changes nothing.".into()),
        DiffOutcome::Applied(files) => Ok(files),
        DiffOutcome::Refused(refusals) => {
            let lines: Vec<_> = refusals.iter().map(|refusal| format!("- {}", refusal.line())).collect();
            Err(format!("The diff could not be applied:\n{}", lines.join("\n")))
        }
    })
}

/// The way out when diffs do not fit: the complete new content of each file that has to change.
fn whole_files(request: Request, view: &View, mut reason: String) -> Result<Patched, Error> {
    let tests = Tests::read(view)?;
    let mut request = request;
    if let Some(last) = request.messages.last_mut() {
        let complaint = last.content.trim_end_matches(AGAIN).trim_end();
        last.content = format!(
            "{complaint}\n\nLeave diffs now. First say the reason for the change in one sentence. Then send the complete \
             new content of each file that has to change, and of no other, like this:\n\n{}",
            edits::artifact_format()
        );
    }
    let written = writing::write_files(&request, &[], |_| true)?;
    if !written.missing.is_empty() {
        let missing = written.missing.join(", ");
        return Err(Error::malformed(format!("the change is not whole: {missing} did not come")));
    }
    if let Some(weakened) = tests.restore_weakened()? {
        return Err(Error::malformed(format!("the change was undone in the tests: {weakened}")));
    }
    let said = answer::sentence(&written.prose);
    if !said.is_empty() {
        events::thinking_step(&said)?;
        reason = said;
    }
    Ok(Patched { reason, files: written.files, refused: DIFFS_MAX })
}

fn first(complaint: &str) -> &str {
    let line = complaint.lines().find(|line| line.starts_with("- ")).or_else(|| complaint.lines().next());
    line.unwrap_or_default().trim_start_matches("- ").trim_end_matches('.')
}

#[cfg(test)]
mod tests;
