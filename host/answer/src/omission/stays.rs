//! Whether a line says no more than that something stays.
//!
//! What a line does to the file tells most omissions, whatever their words. Where new code is right below a comment, or few
//! lines are gone, it does not: the comment may as well be about what is new. Then its words decide, and they have to be
//! all of the same kind: that something is as it was (`unchanged`, `остальной`), what code consists of (`lines`, `Code`),
//! what joins words, numbers, and words of the lines that are gone. A comment about new code has a word of its own.
//!
//! Words are evidence here and never enough: code has to be gone where the line stands, and nothing like it have come.

mod vocabulary;

use super::{
    LIKE_MAX, Omission,
    compare::Region,
    essence, is_like,
    judge::Judge,
    line::{About, Kind, looks_like_code},
    tokens,
};
use std::{cell::LazyCell, collections::HashSet};
use vocabulary::{JOINING, OF_CODE, STAYING, WIDE_OF_CODE, WIDE_STAYING};

/// Words of a line that may say that something stays. A longer one has something to say.
const WORDS_MAX: usize = 9;
/// Characters of a word in a script that puts no blanks between words, likewise.
const WIDE_MAX: usize = 12;

impl Judge<'_> {
    /// A line that came and says no more than that something stays, where `code` is gone.
    pub(super) fn says_it_stays(&self, region: &Region, code: &[usize]) -> Option<Omission> {
        // Most regions have no line that asks for these.
        let gone = LazyCell::new(|| {
            let words = code.iter().take(LIKE_MAX).flat_map(|gone| tokens(self.old.line(*gone)));
            words.map(|word| stem(&word.to_lowercase())).collect::<HashSet<String>>()
        });
        let said = |at: &usize| {
            let is_gone = |word: &str| gone.contains(&stem(word));
            self.may_say(*at) && stays(self.new.line(*at), is_gone) && !self.is_reworded(*at, region)
        };
        let at = region.came.iter().copied().find(said)?;
        let came: Vec<&str> =
            region.came.iter().filter(|at| self.new.is_new(**at)).map(|at| self.new.line(*at)).collect();
        let has_successor =
            |gone: &usize| came.iter().take(LIKE_MAX).any(|new| is_like(self.old.line(*gone), new));
        let lost = code.len() - code.iter().take(LIKE_MAX).filter(|gone| has_successor(gone)).count();
        (lost >= self.least_for_ellipsis).then(|| self.omission(at, lost))
    }

    /// Whether a line is new and of a kind that may say something: a comment, or words where a statement begins.
    fn may_say(&self, at: usize) -> bool {
        self.new.is_new(at)
            && match self.new.kind(at) {
                Kind::Comment(About::Any) => !self.is_part_of_new_comment(at),
                Kind::Sentence => self.may_be_sentence && !self.is_continued(at) && self.begins_statement(at),
                Kind::Words | Kind::Word => {
                    self.may_be_words
                        && !self.is_continued(at)
                        && self.is_strange(at)
                        && !STATEMENTS.contains(&self.new.line(at))
                }
                _ => false,
            }
    }

    /// Whether a comment that came goes on above or below the line, so that all of it says more than the line.
    fn is_part_of_new_comment(&self, at: usize) -> bool {
        let is_comment =
            |at: usize| matches!(self.new.kind(at), Kind::Comment(_)) && self.new.is_unpaired(at);
        at.checked_sub(1).is_some_and(is_comment) || is_comment(at + 1)
    }
}

/// Words that are also statements.
const STATEMENTS: [&str; 3] = ["continue", "leave", "repeat"];

/// Whether the words of a line say no more than that something stays; `is_gone` knows the words of lines that are gone.
fn stays(line: &str, is_gone: impl Fn(&str) -> bool) -> bool {
    let text = essence(line);
    if !text.is_ascii() && text.chars().any(is_wide) {
        return stays_wide(text);
    }
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && !is_mark(c))
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX + 1)
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() || words.len() > WORDS_MAX || looks_like_code(text) {
        return false;
    }
    let is_one_of = |known: &[&str], word: &str| known.binary_search(&word).is_ok();
    let mut says = text.contains('…') || text.contains("...");
    let (mut numbers, mut of_code, mut of_gone) = (0, 0, 0);
    for word in &words {
        match word.as_str() {
            word if is_one_of(&STAYING, word) => says = true,
            word if is_number(word) => numbers += 1,
            word if is_one_of(&OF_CODE, word) => of_code += 1,
            word if is_one_of(&JOINING, word) => {}
            word if is_gone(word) => of_gone += 1,
            _ => return false,
        }
    }
    // `and so on`, `4 lines`, `steps 2 to 12`
    let joins_alone = words.len() > 1 && numbers + of_code + of_gone == 0 && !leads_on(line, &words);
    says || joins_alone || numbers > 0 && of_code > 0 || numbers == 2 && of_gone > 0
}

/// Whether words that join others are said of what comes below, or of what is not done: `like this:`, `Do nothing.`
fn leads_on(line: &str, words: &[String]) -> bool {
    let is_denied = |pair: &[String]| matches!(pair, [verb, what] if matches!(verb.as_str(), "do" | "does") && matches!(what.as_str(), "nothing" | "not"));
    line.trim_end().ends_with(':') || words.windows(2).any(is_denied)
}

/// As [`stays`], of a script that puts no blanks between words, or few.
fn stays_wide(text: &str) -> bool {
    let has = |known: &[&str]| known.iter().any(|known| text.contains(known));
    let is_said = |c: char| is_wide(c) || !c.is_alphanumeric();
    text.chars().filter(|c| c.is_alphanumeric()).count() <= WIDE_MAX
        && text.chars().all(is_said)
        && has(&WIDE_STAYING)
        && (has(&WIDE_OF_CODE) || text.chars().filter(|c| c.is_alphanumeric()).count() <= WIDE_MAX / 2)
}

/// Letters of scripts that put no blanks between words, or put endings to them.
fn is_wide(c: char) -> bool {
    c > '\u{2e80}' && c.is_alphabetic()
}

/// Marks that are written above or below letters, and belong to their word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{97f}' | '\u{64b}'..='\u{65f}')
}

/// A number, also of a line: `L12`.
fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches('l');
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word without its number and the ending of many: `steps` and `step1` are both `step`.
fn stem(word: &str) -> String {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    word.strip_suffix('s').unwrap_or(word).to_owned()
}
