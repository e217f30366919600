//! What a call came to, bounded where it enters the host.
//!
//! A guest's words go into the run's journal, to everybody who watches, and to each later step. The journal takes no
//! event beyond a few megabytes, so a guest that returned more than that would leave the run without the event that it
//! goes on or ends by. Texts for people are cut, since their beginning says what matters; data is refused, since half of
//! a JSON document is none.

use orchestrator_core::{ErrorCode, Failure, event::TrapReport};
use serde::Serialize;

/// Longest summary and longest error message, in bytes; as long as any other message of a plugin may be.
pub(crate) const MESSAGE_MAX: usize = 64 << 10;
/// Longest data of an outcome, in bytes of JSON. Every later step of the run gets it.
const DATA_MAX: usize = 1 << 20;
/// Longest line of a trap report, in bytes: names of functions come out of the component's file.
const LINE_MAX: usize = 4 << 10;
/// Longest description of a plugin, in bytes of JSON: a prompt of its own and the schema of its options, with room to
/// spare. Every list of plugins has it, and its version every run.
const DESCRIPTION_MAX: usize = 512 << 10;
/// What stands where something was left out.
const CUT: &str = " … (cut)";

/// The beginning of a text that is longer than `max` bytes; any other text as it is.
pub(crate) fn cut(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
        text.push_str(CUT);
        text.shrink_to_fit();
    }
    text
}

/// What an agent returned: its summary and its data.
///
/// # Errors
/// [`ErrorCode::LimitExceeded`] when the data is too long, [`ErrorCode::InvalidInput`] when it is not JSON.
pub(crate) fn outcome(summary: String, data: Option<String>) -> Result<(String, serde_json::Value), Failure> {
    let data = match data {
        None => serde_json::Value::Null,
        Some(text) if text.len() > DATA_MAX => {
            let size = text.len();
            let message = format!(
                "the agent's outcome has {size} bytes of data; at most {DATA_MAX} are handed to later steps: write large \
                 data into a file of the project and return its path"
            );
            return Err(Failure::new(ErrorCode::LimitExceeded, message));
        }
        Some(text) => serde_json::from_str(&text).map_err(|error| {
            let message = format!("the agent's outcome has data that is not JSON: {error}");
            Failure::new(ErrorCode::InvalidInput, message)
        })?,
    };
    Ok((cut(summary, MESSAGE_MAX), data))
}

/// A plugin's own error.
pub(crate) fn error(failure: Failure) -> Failure {
    Failure { message: cut(failure.message, MESSAGE_MAX), ..failure }
}

/// Refuses a description that is too long to be shown.
pub(crate) fn described(description: &impl Serialize) -> Result<(), String> {
    match serde_json::to_vec(description).map_err(|error| error.to_string())?.len() {
        size if size > DESCRIPTION_MAX => {
            Err(format!("it has {size} bytes as JSON; at most {DESCRIPTION_MAX} are taken"))
        }
        _ => Ok(()),
    }
}

/// What is known about a trap.
pub(crate) fn report(report: TrapReport) -> TrapReport {
    let lines = |lines: Vec<String>| lines.into_iter().map(|line| cut(line, LINE_MAX)).collect();
    TrapReport {
        trap: cut(report.trap, LINE_MAX),
        panic: report.panic.map(|panic| cut(panic, LINE_MAX)),
        stderr: lines(report.stderr),
        backtrace: lines(report.backtrace),
        ..report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_cut_between_characters_and_a_short_one_is_not() {
        let (summary, data) = outcome("é".repeat(MESSAGE_MAX), None).unwrap();
        assert!(summary.len() <= MESSAGE_MAX + CUT.len() && summary.ends_with("é … (cut)"));
        assert_eq!(data, serde_json::Value::Null);
        assert_eq!(
            outcome("done".into(), Some("[1]".into())).unwrap(),
            ("done".into(), serde_json::json!([1]))
        );
    }

    #[test]
    fn data_is_taken_up_to_its_limit_and_refused_beyond() {
        let json = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
        assert!(outcome(String::new(), Some(json(DATA_MAX))).is_ok());
        let refused = outcome(String::new(), Some(json(DATA_MAX + 1))).unwrap_err();
        assert_eq!(refused.code, ErrorCode::LimitExceeded);
        assert!(refused.message.contains("1048577 bytes"), "{refused}");
        assert_eq!(outcome(String::new(), Some("{".into())).unwrap_err().code, ErrorCode::InvalidInput);
    }

    #[test]
    fn a_description_beyond_its_limit_is_refused() {
        assert_eq!(described(&"x".repeat(DESCRIPTION_MAX - 2)), Ok(()));
        assert!(described(&"x".repeat(DESCRIPTION_MAX)).unwrap_err().contains("at most 524288"));
    }

    #[test]
    fn every_text_of_a_trap_report_is_bounded() {
        let long = || "x".repeat(1 << 20);
        let bounded = report(TrapReport {
            plugin: "p".into(),
            version: "1".into(),
            digest: "d".into(),
            trap: long(),
            panic: Some(long()),
            stderr: vec![long(); 20],
            backtrace: vec![long(); 24],
        });
        assert!(serde_json::to_string(&bounded).unwrap().len() < 50 * (LINE_MAX + 2 * CUT.len()));
    }
}
