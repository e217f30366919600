//! Names that are not UTF-8.
//!
//! Nothing in a zip or tar file says which encoding such names are in, so it has to be concluded from the names
//! themselves, from all of them together: whoever packed them did so on one system. A name that is read wrongly is a file
//! in the wrong place, so a reading counts only if it looks like names (`plausible.rs`), and if none of another kind does
//! as well. Otherwise the files are left out and listed. Also where a reading counts, the files are listed with the
//! encoding: it is still a conclusion. Among encodings of one kind there is a likely one, and it is taken; where the names
//! would be other names in another encoding, or are too few to tell, it is said that they are doubtful, and what else
//! they may be in (`doubt.rs`).

mod dos;
mod doubt;
mod plausible;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253,
};
use plausible::{Looks, multi_byte, single_byte};
use std::borrow::Cow;

/// Bytes of names that are enough to conclude from.
const SAMPLE_MAX: usize = 64 << 10;
/// Characters of two bytes each from which on they are no coincidence.
const ENOUGH: usize = 3;

/// The encoding that names were read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Its name.
    pub encoding: &'static str,
    /// Whether the names may as well be others.
    pub doubtful: bool,
    /// Encodings in which they would be names as well, and other ones.
    pub others: Vec<&'static str>,
}

/// What a name is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// The letters of code page 850, which are where those of 437 are, and more.
    Dos,
    Standard(&'static Encoding),
}

impl Reading {
    /// The text, if all of it is text in this encoding.
    fn decode(self, raw: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Dos => dos::decode(raw).map(Cow::Owned),
            Self::Standard(encoding) => encoding.decode_without_bom_handling_and_without_replacement(raw),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Dos => "CP850",
            Self::Standard(encoding) => encoding.name(),
        }
    }
}

/// Collects names that are not UTF-8.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    /// A line each.
    names: Vec<u8>,
}

impl Foreign {
    /// Takes note of a name if it is not UTF-8.
    pub(crate) fn note(&mut self, raw: &[u8]) {
        if std::str::from_utf8(raw).is_err() && self.names.len() < SAMPLE_MAX {
            self.names.extend_from_slice(raw);
            self.names.push(b'\n');
        }
    }

    /// Whether there was none.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How to read the names of the archive. `dos` says whether it may have been packed on DOS or Windows, whose
    /// tools write the names in the system's old encoding.
    pub(crate) fn conclude(&self, dos: bool) -> Names {
        if self.is_empty() {
            return Names::default();
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&self.names, true);
        let guess = detector.guess(None, Utf8Detection::Deny);
        let Some(reading) = self.reading(guess, dos) else { return Names::default() };
        let text = reading.decode(&self.names).unwrap_or_default();
        let others = doubt::others(&self.names, &text);
        let doubtful = !others.is_empty() || doubt::is_too_little(&text);
        Names(Some((reading, Guess { encoding: reading.name(), doubtful, others })))
    }

    fn reading(&self, guess: &'static Encoding, dos: bool) -> Option<Reading> {
        let mut two: Vec<(Reading, Looks)> = Vec::new();
        for encoding in [GBK, SHIFT_JIS, BIG5, EUC_KR, EUC_JP] {
            let reading = Reading::Standard(encoding);
            let looks = reading.decode(&self.names).and_then(|text| multi_byte(encoding, &self.names, &text));
            two.extend(looks.map(|looks| (reading, looks)));
        }
        let is_plausible =
            |reading: &Reading| reading.decode(&self.names).is_some_and(|text| single_byte(&text));
        let dos = dos && dos::is_told_by(&self.names);
        let one_byte = [WINDOWS_1252, WINDOWS_1251, IBM866, KOI8_R, WINDOWS_1250, WINDOWS_1253];
        let one = one_byte.into_iter().map(Reading::Standard);
        let one: Vec<Reading> = one
            .chain(dos.then_some(Reading::Dos))
            .chain([Reading::Standard(guess)])
            .filter(is_plausible)
            .collect();

        let is_certain = |looks: &Looks| looks.characters >= ENOUGH;
        if !two.is_empty() && !one.is_empty() {
            // Letters and such trails take turns by design in one, and by chance in the other.
            two.retain(|(_, looks)| is_certain(looks) || looks.odd_trails > 0);
            if two.is_empty() {
                return None;
            }
        }
        let guess = Reading::Standard(guess);
        match two.as_slice() {
            [(only, _)] => return Some(*only),
            [] => {}
            several => {
                return several
                    .iter()
                    .find(|(reading, looks)| *reading == guess && is_certain(looks))
                    .map(|found| found.0);
            }
        }
        match one.as_slice() {
            [] => None,
            _ if one.contains(&Reading::Dos) => Some(Reading::Dos),
            _ if one.contains(&guess) => Some(guess),
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// How the names of an archive are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(Option<(Reading, Guess)>);

/// A name that was read.
pub(crate) struct Name {
    pub(crate) text: String,
    /// Whether it is not UTF-8, and the encoding a conclusion.
    pub(crate) guessed: bool,
}

impl Names {
    /// The encoding of names that are not UTF-8, if it could be told.
    pub(crate) fn guess(&self) -> Option<Guess> {
        self.0.as_ref().map(|(_, guess)| guess.clone())
    }

    /// Reads a name.
    ///
    /// # Errors
    /// The name with its bytes spelled out, where it cannot be read.
    pub(crate) fn read(&self, raw: &[u8]) -> Result<Name, String> {
        if let Ok(text) = std::str::from_utf8(raw) {
            return Ok(Name { text: text.to_owned(), guessed: false });
        }
        match self.0.as_ref().and_then(|(reading, _)| reading.decode(raw)) {
            Some(text) => Ok(Name { text: text.into_owned(), guessed: true }),
            None => Err(raw.escape_ascii().to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
