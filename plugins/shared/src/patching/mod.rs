//! A change asked for as a patch, applied, and asked for again with the report of what did not fit.
//!
//! A diff is the shortest way to say a change and the easiest to get wrong, so the host's report of a refused one is
//! new input for the model, hunk by hunk: what was expected, what is there, which places come near. After two such
//! rounds the format is the problem rather than the change. Then blocks of search and replace are asked for, which need
//! no counts and no context, and if those do not fit either, whole files. Each of these turns is an event, so that
//! whoever watches knows why it takes longer and costs more. Whatever way the change comes, it may not weaken the tests
//! that it is measured by ([`guard`]).

pub mod answer;
mod before;
pub mod guard;
mod turn;

use crate::{view::View, writing};
use before::Before;
use guard::Tests;
use orchestrator_sdk::{
    Error, FileChange, cancellation,
    edits::{self, PatchOutcome, PatchReport},
    events,
    model::{self, Answer, Request},
};
use turn::{Format, TURNS};

/// A change that was made.
#[derive(Debug)]
pub struct Patched {
    /// Why, in one sentence of the model.
    pub reason: String,
    /// What changed.
    pub files: Vec<FileChange>,
    /// How many patches were refused before.
    pub refused: usize,
}

/// Asks for a diff and applies it; `target` is the file that a diff without file names is about.
///
/// # Errors
/// [`orchestrator_sdk::ErrorCode::MalformedAnswer`] when neither a patch nor whole files could be used;
/// [`orchestrator_sdk::ErrorCode::Refused`] when the model declines; what the host answers otherwise.
pub fn patch(request: Request, view: &View, target: Option<&str>) -> Result<Patched, Error> {
    let mut request = request;
    let mut reason = String::new();
    for (refused, format) in TURNS.into_iter().enumerate() {
        cancellation::check()?;
        events::progress(0.2 + 0.15 * refused as f32);
        let answer = model::complete(&request)?;
        answer.refused()?;
        let complaint = match attempt(format, &answer, view, target, &mut reason)? {
            Ok(files) => return Ok(Patched { reason, files, refused }),
            Err(complaint) => complaint,
        };
        let next = TURNS.get(refused + 1).copied().unwrap_or(Format::WholeFiles);
        turn::announce(refused + 1, format, next, &complaint)?;
        request = request.assistant(&answer.text).user(turn::ask_again(format, next, &complaint.text));
    }
    whole_files(&request, view, reason)
}

/// The one path among `paths`, where there is just one.
pub fn sole<'a>(paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut paths = paths;
    let first = paths.next()?;
    paths.all(|path| path == first).then_some(first)
}

/// Why a patch was not taken.
struct Complaint {
    /// In words that a model can act on.
    text: String,
    /// In one line, for people.
    line: String,
}

impl Complaint {
    fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { line: text.lines().next().unwrap_or_default().to_owned(), text }
    }
}

/// Applies the patch in an answer, or says what is wrong with it.
fn attempt(
    format: Format,
    answer: &Answer,
    view: &View,
    target: Option<&str>,
    reason: &mut String,
) -> Result<Result<Vec<FileChange>, Complaint>, Error> {
    if let Some(shortfall) = answer.shortfall() {
        return Ok(Err(Complaint::new(format!("The answer could not be used: {shortfall}."))));
    }
    let found = match format.read(&answer.text) {
        Ok(found) => found,
        Err(complaint) => return Ok(Err(Complaint::new(complaint))),
    };
    if !found.reason.is_empty() && found.reason != *reason {
        events::thinking_step(&found.reason)?;
        reason.clone_from(&found.reason);
    }
    if let Err(weakened) = guard::judge(found.patch) {
        return Ok(Err(Complaint::new(weakened)));
    }
    if guard::touches_only_tests(found.patch) {
        events::thinking_step(
            "This change touches nothing but tests; what they check is not less than before.",
        )?;
    }
    // What a diff does to tests that it names in prose only shows when it is done.
    let tests = Tests::read(view)?;
    let applied = judged(match format {
        Format::Diff => edits::apply_diff(found.patch, target)?,
        Format::Replacements | Format::WholeFiles => edits::apply_replacements(found.patch)?,
    });
    tests.refuse_weakened()?;
    Ok(applied)
}

fn judged(report: PatchReport) -> Result<Vec<FileChange>, Complaint> {
    match report.outcome {
        PatchOutcome::Applied => Ok(report.files),
        PatchOutcome::AlreadyApplied => Err(Complaint::new(
            "Everything in the patch is in the files already, so it changes nothing. The cause lies elsewhere.",
        )),
        PatchOutcome::Refused => {
            let line = report.first_refusal().unwrap_or_else(|| "nothing in it could be read".to_owned());
            Err(Complaint { text: format!("The patch could not be applied:\n{}", report.text), line })
        }
    }
}

/// The last way out: the complete new content of each file that has to change.
fn whole_files(request: &Request, view: &View, mut reason: String) -> Result<Patched, Error> {
    let tests = Tests::read(view)?;
    let before = Before::read(view);
    let written = writing::write_files(request, &[], |_| true)?;
    if !written.missing.is_empty() {
        let missing = written.missing.join(", ");
        return Err(Error::malformed(format!("the change is not whole: {missing} did not come")));
    }
    tests.refuse_weakened()?;
    let said = answer::sentence(&written.prose);
    if !said.is_empty() {
        events::thinking_step(&said)?;
        reason = said;
    }
    let files = before.changed(written.files);
    if files.is_empty() {
        return Err(Error::malformed("the files came just as they are, so nothing was changed"));
    }
    Ok(Patched { reason, files, refused: TURNS.len() })
}

#[cfg(test)]
mod tests;
