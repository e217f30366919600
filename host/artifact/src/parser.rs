//! Puts texts and tags together to files.
//!
//! Bytes pass through three filters, each of which borrows: the scanner tells tags from text, the body of the open file
//! takes away what models put around it, and the gate makes text of the bytes. A file whose end is missing is reported
//! as incomplete, whatever the reason: half a file never replaces a whole one.
//!
//! Files may also be in fenced blocks with a path, without tags. They are reported as inferred, wherever in the answer
//! they stand: whether they are files or illustrations is for those to decide who know the whole answer and the project.
//! What has the sign of a file and cannot be read as one is refused, and never prose in silence.

mod empty;
mod named;
mod prose;

use crate::{
    body::Body,
    fenced::{Event, Fenced},
    mark::Mark,
    open::{Budget, OpenFile},
    piece::{AnswerLimits, Cause, Ending, Piece, Refused},
    scan::{Found, Scanner},
    tag::Tag,
    text::{Gate, Stretch},
    watch::Watch,
};
use empty::Empty;
use foldhash::HashSet;
use named::checked;
use orchestrator_core::RelativePath;

/// Reads an answer piece by piece.
#[derive(Debug)]
pub struct ArtifactParser {
    scanner: Scanner,
    answer: Answer,
}

impl ArtifactParser {
    /// A parser for tags with the mark `nonce`.
    #[must_use]
    pub fn new(nonce: &str) -> Self {
        Self::with_limits(nonce, AnswerLimits::default())
    }

    /// A parser with limits of its own.
    #[must_use]
    pub fn with_limits(nonce: &str, limits: AnswerLimits) -> Self {
        Self { scanner: Scanner::new(nonce), answer: Answer::new(Mark::new(nonce), limits) }
    }

    /// Reads the next bytes of the answer and says what was found in them.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Piece<'_>)) {
        let Self { scanner, answer } = self;
        scanner.push(bytes, &mut |found| answer.take(found, &mut each));
    }

    /// Says what the end of the answer means for what is open.
    pub fn finish(mut self, ending: Ending, mut each: impl FnMut(Piece<'_>)) {
        let in_tag = self.scanner.is_in_tag();
        let held = self.scanner.finish();
        self.answer.finish(&held, in_tag, ending, &mut each);
    }
}

/// What the answer has come to.
#[derive(Debug)]
struct Answer {
    limits: AnswerLimits,
    state: State,
    operations: usize,
    /// Bytes of the files that are whole.
    total: u64,
    /// The paths of those that tags named.
    whole: HashSet<RelativePath>,
    /// Looks for files in prose.
    watch: Watch,
    /// A file that is to be empty, while it may turn out to have a code block behind its tag.
    empty: Option<Empty>,
    /// Files that were given up when another tag came. Their end tags may still come.
    given_up: usize,
    prose: Gate,
    /// Whether nothing but blank lines came in prose since a tag at which it had nothing open.
    is_quiet: bool,
    /// Whether a fenced block was a file. What follows one has to be watched, blank lines as well.
    had_fenced: bool,
}

#[derive(Debug)]
enum State {
    Prose,
    /// Between a file's tags.
    Tagged(OpenFile, Body),
    /// In a fenced block that is taken for a file; without the file, once that was refused.
    Fenced(Option<OpenFile>, Fenced),
    /// In a block that was refused.
    Refused,
}

impl Answer {
    fn new(mark: Mark, limits: AnswerLimits) -> Self {
        Self {
            limits,
            state: State::Prose,
            operations: 0,
            total: 0,
            whole: HashSet::default(),
            watch: Watch::new(mark),
            empty: None,
            given_up: 0,
            prose: Gate::default(),
            is_quiet: false,
            had_fenced: false,
        }
    }

    fn take(&mut self, found: Found<'_>, each: &mut impl FnMut(Piece<'_>)) {
        match found {
            Found::Text(text) => self.text(text, each),
            Found::Tag(tag) => self.tag(&tag, each),
        }
    }

    fn finish(&mut self, held: &[u8], in_tag: bool, ending: Ending, each: &mut impl FnMut(Piece<'_>)) {
        let is_cut_tag = in_tag && matches!(self.state, State::Prose);
        if let State::Prose = self.state {
            self.text(held, each);
        }
        self.end_empty(each);
        if let State::Fenced(_, fenced) = &self.state
            && ending == Ending::Whole
            && held.is_empty()
            && fenced.may_end()
        {
            self.close_fenced(each);
        }
        self.give_up(ending.into(), each);
        let is_said = self.end_prose(each);
        // The answer may end in the first line of a block.
        self.give_up(ending.into(), each);
        if is_cut_tag && !is_said {
            refuse("", &Refused::CutTag, each);
        }
    }

    fn text(&mut self, text: &[u8], each: &mut impl FnMut(Piece<'_>)) {
        let Some((held, text)) = self.decide_empty(text, each) else { return };
        self.plain_text(&held, each);
        self.plain_text(text, each);
    }

    /// Nothing decides any more about a file that is to be empty: it is.
    fn end_empty(&mut self, each: &mut impl FnMut(Piece<'_>)) {
        if let Some(held) = self.settle_empty(false, each) {
            self.plain_text(&held, each);
        }
    }

    fn plain_text(&mut self, text: &[u8], each: &mut impl FnMut(Piece<'_>)) {
        let mut rest = text;
        while !rest.is_empty() {
            // A fenced file may have been closed within this text.
            let budget = Budget { limits: self.limits, total: self.total };
            match &mut self.state {
                State::Refused => return,
                State::Tagged(file, body) => {
                    let mut taken = Ok(());
                    body.push(rest, &mut |content| file.take_after(&mut taken, content, &budget, each));
                    return if let Err(reason) = taken {
                        refuse(file.path.as_str(), &reason, each);
                        self.state = State::Refused;
                    };
                }
                State::Fenced(file, fenced) => {
                    let mut taken = Ok(());
                    let (later, event) = fenced.push(rest, &mut |content| {
                        if let Some(file) = file {
                            file.take_after(&mut taken, content, &budget, each);
                        }
                    });
                    rest = later;
                    if event == Some(Event::Nested) {
                        taken = taken.and(Err(Refused::NestedFence));
                    }
                    if let Err(reason) = taken
                        && let Some(file) = file.take()
                    {
                        refuse(file.path.as_str(), &reason, each);
                    }
                    match event {
                        Some(Event::Closed) => self.close_fenced(each),
                        Some(Event::Nested) => self.lose_track(),
                        None => {}
                    }
                }
                State::Prose => rest = self.prose(rest, each),
            }
        }
    }

    fn close_fenced(&mut self, each: &mut impl FnMut(Piece<'_>)) {
        if let State::Fenced(Some(file), _) = std::mem::replace(&mut self.state, State::Prose) {
            self.had_fenced = true;
            self.watch.file_closed(file.path.clone());
            self.close(file, Ok(()), true, each);
        }
    }

    fn tag(&mut self, tag: &Tag<'_>, each: &mut impl FnMut(Piece<'_>)) {
        self.end_empty(each);
        self.end_prose(each);
        if *tag == Tag::Close {
            return self.close_tagged(each);
        }
        self.give_up(Cause::Interrupted, each);
        let opens = matches!(tag, Tag::Open { empty: false, .. });
        let done = self.count(tag.path().unwrap_or_default(), each)
            && match self.operation(tag, each) {
                Ok(()) => true,
                Err((path, reason)) => {
                    refuse(&path, &reason, each);
                    false
                }
            };
        if opens && !done {
            self.state = State::Refused;
        }
    }

    /// Counts a change; says once that there are too many.
    fn count(&mut self, path: &str, each: &mut impl FnMut(Piece<'_>)) -> bool {
        self.operations += 1;
        if self.operations == self.limits.operations.saturating_add(1) {
            refuse(path, &Refused::TooMany(self.limits.operations), each);
        }
        self.operations <= self.limits.operations
    }

    /// What a tag asks for. Opens the file, where it asks for that.
    fn operation(
        &mut self,
        tag: &Tag<'_>,
        each: &mut impl FnMut(Piece<'_>),
    ) -> Result<(), (String, Refused)> {
        match tag {
            Tag::Open { path, empty } => {
                let path = checked("path", path.as_deref(), false)?;
                if *empty {
                    self.hold_empty(path);
                    return Ok(());
                }
                let body = Body::new(&path);
                let file = self.open(path, false, each);
                self.state = State::Tagged(file, body);
            }
            Tag::Delete { path } => {
                let path = checked("path", path.as_deref(), true)?;
                self.whole.remove(&path);
                each(Piece::Delete(&path));
            }
            Tag::Rename { from, to } => {
                let (from, to) =
                    (checked("from", from.as_deref(), true)?, checked("to", to.as_deref(), false)?);
                self.whole.remove(&from);
                each(Piece::Rename { from: &from, to: &to });
            }
            Tag::Close => {}
        }
        Ok(())
    }

    fn open(&mut self, path: RelativePath, inferred: bool, each: &mut impl FnMut(Piece<'_>)) -> OpenFile {
        let again = self.whole.contains(&path);
        each(Piece::Opened { path: &path, inferred, again });
        OpenFile::new(path)
    }

    /// An end tag in prose ends nothing: its file was given up when the next one began, or never was one.
    fn close_tagged(&mut self, each: &mut impl FnMut(Piece<'_>)) {
        match std::mem::replace(&mut self.state, State::Prose) {
            State::Tagged(mut file, mut body) => {
                let budget = Budget { limits: self.limits, total: self.total };
                let mut taken = Ok(());
                let section = body.close(&mut |content| file.take_after(&mut taken, content, &budget, each));
                self.close(file, taken.and(section), false, each);
            }
            State::Fenced(file, fenced) => {
                self.state = State::Fenced(file, fenced);
                self.give_up(Cause::Interrupted, each);
            }
            State::Prose if self.given_up == 0 => refuse("", &Refused::EndOfNothing, each),
            State::Prose => self.given_up -= 1,
            State::Refused => {}
        }
    }

    /// The file is over, and whole unless something of it could not be taken.
    fn close(
        &mut self,
        mut file: OpenFile,
        taken: Result<(), Refused>,
        inferred: bool,
        each: &mut impl FnMut(Piece<'_>),
    ) {
        let mut whole = taken;
        file.gate.finish(&mut |_| whole = Err(Refused::NotText));
        if let Err(reason) = whole {
            return refuse(file.path.as_str(), &reason, each);
        }
        self.total += file.bytes;
        each(Piece::Closed(&file.path));
        if !inferred {
            self.whole.insert(file.path);
        }
    }

    fn give_up(&mut self, cause: Cause, each: &mut impl FnMut(Piece<'_>)) {
        match std::mem::replace(&mut self.state, State::Prose) {
            State::Tagged(file, _) => {
                self.given_up += 1;
                incomplete(&file, cause, each);
            }
            State::Fenced(file, fenced) => {
                self.watch.stay_in(fenced.fence);
                if let Some(file) = file {
                    incomplete(&file, cause, each);
                }
            }
            State::Prose | State::Refused => {}
        }
    }
}

fn say(stretch: Stretch<'_>, each: &mut impl FnMut(Piece<'_>)) {
    match stretch {
        Stretch::Text("") => {}
        Stretch::Text(text) => each(Piece::Prose(text)),
        Stretch::Invalid => each(Piece::Prose("\u{fffd}")),
    }
}

fn refuse(path: &str, reason: &Refused, each: &mut impl FnMut(Piece<'_>)) {
    each(Piece::Refused { path, reason });
}

fn incomplete(file: &OpenFile, cause: Cause, each: &mut impl FnMut(Piece<'_>)) {
    each(Piece::Incomplete { path: &file.path, cause });
}
