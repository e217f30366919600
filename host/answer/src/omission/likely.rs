//! What counts as standing in place of code: an ellipsis, a comment that belongs to nothing, a sentence among statements.

use super::{
    LIKE_MAX, LOST_MIN, Omission,
    compare::Region,
    essence, is_like,
    judge::Judge,
    line::{About, Kind, hollow, is_rule},
};
use std::collections::HashSet;

/// Lines that are a run of them, and no single one that may well have had its reason.
const RUN_MIN: usize = 2;

impl Judge<'_> {
    /// An ellipsis.
    pub(super) fn ellipsis(&self, region: &Region, gone: &[usize]) -> Option<Omission> {
        let mut came = region.came.iter().copied().filter(|at| self.new.is_new(*at));
        let is_one = |at: &usize| {
            self.new.kind(*at) == Kind::Ellipsis && !self.is_a_body_of_its_own(*at)
                || self.is_spread_of_nothing(*at)
        };
        let at = came.find(is_one).filter(|_| gone.len() >= self.least_for_ellipsis)?;
        Some(self.omission(at, gone.len()))
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
        if others.is_empty() && self.is_comment_alone(&stands) && lost >= stands.len().max(RUN_MIN) {
            return stands.first().map(|at| (self.omission(*at, lost), 1));
        }
        let is_repeated = stands.iter().any(|at| self.new.count(*at) > 1);
        let is_many = lost >= 2 * stands.len() || (is_repeated && lost > 0);
        stands.first().filter(|_| is_many).map(|at| (self.omission(*at, lost), LOST_MIN))
    }

    /// Whether lines are one comment, of any length and in any words. Where nothing else came and the neighbours stay, it is
    /// all that there is in place of what went.
    fn is_comment_alone(&self, lines: &[usize]) -> bool {
        let is_comment = |at: &usize| matches!(self.new.kind(*at), Kind::Comment(About::Any) | Kind::Mark);
        !self.is_prose
            && lines.iter().all(is_comment)
            && lines.windows(2).all(|pair| matches!(pair, [one, next] if one + 1 == *next))
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

#[cfg(test)]
mod tests {
    use super::super::find;

    const OLD: &str = "setup();\nlet a = load('one');\nrun(a);\nstop();\n";

    #[test]
    fn a_comment_of_any_words_alone_in_place_of_lines_stands_for_them() {
        for comment in [
            "// at this place come the two calls that load the first of them and then run it to its end",
            "// a m\u{e1}sik k\u{e9}t h\u{ed}v\u{e1}s ugyan\u{fa}gy k\u{f6}vetkezik itt, mint a r\u{e9}gi f\u{e1}jlban volt eddig",
            "// as we have seen it in the file that you sent me a moment ago\n// and as it shall be in this one, too, of course",
            "/* here is what was here in the version of the file that we began with today */",
        ] {
            let new = format!("setup();\n{comment}\nstop();\n");
            assert!(find("a.js", OLD, &new).is_some(), "{new}");
            // Why one line went may take a sentence.
            assert_eq!(find("a.js", "setup();\nlet a = load('one');\nstop();\n", &new), None, "{new}");
        }
    }

    #[test]
    fn a_comment_beside_new_code_or_in_place_of_a_comment_is_one() {
        for new in [
            "setup();\n// the first one is loaded by the caller since it has to be known before\nrun(first);\nlet b = 1;\nstop();\n",
            "setup();\nlet a = load('one');\n// the first of them is run to its end here, which takes a moment or two\nrun(a);\nstop();\n",
            "/// what the file is for, and who calls it, and what comes of it in the end\nsetup();\nlet a = load('one');\nrun(a);\nstop();\n",
        ] {
            assert_eq!(find("a.js", OLD, new), None, "{new}");
        }
    }
}
