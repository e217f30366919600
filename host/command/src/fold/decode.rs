//! From bytes to text, as they come.
//!
//! A program may print byte by byte, split a character between two writes, or print what is no text at all; what is no
//! UTF-8 becomes U+FFFD. `vte` could decode as well, but what it makes of bytes that are no text depends on how they
//! were cut.

/// Decodes one stream of bytes.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl Decoder {
    /// Decodes the next bytes.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> String {
        self.begun.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.begun.len());
        let mut rest = self.begun.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    let Some(length) = error.error_len() else {
                        rest = invalid;
                        break;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = invalid.get(length..).unwrap_or_default();
                }
            }
        }
        self.begun = rest.to_vec();
        text
    }

    /// Decodes what is left at the end of the stream.
    pub(super) fn finish(&mut self) -> &'static str {
        if std::mem::take(&mut self.begun).is_empty() { "" } else { "\u{FFFD}" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.decode(b"a\xFFb\xC3\x28\0"), "a\u{FFFD}b\u{FFFD}(\0");
        assert_eq!(decoder.decode(b"\xE2\x82"), "");
        assert_eq!(decoder.finish(), "\u{FFFD}");
    }

    proptest::proptest! {
        #[test]
        fn how_bytes_are_cut_does_not_matter(bytes: Vec<u8>, size in 1..7_usize) {
            let mut decoder = Decoder::default();
            let mut text: String = bytes.chunks(size).map(|piece| decoder.decode(piece)).collect();
            text.push_str(decoder.finish());
            proptest::prop_assert_eq!(text, String::from_utf8_lossy(&bytes));
        }
    }
}
