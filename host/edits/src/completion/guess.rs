//! Code blocks without tags that may be files.
//!
//! A model that forgets the tags still says where its code belongs, and a model that explains its code shows parts of it
//! in the same way. Which of the two a block is cannot be told when it comes, so it waits until the answer is over, and
//! then may do one thing only: create a file. What is there already, in the project or by the same answer, is replaced
//! by what comes between tags, or by a diff, or by nothing.
//!
//! In an answer with tags a code block about one of the same files is an illustration. About any other file it would be
//! lost if it were passed over, so it is refused and asked for again.

use super::{Channel, Writer};
use crate::{
    Refusal,
    place::{Place, place},
};
use orchestrator_artifact::Cause;
use orchestrator_core::{Failure, FileChangeKind, RelativePath};
use orchestrator_workspace::{
    announce,
    announce::{Remarks, Told},
    beside_twin,
};
use std::collections::BTreeSet;

const BESIDE_TAGS: &str = "other files of the answer came between tags and this one in a code block, which is not written: \
     write it between tags, or leave it as it is";
const IS_THERE: &str = "it is there already, and a code block without tags does not replace a file: write the whole file \
     between tags, or leave it as it is";
const LIKE_THAT: &str = "it is like that already";
const BETWEEN_TAGS: &str = "the answer has it between tags, and this was a code block";

/// Why a block is no file.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) path: String,
    pub(super) reason: String,
    /// Its end is missing.
    pub(super) is_incomplete: bool,
}

impl Fault {
    pub(super) fn incomplete(path: RelativePath, cause: &Cause) -> Self {
        Self { path: path.into(), reason: cause.to_string(), is_incomplete: true }
    }

    pub(super) fn refused(path: String, reason: String) -> Self {
        Self { path, reason, is_incomplete: false }
    }
}

/// A block that may be a file.
#[derive(Debug)]
pub(super) struct Guess {
    path: RelativePath,
    content: String,
    /// Whether it was announced, and its content is shown. Undecided until there is some.
    shown: Option<bool>,
    fault: Option<Fault>,
}

impl Guess {
    pub(super) fn new(path: RelativePath) -> Self {
        Self { path, content: String::new(), shown: None, fault: None }
    }

    pub(super) fn with(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self.content.clear();
        self
    }
}

/// The blocks of an answer, and what its tags were about.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    held: Vec<Guess>,
    tagged: BTreeSet<RelativePath>,
}

impl Guesses {
    /// A tag is about this file.
    pub(super) fn tag(&mut self, path: &RelativePath) {
        self.tagged.insert(path.clone());
    }

    /// Takes back the last block with the path of this fault; says whether there was one.
    pub(super) fn doubt(&mut self, fault: &Fault) -> bool {
        let last =
            self.held.iter_mut().rfind(|held| held.path.as_str() == fault.path && held.fault.is_none());
        last.map(|held| held.fault = Some(fault.clone())).is_some()
    }

    pub(super) fn hold(&mut self, guess: Guess) {
        self.held.push(guess);
    }
}

impl Writer {
    /// More of the block that is open. Only what is likely to become a file is shown.
    pub(super) async fn guess_goes_on(&mut self, text: &str) -> Result<(), Failure> {
        let Some(super::Open::Guess(guess)) = &mut self.open else { return Ok(()) };
        guess.content.push_str(text);
        let path = guess.path.clone();
        let shown = match guess.shown {
            Some(shown) => shown,
            None => {
                let again = self.guesses.held.iter().any(|held| held.path == path);
                let target = path.clone();
                let exists = self.workspace.blocking(move |workspace| workspace.exists(&target)).await;
                let shown = self.guesses.tagged.is_empty() && !again && matches!(exists, Ok(false));
                guess.shown = Some(shown);
                if shown {
                    self.outbox.flush().await?;
                    announce_guess(self, &path).await?;
                }
                shown
            }
        };
        match shown {
            true => self.outbox.add(Channel::File(path), text).await,
            false => Ok(()),
        }
    }

    /// The answer is over: decides about each of its code blocks.
    pub(super) async fn settle_guesses(&mut self) -> Result<(), Failure> {
        let Guesses { held, tagged } = std::mem::take(&mut self.guesses);
        for mut guess in held {
            let fault = guess.fault.take();
            let is_illustration = tagged.contains(&guess.path);
            match fault {
                _ if is_illustration => {
                    self.take_back(&guess, BETWEEN_TAGS).await?;
                    self.shown.add(format!("{}: {BETWEEN_TAGS}", guess.path));
                }
                Some(fault) => {
                    self.take_back(&guess, &fault.reason).await?;
                    self.report(fault);
                }
                None if !tagged.is_empty() => self.refuse(&guess, BESIDE_TAGS).await?,
                None => self.create(guess).await?,
            }
        }
        Ok(())
    }

    /// Creates the file that a block is, unless there is one.
    async fn create(&mut self, guess: Guess) -> Result<(), Failure> {
        let (target, content) = (guess.path.clone(), guess.content.clone());
        let is_there = self.workspace.blocking(move |workspace| {
            let place = place(workspace, target)?;
            let is_same = matches!(&place, Place::There(path) if workspace.read_text(path).is_ok_and(|there| there == content));
            Ok((place, is_same))
        });
        match is_there.await {
            Ok((_, true)) => {
                self.shown.add(format!("{}: {LIKE_THAT}", guess.path));
                self.take_back(&guess, LIKE_THAT).await
            }
            Ok((Place::There(_), false)) => self.refuse(&guess, IS_THERE).await,
            Ok((Place::Beside(twin), _)) => {
                let reason = beside_twin(&guess.path, &twin);
                self.refuse(&guess, &reason).await
            }
            Ok((Place::Free(_), _)) => {
                let told = match guess.shown {
                    Some(true) => self.outbox.told(),
                    _ => {
                        announce_guess(self, &guess.path).await?;
                        Told::NotYet
                    }
                };
                let Guess { path, content: text, .. } = guess;
                self.write(super::Content { path, operation: FileChangeKind::Create, text, told }).await
            }
            Err(error) if error.is_internal() => Err(error.into()),
            Err(error) => self.refuse(&guess, &error.to_string()).await,
        }
    }

    async fn refuse(&mut self, guess: &Guess, reason: &str) -> Result<(), Failure> {
        self.take_back(guess, reason).await?;
        self.refused.push(Refusal::file(guess.path.as_str(), reason));
        Ok(())
    }

    async fn take_back(&mut self, guess: &Guess, reason: &str) -> Result<(), Failure> {
        match guess.shown {
            Some(true) => self.void(&guess.path, FileChangeKind::Create, reason).await,
            _ => Ok(()),
        }
    }
}

async fn announce_guess(writer: &mut Writer, path: &RelativePath) -> Result<(), Failure> {
    let remarks = Remarks { inferred: true, again: false };
    let kind = FileChangeKind::Create;
    announce::started_with(writer.outbox.events(), path.as_str(), kind, None, remarks).await
}
