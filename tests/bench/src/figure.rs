//! What was measured, what it is held against, and the table that people read.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A measured amount.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Amount {
    /// Seconds.
    Seconds(f64),
    /// A part of a whole; 1 is all of it.
    Share(f64),
    /// Events or runs in a second.
    PerSecond(f64),
    /// Bytes in a second.
    BytesPerSecond(f64),
    /// Bytes.
    Bytes(f64),
}

impl Amount {
    fn value(self) -> f64 {
        let (Self::Seconds(value)
        | Self::Share(value)
        | Self::PerSecond(value)
        | Self::BytesPerSecond(value)
        | Self::Bytes(value)) = self;
        value
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Seconds(s) if s < 1e-6 => write!(f, "{:.2} ns", s * 1e9),
            Self::Seconds(s) if s < 1e-3 => write!(f, "{:.1} µs", s * 1e6),
            Self::Seconds(s) if s < 1.0 => write!(f, "{:.1} ms", s * 1e3),
            Self::Seconds(s) => write!(f, "{s:.2} s"),
            Self::Share(share) => write!(f, "{:.3} %", share * 100.0),
            Self::PerSecond(rate) if rate < 1e4 => write!(f, "{rate:.0}/s"),
            Self::PerSecond(rate) => write!(f, "{:.0} k/s", rate / 1e3),
            Self::BytesPerSecond(rate) => write!(f, "{:.2} GB/s", rate / 1e9),
            Self::Bytes(bytes) if bytes < 1024.0 => write!(f, "{bytes:.0} B"),
            Self::Bytes(bytes) => write!(f, "{:.0} KiB", bytes / 1024.0),
        }
    }
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Aim {
    /// At most so many times the reference.
    RatioAtMost(f64),
    /// At least so many times the reference.
    RatioAtLeast(f64),
    /// At most so much, whatever the reference.
    AtMost(Amount),
    /// Nothing: it is there to compare with what others measure.
    None,
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioAtMost(ratio) => write!(f, "ratio ≤ {ratio}"),
            Self::RatioAtLeast(ratio) => write!(f, "ratio ≥ {ratio}"),
            Self::AtMost(amount) => write!(f, "≤ {amount}"),
            Self::None => Ok(()),
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: String,
    /// How much it is.
    pub(crate) measured: Amount,
    /// What the reference is.
    pub(crate) against: String,
    /// How much that is.
    pub(crate) reference: Amount,
    /// What it should be.
    pub(crate) aim: Aim,
}

impl Figure {
    fn ratio(&self) -> f64 {
        self.measured.value() / self.reference.value()
    }

    /// Whether it is what it should be; none where it need not be anything.
    fn is_met(&self) -> Option<bool> {
        match self.aim {
            Aim::RatioAtMost(ratio) => Some(self.ratio() <= ratio),
            Aim::RatioAtLeast(ratio) => Some(self.ratio() >= ratio),
            Aim::AtMost(amount) => Some(self.measured.value() <= amount.value()),
            Aim::None => None,
        }
    }
}

/// The figures as a Markdown table, its columns aligned for those who read it in a terminal.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut rows = vec![["what", "measured", "reference", "", "ratio", "aim", ""].map(str::to_owned)];
    rows.extend(figures.iter().map(|figure| {
        [
            figure.what.clone(),
            figure.measured.to_string(),
            figure.reference.to_string(),
            figure.against.clone(),
            format!("{:.2}", figure.ratio()),
            figure.aim.to_string(),
            figure.is_met().map_or("", |is_met| if is_met { "met" } else { "MISSED" }).to_owned(),
        ]
    }));
    let widths: [usize; 7] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let line = |cells: [String; 7]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!(" {cell:width$} |"));
        format!("|{}", cells.collect::<String>())
    };
    let rule = line(widths.map(|width| "-".repeat(width)));
    let mut lines: Vec<_> = rows.into_iter().map(line).collect();
    lines.insert(1, rule);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(measured: Amount, reference: Amount, aim: Aim) -> Figure {
        Figure { what: "a call".into(), measured, against: "bare".into(), reference, aim }
    }

    #[test]
    fn an_aim_is_met_up_to_the_limit_itself() {
        let seconds = Amount::Seconds;
        assert_eq!(figure(seconds(3.0), seconds(2.0), Aim::RatioAtMost(1.5)).is_met(), Some(true));
        assert_eq!(figure(seconds(3.1), seconds(2.0), Aim::RatioAtMost(1.5)).is_met(), Some(false));
        assert_eq!(figure(seconds(1.0), seconds(2.0), Aim::RatioAtLeast(0.5)).is_met(), Some(true));
        assert_eq!(figure(seconds(0.9), seconds(2.0), Aim::RatioAtLeast(0.5)).is_met(), Some(false));
        assert_eq!(figure(seconds(0.2), seconds(1e-9), Aim::AtMost(seconds(0.2))).is_met(), Some(true));
    }

    #[test]
    fn the_table_is_markdown_that_lines_up() {
        let met = figure(Amount::Seconds(30e-6), Amount::Seconds(20e-6), Aim::RatioAtMost(1.5));
        let missed = figure(Amount::Bytes(3e5), Amount::Bytes(1e5), Aim::AtMost(Amount::Bytes(262_144.0)));
        let told = figure(Amount::Bytes(4e5), Amount::Bytes(2e5), Aim::None);
        assert_eq!(
            table(&[met, missed, told]),
            "| what   | measured | reference |      | ratio | aim         |        |\n\
             | ------ | -------- | --------- | ---- | ----- | ----------- | ------ |\n\
             | a call | 30.0 µs  | 20.0 µs   | bare | 1.50  | ratio ≤ 1.5 | met    |\n\
             | a call | 293 KiB  | 98 KiB    | bare | 3.00  | ≤ 256 KiB   | MISSED |\n\
             | a call | 391 KiB  | 195 KiB   | bare | 2.00  |             |        |"
        );
    }
}
