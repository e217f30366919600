//! The artifact parser, with one input read twice: at once, and in pieces that the input itself chooses.
//!
//! The first byte says how many cuts follow, the next how the answer ended; then come two bytes for each cut, and the
//! rest is the answer. Both readings must find the same, in the same order, with the same bytes; and no byte of a file
//! may come out that did not go in.

#![no_main]

use libfuzzer_sys::fuzz_target;
use orchestrator_artifact::{ArtifactParser, Ending, AnswerLimits, Piece};

/// The mark of the tags in the seeds.
const NONCE: &str = "k3x9";
/// Small limits, so that an input of a few hundred bytes reaches them.
const LIMITS: AnswerLimits = AnswerLimits { file: 300, operations: 6, total: 600 };

fuzz_target!(|data: &[u8]| {
    let Some((cuts, ending, answer)) = split(data) else { return };
    let whole = read(&[answer], ending);
    let pieces = pieces(answer, cuts);
    assert_eq!(read(&pieces, ending), whole, "in the pieces {pieces:?}");
    assert!(whole.content <= answer.len(), "{} bytes came out of {}", whole.content, answer.len());
    if std::str::from_utf8(answer).is_ok() {
        assert!(whole.content + whole.prose.len() <= answer.len());
    }
});

fn split(data: &[u8]) -> Option<(&[u8], Ending, &[u8])> {
    let [count, ending, rest @ ..] = data else { return None };
    let ending = match ending % 3 {
        0 => Ending::Whole,
        1 => Ending::Limit,
        _ => Ending::Broken,
    };
    let (cuts, answer) = rest.split_at_checked(2 * usize::from(count % 8))?;
    Some((cuts, ending, answer))
}

fn pieces<'a>(answer: &'a [u8], cuts: &[u8]) -> Vec<&'a [u8]> {
    let at = |pair: &[u8]| pair.iter().fold(0, |at, byte| at * 256 + usize::from(*byte)) % (answer.len() + 1);
    let mut ends: Vec<usize> = cuts.chunks(2).map(at).collect();
    ends.extend([0, answer.len()]);
    ends.sort_unstable();
    ends.windows(2).map(|pair| &answer[pair[0]..pair[1]]).collect()
}

/// What was found, whatever pieces it came in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    events: Vec<String>,
    prose: String,
    content: usize,
}

fn read(pieces: &[&[u8]], ending: Ending) -> Found {
    let mut found = Found::default();
    let mut parser = ArtifactParser::with_limits(NONCE, LIMITS);
    for piece in pieces {
        parser.push(piece, |piece| found.take(piece));
    }
    parser.finish(ending, |piece| found.take(piece));
    found
}

impl Found {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Prose(text) => self.prose.push_str(text),
            Piece::Content(text) => {
                self.content += text.len();
                match self.events.last_mut().filter(|last| last.starts_with("content ")) {
                    Some(last) => last.push_str(text),
                    None => self.events.push(format!("content {text}")),
                }
            }
            other => self.events.push(format!("{other:?}")),
        }
    }
}
