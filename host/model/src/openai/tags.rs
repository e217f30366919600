//! Thinking that comes as a part of the answer, between tags.
//!
//! Servers that do not take a model's thinking apart send it as the model wrote it: `<think>…</think>`, and then the
//! answer. A draft within it must not be taken for the answer. Only the very beginning counts, since further on such
//! a tag is what the model was asked to write about.

use orchestrator_core::CompletionChunk;

/// Names of the tags; models differ.
const NAMES: [&str; 4] = ["think", "thinking", "reasoning", "thought"];

/// Takes an answer's thinking from its text, however the pieces are cut.
#[derive(Debug, Default)]
pub(super) struct Tags {
    place: AnswerPart,
    /// What may be the beginning of a tag.
    held: String,
}

#[derive(Debug, Default)]
enum AnswerPart {
    /// Nothing but blanks has come.
    #[default]
    Beginning,
    /// Thinking, up to the end of this tag.
    Within(&'static str),
    /// Blanks between the thinking and the answer, which belong to neither.
    Between,
    Answer,
}

impl Tags {
    /// Takes the next piece of text, and appends what it is to `chunks`.
    pub(super) fn take(&mut self, piece: &str, chunks: &mut impl Extend<CompletionChunk>) {
        self.held.push_str(piece);
        loop {
            match self.place {
                AnswerPart::Beginning => match begun(&self.held) {
                    Begun::Perhaps => return,
                    Begun::No => self.place = AnswerPart::Answer,
                    Begun::Tag { name, length } => {
                        self.held.drain(..length);
                        self.place = AnswerPart::Within(name);
                    }
                },
                AnswerPart::Within(name) => {
                    let end = format!("</{name}>");
                    let Some(at) = self.held.find(&end) else {
                        let kept = partial(&self.held, &end);
                        let thinking = self.held.drain(..self.held.len() - kept).collect();
                        return give(CompletionChunk::Thinking, thinking, chunks);
                    };
                    give(CompletionChunk::Thinking, self.held.drain(..at).collect(), chunks);
                    self.held.drain(..end.len());
                    self.place = AnswerPart::Between;
                }
                AnswerPart::Between => {
                    let blanks = self.held.len() - self.held.trim_start().len();
                    self.held.drain(..blanks);
                    if self.held.is_empty() {
                        return;
                    }
                    self.place = AnswerPart::Answer;
                }
                AnswerPart::Answer => {
                    return give(CompletionChunk::Text, std::mem::take(&mut self.held), chunks);
                }
            }
        }
    }

    /// Gives what was held back, once no more can come.
    pub(super) fn flush(&mut self, chunks: &mut impl Extend<CompletionChunk>) {
        let kind = if matches!(self.place, AnswerPart::Within(_)) {
            CompletionChunk::Thinking
        } else {
            CompletionChunk::Text
        };
        give(kind, std::mem::take(&mut self.held), chunks);
    }
}

fn give(kind: fn(String) -> CompletionChunk, text: String, chunks: &mut impl Extend<CompletionChunk>) {
    chunks.extend((!text.is_empty()).then(|| kind(text)));
}

/// What a text begins with.
enum Begun {
    Tag {
        name: &'static str,
        length: usize,
    },
    /// Too little has come to tell.
    Perhaps,
    No,
}

fn begun(text: &str) -> Begun {
    let rest = text.trim_start();
    let mut perhaps = false;
    for name in NAMES {
        let tag = format!("<{name}>");
        if rest.starts_with(&tag) {
            return Begun::Tag { name, length: text.len() - rest.len() + tag.len() };
        }
        perhaps |= tag.starts_with(rest);
    }
    if perhaps { Begun::Perhaps } else { Begun::No }
}

/// How many bytes at the end of a text may be the beginning of `end`.
fn partial(text: &str, end: &str) -> usize {
    (1..end.len()).rev().find(|length| text.ends_with(&end[..*length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Thinking and text of an answer that comes in these pieces.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, String) {
        let (mut tags, mut chunks) = (Tags::default(), Vec::new());
        pieces.into_iter().for_each(|piece| tags.take(piece, &mut chunks));
        tags.flush(&mut chunks);
        let (mut thinking, mut text) = (String::new(), String::new());
        for chunk in chunks {
            match chunk {
                CompletionChunk::Thinking(piece) => thinking.push_str(&piece),
                CompletionChunk::Text(piece) => text.push_str(&piece),
            }
        }
        (thinking, text)
    }

    #[test]
    fn only_tags_at_the_very_beginning_hold_thinking() {
        for (whole, thinking, text) in [
            ("<think>a</think>\n\nb", "a", "b"),
            (" \n<reasoning>a <think> b</reasoning>c", "a <think> b", "c"),
            ("<thinking>a</think></thinking>b", "a</think>", "b"),
            ("<think></think> b </think>", "", "b </think>"),
            ("<think>never ended</thin", "never ended</thin", ""),
            ("b <think>c</think>", "", "b <think>c</think>"),
            ("<thinker>b", "", "<thinker>b"),
            ("<thi", "", "<thi"),
            ("  b", "", "  b"),
            (" ", "", " "),
        ] {
            assert_eq!(read([whole]), (thinking.into(), text.into()), "{whole}");
        }
    }

    #[test]
    fn nothing_is_held_back_that_can_be_told() {
        let (mut tags, mut chunks) = (Tags::default(), Vec::new());
        for piece in ["<think>", "a", "b</", "c", "</think>\n", "d"] {
            tags.take(piece, &mut chunks);
        }
        let thinking = |text: &str| CompletionChunk::Thinking(text.into());
        assert_eq!(
            chunks,
            [thinking("a"), thinking("b"), thinking("</c"), CompletionChunk::Text("d".into())]
        );
    }

    proptest! {
        #[test]
        fn the_same_is_read_however_the_text_is_cut(cuts in prop::collection::vec(0usize..60, 0..20)) {
            let whole = " <thinking>ä draft </thin <b> </thinking>\n\n the answer <think>";
            let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| whole.is_char_boundary(*cut)).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|cut| &whole[cut[0]..cut[1]]);
            prop_assert_eq!(
                read(pieces),
                ("ä draft </thin <b> ".to_owned(), "the answer <think>".to_owned())
            );
        }
    }
}
