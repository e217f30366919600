//! How alike two lines are: the pairs of neighbouring characters that they share (Dice's coefficient).
//!
//! It takes one pass over each line, where an edit distance takes one line times the other, and it is what tells a
//! reworded comment from another line.

/// Bytes of a line that count.
const COUNTED: usize = 512;

/// From 0, nothing in common, to 1, the same pairs.
pub(crate) fn similarity(one: &[u8], other: &[u8]) -> f32 {
    if one == other {
        return 1.0;
    }
    let (one, other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    if all == 0 {
        return 0.0;
    }
    let (mut at, mut against, mut shared) = (0, 0, 0_u16);
    while let (Some(a), Some(b)) = (one.get(at), other.get(against)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => against += 1,
            std::cmp::Ordering::Equal => {
                (at, against) = (at + 1, against + 1);
                shared += 1;
            }
        }
    }
    2.0 * f32::from(shared) / f32::from(u16::try_from(all).unwrap_or(u16::MAX))
}

fn pairs(line: &[u8]) -> Vec<[u8; 2]> {
    let line = line.get(..COUNTED).unwrap_or(line);
    let mut pairs: Vec<[u8; 2]> = line.windows(2).filter_map(|pair| pair.try_into().ok()).collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reworded_comment_is_more_alike_than_another_line() {
        let reworded = similarity(b"// adds one to the counter", b"// adds 1 to the counter");
        let other = similarity(b"// adds one to the counter", b"let counter = start();");
        assert!(reworded > 0.8 && other < 0.4, "{reworded} {other}");
        assert_eq!(similarity(b"", b"a"), 0.0);
    }
}
