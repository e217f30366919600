//! Where each line of a file is, and each pair of neighbouring lines, so that a block is looked for only where its rarest pair
//! is.
//!
//! Making it costs as much as some searches without it, so it is made when that many were asked for.

use std::cell::{Cell, OnceCell};

/// Searches that are done without an index.
const WITHOUT: u32 = 8;

/// An index that is made when it is worth it.
#[derive(Debug, Default)]
pub(crate) struct Index {
    asked: Cell<u32>,
    made: OnceCell<Made>,
}

#[derive(Debug)]
struct Made {
    /// The number of a line, or of a pair, and where it is; in order.
    lines: Vec<(u64, u32)>,
    pairs: Vec<(u64, u32)>,
}

impl Index {
    /// Where in `keys`, which are always the same, `block` is; none where passing over all of them is as well.
    pub(crate) fn find(&self, keys: &[u64], block: &[u64]) -> Option<Vec<usize>> {
        self.asked.set(self.asked.get().saturating_add(1));
        if self.asked.get() <= WITHOUT {
            return None;
        }
        let made = self.made.get_or_init(|| Made::of(keys));
        let (offset, hits) = match block {
            [] => return Some(Vec::new()),
            [one] => (0, run(&made.lines, *one)),
            _ => {
                let pairs = block.windows(2).map(pair).enumerate();
                pairs.map(|(at, pair)| (at, run(&made.pairs, pair))).min_by_key(|(_, hits)| hits.len())?
            }
        };
        if hits.len().saturating_mul(block.len()) > keys.len() {
            return None;
        }
        let starts = hits.iter().filter_map(|(_, at)| usize::try_from(*at).ok()?.checked_sub(offset));
        Some(starts.filter(|start| keys.get(*start..*start + block.len()) == Some(block)).collect())
    }
}

impl Index {
    /// Where in `keys` the line `number` is, at most `most` of them; none where passing over all of them is as well.
    pub(crate) fn lines(&self, number: u64, most: usize) -> Option<impl Iterator<Item = usize>> {
        let found = run(&self.made.get()?.lines, number);
        Some(found.iter().take(most).filter_map(|(_, at)| usize::try_from(*at).ok()))
    }
}

impl Made {
    fn of(keys: &[u64]) -> Self {
        let ordered = |numbers: &mut dyn Iterator<Item = u64>| {
            let mut found: Vec<(u64, u32)> = numbers.zip(0_u32..).collect();
            found.sort_unstable();
            found
        };
        Self { lines: ordered(&mut keys.iter().copied()), pairs: ordered(&mut keys.windows(2).map(pair)) }
    }
}

/// A number for two lines. That it stands for others too does no harm, as what is found is compared.
fn pair(lines: &[u64]) -> u64 {
    lines.iter().fold(0, |sum: u64, line| sum.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ line)
}

fn run(all: &[(u64, u32)], number: u64) -> &[(u64, u32)] {
    let start = all.partition_point(|(other, _)| *other < number);
    let end = all.partition_point(|(other, _)| *other <= number);
    all.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_all_that_a_pass_over_the_lines_finds() {
        let keys: Vec<u64> = (0..400_u64).map(|at| at * at % 37 % 11).collect();
        let index = Index::default();
        let mut answered = 0;
        for start in 0..380 {
            for length in 1..6 {
                let Some(block) = keys.get(start..start + length) else { continue };
                let expected: Vec<usize> =
                    (0..keys.len()).filter(|at| keys.get(*at..*at + length) == Some(block)).collect();
                if let Some(found) = index.find(&keys, block) {
                    assert_eq!(found, expected);
                    answered += 1;
                }
            }
        }
        assert!(answered > 100, "{answered}");
        assert_eq!(index.find(&keys, &[99, 98]), Some(Vec::new()));
    }
}
