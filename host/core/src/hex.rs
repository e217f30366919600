//! Bytes in hexadecimal, two digits each.

use std::fmt;

/// The bytes, in lower case.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Hex(bytes).to_string()
}

/// The bytes that a text says, in whichever case; none of a text that has other characters or another length.
#[must_use]
pub fn decode<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != BYTES || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
}

/// Shows bytes in hexadecimal without a text of their own.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_read_in_both_cases_and_nothing_else_is() {
        assert_eq!(encode(&[0x00, 0x0f, 0xa9]), "000fa9");
        assert_eq!((decode("000Fa9"), decode::<0>("")), (Some([0x00, 0x0f, 0xa9]), Some([])));
        for bad in ["", "00", "000fa", "000fa9a", "000fa90", "+0 0fa", "00\u{e9}fa", "00fg00"] {
            assert_eq!(decode::<3>(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in any::<[u8; 32]>()) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = decode::<4>(&text);
        }
    }
}
