//! Times and lengths of time, as people type them.

use std::time::Duration;

/// A length of time as people write it: a number with `m`, `h`, `d` or `w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no length of time; give a number and m, h, d or w, such as 90d");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let seconds: u64 = match unit {
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            'w' => 7 * 24 * 60 * 60,
            _ => return Err(wrong()),
        };
        let number = text
            .strip_suffix(unit)
            .and_then(|number| number.parse::<u64>().ok())
            .filter(|number| *number > 0);
        number
            .and_then(|number| number.checked_mul(seconds))
            .map(Duration::from_secs)
            .map(Self)
            .ok_or_else(wrong)
    }
}

/// From when on: a time, or how long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Since {
    Time(orchestrator_core::Timestamp),
    Ago(Duration),
}

impl Since {
    /// The time that it says.
    ///
    /// # Errors
    /// When it is before any time there is.
    pub(crate) fn time(&self) -> Result<orchestrator_core::Timestamp, String> {
        match self {
            Self::Time(time) => Ok(*time),
            Self::Ago(span) => {
                orchestrator_core::Timestamp::now().checked_sub(*span).map_err(|error| error.to_string())
            }
        }
    }
}

impl std::str::FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(span) = text.parse::<Span>() {
            return Ok(Self::Ago(span.0));
        }
        text.parse().map(Self::Time).map_err(|_| {
            format!("'{text}' is no time; give one such as 2026-01-31T12:00:00Z, or how long ago, such as 2h or 7d")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        for (text, seconds) in [("30m", 1800), ("12h", 43_200), ("90d", 7_776_000), ("2w", 1_209_600)] {
            assert_eq!(text.parse::<Span>().map(|span| span.0.as_secs()), Ok(seconds));
        }
        for bad in
            ["", "d", "90", "-1d", "0d", "1.5h", "1y", "99999999999999999999d", "9999999999999999999w", "1é"]
        {
            assert!(bad.parse::<Span>().unwrap_err().contains("such as 90d"), "{bad}");
        }
    }
}
