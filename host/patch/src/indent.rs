//! Indents what a hunk adds as the file is indented.
//!
//! The lines that the hunk and the file share are the evidence: they show which indentation of the hunk is which of
//! the file. From them follows one rule, a shift or a change between tabs and blanks, and the rule must explain every
//! line. Where none does, or where it leaves a fraction of a tab, nothing is written: wrong indentation is a bug in
//! Python and a nuisance everywhere else.

use crate::{
    hunk::{HunkLine, Kind},
    keys::{indent, plain},
    report::{Rejection, RejectionKind},
};
use std::collections::BTreeMap;

/// From the indentation of a hunk to that of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Indents {
    known: BTreeMap<Vec<u8>, Vec<u8>>,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Keep,
    Prepend(Vec<u8>),
    Strip(Vec<u8>),
    /// So many of `to` for so many of `from`, and so many of `to` besides.
    Convert {
        from: u8,
        to: u8,
        times: Fraction,
        plus: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction(i64, i64);

impl Indents {
    /// Learns from lines that are in the hunk and in the file; none if no rule explains them all.
    pub(crate) fn learn<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Option<Self> {
        let mut known: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        // The least indentation that a line below the first has: a first line may have lost its own.
        let mut below: Option<usize> = None;
        for (at, (hunk, file)) in pairs.enumerate() {
            if at > 0 {
                below = Some(below.map_or(hunk.len(), |least| least.min(hunk.len())));
            }
            match known.get(hunk) {
                Some(earlier) if earlier != file => return None,
                Some(_) => {}
                None => drop(known.insert(hunk.to_vec(), file.to_vec())),
            }
        }
        let least = known.keys().map(Vec::len).min();
        let rule = rule(&known, least == below)?;
        Some(Self { known, rule })
    }

    /// Whether every indentation is as it was.
    pub(crate) fn keep(&self) -> bool {
        self.rule == Rule::Keep
    }

    /// The file's indentation for one of the hunk's; none where the evidence does not say.
    pub(crate) fn of(&self, hunk: &[u8]) -> Option<Vec<u8>> {
        if let Some(known) = self.known.get(hunk) {
            return Some(known.clone());
        }
        match &self.rule {
            Rule::Keep => Some(hunk.to_vec()),
            Rule::Prepend(more) => Some([more, hunk].concat()),
            Rule::Strip(less) => hunk.strip_prefix(less.as_slice()).map(<[u8]>::to_vec),
            Rule::Convert { from, to, times, plus } => {
                let wide = i64::try_from(width(hunk, *from)?).ok()?;
                let scaled = wide.checked_mul(times.0)?;
                let count = (scaled % times.1 == 0).then(|| scaled / times.1 + plus)?;
                Some(vec![*to; usize::try_from(count).ok()?])
            }
        }
    }
}

/// The rule that explains all that is known; none where there is none. `firm` says that the least indentation of the hunk is
/// not that of its first line alone.
fn rule(known: &BTreeMap<Vec<u8>, Vec<u8>>, firm: bool) -> Option<Rule> {
    if known.iter().all(|(hunk, file)| hunk == file) {
        return Some(Rule::Keep);
    }
    let Some((hunk, file)) = known.iter().next() else { return Some(Rule::Keep) };
    if let Some(more) = file.strip_suffix(hunk.as_slice())
        && known.iter().all(|(hunk, file)| file.strip_suffix(hunk.as_slice()) == Some(more))
    {
        return Some(Rule::Prepend(more.to_vec()));
    }
    if let Some(less) = hunk.strip_suffix(file.as_slice())
        && known.iter().all(|(hunk, file)| hunk.strip_suffix(file.as_slice()) == Some(less))
    {
        return Some(Rule::Strip(less.to_vec()));
    }
    conversion(known, firm)
}

fn conversion(known: &BTreeMap<Vec<u8>, Vec<u8>>, firm: bool) -> Option<Rule> {
    let from = *known.keys().find_map(|hunk| hunk.first())?;
    let to = *known.values().find_map(|file| file.first())?;
    let widths: Vec<(i64, i64)> = known
        .iter()
        .map(|(hunk, file)| {
            Some((i64::try_from(width(hunk, from)?).ok()?, i64::try_from(width(file, to)?).ok()?))
        })
        .collect::<Option<_>>()?;
    let low = widths.iter().min()?;
    let high = widths.iter().max()?;
    let (times, plus) = if low.0 < high.0 {
        let times = Fraction(high.1 - low.1, high.0 - low.0);
        let scaled = low.0 * times.0;
        ((scaled % times.1 == 0).then_some(times)?, low.1 - scaled / times.1)
    } else {
        // One width tells the unit only if none is none: four blanks for a tab.
        let whole = low.1 > 0 && low.0 > 0 && (low.0 % low.1 == 0 || low.1 % low.0 == 0);
        (whole.then_some(Fraction(low.1, low.0))?, 0)
    };
    let fits = |(hunk, file): &(i64, i64)| hunk * times.0 == (file - plus) * times.1;
    // A change of unit and a shift at once explain any two indentations, so two are no evidence for both; but where so many
    // blanks are one tab as people write for one, they are.
    let evident = plus == 0 || times.0 == times.1 || known.len() > 2 || firm && is_tab(from, to, times);
    (evident && times.0 > 0 && widths.iter().all(fits)).then_some(Rule::Convert { from, to, times, plus })
}

/// Whether `times` is that of tabs for blanks, or of blanks for tabs, as many as editors show for one.
fn is_tab(from: u8, to: u8, times: Fraction) -> bool {
    let blanks = |many: i64, one: i64| one > 0 && many % one == 0 && matches!(many / one, 2 | 4 | 8);
    match (from, to) {
        (b' ', b'\t') => blanks(times.1, times.0),
        (b'\t', b' ') => blanks(times.0, times.1),
        _ => false,
    }
}

/// How many of `character` an indentation is, if it is nothing else.
fn width(indent: &[u8], character: u8) -> Option<usize> {
    indent.iter().all(|byte| *byte == character).then_some(indent.len())
}

/// How the file is indented where the hunk is.
pub(crate) fn indents(pairs: &[(&HunkLine<'_>, &[u8])]) -> Result<Indents, Rejection> {
    // A line of context that lost its sign is one blank short of the file's and says nothing about the others.
    let short_by_one =
        |line: &HunkLine<'_>, file: &[u8]| file.strip_prefix(b" ").is_some_and(|file| file == line.text);
    let shifted_by_one =
        pairs.iter().any(|(line, file)| line.kind == Kind::Removed && short_by_one(line, file));
    let evidence = |only_removed: bool| {
        let kept = pairs.iter().filter(|(line, _)| !only_removed || line.kind == Kind::Removed);
        let found: Vec<(Vec<u8>, &[u8])> = kept
            .map(|(line, file)| {
                match line.kind == Kind::Context && short_by_one(line, file) && !shifted_by_one {
                    true => (indent(file).to_vec(), indent(file)),
                    false => (indent(&plain(line.text)).to_vec(), indent(file)),
                }
            })
            .collect();
        match only_removed && found.is_empty() {
            true => None,
            false => Indents::learn(found.iter().map(|(hunk, file)| (hunk.as_slice(), *file))),
        }
    };
    // Where only the context is indented badly, what is removed is as in the file, and so is what replaces it. Likewise
    // where only a first line of context begins at the margin, as what is copied from the middle of a line does.
    evidence(false).or_else(|| evidence(true).filter(Indents::keep)).or_else(|| without_first(pairs)).ok_or_else(|| {
        let reason = "its lines are indented differently from the file's, and not all in the same way: copy the lines with the \
                      file's indentation";
        Rejection::new(RejectionKind::Unclear, reason)
    })
}

/// That lines stay as they are indented, where that is so but for a first line of context without any indentation.
fn without_first(pairs: &[(&HunkLine<'_>, &[u8])]) -> Option<Indents> {
    let ((first, _), rest) = pairs.split_first()?;
    let cut = first.kind == Kind::Context && indent(first.text).is_empty();
    let shown = |(line, _): &(&HunkLine<'_>, &[u8])| !indent(line.text).is_empty();
    let learned = || Indents::learn(rest.iter().map(|(line, file)| (indent(line.text), indent(file))));
    (cut && rest.iter().any(shown)).then(learned).flatten().filter(Indents::keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(pairs: &[(&str, &str)]) -> Option<Indents> {
        Indents::learn(pairs.iter().map(|(hunk, file)| (hunk.as_bytes(), file.as_bytes())))
    }

    fn of(pairs: &[(&str, &str)], hunk: &str) -> Option<String> {
        learn(pairs)?.of(hunk.as_bytes()).map(|found| String::from_utf8(found).expect("text"))
    }

    #[test]
    fn a_shift_and_a_change_of_unit_are_learned() {
        assert_eq!(of(&[("", "  "), ("  ", "    ")], "    "), Some("      ".into()));
        assert_eq!(of(&[("    ", "  ")], "      "), Some("    ".into()));
        assert_eq!(of(&[("    ", "\t")], "        "), Some("\t\t".into()));
        assert_eq!(of(&[("", ""), ("\t", "  ")], "\t\t"), Some("    ".into()));
        assert_eq!(of(&[("  ", "  ")], "     "), Some("     ".into()));
        assert_eq!(of(&[("  ", "    "), ("    ", "        ")], "      "), Some("            ".into()));
    }

    #[test]
    fn a_level_and_a_change_of_unit_at_once_are_learned_of_tabs_alone() {
        let shifted = [("", "\t"), ("    ", "\t\t"), ("", "\t")];
        assert_eq!(of(&shifted, "        "), Some("\t\t\t".into()));
        assert_eq!(
            of(&[("", "    "), ("\t", "        "), ("", "    ")], "\t\t"),
            Some("            ".into())
        );
        // The first line may have lost its own indentation.
        assert_eq!(learn(&shifted[..2]), None);
        assert_eq!(learn(&[("", "\t"), ("   ", "\t\t"), ("", "\t")]), None);
        assert_eq!(learn(&[("", "  "), ("  ", "      "), ("", "  ")]), None);
    }

    #[test]
    fn what_the_evidence_does_not_say_is_not_guessed() {
        assert_eq!(learn(&[("  ", " "), ("  ", "   ")]), None);
        assert_eq!(of(&[("    ", "\t")], "      "), None);
        assert_eq!(of(&[("    ", "  ")], " "), None);
        assert_eq!(of(&[(" \t", "\t ")], "  "), None);
        assert_eq!(learn(&[("", "    "), ("        ", "        ")]), None);
        assert_eq!(of(&[("", " "), ("  ", "   "), ("    ", "     ")], "      "), Some("       ".into()));
    }
}
