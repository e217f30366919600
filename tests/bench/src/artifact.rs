//! What it costs to find files in a model's answer.
//!
//! Three figures. The parser's pace in chunks as a network delivers them, against the fastest pass over the same bytes
//! that looks at each of them. Whether chunks as small as a token's text keep the time linear: the time per byte, of
//! ten times the bytes against that of one. And what it holds of a file of 100 MB more than of one of 10 MB, as growth of
//! the peak of this process's resident memory, which also counts what an allocator would hide.

use crate::{
    figure::{Aim, Amount, Figure},
    memory::of_this_process,
    processes,
    sample::median,
};
use anyhow::{Result, ensure};
use orchestrator_artifact::{AnswerLimits, ArtifactParser, Ending, Piece};
use std::{fmt::Write, hint::black_box, time::Instant};

const NONCE: &str = "k3x9ab";
const LIMITS: AnswerLimits = AnswerLimits { file: u64::MAX, operations: usize::MAX, total: u64::MAX };
/// Bytes of the answer.
const ANSWER: usize = 64 * 1024 * 1024;
/// Bytes of a chunk as a network delivers it.
const CHUNK: usize = 4096;
/// Bytes of a chunk as a model says it.
const TOKEN: usize = 4;
/// Bytes that are read in small chunks.
const ONE: usize = 4_000_000;
/// Ten times as many.
const TEN: usize = 10 * ONE;
/// Bytes of the large file.
const LARGE: usize = 100_000_000;
/// Growth of resident memory that counts as none: Linux adds a thread's pages up in batches of 64.
const FLAT: f64 = 64.0 * 4096.0;
const ROUNDS: usize = 7;

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let answer = answer(ANSWER);
    let answer = answer.as_bytes();
    let (mut ours, mut pass, mut one, mut ten) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(answer, |bytes| parse(bytes, CHUNK))?);
        pass.push(rate(answer, |bytes| look(bytes, CHUNK))?);
        one.push(rate(answer.get(..ONE).unwrap_or_default(), |bytes| parse(bytes, TOKEN))?);
        ten.push(rate(answer.get(..TEN).unwrap_or_default(), |bytes| parse(bytes, TOKEN))?);
    }
    // A page more or less is the kernel's affair, so this is asked more than once.
    let held: Vec<f64> =
        (0..5).map(|_| processes::ask(&[processes::PARSER_MEMORY])).collect::<Result<_>>()?;
    Ok(vec![
        Figure {
            what: "artifact parser, 64 MiB in chunks of 4 KiB".into(),
            measured: Amount::BytesPerSecond(median(ours)),
            against: "memchr over the same chunks".into(),
            reference: Amount::BytesPerSecond(median(pass)),
            aim: Aim::RatioAtLeast(0.25),
        },
        Figure {
            what: "artifact parser, 40 MB in chunks of 4 bytes, time per byte".into(),
            measured: Amount::Seconds(1.0 / median(ten)),
            against: "4 MB".into(),
            reference: Amount::Seconds(1.0 / median(one)),
            aim: Aim::RatioAtMost(1.2),
        },
        Figure {
            what: "artifact parser, resident memory for 100 MB in a file beyond that for 10 MB".into(),
            measured: Amount::Bytes(median(held)),
            against: "the bytes between".into(),
            reference: Amount::Bytes(LARGE as f64 * 0.9),
            aim: Aim::AtMost(Amount::Bytes(FLAT)),
        },
    ])
}

/// Bytes of peak memory that the parser takes for a large file beyond those for one of a tenth. In a process that has
/// done nothing else: the peak of a process never sinks.
pub(crate) fn memory() -> Result<f64> {
    let chunk = component(1).repeat(16);
    let times = LARGE / chunk.len();
    let read = |times| {
        let mut parser = ArtifactParser::with_limits(NONCE, LIMITS);
        let mut out = 0;
        let mut count = |piece: Piece<'_>| {
            if let Piece::Content(text) = piece {
                out += black_box(text).len();
            }
        };
        parser.push(format!("<file-{NONCE} path=\"large.jsx\">\n").as_bytes(), &mut count);
        for _ in 0..times {
            parser.push(chunk.as_bytes(), &mut count);
        }
        parser.push(format!("</file-{NONCE}>").as_bytes(), &mut count);
        parser.finish(Ending::Whole, &mut count);
        out
    };
    ensure!(read(times / 10) == times / 10 * chunk.len(), "the small file did not come back");
    let before = of_this_process("VmHWM")?;
    ensure!(read(times) == times * chunk.len(), "the large file did not come back");
    Ok(of_this_process("VmHWM")? - before)
}

/// Bytes in a second.
fn rate(bytes: &[u8], read: impl Fn(&[u8]) -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    read(bytes)?;
    Ok(bytes.len() as f64 / begin.elapsed().as_secs_f64())
}

fn parse(bytes: &[u8], size: usize) -> Result<()> {
    let mut parser = ArtifactParser::with_limits(NONCE, LIMITS);
    let (mut content, mut files) = (0, 0);
    let mut count = |piece: Piece<'_>| match piece {
        Piece::Content(text) => content += black_box(text).len(),
        Piece::Closed(_) => files += 1,
        _ => {}
    };
    for chunk in bytes.chunks(size) {
        parser.push(chunk, &mut count);
    }
    parser.finish(Ending::Whole, &mut count);
    ensure!(files > 0 && content > bytes.len() / 2, "only {content} bytes of {files} files were found");
    Ok(())
}

fn look(bytes: &[u8], size: usize) -> Result<()> {
    let found = bytes.chunks(size).any(|chunk| memchr::memchr(0, black_box(chunk)).is_some());
    ensure!(!found, "the answer holds the byte that it must not");
    Ok(())
}

/// An answer of at least so many bytes: files of a few hundred lines, with prose between them.
fn answer(bytes: usize) -> String {
    let mut answer = String::with_capacity(bytes + 64 * 1024);
    answer.push_str("Here is the app, in one file for each card.\n\n");
    for file in 0.. {
        let _ = writeln!(answer, "<file-{NONCE} path=\"src/components/Card{file}.jsx\">");
        for part in 0..10 {
            answer.push_str(&component(file * 10 + part));
        }
        let _ = writeln!(answer, "</file-{NONCE}>\n");
        if answer.len() >= bytes {
            break;
        }
    }
    answer
}

/// A component as models write them: full of `<`, and with a character beyond ASCII here and there.
fn component(number: usize) -> String {
    format!(
        r#"
// Karte Nr. {number}: zeigt, was übrig ist.
export function Card{number}({{ title, items, onSelect }}) {{
  const [open, setOpen] = useState(false);
  const done = items.filter((item) => item.done && item.size < {number}).length;
  return (
    <section className="card card-{number}">
      <header onClick={{() => setOpen(!open)}}>
        <h2>{{title}} <small>({{done}} / {{items.length}})</small></h2>
      </header>
      {{open && (
        <ul>
          {{items.map((item) => (
            <li key={{item.id}}>
              <button onClick={{() => onSelect(item)}}>{{item.name}} …</button>
            </li>
          ))}}
        </ul>
      )}}
    </section>
  );
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_read_whole_by_both_sides() {
        let answer = answer(100_000);
        for size in [CHUNK, TOKEN] {
            parse(answer.as_bytes(), size).unwrap();
            look(answer.as_bytes(), size).unwrap();
        }
        assert!(parse(b"prose", CHUNK).is_err());
        assert!(look(b"a\0", CHUNK).is_err());
    }
}
