//! What counts as standing in place of code: an ellipsis, a comment that belongs to nothing, a sentence among statements.

use super::{
    LIKE_MAX, LOST_MIN, Omission,
    compare::Region,
    essence, is_like,
    judge::Judge,
    line::{About, Kind, hollow, is_rule},
};
use std::collections::HashSet;

impl Judge<'_> {
    /// An ellipsis, or a body in one line.
    pub(super) fn certain(&self, region: &Region, gone: &[usize]) -> Option<Omission> {
        let came = || region.came.iter().copied().filter(|at| self.new.is_new(*at));
        let is_one = |at: &usize| {
            self.new.kind(*at) == Kind::Ellipsis && !self.is_a_body_of_its_own(*at)
                || self.is_spread_of_nothing(*at)
        };
        if gone.len() >= self.least_for_ellipsis
            && let Some(at) = came().find(is_one)
        {
            return Some(self.omission(at, gone.len()));
        }
        self.without_body(region, gone)
    }

    /// In Python `...` is also what a function has whose body is elsewhere.
    fn is_a_body_of_its_own(&self, at: usize) -> bool {
        let above = (0..at).rev().find(|above| self.new.kind(*above) != Kind::Blank);
        self.new.line(at) == "..."
            && above.is_some_and(|above| self.new.is_new(above) && self.new.line(above).ends_with(':'))
    }

    /// A comment or a sentence that belongs to nothing.
    /// With how many lines have to be lost.
    pub(super) fn likely(
        &self,
        region: &Region,
        gone: &[usize],
        code: &[usize],
    ) -> Option<(Omission, usize)> {
        if code.is_empty() {
            return None;
        }
        let out_of_use: HashSet<&str> = gone.iter().map(|at| essence(self.old.line(*at))).collect();
        let stands = |at: &usize| {
            self.may_stand(*at)
                && (!out_of_use.contains(essence(self.new.line(*at))) || hollow(self.new.line(*at)).is_some())
                && self.belongs_to_nothing(*at, region, code)
                && !self.is_reworded(*at, region)
        };
        let came = region.came.iter().copied();
        let says = came.filter(|at| self.new.kind(*at).is_filled() || self.new.kind(*at) == Kind::Mark);
        let (stands, others): (Vec<usize>, Vec<usize>) = says.partition(stands);
        let is_code = |at: &&usize| self.new.is_unpaired(**at) && !self.new.kind(**at).is_comment();
        let lost = code.len().saturating_sub(others.iter().filter(is_code).count());
        if let Some(brief) = stands.iter().find(|at| self.is_brief(**at)) {
            return (lost > 0).then(|| (self.omission(*brief, lost), 1));
        }
        let is_repeated = stands.iter().any(|at| self.new.count(*at) > 1);
        let is_many = lost >= 2 * stands.len() || (is_repeated && lost > 0);
        stands.first().filter(|_| is_many).map(|at| (self.omission(*at, lost), LOST_MIN))
    }

    /// Whether the line describes the one above it, which the old version has not: a head, or in Python what has a value.
    fn describes_new_line_above(&self, at: usize) -> bool {
        let is_text = self.new.line(at).starts_with(['"', '\'']);
        at.checked_sub(1).filter(|above| self.new.is_new(*above)).is_some_and(|above| {
            self.new.line(above).ends_with(':') || is_text && self.new.line(above).contains(" = ")
        })
    }

    /// Whether a line that came is of a kind that may stand for others.
    fn may_stand(&self, at: usize) -> bool {
        self.new.is_new(at)
            && match self.new.kind(at) {
                Kind::Comment(about) => about != About::File,
                Kind::Mark => is_rule(self.new.line(at)) && self.is_brief(at),
                Kind::Sentence => self.may_be_sentence && !self.is_continued(at),
                Kind::Words => self.may_be_words && !self.is_continued(at) && self.is_strange(at),
                _ => false,
            }
    }

    /// Whether no new code follows that a comment could be about.
    fn belongs_to_nothing(&self, at: usize, region: &Region, code: &[usize]) -> bool {
        let mut next = self.past_comments.get(at + 1).copied().unwrap_or(at + 1);
        let about = self.new.kind(at);
        if about == Kind::Comment(About::NextAtLength) {
            next = self.past_blanks.get(next).copied().unwrap_or(next);
        }
        let came = region.came.binary_search(&next).is_ok() && self.new.is_new(next);
        match self.new.kind(next) {
            // What a new class, function or value is, is said below it.
            _ if about == Kind::Comment(About::Next) && self.describes_new_line_above(at) => false,
            Kind::Blank | Kind::Bare => true,
            Kind::Filler => !matches!(about, Kind::Comment(About::Next | About::NextAtLength)),
            _ if matches!(about, Kind::Comment(About::Next | About::NextAtLength)) => false,
            _ if !came => true,
            _ if self.is_brief(at) && !self.speaks_of(at, next) => true,
            // What follows is there already, changed, so the comment is about what was before it.
            _ => code.iter().take(LIKE_MAX).any(|gone| is_like(self.old.line(*gone), self.new.line(next))),
        }
    }
}
