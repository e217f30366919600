//! Where a reader of a project's events stands, over all of its runs, as one short text.
//!
//! Runs have numbers, which rise. The text has the number up to which all is settled, and for each run up to there that
//! is not over for this reader its number and that of the last event that the reader has: `17.16-240.17-3`. A run
//! beyond the first number has not been read at all; one that is not named, and not beyond, has been read to its end. So
//! the text grows with the runs that are under way at once, and not with those that were.
//!
//! In front stands a seal, made of the project and the rest: `5f0c2f7be1a9.17.16-240`. A number that is none of these, such
//! as that of a run's event, and a place in another project's events are told by it. Without it they would be taken for
//! places, and what comes before them in this project would silently be left out.

use crate::OPEN_MAX;
use orchestrator_core::{Digest, ProjectId};
use std::{collections::BTreeMap, fmt};

/// Hexadecimal digits of a place's seal.
const SEAL: usize = 12;

/// Where a reader of a project's events stands. Its text is for those who made it: nothing else may be read out of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectCursor {
    /// Every run with a number up to this one has been read to its end, unless it is among `open`.
    pub(crate) settled: i64,
    /// Number of the last event that was read, of each run that goes on.
    pub(crate) open: BTreeMap<i64, u64>,
}

/// A text that is no place in a project's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no place in a project's events; give the `id` of the last event that arrived as it came")]
pub struct ProjectCursorError;

impl ProjectCursor {
    /// This place in the events of `project`, as a text.
    #[must_use]
    pub fn text(&self, project: &ProjectId) -> String {
        let place = Bare(self).to_string();
        format!("{}.{place}", seal(project, &place))
    }

    /// Reads what [`Self::text`] made for the same project.
    ///
    /// # Errors
    /// When the text is no place in the events of `project`.
    pub fn parse(text: &str, project: &ProjectId) -> Result<Self, ProjectCursorError> {
        let sealed = text.split_once('.').filter(|(given, place)| *given == seal(project, place));
        sealed.ok_or(ProjectCursorError).and_then(|(_, place)| Self::read(place))
    }

    fn read(text: &str) -> Result<Self, ProjectCursorError> {
        let mut parts = text.split('.');
        let settled: i64 = parts.next().and_then(number).ok_or(ProjectCursorError)?;
        let mut open = BTreeMap::new();
        for part in parts {
            let (run, seq) = part.split_once('-').ok_or(ProjectCursorError)?;
            let run = number(run).filter(|run| *run <= settled).ok_or(ProjectCursorError)?;
            let seq = number(seq).ok_or(ProjectCursorError)?.unsigned_abs();
            // In order, each once: a place has one text.
            if open.last_key_value().is_some_and(|(last, _)| *last >= run) || open.len() >= OPEN_MAX {
                return Err(ProjectCursorError);
            }
            open.insert(run, seq);
        }
        Ok(Self { settled, open })
    }
}

/// Tells the places of this project from all other texts. It keeps nobody from making one: places are no secret.
fn seal(project: &ProjectId, place: &str) -> String {
    let mut seal = Digest::of(format!("{project}\n{place}").as_bytes()).to_string();
    seal.truncate(SEAL);
    seal
}

/// A place without its seal.
struct Bare<'a>(&'a ProjectCursor);

impl fmt::Display for Bare<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.settled)?;
        self.0.open.iter().try_for_each(|(run, seq)| write!(f, ".{run}-{seq}"))
    }
}

/// A number as it is written: digits alone, none of them a zero in front.
fn number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_wrote_is_no_place() {
        for text in [
            "",
            "-1",
            "+1",
            "01",
            "1.",
            "1.1",
            "1.1-",
            "1.-1",
            "1.2-1",
            "3.2-1.1-1",
            "3.1-1.1-2",
            "1 ",
            "1.1-01",
            "x",
            "99999999999999999999",
            "1.1-99999999999999999999",
        ] {
            assert_eq!(ProjectCursor::read(text), Err(ProjectCursorError), "{text:?}");
            let sealed = format!("{}.{text}", seal(&project("p"), text));
            assert_eq!(ProjectCursor::parse(&sealed, &project("p")), Err(ProjectCursorError), "{text:?}");
        }
        let many: String = (1..=OPEN_MAX + 1).map(|run| format!(".{run}-0")).collect();
        assert!(ProjectCursor::read(&format!("1000{many}")).is_err());
    }

    #[test]
    fn a_place_is_one_of_its_project_and_none_without_its_seal() {
        let cursor = ProjectCursor { settled: 17, open: BTreeMap::from([(16, 240)]) };
        let text = cursor.text(&project("p"));
        assert_eq!(ProjectCursor::parse(&text, &project("p")), Ok(cursor));
        let (seal, place) = text.split_once('.').unwrap();
        for other in
            [place, seal, "17", &format!("{seal}.17"), &format!("{seal}.17.16-241"), &format!(".{place}")]
        {
            assert!(ProjectCursor::parse(other, &project("p")).is_err(), "{other}");
        }
        assert!(ProjectCursor::parse(&text, &project("q")).is_err());
    }

    fn project(name: &str) -> ProjectId {
        ProjectId::new(name).unwrap()
    }

    proptest! {
        #[test]
        fn a_place_is_what_its_text_says(
            beyond in 0..1_000_i64,
            open in prop::collection::btree_map(1..i64::MAX - 1_000, 0..i64::MAX.unsigned_abs(), 0..OPEN_MAX),
        ) {
            let settled = open.last_key_value().map_or(0, |(run, _)| *run) + beyond;
            let cursor = ProjectCursor { settled, open };
            prop_assert_eq!(ProjectCursor::parse(&cursor.text(&project("p")), &project("p")), Ok(cursor));
        }

        #[test]
        fn any_text_is_a_place_with_that_text_or_none(text in "[0-9.\\-]{0,24}") {
            if let Ok(cursor) = ProjectCursor::read(&text) {
                prop_assert_eq!(Bare(&cursor).to_string(), text);
            }
        }
    }
}
