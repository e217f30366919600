//! What stands behind the name in `+++ name`: by it, tools say that the new file is not there.
//!
//! `diff -N` dates a file that is not there by the epoch, in whatever zone, and Subversion writes `(nonexistent)`. Before
//! its 1.9 it wrote `(working copy)` for a file that is gone and for one that was emptied.

const DAY: i64 = 24 * 60 * 60;

/// What is said about whether a file is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    Gone,
    Doubtful,
    Nothing,
}

impl Stamp {
    pub(super) fn of(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let text = text.trim().to_ascii_lowercase();
        let behind = text.rsplit_once('\t').map_or("", |(_, behind)| behind);
        match () {
            () if text.ends_with(" (nonexistent)") || behind == "(nonexistent)" => Self::Gone,
            () if text.ends_with(" (working copy)") || behind == "(working copy)" => Self::Doubtful,
            () if is_epoch(behind).or_else(|| is_epoch(without_name(&text)?)) == Some(true) => Self::Gone,
            () => Self::Nothing,
        }
    }
}

/// The time at the end of a line that has no tab before it.
fn without_name(text: &str) -> Option<&str> {
    let at = ["1970-01-01 ", "1969-12-31 ", "1970-01-02 "].iter().find_map(|day| text.rfind(day))?;
    let before = text.get(..at)?;
    before.ends_with(' ').then(|| text.get(at..)).flatten()
}

/// Whether a time is second 0: `1970-01-01 01:00:00.000000000 +0100`, `thu jan  1 00:00:00 1970`; none if it is no time.
fn is_epoch(text: &str) -> Option<bool> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (days, time, zone) = match words.as_slice() {
        [_, "jan", "1" | "01", time, "1970"] => (0, *time, None),
        [date, time, zone @ ..] => {
            let days = match *date {
                "1970-01-01" => 0,
                "1970-01-02" => DAY,
                "1969-12-31" => -DAY,
                _ => return None,
            };
            (days, *time, zone.first().copied())
        }
        _ => return None,
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let numbers: Option<Vec<i64>> = clock.split(':').map(|number| number.parse().ok()).collect();
    let [hours, minutes, seconds] = numbers?.try_into().ok()?;
    let local = days + hours * 3600 + minutes * 60 + seconds;
    let zone = zone.map_or(Some(0), offset)?;
    Some(local == zone && fraction.bytes().all(|digit| digit == b'0'))
}

/// The seconds of `+0130`.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = zone.split_at_checked(1)?;
    let number: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    let seconds = number / 100 * 3600 + number % 100 * 60;
    match sign {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_told_in_every_zone() {
        for gone in [
            "a.c\t(nonexistent)",
            "a.c   (nonexistent)",
            "a.c\t1970-01-01 00:00:00.000000000 +0000",
            "a.c\t1970-01-01 01:00:00.000000000 +0100",
            "a.c\t1969-12-31 19:00:00.000000000 -0500",
            "a.c\t1970-01-01 00:00:00",
            "b/a.c 1970-01-01 00:00:00",
            "a.c\tThu Jan  1 00:00:00 1970",
        ] {
            assert_eq!(Stamp::of(gone.as_bytes()), Stamp::Gone, "{gone}");
        }
        for there in [
            "a.c",
            "a.c\t2024-01-01 00:00:00.000000000 +0000",
            "a.c\t1970-01-01 00:00:01 +0000",
            "a.c\t1970-01-01 00:00:00 +0100",
            "nonexistent",
            "a.c\t(revision 3)",
            "1970-01-01 00:00:00",
        ] {
            assert_eq!(Stamp::of(there.as_bytes()), Stamp::Nothing, "{there}");
        }
        assert_eq!(Stamp::of(b"a.c\t(working copy)"), Stamp::Doubtful);
    }
}
