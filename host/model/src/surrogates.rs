//! Halves of characters in JSON.
//!
//! JSON writes a character beyond the first 65,536 as two escapes. A service that cuts its text by these units puts one
//! half at the end of a piece and the other at the beginning of the next, and neither is text for itself.

use std::borrow::Cow;

/// Joins halves across the events of an answer.
#[derive(Debug, Default)]
pub(crate) struct Surrogates {
    /// The escape of a first half that ended a string.
    held: Option<String>,
}

/// An event's data in which every half has its other one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mended<'a> {
    pub(crate) data: Cow<'a, str>,
    /// Whether the half that was held back belongs to nothing: a letter is missing before this event.
    pub(crate) is_letter_lost: bool,
}

/// What a letter becomes of which only a half is known.
const REPLACEMENT: &str = "\\ufffd";
const ESCAPE: usize = 6;

impl Surrogates {
    /// Mends the next event's data. A first half that ends a string is held back for the next event.
    pub(crate) fn mend<'a>(&mut self, data: &'a str) -> Mended<'a> {
        let held = self.held.take();
        let halves = data.contains("\\ud") || data.contains("\\uD");
        if !halves {
            return Mended { data: Cow::Borrowed(data), is_letter_lost: held.is_some() };
        }
        let (mut mended, mut held) = (String::with_capacity(data.len() + ESCAPE), held);
        let (mut done, mut at) = (0, 0);
        while let Some(found) = data[at..].find('\\') {
            let start = at + found;
            let Some(unit) = unit(&data[start..]) else {
                // Past the backslash and what it escapes, which may be a backslash too.
                at = start + 1 + data[start + 1..].chars().next().map_or(0, char::len_utf8);
                continue;
            };
            let rest = &data[start + ESCAPE..];
            at = start + ESCAPE;
            match unit {
                0xD800..0xDC00 if self::unit(rest).is_some_and(is_second) => at += ESCAPE,
                0xD800..0xDC00 if rest.starts_with('"') => {
                    mended.push_str(&data[done..start]);
                    self.held = Some(data[start..at].to_owned());
                    done = at;
                }
                0xDC00..0xE000 if data[..start].ends_with('"') && held.is_some() => {
                    mended.push_str(&data[done..start]);
                    mended.extend(held.take());
                    done = start;
                }
                0xD800..0xE000 => {
                    mended.push_str(&data[done..start]);
                    mended.push_str(REPLACEMENT);
                    done = at;
                }
                _ => {}
            }
        }
        mended.push_str(&data[done..]);
        Mended { data: Cow::Owned(mended), is_letter_lost: held.is_some() }
    }

    /// Whether a half is left that nothing follows.
    pub(crate) fn take_rest(&mut self) -> bool {
        self.held.take().is_some()
    }
}

/// The unit that an escape at the beginning of a text stands for.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

fn is_second(unit: u32) -> bool {
    (0xDC00..0xE000).contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(events: &[&str]) -> String {
        let (mut surrogates, mut text) = (Surrogates::default(), String::new());
        for event in events {
            let mended = surrogates.mend(event);
            text.extend(mended.is_letter_lost.then_some('\u{fffd}'));
            text.push_str(&serde_json::from_str::<String>(&mended.data).unwrap());
        }
        text.extend(surrogates.take_rest().then_some('\u{fffd}'));
        text
    }

    #[test]
    fn halves_are_joined_across_events_and_what_stays_one_is_marked() {
        for (events, text) in [
            (&[r#""a\ud83d""#, r#""\ude00b""#][..], "a😀b"),
            (&[r#""\uD83D""#, r#""\uDE00""#], "😀"),
            (&[r#""\ud83d\ude00""#], "😀"),
            (&[r#""\ud83d""#], "\u{fffd}"),
            (&[r#""\ud83d""#, r#""b""#], "\u{fffd}b"),
            (&[r#""\ud83d""#, r#""b\ude00""#], "\u{fffd}b\u{fffd}"),
            (&[r#""\ude00\ud83d\ud83d\ude00""#], "\u{fffd}\u{fffd}😀"),
            (&[r#""\\ud83d \u00e4""#], "\\ud83d ä"),
            (&[r#""\ud83d\n""#], "\u{fffd}\n"),
        ] {
            assert_eq!(read(events), text, "{events:?}");
        }
    }

    proptest! {
        #[test]
        fn data_of_any_kind_is_mended_without_a_panic(data in r#"(\\u[dD]8[0-9a-f]{0,2}|\\|"|ä|u){0,12}"#) {
            let mut surrogates = Surrogates::default();
            surrogates.mend(&data);
            surrogates.mend(&data);
        }
    }
}
