//! Head and tail of a text that may be endless.

use crate::EXCERPT_MAX;
use std::collections::VecDeque;

/// Keeps the first and the last [`EXCERPT_MAX`] bytes of what passes through, in about twice that memory.
#[derive(Debug, Default)]
pub(crate) struct Excerpt {
    head: String,
    tail: VecDeque<String>,
    tail_bytes: usize,
    left_out: u64,
}

impl Excerpt {
    /// Adds the next piece.
    pub(crate) fn push(&mut self, text: &str) {
        let room = if self.tail.is_empty() { EXCERPT_MAX.saturating_sub(self.head.len()) } else { 0 };
        let (head, rest) = text.split_at(text.floor_char_boundary(room));
        self.head.push_str(head);
        if rest.is_empty() {
            return;
        }
        self.tail_bytes += rest.len();
        self.tail.push_back(rest.to_owned());
        while let Some(first) = self.tail.front()
            && self.tail_bytes - first.len() >= EXCERPT_MAX
        {
            self.tail_bytes -= first.len();
            self.left_out += first.len() as u64;
            self.tail.pop_front();
        }
    }

    /// The text, with a line in the middle that says how much is missing, if any is; and whether any is.
    pub(crate) fn finish(mut self) -> (String, bool) {
        let tail: String = self.tail.drain(..).collect();
        let tail =
            tail.get(tail.ceil_char_boundary(tail.len().saturating_sub(EXCERPT_MAX))..).unwrap_or_default();
        self.left_out += (self.tail_bytes - tail.len()) as u64;
        let mut text = self.head;
        if self.left_out > 0 {
            text.push_str(&format!("\n[… {} bytes left out …]\n", self.left_out));
        }
        text.push_str(tail);
        (text, self.left_out > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(pieces: &[String]) -> (String, bool) {
        let mut excerpt = Excerpt::default();
        pieces.iter().for_each(|piece| excerpt.push(piece));
        excerpt.finish()
    }

    #[test]
    fn a_short_text_is_whole() {
        assert_eq!(excerpt(&["one ".into(), "two".into()]), ("one two".into(), false));
        let exact = "x".repeat(2 * EXCERPT_MAX);
        assert_eq!(excerpt(std::slice::from_ref(&exact)), (exact, false));
    }

    #[test]
    fn a_long_text_keeps_both_ends_and_says_what_is_missing() {
        let (text, cut) = excerpt(&["begin".into(), "x".repeat(100_000), "end".into()]);
        assert!(cut && text.starts_with("begin") && text.ends_with("end"));
        assert!(
            text.contains(&format!("[… {} bytes left out …]", 100_008 - 2 * EXCERPT_MAX)),
            "{}",
            text.len()
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_without_being_counted(pieces in proptest::collection::vec(("[aé€🦀]{0,90}", 0..100usize), 0..30)) {
            let pieces: Vec<String> = pieces.into_iter().map(|(text, times)| text.repeat(times)).collect();
            let whole = pieces.concat();
            let (text, cut) = excerpt(&pieces);
            if cut {
                let (head, rest) = text.split_once("\n[… ").expect("a mark");
                let (count, tail) = rest.split_once(" bytes left out …]\n").expect("a mark");
                proptest::prop_assert!(whole.starts_with(head) && whole.ends_with(tail));
                let missing: usize = count.parse().expect("a number");
                proptest::prop_assert_eq!(head.len() + tail.len() + missing, whole.len());
                proptest::prop_assert!(head.len() <= EXCERPT_MAX && tail.len() <= EXCERPT_MAX);
            } else {
                proptest::prop_assert_eq!(text, whole);
            }
        }
    }
}
