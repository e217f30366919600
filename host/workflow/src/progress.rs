//! How far a run has come, in percent.
//!
//! Every step counts the same, since nobody knows beforehand how long one takes. A loop goes back in the workflow but
//! never in progress: the recorder keeps the highest value so far. 0 is kept for the first event and 100 for
//! `complete`, so a frontend can read "begun" and "done" off the number.

/// Progress within step `position` (from 0) of `count`, `fraction` (0 to 1) of which is done. Between 1 and 99.
#[must_use]
pub fn percent(position: usize, count: usize, fraction: f32) -> u8 {
    let steps = count.max(1) as f32;
    let done = (position as f32 + fraction.clamp(0.0, 1.0)) / steps;
    (1.0 + 98.0 * done.clamp(0.0, 1.0)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn stays_between_the_first_and_the_last_event(position in 0usize..200, count in 0usize..200, fraction in -1.0f32..2.0) {
            proptest::prop_assert!((1..=99).contains(&percent(position, count, fraction)));
        }
    }

    #[test]
    fn grows_from_step_to_step() {
        let values: Vec<_> = (0..5).map(|step| percent(step, 5, 0.5)).collect();
        assert_eq!(values, [10, 30, 50, 69, 89]);
    }
}
