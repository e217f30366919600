//! Bytes to text, across cuts within a character.
//!
//! The network cuts where it likes, so the last bytes of a chunk may be the beginning of a character: up to three of
//! them are kept for the next chunk. Everything else is borrowed. What is no UTF-8 is reported as such, and each user
//! decides: a file with it is refused, because a file is the model's bytes or nothing; prose shows U+FFFD, because
//! people read it.

/// Bytes from which on vector instructions are worth their beginning.
const LONG: usize = 32;

/// A stretch of what was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch<'a> {
    Text(&'a str),
    /// Bytes that are no UTF-8: one for each that Unicode would replace by one U+FFFD.
    Invalid,
}

/// The beginning of a character whose end has not come.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    kept: [u8; 4],
    length: usize,
}

impl Gate {
    pub(crate) fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(Stretch<'_>)) {
        let mut rest = bytes;
        while self.length > 0 {
            let Some((first, later)) = rest.split_first() else { return };
            let Some(place) = self.kept.get_mut(self.length) else { break };
            *place = *first;
            let tried = self.kept.get(..=self.length).unwrap_or_default();
            match std::str::from_utf8(tried) {
                Ok(text) => {
                    each(Stretch::Text(text));
                    self.length = 0;
                    rest = later;
                }
                Err(error) if error.error_len().is_none() => {
                    self.length += 1;
                    rest = later;
                }
                // The byte does not go on with the character: it is looked at again, as a first one.
                Err(_) => {
                    each(Stretch::Invalid);
                    self.length = 0;
                }
            }
        }
        self.borrowed(rest, each);
    }

    /// The end of the text: what is kept will never be a character.
    pub(crate) fn finish(&mut self, each: &mut impl FnMut(Stretch<'_>)) {
        if std::mem::take(&mut self.length) > 0 {
            each(Stretch::Invalid);
        }
    }

    fn borrowed(&mut self, mut rest: &[u8], each: &mut impl FnMut(Stretch<'_>)) {
        // Nearly always all of it is text, but for a character that the cut went through, and a vector instruction looks at
        // more of it than a loop does.
        if rest.len() >= LONG {
            let (whole, cut) = rest.split_at(last_character(rest));
            if let Ok(text) = simdutf8::basic::from_utf8(whole) {
                each(Stretch::Text(text));
                rest = cut;
            }
        }
        while !rest.is_empty() {
            let error = match std::str::from_utf8(rest) {
                Ok(text) => return each(Stretch::Text(text)),
                Err(error) => error,
            };
            let (valid, later) = rest.split_at(error.valid_up_to());
            if let Ok(text) = std::str::from_utf8(valid)
                && !text.is_empty()
            {
                each(Stretch::Text(text));
            }
            let Some(length) = error.error_len() else {
                for (place, byte) in self.kept.iter_mut().zip(later) {
                    *place = *byte;
                }
                self.length = later.len();
                return;
            };
            each(Stretch::Invalid);
            rest = later.get(length..).unwrap_or_default();
        }
    }
}

/// Where in `bytes` the last character begins, if its end is not there; their length otherwise.
fn last_character(bytes: &[u8]) -> usize {
    let end = bytes.len();
    for back in 1..=3.min(end) {
        match bytes.get(end - back) {
            Some(0x80..=0xbf) => {}
            Some(0xc0..=0xdf) if back < 2 => return end - back,
            Some(0xe0..=0xef) if back < 3 => return end - back,
            Some(0xf0..=0xff) => return end - back,
            _ => return end,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> String {
        let (mut gate, mut out) = (Gate::default(), String::new());
        let mut each = |stretch: Stretch<'_>| match stretch {
            Stretch::Text(text) => out.push_str(text),
            Stretch::Invalid => out.push('\u{fffd}'),
        };
        for chunk in chunks {
            gate.push(chunk, &mut each);
        }
        gate.finish(&mut each);
        out
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_read_as_the_standard_library_reads_them(
            parts in prop::collection::vec(prop_oneof!["\\PC{0,3}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..3)], 0..12),
            size in 1..5_usize,
        ) {
            let bytes = parts.concat();
            prop_assert_eq!(read(bytes.chunks(size)), String::from_utf8_lossy(&bytes));
        }
    }
}
