//! Taking times so that noise hits both sides alike.

use anyhow::Result;
use std::time::{Duration, Instant};

/// The middle one; 0 of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Seconds that one of `times` calls takes.
async fn each(times: u32, mut call: impl AsyncFnMut() -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    for _ in 0..times {
        call().await?;
    }
    Ok(begin.elapsed().as_secs_f64() / f64::from(times))
}

/// Seconds that one call of each side takes: the median of `rounds`, in which the sides take turns with `times` calls.
/// One round more comes first, to warm up, and does not count.
pub(crate) async fn side_by_side(
    rounds: usize,
    times: u32,
    mut one: impl AsyncFnMut() -> Result<()>,
    mut other: impl AsyncFnMut() -> Result<()>,
) -> Result<(f64, f64)> {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (a, b) = (each(times, &mut one).await?, each(times, &mut other).await?);
        if round > 0 {
            ones.push(a);
            others.push(b);
        }
    }
    Ok((median(ones), median(others)))
}

/// The median of some durations, in seconds.
pub(crate) fn median_of(durations: &[Duration]) -> f64 {
    median(durations.iter().map(Duration::as_secs_f64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_shrugs_off_one_bad_moment() {
        assert_eq!(median(vec![3.0, 900.0, 1.0, 2.0, 3.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
