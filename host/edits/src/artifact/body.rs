//! The text between a file's tags, and what of it is the file.
//!
//! All of it, except for three things that models add around a file rather than to it: the line break after the
//! opening tag, the line break (and indentation) before the closing one, and a code fence that encloses everything.
//! A fence is taken away only when the first line that is not blank opens one; then the matching fence in the last
//! such line goes too. A Markdown file may begin with a fence of its own, so there only a fence that says `markdown`
//! counts. A file that has content ends in a line break: where the model wrote none, one is added.
//!
//! This is decided character by character, and only what may be one of the three is held back.

use orchestrator_core::RelativePath;

/// Longest line that is looked at as an opening fence.
const FENCE_LINE_MAX: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    mark: char,
    length: usize,
}

/// Where in the text the next character stands. What is held back belongs to the state that it is held in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// On the line of the opening tag; blanks are held.
    TagLine,
    /// Before the first character that is not blank; line breaks and blanks are held.
    Indent,
    /// In a first line that may be a fence; all of it is held, with the blanks before it.
    FenceLine,
    /// In a line; nothing is held.
    Text,
    /// After a carriage return, which is held.
    Return,
    /// At the start of a line; the line break and the blanks after it are held.
    LineStart,
    /// In a line of fence marks, this many so far.
    Marks(usize),
    /// After enough fence marks to close; the rest of the line must be blank.
    AfterMarks,
    /// After a line that closes the fence; it and the blank lines after it are held.
    Closed,
}

#[derive(Debug)]
pub(super) struct Body {
    at: At,
    held: String,
    fence: Option<Fence>,
    markdown: bool,
    /// Whether anything was let through, and whether that ended in a line break.
    any: bool,
    ended: bool,
}

impl Body {
    pub(super) fn new(path: &RelativePath) -> Self {
        let extension = path.as_str().rsplit_once('.').map_or("", |(_, extension)| extension);
        Self {
            at: At::TagLine,
            held: String::new(),
            fence: None,
            markdown: ["md", "mdx", "markdown"].iter().any(|known| extension.eq_ignore_ascii_case(known)),
            any: false,
            ended: false,
        }
    }

    /// Reads more text; what is certain to be the file's goes to `out`.
    pub(super) fn push(&mut self, text: &str, out: &mut String) {
        for c in text.chars() {
            self.step(c, out);
        }
    }

    /// Decides about what is held back: the closing tag is here.
    pub(super) fn close(&mut self, out: &mut String) {
        match self.at {
            At::TagLine | At::Indent => {}
            At::FenceLine if self.opening_fence().is_some() => {}
            At::FenceLine => {
                self.replay(out);
                self.close(out);
            }
            At::Text => self.end_line("\n", out),
            At::Return => {
                self.release(out);
                self.end_line("\n", out);
            }
            At::Marks(count) if self.fence.is_none_or(|fence| count < fence.length) => {
                self.release(out);
                self.end_line("\n", out);
            }
            At::LineStart | At::Marks(_) | At::AfterMarks | At::Closed => {
                let line_break = if self.held.starts_with("\r\n") { "\r\n" } else { "\n" };
                self.end_line(line_break, out);
            }
        }
    }

    fn step(&mut self, c: char, out: &mut String) {
        match (self.at, c) {
            (At::TagLine, '\n') => self.hold_anew("", At::Indent),
            (At::TagLine, ' ' | '\t' | '\r') | (At::Indent, ' ' | '\t' | '\r' | '\n') => self.held.push(c),
            (At::TagLine, _) => self.resume(c, out),
            (At::Indent, '`' | '~') => self.hold(c, At::FenceLine),
            (At::Indent, _) => {
                self.replay(out);
                self.step(c, out);
            }
            (At::FenceLine, _) => self.fence_line(c, out),
            (At::Text, '\n') => self.hold_anew("\n", At::LineStart),
            (At::Text, '\r') => self.hold_anew("\r", At::Return),
            (At::Text, _) => self.let_through(c.encode_utf8(&mut [0; 4]), out),
            (At::Return, '\n') => self.hold(c, At::LineStart),
            (At::LineStart, ' ' | '\t') => self.held.push(c),
            (At::LineStart, _) if self.is_mark(c) => self.hold(c, At::Marks(1)),
            (At::Marks(count), _) if self.is_mark(c) => self.hold(c, At::Marks(count + 1)),
            (At::Marks(count), ' ' | '\t' | '\r') if self.closes(count) => self.hold(c, At::AfterMarks),
            (At::Marks(count), '\n') if self.closes(count) => self.hold(c, At::Closed),
            (At::AfterMarks, ' ' | '\t' | '\r') | (At::Closed, ' ' | '\t' | '\r' | '\n') => self.held.push(c),
            (At::AfterMarks, '\n') => self.hold(c, At::Closed),
            (At::Closed, _) if self.is_mark(c) => self.hold_later_fence(c, out),
            (At::Return | At::LineStart | At::Marks(_) | At::AfterMarks | At::Closed, _) => {
                self.resume(c, out)
            }
        }
    }

    fn fence_line(&mut self, c: char, out: &mut String) {
        if c != '\n' {
            self.held.push(c);
            if self.held.trim_start().len() > FENCE_LINE_MAX {
                self.replay(out);
            }
            return;
        }
        self.fence = self.opening_fence();
        if self.fence.is_some() {
            return self.hold_anew("", At::LineStart);
        }
        self.replay(out);
        self.step(c, out);
    }

    /// The fence that the held line opens, if it does.
    fn opening_fence(&self) -> Option<Fence> {
        let line = self.held.trim();
        let mark = line.chars().next()?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        let info = info.trim();
        let encloses = !self.markdown || ["markdown", "md", "mdx"].contains(&info);
        (length >= 3 && !info.contains('`') && encloses).then_some(Fence { mark, length })
    }

    fn is_mark(&self, c: char) -> bool {
        self.fence.is_some_and(|fence| fence.mark == c)
    }

    fn closes(&self, count: usize) -> bool {
        self.fence.is_some_and(|fence| count >= fence.length)
    }

    /// After a fence that may have closed comes the first mark of another: the earlier one belongs to the file.
    fn hold_later_fence(&mut self, mark: char, out: &mut String) {
        let line_break = self.held.rfind('\n').unwrap_or(0);
        let later = self.held.split_off(line_break);
        self.release(out);
        self.held = later;
        self.hold(mark, At::Marks(1));
    }

    fn hold(&mut self, c: char, at: At) {
        self.held.push(c);
        self.at = at;
    }

    fn hold_anew(&mut self, held: &str, at: At) {
        self.held.clear();
        self.held.push_str(held);
        self.at = at;
    }

    /// What is held is the file's, and `c` goes on with it.
    fn resume(&mut self, c: char, out: &mut String) {
        self.release(out);
        self.at = At::Text;
        self.step(c, out);
    }

    /// What is held was no fence: reads it again as text.
    fn replay(&mut self, out: &mut String) {
        self.at = At::Text;
        let held = std::mem::take(&mut self.held);
        self.push(&held, out);
    }

    fn release(&mut self, out: &mut String) {
        let held = std::mem::take(&mut self.held);
        self.let_through(&held, out);
    }

    fn let_through(&mut self, text: &str, out: &mut String) {
        if !text.is_empty() {
            self.any = true;
            self.ended = text.ends_with('\n');
            out.push_str(text);
        }
    }

    fn end_line(&mut self, line_break: &str, out: &mut String) {
        if self.any && !self.ended {
            self.let_through(line_break, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(path: &str, between_tags: &str) -> String {
        let path = RelativePath::parse(path).expect("a good path");
        let mut body = Body::new(&path);
        let mut out = String::new();
        body.push(between_tags, &mut out);
        body.close(&mut out);
        out
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
            ("", ""),
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
        assert_eq!(content("a.js", "\n```js\n```\n"), "");
    }

    #[test]
    fn fences_inside_of_a_file_are_kept() {
        let inside = "a\n```\nb\n```\nc\n";
        assert_eq!(content("a.txt", &format!("\n{inside}")), inside);
        assert_eq!(content("a.txt", &format!("\n````\n{inside}````\n")), inside);
        assert_eq!(content("a.txt", &format!("\n```\n{inside}```\n")), inside);
        assert_eq!(content("a.txt", "\n```\na\n```\n\nb\n```\n"), "a\n```\n\nb\n");
        assert_eq!(content("a.txt", "\n```\na\n```\n\n```\n"), "a\n```\n");
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
}
