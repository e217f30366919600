//! Sizes and times as people write them: `512MiB`, `30s`.
//!
//! A unit is required. A bare number is a mistake that nobody sees in a review.

use std::time::Duration;

const BYTES: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const TIMES: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000)];

/// Reads a number of bytes, such as `64MiB`.
///
/// # Errors
/// Says how it is written.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    read(text, &BYTES).ok_or_else(|| {
        format!("'{text}' is no size; write a whole number with B, KiB, MiB or GiB, such as \"512MiB\"")
    })
}

/// Reads a time, such as `30s`.
///
/// # Errors
/// Says how it is written.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    read(text, &TIMES).map(Duration::from_millis).ok_or_else(|| {
        format!("'{text}' is no time; write a whole number with ms, s, min or h, such as \"30s\"")
    })
}

fn read(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let factor = units.iter().find(|(name, _)| *name == unit.trim_start())?.1;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Writes a number of bytes in the largest unit that divides it.
#[must_use]
pub fn show_bytes(bytes: u64) -> String {
    let (name, factor) = BYTES.iter().find(|(_, factor)| bytes.is_multiple_of(*factor)).unwrap_or(&("B", 1));
    format!("{}{name}", bytes / factor)
}

/// Writes a time in the largest unit that divides it; less than a millisecond is cut off.
#[must_use]
pub fn show_duration(time: Duration) -> String {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let (name, factor) =
        TIMES.iter().rev().find(|(_, factor)| millis.is_multiple_of(*factor)).unwrap_or(&("ms", 1));
    format!("{}{name}", millis / factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_unit_is_required() {
        assert_eq!(parse_bytes("512MiB"), Ok(512 << 20));
        assert_eq!(parse_duration("10 min"), Ok(Duration::from_secs(600)));
        for wrong in
            ["512", "MiB", "", "1.5MiB", "-1B", "512MB", "99999999999999999999B", "18446744073709551615GiB"]
        {
            assert!(parse_bytes(wrong).is_err(), "{wrong}");
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(bytes: u64, millis in 0_u64..1 << 50) {
            prop_assert_eq!(parse_bytes(&show_bytes(bytes)), Ok(bytes));
            let time = Duration::from_millis(millis);
            prop_assert_eq!(parse_duration(&show_duration(time)), Ok(time));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = parse_bytes(&text);
            let _ = parse_duration(&text);
        }
    }
}
