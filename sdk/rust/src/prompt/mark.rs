//! The mark in the tags of data blocks.

use std::hash::{DefaultHasher, Hash, Hasher};

const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 30 bits: enough that nobody hits it by chance, few enough tokens to repeat in each tag.
const LENGTH: u32 = 6;

/// A mark that follows from the seed and that none of the contents holds.
///
/// Whoever has seen the mark of an earlier prompt could write it into a file; then the next candidate is taken. Contents
/// are finite, so there is always one.
pub(super) fn mark(seed: &str, contents: &[&str]) -> String {
    let mut turn = 0_u64;
    loop {
        let candidate = candidate(seed, turn);
        if !contents.iter().any(|content| content.contains(&candidate)) {
            return candidate;
        }
        turn += 1;
    }
}

fn candidate(seed: &str, turn: u64) -> String {
    let mut hasher = DefaultHasher::new();
    (seed, turn).hash(&mut hasher);
    let hash = hasher.finish();
    let letter = |index: u32| {
        let place = (hash >> (5 * index)) as usize % LETTERS.len();
        char::from(LETTERS[place])
    };
    (0..LENGTH).map(letter).collect()
}
