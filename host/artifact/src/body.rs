//! The text between a file's tags, and what of it is the file.
//!
//! All of it, except for three things that models add around a file rather than to it: the line break after the
//! opening tag, the line break (and indentation) before the closing one, and a code fence that encloses everything.
//! A fence is taken away only when the first line that is not blank opens one; then the matching fence in the last
//! such line goes too. A Markdown file may begin with a fence of its own, so there only a fence that says `markdown`
//! counts. A file that has content ends in a line break: where the model wrote none, one is added.
//!
//! The beginning is decided once and within a few hundred bytes, the end is what [`Tail`] holds back, and everything
//! between them passes through untouched.

use crate::{fence::Fence, fence::is_mark, guess, tail::Tail};
use orchestrator_core::RelativePath;

/// Most blank bytes that are looked at before the first line. Longer ones are content.
const BLANK_MAX: usize = 256;
/// Longest line that is looked at as an opening fence.
const FENCE_LINE_MAX: usize = 100;

/// What the bytes after an opening tag begin with.
#[derive(Debug, PartialEq, Eq)]
enum Beginning {
    /// More bytes will tell.
    Undecided,
    /// The file, after so many bytes that are not its own.
    File(usize),
    /// A fence around the file, which begins after so many bytes.
    Fenced(usize, Fence),
}

#[derive(Debug)]
pub(crate) struct Body {
    /// What came before the beginning was decided; none once it is.
    undecided: Option<Vec<u8>>,
    tail: Tail,
    markdown: bool,
    /// The last byte that was let through.
    last: Option<u8>,
}

impl Body {
    pub(crate) fn new(path: &RelativePath) -> Self {
        Self {
            undecided: Some(Vec::new()),
            tail: Tail::new(None),
            markdown: guess::is_markdown(path),
            last: None,
        }
    }

    /// Reads more text; what is certain to be the file's goes `out`.
    pub(crate) fn push(&mut self, text: &[u8], out: &mut impl FnMut(&[u8])) {
        let Some(mut before) = self.undecided.take() else { return self.inside(text, out) };
        if before.is_empty() {
            return match self.begin(text) {
                Some(rest) => self.inside(rest, out),
                None => self.undecided = Some(text.to_vec()),
            };
        }
        // What decides stands within this many bytes; the rest of the chunk is not copied.
        let (near, far) = text.split_at(text.len().min(2 * BLANK_MAX + FENCE_LINE_MAX));
        before.extend_from_slice(near);
        match self.begin(&before) {
            Some(rest) => {
                self.inside(rest, out);
                self.inside(far, out);
            }
            None => {
                before.extend_from_slice(far);
                self.undecided = Some(before);
            }
        }
    }

    /// Decides about what is held back: the closing tag is here.
    pub(crate) fn close(&mut self, out: &mut impl FnMut(&[u8])) {
        if let Some(mut before) = self.undecided.take() {
            // The tag ends the line as a line break would.
            before.push(b'\n');
            let file = match beginning(&before, self.markdown) {
                Beginning::Fenced(..) => None,
                Beginning::File(from) => before.get(from..before.len() - 1),
                Beginning::Undecided => before.get(end_of_tag_line(&before)..before.len() - 1),
            };
            self.inside(file.unwrap_or_default(), out);
        }
        let last = &mut self.last;
        let line_break = self.tail.close(&mut |text| let_through(last, text, out));
        if self.last.is_some_and(|last| last != b'\n') {
            out(line_break);
        }
    }

    /// Decides how the file begins; returns what of `bytes` comes after that.
    fn begin<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let from = match beginning(bytes, self.markdown) {
            Beginning::Undecided => return None,
            Beginning::File(from) => from,
            Beginning::Fenced(from, fence) => {
                self.tail = Tail::new(Some(fence));
                from
            }
        };
        bytes.get(from..)
    }

    fn inside(&mut self, text: &[u8], out: &mut impl FnMut(&[u8])) {
        let last = &mut self.last;
        self.tail.push(text, &mut |text| let_through(last, text, out));
    }
}

fn let_through(last: &mut Option<u8>, text: &[u8], out: &mut impl FnMut(&[u8])) {
    *last = text.last().copied().or(*last);
    out(text);
}

fn beginning(bytes: &[u8], markdown: bool) -> Beginning {
    let start = match first_that_is_not(bytes, b" \t\r") {
        Ok(at) if bytes.get(at) == Some(&b'\n') => at + 1,
        Ok(_) | Err(Blank::TooLong) => return Beginning::File(0),
        Err(Blank::Ended) => return Beginning::Undecided,
    };
    let after = bytes.get(start..).unwrap_or_default();
    let line = match first_that_is_not(after, b" \t\r\n") {
        Ok(at) => after.get(at..).unwrap_or_default(),
        Err(Blank::TooLong) => return Beginning::File(start),
        Err(Blank::Ended) => return Beginning::Undecided,
    };
    if !line.first().is_some_and(|first| is_mark(*first)) {
        return Beginning::File(start);
    }
    let reach = line.get(..FENCE_LINE_MAX).unwrap_or(line);
    let Some(end) = memchr::memchr(b'\n', reach) else {
        return if line.len() < FENCE_LINE_MAX { Beginning::Undecided } else { Beginning::File(start) };
    };
    match Fence::opened_by(line.get(..end).unwrap_or_default()) {
        Some((fence, info)) if !markdown || guess::says_markdown(info) => {
            Beginning::Fenced(bytes.len() - line.len() + end + 1, fence)
        }
        _ => Beginning::File(start),
    }
}

/// Why there is no byte that is not blank.
enum Blank {
    Ended,
    TooLong,
}

fn first_that_is_not(bytes: &[u8], blank: &[u8]) -> Result<usize, Blank> {
    let reach = bytes.get(..BLANK_MAX).unwrap_or(bytes);
    match reach.iter().position(|byte| !blank.contains(byte)) {
        Some(at) => Ok(at),
        None if bytes.len() < BLANK_MAX => Err(Blank::Ended),
        None => Err(Blank::TooLong),
    }
}

fn end_of_tag_line(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(0, |at| (at + 1).min(bytes.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(path: &str, between_tags: &str) -> String {
        let path = RelativePath::parse(path).expect("a good path");
        let whole = read(&path, [between_tags.as_bytes()]);
        assert_eq!(read(&path, between_tags.as_bytes().chunks(1)), whole, "{between_tags:?} byte by byte");
        whole
    }

    fn read<'a>(path: &RelativePath, chunks: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut body = Body::new(path);
        let mut out = Vec::new();
        for chunk in chunks {
            body.push(chunk, &mut |text| out.extend_from_slice(text));
        }
        body.close(&mut |text| out.extend_from_slice(text));
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn line_breaks_around_a_file_are_not_part_of_it_and_it_ends_in_one() {
        for (between, file) in [
            ("\na\n", "a\n"),
            ("\r\na\r\n", "a\r\n"),
            ("a", "a\n"),
            ("\na", "a\n"),
            ("\na\n\n", "a\n"),
            ("\na\n\n\n", "a\n\n"),
            ("\n\na\n", "\na\n"),
            ("\na\n  ", "a\n"),
            ("\n", ""),
            ("\n\n", ""),
            ("\n\n\n", "\n"),
            ("\n   ", ""),
            ("", ""),
            ("  ", ""),
            ("\na\r", "a\r\n"),
        ] {
            assert_eq!(content("a.txt", between), file, "{between:?}");
        }
    }

    #[test]
    fn indentation_blanks_and_entities_are_kept() {
        for file in [
            "  - yaml: 1\n",
            "    return 1\n",
            "a  \n",
            "\ta\n",
            "&lt;b&gt; &amp;\n",
            "a\rb\n",
            "\u{feff}a\n",
        ] {
            assert_eq!(content("a.txt", &format!("\n{file}")), file);
        }
    }

    #[test]
    fn a_fence_around_the_whole_file_is_taken_away() {
        for between in [
            "\n```js\na\n```\n",
            "\n\n```\na\n```\n\n",
            "\n~~~~ts title=x\na\n~~~~\n",
            "\n```js\na\n```",
            "\n  ```js\na\n  ```  \r\n",
            "\n```js\na\n",
        ] {
            assert_eq!(content("a.js", between), "a\n", "{between:?}");
        }
        assert_eq!(content("a.js", "\n```js\na\r\n\r\n```\n"), "a\r\n\r\n");
        assert_eq!(content("a.js", "\n```js\n```\n"), "");
        assert_eq!(content("a.js", "\n```js"), "");
    }

    #[test]
    fn fences_inside_of_a_file_are_kept() {
        let inside = "a\n```\nb\n```\nc\n";
        assert_eq!(content("a.txt", &format!("\n{inside}")), inside);
        assert_eq!(content("a.txt", &format!("\n````\n{inside}````\n")), inside);
        assert_eq!(content("a.txt", &format!("\n```\n{inside}```\n")), inside);
        assert_eq!(content("a.txt", "\n```\na\n```\n\nb\n```\n"), "a\n```\n\nb\n");
        assert_eq!(content("a.txt", "\n```\na\n```\n\n```\n"), "a\n```\n\n");
        assert_eq!(content("a.txt", "\n```\na\n``\n```\n"), "a\n``\n");
        assert_eq!(content("a.txt", "\n``` a ` b\nc\n"), "``` a ` b\nc\n");
    }

    #[test]
    fn a_markdown_file_may_begin_with_a_fence_of_its_own() {
        let file = "```sh\nnpm start\n```\n";
        assert_eq!(content("README.md", &format!("\n{file}")), file);
        let file = "# A\n\n```sh\nnpm start\n```\n";
        assert_eq!(content("README.md", &format!("\n```markdown\n{file}```\n")), file);
    }

    #[test]
    fn endless_blanks_are_content_and_are_not_held() {
        for blank in [" ", "\n", "\t", "\r\n"] {
            let blanks = blank.repeat(2000);
            let file = format!("{blanks}a\n");
            assert!(content("a.js", &format!("\n{file}")) == file, "{blank:?} before");
            let file = format!("a\n{blanks}b\n");
            assert!(content("a.js", &format!("\n```\n{file}```\n")) == file, "{blank:?} between");
            let fenced = format!("\n```\na\n```\n{blanks}");
            assert!(content("a.js", &fenced).starts_with("a\n```\n"), "{blank:?} after a fence");
        }
        let marks = format!("{}\n", "`".repeat(2000));
        assert!(content("a.js", &format!("\n```\n{marks}```\n")) == marks);
    }
}
