//! A file that came whole, and later in the same answer as a part of itself.
//!
//! Models show the important lines once more, and a tag is around them. The later of two files counts, so the part would
//! take the place of the whole.

use std::collections::HashMap;

/// What is said of a part.
pub(super) const EXCERPT: &str = "the answer has the whole file before, and this is a part of it, so the first one stays: \
     write the whole file once, and show no part of it between tags";

/// Whether `part` is a part of `whole` in one piece, or at most half of its lines in their order.
pub(super) fn is_excerpt(whole: &str, part: &str) -> bool {
    let (whole, part) = (lines(whole), lines(part));
    if part.is_empty() || part.len() >= whole.len() {
        return false;
    }
    is_in_one_piece(&whole, &part) || 2 * part.len() <= whole.len() && is_in_order(&whole, &part)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn is_in_order(whole: &[&str], part: &[&str]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|line| rest.any(|other| other == line))
}

/// Whether the lines follow one another in `whole`: each is compared as a number, and the search never goes back further
/// than the part itself tells (Knuth, Morris and Pratt).
fn is_in_one_piece(whole: &[&str], part: &[&str]) -> bool {
    let numbers: HashMap<&str, usize> = part.iter().enumerate().map(|(at, line)| (*line, at)).collect();
    let number = |line: &&str| numbers.get(*line).copied();
    let part: Vec<_> = part.iter().map(number).collect();
    let mut back = vec![0; part.len()];
    let step = |mut matched: usize, next: Option<usize>, back: &[usize]| {
        while matched > 0 && part.get(matched) != Some(&next) {
            matched = back.get(matched - 1).copied().unwrap_or_default();
        }
        matched + usize::from(part.get(matched) == Some(&next))
    };
    let mut matched = 0;
    for at in 1..part.len() {
        matched = step(matched, part.get(at).copied().flatten(), &back);
        if let Some(place) = back.get_mut(at) {
            *place = matched;
        }
    }
    let mut matched = 0;
    whole.iter().any(|line| {
        matched = step(matched, number(line), &back);
        matched == part.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_in_one_piece_and_a_few_lines_of_a_file_are_excerpts() {
        let whole = "a\n\nb\nc\n  d\ne\nf\n";
        for part in ["c\nd\ne\n", "a\nb\nc\nd\ne\n", "f\n", "a\nf\n", "b\n\nd\nf\n", "  c\n"] {
            assert!(is_excerpt(whole, part), "{part:?}");
        }
        for other in [whole, "", "\n", "a\nb\nd\ne\nf\n", "d\nc\n", "c\nx\n", "x\n", "a\nb\nc\nd\ne\nf\ng\n"]
        {
            assert!(!is_excerpt(whole, other), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn one_piece_is_found_wherever_it_is(whole in prop::collection::vec("[ab]", 0..12), part in prop::collection::vec("[ab]", 1..5)) {
            let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
            let part: Vec<&str> = part.iter().map(String::as_str).collect();
            let expected = whole.windows(part.len()).any(|window| window == part);
            prop_assert_eq!(is_in_one_piece(&whole, &part), expected);
        }
    }
}
