//! What becomes of prose: words, and what in them is about a file.

use super::{Answer, State, refuse, say};
use crate::{
    block::{Happening, Opening, Shown},
    fenced::Fenced,
    piece::{Piece, Refused},
};

impl Answer {
    /// Reads prose; returns what comes after it when something of a file is in it.
    pub(super) fn prose<'a>(&mut self, text: &'a [u8], each: &mut impl FnMut(Piece<'_>)) -> &'a [u8] {
        let Self { watch, prose, is_quiet, .. } = self;
        let mut out = |text: &[u8]| prose.push(text, &mut |stretch| say(stretch, each));
        // What stands between the tags of most files is nothing to watch.
        *is_quiet &= text.iter().all(|byte| *byte == b'\n');
        if *is_quiet {
            out(text);
            return &[];
        }
        let Some((happening, rest)) = watch.push(text, &mut out) else { return &[] };
        self.happened(happening, each);
        rest
    }

    /// Nothing of this stretch of prose is still to come. Says whether its last line came to something.
    pub(super) fn end_prose(&mut self, each: &mut impl FnMut(Piece<'_>)) -> bool {
        let Self { watch, prose, .. } = self;
        if self.is_quiet {
            prose.finish(&mut |stretch| say(stretch, each));
            return false;
        }
        let happening = watch.pause(&mut |text| prose.push(text, &mut |stretch| say(stretch, each)));
        prose.finish(&mut |stretch| say(stretch, each));
        let has_happened = happening.is_some();
        self.is_quiet = !has_happened && !self.had_fenced;
        if let Some(happening) = happening {
            self.happened(happening, each);
        }
        has_happened
    }

    pub(super) fn happened(&mut self, happening: Happening, each: &mut impl FnMut(Piece<'_>)) {
        match happening {
            Happening::File(opening) => self.open_fenced(opening, each),
            Happening::Shown(Shown { language, is_typed, about, below }) => {
                let (language, below) = (language.as_str(), below.as_str());
                each(Piece::Shown { language, is_typed, about: about.as_ref(), below });
            }
            Happening::NoFile(path, reason) => {
                if self.count(path.as_str(), each) {
                    self.open(path.clone(), true, each);
                    refuse(path.as_str(), &reason, each);
                }
            }
            Happening::NoPath(path, reason) => {
                if self.count(&path, each) {
                    refuse(&path, &reason, each);
                }
                if reason == Refused::NestedFence {
                    self.lose_track();
                }
            }
        }
    }

    pub(super) fn open_fenced(&mut self, opening: Opening, each: &mut impl FnMut(Piece<'_>)) {
        self.prose.finish(&mut |stretch| say(stretch, each));
        let Opening { path, fence, fault, first } = opening;
        let file = match self.count(path.as_str(), each) {
            true => Some(self.open(path, true, each)),
            false => None,
        };
        if let Some(reason) = fault {
            if let Some(file) = file {
                refuse(file.path.as_str(), &reason, each);
            }
            self.lose_track();
        } else {
            self.state = State::Fenced(file, Fenced::new(fence));
        }
        self.text(&first, each);
    }

    /// A block came whose end cannot be told: what follows is prose, and no other block in it is a file.
    pub(super) fn lose_track(&mut self) {
        self.state = State::Prose;
        self.watch.lose_track();
    }
}
