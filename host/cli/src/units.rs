//! Sizes and times as people write them.

use orchestrator_core::Timestamp;
use std::time::Duration;

/// Bytes, to three digits at most: `812 B`, `1.2 KB`, `34 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut units = ["B", "KB", "MB", "GB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    match unit == "B" || value >= 99.95 {
        true => format!("{value:.0} {unit}"),
        false => format!("{value:.1} {unit}"),
    }
}

/// A time: `340 ms`, `4.2 s`, `3 min 5 s`.
pub(crate) fn time(milliseconds: u64) -> String {
    let time = Duration::from_millis(milliseconds);
    match time.as_secs() {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// A moment, to the second, in the form that everything takes which asks for one (RFC 3339): `2025-06-01T12:00:00Z`.
pub(crate) fn moment(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A number with its thousands apart: `12,345`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and what is counted.
pub(crate) fn count(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_a_readable_unit() {
        assert_eq!(
            [0, 999, 1000, 12_345, 999_960].map(size),
            ["0 B", "999 B", "1.0 KB", "12.3 KB", "1000 KB"]
        );
        assert_eq!(
            [0, 999, 1000, 59_940, 185_000].map(time),
            ["0 ms", "999 ms", "1.0 s", "59.9 s", "3 min 5 s"]
        );
        let at = Timestamp::from_millisecond(1_748_779_200_250).unwrap();
        assert_eq!(moment(at), "2025-06-01T12:00:00Z");
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            (count(1, "file", "files"), count(0, "file", "files")),
            ("1 file".into(), "0 files".into())
        );
    }
}
